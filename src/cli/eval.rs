//! `shipwright eval`: a developer's tool, hidden from the help.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::output::{self, Format};
use crate::app::Error;
use crate::app::eval::{self, Part, Request};

/// Measure how well failures are understood on a folder of labelled logs, beside two simple rivals.
#[derive(Debug, Args)]
#[command(after_long_help = "\
The folder holds the sets why, logchunks and fail_pass (one folder with label.json and a log for every case), pairs.jsonl
with hard_negatives.jsonl, and roles.dev.jsonl. What is not there is left out.

Example:
  shipwright eval FOLDER --set why --part held-out --failures 10")]
pub struct EvalArgs {
    /// The folder.
    folder: PathBuf,

    /// One set only: `why`, `logchunks`, `fail_pass`, `pairs` or `roles`.
    #[arg(long)]
    set: Option<String>,

    /// Which projects: a third, chosen by a hash of their names, is held out from tuning.
    #[arg(long, default_value = "all")]
    part: PartArg,

    /// How many of the worst cases to show.
    #[arg(long, value_name = "N", default_value_t = 0)]
    failures: usize,

    /// How to answer.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PartArg {
    All,
    HeldOut,
    Tuning,
}

impl EvalArgs {
    /// Measures and prints.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn run(self) -> Result<(), Error> {
        if self.set.as_deref() == Some("roles") {
            let path = self.folder.join("roles.dev.jsonl");
            let roles = eval::roles::evaluate(&path)
                .map_err(|error| Error::user(format!("cannot evaluate {}", path.display())).with_source(error))?;
            return match self.format {
                Format::Json => output::json(&roles.json()),
                Format::Text => output::text(&roles.table()),
            };
        }
        let part = match self.part {
            PartArg::All => Part::All,
            PartArg::HeldOut => Part::HeldOut,
            PartArg::Tuning => Part::Tuning,
        };
        let folder = self.folder.clone();
        let request = Request {
            folder: self.folder,
            set: self.set,
            part,
            failures: self.failures,
        };
        let report = eval::run(&request).map_err(|error| {
            Error::user(format!("cannot evaluate {}", folder.display()))
                .with_source(error)
                .with_hint("name a folder with why/, logchunks/, fail_pass/ or pairs.jsonl")
        })?;
        match self.format {
            Format::Json => output::json(&report),
            Format::Text => output::text(&report.to_string()),
        }
    }
}
