//! The stores: what each file holds, read from bytes and written to bytes.
//!
//! Ten files have the names, shapes and key order the bash reference gave them, so that either can follow the other in
//! one directory; three more are our own. Fields we do not know are kept. An item whose shape we do not know is kept
//! too and left out of every answer. Only a file that is no JSON at all is [`Damaged`].

mod audit;
mod files;
mod history;
mod number;
mod people;
mod roles;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use files::{Change, Evolution, Invented, Ledger, Onboarding, OutcomeLog, OutcomeRecord, Talent};
pub use history::{History, Line, MatchRecord};
pub use number::{json as number, round};
pub use people::{Mind, Minds, Profile, Profiles, RoleTally, TaskRecord};
pub use roles::{Heuristics, Learned, Role, RoleUsage, Roles, Snapshot, Usage, Weights};

pub use audit::{AuditPoint, Correction, Meta, Point, push_bounded};

/// Fields of a store we do not know, kept for whoever does.
pub type Extra = serde_json::Map<String, Value>;

/// A store's file that cannot be read as what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file} is damaged: {why}")]
pub struct Damaged {
    /// The file's name.
    pub file: &'static str,
    /// What is wrong, with line and column when known.
    pub why: String,
}

/// One file of the store directory.
pub trait Codec: Default {
    /// The file's name.
    const FILE: &'static str;
    /// What stands in the file before anything was stored; `None` when it does not exist then.
    const INITIAL: Option<&'static str>;
    /// Reads the file's content.
    ///
    /// # Errors
    /// When it is not what the file should hold.
    fn decode(bytes: &[u8]) -> Result<Self, Damaged>;
    /// The file's new content.
    fn encode(&self) -> Vec<u8>;
}

/// An item of a known shape, or one we keep as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Kept<T> {
    /// As expected.
    Known(T),
    /// Something else.
    Other(Value),
}

impl<T> Kept<T> {
    /// The item when its shape is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(item) => Some(item),
            Self::Other(_) => None,
        }
    }
}

/// Reads a whole JSON file; an empty one counts as not yet written.
fn decode_json<T: DeserializeOwned + Default>(file: &'static str, bytes: &[u8]) -> Result<T, Damaged> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(T::default());
    }
    serde_json::from_slice(bytes).map_err(|error| Damaged {
        file,
        why: error.to_string(),
    })
}

fn encode_json<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("maps with text keys and plain values always encode");
    bytes.push(b'\n');
    bytes
}

/// The codec of a store that is one JSON document.
macro_rules! json_store {
    ($store:ty, $file:literal, $initial:expr) => {
        impl $crate::recruit::stores::Codec for $store {
            const FILE: &'static str = $file;
            const INITIAL: Option<&'static str> = $initial;
            fn decode(bytes: &[u8]) -> Result<Self, $crate::recruit::stores::Damaged> {
                $crate::recruit::stores::decode_json($file, bytes)
            }
            fn encode(&self) -> Vec<u8> {
                $crate::recruit::stores::encode_json(self)
            }
        }
    };
}
use json_store;

/// Looks into a map of kept items; the three stores keyed by name share it.
macro_rules! named_items {
    ($store:ident, $item:ty) => {
        impl $store {
            /// The item of that name.
            pub fn get(&self, key: &str) -> Option<&$item> {
                self.0.get(key).and_then($crate::recruit::stores::Kept::known)
            }
            /// All items in the order of their names.
            pub fn iter(&self) -> impl Iterator<Item = (&str, &$item)> {
                self.0
                    .iter()
                    .filter_map(|(key, item)| Some((key.as_str(), item.known()?)))
            }
            /// All names.
            pub fn keys(&self) -> impl Iterator<Item = &str> {
                self.iter().map(|(key, _)| key)
            }
            /// Sets or replaces an item.
            pub fn insert(&mut self, key: impl Into<String>, item: $item) {
                self.0
                    .insert(key.into(), $crate::recruit::stores::Kept::Known(item));
            }
            /// Takes an item out.
            pub fn remove(&mut self, key: &str) -> Option<$item> {
                match self.0.remove(key)? {
                    $crate::recruit::stores::Kept::Known(item) => Some(item),
                    $crate::recruit::stores::Kept::Other(_) => None,
                }
            }
            /// How many there are.
            pub fn len(&self) -> usize {
                self.iter().count()
            }
            /// Whether there is none.
            pub fn is_empty(&self) -> bool {
                self.iter().next().is_none()
            }
        }
    };
}
use named_items;

#[cfg(test)]
mod tests;
