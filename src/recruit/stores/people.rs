//! `profiles.json` and `agent-minds.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Extra, Kept, json_store, named_items, number};

/// One finished task of an agent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskRecord {
    /// RFC 3339.
    #[serde(deserialize_with = "number::text")]
    pub ts: String,
    /// What it was.
    #[serde(deserialize_with = "number::text")]
    pub task: String,
    /// `success` or `failure`.
    #[serde(deserialize_with = "number::text")]
    pub outcome: String,
    /// 0 to 10; 0 when nobody rated it.
    #[serde(with = "number")]
    pub quality: f64,
    /// Minutes; 0 when unknown.
    #[serde(with = "number")]
    pub duration: f64,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What an agent did in one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RoleTally {
    /// Tasks.
    pub tasks: u64,
    /// Those that succeeded.
    pub successes: u64,
}

/// An agent's record.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Tasks with an outcome.
    #[serde(with = "number::count")]
    pub tasks_completed: u64,
    /// Those that succeeded.
    #[serde(with = "number::count")]
    pub success_count: u64,
    /// Percent, one decimal.
    #[serde(with = "number")]
    pub success_rate: f64,
    /// Minutes a task, over the tasks whose time is known.
    #[serde(with = "number")]
    pub avg_time_minutes: f64,
    /// 0 to 10, over the tasks somebody rated.
    #[serde(with = "number")]
    pub quality_score: f64,
    /// 90 % of the success rate, whole.
    #[serde(with = "number")]
    pub cost_efficiency: f64,
    /// Sum of the known times.
    #[serde(with = "number")]
    pub total_time_minutes: f64,
    /// Sum of the ratings.
    #[serde(with = "number")]
    pub total_quality: f64,
    /// The model it runs on.
    #[serde(deserialize_with = "number::text")]
    pub model: String,
    /// Its role.
    #[serde(deserialize_with = "number::text")]
    pub role: String,
    /// The last tasks, oldest first.
    pub task_history: Vec<Kept<TaskRecord>>,
    /// RFC 3339.
    #[serde(deserialize_with = "number::text")]
    pub last_updated: String,
    /// How many tasks were rated; absent in files of the reference, where every task counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rated_tasks: Option<u64>,
    /// How many tasks have a time; absent likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timed_tasks: Option<u64>,
    /// What it did, by role.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub role_tasks: BTreeMap<String, RoleTally>,
    /// The role we last wrote on our own account; another value in `role` was set by somebody and stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_inferred: Option<String>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Profile {
    /// Whether anybody ever rated this agent's work.
    pub fn is_rated(&self) -> bool {
        self.total_quality > 0.0
    }
}

/// `profiles.json`: agent to profile.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profiles(pub(super) BTreeMap<String, Kept<Profile>>);
json_store!(Profiles, "profiles.json", Some("{}\n"));
named_items!(Profiles, Profile);

/// How an agent works best.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Mind {
    /// `fast-iterative`, `thorough-methodical` or `balanced`.
    pub working_style: String,
    /// What it is good at.
    pub strengths: Vec<String>,
    /// What it is not.
    pub weaknesses: Vec<String>,
    /// The work it likes.
    pub ideal_task_type: String,
    /// `minimal-context`, `detailed-specs`, `example-driven` or `standard`.
    pub onboarding_preference: String,
    /// RFC 3339.
    pub updated: String,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `agent-minds.json`: agent to mind.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Minds(pub(super) BTreeMap<String, Kept<Mind>>);
json_store!(Minds, "agent-minds.json", Some("{}\n"));
named_items!(Minds, Mind);
