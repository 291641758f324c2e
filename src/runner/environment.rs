//! The environment of the process, read in this one place.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Which of the two calls of the action this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The step itself.
    Main,
    /// After all steps of the job.
    Post,
}

/// Why the event cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// Not started by an event: `GITHUB_EVENT_PATH` is not set.
    #[error("no event: GITHUB_EVENT_PATH is not set")]
    Absent,
    /// The file is larger than the caller wants.
    #[error("the event is larger than {limit} bytes")]
    TooLarge {
        /// What was allowed.
        limit: u64,
    },
    /// The file cannot be read.
    #[error("cannot read the event at {path}")]
    Unreadable {
        /// Where it should be.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

/// The variables that concern the program, as a value: made from the process once, from pairs in tests.
///
/// An empty variable is an absent one.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl fmt::Debug for Environment {
    /// Names only: inputs hold tokens.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.variables.keys()).finish()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self {
            variables: pairs
                .filter(|(name, value)| concerns(name) && !value.is_empty())
                .collect(),
        }
    }
}

/// Prefixes and names of the variables that are kept; anything else in the environment is none of our business.
const PREFIXES: [&str; 5] = ["GITHUB_", "RUNNER_", "INPUT_", "STATE_", "SHIPWRIGHT_"];
const NAMES: [&str; 13] = [
    "ACTIONS_STEP_DEBUG",
    "CI",
    "CLICOLOR_FORCE",
    "HOME",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "NO_COLOR",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TERM",
    "USERPROFILE",
];

fn concerns(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || NAMES.contains(&upper.as_str())
}

impl Environment {
    /// The environment of this process. Values that are not Unicode have their broken bytes replaced.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the environment"
    )]
    pub fn read() -> Self {
        let text = |value: std::ffi::OsString| value.to_string_lossy().into_owned();
        std::env::vars_os()
            .map(|(name, value)| (text(name), text(value)))
            .collect()
    }

    /// The value of a variable, `None` when it is empty or not set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// A proxy variable in either case, lower case first as curl has it: `https_proxy`.
    pub fn proxy(&self, name: &str) -> Option<&str> {
        self.get(&name.to_ascii_lowercase())
            .or_else(|| self.get(&name.to_ascii_uppercase()))
    }

    /// Are we inside a runner?
    pub fn is_actions(&self) -> bool {
        self.get("GITHUB_ACTIONS") == Some("true")
    }

    /// Did the user ask for debug output (`Enable debug logging`)?
    pub fn is_debug(&self) -> bool {
        self.get("RUNNER_DEBUG") == Some("1")
    }

    /// All inputs that were given, by their kebab-case names, without blanks at the ends.
    ///
    /// The runner writes `INPUT_GITHUB-TOKEN`: upper case, hyphens kept. Wrappers that cannot set such names use
    /// underscores, which are taken as hyphens; the runner's own spelling wins.
    pub fn inputs(&self) -> BTreeMap<String, String> {
        let mut inputs = BTreeMap::new();
        for (name, value) in &self.variables {
            let Some(name) = name.strip_prefix("INPUT_").map(str::to_ascii_lowercase) else {
                continue;
            };
            let value = value.trim();
            if value.is_empty() || name.is_empty() {
                continue;
            }
            if name.contains('_') {
                inputs.entry(name.replace('_', "-")).or_insert_with(|| value.to_owned());
            } else {
                inputs.insert(name, value.to_owned());
            }
        }
        inputs
    }

    /// One input by its kebab-case name.
    pub fn input(&self, name: &str) -> Option<&str> {
        let upper = name.to_ascii_uppercase();
        let value = |name: &str| {
            self.get(&format!("INPUT_{name}"))
                .map(str::trim)
                .filter(|value| !value.is_empty())
        };
        value(&upper).or_else(|| value(&upper.replace('-', "_")))
    }

    /// The token: the input `github-token`, or `GITHUB_TOKEN` on the command line.
    pub fn token(&self) -> Option<&str> {
        self.input("github-token")
            .or_else(|| self.get("GITHUB_TOKEN"))
            .map(str::trim)
            .filter(|token| !token.is_empty())
    }

    /// A value that the main stage saved for the post stage.
    pub fn state(&self, name: &str) -> Option<&str> {
        self.get(&format!("STATE_{name}"))
    }

    /// The call of the action that `program` (the first argument of the process) stands for, `None` for the command
    /// line.
    ///
    /// The runner passes the entrypoint as one text and the same arguments to both stages, so the file name decides. A
    /// saved state [`Stage::SAVED`] overrides it, for runners that start the main entrypoint twice.
    pub fn stage(&self, program: &str) -> Option<Stage> {
        let file = Path::new(program).file_stem()?.to_str()?;
        match file {
            "shipwright-main" => Some(self.saved_stage()),
            "shipwright-post" => Some(Stage::Post),
            _ => None,
        }
    }

    /// The stage by saved state alone: `shipwright action`.
    pub fn saved_stage(&self) -> Stage {
        if self.state(Stage::SAVED) == Some("true") {
            Stage::Post
        } else {
            Stage::Main
        }
    }

    /// The event that started the run, at most `limit` bytes of it.
    pub fn event(&self, limit: u64) -> Result<Vec<u8>, EventError> {
        let path = self.get("GITHUB_EVENT_PATH").ok_or(EventError::Absent)?;
        let unreadable = |source| EventError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        if bytes.len() as u64 > limit {
            Err(EventError::TooLarge { limit })
        } else {
            Ok(bytes)
        }
    }
}

impl Stage {
    /// Name of the saved state that the main stage sets to `true`.
    pub const SAVED: &'static str = "isPost";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_have_kebab_case_names_and_no_empty_values() {
        let environment = Environment::from_iter([
            ("INPUT_GITHUB-TOKEN", " t0 "),
            ("INPUT_GITHUB_TOKEN", "t1"),
            ("INPUT_MODE", ""),
            ("INPUT_LOG_PATH", "a.log"),
            ("INPUT_TARGET", "  "),
            ("INPUT_", "x"),
            ("PATH", "/bin"),
        ]);
        let expect = [("github-token", "t0"), ("log-path", "a.log")];
        let expect = expect.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(environment.inputs(), BTreeMap::from(expect));
        assert_eq!(
            (environment.input("log-path"), environment.input("mode")),
            (Some("a.log"), None)
        );
        assert_eq!((environment.token(), environment.get("PATH")), (Some("t0"), None));
    }

    #[test]
    fn debug_output_shows_names_and_no_values() {
        let environment = Environment::from_iter([("INPUT_GITHUB-TOKEN", "very-hidden")]);
        assert_eq!(format!("{environment:?}"), "{\"INPUT_GITHUB-TOKEN\"}");
    }

    #[test]
    fn the_file_name_tells_the_stage_and_saved_state_overrides_main() {
        let fresh = Environment::default();
        let saved = Environment::from_iter([("STATE_isPost", "true")]);
        for (environment, program, expect) in [
            (&fresh, "/usr/local/bin/shipwright-main", Some(Stage::Main)),
            (&fresh, "shipwright-post", Some(Stage::Post)),
            (&saved, "/usr/local/bin/shipwright-main", Some(Stage::Post)),
            (&saved, "shipwright", None),
            (&fresh, "", None),
        ] {
            assert_eq!(environment.stage(program), expect, "{program}");
        }
        assert_eq!((fresh.saved_stage(), saved.saved_stage()), (Stage::Main, Stage::Post));
    }

    #[test]
    fn an_event_is_read_up_to_its_limit() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("event.json");
        std::fs::write(&path, b"{\"a\":1}").unwrap();
        let environment = Environment::from_iter([("GITHUB_EVENT_PATH", path.to_str().unwrap())]);
        assert_eq!(environment.event(7).unwrap(), b"{\"a\":1}");
        assert!(matches!(environment.event(6), Err(EventError::TooLarge { limit: 6 })));
        assert!(matches!(Environment::default().event(1), Err(EventError::Absent)));
        let gone = Environment::from_iter([("GITHUB_EVENT_PATH", "/nowhere/event.json")]);
        assert!(matches!(gone.event(1), Err(EventError::Unreadable { .. })));
    }

    #[test]
    fn proxies_are_found_in_either_case() {
        let environment = Environment::from_iter([("https_proxy", "http://p:1"), ("NO_PROXY", "x")]);
        assert_eq!(
            (environment.proxy("HTTPS_PROXY"), environment.proxy("no_proxy")),
            (Some("http://p:1"), Some("x"))
        );
    }
}
