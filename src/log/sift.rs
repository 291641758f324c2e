//! What is kept of the middle of an overlong log: the neighbourhood of suspicious lines, and the marks of steps.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::{ControlFlow, Range};

use super::line::Mark;
use super::needs::{Folded, Needs};

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
    folded: Folded,
    shapes: HashMap<u64, u8>,
}

impl Default for Sieve {
    fn default() -> Self {
        Self {
            words: Needs::new(SUSPICIOUS.iter().map(|word| (*word, ()))),
            folded: Folded::default(),
            shapes: HashMap::new(),
        }
    }
}

impl Sieve {
    /// Indices, ascending, of the lines to keep of a text, which are given by their places and marks.
    pub(super) fn keep(&mut self, text: &str, lines: &[(Range<usize>, Mark)]) -> Vec<usize> {
        self.folded.set(text.as_bytes());
        let mut suspicious = vec![false; lines.len()];
        let mut at = 0;
        let _ = self.words.find(&self.folded, |place, _| {
            while lines.get(at).is_some_and(|(line, _)| line.end <= place) {
                at += 1;
            }
            if let Some(it) = suspicious.get_mut(at) {
                *it = true;
            }
            ControlFlow::<()>::Continue(())
        });
        let mut kept = Vec::new();
        for (at, ((line, mark), suspicious)) in lines.iter().zip(suspicious).enumerate() {
            let structural = !matches!(mark, Mark::None | Mark::Echo | Mark::Chatter);
            let is_new = |sieve: &mut Self| sieve.is_new(text.get(line.clone()).unwrap_or_default());
            if structural || (suspicious && is_new(self)) {
                let from = kept
                    .last()
                    .map_or(0, |last: &usize| last + 1)
                    .max(at.saturating_sub(BEFORE));
                kept.extend(from..=at + AFTER);
            }
        }
        kept.retain(|at| *at < lines.len());
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

/// Hash of a line without its numbers: lines that differ in numbers only share it.
pub fn shape(text: &str) -> u64 {
    // Eight bytes at a time from where the last number ended, so that its length does not matter.
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let mut word = [0; 8];
        let size = rest.len().min(8);
        word.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        let word = u64::from_le_bytes(word);
        let before = ((digits(word).trailing_zeros() / 8) as usize).min(size);
        rest = rest.get(before..).unwrap_or_default();
        if before == 8 {
            hash = mix(hash, word);
            continue;
        }
        hash = mix(hash, word & ((1 << (8 * before)) - 1));
        let number = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        rest = rest.get(number..).unwrap_or_default();
        if number > 0 {
            hash = mix(hash, u64::from(b'0'));
        }
    }
    hash
}

/// The top bits of those of eight bytes that are digits. No byte carries into the next: its seven lower bits and `0x76` are
/// less than 256.
fn digits(word: u64) -> u64 {
    let each = |byte: u8| u64::from_le_bytes([byte; 8]);
    let offset = word ^ each(b'0');
    !(((offset & each(0x7f)) + each(0x76)) | offset) & each(0x80)
}

/// A multiplication spreads upwards only, a shift brings it down again.
fn mix(hash: u64, word: u64) -> u64 {
    let product = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ product >> 32
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
        let text = lines.join("\n");
        let mut start = 0;
        let places = lines.iter().map(|line| {
            let place = start..start + line.len();
            start = place.end + 1;
            (place, Mark::None)
        });
        let kept = Sieve::default().keep(&text, &places.collect::<Vec<_>>());
        assert!(kept.contains(&498) && kept.contains(&500) && kept.contains(&504));
        assert!(kept.len() < 120, "{}", kept.len());
        assert!(kept.windows(2).all(|pair| matches!(pair, [a, b] if a < b)));
    }

    #[test]
    fn shapes_ignore_numbers_only() {
        assert_eq!(shape("took 12 ms"), shape("took 3456 ms"));
        assert_eq!(
            shape("1 of 2: a long text, 3"),
            shape("111111 of 22222222222: a long text, 3333")
        );
        for other in [
            "took 12 s",
            "took ms",
            "took  ms",
            "took 1",
            "took 12 ms ",
            "took 1x ms",
            "",
        ] {
            assert_ne!(shape("took 12 ms"), shape(other), "{other}");
        }
    }
}
