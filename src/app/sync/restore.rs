//! Restore: the ref's memory, with the inbox merged in.

use std::path::{Path, PathBuf};

use super::base::Base;
use super::state::State;
use super::trouble::explain;
use crate::app::Error;
use crate::app::error::writing;
use crate::app::failpoint;
use crate::app::files::write_atomically;
use crate::gitref::{Remote, Traffic};
use crate::ids::RefName;
use crate::memory::{Memory, Tree};

/// The file beside a memory file that says what restore gave.
pub const BASE_FILE: &str = "base.json";

/// What restore brings.
#[derive(Debug, Clone)]
pub struct Restored {
    /// Everything the repository remembers.
    pub tree: Tree,
    /// What the job was given; save it beside the memory file for persist.
    pub base: Base,
    /// Whether the ref existed.
    pub hit: bool,
    /// How many inbox refs were merged in.
    pub inbox: usize,
    /// What the user should know, one line each.
    pub warnings: Vec<String>,
    /// What went over the wire.
    pub traffic: Traffic,
}

impl Restored {
    /// Writes `memory`, which is this or a part of it, to `path`, and the base beside it; gives the base's path.
    ///
    /// The base goes last. Killed between the two, the job has a memory that is newer than its base, which merges well; a
    /// base newer than its memory would make everything deleted that the memory does not have yet.
    ///
    /// # Errors
    /// When a file cannot be written; each is then old or new, never half.
    pub fn save(&self, memory: &Memory, path: &Path) -> Result<PathBuf, Error> {
        let base = path.with_file_name(BASE_FILE);
        let bytes = std::thread::scope(|scope| {
            let bytes = scope.spawn(|| self.base.encode());
            write_atomically(path, &memory.encode()).map_err(|error| writing(path, error))?;
            Ok(bytes.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })?;
        failpoint::reached("memory-saved");
        write_atomically(&base, &bytes).map_err(|error| writing(&base, error))?;
        Ok(base)
    }
}

/// Reads the memory at `name`. A ref that does not exist is an empty memory: the first run.
///
/// # Errors
/// When the remote cannot be read.
pub fn restore(remote: &Remote, name: &RefName) -> Result<Restored, Error> {
    let doing = || format!("cannot restore memory from {}", remote.shown());
    let fetched = remote.read(name, &[]).map_err(|error| explain(&doing(), error))?;
    failpoint::reached("fetched");
    let base = Base::new(name, fetched.clone());
    let hit = fetched.listing.tip.is_some();
    let state = State::of_fetched(fetched);
    let mut warnings = state.warnings;
    if let Some(newer) = &state.newer {
        warnings.push(format!(
            "{newer}; memory is read as far as it is understood, and nothing will be written"
        ));
    }
    Ok(Restored {
        tree: state.tree,
        base,
        hit: hit || !state.folded.is_empty(),
        inbox: state.folded.len(),
        warnings,
        traffic: remote.traffic(),
    })
}
