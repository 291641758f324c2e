//! Stories of the report: a failed run becomes one good comment, on the right conversation, and memory survives.

use crate::world::{Head, World};

/// A log of the corpus, as GitHub would serve it.
fn corpus(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/corpus/{name}/log.txt", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Lines that a maintainer must see, as the corpus labels them.
fn decisive(name: &str) -> Vec<String> {
    let path = format!("{}/tests/corpus/{name}/expect.json", env!("CARGO_MANIFEST_DIR"));
    let label: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let lines = label["decisive"].as_array().unwrap().iter();
    lines.map(|line| line.as_str().unwrap().trim().to_owned()).collect()
}

const SECTIONS: [&str; 4] = [
    "### What Failed",
    "### Why",
    "### Similar Past Issues",
    "### Suggested Actions",
];

#[tokio::test]
async fn a_forks_failure_is_explained_remembered_edited_and_folded() {
    let world = World::new().await;
    let pull = world.pull_request(12).from_fork("mallory").on_branch("fix");
    world.pull_request(13).from_fork("mallory").on_branch("other");

    let run = world.fail_run(&pull.head(), "test", corpus("pytest-assertion"));
    let first = world.run_action(world.completed(&run), &[]).await.ok();
    assert_eq!(
        (first.output("failed"), first.output("category")),
        ("true", "ASSERTION_FAILURE")
    );
    assert_eq!(
        (first.output("persisted"), first.output("issue-number")),
        ("true", "12")
    );
    assert_eq!(first.warnings(), Vec::<&str>::new());
    assert!(first.requests <= 15, "{} calls", first.requests);
    let comment = world.next_comment(12);
    for section in SECTIONS {
        assert_eq!(
            comment.body.matches(section).count(),
            1,
            "{section} in {}",
            comment.body
        );
    }
    for line in decisive("pytest-assertion") {
        assert!(comment.body.contains(&line), "{line} is not in {}", comment.body);
    }
    assert!(
        comment.body.contains("Nothing like this is remembered."),
        "{}",
        comment.body
    );

    let again = world.fail_run(&pull.push(), "test", corpus("pytest-assertion"));
    let second = world.run_action(world.completed(&again), &[]).await.ok();
    assert_eq!(second.output("fingerprint"), first.output("fingerprint"));
    let edited = world.next_comment(12);
    assert_eq!(edited.id, comment.id, "a second comment instead of an edit");
    assert!(edited.body.contains("Seen once before"), "{}", edited.body);

    let green = world.pass_run(&pull.push(), "test");
    let third = world.run_action(world.completed(&green), &[]).await.ok();
    assert_eq!(third.output("failed"), "false");
    assert!(third.requests <= 10, "{} calls", third.requests);
    let folded = world.next_comment(12);
    assert_eq!(folded.id, comment.id);
    let visible: Vec<&str> = folded.body.lines().skip(1).filter(|line| !line.is_empty()).collect();
    assert_eq!(visible.len(), 1, "{}", folded.body);
    assert!(visible[0].contains("green again"), "{}", folded.body);
    assert_eq!(world.comments(12).len(), 1);
    assert!(world.comments(13).is_empty());
    world.finish();
}

#[tokio::test]
async fn a_green_pull_request_never_gets_a_comment() {
    let world = World::new().await;
    let pull = world.pull_request(12);
    let run = world.pass_run(&pull.head(), "test");
    let outcome = world.run_action(world.completed(&run), &[]).await.ok();
    assert_eq!((outcome.output("failed"), outcome.output("degraded")), ("false", ""));
    assert!(world.comments(12).is_empty());
    world.finish();
}

#[tokio::test]
async fn a_failure_on_the_default_branch_is_one_tracking_issue_that_closes_when_green() {
    let world = World::new().await;
    let red = world.push("main", "break it");
    let run = world.fail_run(&red, "test", corpus("cargo-test-panic"));
    world.run_action(world.completed(&run), &[]).await.ok();
    let issue = world.next_issue();
    assert!(
        issue.state == "open" && issue.labels.contains("ci-failure"),
        "{:?}",
        issue.labels
    );

    let still = world.push("main", "still broken");
    let run = world.fail_run(&still, "test", corpus("cargo-test-panic"));
    world.run_action(world.completed(&run), &[]).await.ok();
    let edited = world.next_issue();
    assert_eq!(edited.number, issue.number);
    assert!(edited.body.contains("Seen once before"), "{}", edited.body);

    let fixed = world.push("main", "fix it");
    let run = world.pass_run(&fixed, "test");
    world.run_action(world.completed(&run), &[]).await.ok();
    let closed = world.next_issue();
    assert_eq!((closed.number, closed.state.as_str()), (issue.number, "closed"));
    assert!(closed.body.contains("green again"), "{}", closed.body);
    world.finish();
}

#[tokio::test]
async fn what_fixed_a_failure_is_suggested_when_it_comes_back_elsewhere() {
    let world = World::new().await;
    let pull = world.pull_request(12);
    let run = world.fail_run(&pull.head(), "test", corpus("npm-eresolve"));
    world.run_action(world.completed(&run), &[]).await.ok();
    world.next_comment(12);
    let green = world.pass_run(&pull.push(), "test");
    world.run_action(world.completed(&green), &[]).await.ok();
    world.next_comment(12);

    let other = world.pull_request(20).on_branch("feature");
    let run = world.fail_run(&other.head(), "test", corpus("npm-eresolve"));
    world.run_action(world.completed(&run), &[]).await.ok();
    let comment = world.next_comment(20);
    assert!(comment.body.contains("(1 of 1)"), "{}", comment.body);
    let actions = comment.body.split("### Suggested Actions").nth(1).unwrap();
    assert!(
        actions
            .trim_start()
            .starts_with("1. Try what fixed it before: [pull request 12"),
        "{actions}"
    );
    assert!(!comment.body.contains("#12"), "a live reference in {}", comment.body);
    world.finish();
}

#[tokio::test]
async fn the_final_job_reports_the_jobs_before_it() {
    let world = World::new().await;
    let pull = world.pull_request(12);
    let run = world
        .run("CI", &pull.head())
        .failed_job("test", corpus("jest-assertion"))
        .passed_job("lint")
        .running_job("shipwright")
        .complete();
    let mut job = world.job(world.synchronized(12)).in_run(&run, "shipwright");
    let outcome = job.main().await.ok();
    assert_eq!(outcome.output("failed"), "true");
    let comment = world.next_comment(12);
    for line in decisive("jest-assertion") {
        assert!(comment.body.contains(&line), "{line} is not in {}", comment.body);
    }
    // The event is a pull request's, so nothing is persisted, and the post stage says nothing twice.
    assert_eq!(outcome.output("persisted"), "");
    job.status("failure");
    job.post().await.ok();
    assert_eq!(world.comments(12).len(), 1);
    world.finish();
}

#[tokio::test]
async fn a_failed_job_reports_from_the_log_it_has_written() {
    let world = World::new().await;
    world.pull_request(12);
    let run = world
        .run("CI", &world.pull_request(12).head())
        .running_job("test")
        .complete();
    let mut job = world
        .job(world.synchronized(12))
        .in_run(&run, "test")
        .input("log-path", "*.log");
    job.main().await.ok();
    job.write("workspace/test.log", corpus("go-test-assertion"));
    job.status("failure");
    job.post().await.ok();
    let comment = world.next_comment(12);
    for line in decisive("go-test-assertion") {
        assert!(comment.body.contains(&line), "{line} is not in {}", comment.body);
    }
    world.finish();
}

#[tokio::test]
async fn without_a_log_the_report_names_the_step_and_says_why() {
    let world = World::new().await;
    let run = world
        .run("CI", &world.pull_request(12).head())
        .running_job("test")
        .complete();
    let mut job = world.job(world.synchronized(12)).in_run(&run, "test");
    job.main().await.ok();
    job.status("failure");
    job.post().await.ok();
    let comment = world.next_comment(12);
    assert!(comment.body.contains("cannot read its own log"), "{}", comment.body);
    assert!(comment.body.contains("log-path"), "{}", comment.body);
    world.finish();
}

#[tokio::test]
async fn a_person_can_ask_for_a_report_on_any_run() {
    let world = World::new().await;
    world.issue(4, "flaky build", "since Monday");
    let head = world.push("topic", "no pull request");
    let run = world.fail_run(&head, "test", corpus("curl-connection-refused"));
    let inputs = [("run-id", run.id.to_string()), ("issue-number", "4".to_owned())];
    let inputs = inputs.each_ref().map(|(name, value)| (*name, value.as_str()));
    let outcome = world.run_action(world.dispatched(&inputs), &inputs).await.ok();
    assert_eq!(outcome.output("issue-number"), "4");
    assert!(world.next_comment(4).body.contains("### Why"));

    let dry = [inputs[0], inputs[1], ("dry-run", "true"), ("comment-mode", "new")];
    let outcome = world.run_action(world.dispatched(&[]), &dry).await.ok();
    assert!(outcome.stdout.contains("dry run"), "{}", outcome.stdout);
    assert_eq!(world.comments(4).len(), 1);
    world.finish();
}

#[tokio::test]
async fn memory_survives_from_job_to_job() {
    let world = World::new().await;
    let head = world.push("main", "work");
    let mut job = world.job(world.pushed(&head)).input("mode", "restore");
    let first = job.main().await.ok();
    assert_eq!(
        (first.output("memory-hit"), first.output("memory-entries")),
        ("false", "0")
    );
    assert_eq!(first.requests, 0, "restore needs no API call");
    let path = "runner_temp/shipwright/memory-export.json";
    job.write(
        path,
        r#"{"schema":"ruflo-memory-export/v1","count":1,"entries":[{"key":"k","namespace":"notes","value":"kept","createdAt":1790000000000,"updatedAt":1790000000000}]}"#,
    );
    job.post().await.ok();

    let mut next = world.job(world.pushed(&head)).input("mode", "restore");
    let second = next.main().await.ok();
    assert_eq!(
        (second.output("memory-hit"), second.output("memory-entries")),
        ("true", "1")
    );
    assert!(next.read(path).contains("kept"));
    world.finish();
}

#[tokio::test]
async fn two_workflows_on_one_pull_request_have_a_comment_each() {
    let world = World::new().await;
    let head: Head = world.pull_request(12).head();
    for workflow in ["CI", "Docs"] {
        let run = world
            .run(workflow, &head)
            .failed_job("build", corpus("tsc-type-error"))
            .complete();
        world.run_action(world.completed(&run), &[]).await.ok();
        world.next_comment(12);
    }
    assert_eq!(world.comments(12).len(), 2);
    world.finish();
}

#[tokio::test]
async fn legs_of_a_matrix_are_one_failure() {
    let world = World::new().await;
    let head = world.pull_request(12).head();
    let mut run = world.run("CI", &head);
    for leg in 0..20 {
        run = run.failed_job(&format!("test ({leg})"), corpus("rspec-failure"));
    }
    let run = run.complete();
    let outcome = world.run_action(world.completed(&run), &[]).await.ok();
    assert_eq!(outcome.output("failure-count"), "1");
    assert!(outcome.requests <= 15, "{} calls", outcome.requests);
    world.next_comment(12);
    world.finish();
}
