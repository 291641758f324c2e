//! The store directory: one lock around reading, deciding and writing; all files of a change or none.
//!
//! A change of several files is first written down as a whole (`pending.json`), then carried out file by file, then struck
//! off. Whoever opens the store next finishes what was left, so a process that dies at any point leaves the state before or
//! after the change. Before a file is replaced its old content becomes `<file>.bak`; `audit --repair` goes back to it.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::app::{Error, Kind, error, files};
use crate::recruit::role_manager::builtin_roles;
use crate::recruit::stores::{
    Codec, Heuristics, History, MatchRecord, Meta, Minds, Onboarding, Profiles, RoleUsage, Roles, Talent,
};

/// How long another process may hold the lock.
const PATIENCE: Duration = Duration::from_secs(20);
const PENDING: &str = "pending.json";

/// The locked directory, and the changes not yet written.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    changes: BTreeMap<&'static str, Vec<u8>>,
    matched: Option<String>,
    _lock: File,
}

impl Store {
    /// Makes the directory when it is missing, takes the lock, finishes what a dead process left, fills in missing files.
    ///
    /// # Errors
    /// When the directory cannot be used, or the lock is not to be had.
    pub fn open(root: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(root).map_err(|error| error::writing(root, error))?;
        let lock = lock(&root.join(".lock"))?;
        let store = Self {
            root: root.to_owned(),
            changes: BTreeMap::new(),
            matched: None,
            _lock: lock,
        };
        store.finish_pending()?;
        store.fill_in()?;
        Ok(store)
    }

    /// Reads one store.
    ///
    /// # Errors
    /// When the file cannot be read, or is damaged; it then stays as it is.
    pub fn load<S: Codec>(&self) -> Result<S, Error> {
        if let Some(bytes) = self.changes.get(S::FILE) {
            return decode(bytes);
        }
        match std::fs::read(self.root.join(S::FILE)) {
            Ok(bytes) => decode(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(S::default()),
            Err(error) => Err(error::reading(&self.root.join(S::FILE), error)),
        }
    }

    /// Notes the new content of one store.
    pub fn put<S: Codec>(&mut self, content: &S) {
        self.changes.insert(S::FILE, content.encode());
    }

    /// Notes a match for the history, which keeps its newest `limit` lines.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn add_match(&mut self, record: &MatchRecord, limit: usize) -> Result<(), Error> {
        let path = self.root.join(History::FILE);
        let lines = match std::fs::read(&path) {
            Ok(bytes) => memchr::memchr_iter(b'\n', &bytes).count() + 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error::reading(&path, error)),
        };
        if lines < limit {
            self.matched = Some(History::line(record));
        } else {
            let mut history: History = self.load()?;
            history.push(record.clone(), limit);
            self.put(&history);
        }
        Ok(())
    }

    /// Writes everything noted, all or nothing, and gives the lock back.
    ///
    /// # Errors
    /// When a file cannot be written; what was noted as a whole is finished by the next process.
    pub fn commit(self) -> Result<(), Error> {
        // A match is a line of its own; that its role's count is lost with a dying process harms nobody.
        if let Some(line) = &self.matched {
            let path = self.root.join(History::FILE);
            files::append_lines(&path, line).map_err(|error| error::writing(&path, error))?;
        }
        if self.changes.len() > 1 {
            let texts: BTreeMap<&str, String> = self
                .changes
                .iter()
                .map(|(file, bytes)| (*file, String::from_utf8_lossy(bytes).into_owned()))
                .collect();
            let pending = serde_json::to_vec(&texts)
                .map_err(|error| Error::new(Kind::Bug, "cannot encode a change of the stores").with_source(error))?;
            let path = self.root.join(PENDING);
            files::write_atomically(&path, &pending).map_err(|error| error::writing(&path, error))?;
            for (file, bytes) in &self.changes {
                self.replace(file, bytes)?;
            }
            return std::fs::remove_file(&path).map_err(|error| error::writing(&path, error));
        }
        self.changes
            .iter()
            .try_for_each(|(file, bytes)| self.replace(file, bytes))
    }

    /// The directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn replace(&self, file: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.root.join(file);
        keep_backup(&path);
        files::write_atomically(&path, bytes).map_err(|error| error::writing(&path, error))
    }

    fn finish_pending(&self) -> Result<(), Error> {
        let path = self.root.join(PENDING);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error::reading(&path, error)),
        };
        // The list itself is written atomically, so one that cannot be read is not ours.
        if let Ok(texts) = serde_json::from_slice::<BTreeMap<String, String>>(&bytes) {
            for (file, text) in texts {
                if Path::new(&file).components().count() == 1 && !file.starts_with('.') {
                    self.replace(&file, text.as_bytes())?;
                }
            }
        }
        std::fs::remove_file(&path).map_err(|error| error::writing(&path, error))
    }

    /// Writes the initial content of stores that do not exist.
    fn fill_in(&self) -> Result<(), Error> {
        self.fill_in_one::<Profiles>()?;
        self.fill_in_one::<Talent>()?;
        self.fill_in_one::<Onboarding>()?;
        self.fill_in_one::<RoleUsage>()?;
        self.fill_in_one::<Heuristics>()?;
        self.fill_in_one::<Minds>()?;
        self.fill_in_one::<Meta>()?;
        let path = self.root.join(Roles::FILE);
        let bare = std::fs::metadata(&path).map_or(true, |metadata| metadata.len() < 8);
        if bare && self.load::<Roles>().is_ok_and(|roles| roles.is_empty()) {
            self.write_new(&path, &builtin_roles().encode())?;
        }
        Ok(())
    }

    fn fill_in_one<S: Codec>(&self) -> Result<(), Error> {
        let path = self.root.join(S::FILE);
        match S::INITIAL {
            Some(initial) if !path.exists() => self.write_new(&path, initial.as_bytes()),
            _ => Ok(()),
        }
    }

    /// Whole or not at all, without waiting for the disk: it can be written again.
    fn write_new(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        let write = || -> io::Result<()> {
            let mut file = tempfile::Builder::new()
                .prefix(".shipwright-")
                .tempfile_in(&self.root)?;
            file.write_all(bytes)?;
            file.persist(path).map(drop).map_err(|error| error.error)
        };
        write().map_err(|error| error::writing(path, error))
    }
}

fn decode<S: Codec>(bytes: &[u8]) -> Result<S, Error> {
    S::decode(bytes).map_err(|damaged| {
        Error::user("cannot read the store")
            .with_source(damaged)
            .with_hint("`shipwright recruit audit --repair` goes back to the last good version")
    })
}

/// Waits a while for the lock, then names what stands in the way.
fn lock(path: &Path) -> Result<File, Error> {
    let open = OpenOptions::new().create(true).truncate(false).write(true).open(path);
    let file = open.map_err(|error| error::writing(path, error))?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(2));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(Error::new(
                    Kind::Conflict,
                    format!("another process holds {}", path.display()),
                ));
            }
            Err(TryLockError::Error(error)) => return Err(error::writing(path, error)),
        }
    }
}

/// The old content under another name; without one there is nothing to keep.
pub(super) fn keep_backup(path: &Path) {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return;
    };
    let backup = path.with_file_name(format!("{name}.bak"));
    let _ = std::fs::remove_file(&backup);
    if std::fs::hard_link(path, &backup).is_err() {
        let _ = std::fs::copy(path, &backup);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recruit::stores::Profile;

    fn profiles(agent: &str) -> Profiles {
        let mut profiles = Profiles::default();
        profiles.insert(agent, Profile::default());
        profiles
    }

    #[test]
    fn a_change_that_was_interrupted_is_finished_by_the_next_process() {
        let directory = tempfile::tempdir().unwrap();
        Store::open(directory.path()).unwrap();
        let pending = serde_json::json!({"profiles.json": "{\"ann\":{}}", "../evil": "x", "talent.json": "[1]"});
        std::fs::write(directory.path().join(PENDING), pending.to_string()).unwrap();
        let store = Store::open(directory.path()).unwrap();
        assert_eq!(store.load::<Profiles>().unwrap().keys().collect::<Vec<_>>(), ["ann"]);
        assert_eq!(store.load::<Talent>().unwrap().0.len(), 1);
        assert!(!directory.path().join(PENDING).exists() && !directory.path().join("../evil").exists());
    }

    #[test]
    fn the_version_before_a_change_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        for agent in ["ann", "bob"] {
            let mut store = Store::open(directory.path()).unwrap();
            store.put(&profiles(agent));
            store.commit().unwrap();
        }
        let backup = std::fs::read(directory.path().join("profiles.json.bak")).unwrap();
        assert_eq!(Profiles::decode(&backup).unwrap(), profiles("ann"));
    }

    #[test]
    fn a_damaged_store_is_named_and_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("profiles.json"), "{\"ann\": \u{0}").unwrap();
        let error = Store::open(directory.path()).unwrap().load::<Profiles>().unwrap_err();
        assert!(
            error.chain().contains("profiles.json is damaged") && error.hint().is_some(),
            "{}",
            error.chain()
        );
        assert_eq!(std::fs::read(directory.path().join("profiles.json")).unwrap().len(), 9);
    }
}
