//! Outcomes: profiles, matches, the event log.

use serde_json::json;

use super::{Desk, completed, now};

#[test]
fn two_of_three_successes_are_two_thirds() {
    let desk = Desk::new();
    let text = desk.text(&["record-outcome", "ann", "t1", "success", "8", "15"]);
    assert!(
        text.contains("Recorded success for ann (1 tasks, 100% success)"),
        "{text}"
    );
    desk.text(&["record-outcome", "ann", "t2", "success"]);
    desk.text(&["record-outcome", "ann", "t3", "failure"]);
    let profile = desk.read("profiles.json")["ann"].clone();
    assert_eq!(
        (
            &profile["tasks_completed"],
            &profile["success_count"],
            &profile["success_rate"]
        ),
        (&json!(3), &json!(2), &json!(66.7))
    );
    assert_eq!(
        (
            &profile["quality_score"],
            &profile["avg_time_minutes"],
            &profile["cost_efficiency"]
        ),
        (&json!(8), &json!(15), &json!(60))
    );
    assert_eq!(
        (&profile["model"], &profile["role"]),
        (&json!("sonnet"), &json!("builder"))
    );
    assert_eq!(profile["task_history"].as_array().unwrap().len(), 3);
    assert_eq!(desk.events("recruit_outcome").len(), 3);
}

#[test]
fn an_outcome_resolves_the_match_of_its_task_and_no_other() {
    let desk = Desk::new();
    let first = desk.json(&["match", "Write tests for the parser"]);
    desk.json(&["match", "Deploy to prod"]);
    let recorded = desk.json(&["record-outcome", "ann", "Write tests for the parser", "success"]);
    assert_eq!(
        (&recorded["match_id"], &recorded["role"]),
        (&first["match_id"], &json!("tester"))
    );
    let outcomes: Vec<_> = desk
        .history()
        .into_iter()
        .map(|line| (line["agent_id"].clone(), line["outcome"].clone()))
        .collect();
    assert_eq!(outcomes, [(json!("ann"), json!("success")), (json!(""), json!(null))]);
    desk.text(&["record-outcome", "bob", "something else", "failure"]);
    assert_eq!(
        desk.history()[1]["outcome"],
        json!(null),
        "another task's failure is not charged to it"
    );
    assert_eq!(desk.read("role-usage.json")["tester"]["successes"], 1);
}

#[test]
fn an_outcome_may_name_its_match() {
    let desk = Desk::new();
    let id = desk.json(&["match", "Deploy to prod"])["match_id"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.text(&["record-outcome", "ann", "deployed", "failure", "--match", &id]);
    assert_eq!(desk.history()[0]["outcome"], "failure");
    assert!(
        desk.fails(&["record-outcome", "ann", "again", "failure", "--match", &id], 2)
            .contains("no open match")
    );
    assert_eq!(desk.read("meta-learning.json")["corrections"][0]["role"], "devops");
}

#[test]
fn an_ingest_counts_every_pipeline_once() {
    let desk = Desk::new();
    desk.log(&[
        completed("ann", 100, "success"),
        completed("ann", 90, "failure"),
        completed("bob", 80, "success"),
        completed("old", 30 * 86_400, "success"),
    ]);
    let text = desk.text(&["ingest-pipeline", "7"]);
    assert!(
        text.contains("Ingested 3 pipeline outcomes")
            && text.contains("Auto-running self-tune after ingesting 3 outcomes"),
        "{text}"
    );
    let before = desk.read("profiles.json");
    assert_eq!(
        (
            before["ann"]["tasks_completed"].clone(),
            before["ann"]["avg_time_minutes"].clone(),
            before["old"].clone()
        ),
        (json!(2), json!(2), json!(null))
    );
    assert_eq!(before["ann"]["quality_score"], 0, "nobody rated it");
    assert!(
        desk.text(&["ingest-pipeline", "7"])
            .contains("Ingested 0 pipeline outcomes")
    );
    assert_eq!(desk.read("profiles.json"), before);
    desk.log(&[completed("bob", 10, "success")]);
    assert_eq!(desk.json(&["ingest-pipeline"])["ingested"], 1);
    assert_eq!(desk.events("recruit_ingest").len(), 3);
}

#[test]
fn bad_lines_in_the_event_log_are_counted_and_blind_nobody() {
    let desk = Desk::new();
    let good = completed("ann", 5, "success");
    desk.log(&[
        "{\"type\":\"pipeline.completed\",\"ts_epoch\":007}\n".to_owned(),
        "not json\n".to_owned(),
        good,
    ]);
    let answer = desk.run(&["ingest-pipeline", "--json"]);
    let answer: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!((&answer["ingested"], &answer["unreadable"]), (&json!(1), &json!(1)));
}

#[test]
fn twenty_outcomes_evolve_by_themselves_and_an_ingested_agent_can_be_promoted() {
    let desk = Desk::new();
    let lines: Vec<String> = (0..20).map(|nth| completed("ann", 10 + nth, "success")).collect();
    desk.log(&lines);
    let text = desk.text(&["ingest-pipeline", "1"]);
    assert!(
        text.contains("Ingested 20 pipeline outcomes") && text.contains("Auto-running evolve (20 outcomes)"),
        "{text}"
    );
    assert!(
        desk.text(&["promote", "ann"])
            .contains("Recommend upgrading ann from sonnet to opus")
    );
}

#[test]
fn sixty_outcomes_come_out_of_a_log_of_two_thousand_lines_in_no_time() {
    let desk = Desk::new();
    let lines: Vec<String> = (0..2_060)
        .map(|nth| match nth % 34 {
            3 if nth / 34 < 60 => completed("ann", nth, if nth % 3 == 0 { "failure" } else { "success" }),
            _ => format!(
                "{{\"ts_epoch\":{},\"type\":\"stage.started\",\"stage\":\"build\"}}\n",
                now() - nth
            ),
        })
        .collect();
    desk.log(&lines);
    let start = std::time::Instant::now();
    assert_eq!(desk.json(&["ingest-pipeline", "7"])["ingested"], 60);
    assert!(start.elapsed().as_secs() < 20, "the reference takes 226 s");
}

#[test]
fn end_to_end_from_a_task_to_an_experienced_agent() {
    let desk = Desk::new();
    let task = "Fix critical authentication bypass vulnerability";
    let matched = desk.json(&["match", task]);
    assert_eq!(
        (&matched["primary_role"], &matched["model"]),
        (&json!("security-auditor"), &json!("opus"))
    );
    assert!(desk.json(&["team", task])["agents"].as_u64().unwrap() > 0);
    desk.log(&[
        completed("e2e-agent", 30, "success"),
        completed("e2e-agent", 20, "success"),
        completed("e2e-agent", 10, "success"),
    ]);
    desk.text(&["ingest-pipeline", "1"]);
    let mut profiles = desk.read("profiles.json");
    assert_eq!(profiles["e2e-agent"]["tasks_completed"], 3);
    profiles["e2e-agent"]["role"] = json!("security-auditor");
    desk.write("profiles.json", &profiles.to_string());
    assert!(
        desk.text(&["route", "security audit vulnerability scan"])
            .contains("e2e-agent")
    );
    desk.text(&["record-outcome", "e2e-agent", "one more", "success"]);
    assert_eq!(
        desk.read("profiles.json")["e2e-agent"]["role"],
        "security-auditor",
        "what somebody set stays"
    );
    assert!(desk.text(&["self-tune"]).contains("Self-tune"));
}

#[test]
fn twenty_processes_at_once_record_twenty_outcomes() {
    let desk = Desk::new();
    let running: Vec<_> = (0..20)
        .map(|nth| {
            let task = format!("task-{nth}");
            desk.command(&["record-outcome", "ann", &task, "success"])
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut process in running {
        assert!(process.wait().unwrap().success());
    }
    let profile = desk.read("profiles.json")["ann"].clone();
    assert_eq!(
        (
            &profile["tasks_completed"],
            profile["task_history"].as_array().unwrap().len()
        ),
        (&json!(20), 20)
    );
    assert_eq!(desk.read("role-usage.json")["builder"]["successes"], 20);
}
