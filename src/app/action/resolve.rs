//! Green again: the comment becomes one line, tracking issues close, and memory learns what helped.

use super::super::lessons::{Origin, Teacher, job_ends};
use super::super::sync::Restored;
use super::session::Session;
use super::speak::comment_key;
use super::subject::RunFacts;
use crate::github::Client;
use crate::github::comments::{AuthorRule, CommentMode, Place, Thread};
use crate::github::marker::Marker;
use crate::ids::IssueNumber;
use crate::memory::Tree;
use crate::records::{Ending, Finished, History, How};
use crate::render::{Renderer, Resolved};
use crate::settings::{IssueMode, OnSuccess, Target};

impl Session {
    /// Resolves a run that succeeded.
    pub(super) async fn resolve(&mut self, client: &Client, run: &RunFacts) {
        let restored = self.restore().await;
        self.resolve_with(client, run, restored).await;
    }

    pub(super) async fn resolve_with(&mut self, client: &Client, run: &RunFacts, restored: Option<Restored>) {
        self.runner.output("failed", "false");
        let history = restored
            .as_ref()
            .map(|restored| History::of(&restored.tree.records))
            .unwrap_or_default();
        let pull = if self.speaks() {
            self.conversation(client, run).await
        } else {
            None
        };
        let mut records = Tree::default();
        let ended = match self.finished(client, run, &history).await {
            Some(finished) => self.learn(client, run, &history, &finished, pull, &mut records).await,
            None => Vec::new(),
        };
        self.lay_to_rest(client, run, &history, &mut records).await;
        let resolved = self.resolved(run, &history, &ended);
        if let Some(issue) = pull {
            self.fold_comment(client, run, issue, &resolved).await;
        }
        let tracked = match self.settings.issue_mode {
            IssueMode::Off => false,
            IssueMode::DefaultBranch => run.is_on(self.default_branch()),
            IssueMode::Always => !run.is_from_fork(),
        };
        if tracked && self.speaks() && self.settings.on_success != OnSuccess::Leave {
            self.close_issues(client, run, &Renderer::built_in(), &resolved).await;
        }
        self.keep(restored, records).await;
    }

    /// The run as an end of failures; `None` when nothing is open that it could end, so that no call is spent on it.
    async fn finished(&mut self, client: &Client, run: &RunFacts, history: &History) -> Option<Finished> {
        let scope = run.scope();
        let sha = run.head_sha.as_ref()?.to_string();
        if !history.unresolved.iter().any(|open| open.scope == scope) {
            return None;
        }
        let jobs = match client.jobs(&run.repository, run.id, run.attempt).await {
            Ok(jobs) => Some(jobs),
            Err(error) => {
                tracing::debug!(%error, "the jobs are unknown; the run as a whole passed");
                None
            }
        };
        let at = self.ended_at(jobs.as_deref().unwrap_or_default());
        let trusted = !run.is_from_fork();
        let run = (run.id.get(), run.attempt);
        Some(Finished {
            scope,
            run,
            sha,
            at,
            trusted,
            jobs: jobs.map(|jobs| job_ends(&jobs, &self.redactor)),
            seen: Vec::new(),
        })
    }

    /// What memory learns from a finished run: the end of each failure and, when something was changed, the fix.
    pub(super) async fn learn(
        &self,
        client: &Client,
        run: &RunFacts,
        history: &History,
        finished: &Finished,
        pull: Option<IssueNumber>,
        into: &mut Tree,
    ) -> Vec<Ending> {
        let origin = if run.is_from_fork() {
            Origin::Fork
        } else if run.is_on(self.default_branch()) {
            Origin::Ask
        } else {
            Origin::Pull(pull)
        };
        self.teacher(client, run)
            .learn(history, finished, origin, finished.at, &mut into.records)
            .await
    }

    /// Once in a while somebody has to ask which pull requests were given up: the runs of the default branch do.
    pub(super) async fn lay_to_rest(&self, client: &Client, run: &RunFacts, history: &History, into: &mut Tree) {
        if run.is_on(self.default_branch()) {
            self.teacher(client, run)
                .lay_to_rest(history, self.default_branch(), self.now, &mut into.records)
                .await;
        }
    }

    fn teacher<'a>(&'a self, client: &'a Client, run: &'a RunFacts) -> Teacher<'a> {
        Teacher {
            client,
            repository: &run.repository,
            server: self.server_url(),
            redactor: &self.redactor,
            most_calls: self.most_calls,
        }
    }

    fn speaks(&self) -> bool {
        !matches!(self.settings.target, Target::Summary | Target::Nowhere)
    }

    async fn conversation(&mut self, client: &Client, run: &RunFacts) -> Option<IssueNumber> {
        match self.settings.issue_number {
            Some(number) => Some(number),
            None => self.pull_request(client, run).await,
        }
    }

    fn resolved(&self, run: &RunFacts, history: &History, ended: &[Ending]) -> Resolved {
        let short = run
            .head_sha
            .as_ref()
            .map(|sha| sha.short().to_owned())
            .unwrap_or_default();
        let sha = run.head_sha.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut titles: Vec<String> = Vec::new();
        for known in ended.iter().filter_map(|ending| history.get(&ending.open.fingerprint)) {
            if !titles.contains(&known.title) {
                titles.push(known.title.clone());
            }
        }
        titles.truncate(3);
        let scope = run.scope();
        let awaited = history.unresolved.iter().filter(|open| open.is_awaited(self.now));
        let failed = awaited.filter(|open| open.scope == scope);
        let failed: std::collections::BTreeSet<(u64, u32)> = failed.map(|open| open.run).collect();
        Resolved {
            workflow: self.redactor.line(&run.workflow).into_owned(),
            commit_url: format!("{}/{}/commit/{sha}", self.server_url(), run.repository),
            short_sha: short,
            url: run.url.clone(),
            failed_runs: failed.len() as u64,
            titles,
            flaky: !ended.is_empty() && ended.iter().all(|ending| ending.how == How::Flaky),
        }
    }

    /// Our comment on the pull request becomes one line. Without one nothing is said: it never failed.
    async fn fold_comment(&mut self, client: &Client, run: &RunFacts, issue: IssueNumber, resolved: &Resolved) {
        if self.settings.on_success == OnSuccess::Leave {
            return;
        }
        let place = Place {
            repo: run.repository.clone(),
            issue,
            author: AuthorRule::Token,
        };
        let key = comment_key(run);
        let thread = match Thread::read(client, &place, &key).await {
            Ok(thread) => thread,
            Err(error) => return self.cannot("read the conversation", &error, "pull-requests: write"),
        };
        self.hear(&thread);
        let Some(earlier) = thread.marker() else { return };
        if earlier.run.is_some_and(|reported| reported > run.id) {
            return;
        }
        if self.settings.dry_run {
            return self
                .runner
                .console()
                .print(&format!("dry run; the comment on {issue} would be folded"));
        }
        if self.settings.on_success == OnSuccess::Delete {
            if let Err(error) = thread.remove().await {
                self.cannot("delete the comment", &error, "pull-requests: write");
            }
            return;
        }
        let mut marker = Marker::new(&key);
        marker.run = Some(run.id);
        marker.attempt = Some(run.attempt);
        // Whoever says now what fixed it means these.
        marker.fingerprints = earlier.fingerprints;
        let Ok(body) = Renderer::built_in().resolved(resolved) else {
            return;
        };
        match thread.put(&marker, &body, CommentMode::Update).await {
            Ok(comment) => {
                self.runner.output("comment-id", &comment.id.to_string());
                self.runner.output("comment-url", &comment.url);
                self.runner.output("issue-number", &issue.to_string());
            }
            Err(error) => self.cannot("edit the comment", &error, "pull-requests: write"),
        }
    }
}
