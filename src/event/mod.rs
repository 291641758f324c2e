//! From the bytes of `$GITHUB_EVENT_PATH` (or of a webhook delivery) to an [`Event`]: one parser, tolerant of what it
//! does not need, so that a payload GitHub extends tomorrow is still understood.

mod comment;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::ids::{IssueNumber, RepoSlug, RunId, Sha};
pub use comment::{Author, IssueComment};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// GitHub's name of it (`workflow_run`, `push`, …).
    pub name: String,
    /// The repository it happened in, when the payload says.
    pub repository: Option<Repository>,
    /// The particulars of the events we act on.
    pub kind: EventKind,
}

/// The events we act on; everything else is [`EventKind::Other`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// A run of another workflow was requested, is in progress, or completed.
    WorkflowRun {
        /// `requested`, `in_progress` or `completed`.
        action: String,
        /// The run.
        run: Box<WorkflowRun>,
    },
    /// A pull request changed.
    PullRequest(PullRequest),
    /// Somebody started the workflow by hand; its inputs as text.
    WorkflowDispatch(BTreeMap<String, String>),
    /// Somebody said something new on an issue or pull request; edits and deletions are [`EventKind::Other`].
    IssueComment(Box<IssueComment>),
    /// An event without particulars of interest.
    Other,
}

/// A repository in a payload.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Repository {
    /// `owner/name`.
    #[serde(rename = "full_name")]
    pub slug: RepoSlug,
    /// The branch pull requests go to.
    #[serde(default, deserialize_with = "null_is_default")]
    pub default_branch: String,
}

/// A workflow run, as payloads and the API give it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WorkflowRun {
    /// The run's id, the same for all attempts.
    pub id: RunId,
    /// 1 for the first.
    #[serde(default = "first_attempt")]
    pub run_attempt: u32,
    /// Name of the workflow.
    #[serde(default, deserialize_with = "null_is_default")]
    pub name: String,
    /// The workflow's own id, stable when it is renamed.
    #[serde(default)]
    pub workflow_id: u64,
    /// The workflow's file, `.github/workflows/ci.yml`.
    #[serde(default, deserialize_with = "null_is_default")]
    pub path: String,
    /// The commit that was tested.
    pub head_sha: Sha,
    /// The branch it is on.
    #[serde(default, deserialize_with = "null_is_default")]
    pub head_branch: String,
    /// Where that branch lives; absent when the fork is gone.
    #[serde(default, deserialize_with = "slug_or_nothing")]
    pub head_repository: Option<RepoSlug>,
    /// The event that started the run.
    #[serde(default, deserialize_with = "null_is_default")]
    pub event: String,
    /// `success`, `failure`, `cancelled`, …; absent while it runs.
    #[serde(default)]
    pub conclusion: Option<String>,
    /// The page of the run.
    #[serde(default, deserialize_with = "null_is_default")]
    pub html_url: String,
    /// When it was created, RFC 3339.
    #[serde(default, deserialize_with = "null_is_default")]
    pub created_at: String,
    /// When it last changed, RFC 3339; for a completed run, when it completed.
    #[serde(default, deserialize_with = "null_is_default")]
    pub updated_at: String,
    /// Open pull requests whose head matches; empty for forks.
    #[serde(default, deserialize_with = "null_is_default")]
    pub pull_requests: Vec<PullReference>,
}

/// A pull request as a run refers to it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PullReference {
    /// Its number.
    pub number: IssueNumber,
    /// Its head.
    pub head: PullHead,
    /// Where it goes: a run in a fork also refers to pull requests of the parent repository, under their numbers there.
    #[serde(default)]
    pub base: PullBase,
}

/// The head of a referred pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PullHead {
    /// The commit.
    pub sha: Sha,
}

/// The base of a referred pull request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct PullBase {
    /// The repository it wants to change, when the payload says.
    #[serde(default, rename = "repo", deserialize_with = "slug_of_url")]
    pub repository: Option<RepoSlug>,
}

/// A pull request of a `pull_request` event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number.
    pub number: IssueNumber,
    /// Its head commit.
    pub head_sha: Sha,
    /// The branch its head is on.
    pub head_branch: String,
    /// Where its head lives; absent when the fork is gone.
    pub head_repository: Option<RepoSlug>,
}

/// Why a payload is not an event.
#[derive(Debug, thiserror::Error)]
#[error("the payload of `{name}` cannot be read")]
pub struct EventError {
    name: String,
    source: serde_json::Error,
}

impl WorkflowRun {
    /// Whether its commit lives outside `repository`: its content is a stranger's.
    pub fn is_from_fork(&self, repository: &RepoSlug) -> bool {
        self.head_repository.as_ref() != Some(repository)
    }

    /// What stays the same over all runs of the workflow: its file, else its name.
    pub fn workflow_key(&self) -> &str {
        let path = self.path.split('@').next().unwrap_or_default();
        if path.is_empty() { &self.name } else { path }
    }

    /// Whether the run ended in a way worth a report.
    pub fn has_failed(&self) -> bool {
        matches!(
            self.conclusion.as_deref(),
            Some("failure" | "timed_out" | "startup_failure")
        )
    }

    /// Whether the run ended well.
    pub fn has_succeeded(&self) -> bool {
        self.conclusion.as_deref() == Some("success")
    }
}

impl Event {
    /// Reads a payload.
    ///
    /// # Errors
    /// When the bytes are not JSON, or a `workflow_run` lacks what identifies the run.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, EventError> {
        let error = |source| EventError {
            name: name.chars().take(60).collect(),
            source,
        };
        let payload: Payload = serde_json::from_slice(bytes).map_err(error)?;
        let kind = match name {
            "workflow_run" => match payload.workflow_run {
                Some(run) => {
                    let run = serde_json::from_value(run).map_err(error)?;
                    EventKind::WorkflowRun {
                        action: payload.action.unwrap_or_default(),
                        run: Box::new(run),
                    }
                }
                None => EventKind::Other,
            },
            "pull_request" | "pull_request_target" => payload
                .pull_request
                .and_then(|pull| serde_json::from_value::<RawPull>(pull).ok())
                .map_or(EventKind::Other, |pull| {
                    EventKind::PullRequest(PullRequest {
                        number: pull.number,
                        head_sha: pull.head.sha,
                        head_branch: pull.head.branch,
                        head_repository: pull.head.repo,
                    })
                }),
            "issue_comment" if payload.action.as_deref() == Some("created") => {
                comment::read(payload.comment, payload.issue)
                    .map_or(EventKind::Other, |comment| EventKind::IssueComment(Box::new(comment)))
            }
            "workflow_dispatch" => {
                EventKind::WorkflowDispatch(payload.inputs.unwrap_or_default().into_iter().collect())
            }
            _ => EventKind::Other,
        };
        let repository = payload.repository.and_then(|value| serde_json::from_value(value).ok());
        Ok(Self {
            name: name.to_owned(),
            repository,
            kind,
        })
    }

    /// An event known by name only.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            repository: None,
            kind: EventKind::Other,
        }
    }

    /// Whether only people with write access can start it with content of their own, so that its memory may be kept.
    /// A `workflow_run` is trusted to *run*; what it read from a fork's log is marked by its origin.
    pub fn is_trusted(&self) -> bool {
        matches!(
            self.name.as_str(),
            "push" | "schedule" | "workflow_run" | "workflow_dispatch" | "merge_group"
        )
    }
}

#[derive(Deserialize)]
struct Payload {
    #[serde(default)]
    action: Option<String>,
    #[serde(default)]
    workflow_run: Option<serde_json::Value>,
    #[serde(default)]
    pull_request: Option<serde_json::Value>,
    #[serde(default)]
    repository: Option<serde_json::Value>,
    #[serde(default)]
    comment: Option<serde_json::Value>,
    #[serde(default)]
    issue: Option<serde_json::Value>,
    #[serde(default, deserialize_with = "texts")]
    inputs: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct RawPull {
    number: IssueNumber,
    head: RawHead,
}

#[derive(Deserialize)]
struct RawHead {
    sha: Sha,
    #[serde(rename = "ref", default, deserialize_with = "null_is_default")]
    branch: String,
    #[serde(default, deserialize_with = "slug_or_nothing")]
    repo: Option<RepoSlug>,
}

const fn first_attempt() -> u32 {
    1
}

/// The repository of an object that gives only its address, `https://host/repos/owner/name`.
fn slug_of_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<RepoSlug>, D::Error> {
    let value = Option::<serde_json::Value>::deserialize(deserializer)?;
    let url = value.as_ref().and_then(|repository| repository.get("url")?.as_str());
    Ok(url.and_then(|url| url.rsplit_once("/repos/")?.1.parse().ok()))
}

fn null_is_default<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn slug_or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<RepoSlug>, D::Error> {
    #[derive(Deserialize)]
    struct Named {
        full_name: RepoSlug,
    }
    Ok(Option::<Named>::deserialize(deserializer)?.map(|named| named.full_name))
}

/// Dispatch inputs are declared as text, number or boolean; here all are text.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BTreeMap<String, String>>, D::Error> {
    let values: Option<BTreeMap<String, serde_json::Value>> = Option::deserialize(deserializer)?;
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        serde_json::Value::Null => String::new(),
        other @ (serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::Array(_)
        | serde_json::Value::Object(_)) => other.to_string(),
    };
    Ok(values.map(|values| values.into_iter().map(|(name, value)| (name, text(value))).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "0123456789012345678901234567890123456789";

    fn workflow_run(extra: &str) -> Event {
        let body = format!(
            r#"{{"action":"completed","repository":{{"full_name":"octo/ship","default_branch":"main"}},
            "workflow_run":{{"id":7,"run_attempt":2,"name":"CI","workflow_id":3,"head_sha":"{SHA}","head_branch":null,
            "event":"pull_request","html_url":"u","pull_requests":null{extra}}}}}"#
        );
        Event::parse("workflow_run", body.as_bytes()).unwrap()
    }

    #[test]
    fn a_completed_run_of_a_fork_is_understood() {
        let event = workflow_run(r#","conclusion":"failure","head_repository":{"full_name":"mallory/ship"}"#);
        let EventKind::WorkflowRun { action, run } = &event.kind else {
            panic!("not a run")
        };
        assert_eq!(
            (action.as_str(), run.run_attempt, run.head_branch.as_str()),
            ("completed", 2, "")
        );
        assert!(run.is_from_fork(&"octo/ship".parse().unwrap()) && run.has_failed());
        assert_eq!(event.repository.unwrap().default_branch, "main");
    }

    #[test]
    fn a_run_whose_fork_is_gone_counts_as_foreign() {
        let event = workflow_run(r#","conclusion":"success","head_repository":null"#);
        let EventKind::WorkflowRun { run, .. } = &event.kind else {
            panic!("not a run")
        };
        assert!(run.is_from_fork(&"octo/ship".parse().unwrap()) && run.has_succeeded());
    }

    #[test]
    fn pull_requests_say_where_their_head_lives() {
        let body = format!(
            r#"{{"pull_request":{{"number":12,"head":{{"sha":"{SHA}","ref":"fix","repo":{{"full_name":"a/b"}}}}}}}}"#
        );
        let event = Event::parse("pull_request", body.as_bytes()).unwrap();
        let EventKind::PullRequest(pull) = event.kind else {
            panic!("not a pull request")
        };
        assert_eq!((pull.number.get(), pull.head_branch.as_str()), (12, "fix"));
    }

    #[test]
    fn dispatch_inputs_become_text() {
        let event = Event::parse(
            "workflow_dispatch",
            br#"{"inputs":{"run-id":12,"dry-run":true,"x":null}}"#,
        )
        .unwrap();
        let EventKind::WorkflowDispatch(inputs) = event.kind else {
            panic!("not a dispatch")
        };
        assert_eq!(inputs["run-id"], "12");
        assert_eq!(inputs["dry-run"], "true");
    }

    #[test]
    fn unknown_events_are_other_and_broken_payloads_are_errors() {
        assert_eq!(Event::parse("star", b"{\"x\":[1]}").unwrap().kind, EventKind::Other);
        assert!(Event::parse("push", b"{").is_err());
        assert!(Event::parse("workflow_run", br#"{"workflow_run":{"head_sha":"x"}}"#).is_err());
    }

    #[test]
    fn strangers_events_are_not_trusted() {
        assert!(Event::named("push").is_trusted() && !Event::named("pull_request").is_trusted());
        assert!(!Event::named("issue_comment").is_trusted());
    }
}
