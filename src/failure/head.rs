//! Which line of a failure is marked as the one that says why: a message before the name of the test it belongs to, and
//! before a headline, a summary or a consequence that only announces it.

use super::analyze::Told;
use super::describe::Scene;
use super::frames;
use super::identity::test_id;
use super::mask::mask_line;
use super::model::{Category, Failure};
use super::rank::Scored;
use super::rule::Kind;

/// What a message may lack of the score of the line that announces it.
const MARGIN: f64 = 5.0;
/// The least score of a message that is put before what announces it.
const HEARD: f64 = 6.0;
/// Messages of one rule that differ by no more than this in score are alike.
const ALIKE: f64 = 0.75;
/// Lines before a summary in which the failure itself is told.
const REACH: usize = 4000;
/// Lines below a headline in which its message stands.
const HEADLINE: usize = 4;
/// Characters from which on two equal texts are one message.
const SAME: usize = 10;
/// The least score of a line that is looked for far away.
const TELLING: f64 = 8.0;

/// Lines of one part of a stack trace, at most.
const TRACE: usize = 200;
/// Failing tests that are looked at for a message of their own.
const OTHERS: usize = 40;
/// Exceptions that only carry another one.
const WRAPPERS: &[&str] = &[
    "InvocationTargetException",
    "ExecutionException",
    "CompletionException",
    "UndeclaredThrowableException",
    "ExceptionInInitializerError",
    "BeanCreationException",
    "UnsatisfiedDependencyException",
    "Failed to load ApplicationContext",
    "java.lang.RuntimeException: java.",
    "java.lang.RuntimeException: org.",
    "java.lang.RuntimeException: com.",
];

/// What Python prints between two exceptions of a chain.
const CHAINS: &[&str] = &[
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
];

/// How much of the reason a line tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Voice {
    /// It follows from the reason.
    Echo,
    /// It names what failed, not why.
    Name,
    /// It announces the reason: a kind of error, a line that ends in a colon.
    Headline,
    /// It says why.
    Message,
}

impl Scene<'_> {
    /// Puts the line that says why before the best candidate, when that one only announces it.
    pub(super) fn put_head_first(&self, ranking: &mut Vec<usize>) {
        let Some(best) = ranking.first().copied() else {
            return;
        };
        let head = self.head(best).unwrap_or(best);
        let head = self.root(head).or_else(|| self.chained(head)).unwrap_or(head);
        ranking.retain(|at| *at != head);
        ranking.insert(0, head);
    }

    /// Of Python's exceptions that were raised while another one was handled: the last, which is the one that ended the test.
    fn chained(&self, best: usize) -> Option<usize> {
        let text = |at: usize| self.log.line(at).map_or("", |line| line.body);
        let entry = self.scored.get(best)?;
        let rule = entry.candidate.rules.first()?;
        let mut edge = entry.candidate.line;
        let mut last = None;
        for (at, other) in self.scored.iter().enumerate().skip(best + 1).take(TRACE) {
            let line = other.candidate.line;
            if line > edge + TRACE || matches!(other.candidate.best().kind, Kind::Test | Kind::Summary) {
                break;
            }
            let is_next = other.candidate.rules.first() == Some(rule)
                && (edge + 1..line).any(|at| CHAINS.contains(&text(at).trim()));
            if is_next {
                (edge, last) = (line, Some(at));
            }
        }
        last
    }

    /// The line that says why `best` happened, unless that is itself.
    fn head(&self, best: usize) -> Option<usize> {
        let entry = self.scored.get(best)?;
        if let Some(root) = self.root(best) {
            return Some(root);
        }
        let own = self.voice(entry);
        let kind = entry.candidate.best().kind;
        if entry.matcher.is_some() {
            return None;
        }
        if own == Voice::Message {
            // A summary repeats what was said when it happened.
            let sums_up = entry.candidate.rules.iter().any(|id| id.rule().kind == Kind::Summary);
            return if sums_up { self.repeated(best) } else { None };
        }
        let louder = |at: &usize| {
            let other = self.scored.get(*at);
            other.is_some_and(|other| {
                other.score + MARGIN >= entry.score && other.score >= HEARD && self.voice(other) == Voice::Message
            })
        };
        let near = self.cluster(best);
        let line = |at: &usize| self.scored.get(*at).map_or(0, |other| other.candidate.line);
        let reach = if kind == Kind::Cause { HEADLINE } else { usize::MAX };
        let below = near
            .iter()
            .copied()
            .filter(|at| *at > best && line(at) - entry.candidate.line <= reach)
            .chain(self.below_names(best));
        let above = near.iter().copied().filter(|at| *at < best && kind != Kind::Cause);
        let loudest = |found: &mut dyn Iterator<Item = usize>| {
            let mut heard: Vec<usize> = found.filter(louder).collect();
            heard.sort_by(|a, b| self.score(*b).total_cmp(&self.score(*a)).then(a.cmp(b)));
            // Of several that say the same kind of thing the first is the one the others go with.
            let rule = |at: usize| {
                self.scored
                    .get(at)
                    .and_then(|entry| entry.candidate.rules.first().copied())
            };
            let loudest = *heard.first()?;
            let alike = |at: &usize| rule(*at) == rule(loudest) && self.score(*at) + ALIKE >= self.score(loudest);
            heard.into_iter().filter(alike).min()
        };
        let (first, second): (&mut dyn Iterator<Item = usize>, &mut dyn Iterator<Item = usize>) =
            (&mut below.into_iter(), &mut above.into_iter());
        let found = loudest(first).or_else(|| loudest(second));
        if found.is_some() || kind == Kind::Cause {
            return found;
        }
        loudest(&mut self.before_name(best).into_iter()).or_else(|| self.told_before(best))
    }

    /// Below an exception that only wraps another one: the last `Caused by:` of its stack trace.
    fn root(&self, best: usize) -> Option<usize> {
        let text = |at: usize| {
            let line = self.scored.get(at)?.candidate.line;
            self.log.line(line).map(|line| line.body)
        };
        WRAPPERS
            .iter()
            .any(|wrapper| text(best).is_some_and(|text| text.contains(wrapper)))
            .then_some(())?;
        let mut root = None;
        let mut edge = self.scored.get(best)?.candidate.line;
        for at in best + 1..self.scored.len().min(best + 40) {
            let line = self.scored.get(at)?.candidate.line;
            let in_trace = |index: usize| {
                let body = self.log.line(index).map_or("", |line| line.body);
                frames::is_frame(body) || body.trim_start().starts_with("... ") || body.trim().is_empty()
            };
            if line > edge + TRACE || !(edge + 1..line).all(in_trace) {
                break;
            }
            edge = line;
            let body = text(at)?.trim_start();
            if body.starts_with("Caused by: ") && body.contains(": ") {
                root = Some(at);
            } else if !in_trace(line) {
                break;
            }
        }
        root
    }

    /// The message of a failing test that no failure names yet, unless it is trouble that was told of another test.
    pub(super) fn other_test(&self, failures: &[Failure], told: &[Told]) -> Option<usize> {
        let text = |at: usize| {
            let line = self.scored.get(at)?.candidate.line;
            self.log.line(line).map(|line| line.body)
        };
        let names: Vec<String> = failures
            .iter()
            .flat_map(|failure| &failure.tests)
            .map(|test| last_part(test))
            .collect();
        let known = |name: &str| {
            names
                .iter()
                .any(|known| known.contains(name) || name.contains(known.as_str()))
        };
        // Tests that meet the same trouble tell of it in the same words; what they assert is each one's own.
        let troubles = failures
            .iter()
            .filter(|failure| failure.category != Category::AssertionFailure);
        let titles: Vec<String> = troubles.filter_map(decisive).map(mask_line).collect();
        let tests = self.scored.iter().enumerate().filter(|(_, entry)| {
            entry.candidate.best().kind == Kind::Test && told.iter().any(|told| told.region == entry.region)
        });
        tests
            .filter(|(_, entry)| self.test_of(entry).is_some_and(|name| !known(&last_part(&name))))
            .take(OTHERS)
            .filter_map(|(at, _)| self.head(at))
            .find(|head| text(*head).is_some_and(|text| !titles.contains(&mask_line(text))))
    }

    fn score(&self, at: usize) -> f64 {
        self.scored.get(at).map_or(f64::MIN, |entry| entry.score)
    }

    /// The name of a test may be followed by those of its parts before the message comes.
    fn below_names(&self, best: usize) -> Vec<usize> {
        let rest = self.scored.get(best..).unwrap_or_default();
        let names = rest.windows(2).take(3).take_while(|pair| {
            pair.iter().all(|entry| entry.candidate.best().kind == Kind::Test)
                && matches!(pair, [one, other] if other.candidate.line <= one.candidate.line + 2)
        });
        match names.count() {
            0 => Vec::new(),
            count => self.cluster(best + count),
        }
    }

    /// Some frameworks tell the name of a test when it is over, right behind its messages.
    fn before_name(&self, best: usize) -> Vec<usize> {
        let mut edge = self.scored.get(best).map_or(0, |entry| entry.candidate.line);
        let above = self.scored.get(..best).unwrap_or_default().iter().enumerate().rev();
        let mut found = Vec::new();
        for (at, entry) in above.take(20) {
            let is_name = matches!(entry.candidate.best().kind, Kind::Test | Kind::Summary);
            if entry.candidate.line + 8 < edge || is_name {
                break;
            }
            edge = entry.candidate.line;
            found.push(at);
        }
        found
    }

    /// What a summary sums up: the most telling message before it in its step.
    fn told_before(&self, best: usize) -> Option<usize> {
        let summary = self.scored.get(best)?;
        let above = self.scored.get(..best)?.iter().enumerate().rev();
        let reach = above.take_while(|(_, entry)| entry.candidate.line + REACH > summary.candidate.line);
        let tool = |entry: &Scored| entry.candidate.rules.iter().find_map(|id| id.rule().tool);
        let start = self.start_of_message(summary);
        let begins = |entry: &Scored| {
            let text = self.log.line(entry.candidate.line).map_or("", |line| line.body);
            start.len() > 1 && text.contains(start.as_str())
        };
        let value = |entry: &Scored| entry.score + if begins(entry) { 2.0 * MARGIN } else { 0.0 };
        reach
            .filter(|(_, entry)| {
                let kin = tool(entry).is_some() && tool(entry) == tool(summary);
                let is_same = begins(entry) && start.len() >= SAME && self.voice(entry) >= Voice::Headline;
                let tells = entry.score >= TELLING && self.voice(entry) == Voice::Message;
                entry.region == summary.region && (is_same || tells && (kin || begins(entry)))
            })
            .max_by(|(_, a), (_, b)| value(a).total_cmp(&value(b)))
            .map(|(at, _)| self.first_of_block(at))
    }

    /// How the message of a summary begins; a shortened one still says how the whole one does.
    fn start_of_message(&self, summary: &Scored) -> String {
        let message = self.message(summary).unwrap_or_default();
        let text = message.lines().next().unwrap_or_default();
        // Surefire shortens the exception's type too.
        let text = text
            .strip_prefix("» ")
            .and_then(|rest| rest.split_once(' '))
            .map_or(text, |(_, rest)| rest);
        text.trim_end_matches(['.', '…']).trim_end().to_owned()
    }

    /// Where the message of a summary was first told.
    fn repeated(&self, best: usize) -> Option<usize> {
        let summary = self.scored.get(best)?;
        let start = self.start_of_message(summary);
        if start.len() < SAME {
            return None;
        }
        let tells = |entry: &Scored| {
            let text = self.log.line(entry.candidate.line).map_or("", |line| line.body);
            entry.region == summary.region
                && entry.candidate.best().kind == Kind::Cause
                && text.contains(start.as_str())
        };
        let above = self.scored.get(..best)?.iter().enumerate().rev();
        let mut reach = above.take_while(|(_, entry)| entry.candidate.line + REACH > summary.candidate.line);
        reach.find(|(_, entry)| tells(entry)).map(|(at, _)| at)
    }

    /// A message of several lines is marked at its first.
    fn first_of_block(&self, mut at: usize) -> usize {
        while let Some((above, entry)) = at
            .checked_sub(1)
            .and_then(|above| Some((above, self.scored.get(above)?)))
            && let Some(here) = self.scored.get(at)
            && entry.candidate.line + 1 == here.candidate.line
            && entry.score + 2.0 >= here.score
            && self.voice(entry) == Voice::Message
        {
            at = above;
        }
        at
    }

    fn voice(&self, entry: &Scored) -> Voice {
        let text = self.log.line(entry.candidate.line).map_or("", |line| line.body);
        match entry.candidate.best().kind {
            // What no rule knows is a candidate for a reason of its own: it follows a headline, or it is new.
            Kind::Noise if !text.is_empty() => Voice::Message,
            Kind::Symptom | Kind::Noise => Voice::Echo,
            // A shortened message, or the name of an exception alone, is told in full elsewhere.
            Kind::Summary
                if self
                    .message(entry)
                    .is_some_and(|message| !message.ends_with("...") && message.trim().contains(' ')) =>
            {
                Voice::Message
            }
            Kind::Test | Kind::Summary => Voice::Name,
            Kind::Cause if frames::is_frame(text) => Voice::Echo,
            Kind::Cause if announces(entry, text) => Voice::Headline,
            Kind::Cause => Voice::Message,
        }
    }
}

/// The last part of a test's name, without its class, file or number.
fn last_part(name: &str) -> String {
    let id = test_id(name);
    let part = id
        .rsplit(['.', '/', '>', '\u{203a}'])
        .map(str::trim)
        .find(|part| part.len() > 2);
    part.unwrap_or(id.as_str()).to_owned()
}

/// The text of the line a failure is marked by.
fn decisive(failure: &Failure) -> Option<&str> {
    let first = failure.decisive_lines.first()?;
    let line = failure.excerpt.iter().find(|line| line.line == *first)?;
    Some(line.text.as_str())
}

/// Whether a candidate only announces what the next lines say. A line that a tool is known to print with a colon at its
/// end is worth reading itself.
pub(super) fn announces(entry: &Scored, text: &str) -> bool {
    let known = entry.candidate.rules.first().is_some_and(|id| id.rule().tool.is_some());
    let placed = text.trim_end().ends_with("):");
    let empty = placed || text.contains(" panicked at ") || is_bare_error(text.trim_end().trim_end_matches(':'));
    is_headline(text) && (!known || empty || !text.trim_end().ends_with(':'))
}

/// Whether a line only announces what the next ones say: an error's name alone, a sentence that ends in a colon.
pub(super) fn is_headline(text: &str) -> bool {
    let text = text.trim_end();
    let tells_more = text.ends_with(':') && text.contains(". ");
    let ends = [":", "...", "|-", " ERROR", " FAILED", "(most recent call last)"]
        .iter()
        .any(|end| text.ends_with(end));
    ends && !tells_more || text.contains("> Could not resolve all ") || is_bare_error(text)
}

/// Whether a line is the name of an error and no more, with a place in the sources before it at most.
fn is_bare_error(text: &str) -> bool {
    let (before, word) = text.rsplit_once([' ', '\t']).unwrap_or(("", text));
    let before = before.trim();
    // `E`, or the place in the sources.
    let bare = before.len() < 2 || (before.ends_with(':') && !before.contains(' '));
    bare && ["Error", "Exception", "Failed"].iter().any(|end| word.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::{Options, analyze};
    use crate::log::Log;

    fn check(log: &str, expect: &str) {
        let analysis = analyze(&Log::from_bytes(log.as_bytes()), &Options::default());
        let first = analysis.failures.first().expect("a failure");
        let head = first.decisive_lines.first();
        let marked = first.excerpt.iter().find(|line| Some(&line.line) == head);
        assert_eq!(marked.map(|line| line.text.as_str()), Some(expect), "{first:#?}");
    }

    #[test]
    fn a_message_is_marked_before_the_name_of_its_test() {
        check(
            "--- FAIL: TestA (0.00s)\n    --- FAIL: TestA/b (0.00s)\n        a_test.go:3: got 1, want 2\nFAIL\n",
            "        a_test.go:3: got 1, want 2",
        );
        check(
            "[ RUN      ] A.B\na_test.cc:12: Failure\nExpected: 1\n[  FAILED  ] A.B (0 ms)\n\n 1 FAILED TEST\n",
            "a_test.cc:12: Failure",
        );
    }

    #[test]
    fn a_shortened_summary_gives_way_to_the_whole_message() {
        check(
            "E       KeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\nE       ValueError: width must be positive\n\na.py:3: ValueError\n== short test summary info ==\nFAILED a.py::test_b - Va...\n== 1 failed in 0.1s ==\n",
            "E       ValueError: width must be positive",
        );
    }

    #[test]
    fn headlines_are_told_from_messages() {
        for line in [
            "AssertionError:",
            "E   AssertionError",
            "a/b.py:31: KeyError",
            "The following are wrong:",
        ] {
            assert!(is_headline(line), "{line}");
        }
        for line in ["ValueError: bad", "expected an Error", "it failed: badly"] {
            assert!(!is_headline(line), "{line}");
        }
    }
}
