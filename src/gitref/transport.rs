//! What every way to a remote can do. One conformance suite runs over all of them.

use std::collections::BTreeMap;

use git2::Oid;

use crate::ids::RefName;

use super::Error;
use super::object::NewObject;
use super::scratch::{Lazy, Scratch};

/// Ref name → object id, as the remote lists them.
pub type Refs = BTreeMap<String, Oid>;

/// The refs of interest: memory's tip, its inbox and what was rescued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selection {
    tip: String,
    inbox: String,
    rescue: String,
}

impl Selection {
    pub(super) fn of(name: &RefName) -> Self {
        Self {
            tip: name.as_str().to_owned(),
            inbox: name.inbox_prefix(),
            rescue: name.rescue(""),
        }
    }

    pub(super) fn tip(&self) -> &str {
        &self.tip
    }

    /// Prefixes that together cover the selection; a server may answer with more.
    pub(super) fn prefixes(&self) -> [&str; 3] {
        [&self.tip, &self.inbox, &self.rescue]
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        name == self.tip || self.is_inbox(name) || name.starts_with(&self.rescue)
    }

    pub(super) fn is_inbox(&self, name: &str) -> bool {
        name.starts_with(&self.inbox)
    }
}

/// The change of one ref, valid only while the ref is at `old`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefUpdate {
    /// The full name.
    pub name: String,
    /// Where it must be; `None`: it must not exist.
    pub old: Option<Oid>,
    /// Where it goes; `None`: away.
    pub new: Option<Oid>,
}

/// What became of a push. The updates of one push happen all or not at all, except where a transport says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushOutcome {
    /// The server says it is done.
    Pushed,
    /// A ref was not where we thought, or somebody held its lock: read again.
    Stale,
    /// The server does not want it, now or later. The text is the server's, tamed.
    Refused(String),
    /// No answer, or none that can be understood: it may have happened. Read again before deciding.
    Unknown(String),
}

/// Objects and updates of one push.
#[derive(Debug, Clone, Copy)]
pub(super) struct Push<'a> {
    pub(super) updates: &'a [RefUpdate],
    pub(super) objects: &'a [&'a NewObject],
}

/// One way to reach a remote.
///
/// `push` must be a compare-and-swap per ref: it may never move a ref that is not at `old`. When it cannot be atomic
/// over several refs it must move the first update first and touch the others only after that succeeded; callers put
/// the tip first and deletions after it, so that nothing is deleted that is not yet merged.
pub(super) trait Transport {
    /// The refs of the selection.
    fn list(&self, selection: &Selection) -> Result<Refs, Error>;

    /// Brings the commits of `wanted` with all they hold into `scratch`, as far as they still exist, and their history up
    /// to `depth` commits.
    fn fetch(&self, wanted: &Refs, depth: u32, scratch: &Scratch) -> Result<(), Error>;

    /// Lists, then fetches what `want` picks from the list.
    fn read(&self, selection: &Selection, want: &dyn Fn(&Refs) -> Refs, scratch: &Scratch) -> Result<Refs, Error> {
        let refs = self.list(selection)?;
        let wanted = want(&refs);
        if !wanted.is_empty() {
            self.fetch(&wanted, 1, scratch)?;
        }
        Ok(refs)
    }

    /// Changes refs. `scratch` has what was read before, if anything was.
    fn push(&self, push: Push<'_>, scratch: &Lazy) -> Result<PushOutcome, Error>;
}

/// What a server's reason for not updating a ref means.
pub(super) fn judge(reason: &str) -> PushOutcome {
    let lower = reason.to_ascii_lowercase();
    let says = |needles: &[&str]| needles.iter().any(|needle| lower.contains(needle));
    // Somebody was faster, or holds the lock; a base that was squashed and collected shows as missing objects.
    let stale = [
        "but expected",
        "fetch first",
        "stale info",
        "already exists",
        "cannot lock",
        "unable to lock",
        "failed to update ref",
        "failed to lock",
        "reference changed",
        "transaction failed",
        "missing necessary objects",
        "unpack",
        "unresolved deltas",
        "remote ref",
    ];
    let refused = [
        "hook declined",
        "declined",
        "gh013",
        "gh006",
        "protected",
        "hidden ref",
        "funny refname",
        "denied",
        "not allowed",
        "prohibited",
        "denying",
        "non-fast-forward",
        "quota",
        "read-only",
        "too large",
    ];
    if says(&refused) {
        PushOutcome::Refused(super::error::tame(reason))
    } else if says(&stale) {
        PushOutcome::Stale
    } else {
        PushOutcome::Refused(super::error::tame(reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_of_real_servers_are_told_apart() {
        for stale in [
            "failed to update ref",
            "cannot lock ref 'refs/ruflo-memory/v1': is at 1 but expected 2",
            "reference already exists",
            "missing necessary objects",
            "unpack-objects abnormal exit",
            "fetch first",
        ] {
            assert_eq!(judge(stale), PushOutcome::Stale, "{stale}");
        }
        for refused in [
            "pre-receive hook declined",
            "funny refname",
            "deny updating a hidden ref",
            "GH013: Repository rule violations",
            "non-fast-forward",
            "odd",
        ] {
            assert_eq!(judge(refused), PushOutcome::Refused(refused.to_owned()));
        }
    }

    #[test]
    fn a_ref_that_only_begins_like_ours_is_not_ours() {
        let selection = Selection::of(&RefName::default());
        assert!(selection.contains("refs/ruflo-memory/v1") && selection.contains("refs/ruflo-memory/inbox/v1/a"));
        assert!(!selection.contains("refs/ruflo-memory/v10") && !selection.contains("refs/ruflo-memory/inbox/v10/a"));
    }
}
