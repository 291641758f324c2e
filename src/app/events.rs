//! The event log, `events.jsonl`: one JSON object a line, `{"ts","ts_epoch","type",…}`, for whoever wants to follow what
//! Shipwright does. `schemas/events.json` names the types and their fields.
//!
//! A line is written in one call at the end of the file, so two writers never mix theirs; a line that another program left
//! unfinished is ended first. Writing is a courtesy: when it fails, nothing else does.

use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::recruit;

/// Longest line that is read.
const LONGEST_LINE: u64 = 1 << 20;

/// Longest text of a field, in characters.
const LONGEST_TEXT: usize = 300;

/// Where events go; nowhere when there is no home directory.
#[derive(Debug, Clone, Default)]
pub struct EventLog {
    path: Option<PathBuf>,
}

/// Something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A report was made.
    ContextGenerated,
    /// A suggestion was recorded.
    SuggestionRecorded,
    /// The end of a suggestion is known.
    SuggestionResolved,
    /// A failure was remembered.
    MemoryFailure,
    /// A fix was recorded as applied.
    FixOutcome,
    /// Context was given to an agent.
    MemoryInject,
}

impl Kind {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::ContextGenerated,
        Self::SuggestionRecorded,
        Self::SuggestionResolved,
        Self::MemoryFailure,
        Self::FixOutcome,
        Self::MemoryInject,
    ];

    /// Its name in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ContextGenerated => "error.context_generated",
            Self::SuggestionRecorded => "suggestion.recorded",
            Self::SuggestionResolved => "suggestion.resolved",
            Self::MemoryFailure => "memory.failure",
            Self::FixOutcome => "memory.fix_outcome",
            Self::MemoryInject => "memory.inject",
        }
    }
}

impl EventLog {
    /// The log at this path.
    pub fn new(path: Option<PathBuf>) -> Self {
        Self { path }
    }

    /// Adds an event. `fields` is an object; absent values are left out and long texts cut.
    pub fn tell(&self, kind: Kind, fields: &Value, now: i64) {
        let Some(path) = &self.path else { return };
        let fields: Map<String, Value> = fields
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), short(value)))
            .collect();
        if let Err(error) = recruit::append_event(path, kind.as_str(), fields, now) {
            tracing::debug!(path = %path.display(), %error, "no event was written");
        }
    }
}

fn short(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(text.chars().take(LONGEST_TEXT).collect::<String>()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.clone(),
    }
}

/// What a log holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// The events, in order.
    pub events: Vec<Map<String, Value>>,
    /// Lines that are no events: cut off, overlong, or not JSON.
    pub unreadable: usize,
}

/// Reads a log; one that is not there is empty.
///
/// # Errors
/// A file that exists and cannot be read.
pub fn read(path: &Path) -> io::Result<Reading> {
    let mut found = Reading::default();
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(error),
    };
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(found);
        }
        if !line.ends_with(b"\n") && read as u64 == LONGEST_LINE {
            reader.skip_until(b'\n')?;
            found.unreadable += 1;
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(Value::Object(event)) if event.get("type").is_some_and(Value::is_string) => found.events.push(event),
            Ok(_) | Err(_) if line.iter().all(u8::is_ascii_whitespace) => {}
            Ok(_) | Err(_) => found.unreadable += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_always_valid_json_and_bad_lines_are_counted() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("deep/events.jsonl");
        let log = EventLog::new(Some(path.clone()));
        let hostile = "quote \" newline \n tab \t escape \u{1b}[31m nul \0 half \u{fffd}";
        let fields = json!({ "stage": hostile, "issue": null, "similar_count": 3, "long": "x".repeat(9000) });
        log.tell(Kind::ContextGenerated, &fields, 1_793_629_929_123);
        let mut text = std::fs::read(&path).unwrap();
        text.extend(b"{\"type\":\"half\n\n[1]\n\xff\xfe\n{\"ts\":1}\n");
        text.extend(vec![b'y'; 3 << 20]);
        text.extend(b"\n{\"type\":\"torn");
        std::fs::write(&path, text).unwrap();
        log.tell(Kind::SuggestionResolved, &json!({ "id": "a", "resolved": true }), 0);

        let found = read(&path).unwrap();
        assert_eq!((found.events.len(), found.unreadable), (2, 6));
        let first = &found.events[0];
        assert_eq!(first["stage"], hostile);
        assert_eq!(
            (first["type"].as_str(), first["ts_epoch"].as_i64()),
            (Some("error.context_generated"), Some(1_793_629_929))
        );
        assert!(!first.contains_key("issue") && first["long"].as_str().unwrap().len() == LONGEST_TEXT);
        assert_eq!(found.events[1]["resolved"], true);
        assert_eq!(read(&directory.path().join("none")).unwrap(), Reading::default());
    }

    #[test]
    fn the_schema_names_every_event() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/events.json");
        let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let types = schema["event_types"].as_object().unwrap();
        for kind in Kind::ALL {
            assert!(types.contains_key(kind.as_str()), "{}", kind.as_str());
        }
    }

    #[test]
    fn a_log_that_cannot_be_written_disturbs_nobody() {
        EventLog::new(Some(PathBuf::from("/proc/no/such/place"))).tell(Kind::MemoryFailure, &json!({}), 0);
        EventLog::default().tell(Kind::MemoryFailure, &json!({}), 0);
    }
}
