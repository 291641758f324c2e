//! The corpus: real tools on broken toy projects, each with what a maintainer must see.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use shipwright::app::eval::shifted;
use shipwright::failure::{self, Analysis, Options};
use shipwright::log::Log;

fn cases() -> Vec<(String, Vec<u8>, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut cases: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("expect.json").is_file())
        .map(|path| {
            let label = serde_json::from_slice(&fs::read(path.join("expect.json")).unwrap()).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path.join("log.txt")).unwrap(), label)
        })
        .collect();
    cases.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(cases.len() >= 16, "the corpus has shrunk to {}", cases.len());
    cases
}

fn analyze(log: &[u8]) -> Analysis {
    failure::analyze(&Log::from_bytes(log), &Options::default())
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items.map(|item| item.as_str().unwrap().trim().to_owned()).collect()
}

/// Runs a check on every case and tells all that fail it at once.
fn check_all(check: impl Fn(&Analysis, &Value) -> Result<(), String>) {
    let wrong: Vec<String> = cases()
        .into_iter()
        .filter_map(|(name, log, label)| check(&analyze(&log), &label).err().map(|why| format!("{name}: {why}")))
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn passing_logs_show_no_failure_and_failing_ones_do() {
    check_all(|analysis, label| {
        let (found, expected) = (analysis.failures.len() as u64, label["failures"].as_u64().unwrap());
        if (found == 0) == (expected == 0) {
            Ok(())
        } else {
            Err(format!("{found} found, {expected} expected"))
        }
    });
}

#[test]
fn the_first_excerpt_holds_the_lines_that_say_why() {
    check_all(|analysis, label| {
        let shown: Vec<&str> = analysis
            .failures
            .iter()
            .take(1)
            .flat_map(|first| &first.excerpt)
            .map(|line| line.text.trim())
            .collect();
        let missing: Vec<String> = texts(&label["decisive"])
            .into_iter()
            .filter(|line| !shown.iter().any(|text| text.contains(line.as_str())))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("{missing:?} not in {shown:#?}"))
        }
    });
}

#[test]
fn excerpts_are_short_and_decisive_lines_lie_in_them() {
    check_all(|analysis, _| {
        for failure in &analysis.failures {
            let lines: Vec<u64> = failure.excerpt.iter().map(|line| line.line).collect();
            if lines.len() > 30 || failure.decisive_lines.is_empty() {
                return Err(format!(
                    "{} lines, {} decisive",
                    lines.len(),
                    failure.decisive_lines.len()
                ));
            }
            if let Some(outside) = failure.decisive_lines.iter().find(|line| !lines.contains(line)) {
                return Err(format!("line {outside} is decisive and not shown"));
            }
            if failure.title.chars().count() > 120 || failure.title.trim().is_empty() {
                return Err(format!("title {:?}", failure.title));
            }
        }
        Ok(())
    });
}

#[test]
fn the_category_is_the_label_or_a_fair_one() {
    check_all(|analysis, label| {
        let Some(first) = analysis.failures.first() else {
            return Ok(());
        };
        let mut fair = texts(&label["also_ok"]);
        fair.push(label["category"].as_str().unwrap().to_owned());
        let got = first.category.as_str();
        if fair.iter().any(|name| name == got) {
            Ok(())
        } else {
            Err(format!("{got}, expected one of {fair:?}: {}", first.title))
        }
    });
}

#[test]
fn failing_tests_are_named() {
    check_all(|analysis, label| {
        let named: Vec<&str> = analysis
            .failures
            .iter()
            .flat_map(|failure| &failure.tests)
            .map(String::as_str)
            .collect();
        let missing: Vec<String> = texts(&label["tests"])
            .into_iter()
            .filter(|test| {
                !named
                    .iter()
                    .any(|name| name.contains(test.as_str()) || test.contains(name))
            })
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("{missing:?} not in {named:?}"))
        }
    });
}

#[test]
fn failures_of_several_steps_are_told_apart() {
    check_all(|analysis, label| {
        let (found, expected) = (analysis.failures.len() as u64, label["failures"].as_u64().unwrap());
        if found >= expected {
            Ok(())
        } else {
            Err(format!("{found} found, {expected} expected"))
        }
    });
}

#[test]
fn exit_codes_are_read() {
    check_all(|analysis, label| {
        let (Some(expected), Some(first)) = (label["exit_code"].as_i64(), analysis.failures.first()) else {
            return Ok(());
        };
        if first.exit_code == Some(expected) {
            Ok(())
        } else {
            Err(format!("{:?}, expected {expected}", first.exit_code))
        }
    });
}

/// Times, hashes, addresses, temporary folders, line numbers, counts and the runner's home are nobody's identity.
#[test]
fn the_same_job_on_another_day_and_runner_has_the_same_fingerprint() {
    for (name, log, _) in cases() {
        let of = |log: &[u8]| analyze(log).failures.first().map(|failure| failure.fingerprint.clone());
        assert_eq!(of(&log), of(&shifted(&log)), "{name}");
    }
}
