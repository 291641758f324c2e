//! Finding: one pass over a line tells which rules are worth running, and where names of secrets stand.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;

use super::rules::{RULES, Rule, Trigger};
use super::span::Span;
use super::{assignment, block};

/// What the sighting of an anchor sets off.
#[derive(Debug, Clone, Copy)]
enum Use {
    /// Rule number so-and-so; the anchor counts in this spelling only.
    Rule(usize),
    /// A word that names a secret.
    Name,
}

/// A cheap look at a line.
type Probe = fn(&str) -> bool;

/// Bytes after which building the fast automaton has paid for itself: it takes two milliseconds more than the compact
/// one, which a short text never earns back.
const BREAK_EVEN: usize = 64 << 10;

struct Engine {
    /// Quick to build.
    compact: AhoCorasick,
    /// Quick to search.
    fast: OnceLock<Option<AhoCorasick>>,
    searched: AtomicUsize,
    /// By pattern id of both.
    literals: Vec<&'static str>,
    uses: Vec<Vec<Use>>,
    probes: Vec<(usize, Probe)>,
    /// Compiled when first needed: a report needs a handful of them. `None` marks one that cannot be compiled.
    compiled: Vec<OnceLock<Option<Regex>>>,
}

/// Adds the secrets of the built-in formats to `spans`.
pub(super) fn find(line: &str, spans: &mut Vec<Span>) {
    static ENGINE: OnceLock<Option<Engine>> = OnceLock::new();
    let Some(engine) = ENGINE.get_or_init(Engine::new) else {
        spans.push(whole(line));
        return;
    };
    engine.find(line, spans);
}

fn whole(line: &str) -> Span {
    Span::new(0, line.len(), "line")
}

impl Engine {
    fn new() -> Option<Self> {
        let mut literals: Vec<&'static str> = Vec::new();
        let mut uses: Vec<Vec<Use>> = Vec::new();
        let mut probes = Vec::new();
        let mut add = |literal: &'static str, target: Use| {
            if let Some(at) = literals.iter().position(|&known| known == literal) {
                uses[at].push(target);
            } else {
                literals.push(literal);
                uses.push(vec![target]);
            }
        };
        for name in assignment::ANCHORS {
            add(name, Use::Name);
        }
        for (index, rule) in RULES.iter().enumerate() {
            match rule.trigger {
                Trigger::Anchors(anchors) => anchors.iter().for_each(|anchor| add(anchor, Use::Rule(index))),
                Trigger::Probe(probe) => probes.push((index, probe)),
            }
        }
        let compact = build(&literals, AhoCorasickKind::NoncontiguousNFA)?;
        let compiled = RULES.iter().map(|_| OnceLock::new()).collect();
        Some(Self {
            compact,
            fast: OnceLock::new(),
            searched: AtomicUsize::new(0),
            literals,
            uses,
            probes,
            compiled,
        })
    }

    /// The automaton worth using when so many bytes more are to be searched.
    fn anchors(&self, bytes: usize) -> &AhoCorasick {
        let fast = match self.fast.get() {
            Some(fast) => fast,
            None if self.searched.fetch_add(bytes, Ordering::Relaxed) < BREAK_EVEN => return &self.compact,
            None => self.fast.get_or_init(|| build(&self.literals, AhoCorasickKind::DFA)),
        };
        fast.as_ref().unwrap_or(&self.compact)
    }

    fn find(&self, line: &str, spans: &mut Vec<Span>) {
        let mut wanted = [false; RULES.len()];
        let mut any = false;
        let mut names = assignment::Scanner::new(line);
        let mut assigned = Vec::new();
        for hit in self.anchors(line.len()).find_overlapping_iter(line) {
            let id = hit.pattern().as_usize();
            for target in &self.uses[id] {
                match *target {
                    Use::Rule(index) => {
                        let rule = &RULES[index];
                        let seen = line.as_bytes().get(hit.start()..hit.end());
                        if rule.any_case || seen == Some(self.literals[id].as_bytes()) {
                            wanted[index] = true;
                            any = true;
                        }
                    }
                    Use::Name => assigned.extend(names.at(hit.start(), hit.end())),
                }
            }
        }
        for &(index, probe) in &self.probes {
            if probe(line) {
                wanted[index] = true;
                any = true;
            }
        }
        if any {
            for (index, rule) in RULES.iter().enumerate().filter(|&(index, _)| wanted[index]) {
                self.run(index, rule, line, spans);
            }
        }
        spans.extend(assigned);
        spans.extend(block::body_line(line));
    }

    fn run(&self, index: usize, rule: &Rule, line: &str, spans: &mut Vec<Span>) {
        let Some(expression) = self.compiled[index].get_or_init(|| Regex::new(rule.pattern).ok()) else {
            spans.push(whole(line));
            return;
        };
        if expression.captures_len() == 1 {
            for found in expression.find_iter(line) {
                if (rule.accept)(line, found.range()) {
                    spans.push(Span::new(found.start(), found.end(), rule.kind));
                }
            }
            return;
        }
        for captures in expression.captures_iter(line) {
            for secret in captures.iter().skip(1).flatten() {
                if (rule.accept)(line, secret.range()) {
                    spans.push(Span::new(secret.start(), secret.end(), rule.kind));
                }
            }
        }
    }
}

fn build(literals: &[&str], kind: AhoCorasickKind) -> Option<AhoCorasick> {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(kind))
        .build(literals)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_automata_find_the_same() {
        let line = "export AWS_SECRET_ACCESS_KEY=x Authorization: Bearer y -----BEGIN RSA PRIVATE KEY----- password: z";
        let engine = Engine::new().unwrap();
        let hits = |engine: &Engine| -> Vec<_> {
            let found = engine.anchors(line.len()).find_overlapping_iter(line);
            let mut hits: Vec<_> = found.map(|hit| (hit.start(), hit.end(), hit.pattern())).collect();
            hits.sort_unstable_by_key(|(start, end, id)| (*start, *end, id.as_usize()));
            hits
        };
        let first = hits(&engine);
        assert!(first.len() > 3 && engine.fast.get().is_none());
        engine.searched.store(BREAK_EVEN, Ordering::Relaxed);
        assert_eq!((hits(&engine), engine.fast.get().is_some()), (first, true));
    }

    #[test]
    fn every_rule_compiles_and_has_a_trigger() {
        for rule in RULES {
            let expression = Regex::new(rule.pattern).unwrap_or_else(|error| panic!("{}: {error}", rule.kind));
            assert!(!expression.is_match(""), "{} matches nothing at all", rule.kind);
            match rule.trigger {
                Trigger::Anchors(anchors) => assert!(!anchors.is_empty(), "{}", rule.kind),
                Trigger::Probe(probe) => assert!(!probe(""), "{}", rule.kind),
            }
            assert!(rule.about.len() > 10, "{} wants a sentence", rule.kind);
            assert!(
                rule.kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{}",
                rule.kind
            );
            assert!(rule.kind.len() <= 32, "{}", rule.kind);
        }
    }

    #[test]
    fn the_prefilter_is_there() {
        assert!(Engine::new().is_some());
    }
}
