//! What the scripts that call recruit read, each on a home that never saw it before.

use serde_json::Value;

use super::Desk;

/// Every command answers with one JSON document, wherever `--json` stands.
#[test]
fn every_command_prints_one_document_on_a_fresh_home() {
    let commands: [&[&str]; 20] = [
        &["roles"],
        &["match", "x"],
        &["team", "x"],
        &["route", "x"],
        &["create-role", "x"],
        &["record-outcome", "a", "t", "success"],
        &["ingest-pipeline"],
        &["evaluate", "a"],
        &["profiles"],
        &["specializations"],
        &["onboard"],
        &["mind"],
        &["decompose", "x"],
        &["evolve"],
        &["invent"],
        &["self-tune"],
        &["reflect"],
        &["audit"],
        &["stats"],
        &["help"],
    ];
    for command in commands {
        let after = [command, &["--json"]].concat();
        let before = [&["--json"], command].concat();
        for arguments in [after, before] {
            let done = Desk::new().run(&arguments);
            let document: Result<Value, _> = serde_json::from_str(&done.stdout);
            assert!(
                done.code == 0 && document.is_ok_and(|document| document.is_object()),
                "{arguments:?}: {done:?}"
            );
        }
    }
}

#[test]
fn promote_answers_in_json_too() {
    let desk = Desk::new();
    desk.text(&["record-outcome", "ann", "t", "success"]);
    assert_eq!(desk.json(&["promote", "ann"])["applied"], false);
}

#[test]
fn the_build_stage_and_the_loops_find_what_they_read() {
    let desk = Desk::new();
    let matched = desk.json(&["match", "Build a new feature"]);
    assert!(matched["model"].as_str().is_some_and(|model| !model.is_empty()) && matched["primary_role"] == "builder");
    assert!(
        matched["secondary_roles"].is_array() && matched["reasoning"].is_string() && matched["method"] == "keyword"
    );
    let team = desk.json(&["team", "Build a new feature"]);
    assert!(
        team["team"].as_array().is_some_and(|team| !team.is_empty())
            && team["agents"].as_u64().is_some_and(|agents| agents > 0)
    );
    for key in ["model", "template", "max_iterations", "estimated_cost"] {
        assert!(!team[key].is_null(), "{key}");
    }
    // The loop script reads the store itself.
    assert!(
        desk.read("roles.json")["builder"]["description"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    );
}

#[test]
fn every_file_a_script_may_read_exists_and_is_json() {
    let desk = Desk::new();
    desk.text(&["stats"]);
    for store in [
        "roles.json",
        "profiles.json",
        "talent.json",
        "onboarding.json",
        "role-usage.json",
        "heuristics.json",
        "agent-minds.json",
        "meta-learning.json",
    ] {
        desk.read(store);
    }
    assert!(
        desk.read("heuristics.json")["keyword_weights"].is_object()
            && desk.read("meta-learning.json")["corrections"].is_array()
    );
    assert!(!desk.store("match-history.jsonl").exists());
}

#[test]
fn wrong_use_is_told_on_standard_error_only() {
    let desk = Desk::new();
    for arguments in [
        &["match"][..],
        &["team"],
        &["route"],
        &["evaluate"],
        &["record-outcome", "a"],
        &["decompose"],
        &["promote"],
        &["match", ""],
    ] {
        let said = desk.fails(arguments, 2);
        assert!(
            said.contains("Usage") || said.contains("empty"),
            "{arguments:?}: {said}"
        );
    }
    let said = desk.fails(&["frobnicate", "x"], 2);
    assert!(
        said.contains("Unknown command: frobnicate") && said.contains("CORE COMMANDS"),
        "{said}"
    );
    for arguments in [
        &["record-outcome", "a", "t", "perhaps"][..],
        &["record-outcome", "a", "t", "success", "good"],
        &["record-outcome", "a", "t", "success", "11"],
        &["ingest-pipeline", "0"],
    ] {
        desk.fails(arguments, 2);
    }
}

#[test]
fn without_a_shipwright_home_the_stores_are_in_the_home_directory() {
    let desk = Desk::new();
    let output = desk
        .command(&["match", "x"])
        .env_remove("SHIPWRIGHT_HOME")
        .output()
        .unwrap();
    assert!(output.status.success());
    assert!(desk.path(".shipwright/recruitment/roles.json").exists());
}

#[test]
fn the_event_log_may_stand_elsewhere() {
    let desk = Desk::new();
    for variable in ["SHIPWRIGHT_EVENTS", "EVENTS_FILE"] {
        let path = desk.path(&format!("logs/{variable}.jsonl"));
        assert!(
            desk.command(&["team", "x"])
                .env(variable, &path)
                .output()
                .unwrap()
                .status
                .success()
        );
        assert_eq!(Desk::lines(&path)[0]["type"], "recruit_team");
    }
}

#[test]
fn every_event_is_one_line_of_json_with_its_time() {
    let desk = Desk::new();
    desk.text(&["team", "a\u{1b}[31m\"b\\\r\nc"]);
    desk.text(&["create-role", "--auto", "x\ny \u{7}"]);
    for event in Desk::lines(&desk.path("home/events.jsonl")) {
        assert!(
            event["ts_epoch"].as_u64().is_some()
                && event["ts"].as_str().is_some_and(|ts| ts.ends_with('Z'))
                && event["type"].is_string()
        );
    }
}

#[test]
fn advice_is_given_where_nothing_can_be_stored() {
    let desk = Desk::new();
    for arguments in [
        ["match", "Deploy to prod", "--json"],
        ["team", "Deploy to prod", "--json"],
    ] {
        let output = desk
            .command(&arguments)
            .env("SHIPWRIGHT_HOME", "/dev/null/nowhere")
            .output()
            .unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(
            output.status.success() && (answer["primary_role"] == "devops" || answer["agents"] == 4),
            "{answer}"
        );
        assert!(!output.stderr.is_empty(), "it says so");
    }
}
