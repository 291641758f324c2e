//! Which lines are worth a look: a filter over raw text that finds where any of several hundred short texts stands.
//!
//! Every text is looked for by its rarest four bytes (three, if it has no more): a multiplication and a look at a table of
//! 8 KiB for a byte of the log, and a comparison only where the table says so (the idea of S. Wu and U. Manber, "A fast
//! algorithm for multi-pattern searching", 1994, without shifts: the texts are too short to jump by). An automaton of the
//! same texts is too large for a processor's first cache and takes several times as long.
//!
//! Text is folded: letters to lower case, digits to `0`, white space and line ends to a blank. So ` > ` also finds a `>`
//! that begins a line, and `0) ` finds any number before a bracket.

use std::ops::ControlFlow;

/// Bytes of the shortest text that is found.
pub const SHORTEST: usize = 3;
/// Bytes by which longer texts are looked for.
const GRAM: usize = 4;
/// Bits of the hash of a gram.
const BITS: u32 = 16;
const NO_SLOT: u16 = u16::MAX;

/// Texts, each with what it stands for.
#[derive(Debug)]
pub struct Needs<T> {
    /// Whether four bytes with this hash are a gram of anything.
    filter: Box<Filter>,
    /// Whether three bytes with this hash are.
    short: Box<Filter>,
    /// For each hash, where in `buckets` its texts are.
    slots: Vec<u16>,
    buckets: Vec<Vec<Need<T>>>,
}

/// A bit for every hash.
type Filter = [u64; 1 << (BITS - 6)];

#[derive(Debug)]
struct Need<T> {
    /// A byte outside the gram and its place, counted from one blank before the text: most false alarms end here.
    token: u8,
    token_at: usize,
    text: Vec<u8>,
    /// Bytes of `text` up to the end of its gram.
    reach: usize,
    /// Bytes of `text` before the first that is not blank; the line of a match is the line of that byte.
    lead: usize,
    means: Vec<T>,
}

const FOLD: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "counts to 255")]
        let it = byte as u8;
        table[byte] = match it {
            b'0'..=b'9' => b'0',
            b'\t' | b'\n' | b'\r' => b' ',
            _ => it.to_ascii_lowercase(),
        };
        byte += 1;
    }
    table
};

fn fold(byte: u8) -> u8 {
    FOLD[usize::from(byte)]
}

/// The last four bytes.
fn roll(gram: u32, byte: u8) -> u32 {
    gram << 8 | u32::from(fold(byte))
}

/// The last three of them.
fn shorten(gram: u32) -> u32 {
    gram & 0x00ff_ffff
}

/// Fibonacci hashing (D. Knuth, The Art of Computer Programming, 6.4) of a gram to sixteen bits.
fn hash(gram: u32) -> usize {
    (gram.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

fn is_in(filter: &Filter, hash: usize) -> bool {
    filter[hash >> 6] & (1 << (hash & 63)) != 0
}

/// What many lines of logs hold, folded: poor grams to look for.
const COMMON: &[&str] = &[
    "able", "atch", "atio", "buil", "comm", "comp", "conf", "data", "depe", "down", "erro", "exec", "fail", "file",
    "fini", "from", "have", "inst", "ject", "load", "lock", "main", "ment", "ming", "modu", "name", "node", "pack",
    "pass", "port", "proj", "publ", "repo", "requ", "resu", "rror", "runn", "sion", "sour", "syst", "test", "that",
    "this", "ting", "tion", "vers", "warn", "with", "work", "xamp",
];

/// How poor a gram is to look for: by what it is part of, then by its bytes.
fn poverty(gram: &[u8], common: &Filter) -> u32 {
    let is_common = is_in(common, hash_of(gram));
    u32::from(is_common) * 1000 + gram.iter().map(|byte| commonness(*byte)).sum::<u32>()
}

fn hash_of(gram: &[u8]) -> usize {
    hash(gram.iter().fold(0, |gram, byte| roll(gram, *byte)))
}

/// How common a byte is in logs, roughly, in thousandths.
fn commonness(byte: u8) -> u32 {
    match byte {
        b'0' => 200,
        b' ' => 120,
        b'e' | b't' | b'-' => 70,
        b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 50,
        b'l' | b'd' | b'c' | b'u' | b'm' | b'p' | b'.' | b'/' => 30,
        b'g' | b'h' | b'f' | b'b' | b':' | b'_' | b'=' | b'v' => 15,
        b'a'..=b'z' | b'[' | b']' | b'(' | b')' | b',' | b'"' | b'\'' => 8,
        _ => 2,
    }
}

impl<T: Copy> Needs<T> {
    /// Makes the filter. Every text is at least [`SHORTEST`] bytes long; shorter ones are never found.
    pub fn new<'a>(texts: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut found = Self {
            filter: Box::new([0; 1 << (BITS - 6)]),
            short: Box::new([0; 1 << (BITS - 6)]),
            slots: vec![NO_SLOT; 1 << BITS],
            buckets: Vec::new(),
        };
        let mut common: Filter = [0; 1 << (BITS - 6)];
        for gram in COMMON {
            let hash = hash_of(gram.as_bytes());
            common[hash >> 6] |= 1 << (hash & 63);
        }
        for (text, means) in texts {
            found.add(text, means, &common);
        }
        found
    }

    fn add(&mut self, text: &str, means: T, common: &Filter) {
        let text: Vec<u8> = text.bytes().map(fold).collect();
        let size = text.len().min(GRAM);
        if size < SHORTEST {
            return;
        }
        let Some((at, gram)) = text
            .windows(size)
            .enumerate()
            .min_by_key(|(_, gram)| poverty(gram, common))
        else {
            return;
        };
        let hash = hash_of(gram);
        let filter = if size == GRAM {
            &mut self.filter
        } else {
            &mut self.short
        };
        filter[hash >> 6] |= 1 << (hash & 63);
        let Some(slot) = self.slots.get_mut(hash) else { return };
        if *slot == NO_SLOT {
            *slot = u16::try_from(self.buckets.len()).unwrap_or(NO_SLOT);
            self.buckets.push(Vec::new());
        }
        let Some(bucket) = self.buckets.get_mut(usize::from(*slot)) else {
            return;
        };
        if let Some(known) = bucket.iter_mut().find(|need| need.text == text) {
            known.means.push(means);
            return;
        }
        let outside = text
            .iter()
            .enumerate()
            .filter(|(nth, _)| !(at..at + size).contains(nth));
        let (token_at, token) = outside
            .min_by_key(|(_, byte)| commonness(**byte))
            .unwrap_or((0, &text[0]));
        bucket.push(Need {
            token: *token,
            token_at,
            reach: at + size,
            lead: text
                .iter()
                .take_while(|byte| **byte == b' ')
                .count()
                .min(text.len() - 1),
            text,
            means: vec![means],
        });
    }

    /// Calls `on` with a place and the meanings of every text found, in the order of the places where grams end, until it
    /// says to break off.
    pub fn find<B>(&self, text: &[u8], mut on: impl FnMut(usize, &[T]) -> ControlFlow<B>) -> ControlFlow<B> {
        // Before the first byte is the end of a line, and behind the last one too.
        let mut gram = u32::from_be_bytes([b' '; 4]);
        for (at, byte) in text.iter().enumerate() {
            gram = roll(gram, *byte);
            let (long, short) = (hash(gram), hash(shorten(gram)));
            if is_in(&self.filter, long) {
                self.verify(text, at + 1, long, &mut on)?;
            }
            if is_in(&self.short, short) {
                self.verify(text, at + 1, short, &mut on)?;
            }
        }
        gram = roll(gram, b' ');
        self.verify(text, text.len() + 1, hash(gram), &mut on)?;
        self.verify(text, text.len() + 1, hash(shorten(gram)), &mut on)
    }

    /// Whether any of the texts is in `text`.
    pub fn is_met(&self, text: &[u8]) -> bool {
        self.find(text, |_, _| ControlFlow::Break(())).is_break()
    }

    /// A gram with this hash ends at `end`: whose is it?
    fn verify<B>(
        &self,
        text: &[u8],
        end: usize,
        hash: usize,
        on: &mut impl FnMut(usize, &[T]) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let slot = self.slots.get(hash).copied().unwrap_or(NO_SLOT);
        for need in self.buckets.get(usize::from(slot)).into_iter().flatten() {
            // Counted from one blank before the text, so that a need that begins with one fits at its start.
            let Some(start) = (end + 1).checked_sub(need.reach) else {
                continue;
            };
            let at = |nth: usize| {
                let byte = (start + nth).checked_sub(1).and_then(|at| text.get(at));
                byte.map_or(b' ', |byte| fold(*byte))
            };
            if at(need.token_at) == need.token && need.text.iter().enumerate().all(|(nth, want)| at(nth) == *want) {
                on((start + need.lead).saturating_sub(1), &need.means)?;
            }
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(needs: &[&'static str], text: &str, expect: &[(usize, &'static str)]) {
        let index = Needs::new(needs.iter().map(|need| (*need, *need)));
        let mut found = Vec::new();
        let _ = index.find(text.as_bytes(), |at, means| {
            found.extend(means.iter().map(|means| (at, *means)));
            ControlFlow::<()>::Continue(())
        });
        found.sort_unstable();
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn texts_are_found_wherever_they_stand() {
        check(
            &["error", "not found"],
            "Error: a.c NOT FOUND\nerror",
            &[(0, "error"), (11, "not found"), (21, "error")],
        );
        check(&["error"], "erro", &[]);
        check(
            &["error", "rror", "err"],
            "an error",
            &[(3, "err"), (3, "error"), (4, "rror")],
        );
    }

    #[test]
    fn a_blank_stands_for_the_ends_of_lines_and_belongs_to_no_line() {
        check(&[" > "], "> a\n> b", &[(0, " > "), (4, " > ")]);
        check(&["ld: "], "ld:\nx ld:", &[(0, "ld: "), (6, "ld: ")]);
    }

    #[test]
    fn any_digit_is_as_good_as_another() {
        check(&["0) ", "e401"], " 12) x e404", &[(2, "0) "), (7, "e401")]);
    }

    #[test]
    fn other_alphabets_are_bytes_like_any() {
        check(&["✗", "» "], "a ✗ b» c", &[(2, "✗"), (7, "» ")]);
    }

    #[test]
    fn every_text_of_many_is_found_in_a_text_of_all() {
        let texts: Vec<String> = (0..2000_u32).map(|n| format!("w{}x", hash(n * 7919) * 31)).collect();
        let index = Needs::new(texts.iter().zip(0_usize..).map(|(text, at)| (text.as_str(), at)));
        let mut found = vec![false; texts.len()];
        let _ = index.find(texts.join(" ").as_bytes(), |_, means| {
            for at in means {
                found[*at] = true;
            }
            ControlFlow::<()>::Continue(())
        });
        assert!(found.iter().all(|found| *found));
    }
}
