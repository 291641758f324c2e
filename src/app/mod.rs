//! Use cases: each file does one thing a user asks for, with the modules below as its tools.

pub mod action;
pub mod analyze;
pub mod backfill;
pub mod clock;
pub mod error;
pub mod eval;
pub mod events;
pub mod explain;
pub mod failpoint;
pub mod files;
mod job_log;
pub mod learn;
mod lessons;
pub mod local;
pub mod logs;
pub mod memory;
pub mod memory_file;
pub mod recruit;
pub mod run_address;
pub mod suggestions;
pub mod sync;

pub use error::{Error, Kind};
