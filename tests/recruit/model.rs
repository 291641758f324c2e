//! A language model is asked when there is one, believed when its answer fits, and never needed.

use std::time::Instant;

use serde_json::{Value, json};

use super::{Desk, done};

/// A desk whose model is a shell script; every call leaves a line in `calls`.
fn desk(script: &str, more: &Value) -> Desk {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("home")).unwrap();
    let calls = desk.path("calls");
    std::fs::write(
        desk.path("model.sh"),
        format!("echo \"$1\" >> {}\n{script}\n", calls.display()),
    )
    .unwrap();
    let mut section = json!({"llm_command": ["/bin/sh", desk.path("model.sh"), "{model}"]});
    section
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().cloned().unwrap_or_default());
    std::fs::write(desk.path("home/policy.json"), json!({"recruit": section}).to_string()).unwrap();
    desk
}

fn answers(answer: &Value) -> Desk {
    desk(
        &format!("cat > /dev/null\necho 'Here you are:'\necho '```json'\necho '{answer}'\necho '```'"),
        &json!({}),
    )
}

#[track_caller]
fn ask(desk: &Desk, arguments: &[&str]) -> Value {
    let done = done(
        desk.command(arguments)
            .arg("--json")
            .env_remove("SW_RECRUIT_NO_LLM")
            .output()
            .unwrap(),
    );
    assert_eq!(done.code, 0, "{done:?}");
    serde_json::from_str(&done.stdout).unwrap()
}

fn calls(desk: &Desk) -> usize {
    std::fs::read_to_string(desk.path("calls"))
        .unwrap_or_default()
        .lines()
        .count()
}

#[test]
fn an_answer_that_fits_is_taken() {
    let desk = answers(
        &json!({"primary_role": "pm", "secondary_roles": ["tester", "wizard", "pm"], "confidence": 0.9, "reasoning": "because"}),
    );
    let answer = ask(&desk, &["match", "Deploy to prod"]);
    assert_eq!(
        (&answer["primary_role"], &answer["method"], &answer["confidence"]),
        (&json!("pm"), &json!("llm"), &json!(0.9))
    );
    assert_eq!(
        (&answer["secondary_roles"], &answer["model"]),
        (&json!(["tester"]), &json!("sonnet"))
    );
    assert_eq!(desk.history()[0]["method"], "llm");
}

#[test]
fn an_answer_that_does_not_fit_is_no_answer() {
    for answer in [
        json!({"primary_role": "wizard"}),
        json!({"primary_role": "pm", "confidence": 12}),
        json!({"team": ["pm"]}),
        json!([1]),
    ] {
        let answer = ask(&answers(&answer), &["match", "Deploy to prod"]);
        assert_eq!(
            (&answer["primary_role"], &answer["method"]),
            (&json!("devops"), &json!("keyword"))
        );
    }
}

#[test]
fn a_model_that_fails_or_is_missing_is_done_without() {
    for script in [
        "exit 3",
        "echo nonsense",
        "echo '{\"primary_role\":\"pm\"}'; exit 1",
        "kill -9 $$",
    ] {
        assert_eq!(
            ask(&desk(script, &json!({})), &["match", "Deploy to prod"])["method"],
            "keyword",
            "{script}"
        );
    }
    let none = desk("", &json!({"llm_command": ["no-such-program-anywhere"]}));
    assert_eq!(ask(&none, &["match", "Deploy to prod"])["method"], "keyword");
}

#[test]
fn silence_means_no_call_at_all() {
    let desk = answers(&json!({"primary_role": "pm"}));
    assert_eq!(desk.json(&["match", "Deploy to prod"])["method"], "keyword");
    assert_eq!(calls(&desk), 0);
}

#[test]
fn the_time_limit_is_kept() {
    let desk = desk("exec sleep 30", &json!({"llm_timeout_seconds": 1}));
    let start = Instant::now();
    assert_eq!(ask(&desk, &["match", "Deploy to prod"])["primary_role"], "devops");
    assert!(start.elapsed().as_secs() < 20);
}

#[test]
fn an_answer_is_kept_for_its_own_question_and_model() {
    let desk = answers(&json!({"primary_role": "pm", "team": ["pm"]}));
    ask(&desk, &["match", "one task"]);
    ask(&desk, &["match", "one task"]);
    assert_eq!(calls(&desk), 1);
    ask(&desk, &["match", "another task"]);
    assert_eq!(calls(&desk), 2);
    ask(&desk, &["team", "one task"]);
    assert_eq!(calls(&desk), 3);
    let policy = std::fs::read_to_string(desk.path("home/policy.json")).unwrap();
    let mut policy: Value = serde_json::from_str(&policy).unwrap();
    policy["recruit"]["default_model"] = json!("opus");
    std::fs::write(desk.path("home/policy.json"), policy.to_string()).unwrap();
    ask(&desk, &["match", "one task"]);
    assert_eq!(calls(&desk), 4);
    let models = std::fs::read_to_string(desk.path("calls")).unwrap();
    assert!(models.contains("sonnet") && models.ends_with("opus\n"), "{models}");
}

#[test]
fn a_team_from_a_model_has_only_roles_that_exist() {
    let team = ask(
        &answers(&json!({"team": ["architect", "wizard", "tester"], "reasoning": "small"})),
        &["team", "Deploy to prod"],
    );
    assert_eq!(
        (&team["team"], &team["method"], &team["estimated_cost"]),
        (&json!(["architect", "tester"]), &json!("ai"), &json!(3.7))
    );
}

#[test]
fn roles_can_come_from_a_model() {
    let role = json!({"key": "Zoo Keeper", "title": "Zoo Keeper", "description": "Feeds", "required_skills": ["feeding"], "trigger_keywords": ["giraffe"], "recommended_model": "haiku", "estimated_cost_per_task_usd": 0.5});
    let desk = answers(&role);
    assert_eq!(
        ask(&desk, &["create-role", "--auto", "feed the giraffe"])["method"],
        "ai"
    );
    assert_eq!(desk.read("roles.json")["zoo-keeper"]["origin"], "ai-generated");
    assert_eq!(
        Desk::lines(&desk.store("invented-roles.jsonl"))[0]["trigger"],
        "feed the giraffe"
    );
    assert_eq!(desk.role_of("Where is the giraffe"), "zoo-keeper");

    let desk = answers(&json!({"roles": [role]}));
    desk.text(&["match", "zzz qqq"]);
    assert_eq!(ask(&desk, &["invent"])["invented"], json!(["zoo-keeper"]));
    assert_eq!(desk.read("heuristics.json")["keyword_weights"]["giraffe"]["weight"], 10);
    assert_eq!(desk.events("recruit_role_invented").len(), 1);
}

#[test]
fn a_plan_and_a_mind_can_come_from_a_model() {
    let desk = answers(
        &json!({"sub_tasks": [{"task": "look", "role": "pm", "priority": "high", "depends_on": []}], "capability_gaps": ["none"], "working_style": "careful", "onboarding_preference": "detailed-specs"}),
    );
    let plan = ask(&desk, &["decompose", "goal"]);
    assert_eq!(
        (&plan["method"], plan["sub_tasks"].as_array().unwrap().len()),
        (&json!("ai"), 1)
    );
    for nth in 0..5 {
        desk.text(&["record-outcome", "ann", &nth.to_string(), "success"]);
    }
    assert_eq!(ask(&desk, &["mind", "ann"])["working_style"], "careful");
}
