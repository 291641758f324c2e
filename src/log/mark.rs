//! The marks CI systems leave in their logs: groups, folds, sections, annotations, echoed commands.

use super::exit;
use super::line::Mark;

/// What is known about the log so far; marks of one CI system are plain text in another.
#[derive(Debug, Default)]
pub(super) struct Marker {
    echo: bool,
    travis: bool,
    buildkite: bool,
}

/// A line as the CI system meant it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Marked {
    pub mark: Mark,
    /// Bytes of the text that are the mark itself.
    pub skip: usize,
    pub code: Option<i64>,
}

impl Marked {
    fn new(mark: Mark, skip: usize) -> Self {
        Self { mark, skip, code: None }
    }
}

/// A fold or section mark found among the parts a carriage return separates, with the name it carries.
pub(super) fn control_part(part: &[u8]) -> Option<(Mark, &[u8])> {
    let part = part.trim_ascii_start();
    if let Some(name) = part.strip_prefix(b"travis_fold:start:") {
        return Some((Mark::GroupStart, name));
    }
    if part.starts_with(b"travis_fold:end:") || part.starts_with(b"section_end:") {
        return Some((Mark::GroupEnd, b""));
    }
    if part.starts_with(b"travis_time:") {
        return Some((Mark::Chatter, b""));
    }
    let rest = part.strip_prefix(b"section_start:")?;
    let name = rest.splitn(2, |&byte| byte == b':').nth(1)?;
    let end = name.iter().position(|&byte| byte == b'[').unwrap_or(name.len());
    Some((Mark::StepStart, name.get(..end).unwrap_or_default()))
}

impl Marker {
    /// Notes that the log carries Buildkite's or Travis's control sequences.
    pub(super) fn note_raw(&mut self, raw: &[u8]) {
        self.buildkite |= memchr::memmem::find(raw, b"\x1b_bk;t=").is_some();
        self.travis |= raw.starts_with(b"travis_");
    }

    /// The mark of a cleaned line, which tells the end of a step only when it `may_end` one.
    pub(super) fn mark(&mut self, text: &str, may_end: bool) -> Marked {
        let marked = self.structure(text);
        if marked.mark == Mark::None && self.echo {
            return Marked::new(Mark::Echo, 0);
        }
        if may_end
            && matches!(marked.mark, Mark::None | Mark::Error)
            && let Some(exit) = exit::parse(text)
        {
            let mark = if exit.code == Some(0) {
                Mark::Passed
            } else {
                Mark::Failed
            };
            return Marked {
                mark,
                skip: marked.skip,
                code: exit.code,
            };
        }
        marked
    }

    fn structure(&mut self, text: &str) -> Marked {
        match text.as_bytes().first() {
            Some(b'#') => self.github(text, "##["),
            Some(b':') => self.workflow_command(text),
            Some(b'[') => self.bracket(text),
            Some(b'P') if text == "Post job cleanup." => self.step(0),
            Some(b'C') if text == "Cleaning up orphan processes" => self.step(0),
            Some(b'$') if text.starts_with("$ ") => {
                Marked::new(if self.travis { Mark::StepStart } else { Mark::Command }, 2)
            }
            Some(b'D') if text.starts_with("Done. Your build exited with ") => Marked::new(Mark::Chatter, 0),
            Some(b'~' | b'-' | b'+') => self.buildkite(text),
            Some(_) | None => Marked::new(Mark::None, 0),
        }
    }

    fn step(&mut self, skip: usize) -> Marked {
        self.echo = false;
        Marked::new(Mark::StepStart, skip)
    }

    /// `##[group]Run x`, `##[error]x`; GitHub and Azure share them.
    fn github(&mut self, text: &str, open: &str) -> Marked {
        let Some((word, rest)) = text.strip_prefix(open).and_then(|rest| rest.split_once(']')) else {
            return Marked::new(Mark::None, 0);
        };
        let skip = text.len() - rest.len();
        match word {
            "group" if rest.starts_with("Run ") => {
                self.echo = true;
                Marked::new(Mark::StepStart, skip)
            }
            "group" => Marked::new(Mark::GroupStart, skip),
            "endgroup" => {
                self.echo = false;
                Marked::new(Mark::GroupEnd, skip)
            }
            "error" => {
                self.echo = false;
                Marked::new(Mark::Error, skip)
            }
            "warning" => Marked::new(Mark::Warning, skip),
            "command" => Marked::new(Mark::Command, skip),
            "section" if rest.starts_with("Starting: ") => self.step(skip),
            "section" | "debug" | "notice" => Marked::new(Mark::Chatter, skip),
            _ => Marked::new(Mark::None, 0),
        }
    }

    /// `::error file=a.js,line=1::message`: a workflow command the runner has not turned into `##[error]`.
    fn workflow_command(&mut self, text: &str) -> Marked {
        let Some((command, message)) = text.strip_prefix("::").and_then(|rest| rest.split_once("::")) else {
            return Marked::new(Mark::None, 0);
        };
        let skip = text.len() - message.len();
        match command.split_once(' ').map_or(command, |(word, _)| word) {
            "error" => Marked::new(Mark::Error, skip),
            "warning" => Marked::new(Mark::Warning, skip),
            "group" => Marked::new(Mark::GroupStart, skip),
            "endgroup" => {
                self.echo = false;
                Marked::new(Mark::GroupEnd, skip)
            }
            "debug" | "notice" | "add-mask" | "set-output" => Marked::new(Mark::Chatter, skip),
            _ => Marked::new(Mark::None, 0),
        }
    }

    /// `[command]…` of the runner and `[Pipeline] …` of Jenkins.
    fn bracket(&mut self, text: &str) -> Marked {
        if text.starts_with("[command]") {
            return Marked::new(Mark::Command, "[command]".len());
        }
        let Some(rest) = text.strip_prefix("[Pipeline] ") else {
            return Marked::new(Mark::None, 0);
        };
        if rest.starts_with("{ (") || rest.starts_with("stage (") {
            return self.step(text.len() - rest.len());
        }
        Marked::new(Mark::Chatter, 0)
    }

    /// Buildkite's `--- name`, `+++ name`, `~~~ name`; elsewhere these are diffs and Go's test results.
    fn buildkite(&mut self, text: &str) -> Marked {
        self.buildkite |= text.starts_with("~~~ ");
        let header = ["--- ", "+++ ", "~~~ "].iter().any(|mark| text.starts_with(mark));
        let other = [
            "--- FAIL", "--- PASS", "--- SKIP", "--- a/", "+++ b/", "--- /dev", "+++ /dev",
        ];
        if self.buildkite && header && !other.iter().any(|mark| text.starts_with(mark)) {
            // Sections of one script: what is said at its end is said of all of them.
            return if text.starts_with("~~~ ") {
                self.step(4)
            } else {
                Marked::new(Mark::GroupStart, 4)
            };
        }
        Marked::new(Mark::None, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(lines: &[&str]) -> Vec<Mark> {
        let mut marker = Marker::default();
        lines.iter().map(|line| marker.mark(line, true).mark).collect()
    }

    #[test]
    fn the_script_a_step_echoes_is_not_output() {
        let lines = [
            "##[group]Run make",
            "make || echo error",
            "##[endgroup]",
            "error: x",
            "##[error]Process completed with exit code 2.",
        ];
        assert_eq!(
            marks(&lines),
            [Mark::StepStart, Mark::Echo, Mark::GroupEnd, Mark::None, Mark::Failed]
        );
    }

    #[test]
    fn dashes_are_headers_only_in_buildkite() {
        assert_eq!(
            marks(&["--- a title", "--- FAIL: TestX (0.00s)"]),
            [Mark::None, Mark::None]
        );
        assert_eq!(
            marks(&["~~~ Preparing", "--- build", "--- FAIL: TestX"]),
            [Mark::StepStart, Mark::GroupStart, Mark::None]
        );
    }

    #[test]
    fn folds_and_sections_carry_their_names() {
        assert_eq!(
            control_part(b"travis_fold:start:install.1"),
            Some((Mark::GroupStart, b"install.1".as_slice()))
        );
        assert_eq!(
            control_part(b"section_start:1700000000:step_script[collapsed=true]"),
            Some((Mark::StepStart, b"step_script".as_slice()))
        );
        assert_eq!(control_part(b"section of text"), None);
    }

    #[test]
    fn a_zero_exit_is_no_failure() {
        assert_eq!(
            marks(&[
                "The command \"make\" exited with 0.",
                "The command \"make\" exited with 2."
            ]),
            [Mark::Passed, Mark::Failed]
        );
    }
}
