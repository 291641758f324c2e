//! Settings: from what was typed ([`Raw`]) to what it means ([`Settings`]), once.
//!
//! A wrong value is a [`Problem`], not an error: the action must go on. Problems that make writing unsafe (an unknown
//! mode, a memory ref that cannot be) also switch every write off.

mod config;
pub mod inputs;
mod model;
pub mod rules;
pub mod schema;

use std::collections::BTreeMap;
use std::str::FromStr;

pub use config::{ActionsConfig, ConfigError, ConfigFile, MatcherConfig};
pub use model::{CommentMode, IssueMode, Mode, OnSuccess, Persist, Settings, Target};
pub use rules::{CategoryConfig, CategoryName, ClassName, Rules};

use crate::ids::{IssueNumber, JobId, RefName, RunId};

/// Values by input name, as typed. Empty values are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Raw(BTreeMap<String, String>);

impl Raw {
    /// Takes values by name; empty ones are dropped.
    pub fn new(values: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(
            values
                .into_iter()
                .filter(|(_, value)| !value.trim().is_empty())
                .collect(),
        )
    }

    /// The value of an input, when set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// These values, and below them those of the configuration file.
    #[must_use]
    pub fn over(mut self, config: &ConfigFile) -> Self {
        for (name, value) in &config.inputs {
            if !value.trim().is_empty() {
                self.0.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        self
    }
}

/// A value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The input.
    pub name: String,
    /// What is wrong and what happens instead, a lower-case fragment.
    pub message: String,
    /// Whether nothing may be written because of it.
    pub stops_writes: bool,
}

/// Turns what was typed into what it means.
pub fn resolve(raw: &Raw) -> (Settings, Vec<Problem>) {
    let mut reader = Reader {
        raw,
        problems: Vec::new(),
    };
    for name in raw.0.keys() {
        if inputs::input(name).is_none() {
            reader.problem(name, "is not an input of this action; it is ignored", false);
        }
    }
    let matrix = raw
        .get("matrix")
        .map(str::trim)
        .filter(|text| !matches!(*text, "null" | "{}"));
    let settings = Settings {
        mode: reader.parsed("mode", true).unwrap_or_default(),
        github_token: raw.get("github-token").map(|token| token.trim().to_owned()),
        run_id: reader.parsed::<RunId>("run-id", false),
        run_attempt: reader.parsed::<u32>("run-attempt", false),
        job_filter: reader.lines("job-filter"),
        log_path: reader.lines("log-path"),
        junit_paths: reader.lines("junit-paths"),
        target: reader.parsed("target", true).unwrap_or_default(),
        issue_number: reader.parsed::<IssueNumber>("issue-number", true),
        comment_mode: reader.parsed("comment-mode", false).unwrap_or_default(),
        on_success: reader.parsed("on-success", false).unwrap_or_default(),
        issue_mode: reader.parsed("issue-mode", false).unwrap_or_default(),
        issue_label: raw
            .get("issue-label")
            .map_or_else(|| "ci-failure".to_owned(), |label| label.trim().to_owned()),
        issue_assignees: reader.list("issue-assignees"),
        template_path: reader.text("template-path"),
        max_comment_chars: reader.within("max-comment-chars", 60_000, 1_000..=65_536),
        log_lines: reader.within("log-lines", 30, 1..=30),
        redact_patterns: reader.lines("redact-patterns"),
        memory_ref: reader.parsed::<RefName>("memory-ref", true).unwrap_or_default(),
        memory_path: reader.text("memory-path"),
        export_path: reader.text("export-path"),
        retention_days: reader.within("retention-days", 90, 1..=3_650),
        memory_max_bytes: reader.within("memory-max-bytes", 8 * 1024 * 1024, 1_024..=512 * 1024 * 1024),
        persist: reader.parsed("persist", true).unwrap_or_default(),
        similar_limit: reader.within("similar-limit", 3, 0..=10),
        backfill_days: reader.optional_within("backfill-days", 1..=400),
        fail_on_error: reader.flag("fail-on-error"),
        timeout_seconds: reader.optional_within("timeout-seconds", 5..=3_000),
        dry_run: reader.flag("dry-run"),
        config_path: reader
            .text("config-path")
            .unwrap_or_else(|| ".github/shipwright.yml".to_owned()),
        stage: reader.text("stage"),
        goal: reader.text("goal"),
        iteration: reader.parsed::<u32>("iteration", false),
        job_status: reader.text("job-status"),
        job_check_run_id: reader.parsed::<JobId>("job-check-run-id", false),
        matrix: matrix.map(str::to_owned),
        host_temp: raw
            .get("host-temp")
            .and_then(|text| text.trim().strip_prefix("host="))
            .map(str::to_owned),
    };
    let stopped = reader.problems.iter().any(|problem| problem.stops_writes);
    (
        Settings {
            dry_run: settings.dry_run || stopped,
            ..settings
        },
        reader.problems,
    )
}

struct Reader<'a> {
    raw: &'a Raw,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, name: &str, message: impl Into<String>, stops_writes: bool) {
        self.problems.push(Problem {
            name: name.to_owned(),
            message: message.into(),
            stops_writes,
        });
    }

    fn text(&self, name: &str) -> Option<String> {
        self.raw.get(name).map(|value| value.trim().to_owned())
    }

    fn parsed<T: FromStr<Err: std::fmt::Display>>(&mut self, name: &str, stops_writes: bool) -> Option<T> {
        let value = self.raw.get(name)?.trim();
        match value.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                let then = if stops_writes {
                    "nothing will be written"
                } else {
                    "the default is used"
                };
                self.problem(name, format!("{error}; {then}"), stops_writes);
                None
            }
        }
    }

    fn optional_within(&mut self, name: &str, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let value = self.raw.get(name)?.trim();
        match value.parse() {
            Ok(number) if range.contains(&number) => Some(number),
            _ => {
                let shown: String = value.chars().take(40).collect();
                let expected = format!("expected a whole number from {} to {}", range.start(), range.end());
                self.problem(
                    name,
                    format!("`{shown}` cannot be used: {expected}; the default is used"),
                    false,
                );
                None
            }
        }
    }

    fn within(&mut self, name: &str, default: u64, range: std::ops::RangeInclusive<u64>) -> u64 {
        self.optional_within(name, range).unwrap_or(default)
    }

    /// The YAML 1.2 core schema's truth values, as the runner's own toolkit reads them. A word that is neither is
    /// read as the careful choice: `dry-run` on, `fail-on-error` off.
    fn flag(&mut self, name: &str) -> bool {
        let Some(value) = self.raw.get(name).map(str::trim) else {
            return false;
        };
        match value.to_ascii_lowercase().as_str() {
            "true" => true,
            "false" => false,
            _ => {
                let stops_writes = name == "dry-run";
                self.problem(name, "expected true or false", stops_writes);
                stops_writes
            }
        }
    }

    fn lines(&self, name: &str) -> Vec<String> {
        let lines = self.raw.get(name).unwrap_or_default().lines().map(str::trim);
        lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    fn list(&self, name: &str) -> Vec<String> {
        let items = self.raw.get(name).unwrap_or_default().split([',', '\n']).map(str::trim);
        items
            .filter(|item| !item.is_empty())
            .map(|item| item.trim_start_matches('@').to_owned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> (Settings, Vec<Problem>) {
        resolve(&Raw::new(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        ))
    }

    #[test]
    fn empty_inputs_are_defaults() {
        let all: Vec<(&str, &str)> = inputs::INPUTS.iter().map(|input| (input.name, "")).collect();
        let (from_empty, problems) = settings(&all);
        assert_eq!((from_empty, problems), settings(&[]));
        let (defaults, _) = settings(&[]);
        assert_eq!(defaults.memory_ref.as_str(), "refs/ruflo-memory/v1");
        assert_eq!(
            (
                defaults.retention_days,
                defaults.memory_max_bytes,
                defaults.similar_limit
            ),
            (90, 8_388_608, 3)
        );
        assert!(!defaults.dry_run && !defaults.fail_on_error);
    }

    #[test]
    fn every_input_reaches_a_setting() {
        let values = [
            ("mode", "report"),
            ("github-token", "t"),
            ("run-id", "7"),
            ("run-attempt", "2"),
            ("job-filter", "a\n!b"),
            ("log-path", "x.log"),
            ("junit-paths", "x.xml"),
            ("target", "issue"),
            ("issue-number", "4"),
            ("comment-mode", "new"),
            ("on-success", "leave"),
            ("issue-mode", "off"),
            ("issue-label", "l"),
            ("issue-assignees", "@a, b"),
            ("template-path", "t.j2"),
            ("max-comment-chars", "2000"),
            ("log-lines", "3"),
            ("redact-patterns", "x+"),
            ("memory-ref", "refs/m/x"),
            ("memory-path", "m"),
            ("export-path", "e"),
            ("retention-days", "5"),
            ("memory-max-bytes", "2048"),
            ("persist", "never"),
            ("similar-limit", "0"),
            ("backfill-days", "3"),
            ("fail-on-error", "true"),
            ("timeout-seconds", "6"),
            ("dry-run", "true"),
            ("config-path", "c"),
            ("stage", "build"),
            ("goal", "g"),
            ("iteration", "3"),
            ("job-status", "failure"),
            ("job-check-run-id", "9"),
            ("matrix", "{\"os\":\"x\"}"),
            ("host-temp", "host=/h"),
        ];
        assert_eq!(values.len(), inputs::INPUTS.len(), "an input is not covered here");
        let (default, _) = settings(&[]);
        for pair in values {
            let (changed, problems) = settings(&[pair]);
            assert_ne!(changed, default, "{pair:?} changes nothing");
            assert_eq!(problems, [], "{pair:?}");
        }
    }

    #[test]
    fn wrong_values_are_problems_and_unsafe_ones_stop_writes() {
        let (read, problems) = settings(&[("mode", "dance"), ("log-lines", "99"), ("nonsense", "1")]);
        assert_eq!(problems.len(), 3);
        assert!(read.dry_run);
        assert_eq!(read.log_lines, 30);
        assert!(settings(&[("memory-ref", "refs/heads/main")]).0.dry_run);
        assert!(settings(&[("dry-run", "yes please")]).0.dry_run);
        assert!(!settings(&[("log-lines", "none")]).0.dry_run);
    }

    #[test]
    fn the_workflow_wins_over_the_file() {
        let config = ConfigFile::parse(b"log-lines: 7\nsimilar-limit: 1\n").unwrap();
        let raw = Raw::new([("log-lines".to_owned(), "9".to_owned())]).over(&config);
        let (read, _) = resolve(&raw);
        assert_eq!((read.log_lines, read.similar_limit), (9, 1));
    }
}
