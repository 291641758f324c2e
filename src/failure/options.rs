//! What the caller knows beside the log.

use std::collections::HashSet;

use regex::Regex;

use super::junit::TestReport;
use super::model::Category;
use crate::log::{Log, StepHint, shape};
use crate::redact::Redactor;

/// A user's own rule: a line that matches is a failure of this kind.
#[derive(Debug, Clone)]
pub struct Matcher {
    /// Matched on the body of a line.
    pub pattern: Regex,
    /// The category of the failure; `None` leaves it to the line's words.
    pub category: Option<Category>,
    /// The title; `None` takes it from the line.
    pub title: Option<String>,
    /// What to suggest; carried by the caller, not used here.
    pub action: Option<String>,
}

/// A note a tool left at a place of the sources, as GitHub's check annotations carry it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Annotation {
    /// The path, relative to the repository.
    pub path: String,
    /// 1-based line.
    pub line: Option<u64>,
    /// The title, when there is one.
    pub title: Option<String>,
    /// What it says.
    pub message: String,
}

/// Everything an analysis takes beside the log itself.
#[derive(Debug, Clone)]
pub struct Options {
    /// Lines of passing runs of the same job.
    pub baseline: Option<Baseline>,
    /// The steps of the job as its API tells them.
    pub steps: Vec<StepHint>,
    /// Takes secrets out of what is shown.
    pub redactor: Redactor,
    /// The user's own rules; they outweigh the built-in ones.
    pub matchers: Vec<Matcher>,
    /// Lines that match one of these are never a reason.
    pub ignore: Vec<Regex>,
    /// Test reports of the job.
    pub junit: Vec<TestReport>,
    /// Annotations of the job's check run.
    pub annotations: Vec<Annotation>,
    /// Lines of one excerpt, at most.
    pub max_excerpt_lines: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            baseline: None,
            steps: Vec::new(),
            redactor: Redactor::default(),
            matchers: Vec::new(),
            ignore: Vec::new(),
            junit: Vec::new(),
            annotations: Vec::new(),
            max_excerpt_lines: 30,
        }
    }
}

/// What passing runs of the same job print: no reason for a failure.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    shapes: HashSet<u64>,
}

impl Baseline {
    /// Learns the lines of passing logs.
    pub fn from_logs<'a>(logs: impl Iterator<Item = &'a Log>) -> Self {
        let mut shapes = HashSet::new();
        for log in logs {
            shapes.extend(log.iter().map(|(_, line)| shape(line.body)));
        }
        Self { shapes }
    }

    /// Whether a line of this shape is known from passing runs.
    pub(super) fn knows(&self, shape: u64) -> bool {
        self.shapes.contains(&shape)
    }
}
