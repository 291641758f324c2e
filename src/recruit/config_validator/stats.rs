//! The engine in figures.

use serde::Serialize;

use super::super::role_manager::Population;
use super::super::stores::{Heuristics, History, Meta, Profiles, Roles, Talent};
use super::reflect::accuracy;

/// What `stats` tells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Roles, and by origin.
    pub roles: usize,
    /// Built in.
    pub builtin: usize,
    /// Made by hand or by `evolve`.
    pub custom: usize,
    /// Made by a model.
    pub invented: usize,
    /// Agents with a profile.
    pub agents_profiled: usize,
    /// Promotions carried out.
    pub talent_records: usize,
    /// Matches on record.
    pub match_history: usize,
    /// Lines of it that cannot be read.
    pub unreadable_history_lines: usize,
    /// Matches with an outcome.
    pub resolved_matches: usize,
    /// Percent of those that were right.
    pub accuracy: Option<f64>,
    /// Words learned.
    pub learned_keywords: usize,
    /// RFC 3339 or `never`.
    pub last_self_tuned: String,
    /// Corrections on record.
    pub corrections: usize,
    /// Points of the accuracy trend.
    pub accuracy_points: usize,
    /// The agents.
    pub population: Population,
}

/// Counts the stores.
pub fn figures(
    roles: &Roles,
    profiles: &Profiles,
    talent: &Talent,
    history: &History,
    heuristics: &Heuristics,
    meta: &Meta,
) -> Figures {
    let of = |origins: &[&str]| {
        roles
            .iter()
            .filter(|(_, role)| origins.contains(&role.origin.as_str()))
            .count()
    };
    let builtin = of(&["builtin"]);
    let invented = of(&["invented", "ai-generated"]);
    let counted = accuracy(history);
    Figures {
        roles: roles.len(),
        builtin,
        custom: roles.len() - builtin - invented,
        invented,
        agents_profiled: profiles.len(),
        talent_records: talent.0.len(),
        match_history: counted.matches,
        unreadable_history_lines: history.unreadable(),
        resolved_matches: counted.resolved,
        accuracy: counted.percent(),
        learned_keywords: heuristics.keyword_weights.len(),
        last_self_tuned: heuristics.last_tuned.clone(),
        corrections: meta.corrections.len(),
        accuracy_points: meta.accuracy_trend.len(),
        population: Population::of(profiles),
    }
}
