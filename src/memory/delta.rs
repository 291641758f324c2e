//! A delta: what one writer changed, small enough for an inbox commit, and safe to fold into any later tip.
//!
//! Beside the changed and deleted entries it carries a mark of what each of them was before (hash and time), so that
//! the three-way rules hold when it is folded, even after the base commit was squashed away.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::codec;
use super::lines;
use super::merge::join_files;
use super::model::{Entry, Identity, Tombstone};
use super::order::{State, join, join_fields};
use super::tree::{Damage, Tree};

/// The file of marks in a delta's tree.
pub const BASE_FILE: &str = "base.jsonl";

/// What an entry was before the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// SHA-256 of its value.
    pub(super) sha256: String,
    /// Its `updatedAt`.
    pub(super) updated_at: Option<i64>,
}

/// Changed and deleted entries against a base.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Delta {
    tree: Tree,
    marks: BTreeMap<Identity, Mark>,
}

impl Delta {
    /// What `merged` has that `base` has not. Entries that are merely gone (pruned) are not a change: retention will
    /// see to them wherever the delta is folded.
    pub fn diff(base: &Tree, merged: &Tree) -> Self {
        let mut delta = Self::default();
        let entries = merged.entries().map(|(identity, _)| identity);
        for identity in entries.chain(merged.tombstones.keys()) {
            let (before, after) = (base.state(identity), merged.state(identity));
            if before == after {
                continue;
            }
            if let Some(State::Live(entry)) = before {
                delta.marks.insert(
                    identity.clone(),
                    Mark {
                        sha256: entry.sha256(),
                        updated_at: entry.updated_at,
                    },
                );
            }
            delta.tree.set(identity.clone(), after);
        }
        for (name, value) in &merged.memory.header {
            if base.memory.header.get(name) != Some(value) {
                delta.tree.memory.header.insert(name.clone(), value.clone());
            }
        }
        let is_new = |(name, bytes): &(&String, &Vec<u8>)| base.others.get(*name) != Some(*bytes);
        let others = merged.others.iter().filter(is_new);
        delta.tree.others = others.map(|(name, bytes)| (name.clone(), bytes.clone())).collect();
        delta.tree.format = merged.format.clone();
        delta
    }

    /// Whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0 && self.tree.memory.header.is_empty() && self.tree.others.is_empty()
    }

    /// Number of changed and deleted entries.
    pub fn len(&self) -> usize {
        self.tree.memory.len() + self.tree.records.len() + self.tree.tombstones.len()
    }

    /// The changed and deleted entries, as a tree.
    pub const fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The files of the delta: those of a tree, with the marks beside them.
    pub fn to_files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = self.tree.to_files();
        files.insert(BASE_FILE.to_owned(), encode_marks(&self.marks));
        files
    }

    /// Reads the files of a delta. A delta without marks is one of new entries.
    pub fn from_files(files: &BTreeMap<String, Vec<u8>>) -> (Self, Vec<Damage>) {
        let (mut tree, mut damage) = Tree::from_files(files);
        let bytes = tree.others.remove(BASE_FILE).unwrap_or_default();
        let (marks, bad) = lines::decode_marks(&bytes);
        if bad > 0 {
            damage.push(Damage::Lines {
                file: BASE_FILE,
                count: bad,
            });
        }
        (Self { tree, marks }, damage)
    }

    /// The tip with this delta in it. Folding twice is harmless.
    #[must_use]
    pub fn fold(&self, tip: &Tree) -> Tree {
        let mut folded = tip.clone();
        folded.normalize();
        let entries = self.tree.entries().map(|(identity, _)| identity);
        let identities: BTreeSet<&Identity> = entries.chain(self.tree.tombstones.keys()).collect();
        for identity in identities {
            let Some(change) = self.tree.state(identity) else {
                continue;
            };
            let state = match folded.state(identity) {
                Some(there) => self.settle(identity, change, there),
                None => change,
            };
            folded.set(identity.clone(), Some(state));
        }
        folded.memory.header = join_fields(&folded.memory.header, &self.tree.memory.header);
        folded.others = join_files(&folded.others, &self.tree.others);
        folded
    }

    fn settle(&self, identity: &Identity, change: State, there: State) -> State {
        let Some(mark) = self.marks.get(identity) else {
            return match (&change, &there) {
                (State::Live(entry), State::Dead(tombstone)) if entry.updated_at > Some(tombstone.deleted_at) => change,
                _ => join(&change, &there),
            };
        };
        match (&change, &there) {
            // Still what it was: the change stands, whatever its clock says.
            (State::Live(entry), State::Live(other)) if mark.is(other) && entry.value != other.value => {
                State::Live(later_than(entry, other.updated_at))
            }
            (State::Dead(_), State::Live(other)) if mark.is(other) => change,
            // A change elsewhere beats this deletion.
            (State::Dead(_), State::Live(_)) => there,
            // What was deleted is what this changed: the change beats the deletion. Any other deletion came before or
            // after the change, and its time tells which.
            (State::Live(entry), State::Dead(tombstone)) if mark.is_gone_with(tombstone) => {
                State::Live(later_than(entry, Some(tombstone.deleted_at)))
            }
            (State::Live(_), _) | (State::Dead(_), State::Dead(_)) => join(&change, &there),
        }
    }
}

impl Mark {
    /// Whether the entry is still the one that was marked.
    fn is(&self, entry: &Entry) -> bool {
        entry.updated_at <= self.updated_at && entry.sha256() == self.sha256
    }

    /// Whether the tombstone is of the entry that was marked.
    fn is_gone_with(&self, tombstone: &Tombstone) -> bool {
        tombstone.sha256 == self.sha256 && tombstone.updated_at == self.updated_at
    }
}

/// The entry with a time after `other`.
fn later_than(entry: &Arc<Entry>, other: Option<i64>) -> Arc<Entry> {
    if entry.updated_at > other {
        return Arc::clone(entry);
    }
    let mut later = Entry::clone(entry);
    later.updated_at = other.map(|time| time.saturating_add(1));
    Arc::new(later)
}

fn encode_marks(marks: &BTreeMap<Identity, Mark>) -> Vec<u8> {
    let mut out = Vec::new();
    for (identity, mark) in marks {
        out.extend_from_slice(b"{\"namespace\":");
        codec::write(&mut out, &identity.namespace);
        codec::field(&mut out, "key", &identity.key);
        if let Some(time) = mark.updated_at {
            codec::field(&mut out, "updatedAt", &time);
        }
        codec::field(&mut out, "sha256", &mark.sha256);
        out.extend_from_slice(b"}\n");
    }
    out
}
