//! A task's text as words that can be compared: lower case, stemmed, with numbers and other shapes turned to classes.
//!
//! The same function reads tasks and the vocabulary, so both always agree. Articles and possessives are dropped on both
//! sides; a phrase therefore also matches when one stands between its words. Stemming is Snowball English, for ASCII
//! words only; everything else is compared as it is.

use std::borrow::Cow;

use rust_stemmers::{Algorithm, Stemmer};

/// Longest text that is read, in bytes; a task is a sentence or a page, not a book.
const LONGEST_TEXT: usize = 32 * 1024;
/// Longer words are data, not language.
const LONGEST_WORD: usize = 40;

/// Dropped wherever they stand.
const ARTICLES: &[&str] = &[
    "a", "an", "the", "this", "that", "these", "those", "our", "my", "your", "its", "their", "his", "her", "some",
    "any",
];

const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
];

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Lower case, as written.
    pub surface: String,
    /// What is compared: the stem, or a class such as `<duration>`.
    pub stem: String,
    /// Whether it opens a sentence.
    pub leads: bool,
    /// The stems of the parts of a `camelCase` word.
    pub parts: Vec<String>,
}

/// Splits and stems; keeps the stemmer, which is dear to make.
pub struct Reader {
    stemmer: Stemmer,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            stemmer: Stemmer::create(Algorithm::English),
        }
    }
}

impl Reader {
    /// The stem of one lower-case word.
    pub fn stem<'w>(&self, word: &'w str) -> Cow<'w, str> {
        if word.len() <= LONGEST_WORD && word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            self.stemmer.stem(word)
        } else {
            Cow::Borrowed(word)
        }
    }

    /// The words of `text` in order. Linear in its length; text beyond 32 KiB is not read.
    pub fn words(&self, text: &str) -> Vec<Word> {
        let text = head(text, LONGEST_TEXT);
        let mut words = Vec::new();
        let mut leads = true;
        for line in text.lines() {
            leads = true;
            for chunk in line.split_whitespace() {
                self.chunk(chunk, &mut leads, &mut words);
                if chunk.ends_with(['.', '!', '?', ':', ';']) {
                    leads = true;
                }
            }
        }
        let _ = leads;
        join_units(words)
    }

    fn chunk(&self, chunk: &str, leads: &mut bool, words: &mut Vec<Word>) {
        let mut push = |surface: String, stem: String, parts: Vec<String>| {
            words.push(Word {
                surface,
                stem,
                leads: std::mem::take(leads),
                parts,
            });
        };
        if chunk.starts_with('<') && chunk.ends_with('>') {
            push(chunk.to_owned(), chunk.to_owned(), Vec::new());
            return;
        }
        if chunk.contains("../") || chunk.contains("..\\") {
            push(String::new(), "<dotdot>".to_owned(), Vec::new());
        }
        if let Some(class) = class_of(chunk) {
            push(chunk.to_lowercase(), class.to_owned(), Vec::new());
            return;
        }
        for piece in chunk.split(|letter: char| !letter.is_alphanumeric() && !is_apostrophe(letter)) {
            let surface: String = piece
                .chars()
                .filter(|letter| !is_apostrophe(*letter))
                .flat_map(char::to_lowercase)
                .collect();
            let surface = possessive(piece, surface);
            if surface.is_empty() || is_article(&surface) {
                continue;
            }
            let parts = camel_parts(piece)
                .into_iter()
                .map(|part| self.stem(&part).into_owned())
                .collect();
            let stem = class_of(piece).map_or_else(|| self.stem(&surface).into_owned(), str::to_owned);
            push(surface, stem, parts);
        }
    }
}

/// At most `limit` bytes of `text`, cut between characters.
pub fn head(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Whether a lower-case word is dropped wherever it stands.
pub fn is_article(word: &str) -> bool {
    ARTICLES.contains(&word)
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '\u{2019}')
}

/// `user's` is `user`; `doesn't` stays `doesnt`.
fn possessive(piece: &str, mut surface: String) -> String {
    if piece.ends_with("'s") || piece.ends_with("\u{2019}s") {
        surface.pop();
    }
    surface
}

/// The lower-case parts of `camelCase` and `PascalCase`, none for other words.
fn camel_parts(piece: &str) -> Vec<String> {
    let mut parts: Vec<String> = vec![String::new()];
    let mut after_lower = false;
    for letter in piece.chars().take(LONGEST_WORD) {
        if letter.is_uppercase() && after_lower {
            parts.push(String::new());
        }
        after_lower = letter.is_lowercase();
        if let Some(part) = parts.last_mut() {
            part.extend(letter.to_lowercase());
        }
    }
    parts.retain(|part| part.len() > 2);
    if parts.len() < 2 { Vec::new() } else { parts }
}

/// The class of a word that is a shape rather than a word.
fn class_of(chunk: &str) -> Option<&'static str> {
    let trimmed = chunk
        .trim_matches(|letter: char| matches!(letter, ',' | ';' | '"' | '\'' | '`' | '!' | '?' | '~' | '('))
        .trim_end_matches(['.', ')', ':']);
    let bytes = trimmed.as_bytes();
    if bytes.len() > LONGEST_WORD || bytes.is_empty() {
        return None;
    }
    if bytes.len() > 8 && bytes.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"cve-")) {
        return Some("<cve>");
    }
    if matches!(bytes, [b'O' | b'o', b'(', ..]) {
        return Some("<bigo>");
    }
    if matches!(trimmed, "500" | "502" | "503" | "504" | "5xx" | "5XX") {
        return Some("<http5xx>");
    }
    if !bytes.first()?.is_ascii_digit() {
        return None;
    }
    let digits = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit() || **byte == b'.' || **byte == b',')
        .count();
    let (number, unit) = (trimmed.get(..digits)?, trimmed.get(digits..)?);
    match unit.to_ascii_lowercase().as_str() {
        "" => None,
        "%" => Some("<percent>"),
        "x" => Some("<factor>"),
        unit if is_duration(unit) && unit != "m" && unit != "d" => Some("<duration>"),
        unit if is_size(unit) => Some("<size>"),
        unit if unit.starts_with(':') && number.len() <= 2 && unit.len() >= 3 => Some("<clock>"),
        unit if unit.starts_with(['-', '/']) && unit.matches(['-', '/']).count() == 2 => Some("<date>"),
        _ => None,
    }
}

fn is_duration(unit: &str) -> bool {
    matches!(
        unit,
        "ms" | "s"
            | "m"
            | "h"
            | "d"
            | "us"
            | "ns"
            | "sec"
            | "secs"
            | "second"
            | "seconds"
            | "min"
            | "mins"
            | "minute"
            | "minutes"
            | "hr"
            | "hrs"
            | "hour"
            | "hours"
            | "msec"
            | "millisecond"
            | "milliseconds"
            | "microseconds"
    )
}

fn is_size(unit: &str) -> bool {
    matches!(
        unit,
        "kb" | "mb" | "gb" | "tb" | "kib" | "mib" | "gib" | "megabytes" | "gigabytes" | "bytes"
    )
}

fn is_number(word: &Word) -> bool {
    word.surface.bytes().any(|byte| byte.is_ascii_digit())
        || matches!(
            word.surface.as_str(),
            "one"
                | "two"
                | "three"
                | "four"
                | "five"
                | "six"
                | "ten"
                | "twenty"
                | "thirty"
                | "sixty"
                | "several"
                | "few"
        )
}

/// `30 seconds` is one `<duration>`, `12 March` one `<date>`.
fn join_units(words: Vec<Word>) -> Vec<Word> {
    let mut joined: Vec<Word> = Vec::with_capacity(words.len());
    for word in words {
        if let Some(before) = joined
            .last_mut()
            .filter(|before| is_number(before) && !before.stem.starts_with('<'))
        {
            let class = if word.surface.len() > 1 && is_duration(&word.surface) {
                Some("<duration>")
            } else if is_size(&word.surface) {
                Some("<size>")
            } else if MONTHS.contains(&word.surface.as_str()) {
                Some("<date>")
            } else {
                None
            };
            if let Some(class) = class {
                class.clone_into(&mut before.stem);
                continue;
            }
        }
        if is_number(&word)
            && word.surface.starts_with(|first: char| first.is_ascii_digit())
            && let Some(month) = joined
                .last_mut()
                .filter(|before| MONTHS.contains(&before.surface.as_str()))
        {
            "<date>".clone_into(&mut month.stem);
            continue;
        }
        joined.push(word);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let words = Reader::default().words(text);
        let stems: Vec<&str> = words.iter().map(|word| word.stem.as_str()).collect();
        assert_eq!(stems, expect, "{text}");
    }

    #[test]
    fn words_are_stemmed_and_articles_dropped() {
        check("Testing the tests of a tester", &["test", "test", "of", "tester"]);
        check("latest contest", &["latest", "contest"]);
        check(
            "It doesn't load the user's page",
            &["it", "doesnt", "load", "user", "page"],
        );
    }

    #[test]
    fn shapes_become_classes() {
        check(
            "takes 30 seconds, 2.5GB and 99%",
            &["take", "<duration>", "<size>", "and", "<percent>"],
        );
        check("since 14:32 we see 503", &["sinc", "<clock>", "we", "see", "<http5xx>"]);
        check("CVE-2024-1234 reads ../../etc", &["<cve>", "read", "<dotdot>", "etc"]);
        check("by 12 March or 2024-05-01", &["by", "<date>", "or", "<date>"]);
        check("it is O(n^2)", &["it", "is", "<bigo>"]);
    }

    #[test]
    fn joined_words_are_split_or_offer_their_parts() {
        check(
            "N+1 in ci/cd snake_case",
            &["n", "1", "in", "ci", "cd", "snake", "case"],
        );
        let words = Reader::default().words("parseConfig");
        assert_eq!(words[0].parts, ["pars", "config"]);
    }

    #[test]
    fn a_sentence_start_is_known() {
        let words = Reader::default().words("Fix it. Then test it");
        let leads: Vec<&str> = words
            .iter()
            .filter(|word| word.leads)
            .map(|word| word.surface.as_str())
            .collect();
        assert_eq!(leads, ["fix", "then"]);
    }

    #[test]
    fn any_text_can_be_read() {
        let words = Reader::default().words(&"ß∂ƒ 日本 \u{0}\u{1b}[31m ".repeat(10_000));
        assert!(!words.is_empty() && words.len() < 20_000);
    }
}
