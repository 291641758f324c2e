//! The log of a job as GitHub keeps it: which ones to read, and what they say.

use crate::failure::{self, Analysis, Options};
use crate::github::{Conclusion, Job, LogBody, Step};
use crate::log::{Log, StepHint};

/// Most logs read of one run: with the jobs, the conversation and the search a report stays below 15 calls.
pub(super) const MOST_LOGS: usize = 5;

/// The failures of a job's log.
pub(super) fn analyse(body: &LogBody, job: &Job, options: Options) -> Analysis {
    let log = Log::from_bytes(&body.bytes);
    let options = Options {
        steps: job.steps.iter().map(hint).collect(),
        ..options
    };
    let mut analysis = failure::analyze(&log, &options);
    if let Some(cut) = body.cut {
        let kept = memchr::memchr_iter(b'\n', body.bytes.get(..cut.at).unwrap_or_default()).count() as u64;
        for failure in &mut analysis.failures {
            shift(failure, kept, cut.lines);
        }
    }
    analysis
}

/// Line numbers after a cut count what was left out, so that they are the full log's.
fn shift(failure: &mut failure::Failure, kept: u64, missing: u64) {
    for line in &mut failure.excerpt {
        line.line += if line.line > kept { missing } else { 0 };
    }
    for line in &mut failure.decisive_lines {
        *line += if *line > kept { missing } else { 0 };
    }
}

fn hint(step: &Step) -> StepHint {
    let conclusion = step.conclusion.map_or("", |conclusion| match conclusion {
        Conclusion::Success => "success",
        Conclusion::Failure => "failure",
        Conclusion::Cancelled => "cancelled",
        Conclusion::TimedOut => "timed_out",
        Conclusion::Skipped => "skipped",
        Conclusion::StartupFailure
        | Conclusion::Neutral
        | Conclusion::ActionRequired
        | Conclusion::Stale
        | Conclusion::Other => "",
    });
    StepHint {
        name: step.name.clone(),
        conclusion: conclusion.to_owned(),
        start: step.started_at,
        end: step.completed_at,
    }
}

/// Which logs to read: one of every kind of job first (matrix legs share a name before the parenthesis), then the rest.
pub(super) fn choose(failed: &[&Job]) -> Vec<crate::ids::JobId> {
    let mut seen: Vec<&str> = Vec::new();
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for job in failed {
        let kind = job.name.split(" (").next().unwrap_or_default();
        if seen.contains(&kind) {
            rest.push(job.id);
        } else {
            seen.push(kind);
            first.push(job.id);
        }
    }
    first.into_iter().chain(rest).take(MOST_LOGS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_job_is_read_before_a_second_leg() {
        let job = |id: u64, name: &str| -> Job {
            serde_json::from_value(serde_json::json!({"id": id, "name": name})).unwrap()
        };
        let jobs: Vec<Job> = (1..=6)
            .map(|leg| job(leg, &format!("test ({leg})")))
            .chain([job(7, "lint")])
            .collect();
        let chosen: Vec<u64> = choose(&jobs.iter().collect::<Vec<_>>())
            .iter()
            .map(|id| id.get())
            .collect();
        assert_eq!(chosen, [1, 7, 2, 3, 4]);
    }
}
