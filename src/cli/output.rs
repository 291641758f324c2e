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
    // Inside a runner, `##[` anywhere in a line of output is a command; in JSON it can be written another way.
    raw(text.replace("##[", "\\u0023#[").as_bytes())
}

/// An instant as typed: RFC 3339, or seconds (below 10^11) or milliseconds since the epoch.
///
/// # Errors
/// What was expected, for the usage message.
pub fn time(text: &str) -> Result<i64, String> {
    if let Ok(number) = text.trim().parse::<i64>() {
        return Ok(if number.abs() < 100_000_000_000 {
            number * 1000
        } else {
            number
        });
    }
    let instant: Result<jiff::Timestamp, _> = text.trim().parse();
    instant.map(jiff::Timestamp::as_millisecond).map_err(|_error| {
        "expected RFC 3339 (2026-11-02T14:32:09Z), or seconds or milliseconds since the epoch".to_owned()
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_three_ways() {
        let expect = 1_793_629_929_000;
        for text in ["2026-11-02T14:32:09Z", "1793629929", "1793629929000"] {
            assert_eq!(time(text), Ok(expect), "{text}");
        }
        assert!(time("yesterday").is_err());
    }
}
