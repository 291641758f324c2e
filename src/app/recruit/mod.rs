//! The twenty commands of recruit, each a method of [`Office`] that reads stores, decides through `crate::recruit`, writes
//! stores and tells the event log.
//!
//! Every method returns an [`Answer`]: the same facts as text for people and as one JSON document. A language model is asked
//! before a lock is taken, never while it is held.

mod audit;
mod checks;
mod events;
mod feedback;
mod help;
mod matching;
mod model;
mod people;
mod reflection;
mod roles;
mod share;
mod store;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::app::Error;
use crate::recruit::Policy;
use crate::recruit::policy::Source;
use crate::redact::Redactor;

pub use audit::Repair;
pub(in crate::app) use events::append as append_event;
pub use feedback::{Given, Report};
pub use people::Promote;
pub use roles::{Evolve, NewRole};
pub use store::Store;

/// Where things are and what may be used.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The directory that holds `recruitment/`.
    pub home: PathBuf,
    /// The event log.
    pub events: PathBuf,
    /// A policy file that must exist.
    pub policy: Option<PathBuf>,
    /// Whether a language model may be asked.
    pub model: ModelUse,
    /// Milliseconds since the epoch.
    pub now: i64,
    /// The process's number; with the time it makes a match's identity.
    pub process: u32,
}

/// Whether a language model may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelUse {
    /// When there is one.
    Allowed,
    /// Never.
    Silenced,
}

/// Whether the answer is a yes or a no; the edge makes an exit code of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Fine.
    Yes,
    /// The answer is printed, and it is no.
    No(String),
}

/// What a command found.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// For people.
    pub text: String,
    /// For programs.
    pub json: Value,
    /// Yes or no.
    pub verdict: Verdict,
}

impl Answer {
    /// A plain answer.
    fn new(text: impl Into<String>, json: Value) -> Self {
        Self {
            text: text.into(),
            json,
            verdict: Verdict::Yes,
        }
    }
}

/// The engine on its files.
#[derive(Debug, Clone)]
pub struct Office {
    setup: Setup,
    policy: Policy,
    root: PathBuf,
}

impl Office {
    /// Reads the policy: a repository's `config/policy.json`, then the user's `policy.json` beside the stores, then the one
    /// that was named.
    ///
    /// # Errors
    /// When a policy cannot be read or used.
    pub fn new(setup: Setup, working_directory: &Path) -> Result<Self, Error> {
        let mut policy = Policy::default();
        let repository = (working_directory.join("config/policy.json"), Source::Repository);
        let user = (setup.home.join("policy.json"), Source::User);
        for (path, source) in [repository, user] {
            match std::fs::read(&path) {
                Ok(bytes) => apply(&mut policy, &path, &bytes, source)?,
                Err(error) if is_absent(&error) => {}
                Err(error) => return Err(crate::app::error::reading(&path, error)),
            }
        }
        if let Some(path) = &setup.policy {
            let bytes = std::fs::read(path).map_err(|error| crate::app::error::reading(path, error))?;
            apply(&mut policy, path, &bytes, Source::User)?;
        }
        Ok(Self::with_policy(setup, policy))
    }

    /// With a policy that is already known.
    pub fn with_policy(setup: Setup, policy: Policy) -> Self {
        let root = setup.home.join("recruitment");
        Self { setup, policy, root }
    }

    /// The settings in force.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The stores, locked until dropped.
    ///
    /// # Errors
    /// When the directory cannot be used, or somebody else holds the lock for too long.
    pub fn store(&self) -> Result<Store, Error> {
        Store::open(&self.root)
    }

    fn now(&self) -> i64 {
        self.setup.now
    }

    /// Tells the event log; that it cannot be written is worth a warning and no more.
    fn tell(&self, kind: &str, fields: Value) {
        let fields = match fields {
            Value::Object(fields) => fields,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
        };
        if let Err(error) = events::append(&self.setup.events, kind, fields, self.now()) {
            tracing::warn!(path = %self.setup.events.display(), %error, "cannot write the event log");
        }
    }
}

fn apply(policy: &mut Policy, path: &Path, bytes: &[u8], source: Source) -> Result<(), Error> {
    policy
        .apply(bytes, source)
        .map_err(|error| Error::user(format!("cannot use {}", path.display())).with_source(error))
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
    )
}

/// Text from outside as it may be stored, shown and sent to a model: without secrets.
fn clean(text: &str) -> String {
    Redactor::default().text(text).into_owned()
}

/// Text that grows.
trait Page {
    /// Adds formatted text.
    fn add(&mut self, text: std::fmt::Arguments<'_>);
}

impl Page for String {
    fn add(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = std::fmt::Write::write_fmt(self, text);
    }
}

/// `text` when the condition holds.
fn when(condition: bool, text: impl FnOnce() -> String) -> String {
    if condition { text() } else { String::new() }
}
