//! Typed views over memory entries: what Shipwright itself remembers, and what follows from it.
//!
//! Every event is an entry with its own key, so that the union of two memories loses nothing; a count is never stored
//! but folded from the events ([`History::of`]). An entry that cannot be read is skipped and counted.

mod digest;
mod ended;
mod ending;
mod history;
mod model;
mod range;
mod said;

pub use digest::{Digest, Effect, percent};
pub use ended::ended;
pub use ending::{Abandoned, Ending, Finished, How, JobEnd, LONGEST_RED, Open, endings};
pub use history::{Fix, History, KnownFailure, promise, wilson_lower_bound};
pub use model::{
    Evidence, FixRecord, Ledger, Occurrence, Outcome, Proposal, Record, Resolution, Verdict, short_hash, unknown_to,
};
pub use range::{Course, LEAST_CONFIDENCE, Range};
pub use said::{Feedback, Mute, NotSimilar, Opinion, Said, Vote};

#[cfg(test)]
mod ending_tests;
#[cfg(test)]
mod tests;
