//! The redactor: built-in formats, registered values and a user's patterns over lines and texts.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::{Regex, RegexBuilder};

use super::span::{self, LITERAL, PATTERN, Span};
use super::{block, engine};

/// A registered value shorter than this is not looked for: it would blank out ordinary words.
const SHORTEST_LITERAL: usize = 4;
/// Encoded forms (Base64, percent, JSON) are looked for only of values at least this long.
const SHORTEST_ENCODED: usize = 8;
/// Every pass removes text or is the last one; two suffice in practice.
const PASSES: usize = 6;
/// Compiled size, in bytes, that one pattern of a user may take.
const PATTERN_SIZE: usize = 1 << 20;

/// A pattern of the user that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("redact pattern {}: {message}", index + 1)]
pub struct PatternError {
    /// Position in the list that was given, from 0.
    pub index: usize,
    /// Why, in one line.
    pub message: String,
}

/// Takes secrets out of text. Cheap to clone; the default knows the built-in formats only.
#[derive(Clone, Default)]
pub struct Redactor {
    literals: Option<AhoCorasick>,
    patterns: Vec<Regex>,
}

impl fmt::Debug for Redactor {
    /// Says how much it knows, never what: literals are secrets.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Redactor")
            .field("literals", &self.literals.as_ref().map_or(0, AhoCorasick::patterns_len))
            .field("patterns", &self.patterns.len())
            .finish()
    }
}

impl Redactor {
    /// Adds a user's own patterns (a group named `secret` limits what is replaced) and registered values to the
    /// built-in formats. Values count line by line, in clear and in their Base64, percent and JSON encodings; lines
    /// of fewer than four bytes are ignored.
    pub fn new(patterns: &[String], literals: &[String]) -> Result<Self, PatternError> {
        let compile = |(index, pattern): (usize, &String)| {
            let error = |message: String| PatternError { index, message };
            RegexBuilder::new(pattern)
                .size_limit(PATTERN_SIZE)
                .dfa_size_limit(PATTERN_SIZE)
                .build()
                .map_err(|cause| error(one_line(&cause.to_string())))
        };
        let patterns = patterns
            .iter()
            .enumerate()
            .map(compile)
            .collect::<Result<Vec<_>, _>>()?;
        let needles: Vec<String> = literals.iter().flat_map(|literal| needles(literal)).collect();
        let literals = if needles.is_empty() {
            None
        } else {
            let build = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&needles);
            Some(build.map_err(|_too_many| PatternError {
                index: patterns.len(),
                message: "too many registered values".to_owned(),
            })?)
        };
        Ok(Self { literals, patterns })
    }

    /// Redacts one line. Needs no memory of the lines before it: a line from the middle of a private key is known by
    /// its looks.
    pub fn line<'a>(&self, line: &'a str) -> Cow<'a, str> {
        let spans = self.find(line);
        if spans.is_empty() {
            return Cow::Borrowed(line);
        }
        let mut redacted = span::apply(line, &spans);
        for _ in 0..PASSES {
            let spans = self.find(&redacted);
            if spans.is_empty() {
                return Cow::Owned(redacted);
            }
            redacted = span::apply(&redacted, &spans);
        }
        Cow::Borrowed(span::WHOLE_LINE)
    }

    /// Redacts a text of several lines, following private key blocks from their first line to their last. The number
    /// of lines stays the same.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut block = block::Block::default();
        let mut output: Option<String> = None;
        let mut done = 0;
        for line in text.split_inclusive('\n') {
            let body = line.trim_end_matches(['\n', '\r']);
            let redacted = block.step(self.line(body));
            if let (Cow::Borrowed(same), None) = (&redacted, &output)
                && same.len() == body.len()
                && *same == body
            {
                done += line.len();
                continue;
            }
            let output = output.get_or_insert_with(|| text.get(..done).unwrap_or_default().to_owned());
            output.push_str(&redacted);
            output.push_str(line.get(body.len()..).unwrap_or_default());
        }
        output.map_or(Cow::Borrowed(text), Cow::Owned)
    }

    fn find(&self, line: &str) -> Vec<Span> {
        let mut spans = Vec::new();
        engine::find(line, &mut spans);
        if let Some(literals) = &self.literals {
            spans.extend(
                literals
                    .find_overlapping_iter(line)
                    .map(|found| Span::new(found.start(), found.end(), LITERAL)),
            );
        }
        for pattern in &self.patterns {
            let named = pattern.capture_names().flatten().any(|name| name == "secret");
            if named {
                let secrets = pattern.captures_iter(line).filter_map(|found| found.name("secret"));
                spans.extend(secrets.map(|secret| Span::new(secret.start(), secret.end(), PATTERN)));
            } else {
                spans.extend(
                    pattern
                        .find_iter(line)
                        .map(|found| Span::new(found.start(), found.end(), PATTERN)),
                );
            }
        }
        span::settle(line, spans)
    }
}

/// The forms in which a registered value may appear in a log.
fn needles(literal: &str) -> Vec<String> {
    let mut needles = Vec::new();
    for line in literal.lines().map(str::trim).chain([literal.trim()]) {
        if line.len() < SHORTEST_LITERAL || line.contains('\n') {
            continue;
        }
        needles.push(line.to_owned());
        if line.len() >= SHORTEST_ENCODED {
            needles.extend(encodings(line));
        }
    }
    needles.sort_unstable();
    needles.dedup();
    needles
}

/// Base64 at each of the three alignments (the bytes that neighbours cannot change), percent encoding and JSON.
fn encodings(value: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for shift in 0..3_usize {
        let mut bytes = vec![0_u8; shift];
        bytes.extend_from_slice(value.as_bytes());
        let encoded = STANDARD.encode(&bytes);
        let first = (shift * 8).div_ceil(6);
        let last = bytes.len() * 8 / 6;
        if let Some(stable) = encoded.get(first..last) {
            forms.push(stable.to_owned());
        }
    }
    let mut percent = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            percent.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(percent, "%{byte:02X}");
        }
    }
    forms.push(percent);
    forms.push(value.replace('\\', "\\\\").replace('"', "\\\""));
    forms.retain(|form| form != value && form.len() >= SHORTEST_ENCODED);
    forms
}

/// An expression's error spans several lines with a drawing; the last line says what is wrong.
fn one_line(message: &str) -> String {
    message
        .lines()
        .last()
        .unwrap_or_default()
        .trim()
        .trim_start_matches("error: ")
        .to_owned()
}
