//! The one error of the use cases: what kind of trouble it is, what to do about it, and where it came from.

use std::error::Error as StdError;
use std::fmt;

/// Whose trouble it is; the edge maps it to an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The answer is no: an audit failed, the doctor found trouble. Exit 1.
    Negative,
    /// Bad usage or input. Exit 2.
    User,
    /// Somebody else's change stands in the way. Exit 3.
    Conflict,
    /// A service cannot be reached or refuses. Exit 4; in the action a warning and exit 0.
    Service,
    /// Our own fault. Exit 1.
    Bug,
}

impl Kind {
    /// The documented exit code of the command-line tool.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Negative | Self::Bug => 1,
            Self::User => 2,
            Self::Conflict => 3,
            Self::Service => 4,
        }
    }
}

/// An error of a use case. `Display` is a lower-case fragment that names the thing touched; the causes follow in
/// [`Error::chain`], the remedy in [`Error::hint`].
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    hint: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error without a cause.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            source: None,
        }
    }

    /// Bad usage or input.
    pub fn user(message: impl Into<String>) -> Self {
        Self::new(Kind::User, message)
    }

    /// A service that cannot be reached or refuses.
    pub fn service(message: impl Into<String>) -> Self {
        Self::new(Kind::Service, message)
    }

    /// The answer is no.
    pub fn negative(message: impl Into<String>) -> Self {
        Self::new(Kind::Negative, message)
    }

    /// Adds what the reader can do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Whose trouble it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The message with all its causes, `what: why: why`.
    pub fn chain(&self) -> String {
        let mut text = self.message.clone();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// Files are what the user names, so trouble with one is the user's to mend.
pub fn reading(path: &std::path::Path, error: std::io::Error) -> Error {
    Error::user(format!("cannot read {}", path.display())).with_source(error)
}

/// See [`reading`].
pub fn writing(path: &std::path::Path, error: std::io::Error) -> Error {
    Error::user(format!("cannot write {}", path.display())).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_names_every_cause_once() {
        let io = std::io::Error::other("disk full");
        let error = writing(std::path::Path::new("a/b.json"), io).with_hint("free some space");
        assert_eq!(error.chain(), "cannot write a/b.json: disk full");
        assert_eq!((error.hint(), error.kind().exit_code()), (Some("free some space"), 2));
    }
}
