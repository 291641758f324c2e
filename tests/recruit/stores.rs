//! The reference's files are read as they are, and whatever they hold stays in them.

use serde_json::{Value, json};

use super::Desk;

/// The ten files in the shape the reference writes.
const FILES: [(&str, &str); 10] = [
    (
        "roles.json",
        r#"{"architect":{"title":"Architect","description":"d","required_skills":["system-design"],"recommended_model":"opus","context_needs":["c"],"success_metrics":["m"],"estimated_cost_per_task_usd":2.5,"origin":"builtin","created_at":"2025-01-01T00:00:00Z"},"builder":{"title":"Builder","description":"d","required_skills":["coding"],"recommended_model":"sonnet","context_needs":[],"success_metrics":[],"estimated_cost_per_task_usd":1.5,"origin":"builtin","created_at":"2025-01-01T00:00:00Z","seen_by":"a later version"},"zoo-keeper":{"title":"Zoo Keeper","description":"Feeds","required_skills":["feeding"],"recommended_model":"haiku","estimated_cost_per_task_usd":1,"origin":"invented","created_at":"2026-01-01T00:00:00Z","trigger_keywords":["giraffe"]}}"#,
    ),
    (
        "profiles.json",
        r#"{"ann":{"tasks_completed":3,"success_count":2,"success_rate":66.7,"avg_time_minutes":10,"quality_score":5,"cost_efficiency":60,"total_time_minutes":30,"total_quality":15,"model":"sonnet","role":"builder","task_history":[{"ts":"2026-01-01T00:00:00Z","task":"t","outcome":"success","quality":5,"duration":10}],"last_updated":"2026-01-01T00:00:00Z","nickname":"annie"}}"#,
    ),
    ("talent.json", "[]"),
    ("onboarding.json", r##"{"1700000000":"# Onboarding"}"##),
    (
        "match-history.jsonl",
        "{\"ts\":\"2026-01-01T00:00:00Z\",\"ts_epoch\":1767225600,\"match_id\":\"match-1767225600-7\",\"task\":\"feed\",\"role\":\"zoo-keeper\",\"method\":\"keyword\",\"confidence\":0.5,\"agent_id\":\"ann\",\"outcome\":null,\"more\":1}\n",
    ),
    (
        "role-usage.json",
        r#"{"builder":{"matches":4,"successes":2,"failures":1,"last_used":"2026-01-01T00:00:00Z"}}"#,
    ),
    (
        "heuristics.json",
        r#"{"keyword_weights":{"giraffe":{"role":"zoo-keeper","weight":10,"source":"invented"},"bare":3},"match_accuracy":[],"last_tuned":"2026-01-01T00:00:00Z"}"#,
    ),
    (
        "agent-minds.json",
        r#"{"ann":{"working_style":"quiet","strengths":["x"],"weaknesses":[],"ideal_task_type":"y","onboarding_preference":"example-driven","updated":"2026-01-01T00:00:00Z","collaboration_style":"pairs"}}"#,
    ),
    (
        "invented-roles.jsonl",
        "{\"key\":\"zoo-keeper\",\"title\":\"Zoo Keeper\"}\n",
    ),
    (
        "meta-learning.json",
        r#"{"corrections":[{"ts":"t","agent":"ann","role":"builder","method":"keyword","outcome":"failure"}],"accuracy_trend":[{"accuracy":90,"ts":"t"}],"last_reflection":"never","audit_trend":[{"score":90,"ts":"t","failures":3}]}"#,
    ),
];

fn desk() -> Desk {
    let desk = Desk::new();
    for (file, content) in FILES {
        desk.write(file, content);
    }
    desk
}

#[test]
fn the_reference_s_stores_are_understood() {
    let desk = desk();
    assert_eq!(
        desk.json(&["roles"])["count"],
        3,
        "roles somebody arranged stay as they are"
    );
    assert_eq!(desk.role_of("the giraffe is hungry"), "zoo-keeper");
    let stats = desk.json(&["stats"]);
    assert_eq!(
        (
            &stats["match_history"],
            &stats["learned_keywords"],
            &stats["corrections"],
            &stats["invented"]
        ),
        (&json!(2), &json!(1), &json!(1), &json!(1))
    );
    assert!(
        desk.text(&["onboard", "builder", "ann"])
            .contains("Onboarding Style: example-driven")
    );
    assert!(desk.text(&["evaluate", "ann"]).contains("Success Rate: 66.7%"));
}

#[test]
fn unknown_fields_survive_every_kind_of_change() {
    let desk = desk();
    desk.text(&["record-outcome", "ann", "feed", "success", "9"]);
    desk.text(&["create-role", "other"]);
    desk.text(&["self-tune"]);
    desk.text(&["reflect"]);
    let profile = desk.read("profiles.json")["ann"].clone();
    assert_eq!(
        (
            &profile["nickname"],
            &profile["tasks_completed"],
            &profile["quality_score"]
        ),
        (&json!("annie"), &json!(4), &json!(6))
    );
    assert_eq!(desk.read("roles.json")["builder"]["seen_by"], "a later version");
    assert_eq!(desk.read("heuristics.json")["keyword_weights"]["bare"], 3);
    assert_eq!(desk.read("agent-minds.json")["ann"]["collaboration_style"], "pairs");
    let line = desk.history().remove(0);
    assert_eq!((&line["outcome"], &line["more"]), (&json!("success"), &json!(1)));
}

#[test]
fn a_damaged_store_is_named_kept_and_mended() {
    let desk = desk();
    desk.text(&["record-outcome", "ann", "t", "success"]);
    desk.text(&["record-outcome", "ann", "t", "success"]);
    let damaged = "{\"ann\": \u{0}";
    desk.write("profiles.json", damaged);
    let said = desk.fails(&["record-outcome", "ann", "t", "success"], 2);
    assert!(
        said.contains("profiles.json is damaged") && said.contains("audit --repair"),
        "{said}"
    );
    assert_eq!(
        std::fs::read_to_string(desk.store("profiles.json")).unwrap(),
        damaged,
        "nothing was lost meanwhile"
    );
    let audit = desk.run(&["audit", "--json"]);
    assert_eq!(audit.code, 1);
    let audit: Value = serde_json::from_str(&audit.stdout).unwrap();
    assert_eq!(audit["failed"], 1);
    let mended = desk.json(&["audit", "--repair"]);
    assert_eq!(
        (&mended["failed"], mended["repaired"].as_array().unwrap().len()),
        (&json!(0), 1)
    );
    assert_eq!(
        desk.read("profiles.json")["ann"]["tasks_completed"],
        4,
        "the version before the last change"
    );
    desk.text(&["record-outcome", "ann", "t", "success"]);
}

#[test]
fn a_bad_line_of_the_history_costs_one_line() {
    let desk = desk();
    let path = desk.store("match-history.jsonl");
    let before = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, before + "{\"task\": oops\n{\"torn\": ").unwrap();
    desk.text(&["match", "zzz qqq"]);
    assert_eq!(desk.json(&["invent"])["tasks"], json!(["zzz qqq"]));
    let stats = desk.json(&["stats"]);
    assert_eq!(
        (&stats["match_history"], &stats["unreadable_history_lines"]),
        (&json!(2), &json!(2))
    );
    desk.json(&["audit", "--repair"]);
    assert_eq!(desk.history().len(), 2);
}

#[test]
fn files_that_grow_are_bounded() {
    let desk = Desk::new();
    let many: Vec<String> = (0..5_010)
        .map(|nth| format!("{{\"match_id\":\"m{nth}\",\"task\":\"t\"}}\n"))
        .collect();
    desk.write("match-history.jsonl", &many.concat());
    let documents: serde_json::Map<String, Value> = (0..150)
        .map(|nth| ((1_600_000_000 + nth).to_string(), json!("x")))
        .collect();
    desk.write("onboarding.json", &Value::Object(documents).to_string());
    desk.text(&["match", "x"]);
    desk.text(&["onboard"]);
    assert_eq!(desk.history().len(), 5_000);
    assert_eq!(desk.read("onboarding.json").as_object().unwrap().len(), 100);
}
