//! What the repository remembers: entries, the tree of files they live in, and how two memories become one.
//!
//! Times from an agent's export prove nothing (its import resets them), so a job's changes are found by comparing the
//! export with what the job was given, like git does: see [`three_way`]. Without that base, [`two_way`] joins
//! states under a total order and is commutative, associative and idempotent.

mod codec;
pub mod delta;
mod document;
mod element;
mod format;
mod lines;
pub mod merge;
mod model;
mod order;
pub mod retention;
pub mod shapes;
mod tree;

pub use codec::{DecodeError, Decoded, MAX_FILE_BYTES, SCHEMA, decode};
pub use delta::Delta;
pub use format::{Format, NewerFormat};
pub use lines::Tombstones;
pub use merge::{Context, ExportTrust, MergeReport, Merged, three_way, two_way};
pub use model::{DEFAULT_NAMESPACE, Entry, Identity, Memory, Origin, RECORDS_PREFIX, Tombstone};
pub use tree::{Damage, EXPORT_FILE, FORMAT_FILE, README_FILE, RECORDS_FILE, TOMBSTONES_FILE, Tree};
