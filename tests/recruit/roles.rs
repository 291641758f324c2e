//! Roles: the ten, new ones, and how the set changes.

use super::Desk;

#[test]
fn a_fresh_home_has_ten_roles_and_lists_each_on_a_line() {
    let desk = Desk::new();
    let text = desk.text(&["roles"]);
    assert!(text.contains("Available Agent Roles (10 total):"));
    let listed = text.lines().filter(|line| {
        line.split_once(": ")
            .is_some_and(|(key, _)| key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
    });
    assert_eq!(listed.count(), 10);
    for key in ["architect: Architect — ", "builder: Builder — "] {
        assert!(text.contains(key), "{text}");
    }
    assert!(
        text.contains("Model: opus | Cost: $2.5/task | Origin: builtin") && text.contains("Skills: system-design, ")
    );
    let stored = desk.read("roles.json");
    assert_eq!(stored.as_object().unwrap().len(), 10);
    assert_eq!(stored["architect"]["origin"], "builtin");
}

#[test]
fn a_role_made_by_hand_is_counted_and_listed() {
    let desk = Desk::new();
    let text = desk.text(&["create-role", "data-engineer", "Data Engineer", "Moves", "data"]);
    assert!(text.contains("Created role: data-engineer"));
    let stored = desk.read("roles.json");
    assert_eq!(stored.as_object().unwrap().len(), 11);
    let role = &stored["data-engineer"];
    assert_eq!(
        (&role["origin"], &role["title"], &role["description"]),
        (&"manual".into(), &"Data Engineer".into(), &"Moves data".into())
    );
    assert_eq!(
        (&role["recommended_model"], &role["estimated_cost_per_task_usd"]),
        (&"sonnet".into(), &serde_json::json!(1.5))
    );
    assert_eq!(role["required_skills"], serde_json::json!(["general"]));
    assert!(
        desk.text(&["roles"])
            .contains("data-engineer: Data Engineer — Moves data")
    );
    assert!(
        desk.text(&["stats"])
            .contains("Roles Defined: 11 (builtin: 10, custom: 1, invented: 0)")
    );
    let event = &desk.events("recruit_role_created")[0];
    assert_eq!(
        (&event["role"], &event["method"], &event["title"]),
        (&"data-engineer".into(), &"manual".into(), &"Data Engineer".into())
    );
}

#[test]
fn a_role_made_from_a_task_without_a_model_has_the_task_as_its_key() {
    let desk = Desk::new();
    let made = desk.json(&["create-role", "--auto", "Database migration planning"]);
    assert_eq!(made["key"], "custom-database-migration-planning");
    assert!(desk.read("roles.json").get("--auto").is_none());
    assert_eq!(
        desk.role_of("Database migration planning"),
        "custom-database-migration-planning"
    );
}

#[test]
fn built_in_roles_and_impossible_keys_are_refused() {
    let desk = Desk::new();
    assert!(
        desk.fails(&["create-role", "architect", "Mine"], 2)
            .contains("built-in")
    );
    assert!(desk.fails(&["create-role", "a b"], 2).contains("no role key"));
    assert!(desk.fails(&["create-role"], 2).contains("Usage"));
}

#[test]
fn evolve_looks_and_only_applies_when_told_to() {
    let desk = Desk::new();
    assert!(desk.text(&["evolve"]).contains("Not enough usage data"));
    desk.text(&["create-role", "wizard"]);
    let roles = desk.read("roles.json");
    let old = r#"{"wizard":{"matches":2,"successes":0,"failures":0,"last_used":"2020-01-01T00:00:00Z"},"builder":{"matches":20,"successes":3,"failures":5,"last_used":"2999-01-01T00:00:00Z"}}"#;
    desk.write("role-usage.json", old);
    let found = desk.json(&["evolve"]);
    assert_eq!(found["analysis"]["overloaded"], serde_json::json!(["builder"]));
    assert_eq!(found["analysis"]["struggling"], serde_json::json!(["builder"]));
    assert!(
        found["analysis"]["underused"]
            .as_array()
            .unwrap()
            .contains(&"wizard".into())
    );
    assert_eq!(desk.read("roles.json"), roles, "a plain run changes nothing");
    let event = desk.events("recruit_evolve").pop().unwrap();
    assert!(event["analysis"].as_str().unwrap().len() <= 100);

    let applied = desk.json(&["evolve", "--apply"]);
    assert!(applied["applied"]["retired"].get("wizard").is_some());
    assert!(desk.read("roles.json").get("wizard").is_none() && desk.read("roles.json").get("pm").is_some());
    desk.json(&["evolve", "--undo"]);
    assert_eq!(desk.read("roles.json"), roles);
    assert_eq!(desk.json(&["evolve", "--undo"])["undone"], serde_json::Value::Null);
}

#[test]
fn a_role_in_use_is_not_called_underused() {
    let desk = Desk::new();
    desk.text(&["match", "Build a new feature"]);
    assert_eq!(desk.json(&["evolve"])["analysis"]["underused"], serde_json::json!([]));
}

#[test]
fn invent_lists_what_no_role_fits() {
    let desk = Desk::new();
    assert!(desk.text(&["invent"]).contains("No unmatched patterns detected"));
    desk.text(&["match", "zzz qqq"]);
    desk.text(&["match", "Build a new feature"]);
    assert_eq!(desk.json(&["invent"])["tasks"], serde_json::json!(["zzz qqq"]));
}

#[test]
fn help_names_every_command_under_its_heading() {
    let desk = Desk::new();
    let text = desk.text(&["help"]);
    for part in [
        "v3.0.0",
        "CORE COMMANDS",
        "DYNAMIC ROLES",
        "FEEDBACK LOOP",
        "INTELLIGENCE",
        "AGI-LEVEL",
        "EXAMPLES",
        "ROLE CATALOG",
        "roles",
        "match",
        "team",
        "route",
        "create-role",
        "record-outcome",
        "ingest-pipeline",
        "evaluate",
        "profiles",
        "specializations",
        "promote",
        "onboard",
        "mind",
        "decompose",
        "evolve",
        "invent",
        "self-tune",
        "reflect",
        "audit",
        "stats",
    ] {
        assert!(text.contains(part), "{part}");
    }
    assert_eq!(desk.text(&[]), text);
    assert!(desk.text(&["--help"]).contains("Usage"));
}
