//! `memory-export.json` and its entries: bytes to values and back.
//!
//! Reading is tolerant (other programs write these files), writing is exact: one entry a line, sorted, LF, a fixed
//! order of fields. Equal memories give equal bytes, and git stores a small change as a small delta.

use std::borrow::Cow;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};

use super::document::{Document, Entries};
use super::model::{Entry, Identity, Memory};
use super::order;

/// The schema ruflo's own import reads.
pub const SCHEMA: &str = "ruflo-memory-export/v1";

/// What every version of that schema starts with.
const SCHEMA_FAMILY: &str = "ruflo-memory-export/";

/// Larger files are refused before they are parsed.
pub const MAX_FILE_BYTES: usize = 256 << 20;

/// Why bytes are not a memory export.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Nothing in the file.
    #[error("the file is empty")]
    Empty,
    /// Larger than [`MAX_FILE_BYTES`].
    #[error("the file has {0} bytes, more than the {MAX_FILE_BYTES} that are read")]
    TooLarge(usize),
    /// Not JSON, or cut short.
    #[error("not valid JSON")]
    Json(#[source] serde_json::Error),
    /// JSON of another shape; the text says what was found.
    #[error("no `entries` array: {0}")]
    NotAnExport(String),
}

/// A decoded file, with what could not be used of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decoded {
    /// What could be read.
    pub memory: Memory,
    /// Elements of `entries` that are no entry: not an object, or without a key.
    pub skipped: usize,
}

impl Memory {
    /// Reads a `memory-export.json`. Elements that are no entry are left out; see [`Decoded`] for their number.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        decode(bytes).map(|decoded| decoded.memory)
    }

    /// The canonical bytes: the schema, the count, then one entry a line.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = format!("{{\"schema\":\"{SCHEMA}\",\"count\":{}", self.len()).into_bytes();
        if let Some(filter) = &self.filter {
            field(&mut out, "namespace", filter);
        }
        for (name, value) in &self.header {
            field(&mut out, name, value);
        }
        out.extend_from_slice(b",\"entries\":[\n");
        for (index, (identity, entry)) in self.iter().enumerate() {
            if index > 0 {
                out.extend_from_slice(b",\n");
            }
            encode_entry(identity, entry, &mut out);
        }
        if !self.is_empty() {
            out.push(b'\n');
        }
        out.extend_from_slice(b"]}\n");
        out
    }
}

/// Reads a `memory-export.json` and counts what had to be left out.
pub fn decode(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let (mut header, entries) = match parse(bytes)? {
        Document::Object(header, entries) => (header, entries),
        Document::Other => return Err(DecodeError::NotAnExport("the document is not an object".to_owned())),
    };
    let (mut memory, skipped) = match entries {
        Some(Entries::Array(memory, skipped)) => (memory, skipped),
        Some(Entries::Other) => return Err(DecodeError::NotAnExport("`entries` is not an array".to_owned())),
        None => return Err(DecodeError::NotAnExport(names_of(&header))),
    };
    let schema = header.get("schema").and_then(Value::as_str);
    if schema.is_some_and(|schema| !schema.starts_with(SCHEMA_FAMILY)) {
        return Err(DecodeError::NotAnExport(names_of(&header)));
    }
    header.remove("schema");
    header.remove("count");
    memory.filter = match header.remove("namespace") {
        Some(Value::String(filter)) if !filter.is_empty() => Some(filter),
        _ => None,
    };
    memory.header = header;
    Ok(Decoded { memory, skipped })
}

/// Gathers entries; of two with one identity the newer stays. Counts what was no entry.
pub(super) fn collect(entries: impl Iterator<Item = Option<(Identity, Entry)>>) -> (Memory, usize) {
    let mut skipped = 0;
    let mut all: Vec<(Identity, Arc<Entry>)> = Vec::new();
    for entry in entries {
        match entry {
            Some((identity, entry)) => all.push((identity, Arc::new(entry))),
            None => skipped += 1,
        }
    }
    // Files we wrote are in order already: sorting them is one look at each, and a tree of them is built without search.
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    all.dedup_by(|(identity, entry), (kept, first)| {
        let same = identity == kept;
        if same {
            *first = order::join_entries(first, entry);
        }
        same
    });
    (Memory::of(all.into_iter().collect()), skipped)
}

/// Parses JSON as leniently as is safe: a byte order mark, bytes that are not UTF-8 and half surrogate pairs (which
/// JavaScript writes) are replaced, everything else is an error.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.len() > MAX_FILE_BYTES {
        return Err(DecodeError::TooLarge(bytes.len()));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(DecodeError::Empty);
    }
    serde_json::from_slice(bytes).or_else(|error| {
        let repaired = replace_lone_surrogates(&String::from_utf8_lossy(bytes)).into_owned();
        serde_json::from_str(&repaired).map_err(|_still| DecodeError::Json(error))
    })
}

/// `\ud800` without its partner becomes `\ufffd`.
fn replace_lone_surrogates(text: &str) -> Cow<'_, str> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(found) = memchr::memchr(b'\\', bytes.get(at..).unwrap_or_default()) {
        at += found;
        let step = match (unit(at), unit(at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                out.push_str(text.get(copied..at).unwrap_or_default());
                out.push_str("\\ufffd");
                copied = at + 6;
                6
            }
            (Some(_), _) => 6,
            (None, _) => 2,
        };
        at += step;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

/// The member names of an object, for an error message.
fn names_of(object: &Map<String, Value>) -> String {
    let names: Vec<String> = object
        .keys()
        .take(6)
        .map(|name| name.chars().take(40).collect())
        .collect();
    format!(
        "an object with {}",
        if names.is_empty() {
            "no members".to_owned()
        } else {
            names.join(", ")
        }
    )
}

/// A value that is no text is kept as its JSON text, as ruflo's import does it.
pub(super) fn value_text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Some(value.to_string()),
    }
}

/// A whole number; fractions are cut off, as some writers divide.
#[expect(
    clippy::cast_possible_truncation,
    reason = "checked to be in range on the line before"
)]
pub(super) fn number_of(number: &Number) -> Option<i64> {
    let in_range = |float: &f64| float.is_finite() && float.abs() < 9e15;
    number
        .as_i64()
        .or_else(|| number.as_f64().filter(in_range).map(|float| float as i64))
}

/// Writes one entry as one line, without the line end.
pub(super) fn encode_entry(identity: &Identity, entry: &Entry, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"key\":");
    write(out, &identity.key);
    field(out, "namespace", &identity.namespace);
    field(out, "value", &entry.value);
    if let Some(time) = entry.created_at {
        field(out, "createdAt", &time);
    }
    if let Some(time) = entry.updated_at {
        field(out, "updatedAt", &time);
    }
    field(out, "accessCount", &entry.access_count);
    field(out, "hasEmbedding", &entry.has_embedding);
    field(out, "size", &entry.size());
    if let Some(time) = entry.last_seen_at {
        field(out, "lastSeenAt", &time);
    }
    if let Some(origin) = &entry.origin {
        out.extend_from_slice(b",\"origin\":{\"run\":");
        write(out, &origin.run);
        field(out, "sha", &origin.sha);
        out.push(b'}');
    }
    for (name, value) in &entry.extra {
        if name != "origin" || entry.origin.is_none() {
            field(out, name, value);
        }
    }
    out.push(b'}');
}

/// Writes `,"name":value`.
pub(super) fn field(out: &mut Vec<u8>, name: &str, value: &impl serde::Serialize) {
    out.push(b',');
    write(out, name);
    out.push(b':');
    write(out, value);
}

/// Writes a value as compact JSON.
pub(super) fn write(out: &mut Vec<u8>, value: &(impl serde::Serialize + ?Sized)) {
    serde_json::to_writer(out, value).expect("writing JSON values to a vector cannot fail");
}
