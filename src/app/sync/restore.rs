//! Restore: the ref's memory, with the inbox merged in.

use super::base::Base;
use super::state::State;
use super::trouble::explain;
use crate::app::Error;
use crate::gitref::{Remote, Traffic};
use crate::ids::RefName;
use crate::memory::Tree;

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

/// Reads the memory at `name`. A ref that does not exist is an empty memory: the first run.
///
/// # Errors
/// When the remote cannot be read.
pub fn restore(remote: &Remote, name: &RefName) -> Result<Restored, Error> {
    let doing = || format!("cannot restore memory from {}", remote.shown());
    let fetched = remote.read(name, &[]).map_err(|error| explain(&doing(), error))?;
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
