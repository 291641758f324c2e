//! What a finished run teaches: which failures it ends, and what fixed them. Shared by the action, which sees runs as they
//! finish, and by the backfill, which reads them from the past.

use crate::github::{Client, Comparison, Conclusion, Job, Repository};
use crate::ids::{IssueNumber, RepoSlug, Sha};
use crate::memory::Memory;
use crate::records::{Abandoned, Course, Ending, Finished, History, How, JobEnd, LONGEST_RED, Open, Range, endings};
use crate::redact::Redactor;

/// Most comparisons asked for one run: failures that went red at different commits need one each.
const MOST_RANGES: usize = 3;

/// Longest commit subject that is kept, in characters.
const SUBJECT: usize = 120;

/// Whose pull request brought the green commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// This one, or none.
    Pull(Option<IssueNumber>),
    /// Not known, or the commit is on a branch that pull requests go to: ask which one brought it.
    Ask,
    /// A stranger's: what it changed is not looked at.
    Fork,
}

/// The pull request that brought a commit.
#[derive(Debug, Clone, Copy)]
struct Brought {
    number: IssueNumber,
    /// By its merge: the commit is on the branch it went to.
    merged: bool,
}

/// Who learns, and from where.
pub(super) struct Teacher<'a> {
    pub(super) client: &'a Client,
    pub(super) repository: &'a RepoSlug,
    /// GitHub's address for people.
    pub(super) server: &'a str,
    pub(super) redactor: &'a Redactor,
    /// Where the count of the client's calls must end: what is not asked by then is learned without its range.
    pub(super) most_calls: u32,
}

impl Teacher<'_> {
    fn may_call(&self, calls: u32) -> bool {
        self.client.requests().saturating_add(calls) <= self.most_calls
    }

    /// Puts into `records` what a run means for the failures open in its scope, and says which they were.
    pub(super) async fn learn(
        &self,
        history: &History,
        run: &Finished,
        origin: Origin,
        at: i64,
        records: &mut Memory,
    ) -> Vec<Ending> {
        let ended = endings(history, run);
        let mut ranges: Vec<(String, Range)> = Vec::new();
        let mut brought: Option<Option<Brought>> = None;
        for ending in &ended {
            let red = &ending.open.sha;
            let wants_range = ending.how == How::Gone && origin != Origin::Fork && !run.sha.is_empty();
            let known = ranges.iter().any(|(sha, _)| sha == red);
            if wants_range && !known && ranges.len() < MOST_RANGES && self.may_call(2) {
                let pull = match (origin, brought) {
                    (Origin::Pull(pull), _) => pull.map(|number| Brought { number, merged: false }),
                    (Origin::Fork, _) => None,
                    (Origin::Ask, Some(known)) => known,
                    (Origin::Ask, None) => *brought.insert(self.brought_by(run).await),
                };
                ranges.push((red.clone(), self.range(red, &run.sha, pull).await));
            }
            let range = ranges
                .iter()
                .find(|(sha, _)| wants_range && sha == red)
                .map(|(_, range)| range);
            ending.records(run, history.get(&ending.open.fingerprint), range, at, records);
        }
        ended
    }

    /// Puts into `records` which open failures nobody will hear of again: their pull request was closed and not merged.
    /// One call, and only when a failure is open on a branch that is not `base`, a branch of the repository itself.
    pub(super) async fn lay_to_rest(&self, history: &History, base: &str, at: i64, records: &mut Memory) {
        let base = format!("{}:{base}", self.repository.owner());
        let waits = |open: &Open| !open.head().is_empty() && open.head() != base && at - open.at <= LONGEST_RED;
        if !history.unresolved.iter().any(waits) || !self.may_call(1) {
            return;
        }
        let closed = match self.client.closed_pulls(self.repository).await {
            Ok(closed) => closed,
            Err(error) => return tracing::debug!(%error, "which pull requests were closed is unknown"),
        };
        for pull in closed.iter().filter(|pull| pull.merged_at.is_none()) {
            let head = pull.head.repo.as_ref().and_then(Repository::slug);
            let Some(head) = head.map(|slug| format!("{}:{}", slug.owner(), pull.head.branch)) else {
                continue;
            };
            if head != base {
                let (number, sha) = (pull.number, pull.head.sha.to_string());
                Abandoned { number, head, sha }.records(history, at, records);
            }
        }
    }

    /// The pull request that brought a run's commit: the one whose merge did, else the only one it belongs to.
    async fn brought_by(&self, run: &Finished) -> Option<Brought> {
        let sha: Sha = run.sha.parse().ok()?;
        match self.client.pulls_for_commit(self.repository, &sha).await {
            Ok(pulls) => {
                let merged = pulls.iter().find(|pull| pull.merged_at.is_some());
                let pull = merged.or_else(|| pulls.first().filter(|_| pulls.len() == 1))?;
                let elsewhere = !run.scope.ends_with(&format!(":{}", pull.head.branch));
                Some(Brought {
                    number: pull.number,
                    merged: pull.merged_at.is_some() && elsewhere,
                })
            }
            Err(error) => {
                tracing::debug!(%error, "the pull request of a commit is unknown");
                None
            }
        }
    }

    /// What lies between red and green.
    async fn range(&self, red: &str, green: &str, brought: Option<Brought>) -> Range {
        let page = format!("{}/{}", self.server, self.repository);
        let mut range = Range {
            green: green.to_owned(),
            pull: brought.map(|pull| (pull.number, format!("{page}/pull/{}", pull.number.get()))),
            merged: brought.is_some_and(|pull| pull.merged),
            url: format!("{page}/commit/{green}"),
            ..Range::default()
        };
        if red.is_empty() {
            return range;
        }
        match self.client.compare(self.repository, red, green).await {
            Ok(comparison) => self.fill(&mut range, &comparison),
            Err(error) => tracing::debug!(%error, "the commits between red and green are unknown"),
        }
        range
    }

    fn fill(&self, range: &mut Range, comparison: &Comparison) {
        range.course = match comparison.status.as_str() {
            "ahead" => Course::Ahead,
            "diverged" => Course::Rewritten,
            "behind" => Course::Back,
            _ => Course::Unknown,
        };
        range.total = comparison.ahead_by.max(comparison.commits.len() as u64);
        let commits = comparison.commits.iter();
        range.commits = commits
            .map(|commit| {
                let subject: String = self.redactor.line(commit.title()).chars().take(SUBJECT).collect();
                (commit.sha.to_string(), subject)
            })
            .collect();
        range.files = comparison.files.iter().map(|file| file.filename.clone()).collect();
    }
}

/// The jobs of a run, as far as they can end a failure.
pub(super) fn job_ends(jobs: &[Job], redactor: &Redactor) -> Vec<(String, JobEnd)> {
    let end = |job: &Job| match job.conclusion {
        Some(Conclusion::Success | Conclusion::Neutral) => JobEnd::Passed,
        Some(conclusion) if conclusion.is_failure() => JobEnd::Failed,
        Some(_) | None => JobEnd::Silent,
    };
    jobs.iter()
        .map(|job| (redactor.line(&job.name).into_owned(), end(job)))
        .collect()
}
