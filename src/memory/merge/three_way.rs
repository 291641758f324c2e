//! The three-way merge, one identity at a time.

use std::cmp::Ordering;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Context, ExportTrust, MergeReport, Merged};
use crate::memory::model::{Entry, Identity, Tombstone};
use crate::memory::order::{State, by_hash, earliest, is_null, join, join_entries};
use crate::memory::tree::Tree;

/// Merges what a job did (`local`, compared with the `base` it was given) into what the ref holds now (`remote`).
///
/// `local.memory` is the agent's export, `local.records` the records this job wrote (absence is never deletion there),
/// `local.tombstones` what was deleted on purpose. Without a base, equal values count as untouched and the rest is
/// joined as [`two_way`](super::two_way) does it.
#[must_use]
pub fn three_way(base: Option<&Tree>, local: &Tree, remote: &Tree, context: &Context) -> Merged {
    let mut tree = remote.clone();
    tree.normalize();
    let mut report = MergeReport::default();
    let dead = local.tombstones.keys().filter(|identity| local.get(identity).is_none());
    let named = local.entries().map(|(identity, _)| identity).chain(dead);
    for identity in named {
        let case = Case {
            base: base.and_then(|base| base.get(identity)),
            base_tombstone: base.and_then(|base| base.tombstones.get(identity)),
            has_base: base.is_some(),
            remote: tree.state(identity),
            context,
        };
        let Some(state) = local.state(identity) else { continue };
        let change = match state {
            State::Live(entry) => case.local_entry(&entry),
            State::Dead(tombstone) => case.local_deletion(tombstone),
        };
        change.carry_out(&mut tree, identity, &mut report);
    }
    for identity in absent(base, local, context) {
        let case = Case {
            base: base.and_then(|base| base.get(identity)),
            base_tombstone: None,
            has_base: true,
            remote: tree.state(identity),
            context,
        };
        case.absence().carry_out(&mut tree, identity, &mut report);
    }
    for (name, value) in &local.memory.header {
        if name != "exportedAt" && base.and_then(|base| base.memory.header.get(name)) != Some(value) {
            tree.memory.header.insert(name.clone(), value.clone());
        }
    }
    Merged { tree, report }
}

/// Entries the agent was given and no longer has, when the export can be believed.
fn absent<'a>(base: Option<&'a Tree>, local: &'a Tree, context: &Context) -> Vec<&'a Identity> {
    let believable = context.trust == ExportTrust::Trusted && local.memory.iter().any(|(_, entry)| !is_null(entry));
    let Some(base) = base.filter(|_| believable) else {
        return Vec::new();
    };
    let covered = |identity: &Identity| {
        local
            .memory
            .filter
            .as_ref()
            .is_none_or(|filter| *filter == identity.namespace)
    };
    let gone = |identity: &Identity| local.get(identity).is_none() && !local.tombstones.contains_key(identity);
    let identities = base.memory.iter().map(|(identity, _)| identity);
    identities
        .filter(|identity| !identity.is_record() && covered(identity) && gone(identity))
        .collect()
}

/// What to do about one identity.
enum Change {
    Keep,
    IgnoreNull,
    Set(State),
    /// Both sides changed; `None` when the remote change stands.
    Conflict(Option<State>),
}

impl Change {
    fn carry_out(self, tree: &mut Tree, identity: &Identity, report: &mut MergeReport) {
        let state = match self {
            Self::Keep => {
                report.unchanged += 1;
                return;
            }
            Self::IgnoreNull => {
                report.ignored_null += 1;
                return;
            }
            Self::Conflict(None) => {
                report.conflicts += 1;
                report.unchanged += 1;
                return;
            }
            Self::Conflict(Some(state)) => {
                report.conflicts += 1;
                state
            }
            Self::Set(state) => state,
        };
        match (&state, tree.get(identity).is_some()) {
            (State::Live(_), true) => report.updated += 1,
            (State::Live(_), false) => report.added += 1,
            (State::Dead(_), _) => report.deleted += 1,
        }
        tree.set(identity.clone(), Some(state));
    }
}

/// What is known about one identity beside the local side.
struct Case<'a> {
    base: Option<&'a Entry>,
    base_tombstone: Option<&'a Tombstone>,
    has_base: bool,
    remote: Option<State>,
    context: &'a Context,
}

impl Case<'_> {
    fn local_entry(&self, local: &Arc<Entry>) -> Change {
        if self.is_faulty_null(local) {
            return Change::IgnoreNull;
        }
        match self.base {
            Some(base) if !is_changed(base, local) => self.untouched(base, local),
            Some(base) => self.changed(base, local),
            None => self.new_here(local),
        }
    }

    /// `null` never says anything; the text `null` says nothing where there was another value.
    fn is_faulty_null(&self, local: &Entry) -> bool {
        let known = match (&self.base, &self.remote) {
            (Some(base), _) => Some(*base),
            (None, Some(State::Live(remote))) => Some(remote.as_ref()),
            (None, _) => None,
        };
        local.value.is_none() || is_null(local) && known.is_some_and(|known| !is_null(known))
    }

    /// The remote side wins, with its times. A read is a sign of life: an import sets the count to 0, so any other
    /// count than the base's is a number of reads in this job. Noted once a day, or every job would be a commit.
    fn untouched(&self, base: &Entry, local: &Entry) -> Change {
        const DAY: i64 = 86_400_000;
        let Some(State::Live(remote)) = &self.remote else {
            return Change::Keep;
        };
        let reads = match local.access_count.cmp(&base.access_count) {
            Ordering::Greater => local.access_count - base.access_count,
            Ordering::Less => local.access_count,
            Ordering::Equal => 0,
        };
        let stale = remote
            .last_active_at()
            .is_some_and(|time| self.context.now.saturating_sub(time) > DAY);
        if reads == 0 || !stale {
            return Change::Keep;
        }
        let mut seen = Entry::clone(remote);
        seen.access_count = seen.access_count.saturating_add(reads);
        seen.last_seen_at = Some(self.context.now);
        Change::Set(State::Live(Arc::new(seen)))
    }

    fn changed(&self, base: &Entry, local: &Entry) -> Change {
        match &self.remote {
            None => Change::Set(self.mine(local, Some(base), None)),
            // A change here beats a deletion elsewhere, unless it was this very value that was deleted, later.
            Some(State::Dead(tombstone)) => {
                let of_base = tombstone.sha256 == base.sha256();
                let of_local = tombstone.sha256 == local.sha256();
                if of_local && !of_base && local.updated_at.is_some_and(|time| time <= tombstone.deleted_at) {
                    return Change::Keep;
                }
                Change::Set(self.mine(local, Some(base), Some(tombstone.deleted_at)))
            }
            Some(State::Live(remote)) if !is_changed(remote, local) => Change::Keep,
            Some(State::Live(remote)) if !is_changed(base, remote) || remote.value == local.value => {
                Change::Set(self.mine(local, Some(base), remote.updated_at))
            }
            Some(State::Live(remote)) => self.conflict(Some(base), local, remote),
        }
    }

    fn new_here(&self, local: &Arc<Entry>) -> Change {
        match &self.remote {
            None => Change::Set(self.mine(local, None, None)),
            Some(State::Live(remote)) if !is_changed(remote, local) => Change::Keep,
            Some(State::Live(remote)) if remote.value == local.value => {
                Change::Set(self.mine(local, Some(remote), remote.updated_at))
            }
            Some(State::Live(remote)) if self.has_base => self.conflict(None, local, remote),
            Some(State::Live(remote)) => {
                let joined = join_entries(local, remote);
                if joined == *remote {
                    Change::Keep
                } else {
                    Change::Set(State::Live(joined))
                }
            }
            Some(State::Dead(tombstone)) if self.is_stored_anew(local, tombstone) => {
                Change::Set(self.mine(local, None, Some(tombstone.deleted_at)))
            }
            Some(State::Dead(_)) => Change::Keep,
        }
    }

    /// Whether an entry that was deleted once was stored again in this job, rather than come back from an old copy.
    fn is_stored_anew(&self, local: &Entry, tombstone: &Tombstone) -> bool {
        match local.updated_at {
            Some(time) if time > tombstone.deleted_at => true,
            // The job knew of the deletion, and this is another value than the deleted one.
            _ => self.base_tombstone == Some(tombstone) && tombstone.sha256 != local.sha256(),
        }
    }

    /// Changed on both sides: the larger time, then the larger hash.
    fn conflict(&self, base: Option<&Entry>, local: &Entry, remote: &Entry) -> Change {
        let order = local
            .updated_at
            .cmp(&remote.updated_at)
            .then_with(|| by_hash(local, remote));
        let here = is_null(remote) || order.is_gt();
        Change::Conflict(here.then(|| self.mine(local, base, remote.updated_at)))
    }

    fn local_deletion(&self, tombstone: Tombstone) -> Change {
        match (&self.remote, self.base) {
            (None, _) => Change::Set(State::Dead(tombstone)),
            (Some(State::Live(remote)), Some(base)) => Self::deletion(base, remote, tombstone),
            (Some(remote), _) => {
                let dead = State::Dead(tombstone);
                let joined = join(&dead, remote);
                if joined == *remote {
                    Change::Keep
                } else {
                    Change::Set(joined)
                }
            }
        }
    }

    fn absence(&self) -> Change {
        let (Some(base), Some(State::Live(remote))) = (self.base, &self.remote) else {
            return Change::Keep;
        };
        let tombstone = Tombstone {
            deleted_at: self.context.now,
            ..Tombstone::default()
        };
        Self::deletion(base, remote, tombstone)
    }

    /// A change elsewhere beats a deletion here.
    fn deletion(base: &Entry, remote: &Entry, tombstone: Tombstone) -> Change {
        if is_changed(base, remote) || remote.updated_at > base.updated_at {
            return Change::Conflict(None);
        }
        let extra = tombstone.extra;
        Change::Set(State::Dead(Tombstone {
            extra,
            ..Tombstone::of(remote, tombstone.deleted_at)
        }))
    }

    /// The local entry as it goes into the memory: with a time that is newer than `other`'s, the first creation time
    /// known, and the fields that an agent's export drops.
    fn mine(&self, local: &Entry, base: Option<&Entry>, other: Option<i64>) -> State {
        let remote = match &self.remote {
            Some(State::Live(remote)) => Some(remote.as_ref()),
            Some(State::Dead(_)) | None => None,
        };
        let now = self.context.now;
        let known = base.or(remote);
        let later = other.map_or(now, |other| now.max(other.saturating_add(1)));
        let created = match known {
            Some(known) => earliest(known.created_at, remote.and_then(|remote| remote.created_at)).or(local.created_at),
            None => local.created_at,
        };
        let origin = self
            .context
            .origin
            .clone()
            .or_else(|| local.origin.clone())
            .or_else(|| known?.origin.clone());
        let kept = remote.or(base).map(|entry| &entry.extra);
        State::Live(Arc::new(Entry {
            value: local.value.clone(),
            created_at: created.or(Some(now)),
            updated_at: local
                .updated_at
                .filter(|time| other.is_none_or(|other| *time > other))
                .or(Some(later)),
            access_count: local.access_count.max(known.map_or(0, |known| known.access_count)),
            has_embedding: local.has_embedding,
            last_seen_at: local.last_seen_at.max(remote.and_then(|remote| remote.last_seen_at)),
            origin,
            extra: overlay(kept, base.map(|base| &base.extra), &local.extra),
        }))
    }
}

/// Whether `local` says something else than `base`. Times, counts and dropped fields say nothing.
fn is_changed(base: &Entry, local: &Entry) -> bool {
    base.value != local.value
        || local
            .extra
            .iter()
            .any(|(name, value)| base.extra.get(name) != Some(value))
}

/// `kept` with the fields that `local` has and `base` has not, or not so.
fn overlay(
    kept: Option<&Map<String, Value>>,
    base: Option<&Map<String, Value>>,
    local: &Map<String, Value>,
) -> Map<String, Value> {
    let mut fields = kept.cloned().unwrap_or_default();
    for (name, value) in local {
        if base.and_then(|base| base.get(name)) != Some(value) || !fields.contains_key(name) {
            fields.insert(name.clone(), value.clone());
        }
    }
    fields
}
