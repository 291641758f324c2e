//! `recruit sync`: the stores and a memory learn from each other.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::Value;

use crate::app::error::reading;
use crate::app::local::LocalMemory;
use crate::app::recruit::{Answer, Office};
use crate::app::sync::{self, Local, Outcome, Persisted, Setup, Writer};
use crate::app::{Error, Kind};
use crate::cli::Context;
use crate::gitref::{Remote, Token};
use crate::ids::RefName;
use crate::memory::retention::Policy;
use crate::memory::{ExportTrust, Memory};
use crate::redact::Redactor;

#[derive(Debug, Args)]
pub(super) struct Sync {
    /// A memory file or directory
    #[arg(long, value_name = "PATH", conflicts_with = "remote")]
    memory: Option<String>,
    /// Address of a repository whose memory ref is used; the token comes from `GITHUB_TOKEN`
    #[arg(long, value_name = "URL")]
    remote: Option<String>,
    /// The ref that holds memory
    #[arg(long = "ref", value_name = "REF", default_value = RefName::DEFAULT)]
    name: RefName,
    /// Read the token from this file instead
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Give up after this many seconds
    #[arg(long, value_name = "N", default_value_t = 60)]
    timeout_seconds: u64,
}

impl Sync {
    /// Reads the memory, lets both sides learn, and writes what is new.
    pub(super) fn run(&self, office: &Office, context: &Context) -> Result<Answer, Error> {
        match &self.remote {
            Some(address) => self.with_remote(address, office, context),
            None => self.with_local(office),
        }
    }

    fn with_local(&self, office: &Office) -> Result<Answer, Error> {
        let memory = LocalMemory::open(self.memory.as_deref())?;
        if memory == LocalMemory::Nowhere {
            return Err(
                Error::user("there is no git repository here whose memory could be used")
                    .with_hint("name one with `--memory PATH` or `--remote URL`"),
            );
        }
        let mut records = memory.read()?.records;
        let before = records.clone();
        let answer = office.sync(&mut records)?;
        if records != before {
            memory.update(|tree| carry_over(&before, &records, &mut tree.records))?;
        }
        let outcome = if records == before { "unchanged" } else { "written" };
        Ok(ending(answer, outcome, &memory.to_string()))
    }

    fn with_remote(&self, address: &str, office: &Office, context: &Context) -> Result<Answer, Error> {
        let token = match &self.token_file {
            Some(path) => Some(std::fs::read_to_string(path).map_err(|error| reading(path, error))?),
            None => context.token.clone(),
        };
        let token = token.as_deref().and_then(Token::new);
        let deadline = Instant::now() + Duration::from_secs(self.timeout_seconds);
        let remote = Remote::open(address, token.as_ref(), &sync::options(deadline))
            .map_err(|error| Error::user(format!("cannot use `--remote {address}`")).with_source(error))?;
        let restored = sync::restore(&remote, &self.name)?;
        let mut tree = restored.tree;
        let answer = office.sync(&mut tree.records)?;
        let (writer, redactor) = (Writer::local(), Redactor::default());
        // How long things stay there is for the repository's own settings to say.
        let setup = Setup {
            retention: Policy::LASTING,
            ..Setup::new(&self.name, &writer, &redactor, context.now)
        };
        let local = Local {
            tree,
            trust: ExportTrust::Untrusted,
        };
        let done = sync::persist(&remote, &setup, Some(&restored.base), local)?;
        let outcome = word(&done)?;
        Ok(ending(answer, outcome, &format!("{} of {}", self.name, remote.shown())))
    }
}

/// Brings what a sync made of `before` into `to`, the same memory read anew. What somebody else changed or deleted there
/// in the meantime stands; the next sync sees it.
fn carry_over(before: &Memory, after: &Memory, to: &mut Memory) {
    for (identity, entry) in after.iter() {
        let was = before.get(identity);
        if was != Some(entry) && to.get(identity) == was {
            to.insert(identity.clone(), entry.clone());
        }
    }
}

fn word(done: &Persisted) -> Result<&'static str, Error> {
    for warning in &done.warnings {
        tracing::warn!("{warning}");
    }
    match &done.outcome {
        Outcome::Pushed => Ok("pushed"),
        Outcome::Unchanged => Ok("unchanged"),
        Outcome::Inboxed => Ok("inboxed"),
        Outcome::Refused(reason) => Err(Error::new(
            Kind::Conflict,
            format!("the server refused the memory: {reason}"),
        )),
        Outcome::Denied { permission } => Err(Error::service("the token may not write the memory").with_hint(format!(
            "it needs `{permission}`; what others learned is taken over already"
        ))),
    }
}

fn ending(mut answer: Answer, outcome: &'static str, place: &str) -> Answer {
    answer.text.extend(["  ", place, ": ", outcome, "\n"]);
    if let Value::Object(fields) = &mut answer.json {
        fields.insert("outcome".to_owned(), outcome.into());
        fields.insert("memory".to_owned(), place.into());
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Entry, Identity};

    fn memory(entries: &[(&str, &str)]) -> Memory {
        let mut memory = Memory::default();
        for (key, value) in entries {
            memory.insert(Identity::new("shipwright/match", *key), Entry::new(*value, 1));
        }
        memory
    }

    #[test]
    fn what_others_changed_or_deleted_during_a_sync_stands() {
        let before = memory(&[("changed", "a"), ("deleted", "a"), ("mine", "a"), ("same", "a")]);
        let after = memory(&[
            ("changed", "a"),
            ("deleted", "a"),
            ("mine", "b"),
            ("same", "a"),
            ("new", "b"),
            ("both", "b"),
        ]);
        let mut now = memory(&[
            ("changed", "c"),
            ("mine", "a"),
            ("same", "a"),
            ("both", "c"),
            ("theirs", "c"),
        ]);
        carry_over(&before, &after, &mut now);
        let expect = [
            ("changed", "c"),
            ("mine", "b"),
            ("same", "a"),
            ("both", "c"),
            ("theirs", "c"),
            ("new", "b"),
        ];
        assert_eq!(now, memory(&expect));
    }
}
