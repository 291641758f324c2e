//! `shipwright.jsonl` and `tombstones.jsonl`: one JSON object a line. A damaged line costs that line, not the file.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::codec::{collect, encode_entry, field, number_of, parse, write};
use super::delta::Mark;
use super::element::Element;
use super::model::{Identity, Memory, Tombstone};
use super::order;

/// The deletions of a tree.
pub type Tombstones = BTreeMap<Identity, Tombstone>;

/// Lines that hold anything, each parsed or `None`.
fn values<T: DeserializeOwned>(bytes: &[u8]) -> impl Iterator<Item = Option<T>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lines = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty());
    lines.map(|line| parse(line).ok())
}

/// Reads entries, one a line, and counts the lines that are none.
pub(super) fn decode_entries(bytes: &[u8]) -> (Memory, usize) {
    collect(values(bytes).map(|element| element.and_then(|Element(entry)| entry)))
}

/// Reads what is left of a damaged `memory-export.json`: we write one entry a line, so whole lines survive.
pub(super) fn salvage_entries(bytes: &[u8]) -> Memory {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let objects = lines
        .map(|line| line.strip_suffix(b",").unwrap_or(line))
        .filter(|line| line.starts_with(b"{"));
    collect(objects.filter_map(|line| parse(line).ok().map(|Element(entry)| entry))).0
}

pub(super) fn encode_entries(memory: &Memory) -> Vec<u8> {
    let mut out = Vec::new();
    for (identity, entry) in memory.iter() {
        encode_entry(identity, entry, &mut out);
        out.push(b'\n');
    }
    out
}

/// Reads deletions, one a line, and counts the lines that are none.
pub(super) fn decode_tombstones(bytes: &[u8]) -> (Tombstones, usize) {
    let mut tombstones = Tombstones::new();
    let mut damaged = 0;
    for value in values(bytes) {
        let Some((identity, tombstone)) = value.and_then(tombstone_of) else {
            damaged += 1;
            continue;
        };
        let joined = match tombstones.get(&identity) {
            Some(other) => order::join_tombstones(other, &tombstone),
            None => tombstone,
        };
        tombstones.insert(identity, joined);
    }
    (tombstones, damaged)
}

fn tombstone_of(value: Value) -> Option<(Identity, Tombstone)> {
    let Value::Object(mut extra) = value else { return None };
    let mut text = |name: &str| match extra.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let (key, namespace, sha256) = (text("key")?, text("namespace")?, text("sha256").unwrap_or_default());
    let deleted_at = extra.remove("deletedAt")?.as_number().and_then(number_of)?;
    let updated_at = extra
        .remove("updatedAt")
        .as_ref()
        .and_then(Value::as_number)
        .and_then(number_of);
    if key.is_empty() {
        return None;
    }
    Some((
        Identity::new(namespace, key),
        Tombstone {
            deleted_at,
            sha256,
            updated_at,
            extra,
        },
    ))
}

pub(super) fn encode_tombstones(tombstones: &Tombstones) -> Vec<u8> {
    let mut out = Vec::new();
    for (identity, tombstone) in tombstones {
        out.extend_from_slice(b"{\"namespace\":");
        write(&mut out, &identity.namespace);
        field(&mut out, "key", &identity.key);
        field(&mut out, "deletedAt", &tombstone.deleted_at);
        field(&mut out, "sha256", &tombstone.sha256);
        if let Some(time) = tombstone.updated_at {
            field(&mut out, "updatedAt", &time);
        }
        for (name, value) in &tombstone.extra {
            field(&mut out, name, value);
        }
        out.extend_from_slice(b"}\n");
    }
    out
}

/// Reads the marks of a delta, one a line, and counts the lines that are none.
pub(super) fn decode_marks(bytes: &[u8]) -> (BTreeMap<Identity, Mark>, usize) {
    let mut marks = BTreeMap::new();
    let mut damaged = 0;
    for value in values(bytes) {
        match value.as_ref().and_then(mark_of) {
            Some((identity, mark)) => {
                marks.insert(identity, mark);
            }
            None => damaged += 1,
        }
    }
    (marks, damaged)
}

fn mark_of(value: &Value) -> Option<(Identity, Mark)> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let identity = Identity::new(text("namespace")?, text("key")?);
    let updated_at = value.get("updatedAt").and_then(Value::as_number).and_then(number_of);
    Some((
        identity,
        Mark {
            sha256: text("sha256")?.to_owned(),
            updated_at,
        },
    ))
}
