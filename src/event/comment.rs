//! Comments on issues and pull requests.

use serde::Deserialize;
use serde_json::Value;

use super::null_is_default;
use crate::ids::{CommentId, IssueNumber};

/// A new comment on an issue or pull request, and the conversation it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueComment {
    /// Its id.
    pub id: CommentId,
    /// Markdown, by whoever may comment: untrusted.
    pub body: String,
    /// Who wrote it.
    pub author: Author,
    /// What the author is to the repository: `OWNER`, `MEMBER`, `COLLABORATOR`, `CONTRIBUTOR`, `NONE`, …
    pub association: String,
    /// When, RFC 3339.
    pub created_at: String,
    /// The issue or pull request.
    pub issue: IssueNumber,
    /// Whether that is a pull request.
    pub on_pull_request: bool,
    /// The body of the issue: a tracking issue carries our marker there.
    pub issue_body: String,
    /// Who opened it.
    pub issue_author: Author,
}

/// Who wrote something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Author {
    /// The name after the `@`.
    #[serde(default, deserialize_with = "null_is_default")]
    pub login: String,
    /// `User`, `Bot`, `Organization`.
    #[serde(default, rename = "type", deserialize_with = "null_is_default")]
    pub kind: String,
}

impl Author {
    /// Whether a program wrote it.
    pub fn is_bot(&self) -> bool {
        self.kind == "Bot" || self.login.ends_with("[bot]")
    }
}

impl IssueComment {
    /// Whether its author may change what the repository remembers: those whom the repository has let in.
    pub fn is_by_an_insider(&self) -> bool {
        matches!(self.association.as_str(), "OWNER" | "MEMBER" | "COLLABORATOR")
    }
}

#[derive(Deserialize)]
struct RawComment {
    id: CommentId,
    #[serde(default, deserialize_with = "null_is_default")]
    body: String,
    #[serde(default, deserialize_with = "null_is_default")]
    user: Author,
    #[serde(default, deserialize_with = "null_is_default")]
    author_association: String,
    #[serde(default, deserialize_with = "null_is_default")]
    created_at: String,
}

#[derive(Deserialize)]
struct RawIssue {
    number: IssueNumber,
    #[serde(default, deserialize_with = "null_is_default")]
    body: String,
    #[serde(default, deserialize_with = "null_is_default")]
    user: Author,
    #[serde(default)]
    pull_request: Option<Value>,
}

/// A payload's comment and issue; `None` when they lack what identifies them.
pub(super) fn read(comment: Option<Value>, issue: Option<Value>) -> Option<IssueComment> {
    let comment: RawComment = serde_json::from_value(comment?).ok()?;
    let issue: RawIssue = serde_json::from_value(issue?).ok()?;
    Some(IssueComment {
        id: comment.id,
        body: comment.body,
        author: comment.user,
        association: comment.author_association,
        created_at: comment.created_at,
        issue: issue.number,
        on_pull_request: issue.pull_request.is_some(),
        issue_body: issue.body,
        issue_author: issue.user,
    })
}

#[cfg(test)]
mod tests {
    use crate::event::{Event, EventKind};

    fn check(action: &str, comment: &str, issue: &str) -> EventKind {
        let body = format!(r#"{{"action":"{action}","comment":{comment},"issue":{issue}}}"#);
        Event::parse("issue_comment", body.as_bytes()).unwrap().kind
    }

    const COMMENT: &str =
        r#"{"id":5,"body":"/shipwright explain","user":{"login":"alice","type":"User"},"author_association":"MEMBER"}"#;

    #[test]
    fn a_new_comment_says_who_spoke_where() {
        let EventKind::IssueComment(comment) = check("created", COMMENT, r#"{"number":12,"pull_request":{"url":"x"}}"#)
        else {
            panic!("not a comment")
        };
        assert!(comment.on_pull_request && comment.is_by_an_insider() && !comment.author.is_bot());
        assert_eq!((comment.id.get(), comment.issue.get()), (5, 12));
    }

    #[test]
    fn strangers_and_bots_are_told_apart() {
        for (association, insider) in [
            ("OWNER", true),
            ("COLLABORATOR", true),
            ("CONTRIBUTOR", false),
            ("NONE", false),
            ("", false),
        ] {
            let comment =
                format!(r#"{{"id":5,"body":null,"user":{{"login":"x[bot]"}},"author_association":"{association}"}}"#);
            let EventKind::IssueComment(comment) = check("created", &comment, r#"{"number":12}"#) else {
                panic!("not a comment")
            };
            assert_eq!(comment.is_by_an_insider(), insider, "{association}");
            assert!(comment.author.is_bot() && !comment.on_pull_request);
        }
    }

    #[test]
    fn edits_deletions_and_halves_are_other() {
        assert_eq!(check("edited", COMMENT, r#"{"number":12}"#), EventKind::Other);
        assert_eq!(check("deleted", COMMENT, r#"{"number":12}"#), EventKind::Other);
        assert_eq!(check("created", COMMENT, "null"), EventKind::Other);
        assert_eq!(check("created", "\"text\"", "[]"), EventKind::Other);
    }
}
