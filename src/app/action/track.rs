//! Tracking issues: one per failure on a branch nobody reviews, opened, edited, reopened and closed.

use super::session::{Saying, Session};
use super::speak::outranks;
use super::subject::RunFacts;
use crate::github::marker::Marker;
use crate::github::{Client, Issue, IssuePatch, NewIssue, StateFilter};
use crate::ids::Fingerprint;
use crate::render::{Page, Renderer, Resolved};
use crate::report::{FailureReport, Report};

/// Most issues touched by one report.
const MOST_ISSUES: usize = 3;

/// Most issues closed by one green run.
const MOST_CLOSED: usize = 3;

/// A failure that comes back within so many milliseconds reopens its issue; later it is a new one.
const REOPEN_WITHIN: i64 = 7 * 24 * 3_600_000;

impl Session {
    /// Keeps an issue for each of the most important failures.
    pub(super) async fn track(
        &mut self,
        client: &Client,
        run: &RunFacts,
        report: &Report,
        renderer: &Renderer,
    ) -> bool {
        if report.failures.is_empty() {
            return false;
        }
        let label = self.settings.issue_label.clone();
        let known = match client.issues_by_label(&run.repository, &label, StateFilter::All).await {
            Ok(issues) => issues,
            Err(error) => {
                self.cannot("list tracking issues", &error, "issues: write");
                return false;
            }
        };
        let mut spoken = false;
        let tracked = report.failures.iter().filter(|shown| self.rules.may_track(shown));
        for shown in tracked.take(MOST_ISSUES).cloned().collect::<Vec<_>>() {
            let shown = &shown;
            spoken |= self.track_one(client, run, report, shown, &known, renderer).await;
        }
        spoken
    }

    async fn track_one(
        &mut self,
        client: &Client,
        run: &RunFacts,
        report: &Report,
        shown: &FailureReport,
        known: &[Issue],
        renderer: &Renderer,
    ) -> bool {
        let alone = Report {
            failures: vec![shown.clone()],
            ..report.clone()
        };
        let key = issue_key(run, &shown.failure.fingerprint);
        let ours = Self::marker(&key, run, &alone);
        let Some(page) = self.page(renderer, Page::Issue, &alone, 60_000) else {
            return false;
        };
        let body = ours.above(&page);
        let existing = known.iter().find(|issue| self.is_current(issue, &key));
        if let Some((issue, marker)) = existing.and_then(|issue| Some((issue, Marker::decode(&issue.body)?))) {
            self.hear_at(issue.number.get(), issue.reactions, &marker);
            if outranks(&marker, &ours) {
                self.runner
                    .console()
                    .print("a newer run has been told of in the tracking issue; nothing was said");
                return false;
            }
        }
        if self.settings.dry_run {
            self.runner
                .console()
                .print(&format!("dry run; the tracking issue would be:\n{page}"));
            self.said.push(Saying::tracking(existing, page, self.server_url(), run));
            return false;
        }
        let done = match existing {
            Some(issue) if issue.body.trim() == body.trim() && issue.state == "open" => Ok(issue.clone()),
            Some(issue) => {
                let patch = IssuePatch {
                    body: Some(body),
                    state: Some("open"),
                    ..IssuePatch::default()
                };
                client.update_issue(&run.repository, issue.number, &patch).await
            }
            None => {
                let issue = NewIssue {
                    title: self.issue_title(run, shown),
                    body,
                    labels: self.rules.labels(&self.settings.issue_label, shown),
                    assignees: self.settings.issue_assignees.clone(),
                };
                match client.create_issue(&run.repository, &issue).await {
                    Ok(issue) => Ok(self.only_one(client, run, issue, &key).await),
                    Err(error) => Err(error),
                }
            }
        };
        match done {
            Ok(issue) => {
                self.runner.output("issue-number", &issue.number.to_string());
                self.said.push(Saying {
                    url: issue.html_url.clone(),
                    done: true,
                    ..Saying::tracking(existing, page, self.server_url(), run)
                });
                self.runner
                    .console()
                    .print(&format!("tracking issue {}", issue.html_url));
                true
            }
            Err(error) => {
                self.cannot("keep a tracking issue", &error, "issues: write");
                false
            }
        }
    }

    /// Makes sure that one issue is left of however many were opened at the same time: the lowest number stays, and
    /// whoever opened another closes it. Being unable to look again leaves both.
    async fn only_one(&mut self, client: &Client, run: &RunFacts, created: Issue, key: &str) -> Issue {
        let label = self.settings.issue_label.clone();
        let open = client.issues_by_label(&run.repository, &label, StateFilter::Open).await;
        let mut same = open.unwrap_or_default();
        same.retain(|issue| issue.number < created.number && self.is_current(issue, key));
        let Some(first) = same.into_iter().min_by_key(|issue| issue.number) else {
            return created;
        };
        let link = crate::text::link(&format!("No. {}", first.number), &first.html_url);
        let patch = IssuePatch {
            body: Some(
                Marker::new(format!("duplicate:{}", first.number))
                    .above(&format!("Opened at the same time as {link}, which is kept.")),
            ),
            state: Some("closed"),
            state_reason: Some("not_planned"),
            ..IssuePatch::default()
        };
        if let Err(error) = client.update_issue(&run.repository, created.number, &patch).await {
            self.cannot("close a duplicate of a tracking issue", &error, "issues: write");
        }
        first
    }

    /// Titles are plain text on GitHub, but mentions in them notify.
    fn issue_title(&self, run: &RunFacts, shown: &FailureReport) -> String {
        let title: String = format!("{}: {}", run.workflow, shown.failure.title)
            .chars()
            .take(180)
            .collect();
        crate::text::title(&self.redactor.line(&title))
    }

    /// Ours, about this failure, and open or closed so recently that it is the same trouble.
    fn is_current(&self, issue: &Issue, key: &str) -> bool {
        let about = Marker::decode(&issue.body).is_some_and(|marker| marker.key == key);
        let recent = issue.closed_at.is_none_or(|closed| self.now - closed <= REOPEN_WITHIN);
        about && (issue.state == "open" || recent) && is_by_us(issue)
    }

    /// Closes the issues of failures of this workflow and branch: it has just succeeded there.
    pub(super) async fn close_issues(
        &mut self,
        client: &Client,
        run: &RunFacts,
        renderer: &Renderer,
        resolved: &Resolved,
    ) {
        let label = self.settings.issue_label.clone();
        let open = match client.issues_by_label(&run.repository, &label, StateFilter::Open).await {
            Ok(issues) => issues,
            Err(error) => return self.cannot("list tracking issues", &error, "issues: write"),
        };
        let prefix = issue_prefix(run);
        let ended = open.iter().filter(|issue| is_by_us(issue)).filter_map(|issue| {
            let marker = Marker::decode(&issue.body).filter(|marker| marker.key.starts_with(&prefix))?;
            let newer = marker.run.is_some_and(|failed| failed > run.id);
            (!newer && !self.settings.dry_run).then_some((issue, marker))
        });
        // The next green run closes the rest.
        for (issue, mut marker) in ended.take(MOST_CLOSED).collect::<Vec<_>>() {
            let Ok(page) = renderer.issue_resolved(resolved) else {
                continue;
            };
            // A report on an older run that comes late does not open it again.
            (marker.run, marker.attempt) = (Some(run.id), Some(run.attempt));
            let patch = IssuePatch {
                body: Some(marker.above(&page)),
                state: Some("closed"),
                state_reason: Some("completed"),
                ..IssuePatch::default()
            };
            match client.update_issue(&run.repository, issue.number, &patch).await {
                Ok(issue) => self
                    .runner
                    .console()
                    .print(&format!("closed tracking issue {}", issue.html_url)),
                Err(error) => self.cannot("close a tracking issue", &error, "issues: write"),
            }
        }
    }
}

/// An issue's author is checked like a comment's: a marker can be pasted by anyone. Issues written with a personal
/// token are recognised by their label and marker alone only when a bot wrote them.
fn is_by_us(issue: &Issue) -> bool {
    issue
        .user
        .as_ref()
        .is_some_and(|user| user.kind == "Bot" || user.login.ends_with("[bot]"))
}

fn issue_prefix(run: &RunFacts) -> String {
    format!("issue:{}:{}:", run.workflow_key, run.head_branch)
}

fn issue_key(run: &RunFacts, fingerprint: &Fingerprint) -> String {
    format!("{}{fingerprint}", issue_prefix(run))
}
