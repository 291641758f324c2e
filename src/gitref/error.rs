//! What can go wrong at the door to a git server, by what a caller can do about it.

use std::time::Duration;

/// Trouble with a git remote. Texts from the server inside are capped and free of control characters.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is not one we can or want to use.
    #[error("cannot use the remote address: {0}")]
    Address(String),
    /// No such repository, or the token may not see it: servers do not tell which.
    #[error("no repository at {remote}, or the token may not see it")]
    NotFound {
        /// The address, without credentials.
        remote: String,
    },
    /// The server knows us too little or not at all.
    #[error("{remote} denied access (status {status}); needed permission: `{permission}`")]
    Denied {
        /// The address, without credentials.
        remote: String,
        /// The permission the token lacks, as a workflow file spells it.
        permission: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// The server asked us to come back later, later than our deadline allows.
    #[error("{remote} asks to wait (status {status})")]
    Busy {
        /// The address, without credentials.
        remote: String,
        /// The HTTP status: 429, or one of 5xx.
        status: u16,
        /// What `Retry-After` said.
        retry_after: Option<Duration>,
    },
    /// The time given for the whole operation is over.
    #[error("the deadline passed while talking to {remote}")]
    Deadline {
        /// The address, without credentials.
        remote: String,
    },
    /// The connection could not be made or broke.
    #[error("cannot talk to {remote}: {reason}")]
    Transport {
        /// The address, without credentials.
        remote: String,
        /// What happened.
        reason: String,
    },
    /// The server answered something that is not git as we know it.
    #[error("{remote} answered unexpectedly: {reason}")]
    Protocol {
        /// The address, without credentials.
        remote: String,
        /// What was strange.
        reason: String,
    },
    /// What was fetched is larger than anything memory can be.
    #[error("{what} is larger than {limit} bytes")]
    TooLarge {
        /// What is too large.
        what: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The scratch repository on this machine failed: disk full, no temporary directory.
    #[error("cannot keep git objects on the local disk: {0}")]
    Scratch(String),
}

impl Error {
    /// Whether another transport might get a better answer from the same server.
    pub(super) const fn is_protocol(&self) -> bool {
        matches!(self, Self::Protocol { .. })
    }
}

/// Longest text of a server that is shown.
const MAX_SERVER_TEXT: usize = 300;

/// Makes text of a server fit to be shown: one line, no control characters, capped.
pub(super) fn tame(text: &str) -> String {
    let mut tamed = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !tamed.is_empty() {
            tamed.push(' ');
        }
        tamed.extend(word.chars().take(MAX_SERVER_TEXT));
        if tamed.len() >= MAX_SERVER_TEXT {
            return tamed.chars().take(MAX_SERVER_TEXT).chain(['…']).collect();
        }
    }
    tamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_text_is_one_tame_line() {
        assert_eq!(tame("a\x1b[31m\r\n::error::b\0"), "a [31m ::error::b");
        assert_eq!(tame(&"x".repeat(5000)).chars().count(), MAX_SERVER_TEXT + 1);
        assert_eq!(tame(""), "");
    }
}
