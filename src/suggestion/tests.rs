use super::*;
use crate::failure::{Location, Signature};
use crate::ids::Fingerprint;

fn failure(category: Category) -> Failure {
    Failure {
        fingerprint: Fingerprint::from_digest(&[1; 16]),
        category,
        class: Class::Deterministic,
        title: "it broke".to_owned(),
        tool: Some("cargo".to_owned()),
        step: Some("Run tests".to_owned()),
        tests: vec!["suite::case".to_owned()],
        locations: vec![Location {
            path: "src/lib.rs".to_owned(),
            line: Some(7),
        }],
        exit_code: Some(101),
        excerpt: Vec::new(),
        decisive_lines: Vec::new(),
        confidence: 0.9,
        signature: Signature::default(),
    }
}

fn fix(summary: &str, applied: u64, resolved: u64) -> Fix {
    Fix {
        id: summary.to_owned(),
        summary: summary.to_owned(),
        url: None,
        sha: None,
        applied,
        resolved,
        last_at: 0,
        learned_at: 0,
        confidence: 1.0,
        files: Vec::new(),
        weighted: (0.0, 0.0),
        confirmed: 0,
    }
}

#[test]
fn every_category_and_stage_gets_two_or_three_actions() {
    for category in Category::ALL {
        for stage in [
            None,
            Some("build"),
            Some("test"),
            Some("review"),
            Some("pr"),
            Some("made-up"),
        ] {
            let circumstances = Circumstances {
                stage,
                ..Circumstances::default()
            };
            let mut bare = failure(*category);
            for failure in [bare.clone(), {
                bare.tests.clear();
                bare.locations.clear();
                bare.tool = None;
                bare.step = None;
                bare
            }] {
                let actions = suggest(&failure, &circumstances);
                assert!(
                    (FEWEST..=MOST).contains(&actions.len()),
                    "{category} {stage:?}: {actions:?}"
                );
                assert!(actions.iter().all(|action| action.text.ends_with('.')), "{actions:?}");
            }
        }
    }
}

#[test]
fn actions_name_what_the_log_names() {
    let actions = suggest(&failure(Category::AssertionFailure), &Circumstances::default());
    assert!(
        actions[0].text.contains("suite::case") && actions[0].text.contains("src/lib.rs:7"),
        "{actions:?}"
    );
}

#[test]
fn what_helped_before_comes_first_and_what_never_did_sinks() {
    let (good, bad) = (fix("pin the compiler", 3, 3), fix("pray", 4, 0));
    let circumstances = Circumstances {
        fixes: vec![&good, &bad],
        ..Circumstances::default()
    };
    let actions = suggest(&failure(Category::Timeout), &circumstances);
    assert_eq!(actions[0].text, "pin the compiler");
    assert!(matches!(
        actions[0].source,
        Source::Fix {
            applied: 3,
            resolved: 3,
            ..
        }
    ));
    assert!(actions.iter().all(|action| action.text != "pray"));
}

#[test]
fn transient_failures_suggest_a_rerun_and_say_how_often_it_helped() {
    let mut transient = failure(Category::NetworkError);
    transient.class = Class::Transient;
    assert_eq!(suggest(&transient, &Circumstances::default())[0].source, Source::Rerun);
    let flaky = Circumstances {
        flaky: 2,
        ..Circumstances::default()
    };
    assert!(
        suggest(&failure(Category::AssertionFailure), &flaky)[0]
            .text
            .contains("2 times")
    );
    transient.category = Category::Cancelled;
    assert!(
        suggest(&transient, &Circumstances::default())
            .iter()
            .all(|action| action.source != Source::Rerun)
    );
}

#[test]
fn the_users_own_words_come_before_ours() {
    let own = ["ask the platform team".to_owned()];
    let circumstances = Circumstances {
        matcher: Some("bump the quota"),
        category_actions: &own,
        ..Circumstances::default()
    };
    let actions = suggest(&failure(Category::RateLimit), &circumstances);
    assert_eq!(
        (actions[0].text.as_str(), actions[1].text.as_str()),
        ("bump the quota", own[0].as_str())
    );
}

#[test]
fn a_suggestion_that_fails_twice_sinks() {
    let names = |fix: &Fix| -> Vec<String> {
        let circumstances = Circumstances {
            fixes: vec![fix],
            ..Circumstances::default()
        };
        let actions = suggest(&failure(Category::Timeout), &circumstances);
        actions.into_iter().map(|action| action.text).collect()
    };
    assert_eq!(names(&fix("pin it", 2, 1))[0], "pin it");
    assert!(!names(&fix("pin it", 3, 1)).contains(&"pin it".to_owned()));
}

#[test]
fn reruns_are_counted_both_ways() {
    let text = |flaky, stubborn, class| {
        let circumstances = Circumstances {
            flaky,
            stubborn,
            ..Circumstances::default()
        };
        let mut failure = failure(Category::NetworkError);
        failure.class = class;
        suggest(&failure, &circumstances)[0].text.clone()
    };
    assert!(text(3, 1, Class::Deterministic).contains("on 3 of 4 reruns"));
    assert!(text(0, 0, Class::Transient).contains("usually pass"));
    assert!(!text(0, 2, Class::Transient).contains("again"));
}
