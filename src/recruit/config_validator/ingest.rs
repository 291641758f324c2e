//! Finished pipelines in the event log as outcomes.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::stores::OutcomeRecord;

/// Who gets an outcome that names nobody.
const NOBODY: &str = "default-agent";

/// A line of the event log.
#[derive(Debug, Clone, PartialEq)]
pub enum Completion {
    /// A finished pipeline.
    Outcome(Box<OutcomeRecord>),
    /// Another event.
    Other,
    /// No event at all.
    Unreadable,
}

/// Reads one line. `nth` tells lines with the same content apart: how many of them came before.
///
/// The identity is the job's own when the event has one, so that the same completion told twice counts once; otherwise it
/// is the content.
pub fn completion(line: &str, nth: impl FnOnce(&str) -> usize) -> Completion {
    let Ok(Value::Object(event)) = serde_json::from_str::<Value>(line) else {
        return Completion::Unreadable;
    };
    if event.get("type").and_then(Value::as_str) != Some("pipeline.completed") {
        return Completion::Other;
    }
    let text = |key: &str| match event.get(key) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let number = |key: &str| {
        text(key)
            .and_then(|text| text.parse::<f64>().ok())
            .filter(|number| number.is_finite())
    };
    let Some(at) = number("ts_epoch") else {
        return Completion::Unreadable;
    };
    #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
    let at = at as i64;
    let result = text("result").unwrap_or_default();
    let id = ["job_id", "pipeline_id", "run_id"]
        .iter()
        .find_map(|key| text(key))
        .map_or_else(
            || {
                let content = hex(&Sha256::digest(Value::Object(event.clone()).to_string()));
                let nth = nth(&content);
                format!("event-{content}-{nth}")
            },
            |job| format!("job-{job}-{at}-{result}"),
        );
    let outcome = if result == "success" { "success" } else { "failure" };
    Completion::Outcome(Box::new(OutcomeRecord {
        id,
        at,
        agent: text("agent_id").unwrap_or_else(|| NOBODY.to_owned()),
        task: ["task", "goal", "title"]
            .iter()
            .find_map(|key| text(key))
            .unwrap_or_else(|| format!("pipeline-{at}")),
        outcome: outcome.to_owned(),
        role: text("role"),
        quality: number("quality").filter(|quality| (0.0..=10.0).contains(quality)),
        minutes: number("duration_s")
            .map(|seconds| seconds / 60.0)
            .filter(|minutes| *minutes > 0.0),
        match_id: text("match_id"),
        counted_as: None,
    }))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(12).fold(String::new(), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_completion_is_an_outcome() {
        let line = r#"{"ts":"x","ts_epoch":1700000000,"type":"pipeline.completed","agent_id":"ann","result":"success","duration_s":120}"#;
        let Completion::Outcome(record) = completion(line, |_| 0) else {
            panic!("not read")
        };
        assert_eq!(
            (record.agent.as_str(), record.task.as_str(), record.minutes),
            ("ann", "pipeline-1700000000", Some(2.0))
        );
        assert_eq!((record.outcome.as_str(), record.quality), ("success", None));
    }

    #[test]
    fn the_same_job_told_twice_has_one_identity() {
        let id = |line: &str| match completion(line, |_| 0) {
            Completion::Outcome(record) => record.id,
            other @ (Completion::Other | Completion::Unreadable) => panic!("{other:?}"),
        };
        let one = id(r#"{"ts_epoch":5,"type":"pipeline.completed","job_id":"j1","result":"failure"}"#);
        let again = id(r#"{"type": "pipeline.completed", "result":"failure","ts_epoch":"5","job_id":"j1","more":1}"#);
        assert_eq!(one, again);
    }

    #[test]
    fn other_lines_are_told_apart() {
        for (line, expect) in [
            (r#"{"type":"stage.started","ts_epoch":1}"#, Completion::Other),
            (r#"{"type":"pipeline.completed""#, Completion::Unreadable),
            (r#"{"type":"pipeline.completed"}"#, Completion::Unreadable),
            ("[1]", Completion::Unreadable),
        ] {
            assert_eq!(completion(line, |_| 0), expect, "{line}");
        }
    }
}
