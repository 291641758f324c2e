//! The built-in actions: per category with what the log names filled in, and per stage.

use super::facts::Fact;
use crate::failure::{Category, Failure};

/// What one does about a failure of this category, most telling first: at least two.
#[expect(clippy::too_many_lines, reason = "one table, an arm a category")]
pub(super) fn for_category(failure: &Failure) -> Vec<String> {
    let place = Place::of(failure);
    let tool = failure.tool.as_deref().unwrap_or("the tool");
    match failure.category {
        Category::FileAccess => vec![
            match Fact::Path.of(failure) {
                Some(path) => format!("Check that `{path}` exists in the checkout at that step, spelt exactly so{}.", place.at()),
                None => format!("Check that the missing path exists in the checkout and is spelt as the log has it{}.", place.at()),
            },
            "If an earlier step or another job makes the file, check that it ran, and where it wrote.".to_owned(),
        ],
        Category::SyntaxError => vec![
            format!("Open {} and mend the syntax: look for an unclosed bracket, quote or block just above.", place.or("the file named in the log")),
            format!("Run {tool}'s own check on the changed files before pushing."),
        ],
        Category::TypeError => vec![
            format!("Make the types agree at {}: compare the signature with what the caller passes.", place.or("the place the log names")),
            "If a dependency was updated, check its changelog for a changed signature or a value that may now be absent.".to_owned(),
        ],
        Category::FunctionError => vec![
            format!(
                "Find where {} was renamed, removed or not imported, starting at {}.",
                quoted(Fact::Name, failure, "the name"),
                place.or("the place the log names")
            ),
            "If it comes from a dependency, compare the version in the lock file with the one that has it.".to_owned(),
        ],
        Category::AssertionFailure => vec![
            failure.tests.first().map_or_else(
                || format!("Run the failing check alone and compare expected with actual{}.", place.at()),
                |test| format!("Run `{test}` alone and compare expected with actual{}.", place.at()),
            ),
            "If the new behaviour is intended, update the expectation or snapshot in the same commit.".to_owned(),
        ],
        Category::Timeout => vec![
            failure.tests.first().map_or_else(
                || format!("Find what was waited for in the last lines{}, and whether it can ever arrive.", failure.step.as_deref().map(|step| format!(" of step `{step}`")).unwrap_or_default()),
                |test| format!("Find what `{test}` waits for and whether it can ever arrive."),
            ),
            "If the work has simply grown, raise the limit or split the job.".to_owned(),
        ],
        Category::NetworkError => vec![
            format!("Check whether {} is up and reachable from the runner (status page, proxy, allow-list).", quoted(Fact::Host, failure, "the host named in the log")),
            "Add a bounded retry to the command, or cache what it downloads.".to_owned(),
        ],
        Category::MemoryError => vec![
            "Lower the parallelism or batch size of the failing command, or use a larger runner.".to_owned(),
            "Compare peak memory with the last green run; a jump points at a leak in this change.".to_owned(),
        ],
        Category::Dependency => vec![
            match Fact::Package.of(failure) {
                Some(package) => format!("Check that `{package}` exists in that version, is declared{}, and that the registry in use has it.", place.at()),
                None => "Check that the package and version named in the log exist, and that the registry in use has them.".to_owned(),
            },
            format!("Resolve the dependencies afresh on your machine with {tool} and commit the lock file."),
        ],
        Category::PermissionAuth => vec![
            match Fact::Permission.of(failure) {
                Some(permission) => format!("Grant what was refused (`{permission}`) to the token or role the step uses, and no more than that."),
                None => "Grant the missing permission in the workflow's `permissions:` block, and no more than that.".to_owned(),
            },
            "Check the token or secret the step uses: present in this event (forks and Dependabot get none), not expired, with the permission the log names.".to_owned(),
        ],
        Category::DiskSpace => vec![
            "Free space before the step (caches, images, build output of earlier steps) or use a runner with a larger disk.".to_owned(),
            "Find what grew: print the disk usage before and after the failing command.".to_owned(),
        ],
        Category::RateLimit => vec![
            "Wait for the limit to reset, then run the failed jobs again.".to_owned(),
            format!("Authenticate the requests to {} or cache their results, so that fewer are made.", quoted(Fact::Host, failure, "that service")),
        ],
        Category::LintFormat => vec![
            format!("Run {tool} with its fix option on {} and commit the result.", place.or("the files named in the log")),
            "If the rule is not wanted, change it in the configuration rather than at each place.".to_owned(),
        ],
        Category::BuildCompile => vec![
            format!("Mend the first error at {}; the ones after it are often its consequences.", place.or("the place the log names")),
            "If nothing changed there, compare compiler and library versions with the last green run.".to_owned(),
        ],
        Category::Config => vec![
            format!("Correct {}{}; compare it with the tool's reference for the installed version.", quoted(Fact::Setting, failure, "the setting the log names"), place.at()),
            "Check that the variable, input or secret it needs is set for this event and branch.".to_owned(),
        ],
        Category::Crash => vec![
            format!("Reproduce it with debug symbols or a backtrace switched on{}.", place.at()),
            "If it crashes inside a tool, try the tool's previous version and report the crash upstream.".to_owned(),
        ],
        Category::RuntimeError => vec![
            format!("Follow the stack trace to the first frame of your own code{}.", place.at()),
            "Run the same command on your machine with the inputs the log shows.".to_owned(),
        ],
        Category::Infrastructure => vec![
            "Check the service's status page, and for a self-hosted runner its own log and connection.".to_owned(),
            "If it repeats on one runner only, take that runner out of service.".to_owned(),
        ],
        Category::Cancelled => vec![
            "Check who or what cancelled it: a newer push with `cancel-in-progress`, a failed sibling with `fail-fast`, or a person.".to_owned(),
            "If nobody did, compare the job's duration with its time limit.".to_owned(),
        ],
        Category::Unknown => vec![
            format!("Read the end of {} in the full log: the lines shown are the best guess.", failure.step.as_deref().map_or_else(|| "the failing step".to_owned(), |step| format!("step `{step}`"))),
            "Run the failing command on your machine with more output (`--verbose`, `set -x`, `RUST_BACKTRACE=1`).".to_owned(),
        ],
    }
}

/// What one does at a stage of a pipeline; nothing for stages nobody told us about.
pub(super) fn for_stage(stage: &str) -> Option<&'static str> {
    Some(match stage.to_ascii_lowercase().as_str() {
        "build" | "compile" => {
            "Build from a clean checkout with the commands of the workflow, to tell a broken tree from a stale cache."
        }
        "test" | "tests" | "unit" | "integration" | "e2e" => {
            "Run the failing tests one by one: a test that passes alone but fails with the others depends on their order or state."
        }
        "lint" | "format" => "Add the check to a pre-commit hook, so that it fails before the push.",
        "review" | "compound_quality" => {
            "Go through the findings of the review one by one and check the thresholds of the quality gate."
        }
        "pr" | "pull_request" => "Check the token's permissions and the branch's protection rules.",
        "plan" | "design" => {
            "Check that the goal and its constraints are complete, and split it if the plan does not converge."
        }
        "deploy" | "release" | "publish" => {
            "Check the credentials and the state of the target before trying again, and whether half of it went out."
        }
        "monitor" => "Compare the alert with the last deployment before changing code.",
        _ => return None,
    })
}

/// A fact in backticks, or other words for it.
fn quoted(fact: Fact, failure: &Failure, otherwise: &str) -> String {
    fact.of(failure)
        .map_or_else(|| otherwise.to_owned(), |text| format!("`{text}`"))
}

/// The first place the log names.
struct Place(Option<String>);

impl Place {
    fn of(failure: &Failure) -> Self {
        Self(failure.locations.first().map(|location| match location.line {
            Some(line) => format!("`{}:{line}`", location.path),
            None => format!("`{}`", location.path),
        }))
    }

    fn at(&self) -> String {
        self.0.as_deref().map(|place| format!(" ({place})")).unwrap_or_default()
    }

    fn or(&self, otherwise: &str) -> String {
        self.0.clone().unwrap_or_else(|| otherwise.to_owned())
    }
}
