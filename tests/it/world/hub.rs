//! What the fake GitHub knows: plain data, changed only by its routes and by the story being told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::Notify;

/// All of GitHub.
pub struct Hub {
    pub repos: BTreeMap<String, Repo>,
    pub tokens: BTreeMap<String, Identity>,
    pub faults: Vec<super::fault::Armed>,
    /// `METHOD /path?query -> status`, in order of arrival.
    pub calls: Vec<String>,
    /// `METHOD /path` of calls that have arrived, answered or not.
    pub seen: Vec<String>,
    /// Told of every arrival.
    pub arrivals: Arc<Notify>,
    /// The calls with bodies, for the contract test.
    pub exchanges: Vec<serde_json::Value>,
    /// Stages started so far.
    pub stages: u32,
    /// Stages under way.
    pub running: u32,
    /// Calls no route answers.
    pub unexpected: Vec<String>,
    /// `http://localhost:port`: another host name than the API's.
    pub log_host: String,
    pub api_url: String,
    /// Calls left for every token, when limited.
    pub rate_remaining: Option<u64>,
    /// Seconds since the epoch; every change takes one.
    pub now: i64,
    next_id: u64,
}

/// Who a token is and what it may do.
#[derive(Clone)]
pub struct Identity {
    pub login: String,
    pub bot: bool,
    /// `issues` → `write`.
    pub permissions: BTreeMap<String, String>,
}

#[derive(Default)]
pub struct Repo {
    pub private: bool,
    pub fork: bool,
    pub default_branch: String,
    pub issues_disabled: bool,
    /// All attempts of a run, the first first.
    pub runs: BTreeMap<u64, Vec<Attempt>>,
    /// Issues and pull requests, which share their numbers.
    pub issues: BTreeMap<u64, Issue>,
    pub comments: BTreeMap<u64, Comment>,
    pub labels: BTreeSet<String>,
    /// Files of the default branch.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Tips of branches.
    pub branches: BTreeMap<String, String>,
    /// In order of pushing.
    pub commits: Vec<Commit>,
}

#[derive(Clone)]
pub struct Commit {
    pub sha: String,
    /// First line of the message.
    pub title: String,
    pub author: String,
    pub parent: Option<String>,
    pub files: Vec<String>,
}

#[derive(Clone)]
pub struct Attempt {
    pub id: u64,
    pub number: u32,
    pub workflow: String,
    pub event: String,
    pub head_sha: String,
    pub head_branch: String,
    /// `owner/name`; `None` when the fork is gone.
    pub head_repo: Option<String>,
    pub actor: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
    /// Numbers of pull requests as the payload lists them.
    pub pulls: Vec<u64>,
    pub jobs: Vec<Job>,
}

#[derive(Clone)]
pub struct Job {
    pub id: u64,
    pub name: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub steps: Vec<(String, Option<String>)>,
    pub started_at: i64,
    pub completed_at: i64,
    pub log: Log,
    pub annotations: Vec<(String, u64, String)>,
    pub runner: String,
}

/// The log of a job, as the log host has it.
#[derive(Clone)]
pub enum Log {
    Text(Vec<u8>),
    /// Not there for so many askings, then there.
    Late(u32, Vec<u8>),
    /// Never comes: a cancelled job, or one still running.
    Missing,
    /// Deleted after the retention time.
    Expired,
}

#[derive(Clone)]
pub struct Issue {
    pub number: u64,
    pub title: String,
    pub body: String,
    pub state: String,
    pub state_reason: Option<String>,
    pub author: String,
    pub labels: BTreeSet<String>,
    pub assignees: Vec<String>,
    pub locked: bool,
    pub created_at: i64,
    pub updated_at: i64,
    pub closed_at: Option<i64>,
    pub pull: Option<Pull>,
    /// Written by a bot and not looked at by the story.
    pub unread: bool,
}

#[derive(Clone)]
pub struct Pull {
    pub head_sha: String,
    pub head_branch: String,
    pub head_repo: Option<String>,
    pub base_branch: String,
    pub merged_at: Option<i64>,
    /// Older heads, which `commits/{sha}/pulls` also finds.
    pub old_heads: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Comment {
    pub id: u64,
    /// The issue or pull request it is on.
    pub issue: u64,
    pub author: String,
    pub bot: bool,
    pub association: String,
    pub body: String,
    pub created_at: i64,
    pub updated_at: i64,
    /// Who reacted how.
    pub reactions: BTreeSet<(String, String)>,
    /// Written by a bot and not looked at by the story.
    pub unread: bool,
}

/// Recent, as the program's own clock sees it, and past.
fn yesterday() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the program under test reads the real clock")]
    let now = jiff::Timestamp::now();
    now.as_second() - 24 * 3600
}

impl Hub {
    pub fn new(api_url: String, log_host: String) -> Self {
        Self {
            repos: BTreeMap::new(),
            tokens: BTreeMap::new(),
            faults: Vec::new(),
            calls: Vec::new(),
            seen: Vec::new(),
            arrivals: Arc::default(),
            exchanges: Vec::new(),
            stages: 0,
            running: 0,
            unexpected: Vec::new(),
            log_host,
            api_url,
            rate_remaining: None,
            now: yesterday(),
            next_id: 1000,
        }
    }

    /// A new id, of anything.
    pub fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// A new commit id.
    pub fn sha(&mut self) -> String {
        format!("{:08x}", self.id().wrapping_mul(2_654_435_761) & 0xffff_ffff).repeat(5)
    }

    /// The time, one second later than ever before.
    pub fn tick(&mut self) -> i64 {
        self.now += 1;
        self.now
    }

    pub fn repo(&mut self, slug: &str) -> &mut Repo {
        self.repos
            .get_mut(slug)
            .unwrap_or_else(|| panic!("the story has no repository {slug}"))
    }

    /// Adds a commit and gives its id.
    pub fn commit(&mut self, slug: &str, parent: Option<String>, title: &str, author: &str, files: &[&str]) -> String {
        let sha = self.sha();
        let commit = Commit {
            sha: sha.clone(),
            title: title.to_owned(),
            author: author.to_owned(),
            parent,
            files: files.iter().map(|file| (*file).to_owned()).collect(),
        };
        self.repo(slug).commits.push(commit);
        sha
    }

    /// Adds a comment and gives its id.
    pub fn comment(&mut self, slug: &str, issue: u64, author: &Identity, body: &str) -> u64 {
        let (id, now) = (self.id(), self.tick());
        let comment = Comment {
            id,
            issue,
            author: author.login.clone(),
            bot: author.bot,
            association: if author.bot { "NONE" } else { "CONTRIBUTOR" }.to_owned(),
            body: body.to_owned(),
            created_at: now,
            updated_at: now,
            reactions: BTreeSet::new(),
            unread: author.bot,
        };
        self.repo(slug).comments.insert(id, comment);
        id
    }

    /// Adds an issue, or with `pull` a pull request.
    pub fn issue(&mut self, slug: &str, number: u64, author: &str, title: &str, pull: Option<Pull>) -> &mut Issue {
        let now = self.tick();
        let issue = Issue {
            number,
            title: title.to_owned(),
            body: String::new(),
            state: "open".to_owned(),
            state_reason: None,
            author: author.to_owned(),
            labels: BTreeSet::new(),
            assignees: Vec::new(),
            locked: false,
            created_at: now,
            updated_at: now,
            closed_at: None,
            pull,
            unread: false,
        };
        let issues = &mut self.repo(slug).issues;
        issues.insert(number, issue);
        issues.get_mut(&number).expect("just inserted")
    }

    /// The job with this id, in whatever run.
    pub fn job(&mut self, slug: &str, id: u64) -> Option<&mut Job> {
        let attempts = self.repos.get_mut(slug)?.runs.values_mut().flatten();
        attempts.flat_map(|attempt| &mut attempt.jobs).find(|job| job.id == id)
    }
}

impl Identity {
    /// A runner's token with the permissions given as `issues: write`.
    pub fn workflow(permissions: &[&str]) -> Self {
        Self::new("github-actions[bot]", true, permissions)
    }

    pub fn new(login: &str, bot: bool, permissions: &[&str]) -> Self {
        let pair = |text: &&str| {
            let (scope, level) = text
                .split_once(": ")
                .unwrap_or_else(|| panic!("`{text}` is not `scope: level`"));
            (scope.to_owned(), level.to_owned())
        };
        Self {
            login: login.to_owned(),
            bot,
            permissions: permissions.iter().map(pair).collect(),
        }
    }

    /// Whether one of the alternatives of `X-Accepted-GitHub-Permissions` (`a=read,b=read; c=write`) is granted.
    pub fn may(&self, accepted: &str) -> bool {
        let granted = |need: &str| {
            let (scope, level) = need.trim().split_once('=').unwrap_or((need, "read"));
            let scope = scope.replace('_', "-");
            let have = self.permissions.get(&scope).map(String::as_str);
            have == Some("write") || (have == Some("read") && level == "read")
        };
        accepted.is_empty() || accepted.split(';').any(|all| all.split(',').all(granted))
    }
}

impl Repo {
    pub fn new() -> Self {
        Self {
            default_branch: "main".to_owned(),
            ..Self::default()
        }
    }
}
