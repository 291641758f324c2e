//! `--ruflo`: the options that `memory pull` and `memory push` share.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::app::Error;
use crate::app::error::writing;
use crate::app::memory;
use crate::memory::Memory;
use crate::ruflo::Ruflo;

/// Whether and how to call ruflo.
#[derive(Debug, Args)]
pub struct Peer {
    /// Exchange the memory with ruflo: pull imports into it, push exports from it first
    #[arg(long)]
    ruflo: bool,
    /// How ruflo is started, for example `npx ruflo@3`
    #[arg(long, value_name = "COMMAND", default_value = "ruflo", requires = "ruflo")]
    ruflo_command: String,
    /// The directory ruflo works in
    #[arg(long, value_name = "DIR", default_value = ".", requires = "ruflo")]
    ruflo_directory: PathBuf,
    /// Stop ruflo after this many seconds
    #[arg(long, value_name = "N", default_value_t = 120, requires = "ruflo")]
    ruflo_timeout_seconds: u64,
}

impl Peer {
    /// After a pull: puts the memory into ruflo, when that was asked for. Gives the number of entries it now holds. When
    /// it fails, `base` is removed: a push after this must not take what ruflo does not hold for deleted.
    ///
    /// # Errors
    /// A ruflo that is missing, too slow, or does not keep what it is given.
    pub fn after_pull(&self, memory: &Memory, base: &Path) -> Result<Option<usize>, Error> {
        if !self.ruflo {
            return Ok(None);
        }
        match memory::import_into(&self.open(), memory) {
            Ok(report) => Ok(Some(report.entries)),
            Err(error) => {
                std::fs::remove_file(base).map_err(|error| writing(base, error))?;
                Err(error)
            }
        }
    }

    /// Before a push: writes ruflo's memory to the file that is pushed, when that was asked for.
    ///
    /// # Errors
    /// A ruflo that is missing, too slow, or whose export cannot be believed; the file is as it was then.
    pub fn before_push(&self, input: &Path) -> Result<Option<usize>, Error> {
        if !self.ruflo {
            return Ok(None);
        }
        memory::export_from(&self.open(), input).map(Some)
    }

    fn open(&self) -> Ruflo {
        Ruflo::new(
            &self.ruflo_command,
            &self.ruflo_directory,
            Duration::from_secs(self.ruflo_timeout_seconds),
        )
    }
}
