//! `--memory PATH`: a memory in a file (`memory-export.json` shape) or in a directory (the tree of the ref).
//!
//! Changes are read-modify-write under one lock, so that two `learn` at once lose nothing, and each file is replaced
//! atomically.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::error::{Error, reading, writing};
use super::files::write_atomically;
use crate::memory::{self, Damage, Tree};

/// Largest file read of a memory, in bytes.
const MAX_FILE_BYTES: u64 = 512 * 1024 * 1024;

/// Where a memory is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// One file that holds entries and records alike.
    File(PathBuf),
    /// A directory with the files of the ref's tree.
    Directory(PathBuf),
}

impl Place {
    /// What a path means: what is there decides, else a name with an extension is a file.
    pub fn of(path: &str) -> Self {
        let place = PathBuf::from(path);
        let is_directory = if place.exists() {
            place.is_dir()
        } else {
            path.ends_with('/') || place.extension().is_none()
        };
        if is_directory {
            Self::Directory(place)
        } else {
            Self::File(place)
        }
    }

    /// Reads the memory; what is not there is empty. Damage costs no more than what is damaged and is reported.
    ///
    /// # Errors
    /// A path that exists but cannot be read, or a file that is no memory.
    pub fn read(&self) -> Result<(Tree, Vec<Damage>), Error> {
        match self {
            Self::File(path) => Ok((read_file(path)?, Vec::new())),
            Self::Directory(path) => {
                let (tree, damage) = Tree::from_files(&read_directory(path)?);
                Ok((tree, damage))
            }
        }
    }

    /// Changes the memory under its lock and gives back what `change` gives.
    ///
    /// # Errors
    /// As [`Place::read`]; damaged memory is never overwritten: the error names it and the remedy.
    pub fn update<T>(&self, change: impl FnOnce(&mut Tree) -> T) -> Result<T, Error> {
        let _lock = self.lock()?;
        let (mut tree, damage) = self.read()?;
        if let Some(damage) = damage.first() {
            return Err(Error::user(format!("the memory {self} is damaged: {damage}"))
                .with_hint("nothing was changed; mend or move the damaged file, then try again"));
        }
        tree.format.check_writable().map_err(|error| {
            Error::user(format!("the memory {self} was written by a newer shipwright"))
                .with_source(error)
                .with_hint("use that version or a newer one; nothing was changed")
        })?;
        let before = tree.to_files();
        let answer = change(&mut tree);
        match self {
            Self::File(path) => {
                let bytes = tree.to_memory().encode();
                write_atomically(path, &bytes).map_err(|error| writing(path, error))?;
            }
            Self::Directory(path) => {
                for (name, bytes) in tree.to_files() {
                    let target = path.join(&name);
                    if before.get(&name) != Some(&bytes) || !target.exists() {
                        write_atomically(&target, &bytes).map_err(|error| writing(&target, error))?;
                    }
                }
            }
        }
        Ok(answer)
    }

    fn lock(&self) -> Result<File, Error> {
        let path = match self {
            Self::File(path) => {
                let mut name = path.file_name().unwrap_or_default().to_os_string();
                name.push(".lock");
                path.with_file_name(name)
            }
            Self::Directory(path) => path.join(".lock"),
        };
        let open = || -> io::Result<File> {
            if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                std::fs::create_dir_all(parent)?;
            }
            let file = File::options().create(true).truncate(false).write(true).open(&path)?;
            file.lock()?;
            Ok(file)
        };
        open().map_err(|error| writing(&path, error))
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) | Self::Directory(path) => path.display().fmt(formatter),
        }
    }
}

fn read_bounded(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(reading(path, error)),
        Ok(metadata) if metadata.len() > MAX_FILE_BYTES => {
            let size = metadata.len();
            return Err(Error::user(format!(
                "{} has {size} bytes; at most {MAX_FILE_BYTES} are read",
                path.display()
            )));
        }
        Ok(_) => {}
    }
    std::fs::read(path).map(Some).map_err(|error| reading(path, error))
}

fn read_file(path: &Path) -> Result<Tree, Error> {
    let Some(bytes) = read_bounded(path)? else {
        return Ok(Tree::default());
    };
    let decoded = memory::decode(&bytes).map_err(|error| {
        Error::user(format!("{} is no memory file", path.display()))
            .with_source(error)
            .with_hint("expected ruflo's export shape; `shipwright memory import` reads older shapes")
    })?;
    Ok(Tree::from_memory(decoded.memory))
}

fn read_directory(path: &Path) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let mut files = BTreeMap::new();
    for name in [
        memory::EXPORT_FILE,
        memory::RECORDS_FILE,
        memory::TOMBSTONES_FILE,
        memory::FORMAT_FILE,
    ] {
        if let Some(bytes) = read_bounded(&path.join(name))? {
            files.insert(name.to_owned(), bytes);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Entry, Identity};

    fn add(place: &Place, key: &str) {
        place
            .update(|tree| tree.insert(Identity::new("shipwright/occurrence", key), Entry::new("{}", 1)))
            .unwrap();
        place
            .update(|tree| tree.insert(Identity::new("notes", key), Entry::new("text", 1)))
            .unwrap();
    }

    #[test]
    fn files_and_directories_keep_entries_and_records() {
        let scratch = tempfile::tempdir().unwrap();
        for name in ["deep/memory.json", "deep/memory"] {
            let place = Place::of(scratch.path().join(name).to_str().unwrap());
            assert!(place.read().unwrap().0.memory.is_empty());
            add(&place, "a");
            add(&place, "b");
            let (tree, damage) = place.read().unwrap();
            assert_eq!((tree.memory.len(), tree.records.len(), damage.len()), (2, 2, 0));
        }
        assert!(scratch.path().join("deep/memory/shipwright.jsonl").is_file());
    }

    #[test]
    fn parallel_updates_lose_nothing() {
        let scratch = tempfile::tempdir().unwrap();
        let place = Place::of(scratch.path().join("memory").to_str().unwrap());
        std::thread::scope(|scope| {
            for number in 0..8 {
                let place = &place;
                scope.spawn(move || add(place, &number.to_string()));
            }
        });
        assert_eq!(place.read().unwrap().0.records.len(), 8);
    }

    #[test]
    fn what_is_no_memory_is_an_error_and_stays_as_it_is() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("memory.json");
        std::fs::write(&path, b"{\"entries\": 7").unwrap();
        let place = Place::of(path.to_str().unwrap());
        let error = place.update(|_| ()).unwrap_err();
        assert!(error.chain().contains("memory.json"), "{}", error.chain());
        assert_eq!(std::fs::read(&path).unwrap(), b"{\"entries\": 7");
    }
}
