//! Tasks no role fits: what a new role could be made for.

use std::collections::BTreeSet;

use super::super::Policy;
use super::super::stores::{Extra, History, Learned, Weights};

/// How many tasks are looked at.
const LIMIT: usize = 20;
/// What a trigger word of an invented role weighs; the reference's figure.
const WEIGHT: f64 = 10.0;

/// Up to 20 distinct tasks that were matched without conviction, or whose match failed; newest first.
pub fn candidates(history: &History, policy: &Policy) -> Vec<String> {
    let mut seen = BTreeSet::new();
    history
        .matches()
        .rev()
        .filter(|record| record.confidence < policy.match_confidence_threshold || record.succeeded() == Some(false))
        .filter(|record| !record.task.is_empty() && seen.insert(record.task.clone()))
        .map(|record| record.task.clone())
        .take(LIMIT)
        .collect()
}

/// The trigger words of an invented role speak for it from now on.
pub fn triggers_to_weights(weights: &mut Weights, role: &str, triggers: &[String]) {
    for trigger in triggers {
        let learned = Learned {
            role: role.to_owned(),
            weight: WEIGHT,
            source: "invented".to_owned(),
            extra: Extra::new(),
        };
        weights.insert(trigger.to_lowercase(), learned);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::stores::MatchRecord;
    use super::*;

    #[test]
    fn only_doubtful_and_failed_matches_are_material() {
        let mut history = History::default();
        for (task, confidence, outcome) in [
            ("sure", 0.9, None),
            ("doubtful", 0.2, None),
            ("doubtful", 0.2, None),
            ("failed", 0.9, Some("failure")),
        ] {
            let record = MatchRecord {
                task: task.to_owned(),
                confidence,
                outcome: outcome.map(str::to_owned),
                role: "builder".to_owned(),
                ..MatchRecord::default()
            };
            history.push(record, 10);
        }
        assert_eq!(candidates(&history, &Policy::default()), ["failed", "doubtful"]);
    }
}
