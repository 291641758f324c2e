//! One element of any shape into an entry: every name a field was ever given.

use serde_json::{Map, Value};

use super::MAX_VALUE_BYTES;
use crate::memory::codec::{number_of, value_text};
use crate::memory::model::{Entry, Identity};

/// What an element's place in the file says about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defaults {
    /// Namespace, when the element names none.
    pub namespace: Option<String>,
    /// Namespace, whatever the element says.
    pub forced_namespace: Option<String>,
    /// Key, whatever the element says; then an element need not be an object.
    pub forced_key: Option<String>,
}

const CREATED: &[&str] = &["createdAt", "created_at", "storedAt", "timestamp"];
const UPDATED: &[&str] = &["updatedAt", "updated_at", "storedAt", "timestamp"];
const SEEN: &[&str] = &[
    "lastSeenAt",
    "lastAccessed",
    "lastAccessedAt",
    "last_accessed_at",
    "accessed_at",
];
const COUNT: &[&str] = &["accessCount", "access_count", "usage_count", "usageCount"];
const EXPIRES: &[&str] = &["expiresAt", "expires_at"];

/// Whether an object has any time field.
pub(super) fn has_time(fields: &Map<String, Value>) -> bool {
    [CREATED, UPDATED]
        .into_iter()
        .flatten()
        .any(|name| fields.get(*name).and_then(time_of).is_some())
}

/// Reads one element; the error says why it is no entry.
pub(super) fn entry_from(defaults: Defaults, element: Value) -> Result<(Identity, Entry), &'static str> {
    let (element, whole) = match (element, &defaults.forced_key) {
        (Value::Object(fields), None) => (fields, None),
        // A member of an object of keys: the fields beside `value`, or the whole member is the value.
        (Value::Object(fields), Some(_)) if fields.contains_key("value") => (fields, None),
        (Value::Object(fields), Some(_)) => (times_of(&fields), Some(Value::Object(fields))),
        (value, Some(_)) => (Map::new(), Some(value)),
        (_, None) => return Err("not an object"),
    };
    let mut fields = element;
    let key = defaults
        .forced_key
        .or_else(|| take_key(&mut fields))
        .filter(|key| !key.is_empty())
        .ok_or("no key")?;
    let own = take_text(&mut fields, &["namespace"]);
    let namespace = defaults
        .forced_namespace
        .or(own)
        .or_else(|| take_text(&mut fields, &["category"]));
    let namespace = namespace.or(defaults.namespace).unwrap_or_default();
    let value = whole
        .or_else(|| fields.remove("value"))
        .or_else(|| fields.remove("content"));
    let value = value.and_then(value_text).ok_or("no value")?;
    if value.len() > MAX_VALUE_BYTES {
        return Err("value too large");
    }
    let created_at = first_time(&fields, CREATED);
    let updated_at = first_time(&fields, UPDATED);
    let last_seen_at = first_time(&fields, SEEN);
    let access_count = COUNT.iter().find_map(|name| fields.get(*name)?.as_u64()).unwrap_or(0);
    let has_embedding = fields.get("hasEmbedding") == Some(&Value::Bool(true));
    let expires_at = first_time(&fields, EXPIRES);
    for name in [
        CREATED,
        UPDATED,
        SEEN,
        COUNT,
        EXPIRES,
        &["size", "hasEmbedding", "origin", "embedding"],
    ]
    .into_iter()
    .flatten()
    {
        fields.remove(*name);
    }
    fields.retain(|_, value| !value.is_null());
    if let Some(time) = expires_at {
        fields.insert("expiresAt".to_owned(), time.into());
    }
    let entry = Entry {
        value: Some(value),
        created_at: created_at.or(updated_at),
        updated_at: updated_at.or(created_at),
        access_count,
        has_embedding,
        last_seen_at,
        origin: None,
        extra: fields,
    };
    Ok((Identity::new(namespace, key), entry))
}

fn take_key(fields: &mut Map<String, Value>) -> Option<String> {
    take_text(fields, &["key"]).or_else(|| take_text(fields, &["summary", "id"]))
}

/// Takes the first of these members that is a text; a number will do for an id.
fn take_text(fields: &mut Map<String, Value>, names: &[&str]) -> Option<String> {
    let name = names
        .iter()
        .find(|name| matches!(fields.get(**name), Some(Value::String(_) | Value::Number(_))))?;
    value_text(fields.remove(*name)?)
}

/// The time fields of an object that is a value as a whole.
fn times_of(fields: &Map<String, Value>) -> Map<String, Value> {
    let names = [CREATED, UPDATED].into_iter().flatten();
    names
        .filter_map(|name| Some(((*name).to_owned(), fields.get(*name)?.clone())))
        .collect()
}

fn first_time(fields: &Map<String, Value>, names: &[&str]) -> Option<i64> {
    names.iter().find_map(|name| time_of(fields.get(*name)?))
}

/// Milliseconds, from seconds (below 10^11, the year 5138), milliseconds or text.
fn time_of(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => {
            let time = number_of(number).filter(|time| *time > 0)?;
            if time >= 100_000_000_000 {
                return Some(time);
            }
            let fraction = number.as_f64().map_or(0.0, |seconds| seconds.fract() * 1000.0);
            Some(time * 1000 + number_of(&serde_json::Number::from_f64(fraction.round())?)?)
        }
        Value::String(text) => text_time(text.trim()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// RFC 3339, `SQLite`'s `2025-01-31 12:00:00` in UTC, or a number as text.
fn text_time(text: &str) -> Option<i64> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_millisecond());
    }
    if let Ok(time) = text.parse::<jiff::civil::DateTime>() {
        return Some(
            time.to_zoned(jiff::tz::TimeZone::UTC)
                .ok()?
                .timestamp()
                .as_millisecond(),
        );
    }
    let number: serde_json::Number = text.parse().ok()?;
    time_of(&Value::Number(number))
}
