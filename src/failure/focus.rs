//! Where to look: the lines of the step that failed, and the line at which it ended.

use super::options::Options;
use crate::log::{Log, Mark, Step, StepHint};

/// A stretch of lines in which the reason stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Region {
    /// First line.
    pub first: usize,
    /// The line that tells the end; the reason is before it.
    pub end: usize,
    /// Name of the step, when the log or the API gives one.
    pub name: String,
    /// Exit code, when one is printed.
    pub exit_code: Option<i64>,
    /// Whether somebody said that this step failed.
    pub is_known: bool,
}

impl Region {
    /// Whether a line lies in it; the line that tells the end does too.
    pub(super) fn contains(&self, line: usize) -> bool {
        (self.first..=self.end).contains(&line)
    }
}

/// The failing steps, most important first; the whole log when nothing says which step failed.
pub(super) fn regions(log: &Log, options: &Options) -> Vec<Region> {
    let hinted = hinted(log, &options.steps);
    if !hinted.is_empty() {
        return hinted;
    }
    let steps = log.steps();
    let ended = |step: &&Step| step.failed_at.is_some();
    let mut found: Vec<Region> = steps.iter().filter(ended).map(|step| region(log, step)).collect();
    if found.is_empty() {
        found = steps
            .iter()
            .filter(|step| step.has_error)
            .map(|step| region(log, step))
            .collect();
    }
    if is_github(log) {
        // With `continue-on-error` an earlier step may fail too; the last one ended the job.
        found.reverse();
    }
    if found.is_empty() && !log.is_empty() {
        found.push(Region {
            first: 0,
            end: last_word(log),
            name: String::new(),
            exit_code: None,
            is_known: false,
        });
    }
    found
}

fn is_github(log: &Log) -> bool {
    log.steps().iter().any(|step| step.name.starts_with("Run "))
}

fn region(log: &Log, step: &Step) -> Region {
    let end = step.failed_at.unwrap_or_else(|| {
        let errors = (step.first..step.end)
            .rev()
            .find(|index| log.line(*index).is_some_and(|line| line.mark == Mark::Error));
        errors.unwrap_or(step.end.saturating_sub(1))
    });
    Region {
        first: step.first,
        end,
        name: step.name.clone(),
        exit_code: step.exit_code,
        is_known: true,
    }
}

/// The last line that is not the CI system's own.
fn last_word(log: &Log) -> usize {
    let spoken = |index: &usize| {
        log.line(*index)
            .is_some_and(|line| !line.body.trim().is_empty() && line.mark != Mark::Chatter)
    };
    (0..log.len())
        .rev()
        .take(200)
        .find(spoken)
        .unwrap_or(log.len().saturating_sub(1))
}

/// Failing steps of the jobs API, found in the log by their time, else by their name.
fn hinted(log: &Log, hints: &[StepHint]) -> Vec<Region> {
    let failed = |hint: &&StepHint| matches!(hint.conclusion.as_str(), "failure" | "timed_out" | "cancelled");
    let mut found: Vec<Region> = hints
        .iter()
        .filter(failed)
        .filter_map(|hint| by_time(log, hint).or_else(|| by_name(log, hint)))
        .collect();
    found.reverse();
    found
}

fn by_time(log: &Log, hint: &StepHint) -> Option<Region> {
    // The API rounds to seconds: a step ends within the second it names.
    let (start, end) = (hint.start?, hint.end? + 999);
    let inside = |index: usize| {
        log.line(index)
            .and_then(|line| line.time)
            .is_some_and(|time| (start..=end).contains(&time))
    };
    let first = (0..log.len()).find(|index| inside(*index))?;
    let last = (first..log.len()).rev().find(|index| inside(*index))?;
    // Steps that touch share a second; the log's own step that overlaps most is the exact one.
    let overlap = |step: &Step| step.end.min(last + 1).saturating_sub(step.first.max(first));
    let own = log
        .steps()
        .iter()
        .filter(|step| step.failed_at.is_some() && overlap(step) > 0)
        .max_by_key(|step| overlap(step));
    let mut region = own.map_or_else(
        || Region {
            first,
            end: last,
            name: String::new(),
            exit_code: None,
            is_known: true,
        },
        |step| region(log, step),
    );
    region.name.clone_from(&hint.name);
    Some(region)
}

fn by_name(log: &Log, hint: &StepHint) -> Option<Region> {
    let step = log
        .steps()
        .iter()
        .rev()
        .find(|step| step.name == hint.name || step.name.ends_with(&hint.name))?;
    let mut region = region(log, step);
    region.name.clone_from(&hint.name);
    Some(region)
}
