//! An outcome goes into the agent's profile, closes the match it belongs to, and counts for the role.

use super::super::role_manager::{FALLBACK_ROLE, resolve};
use super::super::stores::{
    Correction, Extra, History, Kept, Meta, OutcomeRecord, Profile, Profiles, RoleUsage, TaskRecord, push_bounded,
    round,
};
use super::super::{Policy, timestamp};

/// Corrections remembered.
const CORRECTIONS: usize = 100;
/// Every so many corrections the engine reflects.
const REFLECT_EVERY: u64 = 20;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It worked.
    Success,
    /// It did not.
    Failure,
}

impl Outcome {
    /// The name in stores and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "success" => Some(Self::Success),
            "failure" => Some(Self::Failure),
            _ => None,
        }
    }
}

/// The stores an outcome touches.
pub struct Books<'s> {
    /// `profiles.json`.
    pub profiles: &'s mut Profiles,
    /// `match-history.jsonl`.
    pub history: &'s mut History,
    /// `role-usage.json`.
    pub usage: &'s mut RoleUsage,
    /// `meta-learning.json`.
    pub meta: &'s mut Meta,
}

/// What recording it did.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The agent's tasks now.
    pub tasks: u64,
    /// Percent.
    pub success_rate: f64,
    /// The match it closed.
    pub match_id: Option<String>,
    /// The role it counted for.
    pub role: String,
    /// Whether it is time to reflect.
    pub reflect: bool,
}

/// Records one outcome. The record's `outcome` that is not `success` is a failure.
pub fn record(books: &mut Books<'_>, entry: &OutcomeRecord, policy: &Policy) -> Recorded {
    let outcome = if entry.outcome == "success" {
        Outcome::Success
    } else {
        Outcome::Failure
    };
    let ts = timestamp(entry.at.saturating_mul(1000));
    let resolved = resolve(
        books.history,
        entry.match_id.as_deref(),
        &entry.agent,
        &entry.task,
        outcome.as_str(),
        entry.at,
    );
    let mut profile = books.profiles.get(&entry.agent).cloned().unwrap_or_default();
    let role = entry
        .role
        .clone()
        .or_else(|| resolved.as_ref().map(|record| record.role.clone()))
        .or_else(|| entry.counted_as.clone())
        .or_else(|| Some(profile.role.clone()).filter(|role| !role.is_empty()))
        .unwrap_or_else(|| FALLBACK_ROLE.to_owned());
    let known_role = entry.role.is_some() || resolved.is_some();
    count(&mut profile, entry, outcome, &ts, policy);
    tally(&mut profile, entry, outcome, &role, known_role);
    let recorded = Recorded {
        tasks: profile.tasks_completed,
        success_rate: profile.success_rate,
        match_id: resolved.as_ref().map(|record| record.match_id.clone()),
        role: role.clone(),
        reflect: false,
    };
    books.profiles.insert(entry.agent.clone(), profile);
    let used = books.usage.entry(&role);
    match outcome {
        Outcome::Success => used.successes += 1,
        Outcome::Failure => used.failures += 1,
    }
    let mut reflect = false;
    if let Some(record) = resolved.filter(|_| outcome == Outcome::Failure) {
        let mut extra = Extra::new();
        extra.insert("match_id".to_owned(), record.match_id.into());
        let correction = Correction {
            ts,
            agent: entry.agent.clone(),
            role: record.role,
            method: record.method,
            outcome: outcome.as_str().to_owned(),
            extra,
        };
        let before = books
            .meta
            .corrections_total
            .unwrap_or(books.meta.corrections.len() as u64);
        books.meta.corrections_total = Some(before + 1);
        push_bounded(&mut books.meta.corrections, Kept::Known(correction), CORRECTIONS);
        reflect = (before + 1).is_multiple_of(REFLECT_EVERY);
    }
    Recorded { reflect, ..recorded }
}

/// The sums and what follows from them.
#[expect(clippy::cast_precision_loss, reason = "numbers of tasks are small")]
fn count(profile: &mut Profile, entry: &OutcomeRecord, outcome: Outcome, ts: &str, policy: &Policy) {
    let before = profile.tasks_completed;
    // In a file of the reference every task counts as rated and timed.
    let mut rated = profile.rated_tasks.unwrap_or(before);
    let mut timed = profile.timed_tasks.unwrap_or(before);
    profile.tasks_completed += 1;
    profile.success_count += u64::from(outcome == Outcome::Success);
    if let Some(quality) = entry.quality {
        rated += 1;
        profile.total_quality = round(profile.total_quality + quality, 3);
    }
    if let Some(minutes) = entry.minutes {
        timed += 1;
        profile.total_time_minutes = round(profile.total_time_minutes + minutes, 3);
    }
    profile.rated_tasks = Some(rated);
    profile.timed_tasks = Some(timed);
    let mean = |total: f64, count: u64| {
        if count == 0 {
            0.0
        } else {
            round(total / count as f64, 1)
        }
    };
    profile.success_rate = mean(profile.success_count as f64 * 100.0, profile.tasks_completed);
    profile.avg_time_minutes = mean(profile.total_time_minutes, timed);
    profile.quality_score = mean(profile.total_quality, rated);
    profile.cost_efficiency = (profile.success_rate * 0.9).round();
    if profile.model.is_empty() {
        profile.model.clone_from(&policy.default_model);
    }
    ts.clone_into(&mut profile.last_updated);
    let task = TaskRecord {
        ts: ts.to_owned(),
        task: entry.task.clone(),
        outcome: outcome.as_str().to_owned(),
        quality: entry.quality.unwrap_or_default(),
        duration: entry.minutes.unwrap_or_default(),
        extra: Extra::new(),
    };
    push_bounded(
        &mut profile.task_history,
        Kept::Known(task),
        policy.max_profile_task_history,
    );
}

/// What the agent did in which role; its own role follows, unless somebody set it.
fn tally(profile: &mut Profile, entry: &OutcomeRecord, outcome: Outcome, role: &str, known_role: bool) {
    if known_role {
        let tally = profile.role_tasks.entry(role.to_owned()).or_default();
        tally.tasks += 1;
        tally.successes += u64::from(outcome == Outcome::Success);
    }
    let ours = profile.role.is_empty() || profile.role_inferred.as_deref() == Some(profile.role.as_str());
    if entry.role.is_some() {
        role.clone_into(&mut profile.role);
        profile.role_inferred = None;
    } else if ours {
        let usual = profile
            .role_tasks
            .iter()
            .max_by(|one, other| one.1.tasks.cmp(&other.1.tasks).then_with(|| other.0.cmp(one.0)));
        let usual = usual.map_or(FALLBACK_ROLE, |(role, _)| role.as_str()).to_owned();
        profile.role_inferred = Some(usual.clone());
        profile.role = usual;
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::stores::{Codec, MatchRecord};
    use super::*;

    #[derive(Default)]
    struct Desk {
        profiles: Profiles,
        history: History,
        usage: RoleUsage,
        meta: Meta,
    }

    impl Desk {
        fn record(&mut self, agent: &str, task: &str, outcome: &str, quality: Option<f64>) -> Recorded {
            let entry = OutcomeRecord {
                at: 1_000,
                agent: agent.to_owned(),
                task: task.to_owned(),
                outcome: outcome.to_owned(),
                quality,
                ..OutcomeRecord::default()
            };
            let mut books = Books {
                profiles: &mut self.profiles,
                history: &mut self.history,
                usage: &mut self.usage,
                meta: &mut self.meta,
            };
            record(&mut books, &entry, &Policy::default())
        }

        fn matched(&mut self, id: &str, role: &str, task: &str) {
            let record = MatchRecord {
                match_id: id.to_owned(),
                role: role.to_owned(),
                task: task.to_owned(),
                ..MatchRecord::default()
            };
            self.history.push(record, 1_000);
        }
    }

    #[test]
    fn two_of_three_are_two_thirds_and_unrated_tasks_dilute_nothing() {
        let mut desk = Desk::default();
        desk.record("ann", "a", "success", Some(9.0));
        desk.record("ann", "b", "success", None);
        let recorded = desk.record("ann", "c", "failure", None);
        assert_eq!((recorded.tasks, recorded.success_rate), (3, 66.7));
        let profile = desk.profiles.get("ann").unwrap();
        assert_eq!(
            (profile.quality_score, profile.cost_efficiency, profile.role.as_str()),
            (9.0, 60.0, "builder")
        );
    }

    #[test]
    fn a_failure_is_charged_to_its_own_match_only() {
        let mut desk = Desk::default();
        desk.matched("m1", "tester", "write tests");
        desk.matched("m2", "devops", "deploy");
        let recorded = desk.record("ann", "write tests", "failure", None);
        assert_eq!(
            (recorded.match_id.as_deref(), recorded.role.as_str()),
            (Some("m1"), "tester")
        );
        assert_eq!(desk.record("bob", "unrelated", "failure", None).match_id, None);
        assert_eq!(desk.meta.corrections.len(), 1);
        assert_eq!(desk.usage.get("tester").unwrap().failures, 1);
    }

    #[test]
    fn an_agent_grows_into_the_role_it_works_in_unless_somebody_set_one() {
        let mut desk = Desk::default();
        desk.matched("m1", "tester", "write tests");
        desk.record("ann", "write tests", "success", None);
        assert_eq!(desk.profiles.get("ann").unwrap().role, "tester");
        let mut profiles = Profiles::decode(br#"{"bob":{"role":"security-auditor","tasks_completed":2}}"#).unwrap();
        std::mem::swap(&mut desk.profiles, &mut profiles);
        desk.matched("m2", "tester", "more tests");
        desk.record("bob", "more tests", "success", None);
        assert_eq!(desk.profiles.get("bob").unwrap().role, "security-auditor");
    }

    #[test]
    fn reflection_is_due_once_in_twenty_corrections() {
        let mut desk = Desk::default();
        let mut due = Vec::new();
        for nth in 0..130 {
            let task = format!("task {nth}");
            desk.matched(&format!("m{nth}"), "builder", &task);
            if desk.record("ann", &task, "failure", None).reflect {
                due.push(nth + 1);
            }
            assert!(!desk.record("ann", "other", "success", None).reflect);
        }
        assert_eq!(due, [20, 40, 60, 80, 100, 120]);
        assert_eq!(desk.meta.corrections.len(), 100);
    }
}
