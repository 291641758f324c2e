//! From a log to the failures in it: which lines say why, what kind of failure it is, and its fingerprint.
//!
//! [`analyze`] is the whole of it: candidate lines come from knowledge of tools, from general error shapes and from
//! position; they are joined to blocks, ranked, and told apart; each failure then gets a category and a fingerprint.
//! Nothing here fails on log content: what cannot be understood is reported as such with low confidence.

pub mod frames;
pub mod identity;
pub mod mask;
mod model;

pub use model::{Analysis, Category, Class, ExcerptLine, Failure, Location, Signature};
