//! `format.json`: the version of the tree, so that an old program never ruins what a newer one wrote.

use serde_json::{Map, Value};

use super::codec::{field, parse};

/// The version this program writes.
const CURRENT: u64 = 1;

/// The tree was written by a newer program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the memory has format {found} (written by {writer}), this program writes format {CURRENT}")]
pub struct NewerFormat {
    /// The version found.
    pub found: u64,
    /// Who wrote it.
    pub writer: String,
}

/// The version of a tree. A reader may read any; a writer that meets a newer one refuses to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Format {
    /// The version; a change that an older writer would ruin raises it.
    pub version: u64,
    /// Program and version, for people.
    pub writer: String,
    /// Every field we do not know, as it was.
    pub extra: Map<String, Value>,
}

impl Default for Format {
    fn default() -> Self {
        Self {
            version: CURRENT,
            writer: concat!("shipwright ", env!("CARGO_PKG_VERSION")).to_owned(),
            extra: Map::new(),
        }
    }
}

impl Format {
    /// Whether this program may write a tree of this format.
    pub fn check_writable(&self) -> Result<(), NewerFormat> {
        if self.version > CURRENT {
            return Err(NewerFormat {
                found: self.version,
                writer: self.writer.clone(),
            });
        }
        Ok(())
    }

    /// Reads `format.json`; `None` when it says no version.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let Value::Object(mut extra) = parse(bytes).ok()? else {
            return None;
        };
        let version = match extra.remove("format")? {
            Value::Number(number) => number
                .as_u64()
                .or_else(|| number.as_f64().map(|_fraction| CURRENT + 1))?,
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => return None,
        };
        let writer = match extra.remove("writer") {
            Some(Value::String(writer)) => writer,
            _ => String::new(),
        };
        Some(Self { version, writer, extra })
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = format!("{{\"format\":{}", self.version).into_bytes();
        field(&mut out, "writer", &self.writer);
        for (name, value) in &self.extra {
            field(&mut out, name, value);
        }
        out.extend_from_slice(b"}\n");
        out
    }
}
