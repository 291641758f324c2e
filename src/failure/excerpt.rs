//! The lines to show: small blocks around the best candidates first, then context and the end of the failing step.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::ascii;
use super::focus::Region;
use super::frames;
use super::head::is_headline;
use super::rank::Scored;
use super::rule::Kind;
use crate::log::{Log, Mark};

/// Lines of the first block and of each further one.
const FIRST_BLOCK: usize = 4;
const NEXT_BLOCK: usize = 2;
/// Candidates no more than this many lines apart belong to one block.
const GAP: usize = 4;
/// Below this score no candidate speaks for itself.
pub(super) const WEAK: f64 = 7.0;
/// Below this one not even among the last words of a step that is known to have failed.
const FAINT: f64 = 4.5;
const FAINT_WORDS: usize = 3;
/// Lines that are a step's last words.
const PARTING: usize = 40;
/// Lines of the step's end that come first then.
const LAST_WORDS: usize = 6;
/// What a window gains for every line it reaches further down.
const LEAN: f64 = 0.3;
/// Lines kept for context of the first block and the end of the step.
const RESERVE: usize = 10;

/// An excerpt under construction: line indices, in blocks, the best block first.
#[derive(Debug, Default, Clone)]
pub(super) struct Excerpt {
    /// Blocks of consecutive indices.
    pub blocks: Vec<Vec<usize>>,
    /// The last word of the step, when nothing else says why.
    pub last_words: Option<usize>,
    taken: HashSet<usize>,
}

impl Excerpt {
    /// Lines taken.
    pub(super) fn len(&self) -> usize {
        self.taken.len()
    }

    /// Whether a line is in it.
    pub(super) fn contains(&self, line: usize) -> bool {
        self.taken.contains(&line)
    }

    /// All indices, in the order they are shown.
    pub(super) fn lines(&self) -> impl Iterator<Item = usize> + '_ {
        self.blocks.iter().flatten().copied()
    }

    fn add(&mut self, lines: &[usize], room: usize) {
        let mut block: Vec<usize> = Vec::new();
        for &line in lines.iter().take(room) {
            if self.taken.insert(line) {
                if block.last().is_some_and(|last| line != last + 1) {
                    self.blocks.push(std::mem::take(&mut block));
                }
                block.push(line);
            }
        }
        if !block.is_empty() {
            self.blocks.push(block);
        }
    }

    /// Adds the first `room` of the lines that are not in it yet.
    fn add_new(&mut self, lines: &[usize], room: usize) {
        let new: Vec<usize> = lines.iter().copied().filter(|line| !self.contains(*line)).collect();
        self.add(&new, room);
    }
}

/// Whether a candidate says more than the step's last words would.
pub(super) fn speaks(log: &Log, entry: &Scored, region: Option<&Region>) -> bool {
    let headline = || log.line(entry.candidate.line).is_none_or(|line| is_headline(line.body));
    entry.score >= WEAK
        || entry.score >= FAINT
            && entry.candidate.best().kind != Kind::Symptom
            && !headline()
            && region.is_some_and(|region| {
                region.is_known && region.contains(entry.candidate.line) && entry.candidate.line + PARTING >= region.end
            })
}

/// Whether a line says nothing of a failure: where a report lies, how long it took, a frame of a stack, numbers, a rule.
fn is_idle(text: &str) -> bool {
    static IDLE: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = concat!(
            r"(?i)^\W*(?:see|for (?:more )?(?:details|info\w*)|(?:full |complete )?(?:log|logs|report|output|results?)\b.{0,20}(?:written|saved|file|at|in|to|:)",
            r"|a complete log|(?:all )?(?:done|finished|completed)\b|(?:took|elapsed|duration|time|finished in|ran)\b|summary\b)",
            r"|^\W*(?:0x[0-9a-f]+\W*|[\d.,:]+(?:m?s|%)?\W*)+$|^\W*[\d.]+%|^\W*$"
        );
        ascii::regex(pattern).expect("a valid pattern")
    });
    IDLE.is_match(text) || frames::is_frame(text)
}

/// Whether a line has words a reader could use.
fn is_shown(log: &Log, index: usize) -> bool {
    log.line(index).is_some_and(|line| {
        !line.body.trim().is_empty() && !matches!(line.mark, Mark::Chatter | Mark::GroupEnd | Mark::Echo)
    })
}

/// The lines an excerpt may take around a line: those of its region, when it lies in one.
fn bounds(log: &Log, region: Option<&Region>, line: usize) -> Range<usize> {
    match region {
        Some(region) if region.contains(line) => region.first..(region.end + 1).min(log.len()),
        Some(_) | None => 0..log.len(),
    }
}

/// Shown lines right before `line`, ascending.
fn above(log: &Log, line: usize, bounds: &Range<usize>, reach: usize, count: usize) -> Vec<usize> {
    let shown = |index: &usize| is_shown(log, *index);
    let mut lines: Vec<usize> = (bounds.start..line)
        .rev()
        .take(reach)
        .filter(shown)
        .take(count)
        .collect();
    lines.reverse();
    lines
}

/// Shown lines right behind `line`.
fn below(log: &Log, line: usize, bounds: &Range<usize>, reach: usize, count: usize) -> Vec<usize> {
    let shown = |index: &usize| is_shown(log, *index);
    (line + 1..bounds.end).take(reach).filter(shown).take(count).collect()
}

/// The window of `size` lines around `center` whose candidates weigh most.
fn window(log: &Log, scored: &[Scored], center: usize, size: usize, bounds: &Range<usize>) -> Vec<usize> {
    // Blank lines take no room, so that blocks may bridge them.
    let mut all = above(log, center, bounds, size * 3, size - 1);
    all.push(center);
    all.extend(below(log, center, bounds, size * 3, size - 1));
    let weight = |index: usize| {
        let at = scored.partition_point(|entry| entry.candidate.line < index);
        let entry = scored.get(at).filter(|entry| entry.candidate.line == index);
        entry.map_or(0.0, |entry| entry.score.max(0.0))
    };
    let mut best: (f64, &[usize]) = (f64::MIN, &[]);
    for (start, window) in all.windows(size.min(all.len()).max(1)).enumerate() {
        if !window.contains(&center) {
            continue;
        }
        // What follows a headline says more than what stands before it.
        let lean = LEAN * f64::from(u32::try_from(start).unwrap_or(0));
        let sum: f64 = window.iter().map(|index| weight(*index)).sum::<f64>() + lean;
        if sum > best.0 {
            best = (sum, window);
        }
    }
    best.1.to_vec()
}

/// Composes an excerpt of at most `limit` lines from candidates in the order of `ranking` (indices into `scored`).
pub(super) fn compose(
    log: &Log,
    scored: &[Scored],
    ranking: &[usize],
    region: Option<&Region>,
    limit: usize,
) -> Excerpt {
    let mut excerpt = Excerpt::default();
    let mut shapes = HashSet::new();
    let blocks_room = limit.saturating_sub(RESERVE).max(limit / 2);
    let best = ranking.first().and_then(|at| scored.get(*at));
    if let Some(region) = region
        && best.is_none_or(|best| best.score < WEAK)
    {
        // Nothing speaks for itself: the last words of the step come first.
        let faint = best.filter(|best| speaks(log, best, Some(region)));
        if let Some(faint) = faint {
            let line = faint.candidate.line;
            let window = window(log, scored, line, FIRST_BLOCK, &bounds(log, Some(region), line));
            excerpt.add(&window, FIRST_BLOCK);
            shapes.insert(faint.candidate.shape);
        }
        let last = tail(log, region, faint.map_or(LAST_WORDS, |_| FAINT_WORDS), &excerpt);
        if faint.is_none() {
            let open = || last.iter().rev().copied().filter(|index| *index != region.end);
            let tells = |index: &usize| log.line(*index).is_some_and(|line| !is_idle(line.body));
            excerpt.last_words = open().find(tells).or_else(|| open().next());
        }
        excerpt.add(&last, LAST_WORDS);
    }
    for entry in ranking.iter().filter_map(|at| scored.get(*at)) {
        let line = entry.candidate.line;
        let room = blocks_room.saturating_sub(excerpt.len());
        if room == 0 {
            break;
        }
        if excerpt.contains(line) || !shapes.insert(entry.candidate.shape) {
            continue;
        }
        let first = excerpt.blocks.is_empty();
        let size = if first { FIRST_BLOCK } else { NEXT_BLOCK };
        excerpt.add(&window(log, scored, line, size, &bounds(log, region, line)), room);
    }
    if let Some(best) = best {
        let line = best.candidate.line;
        let bounds = bounds(log, region, line);
        let room = |excerpt: &Excerpt, share: usize| limit.saturating_sub(excerpt.len()).min(share);
        let count = room(&excerpt, RESERVE / 2);
        let lines = below(log, line, &bounds, FIRST_BLOCK + RESERVE, FIRST_BLOCK + count);
        excerpt.add_new(&lines, count);
        let count = room(&excerpt, RESERVE / 4);
        let lines = above(log, line, &bounds, FIRST_BLOCK + GAP, FIRST_BLOCK + count);
        excerpt.add_new(&lines, count);
    }
    if let Some(region) = region {
        let room = limit.saturating_sub(excerpt.len());
        excerpt.add(&tail(log, region, room, &excerpt), room);
    }
    excerpt
}

/// The last lines of a region that are not in the excerpt yet, in log order.
fn tail(log: &Log, region: &Region, count: usize, excerpt: &Excerpt) -> Vec<usize> {
    let open = |index: &usize| is_shown(log, *index) && !excerpt.contains(*index);
    let mut lines: Vec<usize> = (region.first..=region.end).rev().filter(open).take(count).collect();
    lines.reverse();
    lines
}
