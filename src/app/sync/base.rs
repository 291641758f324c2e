//! `base.json`: what restore gave a job, kept beside the memory file, so that persist can tell what the job changed, and
//! can push without reading first.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::state::State;
use crate::app::files::write_atomically;
use crate::gitref::{Fetched, Files, ForeignEntry, Oid, Snapshot};
use crate::ids::RefName;
use crate::memory::Tree;

/// What the file calls itself.
const SCHEMA: &str = "shipwright-base/v1";

/// Why a base cannot be used. A job without a base still persists, by the two-way rules.
#[derive(Debug, thiserror::Error)]
pub enum BaseError {
    /// The file cannot be read.
    #[error("cannot read the base")]
    Read(#[source] std::io::Error),
    /// It is no base, or not whole.
    #[error("the base is damaged: {0}")]
    Damaged(String),
    /// It belongs to another memory.
    #[error("the base belongs to {found}, not to {expected}")]
    Foreign {
        /// What the file names.
        found: String,
        /// What was asked for.
        expected: String,
    },
}

/// What restore found: the tip and the inbox, as they were.
#[derive(Debug, Clone)]
pub struct Base {
    name: RefName,
    pub(super) tip: Option<Arc<Snapshot>>,
    pub(super) inbox: Vec<(String, Arc<Snapshot>)>,
    /// What they mean, once somebody asked.
    state: OnceLock<State>,
}

impl Base {
    pub(super) fn new(name: &RefName, fetched: Fetched) -> Self {
        Self {
            name: name.clone(),
            tip: fetched.tip,
            inbox: fetched.inbox,
            state: OnceLock::new(),
        }
    }

    /// The memory that was given to the job.
    pub fn tree(&self) -> &Tree {
        &self.state().tree
    }

    /// The commit of the tip, when there was one.
    pub fn oid(&self) -> Option<Oid> {
        self.tip.as_ref().map(|tip| tip.oid)
    }

    pub(super) fn state(&self) -> &State {
        self.state
            .get_or_init(|| State::of(self.tip.clone(), self.inbox.clone()))
    }

    /// Reads the base of memory `name` from a file, and understands it.
    pub fn load(path: &Path, name: &RefName) -> Result<Self, BaseError> {
        let bytes = std::fs::read(path).map_err(BaseError::Read)?;
        let base = Self::decode(&bytes, name)?;
        base.state();
        Ok(base)
    }

    /// Writes the base into a file, atomically.
    pub fn save(&self, path: &Path) -> std::io::Result<()> {
        write_atomically(path, &self.encode())
    }

    /// The bytes of the file.
    ///
    /// # Panics
    /// Never: texts and numbers are always JSON.
    pub fn encode(&self) -> Vec<u8> {
        let stored = Stored {
            schema: SCHEMA.to_owned(),
            reference: self.name.clone(),
            tip: self.tip.as_deref().map(StoredSnapshot::of),
            inbox: self
                .inbox
                .iter()
                .map(|(name, snapshot)| (name.clone(), StoredSnapshot::of(snapshot)))
                .collect(),
        };
        let body = serde_json::to_string(&stored).expect("a struct of texts is JSON");
        // The content goes back into the ref: one lost line of it would be a deletion. So it is checked.
        format!("{}{body}{}\n", head(&body), TAIL).into_bytes()
    }

    fn decode(bytes: &[u8], name: &RefName) -> Result<Self, BaseError> {
        let damaged = |reason: String| BaseError::Damaged(reason);
        let text = std::str::from_utf8(bytes).map_err(|error| damaged(error.to_string()))?;
        let text = text.trim_end();
        let end = text.len().saturating_sub(TAIL.len());
        let body = text.get(head("").len()..end).unwrap_or_default();
        if text.get(..head("").len()) != Some(&head(body)) {
            return Err(damaged("its checksum is wrong".to_owned()));
        }
        let stored: Stored = serde_json::from_str(body).map_err(|error| damaged(error.to_string()))?;
        if stored.schema != SCHEMA {
            return Err(damaged(format!("its schema is not {SCHEMA}")));
        }
        if stored.reference != *name {
            return Err(BaseError::Foreign {
                found: stored.reference.to_string(),
                expected: name.to_string(),
            });
        }
        let tip = stored
            .tip
            .map(|tip| tip.into_snapshot().map(Arc::new))
            .transpose()
            .map_err(damaged)?;
        let inbox = stored
            .inbox
            .into_iter()
            .map(|(name, snapshot)| Ok((name, Arc::new(snapshot.into_snapshot()?))));
        let inbox = inbox.collect::<Result<_, String>>().map_err(damaged)?;
        Ok(Self {
            name: name.clone(),
            tip,
            inbox,
            state: OnceLock::new(),
        })
    }
}

/// What follows the body in the file.
const TAIL: &str = "}";

/// What precedes the body in the file; its length does not depend on the body.
fn head(body: &str) -> String {
    let digest: Vec<String> = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{{\"sha256\":\"{}\",\"base\":", digest.concat())
}

#[derive(Serialize, Deserialize)]
struct Stored {
    schema: String,
    #[serde(rename = "ref")]
    reference: RefName,
    tip: Option<StoredSnapshot>,
    inbox: Vec<(String, StoredSnapshot)>,
}

#[derive(Serialize, Deserialize)]
struct StoredSnapshot {
    oid: String,
    parents: usize,
    message: String,
    files: BTreeMap<String, Content>,
    foreign: Vec<(u32, String, String)>,
    trouble: Option<String>,
}

/// A file's content: text as text, anything else as numbers.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Bytes(Vec<u8>),
}

impl StoredSnapshot {
    fn of(snapshot: &Snapshot) -> Self {
        let content = |bytes: &Vec<u8>| match String::from_utf8(bytes.clone()) {
            Ok(text) => Content::Text(text),
            Err(error) => Content::Bytes(error.into_bytes()),
        };
        Self {
            oid: snapshot.oid.to_string(),
            parents: snapshot.parents,
            message: snapshot.message.clone(),
            files: snapshot
                .files
                .iter()
                .map(|(name, bytes)| (name.clone(), content(bytes)))
                .collect(),
            foreign: snapshot
                .foreign
                .iter()
                .map(|row| (row.mode, row.name.clone(), row.oid.to_string()))
                .collect(),
            trouble: snapshot.trouble.clone(),
        }
    }

    fn into_snapshot(self) -> Result<Snapshot, String> {
        let oid = |text: &str| Oid::from_str(text).map_err(|error| error.message().to_owned());
        let bytes = |content| match content {
            Content::Text(text) => text.into_bytes(),
            Content::Bytes(bytes) => bytes,
        };
        let files: Files = self
            .files
            .into_iter()
            .map(|(name, content)| (name, bytes(content)))
            .collect();
        let foreign = self.foreign.into_iter().map(|(mode, name, id)| {
            Ok(ForeignEntry {
                mode,
                name,
                oid: oid(&id)?,
            })
        });
        Ok(Snapshot {
            oid: oid(&self.oid)?,
            parents: self.parents,
            message: self.message,
            files,
            foreign: foreign.collect::<Result<_, String>>()?,
            trouble: self.trouble,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn base() -> Base {
        let oid = Oid::from_str("0123456789012345678901234567890123456789").unwrap();
        let files = Files::from([("a".to_owned(), b"text\n".to_vec()), ("b".to_owned(), vec![0xff, 0])]);
        let foreign = vec![ForeignEntry {
            mode: 0o40_000,
            name: "d".to_owned(),
            oid,
        }];
        let tip = Arc::new(Snapshot {
            oid,
            parents: 1,
            message: "m".to_owned(),
            files,
            foreign,
            trouble: None,
        });
        Base {
            name: RefName::default(),
            tip: Some(tip.clone()),
            inbox: vec![("refs/x".to_owned(), tip)],
            state: OnceLock::new(),
        }
    }

    #[test]
    fn a_base_survives_the_round_trip() {
        let read = Base::decode(&base().encode(), &RefName::default()).unwrap();
        assert_eq!(
            (read.name, read.tip, read.inbox),
            (base().name, base().tip, base().inbox)
        );
    }

    #[test]
    fn a_base_that_is_not_whole_is_refused() {
        let bytes = base().encode();
        for cut in [0, 10, bytes.len() / 2, bytes.len() - 3] {
            assert!(Base::decode(&bytes[..cut], &RefName::default()).is_err());
        }
        let edited = String::from_utf8(bytes.clone()).unwrap().replace("text", "test");
        assert!(matches!(
            Base::decode(edited.as_bytes(), &RefName::default()),
            Err(BaseError::Damaged(_))
        ));
        let other = RefName::from_str("refs/other/v1").unwrap();
        assert!(matches!(Base::decode(&bytes, &other), Err(BaseError::Foreign { .. })));
    }
}
