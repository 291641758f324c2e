//! `mode: doctor` and `shipwright doctor`: what would not work, one line each with its remedy. Writes nothing.
//!
//! That a token may write can be found out for git, which tells before a push. GitHub's API tells only when something is
//! written, so for issues and comments the doctor reads, and names the permission that writing takes.

use serde::Serialize;

use super::super::sync;
use super::collect::unread_reason;
use super::session::Session;
use crate::github::{self, Client, RunFilter, StateFilter};
use crate::gitref;
use crate::ids::RepoSlug;
use crate::render::Renderer;
use crate::settings::ConfigFile;

/// Calls that must be left for a day's work to go well.
const FEW_CALLS: u64 = 50;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What, in one word.
    pub name: &'static str,
    /// Whether it works.
    pub ok: bool,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl Check {
    /// It works.
    pub fn good(name: &'static str, message: impl Into<String>) -> Self {
        Self {
            name,
            ok: true,
            message: message.into(),
            remedy: None,
        }
    }

    /// It does not work, and what to do.
    pub fn bad(name: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            name,
            ok: false,
            message: message.into(),
            remedy: Some(remedy.into()),
        }
    }

    /// One line: `ok   api: GitHub answers for octo/ship`.
    pub fn line(&self) -> String {
        let mark = if self.ok { "ok  " } else { "fail" };
        let remedy = self
            .remedy
            .as_ref()
            .map(|remedy| format!("; {remedy}"))
            .unwrap_or_default();
        format!("{mark} {}: {}{remedy}", self.name, self.message)
    }

    /// Checks the text of a configuration file.
    pub fn config(name: &'static str, path: &str, bytes: &[u8]) -> (Self, Option<ConfigFile>) {
        match ConfigFile::parse(bytes) {
            Ok(config) => (Self::good(name, format!("{path} is valid")), Some(config)),
            Err(error) => {
                let remedy = "mend the line it names; until then the file is ignored";
                (Self::bad(name, format!("{path}: {error}"), remedy), None)
            }
        }
    }

    /// Checks the text of a comment template.
    pub fn template(name: &'static str, path: &str, bytes: &[u8]) -> Self {
        match Renderer::with_comment_template(String::from_utf8_lossy(bytes).into_owned()) {
            Ok(_) => Self::good(name, format!("{path} parses")),
            Err(error) => {
                let remedy = "mend the template; until then the built-in one is used";
                Self::bad(name, format!("{path}: {error}"), remedy)
            }
        }
    }
}

impl Session {
    /// Looks at everything the other modes need and prints it.
    pub(super) async fn doctor(&mut self) {
        let mut checks = self.examination().await;
        checks.push(match self.may_persist() {
            Ok(()) => Check::good("event", "this event may write memory"),
            Err(reason) => Check::good("event", format!("this event does not write memory: {reason}")),
        });
        for check in &checks {
            let line = self.redactor.line(&check.line()).into_owned();
            self.runner.console().print(&line);
        }
        for check in checks.iter().filter(|check| !check.ok) {
            let remedy = check.remedy.as_deref().unwrap_or_default();
            self.degrade(format!("{}; {remedy}", check.message));
        }
    }

    /// Looks at everything the other modes need.
    pub(super) async fn examination(&mut self) -> Vec<Check> {
        let mut checks = vec![self.token_check()];
        let (client, repository) = match (self.github(90), self.repository()) {
            (Ok(client), Ok(repository)) => (client, repository),
            (Err(error), _) | (_, Err(error)) => {
                let remedy = "check GITHUB_API_URL and GITHUB_REPOSITORY";
                checks.push(Check::bad("api", error.chain(), remedy));
                return checks;
            }
        };
        let answers = self.api_checks(&client, &repository, &mut checks).await;
        checks.extend(self.memory_checks().await);
        if answers {
            checks.push(self.actions_check(&client, &repository).await);
            checks.extend(self.conversation_checks(&client, &repository).await);
            checks.extend(self.file_checks(&client, &repository).await);
        }
        checks
    }

    fn token_check(&self) -> Check {
        if self.environment.token().is_some() {
            Check::good("token", "there is a token")
        } else {
            let remedy = "set GITHUB_TOKEN; without one GitHub shows no logs and takes no comments";
            Check::bad("token", "there is no token", remedy)
        }
    }

    /// Whether the API answers for the repository, and how often it will.
    async fn api_checks(&self, client: &Client, repository: &RepoSlug, checks: &mut Vec<Check>) -> bool {
        let answer = client.repository(repository).await;
        let answers = answer.is_ok();
        checks.push(match &answer {
            Ok(_) => Check::good("api", format!("GitHub answers for {repository}")),
            Err(error) => cannot(
                "api",
                &format!("GitHub does not answer for {repository}"),
                error,
                "metadata: read",
            ),
        });
        if answer.is_ok_and(|repository| repository.has_issues == Some(false)) {
            let remedy = "set `issue-mode: off`, or switch issues on in the repository's settings";
            checks.push(Check::bad("issues", "issues are switched off", remedy));
        }
        if answers {
            checks.push(match client.rate_limit().await {
                Ok(limit) if limit.remaining > FEW_CALLS => Check::good(
                    "limit",
                    format!("{} of {} calls are left this hour", limit.remaining, limit.limit),
                ),
                Ok(limit) => {
                    let message = format!("{} of {} calls are left this hour", limit.remaining, limit.limit);
                    Check::bad(
                        "limit",
                        message,
                        "report once a run, not in every job; the limit is the repository's",
                    )
                }
                Err(github::Error::NotFound(_)) => Check::good("limit", "this server does not limit calls"),
                Err(error) => cannot("limit", "the rate limit cannot be read", &error, "metadata: read"),
            });
        }
        answers
    }

    /// Whether memory can be read, and whether a push would be taken.
    async fn memory_checks(&self) -> Vec<Check> {
        let name = &self.settings.memory_ref;
        let (reading, pushing) = match (self.memory_access(40), self.memory_access(60)) {
            (Ok(reading), Ok(pushing)) => (reading, pushing),
            (Err(error), _) | (_, Err(error)) => {
                return vec![Check::bad("memory", error.chain(), "check GITHUB_SERVER_URL")];
            }
        };
        let read = match reading.restore().await {
            Ok(sync::Restored {
                hit: true, tree, inbox, ..
            }) => {
                let entries = tree.memory.len();
                let message = format!("{name} can be read: {entries} entries, {inbox} waiting in the inbox");
                Check::good("memory", message)
            }
            Ok(_) => Check::good("memory", format!("{name} can be read: there is no memory yet")),
            Err(error) => {
                let remedy = error
                    .hint()
                    .unwrap_or("give the job `permissions: contents: read`")
                    .to_owned();
                Check::bad("memory", format!("{name} cannot be read: {}", error.chain()), remedy)
            }
        };
        let push = match pushing.may_push().await {
            Ok(()) => Check::good("push", format!("{name} could be pushed (nothing was)")),
            Err(gitref::Error::Denied { permission, .. }) => Check::bad(
                "push",
                format!("the token may not push {name}"),
                format!("give the job `permissions: {permission}`; forks and Dependabot always get read-only tokens"),
            ),
            Err(error) => Check::bad(
                "push",
                format!("{name} could not be pushed: {error}"),
                "try again later",
            ),
        };
        vec![read, push]
    }

    /// Whether runs and their jobs can be listed, which takes the same permission as their logs.
    async fn actions_check(&self, client: &Client, repository: &RepoSlug) -> Check {
        let listed = if let Some(run) = self.own_run() {
            client.jobs(repository, run.id, run.attempt).await.map(drop)
        } else {
            client.runs(repository, &RunFilter::default(), 1).await.map(drop)
        };
        match listed {
            Ok(()) => Check::good("actions", "runs, jobs and logs can be read"),
            Err(error) => Check::bad("actions", "runs and jobs cannot be listed", unread_reason(&error)),
        }
    }

    /// Whether issues and pull requests can be read.
    async fn conversation_checks(&self, client: &Client, repository: &RepoSlug) -> [Check; 2] {
        let label = &self.settings.issue_label;
        let issues = client.issues_by_label(repository, label, StateFilter::Open).await;
        let pulls = client
            .pulls_by_head(repository, repository.owner(), "shipwright-doctor")
            .await;
        let check = |name, listed: Result<(), github::Error>, words: &str, permission: &str| match listed {
            Ok(()) => Check::good(
                name,
                format!("{words} can be read (`{permission}` is what writing takes)"),
            ),
            Err(error) => cannot(name, &format!("{words} cannot be read"), &error, permission),
        };
        [
            check("issues", issues.map(drop), "issues", "issues: write"),
            check("pulls", pulls.map(drop), "pull requests", "pull-requests: write"),
        ]
    }

    /// Whether configuration and template on the default branch can be used.
    async fn file_checks(&self, client: &Client, repository: &RepoSlug) -> Vec<Check> {
        let path = &self.settings.config_path;
        let mut template = self.settings.template_path.clone();
        let mut checks = Vec::new();
        checks.push(match client.file(repository, path, None).await {
            Ok(bytes) => {
                let (check, config) = Check::config("config", path, &bytes);
                let named = config.and_then(|config| config.inputs.get("template-path").cloned());
                template = template.or(named);
                check
            }
            Err(github::Error::NotFound(_)) => Check::good(
                "config",
                format!("there is no {path} on the default branch; the defaults hold"),
            ),
            Err(error) => cannot("config", &format!("{path} cannot be read"), &error, "contents: read"),
        });
        if let Some(path) = template {
            checks.push(match client.file(repository, &path, None).await {
                Ok(bytes) => Check::template("template", &path, &bytes),
                Err(error) => cannot("template", &format!("{path} cannot be read"), &error, "contents: read"),
            });
        }
        checks
    }
}

fn cannot(name: &'static str, what: &str, error: &github::Error, permission: &str) -> Check {
    let remedy = match error {
        github::Error::Denied { .. } => {
            let named = error.to_grant(permission).unwrap_or_default();
            format!("give the job `permissions: {named}`")
        }
        github::Error::NotFound(_) => "check the name, and that the token can see it".to_owned(),
        github::Error::Gone(_) => "set `issue-mode: off`, or switch issues on in the repository's settings".to_owned(),
        github::Error::RateLimited { .. } => "wait: GitHub limits the calls of this token".to_owned(),
        github::Error::Invalid(_) | github::Error::Server(_) => "try again later".to_owned(),
        github::Error::Transport(_) | github::Error::Deadline => {
            "check the network, and HTTPS_PROXY where there is a proxy".to_owned()
        }
    };
    Check::bad(name, format!("{what}: {error}"), remedy)
}
