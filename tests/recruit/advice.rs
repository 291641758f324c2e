//! `match`, `team`, `route`, `decompose`.

use serde_json::json;

use super::Desk;

#[track_caller]
fn check(task: &str, role: &str) {
    assert_eq!(Desk::new().role_of(task), role, "{task}");
}

#[test]
fn tasks_the_reference_knows_go_where_it_sends_them() {
    check("Build new feature", "builder");
    check("Design system architecture", "architect");
    check("Security vulnerability audit", "security-auditor");
    check("Make the login faster and reduce latency", "optimizer");
    check("Set up docker kubernetes deployment", "devops");
    check("Critical outage in production", "incident-responder");
    check("Fix critical authentication bypass vulnerability", "security-auditor");
    check("security audit vulnerability scan", "security-auditor");
}

#[test]
fn tasks_the_reference_sends_astray_find_their_role() {
    check("Security hardening", "security-auditor");
    check("Deploy to prod", "devops");
    check("TESTING STRATEGY", "tester");
    check("Update user profile page", "builder");
    check("latest contest", "builder");
    check("Fix critical security vulnerability in code review", "security-auditor");
}

#[test]
fn the_answer_in_text_says_how_it_was_found() {
    let text = Desk::new().text(&["match", "Write unit tests for the parser"]);
    for part in [
        "Recommended role: tester",
        "(confidence: ",
        "%, method: keyword)",
        "decided by: ",
        "Model: sonnet",
        "Skills: testing",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn confidence_grows_with_evidence() {
    let desk = Desk::new();
    let confidence = |task: &str| desk.json(&["match", task])["confidence"].as_f64().unwrap();
    let (none, some, much) = (
        confidence("zzz"),
        confidence("Encrypt the cookies"),
        confidence("Fix the XSS vulnerability and the leaked secrets"),
    );
    assert!(
        none < some && some < much && much > 0.9 && none < 0.3,
        "{none} {some} {much}"
    );
}

#[test]
fn other_roles_are_a_list_without_the_first_and_without_repeats() {
    let desk = Desk::new();
    for task in [
        "Review the test coverage of the deployment pipeline",
        "build build build",
        "Plan the security audit of the docs",
    ] {
        let answer = desk.json(&["match", task]);
        let mut others: Vec<&str> = answer["secondary_roles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|role| role.as_str().unwrap())
            .collect();
        assert!(!others.contains(&answer["primary_role"].as_str().unwrap()), "{answer}");
        let count = others.len();
        others.sort_unstable();
        others.dedup();
        assert!(
            others.len() == count && others.iter().all(|role| !role.contains(',')),
            "{answer}"
        );
    }
}

#[test]
fn a_match_is_remembered_and_counted() {
    let desk = Desk::new();
    let answer = desk.json(&["match", "Deploy it", "--agent", "ann"]);
    let line = desk.history().pop().unwrap();
    let raw = std::fs::read_to_string(desk.store("match-history.jsonl")).unwrap();
    let keys = [
        "ts",
        "ts_epoch",
        "match_id",
        "task",
        "role",
        "method",
        "confidence",
        "agent_id",
        "outcome",
    ];
    let places: Vec<usize> = keys
        .iter()
        .map(|key| raw.find(&format!("\"{key}\":")).unwrap())
        .collect();
    assert!(
        places.is_sorted() && places[0] == 1,
        "the order of the reference: {raw}"
    );
    assert_eq!(
        (&line["task"], &line["role"], &line["agent_id"], &line["outcome"]),
        (&"Deploy it".into(), &"devops".into(), &"ann".into(), &json!(null))
    );
    assert!(line["match_id"] == answer["match_id"] && line["match_id"].as_str().unwrap().starts_with("match-"));
    assert_eq!(desk.read("role-usage.json")["devops"]["matches"], 1);
}

#[test]
fn a_team_has_its_core_and_the_specialists_called_for() {
    let desk = Desk::new();
    let text = desk.text(&["team", "Add a settings page"]);
    assert!(
        text.contains("Recommended Team (3 members, via heuristic):") && text.contains("• builder (sonnet) — Builder")
    );
    assert!(text.trim_end().ends_with("Estimated Team Cost: $3.90/task"), "{text}");
    let team = desk.json(&["team", "Fix the security of the login"]);
    assert!(team["team"].as_array().unwrap().contains(&"security-auditor".into()));
    assert_eq!(
        (&team["model"], &team["template"], &team["method"]),
        (&"opus".into(), &"careful".into(), &"heuristic".into())
    );
    assert!(team["max_iterations"].as_u64().unwrap() >= 15 && team["estimated_cost"].as_f64().unwrap() > 0.0);
    assert_eq!(
        team["agents"].as_u64(),
        team["team"].as_array().map(|team| team.len() as u64)
    );
    assert_eq!(desk.events("recruit_team").len(), 2);
}

#[test]
fn route_finds_whoever_did_it_best() {
    let desk = Desk::new();
    assert!(
        desk.text(&["route", "Build a new authentication feature"])
            .contains("no experienced agent for the builder role")
    );
    for nth in 1..=3 {
        desk.text(&["record-outcome", "ann", &format!("task-{nth}"), "success"]);
    }
    let text = desk.text(&["route", "Build a new authentication feature"]);
    assert!(
        text.contains("Smart routing for: ") && text.contains("Best agent: ann (100% success over 3 tasks)"),
        "{text}"
    );
    assert!(desk.history().is_empty(), "routing is not matching");
}

#[test]
fn route_finds_agents_of_every_role() {
    let desk = Desk::new();
    for task in ["Deploy the api", "Deploy the website", "Deploy the worker"] {
        desk.text(&["match", task, "--agent", "dora"]);
        desk.text(&["record-outcome", "dora", task, "success"]);
    }
    assert_eq!(
        desk.json(&["route", "Deploy to kubernetes"])["agent"]["agent_id"],
        "dora"
    );
    assert_eq!(desk.read("profiles.json")["dora"]["role"], "devops");
}

#[test]
fn a_goal_falls_into_steps_with_roles() {
    let desk = Desk::new();
    let plan = desk.json(&["decompose", "Let users export invoices"]);
    let roles: Vec<&str> = plan["sub_tasks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["architect", "builder", "tester", "reviewer", "docs-writer"]);
    assert!(plan["total_estimated_time_min"].as_u64().unwrap() > 0 && plan["risk_assessment"].is_string());
    assert!(
        desk.text(&["decompose", "Let users export invoices"])
            .contains("  2. Implement: Let users export invoices")
    );
    assert_eq!(desk.events("recruit_decompose").len(), 2);
}

#[test]
fn words_may_come_without_quotes_and_titles_with_a_dash() {
    let desk = Desk::new();
    assert_eq!(desk.json(&["match", "Deploy", "to", "prod"])["primary_role"], "devops");
    for arguments in [
        ["--json", "match", "- fix the XSS"],
        ["match", "--json", "- fix the XSS"],
        ["match", "- fix the XSS", "--json"],
    ] {
        assert!(
            desk.text(&arguments).contains("\"primary_role\": \"security-auditor\""),
            "{arguments:?}"
        );
    }
}
