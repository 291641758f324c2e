//! From a log to the failures in it: which lines say why, what kind of failure it is, and its fingerprint.
//!
//! [`analyze`] is the whole of it: candidate lines come from knowledge of tools, from general error shapes and from
//! position; they are joined to blocks, ranked, and told apart; each failure then gets a category and a fingerprint.
//! Nothing here fails on log content: what cannot be understood is reported as such with low confidence.

mod analyze;
mod ascii;
pub mod category;
mod describe;
mod excerpt;
mod families;
mod focus;
mod forgiven;
pub mod frames;
mod head;
pub mod identity;
pub mod junit;
pub mod mask;
mod merge;
mod model;
mod options;
mod passed;
mod patterns;
mod place;
mod rank;
#[cfg(test)]
mod tests;
mod rule;
mod scan;
mod searcher;
mod title;
mod verdict;

pub use analyze::analyze;
pub use merge::merge;
pub use model::{Analysis, Category, Class, ExcerptLine, Failure, Location, Signature, UnknownCategory};
pub use options::{Annotation, Baseline, Matcher, Options};
