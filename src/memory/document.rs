//! The document of an export, read element by element: a tree of JSON values of the whole file would be several times
//! its size.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::codec::collect;
use super::element::Element;
use super::model::Memory;

/// What a file holds.
pub(super) enum Document {
    /// Its members, and `entries` when there is such a member.
    Object(Map<String, Value>, Option<Entries>),
    /// JSON that is no object.
    Other,
}

/// What `entries` is.
pub(super) enum Entries {
    /// The entries, and how many elements are none.
    Array(Memory, usize),
    /// JSON that is no array.
    Other,
}

/// Accepts every other kind of JSON as `Other`.
macro_rules! others {
    ($($visit:ident: $type:ty),*) => {$(
        fn $visit<E: Error>(self, _: $type) -> Result<Self::Value, E> {
            Ok(Self::Value::Other)
        }
    )*};
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = Document;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    others!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn visit_unit<E: Error>(self) -> Result<Document, E> {
        Ok(Document::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Document, A::Error> {
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Document::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Document, A::Error> {
        let mut header = Map::new();
        let mut entries = None;
        while let Some(name) = object.next_key::<String>()? {
            if name == "entries" {
                entries = Some(object.next_value()?);
            } else {
                header.insert(name, object.next_value()?);
            }
        }
        Ok(Document::Object(header, entries))
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    others!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn visit_unit<E: Error>(self) -> Result<Entries, E> {
        Ok(Entries::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Entries, A::Error> {
        let mut broken = None;
        let elements = std::iter::from_fn(|| match array.next_element::<Element>() {
            Ok(element) => element.map(|Element(entry)| entry),
            Err(error) => {
                broken = Some(error);
                None
            }
        });
        let (memory, skipped) = collect(elements);
        broken.map_or(Ok(Entries::Array(memory, skipped)), Err)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Entries, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Entries::Other)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DocumentVisitor)
    }
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EntriesVisitor)
    }
}
