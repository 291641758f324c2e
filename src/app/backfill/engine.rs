//! The loop: which runs, in which order, until when.

use std::collections::BTreeSet;

use tokio::sync::watch;

use super::super::Error;
use super::super::lessons::{Origin, Teacher};
use super::read::{Attempt, Reading, read_failed, read_passed};
use super::{CHECKPOINT, Host, MOST_CALLS, Progress, RESERVE, Request, Stop, Summary};
use crate::event::WorkflowRun;
use crate::github::{self, Client, RunFilter};
use crate::memory::{Memory, Tree};
use crate::records::{Finished, FixRecord, History, How, Ledger, Occurrence, Record};

/// GitHub lists at most so many runs for one filter.
const LISTED: usize = 1000;

/// Runs in a row that may be unreadable before it is not the runs' fault.
const PATIENCE: usize = 3;

/// One backfill under way.
pub(in crate::app) struct Engine<'a> {
    pub(in crate::app) client: &'a Client,
    pub(in crate::app) request: &'a Request,
    /// Everything remembered so far: what was there, and what is learned.
    pub(in crate::app) records: Memory,
    /// Turns true when somebody wants it to stop.
    pub(in crate::app) stop: watch::Receiver<bool>,
}

/// What has been learned since the last checkpoint, and what in all.
#[derive(Default)]
struct Learned {
    fresh: Tree,
    read: Vec<String>,
    progress: Progress,
    flaky: usize,
}

impl Engine<'_> {
    /// Reads until everything is read or something stops it.
    pub(in crate::app) async fn run(&mut self, host: &mut impl Host) -> Result<Summary, Error> {
        let left = self
            .client
            .rate_limit()
            .await
            .map_or(u64::MAX, |limit| limit.remaining.saturating_sub(RESERVE));
        let spent = u64::from(self.client.requests());
        let allowed = spent + left.min(self.request.budget.unwrap_or(u64::MAX));
        let mut learned = Learned::default();
        let mut summary = Summary {
            schema: "shipwright-backfill/v1",
            ..Summary::default()
        };
        let attempts = match self.attempts().await {
            Ok(attempts) => attempts,
            Err(error) => return Err(Error::service("cannot list the runs of the repository").with_source(error)),
        };
        let known = known(&self.records);
        let mut history = History::of(&self.records);
        summary.runs = attempts.len();
        learned.progress.total = attempts.len();
        let mut stopped = None;
        let mut trouble = 0;
        let mut held: BTreeSet<String> = BTreeSet::new();
        let mut kept_at = self.client.requests();
        for attempt in &attempts {
            if known.contains(&attempt.key()) {
                summary.known += 1;
                learned.progress.done += 1;
                continue;
            }
            // What came after a run that could not be read waits for it: it may have ended what that run began.
            if held.contains(&attempt.scope()) {
                continue;
            }
            if let Some(stop) = self.must_stop(allowed, left) {
                stopped = Some(stop);
                break;
            }
            let mut stop = self.stop.clone();
            let reading = tokio::select! {
                reading = self.read(attempt, &mut history, &mut learned) => reading,
                _ = stop.wait_for(|stop| *stop) => Err(Stop::Asked),
            };
            match reading {
                Ok(()) => trouble = 0,
                Err(Stop::Trouble(_)) if trouble + 1 < PATIENCE => {
                    trouble += 1;
                    held.insert(attempt.scope());
                    continue;
                }
                Err(stop) => {
                    stopped = Some(stop);
                    break;
                }
            }
            summary.read += 1;
            learned.read.push(attempt.key());
            learned.progress.done += 1;
            host.tell(learned.progress);
            if self.client.requests() - kept_at >= CHECKPOINT {
                kept_at = self.client.requests();
                host.keep(learned.take(self.request.now)).await?;
            }
        }
        host.keep(learned.take(self.request.now)).await?;
        let unread = summary.runs - summary.known - summary.read;
        if stopped.is_none() && unread > 0 {
            stopped = Some(Stop::Trouble(format!("{unread} runs could not be read")));
        }
        summary.failures = learned.progress.failures;
        summary.fixes = learned.progress.fixes;
        summary.flaky = learned.flaky;
        summary.calls = self.client.requests();
        summary.complete = stopped.is_none();
        summary.stopped = stopped.map(|stop| stop.to_string());
        Ok(summary)
    }

    /// The attempts of all completed runs of the time asked for, oldest first.
    async fn attempts(&self) -> github::Result<Vec<Attempt>> {
        let day = 86_400_000;
        let days = i64::try_from(self.request.days).unwrap_or(400);
        let since = date(self.request.now - days * day);
        let mut runs: Vec<WorkflowRun> = Vec::new();
        let mut created = format!(">={since}");
        loop {
            let filter = RunFilter {
                status: Some("completed".to_owned()),
                created: Some(created),
                ..RunFilter::default()
            };
            let page = self.client.runs(&self.request.repository, &filter, LISTED).await?;
            let (full, oldest) = (page.len() == LISTED, page.last().map(|run| run.created_at.clone()));
            let before = runs.len();
            for run in page {
                if runs.iter().all(|known| known.id != run.id) {
                    runs.push(run);
                }
            }
            match oldest.filter(|_| full && runs.len() > before) {
                Some(oldest) => created = format!("{since}..{oldest}"),
                None => break,
            }
        }
        runs.sort_by_key(|run| run.id);
        Ok(runs.iter().flat_map(Attempt::all).collect())
    }

    fn must_stop(&self, allowed: u64, left: u64) -> Option<Stop> {
        if *self.stop.borrow() {
            return Some(Stop::Asked);
        }
        if self.client.remaining().as_secs() < 12 {
            return Some(Stop::Time);
        }
        if u64::from(self.client.requests()) + MOST_CALLS > allowed {
            let own = self.request.budget.is_some_and(|budget| budget <= left);
            return Some(if own { Stop::Budget } else { Stop::Limit });
        }
        None
    }

    /// Reads one attempt and learns from it.
    async fn read(&mut self, attempt: &Attempt, history: &mut History, learned: &mut Learned) -> Result<(), Stop> {
        let reading = if attempt.passed() {
            let scope = attempt.scope();
            let open = history
                .unresolved
                .iter()
                .any(|open| open.scope == scope && open.run < attempt.place());
            if !open {
                return Ok(());
            }
            read_passed(self.client, self.request, attempt).await?
        } else if attempt.failed() {
            read_failed(self.client, self.request, attempt).await?
        } else {
            return Ok(());
        };
        let Reading { occurrences, finished } = reading;
        let mut fresh = Memory::default();
        self.teach(attempt, history, &finished, &mut fresh, learned).await;
        learned.progress.failures += occurrences.len();
        for occurrence in &occurrences {
            occurrence.store(&mut fresh, None);
        }
        if fresh.is_empty() {
            return Ok(());
        }
        for (identity, entry) in fresh.iter() {
            if self.records.get(identity).is_none() {
                self.records.insert(identity.clone(), entry.clone());
                learned.fresh.records.insert(identity.clone(), entry.clone());
            }
        }
        *history = History::of(&self.records);
        Ok(())
    }

    async fn teach(
        &self,
        attempt: &Attempt,
        history: &History,
        finished: &Finished,
        into: &mut Memory,
        learned: &mut Learned,
    ) {
        let teacher = Teacher {
            client: self.client,
            repository: &self.request.repository,
            server: &self.request.server,
            redactor: &self.request.options.redactor,
            most_calls: u32::MAX,
        };
        let origin = if attempt.is_from_fork(&self.request.repository) {
            Origin::Fork
        } else {
            attempt.pull().map_or(Origin::Ask, |pull| Origin::Pull(Some(pull)))
        };
        let ended = teacher.learn(history, finished, origin, attempt.at(), into).await;
        learned.flaky += ended.iter().filter(|ending| ending.how == How::Flaky).count();
        learned.progress.fixes += into.namespace(FixRecord::NAMESPACE).count();
    }
}

impl Learned {
    /// What to store now, with the note of what was read for it.
    fn take(&mut self, now: i64) -> Tree {
        let mut tree = std::mem::take(&mut self.fresh);
        let read = std::mem::take(&mut self.read);
        if !read.is_empty() {
            Ledger { at: now, read }.store(&mut tree.records, None);
        }
        tree
    }
}

/// Attempts that need not be read: a backfill has read them, or a report has when they ended.
fn known(records: &Memory) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    for (_, entry) in records.namespace(Ledger::NAMESPACE) {
        let ledger: Option<Ledger> = entry
            .value
            .as_deref()
            .and_then(|value| serde_json::from_str(value).ok());
        known.extend(ledger.into_iter().flat_map(|ledger| ledger.read));
    }
    for (identity, _) in records.namespace(Occurrence::NAMESPACE) {
        let seen_in = identity.key.split_once('/').map_or("", |(_, seen_in)| seen_in);
        let mut parts = seen_in.splitn(3, '.');
        if let (Some(run), Some(attempt)) = (parts.next(), parts.next()) {
            known.insert(format!("{run}.{attempt}"));
        }
    }
    known
}

fn date(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at)
        .map_or_else(|_| "1970-01-01".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}
