//! Recruit: the right role for the work, the team around it, and learning from what came of it.
//!
//! Three modules, and nothing points back: [`role_manager`] knows roles, matches tasks to them and changes them;
//! [`team_composer`] and [`config_validator`] build on it and do not know each other. Below all three stand [`stores`]
//! (what the files hold), [`policy`] (the keys an operator may set), [`words`] and [`llm`] (what a language model is asked,
//! and what of its answer is believed); beside them [`entries`], the stores as entries of the memory. Nothing here reads a file, the clock or the environment: `app::recruit` does.

pub mod config_validator;
pub mod entries;
pub mod llm;
pub mod policy;
pub mod role_manager;
pub mod stores;
pub mod team_composer;
pub mod words;

pub use policy::Policy;
pub use role_manager::{Candidate, Matcher};
pub use stores::{Roles, Weights};

/// Which roles a task is for, best first, with nothing but the text: no model, no files.
///
/// Takes the roles (`role_manager::builtin_roles()` when there is no store) and the learned words
/// (`Weights::default()` when there are none). For many tasks keep one [`Matcher`].
pub fn match_task(roles: &Roles, weights: &Weights, text: &str) -> Vec<Candidate> {
    Matcher::for_text(roles, weights, text).rank(text)
}

/// RFC 3339 in UTC with whole seconds, as the stores write times.
pub fn timestamp(now: i64) -> String {
    jiff::Timestamp::from_millisecond(now)
        .unwrap_or_default()
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

/// Milliseconds since the epoch of a time in a store, if it is one.
pub fn parse_timestamp(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>()
        .ok()
        .map(jiff::Timestamp::as_millisecond)
}

/// Text somebody else wrote, fit for one line of a terminal.
pub fn one_line(text: &str) -> String {
    let cleaned: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    cleaned.trim().to_owned()
}
