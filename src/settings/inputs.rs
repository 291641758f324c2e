//! The one list of inputs and outputs of the action. `action.yml` and `docs/inputs.md` are generated from it.

/// One input of the action, and at the same time one key of `.github/shipwright.yml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input {
    /// The kebab-case name.
    pub name: &'static str,
    /// What an empty value means, as shown to a reader; empty when there is no default.
    pub default: &'static str,
    /// The live default written into `action.yml`; empty for all but the plumbing and the token.
    pub live_default: &'static str,
    /// One or two sentences for a user.
    pub description: &'static str,
    /// Who sets it.
    pub audience: Audience,
}

/// Who sets an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// A user, in the workflow or in the configuration file.
    User,
    /// A user, in the workflow only: it belongs to one run or is a secret.
    Workflow,
    /// The runner; users leave it alone.
    Plumbing,
}

const fn user(name: &'static str, default: &'static str, description: &'static str) -> Input {
    Input {
        name,
        default,
        live_default: "",
        description,
        audience: Audience::User,
    }
}

const fn workflow(name: &'static str, default: &'static str, description: &'static str) -> Input {
    Input {
        name,
        default,
        live_default: "",
        description,
        audience: Audience::Workflow,
    }
}

const fn plumbing(name: &'static str, live_default: &'static str, description: &'static str) -> Input {
    Input {
        name,
        default: "",
        live_default,
        description,
        audience: Audience::Plumbing,
    }
}

/// All inputs, in the order of the documentation.
pub const INPUTS: &[Input] = &[
    workflow(
        "mode",
        "auto",
        "What to do: `auto` decides from the event; or `restore`, `persist`, `report`, `resolve`, `backfill`, `doctor`.",
    ),
    Input {
        name: "github-token",
        default: "the job's own token",
        live_default: "${{ github.token }}",
        description: "Token for GitHub's API and for the memory ref. Its permissions decide what is possible; see the permissions table.",
        audience: Audience::Workflow,
    },
    workflow(
        "run-id",
        "the event's run",
        "Workflow run to report on, for manual runs.",
    ),
    workflow("run-attempt", "the newest", "Attempt of that run."),
    user(
        "job-filter",
        "*",
        "Globs of job names to report on, one a line; `!` in front excludes.",
    ),
    user(
        "log-path",
        "",
        "Globs of log files your steps have written (`make test 2>&1 | tee \"$RUNNER_TEMP/test.log\"`), one a line. A running job cannot read its own log, so this is how a report in the same job can say why.",
    ),
    user(
        "junit-paths",
        "",
        "Globs of JUnit XML reports your test runner has written, one a line. Failing tests the log does not tell of are added to the report; those it tells of get the place the report names.",
    ),
    user(
        "target",
        "auto",
        "Where to speak: `auto`, `pr`, `issue`, `summary` or `none`.",
    ),
    workflow(
        "issue-number",
        "",
        "Issue or pull request to comment on, instead of the one found for the run.",
    ),
    user(
        "comment-mode",
        "update",
        "`update` edits one comment in place, `recreate` deletes and posts anew, `new` adds one each time.",
    ),
    user(
        "on-success",
        "resolve",
        "When a failure turns green: `resolve` folds the comment into one line, `delete` removes it, `leave` keeps it.",
    ),
    user(
        "issue-mode",
        "default-branch",
        "When to keep a tracking issue: `default-branch`, `always` or `off`.",
    ),
    user(
        "issue-label",
        "ci-failure",
        "Label of tracking issues; created when missing.",
    ),
    user(
        "issue-assignees",
        "",
        "Logins to assign to a new tracking issue, separated by commas or new lines.",
    ),
    user(
        "template-path",
        "",
        "Path, on the default branch, of a minijinja template that replaces the built-in comment.",
    ),
    user(
        "max-comment-chars",
        "60000",
        "Longest comment, in UTF-16 units; GitHub refuses more than 65536.",
    ),
    user("log-lines", "30", "Most lines of one excerpt, 1 to 30."),
    user(
        "redact-patterns",
        "",
        "Further secrets to hide, as regular expressions, one a line.",
    ),
    workflow(
        "memory-ref",
        "refs/ruflo-memory/v1",
        "The git ref that holds memory; at least two components under `refs/`, outside heads, tags and pull.",
    ),
    workflow(
        "memory-path",
        "$RUNNER_TEMP/shipwright/memory-export.json",
        "Where restore writes the memory file.",
    ),
    workflow(
        "export-path",
        "the memory path",
        "File that persist reads: what your agents leave behind, for example by `ruflo memory export -o`.",
    ),
    user(
        "retention-days",
        "90",
        "Entries neither changed nor seen for so many days leave the memory; failures with a known fix stay 365 days.",
    ),
    user(
        "memory-max-bytes",
        "8388608",
        "Size of the memory above which the least valuable entries leave.",
    ),
    user(
        "persist",
        "trusted",
        "Which events may write memory: `trusted` (push, schedule, workflow_run, workflow_dispatch, merge_group), `always` or `never`.",
    ),
    user("similar-limit", "3", "Most similar past failures shown, 0 to 10."),
    workflow(
        "backfill-days",
        "",
        "Learn from the runs of the last so many days (1 to 400), then stop.",
    ),
    user(
        "fail-on-error",
        "false",
        "Let our own errors fail the step. By default they are warnings and the step stays green.",
    ),
    user(
        "timeout-seconds",
        "60 (90 in the post step)",
        "Time after which a partial report is better than none, 5 to 3000.",
    ),
    workflow("dry-run", "false", "Read and print everything, write nothing."),
    workflow(
        "config-path",
        ".github/shipwright.yml",
        "Configuration file, read from the default branch.",
    ),
    user(
        "stage",
        "",
        "Stage of your own pipeline (build, test, review, pr, deploy, …), for the report and its suggestions.",
    ),
    user("goal", "", "What the run was meant to achieve, shown in the report."),
    user(
        "iteration",
        "",
        "Number of the attempt in your own loop, shown in the report.",
    ),
    plumbing("job-status", "${{ job.status }}", "Status of the job so far."),
    plumbing("job-check-run-id", "${{ job.check_run_id }}", "Id of the running job."),
    plumbing("matrix", "${{ toJSON(matrix) }}", "The matrix leg."),
    plumbing(
        "host-temp",
        "host=${{ runner.temp }}",
        "The temporary directory as the host sees it; the prefix keeps the runner from translating it.",
    ),
];

/// All outputs with their meaning, in the order of the documentation.
pub const OUTPUTS: &[(&str, &str)] = &[
    ("memory-path", "The memory file, as later steps of the job see it."),
    ("memory-hit", "`true` when memory was found, `false` on the first run."),
    ("memory-entries", "Number of entries in the memory file."),
    ("failed", "`true` when the run that was looked at had failed."),
    ("failure-count", "Number of failures found in its logs."),
    ("category", "Category of the most important failure."),
    ("fingerprint", "Fingerprint of the most important failure."),
    ("similar-count", "Number of similar past failures shown."),
    ("report-path", "The report as Markdown, as later steps see it."),
    (
        "report-json",
        "The analysis as JSON, as later steps see it: the path of a file.",
    ),
    ("comment-id", "Id of the comment written or found unchanged."),
    ("comment-url", "Address of that comment."),
    ("issue-number", "Number of the issue or pull request spoken on."),
    ("persisted", "`true` when memory is safely in the repository."),
    (
        "degraded",
        "What was not possible and why, one reason a line; empty when all went well.",
    ),
];

/// Looks an input up by its name.
pub fn input(name: &str) -> Option<&'static Input> {
    INPUTS.iter().find(|input| input.name == name)
}

/// `docs/inputs.md`: the reference a user reads.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Inputs and outputs\n\n\
         This page is generated from `src/settings/inputs.rs` (`shipwright docs inputs`); a test keeps it true.\n\n\
         An empty value means the default. Inputs marked † may also stand in `.github/shipwright.yml` under the same name;\n\
         an input of the workflow wins over the file.\n\n## Inputs\n\n| input | default | what it does |\n|---|---|---|\n",
    );
    for input in INPUTS.iter().filter(|input| input.audience != Audience::Plumbing) {
        let mark = if input.audience == Audience::User { " †" } else { "" };
        let default = if input.default.is_empty() {
            String::new()
        } else {
            format!("`{}`", input.default)
        };
        let description = input.description.replace('|', "\\|");
        page.extend(row(&[&format!("`{}`{mark}", input.name), &default, &description]));
    }
    page.push_str("\n## Plumbing\n\nThe runner fills these; leave them alone.\n\n| input | live default | what it is |\n|---|---|---|\n");
    for input in INPUTS.iter().filter(|input| input.audience == Audience::Plumbing) {
        page.extend(row(&[
            &format!("`{}`", input.name),
            &format!("`{}`", input.live_default),
            input.description,
        ]));
    }
    page.push_str("\n## Outputs\n\nOutputs exist for steps that run in the main stage; the runner drops what a post step writes.\n\n| output | what it is |\n|---|---|\n");
    for (name, description) in OUTPUTS {
        page.extend(row(&[&format!("`{name}`"), description]));
    }
    page
}

fn row(cells: &[&str]) -> [String; 3] {
    ["| ".to_owned(), cells.join(" | "), " |\n".to_owned()]
}

/// `action.yml`, whole.
pub fn action_yml() -> String {
    let mut file = String::from(
        "# Generated from src/settings/inputs.rs by `shipwright docs action`; a test keeps it true.\n\
         name: Shipwright CI memory\n\
         description: Explains failed runs in one comment and remembers them in your own repository.\n\
         author: the Shipwright contributors\n\
         branding:\n  icon: anchor\n  color: blue\n\ninputs:\n",
    );
    for input in INPUTS {
        let shown = match input.audience {
            Audience::Plumbing => format!("Internal: {}", input.description),
            Audience::User | Audience::Workflow if input.default.is_empty() || !input.live_default.is_empty() => {
                input.description.to_owned()
            }
            Audience::User | Audience::Workflow => format!("{} Default: {}.", input.description, input.default),
        };
        file.extend([format!(
            "  {}:\n    description: {}\n    required: false\n    default: {}\n",
            input.name,
            quoted(&shown),
            quoted(input.live_default)
        )]);
    }
    file.push_str("\noutputs:\n");
    for (name, description) in OUTPUTS {
        file.extend([format!("  {name}:\n    description: {}\n", quoted(description))]);
    }
    file.push_str(
        "\nruns:\n  using: docker\n  image: Dockerfile\n  entrypoint: /usr/local/bin/shipwright-main\n  \
         post-entrypoint: /usr/local/bin/shipwright-post\n  post-if: always()\n",
    );
    file
}

/// A YAML double-quoted scalar.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_kebab_case() {
        let mut names: Vec<&str> = INPUTS.iter().map(|input| input.name).collect();
        names.sort_unstable();
        names.windows(2).for_each(|pair| assert_ne!(pair.first(), pair.get(1)));
        let kebab = |name: &&str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        assert!(names.iter().all(kebab));
        assert!(input("mode").is_some() && input("modes").is_none());
    }

    #[test]
    fn the_action_file_is_yaml_with_every_input() {
        let parsed: serde_json::Value = serde_yaml::from_str(&action_yml()).unwrap();
        let inputs = parsed.get("inputs").and_then(serde_json::Value::as_object).unwrap();
        assert_eq!(inputs.len(), INPUTS.len());
        assert_eq!(inputs["host-temp"]["default"], "host=${{ runner.temp }}");
        assert_eq!(parsed["runs"]["post-if"], "always()");
    }
}
