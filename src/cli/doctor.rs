//! `shipwright doctor`.

use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::Context;
use super::at::Access;
use super::output::{self, Format};
use crate::app::Error;
use crate::app::action::{self, Check};
use crate::app::run_address::{Server, of_remote};
use crate::gitref;
use crate::ids::{RefName, RepoSlug};
use crate::text;

/// Where the configuration file is, in a checkout as on the default branch.
const CONFIG: &str = ".github/shipwright.yml";

/// Find out what would not work in a repository, and the remedies; writes nothing
///
/// Looks at the token, the API, the memory ref (reading it, and asking whether a push would be taken), runs and logs,
/// issues and pull requests, configuration and template: those of the default branch, and those of the checkout here.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Exit codes: 0 all is well, 1 something would not work.

Examples:
  shipwright doctor
  shipwright doctor --repo octo/ship --format json")]
pub struct DoctorArgs {
    /// The repository, `OWNER/NAME` or its address. By default `origin` of the checkout here.
    #[arg(long, value_name = "REPO")]
    repo: Option<String>,

    /// The ref that holds memory.
    #[arg(long = "ref", value_name = "REF", default_value = RefName::DEFAULT)]
    name: RefName,

    #[command(flatten)]
    access: Access,

    /// How to answer; `json` is one document of schema `shipwright-doctor/v1`.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    server: &'a str,
    repository: &'a str,
    healthy: bool,
    checks: &'a [Check],
}

impl DoctorArgs {
    /// Prints what was found.
    ///
    /// # Errors
    /// When no repository can be told, and when something would not work.
    pub fn run(self, context: &Context) -> Result<(), Error> {
        let (server, repository) = self.place(context)?;
        let mut inputs = self.access.inputs();
        inputs.push(("memory-ref", self.name.to_string()));
        let mut checks = action::doctor(&self.access.visitor(context)?, &server, &repository, &inputs)?;
        if self.repo.is_none() {
            checks.extend(local_checks());
        }
        let failing = checks.iter().filter(|check| !check.ok).count();
        match self.format {
            Format::Json => output::json(&Document {
                schema: "shipwright-doctor/v1",
                server: server.as_str(),
                repository: repository.as_str(),
                healthy: failing == 0,
                checks: &checks,
            })?,
            Format::Text => {
                let lines: Vec<String> = checks.iter().map(Check::line).collect();
                output::text(&text::neutral(&lines.join("\n")))?;
            }
        }
        if failing == 0 {
            return Ok(());
        }
        let words = if failing == 1 {
            "1 thing would".to_owned()
        } else {
            format!("{failing} things would")
        };
        Err(Error::negative(format!("{words} not work in {repository}")))
    }

    /// The repository that is meant.
    fn place(&self, context: &Context) -> Result<(Server, RepoSlug), Error> {
        let server = context.environment.get("GITHUB_SERVER_URL").and_then(Server::of);
        match &self.repo {
            Some(named) => {
                let slug = named
                    .parse()
                    .ok()
                    .map(|slug| (server.unwrap_or_else(Server::github), slug));
                slug.or_else(|| of_remote(named)).ok_or_else(|| {
                    Error::user("`--repo` names no repository")
                        .with_hint("write OWNER/NAME, or the repository's address")
                })
            }
            None => gitref::origin(Path::new("."))
                .and_then(|origin| of_remote(&origin))
                .ok_or_else(|| {
                    Error::user("there is no checkout with an `origin` on GitHub here")
                        .with_hint("name the repository with `--repo OWNER/NAME`")
                }),
        }
    }
}

/// The files of the checkout here, before they are pushed.
fn local_checks() -> Vec<Check> {
    let Some(root) = gitref::checkout(Path::new(".")) else {
        return Vec::new();
    };
    let Ok(bytes) = std::fs::read(root.join(CONFIG)) else {
        return Vec::new();
    };
    let (check, config) = Check::config("local-config", &format!("{CONFIG} of this checkout"), &bytes);
    let mut checks = vec![check];
    if let Some(path) = config.and_then(|config| config.inputs.get("template-path").cloned()) {
        let shown = format!("{path} of this checkout");
        checks.push(match std::fs::read(root.join(&path)) {
            Ok(bytes) => Check::template("local-template", &shown, &bytes),
            Err(error) => Check::bad(
                "local-template",
                format!("{shown} cannot be read: {error}"),
                "`template-path` is relative to the top of the repository",
            ),
        });
    }
    checks
}
