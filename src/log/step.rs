//! Steps: which lines belong together as one command or one step of a job, and which of them failed.

use super::line::Mark;
use super::store::Log;

/// A step as the jobs API of the CI system tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepHint {
    /// The step's name.
    pub name: String,
    /// `success`, `failure`, `cancelled`, `skipped`, …
    pub conclusion: String,
    /// Start, in milliseconds since the epoch.
    pub start: Option<i64>,
    /// End, in milliseconds since the epoch.
    pub end: Option<i64>,
}

/// A stretch of lines that is one step of the job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The name the log gives it; empty when it gives none.
    pub name: String,
    /// Index of its first kept line.
    pub first: usize,
    /// Index behind its last kept line.
    pub end: usize,
    /// Index of the line that tells its failure.
    pub failed_at: Option<usize>,
    /// Its exit code, when one that is not zero is printed.
    pub exit_code: Option<i64>,
    /// Whether a line in it is marked as an error.
    pub has_error: bool,
}

impl Step {
    fn new(name: &str, first: usize) -> Self {
        let name = name.chars().take(120).collect();
        Self {
            name,
            first,
            end: first,
            failed_at: None,
            exit_code: None,
            has_error: false,
        }
    }
}

/// Cuts a log into its steps.
pub(super) fn build(log: &Log) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut open = Step::new("", 0);
    let mut ended = false;
    // The last step that did not only clean up.
    let mut work = None;
    for (index, line) in log.iter() {
        match line.mark {
            Mark::StepStart => {
                close(&mut steps, &mut open, index);
                work = last_work(log, &steps).or(work);
                open = Step::new(line.body.trim_start_matches("Starting: ").trim(), index);
                ended = false;
            }
            Mark::Failed => {
                let code = log.exit_code(index);
                match work.and_then(|at| steps.get_mut(at)) {
                    // What runs after a failure does not fail: the step before it did.
                    Some(step) if is_aftermath(log, &open) => {
                        step.failed_at = Some(step.end.saturating_sub(1));
                        step.exit_code = code.or(step.exit_code);
                    }
                    Some(_) | None => {
                        open.failed_at = Some(index);
                        open.exit_code = code.or(open.exit_code);
                    }
                }
                ended = true;
            }
            Mark::Passed => ended = true,
            Mark::Error => open.has_error = true,
            // What follows the end of a command, up to the next one, is clean-up of the CI system.
            Mark::GroupStart if ended => {
                close(&mut steps, &mut open, index);
                work = last_work(log, &steps).or(work);
                open = Step::new(line.body.trim(), index);
                ended = false;
            }
            Mark::None
            | Mark::GroupStart
            | Mark::GroupEnd
            | Mark::Echo
            | Mark::Warning
            | Mark::Command
            | Mark::Chatter => {}
        }
    }
    close(&mut steps, &mut open, log.len());
    steps
}

/// Sections of GitLab's runner that come after the work is done or has failed.
const AFTERMATH: &[&str] = &[
    "cleanup_file_variables",
    "after_script",
    "upload_artifacts_on_success",
    "upload_artifacts_on_failure",
    "archive_cache",
    "archive_cache_on_failure",
];
/// How their titles begin.
const AFTERMATH_TITLES: &[&str] = &[
    "Cleaning up project directory",
    "Running after_script",
    "Uploading artifacts for",
    "Saving cache for",
];

/// Whether a step only cleans up, or was skipped because another one had failed.
fn is_aftermath(log: &Log, step: &Step) -> bool {
    let named = || {
        let name = step.name.as_str();
        AFTERMATH.contains(&name) || AFTERMATH_TITLES.iter().any(|title| name.starts_with(title)) || is_last_stage(name)
    };
    let skipped = || {
        let lines = (step.first..log.len()).filter_map(|index| log.line(index));
        lines
            .take(3)
            .any(|line| line.text.contains("skipped due to earlier failure"))
    };
    named() || skipped()
}

/// The place of the step that was closed last, unless it only cleans up.
fn last_work(log: &Log, steps: &[Step]) -> Option<usize> {
    let at = steps.len().checked_sub(1)?;
    steps.get(at).filter(|step| !is_aftermath(log, step)).map(|_| at)
}

/// Whether a stage of Jenkins is one that a pipeline runs however it went.
fn is_last_stage(name: &str) -> bool {
    let Some(stage) = name.strip_prefix("{ (").and_then(|name| name.strip_suffix(')')) else {
        return false;
    };
    let stage = stage.to_ascii_lowercase();
    ["declarative: post", "post", "clean", "notif", "archiv"]
        .iter()
        .any(|word| stage.starts_with(word))
}

fn close(steps: &mut Vec<Step>, open: &mut Step, end: usize) {
    if end > open.first {
        open.end = end;
        steps.push(open.clone());
    }
}
