//! Which of two states of one identity is the later one.
//!
//! States form a chain by (has a real value, time, deleted, hash of the value); what is left of two states equal in all
//! of that is joined field by field. A chain with a semilattice behind it is a semilattice, so [`join`] is commutative,
//! associative and idempotent, and so is everything built from it.

use std::cmp::Ordering;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::model::{Entry, Tombstone};

/// What is known about an identity.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum State {
    Live(Arc<Entry>),
    Dead(Tombstone),
}

/// How much a value is worth against another: `null` is a fault of ruflo's export, the text `null` what its import
/// made of it. Neither beats a real value, however new it looks.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    Null,
    NullText,
    Real,
}

/// Whether the value is `null` or the text `null`.
pub(super) fn is_null(entry: &Entry) -> bool {
    worth(entry) != Worth::Real
}

fn worth(entry: &Entry) -> Worth {
    match entry.value.as_deref() {
        None => Worth::Null,
        Some("null") => Worth::NullText,
        Some(_) => Worth::Real,
    }
}

impl State {
    fn rank(&self) -> (Worth, Option<i64>, bool) {
        match self {
            Self::Live(entry) => (worth(entry), entry.updated_at, false),
            Self::Dead(tombstone) => (Worth::Real, Some(tombstone.deleted_at), true),
        }
    }
}

/// The later of two states.
pub(super) fn join(a: &State, b: &State) -> State {
    match a.rank().partial_cmp(&b.rank()) {
        Some(Ordering::Less) => return b.clone(),
        Some(Ordering::Greater) => return a.clone(),
        Some(Ordering::Equal) | None => {}
    }
    match (a, b) {
        (State::Live(a), State::Live(b)) => State::Live(join_entries(a, b)),
        (State::Dead(a), State::Dead(b)) => State::Dead(join_tombstones(a, b)),
        // The rank tells a deletion from an entry, so equal ranks are of one kind.
        (State::Live(_), State::Dead(_)) => b.clone(),
        (State::Dead(_), State::Live(_)) => a.clone(),
    }
}

/// The later of two entries.
pub(super) fn join_entries(a: &Arc<Entry>, b: &Arc<Entry>) -> Arc<Entry> {
    match (worth(a), a.updated_at).partial_cmp(&(worth(b), b.updated_at)) {
        Some(Ordering::Less) => return Arc::clone(b),
        Some(Ordering::Greater) => return Arc::clone(a),
        Some(Ordering::Equal) | None => {}
    }
    if Arc::ptr_eq(a, b) || a == b {
        return Arc::clone(a);
    }
    match by_hash(a, b) {
        Ordering::Less => Arc::clone(b),
        Ordering::Greater => Arc::clone(a),
        Ordering::Equal => Arc::new(join_rest(a, b)),
    }
}

/// By the hash of the value: arbitrary, but the same on every machine.
pub(super) fn by_hash(a: &Entry, b: &Entry) -> Ordering {
    if a.value == b.value {
        Ordering::Equal
    } else {
        a.sha256().cmp(&b.sha256())
    }
}

/// Two entries with one value and one time: the fields beside them.
fn join_rest(a: &Entry, b: &Entry) -> Entry {
    Entry {
        value: a.value.clone(),
        created_at: earliest(a.created_at, b.created_at),
        updated_at: a.updated_at,
        access_count: a.access_count.max(b.access_count),
        has_embedding: a.has_embedding || b.has_embedding,
        last_seen_at: a.last_seen_at.max(b.last_seen_at),
        origin: a.origin.clone().max(b.origin.clone()),
        extra: join_fields(&a.extra, &b.extra),
    }
}

/// The earlier of two times; an unknown one does not count.
pub(super) fn earliest(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (time, None) | (None, time) => time,
    }
}

/// The later of two deletions.
pub(super) fn join_tombstones(a: &Tombstone, b: &Tombstone) -> Tombstone {
    match (a.deleted_at, &a.sha256, a.updated_at).cmp(&(b.deleted_at, &b.sha256, b.updated_at)) {
        Ordering::Less => b.clone(),
        Ordering::Greater => a.clone(),
        Ordering::Equal => Tombstone {
            extra: join_fields(&a.extra, &b.extra),
            ..a.clone()
        },
    }
}

/// The union of two sets of fields; of two values for one name, the one whose JSON text is greater.
pub(super) fn join_fields(a: &Map<String, Value>, b: &Map<String, Value>) -> Map<String, Value> {
    let mut joined = a.clone();
    for (name, value) in b {
        let stands = |other: &Value| other == value || text_of(other) >= text_of(value);
        if !joined.get(name).is_some_and(stands) {
            joined.insert(name.clone(), value.clone());
        }
    }
    joined
}

/// The JSON text of a value.
fn text_of(value: &Value) -> String {
    value.to_string()
}
