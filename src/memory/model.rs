//! Entries, identities and the memory that holds them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The namespace an entry without one belongs to, as ruflo's import does it.
pub const DEFAULT_NAMESPACE: &str = "default";

/// Namespaces under this prefix hold Shipwright's own records and live in `shipwright.jsonl`.
pub const RECORDS_PREFIX: &str = "shipwright/";

/// What makes an entry the same entry on two machines. Sorted by namespace, then key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// The namespace; never empty.
    pub namespace: String,
    /// The key within the namespace; never empty.
    pub key: String,
}

impl Identity {
    /// An empty namespace means [`DEFAULT_NAMESPACE`].
    pub fn new(namespace: impl Into<String>, key: impl Into<String>) -> Self {
        let namespace = namespace.into();
        let namespace = if namespace.is_empty() {
            DEFAULT_NAMESPACE.to_owned()
        } else {
            namespace
        };
        Self {
            namespace,
            key: key.into(),
        }
    }

    /// Whether this names one of Shipwright's own records.
    pub fn is_record(&self) -> bool {
        self.namespace.starts_with(RECORDS_PREFIX)
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.namespace, self.key)
    }
}

/// The run and commit an entry was last changed by.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// Run id, as text.
    pub run: String,
    /// Full commit id.
    pub sha: String,
}

/// One remembered thing. Times are milliseconds since the epoch.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entry {
    /// The text; `None` is what a broken ruflo export calls `null`, and never overwrites a text.
    pub value: Option<String>,
    /// When it was first stored.
    pub created_at: Option<i64>,
    /// When the value last changed. Ours: it does not move when an agent's import resets its clock.
    pub updated_at: Option<i64>,
    /// How often an agent read it.
    pub access_count: u64,
    /// Whether the agent that exported it had a vector for it.
    pub has_embedding: bool,
    /// When an agent last read it or a run last met it.
    pub last_seen_at: Option<i64>,
    /// Who changed it last.
    pub origin: Option<Origin>,
    /// Every field we do not know, as it was.
    pub extra: Map<String, Value>,
}

impl Entry {
    /// An entry created at `now` with `value`.
    pub fn new(value: impl Into<String>, now: i64) -> Self {
        Self {
            value: Some(value.into()),
            created_at: Some(now),
            updated_at: Some(now),
            ..Self::default()
        }
    }

    /// The text, or `""`.
    pub fn text(&self) -> &str {
        self.value.as_deref().unwrap_or_default()
    }

    /// Length of the value in UTF-16 units, as ruflo counts it.
    pub fn size(&self) -> usize {
        let text = self.text();
        if text.is_ascii() {
            text.len()
        } else {
            text.encode_utf16().count()
        }
    }

    /// The last sign of life: changed, seen or created, whichever is latest. `None` when nothing is known.
    pub fn last_active_at(&self) -> Option<i64> {
        self.updated_at.max(self.last_seen_at).max(self.created_at)
    }

    /// SHA-256 of the value, lower-case hexadecimal.
    pub fn sha256(&self) -> String {
        hex(&Sha256::digest(self.text()))
    }
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// An ordered set of entries, with the header fields of the file they came from. Cloning shares the entries.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Memory {
    entries: BTreeMap<Identity, Arc<Entry>>,
    /// The namespace the export was limited to; absence from such an export says nothing about other namespaces.
    pub filter: Option<String>,
    /// Header fields beside `schema`, `count`, `namespace` and `entries`, as they were.
    pub header: Map<String, Value>,
}

impl Memory {
    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry of that identity.
    pub fn get(&self, identity: &Identity) -> Option<&Entry> {
        self.entries.get(identity).map(AsRef::as_ref)
    }

    /// Stores an entry, and gives back the one it replaces.
    pub fn insert(&mut self, identity: Identity, entry: impl Into<Arc<Entry>>) -> Option<Arc<Entry>> {
        self.entries.insert(identity, entry.into())
    }

    /// Takes an entry out.
    pub fn remove(&mut self, identity: &Identity) -> Option<Arc<Entry>> {
        self.entries.remove(identity)
    }

    /// For changing an entry in place; a shared entry is copied first.
    pub fn get_mut(&mut self, identity: &Identity) -> Option<&mut Entry> {
        self.entries.get_mut(identity).map(Arc::make_mut)
    }

    /// All entries, by namespace, then key.
    pub fn iter(&self) -> impl Iterator<Item = (&Identity, &Entry)> {
        self.entries.iter().map(|(identity, entry)| (identity, entry.as_ref()))
    }

    /// The entries of one namespace, by key.
    pub fn namespace<'a>(&'a self, namespace: &str) -> impl Iterator<Item = (&'a Identity, &'a Entry)> {
        let start = Identity {
            namespace: namespace.to_owned(),
            key: String::new(),
        };
        let wanted = start.namespace.clone();
        let entries = self
            .entries
            .range(start..)
            .take_while(move |(identity, _)| identity.namespace == wanted);
        entries.map(|(identity, entry)| (identity, entry.as_ref()))
    }

    /// A memory of entries that are shared already.
    pub(super) fn of(entries: BTreeMap<Identity, Arc<Entry>>) -> Self {
        Self {
            entries,
            ..Self::default()
        }
    }

    /// The entries with their shared ownership, for moving them between memories without copying.
    pub(super) const fn shared(&self) -> &BTreeMap<Identity, Arc<Entry>> {
        &self.entries
    }

    /// Takes Shipwright's own records out of a memory that holds both kinds.
    #[must_use]
    pub fn take_records(&mut self) -> Self {
        let is_record = |identity: &Identity| identity.is_record();
        if !self.entries.keys().any(is_record) {
            return Self::default();
        }
        let (records, rest) = std::mem::take(&mut self.entries)
            .into_iter()
            .partition(|(identity, _)| is_record(identity));
        self.entries = rest;
        Self {
            entries: records,
            ..Self::default()
        }
    }
}

impl<E: Into<Arc<Entry>>> FromIterator<(Identity, E)> for Memory {
    fn from_iter<I: IntoIterator<Item = (Identity, E)>>(entries: I) -> Self {
        let entries = entries.into_iter().map(|(identity, entry)| (identity, entry.into()));
        Self {
            entries: entries.collect(),
            ..Self::default()
        }
    }
}

/// The mark a deletion leaves, so that a copy made before it does not bring the entry back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tombstone {
    /// When it was deleted.
    pub deleted_at: i64,
    /// SHA-256 of the value that was deleted, lower-case hexadecimal; empty when unknown.
    pub sha256: String,
    /// `updatedAt` of the entry that was deleted: with the hash, it names the version that is gone.
    pub updated_at: Option<i64>,
    /// Every field we do not know, as it was.
    pub extra: Map<String, Value>,
}

impl Tombstone {
    /// The mark of deleting `entry` at `now` (later if the entry claims to be younger than that).
    pub fn of(entry: &Entry, now: i64) -> Self {
        Self {
            deleted_at: entry.updated_at.map_or(now, |time| time.max(now)),
            sha256: entry.sha256(),
            updated_at: entry.updated_at,
            extra: Map::new(),
        }
    }
}
