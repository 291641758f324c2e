//! The gallery: what the tools of the trade print when they fail, a short sample each, with the lines that say why.
//!
//! A file of `tests/gallery` holds samples; each begins with `@@@ name | CATEGORY,CATEGORY`, the first category being the
//! best one. A line that begins with `»` is one a maintainer must see; one of them must be the line that is marked.

use std::fs;
use std::path::PathBuf;

use shipwright::app::eval::shifted;
use shipwright::failure::{self, Failure, Options};
use shipwright::log::Log;

struct Sample {
    name: String,
    categories: Vec<String>,
    output: Vec<String>,
    wanted: Vec<String>,
}

fn samples() -> Vec<Sample> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/gallery");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut samples = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for part in text.split("@@@ ").skip(1) {
            let (head, body) = part.split_once('\n').unwrap();
            let (name, categories) = head.rsplit_once(" | ").unwrap();
            samples.push(Sample {
                name: format!("{}: {name}", file.file_stem().unwrap().to_string_lossy()),
                categories: categories.split(',').map(str::to_owned).collect(),
                output: body
                    .lines()
                    .map(|line| line.strip_prefix('»').unwrap_or(line).to_owned())
                    .collect(),
                wanted: body
                    .lines()
                    .filter_map(|line| line.strip_prefix('»'))
                    .map(fold)
                    .collect(),
            });
        }
    }
    samples
}

/// White space and the runner's own mark do not count.
fn fold(line: &str) -> String {
    let line = line.strip_prefix("##[error]").unwrap_or(line);
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The output as the log of a job on GitHub.
fn job(output: &[String]) -> String {
    let mut log = String::new();
    let mut say = |line: &str| {
        for part in ["2026-11-03T10:11:12.1234567Z ", line, "\n"] {
            log.push_str(part);
        }
    };
    for line in [
        "##[group]Run actions/checkout@v4",
        "with:",
        "  fetch-depth: 1",
        "##[endgroup]",
        "Syncing repository: o/shop",
    ] {
        say(line);
    }
    for line in [
        "##[group]Run ./ci.sh",
        "\u{1b}[36;1m./ci.sh\u{1b}[0m",
        "shell: /usr/bin/bash -e {0}",
        "##[endgroup]",
    ] {
        say(line);
    }
    for line in output {
        say(line);
    }
    if !output.iter().any(|line| line.starts_with("##[error]")) {
        say("##[error]Process completed with exit code 1.");
    }
    for line in [
        "Post job cleanup.",
        "[command]/usr/bin/git version",
        "git version 2.45.2",
        "Cleaning up orphan processes",
    ] {
        say(line);
    }
    log
}

fn faults(sample: &Sample, failure: Option<&Failure>) -> Vec<String> {
    let Some(failure) = failure else {
        return vec!["no failure found".into()];
    };
    let mut faults = Vec::new();
    if !sample
        .categories
        .iter()
        .any(|category| category == failure.category.as_str())
    {
        faults.push(format!("is {}, not {:?}", failure.category, sample.categories));
    }
    let shown: Vec<String> = failure.excerpt.iter().map(|line| fold(&line.text)).collect();
    faults.extend(
        sample
            .wanted
            .iter()
            .filter(|line| !shown.contains(line))
            .map(|line| format!("does not show {line:?}")),
    );
    let marked = failure
        .excerpt
        .iter()
        .find(|line| Some(&line.line) == failure.decisive_lines.first());
    let marked = marked.map(|line| fold(&line.text)).unwrap_or_default();
    if !sample.wanted.contains(&marked) {
        faults.push(format!("marks {marked:?}"));
    }
    faults
}

#[test]
fn what_the_tools_of_the_trade_print_is_understood() {
    let samples = samples();
    assert!(samples.len() >= 290, "the gallery has shrunk to {}", samples.len());
    let mut wrong = Vec::new();
    for sample in &samples {
        let analysis = failure::analyze(&Log::from_bytes(job(&sample.output).as_bytes()), &Options::default());
        for fault in faults(sample, analysis.failures.first()) {
            wrong.push(format!("{}: {fault}", sample.name));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        samples.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_same_output_on_another_day_has_the_same_fingerprint() {
    for sample in samples() {
        let of = |log: &[u8]| {
            let analysis = failure::analyze(&Log::from_bytes(log), &Options::default());
            analysis.failures.first().map(|failure| failure.fingerprint.clone())
        };
        let before = job(&sample.output);
        let after = shifted(before.as_bytes());
        assert_eq!(of(before.as_bytes()), of(&after), "{}", sample.name);
    }
}
