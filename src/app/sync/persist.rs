//! Persist: what a job changed goes into the ref, or into the inbox, or the job is told why not.

use std::collections::BTreeSet;

use super::Setup;
use super::base::Base;
use super::commit::{Numbers, depth, inbox_message, tip_message};
use super::state::State;
use super::trouble::explain;
use crate::app::memory::Worth;
use crate::app::{Error, Kind, failpoint};
use crate::gitref::{self, Commit, Draft, Oid, PushOutcome, RefUpdate, Remote, Snapshot, Traffic};
use crate::memory::{Context, Delta, Entry, ExportTrust, Format, Identity, MergeReport, Tree, retention, three_way};

/// How often an inbox push whose fate is unknown is tried.
const INBOX_TRIES: usize = 5;

/// How many of the writers that were beaten fold the inbox, on average: all of them would only beat each other.
const FOLDERS: usize = 8;

/// What the job has at its end.
#[derive(Debug, Clone)]
pub struct Local {
    /// The agent's export, the records the job wrote, and deletions made on purpose.
    pub tree: Tree,
    /// Whether an entry's absence from the export is a deletion.
    pub trust: ExportTrust,
}

/// Where the changes are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// In the ref.
    Pushed,
    /// There were none.
    Unchanged,
    /// In the inbox; the next reader merges them in.
    Inboxed,
    /// Only here: the server does not want them. The text is the server's, tamed.
    Refused(String),
    /// Only here: the token may not write.
    Denied {
        /// The permission it lacks.
        permission: &'static str,
    },
}

/// The result of a persist.
#[derive(Debug, Clone)]
pub struct Persisted {
    /// Where the changes are now.
    pub outcome: Outcome,
    /// The commit that holds them: the tip, or the inbox commit.
    pub oid: Option<Oid>,
    /// What came from this job.
    pub report: MergeReport,
    /// Entries forgotten by age, expiry or size.
    pub pruned: usize,
    /// Values that lost a secret on the way.
    pub redacted: usize,
    /// Inbox refs merged into the tip and deleted.
    pub folded: usize,
    /// Live entries of the memory as this writer sees it now.
    pub entries: usize,
    /// Whether the chain of commits was replaced by one.
    pub squashed: bool,
    /// What the user should know, one line each.
    pub warnings: Vec<String>,
    /// What went over the wire.
    pub traffic: Traffic,
}

/// Brings `local` into the memory of `remote`. `base` is what restore gave this job; without it the two-way rules hold.
///
/// # Errors
/// When the remote cannot be reached, or a newer program owns the memory: then nothing was written. A success means
/// that the changes are in the ref or in the inbox, or that `outcome` says why they are not.
pub fn persist(remote: &Remote, setup: &Setup<'_>, base: Option<&Base>, local: Local) -> Result<Persisted, Error> {
    let given = base.map(Base::state);
    let mut local = local;
    let redacted = redact(&mut local.tree, given.map(|given| &given.tree), setup);
    let unread = given.filter(|given| remote.can_push_unread() && given.is_sound());
    let job = Job {
        remote,
        setup,
        given: given.map(|given| &given.tree),
        local,
        redacted,
    };
    let result = match unread {
        Some(state) => job.push_unread(state),
        None => job.push_read(),
    };
    match result {
        Err(Trouble::Git(gitref::Error::Denied { permission, .. })) => {
            Ok(job.finish(Outcome::Denied { permission }, None, None))
        }
        Err(Trouble::Git(error)) => Err(explain(&format!("cannot persist memory to {}", remote.shown()), error)),
        Err(Trouble::Known(error)) => Err(error),
        Ok(persisted) => Ok(persisted),
    }
}

/// Takes secrets out of what is new. What the base already had went through here before.
fn redact(tree: &mut Tree, given: Option<&Tree>, setup: &Setup<'_>) -> usize {
    let clean = |identity: &Identity, entry: &Entry| -> Option<Entry> {
        let value = entry.value.as_deref()?;
        if given
            .and_then(|given| given.get(identity))
            .is_some_and(|old| old.value == entry.value)
        {
            return None;
        }
        let redacted = setup.redactor.text(value);
        (redacted != value).then(|| Entry {
            value: Some(redacted.into_owned()),
            ..entry.clone()
        })
    };
    let changed: Vec<_> = tree
        .entries()
        .filter_map(|(identity, entry)| Some((identity.clone(), clean(identity, entry)?)))
        .collect();
    let count = changed.len();
    for (identity, entry) in changed {
        tree.insert(identity, entry);
    }
    count
}

/// Whether this writer folds the inbox it has found: surely a short one, a long one with so many others at work by lot.
fn folds(waiting: usize) -> bool {
    let lot = getrandom::u32().unwrap_or_default() as usize;
    waiting > 0 && lot % waiting < FOLDERS
}

enum Trouble {
    Git(gitref::Error),
    Known(Error),
}

impl From<gitref::Error> for Trouble {
    fn from(error: gitref::Error) -> Self {
        Self::Git(error)
    }
}

/// One persist in progress.
struct Job<'a> {
    remote: &'a Remote,
    setup: &'a Setup<'a>,
    given: Option<&'a Tree>,
    local: Local,
    redacted: usize,
}

/// What to put on the tip.
struct Plan {
    commit: Commit,
    /// Local changes against what the remote has.
    delta: Delta,
    numbers: Numbers,
    squash: Squash,
    warnings: Vec<String>,
}

/// Whether the chain of commits is replaced by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Squash {
    WhenLong,
    Never,
    Done,
}

/// Where a try for the tip ended.
enum Try {
    Done(Box<Persisted>),
    /// Nothing to write on this state.
    Nothing,
    /// Somebody was faster; the changes are in the plan.
    Beaten(Box<Plan>),
}

impl Job<'_> {
    /// The base is known: push its child without reading. One request when nobody came in between.
    fn push_unread(&self, state: &State) -> Result<Persisted, Trouble> {
        let known = state.tip.as_ref().map(|tip| tip.oid);
        let plan = match self.try_tip(state, &BTreeSet::new())? {
            Try::Done(persisted) => return Ok(*persisted),
            Try::Nothing => None,
            Try::Beaten(plan) => Some(plan),
        };
        let waiting = self.remote.list(self.setup.name)?.inbox.len();
        failpoint::reached("listed");
        match plan {
            _ if folds(waiting) => self.push_read(),
            Some(plan) => self.leave(&plan, known),
            None => Ok(self.finish(Outcome::Unchanged, known, None)),
        }
    }

    /// Reads, merges, tries the tip once; beaten, leaves the changes in the inbox.
    fn push_read(&self) -> Result<Persisted, Trouble> {
        let fetched = self.remote.read(self.setup.name, &[])?;
        failpoint::reached("read");
        let rescued: BTreeSet<String> = fetched.listing.rescued.keys().cloned().collect();
        let state = State::of_fetched(fetched);
        match self.try_tip(&state, &rescued)? {
            Try::Done(persisted) => Ok(*persisted),
            Try::Nothing => Ok(self.finish(Outcome::Unchanged, state.tip.as_ref().map(|tip| tip.oid), None)),
            Try::Beaten(plan) => self.leave(&plan, state.tip.as_ref().map(|tip| tip.oid)),
        }
    }

    /// One try for the tip on what `state` says; a second one only when the first provably never happened.
    fn try_tip(&self, state: &State, rescued: &BTreeSet<String>) -> Result<Try, Trouble> {
        if let Some(newer) = &state.newer {
            let error = Error::new(Kind::Conflict, format!("cannot write to {}", self.setup.name))
                .with_source(newer.clone())
                .with_hint("update shipwright; nothing was changed");
            return Err(Trouble::Known(error));
        }
        let mut squash = Squash::WhenLong;
        let mut sent_again = false;
        loop {
            let Some(plan) = self.plan(state, squash) else {
                return Ok(Try::Nothing);
            };
            failpoint::reached("planned");
            let updates = state.updates(self.setup.name, plan.commit.oid(), &|name| rescued.contains(name));
            let outcome = self.remote.push(&updates, &[&plan.commit])?;
            failpoint::reached("tip-pushed");
            match outcome {
                PushOutcome::Pushed => return Ok(Try::Done(Box::new(self.pushed(&plan)))),
                PushOutcome::Stale => return Ok(Try::Beaten(Box::new(plan))),
                PushOutcome::Refused(reason) if plan.squash == Squash::Done => {
                    tracing::debug!(
                        reason,
                        "the server does not let history be replaced; adding to it instead"
                    );
                    squash = Squash::Never;
                }
                PushOutcome::Refused(reason) => {
                    return Ok(Try::Done(Box::new(self.finish(
                        Outcome::Refused(reason),
                        None,
                        Some(&plan),
                    ))));
                }
                PushOutcome::Unknown(reason) => {
                    tracing::debug!(reason, "the fate of the push is unknown; looking");
                    let tip = self.remote.list(self.setup.name)?.tip;
                    if tip == Some(plan.commit.oid()) {
                        return Ok(Try::Done(Box::new(self.pushed(&plan))));
                    }
                    let unmoved = tip == state.tip.as_ref().map(|tip| tip.oid);
                    if sent_again || !unmoved || !self.remote.can_push_unread() {
                        return Ok(Try::Beaten(Box::new(plan)));
                    }
                    sent_again = true;
                }
            }
        }
    }

    /// Merges the local side into `state`; `None` when the remote already holds just that.
    fn plan(&self, state: &State, squash: Squash) -> Option<Plan> {
        let context = Context {
            trust: self.local.trust,
            now: self.setup.now,
            origin: self.setup.writer.origin.clone(),
        };
        let merged = three_way(self.given, &self.local.tree, &state.tree, &context);
        let delta = Delta::diff(&state.tree, &merged.tree);
        let mut tree = merged.tree;
        let worth = Worth::of(&tree);
        let value_of = |identity: &Identity, _: &Entry| worth.value_of(identity);
        let prune = retention::plan(&tree, &self.setup.retention, self.setup.now, &value_of);
        prune.apply(&mut tree);
        if tree.same_content(&state.tip_tree) && state.folded.is_empty() && state.rescue.is_empty() {
            return None;
        }
        tree.format.writer = Format::default().writer;
        let length = state.tip.as_deref().map_or(0, depth);
        let squash = match squash {
            Squash::WhenLong if length >= self.setup.history.max(1) => Squash::Done,
            keep @ (Squash::WhenLong | Squash::Never | Squash::Done) => keep,
        };
        // A tip that is no commit cannot be a parent; it was rescued.
        let parent = state
            .tip
            .as_ref()
            .filter(|tip| squash != Squash::Done && tip.trouble.is_none());
        let numbers = Numbers {
            report: merged.report,
            pruned: prune.entries.len(),
            folded: state.folded.len(),
            entries: tree.entries().count(),
        };
        let message = tip_message(self.setup.writer, &numbers, parent.map_or(1, |_| length + 1));
        let files = tree.to_files();
        let commit = self.draft(&files, state.tip.as_deref(), parent.map(|parent| parent.oid), &message);
        Some(Plan {
            commit,
            delta,
            numbers,
            squash,
            warnings: state.warnings.clone(),
        })
    }

    fn draft(&self, files: &gitref::Files, known: Option<&Snapshot>, parent: Option<Oid>, message: &str) -> Commit {
        let foreign = known.map(|known| known.foreign.as_slice()).unwrap_or_default();
        Draft {
            files,
            foreign,
            parent,
            known,
            message,
            author: &self.setup.writer.author,
            when: self.setup.now,
        }
        .commit()
    }

    /// Leaves the changes in a ref of our own.
    fn leave(&self, plan: &Plan, base: Option<Oid>) -> Result<Persisted, Trouble> {
        if plan.delta.is_empty() {
            return Ok(self.finish(Outcome::Unchanged, None, Some(plan)));
        }
        let numbers = Numbers {
            entries: plan.delta.len(),
            folded: 0,
            pruned: 0,
            ..plan.numbers
        };
        let message = inbox_message(self.setup.writer, &numbers, base);
        let commit = self.draft(&plan.delta.to_files(), None, None, &message);
        let mut last = String::new();
        for _ in 0..INBOX_TRIES {
            let name = self.setup.writer.inbox_ref(self.setup.name);
            let name = name.map_err(|error| {
                Trouble::Known(Error::new(Kind::Bug, "the system gives no random number").with_source(error))
            })?;
            let updates = [RefUpdate {
                name: name.clone(),
                old: None,
                new: Some(commit.oid()),
            }];
            failpoint::reached("inbox-planned");
            let outcome = self.remote.push(&updates, &[&commit])?;
            failpoint::reached("inbox-pushed");
            match outcome {
                PushOutcome::Pushed => return Ok(self.finish(Outcome::Inboxed, Some(commit.oid()), Some(plan))),
                PushOutcome::Refused(reason) => return Ok(self.finish(Outcome::Refused(reason), None, Some(plan))),
                PushOutcome::Stale => "the server could not take a new ref".clone_into(&mut last),
                PushOutcome::Unknown(reason) => {
                    // It may be there, and may even be folded already, in which case leaving it again does no harm.
                    if self.remote.list(self.setup.name)?.inbox.contains_key(&name) {
                        return Ok(self.finish(Outcome::Inboxed, Some(commit.oid()), Some(plan)));
                    }
                    last = reason;
                }
            }
        }
        let error = Error::new(
            Kind::Conflict,
            format!("cannot persist memory to {}: {last}", self.remote.shown()),
        );
        Err(Trouble::Known(error.with_hint(
            "the memory file is still on disk; push it again with `shipwright memory push`",
        )))
    }

    fn pushed(&self, plan: &Plan) -> Persisted {
        let mut persisted = self.finish(Outcome::Pushed, Some(plan.commit.oid()), Some(plan));
        persisted.folded = plan.numbers.folded;
        persisted.pruned = plan.numbers.pruned;
        persisted.squashed = plan.squash == Squash::Done;
        persisted
    }

    fn finish(&self, outcome: Outcome, oid: Option<Oid>, plan: Option<&Plan>) -> Persisted {
        let unchanged = || MergeReport {
            unchanged: self.local.tree.entries().count(),
            ..MergeReport::default()
        };
        Persisted {
            outcome,
            oid,
            report: plan.map_or_else(unchanged, |plan| plan.numbers.report),
            pruned: 0,
            redacted: self.redacted,
            folded: 0,
            entries: plan.map_or_else(|| self.local.tree.entries().count(), |plan| plan.numbers.entries),
            squashed: false,
            warnings: plan.map(|plan| self.warnings(plan)).unwrap_or_default(),
            traffic: self.remote.traffic(),
        }
    }

    fn warnings(&self, plan: &Plan) -> Vec<String> {
        let mut warnings = plan.warnings.clone();
        let (deleted, given) = (
            plan.numbers.report.deleted,
            self.given.map_or(0, |given| given.memory.len()),
        );
        if deleted > 10 && deleted > given / 2 {
            warnings.push(format!(
                "this job deleted {deleted} of {given} entries; `shipwright memory log` names the commit"
            ));
        }
        warnings
    }
}
