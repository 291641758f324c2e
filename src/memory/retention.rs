//! What may be forgotten: decided purely, then carried out.

use super::codec::encode_entry;
use super::model::{Entry, Identity};
use super::tree::Tree;

const DAY_MS: i64 = 86_400_000;

/// How long tombstones are kept, in days: longer than any copy of the memory made before the deletion lives.
pub const TOMBSTONE_DAYS: u32 = 90;

/// What may stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Entries not changed or seen for more days than this leave.
    pub retention_days: u32,
    /// The files of the tree together may have this many bytes; `None` for no limit.
    pub max_bytes: Option<u64>,
    /// Failures whose fix is known stay this many days.
    pub fixed_failure_days: u32,
}

impl Policy {
    /// Nothing leaves but what says itself that its time is over. For writers that do not know the policy of the memory
    /// they write to.
    pub const LASTING: Self = Self {
        retention_days: u32::MAX,
        max_bytes: None,
        fixed_failure_days: u32::MAX,
    };
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            retention_days: 90,
            max_bytes: Some(8 << 20),
            fixed_failure_days: 365,
        }
    }
}

/// What an entry is worth to those who come later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Nothing special is known about it.
    Ordinary,
    /// A failure with a known fix, or the fix.
    Resolved,
}

/// Why an entry leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Neither changed nor seen for too long.
    Age,
    /// Its own `expiresAt` has passed.
    Expired,
    /// The memory is too large and this is among the least valuable.
    Size,
}

/// What will be forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrunePlan {
    /// Entries that leave, and why; they leave no tombstone.
    pub entries: Vec<(Identity, Reason)>,
    /// Tombstones that have served their time.
    pub tombstones: Vec<Identity>,
    /// Bytes of the tree's files before.
    pub bytes_before: u64,
    /// Bytes of the tree's files after.
    pub bytes_after: u64,
}

impl PrunePlan {
    /// Whether everything stays.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.tombstones.is_empty()
    }

    /// How many entries leave for that reason.
    pub fn count(&self, reason: Reason) -> usize {
        self.entries.iter().filter(|(_, why)| *why == reason).count()
    }

    /// Carries the plan out.
    pub fn apply(&self, tree: &mut Tree) {
        for (identity, _) in &self.entries {
            let side = if identity.is_record() {
                &mut tree.records
            } else {
                &mut tree.memory
            };
            side.remove(identity);
        }
        for identity in &self.tombstones {
            tree.tombstones.remove(identity);
        }
    }
}

/// One entry on the scales.
struct Weighed<'a> {
    value: Value,
    /// Entries without any time come after those with one: nothing says that they are old.
    timeless: bool,
    active_at: Option<i64>,
    identity: &'a Identity,
    entry: &'a Entry,
}

impl<'a> Weighed<'a> {
    /// The least valuable first.
    const fn order(&self) -> (Value, bool, Option<i64>, &'a Identity) {
        (self.value, self.timeless, self.active_at, self.identity)
    }
}

/// Bytes of the entry's line in its file.
fn bytes_of(identity: &Identity, entry: &Entry) -> u64 {
    let mut line = Vec::new();
    encode_entry(identity, entry, &mut line);
    line.len() as u64 + 2
}

/// Decides what leaves at `now` (ms). Boundaries are kept: an entry exactly `retention_days` old stays. Entries without
/// a time do not age; `value` says which entries are worth keeping longer.
pub fn plan(tree: &Tree, policy: &Policy, now: i64, value: &dyn Fn(&Identity, &Entry) -> Value) -> PrunePlan {
    let bytes_before = tree.encoded_len();
    let mut plan = PrunePlan {
        bytes_before,
        bytes_after: bytes_before,
        ..PrunePlan::default()
    };
    let mut staying = Vec::new();
    for (identity, entry) in tree.entries() {
        let worth = value(identity, entry);
        let days = match worth {
            Value::Ordinary => policy.retention_days,
            Value::Resolved => policy.retention_days.max(policy.fixed_failure_days),
        };
        let active_at = entry.last_active_at();
        let reason = if active_at.is_some_and(|time| older(time, days, now)) {
            Some(Reason::Age)
        } else if expires_at(entry).is_some_and(|time| time < now) {
            Some(Reason::Expired)
        } else {
            None
        };
        if let Some(reason) = reason {
            plan.entries.push((identity.clone(), reason));
            plan.bytes_after = plan.bytes_after.saturating_sub(bytes_of(identity, entry));
        } else {
            staying.push(Weighed {
                value: worth,
                timeless: active_at.is_none(),
                active_at,
                identity,
                entry,
            });
        }
    }
    for (identity, tombstone) in &tree.tombstones {
        if older(tombstone.deleted_at, TOMBSTONE_DAYS, now) {
            plan.tombstones.push(identity.clone());
            let bytes = identity.namespace.len() + identity.key.len() + tombstone.sha256.len() + 50;
            plan.bytes_after = plan.bytes_after.saturating_sub(bytes as u64);
        }
    }
    let limit = policy.max_bytes.unwrap_or(u64::MAX);
    if plan.bytes_after > limit {
        staying.sort_unstable_by(|a, b| a.order().cmp(&b.order()));
    }
    for weighed in staying {
        if plan.bytes_after <= limit {
            break;
        }
        plan.entries.push((weighed.identity.clone(), Reason::Size));
        plan.bytes_after = plan
            .bytes_after
            .saturating_sub(bytes_of(weighed.identity, weighed.entry));
    }
    plan
}

/// Whether more than `days` have passed since `time`.
fn older(time: i64, days: u32, now: i64) -> bool {
    now.saturating_sub(time) > i64::from(days).saturating_mul(DAY_MS)
}

/// The entry's own end, when an agent gave it one.
fn expires_at(entry: &Entry) -> Option<i64> {
    entry.extra.get("expiresAt")?.as_i64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Tombstone;

    const NOW: i64 = 1_760_000_000_000;

    fn aged(days: i64, extra_ms: i64) -> Entry {
        Entry::new("v", NOW - days * DAY_MS - extra_ms)
    }

    fn tree(entries: Vec<(&str, Entry)>) -> Tree {
        let mut tree = Tree::default();
        for (key, entry) in entries {
            tree.insert(Identity::new("n", key), entry);
        }
        tree
    }

    fn ordinary(_: &Identity, _: &Entry) -> Value {
        Value::Ordinary
    }

    #[test]
    fn a_lasting_policy_forgets_nothing_that_does_not_ask_for_it() {
        let mut ended = aged(1, 0);
        ended.extra.insert("expiresAt".to_owned(), (NOW - 1).into());
        let tree = tree(vec![("old", aged(4000, 0)), ("ended", ended)]);
        check(&tree, &Policy::LASTING, &[("ended", Reason::Expired)]);
    }

    fn check(tree: &Tree, policy: &Policy, expect: &[(&str, Reason)]) {
        let plan = plan(tree, policy, NOW, &ordinary);
        let gone: Vec<(&str, Reason)> = plan.entries.iter().map(|(id, why)| (id.key.as_str(), *why)).collect();
        assert_eq!(gone, expect);
        let mut after = tree.clone();
        plan.apply(&mut after);
        let bytes: usize = after.to_files().values().map(Vec::len).sum();
        assert!(bytes as u64 <= plan.bytes_after + 2, "{bytes} {}", plan.bytes_after);
    }

    #[test]
    fn the_last_millisecond_of_the_last_day_is_kept() {
        let policy = Policy::default();
        let tree = tree(vec![
            ("kept", aged(90, 0)),
            ("late", aged(90, 1)),
            ("new", aged(0, 0)),
            ("ahead", aged(-5, 0)),
        ]);
        check(&tree, &policy, &[("late", Reason::Age)]);
    }

    #[test]
    fn a_sign_of_life_keeps_and_no_time_at_all_keeps_too() {
        let seen = Entry {
            last_seen_at: Some(NOW - DAY_MS),
            ..aged(200, 0)
        };
        let timeless = Entry {
            value: Some("x".to_owned()),
            ..Entry::default()
        };
        check(
            &tree(vec![("seen", seen), ("timeless", timeless)]),
            &Policy::default(),
            &[],
        );
    }

    #[test]
    fn an_entry_leaves_at_its_own_end() {
        let mut ended = aged(1, 0);
        ended.extra.insert("expiresAt".to_owned(), (NOW - 1).into());
        let mut running = aged(1, 0);
        running.extra.insert("expiresAt".to_owned(), NOW.into());
        check(
            &tree(vec![("ended", ended), ("running", running)]),
            &Policy::default(),
            &[("ended", Reason::Expired)],
        );
    }

    #[test]
    fn the_least_valuable_leave_first_when_space_is_short() {
        let timeless = Entry {
            value: Some("x".to_owned()),
            ..Entry::default()
        };
        let tree = tree(vec![
            ("a", aged(1, 0)),
            ("b", aged(3, 0)),
            ("c", aged(2, 0)),
            ("t", timeless),
        ]);
        let whole: usize = tree.to_files().values().map(Vec::len).sum();
        let policy = Policy {
            max_bytes: Some(whole as u64 - 1),
            ..Policy::default()
        };
        check(&tree, &policy, &[("b", Reason::Size)]);
        let policy = Policy {
            max_bytes: Some(0),
            ..Policy::default()
        };
        let all = [
            ("b", Reason::Size),
            ("c", Reason::Size),
            ("a", Reason::Size),
            ("t", Reason::Size),
        ];
        check(&tree, &policy, &all);
    }

    #[test]
    fn what_has_a_fix_stays_a_year_and_leaves_last() {
        let tree = tree(vec![
            ("fixed", aged(365, 0)),
            ("old", aged(91, 0)),
            ("older", aged(366, 0)),
            ("z", aged(1, 0)),
        ]);
        let resolved = |id: &Identity, _: &Entry| {
            if id.key == "old" {
                Value::Ordinary
            } else {
                Value::Resolved
            }
        };
        let policy = Policy {
            max_bytes: None,
            ..Policy::default()
        };
        let gone: Vec<_> = plan(&tree, &policy, NOW, &resolved).entries;
        let keys: Vec<&str> = gone.iter().map(|(id, _)| id.key.as_str()).collect();
        assert_eq!(keys, ["old", "older"]);
    }

    #[test]
    fn tombstones_are_kept_ninety_days() {
        let mut tree = tree(vec![]);
        for (key, extra) in [("kept", 0), ("gone", 1)] {
            let deleted_at = NOW - 90 * DAY_MS - extra;
            tree.tombstones.insert(
                Identity::new("n", key),
                Tombstone {
                    deleted_at,
                    ..Tombstone::default()
                },
            );
        }
        let plan = plan(&tree, &Policy::default(), NOW, &ordinary);
        assert_eq!(plan.tombstones, [Identity::new("n", "gone")]);
        plan.apply(&mut tree);
        assert_eq!(tree.tombstones.len(), 1);
    }

    #[test]
    fn nothing_pruned_is_byte_for_byte_the_same() {
        let mut tree = tree(vec![("a", aged(1, 0)), ("b", aged(2, 0))]);
        let before = tree.to_files();
        let plan = plan(&tree, &Policy::default(), NOW, &ordinary);
        assert!(plan.is_empty() && plan.bytes_before == plan.bytes_after);
        plan.apply(&mut tree);
        assert_eq!(tree.to_files(), before);
    }
}
