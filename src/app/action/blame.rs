//! Since when a branch is red: the last green run of the same workflow there, and what came after it.

use super::session::Session;
use super::subject::RunFacts;
use crate::github::{Client, RunFilter};
use crate::records::History;
use crate::report::FirstBad;

/// Calls a report may have made by now for this to be worth two more: it is good to know, not needed.
const CALLS: u32 = 5;

impl Session {
    /// The first bad commit, when this is the first red run on its branch.
    pub(super) async fn first_bad(&self, client: &Client, run: &RunFacts, history: &History) -> Option<FirstBad> {
        let scope = run.scope();
        let red_before = history.unresolved.iter().any(|open| open.scope == scope);
        if red_before || run.is_from_fork() || client.requests() > CALLS || run.workflow_key.is_empty() {
            return None;
        }
        let red = run.head_sha.as_ref()?;
        let file = run.workflow_key.rsplit('/').next().filter(|file| file.contains('.'))?;
        let filter = RunFilter {
            status: Some("success".to_owned()),
            branch: Some(run.head_branch.clone()),
            workflow: Some(file.to_owned()),
            ..RunFilter::default()
        };
        let found = async {
            let runs = client.runs(&run.repository, &filter, 1).await?;
            let Some(green) = runs.first().filter(|green| green.id < run.id && green.head_sha != *red) else {
                return Ok(None);
            };
            let between = client
                .compare(&run.repository, green.head_sha.as_str(), red.as_str())
                .await?;
            Ok(Some((green.head_sha.to_string(), between)))
        };
        let found: Result<_, crate::github::Error> = found.await;
        let (green, between) = match found {
            Ok(found) => found?,
            Err(error) => {
                tracing::debug!(%error, "since when the branch is red is unknown");
                return None;
            }
        };
        let title = between
            .commits
            .last()
            .map(|commit| self.redactor.line(commit.title()).into_owned());
        (between.status == "ahead").then(|| FirstBad {
            sha: red.to_string(),
            url: format!("{}/{}/commit/{red}", self.server_url(), run.repository),
            title: title.unwrap_or_default(),
            green,
            commits: between.ahead_by.max(1),
        })
    }
}
