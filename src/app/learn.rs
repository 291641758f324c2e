//! `shipwright learn`, and what a report leaves behind: records in memory, pages for a pipeline, events.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::json;

use super::error::{Error, writing};
use super::events::{EventLog, Kind};
use super::explain::{Explained, analyse, iso, shared};
use super::files::{append_lines, write_atomically};
use super::local::LocalMemory;
use super::suggestions;
use crate::failure::Failure;
use crate::ids::IssueNumber;
use crate::memory::Tree;
use crate::records::{FixRecord, Occurrence, Outcome, Proposal, Record, short_hash};
use crate::redact::Redactor;
use crate::report::{self, FailureReport, Report, Subject};

/// What is learned beside the failure itself.
#[derive(Debug, Clone, Default)]
pub struct Lesson {
    /// What fixed it.
    pub fix: Option<String>,
    /// Page of the fix.
    pub fix_url: Option<String>,
    /// Page of the run.
    pub url: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// When it happened, milliseconds since the epoch.
    pub at: i64,
    /// The memory all repositories of this machine share, when it is to be learned there too.
    pub global: Option<PathBuf>,
}

/// The answer of `shipwright learn`.
#[derive(Debug, Serialize)]
pub struct Learned {
    schema: &'static str,
    /// Fingerprints recorded.
    pub learned: Vec<String>,
    /// The most important failure's title.
    pub title: Option<String>,
    /// Whether a fix was recorded with them.
    pub fix: bool,
    /// Where.
    pub memory: String,
}

/// Records the failures of a log, and what fixed them.
///
/// # Errors
/// A log without a failure, or a memory that cannot be written.
pub fn learn(log: &str, memory: Option<&str>, lesson: &Lesson) -> Result<Learned, Error> {
    let (name, analysis) = analyse(log, &[], &[])?;
    if analysis.failures.is_empty() {
        return Err(
            Error::negative(format!("no failure was found in {name}, so there is nothing to learn"))
                .with_hint("check that the log is complete; `shipwright analyze` shows what is found in it"),
        );
    }
    let memory = LocalMemory::open(memory)?;
    let note = |tree: &mut Tree| {
        for failure in &analysis.failures {
            remember(tree, failure, lesson);
        }
    };
    memory.update(note)?;
    if let Some(path) = &lesson.global {
        shared(path).update(note)?;
    }
    Ok(Learned {
        schema: "shipwright-learned/v1",
        learned: analysis
            .failures
            .iter()
            .map(|failure| failure.fingerprint.to_string())
            .collect(),
        title: analysis.failures.first().map(|failure| failure.title.clone()),
        fix: lesson.fix.is_some() || lesson.fix_url.is_some(),
        memory: memory.to_string(),
    })
}

/// Records one failure. Without a run, the sighting is named by when and where it was learned, so that learning the
/// same thing again with the same `--at` and `--url` changes nothing.
fn remember(tree: &mut Tree, failure: &Failure, lesson: &Lesson) {
    let redactor = Redactor::default();
    let url = lesson.url.clone().unwrap_or_default();
    let seen_in = format!("local.{}", short_hash(&[&url, &lesson.at.to_string()]));
    let mut occurrence = Occurrence::of(failure, seen_in.clone(), lesson.at);
    occurrence.url = redactor.line(&url).into_owned();
    occurrence.branch = lesson.branch.clone().unwrap_or_default();
    occurrence.store(&mut tree.records, None);
    let summary = lesson.fix.as_deref().or(lesson.fix_url.as_deref());
    if let Some(summary) = summary {
        let fix = FixRecord {
            fingerprint: failure.fingerprint.clone(),
            at: lesson.at,
            summary: redactor.text(summary).into_owned(),
            url: lesson.fix_url.as_deref().map(|url| redactor.line(url).into_owned()),
            sha: None,
            evidence: None,
        };
        let outcome = Outcome {
            fingerprint: failure.fingerprint.clone(),
            fix: fix.id(),
            applied_to: seen_in,
            at: lesson.at,
            resolved: true,
        };
        fix.store(&mut tree.records, None);
        outcome.store(&mut tree.records, None);
    }
}

/// Records what a report has shown: the sightings and the suggestions.
///
/// # Errors
/// A memory that cannot be written.
pub fn remember_report(explained: &Explained, now: i64) -> Result<(), Error> {
    let lesson = Lesson {
        at: now,
        ..Lesson::default()
    };
    let failures = &explained.report.failures;
    explained.memory.update(|tree| {
        for shown in failures {
            remember(tree, &shown.failure, &lesson);
            proposal(shown, &explained.report.subject, now).store(&mut tree.records, None);
        }
    })?;
    if let Some(path) = &explained.global {
        shared(path).update(|tree| {
            for shown in failures {
                remember(tree, &shown.failure, &lesson);
            }
        })?;
    }
    Ok(())
}

/// Tells the event log of a report, and of the suggestions that were recorded.
pub fn tell_report(explained: &Explained, recorded: bool, events: &EventLog, now: i64) {
    let Report { subject, failures, .. } = &explained.report;
    let similar: usize = failures.iter().map(|shown| shown.matches.len()).sum();
    let suggested: usize = failures.iter().map(|shown| shown.actions.len()).sum();
    let fields = json!({
        "stage": subject.stage, "issue": subject.issue.map_or(0, IssueNumber::get), "similar_count": similar,
        "suggestion_count": suggested,
    });
    events.tell(Kind::ContextGenerated, &fields, now);
    for shown in failures.iter().filter(|_| recorded) {
        let made = proposal(shown, subject, now);
        let fields = json!({ "id": made.id, "stage": made.stage, "category": made.category.as_str() });
        events.tell(Kind::SuggestionRecorded, &fields, now);
    }
}

impl Learned {
    /// Tells the event log what was learned.
    pub fn tell(&self, events: &EventLog, now: i64) {
        let pattern: String = self.title.iter().flat_map(|title| title.chars().take(80)).collect();
        events.tell(
            Kind::MemoryFailure,
            &json!({ "pattern": pattern, "fingerprint": self.learned.first() }),
            now,
        );
        if self.fix {
            events.tell(
                Kind::FixOutcome,
                &json!({ "pattern": pattern, "applied": 1, "resolved": 1 }),
                now,
            );
        }
    }
}

fn proposal(shown: &FailureReport, subject: &Subject, now: i64) -> Proposal {
    let run = format!("local.{}", short_hash(&["", &now.to_string()]));
    report::proposal(shown, subject, &run, now, String::new())
}

/// Writes `context-error-<stage>.md` and appends to `suggestions.jsonl`.
///
/// # Errors
/// A directory that cannot be written.
pub fn write_artifacts(directory: &Path, markdown: &str, report: &Report, now: i64) -> Result<(), Error> {
    let stage = report.subject.stage.as_deref().unwrap_or("run");
    let name: String = stage
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
        .take(60)
        .collect();
    let page = directory.join(format!("context-error-{name}.md"));
    write_atomically(&page, markdown.as_bytes()).map_err(|error| writing(&page, error))?;
    let list = directory.join(suggestions::LIST);
    let mut lines = String::new();
    for shown in &report.failures {
        let proposal = proposal(shown, &report.subject, now);
        let line = SuggestionLine {
            id: &proposal.id,
            ts: iso(now),
            stage: proposal.stage.as_deref(),
            category: proposal.category.as_str(),
            actions: &proposal.actions,
            fingerprint: proposal.fingerprint.as_str(),
            resolved: None,
        };
        lines.push_str(&serde_json::to_string(&line).unwrap_or_default());
        lines.push('\n');
    }
    append_lines(&list, &lines).map_err(|error| writing(&list, error))
}

#[derive(Serialize)]
struct SuggestionLine<'a> {
    id: &'a str,
    ts: String,
    stage: Option<&'a str>,
    category: &'a str,
    actions: &'a [String],
    fingerprint: &'a str,
    resolved: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::super::explain::{Request, explain};
    use super::*;

    #[test]
    fn stages_that_fail_at_once_lose_no_suggestion() {
        let log = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/npm-eresolve/log.txt");
        let directory = tempfile::tempdir().unwrap();
        let memory = directory.path().join("memory.json");
        let request = Request {
            log: log.to_owned(),
            memory: Some(memory.to_string_lossy().into_owned()),
            ..Request::default()
        };
        let report = explain(&request).unwrap().report;
        assert_eq!(report.failures.len(), 1);
        std::thread::scope(|scope| {
            for stage in 0..8 {
                let (directory, mut report) = (directory.path(), report.clone());
                report.subject.stage = Some(format!("stage-{stage}"));
                scope.spawn(move || (0..4).for_each(|now| write_artifacts(directory, "# page", &report, now).unwrap()));
            }
        });
        let list = std::fs::read_to_string(directory.path().join(suggestions::LIST)).unwrap();
        assert_eq!(list.lines().count(), 8 * 4);
        assert!(
            list.lines()
                .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
        );
    }
}
