//! Whether a log is of a failed run at all.

use std::sync::LazyLock;

use regex::Regex;

use super::ascii;
use super::focus::Region;
use super::rank::Scored;
use super::rule::Kind;
use crate::log::{Log, Mark};

/// What a run that went well says at its end.
const WELL: &[&str] = &[
    "exited with 0",
    "Job succeeded",
    "Finished: SUCCESS",
    "BUILD SUCCESS",
    "Build succeeded",
    "exit code: 0",
    "exit code 0",
    "exit status 0",
    "TEST SUCCEEDED",
    "100% tests passed",
    "BUILD SUCCEEDED",
    "Successful task run",
];
/// What one tool of several says when its part went well.
const PART_WELL: &[&str] = &[
    "test result: ok",
    "All tests passed",
    "All checks passed",
    "Tests passed",
    "completed successfully",
    "0 failed",
    "0 failures",
    "Failures: 0, Errors: 0",
    "OK (",
];
/// What a run that went wrong says at its end.
const ILL: &[&str] = &[
    "Your build exited with ",
    "Finished: FAILURE",
    "Finished: ABORTED",
    "Finished: UNSTABLE",
    "BUILD FAILED",
    "BUILD FAILURE",
    "Build FAILED",
    "Job failed",
    "TEST FAILED",
    "test result: FAILED",
    "Result: FAIL",
    "Your build has been stopped",
    "has been terminated",
    "*** Error",
];
/// Lines at the end of a log that are asked for its outcome.
const LAST_LINES: usize = 120;
/// Without any word about the outcome, a candidate must be this telling to be a failure.
const TELLING: f64 = 8.5;
/// Less will do among its last words: a run that goes well does not end with a complaint.
const PARTING: f64 = 6.0;
const LAST_WORDS: usize = 12;
/// And this telling to stand against a tool that says its part went well.
const STRIKING: f64 = 10.5;

/// Whether the run failed: somebody says so, or a reason stands there and nobody says that it went well.
pub(super) fn failed(log: &Log, regions: &[Region], scored: &[Scored]) -> bool {
    if regions.iter().any(|region| region.is_known) {
        return true;
    }
    if is_complete_github(log) {
        // The runner marks every failing step; where it marked none, none failed.
        return false;
    }
    let at_least = |score: f64| {
        let telling = move |entry: &&Scored| entry.score >= score && entry.candidate.best().kind != Kind::Symptom;
        scored.iter().rev().find(telling).map(|entry| entry.candidate.line)
    };
    let last = last_spoken(log);
    let parting = at_least(PARTING).filter(|line| line + LAST_WORDS > last);
    let reason = at_least(TELLING).or(parting);
    match last_word(log) {
        Some((_, Outcome::Ill)) => true,
        Some((at, Outcome::Well)) => reason.is_some_and(|reason| reason > at),
        Some((at, Outcome::PartWell)) => reason.is_some_and(|reason| reason > at) || at_least(STRIKING).is_some(),
        None => reason.is_some(),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Well,
    PartWell,
    Ill,
}

/// The last line that tells how the run ended.
fn last_word(log: &Log) -> Option<(usize, Outcome)> {
    let from = log.len().saturating_sub(LAST_LINES);
    (from..log.len()).rev().find_map(|index| {
        let line = log.line(index)?;
        let says = |list: &[&str]| list.iter().any(|words| line.text.contains(words));
        if line.mark == Mark::Passed || says(WELL) || line.text.ends_with("build exited with 0.") {
            Some((index, Outcome::Well))
        } else if says(ILL) || is_make_error(line.text) {
            Some((index, Outcome::Ill))
        } else if says(PART_WELL) || all_passed(line.text) {
            Some((index, Outcome::PartWell))
        } else {
            None
        }
    })
}

/// Whether make stops here; what it was told to ignore does not stop it.
fn is_make_error(text: &str) -> bool {
    text.contains("*** [") && text.contains("] Error ") && !text.ends_with("(ignored)")
}

/// Whether a test runner's summary counts tests that passed and none that failed.
fn all_passed(text: &str) -> bool {
    static PASSED: LazyLock<Regex> = LazyLock::new(|| {
        ascii::regex(r"(?i)^\W*(?:[a-z ]+:)?\W*[1-9]\d* (?:tests? |specs? |examples? )?pass(?:ed|ing)\b")
            .expect("a valid pattern")
    });
    static FAILED: LazyLock<Regex> =
        LazyLock::new(|| ascii::regex(r"(?i)\b[1-9]\d* (?:tests? )?(?:fail|error|broken)").expect("a valid pattern"));
    PASSED.is_match(text) && !FAILED.is_match(text)
}

/// The last line that is not blank.
fn last_spoken(log: &Log) -> usize {
    let spoken = |index: &usize| log.line(*index).is_some_and(|line| !line.body.trim().is_empty());
    (0..log.len()).rev().find(spoken).unwrap_or(0)
}

/// Whether the log is one of GitHub's runner, from the first step to the clean-up.
fn is_complete_github(log: &Log) -> bool {
    let from = log.len().saturating_sub(400);
    let cleaned = |index: usize| {
        let line = log.line(index);
        line.is_some_and(|line| line.mark == Mark::StepStart && line.text.starts_with("Cleaning up orphan"))
    };
    (from..log.len()).any(cleaned)
}
