//! What goes to standard output: text for people, or exactly one JSON document.

use std::io::{self, Write};

use serde::Serialize;

use crate::app::{Error, Kind};

/// How a command answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

/// Prints `value` as one JSON document with a final newline.
///
/// # Errors
/// When standard output cannot be written; a closed pipe is no error.
pub fn json<T: Serialize>(value: &T) -> Result<(), Error> {
    let mut text = serde_json::to_string_pretty(value)
        .map_err(|error| Error::new(Kind::Bug, "cannot encode the answer as JSON").with_source(error))?;
    text.push('\n');
    raw(text.as_bytes())
}

/// Prints text for people; adds the final newline when it is missing.
///
/// # Errors
/// As [`json`].
pub fn text(text: &str) -> Result<(), Error> {
    if text.ends_with('\n') {
        raw(text.as_bytes())
    } else {
        raw(format!("{text}\n").as_bytes())
    }
}

/// Prints bytes as they are.
///
/// # Errors
/// As [`json`].
pub fn raw(bytes: &[u8]) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::new(Kind::User, "cannot write to standard output").with_source(error))
        }
        _ => Ok(()),
    }
}
