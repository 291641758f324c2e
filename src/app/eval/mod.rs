//! `shipwright eval DIR`: how well failures are understood, measured on a folder of labelled logs. A developer's tool.

mod case;
mod measure;
mod rivals;
pub mod roles;

use std::path::PathBuf;

pub use case::{Case, Label, read_log, read_set};
pub use measure::{Expected, Shown};
pub use rivals::{grep_error, last_lines};

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
