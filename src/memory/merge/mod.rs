//! Two memories become one.
//!
//! [`two_way`] takes the later state of every identity. [`three_way`] knows what the job was given (the base), so an
//! untouched copy never beats a change made elsewhere, however new its reset clock says it is.

mod three_way;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::{Entry, Identity, Memory, Origin};
use super::order::{State, join, join_entries, join_fields};
use super::tree::Tree;

pub use three_way::three_way;

/// Whether an entry's absence from the export means that the agent deleted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportTrust {
    /// Restore succeeded in this job and the export came after it: absence is deletion. An empty export and one with
    /// nothing but nulls are never believed.
    Trusted,
    /// Absence means nothing.
    Untrusted,
}

/// The circumstances of a merge.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// Whether absence is deletion.
    pub trust: ExportTrust,
    /// Milliseconds since the epoch.
    pub now: i64,
    /// Who made the local changes; noted in every entry changed here.
    pub origin: Option<Origin>,
}

/// What a three-way merge took from the local side. Each local entry and each deletion counts once, `conflicts` besides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct MergeReport {
    /// New in the memory.
    pub added: usize,
    /// Changed in the memory.
    pub updated: usize,
    /// Nothing to do: untouched here, or already the same there.
    pub unchanged: usize,
    /// Deleted from the memory.
    pub deleted: usize,
    /// Nulls that did not overwrite anything.
    pub ignored_null: usize,
    /// Changed on both sides, differently; the later change stands.
    pub conflicts: usize,
}

/// The outcome of a three-way merge.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// Both sides.
    pub tree: Tree,
    /// What came from the local side.
    pub report: MergeReport,
}

/// Joins two trees that know nothing of each other's history: the newer `updatedAt` or deletion stands, on a tie the
/// deletion, then the larger hash. Commutative, associative and idempotent over normalised trees.
#[must_use]
pub fn two_way(a: &Tree, b: &Tree) -> Tree {
    let mut tree = Tree {
        memory: union(&a.memory, &b.memory),
        records: union(&a.records, &b.records),
        tombstones: a.tombstones.clone(),
        format: std::cmp::max_by_key(&a.format, &b.format, |format| (format.version, &format.writer)).clone(),
        others: join_files(&a.others, &b.others),
    };
    if a.format.version == b.format.version && a.format.writer == b.format.writer {
        tree.format.extra = join_fields(&a.format.extra, &b.format.extra);
    }
    for (identity, tombstone) in &b.tombstones {
        let dead = State::Dead(tombstone.clone());
        let joined = match tree.tombstones.get(identity) {
            Some(other) => join(&State::Dead(other.clone()), &dead),
            None => dead,
        };
        if let State::Dead(tombstone) = joined {
            tree.tombstones.insert(identity.clone(), tombstone);
        }
    }
    tree.normalize();
    tree
}

/// The later entry of every identity, and the header fields of both.
fn union(a: &Memory, b: &Memory) -> Memory {
    let mut joined: BTreeMap<Identity, Arc<Entry>> = a.shared().clone();
    for (identity, entry) in b.shared() {
        match joined.get_mut(identity) {
            Some(other) => *other = join_entries(other, entry),
            None => {
                joined.insert(identity.clone(), Arc::clone(entry));
            }
        }
    }
    let mut memory = Memory::of(joined);
    memory.header = join_fields(&a.header, &b.header);
    memory
}

/// The union of files nobody here understands; of two contents the greater.
pub(super) fn join_files(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let mut joined = a.clone();
    for (name, bytes) in b {
        let file = joined.entry(name.clone()).or_default();
        if *file < *bytes {
            file.clone_from(bytes);
        }
    }
    joined
}

#[cfg(test)]
mod tests;
