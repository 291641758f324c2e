//! `match-history.jsonl`: every match that was asked for, one a line, and what came of it.

use serde::{Deserialize, Serialize};

use super::{Codec, Damaged, Extra, number};

/// One match. The order of the fields is the order in the file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MatchRecord {
    /// RFC 3339.
    #[serde(deserialize_with = "number::text")]
    pub ts: String,
    /// Seconds since the epoch.
    #[serde(with = "number")]
    pub ts_epoch: f64,
    /// `match-<epoch>-<pid>`.
    #[serde(deserialize_with = "number::text")]
    pub match_id: String,
    /// The task's text.
    #[serde(deserialize_with = "number::text")]
    pub task: String,
    /// The role it was given to.
    #[serde(deserialize_with = "number::text")]
    pub role: String,
    /// `keyword` or `llm`.
    #[serde(deserialize_with = "number::text")]
    pub method: String,
    /// 0 to 1.
    #[serde(with = "number")]
    pub confidence: f64,
    /// Who took it; empty when not known.
    #[serde(deserialize_with = "number::text")]
    pub agent_id: String,
    /// `success`, `failure`, or not known yet.
    pub outcome: Option<String>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

impl MatchRecord {
    /// Whether the outcome was a success; `None` while it is open.
    pub fn succeeded(&self) -> Option<bool> {
        match self.outcome.as_deref() {
            Some("success") => Some(true),
            Some("failure") => Some(false),
            _ => None,
        }
    }
}

/// A line of the file.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// A match.
    Match(Box<MatchRecord>),
    /// A line that is none; kept, and left out of every answer.
    Other(String),
}

/// The whole file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    lines: Vec<Line>,
}

impl History {
    /// The matches, oldest first.
    pub fn matches(&self) -> impl DoubleEndedIterator<Item = &MatchRecord> {
        self.lines.iter().filter_map(|line| match line {
            Line::Match(record) => Some(&**record),
            Line::Other(_) => None,
        })
    }

    /// The matches, to change them.
    pub fn matches_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut MatchRecord> {
        self.lines.iter_mut().filter_map(|line| match line {
            Line::Match(record) => Some(&mut **record),
            Line::Other(_) => None,
        })
    }

    /// How many matches there are.
    pub fn len(&self) -> usize {
        self.matches().count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.matches().next().is_none()
    }

    /// How many lines are no matches.
    pub fn unreadable(&self) -> usize {
        self.lines.len() - self.len()
    }

    /// Adds a match and keeps the newest `limit` lines.
    pub fn push(&mut self, record: MatchRecord, limit: usize) {
        self.lines.push(Line::Match(Box::new(record)));
        let surplus = self.lines.len().saturating_sub(limit.max(1));
        self.lines.drain(..surplus);
    }

    /// One line of the file, with its end.
    pub fn line(record: &MatchRecord) -> String {
        let mut line = serde_json::to_string(record).unwrap_or_default();
        line.push('\n');
        line
    }
}

impl Codec for History {
    const FILE: &'static str = "match-history.jsonl";
    const INITIAL: Option<&'static str> = None;

    /// Never fails: a line that cannot be read is one line lost, not a file.
    fn decode(bytes: &[u8]) -> Result<Self, Damaged> {
        let text = String::from_utf8_lossy(bytes);
        let lines = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| match serde_json::from_str(line) {
                Ok(record) => Line::Match(Box::new(record)),
                Err(_) => Line::Other(line.to_owned()),
            })
            .collect();
        Ok(Self { lines })
    }

    fn encode(&self) -> Vec<u8> {
        let mut text = String::new();
        for line in &self.lines {
            match line {
                Line::Match(record) => text.push_str(&Self::line(record)),
                Line::Other(line) => {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
        text.into_bytes()
    }
}
