//! What the inputs mean.

use std::fmt;
use std::str::FromStr;

use crate::ids::{IssueNumber, JobId, RefName, RunId};

/// A word that is not among the choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownChoice {
    text: String,
    choices: &'static str,
}

impl fmt::Display for UnknownChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` is not one of {}", self.text, self.choices)
    }
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident ($choices:literal) { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub enum $name { $($(#[$variant_doc])* $variant),* }

        impl FromStr for $name {
            type Err = UnknownChoice;

            fn from_str(text: &str) -> Result<Self, UnknownChoice> {
                match text.to_ascii_lowercase().as_str() {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(UnknownChoice { text: text.chars().take(40).collect(), choices: $choices }),
                }
            }
        }
    };
}

choice! {
    /// What the action does.
    Mode("auto, restore, persist, report, resolve, backfill, doctor") {
        /// Decide from the event and the stage.
        #[default]
        Auto = "auto",
        /// Bring memory to the job.
        Restore = "restore",
        /// Bring the job's memory back.
        Persist = "persist",
        /// Explain a failed run.
        Report = "report",
        /// Learn from a run that is green again.
        Resolve = "resolve",
        /// Learn from past runs.
        Backfill = "backfill",
        /// Say what would not work and why.
        Doctor = "doctor",
    }
}

choice! {
    /// Where to speak.
    Target("auto, pr, issue, summary, none") {
        /// The pull request when there is one, else a tracking issue as `issue-mode` says.
        #[default]
        Auto = "auto",
        /// The pull request only.
        PullRequest = "pr",
        /// A tracking issue only.
        Issue = "issue",
        /// The step summary only.
        Summary = "summary",
        /// Nowhere: outputs and memory only.
        Nowhere = "none",
    }
}

choice! {
    /// What happens to an earlier comment of ours.
    CommentMode("update, recreate, new") {
        /// Edit it in place.
        #[default]
        Update = "update",
        /// Delete it and post anew.
        Recreate = "recreate",
        /// Leave it and post another.
        New = "new",
    }
}

choice! {
    /// What happens to our comment when the failure is gone.
    OnSuccess("resolve, delete, leave") {
        /// It becomes one line that names the fixing commit.
        #[default]
        Resolve = "resolve",
        /// It is deleted.
        Delete = "delete",
        /// It stays.
        Leave = "leave",
    }
}

choice! {
    /// When to keep a tracking issue.
    IssueMode("default-branch, always, off") {
        /// For failures on the default branch.
        #[default]
        DefaultBranch = "default-branch",
        /// For failures on every branch that has no pull request.
        Always = "always",
        /// Never.
        Off = "off",
    }
}

choice! {
    /// Which events may write memory.
    Persist("trusted, always, never") {
        /// Events that no stranger can start with content of their own.
        #[default]
        Trusted = "trusted",
        /// All.
        Always = "always",
        /// None.
        Never = "never",
    }
}

/// Everything a user can say, understood. Absent texts are `None`, never empty.
#[derive(Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each field is the input of the same name, described in `inputs::INPUTS`"
)]
pub struct Settings {
    pub mode: Mode,
    pub github_token: Option<String>,
    pub run_id: Option<RunId>,
    pub run_attempt: Option<u32>,
    pub job_filter: Vec<String>,
    pub log_path: Vec<String>,
    pub junit_paths: Vec<String>,
    pub target: Target,
    pub issue_number: Option<IssueNumber>,
    pub comment_mode: CommentMode,
    pub on_success: OnSuccess,
    pub issue_mode: IssueMode,
    pub issue_label: String,
    pub issue_assignees: Vec<String>,
    pub template_path: Option<String>,
    pub max_comment_chars: u64,
    pub log_lines: u64,
    pub redact_patterns: Vec<String>,
    pub memory_ref: RefName,
    pub memory_path: Option<String>,
    pub export_path: Option<String>,
    pub retention_days: u64,
    pub memory_max_bytes: u64,
    pub persist: Persist,
    pub similar_limit: u64,
    pub backfill_days: Option<u64>,
    pub fail_on_error: bool,
    pub timeout_seconds: Option<u64>,
    pub dry_run: bool,
    pub config_path: String,
    pub stage: Option<String>,
    pub goal: Option<String>,
    pub iteration: Option<u32>,
    pub job_status: Option<String>,
    pub job_check_run_id: Option<JobId>,
    /// The matrix leg as JSON, absent outside a matrix.
    pub matrix: Option<String>,
    /// The temporary directory as the host sees it.
    pub host_temp: Option<String>,
}

impl fmt::Debug for Settings {
    /// Everything but the token, which must reach no log.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("mode", &self.mode)
            .field("run_id", &self.run_id)
            .field("target", &self.target)
            .field("memory_ref", &self.memory_ref)
            .field("persist", &self.persist)
            .field("dry_run", &self.dry_run)
            .finish_non_exhaustive()
    }
}
