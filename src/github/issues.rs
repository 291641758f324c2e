//! Issues, their comments, labels and reactions. A pull request's conversation is an issue's.

use http::Method;
use serde::Serialize;
use serde_json::{Value, json};

use super::call::Call;
use super::path::query;
use super::{Client, Comment, Error, Issue, Result};
use crate::ids::{CommentId, IssueNumber, RepoSlug};

/// Which issues to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateFilter {
    /// Open ones.
    Open,
    /// Closed ones.
    Closed,
    /// Both.
    All,
}

impl StateFilter {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::All => "all",
        }
    }
}

/// An answer of one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// 👍
    Up,
    /// 👎
    Down,
    /// 👀: seen, at work.
    Eyes,
    /// 😕
    Confused,
    /// 🚀
    Rocket,
}

impl Reaction {
    /// GitHub's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Up => "+1",
            Self::Down => "-1",
            Self::Eyes => "eyes",
            Self::Confused => "confused",
            Self::Rocket => "rocket",
        }
    }
}

/// An issue to open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NewIssue {
    /// One line.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// By name; unknown ones are made by GitHub.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// By login; those who cannot be assigned are left out by GitHub.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assignees: Vec<String>,
}

/// What to change about an issue; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct IssuePatch {
    /// One line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// `open` or `closed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// Why it was closed: `completed`, `not_planned`; or `reopened`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<&'static str>,
    /// All of them, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
    /// All of them, by login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignees: Option<Vec<String>>,
}

impl Client {
    /// All comments of an issue or pull request, oldest first.
    pub async fn comments(&self, repo: &RepoSlug, issue: IssueNumber) -> Result<Vec<Comment>> {
        let path = format!("/repos/{repo}/issues/{issue}/comments?");
        self.pages(&path, usize::MAX, |page| page).await
    }

    /// The comments made or edited at `since` (milliseconds since the epoch) or later, oldest first.
    pub async fn comments_since(&self, repo: &RepoSlug, issue: IssueNumber, since: i64) -> Result<Vec<Comment>> {
        let since = jiff::Timestamp::from_millisecond(since).unwrap_or(jiff::Timestamp::MIN);
        let since = query(&[("since", Some(&since.to_string()))]);
        let path = format!("/repos/{repo}/issues/{issue}/comments?{since}");
        self.pages(&path, usize::MAX, |page| page).await
    }

    /// Says `body`. When the answer is lost the comment may be there all the same: look before trying again.
    pub async fn create_comment(&self, repo: &RepoSlug, issue: IssueNumber, body: &str) -> Result<Comment> {
        let path = format!("/repos/{repo}/issues/{issue}/comments");
        self.json(&Call::write(Method::POST, path, &json!({ "body": body }))?)
            .await
    }

    /// Edits a comment.
    pub async fn update_comment(&self, repo: &RepoSlug, comment: CommentId, body: &str) -> Result<Comment> {
        let path = format!("/repos/{repo}/issues/comments/{comment}");
        self.json(&Call::write(Method::PATCH, path, &json!({ "body": body }))?)
            .await
    }

    /// Deletes a comment.
    pub async fn delete_comment(&self, repo: &RepoSlug, comment: CommentId) -> Result<()> {
        let call = Call::delete(format!("/repos/{repo}/issues/comments/{comment}"));
        self.send(&call).await.map(drop)
    }

    /// Answers a comment with a picture; doing it twice is the same as once.
    pub async fn react(&self, repo: &RepoSlug, comment: CommentId, reaction: Reaction) -> Result<()> {
        let path = format!("/repos/{repo}/issues/comments/{comment}/reactions");
        let body = json!({ "content": reaction.as_str() });
        self.send(&Call::write(Method::POST, path, &body)?).await.map(drop)
    }

    /// An issue.
    pub async fn issue(&self, repo: &RepoSlug, issue: IssueNumber) -> Result<Issue> {
        self.get(&format!("/repos/{repo}/issues/{issue}")).await
    }

    /// Issues that carry a label, last changed first, pull requests left out.
    pub async fn issues_by_label(&self, repo: &RepoSlug, label: &str, state: StateFilter) -> Result<Vec<Issue>> {
        let filters = query(&[
            ("labels", Some(label)),
            ("state", Some(state.as_str())),
            ("sort", Some("updated")),
        ]);
        let path = format!("/repos/{repo}/issues?{filters}");
        let mut issues: Vec<Issue> = self.pages(&path, usize::MAX, |page| page).await?;
        issues.retain(|issue| issue.pull_request.is_none());
        Ok(issues)
    }

    /// Opens an issue. When the answer is lost it may be there all the same: look before trying again.
    pub async fn create_issue(&self, repo: &RepoSlug, issue: &NewIssue) -> Result<Issue> {
        let path = format!("/repos/{repo}/issues");
        self.json(&Call::write(Method::POST, path, issue)?).await
    }

    /// Changes an issue.
    pub async fn update_issue(&self, repo: &RepoSlug, issue: IssueNumber, patch: &IssuePatch) -> Result<Issue> {
        let path = format!("/repos/{repo}/issues/{issue}");
        self.json(&Call::write(Method::PATCH, path, patch)?).await
    }

    /// Makes a label unless it is there; an existing one keeps its colour and words.
    pub async fn ensure_label(&self, repo: &RepoSlug, name: &str, color: &str, description: &str) -> Result<()> {
        let body = json!({ "name": name, "color": color, "description": description });
        let call = Call::write(Method::POST, format!("/repos/{repo}/labels"), &body)?;
        match self.json::<Value>(&call).await {
            Ok(_) => Ok(()),
            Err(Error::Invalid(reason)) if reason.contains("already_exists") => Ok(()),
            Err(error) => Err(error),
        }
    }
}
