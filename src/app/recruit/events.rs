//! The event log: one JSON object a line, shared with everything else Shipwright does.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::app::files;
use crate::recruit::config_validator::{Completion, completion};
use crate::recruit::stores::OutcomeRecord;
use crate::recruit::timestamp;

/// Longer lines are skipped.
const LONGEST_LINE: u64 = 1 << 20;

#[derive(Serialize)]
struct Event<'e> {
    ts: String,
    ts_epoch: i64,
    r#type: &'e str,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// Adds an event.
pub(in crate::app) fn append(path: &Path, kind: &str, fields: Map<String, Value>, now: i64) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let event = Event {
        ts: timestamp(now),
        ts_epoch: now.div_euclid(1000),
        r#type: kind,
        fields,
    };
    files::append_lines(path, &(serde_json::to_string(&event)? + "\n"))
}

/// What an event log holds for an ingest.
#[derive(Debug, Default)]
pub(super) struct Completions {
    /// Finished pipelines, in the order of the log.
    pub outcomes: Vec<OutcomeRecord>,
    /// Lines that looked like one and could not be read.
    pub unreadable: usize,
}

/// Reads the finished pipelines since `since` (epoch seconds). A log that does not exist holds none.
pub(super) fn completions(path: &Path, since: i64) -> io::Result<Completions> {
    let mut found = Completions::default();
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(error),
    };
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let finder = memchr::memmem::Finder::new("pipeline.completed");
    let mut told: HashMap<String, usize> = HashMap::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(found);
        }
        let whole = line.ends_with(b"\n") || (read as u64) < LONGEST_LINE;
        if !whole {
            reader.skip_until(b'\n')?;
        }
        if finder.find(&line).is_none() {
            continue;
        }
        let nth = |content: &str| {
            let count = told.entry(content.to_owned()).or_default();
            *count += 1;
            *count - 1
        };
        match completion(&String::from_utf8_lossy(&line), nth) {
            Completion::Outcome(record) if record.at >= since => found.outcomes.push(*record),
            Completion::Outcome(_) | Completion::Other => {}
            Completion::Unreadable => found.unreadable += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_lines_are_counted_and_the_others_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("events.jsonl");
        append(&path, "pipeline.completed", Map::new(), 5_000).unwrap();
        let mut text = std::fs::read(&path).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&text),
            "{\"ts\":\"1970-01-01T00:00:05Z\",\"ts_epoch\":5,\"type\":\"pipeline.completed\"}\n"
        );
        text.extend(b"{\"type\":\"pipeline.completed\",\"ts_epoch\":007}\n\x1b[31m pipeline.completed \xff\n");
        text.extend(vec![b'x'; 3 << 20]);
        text.extend(b"\n{\"type\":\"pipeline.completed\",\"ts_epoch\":9}");
        std::fs::write(&path, text).unwrap();
        let found = completions(&path, 0).unwrap();
        assert_eq!((found.outcomes.len(), found.unreadable), (2, 2));
        assert_eq!(completions(&path, 6).unwrap().outcomes.len(), 1);
        assert_eq!(
            completions(&directory.path().join("none"), 0).unwrap().outcomes.len(),
            0
        );
    }
}
