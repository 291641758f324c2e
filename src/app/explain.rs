//! Offline use cases on log files: `report`, `similar`, `learn`, `prompt`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::json;

use super::error::{Error, writing};
use super::events::{EventLog, Kind};
use super::files::write_atomically;
use super::local::LocalMemory;
use super::logs::{self, NamedLog};
use super::memory_file::Place;
use crate::failure::{self, Analysis, Failure, Options};
use crate::ids::IssueNumber;
use crate::log::Log;
use crate::memory::{Memory, Tree};
use crate::records::{FixRecord, History, Occurrence, Outcome, Proposal, Record, short_hash};
use crate::redact::Redactor;
use crate::report::{self, FailureReport, Knowledge, Recall, Report, Similar, Subject};
use crate::settings::ActionsConfig;
use crate::similar::Document;

/// What the user wants explained.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The log, a path or `-`.
    pub log: String,
    /// Logs of successful runs.
    pub baselines: Vec<String>,
    /// Stage of the user's pipeline.
    pub stage: Option<String>,
    /// Attempt in the user's own loop.
    pub iteration: Option<u32>,
    /// What the run was meant to achieve.
    pub goal: Option<String>,
    /// The issue it works on.
    pub issue: Option<IssueNumber>,
    /// The memory as named on the command line.
    pub memory: Option<String>,
    /// Most similar failures per failure.
    pub limit: usize,
    /// The memory all repositories of this machine share, when the user wants it.
    pub global: Option<PathBuf>,
}

/// A report with what is needed to remember it.
#[derive(Debug)]
pub struct Explained {
    /// What to show.
    pub report: Report,
    /// Where the memory is.
    pub memory: LocalMemory,
    /// The memory all repositories of this machine share, when the user wants it.
    pub global: Option<PathBuf>,
}

/// Reads the log and explains it from memory.
///
/// # Errors
/// A log or memory that cannot be read.
pub fn explain(request: &Request) -> Result<Explained, Error> {
    let memory = LocalMemory::open(request.memory.as_deref())?;
    let history = History::of(&records(&memory, request.global.as_deref())?);
    let (name, analysis) = analyse(&request.log, &request.baselines)?;
    let redactor = Redactor::default();
    let knowledge = Knowledge {
        history: &history,
        limit: request.limit,
        actions: &ActionsConfig::default(),
        matcher_actions: BTreeMap::new(),
    };
    let failures = report::explain(analysis, None, request.stage.as_deref(), &knowledge);
    let subject = Subject {
        workflow: name,
        stage: request.stage.as_deref().map(|stage| redactor.line(stage).into_owned()),
        iteration: request.iteration,
        goal: request.goal.as_deref().map(|goal| redactor.text(goal).into_owned()),
        issue: request.issue,
        ..Subject::default()
    };
    let report = Report {
        subject,
        failures,
        unread: Vec::new(),
        related: Vec::new(),
        degraded: Vec::new(),
    };
    Ok(Explained {
        report,
        memory,
        global: request.global.clone(),
    })
}

/// What is remembered here, and beside it what is shared. Records have their own keys, so the union counts each once.
fn records(memory: &LocalMemory, global: Option<&Path>) -> Result<Memory, Error> {
    let mut records = memory.read()?.records;
    if let Some(path) = global {
        for (identity, entry) in shared(path).read()?.records.iter() {
            if records.get(identity).is_none() {
                records.insert(identity.clone(), entry.clone());
            }
        }
    }
    Ok(records)
}

fn shared(path: &Path) -> LocalMemory {
    LocalMemory::Place(Place::Directory(path.to_path_buf()))
}

fn analyse(path: &str, baselines: &[String]) -> Result<(String, Analysis), Error> {
    let baseline = super::analyze::baseline(baselines)?;
    let NamedLog { name, log } = logs::read(path)?;
    let options = Options {
        baseline,
        ..Options::default()
    };
    Ok((name, failure::analyze(&log, &options)))
}

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
    let (name, analysis) = analyse(log, &[])?;
    if analysis.failures.is_empty() {
        return Err(
            Error::negative(format!("no failure was found in {name}, so there is nothing to learn"))
                .with_hint("check that the log is complete; `shipwright analyze` shows what is found in it"),
        );
    }
    let memory = LocalMemory::open(memory)?;
    let note = |tree: &mut Tree| {
        analysis
            .failures
            .iter()
            .for_each(|failure| remember(tree, failure, lesson))
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
            failures
                .iter()
                .for_each(|shown| remember(tree, &shown.failure, &lesson))
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
pub fn write_artifacts(directory: &Path, markdown: &str, explained: &Explained, now: i64) -> Result<(), Error> {
    let stage = explained.report.subject.stage.as_deref().unwrap_or("run");
    let name: String = stage
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
        .take(60)
        .collect();
    let page = directory.join(format!("context-error-{name}.md"));
    write_atomically(&page, markdown.as_bytes()).map_err(|error| writing(&page, error))?;
    let list = directory.join("suggestions.jsonl");
    let mut lines = match std::fs::read_to_string(&list) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(super::error::reading(&list, error)),
    };
    if !lines.is_empty() && !lines.ends_with('\n') {
        lines.push('\n');
    }
    for shown in &explained.report.failures {
        let proposal = proposal(shown, &explained.report.subject, now);
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
    write_atomically(&list, lines.as_bytes()).map_err(|error| writing(&list, error))
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

fn iso(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at)
        .map(|at| at.to_string())
        .unwrap_or_default()
}

/// The document of `shipwright similar --format json`.
#[derive(Debug, Serialize)]
pub struct SimilarDocument {
    schema: &'static str,
    /// Best first.
    pub matches: Vec<MatchDocument>,
}

/// One match.
#[derive(Debug, Serialize)]
pub struct MatchDocument {
    fingerprint: String,
    kind: &'static str,
    score: f64,
    /// Its title when last seen.
    pub title: String,
    category: &'static str,
    seen: u64,
    first_seen: String,
    last_seen: String,
    branches: Vec<String>,
    url: Option<String>,
    fix: Option<FixDocument>,
}

#[derive(Debug, Serialize)]
struct FixDocument {
    summary: String,
    url: Option<String>,
    sha: Option<String>,
    effectiveness: f64,
    applied: u64,
    resolved: u64,
}

impl MatchDocument {
    /// One line for people; the title is a log's, so untrusted.
    pub fn line(&self) -> String {
        let fix = self
            .fix
            .as_ref()
            .map(|fix| format!("; fixed by: {}", fix.summary))
            .unwrap_or_default();
        let percent = self.score * 100.0;
        format!(
            "{percent:>3.0} %  {}  (seen {}, last {}{fix})",
            self.title, self.seen, self.last_seen
        )
    }
}

/// The document of `shipwright report --format json`.
#[derive(Debug, Serialize)]
pub struct ReportDocument<'a> {
    schema: &'static str,
    stage: Option<&'a str>,
    iteration: Option<u32>,
    goal: Option<&'a str>,
    issue: Option<u64>,
    failures: Vec<ReportedFailure<'a>>,
    degraded: &'a [String],
}

#[derive(Debug, Serialize)]
struct ReportedFailure<'a> {
    #[serde(flatten)]
    failure: &'a Failure,
    jobs: Vec<&'a str>,
    seen: u64,
    trend: &'static str,
    first_seen: Option<String>,
    last_seen: Option<String>,
    branches: &'a [String],
    similar: Vec<MatchDocument>,
    actions: Vec<&'a str>,
}

impl<'a> ReportDocument<'a> {
    /// The document of a report.
    pub fn of(report: &'a Report) -> Self {
        let subject = &report.subject;
        let failures = report.failures.iter().map(|shown| ReportedFailure {
            failure: &shown.failure,
            jobs: shown.jobs.iter().map(|job| job.name.as_str()).collect(),
            seen: shown.known.as_ref().map_or(0, |known| known.seen),
            trend: report::Trend::of(shown.known.as_ref(), subject).as_str(),
            first_seen: shown.known.as_ref().map(|known| iso(known.first_seen)),
            last_seen: shown.known.as_ref().map(|known| iso(known.last_seen)),
            branches: shown.known.as_ref().map_or(&[], |known| &known.branches),
            similar: shown.matches.iter().cloned().map(MatchDocument::from).collect(),
            actions: shown.actions.iter().map(|action| action.text.as_str()).collect(),
        });
        Self {
            schema: "shipwright-report/v1",
            stage: subject.stage.as_deref(),
            iteration: subject.iteration,
            goal: subject.goal.as_deref(),
            issue: subject.issue.map(IssueNumber::get),
            failures: failures.collect(),
            degraded: &report.degraded,
        }
    }
}

impl From<Similar> for MatchDocument {
    fn from(similar: Similar) -> Self {
        let known = similar.known;
        Self {
            fingerprint: known.fingerprint.to_string(),
            kind: similar.kind.as_str(),
            score: (similar.score * 1000.0).round() / 1000.0,
            title: known.title,
            category: known.category.as_str(),
            seen: known.seen,
            first_seen: iso(known.first_seen),
            last_seen: iso(known.last_seen),
            branches: known.branches,
            url: known.url,
            fix: known.fixes.into_iter().next().map(|fix| FixDocument {
                effectiveness: fix.effectiveness(),
                summary: fix.summary,
                url: fix.url,
                sha: fix.sha,
                applied: fix.applied,
                resolved: fix.resolved,
            }),
        }
    }
}

/// What is asked: a log, or a bare error text.
#[derive(Debug, Clone)]
pub enum Question {
    /// A path, or `-`.
    Log(String),
    /// An error text.
    Text(String),
}

/// Past failures like the most important one of a log or text.
///
/// # Errors
/// A log or memory that cannot be read.
pub fn similar(
    question: &Question,
    memory: Option<&str>,
    global: Option<&Path>,
    limit: usize,
) -> Result<SimilarDocument, Error> {
    let history = History::of(&records(&LocalMemory::open(memory)?, global)?);
    let asked: Vec<Document> = match question {
        Question::Log(path) => analyse(path, &[])?.1.failures.iter().map(Document::from).collect(),
        Question::Text(text) => {
            let text = Redactor::default().text(text).into_owned();
            let found = failure::analyze(&Log::from_bytes(text.as_bytes()), &Options::default()).failures;
            match found.as_slice() {
                [] => vec![Document::of_text(&text)],
                found => found.iter().map(Document::from).collect(),
            }
        }
    };
    let recall = Recall::new(&history);
    let mut matches: Vec<Similar> = Vec::new();
    for document in asked {
        for found in recall.similar(document, limit) {
            if matches
                .iter()
                .all(|other| other.known.fingerprint != found.known.fingerprint)
            {
                matches.push(found);
            }
        }
    }
    matches.sort_by(|a, b| b.score.total_cmp(&a.score));
    matches.truncate(limit);
    Ok(SimilarDocument {
        schema: "shipwright-similar/v1",
        matches: matches.into_iter().map(MatchDocument::from).collect(),
    })
}
