//! From lines to candidates: one pass of a multi-pattern prefilter over the text, rules only on what it finds.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::{LazyLock, OnceLock};

use regex::bytes::{Regex, RegexBuilder};

use super::families;
use super::forgiven;
use super::passed;
use super::patterns;
use super::rule::{Kind, Rule};
use super::searcher::Searcher;
use crate::log::{Folded, Frequencies, Line, Log, Mark, Needs, SHORTEST_NEED, Stretch, shape};

/// Bytes of a line that rules look at.
const MATCH_CAP: usize = 600;
/// Lines of one shape that are looked at; more of the same say nothing new.
const OF_ONE_SHAPE: u32 = 400;
/// A match of this weight stands although the line also looks like noise.
const OVER_NOISE: u8 = 9;
/// A match of a tool's own rule of this weight stands although another rule takes the line for a consequence.
const OVER_SYMPTOM: u8 = 8;
/// The family whose rules are about words, not tools.
const GENERAL: &str = "general";
/// A match of this weight stands although the line only tells the end of a step.
const OF_AN_END: u8 = 7;
/// Different lines of which it is remembered what was made of them.
const KNOWN_LINES: usize = 1 << 16;
/// Bytes of a log from which on it is asked what is rare in it.
const WORTH_TUNING: u64 = 1 << 20;
/// Bytes of every stretch that show what is rare in a log.
const SAMPLE: usize = 1 << 16;

/// A line some rule matches.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Index of the line in the log.
    pub line: usize,
    /// The matching rules, heaviest first.
    pub rules: Vec<RuleId>,
    /// Hash of the line without its numbers.
    pub shape: u64,
}

/// A rule of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct RuleId(u16);

impl RuleId {
    /// The rule itself.
    pub(super) fn rule(self) -> &'static Rule {
        registry()
            .rules
            .get(usize::from(self.0))
            .map_or(&NOTHING, |entry| entry.rule)
    }

    /// The family it belongs to.
    pub(super) fn family(self) -> &'static str {
        registry()
            .rules
            .get(usize::from(self.0))
            .map_or("", |entry| entry.family)
    }

    /// Its pattern, compiled to read its groups.
    pub(super) fn pattern(self) -> &'static Regex {
        static EMPTY: LazyLock<Regex> = LazyLock::new(|| compile("$^"));
        registry()
            .rules
            .get(usize::from(self.0))
            .map_or(&EMPTY, |entry| entry.groups.get_or_init(|| compile(entry.rule.pattern)))
    }
}

static NOTHING: Rule = Rule::new(Kind::Noise, 0, "", "", "", "");

impl Candidate {
    /// The heaviest rule.
    pub(super) fn best(&self) -> &'static Rule {
        self.rules.first().map_or(&NOTHING, |id| id.rule())
    }
}

struct Entry {
    rule: &'static Rule,
    family: &'static str,
    pattern: OnceLock<Searcher>,
    groups: OnceLock<Regex>,
}

struct Registry {
    rules: Vec<Entry>,
    /// What makes a line worth a look. Ids behind those of the rules are hints of what is harmless.
    needs: Needs<RuleId>,
    /// How many hints there are.
    hints: usize,
    /// What makes a line that looks like a failure none; looked at only then.
    noise: Needs<RuleId>,
    /// Noise whose needs are too short to look for.
    other_noise: Vec<RuleId>,
}

impl Registry {
    fn is_match(&self, id: RuleId, body: &[u8], folded: &Folded) -> bool {
        self.rules.get(usize::from(id.0)).is_some_and(|entry| {
            let pattern = entry.pattern.get_or_init(|| Searcher::new(entry.rule.pattern));
            pattern.may_match(folded) && pattern.is_match(body)
        })
    }

    /// Whether a line that looks like a failure is none.
    fn is_noise(&self, body: &[u8], folded: &Folded) -> bool {
        let matches = |id: &RuleId| self.is_match(*id, body, folded);
        let mut tried: Vec<RuleId> = Vec::new();
        let found = self.noise.find(folded, |_, which| {
            for id in self.noise.means(which) {
                if !tried.contains(id) {
                    tried.push(*id);
                    if matches(id) {
                        return ControlFlow::Break(());
                    }
                }
            }
            ControlFlow::Continue(())
        });
        found.is_break() || self.other_noise.iter().any(matches)
    }
}

/// Compiles a rule's pattern: bytes, ASCII classes; a tenth of the size and time of Unicode ones.
pub(super) fn compile(pattern: &str) -> Regex {
    RegexBuilder::new(pattern)
        .unicode(false)
        .build()
        .expect("patterns of rules are tested")
}

fn registry() -> &'static Registry {
    static REGISTRY: LazyLock<Registry> = LazyLock::new(build);
    &REGISTRY
}

fn build() -> Registry {
    let mut rules = Vec::new();
    for family in families::ALL {
        for rule in family.rules {
            rules.push(Entry {
                rule,
                family: family.name,
                pattern: OnceLock::new(),
                groups: OnceLock::new(),
            });
        }
    }
    let ids = || (0_u16..).map(RuleId).zip(rules.iter().map(|entry: &Entry| entry.rule));
    // What a rule names, and what its pattern shows to be needed besides: a list made by hand forgets alternatives.
    let texts = |rules: &[(RuleId, &'static Rule)]| -> Vec<(String, RuleId)> {
        let each = rules.iter().flat_map(|(id, rule)| {
            let named: Vec<&str> = rule.needs.split('|').collect();
            let mut all = patterns::forgotten(rule.pattern, &named);
            all.extend(named.into_iter().map(str::to_owned));
            all.into_iter().map(|need| (need, *id))
        });
        each.collect()
    };
    let filter = |texts: &[(String, RuleId)]| Needs::new(texts.iter().map(|(need, id)| (need.as_str(), *id)));
    let telling: Vec<_> = ids().filter(|(_, rule)| rule.kind != Kind::Noise).collect();
    let is_short = |rule: &Rule| rule.needs.split('|').any(|need| need.len() < SHORTEST_NEED);
    let (short, long): (Vec<_>, Vec<_>) = ids()
        .filter(|(_, rule)| rule.kind == Kind::Noise)
        .partition(|(_, rule)| is_short(rule));
    let hints: Vec<&str> = forgiven::HINTS
        .iter()
        .copied()
        .chain(passed::hints().flatten())
        .collect();
    let mut telling = texts(&telling);
    let free = (0_u16..).skip(rules.len()).map(RuleId);
    telling.extend(hints.iter().map(|hint| (*hint).to_owned()).zip(free));
    Registry {
        noise: filter(&texts(&long)),
        other_noise: short.into_iter().map(|(id, _)| id).collect(),
        needs: filter(&telling),
        hints: hints.len(),
        rules,
    }
}

/// All candidates of a log, in log order.
pub(super) fn scan(log: &Log) -> Vec<Candidate> {
    let registry = registry();
    // To learn what is rare in a small log takes longer than to look through it.
    let tuned = (log.bytes() >= WORTH_TUNING).then(|| {
        let mut frequencies = Frequencies::default();
        for stretch in log.stretches() {
            let text = stretch.text.as_bytes();
            frequencies.count(text.get(..SAMPLE).unwrap_or(text));
        }
        registry.needs.tuned(&frequencies)
    });
    let needs = tuned.as_ref().unwrap_or(&registry.needs);
    let mut scan = Scan::new(registry);
    let mut folded = Folded::default();
    let mut met = Vec::new();
    for stretch in log.stretches() {
        folded.set(stretch.text.as_bytes());
        let mut at = 0;
        let mut end = stretch.end_of(0);
        let _ = needs.find(&folded, |place, which| {
            if place >= end {
                scan.line(&stretch, at, &mut met);
                while place >= end {
                    at += 1;
                    end = stretch.end_of(at);
                }
            }
            // A text that goes on in the next line is in neither.
            if place + needs.span(which) <= end {
                met.push((place, which));
            }
            ControlFlow::<()>::Continue(())
        });
        scan.line(&stretch, at, &mut met);
    }
    scan.finish(log)
}

/// The needs a line meets: where, and their numbers.
type Met = Vec<(usize, usize)>;

struct Scan<'a> {
    registry: &'static Registry,
    found: Vec<Candidate>,
    /// For each hint the lines that hold it, ascending.
    hits: Vec<Vec<usize>>,
    shapes: HashMap<u64, u32>,
    /// What was made of lines: logs full of errors are full of the same ones.
    known: HashMap<(&'a str, u64), Vec<RuleId>>,
    /// For each rule the number of the last line it was wanted for.
    wanted_for: Vec<u64>,
    lines: u64,
}

impl<'a> Scan<'a> {
    fn new(registry: &'static Registry) -> Self {
        Self {
            registry,
            found: Vec::new(),
            hits: vec![Vec::new(); registry.hints],
            shapes: HashMap::new(),
            known: HashMap::new(),
            wanted_for: vec![0; registry.rules.len()],
            lines: 0,
        }
    }

    /// Looks at the line of a stretch that meets needs, and forgets those.
    fn line(&mut self, stretch: &Stretch<'a>, at: usize, met: &mut Met) {
        let rules = self.registry.rules.len();
        let index = stretch.first + at;
        let means = |(_, which): &(usize, usize)| self.registry.needs.means(*which);
        let hint = |id: &RuleId| usize::from(id.0).checked_sub(rules);
        // The meanings of one text come in order, and hints come last.
        for hint in met.iter().flat_map(|met| means(met).iter().rev().map_while(hint)) {
            if let Some(hits) = self.hits.get_mut(hint).filter(|hits| hits.last() != Some(&index)) {
                hits.push(index);
            }
        }
        let speaks = met
            .iter()
            .any(|met| means(met).first().is_some_and(|id| hint(id).is_none()));
        if let Some(line) = stretch.line(at).filter(|line| speaks && is_output(line))
            && let Some(shape) = self.rare(&line)
        {
            // By where on the line they stand, not by where the filter found them.
            met.sort_unstable();
            self.lines += 1;
            let mut wanted = Vec::new();
            for id in met.iter().flat_map(means) {
                let last = self.wanted_for.get_mut(usize::from(id.0));
                if let Some(last) = last.filter(|last| **last != self.lines) {
                    *last = self.lines;
                    wanted.push(*id);
                }
            }
            // What stands before the body may ask for other rules.
            let key = (line.body, asked(&wanted));
            let rules = self.known.get(&key).cloned().unwrap_or_else(|| {
                let rules = judge(self.registry, line.body, &wanted);
                if self.known.len() < KNOWN_LINES {
                    self.known.insert(key, rules.clone());
                }
                rules
            });
            let heaviest = rules.first().map(|id| id.rule().weight);
            // The line that tells a step's end is a reason only when it tells of a limit or of a cancellation.
            if heaviest.is_some_and(|weight| line.mark != Mark::Failed || weight >= OF_AN_END) {
                self.found.push(Candidate {
                    line: index,
                    rules,
                    shape,
                });
            }
        }
        met.clear();
    }

    /// The shape of a line, unless there were enough of it.
    fn rare(&mut self, line: &Line<'_>) -> Option<u64> {
        let shape = shape(line.body);
        let count = self.shapes.entry(shape).or_insert(0);
        *count += 1;
        (*count <= OF_ONE_SHAPE).then_some(shape)
    }

    /// The candidates, without those that somebody expected or that a passing test printed.
    fn finish(self, log: &Log) -> Vec<Candidate> {
        let mut found = self.found;
        let mut hits = self.hits.into_iter();
        let mut expected: Vec<usize> = hits.by_ref().take(forgiven::HINTS.len()).flatten().collect();
        expected.sort_unstable();
        let mut frames = Vec::new();
        while let (Some(open), Some(close)) = (hits.next(), hits.next()) {
            frames.push([open, close]);
        }
        for ranges in [forgiven::forgiven(log, &expected), passed::passed(log, &frames)] {
            let mut harmless = ranges.into_iter().peekable();
            let mut end = 0;
            found.retain(|candidate: &Candidate| {
                while let Some(range) = harmless.next_if(|range| range.start <= candidate.line) {
                    end = end.max(range.end);
                }
                candidate.line >= end
            });
        }
        found
    }
}

/// A number for some rules in their order (FNV-1a, 64 bit).
fn asked(rules: &[RuleId]) -> u64 {
    rules.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, id| {
        (hash ^ u64::from(id.0)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Whether a line is the words of a tool that may have failed.
fn is_output(line: &Line<'_>) -> bool {
    let is_ours = matches!(
        line.mark,
        Mark::Echo | Mark::Chatter | Mark::Passed | Mark::GroupStart | Mark::StepStart
    );
    !is_ours && line.body.trim().len() >= 3
}

/// Of the rules whose needs a line meets, those that hold, heaviest first; none for a line that is noise.
fn judge(registry: &Registry, body: &str, wanted: &[RuleId]) -> Vec<RuleId> {
    let body = body.as_bytes();
    let body = body.get(..MATCH_CAP).unwrap_or(body);
    let mut folded = Folded::default();
    folded.set(body);
    let matching = wanted
        .iter()
        .copied()
        .filter(|id| registry.is_match(*id, body, &folded));
    let mut rules: Vec<RuleId> = matching.collect();
    if rules.iter().any(|id| !id.rule().is_last_resort) {
        rules.retain(|id| !id.rule().is_last_resort);
    }
    // Of rules of one weight, those of a tool say more than those of words, then what stands first on the line.
    rules.sort_by_key(|id| (std::cmp::Reverse(id.rule().weight), id.family() == GENERAL));
    subdue(&mut rules);
    let stands = rules.first().is_some_and(|id| id.rule().weight >= OVER_NOISE);
    if !rules.is_empty() && !stands && registry.is_noise(body, &folded) {
        rules.clear();
    }
    rules
}

/// A line a tool is known to print as a consequence stays one, whatever its words would mean elsewhere.
fn subdue(rules: &mut Vec<RuleId>) {
    let known = rules
        .iter()
        .copied()
        .filter(|id| id.rule().kind == Kind::Symptom && id.family() != GENERAL)
        .min_by_key(|id| id.rule().weight);
    let Some(symptom) = known else { return };
    let stands = rules
        .iter()
        .any(|id| id.rule().kind != Kind::Symptom && id.family() != GENERAL && id.rule().weight >= OVER_SYMPTOM);
    if !stands || symptom.rule().weight == 0 {
        *rules = vec![symptom];
    }
}
