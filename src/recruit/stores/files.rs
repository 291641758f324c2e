//! The smaller stores: `talent.json`, `onboarding.json`, `invented-roles.jsonl`, and three of our own: what was ingested,
//! every outcome, and what `evolve --apply` changed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::audit::push_bounded;
use super::{Codec, Damaged, Extra, Kept, Role, json_store};

/// `talent.json`: promotions that were carried out (`promote --apply`), newest last. The reference never writes it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Talent(pub Vec<Value>);
json_store!(Talent, "talent.json", Some("[]\n"));

impl Talent {
    /// Adds a record; the last 500 stay.
    pub fn push(&mut self, record: Value) {
        push_bounded(&mut self.0, record, 500);
    }
}

/// `onboarding.json`: when it was written (epoch seconds) to the whole document. The last 100 stay.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Onboarding(pub BTreeMap<String, Value>);
json_store!(Onboarding, "onboarding.json", Some("{}\n"));

impl Onboarding {
    /// Adds a document; a second one in the same second gets a key of its own.
    pub fn push(&mut self, seconds: i64, document: String) {
        let mut key = seconds.to_string();
        for nth in 2.. {
            if !self.0.contains_key(&key) {
                break;
            }
            key = format!("{seconds}-{nth:03}");
        }
        self.0.insert(key, Value::String(document));
        while self.0.len() > 100 {
            self.0.pop_first();
        }
    }
}

/// Lines of JSON of which we know no more than that.
fn decode_lines(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect()
}

fn encode_lines<'l>(lines: impl Iterator<Item = &'l str>) -> Vec<u8> {
    let mut text = String::new();
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    text.into_bytes()
}

/// `invented-roles.jsonl`: roles a model made up. The last 500 stay.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Invented(Vec<String>);

impl Invented {
    /// Adds a role.
    pub fn push(&mut self, role: &Value) {
        push_bounded(&mut self.0, role.to_string(), 500);
    }
}

impl Codec for Invented {
    const FILE: &'static str = "invented-roles.jsonl";
    const INITIAL: Option<&'static str> = None;
    fn decode(bytes: &[u8]) -> Result<Self, Damaged> {
        Ok(Self(decode_lines(bytes)))
    }
    fn encode(&self) -> Vec<u8> {
        encode_lines(self.0.iter().map(String::as_str))
    }
}

/// `ledger.json`: the outcomes already counted, by their identity, so that none counts twice.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    /// Identity to epoch seconds.
    seen: BTreeMap<String, i64>,
    /// Everything up to here counts as seen, because its identity was dropped.
    floor: i64,
}
json_store!(Ledger, "ledger.json", None);

impl Ledger {
    /// Identities that are remembered.
    const LIMIT: usize = 20_000;

    /// Whether an outcome of that identity and time was counted.
    pub fn has(&self, id: &str, at: i64) -> bool {
        at < self.floor || self.seen.contains_key(id)
    }

    /// Remembers an outcome; `false` when it was counted before.
    pub fn add(&mut self, id: String, at: i64) -> bool {
        !self.has(&id, at) && self.seen.insert(id, at).is_none()
    }

    /// Drops the oldest identities beyond the limit.
    pub fn trim(&mut self) {
        if self.seen.len() > Self::LIMIT {
            let mut times: Vec<i64> = self.seen.values().copied().collect();
            times.sort_unstable();
            if let Some(&floor) = times.get(times.len() - Self::LIMIT) {
                self.floor = self.floor.max(floor);
                self.seen.retain(|_, at| *at >= floor);
            }
        }
    }
}

/// One outcome, with an identity of its own: the unit that is shared between machines.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OutcomeRecord {
    /// Identity.
    pub id: String,
    /// Seconds since the epoch.
    pub at: i64,
    /// Who.
    pub agent: String,
    /// What.
    pub task: String,
    /// `success` or `failure`.
    pub outcome: String,
    /// In which role, when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// 0 to 10, when somebody rated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<f64>,
    /// Minutes, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<f64>,
    /// The match it belongs to, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub match_id: Option<String>,
    /// The role it counted for where it was recorded; it counts for the same one elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted_as: Option<String>,
}

/// `outcomes.jsonl`: the last 5,000 outcomes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OutcomeLog(Vec<String>);

impl OutcomeLog {
    /// Adds an outcome.
    pub fn push(&mut self, record: &OutcomeRecord) {
        let line = serde_json::to_string(record).unwrap_or_default();
        push_bounded(&mut self.0, line, 5_000);
    }

    /// All outcomes, oldest first; lines that are none are left out.
    pub fn records(&self) -> impl Iterator<Item = OutcomeRecord> {
        self.0.iter().filter_map(|line| serde_json::from_str(line).ok())
    }
}

impl Codec for OutcomeLog {
    const FILE: &'static str = "outcomes.jsonl";
    const INITIAL: Option<&'static str> = None;
    fn decode(bytes: &[u8]) -> Result<Self, Damaged> {
        Ok(Self(decode_lines(bytes)))
    }
    fn encode(&self) -> Vec<u8> {
        encode_lines(self.0.iter().map(String::as_str))
    }
}

/// What one `evolve --apply` did.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Change {
    /// RFC 3339.
    pub ts: String,
    /// Roles taken out, as they were.
    pub retired: BTreeMap<String, Role>,
    /// Roles made.
    pub created: Vec<String>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `evolution.json`: what can be undone, newest last.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Evolution(pub Vec<Kept<Change>>);
json_store!(Evolution, "evolution.json", None);

impl Evolution {
    /// Remembers a change; the last 50 stay.
    pub fn push(&mut self, change: Change) {
        push_bounded(&mut self.0, Kept::Known(change), 50);
    }

    /// Takes the newest change out.
    pub fn pop(&mut self) -> Option<Change> {
        loop {
            if let Kept::Known(change) = self.0.pop()? {
                return Some(change);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_documents_in_one_second_both_stay_and_old_ones_leave() {
        let mut onboarding = Onboarding::default();
        for _ in 0..3 {
            onboarding.push(1_700_000_000, "text".to_owned());
        }
        assert_eq!(onboarding.0.len(), 3);
        for nth in 0..200 {
            onboarding.push(1_700_000_001 + nth, "text".to_owned());
        }
        assert_eq!(onboarding.0.len(), 100);
        assert_eq!(onboarding.0.keys().next_back().unwrap(), "1700000200");
    }

    #[test]
    fn a_ledger_that_forgets_still_counts_nothing_twice() {
        let mut ledger = Ledger::default();
        for nth in 0..25_000 {
            assert!(ledger.add(format!("id-{nth}"), nth));
        }
        ledger.trim();
        assert!(!ledger.add("id-3".to_owned(), 3), "dropped, but older than the floor");
        assert!(!ledger.add("id-24999".to_owned(), 24_999));
        assert!(ledger.add("new".to_owned(), 25_000));
    }
}
