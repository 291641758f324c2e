//! Which failures a finished run ends, and how.
//!
//! A failure is over in a scope (workflow and branch) when every job it was seen in has passed since. A job that failed
//! again may still have ended one of its failures: the one that is gone while another of the same log is still there. When
//! something new fails in the job, nothing can be said: the new failure may have come before the old one. Jobs that were
//! skipped, cancelled or not there say nothing either; the failure stays open until one does.

use std::collections::BTreeSet;

use super::history::{History, KnownFailure};
use super::model::{Outcome, Proposal, Record, Resolution, Verdict};
use super::range::Range;
use crate::ids::{Fingerprint, IssueNumber};
use crate::memory::Memory;

/// A failure nobody has heard the end of for so many milliseconds is not waited for any longer: 60 days.
pub const LONGEST_RED: i64 = 60 * 86_400_000;

/// A failure that was red when last heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Which failure.
    pub fingerprint: Fingerprint,
    /// The run and attempt it was seen in.
    pub run: (u64, u32),
    /// The jobs.
    pub jobs: BTreeSet<String>,
    /// Workflow and branch.
    pub scope: String,
    /// The branch alone.
    pub branch: String,
    /// The commit.
    pub sha: String,
    /// When it was seen.
    pub at: i64,
    /// The pull request, when the run named one.
    pub pull: Option<IssueNumber>,
    /// Fixes that were suggested there, in order.
    pub suggested: Vec<String>,
}

impl Open {
    /// The id of the suggestion made for it, and of its resolution.
    pub fn id(&self) -> String {
        Proposal::id_of(&self.fingerprint, &self.seen_in())
    }

    /// The run as records name it.
    pub fn seen_in(&self) -> String {
        format!("{}.{}.", self.run.0, self.run.1)
    }

    /// Where its commit lives, `<owner>:<branch>`.
    pub fn head(&self) -> &str {
        self.scope.split_once('\u{1f}').map_or("", |(_, head)| head)
    }
}

/// A pull request that was closed and not merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abandoned {
    /// Its number.
    pub number: IssueNumber,
    /// Where its commits live, `<owner>:<branch>`.
    pub head: String,
    /// Its last commit.
    pub sha: String,
}

impl Abandoned {
    /// Puts into `into` that nobody will hear how its failures end: that speaks neither for nor against what was suggested.
    pub fn records(&self, history: &History, at: i64, into: &mut Memory) {
        let mine = |open: &&Open| {
            open.head() == self.head && (open.pull == Some(self.number) || !open.sha.is_empty() && open.sha == self.sha)
        };
        for open in history.unresolved.iter().filter(mine) {
            let end = Resolution {
                suggestion: open.id(),
                at,
                verdict: Verdict::Stale,
                sha: String::new(),
                fingerprint: Some(open.fingerprint.clone()),
                after: None,
            };
            end.store(into, None);
        }
    }
}

/// How a job of a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobEnd {
    /// It passed.
    Passed,
    /// It failed.
    Failed,
    /// It was skipped, cancelled, or is still running: it says nothing.
    Silent,
}

/// A finished run, as far as it can end anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finished {
    /// Workflow and branch.
    pub scope: String,
    /// Run and attempt.
    pub run: (u64, u32),
    /// The commit.
    pub sha: String,
    /// When it ended.
    pub at: i64,
    /// Its jobs; `None` when they are not known and the run as a whole passed.
    pub jobs: Option<Vec<(String, JobEnd)>>,
    /// The failures in it, with the job of each.
    pub seen: Vec<(Fingerprint, String)>,
}

/// What a run means for a failure that was open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// Which, as it was last seen.
    pub open: Open,
    /// Older sightings of the same failure in the same scope, which end with it.
    pub older: Vec<Open>,
    /// How.
    pub how: How,
}

/// How a failure ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It is gone, and the commit is another.
    Gone,
    /// It is gone on the commit that was red.
    Flaky,
    /// It is there again on another commit: what was suggested did not help.
    Again,
}

/// What this run means for the failures that are open in its scope.
pub fn endings(history: &History, run: &Finished) -> Vec<Ending> {
    let mut mine: Vec<&Open> = history
        .unresolved
        .iter()
        .filter(|open| open.scope == run.scope && open.run < run.run && run.at - open.at <= LONGEST_RED)
        .collect();
    mine.sort_by(|a, b| (&a.fingerprint, b.run).cmp(&(&b.fingerprint, a.run)));
    let mut ended = Vec::new();
    for group in mine.chunk_by(|a, b| a.fingerprint == b.fingerprint) {
        let Some((newest, older)) = group.split_first() else {
            continue;
        };
        let again = run.seen.iter().any(|(seen, _)| *seen == newest.fingerprint);
        let same_commit = !newest.sha.is_empty() && newest.sha == run.sha;
        let how = if again {
            if same_commit {
                continue;
            }
            How::Again
        } else if !is_gone(newest, history, run) {
            continue;
        } else if same_commit && !fixed_elsewhere(history.get(&newest.fingerprint), newest.at) {
            How::Flaky
        } else {
            How::Gone
        };
        ended.push(Ending {
            open: (*newest).clone(),
            older: older.iter().map(|open| (*open).clone()).collect(),
            how,
        });
    }
    ended
}

/// A pull request's run tests the merge with its base, so the same head can turn green because the base was mended.
fn fixed_elsewhere(known: Option<&KnownFailure>, since: i64) -> bool {
    known.is_some_and(|known| known.fixes.iter().any(|fix| fix.learned_at > since))
}

fn is_gone(open: &Open, history: &History, run: &Finished) -> bool {
    let Some(jobs) = &run.jobs else { return true };
    let has = |end: JobEnd| jobs.iter().any(|(_, found)| *found == end);
    if !jobs.iter().any(|(job, _)| open.jobs.contains(job)) {
        // Renamed, or its name was never known: then only a run that passed as a whole says anything.
        return has(JobEnd::Passed) && !has(JobEnd::Failed);
    }
    let mut passed = false;
    for name in &open.jobs {
        match jobs.iter().find(|(job, _)| job == name) {
            None => {}
            Some((_, JobEnd::Passed)) => passed = true,
            Some((_, JobEnd::Silent)) => return false,
            Some((_, JobEnd::Failed)) => {
                let mut now = run
                    .seen
                    .iter()
                    .filter(|(_, job)| job == name)
                    .map(|(seen, _)| seen)
                    .peekable();
                let beside = |seen: &Fingerprint| {
                    history
                        .unresolved
                        .iter()
                        .any(|other| other.fingerprint == *seen && other.run == open.run && other.jobs.contains(name))
                };
                if now.peek().is_none() || !now.all(beside) {
                    return false;
                }
                passed = true;
            }
        }
    }
    passed
}

impl Ending {
    /// The records of this ending; `range` is what lies between the last red commit and this run's, when it is gone.
    /// `at` is the time of the run.
    pub fn records(
        &self,
        run: &Finished,
        known: Option<&KnownFailure>,
        range: Option<&Range>,
        at: i64,
        into: &mut Memory,
    ) {
        let verdict = match self.how {
            How::Gone => Verdict::Resolved,
            How::Flaky => Verdict::Flaky,
            How::Again => Verdict::Failed,
        };
        let first = self.older.iter().map(|open| open.at).chain([self.open.at]).min();
        ended(&self.open, verdict, run, at, first.map(|first| at - first)).store(into, None);
        for older in &self.older {
            // An older sighting on the commit that was red to the end was no attempt of its own.
            ended(
                older,
                if verdict == Verdict::Flaky {
                    Verdict::Stale
                } else {
                    verdict
                },
                run,
                at,
                None,
            )
            .store(into, None);
        }
        match self.how {
            How::Flaky => {}
            How::Again => {
                if let Some(suggested) = self.open.suggested.first() {
                    self.outcome(suggested, false, at).store(into, None);
                }
            }
            How::Gone => self.credit(known, range, at, into),
        }
    }

    /// Who gets the credit: a known fix that is in the range; else what was suggested, unless the range is plainly
    /// something else; and the range itself, when nothing known explains it.
    fn credit(&self, known: Option<&KnownFailure>, range: Option<&Range>, at: i64, into: &mut Memory) {
        let (Some(known), Some(range)) = (known, range) else {
            return;
        };
        if let Some(fix) = range.brings(known) {
            return self.outcome(&fix.id, true, at).store(into, None);
        }
        let suggested = self
            .open
            .suggested
            .first()
            .and_then(|id| known.fixes.iter().find(|fix| fix.id == *id));
        if let Some(fix) = suggested
            && !range.differs_from(fix)
        {
            return self.outcome(&fix.id, true, at).store(into, None);
        }
        if let Some(fix) = range.fix(known, at) {
            self.outcome(&fix.id(), true, at).store(into, None);
            fix.store(into, None);
        }
    }

    fn outcome(&self, fix: &str, resolved: bool, at: i64) -> Outcome {
        Outcome {
            fingerprint: self.open.fingerprint.clone(),
            fix: fix.to_owned(),
            applied_to: self.open.seen_in(),
            at,
            resolved,
        }
    }
}

/// The end of one sighting.
fn ended(open: &Open, verdict: Verdict, run: &Finished, at: i64, after: Option<i64>) -> Resolution {
    Resolution {
        suggestion: open.id(),
        at,
        verdict,
        sha: run.sha.clone(),
        fingerprint: Some(open.fingerprint.clone()),
        after,
    }
}
