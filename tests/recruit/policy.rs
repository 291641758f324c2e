//! Each of the eleven keys changes what happens.

use serde_json::{Value, json};

use super::Desk;

fn desk(key: &str, value: impl Into<Value>) -> Desk {
    let value: Value = value.into();
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("work/config")).unwrap();
    let policy = json!({"recruit": {key: value}, "other": {}});
    std::fs::write(desk.path("work/config/policy.json"), policy.to_string()).unwrap();
    desk
}

fn give(desk: &Desk, successes: usize, failures: usize) {
    for nth in 0..successes + failures {
        desk.text(&[
            "record-outcome",
            "ann",
            &nth.to_string(),
            if nth < successes { "success" } else { "failure" },
        ]);
    }
}

#[test]
fn match_confidence_threshold_says_what_is_a_guess() {
    let task = ["match", "Add a button"];
    assert_eq!(Desk::new().json(&task)["uncertain"], false);
    let strict = desk("match_confidence_threshold", json!(0.99));
    assert_eq!(strict.json(&task)["uncertain"], true);
    assert_eq!(strict.json(&["invent"])["tasks"], json!(["Add a button"]));
}

#[test]
fn max_match_history_size_cuts_the_history() {
    let desk = desk("max_match_history_size", json!(6));
    for nth in 0..9 {
        desk.text(&["match", &nth.to_string()]);
    }
    assert_eq!(desk.history().len(), 6);
}

#[test]
fn meta_learning_accuracy_floor_warns() {
    let points: Vec<_> = [70, 70, 70]
        .iter()
        .map(|accuracy| json!({"accuracy": accuracy, "ts": "t"}))
        .collect();
    let meta = json!({"corrections": [], "accuracy_trend": points, "last_reflection": "never"}).to_string();
    for (floor, trend) in [(60, "quiet"), (80, "low")] {
        let desk = desk("meta_learning_accuracy_floor", json!(floor));
        desk.write("meta-learning.json", &meta);
        assert_eq!(desk.json(&["reflect"])["trend"], trend);
    }
}

#[test]
fn default_model_is_what_nobody_chose() {
    let desk = desk("default_model", json!("haiku"));
    desk.text(&["create-role", "x"]);
    give(&desk, 1, 0);
    assert_eq!(
        (
            &desk.read("roles.json")["x"]["recommended_model"],
            &desk.read("profiles.json")["ann"]["model"]
        ),
        (&json!("haiku"), &json!("haiku"))
    );
}

#[test]
fn self_tune_min_matches_waits() {
    for (least, refused) in [(2, false), (50, true)] {
        let desk = desk("self_tune_min_matches", json!(least));
        for nth in 0..3 {
            let task = format!("zebra {nth}");
            desk.text(&["match", &task]);
            desk.text(&["record-outcome", "ann", &task, "success"]);
        }
        assert_eq!(desk.json(&["self-tune"])["refused"].is_string(), refused, "{least}");
    }
}

#[test]
fn self_tune_min_success_rate_leaves_weak_roles_out() {
    for (least, learned) in [(40, true), (90, false)] {
        let desk = desk("self_tune_min_success_rate", json!(least));
        for (task, outcome) in [
            ("zebra one", "success"),
            ("zebra two", "success"),
            ("tiger", "failure"),
            ("lion", "failure"),
        ] {
            desk.text(&["match", task]);
            desk.text(&["record-outcome", "ann", task, outcome]);
        }
        desk.text(&["match", "fifth"]);
        desk.text(&["self-tune"]);
        assert_eq!(
            desk.read("heuristics.json")["keyword_weights"].get("zebra").is_some(),
            learned,
            "{least}"
        );
    }
}

#[test]
fn promote_thresholds_decide_who_moves() {
    let moved = |desk: &Desk| !desk.json(&["promote", "ann"])["to"].is_null();
    let early = desk("promote_threshold_tasks", json!(2));
    give(&early, 2, 0);
    let late = desk("promote_threshold_tasks", json!(3));
    give(&late, 2, 0);
    assert_eq!((moved(&early), moved(&late)), (true, false));
    let easy = desk("promote_threshold_success_rate", json!(70));
    give(&easy, 8, 2);
    let hard = desk("promote_threshold_success_rate", json!(81));
    give(&hard, 8, 2);
    assert_eq!((moved(&easy), moved(&hard)), (true, false));
}

#[test]
fn auto_evolve_after_outcomes_sets_the_moment() {
    for (after, evolved) in [(2, true), (3, false)] {
        let desk = desk("auto_evolve_after_outcomes", json!(after));
        desk.log(&[
            super::completed("ann", 9, "success"),
            super::completed("ann", 5, "success"),
        ]);
        assert_eq!(
            desk.json(&["ingest-pipeline"])["evolve"].is_object(),
            evolved,
            "{after}"
        );
    }
}

#[test]
fn max_profile_task_history_cuts_the_profile() {
    let desk = desk("max_profile_task_history", json!(2));
    give(&desk, 4, 0);
    let profile = desk.read("profiles.json")["ann"].clone();
    assert_eq!(
        (
            profile["task_history"].as_array().unwrap().len(),
            &profile["tasks_completed"]
        ),
        (2, &json!(4))
    );
}

#[test]
fn a_key_that_does_not_exist_is_an_error_that_names_it() {
    let said = desk("promote_treshold_tasks", json!(3)).fails(&["stats"], 2);
    assert!(said.contains("unknown key recruit.promote_treshold_tasks"), "{said}");
}

#[test]
fn a_repository_cannot_name_a_command_to_run() {
    let desk = desk("llm_command", json!("touch owned"));
    let said = desk.fails(&["match", "x"], 2);
    assert!(
        said.contains("llm_command may only be set in the user's own policy"),
        "{said}"
    );
    assert!(!desk.path("work/owned").exists());
}
