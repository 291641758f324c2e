//! GitHub's nouns, as far as we read them.
//!
//! Times are milliseconds since the epoch. A text that is null or absent is empty, a list empty, a flag false.

use serde::{Deserialize, Deserializer};

use crate::ids::{CommentId, IssueNumber, JobId, RepoSlug, Sha};

/// How a run, job or step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// It passed.
    Success,
    /// It failed.
    Failure,
    /// Somebody or something stopped it.
    Cancelled,
    /// It ran longer than it was allowed to.
    TimedOut,
    /// It could not start: a broken workflow file, for example.
    StartupFailure,
    /// Its condition was false.
    Skipped,
    /// It neither passed nor failed.
    Neutral,
    /// It waits for a person.
    ActionRequired,
    /// GitHub gave up on it.
    Stale,
    /// A conclusion GitHub has added since.
    #[serde(other)]
    Other,
}

impl Conclusion {
    /// Whether this is a failure to explain: failure, timed out, startup failure.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failure | Self::TimedOut | Self::StartupFailure)
    }
}

/// A person, an App's bot or an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct User {
    /// The name after the `@`; `github-actions[bot]` for the runner's token.
    #[serde(default, deserialize_with = "or_default")]
    pub login: String,
    /// `User`, `Bot`, `Organization`.
    #[serde(default, rename = "type", deserialize_with = "or_default")]
    pub kind: String,
}

/// A repository, as other documents refer to it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Repository {
    /// `owner/name`; a pull request inside a run gives only its `url`, see [`Repository::slug`].
    #[serde(default)]
    full_name: Option<RepoSlug>,
    #[serde(default, deserialize_with = "or_default")]
    url: String,
    /// Whether it is a fork.
    #[serde(default, deserialize_with = "or_default")]
    pub fork: bool,
    /// Whether only members see it.
    #[serde(default, deserialize_with = "or_default")]
    pub private: bool,
    /// Its default branch, where a document says.
    #[serde(default, deserialize_with = "or_default")]
    pub default_branch: String,
    /// Whether issues are switched on, where a document says.
    #[serde(default)]
    pub has_issues: Option<bool>,
    /// What the token may do here, where a document says.
    #[serde(default, deserialize_with = "or_default")]
    pub permissions: RepositoryPermissions,
}

/// What a token may do in a repository.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct RepositoryPermissions {
    /// Reads.
    #[serde(default)]
    pub pull: bool,
    /// Writes.
    #[serde(default)]
    pub push: bool,
}

impl Repository {
    /// `owner/name`, from either of the two places GitHub writes it.
    pub fn slug(&self) -> Option<RepoSlug> {
        let from_url = || slug_of_url(&self.url);
        self.full_name.clone().or_else(from_url)
    }
}

/// One end of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Tip {
    /// The branch.
    #[serde(default, rename = "ref", deserialize_with = "or_default")]
    pub branch: String,
    /// Its commit.
    pub sha: Sha,
    /// Its repository; `None` when a fork was deleted.
    #[serde(default)]
    pub repo: Option<Repository>,
}

/// A job of a run's attempt.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Job {
    /// Also the id of its check run.
    pub id: JobId,
    /// With the matrix values in parentheses, as people see it.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// The attempt it ran in: a rerun of failed jobs keeps the others from before.
    #[serde(default = "one")]
    pub run_attempt: u32,
    /// `queued`, `in_progress`, `completed`, …
    #[serde(default, deserialize_with = "or_default")]
    pub status: String,
    /// `None` while it is not completed.
    #[serde(default)]
    pub conclusion: Option<Conclusion>,
    /// When it started.
    #[serde(default, deserialize_with = "millis")]
    pub started_at: Option<i64>,
    /// When it ended.
    #[serde(default, deserialize_with = "millis")]
    pub completed_at: Option<i64>,
    /// Its page.
    #[serde(default, deserialize_with = "or_default")]
    pub html_url: String,
    /// In order.
    #[serde(default, deserialize_with = "or_default")]
    pub steps: Vec<Step>,
    /// What it asked of a runner.
    #[serde(default, deserialize_with = "or_default")]
    pub labels: Vec<String>,
    /// The runner that took it.
    #[serde(default, deserialize_with = "or_default")]
    pub runner_name: String,
}

/// A step of a job.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Step {
    /// As people see it.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// From 1.
    #[serde(default)]
    pub number: u32,
    /// `queued`, `in_progress`, `completed`, …
    #[serde(default, deserialize_with = "or_default")]
    pub status: String,
    /// `None` while it is not completed.
    #[serde(default)]
    pub conclusion: Option<Conclusion>,
    /// When it started, to the second.
    #[serde(default, deserialize_with = "millis")]
    pub started_at: Option<i64>,
    /// When it ended, to the second.
    #[serde(default, deserialize_with = "millis")]
    pub completed_at: Option<i64>,
}

/// A remark a job left on a line of the sources.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Annotation {
    /// `.github` for remarks about the run itself.
    #[serde(default, deserialize_with = "or_default")]
    pub path: String,
    /// 1-based.
    #[serde(default)]
    pub start_line: Option<u64>,
    /// `failure`, `warning`, `notice`.
    #[serde(default, deserialize_with = "or_default")]
    pub annotation_level: String,
    /// A heading.
    #[serde(default, deserialize_with = "or_default")]
    pub title: String,
    /// The text.
    #[serde(default, deserialize_with = "or_default")]
    pub message: String,
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Pull {
    /// Its number.
    pub number: IssueNumber,
    /// `open` or `closed`.
    #[serde(default, deserialize_with = "or_default")]
    pub state: String,
    /// Its title.
    #[serde(default, deserialize_with = "or_default")]
    pub title: String,
    /// What it brings.
    pub head: Tip,
    /// What it changes.
    pub base: Tip,
    /// Its page.
    #[serde(default, deserialize_with = "or_default")]
    pub html_url: String,
    /// When it was merged; `None` if it was not.
    #[serde(default, deserialize_with = "millis")]
    pub merged_at: Option<i64>,
    /// Who opened it.
    #[serde(default)]
    pub user: Option<User>,
}

/// A comment on an issue or pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Comment {
    /// Grows with time.
    pub id: CommentId,
    /// Markdown.
    #[serde(default, deserialize_with = "or_default")]
    pub body: String,
    /// Its author; `None` when the account is gone.
    #[serde(default)]
    pub user: Option<User>,
    /// Its place on the page.
    #[serde(default, deserialize_with = "or_default")]
    pub html_url: String,
    /// `OWNER`, `MEMBER`, `COLLABORATOR`, `CONTRIBUTOR`, `NONE`, …
    #[serde(default, deserialize_with = "or_default")]
    pub author_association: String,
    /// When it was made.
    #[serde(default, deserialize_with = "millis")]
    pub created_at: Option<i64>,
    /// When it was last edited.
    #[serde(default, deserialize_with = "millis")]
    pub updated_at: Option<i64>,
    /// How many said what, with one letter or word each.
    #[serde(default, deserialize_with = "or_default")]
    pub reactions: Reactions,
}

/// Counts of reactions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct Reactions {
    /// 👍
    #[serde(default, rename = "+1")]
    pub up: u64,
    /// 👎
    #[serde(default, rename = "-1")]
    pub down: u64,
}

/// An issue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Issue {
    /// Its number.
    pub number: IssueNumber,
    /// Its title.
    #[serde(default, deserialize_with = "or_default")]
    pub title: String,
    /// Markdown.
    #[serde(default, deserialize_with = "or_default")]
    pub body: String,
    /// `open` or `closed`.
    #[serde(default, deserialize_with = "or_default")]
    pub state: String,
    /// Who opened it.
    #[serde(default)]
    pub user: Option<User>,
    /// Its labels.
    #[serde(default, deserialize_with = "or_default")]
    pub labels: Vec<Label>,
    /// Its page.
    #[serde(default, deserialize_with = "or_default")]
    pub html_url: String,
    /// When it was opened.
    #[serde(default, deserialize_with = "millis")]
    pub created_at: Option<i64>,
    /// When it was closed last.
    #[serde(default, deserialize_with = "millis")]
    pub closed_at: Option<i64>,
    /// There when it is a pull request.
    #[serde(default)]
    pub pull_request: Option<PullMark>,
    /// How many said what with one picture each.
    #[serde(default, deserialize_with = "or_default")]
    pub reactions: Reactions,
}

/// A label.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Label {
    /// Its name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
}

/// Says that an issue is a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PullMark {
    /// When it was merged; `None` if it was not.
    #[serde(default, deserialize_with = "millis")]
    pub merged_at: Option<i64>,
}

/// An issue or pull request that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SearchHit {
    /// What was found.
    #[serde(flatten)]
    pub issue: Issue,
    #[serde(default, deserialize_with = "or_default")]
    repository_url: String,
}

impl SearchHit {
    /// The repository it is in.
    pub fn repository(&self) -> Option<RepoSlug> {
        slug_of_url(&self.repository_url)
    }
}

/// What lies between two commits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Comparison {
    /// `ahead`, `behind`, `diverged`, `identical`.
    #[serde(default, deserialize_with = "or_default")]
    pub status: String,
    /// Commits in head that base has not; may be more than are listed.
    #[serde(default)]
    pub ahead_by: u64,
    /// Oldest first, the first page.
    #[serde(default, deserialize_with = "or_default")]
    pub commits: Vec<Commit>,
    /// Changed files, at most 300.
    #[serde(default, deserialize_with = "or_default")]
    pub files: Vec<ChangedFile>,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Commit {
    /// Its id.
    pub sha: Sha,
    /// Its page.
    #[serde(default, deserialize_with = "or_default")]
    pub html_url: String,
    #[serde(rename = "commit")]
    text: CommitText,
    /// The author's account, when GitHub knows one.
    #[serde(default)]
    pub author: Option<User>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct CommitText {
    #[serde(default, deserialize_with = "or_default")]
    message: String,
}

impl Commit {
    /// The first line of its message.
    pub fn title(&self) -> &str {
        self.text.message.lines().next().unwrap_or_default()
    }
}

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChangedFile {
    /// Its path.
    #[serde(default, deserialize_with = "or_default")]
    pub filename: String,
    /// `added`, `modified`, `removed`, `renamed`, …
    #[serde(default, deserialize_with = "or_default")]
    pub status: String,
}

/// How many calls are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct RateLimit {
    /// Calls an hour.
    #[serde(default)]
    pub limit: u64,
    /// Calls left.
    #[serde(default)]
    pub remaining: u64,
    /// When they are full again, in seconds since the epoch.
    #[serde(default)]
    pub reset: i64,
}

fn one() -> u32 {
    1
}

/// Null counts as absent.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// RFC 3339 to milliseconds; a text that is no time counts as absent.
fn millis<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let time = text.and_then(|text| text.parse::<jiff::Timestamp>().ok());
    Ok(time.map(jiff::Timestamp::as_millisecond))
}

fn slug_of_url(url: &str) -> Option<RepoSlug> {
    let (_, slug) = url.rsplit_once("/repos/")?;
    slug.parse().ok()
}
