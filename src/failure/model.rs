//! What a failure is, as a value: the shape `shipwright analyze` prints and everything downstream reads.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::Fingerprint;

macro_rules! categories {
    ($($(#[$doc:meta])* $variant:ident = $text:literal),* $(,)?) => {
        /// The kind of a failure. A closed list; the most specific one that holds wins.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Category {
            $($(#[$doc])* #[serde(rename = $text)] $variant,)*
        }

        impl Category {
            /// All categories, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name used in JSON, outputs and comments.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

categories! {
    /// A file or directory is missing or cannot be opened.
    FileAccess = "FILE_ACCESS",
    /// The source text does not parse.
    SyntaxError = "SYNTAX_ERROR",
    /// Types do not fit, at compile time or at run time.
    TypeError = "TYPE_ERROR",
    /// A function, method, name or symbol is undefined or called wrongly.
    FunctionError = "FUNCTION_ERROR",
    /// A test's expectation did not hold.
    AssertionFailure = "ASSERTION_FAILURE",
    /// Something took longer than it was allowed to.
    Timeout = "TIMEOUT",
    /// A connection, name look-up or transfer failed.
    NetworkError = "NETWORK_ERROR",
    /// Memory ran out, or the kernel killed the process for it.
    MemoryError = "MEMORY_ERROR",
    /// A package, module or version could not be resolved or installed.
    Dependency = "DEPENDENCY",
    /// Credentials or permissions were refused.
    PermissionAuth = "PERMISSION_AUTH",
    /// No space, inodes or quota left.
    DiskSpace = "DISK_SPACE",
    /// A service refused because of too many requests.
    RateLimit = "RATE_LIMIT",
    /// A linter, formatter or style check is not satisfied.
    LintFormat = "LINT_FORMAT",
    /// Compiling or linking failed in a way no other category names.
    BuildCompile = "BUILD_COMPILE",
    /// A configuration file, option, variable or workflow is wrong.
    Config = "CONFIG",
    /// A signal, an abort, a segmentation fault, an internal compiler error.
    Crash = "CRASH",
    /// An uncaught exception or panic without a better name.
    RuntimeError = "RUNTIME_ERROR",
    /// The runner or the service failed, not the project.
    Infrastructure = "INFRASTRUCTURE",
    /// Somebody or something cancelled the run.
    Cancelled = "CANCELLED",
    /// The log does not say.
    Unknown = "UNKNOWN",
}

impl fmt::Display for Category {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A text that is no category name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown category `{0}`")]
pub struct UnknownCategory(String);

impl FromStr for Category {
    type Err = UnknownCategory;

    fn from_str(text: &str) -> Result<Self, UnknownCategory> {
        let wanted = text.trim().to_ascii_uppercase();
        let found = Self::ALL.iter().find(|category| category.as_str() == wanted);
        found
            .copied()
            .ok_or_else(|| UnknownCategory(text.chars().take(60).collect()))
    }
}

/// Whether running the same thing again is sensible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Likely to pass when tried again: network, rate limit, a lost runner.
    Transient,
    /// Will fail again until something is changed.
    Deterministic,
    /// The log does not say.
    Unknown,
}

impl Class {
    /// The name used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::Deterministic => "deterministic",
            Self::Unknown => "unknown",
        }
    }
}

/// One line of an excerpt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcerptLine {
    /// 1-based physical line of the input.
    pub line: u64,
    /// The cleaned line: no timestamp, no ANSI, redacted.
    pub text: String,
}

/// A place in the user's sources that the log names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Location {
    /// The path as the log gives it, without the runner's workspace prefix.
    pub path: String,
    /// 1-based line, when the log gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
}

/// What near matches are looked up by: the masked decisive lines and the names in them. Stored beside the fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Masked decisive lines, most decisive first, at most 8 of at most 300 characters.
    pub lines: Vec<String>,
    /// Rule, error code or infrastructure signature when one is known (`E0432`, `TS2307`, `oom-kill`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// One failure of a log. Serialises to one element of `failures` in `shipwright-analysis/v1`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// The stable name of this failure.
    pub fingerprint: Fingerprint,
    /// Its kind.
    pub category: Category,
    /// Whether a retry is sensible.
    pub class: Class,
    /// One line, at most 120 characters, redacted.
    pub title: String,
    /// The tool that reported it (`cargo`, `pytest`, …).
    pub tool: Option<String>,
    /// The step of the job it happened in.
    pub step: Option<String>,
    /// Names of failing tests, as the tool writes them.
    pub tests: Vec<String>,
    /// Places in the sources, most telling first.
    pub locations: Vec<Location>,
    /// Exit code of the failing step or command, when printed.
    pub exit_code: Option<i64>,
    /// At most 30 lines: contiguous blocks in log order.
    pub excerpt: Vec<ExcerptLine>,
    /// Line numbers, within the excerpt, of the lines that say why; the most decisive first.
    pub decisive_lines: Vec<u64>,
    /// 0 to 1: how sure we are that the excerpt says why.
    pub confidence: f64,
    /// What near matches are looked up by; not part of the printed analysis.
    #[serde(skip)]
    pub signature: Signature,
}

/// The analysis of one log.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// Physical lines read.
    pub lines: u64,
    /// Bytes read.
    pub bytes: u64,
    /// The failures, most important first, at most 5. Empty when the log shows none.
    pub failures: Vec<Failure>,
}
