//! Older and foreign shapes of agents' memory, read into entries.
//!
//! A file is recognised by its structure, never by its name. What is not recognised is an error that says what was
//! seen: a file of another kind must not become "0 entries imported".

mod fields;
mod recognise;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::codec::{self, DecodeError, parse};
use super::model::{Entry, Identity, Memory};
pub use fields::Defaults;
use fields::entry_from;

/// Larger values are left out, and counted.
pub const MAX_VALUE_BYTES: usize = 16 << 20;

macro_rules! shapes {
    ($($(#[doc = $doc:literal])* $variant:ident = $id:literal, $name:literal;)*) => {
        /// A shape of stored memory.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Shape { $($(#[doc = $doc])* $variant,)* }

        impl Shape {
            /// All shapes.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its short name, `s1` and so on.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// What it is, for people.
            pub const fn description(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

shapes! {
    /// `{schema: "ruflo-memory-export/v1", entries: […]}`, what `ruflo memory export` writes.
    RufloExport = "s1", "ruflo memory export";
    /// An object of namespaces, each an array of entries.
    NamespaceArrays = "s2", "claude-flow v1/v2 store (namespaces of entries)";
    /// `{entries: {key: {…}}}`.
    EntriesObject = "s3", "claude-flow v3 alpha store (object of entries)";
    /// `{exported, namespace, entryCount, entries: […]}`.
    SwarmMemory = "s4", "claude-flow v2 swarm memory export";
    /// `{entries: [{agentId, content, …}], knowledgeBases}`.
    AgentMemory = "s5", "claude-flow v2 agent memory export";
    /// `{exportDate, namespace: "hive-mind", memories: […]}`.
    HiveMind = "s6", "hive-mind backup";
    /// An array of entries whose value is called `content`.
    AutoMemory = "s7", "auto-memory store";
    /// An array of entries, or one entry a line.
    EntryArray = "s8", "array of entries";
    /// An object of keys and values.
    Flat = "s9", "flat object of keys and values";
    /// A `SQLite` database of claude-flow v2.
    SqliteV2 = "s10", "claude-flow v2 SQLite store";
    /// A `SQLite` database of ruflo v3.
    SqliteV3 = "s11", "ruflo v3 SQLite store";
    /// A `SQLite` database with a table of patterns.
    SqlitePatterns = "s12", "claude-flow v2 SQLite patterns";
}

/// What a file is to be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// Whatever it looks like.
    Auto,
    /// This, or an error.
    Shape(Shape),
}

/// Why nothing could be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The bytes are not JSON, or too many, or none.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A `SQLite` database, which cannot be read from bytes.
    #[error("the file is a SQLite database")]
    Sqlite,
    /// None of the known shapes.
    #[error("no known shape of memory: {0}")]
    Unknown(String),
    /// Not of the shape that was asked for.
    #[error("not {} ({}): {seen}", shape.id(), shape.description())]
    Mismatch {
        /// What was asked for.
        shape: Shape,
        /// What was seen.
        seen: String,
    },
    /// A known file that never holds memory.
    #[error("{0} holds no memory, there is nothing to import")]
    NothingInside(&'static str),
    /// The shape fits, but not one element of it is an entry.
    #[error("recognised {}, but none of its {count} elements is an entry ({reasons})", shape.description())]
    NoEntries {
        /// The shape.
        shape: Shape,
        /// How many elements there are.
        count: usize,
        /// Why they were left out.
        reasons: String,
    },
}

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The shape that was recognised.
    pub shape: Shape,
    /// The entries.
    pub entries: Memory,
    /// What was left out, by reason.
    pub skipped: Skipped,
}

/// Counts by reason.
pub type Skipped = BTreeMap<&'static str, usize>;

/// Reads memory of any known shape that is text.
pub fn import(bytes: &[u8], from: From) -> Result<Imported, ImportError> {
    if bytes.starts_with(b"SQLite format 3\0") {
        return Err(ImportError::Sqlite);
    }
    let document = match parse(bytes) {
        Err(DecodeError::Json(error)) => lines(bytes).ok_or(DecodeError::Json(error))?,
        other => other?,
    };
    let shape = match from {
        From::Auto => recognise::shape_of(&document)?,
        From::Shape(shape) => shape,
    };
    let mismatch = |seen| ImportError::Mismatch { shape, seen };
    let elements = elements_of(shape, document).map_err(mismatch)?;
    gather(shape, elements)
}

/// One element that should be an entry: the defaults of its place, and what stands there.
pub type Element = (Defaults, Value);

/// Turns elements into entries and counts what is left out.
pub fn gather(shape: Shape, elements: Vec<Element>) -> Result<Imported, ImportError> {
    let count = elements.len();
    let mut skipped = Skipped::new();
    let mut entries: Vec<(Identity, Entry)> = Vec::with_capacity(count);
    for (defaults, value) in elements {
        match entry_from(defaults, value) {
            Ok(entry) => entries.push(entry),
            Err(reason) => *skipped.entry(reason).or_default() += 1,
        }
    }
    let read = entries.len();
    let (entries, _) = codec::collect(entries.into_iter().map(Some));
    if entries.len() < read {
        skipped.insert("an entry of the same key is newer", read - entries.len());
    }
    if entries.is_empty() && count > 0 {
        let reasons: Vec<String> = skipped
            .iter()
            .map(|(reason, count)| format!("{count}: {reason}"))
            .collect();
        return Err(ImportError::NoEntries {
            shape,
            count,
            reasons: reasons.join(", "),
        });
    }
    Ok(Imported {
        shape,
        entries,
        skipped,
    })
}

/// One JSON value a line, as an array. `None` when a line is none, or there is only one.
fn lines(bytes: &[u8]) -> Option<Value> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lines = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty());
    let values: Vec<Value> = lines.map(|line| parse(line).ok()).collect::<Option<_>>()?;
    (values.len() > 1).then_some(Value::Array(values))
}

/// Takes a document of a shape apart; the error says what is there instead.
fn elements_of(shape: Shape, document: Value) -> Result<Vec<Element>, String> {
    let seen = recognise::describe(&document);
    match (shape, document) {
        (Shape::EntryArray | Shape::AutoMemory, Value::Array(array)) => Ok(with(&Defaults::default(), array)),
        (Shape::RufloExport | Shape::AutoMemory, Value::Object(mut object)) => Ok(with(
            &Defaults::default(),
            take_array(&mut object, "entries").ok_or(seen)?,
        )),
        (Shape::SwarmMemory, Value::Object(mut object)) => {
            let entries = take_array(&mut object, "entries").ok_or(seen)?;
            let namespace = object.get("namespace").and_then(Value::as_str).map(str::to_owned);
            Ok(with(
                &Defaults {
                    namespace,
                    ..Defaults::default()
                },
                entries,
            ))
        }
        (Shape::AgentMemory, Value::Object(mut object)) => {
            let entries = take_array(&mut object, "entries").ok_or(seen)?;
            let defaults = |entry: &Value| {
                let agent = entry.get("agentId").and_then(Value::as_str).unwrap_or("unknown");
                Defaults {
                    forced_namespace: Some(format!("swarm/{agent}")),
                    ..Defaults::default()
                }
            };
            Ok(entries.into_iter().map(|entry| (defaults(&entry), entry)).collect())
        }
        (Shape::HiveMind, Value::Object(mut object)) => {
            let namespace = Some("hive-mind".to_owned());
            Ok(with(
                &Defaults {
                    namespace,
                    ..Defaults::default()
                },
                take_array(&mut object, "memories").ok_or(seen)?,
            ))
        }
        (Shape::EntriesObject, Value::Object(mut object)) => match object.remove("entries") {
            Some(Value::Object(entries)) => Ok(keyed(entries)),
            _ => Err(seen),
        },
        (Shape::NamespaceArrays, Value::Object(object)) => {
            let mut elements = Vec::new();
            for (namespace, entries) in object {
                let Value::Array(entries) = entries else {
                    return Err(seen);
                };
                elements.extend(with(
                    &Defaults {
                        forced_namespace: Some(namespace),
                        ..Defaults::default()
                    },
                    entries,
                ));
            }
            Ok(elements)
        }
        (Shape::Flat, Value::Object(object)) => Ok(keyed(object)),
        (Shape::SqliteV2 | Shape::SqliteV3 | Shape::SqlitePatterns, _) => Err("a text file".to_owned()),
        (_, _) => Err(seen),
    }
}

fn with(defaults: &Defaults, entries: Vec<Value>) -> Vec<Element> {
    entries.into_iter().map(|entry| (defaults.clone(), entry)).collect()
}

/// Members of an object, each an entry under its name.
fn keyed(object: Map<String, Value>) -> Vec<Element> {
    let defaults = |key| Defaults {
        forced_key: Some(key),
        ..Defaults::default()
    };
    object.into_iter().map(|(key, value)| (defaults(key), value)).collect()
}

fn take_array(object: &mut Map<String, Value>, name: &str) -> Option<Vec<Value>> {
    match object.remove(name) {
        Some(Value::Array(array)) => Some(array),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
