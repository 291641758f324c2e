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
use crate::log::Log;

/// Failures of one log, at most.
const MAX_FAILURES: usize = 5;
/// Decisive lines named, at most.
const MAX_DECISIVE: usize = 8;

/// Says what failed in a log, and why. Never fails; a log without a failure gives none.
pub fn analyze(log: &Log, options: &Options) -> Analysis {
    let regions = focus::regions(log, options);
    let scored = rank::rank(log, scan::scan(log), &regions, options);
    let mut failures = Vec::new();
    if !scored.is_empty() || regions.iter().any(|region| region.is_known) {
        let mut ranking: Vec<usize> = (0..scored.len()).collect();
        ranking.sort_by(|a, b| score(&scored, *b).total_cmp(&score(&scored, *a)).then(a.cmp(b)));
        let mut covered: Vec<Excerpt> = Vec::new();
        for _ in 0..MAX_FAILURES {
            let open: Vec<usize> = ranking
                .iter()
                .copied()
                .filter(|at| {
                    scored
                        .get(*at)
                        .is_some_and(|entry| covered.iter().all(|excerpt| !excerpt.contains(entry.candidate.line)))
                })
                .collect();
            let Some(best) = open.first().and_then(|at| scored.get(*at)) else {
                break;
            };
            if !covered.is_empty() && best.score < 7.0 {
                break;
            }
            let region = best.region.and_then(|at| regions.get(at));
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

fn score(scored: &[Scored], at: usize) -> f64 {
    scored.get(at).map_or(f64::MIN, |entry| entry.score)
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
    let texts: Vec<&str> = lines.iter().map(AsRef::as_ref).collect();
    let best = decisive.first();
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
        decisive_lines: decisive
            .iter()
            .filter_map(|entry| log.line(entry.candidate.line))
            .map(|line| line.number)
            .collect(),
        excerpt: shown,
        confidence: best.map_or(0.1, |entry| (entry.score / 14.0).clamp(0.05, 0.99)),
        signature,
    }
}
