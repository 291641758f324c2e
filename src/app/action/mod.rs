//! The action: one start of the container, from what the runner gives to what it hears back.
//!
//! Whatever happens, the step stays green: errors become one warning that names the remedy, a signal or the deadline
//! ends the work where it is (every write is atomic), a panic is caught. Only `fail-on-error` changes that.

mod backfill;
mod blame;
mod collect;
mod command;
mod configure;
mod doctor;
mod examine;
mod desk;
mod memory;
mod people;
mod plan;
mod resolve;
mod session;
mod sources;
mod speak;
mod subject;
mod tell;
mod track;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Duration;

use super::{Error, Kind};
use crate::ids::RunId;
use crate::runner::{Environment, Neutral, Shutdown, Stage};
pub use desk::{Conversation, Inquiry, Told, Visitor, doctor, inquire};
pub use doctor::Check;
use plan::Plan;
pub use session::{Saying, Session};

/// Saved state: the main stage made a full report.
const REPORTED: &str = "reported";

/// What remains of the time for saying how it ended.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// How long work that listens may take to store what it has: everything ends within 5 s of a signal.
const GRACE: Duration = Duration::from_secs(4);

/// Runs one stage of the action; the exit code is 0 unless the user asked for another.
pub fn main(environment: &Environment, stage: Stage) -> ExitCode {
    let level = if environment.is_debug() {
        "shipwright=debug"
    } else {
        "shipwright=warn"
    };
    let _ = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(level))
        .with_writer(|| Neutral(io::stderr()))
        .without_time()
        .with_target(false)
        .with_ansi(false)
        .try_init();
    let mut session = Session::new(environment, stage);
    let outcome = catch_unwind(AssertUnwindSafe(|| run(&mut session)));
    if outcome.is_err() {
        session.fail(&Error::new(
            Kind::Bug,
            "shipwright broke down; please report it with the log of this step",
        ));
    }
    session.finish()
}

fn run(session: &mut Session) {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return session.fail(&Error::new(Kind::Bug, "cannot start").with_source(error)),
    };
    let deadline = session.deadline().saturating_duration_since(std::time::Instant::now());
    runtime.block_on(async {
        let shutdown = Shutdown::install();
        let signal = async {
            match shutdown {
                Ok(mut shutdown) => shutdown.wait().await,
                Err(_) => std::future::pending().await,
            }
        };
        let stop = session.stop.clone();
        let ended = {
            let mut work = std::pin::pin!(session.work());
            let ended = tokio::select! {
                () = &mut work => None,
                signal = signal => Some(format!("stopped by {signal:?}")),
                () = tokio::time::sleep(deadline + LAST_WORDS) => Some("the time was up (`timeout-seconds`)".to_owned()),
            };
            // Who listens wants to store what it has before it ends.
            if ended.is_some() && stop.receiver_count() > 0 {
                let _ = stop.send(true);
                let _ = tokio::time::timeout(GRACE, work).await;
            }
            ended
        };
        if let Some(reason) = ended {
            session.degrade(format!(
                "{reason}; what was written is complete, the rest was left undone"
            ));
        }
    });
    // Blocking work that is still under way must not hold us: its writes are atomic.
    runtime.shutdown_background();
}

impl Session {
    async fn work(&mut self) {
        if self.stage == Stage::Main {
            self.runner.state(Stage::SAVED, "true");
        }
        let own_run = self
            .environment
            .get("GITHUB_RUN_ID")
            .and_then(|run| run.parse::<RunId>().ok());
        let reported = self.environment.state(REPORTED) == Some("true");
        let plan = plan::decide(&self.settings, &self.event, self.stage, own_run, reported);
        tracing::debug!(?plan, event = %self.event.name, "decided");
        match plan {
            Plan::Restore => {
                self.restore().await;
            }
            Plan::RestoreAndLook => self.restore_and_look(own_run).await,
            Plan::Persist { report } => {
                let records = if report { self.report_from_here().await } else { None };
                self.persist(records.as_ref()).await;
            }
            Plan::Examine { run, attempt, wanted } => self.examine(run, attempt, wanted).await,
            Plan::Command => self.command().await,
            Plan::ReportOwnRun => self.report_own_run().await,
            Plan::Backfill { days } => {
                let stop = self.stop.subscribe();
                self.backfill(days, stop).await;
            }
            Plan::Doctor => self.doctor().await,
            Plan::Nothing(reason) => self.runner.console().print(&format!("nothing to do: {reason}")),
        }
    }

    /// Says what was not possible, once, and decides the exit code.
    fn finish(mut self) -> ExitCode {
        let degraded = self.degraded().join("\n");
        self.runner.output("degraded", &degraded);
        if !degraded.is_empty() {
            let warning = format!("Shipwright: {}", self.degraded().join("; "));
            self.runner.console().warning(&warning);
        }
        if self.must_fail() {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }
}
