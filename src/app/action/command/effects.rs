//! What each command does.

use super::super::session::{Session, Wish};
use super::super::subject::RunFacts;
use super::{Conversation, Refused};
use crate::command::{FailureName, FixedBy, RunLink};
use crate::event::IssueComment;
use crate::github::{self, Client, RunFilter};
use crate::ids::{Fingerprint, RepoSlug};
use crate::memory::Tree;
use crate::records::{Feedback, FixRecord, History, Mute, NotSimilar, Opinion, Record};
use crate::settings::{CommentMode, Target};

const DAY: i64 = 86_400_000;

/// Runs of a pull request's head looked at for a failed one.
const RUNS: usize = 30;

/// When the comment was made, so that the same comment says the same, whenever it is read.
fn said_at(comment: &IssueComment) -> i64 {
    comment
        .created_at
        .parse::<jiff::Timestamp>()
        .map_or(0, jiff::Timestamp::as_millisecond)
}

/// Nobody wants to hear of this failure for a while.
pub(super) fn mute(
    comment: &IssueComment,
    failure: &FailureName,
    days: u32,
    conversation: &Conversation,
    history: &History,
    records: &mut Tree,
) -> Result<(), Refused> {
    let at = said_at(comment);
    let mute = Mute {
        fingerprint: conversation.find(failure, history)?,
        comment: comment.id,
        at,
        until: at + i64::from(days) * DAY,
        by: comment.author.login.clone(),
    };
    mute.store(&mut records.records, None);
    Ok(())
}

/// The failures shown here are not like that one.
pub(super) fn not_similar(
    comment: &IssueComment,
    failure: &FailureName,
    conversation: &Conversation,
    history: &History,
    records: &mut Tree,
) -> Result<(), Refused> {
    let other = conversation.find(failure, history)?;
    let mut apart = conversation
        .fingerprints
        .iter()
        .filter(|shown| **shown != other)
        .peekable();
    if apart.peek().is_none() {
        return Err("no failure is shown here that could be compared with that one".to_owned());
    }
    for fingerprint in apart {
        let pair = NotSimilar {
            fingerprint: fingerprint.clone(),
            other: other.clone(),
            comment: comment.id,
            at: said_at(comment),
            by: comment.author.login.clone(),
        };
        pair.store(&mut records.records, None);
    }
    Ok(())
}

impl Session {
    /// This fixed those failures: a person said so.
    pub(super) async fn fixed_by(
        &mut self,
        client: &Client,
        comment: &IssueComment,
        fix: FixedBy,
        failures: &[Fingerprint],
        records: &mut Tree,
    ) -> Result<(), Refused> {
        let (summary, url, sha) = self.what_fixed(client, fix).await?;
        for fingerprint in failures {
            let at = said_at(comment);
            let fix = FixRecord {
                fingerprint: fingerprint.clone(),
                at,
                summary: self.redactor.line(&summary).into_owned(),
                url: url.clone(),
                sha: sha.clone(),
                evidence: None,
            };
            let word = Feedback {
                fingerprint: fingerprint.clone(),
                place: comment.id.get(),
                at,
                opinion: Opinion::FixedBy {
                    fix: fix.id(),
                    by: comment.author.login.clone(),
                },
            };
            fix.store(&mut records.records, None);
            word.store(&mut records.records, None);
        }
        Ok(())
    }

    /// A fix as memory keeps it: one line, its page, its commit.
    async fn what_fixed(
        &mut self,
        client: &Client,
        fix: FixedBy,
    ) -> Result<(String, Option<String>, Option<String>), Refused> {
        let repository = self.repository().map_err(|error| error.to_string())?;
        let page = format!("{}/{repository}", self.server_url());
        let foreign = |named: Option<RepoSlug>| named.is_some_and(|named| named != repository);
        match fix {
            FixedBy::Text(text) => Ok((crate::text::one_line(&text), None, None)),
            FixedBy::Commit(_, named) | FixedBy::Pull(_, named) if foreign(named.clone()) => {
                Err("only commits and pull requests of this repository are known; use words for others".to_owned())
            }
            FixedBy::Commit(sha, _) => match client.commit(&repository, &sha).await {
                Ok(commit) => Ok((
                    format!("commit {}: {}", commit.sha.short(), commit.title()),
                    Some(format!("{page}/commit/{}", commit.sha)),
                    Some(commit.sha.to_string()),
                )),
                Err(error) => Err(self.not_found("the commit", &error, "contents: read")),
            },
            FixedBy::Pull(number, _) => match client.pull(&repository, number).await {
                Ok(pull) => Ok((
                    format!("pull request {number}: {}", pull.title),
                    Some(format!("{page}/pull/{number}")),
                    Some(pull.head.sha.to_string()),
                )),
                Err(error) => Err(self.not_found("the pull request", &error, "pull-requests: read")),
            },
        }
    }

    fn not_found(&mut self, what: &str, error: &github::Error, permission: &str) -> Refused {
        match error {
            github::Error::NotFound(_) | github::Error::Invalid(_) => {
                format!("{what} is not in this repository")
            }
            github::Error::Denied { .. }
            | github::Error::Gone(_)
            | github::Error::RateLimited { .. }
            | github::Error::Deadline
            | github::Error::Server(_)
            | github::Error::Transport(_) => {
                self.cannot(&format!("read {what}"), error, permission);
                format!("{what} could not be read; the log of the job says why")
            }
        }
    }

    /// Explains a run, here, in a comment of its own.
    pub(super) async fn explain(
        &mut self,
        client: &Client,
        comment: &IssueComment,
        link: Option<RunLink>,
        conversation: &Conversation,
    ) -> Result<(), Refused> {
        let run = match link {
            Some(link) => self.run_of_link(client, &link).await?,
            None => self.run_of(client, comment, conversation).await?,
        };
        if run.conclusion == "success" {
            return Err("that run passed; there is nothing to explain".to_owned());
        }
        self.settings.issue_number = Some(comment.issue);
        self.settings.target = Target::Auto;
        self.settings.comment_mode = CommentMode::Update;
        self.spoken = false;
        self.wish = Wish::Question;
        let jobs = self.jobs(client, &run).await;
        self.report(client, &run, jobs).await;
        if self.spoken || self.settings.dry_run {
            Ok(())
        } else {
            Err("the report could not be written here; the log of the job says why".to_owned())
        }
    }

    async fn run_of_link(&mut self, client: &Client, link: &RunLink) -> Result<RunFacts, Refused> {
        let repository = self.repository().map_err(|error| error.to_string())?;
        if link.repository.as_ref().is_some_and(|named| *named != repository) {
            return Err("only runs of this repository can be explained".to_owned());
        }
        let facts = self.facts(client, link.run, link.attempt).await;
        facts.ok_or_else(|| "that run cannot be read; the log of the job says why".to_owned())
    }

    /// The newest failed run of the pull request's head, else the run of our newest report.
    async fn run_of(
        &mut self,
        client: &Client,
        comment: &IssueComment,
        conversation: &Conversation,
    ) -> Result<RunFacts, Refused> {
        let repository = self.repository().map_err(|error| error.to_string())?;
        if comment.on_pull_request {
            let runs = match client.pull(&repository, comment.issue).await {
                Ok(pull) => {
                    let filter = RunFilter {
                        head_sha: Some(pull.head.sha),
                        ..RunFilter::default()
                    };
                    client.runs(&repository, &filter, RUNS).await
                }
                Err(error) => Err(error),
            };
            match runs {
                Ok(runs) => {
                    if let Some(failed) = runs.iter().find(|run| run.has_failed()) {
                        return Ok(RunFacts::of(failed, repository));
                    }
                }
                Err(error) => self.cannot("look up the runs of the pull request", &error, "actions: read"),
            }
        }
        let none = || "no failed run was found for this conversation; give its address".to_owned();
        let run = conversation.run.ok_or_else(none)?;
        self.facts(client, run, None).await.ok_or_else(none)
    }
}
