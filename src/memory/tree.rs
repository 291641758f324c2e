//! The tree of the memory ref: its files as values.

use std::collections::BTreeMap;
use std::fmt;

use super::codec::{self, DecodeError};
use super::format::Format;
use super::lines::{self, Tombstones};
use super::model::{Entry, Identity, Memory, Tombstone};
use super::order::{State, join};

/// Agents' memory in ruflo's export shape.
pub const EXPORT_FILE: &str = "memory-export.json";
/// Shipwright's own records.
pub const RECORDS_FILE: &str = "shipwright.jsonl";
/// Deletions.
pub const TOMBSTONES_FILE: &str = "tombstones.jsonl";
/// The version of the tree.
pub const FORMAT_FILE: &str = "format.json";
/// For a person who stumbles on the ref.
pub const README_FILE: &str = "README.md";

const README: &str = "\
This ref is the memory of this repository's CI jobs, kept by Shipwright.
`memory-export.json` is what agents remember (ruflo's export shape), `shipwright.jsonl` what past failures taught.
Do not edit by hand: use `shipwright memory list|show|delete`. It can be read by whoever can read the repository.
";

/// What could not be read of a tree. The rest of the tree is still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// A whole file is unreadable; nothing of it was used.
    File {
        /// Its name in the tree.
        file: &'static str,
        /// Why.
        reason: String,
    },
    /// The file is cut short or broken; the entries on whole lines were saved.
    Salvaged {
        /// Its name in the tree.
        file: &'static str,
        /// Entries saved.
        entries: usize,
        /// Why it is not whole.
        reason: String,
    },
    /// Some lines or elements are no entries.
    Lines {
        /// Its name in the tree.
        file: &'static str,
        /// How many.
        count: usize,
    },
}

impl fmt::Display for Damage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, reason } => write!(formatter, "{file} is unreadable: {reason}"),
            Self::Salvaged { file, entries, reason } => {
                write!(formatter, "{file} is damaged, {entries} entries saved: {reason}")
            }
            Self::Lines { file, count } => write!(formatter, "{file}: {count} damaged entries left out"),
        }
    }
}

/// Everything the ref holds. No identity is both alive and in `tombstones`; [`Tree::normalize`] restores that.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tree {
    /// Agents' memory.
    pub memory: Memory,
    /// Shipwright's own records: namespaces under `shipwright/`.
    pub records: Memory,
    /// Deletions.
    pub tombstones: Tombstones,
    /// The version it was written in.
    pub format: Format,
    /// Files we do not know, as they were.
    pub others: BTreeMap<String, Vec<u8>>,
}

impl Tree {
    /// A tree that holds an export and nothing else; records in it go where records belong.
    pub fn from_memory(mut memory: Memory) -> Self {
        let records = memory.take_records();
        Self {
            memory,
            records,
            ..Self::default()
        }
    }

    /// All live entries in one memory, as a `--memory` file holds them.
    pub fn to_memory(&self) -> Memory {
        let mut all: Memory = self
            .entries()
            .map(|(identity, entry)| (identity.clone(), entry.clone()))
            .collect();
        all.header.clone_from(&self.memory.header);
        all
    }

    /// Reads the files of a tree by name. Absent files are empty; damage costs no more than what is damaged.
    pub fn from_files(files: &BTreeMap<String, Vec<u8>>) -> (Self, Vec<Damage>) {
        let mut tree = Self::default();
        let mut damage = Vec::new();
        for (name, bytes) in files {
            match name.as_str() {
                EXPORT_FILE => tree.read_export(bytes, &mut damage),
                RECORDS_FILE => {
                    let (records, bad) = lines::decode_entries(bytes);
                    for (identity, entry) in records.shared() {
                        tree.records.insert(identity.clone(), entry.clone());
                    }
                    note_lines(RECORDS_FILE, bad, records.is_empty(), &mut damage);
                }
                TOMBSTONES_FILE => {
                    let (tombstones, bad) = lines::decode_tombstones(bytes);
                    note_lines(TOMBSTONES_FILE, bad, tombstones.is_empty(), &mut damage);
                    tree.tombstones = tombstones;
                }
                FORMAT_FILE => match Format::decode(bytes) {
                    Some(format) => tree.format = format,
                    None => damage.push(Damage::File {
                        file: FORMAT_FILE,
                        reason: "no format number".to_owned(),
                    }),
                },
                README_FILE => {}
                _ => {
                    tree.others.insert(name.clone(), bytes.clone());
                }
            }
        }
        tree.normalize();
        (tree, damage)
    }

    fn read_export(&mut self, bytes: &[u8], damage: &mut Vec<Damage>) {
        match codec::decode(bytes) {
            Ok(decoded) => {
                note_lines(EXPORT_FILE, decoded.skipped, false, damage);
                self.memory = decoded.memory;
            }
            Err(error) => {
                let reason = reason_of(&error);
                self.memory = lines::salvage_entries(bytes);
                damage.push(match self.memory.len() {
                    0 => Damage::File {
                        file: EXPORT_FILE,
                        reason,
                    },
                    entries => Damage::Salvaged {
                        file: EXPORT_FILE,
                        entries,
                        reason,
                    },
                });
            }
        }
    }

    /// The files of the tree, by name. Equal trees give equal bytes.
    pub fn to_files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = self.others.clone();
        files.insert(EXPORT_FILE.to_owned(), self.memory.encode());
        files.insert(RECORDS_FILE.to_owned(), lines::encode_entries(&self.records));
        files.insert(TOMBSTONES_FILE.to_owned(), lines::encode_tombstones(&self.tombstones));
        files.insert(FORMAT_FILE.to_owned(), self.format.encode());
        files.insert(README_FILE.to_owned(), README.as_bytes().to_vec());
        files
    }

    /// Bytes of all its files together.
    pub fn encoded_len(&self) -> u64 {
        let mut line = Vec::new();
        let mut length = |memory: &Memory| -> usize {
            let entries = memory.iter().map(|(identity, entry)| {
                line.clear();
                codec::encode_entry(identity, entry, &mut line);
                line.len()
            });
            entries.sum()
        };
        // Each line but the last of the export ends in a comma and a line feed, records in a line feed.
        let export = length(&self.memory) + (self.memory.len() * 2).saturating_sub(1);
        let records = length(&self.records) + self.records.len();
        let mut memory = Memory::default();
        memory.filter.clone_from(&self.memory.filter);
        memory.header.clone_from(&self.memory.header);
        let rest = Self {
            memory,
            tombstones: self.tombstones.clone(),
            format: self.format.clone(),
            others: self.others.clone(),
            records: Memory::default(),
        };
        let rest: usize = rest.to_files().values().map(Vec::len).sum();
        let digits = |count: usize| count.checked_ilog10().unwrap_or(0) as usize;
        (export + records + rest + digits(self.memory.len())) as u64
    }

    /// Puts records where records belong, lets the later of an entry and its deletion stand, and drops what changes on
    /// its own (`exportedAt`), so that an unchanged memory is unchanged bytes.
    pub fn normalize(&mut self) {
        self.memory.filter = None;
        self.memory.header.remove("exportedAt");
        for (identity, entry) in self.memory.take_records().shared() {
            let entry = match self.records.shared().get(identity) {
                Some(other) => super::order::join_entries(other, entry),
                None => entry.clone(),
            };
            self.records.insert(identity.clone(), entry);
        }
        let disputed: Vec<Identity> = self
            .tombstones
            .keys()
            .filter(|identity| self.get(identity).is_some())
            .cloned()
            .collect();
        for identity in disputed {
            if let Some(state) = self.state(&identity) {
                self.set(identity, Some(state));
            }
        }
    }

    /// The live entry of that identity, of either kind.
    pub fn get(&self, identity: &Identity) -> Option<&Entry> {
        self.side(identity).get(identity)
    }

    /// Stores a live entry, of either kind; a deletion of it is forgotten.
    pub fn insert(&mut self, identity: Identity, entry: Entry) {
        self.set(identity, Some(State::Live(entry.into())));
    }

    /// Deletes an entry at `now` (later if the entry claims to be younger than that), leaving a tombstone. False when
    /// there was none.
    pub fn delete(&mut self, identity: &Identity, now: i64) -> bool {
        let Some(entry) = self.get(identity) else { return false };
        let tombstone = Tombstone::of(entry, now);
        self.set(identity.clone(), Some(State::Dead(tombstone)));
        true
    }

    /// All live entries: agents' memory, then records.
    pub fn entries(&self) -> impl Iterator<Item = (&Identity, &Entry)> {
        self.memory.iter().chain(self.records.iter())
    }

    /// Whether the trees hold the same, whoever wrote them.
    pub fn same_content(&self, other: &Self) -> bool {
        self.memory == other.memory
            && self.records == other.records
            && self.tombstones == other.tombstones
            && self.others == other.others
    }

    fn side(&self, identity: &Identity) -> &Memory {
        if identity.is_record() {
            &self.records
        } else {
            &self.memory
        }
    }

    /// What is known of an identity.
    pub(super) fn state(&self, identity: &Identity) -> Option<State> {
        let live = self
            .side(identity)
            .shared()
            .get(identity)
            .map(|entry| State::Live(entry.clone()));
        let dead = self
            .tombstones
            .get(identity)
            .map(|tombstone| State::Dead(tombstone.clone()));
        match (live, dead) {
            (Some(live), Some(dead)) => Some(join(&live, &dead)),
            (live, dead) => live.or(dead),
        }
    }

    /// Makes a state what is known of an identity.
    pub(super) fn set(&mut self, identity: Identity, state: Option<State>) {
        let side = if identity.is_record() {
            &mut self.records
        } else {
            &mut self.memory
        };
        side.remove(&identity);
        self.tombstones.remove(&identity);
        match state {
            Some(State::Live(entry)) => {
                side.insert(identity, entry);
            }
            Some(State::Dead(tombstone)) => {
                self.tombstones.insert(identity, tombstone);
            }
            None => {}
        }
    }
}

/// The error with its cause on one line.
fn reason_of(error: &DecodeError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn note_lines(file: &'static str, count: usize, nothing_left: bool, damage: &mut Vec<Damage>) {
    match count {
        0 => {}
        _ if nothing_left => damage.push(Damage::File {
            file,
            reason: "no line of it is valid".to_owned(),
        }),
        count => damage.push(Damage::Lines { file, count }),
    }
}
