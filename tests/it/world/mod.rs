//! The world a story plays in: a GitHub, a log host, a runner, and a temporary disk.
//!
//! A story ends with [`World::finish`], which fails when the program called a route that does not exist, or wrote
//! something the story did not look at.

mod action;
mod cli;
mod event;
mod fault;
mod git;
pub mod git_server;
mod hub;
mod oracle;
mod reads;
mod routes;
mod search;
mod server;
mod story;
mod view;
mod writes;

use std::path::Path;
use std::sync::{MutexGuard, OnceLock};
use std::time::{Duration, Instant};

use shipwright::github::{Client, Connection, Token};
use shipwright::ids::RepoSlug;
use tempfile::TempDir;
use wiremock::MockServer;

pub use action::{Job, Outcome, Stage};
pub use cli::Ran;
pub use event::Event;
pub use fault::Fault;
pub use git::Git;
pub use hub::{Comment, Hub, Identity, Issue, Log};
pub use oracle::Command;
pub use story::{Head, NewRun, PullRequest, Run};

/// The token of the runner, in a real one's shape.
pub const TOKEN: &str = "ghs_fakeFAKEfakeFAKEfakeFAKEfakeFAKE0001";

/// A token that may read everything and write nothing, as a fork's or Dependabot's.
pub const READ_TOKEN: &str = "ghs_fakeFAKEfakeFAKEfakeFAKEfakeFAKE0002";

/// One story's world. Drop it only through [`World::finish`].
pub struct World {
    pub slug: String,
    hub: server::Shared,
    api: MockServer,
    logs: MockServer,
    git: OnceLock<Git>,
    disk: TempDir,
    finished: bool,
}

impl World {
    /// github.com with the repository `octo/ship`, and a workflow token that may do what the examples grant.
    pub async fn new() -> Self {
        Self::with_prefix("").await
    }

    /// An Enterprise Server, whose API is under `/api/v3`.
    pub async fn enterprise() -> Self {
        Self::with_prefix("/api/v3").await
    }

    async fn with_prefix(prefix: &'static str) -> Self {
        let (hub, api, logs) = server::start(prefix).await;
        let world = Self {
            slug: "octo/ship".to_owned(),
            hub,
            api,
            logs,
            git: OnceLock::new(),
            disk: tempfile::tempdir().unwrap(),
            finished: false,
        };
        world.hub().repos.insert(world.slug.clone(), hub::Repo::new());
        let granted = [
            "actions: read",
            "checks: read",
            "contents: write",
            "issues: write",
            "pull-requests: write",
        ];
        world.token(TOKEN, Identity::workflow(&granted));
        let readable = [
            "actions: read",
            "checks: read",
            "contents: read",
            "issues: read",
            "pull-requests: read",
        ];
        world.token(READ_TOKEN, Identity::workflow(&readable));
        world.push("main", "the first commit");
        world
    }

    /// Everything GitHub knows.
    pub fn hub(&self) -> MutexGuard<'_, Hub> {
        self.hub.lock().unwrap()
    }

    /// The git server, started when it is first needed.
    pub fn git(&self) -> &Git {
        self.git.get_or_init(|| Git::start(&self.slug, TOKEN, READ_TOKEN))
    }

    /// Runs `race` just before the next push reaches the repository; its argument is the repository's directory.
    pub fn before_push(&self, race: impl FnOnce(&Path) + Send + 'static) {
        self.git().before_push(race);
    }

    /// The repository, as the program names it.
    pub fn repo(&self) -> RepoSlug {
        self.slug.parse().unwrap()
    }

    /// `GITHUB_API_URL`.
    pub fn api_url(&self) -> String {
        self.hub().api_url.clone()
    }

    /// A token, new or with other permissions than before.
    pub fn token(&self, token: &str, identity: Identity) {
        self.hub().tokens.insert(token.to_owned(), identity);
    }

    /// The runner's token may do only this, each as `issues: write`.
    pub fn permissions(&self, granted: &[&str]) {
        self.token(TOKEN, Identity::workflow(granted));
    }

    /// The next call that fits the pattern (`POST /repos/*/*/issues/*/comments`) goes wrong.
    pub fn fault(&self, pattern: &str, fault: Fault) {
        self.faults(pattern, fault, 1);
    }

    /// The next `times` calls that fit the pattern go wrong.
    pub fn faults(&self, pattern: &str, fault: Fault, times: u32) {
        self.hub().faults.push(fault::Armed::new(pattern, fault, times));
    }

    /// A client with the runner's token and a minute's time.
    pub fn client(&self) -> Client {
        self.client_with(TOKEN, Duration::from_secs(60))
    }

    /// A client with some token and so much time.
    pub fn client_with(&self, token: &str, time: Duration) -> Client {
        let connection = Connection {
            api_url: self.api_url(),
            token: Token::new(token),
            deadline: Instant::now() + time,
            user_agent: "shipwright/test".to_owned(),
        };
        Client::new(&connection).unwrap()
    }

    /// Waits until a call that fits the pattern has arrived.
    pub async fn called(&self, pattern: &str) {
        let arrived = async {
            let arrivals = self.hub().arrivals.clone();
            loop {
                let mut next = std::pin::pin!(arrivals.notified());
                next.as_mut().enable();
                if self.hub().seen.iter().any(|call| fault::fits(pattern, call)) {
                    break;
                }
                next.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), arrived)
            .await
            .expect("the call does not come");
    }

    /// Calls so far that fit: a part of `METHOD /path?query -> status`.
    pub fn calls(&self, part: &str) -> Vec<String> {
        let hub = self.hub();
        hub.calls.iter().filter(|call| call.contains(part)).cloned().collect()
    }

    /// API calls so far.
    pub fn requests(&self) -> usize {
        self.hub()
            .calls
            .iter()
            .filter(|call| !call.starts_with("log host"))
            .count()
    }

    /// The comments on an issue or pull request, oldest first, without marking them as read.
    pub fn comments(&self, number: u64) -> Vec<Comment> {
        let hub = self.hub();
        let comments = hub.repos[&self.slug].comments.values();
        comments.filter(|comment| comment.issue == number).cloned().collect()
    }

    /// The oldest comment, new or edited, that the story has not looked at yet.
    pub fn next_comment(&self, number: u64) -> Comment {
        let mut hub = self.hub();
        let mut comments = hub.repo(&self.slug).comments.values_mut();
        let comment = comments.find(|comment| comment.issue == number && comment.unread);
        let comment = comment.unwrap_or_else(|| panic!("nothing new was said on #{number}"));
        comment.unread = false;
        comment.clone()
    }

    /// The oldest issue, new or edited, that the story has not looked at yet.
    pub fn next_issue(&self) -> Issue {
        let mut hub = self.hub();
        let issue = hub.repo(&self.slug).issues.values_mut().find(|issue| issue.unread);
        let issue = issue.expect("no issue was written");
        issue.unread = false;
        issue.clone()
    }

    /// Ends the story.
    pub fn finish(mut self) {
        self.finished = true;
        let hub = self.hub();
        let name = std::thread::current().name().unwrap_or("story").to_owned();
        println!(
            "{name}: {} API calls",
            hub.calls.iter().filter(|call| !call.starts_with("log host")).count()
        );
        record(&name, &hub.exchanges);
        assert!(
            hub.unexpected.is_empty(),
            "calls no route answers: {:?}",
            hub.unexpected
        );
        for (slug, repo) in &hub.repos {
            let comment = repo.comments.values().find(|comment| comment.unread);
            assert!(comment.is_none(), "unread on {slug}: {}", comment.unwrap().body);
            let issue = repo.issues.values().find(|issue| issue.unread);
            assert!(issue.is_none(), "unread issue on {slug}: {}", issue.unwrap().title);
        }
    }
}

/// Leaves what was said for `just contract`, which holds it against GitHub's own description of the API.
fn record(story: &str, exchanges: &[serde_json::Value]) {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exchanges");
    std::fs::create_dir_all(&directory).unwrap();
    let lines: Vec<String> = exchanges.iter().map(|exchange| format!("{exchange}\n")).collect();
    let file = format!("{}.jsonl", story.replace("::", "."));
    std::fs::write(directory.join(file), lines.concat()).unwrap();
}

impl Drop for World {
    fn drop(&mut self) {
        assert!(self.finished || std::thread::panicking(), "the story was not finished");
        // The servers live as long as the story.
        let _ = (&self.api, &self.logs);
    }
}
