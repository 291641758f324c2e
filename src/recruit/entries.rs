//! The stores as entries of the memory, so that jobs share what they learned.
//!
//! Only events travel, never counts: every outcome and every match has an identity of its own, so a union of two
//! memories loses nothing and counts nothing twice; profiles and usage are recounted from outcomes on each machine.
//! Roles that are not built in and learned words travel as they are, newest first.
//!
//! | namespace | key | value |
//! |---|---|---|
//! | `shipwright/recruit/outcome` | the outcome's id | an [`OutcomeRecord`] |
//! | `shipwright/recruit/match` | the match's id | a [`MatchRecord`] |
//! | `shipwright/recruit/role` | the role's key | a [`Role`] |
//! | `shipwright/recruit/word` | the word | a [`Learned`] |

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::parse_timestamp;
use super::role_manager::builtin_roles;
use super::stores::{Heuristics, History, Learned, MatchRecord, OutcomeLog, OutcomeRecord, Role, Roles, Weights};
use crate::memory::{Entry, Identity, Memory};

/// Outcomes.
pub const OUTCOMES: &str = "shipwright/recruit/outcome";
/// Matches.
pub const MATCHES: &str = "shipwright/recruit/match";
/// Roles that are not built in.
pub const ROLES: &str = "shipwright/recruit/role";
/// Learned words.
pub const WORDS: &str = "shipwright/recruit/word";

/// Milliseconds of thirty days.
const MONTH: i64 = 30 * 24 * 3_600_000;

/// Puts what the stores hold into a memory. `now` (milliseconds) dates what has no time of its own; an entry whose value
/// is already there keeps its times.
pub fn store(
    memory: &mut Memory,
    outcomes: &OutcomeLog,
    history: &History,
    roles: &Roles,
    heuristics: &Heuristics,
    now: i64,
) {
    for outcome in outcomes.records() {
        put(memory, OUTCOMES, &outcome.id, &outcome, outcome.at.saturating_mul(1000));
    }
    for record in history.matches().filter(|record| !record.match_id.is_empty()) {
        put(
            memory,
            MATCHES,
            &record.match_id,
            record,
            parse_timestamp(&record.ts).unwrap_or(now),
        );
    }
    for (key, role) in roles.iter().filter(|(_, role)| role.origin != "builtin") {
        put(
            memory,
            ROLES,
            key,
            role,
            parse_timestamp(&role.created_at).unwrap_or(now),
        );
        keep(memory, ROLES, key, now);
    }
    let tuned = parse_timestamp(&heuristics.last_tuned).unwrap_or(now);
    for (word, learned) in heuristics.keyword_weights.iter() {
        put(memory, WORDS, word, learned, tuned);
        keep(memory, WORDS, word, now);
    }
}

/// Keeps what is no event from being forgotten as old while somebody uses it. The time moves once a month, so that a sync
/// that has nothing to say changes nothing.
fn keep(memory: &mut Memory, namespace: &str, key: &str, now: i64) {
    let identity = Identity::new(namespace, key);
    let Some(entry) = memory.get(&identity) else { return };
    if entry.last_seen_at.is_none_or(|seen| now - seen > MONTH) {
        let mut entry = entry.clone();
        entry.last_seen_at = Some(now);
        memory.insert(identity, entry);
    }
}

fn put<T: Serialize>(memory: &mut Memory, namespace: &str, key: &str, item: &T, at: i64) {
    let Ok(value) = serde_json::to_string(item) else {
        return;
    };
    let identity = Identity::new(namespace, key);
    if memory.get(&identity).is_none_or(|entry| entry.text() != value) {
        memory.insert(identity, Entry::new(value, at));
    }
}

/// What a memory brings that the stores do not have.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct News {
    /// Outcomes, oldest first, to be given to `config_validator::record` through the ledger.
    pub outcomes: Vec<OutcomeRecord>,
    /// Matches without an outcome here, oldest first.
    pub matches: Vec<MatchRecord>,
    /// Roles.
    pub roles: Vec<(String, Role)>,
    /// Learned words.
    pub words: Weights,
}

/// Reads a memory; entries of another shape are left out. What `history`, `roles` and `heuristics` already have is no news;
/// outcomes are all given back, because the ledger knows best which counted.
pub fn news(memory: &Memory, history: &History, roles: &Roles, heuristics: &Heuristics) -> News {
    let mut outcomes: Vec<OutcomeRecord> = read(memory, OUTCOMES)
        .filter(|(id, outcome): &(&str, OutcomeRecord)| outcome.id == *id && !outcome.agent.is_empty())
        .map(|(_, outcome)| outcome)
        .collect();
    outcomes.sort_by(|one: &OutcomeRecord, other| one.at.cmp(&other.at).then_with(|| one.id.cmp(&other.id)));
    let known: std::collections::BTreeSet<&str> = history.matches().map(|record| record.match_id.as_str()).collect();
    let mut matches: Vec<MatchRecord> = read(memory, MATCHES)
        .filter(|(id, _)| !known.contains(id))
        .map(|(_, record): (&str, MatchRecord)| MatchRecord {
            outcome: None,
            ..record
        })
        .collect();
    matches.sort_by(|one, other| {
        one.ts_epoch
            .total_cmp(&other.ts_epoch)
            .then_with(|| one.match_id.cmp(&other.match_id))
    });
    let new_roles = read(memory, ROLES)
        .filter(|(key, role): &(&str, Role)| roles.get(key).is_none() && role.origin != "builtin")
        .map(|(key, role)| (key.to_owned(), role))
        .collect();
    News {
        outcomes,
        matches,
        roles: new_roles,
        words: words(memory, &heuristics.keyword_weights),
    }
}

/// The roles there are, the built-in ones and those a memory brings, and the words it has learned.
pub fn staff(memory: &Memory) -> (Roles, Weights) {
    let mut roles = builtin_roles();
    for (key, role) in read::<Role>(memory, ROLES) {
        if roles.get(key).is_none() {
            roles.insert(key, role);
        }
    }
    (roles, words(memory, &Weights::default()))
}

fn words(memory: &Memory, known: &Weights) -> Weights {
    let mut words = Weights::default();
    for (word, learned) in read::<Learned>(memory, WORDS) {
        if known.get(word).is_none() && (0.0..=10.0).contains(&learned.weight) {
            words.insert(word, learned);
        }
    }
    words
}

fn read<'m, T: DeserializeOwned + 'm>(
    memory: &'m Memory,
    namespace: &'static str,
) -> impl Iterator<Item = (&'m str, T)> + 'm {
    memory
        .namespace(namespace)
        .filter_map(|(identity, entry)| Some((identity.key.as_str(), serde_json::from_str(entry.text()).ok()?)))
}

#[cfg(test)]
mod tests {
    use super::super::role_manager::builtin_roles;
    use super::*;

    fn outcome(id: &str, at: i64) -> OutcomeRecord {
        OutcomeRecord {
            id: id.to_owned(),
            at,
            agent: "ann".to_owned(),
            outcome: "success".to_owned(),
            ..OutcomeRecord::default()
        }
    }

    #[test]
    fn what_one_machine_knows_is_news_to_another_and_old_to_itself() {
        let mut outcomes = OutcomeLog::default();
        outcomes.push(&outcome("late", 20));
        outcomes.push(&outcome("early", 10));
        let mut history = History::default();
        let record = MatchRecord {
            match_id: "match-1-1".to_owned(),
            outcome: Some("success".to_owned()),
            ..MatchRecord::default()
        };
        history.push(record, 10);
        let mut roles = builtin_roles();
        roles.insert(
            "zoo-keeper",
            Role {
                origin: "manual".to_owned(),
                ..Role::default()
            },
        );
        let mut heuristics = Heuristics::default();
        heuristics.keyword_weights.insert(
            "giraffe",
            Learned {
                role: "zoo-keeper".to_owned(),
                weight: 5.0,
                source: "self-tuned".to_owned(),
                extra: super::super::stores::Extra::new(),
            },
        );
        let mut memory = Memory::default();
        store(&mut memory, &outcomes, &history, &roles, &heuristics, 1);
        assert_eq!(memory.len(), 5);
        let before = memory.clone();
        store(&mut memory, &outcomes, &history, &roles, &heuristics, 2);
        assert_eq!(memory, before, "telling it again changes nothing");

        let there = news(&memory, &History::default(), &builtin_roles(), &Heuristics::default());
        assert_eq!(
            there
                .outcomes
                .iter()
                .map(|outcome| outcome.id.as_str())
                .collect::<Vec<_>>(),
            ["early", "late"]
        );
        assert_eq!((there.matches.len(), there.roles.len(), there.words.len()), (1, 1, 1));
        assert_eq!(there.matches[0].outcome, None, "outcomes come as outcomes");
        let here = news(&memory, &history, &roles, &heuristics);
        assert_eq!((here.matches.len(), here.roles.len(), here.words.len()), (0, 0, 0));
    }

    #[test]
    fn entries_of_another_shape_are_left_out() {
        let mut memory = Memory::default();
        for (namespace, value) in [
            (OUTCOMES, "[]"),
            (ROLES, "oops"),
            (WORDS, r#"{"role":"pm","weight":9999}"#),
            (WORDS, "7"),
        ] {
            memory.insert(Identity::new(namespace, value), Entry::new(value, 1));
        }
        assert_eq!(
            news(&memory, &History::default(), &builtin_roles(), &Heuristics::default()),
            News::default()
        );
    }
}
