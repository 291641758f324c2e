//! The lines to show: small blocks around the best candidates first, then context and the end of the failing step.

use std::collections::HashSet;

use super::focus::Region;
use super::rank::Scored;
use crate::log::{Log, Mark};

/// Lines of the first block and of each further one.
const FIRST_BLOCK: usize = 5;
const NEXT_BLOCK: usize = 3;
/// Candidates no more than this many lines apart belong to one block.
const GAP: usize = 4;
/// Lines kept for context of the first block and the end of the step.
const RESERVE: usize = 10;

/// An excerpt under construction: line indices, in blocks, the best block first.
#[derive(Debug, Default, Clone)]
pub(super) struct Excerpt {
    /// Blocks of consecutive indices.
    pub blocks: Vec<Vec<usize>>,
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

    fn add(&mut self, lines: impl Iterator<Item = usize>, room: usize) {
        let mut block: Vec<usize> = Vec::new();
        for line in lines.take(room) {
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
}

/// Whether a line has words a reader could use.
fn is_shown(log: &Log, index: usize) -> bool {
    log.line(index).is_some_and(|line| {
        !line.body.trim().is_empty() && !matches!(line.mark, Mark::Chatter | Mark::GroupEnd | Mark::Echo)
    })
}

/// The window of `size` lines around `center` whose candidates weigh most.
fn window(log: &Log, scored: &[Scored], center: usize, size: usize) -> Vec<usize> {
    // Lines that are shown around the center; blank lines take no room, so blocks may bridge them.
    let mut before: Vec<usize> = (0..center)
        .rev()
        .take(size * 3)
        .filter(|index| is_shown(log, *index))
        .take(size - 1)
        .collect();
    before.reverse();
    let after = (center + 1..log.len())
        .take(size * 3)
        .filter(|index| is_shown(log, *index))
        .take(size - 1);
    let all: Vec<usize> = before.iter().copied().chain([center]).chain(after).collect();
    let weight = |index: usize| {
        let at = scored.partition_point(|entry| entry.candidate.line < index);
        scored
            .get(at)
            .filter(|entry| entry.candidate.line == index)
            .map_or(0.0, |entry| entry.score.max(0.0))
    };
    let mut best: (f64, &[usize]) = (f64::MIN, &[]);
    for (start, window) in all.windows(size.min(all.len()).max(1)).enumerate() {
        if !window.contains(&center) {
            continue;
        }
        // What follows a headline says more than what stands before it.
        let lean = 0.3 * f64::from(u32::try_from(start).unwrap_or(0));
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
    for at in ranking {
        let Some(entry) = scored.get(*at) else { continue };
        let line = entry.candidate.line;
        let room = blocks_room.saturating_sub(excerpt.len());
        if room == 0 {
            break;
        }
        if excerpt.contains(line) || (!excerpt.blocks.is_empty() && !shapes.insert(entry.candidate.shape)) {
            continue;
        }
        shapes.insert(entry.candidate.shape);
        let size = if excerpt.blocks.is_empty() {
            FIRST_BLOCK
        } else {
            NEXT_BLOCK
        };
        excerpt.add(window(log, scored, line, size).into_iter(), room);
    }
    if let Some(first) = excerpt
        .blocks
        .first()
        .and_then(|block| block.first().copied().zip(block.last().copied()))
    {
        let (start, end) = first;
        let room = limit.saturating_sub(excerpt.len()).min(RESERVE / 2);
        excerpt.add(
            (end + 1..log.len())
                .take(room + GAP)
                .filter(|index| is_shown(log, *index)),
            room,
        );
        let room = limit.saturating_sub(excerpt.len()).min(RESERVE / 4);
        let mut above: Vec<usize> = (0..start)
            .rev()
            .take(GAP)
            .filter(|index| is_shown(log, *index))
            .take(room)
            .collect();
        above.reverse();
        excerpt.add(above.into_iter(), room);
    }
    if let Some(region) = region {
        let room = limit.saturating_sub(excerpt.len());
        let tail = (region.first..=region.end)
            .rev()
            .filter(|index| is_shown(log, *index) && !excerpt.contains(*index));
        let mut tail: Vec<usize> = tail.take(room).collect();
        tail.reverse();
        excerpt.add(tail.into_iter(), room);
    }
    excerpt
}
