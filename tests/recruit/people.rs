//! `evaluate`, `profiles`, `promote`, `specializations`, `onboard`, `mind`, `stats`.

use serde_json::json;

use super::Desk;

fn give(desk: &Desk, agent: &str, successes: usize, failures: usize) {
    for nth in 0..successes + failures {
        let outcome = if nth < successes { "success" } else { "failure" };
        desk.text(&["record-outcome", agent, &format!("{agent}-{nth}"), outcome, "9", "20"]);
    }
}

#[test]
fn without_a_record_there_is_nothing_to_say() {
    let desk = Desk::new();
    assert!(
        desk.text(&["profiles"])
            .contains("No performance profiles recorded yet")
    );
    assert!(desk.text(&["evaluate", "ann"]).contains("No evaluation history"));
    assert!(desk.text(&["mind"]).contains("No agent mind profiles yet"));
    assert!(desk.fails(&["promote", "ann"], 1).contains("no profile for ann"));
    assert!(desk.fails(&["mind", "ann"], 1).contains("no profile for ann"));
}

#[test]
fn an_agent_is_evaluated_against_fixed_marks_first_and_the_others_later() {
    let desk = Desk::new();
    give(&desk, "ann", 2, 1);
    let text = desk.text(&["evaluate", "ann"]);
    for part in [
        "Performance Metrics:",
        "Success Rate: 66.7%",
        "Avg Time: 20 min",
        "Quality Score: 9/10",
        "Cost Efficiency: 60%",
        "Tasks Completed: 3",
        "below the threshold",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("Population thresholds"));
    give(&desk, "bob", 1, 0);
    give(&desk, "cid", 1, 0);
    assert!(
        desk.text(&["evaluate", "bob"])
            .contains("Population thresholds (3 agents)")
    );
    assert_eq!(desk.json(&["evaluate", "bob"])["standing"], "excellent");
    assert!(
        desk.text(&["stats"]).contains("Mean Success Rate: 88.9%")
            || desk.text(&["stats"]).contains("Mean Success Rate: 88.8%")
    );
    let text = desk.text(&["specializations"]);
    assert!(
        text.contains("Population Statistics")
            && text.contains("Strength: developing")
            && text.contains("Strength: excellent"),
        "{text}"
    );
}

#[test]
fn profiles_show_every_agent() {
    let desk = Desk::new();
    give(&desk, "ann", 1, 0);
    let text = desk.text(&["profiles"]);
    for part in [
        "Agent Performance Profiles:",
        "ann",
        "Success: 100% | Quality: 9/10 | Tasks: 1",
        "Model: sonnet | Role: builder",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn promotion_takes_tasks_says_which_way_and_stores_only_when_told_to() {
    let desk = Desk::new();
    give(&desk, "ann", 1, 0);
    assert!(
        desk.text(&["promote", "ann"])
            .contains("No model change recommended for ann")
    );
    give(&desk, "ann", 9, 0);
    assert!(
        desk.text(&["promote", "ann"])
            .contains("Recommend upgrading ann from sonnet to opus")
    );
    assert_eq!(
        (
            desk.read("profiles.json")["ann"]["model"].clone(),
            desk.read("talent.json")
        ),
        (json!("sonnet"), json!([]))
    );
    assert!(desk.json(&["promote", "ann", "--apply"])["applied"].as_bool().unwrap());
    assert_eq!(desk.read("profiles.json")["ann"]["model"], "opus");
    assert_eq!(desk.read("talent.json")[0]["to"], "opus");
    give(&desk, "bob", 0, 10);
    assert!(
        desk.text(&["promote", "bob"])
            .contains("Recommend downgrading bob from sonnet to haiku")
    );
    assert_eq!(desk.events("recruit_promotion").len(), 3);
}

#[test]
fn onboarding_fits_the_role_and_the_agent() {
    let desk = Desk::new();
    for role in ["architect", "builder"] {
        let text = desk.text(&["onboard", role]);
        for part in [
            "Role Profile",
            "Required Skills",
            "Context Needs",
            "Success Metrics",
            "Cost Profile",
            "Onboarding Style: standard",
            "Getting Started",
            "Resources",
        ] {
            assert!(text.contains(part), "{role} {part}");
        }
    }
    assert!(desk.fails(&["onboard", "wizard"], 2).contains("Unknown role: wizard"));
    assert_eq!(
        desk.read("onboarding.json").as_object().unwrap().len(),
        2,
        "also within one second"
    );
    for nth in 0..3 {
        desk.text(&["record-outcome", "ann", &nth.to_string(), "success", "9", "3"]);
    }
    desk.text(&["mind", "ann"]);
    assert!(
        desk.text(&["onboard", "builder", "ann"])
            .contains("Onboarding Style: minimal-context")
    );
    assert_eq!(desk.events("recruit_onboarding").len(), 3);
}

#[test]
fn a_mind_is_read_from_the_record() {
    let desk = Desk::new();
    give(&desk, "ann", 1, 3);
    let mind = desk.json(&["mind", "ann"]);
    assert_eq!(
        (&mind["working_style"], &mind["weaknesses"], &mind["method"]),
        (&json!("balanced"), &json!(["consistency"]), &json!("heuristic"))
    );
    assert_eq!(
        desk.read("agent-minds.json")["ann"]["onboarding_preference"],
        "standard"
    );
    assert!(desk.text(&["mind"]).contains("Working Style: balanced"));
}

#[test]
fn stats_on_a_fresh_home_know_the_ten_roles() {
    let desk = Desk::new();
    let text = desk.text(&["stats"]);
    for part in [
        "Roles Defined: 10 (builtin: 10, custom: 0, invented: 0)",
        "Agents Profiled: 0",
        "Talent Records: 0",
        "Match History: 0",
        "Learned Keywords: 0",
        "Last Self-Tuned: never",
        "Meta-Learning Corrections: 0",
        "Accuracy Data Points: 0",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
