//! What the action does, decided purely from what it knows at start: the table of `mode: auto`.

use crate::command;
use crate::event::{Event, EventKind};
use crate::ids::RunId;
use crate::runner::Stage;
use crate::settings::{Mode, Settings};

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Bring memory to the job.
    Restore,
    /// Ask whether other jobs of this run have failed already; report if so, and restore in any case.
    RestoreAndLook,
    /// Bring the job's memory back.
    Persist {
        /// Also report from what this job has at hand: it failed, and no full report was made.
        report: bool,
    },
    /// Look at a completed run: report it if it failed, resolve if it succeeded.
    Examine {
        /// The run.
        run: RunId,
        /// Its attempt; the newest when absent.
        attempt: Option<u32>,
        /// What was asked for, when it was said.
        wanted: Wanted,
    },
    /// Do what a comment says.
    Command,
    /// Report the jobs of the present run.
    ReportOwnRun,
    /// Learn from past runs.
    Backfill {
        /// So many days back.
        days: u64,
    },
    /// Say what would not work.
    Doctor,
    /// Nothing, and why.
    Nothing(&'static str),
}

/// What to make of a completed run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// What its conclusion calls for.
    Either,
    /// A report, whatever its conclusion.
    Report,
    /// A resolution, whatever its conclusion.
    Resolve,
}

/// Decides. `reported` is whether the main stage of this job made a full report already.
pub fn decide(settings: &Settings, event: &Event, stage: Stage, own_run: Option<RunId>, reported: bool) -> Plan {
    let job_failed = settings.job_status.as_deref() == Some("failure");
    let nothing_after = Plan::Nothing("the main stage has done everything");
    match (settings.mode, stage) {
        (Mode::Auto, stage) if is_command(event) => match stage {
            Stage::Main => Plan::Command,
            Stage::Post => nothing_after,
        },
        (Mode::Auto, Stage::Main) => automatic(settings, event, job_failed),
        (Mode::Auto | Mode::Restore, Stage::Post) if completed_run(event).is_some() || settings.run_id.is_some() => {
            nothing_after
        }
        (Mode::Auto, Stage::Post) => Plan::Persist {
            report: job_failed && !reported,
        },
        (Mode::Restore, Stage::Main) => Plan::Restore,
        (Mode::Restore, Stage::Post) | (Mode::Persist, Stage::Main) => Plan::Persist { report: false },
        (Mode::Report, Stage::Main) => examine(settings, event, own_run, Wanted::Report),
        (Mode::Resolve, Stage::Main) => examine(settings, event, own_run, Wanted::Resolve),
        (Mode::Backfill, Stage::Main) => Plan::Backfill {
            days: settings.backfill_days.unwrap_or(30),
        },
        (Mode::Doctor, Stage::Main) => Plan::Doctor,
        (Mode::Persist | Mode::Report | Mode::Resolve | Mode::Backfill | Mode::Doctor, Stage::Post) => nothing_after,
    }
}

fn automatic(settings: &Settings, event: &Event, job_failed: bool) -> Plan {
    if let Some(days) = settings.backfill_days {
        return Plan::Backfill { days };
    }
    if let Some(run) = settings.run_id {
        return Plan::Examine {
            run,
            attempt: settings.run_attempt,
            wanted: Wanted::Either,
        };
    }
    if let EventKind::WorkflowRun { action, run } = &event.kind {
        if action != "completed" {
            return Plan::Nothing("the run is not completed yet");
        }
        if run.has_failed() || run.has_succeeded() {
            return Plan::Examine {
                run: run.id,
                attempt: Some(run.run_attempt),
                wanted: Wanted::Either,
            };
        }
        return Plan::Nothing("the run neither failed nor succeeded");
    }
    if job_failed {
        return Plan::ReportOwnRun;
    }
    // A leg of a matrix is never the job that reports on the others, and 256 legs that ask would spend the hourly
    // budget of calls.
    if settings.matrix.is_some() {
        Plan::Restore
    } else {
        Plan::RestoreAndLook
    }
}

/// Whether a comment tells us to do something. One that does not is an event like any other: an agent may be at work
/// because of it.
fn is_command(event: &Event) -> bool {
    match &event.kind {
        EventKind::IssueComment(comment) => !command::parse(&comment.body).is_empty(),
        EventKind::WorkflowRun { .. }
        | EventKind::PullRequest(_)
        | EventKind::WorkflowDispatch(_)
        | EventKind::Other => false,
    }
}

fn completed_run(event: &Event) -> Option<RunId> {
    match &event.kind {
        EventKind::WorkflowRun { run, .. } => Some(run.id),
        EventKind::PullRequest(_) | EventKind::WorkflowDispatch(_) | EventKind::IssueComment(_) | EventKind::Other => {
            None
        }
    }
}

fn examine(settings: &Settings, event: &Event, own_run: Option<RunId>, wanted: Wanted) -> Plan {
    if let Some(run) = settings.run_id {
        return Plan::Examine {
            run,
            attempt: settings.run_attempt,
            wanted,
        };
    }
    if let EventKind::WorkflowRun { run, .. } = &event.kind {
        return Plan::Examine {
            run: run.id,
            attempt: Some(run.run_attempt),
            wanted,
        };
    }
    match (wanted, own_run) {
        (Wanted::Report | Wanted::Either, Some(_)) => Plan::ReportOwnRun,
        (Wanted::Resolve, Some(run)) => Plan::Examine {
            run,
            attempt: None,
            wanted,
        },
        (_, None) => Plan::Nothing("there is no run to look at; set `run-id`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{self, Raw};

    const SHA: &str = "0123456789012345678901234567890123456789";

    fn workflow_run(action: &str, conclusion: &str) -> Event {
        let body = format!(
            r#"{{"action":"{action}","workflow_run":{{"id":7,"run_attempt":2,"head_sha":"{SHA}","conclusion":"{conclusion}"}}}}"#
        );
        Event::parse("workflow_run", body.as_bytes()).unwrap()
    }

    fn check(inputs: &[(&str, &str)], event: &Event, stage: Stage, expect: Plan) {
        let raw = Raw::new(
            inputs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let (settings, problems) = settings::resolve(&raw);
        assert_eq!(problems, []);
        assert_eq!(
            decide(&settings, event, stage, Some(RunId::new(5)), false),
            expect,
            "{inputs:?} {stage:?}"
        );
    }

    #[test]
    fn every_row_of_the_table_holds() {
        let push = Event::named("push");
        let examine = |run, attempt, wanted| Plan::Examine {
            run: RunId::new(run),
            attempt,
            wanted,
        };
        let of_event = examine(7, Some(2), Wanted::Either);
        for conclusion in ["failure", "timed_out", "startup_failure", "success"] {
            check(&[], &workflow_run("completed", conclusion), Stage::Main, of_event);
        }
        check(
            &[],
            &workflow_run("completed", "cancelled"),
            Stage::Main,
            Plan::Nothing("the run neither failed nor succeeded"),
        );
        check(
            &[],
            &workflow_run("requested", ""),
            Stage::Main,
            Plan::Nothing("the run is not completed yet"),
        );
        let dispatch = Event::named("workflow_dispatch");
        check(
            &[("run-id", "9")],
            &dispatch,
            Stage::Main,
            examine(9, None, Wanted::Either),
        );
        check(
            &[("backfill-days", "9")],
            &dispatch,
            Stage::Main,
            Plan::Backfill { days: 9 },
        );
        check(&[], &push, Stage::Main, Plan::RestoreAndLook);
        check(&[("matrix", "{\"os\":\"x\"}")], &push, Stage::Main, Plan::Restore);
        check(&[("job-status", "failure")], &push, Stage::Main, Plan::ReportOwnRun);
        check(
            &[("job-status", "success")],
            &push,
            Stage::Post,
            Plan::Persist { report: false },
        );
        check(
            &[("job-status", "failure")],
            &push,
            Stage::Post,
            Plan::Persist { report: true },
        );
        let comment = |body: &str| {
            let payload =
                format!(r#"{{"action":"created","comment":{{"id":5,"body":"{body}"}},"issue":{{"number":4}}}}"#);
            Event::parse("issue_comment", payload.as_bytes()).unwrap()
        };
        check(&[], &comment("/shipwright explain"), Stage::Main, Plan::Command);
        check(&[], &comment("thanks"), Stage::Main, Plan::RestoreAndLook);
        let done = Plan::Nothing("the main stage has done everything");
        check(&[], &workflow_run("completed", "failure"), Stage::Post, done);
        check(&[("run-id", "9")], &dispatch, Stage::Post, done);
        check(&[], &comment("/shipwright explain"), Stage::Post, done);
    }

    #[test]
    fn explicit_modes_do_what_they_say() {
        let push = Event::named("push");
        check(&[("mode", "restore")], &push, Stage::Main, Plan::Restore);
        check(
            &[("mode", "restore")],
            &push,
            Stage::Post,
            Plan::Persist { report: false },
        );
        check(
            &[("mode", "persist")],
            &push,
            Stage::Main,
            Plan::Persist { report: false },
        );
        check(&[("mode", "report")], &push, Stage::Main, Plan::ReportOwnRun);
        check(&[("mode", "doctor")], &push, Stage::Main, Plan::Doctor);
        check(&[("mode", "backfill")], &push, Stage::Main, Plan::Backfill { days: 30 });
        let examine = Plan::Examine {
            run: RunId::new(5),
            attempt: None,
            wanted: Wanted::Resolve,
        };
        check(&[("mode", "resolve")], &push, Stage::Main, examine);
        check(
            &[("mode", "report")],
            &push,
            Stage::Post,
            Plan::Nothing("the main stage has done everything"),
        );
    }
}
