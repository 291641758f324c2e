//! Identities that cross module borders, each parsed once and never mixed up afterwards.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not the identity it was taken for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {what}: {reason}")]
pub struct IdError {
    what: &'static str,
    text: String,
    reason: &'static str,
}

impl IdError {
    fn new(what: &'static str, text: &str, reason: &'static str) -> Self {
        let text = text.chars().take(120).collect();
        Self { what, text, reason }
    }
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            /// Wraps a number that came typed from GitHub's API.
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// The plain number.
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                match text.trim().parse() {
                    Ok(number) if number > 0 => Ok(Self(number)),
                    _ => Err(IdError::new($what, text, "expected a positive whole number")),
                }
            }
        }
    };
}

number_id!(
    /// A workflow run.
    RunId, "run id"
);
number_id!(
    /// A job of a workflow run; equal to its check run's id.
    JobId, "job id"
);
number_id!(
    /// A comment on an issue or pull request.
    CommentId, "comment id"
);
number_id!(
    /// An issue or pull request number: GitHub numbers both in one sequence.
    IssueNumber, "issue or pull request number"
);

/// A full commit id: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha(String);

impl Sha {
    /// The full hexadecimal text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first seven digits, as git prints a commit for people.
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }
}

impl FromStr for Sha {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = text.trim();
        if !matches!(text.len(), 40 | 64) {
            return Err(IdError::new("commit id", text, "expected 40 or 64 hexadecimal digits"));
        }
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(IdError::new("commit id", text, "expected hexadecimal digits only"));
        }
        Ok(Self(text.to_ascii_lowercase()))
    }
}

/// `owner/name` of a repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoSlug {
    text: String,
    slash: usize,
}

impl RepoSlug {
    /// The account or organisation.
    pub fn owner(&self) -> &str {
        self.text.get(..self.slash).unwrap_or_default()
    }

    /// The repository's own name.
    pub fn name(&self) -> &str {
        self.text.get(self.slash + 1..).unwrap_or_default()
    }

    /// `owner/name`.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for RepoSlug {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = text.trim();
        let error = |reason| IdError::new("repository", text, reason);
        let slash = text.find('/').ok_or_else(|| error("expected owner/name"))?;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let (owner, name) = (
            text.get(..slash).unwrap_or_default(),
            text.get(slash + 1..).unwrap_or_default(),
        );
        for part in [owner, name] {
            if part.is_empty() || part == "." || part == ".." {
                return Err(error("expected owner/name"));
            }
            if !part.bytes().all(allowed) {
                return Err(error(
                    "only letters, digits, `-`, `_` and `.` are allowed on both sides",
                ));
            }
        }
        Ok(Self {
            text: text.to_owned(),
            slash,
        })
    }
}

/// The ref that holds memory, for example `refs/ruflo-memory/v1`.
///
/// git's receive-pack refuses a ref with one component under `refs/` ("funny refname"), so the bare namespace
/// `refs/ruflo-memory` is expanded to its first version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RefName(String);

impl RefName {
    /// The default memory ref.
    pub const DEFAULT: &'static str = "refs/ruflo-memory/v1";

    /// The whole name, `refs/…`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The prefix under which writers that lost the race leave their commits: `refs/ruflo-memory/inbox/v1/`.
    pub fn inbox_prefix(&self) -> String {
        let (parent, last) = self.0.rsplit_once('/').unwrap_or(("refs", &self.0));
        format!("{parent}/inbox/{last}/")
    }

    /// The ref under which an unreadable tip is kept: `refs/ruflo-memory/rescue-<oid>`.
    pub fn rescue(&self, oid: &str) -> String {
        let (parent, _) = self.0.rsplit_once('/').unwrap_or(("refs", &self.0));
        format!("{parent}/rescue-{oid}")
    }
}

impl Default for RefName {
    fn default() -> Self {
        Self(Self::DEFAULT.to_owned())
    }
}

impl FromStr for RefName {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = text.trim();
        let error = |reason| IdError::new("memory ref", text, reason);
        if text == "refs/ruflo-memory" {
            return Ok(Self::default());
        }
        let rest = text
            .strip_prefix("refs/")
            .ok_or_else(|| error("it must start with `refs/`"))?;
        let components: Vec<&str> = rest.split('/').collect();
        if components.len() < 2 {
            return Err(error(
                "a server refuses a ref with one component; use for example `refs/ruflo-memory/v1`",
            ));
        }
        if matches!(components.first(), Some(&("heads" | "tags" | "pull"))) {
            return Err(error("branches, tags and pull requests are not for memory"));
        }
        if components.contains(&"inbox") {
            return Err(error("`inbox` is the name of the place where concurrent writers wait"));
        }
        let forbidden =
            |c: char| c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\' | '\u{7f}');
        let case_insensitive_lock = |component: &&str| component.to_ascii_lowercase().ends_with(".lock");
        let broken = rest.contains(forbidden)
            || rest.contains("..")
            || rest.contains("@{")
            || rest.ends_with('.')
            || components
                .iter()
                .any(|component| component.is_empty() || component.starts_with('.'))
            || components.iter().any(case_insensitive_lock);
        if broken {
            return Err(error("git does not allow this name (see `git help check-ref-format`)"));
        }
        Ok(Self(text.to_owned()))
    }
}

/// Stable name of a failure: `sw1:` and 32 hexadecimal digits. `sw1` is the version of the masking and hashing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The version prefix; a change of masking that moves fingerprints changes it.
    pub const PREFIX: &'static str = "sw1:";

    /// Names the failure whose identity hashes to `digest`; the first 16 bytes are used.
    pub fn from_digest(digest: &[u8]) -> Self {
        let mut text = String::from(Self::PREFIX);
        for byte in digest.iter().take(16) {
            for nibble in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(u32::from(nibble), 16));
            }
        }
        Self(text)
    }

    /// `sw1:<32 hex>`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 12 digits without the prefix: enough to talk about a failure.
    pub fn short(&self) -> &str {
        self.0
            .get(Self::PREFIX.len()..Self::PREFIX.len() + 12)
            .unwrap_or(&self.0)
    }
}

impl FromStr for Fingerprint {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = text.trim();
        let digits = text
            .strip_prefix(Self::PREFIX)
            .ok_or_else(|| IdError::new("fingerprint", text, "expected `sw1:` and 32 hexadecimal digits"))?;
        if digits.len() != 32 || !digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(IdError::new(
                "fingerprint",
                text,
                "expected `sw1:` and 32 hexadecimal digits",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

macro_rules! text_id {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.as_str().to_owned()
            }
        }
    )*};
}

text_id!(Sha, RepoSlug, RefName, Fingerprint);

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: FromStr + fmt::Display>(text: &str, expect: Option<&str>) {
        let parsed = text.parse::<T>().ok().map(|id| id.to_string());
        assert_eq!(parsed.as_deref(), expect, "{text:?}");
    }

    #[test]
    fn refs_follow_gits_rules_and_stay_out_of_branches() {
        check::<RefName>("refs/ruflo-memory", Some("refs/ruflo-memory/v1"));
        check::<RefName>("refs/ruflo-memory/v1", Some("refs/ruflo-memory/v1"));
        check::<RefName>("refs/notes/x", Some("refs/notes/x"));
        for bad in [
            "",
            "ruflo-memory/v1",
            "refs/x",
            "refs/heads/x",
            "refs/tags/x",
            "refs/pull/1/head",
            "refs/a/",
            "refs/a//b",
            "refs/a/.b",
            "refs/a/b.lock",
            "refs/a/b.LOCK",
            "refs/a/b..c",
            "refs/a/b c",
            "refs/a/b~1",
            "refs/a/b:c",
            "refs/a/b?",
            "refs/a/@{b",
            "refs/a/b\\c",
            "refs/a/b.",
            "refs/a/b\n",
            "refs/a/\u{7f}b",
            "refs/a/inbox/b",
            "refs/a/*",
        ] {
            let expect = bad.ends_with('\n').then_some("refs/a/b");
            check::<RefName>(bad, expect);
        }
    }

    #[test]
    fn inbox_and_rescue_live_beside_the_ref() {
        let name = RefName::default();
        assert_eq!(name.inbox_prefix(), "refs/ruflo-memory/inbox/v1/");
        assert_eq!(name.rescue("abc"), "refs/ruflo-memory/rescue-abc");
    }

    #[test]
    fn slugs_have_two_sides() {
        check::<RepoSlug>("octo/ship.wright", Some("octo/ship.wright"));
        for bad in ["octo", "octo/", "/x", "a/b/c", "a/b c", "a/..", "a/b\n::error::"] {
            check::<RepoSlug>(bad, None);
        }
        let slug: RepoSlug = "octo/ship".parse().unwrap();
        assert_eq!((slug.owner(), slug.name()), ("octo", "ship"));
    }

    #[test]
    fn numbers_are_positive() {
        check::<RunId>("12", Some("12"));
        for bad in ["0", "-1", "1.5", "x", ""] {
            check::<RunId>(bad, None);
        }
    }

    #[test]
    fn fingerprints_are_versioned() {
        let fingerprint = Fingerprint::from_digest(&[0xab; 32]);
        check::<Fingerprint>(fingerprint.as_str(), Some(fingerprint.as_str()));
        check::<Fingerprint>("sw2:abababababababababababababababab", None);
        check::<Fingerprint>("sw1:ABABABABABABABABABABABABABABABAB", None);
        assert_eq!(fingerprint.short(), "abababababab");
    }
}
