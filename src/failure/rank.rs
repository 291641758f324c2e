//! How telling every candidate is.

use std::collections::{HashMap, HashSet};

use super::focus::Region;
use super::frames;
use super::head::announces;
use super::options::Options;
use super::rule::Kind;
use super::scan::{Candidate, RuleId};
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
    beside_test: f64,
    same_rule: f64,
    many_of_a_kind: f64,
    ends_the_step: f64,
    earlier: f64,
    novel: f64,
    follows: f64,
    superseded: f64,
}

/// From this weight on a rule's match tells much, and repetition takes less from it.
const TELLING: u8 = 9;
/// The least score of a headline whose next line is looked at.
const HEADLINE: f64 = 5.0;
/// Lines before the end of a failing step in which novelties are looked for.
const NOVEL_REACH: usize = 5000;

const WEIGHTS: Weights = Weights {
    more_rules: 0.4,
    repeated: 0.45,
    outside: 5.0,
    minor_region: 1.5,
    known_good: 6.0,
    near_end: 2.0,
    marked: 1.0,
    user: 20.0,
    beside_test: 1.5,
    same_rule: 1.2,
    many_of_a_kind: 0.15,
    ends_the_step: 3.0,
    earlier: 1.5,
    novel: 4.0,
    follows: 1.0,
    superseded: 2.5,
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
    let mut of_rule: HashMap<RuleId, u32> = HashMap::new();
    for candidate in &candidates {
        if let Some(rule) = candidate.rules.first() {
            *of_rule.entry(*rule).or_insert(0) += 1;
        }
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
            let kin = candidate
                .rules
                .first()
                .and_then(|id| of_rule.get(id))
                .copied()
                .unwrap_or(1);
            let mut score = f64::from(candidate.best().weight);
            score += WEIGHTS.more_rules * f64::from(u32::try_from(candidate.rules.len().min(4)).unwrap_or(0));
            let telling = if candidate.best().weight >= TELLING { 0.5 } else { 1.0 };
            score -= WEIGHTS.repeated * telling * f64::from(count).log2();
            if candidate.best().kind == Kind::Cause {
                score -= WEIGHTS.many_of_a_kind * f64::from(kin).log2();
            }
            match aftermath(log, candidate.line) {
                Some(Aftermath::Ignored) => return None,
                Some(Aftermath::Superseded) => score -= WEIGHTS.superseded,
                None => {}
            }
            if line.mark == Mark::Failed {
                score += WEIGHTS.ends_the_step;
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
    beside_tests(&mut scored);
    followers(log, &mut scored);
    novelties(log, regions, options, &mut scored);
    user_matches(log, options, regions, &mut scored);
    scored
}

/// What the next lines say about an error.
enum Aftermath {
    /// It was expected, or does not matter.
    Ignored,
    /// Another error came of it, and that one ended the program.
    Superseded,
}

fn aftermath(log: &Log, index: usize) -> Option<Aftermath> {
    let below = (index + 1..index + 4).filter_map(|at| log.line(at));
    let next = below.map(|line| line.body.trim()).find(|text| !text.is_empty())?;
    if next == "...ignoring" {
        return Some(Aftermath::Ignored);
    }
    let chained = next.starts_with("The above exception was the direct cause of");
    chained.then_some(Aftermath::Superseded)
}

/// With a baseline, what the failing step says for the first time is worth a look, whatever its words.
fn novelties(log: &Log, regions: &[Region], options: &Options, scored: &mut Vec<Scored>) {
    let (Some(baseline), Some(region)) = (&options.baseline, regions.first()) else {
        return;
    };
    let first = region.first.max(region.end.saturating_sub(NOVEL_REACH));
    let mut seen = HashSet::new();
    let mut new = Vec::new();
    for index in first..region.end {
        let Some(line) = log.line(index) else { break };
        let at = scored.partition_point(|entry| entry.candidate.line < index);
        let known = scored.get(at).is_some_and(|entry| entry.candidate.line == index);
        let shape = crate::log::shape(line.body);
        let spoken = line.mark == Mark::None && line.body.trim().len() >= 8;
        if known || !spoken || baseline.knows(shape) || !seen.insert(shape) {
            continue;
        }
        let candidate = Candidate {
            line: index,
            rules: Vec::new(),
            shape,
        };
        let score = WEIGHTS.novel + WEIGHTS.near_end * nearness(region, index);
        new.push(Scored {
            candidate,
            score,
            region: Some(0),
            matcher: None,
        });
    }
    scored.extend(new);
    scored.sort_by_key(|entry| entry.candidate.line);
}

/// What a headline announces is a candidate although no rule knows its words.
fn followers(log: &Log, scored: &mut Vec<Scored>) {
    let mut new: Vec<Scored> = Vec::new();
    for (at, entry) in scored.iter().enumerate() {
        let line = entry.candidate.line;
        let is_headline = log
            .line(line)
            .is_some_and(|line| announces(entry, line.body) && !line.body.starts_with("Traceback"));
        if entry.candidate.best().kind != Kind::Cause || !is_headline || entry.score < HEADLINE {
            continue;
        }
        let spoken = |index: &usize| {
            log.line(*index)
                .is_some_and(|line| line.mark == Mark::None && line.body.trim().len() > 2)
        };
        let Some(next) = (line + 1..line + 4).find(spoken) else {
            continue;
        };
        let known = scored.get(at + 1).is_some_and(|other| other.candidate.line <= next);
        let says = |line: &crate::log::Line<'_>| {
            !frames::is_frame(line.body)
                && line.body.chars().any(char::is_alphanumeric)
                && !is_banner(line.body)
                && !is_statement(line.body)
        };
        if !known && let Some(text) = log.line(next).filter(says) {
            let candidate = Candidate {
                line: next,
                rules: Vec::new(),
                shape: crate::log::shape(text.body),
            };
            new.push(Scored {
                candidate,
                score: entry.score - WEIGHTS.follows,
                region: entry.region,
                matcher: None,
            });
        }
    }
    scored.extend(new);
    scored.sort_by_key(|entry| entry.candidate.line);
}

/// A line that only parts others, with or without a title: `--- Captured stdout ---`.
fn is_banner(text: &str) -> bool {
    let text = text.trim();
    let drawn = |text: &str| {
        let first = text.chars().next().unwrap_or(' ');
        !first.is_alphanumeric() && text.chars().take_while(|c| *c == first).count() >= 4
    };
    drawn(text) && text.chars().rev().take(4).all(|c| !c.is_alphanumeric() && c != ' ')
}

/// A line of source code: what was called, not what went wrong.
fn is_statement(text: &str) -> bool {
    let text = text.trim_end();
    text.ends_with(");") || text.ends_with(") {") || text.ends_with("};")
}

/// A message right below the name of a failing test is that test's; both gain. What a program logs elsewhere is not.
fn beside_tests(scored: &mut [Scored]) {
    let names_test = |entry: &Scored| entry.candidate.best().kind == Kind::Test;
    for at in 0..scored.len() {
        let Some((test, rest)) = scored.get_mut(at..).and_then(<[Scored]>::split_first_mut) else {
            continue;
        };
        if !names_test(test) {
            continue;
        }
        let mut joined = false;
        for entry in rest.iter_mut().take(4) {
            if entry.candidate.line > test.candidate.line + 4 {
                break;
            }
            if entry.candidate.best().kind == Kind::Cause {
                entry.score += WEIGHTS.beside_test;
                joined = true;
            }
        }
        if joined {
            test.score += WEIGHTS.beside_test / 2.0;
        }
    }
}

/// Indices of the candidates, best first; many matches of one rule give way to others, for the reader's sake.
pub(super) fn order(scored: &[Scored], count: usize) -> Vec<usize> {
    let mut left: Vec<usize> = (0..scored.len()).collect();
    let score = |at: &usize| scored.get(*at).map_or(f64::MIN, |entry| entry.score);
    left.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.cmp(b)));
    left.truncate(2000);
    first_of_its_kind(scored, &mut left);
    let rule = |at: &usize| scored.get(*at).and_then(|entry| entry.candidate.rules.first().copied());
    let mut used: HashMap<Option<RuleId>, f64> = HashMap::new();
    let mut chosen = Vec::new();
    if !left.is_empty() {
        let first = left.remove(0);
        used.insert(rule(&first), 1.0);
        chosen.push(first);
    }
    while chosen.len() < count && !left.is_empty() {
        let value = |at: &usize| score(at) - WEIGHTS.same_rule * used.get(&rule(at)).copied().unwrap_or(0.0);
        let mut best = 0;
        let mut best_value = f64::MIN;
        for (position, at) in left.iter().enumerate() {
            if score(at) <= best_value {
                break;
            }
            let worth = value(at);
            if worth > best_value {
                (best, best_value) = (position, worth);
            }
        }
        let at = left.remove(best);
        *used.entry(rule(&at)).or_insert(0.0) += 1.0;
        chosen.push(at);
    }
    chosen
}

/// Among matches of the best one's rule that are about as telling, the first is the cause the others may follow from.
fn first_of_its_kind(scored: &[Scored], left: &mut Vec<usize>) {
    let Some(best) = left.first().and_then(|at| scored.get(*at)) else {
        return;
    };
    let alike = |entry: &Scored| {
        entry.region == best.region
            && entry.candidate.rules.first() == best.candidate.rules.first()
            && entry.score + WEIGHTS.earlier >= best.score
    };
    let entries = left
        .iter()
        .enumerate()
        .filter_map(|(position, at)| Some((position, *at, scored.get(*at)?)));
    let first = entries
        .filter(|(_, _, entry)| alike(entry))
        .min_by_key(|(_, _, entry)| entry.candidate.line);
    if let Some((position, at, _)) = first
        && position > 0
    {
        left.remove(position);
        left.insert(0, at);
    }
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
