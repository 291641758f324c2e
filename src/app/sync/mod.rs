//! Restore and persist: how memory travels between a job and the ref, and why nothing acknowledged is ever lost.
//!
//! A writer tries the tip **once**. Beaten, it leaves what it changed in a ref of its own, the *inbox*, which nobody can
//! contend for, and is done. Whoever reads merges the inbox in; whoever gets the tip folds in what it has read and deletes
//! exactly those refs at the ids it read, in the same push. Folding twice is harmless ([`crate::memory::Delta`]).

mod base;
mod commit;
mod doctor;
mod persist;
mod restore;
mod state;
mod trouble;

pub use base::{Base, BaseError};
pub use commit::{Run, Writer};
pub use doctor::{Finding, Health, LogEntry, doctor, log};
pub use persist::{Local, Outcome, Persisted, persist};
pub use restore::{BASE_FILE, Restored, restore};

use crate::gitref::Options;
use crate::ids::RefName;
use crate::memory::retention;
use crate::redact::Redactor;

/// How long the chain of commits may grow before it is replaced by one commit.
pub const DEFAULT_HISTORY: u32 = 50;

/// What every transfer of memory needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Setup<'a> {
    /// The ref that holds memory.
    pub name: &'a RefName,
    /// Who writes.
    pub writer: &'a Writer,
    /// What is taken out of values before they leave the machine.
    pub redactor: &'a Redactor,
    /// What may be forgotten.
    pub retention: retention::Policy,
    /// Most commits in the chain; see [`DEFAULT_HISTORY`].
    pub history: u32,
    /// Milliseconds since the epoch.
    pub now: i64,
}

impl<'a> Setup<'a> {
    /// The usual limits.
    pub fn new(name: &'a RefName, writer: &'a Writer, redactor: &'a Redactor, now: i64) -> Self {
        Self {
            name,
            writer,
            redactor,
            retention: retention::Policy::default(),
            history: DEFAULT_HISTORY,
            now,
        }
    }
}

/// Says who we are to a git server.
pub fn options(deadline: std::time::Instant) -> Options {
    let user_agent = concat!("shipwright/", env!("CARGO_PKG_VERSION")).to_owned();
    Options {
        deadline,
        transport: crate::gitref::TransportChoice::Auto,
        user_agent,
    }
}
