//! `shipwright memory …`.

pub mod change;
pub mod look;
pub mod peer;
pub mod remote;
pub mod who;

use clap::Subcommand;

use crate::app::Error;
use crate::cli::Context;

/// Commands on memory.
#[derive(Debug, Subcommand)]
pub enum MemoryCommand {
    /// Those that talk to a repository.
    #[command(flatten)]
    Remote(remote::Command),
    /// Those that write a memory file.
    #[command(flatten)]
    Change(change::Command),
    /// Those that only read.
    #[command(flatten)]
    Look(look::Command),
}

impl MemoryCommand {
    /// Carries it out.
    ///
    /// # Errors
    /// See [`crate::app::Kind`] for what they mean.
    pub fn run(self, context: &Context) -> Result<(), Error> {
        match self {
            Self::Remote(command) => command.run(context),
            Self::Change(command) => command.run(context),
            Self::Look(command) => command.run(),
        }
    }
}

/// Parses a time as a person types it: RFC 3339, a date, or seconds or milliseconds since the epoch.
pub(crate) fn time(text: &str) -> Result<i64, String> {
    if let Ok(number) = text.parse::<i64>() {
        return Ok(if number.abs() < 100_000_000_000 {
            number * 1000
        } else {
            number
        });
    }
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Ok(time.as_millisecond());
    }
    let utc = |time: jiff::civil::DateTime| time.to_zoned(jiff::tz::TimeZone::UTC).ok();
    let zoned = text.parse::<jiff::civil::DateTime>().ok().and_then(utc);
    zoned
        .map(|time| time.timestamp().as_millisecond())
        .ok_or_else(|| "expected 2026-01-31T12:00:00Z, 2026-01-31, or a number".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<i64>) {
        assert_eq!(time(text).ok(), expect, "{text}");
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        check("2023-11-14T22:13:20Z", Some(1_700_000_000_000));
        check("2023-11-14T23:13:20+01:00", Some(1_700_000_000_000));
        check("2023-11-14", Some(1_699_920_000_000));
        check("1700000000", Some(1_700_000_000_000));
        check("1700000000000", Some(1_700_000_000_000));
        check("yesterday", None);
        check("", None);
    }
}
