//! Thirty failures of an invented project, in the words of the tools that report them.

use std::fmt::Write as _;

/// What a failure is in truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Broken by a commit, mended by a commit.
    Real,
    /// Comes and goes by itself.
    Flaky,
}

/// One of the failures.
#[derive(Debug, Clone)]
pub struct Template {
    pub nature: Nature,
    /// The job it happens in.
    pub job: &'static str,
    /// The file that is wrong when it is real.
    pub culprit: String,
    lines: Vec<String>,
}

const AREAS: [(&str, &str); 6] = [
    ("api", "python"),
    ("billing", "python"),
    ("search", "go"),
    ("auth", "rust"),
    ("web", "typescript"),
    ("tools", "python"),
];

const NOUNS: [&str; 5] = ["invoice", "session", "catalogue", "ledger", "gateway"];

/// Five failures in each of six jobs, the last of each flaky.
pub fn all() -> Vec<Template> {
    let of_area = |(job, language): &(&'static str, &'static str)| {
        let (job, language) = (*job, *language);
        NOUNS
            .iter()
            .enumerate()
            .map(move |(at, noun)| template(job, language, noun, at == 4))
    };
    AREAS.iter().flat_map(of_area).collect()
}

fn template(job: &'static str, language: &str, noun: &str, flaky: bool) -> Template {
    let name = format!("{job}_{noun}");
    let (culprit, lines): (String, Vec<String>) = match (language, flaky) {
        ("python", true) if job == "tools" => (
            String::new(),
            vec![format!(
                "curl: (28) Failed to connect to {noun}.mirror.example port 443 after 130012 ms: Couldn't connect to server"
            )],
        ),
        ("python", _) => {
            let (source, test) = (format!("src/{job}/{noun}.py"), format!("tests/{job}/test_{noun}.py"));
            let lines = vec![
                "=================================== FAILURES ===================================".to_owned(),
                format!("______________________________ test_{name}_total ______________________________"),
                format!(">       assert {noun}.total_of({job}) == {noun}.expected"),
                format!("E       AssertionError: {noun} of {job} is not what was booked"),
                format!("{test}:14: AssertionError"),
                format!("{source}:31: AssertionError"),
                "=========================== short test summary info ============================".to_owned(),
                format!("FAILED {test}::test_{name}_total - AssertionError: {noun} of {job} is not what was booked"),
                "========================= 1 failed, 39 passed in 1.20s =========================".to_owned(),
            ];
            (source, lines)
        }
        ("go", _) => {
            let file = format!("internal/{job}/{noun}.go");
            let lines = vec![
                format!("--- FAIL: Test{}Order (0.02s)", capital(&name)),
                format!("    {noun}_test.go:27: {noun} order: got [b a], want [a b]"),
                format!("    {file}:88: sorted here"),
                "FAIL".to_owned(),
                format!("FAIL\texample.com/ship/internal/{job}\t0.031s"),
            ];
            (file, lines)
        }
        ("rust", _) => {
            let file = format!("crates/{job}/src/{noun}.rs");
            let lines = vec![
                format!("test {noun}::tests::{name}_is_checked ... FAILED"),
                String::new(),
                format!("---- {noun}::tests::{name}_is_checked stdout ----"),
                format!("thread '{noun}::tests::{name}_is_checked' panicked at {file}:52:9:"),
                format!("{noun} of {job} was let in"),
                "test result: FAILED. 12 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out".to_owned(),
                "error: test failed, to rerun pass `--lib`".to_owned(),
            ];
            (file, lines)
        }
        (_, true) => {
            let file = format!("web/src/{noun}.test.ts");
            let lines = vec![
                format!("FAIL web/src/{noun}.test.ts"),
                format!("  ● {noun} of {job} › settles in time"),
                format!("    thrown: \"Exceeded timeout of 5000 ms for a test of {noun}.\""),
                "Tests:       1 failed, 20 passed, 21 total".to_owned(),
            ];
            (file, lines)
        }
        (_, false) => {
            let file = format!("web/src/{noun}.ts");
            let lines = vec![
                format!(
                    "{file}(17,5): error TS2322: Type 'string' is not assignable to type '{}'.",
                    capital(noun)
                ),
                "Found 1 error.".to_owned(),
            ];
            (file, lines)
        }
    };
    Template {
        nature: if flaky { Nature::Flaky } else { Nature::Real },
        job,
        culprit,
        lines,
    }
}

fn capital(name: &str) -> String {
    let part = |part: &str| {
        let (first, rest) = part.split_at(1);
        format!("{}{rest}", first.to_uppercase())
    };
    name.split('_').map(part).collect()
}

impl Template {
    /// The log of a job in which it happens, at this second of the day and with this much noise above it.
    pub fn log(&self, second: u64, noise: u64) -> String {
        let stamp = |at: u64| {
            let at = second + at;
            format!(
                "2026-11-02T{:02}:{:02}:{:02}.1234567Z",
                at / 3600 % 24,
                at / 60 % 60,
                at % 60
            )
        };
        let command = format!("make test-{}", self.job);
        let mut log = vec![format!("##[group]Run {command}"), command, "##[endgroup]".to_owned()];
        log.extend((0..noise).map(|line| format!("checked item {line} in {} ms", line * 7 % 90)));
        log.extend(self.lines.iter().cloned());
        log.push("##[error]Process completed with exit code 1.".to_owned());
        let mut text = String::new();
        for (at, line) in log.iter().enumerate() {
            let _ = writeln!(text, "{} {line}", stamp(at as u64 / 20));
        }
        text
    }
}
