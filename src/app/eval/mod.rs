//! `shipwright eval DIR`: how well failures are understood, measured on a folder of labelled logs. A developer's tool.
//!
//! The folder has the sets `why`, `logchunks` and `fail_pass` (a folder with `label.json` and a log for every case) and
//! `pairs.jsonl` with `hard_negatives.jsonl` (short texts). What is not there is left out. A third of the projects, chosen
//! by a hash of their names, is held out: rules and weights are not tuned on them.

mod case;
mod measure;
mod pairs;
mod rivals;
pub mod roles;
mod run;
mod shift;
mod table;
pub mod texts;

use std::path::PathBuf;

pub use case::{Case, Label, read_log, read_set};
pub use measure::{Expected, Shown};
pub use run::{Categories, Miss, Report, SetReport, Tally, run};
pub use shift::shifted;

/// Which projects are looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// All of them.
    #[default]
    All,
    /// The third nothing was tuned on.
    HeldOut,
    /// The other two thirds.
    Tuning,
}

/// What to evaluate.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The folder with the data.
    pub folder: PathBuf,
    /// One set only, by name.
    pub set: Option<String>,
    /// Which projects.
    pub part: Part,
    /// How many of the worst cases to report.
    pub failures: usize,
}

impl Request {
    fn wants(&self, set: &str) -> bool {
        self.set.as_deref().is_none_or(|wanted| wanted == set)
    }
}

/// Why an evaluation cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A label is not in the expected form.
    #[error("cannot understand {}", path.display())]
    Label {
        /// Which.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}
