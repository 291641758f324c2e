//! The words with which CI systems end a command or a step.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// How a command or step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exit {
    /// The exit code, when it is printed.
    pub code: Option<i64>,
}

/// Phrases that end with the code, by CI system. What follows the number is free.
const WITH_CODE: &[&str] = &[
    "Process completed with exit code ", // GitHub Actions
    "\" exited with ",                   // Travis: The command "…" exited with 1.
    "\" failed and exited with ",        // Travis: … during .
    "Job failed: exit code ",            // GitLab
    "Job failed: exit status ",
    "Job failed: command terminated with exit code ",
    "The command exited with status ", // Buildkite
    "script returned exit code ",      // Jenkins
    "Command exited with code ",       // AppVeyor
    "Exited with code exit status ",   // CircleCI
    "Exited with code ",
    "exited with code '", // Azure: Bash exited with code '1'.
    "failed with exit code: ",
    "Unsuccessful task run with exit code: ", // Taskcluster
    "Child return code was: ",                // mock
    "Command failed with exit code ",
];

/// Phrases that end a step without telling a code.
const WITHOUT_CODE: &[&str] = &[
    "marked build as failure",
    "Job failed (system failure)",
    "Job failed: execution took longer than",
    "ERROR: Job failed",
    "The operation was canceled.",
    "has exceeded the maximum execution time",
    "No output has been received in the last",
    "The job exceeded the maximum time limit",
    "The runner has received a shutdown signal",
    "lost communication with the server",
    "[taskcluster:error]",
];

/// Each phrase holds one of these.
static GATE: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let words = [
        "exit",
        "Exited",
        "return code",
        "marked build",
        "Job failed",
        "operation was",
        "has exceeded",
        "has been received",
        "shutdown signal",
        "lost comm",
        "[taskcluster:",
        "job exceeded",
    ];
    // Leftmost matches are found with vector instructions.
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .build(words)
        .expect("a dozen short literals")
});

/// Where the first word stands without which nothing in `bytes` is the end of a command or step.
pub(super) fn near(bytes: &[u8]) -> Option<usize> {
    GATE.find(bytes).map(|found| found.start())
}

/// The end of a command or step this line tells of.
pub(super) fn parse(text: &str) -> Option<Exit> {
    near(text.as_bytes())?;
    for phrase in WITH_CODE {
        if let Some((_, rest)) = text.split_once(phrase) {
            let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '-').collect();
            if let Ok(code) = digits.parse() {
                return Some(Exit { code: Some(code) });
            }
        }
    }
    WITHOUT_CODE
        .iter()
        .any(|phrase| text.contains(phrase))
        .then_some(Exit { code: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, code: Option<i64>) {
        assert_eq!(parse(text), Some(Exit { code }), "{text}");
    }

    #[test]
    fn every_ci_system_says_it_its_own_way() {
        check("##[error]Process completed with exit code 101.", Some(101));
        check("The command \"make test\" exited with 2.", Some(2));
        check("The command \"npm ci\" failed and exited with 1 during .", Some(1));
        check("ERROR: Job failed: exit code 1", Some(1));
        check("🚨 Error: The command exited with status 1", Some(1));
        check("ERROR: script returned exit code 2", Some(2));
        check("##[error]Bash exited with code '1'.", Some(1));
        check(
            "##[error]Process completed with exit code -1073741819.",
            Some(-1_073_741_819),
        );
        check("Build step 'Execute shell' marked build as failure", None);
        check("##[error]The operation was canceled.", None);
    }

    #[test]
    fn other_talk_of_exits_is_not_an_end() {
        for text in ["Exit status should be zero", "the process exits with code five"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
