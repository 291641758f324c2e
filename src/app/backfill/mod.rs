//! Learning from history in one go: past runs are listed, the logs of the failed ones read, and what turned red to green
//! is learned as it would have been at the time. Nothing is said to anyone.
//!
//! Runs are read oldest first, so that every ending meets the failures it ends. What has been read is written down with
//! what was learned, every `CHECKPOINT` calls and whenever the work stops: the calls run out, GitHub limits them, the
//! time is up or somebody interrupts. The next backfill goes on behind that; no run is read twice. Behind a
//! run that could not be read, the later ones of its workflow and branch wait for the next backfill too.

mod engine;
mod local;
mod read;

use serde::Serialize;

use super::Error;
use crate::failure::Options;
use crate::ids::RepoSlug;
use crate::memory::Tree;

pub(super) use engine::Engine;
pub use local::{Job, run};

/// Calls between two checkpoints: what an unclean end may cost.
const CHECKPOINT: u32 = 60;

/// Calls that one run may take: its jobs, their logs, the range and the pull request.
const MOST_CALLS: u64 = 10;

/// Calls left to the other jobs of the repository, which share the token's limit.
const RESERVE: u64 = 50;

/// What to learn from.
#[derive(Debug, Clone)]
pub struct Request {
    /// The repository.
    pub repository: RepoSlug,
    /// GitHub's address for people.
    pub server: String,
    /// So many days back.
    pub days: u64,
    /// Most calls to GitHub; what is left of the token's limit when absent.
    pub budget: Option<u64>,
    /// Now, milliseconds since the epoch.
    pub now: i64,
    /// How logs are read.
    pub options: Options,
}

/// How far a backfill is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Runs dealt with.
    pub done: usize,
    /// Runs in all.
    pub total: usize,
    /// Failures seen in them.
    pub failures: usize,
    /// Fixes learned.
    pub fixes: usize,
}

/// Where a backfill is at home: a step of a workflow, or a terminal.
pub(super) trait Host {
    /// Stores what was learned since the last time.
    async fn keep(&mut self, fresh: Tree) -> Result<(), Error>;

    /// Hears how far it is.
    fn tell(&mut self, progress: Progress);
}

/// Why a backfill stopped before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The calls granted are used up.
    Budget,
    /// GitHub's own limit.
    Limit,
    /// The time is up.
    Time,
    /// Somebody asked.
    Asked,
    /// GitHub refuses or cannot be reached: why.
    Trouble(String),
}

impl std::fmt::Display for Stop {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Budget => formatter.write_str("the calls granted are used up"),
            Self::Limit => formatter.write_str("GitHub limits the calls of this token"),
            Self::Time => formatter.write_str("the time is up"),
            Self::Asked => formatter.write_str("it was interrupted"),
            Self::Trouble(why) => formatter.write_str(why),
        }
    }
}

/// What a backfill did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// `shipwright-backfill/v1`.
    pub schema: &'static str,
    /// Runs in the time asked for.
    pub runs: usize,
    /// Runs that were known already.
    pub known: usize,
    /// Runs read now.
    pub read: usize,
    /// Failures seen in them.
    pub failures: usize,
    /// Failures that turned out flaky.
    pub flaky: usize,
    /// Fixes learned.
    pub fixes: usize,
    /// Calls made.
    pub calls: u32,
    /// Whether nothing is left to read.
    pub complete: bool,
    /// Why not.
    pub stopped: Option<String>,
}

impl Summary {
    /// One line for people.
    pub fn line(&self) -> String {
        let Self {
            runs,
            known,
            read,
            failures,
            flaky,
            fixes,
            calls,
            ..
        } = self;
        let end = match &self.stopped {
            Some(why) => format!("; stopped because {why}: run the backfill again to go on"),
            None => String::new(),
        };
        format!(
            "{read} of {runs} runs read ({known} known before): {failures} failures, {fixes} fixes, {flaky} flaky; {calls} calls{end}"
        )
    }
}
