//! What the conversation is about in which a command was given.

use super::super::session::Session;
use super::Refused;
use crate::command::FailureName;
use crate::event::IssueComment;
use crate::github::Client;
use crate::github::comments::{AuthorRule, Place, ours};
use crate::github::marker::Marker;
use crate::ids::{Fingerprint, RunId};
use crate::records::History;

/// What our own words in a conversation are about.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    /// The failures of our newest report there.
    pub(super) fingerprints: Vec<Fingerprint>,
    /// The run of it.
    pub(super) run: Option<RunId>,
}

impl Conversation {
    fn of(marker: Marker) -> Self {
        Self {
            fingerprints: marker.fingerprints,
            run: marker.run,
        }
    }

    /// The failure that is named, else all of the conversation.
    pub(super) fn failures(&self, name: Option<&FailureName>, history: &History) -> Result<Vec<Fingerprint>, Refused> {
        match name {
            Some(name) => Ok(vec![self.find(name, history)?]),
            None if self.fingerprints.is_empty() => {
                Err("no failure is shown here; name one: `fixed-by … for sw1:…`".to_owned())
            }
            None => Ok(self.fingerprints.clone()),
        }
    }

    /// The one failure of that name: shown here, or remembered.
    pub(super) fn find(&self, name: &FailureName, history: &History) -> Result<Fingerprint, Refused> {
        if let Some(whole) = name.whole() {
            return Ok(whole);
        }
        let known = history.failures.iter().map(|known| &known.fingerprint);
        let mut found: Vec<&Fingerprint> = self
            .fingerprints
            .iter()
            .chain(known)
            .filter(|fingerprint| name.names(fingerprint))
            .collect();
        found.sort_unstable();
        found.dedup();
        match found.as_slice() {
            [only] => Ok((*only).clone()),
            [] => Err("no failure of that name is remembered".to_owned()),
            _ => Err("several failures begin like that; give more digits".to_owned()),
        }
    }
}

impl Session {
    /// Reads what we have said in the conversation: in the body of our issue, else in our comments.
    pub(super) async fn read_conversation(
        &mut self,
        client: &Client,
        comment: &IssueComment,
    ) -> Result<Conversation, Refused> {
        if comment.issue_author.is_bot()
            && let Some(marker) = Marker::decode(&comment.issue_body)
        {
            return Ok(Conversation::of(marker));
        }
        let unreadable = || "the conversation could not be read; the log of the job says why".to_owned();
        let repo = self.repository().map_err(|error| {
            self.fail(&error);
            unreadable()
        })?;
        let place = Place {
            repo,
            issue: comment.issue,
            author: AuthorRule::Token,
        };
        let said = match ours(client, &place).await {
            Ok(said) => said,
            Err(error) => {
                self.cannot("read the conversation", &error, "pull-requests: write");
                return Err(unreadable());
            }
        };
        let newest = said
            .into_iter()
            .filter(|(_, marker)| !marker.fingerprints.is_empty())
            .max_by_key(|(comment, _)| (comment.updated_at, comment.id));
        Ok(newest.map(|(_, marker)| Conversation::of(marker)).unwrap_or_default())
    }
}
