//! A remote that is a directory of this machine. libgit2's own local push moves a ref wherever it is, which loses
//! updates; so refs move here inside a transaction, under the locks that git itself takes.

use std::path::{Path, PathBuf};

use git2::{ErrorCode, Oid, Repository};

use super::Error;
use super::error::tame;
use super::scratch::{self, Lazy, Scratch};
use super::transport::{Push, PushOutcome, RefUpdate, Refs, Selection, Transport};

/// A bare or other repository on this machine.
#[derive(Debug)]
pub(super) struct Local {
    path: PathBuf,
}

impl Local {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    fn open(&self) -> Result<Repository, Error> {
        Repository::open(&self.path).map_err(|error| {
            if error.code() == ErrorCode::NotFound {
                return Error::NotFound { remote: self.shown() };
            }
            if error.code() == ErrorCode::Owner {
                let reason =
                    "it belongs to another user; run `git config --global --add safe.directory` with this path";
                return Error::Transport {
                    remote: self.shown(),
                    reason: reason.to_owned(),
                };
            }
            self.broken(&error)
        })
    }

    fn shown(&self) -> String {
        self.path.display().to_string()
    }

    fn broken(&self, error: &git2::Error) -> Error {
        Error::Transport {
            remote: self.shown(),
            reason: tame(error.message()),
        }
    }
}

impl Transport for Local {
    fn list(&self, selection: &Selection) -> Result<Refs, Error> {
        let repository = self.open()?;
        let references = repository.references().map_err(|error| self.broken(&error))?;
        let mut refs = Refs::new();
        for reference in references.flatten() {
            let (Ok(name), Some(oid)) = (reference.name(), reference.target()) else {
                continue;
            };
            if selection.contains(name) {
                refs.insert(name.to_owned(), oid);
            }
        }
        Ok(refs)
    }

    fn fetch(&self, wanted: &Refs, _depth: u32, scratch: &Scratch) -> Result<(), Error> {
        // The objects stay where they are; the scratch repository looks there too.
        let objects = self.open()?.path().join("objects");
        let path = objects
            .to_str()
            .ok_or_else(|| Error::Scratch("the path of the remote is not UTF-8".to_owned()))?;
        let odb = scratch.repository().odb().map_err(|error| self.broken(&error))?;
        odb.add_disk_alternate(path).map_err(|error| self.broken(&error))?;
        tracing::trace!(count = wanted.len(), "reading from a local repository");
        Ok(())
    }

    fn push(&self, push: Push<'_>, _scratch: &Lazy) -> Result<PushOutcome, Error> {
        let repository = self.open()?;
        let odb = repository.odb().map_err(|error| self.broken(&error))?;
        scratch::write(&odb, push.objects)?;
        let parentless = |oid: &Oid| repository.find_commit(*oid).is_err();
        if push
            .updates
            .iter()
            .filter_map(|update| update.new)
            .any(|oid| parentless(&oid))
        {
            return Ok(PushOutcome::Stale);
        }
        match swap(&repository, push.updates) {
            Ok(true) => Ok(PushOutcome::Pushed),
            Ok(false) => Ok(PushOutcome::Stale),
            Err(error)
                if matches!(
                    error.code(),
                    ErrorCode::Locked | ErrorCode::Exists | ErrorCode::Modified
                ) =>
            {
                Ok(PushOutcome::Stale)
            }
            Err(error) => Ok(PushOutcome::Refused(tame(error.message()))),
        }
    }
}

/// Locks every ref, compares, then moves all of them.
fn swap(repository: &Repository, updates: &[RefUpdate]) -> Result<bool, git2::Error> {
    let mut transaction = repository.transaction()?;
    for update in updates {
        transaction.lock_ref(&update.name)?;
    }
    for update in updates {
        let now = match repository.refname_to_id(&update.name) {
            Ok(oid) => Some(oid),
            Err(error) if error.code() == ErrorCode::NotFound => None,
            Err(error) => return Err(error),
        };
        if now != update.old {
            return Ok(false);
        }
    }
    for update in updates {
        match update.new {
            Some(oid) => transaction.set_target(&update.name, oid, None, "shipwright memory")?,
            None => transaction.remove(&update.name)?,
        }
    }
    transaction.commit()?;
    Ok(true)
}
