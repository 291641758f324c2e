//! `meta-learning.json`: how good the matching is, over time.

use serde::{Deserialize, Serialize};

use super::{Extra, Kept, json_store, number};

/// A match that turned out wrong.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Correction {
    /// RFC 3339.
    #[serde(deserialize_with = "number::text")]
    pub ts: String,
    /// Who failed.
    #[serde(deserialize_with = "number::text")]
    pub agent: String,
    /// In which role.
    #[serde(deserialize_with = "number::text")]
    pub role: String,
    /// How the role had been found.
    #[serde(deserialize_with = "number::text")]
    pub method: String,
    /// `failure`.
    #[serde(deserialize_with = "number::text")]
    pub outcome: String,
    /// Unknown fields, and our `match_id`.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Accuracy at one moment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Point {
    /// Percent.
    #[serde(with = "number")]
    pub accuracy: f64,
    /// RFC 3339.
    #[serde(deserialize_with = "number::text")]
    pub ts: String,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An audit's result at one moment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditPoint {
    /// Percent of checks passed.
    #[serde(with = "number")]
    pub score: f64,
    /// RFC 3339.
    #[serde(deserialize_with = "number::text")]
    pub ts: String,
    /// How many failed.
    #[serde(with = "number::count")]
    pub failures: u64,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `meta-learning.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Meta {
    /// The last 100.
    pub corrections: Vec<Kept<Correction>>,
    /// The last 50.
    pub accuracy_trend: Vec<Kept<Point>>,
    /// RFC 3339 or `never`.
    pub last_reflection: String,
    /// The last 50.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub audit_trend: Vec<Kept<AuditPoint>>,
    /// All corrections ever; the list above forgets, this does not. Absent in files of the reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrections_total: Option<u64>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}
json_store!(
    Meta,
    "meta-learning.json",
    Some("{\n  \"corrections\": [],\n  \"accuracy_trend\": [],\n  \"last_reflection\": \"never\"\n}\n")
);

impl Default for Meta {
    fn default() -> Self {
        Self {
            corrections: Vec::new(),
            accuracy_trend: Vec::new(),
            last_reflection: "never".to_owned(),
            audit_trend: Vec::new(),
            corrections_total: None,
            extra: Extra::new(),
        }
    }
}

/// Adds to a list that keeps its newest `limit` items.
pub fn push_bounded<T>(list: &mut Vec<T>, item: T, limit: usize) {
    list.push(item);
    let surplus = list.len().saturating_sub(limit);
    list.drain(..surplus);
}
