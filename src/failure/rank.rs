//! How telling every candidate is.

use std::collections::HashMap;

use super::focus::Region;
use super::options::Options;
use super::rule::Kind;
use super::scan::Candidate;
use crate::log::{Log, Mark};

/// What the ranking weighs, in units of a rule's weight.
struct Weights {
    more_rules: f64,
    repeated: f64,
    outside: f64,
    minor_region: f64,
    known_good: f64,
    near_end: f64,
    marked: f64,
    user: f64,
    indented: f64,
}

const WEIGHTS: Weights = Weights {
    more_rules: 0.4,
    repeated: 0.45,
    outside: 5.0,
    minor_region: 1.5,
    known_good: 6.0,
    near_end: 2.0,
    marked: 1.0,
    user: 20.0,
    indented: 0.0,
};

/// A candidate with its score.
#[derive(Debug, Clone)]
pub(super) struct Scored {
    pub candidate: Candidate,
    pub score: f64,
    /// Index into the regions, when it lies in one.
    pub region: Option<usize>,
    /// Index of the user's matcher that matched.
    pub matcher: Option<usize>,
}

/// All candidates with their scores, in log order.
pub(super) fn rank(log: &Log, candidates: Vec<Candidate>, regions: &[Region], options: &Options) -> Vec<Scored> {
    let mut counts: HashMap<u64, u32> = HashMap::new();
    for candidate in &candidates {
        *counts.entry(candidate.shape).or_insert(0) += 1;
    }
    let mut scored: Vec<Scored> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let line = log.line(candidate.line)?;
            if options.ignore.iter().any(|pattern| pattern.is_match(line.body)) {
                return None;
            }
            let region = regions.iter().position(|region| region.contains(candidate.line));
            let count = counts.get(&candidate.shape).copied().unwrap_or(1);
            let mut score = f64::from(candidate.best().weight);
            score += WEIGHTS.more_rules * f64::from(u32::try_from(candidate.rules.len().min(4)).unwrap_or(0));
            score -= WEIGHTS.repeated * f64::from(count).log2();
            if line.text.starts_with([' ', '\t']) {
                score -= WEIGHTS.indented;
            }
            if line.mark == Mark::Error && candidate.best().kind != Kind::Symptom {
                score += WEIGHTS.marked;
            }
            match region {
                Some(at) => {
                    score += WEIGHTS.near_end * regions.get(at).map_or(0.0, |region| nearness(region, candidate.line));
                    if at > 0 {
                        score -= WEIGHTS.minor_region;
                    }
                }
                None => score -= WEIGHTS.outside,
            }
            if options
                .baseline
                .as_ref()
                .is_some_and(|baseline| baseline.knows(candidate.shape))
            {
                score -= WEIGHTS.known_good;
            }
            Some(Scored {
                candidate,
                score,
                region,
                matcher: None,
            })
        })
        .collect();
    user_matches(log, options, regions, &mut scored);
    scored
}

/// 1 at the end of a region, 0 at its start; the last lines count more than the share says.
fn nearness(region: &Region, line: usize) -> f64 {
    let distance = region.end.saturating_sub(line);
    let length = (region.end - region.first).max(1);
    let share = 1.0 - ratio(distance, length);
    let close = 1.0 / (1.0 + ratio(distance, 60));
    0.5 * share + 0.5 * close
}

fn ratio(part: usize, whole: usize) -> f64 {
    f64::from(u32::try_from(part).unwrap_or(u32::MAX)) / f64::from(u32::try_from(whole.max(1)).unwrap_or(u32::MAX))
}

/// Lines the user's own rules match.
fn user_matches(log: &Log, options: &Options, regions: &[Region], scored: &mut Vec<Scored>) {
    if options.matchers.is_empty() {
        return;
    }
    for (index, line) in log.iter() {
        let Some(matcher) = options
            .matchers
            .iter()
            .position(|matcher| matcher.pattern.is_match(line.body))
        else {
            continue;
        };
        let at = scored.partition_point(|entry| entry.candidate.line < index);
        if scored.get(at).is_none_or(|entry| entry.candidate.line != index) {
            let candidate = Candidate {
                line: index,
                rules: Vec::new(),
                shape: crate::log::shape(line.body),
            };
            let region = regions.iter().position(|region| region.contains(index));
            scored.insert(
                at,
                Scored {
                    candidate,
                    score: 0.0,
                    region,
                    matcher: None,
                },
            );
        }
        if let Some(entry) = scored.get_mut(at) {
            entry.score += WEIGHTS.user;
            entry.matcher = Some(matcher);
        }
    }
}
