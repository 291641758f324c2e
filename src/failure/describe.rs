//! One failure as a value: what its lines say put in fields.

use std::borrow::Cow;

use super::category::{self, Witness};
use super::excerpt::{self, Excerpt};
use super::focus::Region;
use super::frames;
use super::identity::{Evidence, code_in, identify, test_in};
use super::model::{Category, ExcerptLine, Failure};
use super::options::Options;
use super::place;
use super::rank::Scored;
use super::rule::Kind;
use super::title;
use crate::log::Log;

/// Decisive lines named, at most.
const MAX_DECISIVE: usize = 8;
/// Candidates no more than this many lines apart belong to one failure.
const GAP: usize = 6;
/// Characters of a name or a message that is read off a line.
const LONGEST_NAME: usize = 300;
/// How far above a message the name of its test is looked for.
const TEST_ABOVE: usize = 150;
/// How far below, when none stands above.
const TEST_BELOW: usize = 40;
/// Test names of one failure, at most.
const MAX_TESTS: usize = 10;

/// What an analysis of a log works on.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub log: &'a Log,
    pub options: &'a Options,
    pub scored: &'a [Scored],
}

/// A decisive line, cleaned and redacted.
struct Word<'a> {
    number: u64,
    text: Cow<'a, str>,
    entry: Option<&'a Scored>,
}

impl<'a> Scene<'a> {
    fn word(&self, index: usize, entry: Option<&'a Scored>) -> Option<Word<'a>> {
        let line = self.log.line(index)?;
        Some(Word {
            number: line.number,
            text: self.options.redactor.line(line.body),
            entry,
        })
    }

    /// What a group of a rule that matched this entry captured.
    fn capture(&self, entry: &Scored, names: &[&str]) -> Option<String> {
        let line = self.log.line(entry.candidate.line)?;
        entry.candidate.rules.iter().find_map(|id| {
            let found = id.pattern().captures(line.body.as_bytes())?;
            let group = names.iter().find_map(|name| found.name(name))?;
            let text = String::from_utf8_lossy(group.as_bytes());
            let text = text.trim();
            (!text.is_empty()).then(|| self.options.redactor.line(text).chars().take(LONGEST_NAME).collect())
        })
    }

    /// Describes the failure whose best candidate is `best`, shown by `excerpt`.
    pub(super) fn describe(&self, best: Option<usize>, region: Option<&Region>, excerpt: &Excerpt) -> Failure {
        let shown = |index| {
            let line = self.log.line(index)?;
            let text = self.options.redactor.line(line.text).into_owned();
            Some(ExcerptLine {
                line: line.number,
                text,
            })
        };
        let speaks = best.filter(|_| excerpt.last_words.is_none());
        let cluster = speaks.map_or_else(Vec::new, |best| self.cluster(best));
        let words = self.words(&cluster, excerpt);
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_ref()).collect();
        let entries: Vec<&Scored> = cluster.iter().filter_map(|at| self.scored.get(*at)).collect();
        let tests = self.tests(best.filter(|_| speaks.is_some()), &entries);
        let code = entries.iter().take(3).find_map(|entry| self.capture(entry, &["code"]));
        let code = code.or_else(|| texts.iter().take(3).find_map(|text| code_in(text)));
        let tool = entries
            .iter()
            .find_map(|entry| entry.candidate.rules.iter().find_map(|id| id.rule().tool));
        // Identity ranks lines by itself and wants them in the order of the log, with what stands between them.
        let near: Vec<String> = self.neighbourhood(&cluster, excerpt);
        let near: Vec<&str> = near.iter().map(String::as_str).chain(texts.iter().copied()).collect();
        let matcher = entries
            .iter()
            .find_map(|entry| entry.matcher)
            .and_then(|at| self.options.matchers.get(at));
        let category = matcher.and_then(|matcher| matcher.category).unwrap_or_else(|| {
            let step = region.map(|region| region.name.as_str());
            let mut decided = category::decide(&self.witnesses(&words));
            if decided == Category::Unknown && near.iter().skip(1).any(|text| frames::is_frame(text)) {
                decided = Category::RuntimeError;
            }
            let tool = if near.iter().any(|text| text.contains("clippy::")) {
                Some("clippy")
            } else {
                tool
            };
            let decided = category::of_linter(decided, tool, step, code.as_deref());
            if decided == Category::Unknown && speaks.is_some() {
                step.map_or(Category::Unknown, category::of_step)
            } else {
                decided
            }
        });
        let evidence = Evidence {
            tool,
            code: code.as_deref(),
            tests: &tests,
            decisive: &near,
            head: texts.first().copied(),
        };
        let (fingerprint, signature) = identify(&evidence);
        let title = matcher.and_then(|matcher| matcher.title.clone());
        let message = entries.first().and_then(|entry| self.message(entry));
        Failure {
            fingerprint,
            category,
            class: category::class(category, &texts),
            title: title.unwrap_or_else(|| title::of(&tests, message.as_deref(), &texts)),
            tool: tool.map(str::to_owned),
            step: region.map(|region| region.name.clone()).filter(|name| !name.is_empty()),
            tests,
            locations: place::of(&near),
            exit_code: region.and_then(|region| region.exit_code),
            excerpt: excerpt.lines().filter_map(shown).collect(),
            decisive_lines: words.iter().map(|word| word.number).collect(),
            confidence: confidence(entries.first().copied(), region),
            signature,
        }
    }

    /// The candidates that tell of the same failure as `best`: itself, and its neighbours in its step up to the next
    /// test's name.
    pub(super) fn cluster(&self, best: usize) -> Vec<usize> {
        let line = |at: usize| self.scored.get(at).map(|entry| entry.candidate.line);
        let is_test = |at: usize| {
            self.scored
                .get(at)
                .is_some_and(|entry| entry.candidate.best().kind == Kind::Test)
        };
        let region = |at: usize| self.scored.get(at).and_then(|entry| entry.region);
        let elsewhere = |at: usize| region(at).is_some() && region(at) != region(best);
        let mut cluster = vec![best];
        let mut edge = line(best).unwrap_or(0);
        for at in best + 1..self.scored.len().min(best + 40) {
            let here = line(at).unwrap_or(usize::MAX);
            if here > edge + GAP || is_test(at) || elsewhere(at) {
                break;
            }
            edge = here;
            cluster.push(at);
        }
        edge = line(best).unwrap_or(0);
        if !is_test(best) {
            for at in (best.saturating_sub(40)..best).rev() {
                let here = line(at).unwrap_or(0);
                if here + GAP < edge || elsewhere(at) {
                    break;
                }
                edge = here;
                cluster.push(at);
                if is_test(at) {
                    break;
                }
            }
        }
        let score = |at: &usize| self.scored.get(*at).map_or(f64::MIN, |entry| entry.score);
        cluster.sort_by(|a, b| {
            (*b == best)
                .cmp(&(*a == best))
                .then(score(b).total_cmp(&score(a)))
                .then(a.cmp(b))
        });
        cluster
    }

    /// The decisive lines: those of the cluster that are shown, or the last words of the step.
    fn words(&self, cluster: &[usize], excerpt: &Excerpt) -> Vec<Word<'a>> {
        if let Some(last) = excerpt.last_words {
            let lines = excerpt
                .blocks
                .first()
                .into_iter()
                .flatten()
                .copied()
                .filter(|index| *index < last);
            return [last]
                .into_iter()
                .chain(lines.rev())
                .take(4)
                .filter_map(|index| self.word(index, None))
                .collect();
        }
        let entries = cluster.iter().filter_map(|at| self.scored.get(*at));
        let seen = entries
            .filter(|entry| excerpt.contains(entry.candidate.line))
            .take(MAX_DECISIVE);
        seen.filter_map(|entry| self.word(entry.candidate.line, Some(entry)))
            .collect()
    }

    /// The failing test a line names.
    pub(super) fn test_of(&self, entry: &Scored) -> Option<String> {
        let named = matches!(entry.candidate.best().kind, Kind::Test | Kind::Summary);
        // A thread that panics bears its test's path; `main` is no test.
        let is_path = |test: &String| named || test.contains("::");
        let captured = self.capture(entry, &["test", "name"]).filter(is_path);
        let found = captured.or_else(|| self.log.line(entry.candidate.line).and_then(|line| test_in(line.body)))?;
        Some(match self.parts_below(entry.candidate.line) {
            Some(parts) => format!("{found} {parts}").chars().take(LONGEST_NAME).collect(),
            None => found,
        })
    }

    /// What stands below the number and the suite of a test: `1) invoice`, `totals`, `rounds the tax:`, each further in.
    fn parts_below(&self, index: usize) -> Option<String> {
        const DEEPEST: usize = 6;
        let body = |index: usize| self.log.line(index).map_or("", |line| line.body);
        let depth = |text: &str| text.len() - text.trim_start().len();
        let (number, _) = body(index).trim_start().split_once(") ")?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let is_open = is_number && !body(index).trim_end().ends_with(':');
        let mut parts: Vec<String> = Vec::new();
        for at in (index + 1..=index + DEEPEST).take_while(|_| is_open) {
            let text = body(at);
            // RSpec's own words below a name that is whole.
            let is_message = ["Failure/Error:", "Got "]
                .iter()
                .any(|start| text.trim_start().starts_with(start));
            if depth(text) <= depth(body(at - 1)) || text.trim().is_empty() || is_message {
                return None;
            }
            let is_last = text.trim_end().ends_with(':');
            parts.push(
                self.options
                    .redactor
                    .line(text.trim().trim_end_matches(':'))
                    .into_owned(),
            );
            if is_last {
                return Some(parts.join(" "));
            }
            if text.contains(": ") {
                return None;
            }
        }
        None
    }

    /// The failing tests the cluster names; else the one whose name stands above.
    fn tests(&self, best: Option<usize>, entries: &[&Scored]) -> Vec<String> {
        let name = |entry: &Scored| self.test_of(entry);
        let mut tests: Vec<String> = Vec::new();
        let mut add = |test: String| {
            let test = test.trim().to_owned();
            if tests.len() < MAX_TESTS && !tests.contains(&test) && !test.is_empty() {
                tests.push(test);
            }
        };
        entries.iter().filter_map(|entry| name(entry)).for_each(&mut add);
        if let Some(best) = best
            && entries.iter().all(|entry| name(entry).is_none())
        {
            let line = self.scored.get(best).map_or(0, |entry| entry.candidate.line);
            let region = self.scored.get(best).and_then(|entry| entry.region);
            let above = self.scored.get(..best).unwrap_or_default().iter().rev();
            let near = above.take_while(|entry| entry.candidate.line + TEST_ABOVE > line && entry.region == region);
            let mut headers = near.filter(|entry| entry.candidate.best().kind == Kind::Test);
            let found = headers.find_map(name).or_else(|| {
                // Some frameworks tell the name when the test is over, or in a summary.
                let below = self.scored.get(best + 1..).unwrap_or_default().iter();
                let near = below.take_while(|entry| entry.candidate.line < line + TEST_BELOW && entry.region == region);
                let names = near.filter(|entry| matches!(entry.candidate.best().kind, Kind::Test | Kind::Summary));
                first_part(names.filter_map(name))
            });
            found.into_iter().for_each(add);
        }
        tests
    }

    fn witnesses<'w>(&self, words: &'w [Word<'_>]) -> Vec<Witness<'w>> {
        let witness = |word: &'w Word<'_>| {
            let kind = word.entry.map_or(Kind::Cause, |entry| entry.candidate.best().kind);
            let rules = word.entry.map_or(&[][..], |entry| entry.candidate.rules.as_slice());
            // A summary is read from where its message begins: before it stands the name of a test.
            let message = word
                .entry
                .filter(|_| kind == Kind::Summary)
                .and_then(|entry| self.message(entry));
            let from = message.and_then(|message| word.text.find(message.as_str()));
            Witness {
                text: from.and_then(|from| word.text.get(from..)).unwrap_or(&word.text),
                kind: if kind == Kind::Summary && from.is_none() {
                    Kind::Test
                } else {
                    kind
                },
                category: rules.iter().find_map(|id| id.rule().category),
            }
        };
        words.iter().map(witness).collect()
    }

    /// The message of a line, without the tool's decoration.
    pub(super) fn message(&self, entry: &Scored) -> Option<String> {
        self.capture(entry, &["message"])
    }

    /// Shown lines around the cluster, where places in the sources stand.
    fn neighbourhood(&self, cluster: &[usize], excerpt: &Excerpt) -> Vec<String> {
        let lines = cluster
            .iter()
            .filter_map(|at| self.scored.get(*at))
            .map(|entry| entry.candidate.line);
        let (Some(first), Some(last)) = (lines.clone().min(), lines.max()) else {
            return Vec::new();
        };
        let range = first.saturating_sub(3)..=last + 12;
        let mut near: Vec<usize> = excerpt.lines().filter(|index| range.contains(index)).collect();
        near.sort_unstable();
        let redactor = &self.options.redactor;
        near.into_iter()
            .filter_map(|index| self.log.line(index))
            .map(|line| redactor.line(line.body).into_owned())
            .collect()
    }
}

/// The first of some names; of a test that is followed by its parts (`A`, `A/b`), the first part.
fn first_part(mut names: impl Iterator<Item = String>) -> Option<String> {
    let mut whole = names.next()?;
    for name in names {
        match name.strip_prefix(whole.as_str()) {
            Some(rest) if rest.starts_with(['/', ':', '.', '#', ' ']) => whole = name,
            Some(_) | None => break,
        }
    }
    Some(whole)
}

/// How sure we are: the best candidate's score on a scale of its own, less when nobody said which step failed.
fn confidence(best: Option<&Scored>, region: Option<&Region>) -> f64 {
    let known = if region.is_some_and(|region| region.is_known) {
        1.0
    } else {
        0.9
    };
    let score = best.map_or(0.0, |entry| entry.score);
    let share = if score < excerpt::WEAK {
        0.05 + score.max(0.0) * 0.03
    } else {
        0.45 + (score - excerpt::WEAK) * 0.07
    };
    ((share * known).clamp(0.05, 0.99) * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use crate::failure::{Options, analyze};
    use crate::log::Log;

    #[test]
    fn a_test_is_named_with_the_suites_it_is_in() {
        let named = |log: &str| {
            let analysis = analyze(&Log::from_bytes(log.as_bytes()), &Options::default());
            analysis
                .failures
                .first()
                .and_then(|failure| failure.tests.first().cloned())
        };
        let mocha = "  1 failing\n\n  1) invoice\n       totals\n         rounds the tax:\n\n      AssertionError: expected 1 to equal 2\n";
        assert_eq!(named(mocha).as_deref(), Some("1) invoice totals rounds the tax"));
        let rspec = "Failures:\n\n  1) Invoice totals rounds the tax\n     Failure/Error:\n       expect(invoice.total)\n         .to eq(12)\n\n       expected: 12\n            got: 13\n";
        assert_eq!(named(rspec).as_deref(), Some("1) Invoice totals rounds the tax"));
        let long = format!(
            "  1) suite\n    {}\n      b:\n\n   AssertionError: x\n",
            "a".repeat(4000)
        );
        assert_eq!(named(&long).map(|name| name.chars().count()), Some(300));
    }
}
