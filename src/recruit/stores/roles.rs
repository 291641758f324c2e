//! `roles.json`, `role-usage.json` and `heuristics.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Extra, Kept, json_store, named_items, number};

/// A role: what it is for, what it needs, what it costs.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Role {
    /// Name for people.
    #[serde(deserialize_with = "number::text")]
    pub title: String,
    /// One sentence.
    #[serde(deserialize_with = "number::text")]
    pub description: String,
    /// What it can do.
    pub required_skills: Vec<String>,
    /// The model that does it well enough.
    #[serde(deserialize_with = "number::text")]
    pub recommended_model: String,
    /// What it must be shown first.
    pub context_needs: Vec<String>,
    /// How its work is judged.
    pub success_metrics: Vec<String>,
    /// US dollars a task.
    #[serde(with = "number")]
    pub estimated_cost_per_task_usd: f64,
    /// `builtin`, `manual`, `ai-generated`, `invented` or `split`.
    #[serde(deserialize_with = "number::text")]
    pub origin: String,
    /// RFC 3339.
    #[serde(deserialize_with = "number::text")]
    pub created_at: String,
    /// Words that call for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trigger_keywords: Vec<String>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `roles.json`: role key to role.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Roles(pub(super) BTreeMap<String, Kept<Role>>);
json_store!(Roles, "roles.json", Some("{}\n"));
named_items!(Roles, Role);

impl FromIterator<(String, Role)> for Roles {
    fn from_iter<I: IntoIterator<Item = (String, Role)>>(items: I) -> Self {
        Self(items.into_iter().map(|(key, role)| (key, Kept::Known(role))).collect())
    }
}

/// How often a role was asked for and what came of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Matches.
    #[serde(with = "number::count")]
    pub matches: u64,
    /// Outcomes that were a success.
    #[serde(with = "number::count")]
    pub successes: u64,
    /// Outcomes that were not.
    #[serde(with = "number::count")]
    pub failures: u64,
    /// RFC 3339, empty when never.
    #[serde(deserialize_with = "number::text")]
    pub last_used: String,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `role-usage.json`: role key to its use.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoleUsage(pub(super) BTreeMap<String, Kept<Usage>>);
json_store!(RoleUsage, "role-usage.json", Some("{}\n"));
named_items!(RoleUsage, Usage);

impl RoleUsage {
    /// The use of a role, to change it; made when there is none.
    pub fn entry(&mut self, role: &str) -> &mut Usage {
        let kept = self
            .0
            .entry(role.to_owned())
            .or_insert_with(|| Kept::Known(Usage::default()));
        if matches!(kept, Kept::Other(_)) {
            *kept = Kept::Known(Usage::default());
        }
        match kept {
            Kept::Known(usage) => usage,
            Kept::Other(_) => unreachable!("replaced just above"),
        }
    }
}

/// What a word was learned to mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// The role it speaks for.
    pub role: String,
    /// How loud: 5 from outcomes, 10 from an invented role.
    #[serde(with = "number")]
    pub weight: f64,
    /// `self-tuned` or `invented`.
    #[serde(default)]
    pub source: String,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Learned words. A bare number, which the reference tolerates, is kept and says nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weights(pub(super) BTreeMap<String, Kept<Learned>>);
named_items!(Weights, Learned);

impl Weights {
    /// Drops every word of that source.
    pub fn forget(&mut self, source: &str) {
        self.0
            .retain(|_, learned| learned.known().is_none_or(|learned| learned.source != source));
    }
}

/// Learned words as they were before a change.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Snapshot {
    /// When they were replaced, RFC 3339.
    pub ts: String,
    /// The words.
    pub keyword_weights: Weights,
}

/// `heuristics.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Heuristics {
    /// Word to role.
    pub keyword_weights: Weights,
    /// Reserved by the reference, never written by it.
    pub match_accuracy: Vec<Value>,
    /// RFC 3339 or `never`.
    pub last_tuned: String,
    /// What a revert goes back to, newest last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub snapshots: Vec<Snapshot>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}
json_store!(
    Heuristics,
    "heuristics.json",
    Some("{\n  \"keyword_weights\": {},\n  \"match_accuracy\": [],\n  \"last_tuned\": \"never\"\n}\n")
);

impl Default for Heuristics {
    fn default() -> Self {
        Self {
            keyword_weights: Weights::default(),
            match_accuracy: Vec::new(),
            last_tuned: "never".to_owned(),
            snapshots: Vec::new(),
            extra: Extra::new(),
        }
    }
}
