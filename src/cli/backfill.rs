//! `shipwright backfill`: learn from the past runs of a repository.

use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::Context;
use super::output::{self, Format};
use crate::app::Error;
use crate::app::backfill::{self, Job, Progress};
use crate::ids::RepoSlug;

/// Learn from the past runs of a repository: its failures, what fixed them, which are flaky.
#[derive(Debug, Args)]
#[command(after_long_help = "\
What was read is remembered, so a backfill that stops (calls used up, interrupted) goes on where it was when it is run
again. Nothing is written to GitHub. The token comes from GITHUB_TOKEN and needs `actions: read`; with `contents: read` and
`pull-requests: read` the commits and pull requests that fixed a failure are learned too.

Example:
  shipwright backfill --repo octo/ship --days 30 --memory memory.json")]
pub struct BackfillArgs {
    /// The repository.
    #[arg(long, value_name = "OWNER/NAME", env = "GITHUB_REPOSITORY")]
    repo: RepoSlug,

    /// How many days back.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=400))]
    days: u64,

    /// Most calls to GitHub in this go; by default what is left of the token's hourly limit.
    #[arg(long, value_name = "N")]
    budget: Option<u64>,

    /// Memory: a `memory-export.json`-shaped file or a directory; by default `refs/ruflo-memory/v1` of the repository
    /// here (nothing is pushed).
    #[arg(long, value_name = "PATH")]
    memory: Option<String>,

    /// Stop after this many seconds.
    #[arg(long, value_name = "N", default_value_t = 3600)]
    timeout_seconds: u64,

    /// How to answer; `json` is one document of schema `shipwright-backfill/v1`.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    #[arg(long, env = "GITHUB_API_URL", hide = true, default_value = "https://api.github.com")]
    api_url: String,

    #[arg(long, env = "GITHUB_SERVER_URL", hide = true, default_value = "https://github.com")]
    server_url: String,
}

impl BackfillArgs {
    /// Reads and learns.
    ///
    /// # Errors
    /// A memory that cannot be read or written, or a GitHub that does not list the runs.
    pub fn run(self, context: &Context) -> Result<(), Error> {
        let job = Job {
            repository: self.repo,
            days: self.days,
            budget: self.budget,
            memory: self.memory,
            api_url: self.api_url,
            server: self.server_url,
            token: context.token.clone(),
            limit: Duration::from_secs(self.timeout_seconds),
            now: context.now,
        };
        // Drawn on standard error, and only when that is a terminal.
        let bar = ProgressBar::new(0).with_style(style());
        let summary = backfill::run(&job, |progress: Progress| {
            bar.set_length(progress.total as u64);
            bar.set_position(progress.done as u64);
            bar.set_message(format!("{} failures, {} fixes", progress.failures, progress.fixes));
        });
        bar.finish_and_clear();
        let summary = summary?;
        match self.format {
            Format::Json => output::json(&summary),
            Format::Text => output::text(&summary.line()),
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30} {pos}/{len} runs  {msg}  {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
