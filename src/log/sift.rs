//! What is kept of the middle of an overlong log: the neighbourhood of suspicious lines, and the marks of steps.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::line::Mark;
use super::needs::Needs;

const SUSPICIOUS: &[&str] = &[
    "error",
    "fail",
    "exception",
    "panic",
    "fatal",
    "traceback",
    "assert",
    "abort",
    "segmentation",
    "signal",
    "killed",
    "timed out",
    "timeout",
    "denied",
    "not found",
    "no such",
    "cannot",
    "undefined",
    "unexpected",
    "unable to",
    "##[",
];
/// Lines kept before and after a suspicious one.
const BEFORE: usize = 2;
const AFTER: usize = 4;
/// A line whose shape came up this often tells nothing new.
const OF_ONE_SHAPE: u8 = 12;
/// Shapes remembered; more than this is a log of noise.
const SHAPES: usize = 1 << 16;

#[derive(Debug)]
pub(super) struct Sieve {
    words: Needs<()>,
    shapes: HashMap<u64, u8>,
}

impl Default for Sieve {
    fn default() -> Self {
        Self {
            words: Needs::new(SUSPICIOUS.iter().map(|word| (*word, ()))),
            shapes: HashMap::new(),
        }
    }
}

impl Sieve {
    /// Indices, ascending, of the lines to keep.
    pub(super) fn keep<'a>(&mut self, lines: impl Iterator<Item = (&'a str, Mark)>) -> Vec<usize> {
        let mut kept = Vec::new();
        let mut total = 0;
        for (at, (text, mark)) in lines.enumerate() {
            total = at + 1;
            let structural = !matches!(mark, Mark::None | Mark::Echo | Mark::Chatter);
            let suspicious = self.words.is_met(text.as_bytes());
            if structural || (suspicious && self.is_new(text)) {
                let from = kept
                    .last()
                    .map_or(0, |last: &usize| last + 1)
                    .max(at.saturating_sub(BEFORE));
                kept.extend(from..=at + AFTER);
            }
        }
        kept.retain(|at| *at < total);
        kept
    }

    fn is_new(&mut self, text: &str) -> bool {
        let full = self.shapes.len() >= SHAPES;
        match self.shapes.entry(shape(text)) {
            Entry::Occupied(mut seen) => {
                *seen.get_mut() = seen.get().saturating_add(1);
                *seen.get() <= OF_ONE_SHAPE
            }
            Entry::Vacant(room) if !full => {
                room.insert(1);
                true
            }
            Entry::Vacant(_) => false,
        }
    }
}

/// Hash of a line with its digits folded: lines that differ in numbers only share it (FNV-1a, 64 bit).
pub fn shape(text: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut in_number = false;
    for byte in text.bytes() {
        let digit = byte.is_ascii_digit();
        if digit && in_number {
            continue;
        }
        in_number = digit;
        hash = (hash ^ u64::from(if digit { b'0' } else { byte })).wrapping_mul(0x0100_0000_01b3);
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suspicious_lines_keep_their_neighbours_and_repetition_is_dropped() {
        let lines: Vec<String> = (0..1000)
            .map(|n| {
                if n == 500 {
                    "fatal: it broke".into()
                } else if n % 10 == 0 {
                    format!("error {n}")
                } else {
                    format!("line {n}")
                }
            })
            .collect();
        let kept = Sieve::default().keep(lines.iter().map(|line| (line.as_str(), Mark::None)));
        assert!(kept.contains(&498) && kept.contains(&500) && kept.contains(&504));
        assert!(kept.len() < 120, "{}", kept.len());
        assert!(kept.windows(2).all(|pair| matches!(pair, [a, b] if a < b)));
    }

    #[test]
    fn shapes_ignore_numbers_only() {
        assert_eq!(shape("took 12 ms"), shape("took 3456 ms"));
        assert_ne!(shape("took 12 ms"), shape("took 12 s"));
    }
}
