//! The whole of it: candidates, ranking, failures.

use std::borrow::Cow;

use super::category;
use super::excerpt::{self, Excerpt};
use super::focus::{self, Region};
use super::identity::{Evidence, identify};
use super::model::{Analysis, ExcerptLine, Failure};
use super::options::Options;
use super::rank::{self, Scored};
use super::scan;
use super::title;
use super::verdict;
use crate::log::Log;

/// Failures of one log, at most.
const MAX_FAILURES: usize = 5;
/// Candidates that are put in order.
const RANKED: usize = 200;
/// A further failure needs a candidate at least this telling.
const FURTHER: f64 = 7.0;
/// Decisive lines named, at most.
const MAX_DECISIVE: usize = 8;

/// Says what failed in a log, and why. Never fails; a log without a failure gives none.
pub fn analyze(log: &Log, options: &Options) -> Analysis {
    let regions = focus::regions(log, options);
    let scored = rank::rank(log, scan::scan(log), &regions, options);
    let mut failures = Vec::new();
    if verdict::failed(log, &regions, &scored) {
        let ranking = rank::order(&scored, RANKED);
        let mut covered: Vec<Excerpt> = Vec::new();
        for _ in 0..MAX_FAILURES {
            let is_open = |entry: &Scored| covered.iter().all(|excerpt| !excerpt.contains(entry.candidate.line));
            let open: Vec<usize> =
                ranking.iter().copied().filter(|at| scored.get(*at).is_some_and(is_open)).collect();
            let best = open.first().and_then(|at| scored.get(*at));
            if !covered.is_empty() && best.is_none_or(|best| best.score < FURTHER) {
                break;
            }
            // Without a telling candidate the end of the failing step is what there is to show.
            let speaks = best.filter(|best| best.score >= excerpt::WEAK);
            let region = speaks.map_or(Some(0), |best| best.region).and_then(|at| regions.get(at));
            let excerpt = excerpt::compose(log, &scored, &open, region, options.max_excerpt_lines);
            failures.push(describe(log, options, &scored, &open, region, &excerpt));
            covered.push(excerpt);
        }
    }
    Analysis {
        lines: log.lines(),
        bytes: log.bytes(),
        failures,
    }
}

fn describe(
    log: &Log,
    options: &Options,
    scored: &[Scored],
    ranking: &[usize],
    region: Option<&Region>,
    excerpt: &Excerpt,
) -> Failure {
    let shown: Vec<ExcerptLine> = excerpt
        .lines()
        .filter_map(|index| log.line(index))
        .map(|line| ExcerptLine {
            line: line.number,
            text: options.redactor.line(line.text).into_owned(),
        })
        .collect();
    let decisive: Vec<&Scored> = ranking
        .iter()
        .filter_map(|at| scored.get(*at))
        .filter(|entry| excerpt.contains(entry.candidate.line))
        .take(MAX_DECISIVE)
        .collect();
    let lines: Vec<Cow<'_, str>> = decisive
        .iter()
        .filter_map(|entry| log.line(entry.candidate.line))
        .map(|line| options.redactor.line(line.body))
        .collect();
    let mut decisive_lines: Vec<u64> =
        decisive.iter().filter_map(|entry| log.line(entry.candidate.line)).map(|line| line.number).collect();
    let mut texts: Vec<&str> = lines.iter().map(AsRef::as_ref).collect();
    let best = decisive.first();
    let last_words = excerpt.last_words.and_then(|index| log.line(index));
    if let Some(line) = last_words {
        texts.insert(0, line.body);
        decisive_lines.insert(0, line.number);
    }
    let tool = decisive
        .iter()
        .find_map(|entry| entry.candidate.rules.iter().find_map(|id| id.rule().tool));
    let (category, class) = category::decide(&decisive, &texts);
    let evidence = Evidence {
        tool,
        code: None,
        tests: &[],
        decisive: &texts,
    };
    let (fingerprint, signature) = identify(&evidence);
    Failure {
        fingerprint,
        category,
        class,
        title: title::of(texts.first().copied().unwrap_or_default()),
        tool: tool.map(str::to_owned),
        step: region.map(|region| region.name.clone()).filter(|name| !name.is_empty()),
        tests: Vec::new(),
        locations: Vec::new(),
        exit_code: region.and_then(|region| region.exit_code),
        decisive_lines,
        excerpt: shown,
        confidence: best.map_or(0.1, |entry| (entry.score / 14.0).clamp(0.05, 0.99)),
        signature,
    }
}
