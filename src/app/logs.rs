//! Log files as users name them: a path, or `-` for standard input.

use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Once;

use globset::{Glob, GlobSetBuilder};

use super::error::{Error, reading};
use crate::failure::junit::{self, TestReport};
use crate::failure::{Options, analyze};
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

/// The failing tests in JUnit XML files, named by globs.
///
/// # Errors
/// A pattern that names no file, and a file that is no test report.
pub fn test_reports(patterns: &[String]) -> Result<Vec<TestReport>, Error> {
    let mut reports = Vec::new();
    for pattern in patterns {
        let files = matching(pattern).map_err(|reason| Error::user(format!("`{pattern}` is no glob: {reason}")))?;
        if files.is_empty() {
            return Err(Error::user(format!("there is no test report at {pattern}")));
        }
        for path in files {
            let bytes = std::fs::read(&path).map_err(|error| reading(&path, error))?;
            let found = junit::parse(&bytes)
                .map_err(|error| Error::user(format!("cannot use {}", path.display())).with_source(error))?;
            reports.extend(found);
        }
    }
    Ok(reports)
}

/// The files a glob names, sorted; a path without wildcards is itself.
///
/// # Errors
/// A pattern that is no glob.
pub fn matching(pattern: &str) -> Result<Vec<PathBuf>, String> {
    let plain = PathBuf::from(pattern);
    if !pattern.contains(['*', '?', '[', '{']) {
        return Ok(plain.is_file().then_some(plain).into_iter().collect());
    }
    let glob = Glob::new(pattern).map_err(|error| error.to_string())?;
    let set = GlobSetBuilder::new()
        .add(glob)
        .build()
        .map_err(|error| error.to_string())?;
    let fixed: PathBuf = plain
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect();
    let mut found = Vec::new();
    let mut waiting = vec![(fixed, 0)];
    while let Some((directory, depth)) = waiting.pop() {
        let here = if directory.as_os_str().is_empty() {
            Path::new(".")
        } else {
            directory.as_path()
        };
        let Ok(entries) = std::fs::read_dir(here) else {
            continue;
        };
        for entry in entries.flatten().take(10_000) {
            let path = directory.join(entry.file_name());
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && depth < 8 {
                waiting.push((path, depth + 1));
            } else if kind.is_file() && set.is_match(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Compiles the patterns most logs ask for on the other core while this one reads the log: most of a short report's time is
/// compiling patterns.
fn warm_up() {
    const TYPICAL: &[u8] = b"a.rs:3: error: failed: not found\nFAILED tests/a.py::test_b - ValueError: bad at /home/x/a.js:1:2\n    at f (a.js:1:2)\n\
        Exception: cannot open, expected 1 but got 2\nwarning: unknown build failure, timeout\nmake: *** [all] Error 1\nprocess exited with code 1\n";
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::thread::spawn(|| std::hint::black_box(analyze(&Log::from_bytes(TYPICAL), &Options::default())));
    });
}
