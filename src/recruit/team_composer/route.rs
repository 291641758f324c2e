//! Which agent has shown it can do this kind of work.

use super::super::stores::{Profile, Profiles, round};

/// Tasks before an agent counts as experienced.
const EXPERIENCED: u64 = 3;

/// An agent with its record in a role.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Agent {
    /// Its id.
    pub agent_id: String,
    /// Percent, in that role when that is known, else over all.
    pub success_rate: f64,
    /// The tasks this rests on.
    pub tasks: u64,
}

/// The experienced agent with the best record in `role`; more tasks, then the name, break a tie.
///
/// An agent is of a role when its profile says so, or when it did three tasks in it.
pub fn best_agent(profiles: &Profiles, role: &str) -> Option<Agent> {
    profiles
        .iter()
        .filter_map(|(id, profile)| record_in(profile, role).map(|(rate, tasks)| (id, rate, tasks)))
        .max_by(|one, other| {
            one.1
                .total_cmp(&other.1)
                .then_with(|| one.2.cmp(&other.2))
                .then_with(|| other.0.cmp(one.0))
        })
        .map(|(id, success_rate, tasks)| Agent {
            agent_id: id.to_owned(),
            success_rate,
            tasks,
        })
}

fn record_in(profile: &Profile, role: &str) -> Option<(f64, u64)> {
    if let Some(tally) = profile.role_tasks.get(role).filter(|tally| tally.tasks >= EXPERIENCED) {
        #[expect(clippy::cast_precision_loss, reason = "a number of tasks is small")]
        let rate = tally.successes as f64 * 100.0 / tally.tasks as f64;
        return Some((round(rate, 1), tally.tasks));
    }
    (profile.role == role && profile.tasks_completed >= EXPERIENCED)
        .then_some((profile.success_rate, profile.tasks_completed))
}

/// How good an agent is, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// 90 % and more.
    Excellent,
    /// 75 % and more.
    Good,
    /// 60 % and more.
    Developing,
    /// Less.
    NeedsImprovement,
}

impl Strength {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Excellent => "excellent",
            Self::Good => "good",
            Self::Developing => "developing",
            Self::NeedsImprovement => "needs improvement",
        }
    }
}

/// The word for a success rate in percent.
pub fn strength(success_rate: f64) -> Strength {
    match success_rate {
        rate if rate >= 90.0 => Strength::Excellent,
        rate if rate >= 75.0 => Strength::Good,
        rate if rate >= 60.0 => Strength::Developing,
        _ => Strength::NeedsImprovement,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::stores::RoleTally;
    use super::*;

    #[track_caller]
    fn check(role: &str, expect: Option<(&str, f64)>) {
        let mut profiles = Profiles::default();
        let mut add = |id: &str, role: &str, tasks: u64, rate: f64, did: Option<(&str, u64, u64)>| {
            let mut profile = Profile {
                role: role.to_owned(),
                tasks_completed: tasks,
                success_rate: rate,
                ..Profile::default()
            };
            if let Some((role, tasks, successes)) = did {
                profile
                    .role_tasks
                    .insert(role.to_owned(), RoleTally { tasks, successes });
            }
            profiles.insert(id, profile);
        };
        add("new", "builder", 2, 100.0, None);
        add("old", "builder", 9, 80.0, Some(("tester", 4, 4)));
        add("good", "builder", 5, 90.0, None);
        let best = best_agent(&profiles, role);
        assert_eq!(
            best.as_ref().map(|agent| (agent.agent_id.as_str(), agent.success_rate)),
            expect
        );
    }

    #[test]
    fn the_best_experienced_agent_of_the_role_is_named() {
        check("builder", Some(("good", 90.0)));
        check("tester", Some(("old", 100.0)));
        check("pm", None);
    }

    #[test]
    fn a_rate_has_a_word() {
        assert_eq!(
            [95.0, 75.0, 60.0, 59.9].map(|rate| strength(rate).as_str()),
            ["excellent", "good", "developing", "needs improvement"]
        );
    }
}
