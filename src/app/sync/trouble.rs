//! What trouble with a git server means to the user, and what to do about it.

use crate::app::{Error, Kind};
use crate::gitref;

/// The use case's error for trouble at the door.
pub(super) fn explain(doing: &str, error: gitref::Error) -> Error {
    use gitref::Error as Git;
    let kind = if matches!(error, Git::Address(_)) {
        Kind::User
    } else {
        Kind::Service
    };
    let hint = match &error {
        Git::Address(_) => None,
        Git::NotFound { .. } => Some("check the address, and that the token can see the repository".to_owned()),
        Git::Denied { permission, .. } => Some(format!(
            "give the job `permissions: {permission}`, or a token with it; forks and Dependabot get read-only tokens"
        )),
        Git::Busy { .. } => Some("the server is overloaded or limits requests; the next run will catch up".to_owned()),
        Git::Deadline { .. } => Some("raise `timeout-seconds`, or try again when the server is faster".to_owned()),
        Git::Transport { .. } => Some("check the network and the proxy settings".to_owned()),
        Git::Protocol { .. } => Some("this is not a git server, or something stands between".to_owned()),
        Git::TooLarge { .. } => {
            Some("lower `memory-max-bytes`, or prune the ref with `shipwright memory doctor`".to_owned())
        }
        Git::Scratch(_) => Some("free some space in the temporary directory, or set TMPDIR to another".to_owned()),
    };
    let error = Error::new(kind, doing.to_owned()).with_source(error);
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}
