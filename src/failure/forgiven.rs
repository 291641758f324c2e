//! Failures that a test tool says it expected: pending examples of RSpec, TODO tests of TAP. They look like any other, down
//! to the values, and fail nothing.

use std::ops::Range;

use crate::log::Log;

/// What RSpec prints over its pending examples.
const PENDING: &str = "(Failures listed here are expected";
/// What TAP puts behind the name of a test that need not pass.
const TODO: &str = "# TODO";
/// How `Test::More`'s diagnosis of such a test begins.
const TODO_TEST: &str = "Failed (TODO) test";
/// Lines of pending examples, at most.
const REPORT: usize = 4000;
/// Lines of one diagnosis, at most.
const DIAGNOSIS: usize = 60;

/// What shows that there may be some: texts to look for in a log.
pub(super) const HINTS: &[&str] = &[PENDING, TODO, TODO_TEST];

/// The lines of expected failures, in log order. `hints` are the lines that hold one of [`HINTS`], ascending.
pub(super) fn forgiven(log: &Log, hints: &[usize]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for index in hints {
        let known = found.last().is_some_and(|range| range.contains(index));
        if !known && let Some(range) = opened_at(log, *index) {
            found.push(range);
        }
    }
    found
}

/// The expected failure whose first line is `index`, when one is.
fn opened_at(log: &Log, index: usize) -> Option<Range<usize>> {
    let text = log.line(index)?.body.trim();
    let end = if text.contains(PENDING) {
        let over = |line: &str| line.starts_with("Failures:") || line.starts_with("Finished in ");
        let end = (index + 1..index + REPORT).find(|at| log.line(*at).is_none_or(|line| over(line.body.trim())));
        end.or(Some(index + REPORT))
    } else if let Some(rest) = text.strip_prefix("not ok ") {
        let (name, _) = rest.split_once(TODO)?;
        let name = name.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ' || c == '-');
        let next = log.line(index + 1).map_or("", |line| line.body.trim());
        let is_diagnosis =
            next.starts_with('#') && (next.contains(&format!("'{}'", name.trim())) || next.contains("(TODO)"));
        Some(if is_diagnosis {
            end_of_diagnosis(log, index + 2)
        } else {
            index + 1
        })
    } else if text.starts_with('#') && text.contains(TODO_TEST) {
        Some(end_of_diagnosis(log, index + 1))
    } else {
        None
    };
    end.map(|end| index..end)
}

/// The first line from `from` on that is no comment, or begins the diagnosis of another test.
fn end_of_diagnosis(log: &Log, from: usize) -> usize {
    let goes_on = |line: &str| {
        let line = line.trim();
        let other = ["Failed test", "Failed (TODO) test", "Looks like you", "You failed "];
        let said = line.trim_start_matches(['#', ' ']);
        line.starts_with('#') && !other.iter().any(|words| said.starts_with(words))
    };
    let over = |at: &usize| log.line(*at).is_none_or(|line| !goes_on(line.body));
    (from..from + DIAGNOSIS).find(over).unwrap_or(from + DIAGNOSIS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(log: &str, expect: &[(usize, usize)]) {
        let log = Log::from_bytes(log.as_bytes());
        let hints: Vec<usize> = (0..log.len()).collect();
        let found = forgiven(&log, &hints);
        let found: Vec<(usize, usize)> = found.iter().map(|range| (range.start, range.end)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn pending_examples_end_where_failures_begin() {
        check(
            "Pending: (Failures listed here are expected and do not affect your suite's status)\n\n  1) A b\n     Failure/Error: x\n\nFailures:\n\n  1) C d\n",
            &[(0, 5)],
        );
    }

    #[test]
    fn a_todo_test_is_forgiven_with_its_diagnosis() {
        check(
            "not ok 2 - a # TODO later\n#   Failed (TODO) test 'a'\n#   at t line 3.\nok 3\nnot ok 4 - b\n#   Failed test 'b'\n",
            &[(0, 3)],
        );
        check(
            "#   Failed (TODO) test 'a'\n#          got: '1'\n#   Failed test 'b'\n",
            &[(0, 2)],
        );
        check("not ok 2 - a # TODO later\n#   Failed test 'b'\n", &[(0, 1)]);
    }
}
