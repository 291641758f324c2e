//! `.github/shipwright.yml`: strict, because a misspelt key that is silently ignored is worse than none.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::inputs::{self, Audience};
use super::rules::{CategoryConfig, CategoryName, Name, Rules};

/// Largest configuration file read, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;

/// The configuration file as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigFile {
    /// Values of inputs, by input name; lists are joined by new lines.
    pub inputs: BTreeMap<String, String>,
    /// The user's own knowledge: a line that matches decides category, title and first action.
    pub matchers: Vec<MatcherConfig>,
    /// The user's own actions, per category and per stage.
    pub actions: ActionsConfig,
    /// Regular expressions of lines that never say why.
    pub ignore: Vec<String>,
    /// Whom a failure concerns.
    pub owners: Rules,
    /// Labels of a new tracking issue.
    pub labels: Rules,
    /// The role that looks at a category.
    pub roles: BTreeMap<CategoryName, String>,
    /// What is special about a category.
    pub categories: BTreeMap<CategoryName, CategoryConfig>,
}

/// The keys that are no inputs.
pub(super) const RULE_KEYS: &[&str] = &[
    "matchers",
    "actions",
    "ignore",
    "owners",
    "labels",
    "roles",
    "categories",
];

/// One of the user's matchers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatcherConfig {
    /// Regular expression, tried on each cleaned line.
    pub pattern: String,
    /// Category name.
    pub category: Option<CategoryName>,
    /// Title of the failure; the matching line when absent.
    pub title: Option<String>,
    /// First suggested action.
    pub action: Option<String>,
}

/// The user's own actions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ActionsConfig {
    /// By category name.
    pub categories: BTreeMap<CategoryName, Vec<String>>,
    /// By stage name.
    pub stages: BTreeMap<String, Vec<String>>,
}

/// Why the configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Larger than `MAX_BYTES`.
    #[error("the configuration file is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// Not the YAML it should be; the text says line and column.
    #[error("the configuration file is not valid: {0}")]
    Syntax(String),
}

impl ConfigFile {
    /// Reads the file. An empty one is an empty configuration.
    ///
    /// # Errors
    /// [`ConfigError`] with line and column: unknown keys, wrong types, broken YAML.
    pub fn parse(bytes: &[u8]) -> Result<Self, ConfigError> {
        if bytes.len() > MAX_BYTES {
            return Err(ConfigError::TooLarge);
        }
        let text = String::from_utf8_lossy(bytes);
        if text
            .lines()
            .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
        {
            return Ok(Self::default());
        }
        serde_yaml::from_str(&text).map_err(|error| ConfigError::Syntax(error.to_string()))
    }
}

/// A value of an input: a scalar, or a list of scalars that is joined by new lines.
struct Scalar(String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum One {
            Text(String),
            Flag(bool),
            Number(i64),
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Typed {
            One(One),
            Many(Vec<One>),
        }
        let text = |one: One| match one {
            One::Text(text) => text,
            One::Flag(flag) => flag.to_string(),
            One::Number(number) => number.to_string(),
        };
        let typed = Typed::deserialize(deserializer).map_err(|error| {
            D::Error::custom(format_args!("expected a text, number, flag or list of these: {error}"))
        })?;
        Ok(Self(match typed {
            Typed::One(one) => text(one),
            Typed::Many(many) => many.into_iter().map(text).collect::<Vec<_>>().join("\n"),
        }))
    }
}

impl<'de> Deserialize<'de> for ConfigFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;

        impl<'de> Visitor<'de> for Keys {
            type Value = ConfigFile;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a mapping of settings")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<ConfigFile, M::Error> {
                let mut config = ConfigFile::default();
                let mut seen = std::collections::BTreeSet::new();
                while let Some(key) = map.next_key::<Key>()? {
                    if !seen.insert(key.clone()) {
                        return Err(M::Error::custom(format_args!("`{}` stands twice", key.name())));
                    }
                    match key {
                        Key::Matchers => config.matchers = map.next_value()?,
                        Key::Actions => config.actions = map.next_value()?,
                        Key::Ignore => config.ignore = map.next_value()?,
                        Key::Owners => config.owners = map.next_value()?,
                        Key::Labels => config.labels = map.next_value()?,
                        Key::Roles => {
                            let roles: BTreeMap<CategoryName, Name> = map.next_value()?;
                            config.roles = roles
                                .into_iter()
                                .map(|(category, Name(role))| (category, role))
                                .collect();
                        }
                        Key::Categories => config.categories = map.next_value()?,
                        Key::Input(name) => {
                            let Scalar(value) = map.next_value()?;
                            config.inputs.insert(name.to_owned(), value);
                        }
                    }
                }
                Ok(config)
            }
        }

        deserializer.deserialize_map(Keys)
    }
}

/// A key that may stand in the file. Refused here rather than in the map, so that the error carries line and column.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Matchers,
    Actions,
    Ignore,
    Owners,
    Labels,
    Roles,
    Categories,
    Input(&'static str),
}

impl Key {
    fn name(&self) -> &'static str {
        match self {
            Self::Matchers => "matchers",
            Self::Actions => "actions",
            Self::Ignore => "ignore",
            Self::Owners => "owners",
            Self::Labels => "labels",
            Self::Roles => "roles",
            Self::Categories => "categories",
            Self::Input(name) => name,
        }
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl Visitor<'_> for Name {
            type Value = Key;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the name of a setting")
            }

            fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Key, E> {
                match key {
                    "matchers" => Ok(Key::Matchers),
                    "actions" => Ok(Key::Actions),
                    "ignore" => Ok(Key::Ignore),
                    "owners" => Ok(Key::Owners),
                    "labels" => Ok(Key::Labels),
                    "roles" => Ok(Key::Roles),
                    "categories" => Ok(Key::Categories),
                    _ => match inputs::input(key) {
                        Some(input) if input.audience == Audience::User => Ok(Key::Input(input.name)),
                        Some(_) => Err(E::custom(format_args!(
                            "`{key}` can be set in the workflow only, not in this file"
                        ))),
                        None => Err(E::custom(unknown_key(key))),
                    },
                }
            }
        }

        deserializer.deserialize_str(Name)
    }
}

fn unknown_key(key: &str) -> String {
    let known = inputs::INPUTS
        .iter()
        .filter(|input| input.audience == Audience::User)
        .map(|input| input.name);
    let known = known.chain(RULE_KEYS.iter().copied());
    let shown: String = key.chars().take(60).collect();
    match known
        .min_by_key(|name| distance(name, key))
        .filter(|name| distance(name, key) <= 3)
    {
        Some(near) => format!("unknown key `{shown}`; did you mean `{near}`?"),
        None => format!("unknown key `{shown}`; docs/inputs.md lists the keys"),
    }
}

/// Levenshtein distance, for "did you mean".
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(&b) {
            let best = (diagonal + usize::from(from != *to)).min(*cell + 1).min(left + 1);
            diagonal = *cell;
            *cell = best;
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        ConfigFile::parse(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn keys_of_the_workflow_and_rules_are_read() {
        let config = ConfigFile::parse(
            b"log-lines: 12\nfail-on-error: true\nissue-assignees: [ann, bob]\nignore: ['^noise']\nmatchers:\n- pattern: 'quota of \\d+'\n  category: RATE_LIMIT\n  action: wait\nactions:\n  stages:\n    build: [clean first]\n",
        )
        .unwrap();
        assert_eq!(config.inputs["log-lines"], "12");
        assert_eq!(config.inputs["fail-on-error"], "true");
        assert_eq!(config.inputs["issue-assignees"], "ann\nbob");
        assert_eq!(
            config.matchers[0].category.map(CategoryName::as_str),
            Some("RATE_LIMIT")
        );
        assert_eq!(config.actions.stages["build"], ["clean first"]);
    }

    #[test]
    fn mistakes_are_named_with_line_and_column() {
        let text = error("log-lines: 3\nlog-linse: 4\n");
        assert!(
            text.contains("did you mean `log-lines`") && text.contains("line 2"),
            "{text}"
        );
        assert!(error("github-token: x\n").contains("in the workflow only"));
        assert!(error("log-lines: {a: 1}\n").contains("expected a text, number"));
        assert!(error("matchers:\n- patern: x\n").contains("patern"));
        assert!(error("log-lines: [\n").contains("line"));
        assert!(error("zzzzzzzzzz: 1\n").contains("docs/inputs.md"));
        assert!(error("- a\n").contains("mapping"));
    }

    #[test]
    fn rules_about_people_and_categories_are_read() {
        let config = ConfigFile::parse(
            b"owners:\n  'src/api/**': '@octo/api'\n  DISK_SPACE: [platform, ann]\nlabels:\n  '*.sql': database\nroles:\n  DISK_SPACE: devops\ncategories:\n  TIMEOUT: {class: transient}\n  CANCELLED: {issue: false}\n",
        )
        .unwrap();
        assert_eq!(config.owners.decisive("TIMEOUT", &["src/api/a.rs"]), ["@octo/api"]);
        assert_eq!(config.labels.all("TIMEOUT", &["db/a.sql"]), ["database"]);
        let roles: Vec<_> = config
            .roles
            .iter()
            .map(|(category, role)| (category.as_str(), role.as_str()))
            .collect();
        assert_eq!(roles, [("DISK_SPACE", "devops")]);
        let issues: Vec<_> = config.categories.values().map(|category| category.issue).collect();
        assert_eq!(issues, [Some(false), None]);
    }

    #[test]
    fn mistakes_in_rules_have_line_and_column() {
        for (text, words, line) in [
            ("owners:\n  DISK_SPASE: x\n", "no category", "line 2"),
            ("owners:\n  'src/[': x\n", "no glob", "line 2"),
            ("labels:\n  'src/**': {a: 1}\n", "a name", "line 2"),
            ("roles:\n  TIMEOUT: ''\n", "1 to 100", "line 2"),
            ("categories:\n  TIMEOUT:\n    clas: transient\n", "clas", "line 3"),
            ("categories:\n  TIMEOUT: {class: quick}\n", "quick", "line 2"),
            ("matchers:\n- pattern: x\n  category: NOPE\n", "no category", "line 3"),
            ("owners: [a]\n", "mapping", "line 1"),
        ] {
            let error = error(text);
            assert!(
                error.contains(words) && error.contains(line) && error.contains("column"),
                "{text}: {error}"
            );
        }
    }

    #[test]
    fn an_empty_file_is_an_empty_configuration() {
        assert_eq!(ConfigFile::parse(b"").unwrap(), ConfigFile::default());
        assert_eq!(ConfigFile::parse(b"# nothing\n\n").unwrap(), ConfigFile::default());
        assert!(matches!(
            ConfigFile::parse(&vec![b'#'; MAX_BYTES + 1]),
            Err(ConfigError::TooLarge)
        ));
    }
}
