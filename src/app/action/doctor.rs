//! `mode: doctor`: what would not work, one line each with its remedy. Writes nothing.

use super::super::sync;
use super::collect::unread_reason;
use super::session::Session;
use crate::settings::ConfigFile;

impl Session {
    /// Looks at everything the other modes need.
    pub(super) async fn doctor(&mut self) {
        let mut lines = Vec::new();
        match self.memory_access(40) {
            Ok(access) => match access.restore().await {
                Ok(sync::Restored { hit, tree, inbox, .. }) => lines.push((
                    true,
                    if hit {
                        format!(
                            "memory can be read: {} entries, {inbox} waiting in the inbox",
                            tree.memory.len()
                        )
                    } else {
                        "memory can be read: there is none yet".to_owned()
                    },
                )),
                Err(error) => {
                    let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
                    lines.push((false, format!("memory cannot be read: {}{hint}", error.chain())));
                }
            },
            Err(error) => lines.push((false, error.chain())),
        }
        match self.may_persist() {
            Ok(()) => lines.push((true, "this event may write memory".to_owned())),
            Err(reason) => lines.push((true, format!("this event does not write memory: {reason}"))),
        }
        lines.extend(self.examine_api().await);
        for (good, line) in &lines {
            let mark = if *good { "ok  " } else { "fail" };
            self.runner.console().print(&format!("{mark} {line}"));
        }
        let failing: Vec<String> = lines
            .into_iter()
            .filter(|(good, _)| !good)
            .map(|(_, line)| line)
            .collect();
        for line in failing {
            self.degrade(line);
        }
    }

    async fn examine_api(&self) -> Vec<(bool, String)> {
        let mut lines = Vec::new();
        let (Ok(client), Ok(repository)) = (self.github(90), self.repository()) else {
            return vec![(false, "GITHUB_REPOSITORY or GITHUB_API_URL cannot be used".to_owned())];
        };
        match client.repository(&repository).await {
            Ok(answer) => {
                lines.push((true, format!("GitHub answers for {repository}")));
                if answer.has_issues == Some(false) {
                    lines.push((
                        false,
                        "issues are switched off: set `issue-mode: off`, or switch them on".to_owned(),
                    ));
                }
            }
            Err(error) => lines.push((false, format!("GitHub does not answer for {repository}: {error}"))),
        }
        if let Some(run) = self.own_run() {
            lines.push(match client.jobs(&repository, run.id, run.attempt).await {
                Ok(jobs) => (true, format!("the jobs of this run can be listed ({})", jobs.len())),
                Err(error) => (false, format!("jobs cannot be listed: {}", unread_reason(&error))),
            });
        }
        let path = &self.settings.config_path;
        lines.push(match client.file(&repository, path, None).await {
            Ok(bytes) => match ConfigFile::parse(&bytes) {
                Ok(_) => (true, format!("{path} is valid")),
                Err(error) => (false, format!("{path}: {error}")),
            },
            Err(_) => (true, format!("there is no {path}; the defaults hold")),
        });
        if let Ok(limit) = client.rate_limit().await {
            lines.push((
                limit.remaining > 50,
                format!("{} of {} calls are left this hour", limit.remaining, limit.limit),
            ));
        }
        lines
    }
}
