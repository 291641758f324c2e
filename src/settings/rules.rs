//! The rules of `.github/shipwright.yml` about people and kinds of failures: `owners`, `labels`, `roles`, `categories`.
//!
//! `owners` and `labels` are mappings from a *scope* to names. A scope is the name of a category (`DISK_SPACE`) or a glob
//! of paths as in a CODEOWNERS file: `*` stays within a directory, `**` does not, a pattern without a slash fits at any
//! depth, and one that ends in a slash means everything below. Mistakes are found while the file is read, so that the
//! error names line and column.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The names of the categories. What they mean is defined above this floor; a test there holds the two lists together.
pub const CATEGORIES: &[&str] = &[
    "FILE_ACCESS",
    "SYNTAX_ERROR",
    "TYPE_ERROR",
    "FUNCTION_ERROR",
    "ASSERTION_FAILURE",
    "TIMEOUT",
    "NETWORK_ERROR",
    "MEMORY_ERROR",
    "DEPENDENCY",
    "PERMISSION_AUTH",
    "DISK_SPACE",
    "RATE_LIMIT",
    "LINT_FORMAT",
    "BUILD_COMPILE",
    "CONFIG",
    "CRASH",
    "RUNTIME_ERROR",
    "INFRASTRUCTURE",
    "CANCELLED",
    "UNKNOWN",
];

/// Rules of one mapping that are read, at most.
const MOST_RULES: usize = 1000;
/// Characters of an owner, label or role.
const LONGEST_NAME: usize = 100;

/// The name of a category, checked when it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CategoryName(&'static str);

impl CategoryName {
    /// The name.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    fn find(text: &str) -> Option<Self> {
        CATEGORIES.iter().find(|name| **name == text).map(|name| Self(name))
    }
}

impl<'de> Deserialize<'de> for CategoryName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word(deserializer, "the name of a category", |text| {
            Self::find(text).ok_or_else(|| format!("`{}` is no category; docs/categories.md lists them", head(text)))
        })
    }
}

/// What a rule is about.
#[derive(Debug, Clone)]
pub enum Scope {
    /// Failures of this category.
    Category(CategoryName),
    /// Failures at these paths.
    Paths(GlobMatcher),
}

impl PartialEq for Scope {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Category(one), Self::Category(other)) => one == other,
            (Self::Paths(one), Self::Paths(other)) => one.glob() == other.glob(),
            (Self::Category(_), Self::Paths(_)) | (Self::Paths(_), Self::Category(_)) => false,
        }
    }
}

impl Eq for Scope {}

impl Scope {
    fn parse(text: &str) -> Result<Self, String> {
        if let Some(name) = CategoryName::find(text) {
            return Ok(Self::Category(name));
        }
        if text.len() > 3 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') {
            return Err(format!(
                "`{}` is no category; docs/categories.md lists them",
                head(text)
            ));
        }
        let rooted = text.trim_start_matches('/');
        let inner = rooted.trim_end_matches('/');
        let anywhere = if text.starts_with('/') || inner.contains('/') {
            inner.to_owned()
        } else {
            format!("**/{inner}")
        };
        let pattern = if rooted.ends_with('/') {
            format!("{anywhere}/**")
        } else {
            anywhere
        };
        let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
        let glob = glob.map_err(|error| format!("`{}` is no glob of paths: {}", head(text), error.kind()))?;
        Ok(Self::Paths(glob.compile_matcher()))
    }
}

/// One line of `owners` or `labels`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What it is about.
    pub scope: Scope,
    /// Who or what is named, as written.
    pub names: Vec<String>,
}

/// `owners` or `labels`, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules(Vec<Rule>);

impl Rules {
    /// The names of every rule that fits, each once: how labels add up.
    pub fn all<'r>(&'r self, category: &str, paths: &[&str]) -> Vec<&'r str> {
        let mut names: Vec<&str> = Vec::new();
        for rule in self.0.iter().filter(|rule| fits(&rule.scope, category, paths)) {
            for name in &rule.names {
                if !names.contains(&name.as_str()) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// The names of the one rule that decides: the last that fits the most telling path, as in a CODEOWNERS file, then
    /// the next path's; else the last for the category. None when no rule fits.
    pub fn decisive(&self, category: &str, paths: &[&str]) -> &[String] {
        let of_path = |path: &&str| {
            let mut last_first = self.0.iter().rev();
            last_first.find(|rule| matches!(&rule.scope, Scope::Paths(glob) if glob.is_match(path)))
        };
        let of_category = || self.0.iter().rev().find(|rule| fits(&rule.scope, category, &[]));
        let rule = paths.iter().find_map(of_path).or_else(of_category);
        rule.map_or(&[], |rule| rule.names.as_slice())
    }
}

fn fits(scope: &Scope, category: &str, paths: &[&str]) -> bool {
    match scope {
        Scope::Category(name) => name.as_str() == category,
        Scope::Paths(glob) => paths.iter().any(|path| glob.is_match(path)),
    }
}

impl<'de> Deserialize<'de> for Rules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Lines;

        impl<'de> Visitor<'de> for Lines {
            type Value = Rules;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a mapping from a category or a glob of paths to names")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Rules, M::Error> {
                let mut rules = Vec::new();
                while let Some(scope) = map.next_key::<Scope>()? {
                    let Names(names) = map.next_value()?;
                    rules.push(Rule { scope, names });
                    if rules.len() > MOST_RULES {
                        return Err(M::Error::custom(format_args!("more than {MOST_RULES} rules")));
                    }
                }
                Ok(Rules(rules))
            }
        }

        deserializer.deserialize_map(Lines)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word(deserializer, "a category or a glob of paths", Scope::parse)
    }
}

/// One name, or a list of them.
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Typed {
            One(Name),
            Many(Vec<Name>),
        }
        let typed = Typed::deserialize(deserializer)
            .map_err(|_neither| D::Error::custom("expected a name of at most 100 characters, or a list of names"))?;
        Ok(Self(match typed {
            Typed::One(Name(name)) => vec![name],
            Typed::Many(names) => names.into_iter().map(|Name(name)| name).collect(),
        }))
    }
}

/// An owner, a label or a role: one line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(pub String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word(deserializer, "a name", |text| {
            let name = text.trim();
            let fine = !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.contains(char::is_control);
            fine.then(|| Self(name.to_owned()))
                .ok_or_else(|| "a name has 1 to 100 characters on one line".to_owned())
        })
    }
}

/// What is special about a category here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CategoryConfig {
    /// Whether a retry is sensible, instead of what the lines say.
    pub class: Option<ClassName>,
    /// Whether a tracking issue may be opened for it; yes when absent.
    pub issue: Option<bool>,
}

/// A class, by the name it has in documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClassName {
    /// Passes when run again.
    Transient,
    /// Fails until something is changed.
    Deterministic,
    /// Nobody knows.
    Unknown,
}

/// Reads a text where it stands, so that what is wrong with it has line and column.
fn word<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: &'static str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<T, D::Error> {
    struct Word<F>(&'static str, F);

    impl<T, F: Fn(&str) -> Result<T, String>> Visitor<'_> for Word<F> {
        type Value = T;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str(self.0)
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
            (self.1)(text).map_err(E::custom)
        }
    }

    deserializer.deserialize_str(Word(expected, read))
}

fn head(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(yaml: &str) -> Rules {
        serde_yaml::from_str(yaml).unwrap()
    }

    fn check(pattern: &str, path: &str, expect: bool) {
        let rules = rules(&format!("'{pattern}': x"));
        assert_eq!(!rules.all("TIMEOUT", &[path]).is_empty(), expect, "{pattern} on {path}");
    }

    #[test]
    fn globs_are_those_of_a_codeowners_file() {
        check("src/api/**", "src/api/v1/a.rs", true);
        check("src/api/*", "src/api/v1/a.rs", false);
        check("src/api/", "src/api/v1/a.rs", true);
        check("/src/", "src/a.rs", true);
        check("*.sql", "db/schema/a.sql", true);
        check("/*.sql", "db/a.sql", false);
        check("docs/", "src/docs/a.md", true);
        check("src/api", "src/api/a.rs", false);
    }

    #[test]
    fn labels_add_up_and_the_last_owner_of_the_first_path_wins() {
        let rules = rules("'src/**': one\nDISK_SPACE: [two, one]\n'src/db/**': three\n");
        assert_eq!(rules.all("DISK_SPACE", &["src/db/a.rs"]), ["one", "two", "three"]);
        assert_eq!(rules.decisive("DISK_SPACE", &["src/db/a.rs"]), ["three"]);
        assert_eq!(rules.decisive("DISK_SPACE", &["lib/x.rs", "src/a.rs"]), ["one"]);
        assert_eq!(rules.decisive("DISK_SPACE", &["lib/x.rs"]), ["two", "one"]);
        assert!(rules.decisive("TIMEOUT", &[]).is_empty());
    }
}
