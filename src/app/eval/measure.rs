//! The metrics of whole logs.

use regex::Regex;
use serde::Serialize;

use super::case::Label;
use crate::failure::Analysis;
use crate::redact::Redactor;

/// Share of an expected line an excerpt line must be, to count as a long part of it.
const LONG_PART: f64 = 0.5;
/// Or this many bytes of it, for lines of many thousands.
const LONG_BYTES: usize = 120;

/// What one excerpt, ours or a rival's, shows of a case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "four independent measurements")]
pub struct Shown {
    /// At least one expected line is in the first failure's excerpt.
    pub decisive_in_first: bool,
    /// At least one is in its first ten lines.
    pub in_top10: bool,
    /// Every expected line is in the excerpts of the first five failures.
    pub all_covered: bool,
    /// The line marked decisive is an expected one.
    pub marked_right: bool,
}

/// What a label expects, ready to compare.
pub struct Expected {
    lines: Vec<(String, String)>,
    also: Option<Regex>,
}

impl Expected {
    /// Prepares a label.
    pub fn new(label: &Label) -> Self {
        // What is shown went through redaction, so a secret in an expected line is not missed when it is not shown.
        let redactor = Redactor::default();
        let pair = |line: &String| (fold(line), fold(&redactor.line(line)));
        let lines = label
            .expected_lines
            .iter()
            .map(pair)
            .filter(|(line, _)| !line.is_empty())
            .collect();
        Self {
            lines,
            also: label.also_ok_regex.as_deref().and_then(|text| Regex::new(text).ok()),
        }
    }

    /// Whether there is anything to look for.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn any(&self, text: &str) -> bool {
        let text = fold(text);
        self.lines.iter().any(|line| either(&text, line)) || self.also.as_ref().is_some_and(|also| also.is_match(&text))
    }

    fn all(&self, texts: &[String]) -> bool {
        self.lines
            .iter()
            .all(|line| texts.iter().any(|text| either(text, line)))
    }

    /// Measures a plain list of lines, as the rivals give.
    pub fn measure_lines(&self, lines: &[String]) -> Shown {
        let folded: Vec<String> = lines.iter().map(|line| fold(line)).collect();
        Shown {
            decisive_in_first: lines.iter().any(|line| self.any(line)),
            in_top10: lines.iter().take(10).any(|line| self.any(line)),
            all_covered: self.all(&folded),
            marked_right: lines.first().is_some_and(|line| self.any(line)),
        }
    }

    /// Measures an analysis.
    pub fn measure(&self, analysis: &Analysis) -> Shown {
        let Some(first) = analysis.failures.first() else {
            return Shown::default();
        };
        let marked = first.decisive_lines.first();
        let texts = analysis
            .failures
            .iter()
            .take(5)
            .flat_map(|failure| &failure.excerpt)
            .map(|line| fold(&line.text));
        Shown {
            decisive_in_first: first.excerpt.iter().any(|line| self.any(&line.text)),
            in_top10: first.excerpt.iter().take(10).any(|line| self.any(&line.text)),
            all_covered: self.all(&texts.collect::<Vec<_>>()),
            marked_right: first
                .excerpt
                .iter()
                .any(|line| Some(&line.line) == marked && self.any(&line.text)),
        }
    }
}

fn either(shown: &str, (plain, redacted): &(String, String)) -> bool {
    covers(shown, plain) || covers(shown, redacted)
}

fn covers(shown: &str, expected: &str) -> bool {
    if shown.contains(expected) {
        return true;
    }
    let long = shown.len() >= LONG_BYTES || as_f64(shown.len()) >= LONG_PART * as_f64(expected.len());
    shown.len() >= 4 && long && expected.contains(shown)
}

fn as_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// A line without timestamps and ANSI, white space folded: the form in which lines are compared.
pub fn fold(line: &str) -> String {
    let clean = crate::log::Log::from_bytes(line.as_bytes());
    let text = clean.line(0).map_or("", |line| line.text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
