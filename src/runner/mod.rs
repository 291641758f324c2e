//! The Actions runner: what it tells us (environment, event, inputs, saved state) and what it hears (outputs, state,
//! summary, annotations, masks).
//!
//! The runner punishes mistakes in ways a program cannot see: a malformed file command fails the step although we
//! exit 0, a log line that looks like a command is executed, a value with the wrong size keeps the next container from
//! starting. So everything goes through [`Runner`], where a refusal becomes a warning and never a failure.

mod console;
mod environment;
mod files;
mod paths;
mod signal;

use std::collections::BTreeSet;
use std::io::Write;

pub use console::{Annotation, Console, Level, Neutral};
pub use environment::{Environment, EventError, Stage};
pub use files::{FileError, Files};
pub use paths::Paths;
pub use signal::{Shutdown, Signal, shutdown_signal};

/// The runner as the rest of the program sees it: nothing said to it can fail the job.
#[derive(Debug)]
pub struct Runner<W: Write> {
    console: Console<W>,
    files: Option<Files>,
    warned: BTreeSet<&'static str>,
}

impl Runner<std::io::Stdout> {
    /// The runner that started this process.
    pub fn new(environment: &Environment) -> Self {
        Self::with_output(environment, std::io::stdout())
    }
}

impl<W: Write> Runner<W> {
    /// As [`Runner::new`], speaking to `output`.
    pub fn with_output(environment: &Environment, output: W) -> Self {
        Self {
            console: Console::new(output),
            files: Some(Files::new(environment)),
            warned: BTreeSet::new(),
        }
    }

    /// Nobody who hears outputs and state: a person's terminal. Lines still go to `output`.
    pub fn absent(output: W) -> Self {
        Self {
            console: Console::new(output),
            files: None,
            warned: BTreeSet::new(),
        }
    }

    /// Lines, groups, masks and annotations.
    pub fn console(&mut self) -> &mut Console<W> {
        &mut self.console
    }

    /// Gives back what the runner heard.
    pub fn into_output(self) -> W {
        self.console.into_output()
    }

    /// Sets an output of the step. In the post stage the runner drops outputs.
    pub fn output(&mut self, name: &str, value: &str) {
        let result = self.files.as_ref().map(|files| files.output(name, value));
        self.heard(result);
    }

    /// Saves a value for the post stage, where it is `STATE_<name>`.
    pub fn state(&mut self, name: &str, value: &str) {
        let result = self.files.as_ref().map(|files| files.state(name, value));
        self.heard(result);
    }

    /// Sets an environment variable for the steps that follow.
    pub fn export(&mut self, name: &str, value: &str) {
        let result = self.files.as_ref().map(|files| files.export(name, value));
        self.heard(result);
    }

    /// Adds Markdown to the page of the run; what does not fit is cut at a safe place.
    pub fn summary(&mut self, markdown: &str) {
        let result = self.files.as_ref().map(|files| files.summary(markdown));
        self.heard(result);
    }

    /// One warning a kind of file: with the first the reason is known.
    fn heard(&mut self, result: Option<Result<(), FileError>>) {
        if let Some(Err(error)) = result
            && self.warned.insert(error.file())
        {
            self.console.warning(&error.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_one_warning_and_no_failure() {
        let environment = Environment::from_iter([("GITHUB_OUTPUT", "/nowhere/at/all")]);
        let mut runner = Runner::with_output(&environment, Vec::new());
        runner.output("failed", "true");
        runner.output("category", "TIMEOUT");
        runner.summary("# x");
        let heard = String::from_utf8(runner.into_output()).unwrap();
        assert_eq!(heard.matches("::warning").count(), 2, "{heard}");
        assert!(
            heard.contains("GITHUB_OUTPUT") && heard.contains("GITHUB_STEP_SUMMARY"),
            "{heard}"
        );
    }
}
