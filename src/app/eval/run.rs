//! One evaluation: every case of every set, ours beside the rivals.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::case::{Case, read_log, read_set};
use super::measure::{Expected, Shown};
use super::{Error, Part, Request, pairs, rivals, shift, texts};
use crate::failure::{Analysis, Baseline, Options, analyze};
use crate::log::Log;

/// How often something held, out of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Cases counted.
    pub cases: usize,
    /// See [`Shown`].
    pub decisive_in_first: usize,
    /// See [`Shown`].
    pub in_top10: usize,
    /// See [`Shown`].
    pub all_covered: usize,
    /// See [`Shown`].
    pub marked_right: usize,
}

impl Tally {
    fn count(&mut self, shown: Shown) {
        self.cases += 1;
        self.decisive_in_first += usize::from(shown.decisive_in_first);
        self.in_top10 += usize::from(shown.in_top10);
        self.all_covered += usize::from(shown.all_covered);
        self.marked_right += usize::from(shown.marked_right);
    }
}

/// How often the category was right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Categories {
    /// Cases with a labelled category.
    pub cases: usize,
    /// Equal to the label.
    pub equal: usize,
    /// Equal to the label or one of those that are right too.
    pub accepted: usize,
}

/// A case that went wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Miss {
    /// The case.
    pub id: String,
    /// What was measured.
    pub shown: Shown,
    /// The title of the first failure.
    pub title: String,
    /// The category given and the one wanted.
    pub category: String,
    /// See `category`.
    pub wanted_category: String,
    /// The first line that should be seen.
    pub wanted: String,
    /// What was shown.
    pub excerpt: Vec<String>,
}

/// What was measured on one set.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SetReport {
    /// The set's name.
    pub set: String,
    /// Cases without an expected line: read, not counted.
    pub unlabelled: usize,
    /// Ours and the rivals, by name.
    pub shown: BTreeMap<String, Tally>,
    /// Ours, by ecosystem.
    pub ecosystems: BTreeMap<String, Tally>,
    /// Categories of the first failures.
    pub categories: Categories,
    /// Cases that were worse with a baseline than without.
    pub worse_with_baseline: usize,
    /// Passing logs, and how many of them a failure was claimed of.
    pub passing: usize,
    /// See `passing`.
    pub claimed: usize,
    /// Logs whose fingerprint stayed when everything volatile in them was changed.
    pub stable: usize,
    /// The worst cases first.
    pub misses: Vec<Miss>,
}

/// A whole evaluation.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// Whole logs, set by set.
    pub sets: Vec<SetReport>,
    /// Short texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub texts: Option<texts::TextMetrics>,
}

/// Runs an evaluation.
///
/// # Errors
/// When the folder cannot be read.
pub fn run(request: &Request) -> Result<Report, Error> {
    let mut report = Report::default();
    for set in ["why", "logchunks", "fail_pass"] {
        let folder = request.folder.join(set);
        if request.wants(set) && folder.is_dir() {
            report.sets.push(run_set(&folder, set, request)?);
        }
    }
    if request.wants("pairs") && request.folder.join("pairs.jsonl").is_file() {
        report.texts = Some(pairs::run(&request.folder, request.part)?);
    }
    Ok(report)
}

fn run_set(folder: &Path, name: &str, request: &Request) -> Result<SetReport, Error> {
    let mut set = SetReport {
        set: name.to_owned(),
        ..SetReport::default()
    };
    for case in read_set(folder)? {
        let is_wanted = match request.part {
            Part::All => true,
            Part::HeldOut => case.label.is_held_out(),
            Part::Tuning => !case.label.is_held_out(),
        };
        if is_wanted {
            run_case(&case, &mut set)?;
        }
    }
    set.misses.sort_by_key(|miss| {
        (
            miss.shown.decisive_in_first,
            miss.shown.in_top10,
            miss.shown.marked_right,
        )
    });
    set.misses.truncate(request.failures);
    Ok(set)
}

fn run_case(case: &Case, set: &mut SetReport) -> Result<(), Error> {
    let log = read_log(&case.log)?;
    let expected = Expected::new(&case.label);
    let plain = analyze(&log, &Options::default());
    let analysis = match &case.passed {
        None => plain,
        Some(path) => with_baseline(&log, &read_log(path)?, &plain, &expected, set),
    };
    if expected.is_empty() {
        set.unlabelled += 1;
        return Ok(());
    }
    let shown = expected.measure(&analysis);
    set.shown.entry(rivals::OURS.to_owned()).or_default().count(shown);
    let ecosystem = case
        .label
        .ecosystem
        .clone()
        .unwrap_or_else(|| "unknown".to_owned())
        .to_lowercase();
    set.ecosystems.entry(ecosystem).or_default().count(shown);
    for (name, lines) in rivals::all(&log) {
        set.shown
            .entry(name.to_owned())
            .or_default()
            .count(expected.measure_lines(&lines));
    }
    let given = analysis
        .failures
        .first()
        .map_or("NONE", |failure| failure.category.as_str());
    let wanted = case.label.category.clone().unwrap_or_default();
    let accepted =
        wanted.is_empty() || given == wanted || case.label.category_also_ok.iter().any(|other| other == given);
    if !wanted.is_empty() {
        set.categories.cases += 1;
        set.categories.equal += usize::from(given == wanted);
        set.categories.accepted += usize::from(accepted);
    }
    set.stable += usize::from(is_stable(case, &analysis)?);
    if !(shown.decisive_in_first && shown.in_top10 && shown.marked_right && accepted) {
        set.misses.push(miss(case, shown, &analysis, given, wanted));
    }
    Ok(())
}

fn with_baseline(log: &Log, passed: &Log, plain: &Analysis, expected: &Expected, set: &mut SetReport) -> Analysis {
    set.passing += 1;
    set.claimed += usize::from(!analyze(passed, &Options::default()).failures.is_empty());
    let baseline = Some(Baseline::from_logs(std::iter::once(passed)));
    let analysis = analyze(
        log,
        &Options {
            baseline,
            ..Options::default()
        },
    );
    let (before, after) = (expected.measure(plain), expected.measure(&analysis));
    let worse = before.decisive_in_first && !after.decisive_in_first || before.in_top10 && !after.in_top10;
    set.worse_with_baseline += usize::from(worse);
    set.shown
        .entry(rivals::WITHOUT_BASELINE.to_owned())
        .or_default()
        .count(before);
    analysis
}

/// Whether the same failure on another day, runner and line gives the same fingerprint.
fn is_stable(case: &Case, analysis: &Analysis) -> Result<bool, Error> {
    let bytes = std::fs::read(&case.log).map_err(|source| Error::Read {
        path: case.log.clone(),
        source,
    })?;
    let again = analyze(&Log::from_bytes(&shift::shifted(&bytes)), &Options::default());
    let first = |analysis: &Analysis| analysis.failures.first().map(|failure| failure.fingerprint.clone());
    Ok(case.passed.is_some() || first(&again) == first(analysis))
}

fn miss(case: &Case, shown: Shown, analysis: &Analysis, given: &str, wanted: String) -> Miss {
    let failure = analysis.failures.first();
    Miss {
        id: case.label.id.clone(),
        shown,
        title: failure.map_or_else(String::new, |failure| failure.title.clone()),
        category: given.to_owned(),
        wanted_category: wanted,
        wanted: case.label.expected_lines.first().cloned().unwrap_or_default(),
        excerpt: failure.map_or_else(Vec::new, |failure| {
            failure
                .excerpt
                .iter()
                .map(|line| format!("{}: {}", line.line, line.text))
                .collect()
        }),
    }
}
