//! Where secrets are in a line, and the markers that replace them.

use super::{name, rules};

/// What replaces a line that cannot be judged.
pub(super) const WHOLE_LINE: &str = "[redacted:line]";
/// A registered value.
pub(super) const LITERAL: &str = "mask";
/// A user's pattern.
pub(super) const PATTERN: &str = "pattern";
/// A line of a private key.
pub(super) const PRIVATE_KEY: &str = "private-key";

const OPEN: &str = "[redacted:";

/// Bytes `start..end` of a line that must not be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: &'static str,
}

impl Span {
    pub(super) const fn new(start: usize, end: usize, kind: &'static str) -> Self {
        Self { start, end, kind }
    }
}

/// Is this the name of a kind that a marker can carry?
fn is_kind(name: &str) -> bool {
    ["line", LITERAL, PATTERN, PRIVATE_KEY].contains(&name)
        || name::KINDS.contains(&name)
        || rules::RULES.iter().any(|rule| rule.kind == name)
}

/// The markers already in the line, in order.
pub(super) fn markers(line: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (start, open) in line.match_indices(OPEN) {
        let rest = line.get(start + open.len()..).unwrap_or_default();
        let close = rest.bytes().take(40).position(|byte| byte == b']');
        if let Some(close) = close
            && rest.get(..close).is_some_and(is_kind)
        {
            found.push((start, start + open.len() + close + 1));
        }
    }
    found
}

/// Sorted, disjoint spans: overlapping ones are joined (the first kind found names them), markers are opaque: a span
/// that holds nothing but markers is dropped, one that cuts a marker takes it whole.
pub(super) fn settle(line: &str, mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.start < span.end);
    if spans.is_empty() {
        return spans;
    }
    let markers = markers(line);
    if !markers.is_empty() {
        spans.retain_mut(|span| {
            // Markers are sorted and disjoint, so are their ends.
            let first = markers.partition_point(|&(_, end)| end <= span.start);
            let touched = || markers.iter().skip(first).take_while(|&&(start, _)| start < span.end);
            let inside: usize = touched()
                .map(|&(start, end)| end.min(span.end) - start.max(span.start))
                .sum();
            if inside == span.end - span.start {
                return false;
            }
            let (start, end) = touched().fold((span.start, span.end), |(low, high), &(start, end)| {
                (low.min(start), high.max(end))
            });
            (span.start, span.end) = (start, end);
            true
        });
    }
    // A stable sort: among spans that start together the one found first names the union.
    spans.sort_by_key(|span| span.start);
    let mut settled: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match settled.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => settled.push(span),
        }
    }
    settled
}

/// The line with every span replaced by its marker.
pub(super) fn apply(line: &str, spans: &[Span]) -> String {
    let mut output = String::with_capacity(line.len());
    let mut done = 0;
    for span in spans {
        output.push_str(line.get(done..span.start).unwrap_or_default());
        output.push_str(OPEN);
        output.push_str(span.kind);
        output.push(']');
        done = span.end;
    }
    output.push_str(line.get(done..).unwrap_or_default());
    output
}
