//! A CI log as lines: read from bytes of any size and encoding, cleaned, with the structure the CI system left in it.
//!
//! Reading is one pass. Every physical line is cut from its timestamp, ANSI sequences, carriage-return progress and
//! the marks of the CI system ([`Mark`]); what is left is [`Line::text`]. Memory is bounded: of a log larger than the
//! budget the head, the tail and the neighbourhood of suspicious lines are kept, so a log of any size can be explained.
//! [`Log::steps`] says which lines belong to which step and which steps failed.

mod ahead;
mod clean;
mod encoding;
mod exit;
mod line;
mod mark;
mod needs;
mod reader;
mod sift;
mod stamp;
mod step;
mod store;

pub use line::{Line, Mark};
pub use needs::{Folded, Frequencies, Needs, SHORTEST as SHORTEST_NEED};
pub use sift::shape;
pub use step::{Step, StepHint};
pub use store::{Log, Stretch};

#[cfg(test)]
mod tests;
