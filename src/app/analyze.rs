//! `shipwright analyze`: the failures of one or more logs.

use serde::Serialize;

use super::error::Error;
use super::logs::{self, NamedLog};
use crate::failure::{self, Analysis, Baseline, Failure, Options};
use crate::report::{MOST_FAILURES, Report};

/// The version of the printed document.
pub const SCHEMA: &str = "shipwright-analysis/v1";

/// The document `shipwright analyze --format json` prints.
#[derive(Debug, Serialize)]
pub struct Document {
    schema: &'static str,
    lines: u64,
    bytes: u64,
    failures: Vec<Found>,
}

/// One failure, with the log it is from when there are several.
#[derive(Debug, Serialize)]
pub struct Found {
    /// The path as typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// The failure.
    #[serde(flatten)]
    pub failure: Failure,
}

impl Document {
    /// The failures, most important first.
    pub fn failures(&self) -> &[Found] {
        &self.failures
    }

    /// The document of a report on a run: each failure with the job it is from.
    pub fn of_report(report: &Report) -> Self {
        let failures = report.failures.iter().map(|shown| Found {
            log: shown.jobs.first().map(|job| job.name.clone()),
            failure: shown.failure.clone(),
        });
        Self {
            schema: SCHEMA,
            lines: 0,
            bytes: 0,
            failures: failures.collect(),
        }
    }

    /// The document of one analysis.
    pub fn of(analysis: Analysis) -> Self {
        let failures = analysis
            .failures
            .into_iter()
            .map(|failure| Found { log: None, failure });
        Self {
            schema: SCHEMA,
            lines: analysis.lines,
            bytes: analysis.bytes,
            failures: failures.collect(),
        }
    }
}

/// Analyses logs; lines of the baselines, logs of successful runs, count as noise. The test reports that `junit` names
/// add what no log tells.
///
/// # Errors
/// A log that cannot be read.
pub fn run(paths: &[String], baselines: &[String], junit: &[String]) -> Result<Document, Error> {
    let baseline = baseline(baselines)?;
    let options = Options {
        baseline,
        ..Options::default()
    };
    let logs = logs::read_all(paths)?;
    let several = logs.len() > 1;
    let mut document = Document {
        schema: SCHEMA,
        lines: 0,
        bytes: 0,
        failures: Vec::new(),
    };
    let mut per_log: Vec<std::vec::IntoIter<Found>> = Vec::new();
    for NamedLog { name, log } in logs {
        let analysis = failure::analyze(&log, &options);
        document.lines += analysis.lines;
        document.bytes += analysis.bytes;
        let name = several.then_some(name);
        let found = analysis.failures.into_iter().map(|failure| Found {
            log: name.clone(),
            failure,
        });
        per_log.push(found.collect::<Vec<_>>().into_iter());
    }
    // The first failure of every log comes before the second of any.
    loop {
        let round: Vec<Found> = per_log.iter_mut().filter_map(Iterator::next).collect();
        if round.is_empty() {
            break;
        }
        document.failures.extend(round);
    }
    let options = Options {
        junit: logs::test_reports(junit)?,
        ..Options::default()
    };
    if !options.junit.is_empty() {
        document.failures = with_sources(&document.failures, &options);
    }
    Ok(document)
}

/// Failures with what further sources add to them.
fn with_sources(found: &[Found], options: &Options) -> Vec<Found> {
    let mut merged: Vec<Failure> = found.iter().map(|found| found.failure.clone()).collect();
    let most = found.len().max(MOST_FAILURES);
    failure::merge(&mut merged, options, most);
    let log_of = |failure: &Failure| {
        let known = found
            .iter()
            .find(|found| found.failure.fingerprint == failure.fingerprint);
        known.and_then(|found| found.log.clone())
    };
    let told = merged.into_iter().map(|failure| Found {
        log: log_of(&failure),
        failure,
    });
    told.collect()
}

/// Reads logs of successful runs.
///
/// # Errors
/// A log that cannot be read.
pub fn baseline(paths: &[String]) -> Result<Option<Baseline>, Error> {
    if paths.is_empty() {
        return Ok(None);
    }
    let logs = logs::read_all(paths)?;
    Ok(Some(Baseline::from_logs(logs.iter().map(|named| &named.log))))
}
