//! How long an index over 10,000 past failures takes to build, and a question to it. `cargo bench --bench similar`.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use shipwright::failure::identity::{Evidence, identify, tests_in};
use shipwright::similar::{Document, Index, Query};

const RECORDS: usize = 10_000;
const QUESTIONS: usize = 500;
const WORDS: &[&str] = &[
    "store", "cache", "session", "module", "journal", "request", "socket", "banner", "parser", "schema", "token",
    "widget", "layout", "queue", "worker", "index", "buffer", "driver", "handler", "route", "vector", "column",
    "record", "fixture", "snapshot", "manifest", "package", "target", "linker", "symbol",
];

/// Numbers that look random and are the same in every run (a linear congruential generator).
struct Sequence(u64);

impl Sequence {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % below
    }

    fn name(&mut self) -> String {
        let words: Vec<&str> = (0..3).map(|_| WORDS[self.next(WORDS.len())]).collect();
        format!("{}_{}", words.join("_"), self.next(400))
    }

    fn text(&mut self) -> String {
        let (test, first, second, third) = (self.name(), self.name(), self.name(), self.name());
        match self.next(4) {
            0 => format!(
                "--- FAIL: Test{test} (0.02s)\n    {first}.go:12: {second} of the {third} was closed before it was read\n    {first}.go:20: cannot open {third}"
            ),
            1 => format!(
                "error[E0432]: unresolved import `{first}::{second}`\nerror[E0425]: cannot find function `{third}` in this scope\nerror: could not compile `{test}`"
            ),
            2 => format!(
                "FAILED tests/test_{first}.py::test_{test} - ValueError: {second} is not a valid {third}\nE   ValueError: {second} is not a valid {third}\ntests/test_{first}.py:12: ValueError"
            ),
            _ => format!(
                "TypeError: Cannot read properties of undefined (reading '{first}')\n    at {second} (/home/u/p/src/{third}.js:12:5)\nnpm ERR! code ELIFECYCLE"
            ),
        }
    }
}

fn document(text: &str) -> Document {
    let lines: Vec<&str> = text.lines().collect();
    let (fingerprint, signature) = identify(&Evidence {
        decisive: &lines,
        ..Evidence::default()
    });
    Document {
        fingerprint,
        signature,
        tool: None,
        tests: tests_in(&lines),
    }
}

fn main() {
    let mut sequence = Sequence(7);
    let start = Instant::now();
    let documents: Vec<Document> = (0..RECORDS).map(|_| document(&sequence.text())).collect();
    let identified = start.elapsed();
    let mut builds: Vec<Duration> = (0..9)
        .map(|_| {
            let copy = documents.clone();
            let start = Instant::now();
            black_box(Index::build(copy));
            start.elapsed()
        })
        .collect();
    builds.sort_unstable();
    let index = Index::build(documents);
    let questions: Vec<Query> = (0..QUESTIONS).map(|_| document(&sequence.text()).into()).collect();
    let mut asked: Vec<Duration> = questions
        .iter()
        .map(|query| {
            let start = Instant::now();
            black_box(index.query(query, 3));
            start.elapsed()
        })
        .collect();
    asked.sort_unstable();
    let each = identified / u32::try_from(RECORDS).unwrap_or(u32::MAX);
    println!("identify        {each:>10.1?} a failure");
    println!(
        "build           {:>10.1?} for {RECORDS} records (median of {})",
        builds[builds.len() / 2],
        builds.len()
    );
    println!(
        "query           {:>10.1?} median, {:.1?} p99 of {QUESTIONS}",
        asked[asked.len() / 2],
        asked[asked.len() * 99 / 100]
    );
}
