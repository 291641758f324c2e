//! Where a report goes: the pull request, the tracking issue, the step summary, the outputs.

use serde_json::json;

use super::super::Error;
use super::super::files::write_atomically;
use super::session::{Saying, Session, Wish};
use super::subject::{Level, RunFacts};
use crate::github::comments::{AuthorRule, CommentMode, Place, Thread, Upserted};
use crate::github::marker::Marker;
use crate::github::{self, Client, Reactions};
use crate::ids::{IssueNumber, RepoSlug};
use crate::memory::Memory;
use crate::records::{Digest, Feedback, Opinion};
use crate::render::{Page, Renderer};
use crate::report::Report;
use crate::settings::{self, IssueMode, Target};

/// Longest step summary, in bytes; GitHub drops more than 1 MiB.
const LONGEST_SUMMARY: usize = 900_000;

impl Session {
    /// Says the report where the settings want it.
    pub(super) async fn speak(&mut self, client: &Client, run: &RunFacts, report: &Report) {
        let renderer = self.renderer(client, run).await;
        self.say_outputs(report, &renderer);
        let target = self.settings.target;
        if target == Target::Nowhere {
            return;
        }
        let spoken = match target {
            Target::Auto | Target::PullRequest | Target::Issue => self.converse(client, run, report, &renderer).await,
            Target::Summary | Target::Nowhere => false,
        };
        self.spoken = spoken;
        self.annotate(run, report);
        let mut shown = report.clone();
        shown.degraded = self.degraded().to_vec();
        if let Ok(page) = renderer.page(
            Page::Document,
            &shown,
            self.settings.memory_ref.as_str(),
            LONGEST_SUMMARY / 3,
        ) {
            self.runner.summary(&page);
        }
    }

    /// What memory knows, folded, at the end of the step summary.
    pub(super) fn show_figures(&mut self, records: &Memory) {
        let digest = Digest::of(records);
        if digest.is_empty() || self.settings.target == Target::Nowhere {
            return;
        }
        if let Ok(page) = Renderer::built_in().digest(&digest) {
            self.runner.summary(&page);
        }
    }

    /// Speaks in a conversation; whether anything stands there now.
    pub(super) async fn converse(
        &mut self,
        client: &Client,
        run: &RunFacts,
        report: &Report,
        renderer: &Renderer,
    ) -> bool {
        let mut place = self.settings.issue_number;
        if place.is_none() && self.settings.target != Target::Issue {
            place = self.pull_request(client, run).await;
        }
        if let Some(issue) = place {
            return self.comment(client, run, issue, report, renderer).await;
        }
        let track = match (self.settings.target, self.settings.issue_mode) {
            (Target::PullRequest, _) | (_, IssueMode::Off) => false,
            (Target::Issue, _) => true,
            (_, IssueMode::DefaultBranch) => run.is_on(self.default_branch()),
            (_, IssueMode::Always) => !run.is_from_fork(),
        };
        track && self.track(client, run, report, renderer).await
    }

    /// The one comment on a pull request or issue.
    async fn comment(
        &mut self,
        client: &Client,
        run: &RunFacts,
        issue: IssueNumber,
        report: &Report,
        renderer: &Renderer,
    ) -> bool {
        let place = Place {
            repo: run.repository.clone(),
            issue,
            author: AuthorRule::Token,
        };
        // An answer stands on its own: it is not the report that the next run edits.
        let key = if self.wish == Wish::Question {
            format!("explain:{}", run.id)
        } else {
            comment_key(run)
        };
        let marker = Self::marker(&key, run, report);
        let thread = match Thread::read(client, &place, &key).await {
            Ok(thread) => thread,
            Err(error) => {
                self.cannot("read the conversation", &error, "pull-requests: write");
                return false;
            }
        };
        self.hear(&thread);
        let only_muted = !report.is_worth_speaking();
        if only_muted && thread.current().is_none() {
            self.runner.console().print("all failures are muted; nothing was said");
            return false;
        }
        if thread.marker().is_some_and(|earlier| outranks(&earlier, &marker)) {
            self.runner
                .console()
                .print("a richer or newer report stands already; nothing was said");
            return false;
        }
        // The hidden line is part of what GitHub counts.
        let room = usize::try_from(self.settings.max_comment_chars).unwrap_or(60_000);
        let room = room.saturating_sub(marker.encode().len() + 2);
        let Some(body) = self.page(renderer, Page::Comment, report, room) else {
            return false;
        };
        let saying = Saying {
            place: format!("a comment on #{issue}"),
            url: format!("{}/{}/issues/{issue}", self.server_url(), run.repository),
            body: body.clone(),
            done: false,
        };
        if self.settings.dry_run {
            self.runner
                .console()
                .print(&format!("dry run; the comment on {issue} would be:\n{body}"));
            self.said.push(saying);
            return false;
        }
        let mode = match self.settings.comment_mode {
            _ if only_muted => CommentMode::Update,
            settings::CommentMode::Update => CommentMode::Update,
            settings::CommentMode::Recreate => CommentMode::Recreate,
            settings::CommentMode::New => CommentMode::New,
        };
        match thread.put(&marker, &body, mode).await {
            Ok(comment) => {
                self.said(&comment, issue);
                self.said.push(Saying {
                    url: comment.url.clone(),
                    done: true,
                    ..saying
                });
                true
            }
            Err(error) => {
                self.cannot("comment", &error, "pull-requests: write");
                false
            }
        }
    }

    /// Notes the thumbs under our comment: they are about what it has shown until now.
    pub(super) fn hear(&mut self, thread: &Thread<'_>) {
        if let (Some(comment), Some(marker)) = (thread.current(), thread.marker()) {
            self.hear_at(comment.id.get(), comment.reactions, &marker);
        }
    }

    pub(super) fn hear_at(&mut self, place: u64, thumbs: Reactions, marker: &Marker) {
        let (Some(run), Some(attempt)) = (marker.run, marker.attempt) else {
            return;
        };
        if thumbs == Reactions::default() {
            return;
        }
        for fingerprint in &marker.fingerprints {
            self.heard.push(Feedback {
                fingerprint: fingerprint.clone(),
                place,
                at: self.now,
                opinion: Opinion::Votes {
                    run: format!("{run}.{attempt}."),
                    up: thumbs.up,
                    down: thumbs.down,
                },
            });
        }
    }

    fn said(&mut self, comment: &Upserted, issue: IssueNumber) {
        self.runner.output("comment-id", &comment.id.to_string());
        self.runner.output("comment-url", &comment.url);
        self.runner.output("issue-number", &issue.to_string());
        self.runner
            .console()
            .print(&format!("{:?} {}", comment.action, comment.url));
    }

    /// A page in the user's template, or in ours when that fails.
    pub(super) fn page(&mut self, renderer: &Renderer, page: Page, report: &Report, most: usize) -> Option<String> {
        let memory_ref = self.settings.memory_ref.clone();
        match renderer.page(page, report, memory_ref.as_str(), most) {
            Ok(text) => return Some(text),
            Err(error) => self.degrade(format!("`template-path`: {error}; the built-in template was used")),
        }
        Renderer::built_in().page(page, report, memory_ref.as_str(), most).ok()
    }

    pub(super) fn marker(key: &str, run: &RunFacts, report: &Report) -> Marker {
        let mut marker = Marker::new(key);
        marker.run = Some(run.id);
        marker.attempt = Some(run.attempt);
        marker.fingerprints = report
            .failures
            .iter()
            .map(|shown| shown.failure.fingerprint.clone())
            .collect();
        if run.level == Level::Job {
            marker.rest.insert("level".to_owned(), json!("job"));
        }
        marker
    }

    /// The pull request of a run. None when there is none or it is not clear which.
    pub(super) async fn pull_request(&mut self, client: &Client, run: &RunFacts) -> Option<IssueNumber> {
        if run.pull.is_some() {
            return run.pull;
        }
        if run.is_on(self.default_branch()) {
            return None;
        }
        let sha = run.head_sha.as_ref()?;
        let ours = |repository: &Option<RepoSlug>| repository.as_ref().is_none_or(|base| *base == run.repository);
        let named: Vec<IssueNumber> = run
            .pulls
            .iter()
            .filter(|pull| pull.head.sha == *sha && ours(&pull.base.repository))
            .map(|pull| pull.number)
            .collect();
        if !named.is_empty() {
            return self.only(&named);
        }
        let of_commit = client.pulls_for_commit(&run.repository, sha).await;
        match self.matching(of_commit, run) {
            Some(numbers) if !numbers.is_empty() => return self.only(&numbers),
            Some(_) => {}
            None => return None,
        }
        let owner = run.head_repository.as_ref()?.owner().to_owned();
        let by_head = client.pulls_by_head(&run.repository, &owner, &run.head_branch).await;
        let numbers = self.matching(by_head, run)?;
        self.only(&numbers)
    }

    /// Open pull requests into our repository whose head is exactly the tested commit.
    fn matching(&mut self, pulls: github::Result<Vec<github::Pull>>, run: &RunFacts) -> Option<Vec<IssueNumber>> {
        match pulls {
            Ok(pulls) => {
                let fits = |pull: &&github::Pull| {
                    pull.state == "open"
                        && Some(&pull.head.sha) == run.head_sha.as_ref()
                        && pull.base.repo.as_ref().and_then(github::Repository::slug).as_ref() == Some(&run.repository)
                };
                Some(pulls.iter().filter(fits).map(|pull| pull.number).collect())
            }
            Err(error) => {
                self.cannot("look up the pull request", &error, "pull-requests: read");
                None
            }
        }
    }

    fn only(&mut self, numbers: &[IssueNumber]) -> Option<IssueNumber> {
        match numbers {
            [] => None,
            [number] => Some(*number),
            several => {
                let list: Vec<String> = several.iter().map(ToString::to_string).collect();
                self.degrade(format!(
                    "pull requests {} share this commit, so none was commented on; set `issue-number`",
                    list.join(", ")
                ));
                None
            }
        }
    }

    /// Notes that GitHub would not do something, with the remedy it names.
    pub(super) fn cannot(&mut self, what: &str, error: &github::Error, permission: &str) {
        let hint = match error {
            github::Error::Denied { .. } => {
                let named = error.to_grant(permission).unwrap_or_default();
                Some(format!(
                    "give the job `permissions: {named}`; forks and Dependabot get read-only tokens, report on those from `workflow_run`"
                ))
            }
            github::Error::RateLimited { .. } => {
                Some("GitHub limits the requests of this token; the next report will catch up".to_owned())
            }
            github::Error::Deadline => Some("raise `timeout-seconds`".to_owned()),
            github::Error::Gone(_) => {
                Some("issues are switched off in this repository; set `issue-mode: off`".to_owned())
            }
            github::Error::NotFound(_) => {
                Some("check the number, and that the token can see the repository".to_owned())
            }
            github::Error::Invalid(_) | github::Error::Server(_) | github::Error::Transport(_) => None,
        };
        let mut wrapped = Error::service(format!("cannot {what}")).with_source(error.clone());
        if let Some(hint) = hint {
            wrapped = wrapped.with_hint(hint);
        }
        self.fail(&wrapped);
    }

    /// Outputs, and the report as files for later steps.
    fn say_outputs(&mut self, report: &Report, renderer: &Renderer) {
        let first = report.all_failures().next();
        let similar: usize = report.failures.iter().map(|shown| shown.matches.len()).sum();
        self.runner.output("failed", "true");
        self.runner.output("failure-count", &report.failures.len().to_string());
        self.runner.output("similar-count", &similar.to_string());
        self.runner.output(
            "category",
            first.map_or("UNKNOWN", |shown| shown.failure.category.as_str()),
        );
        self.runner.output(
            "fingerprint",
            first.map_or("", |shown| shown.failure.fingerprint.as_str()),
        );
        let Some(page) = self.page(renderer, Page::Document, report, LONGEST_SUMMARY) else {
            return;
        };
        let document =
            serde_json::to_vec_pretty(&super::super::explain::ReportDocument::of(report)).unwrap_or_default();
        let Ok(directory) = self.environment.directory() else {
            return;
        };
        for (output, name, bytes) in [
            ("report-path", "report.md", page.into_bytes()),
            ("report-json", "report.json", document),
        ] {
            let path = directory.join(name);
            match write_atomically(&path, &bytes) {
                Ok(()) => {
                    let host = self.paths().host(&path);
                    self.runner.output(output, &host.to_string_lossy());
                }
                Err(error) => self.degrade(format!("cannot write {}: {error}", path.display())),
            }
        }
    }

    /// The user's template from the default branch, else ours.
    pub(super) async fn renderer(&mut self, client: &Client, run: &RunFacts) -> Renderer {
        let Some(path) = self.settings.template_path.clone() else {
            return Renderer::built_in();
        };
        let source = match client.file(&run.repository, &path, None).await {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => {
                self.cannot(
                    "read `template-path` from the default branch; the built-in template is used",
                    &error,
                    "contents: read",
                );
                return Renderer::built_in();
            }
        };
        Renderer::with_comment_template(source).unwrap_or_else(|error| {
            self.degrade(format!("`template-path`: {error}; the built-in template is used"));
            Renderer::built_in()
        })
    }
}

/// One comment per conversation and workflow.
pub(super) fn comment_key(run: &RunFacts) -> String {
    format!("report:{}", run.workflow_key)
}

/// Whether what stands is of a newer run, or of the same attempt with more knowledge.
pub(super) fn outranks(earlier: &Marker, ours: &Marker) -> bool {
    let place = |marker: &Marker| (marker.run.map(crate::ids::RunId::get), marker.attempt);
    let is_job = |marker: &Marker| marker.rest.get("level").is_some();
    place(earlier) > place(ours) || (place(earlier) == place(ours) && !is_job(earlier) && is_job(ours))
}
