//! One line of a log.

/// What a CI system's own mark says about a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mark {
    /// An ordinary line of output.
    #[default]
    None,
    /// The start of a group, fold or section that is a step of its own.
    StepStart,
    /// The start of a group, fold or section inside a step.
    GroupStart,
    /// The end of a group, fold or section.
    GroupEnd,
    /// The script and the environment a step echoes before it runs: words of the user's sources, not output.
    Echo,
    /// Marked as an error by the CI system or by a problem matcher.
    Error,
    /// Marked as a warning.
    Warning,
    /// A command line the runner prints before it runs it.
    Command,
    /// The end of a command or step that did not succeed, with its exit code.
    Failed,
    /// The end of a command or step that succeeded.
    Passed,
    /// The runner's own words: set-up, clean-up, debug output.
    Chatter,
}

/// One kept line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// 1-based physical line of the input.
    pub number: u64,
    /// The visible text: no timestamp, no ANSI.
    pub text: &'a str,
    /// The text behind prefixes of log collectors (`#12 3.4 `, `service_1 | `, `12:00:01 INFO - `), which rules match on.
    pub body: &'a str,
    /// Milliseconds since the epoch, when the line carried an absolute timestamp.
    pub time: Option<i64>,
    /// The CI system's mark.
    pub mark: Mark,
}
