//! The fuzz corpus, replayed: what once was interesting stays without a panic and within bounds.

use std::fs;
use std::path::Path;

use super::{Options, analyze, junit, mask};
use crate::log::Log;

fn inputs(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files = fs::read_dir(&folder).expect("the corpus is part of the project");
    files
        .flatten()
        .map(|file| fs::read(file.path()).expect("a readable input"))
        .collect()
}

#[test]
fn reading_the_corpus_counts_its_bytes_and_streams_alike() {
    let inputs = inputs("log");
    assert!(!inputs.is_empty());
    for input in inputs {
        let log = Log::from_bytes(&input);
        assert_eq!(log.bytes(), input.len() as u64);
        assert_eq!(
            Log::read(input.as_slice()).expect("memory cannot fail").lines(),
            log.lines()
        );
    }
}

#[test]
fn analysing_the_corpus_stays_within_bounds() {
    for input in inputs("analyze") {
        let analysis = analyze(&Log::from_bytes(&input), &Options::default());
        assert!(analysis.failures.len() <= 5);
        for failure in &analysis.failures {
            assert!(failure.excerpt.len() <= 30 && failure.title.chars().count() <= 120);
            let shown = |number: &u64| failure.excerpt.iter().any(|line| line.line == *number);
            assert!(failure.decisive_lines.iter().all(shown), "{failure:?}");
        }
    }
}

/// The names of the failing tests, per failure.
fn tests_of(log: &str) -> Vec<Vec<String>> {
    let analysis = analyze(&Log::from_bytes(log.as_bytes()), &Options::default());
    analysis.failures.into_iter().map(|failure| failure.tests).collect()
}

#[test]
fn steps_that_fail_side_by_side_are_failures_of_their_own() {
    let step = |name: &str, output: &str| {
        format!("##[group]Run {name}\n##[endgroup]\n{output}\n##[error]Process completed with exit code 1.\n")
    };
    let typed = step(
        "mypy a.py",
        "a.py:6: error: Incompatible return value type  [return-value]",
    );
    let tested = step(
        "pytest",
        "E       KeyError: 'a'\nFAILED test_a.py::test_b - KeyError: 'a'",
    );
    for log in [format!("{typed}{tested}"), format!("{tested}{typed}")] {
        let mut tests = tests_of(&log);
        tests.sort();
        assert_eq!(tests, [vec![], vec!["test_a.py::test_b".to_owned()]], "{log}");
    }
}

#[test]
fn the_part_of_a_test_that_failed_is_named() {
    let told = "    a_test.go:3: got 1, want 2\n--- FAIL: TestA (0.00s)\n    --- FAIL: TestA/b (0.00s)\nFAIL\n";
    assert_eq!(tests_of(told), [["TestA/b"]]);
    let others = "    a_test.go:3: got 1, want 2\n--- FAIL: TestA (0.00s)\n--- FAIL: TestAll (0.00s)\nFAIL\n";
    assert_eq!(tests_of(others), [["TestA"]]);
}

#[test]
fn reports_and_masks_take_the_corpus() {
    assert_eq!(
        inputs("junit")
            .iter()
            .filter(|input| junit::parse(input).is_ok())
            .count(),
        2
    );
    for input in inputs("mask") {
        for line in String::from_utf8_lossy(&input).lines() {
            assert!(!mask::mask_line(line).contains("deadbeef"));
        }
    }
}
