//! The run that is looked at, as facts, wherever they come from: the event, the API, or our own environment.

use super::session::Session;
use crate::event::{EventKind, PullReference, WorkflowRun};
use crate::ids::{IssueNumber, RepoSlug, RunId, Sha};
use crate::report::Subject;

/// How much a report on this run can know; a richer one is never replaced by a poorer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// From inside a failed job: its own log cannot be read yet.
    Job,
    /// From a job or workflow that can read the logs.
    Run,
}

/// A run.
#[derive(Debug, Clone)]
pub(super) struct RunFacts {
    pub(super) repository: RepoSlug,
    pub(super) id: RunId,
    pub(super) attempt: u32,
    pub(super) workflow: String,
    /// The workflow's file, else its name: stable over runs.
    pub(super) workflow_key: String,
    pub(super) head_sha: Option<Sha>,
    pub(super) head_branch: String,
    pub(super) head_repository: Option<RepoSlug>,
    pub(super) conclusion: String,
    pub(super) url: String,
    pub(super) pulls: Vec<PullReference>,
    /// The pull request, when our own event names it.
    pub(super) pull: Option<IssueNumber>,
    pub(super) level: Level,
}

impl RunFacts {
    pub(super) fn of(run: &WorkflowRun, repository: RepoSlug) -> Self {
        Self {
            repository,
            id: run.id,
            attempt: run.run_attempt,
            workflow: run.name.clone(),
            workflow_key: run.workflow_key().to_owned(),
            head_sha: Some(run.head_sha.clone()),
            head_branch: run.head_branch.clone(),
            head_repository: run.head_repository.clone(),
            conclusion: run.conclusion.clone().unwrap_or_default(),
            url: run.html_url.clone(),
            pulls: run.pull_requests.clone(),
            pull: None,
            level: Level::Run,
        }
    }

    /// Whether its commit lives outside the repository: its content is a stranger's.
    pub(super) fn is_from_fork(&self) -> bool {
        self.head_repository.as_ref() != Some(&self.repository)
    }

    /// Whether it ran on the branch pull requests go to.
    pub(super) fn is_on(&self, default_branch: &str) -> bool {
        !self.is_from_fork() && !default_branch.is_empty() && self.head_branch == default_branch
    }

    /// What a later success must share to be the end of a failure here.
    pub(super) fn scope(&self) -> String {
        format!("{}\u{1f}{}", self.workflow_key, self.head())
    }

    /// Where its commit lives, `<owner>:<branch>`.
    fn head(&self) -> String {
        let owner = self.head_repository.as_ref().map_or("", RepoSlug::owner);
        format!("{owner}:{}", self.head_branch)
    }

    /// How a sighting of this run is named in memory.
    pub(super) fn seen_in(&self, job: &str) -> String {
        format!("{}.{}.{job}", self.id, self.attempt)
    }

    pub(super) fn subject(&self, session: &Session) -> Subject {
        let redacted = |text: &str| session.redactor.line(text).into_owned();
        Subject {
            workflow: redacted(&self.workflow),
            url: self.url.clone(),
            attempt: self.attempt,
            branch: redacted(&self.head_branch),
            sha: self.head_sha.as_ref().map(ToString::to_string).unwrap_or_default(),
            conclusion: self.conclusion.clone(),
            stage: session.settings.stage.as_deref().map(redacted),
            iteration: session.settings.iteration,
            goal: session.settings.goal.as_deref().map(redacted),
            issue: session.settings.issue_number,
            base: redacted(session.default_branch()),
            first_bad: None,
            fork: if self.is_from_fork() {
                self.head()
            } else {
                String::new()
            },
        }
    }
}

impl Session {
    /// The run we are part of.
    pub(super) fn own_run(&self) -> Option<RunFacts> {
        let get = |name| self.environment.get(name).unwrap_or_default().to_owned();
        let repository = self.repository().ok()?;
        let id: RunId = get("GITHUB_RUN_ID").parse().ok()?;
        let workflow_ref = get("GITHUB_WORKFLOW_REF");
        let path = workflow_ref.split('@').next().unwrap_or_default();
        let path = path.strip_prefix(&format!("{repository}/")).unwrap_or(path);
        let workflow = get("GITHUB_WORKFLOW");
        let pull = match &self.event.kind {
            EventKind::PullRequest(pull) => Some(pull),
            EventKind::WorkflowRun { .. }
            | EventKind::WorkflowDispatch(_)
            | EventKind::IssueComment(_)
            | EventKind::Other => None,
        };
        let head_sha = pull
            .map(|pull| pull.head_sha.clone())
            .or_else(|| get("GITHUB_SHA").parse().ok());
        let head_repository = match pull {
            Some(pull) => pull.head_repository.clone(),
            None => Some(repository.clone()),
        };
        Some(RunFacts {
            url: format!("{}/{repository}/actions/runs/{id}", self.server_url()),
            id,
            attempt: get("GITHUB_RUN_ATTEMPT").parse().unwrap_or(1),
            workflow_key: if path.is_empty() {
                workflow.clone()
            } else {
                path.to_owned()
            },
            workflow,
            head_sha,
            head_branch: pull.map_or_else(|| get("GITHUB_REF_NAME"), |pull| pull.head_branch.clone()),
            head_repository,
            conclusion: "failure".to_owned(),
            pulls: Vec::new(),
            pull: pull.map(|pull| pull.number),
            level: Level::Run,
            repository,
        })
    }
}
