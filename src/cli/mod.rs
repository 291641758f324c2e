//! The command line: what was typed, what it means, and how the answer is printed.
//!
//! A command is a `clap::Args` or `clap::Subcommand` type with `run(self, &Context) -> Result<(), app::Error>`.

pub mod analyze;
pub mod at;
pub mod backfill;
pub mod doctor;
pub mod eval;
pub mod explain;
pub mod help;
pub mod hook;
pub mod memory;
pub mod output;
pub mod recruit;
pub mod root;
pub mod suggestion;

use std::path::PathBuf;

use crate::app::events::EventLog;

use crate::runner::Environment;

/// What every command may need from the surroundings.
#[derive(Debug, Clone)]
pub struct Context {
    /// Milliseconds since the epoch at the start of the process.
    pub now: i64,
    /// `GITHUB_TOKEN`, when set and not empty.
    pub token: Option<String>,
    /// The environment of the process.
    pub environment: Environment,
    /// Whether text may carry colours.
    pub color: bool,
    /// Where events go.
    pub events: EventLog,
    /// The memory shared by all repositories of this machine: used only when the user says so.
    pub global: Option<PathBuf>,
    /// The user said so for good: `SHIPWRIGHT_GLOBAL`.
    pub always_global: bool,
}

impl Context {
    /// The memory shared by all repositories of this machine, when `asked` or switched on for good.
    fn shared(&self, asked: bool) -> Option<PathBuf> {
        self.global.clone().filter(|_| asked || self.always_global)
    }
}
