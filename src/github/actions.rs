//! Runs, jobs and their annotations.

use serde::Deserialize;

use super::path::{query, segment};
use super::{Annotation, Client, Job, Result};
use crate::event::WorkflowRun;
use crate::ids::{JobId, RepoSlug, RunId, Sha};

/// Which runs to list; an empty filter lists all, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// A status or a conclusion: `completed`, `failure`, `success`, …
    pub status: Option<String>,
    /// A branch's name.
    pub branch: Option<String>,
    /// `push`, `pull_request`, …
    pub event: Option<String>,
    /// A date or range in GitHub's search syntax: `>=2025-01-31`.
    pub created: Option<String>,
    /// A commit.
    pub head_sha: Option<Sha>,
    /// A workflow, by id or file name.
    pub workflow: Option<String>,
}

#[derive(Deserialize)]
struct Runs {
    #[serde(default)]
    workflow_runs: Vec<WorkflowRun>,
}

#[derive(Deserialize)]
struct Jobs {
    #[serde(default)]
    jobs: Vec<Job>,
}

impl Client {
    /// A run, as of its latest attempt.
    pub async fn run(&self, repo: &RepoSlug, run: RunId) -> Result<WorkflowRun> {
        self.get(&format!("/repos/{repo}/actions/runs/{run}")).await
    }

    /// A run, as of one attempt.
    pub async fn run_attempt(&self, repo: &RepoSlug, run: RunId, attempt: u32) -> Result<WorkflowRun> {
        self.get(&format!("/repos/{repo}/actions/runs/{run}/attempts/{attempt}"))
            .await
    }

    /// All jobs of one attempt: a call for every hundred.
    pub async fn jobs(&self, repo: &RepoSlug, run: RunId, attempt: u32) -> Result<Vec<Job>> {
        let path = format!("/repos/{repo}/actions/runs/{run}/attempts/{attempt}/jobs?");
        self.pages(&path, usize::MAX, |page: Jobs| page.jobs).await
    }

    /// One job.
    pub async fn job(&self, repo: &RepoSlug, job: JobId) -> Result<Job> {
        self.get(&format!("/repos/{repo}/actions/jobs/{job}")).await
    }

    /// What a job remarked on lines of the sources. Needs `checks: read`.
    pub async fn annotations(&self, repo: &RepoSlug, job: JobId) -> Result<Vec<Annotation>> {
        let path = format!("/repos/{repo}/check-runs/{job}/annotations?");
        self.pages(&path, 100, |page| page).await
    }

    /// Runs that fit a filter, newest first, `limit` of them; GitHub lists at most 1,000 for one filter.
    pub async fn runs(&self, repo: &RepoSlug, filter: &RunFilter, limit: usize) -> Result<Vec<WorkflowRun>> {
        let workflow = match &filter.workflow {
            Some(workflow) => format!("/workflows/{}", segment(workflow)),
            None => String::new(),
        };
        let filters = query(&[
            ("status", filter.status.as_deref()),
            ("branch", filter.branch.as_deref()),
            ("event", filter.event.as_deref()),
            ("created", filter.created.as_deref()),
            ("head_sha", filter.head_sha.as_ref().map(Sha::as_str)),
        ]);
        let path = format!("/repos/{repo}/actions{workflow}/runs?{filters}");
        self.pages(&path, limit, |page: Runs| page.workflow_runs).await
    }
}
