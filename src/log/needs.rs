//! Which lines are worth a look: a filter over raw text that finds where any of several thousand short texts stands.
//!
//! Every text is looked for by its rarest four bytes, its gram (three, if it has no more): a multiplication and a look at a
//! table of 64 KiB for a byte of the log, and a comparison only where the table says so (the idea of S. Wu and U. Manber, "A
//! fast algorithm for multi-pattern searching", 1994, without shifts: the texts are too short to jump by). What is rare is
//! read off a sample of the log itself. An automaton of the same texts is too large for a processor's first caches and takes
//! several times as long.
//!
//! Text is folded: letters to lower case, digits to `0`, white space and line ends to a blank. So ` > ` also finds a `>`
//! that begins a line, and `0) ` finds any number before a bracket.

use std::ops::{ControlFlow, Range};

/// Bytes of the shortest text that is found.
pub const SHORTEST: usize = 3;
/// Bytes by which longer texts are looked for.
const GRAM: usize = 4;
/// Bits of the table's index, which the first three bytes of a gram choose; all four choose one of the 64 bits there.
const BITS: u32 = 13;
/// Bits by which [`Frequencies`] tell grams apart.
const COUNTED_BITS: u32 = 16;

/// Texts, each with what it stands for.
#[derive(Debug, Clone)]
pub struct Needs<T> {
    /// Folded, one behind the other.
    texts: Vec<u8>,
    means: Vec<T>,
    entries: Vec<Need>,
    filter: Vec<u64>,
    /// The grams, by their place in the filter.
    grams: Vec<Gram>,
    /// For each word of the filter, where its grams begin.
    first: Vec<u16>,
}

/// One text. Places in it are counted from its first byte.
#[derive(Debug, Clone)]
struct Need {
    text: Range<usize>,
    means: Range<usize>,
    /// Bytes before the first that is not blank; the line of a match is the line of that byte.
    lead: usize,
    /// Bytes from there up to the last that is not blank.
    span: usize,
}

#[derive(Debug, Clone, Copy)]
struct Gram {
    /// Its bytes, the first in the lowest place.
    bytes: u32,
    mask: u32,
    /// Its place in its text.
    at: u16,
    need: u16,
}

/// Fills up the last gram; no text holds it.
const END: u8 = 0;

/// A text to look through, folded, with a blank before it and one behind it.
#[derive(Debug, Default)]
pub struct Folded(Vec<u8>);

impl Folded {
    /// Takes another text in place of the one it holds.
    pub fn set(&mut self, text: &[u8]) {
        self.0.clear();
        self.0.push(b' ');
        self.0.extend(text.iter().map(|byte| fold(*byte)));
        self.0.push(b' ');
        self.0.push(END);
    }

    /// The folded text.
    pub fn text(&self) -> &[u8] {
        self.padded()
            .get(1..)
            .and_then(<[u8]>::split_last)
            .map_or(&[], |(_, text)| text)
    }

    /// The folded text, with a blank before it and one behind it.
    pub fn padded(&self) -> &[u8] {
        self.0.split_last().map_or(&[], |(_, padded)| padded)
    }

    /// Every place with the four bytes there, the first in the lowest place.
    fn grams(&self) -> impl Iterator<Item = (usize, u32)> {
        let windows = self.0.windows(GRAM).enumerate();
        windows.map(|(at, gram)| (at, u32::from_le_bytes(gram.try_into().unwrap_or_default())))
    }
}

/// How often grams come up in logs like the one to be looked through.
#[derive(Debug, Default)]
pub struct Frequencies(Vec<u32>);

impl Frequencies {
    /// Counts the grams of a sample.
    pub fn count(&mut self, sample: &[u8]) {
        self.0.resize(1 << COUNTED_BITS, 0);
        let mut folded = Folded::default();
        folded.set(sample);
        for (_, gram) in folded.grams() {
            if let Some(count) = self.0.get_mut(counted(gram)) {
                *count += 1;
            }
        }
    }

    fn of(&self, gram: &[u8]) -> u32 {
        self.0.get(counted(packed(gram))).copied().unwrap_or(0)
    }
}

/// Fibonacci hashing (D. Knuth, The Art of Computer Programming, 6.4).
fn multiplied(gram: u32) -> u32 {
    gram.wrapping_mul(0x9e37_79b1)
}

fn counted(gram: u32) -> usize {
    (multiplied(gram) >> (32 - COUNTED_BITS)) as usize
}

/// Where in the filter a gram is: its word and its bit. The lower 24 bits of a product depend on the first three bytes only.
fn place(gram: u32) -> (usize, u32) {
    let hash = multiplied(gram);
    ((hash >> (24 - BITS)) as usize & ((1 << BITS) - 1), hash >> 26)
}

/// Up to four bytes, the first in the lowest place.
fn packed(gram: &[u8]) -> u32 {
    gram.iter().rev().fold(0, |packed, byte| packed << 8 | u32::from(*byte))
}

/// Without branches and tables, so that many bytes are folded at once.
fn fold(byte: u8) -> u8 {
    let is_digit = byte.wrapping_sub(b'0') < 10;
    let is_upper = byte.wrapping_sub(b'A') < 26;
    let is_white = byte == b'\t' || byte == b'\n' || byte == b'\r';
    let byte = if is_upper { byte | 0x20 } else { byte };
    let byte = if is_digit { b'0' } else { byte };
    if is_white { b' ' } else { byte }
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
        let mut sorted: Vec<(Vec<u8>, T)> = texts
            .into_iter()
            .map(|(text, means)| (text.bytes().map(fold).collect(), means))
            .collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        let mut made = Self {
            texts: Vec::new(),
            means: sorted.iter().map(|(_, means)| *means).collect(),
            entries: Vec::new(),
            filter: Vec::new(),
            grams: Vec::new(),
            first: Vec::new(),
        };
        let mut from = 0;
        for same in sorted.chunk_by(|a, b| a.0 == b.0) {
            let means = from..from + same.len();
            from = means.end;
            let Some((text, _)) = same.first().filter(|(text, _)| text.len() >= SHORTEST) else {
                continue;
            };
            let start = made.texts.len();
            made.texts.extend(text);
            let is_blank = |byte: &&u8| **byte == b' ';
            let lead = text.iter().take_while(is_blank).count().min(text.len() - 1);
            let trail = text.iter().rev().take_while(is_blank).count();
            made.entries.push(Need {
                text: start..made.texts.len(),
                means,
                lead,
                span: (text.len() - lead).saturating_sub(trail),
            });
        }
        made.arrange(&Frequencies::default());
        made
    }

    /// The same texts, looked for by what is rare in logs of which the frequencies are.
    #[must_use]
    pub fn tuned(&self, frequencies: &Frequencies) -> Self {
        let mut made = self.clone();
        made.arrange(frequencies);
        made
    }

    /// Chooses the gram of every text, and lays them out.
    fn arrange(&mut self, frequencies: &Frequencies) {
        let rarity = |gram: &[u8]| {
            let bytes = gram.iter().map(|byte| commonness(*byte)).sum::<u32>();
            (frequencies.of(gram), bytes)
        };
        self.grams.clear();
        for (need, which) in self.entries.iter().zip(0_u16..) {
            let text = self.texts.get(need.text.clone()).unwrap_or_default();
            let size = text.len().min(GRAM);
            let windows = text.windows(size).zip(0_u16..);
            let rarest = windows.min_by_key(|(gram, _)| rarity(gram));
            self.grams.extend(rarest.map(|(gram, at)| Gram {
                bytes: packed(gram),
                mask: if size == GRAM { u32::MAX } else { 0x00ff_ffff },
                at,
                need: which,
            }));
        }
        self.grams.sort_by_key(|gram| place(gram.bytes).0);
        self.filter = vec![0; 1 << BITS];
        self.first = vec![0; (1 << BITS) + 1];
        for gram in &self.grams {
            let (word, bit) = place(gram.bytes);
            if let Some(bits) = self.filter.get_mut(word) {
                // Whatever its fourth byte is, three bytes are met.
                *bits |= if gram.mask == u32::MAX { 1 << bit } else { u64::MAX };
            }
            if let Some(count) = self.first.get_mut(word + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for first in &mut self.first {
            sum += *first;
            *first = sum;
        }
    }

    /// How many different texts there are; `find` tells them by their number.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What the text with this number stands for.
    pub fn means(&self, which: usize) -> &[T] {
        let means = self.entries.get(which).map(|need| need.means.clone());
        means.and_then(|means| self.means.get(means)).unwrap_or_default()
    }

    /// Bytes of the text with this number, without the blanks at its ends.
    pub fn span(&self, which: usize) -> usize {
        self.entries.get(which).map_or(0, |need| need.span)
    }

    /// Calls `on` with the place and the number of every text found, in the order of the places where their grams are, until
    /// it says to break off.
    pub fn find<B>(&self, text: &Folded, mut on: impl FnMut(usize, usize) -> ControlFlow<B>) -> ControlFlow<B> {
        // A length known to the compiler spares it a check for every byte.
        let Some(filter) = self.filter.first_chunk::<{ 1 << BITS }>() else {
            return ControlFlow::Continue(());
        };
        for (at, gram) in text.grams() {
            let (word, bit) = place(gram);
            if filter[word] >> bit & 1 != 0 {
                self.verify(&text.0, at, gram, &mut on)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Whether any of the texts is in `text`.
    pub fn is_met(&self, text: &[u8]) -> bool {
        let mut folded = Folded::default();
        folded.set(text);
        self.find(&folded, |_, _| ControlFlow::Break(())).is_break()
    }

    /// The filter knows the gram at `at`: whose is it?
    #[inline(never)]
    fn verify<B>(
        &self,
        text: &[u8],
        at: usize,
        gram: u32,
        on: &mut impl FnMut(usize, usize) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let (word, _) = place(gram);
        let (Some(from), Some(to)) = (self.first.get(word), self.first.get(word + 1)) else {
            return ControlFlow::Continue(());
        };
        let grams = self.grams.get(usize::from(*from)..usize::from(*to));
        for own in grams
            .unwrap_or_default()
            .iter()
            .filter(|own| gram & own.mask == own.bytes)
        {
            let Some(start) = at.checked_sub(usize::from(own.at)) else {
                continue;
            };
            let Some(need) = self.entries.get(usize::from(own.need)) else {
                continue;
            };
            let want = self.texts.get(need.text.clone()).unwrap_or_default();
            if text.get(start..).is_some_and(|text| text.starts_with(want)) {
                // Counted without the blank before the text.
                on((start + need.lead).saturating_sub(1), usize::from(own.need))?;
            }
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn check(needs: &[&'static str], text: &str, expect: &[(usize, &'static str)]) {
        let index = Needs::new(needs.iter().map(|need| (*need, *need)));
        let mut folded = Folded::default();
        folded.set(text.as_bytes());
        let mut frequencies = Frequencies::default();
        frequencies.count(text.as_bytes());
        for index in [index.tuned(&frequencies), index] {
            let mut found = Vec::new();
            let _ = index.find(&folded, |at, which| {
                found.extend(index.means(which).iter().map(|means| (at, *means)));
                ControlFlow::<()>::Continue(())
            });
            found.sort_unstable();
            assert_eq!(found, expect, "{text:?}");
        }
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
        let texts: Vec<String> = (0..2000_u32).map(|n| format!("w{}x", multiplied(n) >> 7)).collect();
        let index = Needs::new(texts.iter().zip(0_usize..).map(|(text, at)| (text.as_str(), at)));
        let mut found = vec![false; texts.len()];
        let mut folded = Folded::default();
        folded.set(texts.join(" ").as_bytes());
        let _ = index.find(&folded, |_, which| {
            for at in index.means(which) {
                found[*at] = true;
            }
            ControlFlow::<()>::Continue(())
        });
        assert!(found.iter().all(|found| *found));
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_is_there(
            texts in vec("[ab0-2 \t:é]{3,9}", 1..12),
            line in "[abAB0-9 \n:é]{0,60}",
        ) {
            let index = Needs::new(texts.iter().map(String::as_str).zip(0_usize..));
            let mut frequencies = Frequencies::default();
            frequencies.count(line.as_bytes());
            let mut folded = Folded::default();
            folded.set(line.as_bytes());
            let padded = folded.padded().to_vec();
            let there = |text: &&String| {
                let text: Vec<u8> = text.bytes().map(fold).collect();
                padded.windows(text.len()).any(|window| window == text)
            };
            let expect: Vec<&String> = texts.iter().filter(there).collect();
            for index in [index.tuned(&frequencies), index] {
                let mut found = vec![false; texts.len()];
                let _ = index.find(&folded, |_, which| {
                    for at in index.means(which) {
                        found[*at] = true;
                    }
                    ControlFlow::<()>::Continue(())
                });
                let found: Vec<&String> = texts.iter().zip(found).filter_map(|(text, found)| found.then_some(text)).collect();
                prop_assert_eq!(&found, &expect);
            }
        }
    }
}
