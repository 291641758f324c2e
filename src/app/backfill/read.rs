//! One attempt of one past run: what GitHub lists of it, and what its failed jobs say.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::job_log;
use super::super::lessons::job_ends;
use super::{Request, Stop};
use crate::event::WorkflowRun;
use crate::github::{self, Client, Conclusion, Job, LogLimits};
use crate::ids::{Fingerprint, IssueNumber, RepoSlug};
use crate::records::{Finished, Occurrence};
use crate::report::MOST_FAILURES;

/// An attempt of a run.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    run: WorkflowRun,
    number: u32,
}

/// What an attempt says.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) occurrences: Vec<Occurrence>,
    pub(super) finished: Finished,
}

impl Attempt {
    /// All attempts of a run, the first first. A run is listed as its last one.
    pub(super) fn all(run: &WorkflowRun) -> Vec<Self> {
        let last = run.run_attempt.clamp(1, 20);
        (1..=last)
            .map(|number| Self {
                run: run.clone(),
                number,
            })
            .collect()
    }

    pub(super) fn key(&self) -> String {
        format!("{}.{}", self.run.id, self.number)
    }

    pub(super) fn place(&self) -> (u64, u32) {
        (self.run.id.get(), self.number)
    }

    fn is_last(&self) -> bool {
        self.number == self.run.run_attempt
    }

    /// It passed as a whole.
    pub(super) fn passed(&self) -> bool {
        self.is_last() && self.run.has_succeeded()
    }

    /// It may hold failures: it failed, or somebody had a reason to run it again.
    pub(super) fn failed(&self) -> bool {
        !self.is_last() || self.run.has_failed()
    }

    pub(super) fn is_from_fork(&self, repository: &RepoSlug) -> bool {
        self.run.head_repository.as_ref() != Some(repository)
    }

    /// As the action names it, so that what both learn fits together.
    pub(super) fn scope(&self) -> String {
        let owner = self.run.head_repository.as_ref().map_or("", RepoSlug::owner);
        format!("{}\u{1f}{owner}:{}", self.run.workflow_key(), self.run.head_branch)
    }

    /// The pull request it ran for, while that is open.
    pub(super) fn pull(&self) -> Option<IssueNumber> {
        let mut ours = self
            .run
            .pull_requests
            .iter()
            .filter(|pull| pull.head.sha == self.run.head_sha);
        ours.next().map(|pull| pull.number)
    }

    /// When it ended, or as near as is known.
    pub(super) fn at(&self) -> i64 {
        let text = if self.is_last() {
            &self.run.updated_at
        } else {
            &self.run.created_at
        };
        text.parse::<jiff::Timestamp>()
            .map_or(0, jiff::Timestamp::as_millisecond)
    }

    fn finished(&self, jobs: &[Job], request: &Request) -> Finished {
        Finished {
            scope: self.scope(),
            run: self.place(),
            sha: self.run.head_sha.to_string(),
            at: self.at(),
            trusted: !self.is_from_fork(&request.repository),
            jobs: Some(job_ends(jobs, &request.options.redactor)),
            seen: Vec::new(),
        }
    }
}

/// A passed attempt: its jobs.
pub(super) async fn read_passed(client: &Client, request: &Request, attempt: &Attempt) -> Result<Reading, Stop> {
    let jobs = jobs(client, request, attempt).await?;
    Ok(Reading {
        finished: attempt.finished(&jobs, request),
        ..Reading::default()
    })
}

/// A failed attempt: its jobs, the logs of those that failed, and the failures in them.
pub(super) async fn read_failed(client: &Client, request: &Request, attempt: &Attempt) -> Result<Reading, Stop> {
    let jobs = jobs(client, request, attempt).await?;
    let redactor = &request.options.redactor;
    let failed: Vec<&Job> = jobs
        .iter()
        .filter(|job| job.conclusion.is_some_and(Conclusion::is_failure))
        .collect();
    let chosen = job_log::choose(&failed);
    let mut finished = attempt.finished(&jobs, request);
    let mut found: BTreeMap<Fingerprint, Occurrence> = BTreeMap::new();
    // What is old is there or never will be.
    let limits = LogLimits {
        patience: Duration::ZERO,
        ..LogLimits::default()
    };
    for job in failed.into_iter().filter(|job| chosen.contains(&job.id)) {
        let body = match client.job_log(&request.repository, job.id, limits).await {
            Ok(body) => body,
            Err(github::Error::NotFound(_) | github::Error::Gone(_)) => continue,
            Err(error) => return Err(stop(&error)),
        };
        let name = redactor.line(&job.name).into_owned();
        let analysis = job_log::analyse(&body, job, request.options.clone());
        for failure in analysis.failures.iter().take(MOST_FAILURES) {
            finished.seen.push((failure.fingerprint.clone(), name.clone()));
            if let Some(known) = found.get_mut(&failure.fingerprint) {
                if known.job != name && !known.legs.contains(&name) {
                    known.legs.push(name.clone());
                }
                continue;
            }
            let seen_in = format!("{}.{name}", attempt.key());
            let mut occurrence = Occurrence::of(failure, seen_in, job.completed_at.unwrap_or_else(|| attempt.at()));
            occurrence.workflow = redactor.line(&attempt.run.name).into_owned();
            occurrence.branch = redactor.line(&attempt.run.head_branch).into_owned();
            occurrence.sha = attempt.run.head_sha.to_string();
            occurrence.job.clone_from(&name);
            occurrence.scope = attempt.scope();
            occurrence.pull = attempt.pull();
            occurrence.url.clone_from(&job.html_url);
            occurrence.trusted = !attempt.is_from_fork(&request.repository);
            found.insert(failure.fingerprint.clone(), occurrence);
        }
    }
    Ok(Reading {
        occurrences: found.into_values().collect(),
        finished,
    })
}

async fn jobs(client: &Client, request: &Request, attempt: &Attempt) -> Result<Vec<Job>, Stop> {
    match client.jobs(&request.repository, attempt.run.id, attempt.number).await {
        Ok(jobs) => Ok(jobs),
        // A run that was deleted since it was listed.
        Err(github::Error::NotFound(_) | github::Error::Gone(_)) => Ok(Vec::new()),
        Err(error) => Err(stop(&error)),
    }
}

fn stop(error: &github::Error) -> Stop {
    match error {
        github::Error::RateLimited { .. } => Stop::Limit,
        github::Error::Deadline => Stop::Time,
        github::Error::NotFound(_)
        | github::Error::Gone(_)
        | github::Error::Denied { .. }
        | github::Error::Invalid(_)
        | github::Error::Server(_)
        | github::Error::Transport(_) => Stop::Trouble(error.to_string()),
    }
}
