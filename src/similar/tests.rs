//! What a search must find, and what it must not show.

use super::*;
use crate::failure::identity::{Evidence, identify, tests_in};

fn document(text: &str) -> Document {
    let lines: Vec<&str> = text.lines().collect();
    let (fingerprint, signature) = identify(&Evidence {
        decisive: &lines,
        ..Evidence::default()
    });
    let tests = tests_in(&lines);
    Document {
        fingerprint,
        signature,
        tool: None,
        tests,
    }
}

fn ask(memory: &[&str], text: &str) -> Vec<(usize, MatchKind)> {
    let index = Index::build(memory.iter().map(|text| document(text)).collect());
    let found = index.query(&document(text).into(), 3);
    found.iter().map(|found| (found.document, found.kind)).collect()
}

const MEMORY: &[&str] = &[
    "error[E0432]: unresolved import `crate::store`",
    "--- FAIL: TestDial (0.2s)\n    dial_test.go:12: listener of the store closed before the banner was read",
    "org.acme.StoreTest > opens FAILED\n    java.lang.IllegalStateException: store is closed after recovery of the journal",
    "Error: Cannot find module 'left-pad'",
    "E   ValueError: unsupported layout of widget_table in column store, expected one of rows, columns, tiles",
];

#[test]
fn the_same_failure_is_found_exactly_and_first() {
    assert_eq!(
        ask(
            MEMORY,
            "error[E0432]: unresolved import `crate::store`\n --> src/x.rs:9:1"
        ),
        [(0, MatchKind::Exact)]
    );
}

#[test]
fn a_failure_told_a_little_differently_is_near() {
    let text = "E   ValueError: unsupported layout of widget_table in column store, expected one of rows, columns";
    assert_eq!(ask(MEMORY, text), [(4, MatchKind::Near)]);
}

#[test]
fn another_test_or_module_with_the_same_words_is_not_shown() {
    assert_eq!(ask(MEMORY, "Error: Cannot find module 'right-pad'"), []);
    assert_eq!(
        ask(
            MEMORY,
            "--- FAIL: TestRedial (0.2s)\n    dial_test.go:99: listener of the store closed before the banner was read"
        ),
        []
    );
    assert_eq!(
        ask(
            MEMORY,
            "error[E0433]: failed to resolve: use of undeclared crate `serde`"
        ),
        []
    );
}

#[test]
fn strangers_get_nothing() {
    for text in [
        "",
        "ld: symbol(s) not found for architecture arm64",
        "rubocop: Style/StringLiterals: Prefer single-quoted strings",
        "Process completed with exit code 1.",
    ] {
        assert_eq!(ask(MEMORY, text), [], "{text:?}");
    }
    assert_eq!(ask(&[], "Error: boom"), []);
}

#[test]
fn pairs_declared_not_similar_are_left_out() {
    let index = Index::build(MEMORY.iter().map(|text| document(text)).collect());
    let text = "E   ValueError: unsupported layout of widget_table in column store, expected one of rows, columns";
    let mut query = Query::from(document(text));
    assert_eq!(index.query(&query, 3).len(), 1);
    query.not_similar = vec![(
        index.documents()[4].fingerprint.clone(),
        query.document.fingerprint.clone(),
    )];
    assert_eq!(index.query(&query, 3), []);
}

#[test]
fn the_later_of_equal_documents_comes_first_and_the_limit_holds() {
    let memory = ["Error: Cannot find module 'left-pad'"; 5];
    assert_eq!(
        ask(&memory, memory[0]),
        [(4, MatchKind::Exact), (3, MatchKind::Exact), (2, MatchKind::Exact)]
    );
}
