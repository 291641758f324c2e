//! From lines to candidates: one pass of a multi-pattern prefilter over the text, rules only on what it finds.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::bytes::{Regex, RegexBuilder};

use super::families;
use super::rule::{Kind, Rule};
use crate::log::{Line, Log, Mark, shape};

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

    /// Its compiled pattern.
    pub(super) fn pattern(self) -> &'static Regex {
        registry().pattern(self)
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
    pattern: OnceLock<Regex>,
}

struct Registry {
    rules: Vec<Entry>,
    needs: AhoCorasick,
    /// For each needed text, the rules that need it.
    of_need: Vec<Vec<RuleId>>,
}

impl Registry {
    fn pattern(&self, id: RuleId) -> &Regex {
        static EMPTY: LazyLock<Regex> = LazyLock::new(|| compile("$^"));
        self.rules.get(usize::from(id.0)).map_or(&EMPTY, |entry| {
            entry.pattern.get_or_init(|| compile(entry.rule.pattern))
        })
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
    let mut texts: Vec<String> = Vec::new();
    let mut of_need: Vec<Vec<RuleId>> = Vec::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for family in families::ALL {
        for rule in family.rules {
            let id = RuleId(u16::try_from(rules.len()).expect("a few hundred rules"));
            for need in rule.needs.split('|') {
                let need = need.to_ascii_lowercase();
                let at = *seen.entry(need.clone()).or_insert_with(|| {
                    texts.push(need);
                    of_need.push(Vec::new());
                    texts.len() - 1
                });
                if let Some(list) = of_need.get_mut(at) {
                    list.push(id);
                }
            }
            rules.push(Entry {
                rule,
                family: family.name,
                pattern: OnceLock::new(),
            });
        }
    }
    let needs = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(&texts)
        .expect("a few hundred short literals");
    Registry { rules, needs, of_need }
}

/// All candidates of a log, in log order.
pub(super) fn scan(log: &Log) -> Vec<Candidate> {
    let registry = registry();
    let mut found = Vec::new();
    let mut shapes: HashMap<u64, u32> = HashMap::new();
    let mut marked = vec![u32::MAX; registry.rules.len()];
    let mut wanted: Vec<RuleId> = Vec::new();
    for stretch in log.stretches() {
        let mut at = 0;
        let mut generation = 0_u32;
        let mut flush = |at: usize, wanted: &mut Vec<RuleId>| {
            if wanted.is_empty() {
                return;
            }
            let index = stretch.first + at;
            if let Some(line) = log.line(index)
                && let Some(candidate) = judge(registry, index, &line, wanted, &mut shapes)
            {
                found.push(candidate);
            }
            wanted.clear();
        };
        let mut end = stretch.end_of(0);
        for hit in registry.needs.find_overlapping_iter(stretch.text) {
            if hit.start() >= end {
                flush(at, &mut wanted);
                generation += 1;
                while hit.start() >= end {
                    at += 1;
                    end = stretch.end_of(at);
                }
            }
            for id in registry.of_need.get(hit.pattern().as_usize()).into_iter().flatten() {
                if let Some(mark) = marked.get_mut(usize::from(id.0))
                    && *mark != generation
                {
                    *mark = generation;
                    wanted.push(*id);
                }
            }
        }
        flush(at, &mut wanted);
        marked.fill(u32::MAX);
    }
    found
}

/// Runs the rules whose needs a line meets.
fn judge(
    registry: &Registry,
    index: usize,
    line: &Line<'_>,
    wanted: &[RuleId],
    shapes: &mut HashMap<u64, u32>,
) -> Option<Candidate> {
    if matches!(
        line.mark,
        Mark::Echo | Mark::Chatter | Mark::Passed | Mark::GroupStart | Mark::StepStart
    ) || line.body.trim().len() < 3
    {
        return None;
    }
    let shape = shape(line.body);
    let count = shapes.entry(shape).or_insert(0);
    *count += 1;
    if *count > OF_ONE_SHAPE {
        return None;
    }
    let body = line.body.as_bytes();
    let body = body.get(..MATCH_CAP).unwrap_or(body);
    let matching = wanted.iter().copied().filter(|id| registry.pattern(*id).is_match(body));
    let mut rules: Vec<RuleId> = matching.collect();
    rules.sort_by_key(|id| std::cmp::Reverse(id.rule().weight));
    let noise = rules.iter().any(|id| id.rule().kind == Kind::Noise);
    rules.retain(|id| id.rule().kind != Kind::Noise);
    subdue(&mut rules);
    let heaviest = rules.first()?.rule().weight;
    // The line that tells a step's end is a reason only when it tells of a limit or of a cancellation.
    let end = line.mark == Mark::Failed && heaviest < OF_AN_END;
    (!end && (!noise || heaviest >= OVER_NOISE)).then_some(Candidate {
        line: index,
        rules,
        shape,
    })
}

/// A line a tool is known to print as a consequence stays one, whatever its words would mean elsewhere.
fn subdue(rules: &mut Vec<RuleId>) {
    let known = rules
        .iter()
        .copied()
        .find(|id| id.rule().kind == Kind::Symptom && id.family() != GENERAL);
    let Some(symptom) = known else { return };
    let stands = rules
        .iter()
        .any(|id| id.rule().kind != Kind::Symptom && id.family() != GENERAL && id.rule().weight >= OVER_SYMPTOM);
    if !stands || symptom.rule().weight == 0 {
        *rules = vec![symptom];
    }
}
