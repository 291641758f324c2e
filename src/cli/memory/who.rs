//! Who writes, as the environment of a job tells.

use clap::Args;

use crate::app::sync::{Run, Writer};

/// Who writes, as the environment of a job tells.
#[derive(Debug, Args)]
pub struct Who {
    #[arg(long, env = "GITHUB_RUN_ID", hide = true)]
    run_id: Option<String>,
    #[arg(long, env = "GITHUB_RUN_ATTEMPT", hide = true, default_value_t = 1)]
    run_attempt: u32,
    #[arg(long, env = "GITHUB_JOB", hide = true, default_value = "")]
    job: String,
    #[arg(long, env = "GITHUB_SHA", hide = true, default_value = "")]
    sha: String,
}

impl Who {
    /// The writer: the job in Actions, somebody at a terminal otherwise.
    pub fn writer(&self) -> Writer {
        match &self.run_id {
            Some(id) if !id.is_empty() => Writer::actions(
                Run {
                    id: id.clone(),
                    attempt: self.run_attempt,
                    job: self.job.clone(),
                },
                &self.sha,
            ),
            _ => Writer::local(),
        }
    }
}
