//! Which model an agent should run on.

use super::super::Policy;
use super::super::role_manager::Population;
use super::super::stores::{Profile, Profiles};

const LADDER: [&str; 3] = ["haiku", "sonnet", "opus"];
/// Quality from which on, and below which, a rated agent moves.
const GOOD_QUALITY: f64 = 9.0;
const POOR_QUALITY: f64 = 5.0;
/// Percent below which few agents' member moves down.
const POOR_RATE: f64 = 60.0;

/// Success rates in percent at which an agent moves.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Thresholds {
    /// Up from here.
    pub promote: f64,
    /// Down below.
    pub demote: f64,
}

/// What is advised.
#[derive(Debug, Clone, PartialEq)]
pub enum Promotion {
    /// Another model.
    Move {
        /// Now.
        from: String,
        /// Then.
        to: String,
        /// Whether the new one is stronger.
        up: bool,
        /// Why.
        reason: String,
    },
    /// Stay, and why.
    Stay(String),
}

/// Advice for one agent; stores nothing.
pub fn promote(profile: &Profile, profiles: &Profiles, policy: &Policy) -> (Promotion, Thresholds) {
    let population = Population::of(profiles);
    let thresholds = if population.is_telling() {
        Thresholds {
            promote: (population.mean + population.stddev).min(98.0).round(),
            demote: (population.mean - 1.5 * population.stddev).max(30.0).round(),
        }
    } else {
        Thresholds {
            promote: policy.promote_threshold_success_rate,
            demote: POOR_RATE,
        }
    };
    (advise(profile, thresholds, policy), thresholds)
}

fn advise(profile: &Profile, thresholds: Thresholds, policy: &Policy) -> Promotion {
    let rung = LADDER.iter().position(|model| *model == profile.model);
    let step = |up: bool| -> Option<&'static str> {
        let rung = rung?;
        LADDER.get(if up { rung + 1 } else { rung.checked_sub(1)? }).copied()
    };
    let moved = |to: &str, up: bool, reason: String| Promotion::Move {
        from: profile.model.clone(),
        to: to.to_owned(),
        up,
        reason,
    };
    if profile.tasks_completed < policy.promote_threshold_tasks {
        return Promotion::Stay(format!(
            "{} of {} tasks that advice takes",
            profile.tasks_completed, policy.promote_threshold_tasks
        ));
    }
    let rate = profile.success_rate;
    let good = !profile.is_rated() || profile.quality_score >= GOOD_QUALITY;
    let poor = profile.is_rated() && profile.quality_score < POOR_QUALITY;
    if rate >= thresholds.promote && good {
        return match step(true) {
            Some(to) => moved(to, true, format!("{rate} % success, from {} % on", thresholds.promote)),
            None => Promotion::Stay(format!("{} is the strongest model there is", profile.model)),
        };
    }
    if rate < thresholds.demote || poor {
        let reason = if poor {
            format!("quality {} of 10, below {POOR_QUALITY}", profile.quality_score)
        } else {
            format!("{rate} % success, below {} %", thresholds.demote)
        };
        return match step(false) {
            Some(to) => moved(to, false, reason),
            None => Promotion::Stay(format!("{} has no smaller model below it", profile.model)),
        };
    }
    Promotion::Stay(format!(
        "{rate} % success, between {} % and {} %",
        thresholds.demote, thresholds.promote
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tasks: u64, rate: f64, quality: Option<f64>, model: &str, expect: Option<(&str, bool)>) {
        let profile = Profile {
            tasks_completed: tasks,
            success_rate: rate,
            total_quality: quality.unwrap_or_default(),
            quality_score: quality.unwrap_or_default(),
            model: model.to_owned(),
            ..Profile::default()
        };
        let (promotion, _) = promote(&profile, &Profiles::default(), &Policy::default());
        let got = match &promotion {
            Promotion::Move { to, up, .. } => Some((to.as_str(), *up)),
            Promotion::Stay(_) => None,
        };
        assert_eq!(got, expect, "{promotion:?}");
    }

    #[test]
    fn one_task_is_not_enough() {
        check(1, 100.0, Some(10.0), "sonnet", None);
        check(10, 100.0, Some(10.0), "sonnet", Some(("opus", true)));
    }

    #[test]
    fn an_agent_nobody_rated_is_judged_by_success() {
        check(20, 95.0, None, "haiku", Some(("sonnet", true)));
        check(20, 40.0, None, "sonnet", Some(("haiku", false)));
    }

    #[test]
    fn the_ladder_ends() {
        check(20, 95.0, None, "opus", None);
        check(20, 10.0, None, "haiku", None);
        check(20, 95.0, Some(7.0), "sonnet", None);
        check(20, 95.0, Some(4.0), "sonnet", Some(("haiku", false)));
    }
}
