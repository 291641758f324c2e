//! Stories of learning: what fixed a failure is found out, suggested, proven or sunk.

use shipwright::records::{Digest, History};

use crate::backfill::remembered;
use crate::world::World;

fn corpus(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/corpus/{name}/log.txt", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

const LOG: &str = "npm-eresolve";

/// The section of a report.
fn section<'a>(body: &'a str, name: &str) -> &'a str {
    let rest = body
        .split(&format!("### {name}"))
        .nth(1)
        .unwrap_or_else(|| panic!("no {name} in {body}"));
    rest.split("\n### ").next().unwrap()
}

/// A pull request fails with the log and is mended by a commit; both are heard of.
async fn fixed_by_pull_request_12(world: &World) {
    let pull = world.pull_request(12);
    let run = world.fail_run(&pull.head(), "test", corpus(LOG));
    world.run_action(world.completed(&run), &[]).await.ok();
    world.next_comment(12);
    let green = world.pass_run(&pull.push_files("Pin react to 18", &["package.json"]), "test");
    world.run_action(world.completed(&green), &[]).await.ok();
    world.next_comment(12);
}

#[tokio::test]
async fn what_fixed_it_once_is_suggested_first_and_proven_twice() {
    let world = World::new().await;
    let pull = world.pull_request(12);
    let run = world.fail_run(&pull.head(), "test", corpus(LOG));
    world.run_action(world.completed(&run), &[]).await.ok();
    let first = world.next_comment(12).body;
    assert!(
        section(&first, "Similar Past Issues").contains("Nothing like this"),
        "{first}"
    );
    assert!(
        section(&first, "Suggested Actions").contains("1. ") && !first.contains("fixed it before"),
        "{first}"
    );
    let green = world.pass_run(&pull.push_files("Pin react to 18", &["package.json"]), "test");
    world.run_action(world.completed(&green), &[]).await.ok();
    world.next_comment(12);

    // Three weeks later, on another branch.
    world.hub().now += 21 * 86_400;
    let other = world.pull_request(20).on_branch("feature");
    let run = world.fail_run(&other.head(), "test", corpus(LOG));
    let outcome = world.run_action(world.completed(&run), &[]).await.ok();
    assert!(outcome.requests <= 15, "{} calls", outcome.requests);
    let second = world.next_comment(20).body;
    let actions = section(&second, "Suggested Actions").trim_start();
    assert!(
        actions.starts_with("1. Try what fixed it before: [pull request 12"),
        "{actions}"
    );
    assert!(
        actions.contains("Pin react to 18") && actions.contains("(1 of 1)"),
        "{actions}"
    );
    let similar = section(&second, "Similar Past Issues");
    assert!(
        similar.contains("Fixed by [pull request 12") && similar.contains("(1 of 1)"),
        "{similar}"
    );
    assert!(section(&second, "What Failed").contains("Seen once before"), "{second}");

    let green = world.pass_run(&other.push_files("Pin react here too", &["package.json"]), "test");
    world.run_action(world.completed(&green), &[]).await.ok();
    world.next_comment(20);
    let third = world.pull_request(30).on_branch("later");
    let run = world.fail_run(&third.head(), "test", corpus(LOG));
    world.run_action(world.completed(&run), &[]).await.ok();
    assert!(world.next_comment(30).body.contains("(2 of 2)"));
    world.finish();
}

#[tokio::test]
async fn a_suggestion_that_fails_twice_sinks() {
    let world = World::new().await;
    fixed_by_pull_request_12(&world).await;
    let other = world.pull_request(20).on_branch("feature");
    let run = world.fail_run(&other.head(), "test", corpus(LOG));
    world.run_action(world.completed(&run), &[]).await.ok();
    assert!(world.next_comment(20).body.contains("fixed it before"));
    for _ in 0..2 {
        let run = world.fail_run(&other.push_files("Try it", &["package.json"]), "test", corpus(LOG));
        world.run_action(world.completed(&run), &[]).await.ok();
        world.next_comment(20);
    }
    let run = world.fail_run(&other.push_files("Try again", &["package.json"]), "test", corpus(LOG));
    world.run_action(world.completed(&run), &[]).await.ok();
    let body = world.next_comment(20).body;
    assert!(
        !section(&body, "Suggested Actions").contains("fixed it before"),
        "{body}"
    );
    assert!(section(&body, "Similar Past Issues").contains("(1 of 3)"), "{body}");
    world.finish();
}

#[tokio::test]
async fn one_of_two_jobs_green_again_is_credited_while_the_other_stays_red() {
    let world = World::new().await;
    let pull = world.pull_request(12);
    let both = world
        .run("CI", &pull.head())
        .failed_job("test", corpus("cargo-test-panic"))
        .failed_job("web", corpus(LOG))
        .complete();
    world.run_action(world.completed(&both), &[]).await.ok();
    world.next_comment(12);
    let half = pull.push_files("Pin react to 18", &["package.json"]);
    let half = world
        .run("CI", &half)
        .failed_job("test", corpus("cargo-test-panic"))
        .passed_job("web")
        .complete();
    world.run_action(world.completed(&half), &[]).await.ok();
    world.next_comment(12);

    let other = world.pull_request(20).on_branch("feature");
    let run = world
        .run("CI", &other.head())
        .failed_job("test", corpus("cargo-test-panic"))
        .failed_job("web", corpus(LOG))
        .complete();
    world.run_action(world.completed(&run), &[]).await.ok();
    let body = world.next_comment(20).body;
    assert_eq!(body.matches("fixed it before").count(), 1, "{body}");
    assert!(body.contains("Pin react to 18"), "{body}");
    world.finish();
}

#[tokio::test]
async fn a_flaky_failure_says_so_and_has_no_fix() {
    let world = World::new().await;
    let pull = world.pull_request(12);
    let run = world.fail_run(&pull.head(), "test", corpus(LOG));
    world.run_action(world.completed(&run), &[]).await.ok();
    world.next_comment(12);
    let again = run.rerun(&world).passed_job("test").complete();
    world.run_action(world.completed(&again), &[]).await.ok();
    assert!(world.next_comment(12).body.contains("flaky"));
    let run = world.fail_run(&pull.push(), "test", corpus(LOG));
    world.run_action(world.completed(&run), &[]).await.ok();
    let body = world.next_comment(12).body;
    assert!(
        body.contains("**Flaky**: the same commit passed on 1 of 1 rerun."),
        "{body}"
    );
    assert!(
        section(&body, "Suggested Actions")
            .trim_start()
            .starts_with("1. Run the failed jobs again"),
        "{body}"
    );
    let green = world.pass_run(&pull.push(), "test");
    world.run_action(world.completed(&green), &[]).await.ok();
    world.next_comment(12);
    let other = world.pull_request(20).on_branch("feature");
    let run = world.fail_run(&other.head(), "test", corpus(LOG));
    world.run_action(world.completed(&run), &[]).await.ok();
    assert!(!world.next_comment(20).body.contains("fixed it before"));
    world.finish();
}

#[tokio::test]
async fn a_force_push_is_learned_as_a_guess() {
    let world = World::new().await;
    let pull = world.pull_request(12);
    let run = world.fail_run(
        &pull.push_files("Break it", &["a.js"]),
        "test",
        corpus("cargo-test-panic"),
    );
    world.run_action(world.completed(&run), &[]).await.ok();
    world.next_comment(12);
    let green = world.pass_run(&pull.amend("Do it right", &["b.js"]), "test");
    world.run_action(world.completed(&green), &[]).await.ok();
    world.next_comment(12);
    let other = world.pull_request(20).on_branch("feature");
    let run = world.fail_run(&other.head(), "test", corpus("cargo-test-panic"));
    world.run_action(world.completed(&run), &[]).await.ok();
    let body = world.next_comment(20).body;
    assert!(
        body.contains("Try what probably fixed it before") && body.contains("Probably fixed by"),
        "{body}"
    );
    world.finish();
}

#[tokio::test]
async fn on_the_default_branch_the_merged_pull_request_gets_the_credit() {
    let world = World::new().await;
    let red = world.push_files("main", "Break it", &["package.json"]);
    let run = world.fail_run(&red, "test", corpus(LOG));
    world.run_action(world.completed(&run), &[]).await.ok();
    world.next_issue();

    // A branch fails alike while the base is red.
    let pull = world.pull_request(12).on_branch("mend");
    let run = world.fail_run(&pull.head(), "test", corpus(LOG));
    world.run_action(world.completed(&run), &[]).await.ok();
    let body = world.next_comment(12).body;
    assert!(
        body.contains("**Not this change's doing**: `main` is red with it too."),
        "{body}"
    );

    let merged = pull.squash("Pin react to 18", &["package.json"]);
    let green = world.pass_run(&merged, "test");
    world.run_action(world.completed(&green), &[]).await.ok();
    world.next_issue();
    let other = world.pull_request(20).on_branch("feature");
    let run = world.fail_run(&other.head(), "test", corpus(LOG));
    world.run_action(world.completed(&run), &[]).await.ok();
    let body = world.next_comment(20).body;
    assert!(body.contains("Try what fixed it before: [pull request 12"), "{body}");
    world.finish();
}

#[tokio::test]
async fn the_first_bad_commit_is_named_when_it_can_be() {
    let world = World::new().await;
    world.pass_run(&world.push("main", "Good"), "test");
    let run = world.fail_run(&world.push("main", "Bad"), "test", corpus(LOG));
    let outcome = world.run_action(world.completed(&run), &[]).await.ok();
    assert!(outcome.requests <= 15, "{} calls", outcome.requests);
    let body = world.next_issue().body;
    assert!(body.contains("First bad commit: [") && body.contains("Bad"), "{body}");
    // Then it is known to be red; nothing is asked again.
    let run = world.fail_run(&world.push("main", "Worse"), "test", corpus(LOG));
    world.run_action(world.completed(&run), &[]).await.ok();
    assert!(!world.next_issue().body.contains("First bad commit"));
    world.finish();
}

#[tokio::test]
async fn what_was_suggested_on_a_pull_request_that_was_given_up_counts_for_nothing() {
    let world = World::new().await;
    fixed_by_pull_request_12(&world).await;
    let closed = world.pull_request(20).on_branch("given-up");
    let foreign = world.pull_request(21).on_branch("theirs").from_fork("mallory");
    let merged = world.pull_request(22).on_branch("merged-red");
    let waiting = world.pull_request(23).on_branch("under-way");
    for (number, pull) in [(20, closed), (21, foreign), (22, merged), (23, waiting)] {
        let run = world.fail_run(&pull.head(), "test", corpus(LOG));
        world.run_action(world.completed(&run), &[]).await.ok();
        assert!(world.next_comment(number).body.contains("(1 of 1)"));
    }
    closed.close();
    foreign.close();
    merged.merge();
    let green = world.pass_run(&world.push("main", "Something else"), "test");
    let outcome = world.run_action(world.completed(&green), &[]).await.ok();
    assert!(outcome.requests <= 3, "{} calls", outcome.requests);

    let records = remembered(&world).await;
    let history = History::of(&records);
    let open: Vec<&str> = history.unresolved.iter().map(|open| open.branch.as_str()).collect();
    assert_eq!(open, ["merged-red", "under-way"]);
    let fix = &history.failures[0].fixes[0];
    assert_eq!((fix.resolved, fix.applied), (1, 1));
    assert_eq!(Digest::of(&records).suggestions.stale, 2);
    world.finish();
}

#[tokio::test]
async fn a_step_that_names_an_event_log_hears_what_was_told_and_learned() {
    let world = World::new().await;
    let pull = world.pull_request(12);
    let mut told = Vec::new();
    for red in [true, false] {
        let run = if red {
            world.fail_run(&pull.head(), "test", corpus(LOG))
        } else {
            world.pass_run(&pull.push_files("Pin react to 18", &["package.json"]), "test")
        };
        let mut job = world
            .job(world.completed(&run))
            .variable("SHIPWRIGHT_EVENTS", "/home/runner/work/_temp/events.jsonl");
        job.main().await.ok();
        world.next_comment(12);
        let log = std::fs::read_to_string(job.path("runner_temp/events.jsonl")).unwrap();
        let event = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
        told.push(log.lines().map(event).collect::<Vec<_>>());
    }
    let types = |at: usize| -> Vec<&str> { told[at].iter().filter_map(|event| event["type"].as_str()).collect() };
    assert_eq!(
        types(0),
        ["error.context_generated", "memory.failure", "suggestion.recorded"]
    );
    assert_eq!(types(1), ["suggestion.resolved"]);
    assert_eq!(told[1][0]["id"], told[0][2]["id"]);
    assert_eq!(told[1][0]["resolved"], true);
    world.finish();
}
