//! Offline use cases on log files: `report`, `similar`, `prompt`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::error::Error;
use super::local::LocalMemory;
use super::logs::{self, NamedLog};
use super::memory_file::Place;
use crate::failure::{self, Analysis, Failure, Options};
use crate::ids::IssueNumber;
use crate::log::Log;
use crate::memory::Memory;
use crate::records::History;
use crate::redact::Redactor;
use crate::report::{self, Knowledge, Recall, Report, Similar, Staff, Subject};
use crate::settings::{ActionsConfig, Rules};
use crate::similar::Document;

/// What the user wants explained.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The log, a path or `-`.
    pub log: String,
    /// Logs of successful runs.
    pub baselines: Vec<String>,
    /// Globs of JUnit XML files.
    pub junit: Vec<String>,
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
    let remembered = records(&memory, request.global.as_deref())?;
    let history = History::of(&remembered);
    let (name, analysis) = analyse(&request.log, &request.baselines, &request.junit)?;
    let redactor = Redactor::default();
    let knowledge = Knowledge {
        history: &history,
        limit: request.limit,
        actions: &ActionsConfig::default(),
        matcher_actions: BTreeMap::new(),
        staff: &Staff::new(&remembered, &BTreeMap::new(), &Rules::default()),
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
        muted: Vec::new(),
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

pub(super) fn shared(path: &Path) -> LocalMemory {
    LocalMemory::Place(Place::Directory(path.to_path_buf()))
}

pub(super) fn analyse(path: &str, baselines: &[String], junit: &[String]) -> Result<(String, Analysis), Error> {
    let baseline = super::analyze::baseline(baselines)?;
    let NamedLog { name, log } = logs::read(path)?;
    let options = Options {
        baseline,
        junit: logs::test_reports(junit)?,
        ..Options::default()
    };
    Ok((name, failure::analyze(&log, &options)))
}

pub(super) fn iso(at: i64) -> String {
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
    care: CareDocument<'a>,
}

#[derive(Debug, Serialize)]
struct CareDocument<'a> {
    role: &'a str,
    resolved: u64,
    ended: u64,
    owners: Vec<&'a str>,
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
            care: CareDocument {
                role: &shown.care.role,
                resolved: shown.care.resolved,
                ended: shown.care.ended,
                owners: shown.care.owners.iter().map(|owner| owner.name.as_str()).collect(),
            },
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
        Question::Log(path) => analyse(path, &[], &[])?.1.failures.iter().map(Document::from).collect(),
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
