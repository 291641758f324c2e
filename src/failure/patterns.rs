//! Several patterns asked at once of short texts, for lists of which most texts match nothing.
//!
//! A set of large alternations takes longer to compile than a report takes otherwise. So each pattern is cut at its
//! alternatives, a literal every match of an alternative must hold is read off its text, and an alternative is compiled when
//! that literal is first seen.

use std::iter::Peekable;
use std::ops::ControlFlow;
use std::str::Chars;
use std::sync::OnceLock;

use memchr::memmem::Finder;

use super::ascii;
use super::searcher::Searcher;
use crate::log::{Folded, Needs, SHORTEST_NEED};

/// Patterns, told apart by their place in the list they came in.
#[derive(Debug)]
pub(super) struct Patterns {
    needs: Needs<u16>,
    /// Alternatives without a literal to look for.
    always: Vec<u16>,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    /// The pattern it is an alternative of.
    of: usize,
    pattern: String,
    regex: OnceLock<Searcher>,
}

impl Patterns {
    /// From patterns over bytes with ASCII classes. A leading `(?i)` holds for all alternatives of its pattern.
    pub(super) fn new(patterns: impl IntoIterator<Item = &'static str>) -> Self {
        let mut parts = Vec::new();
        for (of, pattern) in patterns.into_iter().enumerate() {
            let (flag, rest) = match pattern.strip_prefix("(?i)") {
                Some(rest) => ("(?i)", rest),
                None => ("", pattern),
            };
            parts.extend(alternatives(rest).into_iter().map(|branch| Part {
                of,
                pattern: format!("{flag}{branch}"),
                regex: OnceLock::new(),
            }));
        }
        let mut always = Vec::new();
        let mut texts = Vec::new();
        for (at, part) in (0_u16..).zip(&parts) {
            match needs(&part.pattern) {
                Some(found) => texts.extend(found.into_iter().map(|need| (need, at))),
                None => always.push(at),
            }
        }
        Self {
            needs: Needs::new(texts.iter().map(|(need, at)| (need.as_str(), *at))),
            always,
            parts,
        }
    }

    /// The alternatives a text may match, in order.
    fn candidates(&self, text: &[u8]) -> Vec<u16> {
        let mut found = self.always.clone();
        let mut folded = Folded::default();
        folded.set(text);
        let _ = self.needs.find(&folded, |_, which| {
            found.extend_from_slice(self.needs.means(which));
            ControlFlow::<()>::Continue(())
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Compiles everything, which shows a pattern that is not valid.
    #[cfg(test)]
    pub(super) fn compile_all(&self) {
        for part in &self.parts {
            part.regex.get_or_init(|| Searcher::new(&part.pattern));
        }
    }

    /// The places of the patterns a text matches, ascending.
    pub(super) fn matches(&self, text: &[u8]) -> impl Iterator<Item = usize> + '_ {
        let text = text.to_owned();
        let parts = self.candidates(&text).into_iter();
        let mut last = None;
        parts.filter_map(move |at| {
            let part = self.parts.get(usize::from(at))?;
            let regex = || part.regex.get_or_init(|| Searcher::new(&part.pattern));
            if last == Some(part.of) || !regex().is_match(&text) {
                return None;
            }
            last = Some(part.of);
            last
        })
    }
}

/// Shapes of lines that are read by their groups; each is compiled for that when a line of it is first seen.
#[derive(Debug)]
pub(super) struct Shapes {
    any: Patterns,
    each: Vec<(&'static str, OnceLock<regex::Regex>)>,
}

impl Shapes {
    /// From patterns with ASCII classes; a line is of the first shape it fits.
    pub(super) fn new(patterns: impl IntoIterator<Item = &'static str>) -> Self {
        let each: Vec<_> = patterns.into_iter().map(|pattern| (pattern, OnceLock::new())).collect();
        Self {
            any: Patterns::new(each.iter().map(|(pattern, _)| *pattern)),
            each,
        }
    }

    /// Whether a line is of any shape.
    pub(super) fn fit(&self, line: &str) -> bool {
        self.any.matches(line.as_bytes()).next().is_some()
    }

    /// The shape of a line.
    pub(super) fn of(&self, line: &str) -> Option<&regex::Regex> {
        let (pattern, regex) = self.each.get(self.any.matches(line.as_bytes()).next()?)?;
        let compile = || ascii::regex(pattern).expect("the patterns of the list are valid, a test compiles them");
        Some(regex.get_or_init(compile))
    }

    /// Compiles everything, which shows a pattern that is not valid.
    #[cfg(test)]
    pub(super) fn compile_all(&self) {
        self.any.compile_all();
        for (pattern, _) in &self.each {
            assert!(ascii::regex(pattern).is_ok(), "{pattern}");
        }
    }
}

/// Texts to look for beside the `named` ones, of which every match of an alternative should hold one: those of the
/// alternatives the list forgot.
pub(super) fn forgotten(pattern: &str, named: &[&str]) -> Vec<String> {
    let branches = alternatives(pattern);
    if branches.len() < 2 {
        return Vec::new();
    }
    let fold = |text: &str| -> String {
        let digit = |c: char| {
            if c.is_ascii_digit() {
                '0'
            } else {
                c.to_ascii_lowercase()
            }
        };
        text.chars().map(digit).collect()
    };
    let named: Vec<String> = named.iter().map(|need| fold(need)).collect();
    // A blank at the ends of a need stands for the ends of a line too.
    let holds = |text: &String| {
        let text = fold(text);
        named.iter().any(|need| text.contains(need.trim()))
    };
    let covered = |branch: &&str| {
        let found = texts(&mut branch.chars().peekable());
        found.iter().any(|texts| texts.iter().all(holds))
    };
    // What is on every other line finds nothing.
    let is_rare = |texts: &Vec<String>| {
        texts
            .iter()
            .all(|text| text.len() > SHORTEST_NEED && text.contains(|c: char| c != '0' && c != ' '))
    };
    let open = branches.into_iter().filter(|branch| !covered(branch));
    open.filter_map(needs).filter(is_rare).flatten().collect()
}

/// Texts one of which every match of a pattern holds, when they are few and long enough to be worth looking for.
pub(super) fn few_needs(pattern: &str) -> Option<Vec<String>> {
    const MOST: usize = 4;
    const LEAST_BYTES: usize = 5;
    let found = if alternatives(pattern).len() > 1 {
        needs(pattern)?
    } else {
        all_of(&mut pattern.chars().peekable())?
    };
    let is_worth = found.len() <= MOST && found.iter().all(|text| text.len() >= LEAST_BYTES);
    is_worth.then_some(found)
}

/// A pattern cut at the bars outside of groups and classes.
fn alternatives(pattern: &str) -> Vec<&str> {
    let (mut depth, mut in_class, mut escaped, mut start) = (0_usize, false, false, 0);
    let mut found = Vec::new();
    for (at, c) in pattern.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match c {
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => depth = depth.saturating_sub(1),
            '|' if !in_class && depth == 0 => {
                found.extend(pattern.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    found.extend(pattern.get(start..));
    found
}

/// Whether a text holds one of some literals, of which every match of a pattern holds one; none are known of some patterns.
pub(super) fn may_match(literals: &[Finder<'_>], text: &Folded) -> bool {
    literals.is_empty() || literals.iter().any(|literal| literal.find(text.padded()).is_some())
}

/// Texts to look for in folded ones.
pub(super) fn finders(needs: Option<Vec<String>>) -> Vec<Finder<'static>> {
    let finder = |text: String| {
        let mut folded = Folded::default();
        folded.set(text.as_bytes());
        Finder::new(folded.text()).into_owned()
    };
    needs.into_iter().flatten().map(finder).collect()
}

/// Texts one of which every match of a pattern holds, without regard to case and with any digit for a digit.
pub(super) fn needs(pattern: &str) -> Option<Vec<String>> {
    any_of(&mut pattern.chars().peekable())
}

/// As [`needs`], of alternatives up to the end of a group, which is taken.
fn any_of(rest: &mut Peekable<Chars<'_>>) -> Option<Vec<String>> {
    let mut all = Some(Vec::new());
    loop {
        let branch = all_of(rest);
        all = all.zip(branch).map(|(mut all, branch)| {
            all.extend(branch);
            all
        });
        if rest.next() != Some('|') {
            return all;
        }
    }
}

/// As [`needs`], of a sequence up to a bar or the end of a group, which are left.
fn all_of(rest: &mut Peekable<Chars<'_>>) -> Option<Vec<String>> {
    let shortest = |texts: &Vec<String>| texts.iter().map(String::len).min();
    let mut best: Option<Vec<String>> = None;
    for found in texts(rest) {
        if shortest(&found) > best.as_ref().and_then(shortest) {
            best = Some(found);
        }
    }
    best
}

/// Lists of texts; of each, one is held by every match of a sequence up to a bar or the end of a group, which are left.
fn texts(rest: &mut Peekable<Chars<'_>>) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut runs = Runs::default();
    while let Some(c) = rest.next_if(|c| !matches!(c, '|' | ')')) {
        match c {
            '\\' => match rest.next() {
                Some('b' | 'B') => {}
                Some('d') => runs.push('0'),
                Some(c) if c.is_ascii_punctuation() => runs.push(c),
                Some('x') => {
                    let digits: String = rest.by_ref().take(2).collect();
                    runs.close(&mut found);
                    if let Ok(byte) = u8::from_str_radix(&digits, 16) {
                        runs.push(char::from(byte));
                    }
                }
                Some(_) | None => runs.close(&mut found),
            },
            '[' => {
                skip_class(rest);
                runs.close(&mut found);
            }
            '(' => {
                if skip_flags(rest) {
                    runs.close(&mut found);
                    continue;
                }
                let literals = literals(rest.clone());
                let group = any_of(rest);
                let is_optional = matches!(rest.peek(), Some('?' | '*' | '{'));
                match literals {
                    Some(literals) if !is_optional && rest.peek() != Some(&'+') && runs.spread(&literals) => {}
                    Some(_) | None => {
                        runs.close(&mut found);
                        found.extend(group.filter(|_| !is_optional));
                    }
                }
            }
            '?' | '*' | '{' => {
                if c == '{' {
                    while rest.next_if(|c| *c != '}').is_some() {}
                    rest.next();
                }
                runs.pop();
                runs.close(&mut found);
            }
            '.' | '+' => runs.close(&mut found),
            '^' | '$' => {}
            _ => runs.push(c),
        }
    }
    runs.close(&mut found);
    found
}

/// The literals a group is a choice of, from behind its opening, when it is nothing else.
fn literals(rest: Peekable<Chars<'_>>) -> Option<Vec<String>> {
    let mut found = vec![String::new()];
    for c in rest {
        match c {
            ')' => return Some(found),
            '|' => found.push(String::new()),
            '\\' | '[' | '(' | '?' | '*' | '{' | '.' | '+' | '^' | '$' => return None,
            _ => found.last_mut()?.push(c),
        }
    }
    None
}

/// Runs of literal characters: one of them is in every match.
struct Runs(Vec<String>);

impl Default for Runs {
    fn default() -> Self {
        Self(vec![String::new()])
    }
}

impl Runs {
    /// Runs that are followed up at once.
    const MOST: usize = 12;

    fn push(&mut self, c: char) {
        self.0.iter_mut().for_each(|run| run.push(c));
    }

    fn pop(&mut self) {
        self.0.iter_mut().for_each(|run| {
            run.pop();
        });
    }

    /// Goes on with each of some texts; false, and nothing done, when that would be too many.
    fn spread(&mut self, texts: &[String]) -> bool {
        if self.0.len() * texts.len() > Self::MOST {
            return false;
        }
        let each = |run: &String| texts.iter().map(|text| format!("{run}{text}")).collect::<Vec<_>>();
        self.0 = self.0.iter().flat_map(each).collect();
        true
    }

    /// Ends the runs.
    fn close(&mut self, found: &mut Vec<Vec<String>>) {
        let runs = std::mem::take(self).0;
        if runs.iter().all(|run| run.len() >= SHORTEST_NEED) {
            found.push(runs);
        }
    }
}

/// Skips a class behind its opening bracket.
fn skip_class(rest: &mut Peekable<Chars<'_>>) {
    rest.next_if_eq(&'^');
    rest.next_if_eq(&']');
    while let Some(c) = rest.next() {
        match c {
            '\\' => {
                rest.next();
            }
            ']' => return,
            _ => {}
        }
    }
}

/// Skips `?:`, `?i:`, `?P<name>` behind an opening bracket; true for `?i)`, which is no group.
fn skip_flags(rest: &mut Peekable<Chars<'_>>) -> bool {
    if rest.next_if_eq(&'?').is_none() {
        return false;
    }
    rest.find(|c| matches!(c, ':' | '>' | ')')) == Some(')')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, expect: Option<&[&str]>) {
        let expect = expect.map(|texts| texts.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(needs(pattern), expect, "{pattern}");
    }

    #[test]
    fn every_match_holds_one_of_the_texts_read_off_its_pattern() {
        check(r"out ?of ?memory", Some(&["memory"]));
        check(r"\btimed?[ -]?out\b", Some(&["time"]));
        check(r"(?:network|host) (?:is )?unreachable", Some(&["unreachable"]));
        check(r"\bECONN(?:REFUSED|RESET)\b", Some(&["ECONNREFUSED", "ECONNRESET"]));
        check(r"^\[(?:error|warn)\] \S", Some(&["[error] ", "[warn] "]));
        check(r"(?:a|bc)+def", Some(&["def"]));
        check(r"the (?:x|y)?end", Some(&["the "]));
        check(r"(?i:uncaught|unhandled)", Some(&["uncaught", "unhandled"]));
        check(r"error TS\d+", Some(&["error TS0"]));
        check(r"\b[EFWC]\d{3} ", None);
        check(r"a|bcd", None);
        check(r"^(?P<path>\S+)\.go:\d+", Some(&[".go:0"]));
        check(r"colou?r{2}s?", Some(&["colo"]));
        check(r"\x22quoted\x22", Some(&["\"quoted"]));
        check(r"[)\]|(]tail+x?", Some(&["tail"]));
        check(r"(?i)^ab(?:c)*d", None);
    }

    #[test]
    fn patterns_are_cut_at_their_outer_bars_only() {
        assert_eq!(alternatives(r"a(?:b|c)|[|)]d|\|e"), [r"a(?:b|c)", r"[|)]d", r"\|e"]);
    }

    #[test]
    fn matches_are_those_of_the_whole_patterns() {
        let list = [
            r"(?i)cannot open|no such (?:file|folder)",
            r"\d+ of \d+",
            r"open(?:ed)? door|FILE",
        ];
        let patterns = Patterns::new(list);
        for text in [
            "Cannot OPEN",
            "3 of 4",
            "no such folder",
            "open door",
            "no such FILE",
            "nothing",
            "",
        ] {
            let expect: Vec<usize> = (0..list.len())
                .filter(|at| {
                    list.get(*at)
                        .is_some_and(|pattern| Searcher::new(pattern).is_match(text.as_bytes()))
                })
                .collect();
            assert_eq!(patterns.matches(text.as_bytes()).collect::<Vec<_>>(), expect, "{text}");
        }
    }
}
