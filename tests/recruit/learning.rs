//! `self-tune`, `reflect`, `audit`: learning, and doubting what was learned.

use serde_json::json;

use super::Desk;

fn history(desk: &Desk, records: &[(&str, &str, Option<&str>)]) {
    let lines: String = records
        .iter()
        .enumerate()
        .map(|(nth, (task, role, outcome))| {
            json!({"ts": "t", "ts_epoch": nth, "match_id": format!("match-{nth}-1"), "task": task, "role": role, "method": "keyword", "confidence": 0.5, "agent_id": "ann", "outcome": outcome}).to_string() + "\n"
        })
        .collect();
    desk.write("match-history.jsonl", &lines);
}

#[test]
fn matches_without_an_outcome_teach_nothing() {
    let desk = Desk::new();
    history(&desk, &[("critical security thing", "builder", None); 10]);
    let tuned = desk.json(&["self-tune"]);
    assert_eq!(
        (&tuned["keywords_updated"], &tuned["total_matches"]),
        (&json!(0), &json!(10))
    );
    assert_eq!(desk.read("heuristics.json")["keyword_weights"], json!({}));
    assert_eq!(desk.role_of("critical security thing"), "security-auditor");
}

#[test]
fn successes_teach_words_that_then_decide() {
    let desk = Desk::new();
    let tasks: Vec<String> = (0..10).map(|nth| format!("zebra crossing {nth}")).collect();
    let records: Vec<_> = tasks
        .iter()
        .map(|task| (task.as_str(), "pm", Some("success")))
        .collect();
    history(&desk, &records);
    assert_eq!(desk.role_of("another zebra"), "builder");
    let text = desk.text(&["self-tune"]);
    assert!(
        text.contains("Self-tuned 2 keyword→role mappings") && text.contains("zebra → pm (5)"),
        "{text}"
    );
    let learned = &desk.read("heuristics.json")["keyword_weights"]["zebra"];
    assert_eq!(
        (&learned["role"], &learned["weight"], &learned["source"]),
        (&json!("pm"), &json!(5), &json!("self-tuned"))
    );
    assert_eq!(desk.role_of("another zebra"), "pm");
    assert_eq!(desk.events("recruit_self_tune").len(), 1);
}

#[test]
fn accuracy_is_a_share_of_what_is_known() {
    let desk = Desk::new();
    assert!(desk.text(&["reflect"]).contains("No match history to reflect on"));
    history(
        &desk,
        &[
            ("a", "pm", None),
            ("b", "pm", Some("success")),
            ("c", "pm", Some("failure")),
            ("d", "pm", Some("failure")),
        ],
    );
    let text = desk.text(&["reflect"]);
    assert!(
        text.contains("Matching Accuracy: 33.3% (4 matches, 0 corrections)") && text.contains("Resolved: 3 of 4"),
        "{text}"
    );
    assert_eq!(desk.read("meta-learning.json")["accuracy_trend"][0]["accuracy"], 33.3);
    assert_eq!(desk.events("recruit_reflect")[1]["accuracy"], 33.3);
}

#[test]
fn more_failures_than_matches_do_not_make_accuracy_negative() {
    let desk = Desk::new();
    desk.text(&["match", "Build it"]);
    for _ in 0..3 {
        desk.text(&["record-outcome", "ann", "Build it", "failure"]);
    }
    let found = desk.json(&["reflect"]);
    assert_eq!((&found["accuracy"], &found["corrections"]), (&json!(0), &json!(1)));
}

#[test]
fn a_decline_below_the_floor_goes_back_to_the_words_before() {
    let desk = Desk::new();
    desk.text(&["stats"]);
    let points: Vec<_> = [90, 85, 80, 60, 50, 45]
        .iter()
        .map(|accuracy| json!({"accuracy": accuracy, "ts": "t"}))
        .collect();
    desk.write(
        "meta-learning.json",
        &json!({"corrections": [], "accuracy_trend": points, "last_reflection": "never"}).to_string(),
    );
    desk.write("heuristics.json", r#"{"keyword_weights":{"bad":{"role":"pm","weight":5,"source":"self-tuned"}},"match_accuracy":[],"last_tuned":"t","snapshots":[{"ts":"t","keyword_weights":{"good":{"role":"tester","weight":5,"source":"self-tuned"}}}]}"#);
    let text = desk.text(&["reflect"]);
    assert!(text.contains("META-LOOP: Accuracy DECLINING"), "{text}");
    let heuristics = desk.read("heuristics.json");
    assert_eq!(
        (
            heuristics["keyword_weights"].get("bad"),
            heuristics["keyword_weights"]["good"]["role"].as_str()
        ),
        (None, Some("tester"))
    );
    assert_eq!(heuristics["revert_reason"], "accuracy_below_floor");
    let event = &desk.events("recruit_meta_revert")[0];
    assert_eq!((&event["accuracy"], &event["floor"]), (&json!(45), &json!(50)));
}

#[test]
fn twenty_corrections_reflect_by_themselves_once() {
    let desk = Desk::new();
    let tasks: Vec<String> = (0..21).map(|nth| format!("task {nth}")).collect();
    let records: Vec<_> = tasks.iter().map(|task| (task.as_str(), "builder", None)).collect();
    history(&desk, &records);
    for task in &tasks {
        desk.text(&["record-outcome", "ann", task, "failure"]);
    }
    assert_eq!(desk.events("recruit_reflect").len(), 1);
}

#[test]
fn an_audit_scores_five_sections_and_remembers() {
    let desk = Desk::new();
    let text = desk.text(&["audit"]);
    for part in [
        "DATA STORES",
        "FEEDBACK LOOPS",
        "INTEGRATION WIRING",
        "POLICY GOVERNANCE",
        "AUTOMATION TRIGGERS",
        "AUDIT SCORE: 100% (",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let answer = desk.json(&["audit"]);
    assert!(answer["total"].as_u64().unwrap() >= 30);
    assert_eq!(
        desk.read("meta-learning.json")["audit_trend"].as_array().unwrap().len(),
        2
    );
    desk.write("match-history.jsonl", "{\"task\":\"no id\"}\nnot json\n");
    for store in ["agent-minds.json", "talent.json"] {
        desk.write(store, "oops");
    }
    let done = desk.run(&["audit"]);
    assert_eq!(done.code, 1);
    assert!(
        done.stdout.contains("NEGATIVE COMPOUND:")
            && done.stdout.contains("Failures:")
            && done.stderr.contains("checks failed"),
        "{done:?}"
    );
    assert_eq!(
        (
            desk.events("recruit_audit").len(),
            desk.events("recruit_audit_decline").len()
        ),
        (3, 1)
    );
}
