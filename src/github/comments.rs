//! One comment for one key on one conversation: created, edited, or left alone.
//!
//! A comment is ours when its marker's key is ours **and** its author is us: anyone can paste a marker, and a token that
//! may write can edit other people's comments. GitHub has no "create unless it exists", so writers that start together
//! create together; each looks again afterwards, the lowest id stays, and every other writer deletes its own. A lost
//! answer is not repeated but looked up the same way.

use super::marker::Marker;
use super::{Client, Comment, Error, Result};
use crate::ids::{CommentId, IssueNumber, RepoSlug};

/// How far back to look for comments made at the same time as ours: far longer than a report takes.
const SAME_TIME_MS: i64 = 10 * 60 * 1000;
/// The author of what the runner's own token writes.
const WORKFLOWS: &str = "github-actions[bot]";

/// Whose comments may be edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorRule {
    /// One login.
    Login(String),
    /// The token's own login, and `github-actions[bot]`: under that name only this repository's workflows write. The
    /// login is asked for only when a marked comment of somebody else is met.
    Token,
}

/// Where to speak, and whose comments are ours there.
#[derive(Debug, Clone)]
pub struct Place {
    /// The repository.
    pub repo: RepoSlug,
    /// The issue or pull request.
    pub issue: IssueNumber,
    /// Whose comments are ours.
    pub author: AuthorRule,
}

/// What to do with a comment that is already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentMode {
    /// Edit it: nobody is notified.
    Update,
    /// Delete it and say it anew, at the end of the conversation.
    Recreate,
    /// Leave it and say it again.
    New,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// There was none.
    Created,
    /// It was edited.
    Updated,
    /// It already said this.
    Unchanged,
    /// It was deleted and said anew.
    Recreated,
}

/// The comment that now stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upserted {
    /// Its id.
    pub id: CommentId,
    /// Its place on the page.
    pub url: String,
    /// What was done.
    pub action: Action,
}

/// Our comments with one key on one conversation, read once and then acted on.
#[derive(Debug)]
pub struct Thread<'a> {
    client: &'a Client,
    place: &'a Place,
    key: &'a str,
    ours: Vec<Comment>,
}

/// Says `body` under `marker`: reads the conversation, then creates, edits or leaves the comment.
pub async fn upsert(
    client: &Client,
    place: &Place,
    marker: &Marker,
    body: &str,
    mode: CommentMode,
) -> Result<Upserted> {
    let thread = Thread::read(client, place, &marker.key).await?;
    thread.put(marker, body, mode).await
}

/// All that we have said on a conversation, oldest first, with the markers.
pub async fn ours(client: &Client, place: &Place) -> Result<Vec<(Comment, Marker)>> {
    let comments = client.comments(&place.repo, place.issue).await?;
    let marked = comments
        .into_iter()
        .filter(|comment| Marker::decode(&comment.body).is_some());
    let ours = by_us(client, place, marked.collect()).await;
    let with_marker = |comment: Comment| Marker::decode(&comment.body).map(|marker| (comment, marker));
    Ok(ours.into_iter().filter_map(with_marker).collect())
}

/// Those of marked `comments` whose author is us, oldest first.
async fn by_us(client: &Client, place: &Place, mut comments: Vec<Comment>) -> Vec<Comment> {
    let author = |comment: &Comment| comment.user.as_ref().map(|user| user.login.clone());
    let is_foreign = |comment: &Comment| author(comment).is_none_or(|author| author != WORKFLOWS);
    let login = match &place.author {
        AuthorRule::Login(login) => Some(login.clone()),
        // A token that cannot say who it is owns nothing but what workflows wrote.
        AuthorRule::Token if comments.iter().any(is_foreign) => client.login().await.ok().map(str::to_owned),
        AuthorRule::Token => None,
    };
    let workflows = place.author == AuthorRule::Token;
    comments.retain(|comment| {
        author(comment).is_some_and(|author| Some(&author) == login.as_ref() || (workflows && author == WORKFLOWS))
    });
    comments.sort_by_key(|comment| comment.id);
    comments
}

impl<'a> Thread<'a> {
    /// Reads the conversation.
    pub async fn read(client: &'a Client, place: &'a Place, key: &'a str) -> Result<Self> {
        let mut thread = Self {
            client,
            place,
            key,
            ours: Vec::new(),
        };
        thread.ours = thread.ours_of(client.comments(&place.repo, place.issue).await?).await;
        Ok(thread)
    }

    /// Our comment, if there is one.
    pub fn current(&self) -> Option<&Comment> {
        self.ours.first()
    }

    /// What our comment's hidden line says.
    pub fn marker(&self) -> Option<Marker> {
        Marker::decode(&self.current()?.body)
    }

    /// Says `body` under `marker`.
    pub async fn put(self, marker: &Marker, body: &str, mode: CommentMode) -> Result<Upserted> {
        let text = marker.above(body);
        match (mode, self.current()) {
            (CommentMode::New, _) => {
                let comment = self.create(&text).await?;
                Ok(upserted(&comment, Action::Created))
            }
            (CommentMode::Update, Some(current)) => {
                let outcome = self.edit(current, &text).await;
                self.delete(self.ours.iter().skip(1)).await;
                match outcome {
                    Err(Error::NotFound(_)) => self.create_once(&text).await,
                    outcome => outcome,
                }
            }
            (CommentMode::Recreate, Some(current)) if same(&current.body, &text) => {
                Ok(upserted(current, Action::Unchanged))
            }
            (CommentMode::Recreate, Some(_)) => {
                let comment = self.create(&text).await?;
                self.delete(self.ours.iter()).await;
                Ok(upserted(&comment, Action::Recreated))
            }
            (CommentMode::Update | CommentMode::Recreate, None) => self.create_once(&text).await,
        }
    }

    /// Deletes our comment, and duplicates of it. Says whether there was one.
    pub async fn remove(self) -> Result<bool> {
        let Some(current) = self.current() else {
            return Ok(false);
        };
        self.delete(self.ours.iter().skip(1)).await;
        match self.client.delete_comment(&self.place.repo, current.id).await {
            Ok(()) | Err(Error::NotFound(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Those of `comments` that have this key and are ours, oldest first.
    async fn ours_of(&self, mut comments: Vec<Comment>) -> Vec<Comment> {
        comments.retain(|comment| Marker::decode(&comment.body).is_some_and(|marker| marker.key == self.key));
        by_us(self.client, self.place, comments).await
    }

    async fn edit(&self, current: &Comment, text: &str) -> Result<Upserted> {
        if same(&current.body, text) {
            return Ok(upserted(current, Action::Unchanged));
        }
        let comment = self.client.update_comment(&self.place.repo, current.id, text).await?;
        Ok(upserted(&comment, Action::Updated))
    }

    /// Creates, then makes sure that one is left of however many were created at the same time.
    async fn create_once(&self, text: &str) -> Result<Upserted> {
        let comment = self.create(text).await?;
        let created = upserted(&comment, Action::Created);
        let since = comment.created_at.unwrap_or_default() - SAME_TIME_MS;
        // Being unable to look again leaves a duplicate to the next report, which deletes it.
        let Ok(recent) = self
            .client
            .comments_since(&self.place.repo, self.place.issue, since)
            .await
        else {
            return Ok(created);
        };
        let ours = self.ours_of(recent).await;
        let Some(first) = ours.first().filter(|first| first.id < comment.id) else {
            return Ok(created);
        };
        // Ours goes only when the other surely says what ours says.
        let Ok(kept) = self.edit(first, text).await else {
            return Ok(created);
        };
        self.delete(std::iter::once(&comment)).await;
        Ok(kept)
    }

    /// Creates; a lost answer is looked up instead of repeated.
    async fn create(&self, text: &str) -> Result<Comment> {
        let created = self
            .client
            .create_comment(&self.place.repo, self.place.issue, text)
            .await;
        let error = match created {
            Ok(comment) => {
                self.client
                    .learn_login(comment.user.as_ref().map_or("", |user| &user.login));
                return Ok(comment);
            }
            Err(error) => error,
        };
        if !error.leaves_write_unknown() {
            return Err(error);
        }
        let known = |comment: &Comment| self.ours.iter().any(|ours| ours.id == comment.id);
        let found = self
            .client
            .comments(&self.place.repo, self.place.issue)
            .await
            .unwrap_or_default();
        let found = self.ours_of(found).await;
        let created = found
            .into_iter()
            .rev()
            .find(|comment| same(&comment.body, text) && !known(comment));
        created.ok_or(error)
    }

    /// Deletes what must not stay; one that cannot be deleted now is met again by the next report.
    async fn delete(&self, comments: impl Iterator<Item = &Comment>) {
        for comment in comments {
            if let Err(error) = self.client.delete_comment(&self.place.repo, comment.id).await {
                tracing::debug!(id = %comment.id, %error, "cannot delete a duplicate comment");
            }
        }
    }
}

fn upserted(comment: &Comment, action: Action) -> Upserted {
    Upserted {
        id: comment.id,
        url: comment.html_url.clone(),
        action,
    }
}

/// Whether GitHub would show the same: it may change line ends, and drops white space at the end.
fn same(one: &str, other: &str) -> bool {
    one.trim_end().lines().eq(other.trim_end().lines())
}
