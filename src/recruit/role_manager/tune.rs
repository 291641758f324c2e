//! Learning words from outcomes.
//!
//! Only matches that turned out well teach: a word that stood in at least two successful tasks of a role, mostly in that
//! role's and hardly in failed ones, speaks for the role from then on. Before anything is adopted the resolved matches are
//! cut into five parts; each part is judged by what the other four taught. When that is worse than what is known today,
//! everything stays as it is.

use std::collections::{BTreeMap, BTreeSet};

use super::super::stores::{Extra, Heuristics, History, Learned, MatchRecord, Roles, Snapshot, Weights};
use super::super::words::Reader;
use super::super::{Policy, timestamp};
use super::Matcher;

/// What a tuning did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tuned {
    /// Words adopted.
    pub words: usize,
    /// Matches in the history.
    pub matches: usize,
    /// Matches with an outcome.
    pub resolved: usize,
    /// Held-out accuracy in percent before and after, when there was something to judge by.
    pub held_out: Option<(f64, f64)>,
    /// Why nothing was adopted.
    pub refused: Option<String>,
}

/// What a learned word weighs; the reference's figure.
const WEIGHT: f64 = 5.0;
/// Words a role.
const WORDS: usize = 5;
/// Newest resolved matches that are looked at.
const LOOKED_AT: usize = 600;
const PARTS: usize = 5;
/// Snapshots kept for a revert.
const SNAPSHOTS: usize = 5;

/// Frequent words that say nothing.
const STOP: &[&str] = &[
    "with", "from", "have", "will", "should", "would", "could", "been", "more", "than", "into", "when", "then", "them",
    "they", "what", "which", "while", "after", "before", "there", "where", "make", "need", "needs", "does", "also",
    "only", "every", "about",
];

/// Learns from the resolved matches and adopts it when it helps. The words before go to the snapshots.
pub fn tune(heuristics: &mut Heuristics, roles: &Roles, history: &History, policy: &Policy, now: i64) -> Tuned {
    let mut tuned = Tuned {
        matches: history.len(),
        ..Tuned::default()
    };
    let mut resolved: Vec<(&MatchRecord, bool)> = history
        .matches()
        .filter_map(|record| Some((record, record.succeeded()?)))
        .collect();
    tuned.resolved = resolved.len();
    if tuned.matches < policy.self_tune_min_matches {
        tuned.refused = Some(format!(
            "needs {} matches, there are {}",
            policy.self_tune_min_matches, tuned.matches
        ));
        return tuned;
    }
    if resolved.is_empty() {
        tuned.refused = Some("no match has an outcome yet, and a match without one teaches nothing".to_owned());
        return tuned;
    }
    let surplus = resolved.len().saturating_sub(LOOKED_AT);
    resolved.drain(..surplus);
    let learned = learn(&resolved, policy);
    let before = &heuristics.keyword_weights;
    let held_out = held_out(&resolved, roles, before, policy);
    tuned.held_out = held_out;
    if let Some((old, new)) = held_out
        && new < old
    {
        tuned.refused = Some(format!("held out, {new:.0} % right instead of {old:.0} %"));
        return tuned;
    }
    let mut after = before.clone();
    after.forget("self-tuned");
    for (word, role) in &learned {
        if after.get(word).is_none() {
            after.insert(word.clone(), taught(role));
        }
    }
    tuned.words = learned.len();
    if after != *before {
        let snapshot = Snapshot {
            ts: timestamp(now),
            keyword_weights: before.clone(),
        };
        super::super::stores::push_bounded(&mut heuristics.snapshots, snapshot, SNAPSHOTS);
        heuristics.keyword_weights = after;
    }
    heuristics.last_tuned = timestamp(now);
    tuned
}

fn taught(role: &str) -> Learned {
    Learned {
        role: role.to_owned(),
        weight: WEIGHT,
        source: "self-tuned".to_owned(),
        extra: Extra::new(),
    }
}

/// Word to role.
fn learn(resolved: &[(&MatchRecord, bool)], policy: &Policy) -> BTreeMap<String, String> {
    let mut record: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (record_of, succeeded) in resolved {
        let tally = record.entry(&record_of.role).or_default();
        tally.1 += 1.0;
        tally.0 += f64::from(u8::from(*succeeded));
    }
    let reader = Reader::default();
    // Word to role to (successes, failures), each task once.
    let mut counts: BTreeMap<String, BTreeMap<&str, (u32, u32)>> = BTreeMap::new();
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (match_record, succeeded) in resolved {
        let role = match_record.role.as_str();
        if !seen.insert((role, match_record.task.as_str())) {
            continue;
        }
        let words: BTreeSet<String> = reader
            .words(&match_record.task)
            .into_iter()
            .map(|word| word.surface)
            .collect();
        for word in words.into_iter().filter(|word| is_telling(word)) {
            let tally = counts.entry(word).or_default().entry(role).or_default();
            if *succeeded {
                tally.0 += 1;
            } else {
                tally.1 += 1;
            }
        }
    }
    let mut by_role: BTreeMap<&str, Vec<(u32, String)>> = BTreeMap::new();
    for (word, roles) in counts {
        let all: u32 = roles.values().map(|(successes, _)| successes).sum();
        for (role, (successes, failures)) in roles {
            let (good, total) = record.get(role).copied().unwrap_or_default();
            let succeeds = good * 100.0 >= policy.self_tune_min_success_rate * total;
            if succeeds && successes >= 2 && successes * 4 >= all * 3 && failures * 3 <= successes {
                by_role.entry(role).or_default().push((successes, word.clone()));
            }
        }
    }
    let mut learned = BTreeMap::new();
    for (role, mut words) in by_role {
        words.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        for (_, word) in words.into_iter().take(WORDS) {
            learned.insert(word, role.to_owned());
        }
    }
    learned
}

fn is_telling(word: &str) -> bool {
    (4..=30).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()) && !STOP.contains(&word)
}

/// Percent right before and after, each task judged by what the others taught. A failed match is right when another role
/// is chosen this time.
fn held_out(resolved: &[(&MatchRecord, bool)], roles: &Roles, before: &Weights, policy: &Policy) -> Option<(f64, f64)> {
    if resolved.len() < PARTS {
        return None;
    }
    let old = Matcher::new(roles, before);
    let (mut old_right, mut new_right) = (0.0, 0.0);
    for part in 0..PARTS {
        let others: Vec<(&MatchRecord, bool)> = resolved
            .iter()
            .enumerate()
            .filter(|(at, _)| at % PARTS != part)
            .map(|(_, item)| *item)
            .collect();
        let mut weights = before.clone();
        weights.forget("self-tuned");
        for (word, role) in learn(&others, policy) {
            weights.insert(word, taught(&role));
        }
        let new = Matcher::new(roles, &weights);
        for (record, succeeded) in resolved.iter().skip(part).step_by(PARTS) {
            let right = |matcher: &Matcher| {
                let chosen = matcher.rank(&record.task).into_iter().next();
                f64::from(u8::from(
                    (chosen.is_some_and(|best| best.role == record.role)) == *succeeded,
                ))
            };
            old_right += right(&old);
            new_right += right(&new);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "at most some hundred")]
    let count = resolved.len() as f64;
    Some((old_right * 100.0 / count, new_right * 100.0 / count))
}

#[cfg(test)]
mod tests {
    use super::super::builtin_roles;
    use super::*;

    fn history(records: &[(&str, &str, Option<&str>)]) -> History {
        let mut history = History::default();
        for (task, role, outcome) in records {
            let record = MatchRecord {
                task: (*task).to_owned(),
                role: (*role).to_owned(),
                outcome: outcome.map(str::to_owned),
                ..MatchRecord::default()
            };
            history.push(record, 1_000);
        }
        history
    }

    fn run(history: &History) -> (Heuristics, Tuned) {
        let mut heuristics = Heuristics::default();
        let tuned = tune(&mut heuristics, &builtin_roles(), history, &Policy::default(), 0);
        (heuristics, tuned)
    }

    #[test]
    fn matches_without_an_outcome_teach_nothing() {
        let (heuristics, tuned) = run(&history(&[("critical security thing", "builder", None); 10]));
        assert!(heuristics.keyword_weights.is_empty() && tuned.refused.is_some());
    }

    #[test]
    fn failures_teach_nothing() {
        let (heuristics, _) = run(&history(&[("critical zebra thing", "builder", Some("failure")); 10]));
        assert!(heuristics.keyword_weights.is_empty());
    }

    #[test]
    fn words_of_successes_are_learned_and_the_old_ones_kept_for_a_revert() {
        let tasks: Vec<String> = (0..10).map(|nth| format!("zebra crossing number {nth}")).collect();
        let records: Vec<(&str, &str, Option<&str>)> = tasks
            .iter()
            .map(|task| (task.as_str(), "optimizer", Some("success")))
            .collect();
        let (heuristics, tuned) = run(&history(&records));
        assert_eq!(heuristics.keyword_weights.get("zebra").unwrap().role, "optimizer");
        assert_eq!((tuned.held_out.unwrap().1, heuristics.snapshots.len()), (100.0, 1));
        let best = &Matcher::new(&builtin_roles(), &heuristics.keyword_weights).rank("another zebra")[0];
        assert_eq!((best.role.as_str(), best.reasons[0].as_str()), ("optimizer", "zebra"));
    }

    #[test]
    fn what_makes_held_out_tasks_worse_is_not_adopted() {
        let mut records = vec![("vulnerability zebra in login", "security-auditor", Some("success")); 1];
        let tasks: Vec<String> = (0..4).map(|nth| format!("penetration test of zebra {nth}")).collect();
        for task in &tasks {
            records.push((task, "security-auditor", Some("success")));
            records.push((task, "docs-writer", Some("failure")));
        }
        let (_, tuned) = run(&history(&records));
        let (old, new) = tuned.held_out.unwrap();
        assert!(new >= old || tuned.refused.is_some());
    }
}
