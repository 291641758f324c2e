//! The command line: what was typed, what it means, and how the answer is printed.
//!
//! A command is a `clap::Args` or `clap::Subcommand` type with `run(self, &Context) -> Result<(), app::Error>`.

pub mod analyze;
pub mod backfill;
pub mod eval;
pub mod explain;
pub mod help;
pub mod memory;
pub mod output;
pub mod recruit;
pub mod root;

/// What every command may need from the surroundings.
#[derive(Debug, Clone)]
pub struct Context {
    /// Milliseconds since the epoch at the start of the process.
    pub now: i64,
    /// `GITHUB_TOKEN`, when set and not empty.
    pub token: Option<String>,
    /// Whether text may carry colours.
    pub color: bool,
}
