//! `shipwright backfill`: the same from a person's machine, into a memory there.

use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::super::Error;
use super::super::local::LocalMemory;
use super::{Engine, Host, Progress, Request, Summary};
use crate::failure::Options;
use crate::github::{Client, Connection, Token};
use crate::ids::RepoSlug;
use crate::memory::Tree;
use crate::runner::shutdown_signal;

/// What to do.
#[derive(Debug, Clone)]
pub struct Job {
    /// The repository.
    pub repository: RepoSlug,
    /// So many days back.
    pub days: u64,
    /// Most calls to GitHub.
    pub budget: Option<u64>,
    /// The memory as named on the command line.
    pub memory: Option<String>,
    /// GitHub's API.
    pub api_url: String,
    /// GitHub's address for people.
    pub server: String,
    /// The token.
    pub token: Option<String>,
    /// Longest time it may take.
    pub limit: Duration,
    /// Now, milliseconds since the epoch.
    pub now: i64,
}

/// The memory, and who hears of progress.
struct Terminal<F> {
    memory: LocalMemory,
    tell: F,
}

impl<F: FnMut(Progress)> Host for Terminal<F> {
    async fn keep(&mut self, fresh: Tree) -> Result<(), Error> {
        if fresh.records.is_empty() {
            return Ok(());
        }
        self.memory.update(|tree| {
            for (identity, entry) in fresh.records.iter() {
                if tree.get(identity).is_none() {
                    tree.insert(identity.clone(), entry.clone());
                }
            }
        })
    }

    fn tell(&mut self, progress: Progress) {
        (self.tell)(progress);
    }
}

/// Learns from the past runs of a repository.
///
/// # Errors
/// A memory that cannot be read or written, or a GitHub that does not list the runs.
pub fn run(job: &Job, tell: impl FnMut(Progress)) -> Result<Summary, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::new(super::super::Kind::Bug, "cannot start").with_source(error))?;
    runtime.block_on(backfill(job, tell))
}

async fn backfill(job: &Job, tell: impl FnMut(Progress)) -> Result<Summary, Error> {
    let memory = LocalMemory::open(job.memory.as_deref())?;
    let tree = memory.read()?;
    let client = Client::new(&Connection {
        api_url: job.api_url.clone(),
        token: job.token.as_deref().and_then(Token::new),
        deadline: Instant::now() + job.limit,
        user_agent: concat!("shipwright/", env!("CARGO_PKG_VERSION")).to_owned(),
    })
    .map_err(|error| Error::user("cannot prepare to talk to GitHub").with_source(error))?;
    let request = Request {
        repository: job.repository.clone(),
        server: job.server.trim_end_matches('/').to_owned(),
        days: job.days,
        budget: job.budget,
        now: job.now,
        options: Options::default(),
    };
    let (sender, stop) = watch::channel(false);
    let mut engine = Engine {
        client: &client,
        request: &request,
        records: tree.records,
        stop,
    };
    let mut host = Terminal { memory, tell };
    let mut work = std::pin::pin!(engine.run(&mut host));
    tokio::select! {
        summary = &mut work => return summary,
        _ = shutdown_signal() => {}
    }
    // It listens between any two calls; what it has learned by then is stored.
    let _ = sender.send(true);
    work.await
}
