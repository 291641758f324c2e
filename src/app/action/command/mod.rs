//! `/shipwright …` in a comment: done for those whom the repository has let in, acknowledged by a reaction.
//!
//! 👍 done; 😕 not done. Insiders are told why in one reply; strangers get the reaction alone, so that nobody can make us
//! talk; bots get nothing, so that two programs never talk to each other. Everything a command does is keyed by the
//! comment it stands in: the same comment delivered twice does its thing once.

mod conversation;
mod effects;

use super::session::{Session, Wish};
use crate::command::{self, Command};
use crate::event::{EventKind, IssueComment};
use crate::github::comments::{AuthorRule, CommentMode, Place, Thread};
use crate::github::marker::Marker;
use crate::github::{Client, Reaction};
use crate::memory::Tree;
use crate::records::History;
use crate::render::Renderer;
use conversation::Conversation;

/// Why something was not done, for the person who asked.
type Refused = String;

impl Session {
    /// Does what the comment that started us says.
    pub(super) async fn command(&mut self) {
        let EventKind::IssueComment(comment) = self.event.kind.clone() else {
            return;
        };
        if comment.author.is_bot() {
            return self.runner.console().print("nothing to do: programs give no commands");
        }
        let Ok(client) = self.github(65).map_err(|error| self.fail(&error)) else {
            return;
        };
        if !comment.is_by_an_insider() {
            let notice = "a command was not carried out: only owners, members and collaborators give commands";
            self.runner.console().notice(notice);
            return self.react(&client, &comment, Reaction::Confused).await;
        }
        self.wish = Wish::Command;
        if let Some(here) = self.own_run() {
            self.configure(&client, &here).await;
        }
        let refused = self.obey_all(&client, &comment).await;
        if refused.is_empty() {
            return self.react(&client, &comment, Reaction::Up).await;
        }
        for reason in &refused {
            self.runner
                .console()
                .notice(&format!("a command was not carried out: {reason}"));
        }
        let Ok(speaking) = self.github(95).map_err(|error| self.fail(&error)) else {
            return;
        };
        self.react(&speaking, &comment, Reaction::Confused).await;
        self.reply(&speaking, &comment, &refused).await;
    }

    /// Carries out the commands in order; gives the reasons why some were not.
    async fn obey_all(&mut self, client: &Client, comment: &IssueComment) -> Vec<Refused> {
        let restored = self.restore().await;
        let history = restored
            .as_ref()
            .map(|restored| History::of(&restored.tree.records))
            .unwrap_or_default();
        let conversation = match self.read_conversation(client, comment).await {
            Ok(conversation) => conversation,
            Err(reason) => return vec![reason],
        };
        let mut records = Tree::default();
        let mut refused = Vec::new();
        for command in command::parse(&comment.body) {
            let done = match command {
                Err(refusal) => Err(refusal.to_string()),
                Ok(Command::Explain(run)) => self.explain(client, comment, run, &conversation).await,
                Ok(Command::FixedBy { fix, failure }) => match conversation.failures(failure.as_ref(), &history) {
                    Ok(failures) => self.fixed_by(client, comment, fix, &failures, &mut records).await,
                    Err(reason) => Err(reason),
                },
                Ok(Command::NotSimilar(failure)) => {
                    effects::not_similar(comment, &failure, &conversation, &history, &mut records)
                }
                Ok(Command::Mute { failure, days }) => {
                    effects::mute(comment, &failure, days, &conversation, &history, &mut records)
                }
            };
            refused.extend(done.err());
        }
        let anything = !records.records.is_empty();
        if !self.keep(restored, records).await && anything && !self.settings.dry_run {
            refused.push("memory could not be written; the log of the job says why".to_owned());
        }
        refused
    }

    /// Answers the comment with a picture.
    async fn react(&mut self, client: &Client, comment: &IssueComment, reaction: Reaction) {
        let Ok(repository) = self.repository().map_err(|error| self.fail(&error)) else {
            return;
        };
        if self.settings.dry_run {
            let words = format!("dry run; the reaction would be {}", reaction.as_str());
            return self.runner.console().print(&words);
        }
        if let Err(error) = client.react(&repository, comment.id, reaction).await {
            self.cannot("react to the comment", &error, "issues: write");
        }
    }

    /// Says once why something was not done, and what can be said.
    async fn reply(&mut self, client: &Client, comment: &IssueComment, reasons: &[Refused]) {
        let Ok(repo) = self.repository().map_err(|error| self.fail(&error)) else {
            return;
        };
        let Ok(body) = Renderer::built_in().refused(reasons) else {
            return;
        };
        if self.settings.dry_run {
            return self
                .runner
                .console()
                .print(&format!("dry run; the reply would be:\n{body}"));
        }
        let place = Place {
            repo,
            issue: comment.issue,
            author: AuthorRule::Token,
        };
        let marker = Marker::new(format!("command:{}", comment.id));
        let done = match Thread::read(client, &place, &marker.key).await {
            Ok(thread) => thread.put(&marker, &body, CommentMode::Update).await,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            self.cannot("reply to the comment", &error, "issues: write");
        }
    }
}
