//! What an operator may set: the `recruit` section of `policy.json`, eleven keys the reference knows and one of ours.

use serde_json::{Map, Value};

/// Why a policy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Not JSON, or no object.
    #[error("the policy is not a JSON object: {0}")]
    Shape(String),
    /// A key that does not exist.
    #[error("unknown key recruit.{0}")]
    Unknown(String),
    /// A value out of its range.
    #[error("recruit.{key} must be {expected}")]
    Value {
        /// The key.
        key: &'static str,
        /// What it takes.
        expected: &'static str,
    },
    /// A key that this file may not set.
    #[error(
        "recruit.llm_command may only be set in the user's own policy: a repository must not choose what is executed"
    )]
    Command,
}

/// Who wrote a policy file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The user's own: may name a command.
    User,
    /// A repository's working tree.
    Repository,
}

/// The settings, defaults filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Below this confidence a match is reported as uncertain, and its task is material for a new role. 0 to 1.
    pub match_confidence_threshold: f64,
    /// Lines of match history that are kept.
    pub max_match_history_size: usize,
    /// Percent; below it learned words are doubted.
    pub meta_learning_accuracy_floor: f64,
    /// Seconds a language model may take.
    pub llm_timeout_seconds: u64,
    /// The model for whatever names none.
    pub default_model: String,
    /// Matches before anything is learned.
    pub self_tune_min_matches: usize,
    /// Percent; words are learned only from roles that succeed this often.
    pub self_tune_min_success_rate: f64,
    /// Tasks before an agent can be promoted.
    pub promote_threshold_tasks: u64,
    /// Percent; what promotion takes while there are fewer than three agents.
    pub promote_threshold_success_rate: f64,
    /// Outcomes, over all agents, from which on an ingest looks at the roles themselves.
    pub auto_evolve_after_outcomes: u64,
    /// Tasks a profile remembers.
    pub max_profile_task_history: usize,
    /// The command that answers a prompt; `{prompt}` and `{model}` are replaced, without `{prompt}` it comes on standard
    /// input. Empty: the `claude` command-line tool.
    pub llm_command: Vec<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            match_confidence_threshold: 0.3,
            max_match_history_size: 5_000,
            meta_learning_accuracy_floor: 50.0,
            llm_timeout_seconds: 30,
            default_model: "sonnet".to_owned(),
            self_tune_min_matches: 5,
            self_tune_min_success_rate: 60.0,
            promote_threshold_tasks: 10,
            promote_threshold_success_rate: 85.0,
            auto_evolve_after_outcomes: 20,
            max_profile_task_history: 50,
            llm_command: Vec::new(),
        }
    }
}

impl Policy {
    /// Applies the `recruit` section of a policy file; a file without one changes nothing.
    ///
    /// # Errors
    /// On the first key or value that cannot be used.
    pub fn apply(&mut self, file: &[u8], source: Source) -> Result<(), PolicyError> {
        let document: Value = serde_json::from_slice(file).map_err(|error| PolicyError::Shape(error.to_string()))?;
        let Value::Object(document) = document else {
            return Err(PolicyError::Shape("its top is something else".to_owned()));
        };
        match document.get("recruit") {
            None => Ok(()),
            Some(Value::Object(section)) => self.section(section, source),
            Some(_) => Err(PolicyError::Shape("its recruit section is something else".to_owned())),
        }
    }

    fn section(&mut self, section: &Map<String, Value>, source: Source) -> Result<(), PolicyError> {
        for (key, value) in section {
            match key.as_str() {
                "match_confidence_threshold" => {
                    self.match_confidence_threshold = value
                        .as_f64()
                        .filter(|share| (0.0..=1.0).contains(share))
                        .ok_or(PolicyError::Value {
                            key: "match_confidence_threshold",
                            expected: "a number from 0 to 1",
                        })?;
                }
                "max_match_history_size" => self.max_match_history_size = size(value, "max_match_history_size")?,
                "meta_learning_accuracy_floor" => {
                    self.meta_learning_accuracy_floor = percent(value, "meta_learning_accuracy_floor")?;
                }
                "llm_timeout_seconds" => self.llm_timeout_seconds = count(value, "llm_timeout_seconds")?,
                "default_model" => {
                    value
                        .as_str()
                        .filter(|model| is_name(model))
                        .ok_or(PolicyError::Value {
                            key: "default_model",
                            expected: "the name of a model",
                        })?
                        .clone_into(&mut self.default_model);
                }
                "self_tune_min_matches" => self.self_tune_min_matches = size(value, "self_tune_min_matches")?,
                "self_tune_min_success_rate" => {
                    self.self_tune_min_success_rate = percent(value, "self_tune_min_success_rate")?;
                }
                "promote_threshold_tasks" => self.promote_threshold_tasks = count(value, "promote_threshold_tasks")?,
                "promote_threshold_success_rate" => {
                    self.promote_threshold_success_rate = percent(value, "promote_threshold_success_rate")?;
                }
                "auto_evolve_after_outcomes" => {
                    self.auto_evolve_after_outcomes = count(value, "auto_evolve_after_outcomes")?;
                }
                "max_profile_task_history" => self.max_profile_task_history = size(value, "max_profile_task_history")?,
                "llm_command" if source == Source::Repository => return Err(PolicyError::Command),
                "llm_command" => self.llm_command = command(value)?,
                _ => return Err(PolicyError::Unknown(super::one_line(key))),
            }
        }
        Ok(())
    }
}

/// A name that is safe as an argument: no option, no space, no control.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 100
        && !text.starts_with('-')
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "-_.:/@[]".contains(letter))
}

fn count(value: &Value, key: &'static str) -> Result<u64, PolicyError> {
    value
        .as_u64()
        .filter(|count| (1..=1_000_000).contains(count))
        .ok_or(PolicyError::Value {
            key,
            expected: "a whole number from 1 to 1000000",
        })
}

fn size(value: &Value, key: &'static str) -> Result<usize, PolicyError> {
    Ok(usize::try_from(count(value, key)?).unwrap_or(usize::MAX))
}

fn percent(value: &Value, key: &'static str) -> Result<f64, PolicyError> {
    value
        .as_f64()
        .filter(|percent| percent.fract() == 0.0 && (0.0..=100.0).contains(percent))
        .ok_or(PolicyError::Value {
            key,
            expected: "a whole number from 0 to 100",
        })
}

fn command(value: &Value) -> Result<Vec<String>, PolicyError> {
    let words: Option<Vec<String>> = match value {
        Value::String(line) => Some(line.split_whitespace().map(str::to_owned).collect()),
        Value::Array(words) => words.iter().map(|word| word.as_str().map(str::to_owned)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    };
    words.filter(|words| !words.is_empty()).ok_or(PolicyError::Value {
        key: "llm_command",
        expected: "a command line, or a list of its words",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(section: &str, expect: Result<(), &str>) {
        let file = format!("{{\"other\": 1, \"recruit\": {section}}}");
        let result = Policy::default()
            .apply(file.as_bytes(), Source::Repository)
            .map_err(|error| error.to_string());
        assert_eq!(result.as_ref().map(|&()| ()).map_err(String::as_str), expect);
    }

    #[test]
    fn the_keys_of_the_reference_are_taken_and_others_refused() {
        check(
            r#"{"match_confidence_threshold":0.5,"promote_threshold_tasks":3,"default_model":"opus"}"#,
            Ok(()),
        );
        check(
            r#"{"promote_treshold_tasks":3}"#,
            Err("unknown key recruit.promote_treshold_tasks"),
        );
        check(
            r#"{"meta_learning_accuracy_floor":101}"#,
            Err("recruit.meta_learning_accuracy_floor must be a whole number from 0 to 100"),
        );
        check(
            r#"{"max_match_history_size":0}"#,
            Err("recruit.max_match_history_size must be a whole number from 1 to 1000000"),
        );
        check(
            r#"{"default_model":"--dangerous"}"#,
            Err("recruit.default_model must be the name of a model"),
        );
    }

    #[test]
    fn a_repository_cannot_choose_what_is_executed() {
        let file = br#"{"recruit":{"llm_command":"sh -c id"}}"#;
        let mut policy = Policy::default();
        assert_eq!(policy.apply(file, Source::Repository), Err(PolicyError::Command));
        assert_eq!(policy.apply(file, Source::User), Ok(()));
        assert_eq!(policy.llm_command, ["sh", "-c", "id"]);
    }
}
