//! Reports: on a completed run, on the jobs of our own run that have failed already, and from inside a failed job.

use super::super::Error;
use super::super::lessons::job_ends;
use super::super::sync::{Local, Restored};
use super::REPORTED;
use super::collect::unread_reason;
use super::plan::Wanted;
use super::session::{Session, Wish};
use super::subject::{Level, RunFacts};
use crate::event::EventKind;
use crate::github::{self, Client, Conclusion, Job};
use crate::ids::{Fingerprint, IssueNumber, RunId};
use crate::memory::{ExportTrust, Tree};
use crate::records::{Finished, History, Occurrence, Record, unknown_to};
use crate::report::{self, FailureReport, JobReference, Muted, Related, Report, Unread};

/// Most legs of a matrix remembered with a failure beside the first.
const MOST_LEGS: usize = 40;

/// Issues and pull requests shown from a search.
const RELATED: usize = 3;

impl Session {
    /// Looks at a completed run and reports or resolves it.
    pub(super) async fn examine(&mut self, run: RunId, attempt: Option<u32>, wanted: Wanted) {
        let Ok(reading) = self.github(65).map_err(|error| self.fail(&error)) else {
            return;
        };
        let Some(facts) = self.facts(&reading, run, attempt).await else {
            return;
        };
        self.configure(&reading, &facts).await;
        let succeeded = facts.conclusion == "success";
        match wanted {
            Wanted::Resolve => self.resolve(&reading, &facts).await,
            Wanted::Either if succeeded => self.resolve(&reading, &facts).await,
            Wanted::Either | Wanted::Report => {
                let jobs = self.jobs(&reading, &facts).await;
                self.report(&reading, &facts, jobs).await;
            }
        }
    }

    pub(super) async fn facts(&mut self, client: &Client, run: RunId, attempt: Option<u32>) -> Option<RunFacts> {
        let repository = self.repository().map_err(|error| self.fail(&error)).ok()?;
        if let EventKind::WorkflowRun { run: known, .. } = &self.event.kind
            && known.id == run
            && attempt.is_none_or(|attempt| attempt == known.run_attempt)
        {
            return Some(RunFacts::of(known, repository));
        }
        let answer = match attempt {
            Some(attempt) => client.run_attempt(&repository, run, attempt).await,
            None => client.run(&repository, run).await,
        };
        match answer {
            Ok(run) => Some(RunFacts::of(&run, repository)),
            Err(error) => {
                self.cannot(&format!("read run {run}"), &error, "actions: read");
                None
            }
        }
    }

    /// The jobs of the run's attempt; none, with the reason noted, when they cannot be read.
    pub(super) async fn jobs(&mut self, client: &Client, run: &RunFacts) -> Option<Vec<Job>> {
        match client.jobs(&run.repository, run.id, run.attempt).await {
            Ok(jobs) => Some(jobs),
            Err(error) => {
                self.cannot("list the jobs of the run", &error, "actions: read");
                None
            }
        }
    }

    /// Restores memory; if jobs of our own run have failed already, reports them now.
    pub(super) async fn restore_and_look(&mut self, own_run: Option<RunId>) {
        let restored = self.restore().await;
        let (Some(_), Some(run)) = (own_run, self.own_run()) else {
            return;
        };
        if self.environment.token().is_none() {
            return;
        }
        let Ok(client) = self.github(65) else { return };
        // Whether others failed is a question, not a duty: without an answer this is a plain restore.
        match client.jobs(&run.repository, run.id, run.attempt).await {
            Ok(jobs)
                if jobs
                    .iter()
                    .any(|job| job.conclusion.is_some_and(Conclusion::is_failure)) =>
            {
                self.configure(&client, &run).await;
                self.report_with(&client, &run, Some(jobs), restored).await;
            }
            Ok(jobs) => self.maybe_resolve_own(&client, &run, &jobs, restored).await,
            Err(error) => tracing::debug!(%error, "the jobs of this run cannot be listed"),
        }
    }

    /// A final job that finds every other job of its run green is the end of earlier failures.
    async fn maybe_resolve_own(&mut self, client: &Client, run: &RunFacts, jobs: &[Job], restored: Option<Restored>) {
        let me = self.settings.job_check_run_id;
        let mut others = jobs.iter().filter(|job| Some(job.id) != me).peekable();
        let any = others.peek().is_some();
        let done = |job: &Job| {
            matches!(
                job.conclusion,
                Some(Conclusion::Success | Conclusion::Skipped | Conclusion::Neutral)
            )
        };
        if any && me.is_some() && others.all(done) {
            self.resolve_with(client, run, restored).await;
        }
    }

    /// Reports the failed jobs of our own run.
    pub(super) async fn report_own_run(&mut self) {
        let Some(run) = self.own_run() else {
            let error = Error::user("there is no run to report on").with_hint("set `run-id`");
            return self.fail(&error);
        };
        let Ok(client) = self.github(65).map_err(|error| self.fail(&error)) else {
            return;
        };
        self.configure(&client, &run).await;
        let jobs = self.jobs(&client, &run).await;
        self.report(&client, &run, jobs).await;
    }

    pub(super) async fn report(&mut self, client: &Client, run: &RunFacts, jobs: Option<Vec<Job>>) {
        let restored = self.restore().await;
        self.report_with(client, run, jobs, restored).await;
    }

    /// The report: collect, explain, speak, remember.
    async fn report_with(
        &mut self,
        client: &Client,
        run: &RunFacts,
        jobs: Option<Vec<Job>>,
        restored: Option<Restored>,
    ) {
        let history = restored
            .as_ref()
            .map(|restored| History::before(&restored.tree.records, &run.seen_in("")))
            .unwrap_or_default();
        let Ok(speaking) = self.github(85).map_err(|error| self.fail(&error)) else {
            return;
        };
        self.staff_up(restored.as_ref().map(|restored| &restored.tree.records));
        let report = self
            .investigate(client, &speaking, run, jobs.as_deref(), &history)
            .await;
        self.speak(&speaking, run, &report).await;
        if let Some(restored) = &restored {
            self.show_figures(&restored.tree.records);
        }
        self.runner.state(REPORTED, "true");
        self.tell_report(&report);
        let mut records = self.remember(run, &report, jobs.as_deref().unwrap_or_default());
        let finished = Finished {
            scope: run.scope(),
            run: (run.id.get(), run.attempt),
            sha: run.head_sha.as_ref().map(ToString::to_string).unwrap_or_default(),
            at: self.ended_at(jobs.as_deref().unwrap_or_default()),
            trusted: !run.is_from_fork(),
            jobs: Some(job_ends(jobs.as_deref().unwrap_or_default(), &self.redactor)),
            seen: seen(&report),
        };
        let pull = run.pull.or_else(|| run.pulls.first().map(|pull| pull.number));
        self.most_calls = super::collect::MOST_CALLS.saturating_sub(client.requests());
        self.learn(&speaking, run, &history, &finished, pull, &mut records)
            .await;
        self.lay_to_rest(&speaking, run, &history, &mut records).await;
        self.keep(restored, records).await;
    }

    /// Everything there is to tell about a run.
    pub(super) async fn investigate(
        &mut self,
        client: &Client,
        speaking: &Client,
        run: &RunFacts,
        jobs: Option<&[Job]>,
        history: &History,
    ) -> Report {
        let mut findings = match jobs {
            Some(jobs) => self.collect(client, run, jobs, history).await,
            None => super::collect::Findings::default(),
        };
        if jobs.is_none() {
            let name = format!("all jobs of {}", self.redactor.line(&run.workflow));
            let reason = "the jobs of the run could not be listed, so their logs could not be read".to_owned();
            let job = JobReference {
                name,
                url: run.url.clone(),
            };
            findings.unread.push(Unread {
                job,
                steps: Vec::new(),
                reason,
            });
        }
        findings.failures.extend(self.log_files(history));
        findings.failures = report::fold(findings.failures);
        let found = self.add_test_reports(findings.failures, history);
        let (failures, muted) = self.part(found, history);
        let related = self.related(speaking, run, &failures).await;
        let mut subject = run.subject(self);
        subject.first_bad = self.first_bad(client, run, history).await;
        Report {
            subject,
            failures,
            muted,
            unread: findings.unread,
            related,
            degraded: self.degraded().to_vec(),
        }
    }

    /// A report from inside a failed job: from `log-path`, else from the steps. Gives back what to remember.
    pub(super) async fn report_from_here(&mut self) -> Option<Tree> {
        let mut run = self.own_run()?;
        run.level = Level::Job;
        let client = self.github(70).map_err(|error| self.fail(&error)).ok()?;
        self.configure(&client, &run).await;
        let restored = match self.memory_access(40) {
            Ok(access) => access.restore().await.map_err(|error| self.fail(&error)).ok(),
            Err(_) => None,
        };
        let history = restored
            .as_ref()
            .map(|restored| History::before(&restored.tree.records, &run.seen_in("")))
            .unwrap_or_default();
        self.staff_up(restored.as_ref().map(|restored| &restored.tree.records));
        let found = report::fold(self.log_files(&history));
        let found = self.add_test_reports(found, &history);
        let (failures, muted) = self.part(found, &history);
        let mut unread = Vec::new();
        if failures.is_empty() && muted.is_empty() {
            let (name, url, steps) = self.own_job(&client, &run).await;
            let reason = "a job cannot read its own log while it runs; set `log-path`, or report from `workflow_run` or a final job".to_owned();
            unread.push(Unread {
                job: JobReference { name, url },
                steps,
                reason,
            });
        }
        let report = Report {
            subject: run.subject(self),
            failures,
            muted,
            unread,
            related: Vec::new(),
            degraded: self.degraded().to_vec(),
        };
        self.speak(&client, &run, &report).await;
        self.tell_report(&report);
        let records = self.remember(&run, &report, &[]);
        self.tell_records(&records.records);
        Some(records)
    }

    /// Our own job: its name, page and failed steps.
    async fn own_job(&self, client: &Client, run: &RunFacts) -> (String, String, Vec<String>) {
        let fallback = self.environment.get("GITHUB_JOB").unwrap_or("this job").to_owned();
        let Some(id) = self.settings.job_check_run_id else {
            return (fallback, run.url.clone(), Vec::new());
        };
        match client.job(&run.repository, id).await {
            Ok(job) => (
                self.redactor.line(&job.name).into_owned(),
                job.html_url.clone(),
                self.failed_steps(&job),
            ),
            Err(error) => {
                tracing::debug!(reason = unread_reason(&error), "our own job cannot be read");
                (fallback, run.url.clone(), Vec::new())
            }
        }
    }

    /// The repository's own issues and pull requests that use the same telling words.
    async fn related(&mut self, client: &Client, run: &RunFacts, failures: &[report::FailureReport]) -> Vec<Related> {
        let Some(first) = failures.first() else {
            return Vec::new();
        };
        if self.settings.similar_limit == 0 {
            return Vec::new();
        }
        let Some(words) = report::search_words(&first.failure) else {
            return Vec::new();
        };
        let query = format!("repo:{} {words}", run.repository);
        match client.search(&query, RELATED + 2).await {
            Ok(hits) => hits
                .into_iter()
                .filter(|hit| github::marker::Marker::decode(&hit.issue.body).is_none())
                .filter(|hit| Some(hit.issue.number) != run.pull)
                .take(RELATED)
                .map(|hit| Related {
                    number: hit.issue.number,
                    title: self.redactor.line(&hit.issue.title).into_owned(),
                    url: hit.issue.html_url.clone(),
                    state: match &hit.issue.pull_request {
                        Some(pull) if pull.merged_at.is_some() => "merged".to_owned(),
                        _ => hit.issue.state.clone(),
                    },
                })
                .collect(),
            Err(error) => {
                tracing::debug!(%error, "the search gave nothing");
                Vec::new()
            }
        }
    }

    /// When the last of these jobs ended; now when that is not known or lies ahead.
    pub(super) fn ended_at(&self, jobs: &[Job]) -> i64 {
        let last = jobs.iter().filter_map(|job| job.completed_at).max();
        last.map_or(self.now, |at| at.min(self.now))
    }

    /// What this report teaches, as records. A failure was seen when its job ended, however late it is reported.
    pub(super) fn remember(&self, run: &RunFacts, report: &Report, jobs: &[Job]) -> Tree {
        let ended_at = |name: &str| {
            let job = jobs.iter().position(|job| self.redactor.line(&job.name) == name);
            self.ended_at(job.and_then(|at| jobs.get(at..=at)).unwrap_or(jobs))
        };
        let mut tree = Tree::default();
        let pull: Option<IssueNumber> = run.pull.or_else(|| run.pulls.first().map(|pull| pull.number));
        for shown in report.all_failures() {
            let job = shown.jobs.first().map_or("job", |job| job.name.as_str());
            let mut occurrence = Occurrence::of(&shown.failure, run.seen_in(job), ended_at(job));
            occurrence.workflow.clone_from(&report.subject.workflow);
            occurrence.branch.clone_from(&report.subject.branch);
            occurrence.sha.clone_from(&report.subject.sha);
            occurrence.url = shown
                .jobs
                .first()
                .map_or_else(|| run.url.clone(), |job| job.url.clone());
            job.clone_into(&mut occurrence.job);
            occurrence.pull = pull;
            occurrence.trusted = !run.is_from_fork();
            occurrence.scope = run.scope();
            let legs = shown.jobs.iter().skip(1).take(MOST_LEGS);
            occurrence.legs = legs.map(|job| job.name.clone()).collect();
            occurrence.store(&mut tree.records, None);
            let proposal = report::proposal(shown, &report.subject, &run.seen_in(""), self.now, run.scope());
            proposal.store(&mut tree.records, None);
        }
        tree
    }

    /// What is muted is told apart, unless somebody asked.
    fn part(&self, failures: Vec<FailureReport>, history: &History) -> (Vec<FailureReport>, Vec<Muted>) {
        if self.wish == Wish::Question {
            return (failures, Vec::new());
        }
        report::part(failures, history, self.now)
    }

    /// Persists records made in the main stage, on top of what was restored; whether they are safe.
    pub(super) async fn keep(&mut self, restored: Option<Restored>, mut records: Tree) -> bool {
        for feedback in std::mem::take(&mut self.heard) {
            feedback.store(&mut records.records, None);
        }
        if let Some(restored) = &restored {
            records.records = unknown_to(&restored.tree.records, &records.records);
        }
        if records.records.is_empty() {
            return true;
        }
        self.tell_records(&records.records);
        if let Err(reason) = self.may_persist() {
            self.runner
                .console()
                .notice(&format!("memory is not persisted: {reason}"));
            return false;
        }
        let Ok(access) = self.memory_access(100).map_err(|error| self.fail(&error)) else {
            return false;
        };
        let local = Local {
            tree: records,
            trust: ExportTrust::Untrusted,
        };
        let base = restored.map(|restored| restored.base);
        let done = access.persist(base, local).await;
        self.persisted(done)
    }
}

/// The failures of a report, with each job they are in.
fn seen(report: &Report) -> Vec<(Fingerprint, String)> {
    let of = |shown: &report::FailureReport| -> Vec<(Fingerprint, String)> {
        let jobs = shown.jobs.iter();
        let mut all: Vec<_> = jobs
            .map(|job| (shown.failure.fingerprint.clone(), job.name.clone()))
            .collect();
        if all.is_empty() {
            all.push((shown.failure.fingerprint.clone(), String::new()));
        }
        all
    };
    report.all_failures().flat_map(of).collect()
}
