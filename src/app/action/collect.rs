//! From a run to its failures: jobs, logs, analysis, memory.

use std::collections::BTreeMap;

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::super::job_log::{self, MOST_LOGS};
use super::session::Session;
use super::subject::RunFacts;
use crate::failure::{self, Annotation, Options};
use crate::github::{self, Client, Conclusion, Job, LogLimits};
use crate::records::History;
use crate::report::{self, FailureReport, JobReference, Knowledge, Unread};

/// Calls of one report, at most.
pub(super) const MOST_CALLS: u32 = 15;

/// Annotations of one job that are read.
const MOST_ANNOTATIONS: usize = 50;

/// Below this confidence a log does not say why.
const UNSURE: f64 = 0.5;

/// What was found in a run.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) failures: Vec<FailureReport>,
    pub(super) unread: Vec<Unread>,
}

impl Session {
    /// Reads the logs of the failed jobs, as far as time and budget allow, and explains them.
    pub(super) async fn collect(
        &mut self,
        client: &Client,
        run: &RunFacts,
        jobs: &[Job],
        history: &History,
    ) -> Findings {
        let failed: Vec<&Job> = jobs.iter().filter(|job| self.is_wanted(job)).collect();
        let chosen: Vec<_> = job_log::choose(&failed)
            .into_iter()
            .take(self.logs_within_budget(client))
            .collect();
        let mut puzzling = Vec::new();
        let mut findings = Findings::default();
        let mut failures = Vec::new();
        for job in failed {
            let reference = JobReference {
                name: self.redactor.line(&job.name).into_owned(),
                url: job.html_url.clone(),
            };
            let steps = self.failed_steps(job);
            if !chosen.contains(&job.id) {
                let reason = format!("its log was not read: a report reads at most {MOST_LOGS} logs");
                findings.unread.push(Unread {
                    job: reference,
                    steps,
                    reason,
                });
                continue;
            }
            match client.job_log(&run.repository, job.id, LogLimits::default()).await {
                Ok(body) => {
                    let found = self.analyse(&body, job, &reference, history);
                    if found.first().is_none_or(|first| first.failure.confidence < UNSURE) {
                        puzzling.push(job);
                    }
                    if found.is_empty() {
                        let reason = "its log was read, but nothing in it says why it failed".to_owned();
                        findings.unread.push(Unread {
                            job: reference,
                            steps,
                            reason,
                        });
                    }
                    failures.extend(found);
                }
                Err(error) => {
                    puzzling.push(job);
                    let reason = unread_reason(&error);
                    self.degrade(format!("the log of a failed job could not be read: {reason}"));
                    findings.unread.push(Unread {
                        job: reference,
                        steps,
                        reason,
                    });
                }
            }
        }
        for job in puzzling {
            failures = self.add_annotations(client, run, job, failures, history).await;
        }
        findings.failures = report::fold(failures);
        findings
    }

    /// Calls kept for what comes after the logs: two to find the pull request, a search, two pages of comments, our
    /// login, the comment and a look for one made at the same time; or a search, the tracking issues, and three times an
    /// issue and a look for another one.
    fn calls_to_come(&self) -> u32 {
        8 + u32::from(self.settings.template_path.is_some())
    }

    /// So many logs that a report stays within its budget of calls.
    fn logs_within_budget(&self, client: &Client) -> usize {
        let left = MOST_CALLS.saturating_sub(client.requests() + self.calls_to_come());
        usize::try_from(left).unwrap_or(MOST_LOGS).clamp(1, MOST_LOGS)
    }

    /// What a job remarked on lines of the sources, where its log does not say why. Asked only while a report's budget
    /// of calls allows; without `checks: read` there is nothing to hear.
    async fn add_annotations(
        &self,
        client: &Client,
        run: &RunFacts,
        job: &Job,
        failures: Vec<FailureReport>,
        history: &History,
    ) -> Vec<FailureReport> {
        if client.requests() + self.calls_to_come() >= MOST_CALLS {
            return failures;
        }
        let remarks = match client.annotations(&run.repository, job.id).await {
            Ok(remarks) => remarks,
            Err(error) => {
                tracing::debug!(%error, "no annotations");
                return failures;
            }
        };
        let failing = remarks
            .into_iter()
            .filter(|remark| remark.annotation_level == "failure");
        let annotations = failing.map(|remark| Annotation {
            path: remark.path,
            line: remark.start_line,
            title: Some(remark.title).filter(|title| !title.is_empty()),
            message: remark.message,
        });
        let reference = JobReference {
            name: self.redactor.line(&job.name).into_owned(),
            url: job.html_url.clone(),
        };
        let options = Options {
            annotations: annotations.take(MOST_ANNOTATIONS).collect(),
            ..self.options()
        };
        let (mine, mut others): (Vec<_>, Vec<_>) =
            failures.into_iter().partition(|shown| shown.jobs.contains(&reference));
        others.extend(self.add_sources(mine, &options, Some(&reference), history));
        others
    }

    /// Failures with what further sources add to them: what they tell of already gains a place, the rest is new.
    pub(super) fn add_sources(
        &self,
        failures: Vec<FailureReport>,
        options: &Options,
        job: Option<&JobReference>,
        history: &History,
    ) -> Vec<FailureReport> {
        let mut merged: Vec<failure::Failure> = failures.iter().map(|shown| shown.failure.clone()).collect();
        failure::merge(&mut merged, options, report::MOST_FAILURES.max(failures.len()));
        let mut waiting = failures;
        let mut all = Vec::new();
        for failure in merged {
            let known = waiting
                .iter()
                .position(|shown| shown.failure.fingerprint == failure.fingerprint);
            if let Some(at) = known {
                let mut shown = waiting.swap_remove(at);
                shown.failure = failure;
                all.push(shown);
            } else {
                let analysis = failure::Analysis {
                    lines: 0,
                    bytes: 0,
                    failures: vec![failure],
                };
                all.extend(self.known(analysis, job, history));
            }
        }
        all
    }

    /// Whether a job failed and passes `job-filter`.
    fn is_wanted(&self, job: &Job) -> bool {
        job.conclusion.is_some_and(Conclusion::is_failure) && passes(&self.settings.job_filter, &job.name)
    }

    pub(super) fn failed_steps(&self, job: &Job) -> Vec<String> {
        let failed = job
            .steps
            .iter()
            .filter(|step| step.conclusion.is_some_and(Conclusion::is_failure));
        failed.map(|step| self.redactor.line(&step.name).into_owned()).collect()
    }

    fn analyse(
        &self,
        body: &github::LogBody,
        job: &Job,
        reference: &JobReference,
        history: &History,
    ) -> Vec<FailureReport> {
        let analysis = job_log::analyse(body, job, self.options());
        self.known(analysis, Some(reference), history)
    }

    /// Adds what memory and the user's rules say.
    pub(super) fn known(
        &self,
        analysis: failure::Analysis,
        job: Option<&JobReference>,
        history: &History,
    ) -> Vec<FailureReport> {
        let mut matcher_actions = BTreeMap::new();
        let mut analysis = analysis;
        for failure in &mut analysis.failures {
            self.rules.class(failure);
        }
        for failure in &analysis.failures {
            let lines = || {
                failure
                    .excerpt
                    .iter()
                    .filter(|line| failure.decisive_lines.contains(&line.line))
            };
            let matcher = self
                .matchers
                .iter()
                .find(|matcher| lines().any(|line| matcher.pattern.is_match(&line.text)));
            if let Some(action) = matcher.and_then(|matcher| matcher.action.clone()) {
                matcher_actions.insert(failure.fingerprint.clone(), action);
            }
        }
        let knowledge = Knowledge {
            history,
            limit: usize::try_from(self.settings.similar_limit).unwrap_or(10),
            actions: &self.actions,
            matcher_actions,
            staff: &self.staff,
        };
        report::explain(analysis, job, self.settings.stage.as_deref(), &knowledge)
    }

    /// How logs are analysed here.
    pub(super) fn options(&self) -> Options {
        Options {
            redactor: self.redactor.clone(),
            matchers: self.matchers.clone(),
            ignore: self.ignore.clone(),
            max_excerpt_lines: usize::try_from(self.settings.log_lines).unwrap_or(30),
            ..Options::default()
        }
    }
}

/// `job-filter`: globs, `!` excludes; without a positive glob everything not excluded passes.
fn passes(filter: &[String], name: &str) -> bool {
    let set = |negative: bool| {
        let mut builder = GlobSetBuilder::new();
        let mut any = false;
        for pattern in filter.iter().filter(|pattern| pattern.starts_with('!') == negative) {
            if let Ok(glob) = Glob::new(pattern.trim_start_matches('!')) {
                builder.add(glob);
                any = true;
            }
        }
        (any, builder.build().unwrap_or_else(|_| GlobSet::empty()))
    };
    let ((any, wanted), (_, excluded)) = (set(false), set(true));
    (!any || wanted.is_match(name)) && !excluded.is_match(name)
}

/// Why a log is not here, and the remedy.
pub(super) fn unread_reason(error: &github::Error) -> String {
    match error {
        github::Error::Denied { permission, .. } => {
            let permission = permission.as_deref().unwrap_or("actions: read").replace('=', ": ");
            format!("the token may not read logs; give the job `permissions: {permission}`")
        }
        github::Error::Gone(_) => "the log has expired".to_owned(),
        github::Error::NotFound(_) => "there is no log (yet); it is written when the job ends".to_owned(),
        github::Error::Deadline => "the time was up; raise `timeout-seconds`".to_owned(),
        github::Error::RateLimited { .. } => "GitHub limits the requests of this token; try again later".to_owned(),
        github::Error::Invalid(_) | github::Error::Server(_) | github::Error::Transport(_) => {
            format!("GitHub gave no log ({error}); try again later")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_include_and_exclude() {
        let check = |filter: &[&str], name: &str| {
            passes(&filter.iter().map(|glob| (*glob).to_owned()).collect::<Vec<_>>(), name)
        };
        assert!(check(&[], "test (ubuntu)"));
        assert!(check(&["test*"], "test (ubuntu)") && !check(&["test*"], "lint"));
        assert!(!check(&["!lint"], "lint") && check(&["!lint"], "test"));
        assert!(!check(&["*", "!lint*"], "lint (x)"));
    }
}
