//! `mode: backfill`: learns the failures of past runs, oldest first, and never comments.

use super::super::sync::Restored;
use super::collect::Findings;
use super::session::Session;
use super::subject::RunFacts;
use crate::github::{Client, RunFilter};
use crate::memory::Tree;
use crate::records::{History, Occurrence, Record};

/// Calls left to the other jobs of the repository.
const RESERVE: u64 = 100;

/// Most runs looked at in one go.
const MOST_RUNS: usize = 200;

impl Session {
    /// Reads the failed runs of the last `days` days that memory does not know yet.
    pub(super) async fn backfill(&mut self, days: u64) {
        let Ok(client) = self.github(90).map_err(|error| self.fail(&error)) else {
            return;
        };
        let Ok(repository) = self.repository().map_err(|error| self.fail(&error)) else {
            return;
        };
        let restored = self.restore().await;
        let since = self.now - i64::try_from(days).unwrap_or(400) * 86_400_000;
        let since = jiff::Timestamp::from_millisecond(since).map(|at| at.strftime("%Y-%m-%d").to_string());
        let filter = RunFilter {
            status: Some("failure".to_owned()),
            created: since.ok().map(|day| format!(">={day}")),
            ..RunFilter::default()
        };
        let runs = match client.runs(&repository, &filter, MOST_RUNS).await {
            Ok(runs) => runs,
            Err(error) => return self.cannot("list past runs", &error, "actions: read"),
        };
        let known = restored.as_ref().map(known_runs).unwrap_or_default();
        let history = restored
            .as_ref()
            .map(|restored| History::of(&restored.tree.records))
            .unwrap_or_default();
        let mut budget = client.rate_limit().await.map_or(u64::MAX, |limit| limit.remaining);
        let (mut records, mut read) = (Tree::default(), 0_usize);
        let total = runs.len();
        for run in runs.iter().rev() {
            if budget < RESERVE || client.remaining().as_secs() < 5 {
                self.degrade(format!(
                    "stopped after {read} of {total} runs (calls or time used up); run the backfill again to go on"
                ));
                break;
            }
            let facts = RunFacts::of(run, repository.clone());
            if known.contains(&facts.seen_in("")) {
                continue;
            }
            let before = u64::from(client.requests());
            let findings = self.past(&client, &facts, &history).await;
            self.learn_past(&facts, run.created_at.as_str(), &findings, &mut records);
            budget = budget.saturating_sub(u64::from(client.requests()) - before);
            read += 1;
            if read.is_multiple_of(10) {
                self.runner.console().print(&format!("{read} of {total} runs read"));
            }
        }
        self.runner
            .console()
            .print(&format!("{read} runs read, {} records learned", records.records.len()));
        self.keep(restored, records).await;
    }

    async fn past(&mut self, client: &Client, run: &RunFacts, history: &History) -> Findings {
        match client.jobs(&run.repository, run.id, run.attempt).await {
            Ok(jobs) => self.collect(client, run, &jobs, history).await,
            Err(error) => {
                tracing::debug!(%error, run = run.id.get(), "jobs of a past run cannot be read");
                Findings::default()
            }
        }
    }

    fn learn_past(&self, run: &RunFacts, created_at: &str, findings: &Findings, records: &mut Tree) {
        let at = created_at
            .parse::<jiff::Timestamp>()
            .map_or(self.now, jiff::Timestamp::as_millisecond);
        for shown in &findings.failures {
            let job = shown.jobs.first().map_or("job", |job| job.name.as_str());
            let mut occurrence = Occurrence::of(&shown.failure, run.seen_in(job), at);
            occurrence.workflow = self.redactor.line(&run.workflow).into_owned();
            occurrence.branch = self.redactor.line(&run.head_branch).into_owned();
            occurrence.sha = run.head_sha.as_ref().map(ToString::to_string).unwrap_or_default();
            occurrence.url = shown
                .jobs
                .first()
                .map_or_else(|| run.url.clone(), |job| job.url.clone());
            job.clone_into(&mut occurrence.job);
            occurrence.trusted = !run.is_from_fork();
            occurrence.store(&mut records.records, None);
        }
    }
}

/// Runs that memory has sightings of, as `<run>.<attempt>.`.
fn known_runs(restored: &Restored) -> std::collections::BTreeSet<String> {
    let keys = restored
        .tree
        .records
        .namespace(Occurrence::NAMESPACE)
        .map(|(identity, _)| identity.key.as_str());
    let runs = keys.filter_map(|key| {
        let seen_in = key.split_once('/')?.1;
        let mut parts = seen_in.splitn(3, '.');
        Some(format!("{}.{}.", parts.next()?, parts.next()?))
    });
    runs.collect()
}
