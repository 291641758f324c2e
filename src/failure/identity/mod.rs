//! Which failure it is: the fingerprint, equal for the same failure on any day, runner, matrix leg or line number, and the signature that near
//! matches are looked up by.
//!
//! A fingerprint hashes a kind, an id and the best masked messages. The id is the failing test, else the rule or error code; messages tell apart
//! different causes in one test. Infrastructure has its own names ([`CATALOGUE`]) which win over messages, because one full disk shows with a hundred
//! faces. Workflow, job, branch, system and versions never enter. Messages are ranked by what they are, not by where they
//! stand, so that an excerpt that starts a line earlier gives the same fingerprint; the line found to say why is worth more.

mod catalogue;
mod lines;
mod names;

use sha2::{Digest, Sha256};

pub use catalogue::{CATALOGUE, Known, Scope, host, is_infrastructure};
pub use lines::{Key, message};
pub use names::{code_in, test_id, test_in};

use super::frames;
use super::mask::clean_line;
use super::model::Signature;
use crate::ids::Fingerprint;

/// What is known of a failure when it is to be identified.
#[derive(Debug, Clone, Copy, Default)]
pub struct Evidence<'a> {
    /// The tool that reported it. Not part of the identity: it is absent as often as not.
    pub tool: Option<&'a str>,
    /// Rule or error code.
    pub code: Option<&'a str>,
    /// Failing tests, as the tool writes them. When empty they are looked for in the lines.
    pub tests: &'a [String],
    /// The lines that say why, in the order of the log.
    pub decisive: &'a [&'a str],
    /// The one of them that was found to say it best.
    pub head: Option<&'a str>,
}

/// More failing tests than this with one cause are named by the cause alone.
const MAX_TESTS: usize = 3;
/// Messages that go into a fingerprint, at most.
const MAX_MESSAGES: usize = 2;
/// Lines that are looked at, at most: a failure is told in a few.
const MAX_EVIDENCE: usize = 300;
/// Lines of a signature, at most.
const MAX_LINES: usize = 8;

/// Names a failure.
pub fn identify(evidence: &Evidence<'_>) -> (Fingerprint, Signature) {
    let evidence_lines = evidence.decisive.iter().take(MAX_EVIDENCE);
    let cleaned: Vec<String> = evidence_lines.map(|line| clean_line(line)).collect();
    let cleaned: Vec<&str> = cleaned.iter().map(String::as_str).collect();
    let evidence = &Evidence {
        decisive: &cleaned,
        ..*evidence
    };
    let head = evidence.head.map(clean_line);
    let ranked = lines::rank(evidence.decisive, head.as_deref());
    let tests = test_ids(evidence);
    let known = infrastructure(evidence.decisive, &ranked);
    let code = match known {
        Some((known, _)) => Some(known.name.to_owned()),
        None => evidence
            .code
            .filter(|code| is_code(code))
            .map(str::to_owned)
            .or_else(|| first_code(evidence.decisive)),
    };
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        hash.update(text.as_bytes());
        hash.update([0]);
    };
    if let Some((known, line)) = known {
        part("infrastructure");
        part(known.name);
        if known.scope == Scope::Peer {
            part(&catalogue::host(line).unwrap_or_else(|| message(line)));
            for test in &tests {
                part(test);
            }
        }
    } else {
        let id = if tests.is_empty() {
            code.iter().cloned().collect()
        } else {
            tests.clone()
        };
        part(if !tests.is_empty() {
            "test"
        } else if code.is_some() {
            "rule"
        } else {
            "line"
        });
        for id in &id {
            part(id);
        }
        let mut messages = telling(&ranked, id.len());
        if messages.is_empty() {
            messages = frames::reduce(evidence.decisive).into_iter().take(1).collect();
        }
        for message in &messages {
            part(message);
        }
    }
    let fingerprint = Fingerprint::from_digest(&hash.finalize());
    let telling = ranked.iter().filter(|key| key.score >= 0).count().max(2);
    let lines = ranked.into_iter().map(|key| key.text);
    let mut lines: Vec<String> = lines.take(telling.min(MAX_LINES)).collect();
    for frame in frames::reduce(evidence.decisive).into_iter().take(2) {
        if lines.len() < MAX_LINES {
            lines.push(frame);
        }
    }
    (fingerprint, Signature { lines, code })
}

/// The failing tests that lines announce, as the tool writes them, each once.
pub fn tests_in(lines: &[&str]) -> Vec<String> {
    let mut tests: Vec<String> = Vec::new();
    for name in lines.iter().filter_map(|line| test_in(&clean_line(line))) {
        if !tests.contains(&name) {
            tests.push(name);
        }
    }
    tests
}

/// The tests of the identity: sorted, without parameters; none when so many fail that they say nothing.
fn test_ids(evidence: &Evidence<'_>) -> Vec<String> {
    let mut tests: Vec<String> = evidence.tests.iter().map(|name| test_id(name)).collect();
    if tests.is_empty() {
        tests = tests_in(evidence.decisive).iter().map(|name| test_id(name)).collect();
    }
    tests.sort();
    tests.dedup();
    if tests.len() > MAX_TESTS { Vec::new() } else { tests }
}

/// The catalogue's name of this failure. A machine that gave up explains everything after it, wherever it stands; a peer must be what the
/// best messages are about.
fn infrastructure<'a>(lines: &[&'a str], ranked: &[lines::Key]) -> Option<(&'static Known, &'a str)> {
    let best: Vec<&str> = ranked.iter().take(3).map(|key| key.text.as_str()).collect();
    let concerned = |known: &Known, line: &str| known.scope == Scope::Machine || best.contains(&message(line).as_str());
    let found = lines
        .iter()
        .filter_map(|line| catalogue::find(line).map(|known| (known, *line)));
    let concerned = found.filter(|(known, line)| concerned(known, line));
    concerned.take(8).min_by_key(|(known, _)| catalogue::rank(known))
}

/// A rule or error code, not a task's or a file's name.
fn is_code(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | '@');
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '@') && text.len() <= 60 && text.chars().all(allowed)
}

fn first_code(lines: &[&str]) -> Option<String> {
    lines.iter().find_map(|line| code_in(line))
}

/// The messages that tell this failure from others: the best one, and a second when the first says little.
fn telling(ranked: &[lines::Key], ids: usize) -> Vec<String> {
    let enough = if ids > 0 { 2 } else { 3 };
    let mut messages: Vec<&lines::Key> = Vec::new();
    for key in ranked.iter().filter(|key| key.score > 0) {
        let words: usize = messages.iter().map(|key| key.words).sum();
        if messages.len() >= MAX_MESSAGES || (!messages.is_empty() && words >= enough) {
            break;
        }
        messages.push(key);
    }
    if messages.is_empty() && ids == 0 {
        messages.extend(ranked.first());
    }
    let mut texts: Vec<String> = messages.into_iter().map(|key| key.text.clone()).collect();
    texts.sort();
    texts
}

#[cfg(test)]
mod tests;
