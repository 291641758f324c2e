//! Log files as users name them: a path, or `-` for standard input.

use std::io::{self, BufReader};
use std::path::Path;
use std::sync::Once;

use super::error::{Error, reading};
use crate::failure::identity::{Evidence, identify};
use crate::log::Log;

/// A log and what the user called it.
#[derive(Debug)]
pub struct NamedLog {
    /// The path as typed; `standard input` for `-`.
    pub name: String,
    /// Its content.
    pub log: Log,
}

/// Reads one log.
///
/// # Errors
/// A missing, unreadable or unsuitable path, by name.
pub fn read(path: &str) -> Result<NamedLog, Error> {
    warm_up();
    if path == "-" {
        let log = Log::read(io::stdin().lock())
            .map_err(|error| Error::user("cannot read standard input").with_source(error))?;
        return Ok(NamedLog {
            name: "standard input".to_owned(),
            log,
        });
    }
    let file_path = Path::new(path);
    if file_path.is_dir() {
        return Err(Error::user(format!("{path} is a directory, not a log")).with_hint("name the log file itself"));
    }
    let file = std::fs::File::open(file_path).map_err(|error| {
        reading(file_path, error).with_hint("give the path of a log file, or `-` to read standard input")
    })?;
    let log = Log::read(BufReader::with_capacity(1 << 16, file)).map_err(|error| reading(file_path, error))?;
    Ok(NamedLog {
        name: path.to_owned(),
        log,
    })
}

/// Reads several logs; the same path `-` twice is an error, since standard input can be read once only.
///
/// # Errors
/// As [`read`].
pub fn read_all(paths: &[String]) -> Result<Vec<NamedLog>, Error> {
    if paths.iter().filter(|path| *path == "-").count() > 1 {
        return Err(Error::user("standard input (`-`) can be read once only"));
    }
    paths.iter().map(|path| read(path)).collect()
}

/// Compiles the patterns of identity on the other core while this one reads and scans the log: most of a short report's
/// time is compiling patterns.
fn warm_up() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::thread::spawn(|| {
            let lines = [
                "FAILED tests/a.py::test_b - ValueError: bad at /home/x/a.js:1:2",
                "    at f (a.js:1:2)",
            ];
            let evidence = Evidence {
                decisive: &lines,
                ..Evidence::default()
            };
            std::hint::black_box(identify(&evidence));
        });
    });
}
