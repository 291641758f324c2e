//! One element of `entries`, or one line of `shipwright.jsonl`, its fields told apart while they are read: the way
//! through a map of JSON values takes twice as long, and a memory is read at the start of every job.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::codec::{number_of, value_text};
use super::model::{Entry, Identity, Origin};

/// An entry, or `None` when the JSON is no object or has no key. Of a field that stands twice the last one counts.
pub(super) struct Element(pub(super) Option<(Identity, Entry)>);

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ElementVisitor).map(Self)
    }
}

/// The names we know.
#[derive(Clone, Copy)]
enum Known {
    Key,
    Namespace,
    Value,
    CreatedAt,
    UpdatedAt,
    AccessCount,
    HasEmbedding,
    Size,
    LastSeenAt,
}

impl Known {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "key" => Self::Key,
            "namespace" => Self::Namespace,
            "value" => Self::Value,
            "createdAt" => Self::CreatedAt,
            "updatedAt" => Self::UpdatedAt,
            "accessCount" => Self::AccessCount,
            "hasEmbedding" => Self::HasEmbedding,
            "size" => Self::Size,
            "lastSeenAt" => Self::LastSeenAt,
            _ => return None,
        })
    }
}

/// The name of a field; one that we know costs no allocation.
enum Name {
    Known(Known),
    Other(String),
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl Visitor<'_> for NameVisitor {
            type Value = Name;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the name of a field")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Name, E> {
                Ok(Known::of(name).map_or_else(|| Name::Other(name.to_owned()), Name::Known))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}

struct ElementVisitor;

/// Accepts every other kind of JSON as no entry.
macro_rules! no_entry {
    ($($visit:ident: $type:ty),*) => {$(
        fn $visit<E: Error>(self, _: $type) -> Result<Self::Value, E> {
            Ok(None)
        }
    )*};
}

impl<'de> Visitor<'de> for ElementVisitor {
    type Value = Option<(Identity, Entry)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    no_entry!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let (mut key, mut namespace) = (None, None);
        let mut entry = Entry::default();
        while let Some(name) = object.next_key()? {
            let name = match name {
                Name::Known(known) => known,
                Name::Other(name) => {
                    entry.extra.insert(name, object.next_value()?);
                    continue;
                }
            };
            let value: Value = object.next_value()?;
            match name {
                Known::Key => key = text_of(value),
                Known::Namespace => namespace = text_of(value),
                Known::Value => entry.value = value_text(value),
                Known::CreatedAt => entry.created_at = time_of(&value),
                Known::UpdatedAt => entry.updated_at = time_of(&value),
                Known::AccessCount => entry.access_count = value.as_u64().unwrap_or_default(),
                Known::HasEmbedding => entry.has_embedding = value == Value::Bool(true),
                Known::Size => {}
                Known::LastSeenAt => entry.last_seen_at = time_of(&value),
            }
        }
        entry.origin = take_origin(&mut entry.extra);
        if entry.extra.is_empty() {
            // An emptied map keeps its last node, several times the size of an entry.
            entry.extra = Map::new();
        }
        let key = key.filter(|key| !key.is_empty());
        Ok(key.map(|key| (Identity::new(namespace.unwrap_or_default(), key), entry)))
    }
}

fn text_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Milliseconds, from a number or an RFC 3339 text.
fn time_of(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number_of(number),
        Value::String(text) => text
            .parse::<jiff::Timestamp>()
            .ok()
            .map(jiff::Timestamp::as_millisecond),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Takes `origin` out of the fields when it is exactly ours; another program's `origin` stays an unknown field.
fn take_origin(fields: &mut Map<String, Value>) -> Option<Origin> {
    let object = fields.get("origin")?.as_object()?;
    if object.len() != 2 {
        return None;
    }
    let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
    let origin = Origin {
        run: text("run")?,
        sha: text("sha")?,
    };
    fields.remove("origin");
    Some(origin)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(json: &str, expect: Option<(&str, &str, Option<&str>)>) {
        let Element(element) = serde_json::from_str(json).unwrap();
        let found = element.as_ref().map(|(identity, entry)| {
            (
                identity.namespace.as_str(),
                identity.key.as_str(),
                entry.value.as_deref(),
            )
        });
        assert_eq!(found, expect, "{json}");
    }

    #[test]
    fn what_is_no_object_or_has_no_key_is_no_entry() {
        for json in [
            "1",
            "-1",
            "1.5",
            "true",
            "null",
            "\"key\"",
            "[{\"key\":\"a\"}]",
            "{}",
            r#"{"key":""}"#,
            r#"{"key":7}"#,
        ] {
            check(json, None);
        }
    }

    #[test]
    fn the_last_of_two_equal_fields_counts() {
        check(
            r#"{"key":"a","value":"x","key":"b","value":"y","namespace":"n","namespace":null}"#,
            Some(("default", "b", Some("y"))),
        );
        check(r#"{"key":"a","key":null,"value":"x"}"#, None);
    }

    #[test]
    fn names_may_be_escaped_and_unknown_fields_stay() {
        let Element(element) =
            serde_json::from_str(r#"{"\u006bey":"a","tags":[1,{"b":2}],"origin":{"run":"1","sha":"s"},"size":9}"#)
                .unwrap();
        let (identity, entry) = element.unwrap();
        assert_eq!(identity.key, "a");
        assert_eq!(Value::Object(entry.extra), json!({"tags": [1, {"b": 2}]}));
        assert_eq!(entry.origin.unwrap().run, "1");
    }
}
