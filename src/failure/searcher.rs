//! A pattern that is only asked whether it matches, of short texts.
//!
//! Most texts a rule is asked about do not match, so two cheap looks come before the automaton: a text every match holds,
//! and the byte every match begins with when the pattern is anchored.

use memchr::memmem::Finder;
use regex_automata::meta;
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::util::syntax;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::ascii;
use super::patterns;
use crate::log::Folded;

/// A compiled pattern: bytes, ASCII classes, no groups.
#[derive(Debug)]
pub(super) struct Searcher {
    regex: meta::Regex,
    /// The bytes a matching text can begin with; `None` when any can.
    first: Option<ByteSet>,
    /// One of them is in every matching text, folded; none when nothing is known of it.
    needs: Vec<Finder<'static>>,
}

impl Searcher {
    /// Compiles a pattern of a rule.
    pub(super) fn new(pattern: &str) -> Self {
        let parse = |pattern: &str, unicode: bool| {
            let config = syntax::Config::new().unicode(unicode).utf8(false);
            syntax::parse_with(pattern, &config).ok()
        };
        // A class that holds letters of other alphabets is one of characters, not of bytes.
        let hir = parse(pattern, false)
            .or_else(|| parse(&ascii::translate(pattern), true))
            .expect("patterns of rules are tested");
        // What makes a search of long texts fast takes half the time to build.
        let config = meta::Config::new()
            .auto_prefilter(false)
            .which_captures(WhichCaptures::None)
            .utf8_empty(false);
        let regex = meta::Builder::new().configure(config).build_from_hir(&hir);
        Self {
            regex: regex.expect("patterns of rules are tested"),
            first: first(&hir),
            needs: patterns::finders(patterns::few_needs(pattern)),
        }
    }

    /// Whether a text may match, by what it holds.
    pub(super) fn may_match(&self, folded: &Folded) -> bool {
        patterns::may_match(&self.needs, folded)
    }

    /// Whether a text matches.
    pub(super) fn is_match(&self, text: &[u8]) -> bool {
        let begins = |first: &ByteSet| text.first().is_some_and(|byte| first.has(*byte));
        self.first.as_ref().is_none_or(begins) && self.regex.is_match(text)
    }
}

/// A bit for every byte.
#[derive(Debug, Clone, Copy, Default)]
struct ByteSet([u64; 4]);

impl ByteSet {
    fn has(&self, byte: u8) -> bool {
        self.0
            .get(usize::from(byte >> 6))
            .is_some_and(|word| word >> (byte & 63) & 1 != 0)
    }

    fn add(&mut self, from: u8, to: u8) {
        for byte in from..=to {
            if let Some(word) = self.0.get_mut(usize::from(byte >> 6)) {
                *word |= 1 << (byte & 63);
            }
        }
    }
}

/// The bytes a matching text can begin with, when the pattern is anchored and does not match an empty text.
fn first(pattern: &Hir) -> Option<ByteSet> {
    let is_anchored = pattern.properties().look_set_prefix().contains(Look::Start);
    let mut found = ByteSet::default();
    (is_anchored && !add_first(pattern, &mut found)).then_some(found)
}

/// Adds the bytes a match can begin with; says whether a match can be empty.
fn add_first(pattern: &Hir, found: &mut ByteSet) -> bool {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => literal.0.first().is_none_or(|byte| {
            found.add(*byte, *byte);
            false
        }),
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().for_each(|range| found.add(range.start(), range.end()));
            false
        }
        HirKind::Class(Class::Unicode(class)) => {
            for range in class.iter() {
                let byte = |c: char| u8::try_from(c).ok().filter(u8::is_ascii);
                match (byte(range.start()), byte(range.end())) {
                    (Some(from), Some(to)) => found.add(from, to),
                    (Some(from), None) => found.add(from, u8::MAX),
                    (None, _) => found.add(0x80, u8::MAX),
                }
            }
            false
        }
        HirKind::Repetition(repetition) => add_first(&repetition.sub, found) || repetition.min == 0,
        HirKind::Capture(group) => add_first(&group.sub, found),
        HirKind::Concat(parts) => parts.iter().all(|part| add_first(part, found)),
        HirKind::Alternation(parts) => {
            let mut empty = false;
            for part in parts {
                empty |= add_first(part, found);
            }
            empty
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(pattern: &str) -> Option<String> {
        let set = Searcher::new(pattern).first?;
        Some((0..=127_u8).filter(|byte| set.has(*byte)).map(char::from).collect())
    }

    #[test]
    fn an_anchored_pattern_tells_what_its_matches_begin_with() {
        for (pattern, expect) in [
            (r"^error: ", Some("e")),
            (r"^(?P<a>x|y?)z", Some("xyz")),
            (r"^[a-c]*\d+", Some("0123456789abc")),
            (r"(?i)^e", Some("Ee")),
            (r"^a|^b", Some("ab")),
            (r"^a|b", None),
            (r"error", None),
            (r"^x*$", None),
            (r"^\b(?:fo|ba)r", Some("bf")),
        ] {
            assert_eq!(begins(pattern).as_deref(), expect, "{pattern}");
        }
        let set = Searcher::new("^[✗é]").first.unwrap();
        assert!(set.has(0xe2) && set.has(0xc3) && !set.has(b'a'));
    }

    #[test]
    fn the_looks_before_the_automaton_lose_no_match() {
        let check = |pattern: &str, text: &str, expect: bool| {
            let searcher = Searcher::new(pattern);
            let mut folded = Folded::default();
            folded.set(text.as_bytes());
            let found = searcher.may_match(&folded) && searcher.is_match(text.as_bytes());
            assert_eq!(found, expect, "{pattern} on {text:?}");
        };
        check(r"\.java:\d+: error: ", "a.java:12: error: x", true);
        check(r"\.java:\d+: error: ", "a.java:12: warning: x", false);
        check(r"(?i)build\s+failed", "BUILD \t FAILED", true);
        check(r"^exited with 1\d\d", "exited with 137", true);
        check(r"", "", true);
    }
}
