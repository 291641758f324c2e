//! A repository of our own in a temporary directory, the only one that is ever opened on a runner: the user's checkout
//! stays untouched, with its owner, its configuration and its hooks.

use std::cell::OnceCell;
use std::fmt::Write as _;
use std::io::{Read, Write};

use git2::{ObjectType, Odb, Oid, Repository};
use tempfile::TempDir;

use super::object::{ForeignEntry, NewObject, Snapshot};
use super::{Error, Files};

/// Largest pack that is taken from a server: 16 times what memory may hold.
const MAX_PACK: usize = 128 << 20;
/// Largest file that is read from a commit.
const MAX_FILE: usize = 64 << 20;
/// Most rows of a tree that are read.
const MAX_ROWS: usize = 10_000;

/// One commit of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The commit.
    pub oid: Oid,
    /// Its message.
    pub message: String,
    /// When it was made, in ms since the epoch.
    pub when: i64,
}

/// Objects on the local disk for the time of one operation.
pub(super) struct Scratch {
    repository: Repository,
    _directory: TempDir,
}

/// A scratch repository that is made when somebody needs it: a lean push needs none.
#[derive(Default)]
pub(super) struct Lazy(OnceCell<Scratch>);

impl Lazy {
    pub(super) fn get(&self) -> Result<&Scratch, Error> {
        if let Some(scratch) = self.0.get() {
            return Ok(scratch);
        }
        let scratch = Scratch::new()?;
        Ok(self.0.get_or_init(|| scratch))
    }
}

fn disk(error: &git2::Error) -> Error {
    Error::Scratch(error.message().to_owned())
}

impl Scratch {
    pub(super) fn new() -> Result<Self, Error> {
        let io = |error: std::io::Error| Error::Scratch(error.to_string());
        let directory = tempfile::Builder::new()
            .prefix("shipwright-git-")
            .tempdir()
            .map_err(io)?;
        // What lies here was hashed when it came in, by this process; hashing it again at each look costs as much as
        // parsing it. libgit2 knows one switch for all repositories: a damaged one on a disk still fails at its zlib sums.
        git2::opts::strict_hash_verification(false);
        let repository = Repository::init_bare(directory.path()).map_err(|error| disk(&error))?;
        Ok(Self {
            repository,
            _directory: directory,
        })
    }

    pub(super) const fn repository(&self) -> &Repository {
        &self.repository
    }

    /// Takes in a pack as it streams from a server; checksum and deltas are checked by libgit2.
    pub(super) fn take_pack(&self, pack: &mut impl Read) -> Result<(), PackError> {
        let odb = self.repository.odb().map_err(|error| PackError::Local(disk(&error)))?;
        let mut writer = odb.packwriter().map_err(|error| PackError::Local(disk(&error)))?;
        let (mut buffer, mut total) = (vec![0; 64 << 10], 0);
        loop {
            let count = pack.read(&mut buffer).map_err(PackError::Remote)?;
            if count == 0 {
                break;
            }
            total += count;
            if total > MAX_PACK {
                return Err(PackError::Local(Error::TooLarge {
                    what: "the pack of the memory ref".to_owned(),
                    limit: MAX_PACK,
                }));
            }
            let piece = buffer.get(..count).unwrap_or_default();
            writer.write_all(piece).map_err(PackError::Index)?;
        }
        writer
            .commit()
            .map_err(|error| PackError::Index(std::io::Error::other(error.message().to_owned())))?;
        Ok(())
    }

    /// Notes that the history of these commits was not fetched, so that libgit2 does not look for it.
    pub(super) fn mark_shallow<'a>(&self, commits: impl Iterator<Item = &'a Oid>) -> Result<(), Error> {
        let path = self.repository.path().join("shallow");
        let mut text = std::fs::read_to_string(&path).unwrap_or_default();
        for commit in commits {
            let _ = writeln!(text, "{commit}");
        }
        std::fs::write(&path, text).map_err(|error| Error::Scratch(error.to_string()))
    }

    pub(super) fn has(&self, oid: Oid) -> bool {
        self.repository.odb().is_ok_and(|odb| odb.exists(oid))
    }

    pub(super) fn write(&self, objects: &[&NewObject]) -> Result<(), Error> {
        let odb = self.repository.odb().map_err(|error| disk(&error))?;
        write(&odb, objects)
    }

    /// The first-parent chain that ends in `tip`, newest first, as far as its commits are here.
    pub(super) fn history(&self, tip: Oid, limit: usize) -> Vec<Logged> {
        let mut chain = Vec::new();
        let mut next = Some(tip);
        while let Some(oid) = next.filter(|_| chain.len() < limit) {
            let Some(logged) = self.logged(oid) else { break };
            next = logged.1;
            chain.push(logged.0);
        }
        chain
    }

    /// A commit and its first parent, from its bytes: libgit2 hides the parents of what it knows to be shallow.
    fn logged(&self, oid: Oid) -> Option<(Logged, Option<Oid>)> {
        let odb = self.repository.odb().ok()?;
        let object = odb
            .read(oid)
            .ok()
            .filter(|object| object.kind() == ObjectType::Commit)?;
        let text = String::from_utf8_lossy(object.data());
        let (header, message) = text.split_once("\n\n")?;
        let field = |name: &str| header.lines().find_map(|line| line.strip_prefix(name));
        let seconds: Option<i64> = field("committer ").and_then(|line| line.rsplit(' ').nth(1)?.parse().ok());
        let parent = field("parent ").and_then(|id| Oid::from_str(id).ok());
        Some((
            Logged {
                oid,
                message: message.to_owned(),
                when: seconds.unwrap_or_default().saturating_mul(1000),
            },
            parent,
        ))
    }

    pub(super) fn snapshot(&self, oid: Oid) -> Snapshot {
        snapshot(&self.repository, oid)
    }
}

/// Why a pack could not be taken in.
#[derive(Debug)]
pub(super) enum PackError {
    /// The connection broke while reading.
    Remote(std::io::Error),
    /// It is not a sound pack, or the local disk is full: libgit2 does not tell.
    Index(std::io::Error),
    /// Our side.
    Local(Error),
}

/// Stores objects loose.
pub(super) fn write(odb: &Odb<'_>, objects: &[&NewObject]) -> Result<(), Error> {
    for object in objects {
        odb.write(object.kind, &object.data).map_err(|error| disk(&error))?;
    }
    Ok(())
}

/// Reads what `oid` holds. Trouble with the content is part of the answer, so that it can be preserved.
pub(super) fn snapshot(repository: &Repository, oid: Oid) -> Snapshot {
    let mut snapshot = Snapshot {
        oid,
        parents: 0,
        message: String::new(),
        files: Files::new(),
        foreign: Vec::new(),
        trouble: None,
    };
    if let Err(trouble) = fill(repository, &mut snapshot) {
        snapshot.files.clear();
        snapshot.trouble = Some(trouble);
    }
    snapshot
}

fn fill(repository: &Repository, snapshot: &mut Snapshot) -> Result<(), String> {
    let say = |error: git2::Error| error.message().to_owned();
    let commit = repository
        .find_commit(snapshot.oid)
        .map_err(|_no_commit| "it is not a commit".to_owned())?;
    // libgit2 hides the parents of a commit whose history was not fetched; the header still has them.
    snapshot.parents = commit
        .raw_header_bytes()
        .split(|byte| *byte == b'\n')
        .filter(|line| line.starts_with(b"parent "))
        .count();
    snapshot.message = String::from_utf8_lossy(commit.message_raw_bytes()).into_owned();
    let tree = commit.tree().map_err(say)?;
    if tree.len() > MAX_ROWS {
        return Err(format!("its tree has {} entries", tree.len()));
    }
    let odb = repository.odb().map_err(say)?;
    for entry in &tree {
        let mode = u32::try_from(entry.filemode_raw()).unwrap_or_default();
        let Ok(name) = std::str::from_utf8(entry.name_bytes()) else {
            return Err("a file name is not UTF-8".to_owned());
        };
        let plain = mode & 0o170_000 == 0o100_000;
        if !plain {
            snapshot.foreign.push(ForeignEntry {
                mode,
                name: name.to_owned(),
                oid: entry.id(),
            });
            continue;
        }
        let (size, kind) = odb.read_header(entry.id()).map_err(say)?;
        if kind != ObjectType::Blob || size > MAX_FILE {
            return Err(format!("`{}` is no readable file", super::error::tame(name)));
        }
        let content = odb.read(entry.id()).map_err(say)?;
        snapshot.files.insert(name.to_owned(), content.data().to_vec());
    }
    Ok(())
}
