//! The door to git servers: reads the memory ref and its inbox, moves refs by compare-and-swap. Bytes in, bytes out;
//! what the bytes mean is for [`crate::memory`] and [`crate::app`].
//!
//! Nothing here opens the user's checkout or reads git's configuration. The address is explicit, objects live in a
//! scratch repository or in memory, and the token travels only in a header to the host it was given for.

mod address;
mod delta;
mod error;
mod fallback;
mod lean;
mod local;
mod object;
mod pack;
mod pkt;
mod remote;
mod scratch;
mod subtransport;
mod transport;
mod wire;

pub use crate::token::Token;
pub use error::Error;
pub use git2::Oid;
pub use object::{Author, Commit, Draft, Files, ForeignEntry, Snapshot, trailer};
pub use remote::{Fetched, Listing, Options, Remote, TransportChoice};
pub use scratch::Logged;
pub use transport::{PushOutcome, RefUpdate, Refs};
pub use wire::Traffic;

/// The repository that holds `directory`: its common directory, which all its worktrees share.
pub fn discover(directory: &std::path::Path) -> Option<std::path::PathBuf> {
    let repository = git2::Repository::discover(directory).ok()?;
    Some(repository.commondir().to_owned())
}

/// The address of `origin`, as the repository that holds `directory` has it configured.
pub fn origin(directory: &std::path::Path) -> Option<String> {
    let repository = git2::Repository::discover(directory).ok()?;
    let remote = repository.find_remote("origin").ok()?;
    remote.url().ok().map(str::to_owned)
}

/// The top directory of the checkout that holds `directory`.
pub fn checkout(directory: &std::path::Path) -> Option<std::path::PathBuf> {
    let repository = git2::Repository::discover(directory).ok()?;
    repository.workdir().map(std::path::Path::to_owned)
}
