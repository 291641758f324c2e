//! The wiring, tried out: an engine on scratch stores does its work, and each check looks at what came of it.

use std::path::Path;

use serde_json::{Value, json};

use super::audit::Check;
use super::{Answer, ModelUse, NewRole, Office, Report, Setup, events};
use crate::app::Error;
use crate::recruit::Policy;
use crate::recruit::config_validator::Outcome;
use crate::recruit::stores::{Codec, History, Kept, Meta, Point, Profiles};

const WIRING: &str = "INTEGRATION WIRING";
const AUTOMATION: &str = "AUTOMATION TRIGGERS";
/// Any moment will do.
const NOW: i64 = 1_800_000_000_000;

/// An engine on stores that vanish with the first value.
pub(super) fn scratch() -> std::io::Result<(tempfile::TempDir, Office)> {
    let directory = tempfile::tempdir()?;
    let setup = Setup {
        home: directory.path().to_owned(),
        events: directory.path().join("events.jsonl"),
        policy: None,
        model: ModelUse::Silenced,
        now: NOW,
        process: 1,
    };
    Ok((directory, Office::with_policy(setup, Policy::default())))
}

/// All checks; when there is no place to try it out, one failed check says so.
pub(super) fn wiring() -> Vec<Check> {
    let mut found = Vec::new();
    for stage in [advice, feedback, ingest, automation] {
        let tried = scratch()
            .map_err(|error| error.to_string())
            .and_then(|(directory, office)| {
                let checks = stage(&office, directory.path()).map_err(|error| error.chain());
                drop(directory);
                checks
            });
        found.extend(tried.unwrap_or_else(|why| vec![Check::must(WIRING, "the engine can be tried out", false, why)]));
    }
    found
}

fn has(answer: &Answer, keys: &[&str]) -> bool {
    keys.iter()
        .all(|key| answer.json.get(key).is_some_and(|value| !value.is_null()))
}

fn advice(office: &Office, directory: &Path) -> Result<Vec<Check>, Error> {
    let matched = office.match_task("Find the security vulnerability", "")?;
    let team = office.team("Encrypt the stored passwords", directory)?;
    let plan = office.decompose("Add an export")?;
    let made = office.create_role(NewRole::Auto("Database migration planning".to_owned()))?;
    let onboarding = office.onboard("architect", None)?;
    let must = |name: &str, holds: bool| Check::must(WIRING, name, holds, "it does not");
    Ok(vec![
        must(
            "match answers with what callers read",
            has(&matched, &["primary_role", "model", "confidence", "method", "match_id"]),
        ),
        must(
            "match finds a specialist",
            matched.json["primary_role"] == "security-auditor",
        ),
        must(
            "team answers with what callers read",
            has(
                &team,
                &[
                    "team",
                    "agents",
                    "model",
                    "template",
                    "max_iterations",
                    "estimated_cost",
                ],
            ),
        ),
        must(
            "decompose names a role for every step",
            plan.json["sub_tasks"].as_array().is_some_and(|steps| steps.len() >= 5),
        ),
        must(
            "a role can be made from a task",
            made.json["key"] == "custom-database-migration-planning",
        ),
        must(
            "an agent can be introduced",
            onboarding.text.contains("Onboarding Style"),
        ),
    ])
}

fn feedback(office: &Office, _: &Path) -> Result<Vec<Check>, Error> {
    let matched = office.match_task("Write a unit test", "")?;
    let mut resolved = false;
    for nth in 0..3 {
        let report = Report {
            agent: "auditor".to_owned(),
            task: "Write a unit test".to_owned(),
            outcome: Outcome::Success,
            quality: Some(9.0),
            minutes: Some(5.0),
            role: Some("tester".to_owned()),
            match_id: None,
        };
        let mut later = office.clone();
        later.setup.now += nth;
        resolved |= later.record_outcome(report)?.json["match_id"] == matched.json["match_id"];
    }
    let history: History = office.store()?.load()?;
    let closed = history.matches().all(|record| record.succeeded() == Some(true));
    let routed = office.route("Write more unit tests")?;
    let must = |name: &str, holds: bool| Check::must(WIRING, name, holds, "it does not");
    Ok(vec![
        must("an outcome resolves its match", resolved && closed),
        must(
            "route finds the agent with a record",
            routed.json["agent"]["agent_id"] == "auditor",
        ),
        must(
            "a mind can be read from the record",
            has(&office.mind(Some("auditor"))?, &["working_style"]),
        ),
        must(
            "events are written",
            std::fs::metadata(&office.setup.events).is_ok_and(|metadata| metadata.len() > 0),
        ),
    ])
}

fn completed(office: &Office, count: i64) -> Result<(), Error> {
    for nth in 0..count {
        let fields =
            json!({"job_id": format!("job-{nth}"), "agent_id": "auditor", "result": "success", "duration_s": 60});
        let Value::Object(fields) = fields else { continue };
        events::append(&office.setup.events, "pipeline.completed", fields, NOW - nth * 1_000)
            .map_err(|error| crate::app::error::writing(&office.setup.events, error))?;
    }
    Ok(())
}

fn ingest(office: &Office, _: &Path) -> Result<Vec<Check>, Error> {
    completed(office, 3)?;
    let first = office.ingest(1)?;
    let again = office.ingest(1)?;
    let profiles: Profiles = office.store()?.load()?;
    let tasks = profiles.get("auditor").map_or(0, |profile| profile.tasks_completed);
    Ok(vec![
        Check::must(
            WIRING,
            "ingest moves the counters",
            first.json["ingested"] == 3 && tasks == 3,
            "it does not",
        ),
        Check::must(
            WIRING,
            "ingest counts nothing twice",
            again.json["ingested"] == 0,
            "it does",
        ),
    ])
}

fn automation(office: &Office, _: &Path) -> Result<Vec<Check>, Error> {
    completed(office, 20)?;
    let answer = office.ingest(1)?;
    let mut store = office.store()?;
    let mut meta: Meta = store.load()?;
    for accuracy in [90.0, 80.0, 60.0, 45.0] {
        meta.accuracy_trend.push(Kept::Known(Point {
            accuracy,
            ..Point::default()
        }));
    }
    store.put(&meta);
    store.commit()?;
    let reflected = office.reflect()?;
    let told = std::fs::read(&office.setup.events).unwrap_or_default();
    let told = String::from_utf8_lossy(&told).into_owned();
    let must = |name: &str, holds: bool| Check::must(AUTOMATION, name, holds, "it does not");
    Ok(vec![
        must("an ingest tunes by itself", !answer.json["self_tune"].is_null()),
        must("enough outcomes evolve by themselves", !answer.json["evolve"].is_null()),
        must(
            "a declining accuracy is noticed",
            reflected.json["trend"] == "declining",
        ),
        must("a declining accuracy is told", told.contains("recruit_meta_warning")),
        must(
            "the stores are written as they are read",
            Meta::decode(&meta.encode()).is_ok_and(|again| again == meta),
        ),
    ])
}
