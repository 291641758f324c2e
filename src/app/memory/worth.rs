//! Which entries are worth keeping longer: failures whose fix is known, and the fixes.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::ids::Fingerprint;
use crate::memory::retention::Value;
use crate::memory::{Entry, Identity, Memory, Tree};
use crate::records::{FixRecord, Occurrence, Proposal, Record, Resolution};

/// Knows the failures of one memory that have a fix. A record's key starts with the fingerprint it is about, or is the id
/// of a suggestion: how a sighting ended stays as long as the sighting, which would count as red for ever without it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Worth {
    fixed: BTreeSet<String>,
    suggestions: BTreeSet<String>,
}

impl Worth {
    /// Learns from the fixes in a memory.
    pub fn of(tree: &Tree) -> Self {
        let fixes = tree.records.namespace(FixRecord::NAMESPACE);
        let fixed: BTreeSet<String> = fixes.map(|(identity, _)| subject(identity).to_owned()).collect();
        if fixed.is_empty() {
            return Self::default();
        }
        let mut suggestions = BTreeSet::new();
        for (identity, _) in tree.records.namespace(Occurrence::NAMESPACE) {
            suggestions.extend(suggestion_of(identity).filter(|_| fixed.contains(subject(identity))));
        }
        suggestions.extend(about::<Proposal>(&tree.records, &fixed));
        suggestions.extend(about::<Resolution>(&tree.records, &fixed));
        Self { fixed, suggestions }
    }

    /// What an entry is worth.
    pub fn value_of(&self, identity: &Identity) -> Value {
        let by_suggestion = matches!(identity.namespace.as_str(), Proposal::NAMESPACE | Resolution::NAMESPACE);
        let worth = if by_suggestion {
            self.suggestions.contains(&identity.key)
        } else {
            self.fixed.contains(subject(identity))
        };
        if identity.is_record() && worth {
            Value::Resolved
        } else {
            Value::Ordinary
        }
    }
}

/// The fingerprint at the start of a record's key.
fn subject(identity: &Identity) -> &str {
    identity.key.split('/').next().unwrap_or_default()
}

/// The id of the suggestion made for a sighting, and of its end.
fn suggestion_of(identity: &Identity) -> Option<String> {
    let (fingerprint, seen_in) = identity.key.split_once('/')?;
    let fingerprint: Fingerprint = fingerprint.parse().ok()?;
    let mut parts = seen_in.split('.');
    let (run, attempt) = (parts.next()?, parts.next()?);
    Some(Proposal::id_of(&fingerprint, &format!("{run}.{attempt}.")))
}

/// The keys of the records of one kind whose value names one of these failures.
fn about<'a, R: Record>(records: &'a Memory, fixed: &'a BTreeSet<String>) -> impl Iterator<Item = String> + 'a {
    #[derive(Deserialize)]
    struct About {
        fingerprint: String,
    }
    let names = |entry: &Entry| serde_json::from_str::<About>(entry.text()).ok();
    let records = records.namespace(R::NAMESPACE);
    let mine = records.filter(move |(_, entry)| names(entry).is_some_and(|about| fixed.contains(&about.fingerprint)));
    mine.map(|(identity, _)| identity.key.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::retention::{self, Policy};
    use crate::records::{History, Verdict};

    const DAY: i64 = 86_400_000;

    #[test]
    fn everything_about_a_fixed_failure_is_worth_keeping() {
        let mut tree = Tree::default();
        let known = Fingerprint::from_digest(&[1; 16]);
        let seen = Proposal::id_of(&known, "1.1.");
        tree.insert(
            Identity::new("shipwright/fix", format!("{known}/123")),
            Entry::new("{}", 1),
        );
        tree.insert(
            Identity::new("shipwright/occurrence", format!("{known}/1.1.test")),
            Entry::new("{}", 1),
        );
        for (namespace, key) in [("shipwright/suggestion", "told"), ("shipwright/resolution", "ended")] {
            let value = serde_json::json!({ "fingerprint": known }).to_string();
            tree.insert(Identity::new(namespace, key), Entry::new(value, 1));
        }
        let worth = Worth::of(&tree);
        for (namespace, key, expect) in [
            ("shipwright/fix", format!("{known}/123"), Value::Resolved),
            ("shipwright/occurrence", format!("{known}/1.1.2"), Value::Resolved),
            ("shipwright/occurrence", "sw1:b/1.1.2".to_owned(), Value::Ordinary),
            ("shipwright/resolution", seen.clone(), Value::Resolved),
            ("shipwright/suggestion", seen, Value::Resolved),
            ("shipwright/suggestion", "told".to_owned(), Value::Resolved),
            ("shipwright/resolution", "ended".to_owned(), Value::Resolved),
            ("shipwright/resolution", "other".to_owned(), Value::Ordinary),
            ("notes", format!("{known}/1"), Value::Ordinary),
        ] {
            assert_eq!(
                worth.value_of(&Identity::new(namespace, &key)),
                expect,
                "{namespace}/{key}"
            );
        }
    }

    #[test]
    fn a_failure_that_ended_is_not_red_again_when_memory_forgets() {
        let known = Fingerprint::from_digest(&[1; 16]);
        let mut tree = Tree::default();
        let sighting = serde_json::json!({
            "fingerprint": known, "seen_in": "1.1.test", "at": DAY, "title": "t", "category": "TIMEOUT",
            "class": "deterministic", "job": "test", "scope": "ci.yml\u{1f}octo:main", "branch": "main",
        });
        let sighting: Occurrence = serde_json::from_value(sighting).unwrap();
        sighting.store(&mut tree.records, None);
        let end = Resolution {
            suggestion: Proposal::id_of(&known, "1.1."),
            at: 2 * DAY,
            verdict: Verdict::Flaky,
            sha: String::new(),
            fingerprint: Some(known.clone()),
            after: None,
            trusted: true,
        };
        end.store(&mut tree.records, None);
        let fix = FixRecord {
            fingerprint: known,
            at: 2 * DAY,
            summary: "wait longer".to_owned(),
            url: None,
            sha: None,
            evidence: None,
        };
        fix.store(&mut tree.records, None);
        let worth = Worth::of(&tree);
        let plan = retention::plan(&tree, &Policy::default(), 120 * DAY, &|identity, _| {
            worth.value_of(identity)
        });
        plan.apply(&mut tree);
        let history = History::of(&tree.records);
        assert_eq!(history.unresolved, []);
        assert_eq!(history.failures[0].flaky, 1);
    }
}
