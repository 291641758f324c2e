//! Green again: the comment becomes one line, tracking issues close, and memory learns what helped.

use super::super::sync::Restored;
use super::session::Session;
use super::speak::comment_key;
use super::subject::RunFacts;
use crate::github::Client;
use crate::github::comments::{AuthorRule, CommentMode, Place, Thread};
use crate::github::marker::Marker;
use crate::ids::{Fingerprint, IssueNumber};
use crate::memory::Tree;
use crate::records::{FixRecord, History, Outcome, Proposal, Record, Resolution, Verdict};
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
        let gone: Vec<&Proposal> = history.open.iter().filter(|open| ends(open, run)).collect();
        let flaky = !gone.is_empty() && gone.iter().all(|open| is_same_commit(open, run, &history));
        let resolved = self.resolved(run, &history, &gone, flaky);
        let pull = if self.speaks() {
            self.conversation(client, run).await
        } else {
            None
        };
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
        let records = self.lessons(client, run, &history, &gone, pull).await;
        self.keep(restored, records).await;
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

    fn resolved(&self, run: &RunFacts, history: &History, gone: &[&Proposal], flaky: bool) -> Resolved {
        let short = run
            .head_sha
            .as_ref()
            .map(|sha| sha.short().to_owned())
            .unwrap_or_default();
        let sha = run.head_sha.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut titles: Vec<String> = Vec::new();
        for open in gone {
            if let Some(known) = history.get(&open.fingerprint)
                && !titles.contains(&known.title)
            {
                titles.push(known.title.clone());
            }
        }
        titles.truncate(3);
        let mut runs: Vec<&str> = gone.iter().map(|open| open.run.as_str()).collect();
        runs.sort_unstable();
        runs.dedup();
        Resolved {
            workflow: self.redactor.line(&run.workflow).into_owned(),
            commit_url: format!("{}/{}/commit/{sha}", self.server_url(), run.repository),
            short_sha: short,
            url: run.url.clone(),
            failed_runs: runs.len() as u64,
            titles,
            flaky,
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

    /// What memory learns: the end of each suggestion and, when something was changed, the fix.
    async fn lessons(
        &mut self,
        client: &Client,
        run: &RunFacts,
        history: &History,
        gone: &[&Proposal],
        pull: Option<IssueNumber>,
    ) -> Tree {
        let mut tree = Tree::default();
        let Some(sha) = run.head_sha.as_ref() else { return tree };
        let mut fix: Option<(String, String)> = None;
        for open in gone {
            let flaky = is_same_commit(open, run, history);
            let verdict = if flaky { Verdict::Flaky } else { Verdict::Resolved };
            let end = Resolution {
                suggestion: open.id.clone(),
                at: self.now,
                verdict,
                sha: sha.to_string(),
            };
            end.store(&mut tree.records, None);
            if flaky || run.is_from_fork() {
                continue;
            }
            // What was suggested and then helped is proven once more; only without it something new is learned.
            if let Some(suggested) = open.fixes.first() {
                outcome(open, suggested, true, self.now).store(&mut tree.records, None);
                continue;
            }
            let (summary, url) = if let Some(known) = &fix {
                known.clone()
            } else {
                let found = self.fix_of(client, run, open, history, pull).await;
                fix.insert(found).clone()
            };
            learn_fix(&mut tree, open, &summary, &url, sha.as_str(), self.now);
        }
        tree
    }

    /// What turned it green: the pull request, or the newest commit between red and green.
    async fn fix_of(
        &mut self,
        client: &Client,
        run: &RunFacts,
        open: &Proposal,
        history: &History,
        pull: Option<IssueNumber>,
    ) -> (String, String) {
        let server = format!("{}/{}", self.server_url(), run.repository);
        let sha = run.head_sha.as_ref().map(ToString::to_string).unwrap_or_default();
        let short: String = sha.chars().take(7).collect();
        let commit_url = format!("{server}/commit/{sha}");
        let red = last_sha(open, history);
        let subject = match red {
            Some(red) => match client.compare(&run.repository, &red, &sha).await {
                Ok(comparison) => comparison.commits.last().map(|commit| commit.title().to_owned()),
                Err(error) => {
                    tracing::debug!(%error, "the commits between red and green are unknown");
                    None
                }
            },
            None => None,
        };
        let subject = subject
            .map(|subject| format!(": {}", self.redactor.line(&subject)))
            .unwrap_or_default();
        match pull {
            Some(number) => (
                format!("pull request {number} (commit {short}{subject})"),
                format!("{server}/pull/{number}"),
            ),
            None => (format!("commit {short}{subject}"), commit_url),
        }
    }
}

/// Whether the success of this run is the end of a suggestion: the same workflow and branch, and later than it.
fn ends(open: &Proposal, run: &RunFacts) -> bool {
    let id = run_id(open);
    open.scope == run.scope() && id.is_some_and(|id| id <= run.id.get())
}

fn run_id(open: &Proposal) -> Option<u64> {
    open.run.split('.').next()?.parse().ok()
}

/// The commit a suggestion's failure was last seen at, in the run it was made for.
fn last_sha(open: &Proposal, history: &History) -> Option<String> {
    let known = history.get(&open.fingerprint)?;
    known.commits.get(&run_id(open)?).cloned()
}

fn is_same_commit(open: &Proposal, run: &RunFacts, history: &History) -> bool {
    let red = last_sha(open, history);
    red.is_some() && red.as_deref() == run.head_sha.as_ref().map(crate::ids::Sha::as_str)
}

fn learn_fix(tree: &mut Tree, open: &Proposal, summary: &str, url: &str, sha: &str, now: i64) {
    let fingerprint: Fingerprint = open.fingerprint.clone();
    let fix = FixRecord {
        fingerprint: fingerprint.clone(),
        at: now,
        summary: summary.to_owned(),
        url: Some(url.to_owned()),
        sha: Some(sha.to_owned()),
    };
    outcome(open, &fix.id(), true, now).store(&mut tree.records, None);
    fix.store(&mut tree.records, None);
}

fn outcome(open: &Proposal, fix: &str, resolved: bool, at: i64) -> Outcome {
    let (fingerprint, applied_to) = (open.fingerprint.clone(), open.run.clone());
    Outcome {
        fingerprint,
        fix: fix.to_owned(),
        applied_to,
        at,
        resolved,
    }
}

/// The same failure again in the same place: what was suggested before did not help.
pub(super) fn unhelpful(run: &RunFacts, history: &History, seen: &[Fingerprint], now: i64, tree: &mut Tree) {
    let again =
        |open: &&Proposal| ends(open, run) && run_id(open) < Some(run.id.get()) && seen.contains(&open.fingerprint);
    for open in history.open.iter().filter(again) {
        let sha = run.head_sha.as_ref().map(ToString::to_string).unwrap_or_default();
        let end = Resolution {
            suggestion: open.id.clone(),
            at: now,
            verdict: Verdict::Failed,
            sha,
        };
        end.store(&mut tree.records, None);
        if let Some(suggested) = open.fixes.first() {
            outcome(open, suggested, false, now).store(&mut tree.records, None);
        }
    }
}
