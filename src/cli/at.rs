//! What the commands that talk to GitHub have in common: the run, the token, the time.

use std::path::PathBuf;

use clap::Args;

use super::Context;
use crate::app::action::{Conversation, Inquiry, Visitor};
use crate::app::error::{Error, reading};
use crate::app::run_address::RunAddress;

/// How to get through to GitHub.
#[derive(Debug, Args)]
pub struct Access {
    /// Read the token from this file instead of `GITHUB_TOKEN`.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,

    /// Give up after this many seconds.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u64).range(5..=3000))]
    timeout_seconds: u64,
}

impl Access {
    /// Who talks to GitHub.
    ///
    /// # Errors
    /// A token file that cannot be read.
    pub fn visitor(&self, context: &Context) -> Result<Visitor, Error> {
        let token = match &self.token_file {
            Some(path) => Some(std::fs::read_to_string(path).map_err(|error| reading(path, error))?),
            None => None,
        };
        Ok(Visitor {
            environment: context.environment.clone(),
            token,
        })
    }

    /// The settings that say so.
    pub fn inputs(&self) -> Vec<(&'static str, String)> {
        vec![("timeout-seconds", self.timeout_seconds.to_string())]
    }
}

/// A run on GitHub in place of a log.
#[derive(Debug, Args)]
pub struct OnRun {
    /// Address of a run, of one of its attempts, or of one of its jobs: its logs are fetched with `GITHUB_TOKEN`.
    #[arg(long, value_name = "URL")]
    pub run: Option<RunAddress>,

    #[command(flatten)]
    access: Access,
}

impl OnRun {
    /// Asks about the run, when one was named.
    ///
    /// # Errors
    /// A token file that cannot be read.
    pub fn inquiry(&self, context: &Context) -> Result<Option<Inquiry>, Error> {
        let Some(address) = self.run.clone() else {
            return Ok(None);
        };
        Ok(Some(Inquiry {
            address,
            visitor: self.access.visitor(context)?,
            inputs: self.access.inputs(),
            memory: None,
            conversation: Conversation::Silent,
            learn: false,
        }))
    }
}
