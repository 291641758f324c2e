//! `shipwright memory …`.

pub mod remote;

use clap::Subcommand;

use super::Context;
use crate::app::Error;

/// The memory of a repository: fetch it, bring it back, look into it
#[derive(Debug, Subcommand)]
pub enum MemoryCommand {
    #[command(flatten)]
    Remote(remote::Command),
}

impl MemoryCommand {
    /// Carries it out.
    ///
    /// # Errors
    /// As the commands say.
    pub fn run(self, context: &Context) -> Result<(), Error> {
        match self {
            Self::Remote(command) => command.run(context),
        }
    }
}
