//! Typed views over memory entries: what Shipwright itself remembers, and what follows from it.
//!
//! Every event is an entry with its own key, so that the union of two memories loses nothing; a count is never stored
//! but folded from the events ([`History::of`]). An entry that cannot be read is skipped and counted.

mod ended;
mod history;
mod model;
mod said;

pub use ended::ended;
pub use history::{Fix, History, KnownFailure, wilson_lower_bound};
pub use model::{FixRecord, Occurrence, Outcome, Proposal, Record, Resolution, Verdict, short_hash, unknown_to};
pub use said::{Feedback, Mute, NotSimilar, Opinion, Said, Vote};

#[cfg(test)]
mod tests;
