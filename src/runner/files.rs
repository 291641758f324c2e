//! The runner's file commands: outputs, state, environment and summary.
//!
//! Entries are written in the multi-line form with a random delimiter, whatever the value: one grammar to be right
//! about. A malformed file fails the step even if we exit 0, so what cannot be written well is not written.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::Environment;
use crate::text::{self, Limit};

/// Bytes of a step summary; the runner drops a longer one as a whole.
const SUMMARY_LIMIT: u64 = 1024 * 1024;
/// UTF-16 units of an output; a job has half a million of them.
const OUTPUT_LIMIT: usize = 128 * 1024;
/// Bytes of a variable. Linux starts no process with one beyond 128 KiB.
const VARIABLE_LIMIT: usize = 64 * 1024;

/// Why an entry was not written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The runner gave no such file.
    #[error("{file} is not set, so the runner does not hear about {name}")]
    Absent {
        /// The variable that should name the file.
        file: &'static str,
        /// The entry.
        name: String,
    },
    /// The name would be misread.
    #[error("`{name}` is not a name for {file}")]
    Name {
        /// The variable that names the file.
        file: &'static str,
        /// The entry.
        name: String,
    },
    /// The value is larger than the runner takes.
    #[error("the value of {name} is too large for {file}")]
    TooLarge {
        /// The variable that names the file.
        file: &'static str,
        /// The entry.
        name: String,
    },
    /// The file cannot be written.
    #[error("cannot write {name} to {file}: {source}")]
    Unwritable {
        /// The variable that names the file.
        file: &'static str,
        /// The entry.
        name: String,
        /// Why.
        source: io::Error,
    },
}

impl FileError {
    /// The variable that names the file.
    pub const fn file(&self) -> &'static str {
        match self {
            Self::Absent { file, .. }
            | Self::Name { file, .. }
            | Self::TooLarge { file, .. }
            | Self::Unwritable { file, .. } => file,
        }
    }
}

/// Where the runner wants its entries.
#[derive(Debug, Clone, Default)]
pub struct Files {
    output: Option<PathBuf>,
    state: Option<PathBuf>,
    variables: Option<PathBuf>,
    summary: Option<PathBuf>,
}

impl Files {
    /// The files named by `GITHUB_OUTPUT`, `GITHUB_STATE`, `GITHUB_ENV` and `GITHUB_STEP_SUMMARY`.
    pub fn new(environment: &Environment) -> Self {
        let path = |name| environment.get(name).map(PathBuf::from);
        Self {
            output: path("GITHUB_OUTPUT"),
            state: path("GITHUB_STATE"),
            variables: path("GITHUB_ENV"),
            summary: path("GITHUB_STEP_SUMMARY"),
        }
    }

    /// Sets an output of the step.
    pub fn output(&self, name: &str, value: &str) -> Result<(), FileError> {
        let file = "GITHUB_OUTPUT";
        if text::utf16_len(value) > OUTPUT_LIMIT {
            return Err(FileError::TooLarge {
                file,
                name: name.to_owned(),
            });
        }
        set(file, self.output.as_deref(), name, value)
    }

    /// Saves a value for the post stage.
    pub fn state(&self, name: &str, value: &str) -> Result<(), FileError> {
        variable("GITHUB_STATE", self.state.as_deref(), name, value)
    }

    /// Sets a variable for the steps that follow.
    pub fn export(&self, name: &str, value: &str) -> Result<(), FileError> {
        let file = "GITHUB_ENV";
        if name.eq_ignore_ascii_case("NODE_OPTIONS") || name.starts_with("GITHUB_") || name.starts_with("RUNNER_") {
            return Err(FileError::Name {
                file,
                name: name.to_owned(),
            });
        }
        variable(file, self.variables.as_deref(), name, value)
    }

    /// Appends Markdown to the summary, cut at a line and with its fences closed when the file would grow too large.
    pub fn summary(&self, markdown: &str) -> Result<(), FileError> {
        let file = "GITHUB_STEP_SUMMARY";
        let name = "the summary";
        let path = self.summary.as_deref().ok_or_else(|| FileError::Absent {
            file,
            name: name.to_owned(),
        })?;
        let unwritable = |source| FileError::Unwritable {
            file,
            name: name.to_owned(),
            source,
        };
        let mut handle = open(path).map_err(unwritable)?;
        let used = handle.metadata().map_err(unwritable)?.len();
        // Two line ends around the text.
        let room = usize::try_from(SUMMARY_LIMIT.saturating_sub(used).saturating_sub(2)).unwrap_or(0);
        let fitted = text::fit_markdown(markdown, Limit::Bytes(room), "_The rest does not fit here._");
        if fitted.is_empty() && !markdown.is_empty() {
            return Err(FileError::TooLarge {
                file,
                name: name.to_owned(),
            });
        }
        append(&mut handle, &fitted).map_err(unwritable)
    }
}

fn variable(file: &'static str, path: Option<&Path>, name: &str, value: &str) -> Result<(), FileError> {
    if value.len() > VARIABLE_LIMIT {
        return Err(FileError::TooLarge {
            file,
            name: name.to_owned(),
        });
    }
    set(file, path, name, value)
}

fn set(file: &'static str, path: Option<&Path>, name: &str, value: &str) -> Result<(), FileError> {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if name.is_empty() || !name.bytes().all(part) {
        return Err(FileError::Name {
            file,
            name: text::one_line(name),
        });
    }
    let path = path.ok_or_else(|| FileError::Absent {
        file,
        name: name.to_owned(),
    })?;
    let written = open(path).and_then(|mut handle| append(&mut handle, &entry(name, value, &delimiter()?)));
    written.map_err(|source| FileError::Unwritable {
        file,
        name: name.to_owned(),
        source,
    })
}

/// 128 bits nobody can guess.
fn delimiter() -> io::Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(format!("shipwright_{:032x}", u128::from_be_bytes(bytes)))
}

/// `name<<delimiter`, the value, the delimiter. A NUL cannot be part of a variable and is replaced. A value that holds
/// the delimiter makes it longer.
fn entry(name: &str, value: &str, delimiter: &str) -> String {
    let value = value.replace('\0', "\u{fffd}");
    let mut delimiter = delimiter.to_owned();
    while value.contains(&delimiter) {
        delimiter.push('_');
    }
    format!("{name}<<{delimiter}\n{value}\n{delimiter}\n")
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).create(true).open(path)
}

/// One write, on a line of its own even if whoever wrote before forgot the line end.
fn append(file: &mut File, text: &str) -> io::Result<()> {
    let mut block = String::with_capacity(text.len() + 2);
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0_u8; 1];
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            block.push('\n');
        }
    }
    block.push_str(text);
    if !block.ends_with('\n') {
        block.push('\n');
    }
    file.write_all(block.as_bytes())
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "the oracle slices at places it found")]
mod tests {
    use std::fs;

    use super::*;

    /// The runner's reader of these files, restated from its grammar: only LF ends a line, `=` before `<<` means the
    /// simple form, a missing delimiter or an unfinished last line is an error that fails the step.
    fn parse(text: &str) -> Result<Vec<(String, String)>, String> {
        let mut entries = Vec::new();
        let mut rest = text;
        let mut line = || -> Option<(String, bool)> {
            if rest.is_empty() {
                return None;
            }
            let (line, ended, tail) = rest
                .find('\n')
                .map_or((rest, false, ""), |at| (&rest[..at], true, &rest[at + 1..]));
            rest = tail;
            Some((line.to_owned(), ended))
        };
        while let Some((head, _)) = line() {
            if head.is_empty() {
                continue;
            }
            let equals = head.find('=').unwrap_or(usize::MAX);
            let heredoc = head.find("<<").unwrap_or(usize::MAX);
            if equals < heredoc {
                entries.push((head[..equals].to_owned(), head[equals + 1..].to_owned()));
                continue;
            }
            if heredoc == usize::MAX || heredoc == 0 || head.len() == heredoc + 2 {
                return Err(format!("bad line {head:?}"));
            }
            let (name, delimiter) = (&head[..heredoc], &head[heredoc + 2..]);
            let mut value = Vec::new();
            loop {
                let (body, ended) = line().ok_or("no delimiter")?;
                if body == delimiter {
                    break;
                }
                if !ended {
                    return Err("last line has no end".to_owned());
                }
                value.push(body);
            }
            entries.push((name.to_owned(), value.join("\n")));
        }
        Ok(entries)
    }

    fn files(directory: &Path) -> Files {
        let path = |name: &str| directory.join(name).to_str().unwrap().to_owned();
        Files::new(&Environment::from_iter([
            ("GITHUB_OUTPUT", path("output")),
            ("GITHUB_STATE", path("state")),
            ("GITHUB_ENV", path("env")),
            ("GITHUB_STEP_SUMMARY", path("summary")),
        ]))
    }

    #[test]
    fn the_oracle_rejects_what_the_runner_rejects() {
        assert!(
            parse("a<<X\nb\n").is_err()
                && parse("a\n").is_err()
                && parse("<<X\nX\n").is_err()
                && parse("a<<\n").is_err()
        );
        assert_eq!(parse("a=b<<c\n").unwrap(), [("a".to_owned(), "b<<c".to_owned())]);
    }

    proptest::proptest! {
        #[test]
        fn the_runner_reads_back_what_was_written(values in proptest::collection::vec("\\PC{0,20}|[\n\r=<_a]{0,20}|shipwright_0(_)*\n?", 1..6)) {
            let text: String = values.iter().map(|value| entry("name", value, "shipwright_0")).collect();
            let read: Vec<String> = parse(&text).unwrap().into_iter().map(|(_, value)| value).collect();
            assert_eq!(read, values);
        }
    }

    #[test]
    fn entries_follow_a_line_without_end() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("output");
        fs::write(&path, "before=1").unwrap();
        let files = files(directory.path());
        files.output("a", "x\r\ny").unwrap();
        files.output("b-c", "").unwrap();
        let entries = parse(&fs::read_to_string(&path).unwrap()).unwrap();
        let expect = [("before", "1"), ("a", "x\r\ny"), ("b-c", "")];
        assert_eq!(entries, expect.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_would_break_the_step_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let files = files(directory.path());
        for name in ["", "a=b", "a<<b", "a\nb", "a b"] {
            assert!(
                matches!(files.output(name, "x"), Err(FileError::Name { .. })),
                "{name:?}"
            );
        }
        assert!(matches!(files.export("NODE_OPTIONS", "x"), Err(FileError::Name { .. })));
        assert!(matches!(
            files.state("a", &"x".repeat(64 * 1024 + 1)),
            Err(FileError::TooLarge { .. })
        ));
        files.state("a", "x\0y").unwrap();
        assert_eq!(
            parse(&fs::read_to_string(directory.path().join("state")).unwrap()).unwrap()[0].1,
            "x\u{fffd}y"
        );
        assert!(matches!(
            Files::default().output("a", "x"),
            Err(FileError::Absent { .. })
        ));
    }

    #[test]
    fn a_summary_never_passes_its_limit_and_closes_its_fence() {
        let directory = tempfile::tempdir().unwrap();
        let files = files(directory.path());
        files.summary("# first\n").unwrap();
        let long = format!(
            "<details>\n\n````text\n{}````\n\n</details>\n",
            "a line of a log\n".repeat(100_000)
        );
        files.summary(&long).unwrap();
        let text = fs::read_to_string(directory.path().join("summary")).unwrap();
        assert!(
            text.len() as u64 <= SUMMARY_LIMIT && text.len() > 1_000_000,
            "{}",
            text.len()
        );
        assert_eq!(text.matches("````").count(), 2);
        assert!(
            text.ends_with("a line of a log\n````\n\n</details>\n\n_The rest does not fit here._\n"),
            "{}",
            &text[text.len() - 100..]
        );
        assert!(files.summary("more").is_ok() || matches!(files.summary("more"), Err(FileError::TooLarge { .. })));
        assert!(fs::metadata(directory.path().join("summary")).unwrap().len() <= SUMMARY_LIMIT);
    }
}
