//! Which shape a document has.

use serde_json::{Map, Value};

use super::fields::has_time;
use super::{ImportError, Shape};

/// Recognises a document by its structure.
pub(super) fn shape_of(document: &Value) -> Result<Shape, ImportError> {
    let unknown = || ImportError::Unknown(describe(document));
    match document {
        Value::Object(object) => of_object(object)?.ok_or_else(unknown),
        Value::Array(array) => of_array(array).ok_or_else(unknown),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(unknown()),
    }
}

fn of_object(object: &Map<String, Value>) -> Result<Option<Shape>, ImportError> {
    let has = |name: &str| object.contains_key(name);
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    if has("agents")
        && has("tasks")
        && object
            .keys()
            .all(|name| matches!(name.as_str(), "agents" | "tasks" | "lastUpdated"))
    {
        return Err(ImportError::NothingInside("`claude-flow-data.json` (agents and tasks)"));
    }
    if object.get("memories").is_some_and(Value::is_array)
        && (has("exportDate") || text("namespace") == Some("hive-mind"))
    {
        return Ok(Some(Shape::HiveMind));
    }
    match object.get("entries") {
        Some(Value::Array(entries))
            if text("schema").is_none_or(|schema| schema.starts_with("ruflo-memory-export/")) =>
        {
            return Ok(of_entries(object, entries));
        }
        Some(Value::Object(entries)) if entries.values().all(Value::is_object) => {
            return Ok(Some(Shape::EntriesObject));
        }
        Some(_) => return Ok(None),
        None => {}
    }
    let is_entries = |value: &Value| value.as_array().is_some_and(|array| array.iter().all(is_keyed));
    if !object.is_empty()
        && object.values().all(is_entries)
        && object.values().any(|value| value != &Value::Array(vec![]))
    {
        return Ok(Some(Shape::NamespaceArrays));
    }
    let is_flat = |value: &Value| match value {
        Value::String(_) => true,
        Value::Object(fields) => fields.contains_key("value") || has_time(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => false,
    };
    let looks_flat = !object.is_empty() && !has("schema") && object.values().all(is_flat);
    Ok(looks_flat.then_some(Shape::Flat))
}

/// Tells the shapes with an `entries` array apart.
fn of_entries(object: &Map<String, Value>, entries: &[Value]) -> Option<Shape> {
    let any = |name: &str| entries.iter().any(|entry| entry.get(name).is_some());
    if object.contains_key("schema") {
        Some(Shape::RufloExport)
    } else if object.contains_key("knowledgeBases") || any("agentId") && any("content") {
        Some(Shape::AgentMemory)
    } else if object.contains_key("entryCount") || object.contains_key("exported") || any("accessLevel") {
        Some(Shape::SwarmMemory)
    } else if any("key") && any("value") {
        Some(Shape::RufloExport)
    } else if any("content") || any("category") && any("value") {
        Some(Shape::AutoMemory)
    } else {
        None
    }
}

fn of_array(array: &[Value]) -> Option<Shape> {
    let with = |name: &str| array.iter().filter(|entry| entry.get(name).is_some()).count();
    if with("value") > 0 && with("key") > 0 {
        Some(Shape::EntryArray)
    } else if with("content") > 0 && (with("key") > 0 || with("id") > 0 || with("summary") > 0) {
        Some(Shape::AutoMemory)
    } else {
        None
    }
}

fn is_keyed(value: &Value) -> bool {
    value.get("key").is_some() && value.get("value").is_some()
}

/// What a document looks like, for an error message: bounded, and only names.
pub(super) fn describe(document: &Value) -> String {
    let names = |object: &Map<String, Value>| {
        let names: Vec<String> = object
            .keys()
            .take(6)
            .map(|name| name.chars().take(40).collect())
            .collect();
        let more = if object.len() > 6 { ", …" } else { "" };
        format!("{}{more}", names.join(", "))
    };
    match document {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(_) => "a text".to_owned(),
        Value::Array(array) => match array.first() {
            None => "an empty array".to_owned(),
            Some(Value::Object(first)) => format!("an array of {} objects with {}", array.len(), names(first)),
            Some(_) => format!("an array of {} elements that are no objects", array.len()),
        },
        Value::Object(object) if object.is_empty() => "an empty object".to_owned(),
        Value::Object(object) => format!("an object with {}", names(object)),
    }
}
