//! `mode: backfill`: learns from past runs, oldest first, and never comments.

use tokio::sync::watch;

use super::super::Error;
use super::super::backfill::{Engine, Host, Progress, Request};
use super::super::sync::{Base, Local};
use super::session::Session;
use crate::memory::{ExportTrust, Tree};

impl Session {
    /// Reads the runs of the last `days` days that memory does not know yet, until `stop` turns true.
    pub(super) async fn backfill(&mut self, days: u64, stop: watch::Receiver<bool>) {
        let Ok(client) = self.github(90).map_err(|error| self.fail(&error)) else {
            return;
        };
        let Ok(repository) = self.repository().map_err(|error| self.fail(&error)) else {
            return;
        };
        self.configure_here().await;
        // Without what is known everything would be read again.
        let Some(restored) = self.restore().await else { return };
        let request = Request {
            repository,
            server: self.server_url().to_owned(),
            days,
            budget: None,
            now: self.now,
            options: self.options(),
        };
        let mut engine = Engine {
            client: &client,
            request: &request,
            records: restored.tree.records.clone(),
            stop,
        };
        if let Err(reason) = self.may_persist() {
            let notice = format!("what is learned is not persisted: {reason}");
            self.runner.console().notice(&notice);
        }
        let mut step = Step {
            session: self,
            base: restored.base,
            told: 0,
        };
        let done = engine.run(&mut step).await;
        self.show_figures(&engine.records);
        match done {
            Ok(summary) => {
                let line = summary.line();
                self.runner.console().print(&line);
                if let Some(stopped) = summary.stopped {
                    self.degrade(format!(
                        "the backfill is not complete, {stopped}; run it again to go on"
                    ));
                }
            }
            Err(error) => self.fail(&error),
        }
    }
}

/// A step of a workflow, where a backfill is at home.
struct Step<'a> {
    session: &'a mut Session,
    base: Base,
    /// Tenths of the way that were told.
    told: usize,
}

impl Host for Step<'_> {
    async fn keep(&mut self, fresh: Tree) -> Result<(), Error> {
        if fresh.records.is_empty() || self.session.may_persist().is_err() {
            return Ok(());
        }
        let local = Local {
            tree: fresh,
            trust: ExportTrust::Untrusted,
        };
        let done = self
            .session
            .memory_access(100)?
            .persist(Some(self.base.clone()), local)
            .await;
        if self.session.persisted(done) {
            Ok(())
        } else {
            Err(Error::service("what was learned could not be stored"))
        }
    }

    fn tell(&mut self, progress: Progress) {
        let tenth = progress.done * 10 / progress.total.max(1);
        if tenth > self.told {
            self.told = tenth;
            let Progress {
                done,
                total,
                failures,
                fixes,
            } = progress;
            let line = format!("{done} of {total} runs: {failures} failures, {fixes} fixes");
            self.session.runner.console().print(&line);
        }
    }
}
