//! What tests print that pass in the end: exceptions they provoke, errors they log. Told by the frame a test tool puts
//! around a test's output and by the verdict that closes it.

use std::ops::Range;

use crate::log::Log;

/// Lines of one test's or one class's output, at most.
const OUTPUT: usize = 3000;

/// How a tool frames the output of what passed.
enum Frame {
    /// Closed by a line that holds `close`; opened by the nearest line above that holds `open` and the same name.
    Named { close: &'static str, open: &'static str },
    /// Opened by a line that holds `open`, closed before the next one that begins with one of these.
    Section {
        open: &'static str,
        until: &'static [&'static str],
    },
    /// Closed by a line that holds `close` when the line behind it ends well; opened by the nearest `open` above.
    Verdict {
        close: &'static str,
        open: &'static str,
        well: &'static str,
    },
}

const FRAMES: &[Frame] = &[
    Frame::Named {
        close: "--- PASS: ",
        open: "=== RUN ",
    },
    Frame::Named {
        close: "[       OK ] ",
        open: "[ RUN      ] ",
    },
    // Surefire: a whole class.
    Frame::Named {
        close: ", Failures: 0, Errors: 0, ",
        open: "Running ",
    },
    // `cargo test -- --show-output`.
    Frame::Section {
        open: "successes:",
        until: &["failures:", "test result:"],
    },
    // `pytest -rA`.
    Frame::Section {
        open: "= PASSES =",
        until: &["===="],
    },
    Frame::Verdict {
        close: "----- output end -----",
        open: "------- output -------",
        well: "... ok",
    },
];

/// What no line between the ends of a frame may hold: then something else failed there.
const FAILED: &[&str] = &["--- FAIL", "[  FAILED  ]", "<<< FAIL", "<<< ERROR", " FAILED"];

/// Texts to look for in a log: for each frame, what opens and what closes one.
pub(super) fn hints() -> impl Iterator<Item = [&'static str; 2]> {
    FRAMES.iter().map(|frame| match frame {
        Frame::Named { close, open } | Frame::Verdict { close, open, .. } => [*open, *close],
        Frame::Section { open, .. } => [*open, *open],
    })
}

/// The lines printed by what passed, in log order. `hits` are for each of [`hints`] the lines that hold it, ascending.
/// Linear: no frame looks beyond the mark of the one before.
pub(super) fn passed(log: &Log, hits: &[[Vec<usize>; 2]]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (frame, [opening, closing]) in FRAMES.iter().zip(hits) {
        // Most tools are not there at all.
        if opening.is_empty() {
            continue;
        }
        let mut edge = 0;
        for index in closing.iter().copied() {
            if index < edge {
                continue;
            }
            let lines = frame.lines(log, index, edge);
            edge = lines.as_ref().map_or(index, |lines| lines.end.max(index));
            found.extend(lines);
        }
    }
    found.sort_by_key(|range| range.start);
    found
}

impl Frame {
    /// The lines framed, when the line `index` closes or opens one; those before `edge` belong to others.
    fn lines(&self, log: &Log, index: usize, edge: usize) -> Option<Range<usize>> {
        let text = |at: usize| log.line(at).map(|line| line.body);
        let above = |holds: &dyn Fn(&str) -> bool| {
            (index.saturating_sub(OUTPUT).max(edge)..index)
                .rev()
                .find(|at| text(*at).is_some_and(holds))
        };
        match self {
            Self::Named { close, open } => {
                let name = name_behind(text(index)?, close)?;
                let first = above(&|text| text.split_once(open).is_some_and(|(_, rest)| first_word(rest) == name))?;
                // The next test of the same kind may have begun: tests that run side by side share no frame.
                let is_shared = |text: &str| {
                    FAILED.iter().any(|words| text.contains(words))
                        || text
                            .split_once(open)
                            .is_some_and(|(_, rest)| !first_word(rest).starts_with(name))
                };
                let shared = (first + 1..index).any(|at| text(at).is_some_and(is_shared));
                (!shared).then_some(first + 1..index)
            }
            Self::Section { open, until } => {
                let line = text(index)?.trim();
                (line == *open || line.starts_with('=')).then_some(())?;
                let over = |at: &usize| {
                    text(*at).is_none_or(|text| until.iter().any(|words| text.trim_start().starts_with(words)))
                };
                // A section without an end drops nothing, and is not looked through again.
                let limit = index + 4 * OUTPUT;
                let end = (index + 1..limit).find(over);
                Some(end.map_or(limit..limit, |end| index..end))
            }
            Self::Verdict { close: _, open, well } => {
                let ends_well = text(index + 1).is_some_and(|text| text.contains(well));
                let first = above(&|text| text.contains(open)).filter(|_| ends_well)?;
                Some(first..index)
            }
        }
    }
}

/// The name a closing line carries: the word behind the mark, or behind its last ` in `.
fn name_behind<'a>(text: &'a str, close: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(close)?;
    let rest = rest.rsplit_once(" in ").map_or(rest, |(_, name)| name);
    Some(first_word(rest)).filter(|name| !name.is_empty())
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(log: &str, expect: &[(usize, usize)]) {
        let log = Log::from_bytes(log.as_bytes());
        let all: Vec<usize> = (0..log.len()).collect();
        let holding = |words: &str| -> Vec<usize> {
            let holds = |at: &usize| log.line(*at).is_some_and(|line| line.body.contains(words));
            all.iter().copied().filter(holds).collect()
        };
        let hits: Vec<_> = hints().map(|words| words.map(holding)).collect();
        let found = passed(&log, &hits);
        let found: Vec<(usize, usize)> = found.iter().map(|range| (range.start, range.end)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn what_a_passing_test_prints_is_framed_by_its_name() {
        check(
            "=== RUN   TestA\nerror: provoked\n--- PASS: TestA (0.00s)\n=== RUN   TestB\nerror: real\n--- FAIL: TestB (0.00s)\n",
            &[(1, 2)],
        );
        check("[ RUN      ] A.B\nfatal: x\n[       OK ] A.B (0 ms)\n", &[(1, 2)]);
        check(
            "[INFO] Running a.ATest\njava.lang.E: x\n[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s - in a.ATest\n",
            &[(1, 2)],
        );
    }

    #[test]
    fn tests_side_by_side_and_failures_inside_share_no_frame() {
        check(
            "=== RUN   TestA\n=== RUN   TestB\nerror: whose?\n--- PASS: TestA (0.00s)\n",
            &[],
        );
        check("=== RUN   TestA\n    --- FAIL: TestA/x\n--- PASS: TestA (0.00s)\n", &[]);
        check(
            "=== RUN   TestA\n=== RUN   TestA/x\nerror: provoked\n--- PASS: TestA (0.00s)\n    --- PASS: TestA/x (0.00s)\n",
            &[(1, 3)],
        );
    }

    #[test]
    fn reports_of_passed_tests_end_where_failures_begin() {
        check("successes:\n\n---- a stdout ----\nerror: x\n\nfailures:\n", &[(0, 5)]);
        check("===== PASSES =====\nERROR x\n==== short summary ====\n", &[(0, 2)]);
        check(
            "a ...\n------- output -------\nerror: x\n----- output end -----\na ... ok (0ms)\n",
            &[(1, 3)],
        );
        check(
            "a ...\n------- output -------\nerror: x\n----- output end -----\na ... FAILED (0ms)\n",
            &[],
        );
    }
}
