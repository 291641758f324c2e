//! `--memory`: a file, a directory, or (when it is not given) the memory ref of the repository one stands in.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::error::Error;
use super::memory_file::Place;
use super::{clock, sync};
use crate::gitref::{self, Remote};
use crate::ids::RefName;
use crate::memory::{ExportTrust, Tree};
use crate::redact::Redactor;

/// How long a local repository may take.
const LIMIT: Duration = Duration::from_secs(30);

/// A memory on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocalMemory {
    /// As named on the command line.
    Place(Place),
    /// The ref of the repository at this path; nothing is pushed from there.
    Repository(PathBuf),
    /// Nothing was named and there is no repository here.
    Nowhere,
}

impl LocalMemory {
    /// What `--memory` means here.
    ///
    /// # Errors
    /// An empty path.
    pub fn open(named: Option<&str>) -> Result<Self, Error> {
        match named {
            Some(path) if path.trim().is_empty() => {
                Err(Error::user("--memory is empty").with_hint("name a file or a directory, or leave the option out"))
            }
            Some(path) => Ok(Self::Place(Place::of(path))),
            None => Ok(gitref::discover(Path::new(".")).map_or(Self::Nowhere, Self::Repository)),
        }
    }

    /// Reads the memory; one that is not there yet is empty.
    ///
    /// # Errors
    /// A memory that exists but cannot be read.
    pub fn read(&self) -> Result<Tree, Error> {
        match self {
            Self::Place(place) => {
                let (tree, damage) = place.read()?;
                for damage in damage {
                    tracing::warn!(memory = %place, "{damage}; the rest is used");
                }
                Ok(tree)
            }
            Self::Repository(path) => Ok(sync::restore(&remote(path)?, &RefName::default())?.tree),
            Self::Nowhere => Ok(Tree::default()),
        }
    }

    /// Changes the memory; concurrent changes are merged, not lost.
    ///
    /// # Errors
    /// A memory that cannot be read or written; then nothing was changed.
    pub fn update(&self, change: impl FnOnce(&mut Tree)) -> Result<(), Error> {
        match self {
            Self::Place(place) => place.update(change),
            Self::Repository(path) => {
                let remote = remote(path)?;
                let name = RefName::default();
                let restored = sync::restore(&remote, &name)?;
                let mut tree = restored.tree;
                change(&mut tree);
                let redactor = Redactor::default();
                let writer = sync::Writer::local();
                let setup = sync::Setup::new(&name, &writer, &redactor, clock::now_ms());
                let local = sync::Local {
                    tree,
                    trust: ExportTrust::Trusted,
                };
                let done = sync::persist(&remote, &setup, Some(&restored.base), local)?;
                for warning in done.warnings {
                    tracing::warn!("{warning}");
                }
                match done.outcome {
                    sync::Outcome::Pushed | sync::Outcome::Unchanged | sync::Outcome::Inboxed => Ok(()),
                    sync::Outcome::Refused(reason) => Err(Error::user(format!("{name} was not written: {reason}"))),
                    sync::Outcome::Denied { .. } => Err(Error::user(format!("{} cannot be written", path.display()))),
                }
            }
            Self::Nowhere => Err(Error::user("there is no git repository here to keep the memory in")
                .with_hint("name a file or directory with `--memory`, or run this inside a repository")),
        }
    }
}

impl fmt::Display for LocalMemory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Place(place) => place.fmt(formatter),
            Self::Repository(path) => write!(formatter, "{} of {}", RefName::DEFAULT, path.display()),
            Self::Nowhere => formatter.write_str("nowhere"),
        }
    }
}

fn remote(path: &Path) -> Result<Remote, Error> {
    let deadline = Instant::now() + LIMIT;
    let address = path.to_string_lossy();
    Remote::open(&address, None, &sync::options(deadline))
        .map_err(|error| Error::user(format!("cannot open {}", path.display())).with_source(error))
}
