//! The ruflo command line as a child process.
//!
//! ruflo keeps two databases and its `import` and `export` use the second; with `CLAUDE_FLOW_DB_PATH` naming that one,
//! `store`, `list`, `search` and `delete` use it too. Its exit codes do not say whether anything was stored: without a
//! native SQLite driver an import reports success and keeps nothing, and an export of a directory that was never set up
//! is an empty success. So every import is read back, and an export is believed only when it looks like one.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::memory::{DecodeError, Memory};

/// The database that ruflo's import and export use, below the working directory.
const DATABASE: &str = ".swarm/agentdb-memory.db";

/// How much of a failed command's output is kept.
const TAIL_BYTES: u64 = 2_000;

/// How often a running child is looked at.
const POLL: Duration = Duration::from_millis(20);

/// The oldest release whose export is known to hold values.
const OLDEST: &str = "3.5.16";

/// What went wrong between ruflo and us.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such program.
    #[error("`{0}` is not installed")]
    NotInstalled(String),
    /// It ran too long and was stopped.
    #[error("`{command}` did not finish within {seconds} s")]
    TimedOut {
        /// The command.
        command: String,
        /// The limit.
        seconds: u64,
    },
    /// It failed.
    #[error("`{command}` failed: {output}")]
    Failed {
        /// The command.
        command: String,
        /// The end of what it printed.
        output: String,
    },
    /// Nothing was ever stored in this directory; an export of it would look like an empty memory.
    #[error("ruflo has no memory in {}", .0.display())]
    NoMemory(PathBuf),
    /// It wrote no export, or something else.
    #[error("ruflo wrote no usable export")]
    NotAnExport(#[source] DecodeError),
    /// Every value of the export is null: a fault of some releases.
    #[error("ruflo exported {0} entries without any value")]
    NullValues(usize),
    /// It said that it imported, but does not hold what it was given.
    #[error("ruflo holds {found} of {expected} imported entries")]
    NotStored {
        /// Entries given.
        expected: usize,
        /// Entries found afterwards.
        found: usize,
    },
    /// A file or the process could not be used.
    #[error("cannot run ruflo")]
    Io(#[from] io::Error),
}

impl Error {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotInstalled(_) => Some("install it with `npm install -g ruflo`, or name it with --ruflo-command"),
            Self::TimedOut { .. } => {
                Some("raise --ruflo-timeout-seconds; 2,000 entries take about half a minute to import")
            }
            Self::NoMemory(_) => Some("run this in the directory ruflo was used in, or store something first"),
            Self::NotStored { .. } => {
                Some("its SQLite driver does not keep data: run `npm rebuild better-sqlite3` where ruflo is installed")
            }
            Self::NullValues(_) | Self::NotAnExport(_) => {
                Some("this release of ruflo has a broken export; update it with `npm install -g ruflo@latest`")
            }
            Self::Failed { .. } | Self::Io(_) => None,
        }
    }
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportReport {
    /// Entries ruflo now holds of those it was given.
    pub entries: usize,
    /// Of these, entries that ruflo's tools for agents refuse to touch for their key or size.
    pub out_of_reach: usize,
}

/// A ruflo to call.
#[derive(Debug, Clone)]
pub struct Ruflo {
    command: Vec<OsString>,
    directory: PathBuf,
    time_limit: Duration,
}

impl Ruflo {
    /// A ruflo that is started by `command` (`ruflo`, or `npx ruflo@3`) and works in `directory`; each call may take
    /// `time_limit`.
    pub fn new(command: &str, directory: impl Into<PathBuf>, time_limit: Duration) -> Self {
        let command: Vec<OsString> = command.split_whitespace().map(OsString::from).collect();
        let command = if command.is_empty() {
            vec![OsString::from("ruflo")]
        } else {
            command
        };
        Self {
            command,
            directory: directory.into(),
            time_limit,
        }
    }

    /// The version it says it has, `3.42.5`.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn version(&self) -> Result<String, Error> {
        let output = self.call(&[OsStr::new("--version")])?;
        let word = output
            .split_whitespace()
            .find(|word| word.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()));
        Ok(word.unwrap_or("unknown").trim_start_matches('v').to_owned())
    }

    /// Puts all entries into ruflo's memory and reads them back.
    ///
    /// # Errors
    /// [`Error::NotStored`] when they are not there afterwards; others as they are named.
    pub fn import(&self, memory: &Memory) -> Result<ImportReport, Error> {
        if memory.is_empty() {
            return Ok(ImportReport {
                entries: 0,
                out_of_reach: 0,
            });
        }
        let file = tempfile::Builder::new()
            .prefix("shipwright-")
            .suffix(".json")
            .tempfile()?;
        std::fs::write(file.path(), memory.encode())?;
        self.memory_command("import", "-i", file.path())?;
        let held = match self.export() {
            Err(Error::NoMemory(_)) => Memory::default(),
            held => held?,
        };
        let found = memory
            .iter()
            .filter(|(identity, entry)| entry.value.is_none() || held.get(identity).is_some())
            .count();
        if found < memory.len() {
            return Err(Error::NotStored {
                expected: memory.len(),
                found,
            });
        }
        let out_of_reach = memory
            .iter()
            .filter(|(identity, entry)| is_out_of_reach(&identity.key, entry.text()))
            .count();
        Ok(ImportReport {
            entries: found,
            out_of_reach,
        })
    }

    /// Takes all entries out of ruflo's memory.
    ///
    /// # Errors
    /// [`Error::NoMemory`] when there is none, [`Error::NotAnExport`] and [`Error::NullValues`] when what came out
    /// cannot be believed.
    pub fn export(&self) -> Result<Memory, Error> {
        if !self.database()?.exists() {
            return Err(Error::NoMemory(self.directory.clone()));
        }
        let directory = tempfile::Builder::new().prefix("shipwright-").tempdir()?;
        let path = directory.path().join("export.json");
        self.memory_command("export", "-o", &path)?;
        let bytes = match std::fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            bytes => bytes?,
        };
        let memory = Memory::decode(&bytes).map_err(Error::NotAnExport)?;
        if !memory.is_empty() && memory.iter().all(|(_, entry)| entry.value.is_none()) {
            return Err(Error::NullValues(memory.len()));
        }
        Ok(memory)
    }

    fn database(&self) -> io::Result<PathBuf> {
        Ok(std::path::absolute(&self.directory)?.join(DATABASE))
    }

    fn memory_command(&self, verb: &str, flag: &str, path: &Path) -> Result<(), Error> {
        let arguments = [
            OsStr::new("memory"),
            OsStr::new(verb),
            OsStr::new(flag),
            path.as_os_str(),
        ];
        let output = self.call(&arguments)?;
        // What its client prints when the tool behind it does not exist or threw: the exit code may still be 0.
        let broken =
            output.contains("from undefined") || output.contains("to undefined") || output.contains("Tool not found");
        if broken {
            let output = format!("{} (releases before {OLDEST} cannot {verb})", last_line(&output));
            return Err(Error::Failed {
                command: format!("ruflo memory {verb}"),
                output,
            });
        }
        Ok(())
    }

    /// Runs it to its end and gives back what it printed. Output goes to a file: a helper process it leaves behind would
    /// hold a pipe open for ever.
    fn call(&self, arguments: &[&OsStr]) -> Result<String, Error> {
        let mut printed = tempfile::tempfile()?;
        let (program, first) = self.command.split_first().expect("a command has a program");
        let mut command = Command::new(program);
        command
            .args(first)
            .args(arguments)
            .current_dir(&self.directory)
            .env("CLAUDE_FLOW_DB_PATH", self.database()?)
            .env("RUFLO_DAEMON_AUTOSTART", "0")
            .env("NO_COLOR", "1")
            .env_remove("GITHUB_TOKEN")
            .env_remove("INPUT_GITHUB-TOKEN")
            .stdin(Stdio::null())
            .stdout(printed.try_clone()?)
            .stderr(printed.try_clone()?);
        let name = || {
            let words = [program.as_os_str()]
                .into_iter()
                .chain(arguments.iter().copied().take(2));
            words
                .map(|word| word.to_string_lossy().into_owned())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let status = self.wait(&mut command, name)?;
        let output = tail(&mut printed)?;
        if status.success() {
            return Ok(output);
        }
        Err(Error::Failed {
            command: name(),
            output: last_line(&output),
        })
    }

    fn wait(&self, command: &mut Command, name: impl Fn() -> String) -> Result<ExitStatus, Error> {
        let mut child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound if self.directory.is_dir() => Error::NotInstalled(name()),
            _ => Error::Io(error),
        })?;
        let deadline = Instant::now() + self.time_limit;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            if Instant::now() >= deadline {
                // It may have ended by itself in between; either way it is reaped.
                let _ = child.kill();
                child.wait()?;
                return Err(Error::TimedOut {
                    command: name(),
                    seconds: self.time_limit.as_secs(),
                });
            }
            std::thread::sleep(POLL);
        }
    }
}

/// The end of a file, as text.
fn tail(file: &mut File) -> io::Result<String> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The last line that says anything, without terminal codes.
fn last_line(output: &str) -> String {
    let line = output.lines().map(crate::text::one_line).rfind(|line| !line.is_empty());
    line.map_or_else(
        || "it printed nothing".to_owned(),
        |line| line.chars().take(300).collect(),
    )
}

/// Whether ruflo's tools for agents refuse the entry: they are stricter than its command line.
fn is_out_of_reach(key: &str, value: &str) -> bool {
    const MAX_KEY: usize = 1_024;
    const MAX_VALUE: usize = 1 << 20;
    key.len() > MAX_KEY
        || value.len() > MAX_VALUE
        || key.contains("../")
        || key.contains([
            ';', '&', '|', '`', '$', '(', ')', '{', '}', '[', ']', '<', '>', '!', '#', '\\',
        ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Entry, Identity};

    /// A directory with a script that stands in for ruflo: it is called with `memory import -i FILE` and so on.
    fn check(script: &str, act: impl Fn(&Ruflo) -> Result<usize, Error>) -> Result<usize, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ruflo.sh");
        std::fs::create_dir(directory.path().join(".swarm")).unwrap();
        std::fs::write(&path, script).unwrap();
        let command = format!("sh {}", path.display());
        let ruflo = Ruflo::new(&command, directory.path(), Duration::from_secs(60));
        act(&ruflo).map_err(|error| error.to_string())
    }

    fn import(ruflo: &Ruflo) -> Result<usize, Error> {
        let memory: Memory = [
            (Identity::new("n", "k"), Entry::new("v", 1)),
            (Identity::new("n", "a;b"), Entry::new("v", 1)),
        ]
        .into_iter()
        .collect();
        ruflo
            .import(&memory)
            .map(|report| report.entries * 10 + report.out_of_reach)
    }

    fn export(ruflo: &Ruflo) -> Result<usize, Error> {
        ruflo.export().map(|memory| memory.len())
    }

    const KEEPS: &str = "test \"$2\" = import && cp \"$4\" \"$CLAUDE_FLOW_DB_PATH\"; test \"$2\" = export && cp \"$CLAUDE_FLOW_DB_PATH\" \"$4\"; exit 0";

    #[test]
    fn what_is_imported_is_read_back() {
        assert_eq!(check(KEEPS, import), Ok(21));
    }

    #[test]
    fn an_import_that_keeps_nothing_is_an_error() {
        let loses = "echo '[OK] Imported'; touch \"$CLAUDE_FLOW_DB_PATH\"; test \"$2\" = export && echo '{\"entries\":[]}' > \"$4\"; exit 0";
        assert_eq!(
            check(loses, import),
            Err("ruflo holds 0 of 2 imported entries".to_owned())
        );
        assert_eq!(
            check("exit 0", import),
            Err("ruflo holds 0 of 2 imported entries".to_owned())
        );
    }

    #[test]
    fn an_export_is_believed_only_when_it_looks_like_one() {
        let writes = |text: &str| format!("echo '{text}' > \"$4\"");
        let export = |script: &str| {
            check(script, |ruflo| {
                std::fs::write(ruflo.database()?, "")?;
                export(ruflo)
            })
        };
        assert_eq!(
            export(&writes("{\"entries\":[{\"key\":\"k\",\"value\":\"v\"}]}")),
            Ok(1)
        );
        assert_eq!(export(&writes("{\"entries\":[]}")), Ok(0));
        let null = writes("{\"entries\":[{\"key\":\"k\",\"value\":null}]}");
        assert_eq!(
            export(&null),
            Err("ruflo exported 1 entries without any value".to_owned())
        );
        for script in ["exit 0", &writes("{\"k\":\"v\"}"), &writes("oops")] {
            assert_eq!(
                export(script),
                Err("ruflo wrote no usable export".to_owned()),
                "{script}"
            );
        }
        let threw = "echo 'Exported to undefined'";
        assert!(export(threw).unwrap_err().contains("cannot export"), "{threw}");
        assert_eq!(
            export("echo 'no database' >&2; exit 1"),
            Err("`sh memory export` failed: no database".to_owned())
        );
    }

    #[test]
    fn a_directory_without_memory_is_not_an_empty_memory() {
        assert!(
            check("exit 0", export)
                .unwrap_err()
                .starts_with("ruflo has no memory in")
        );
    }

    #[test]
    fn a_program_that_hangs_is_stopped_and_a_missing_one_is_named() {
        let stopped = check("exec sleep 60", |ruflo| {
            let hasty = Ruflo {
                time_limit: Duration::ZERO,
                ..ruflo.clone()
            };
            import(&hasty)
        });
        assert_eq!(stopped, Err("`sh memory import` did not finish within 0 s".to_owned()));
        let missing = Ruflo::new("no-such-program-here", ".", Duration::from_secs(1));
        assert!(
            missing
                .version()
                .unwrap_err()
                .to_string()
                .starts_with("`no-such-program-here")
        );
    }

    #[test]
    fn the_version_is_found_in_what_it_prints() {
        let version = |ruflo: &Ruflo| ruflo.version().map(|version| usize::from(version == "3.42.5"));
        assert_eq!(check("echo ruflo v3.42.5", version), Ok(1));
    }
}
