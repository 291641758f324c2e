//! Stories of trouble: whatever GitHub answers, the step stays green, one warning names the remedy, nothing is said
//! twice, and the deadline holds.

use std::time::Duration;

use crate::world::{Fault, Log, Outcome, READ_TOKEN, Run, World};

const LOG: &str = "2025-07-04T14:32:09.5024381Z ##[group]Run make test\n2025-07-04T14:32:09.5024381Z ##[endgroup]\n\
    2025-07-04T14:32:10.1024381Z test_parse.c:12: error: expected 3 but got 4\n\
    2025-07-04T14:32:10.1024381Z make: *** [Makefile:7: test] Error 1\n\
    2025-07-04T14:32:10.2024381Z ##[error]Process completed with exit code 2.\n";

const COMMENT: &str = "POST /repos/*/*/issues/*/comments";
const JOBS: &str = "GET /repos/*/*/actions/runs/*/attempts/*/jobs";
const LOGS: &str = "GET /repos/*/*/actions/jobs/*/logs";

/// A world in which a run of pull request 12 has failed.
async fn failed(log: Log) -> (World, Run) {
    let world = World::new().await;
    let head = world.pull_request(12).head();
    let run = world.run("CI", &head).job("test", "failure", log).complete();
    (world, run)
}

async fn report(world: &World, run: &Run) -> Outcome {
    world
        .run_action(world.completed(run), &[("timeout-seconds", "20")])
        .await
        .ok()
}

/// With these faults the report is made, so often, and warns so often.
async fn check(pattern: &str, fault: Fault, comments: usize, warning: Option<&str>) {
    let (world, run) = failed(Log::Text(LOG.into())).await;
    world.fault(pattern, fault.clone());
    let outcome = report(&world, &run).await;
    let warnings = outcome.warnings();
    assert_eq!(
        warnings.len(),
        usize::from(warning.is_some()),
        "{fault:?}: {warnings:?}"
    );
    if let Some(words) = warning {
        assert!(warnings[0].contains(words), "{fault:?}: {warnings:?}");
        assert!(!outcome.output("degraded").is_empty(), "{fault:?}");
    }
    assert_eq!(world.comments(12).len(), comments, "{fault:?}");
    assert!(
        outcome.elapsed < Duration::from_secs(22),
        "{fault:?}: {:?}",
        outcome.elapsed
    );
    for _ in 0..comments {
        world.next_comment(12);
    }
    world.finish();
}

#[tokio::test]
async fn a_write_that_is_refused_is_warned_about_once() {
    check(
        COMMENT,
        Fault::Forbidden("Resource not accessible by integration"),
        0,
        Some("pull-requests: write"),
    )
    .await;
    check(COMMENT, Fault::Status(404), 0, Some("comment")).await;
    check(COMMENT, Fault::Status(422), 0, Some("comment")).await;
    check(COMMENT, Fault::Limited(3600), 0, Some("limit")).await;
}

#[tokio::test]
async fn a_write_that_is_lost_is_not_said_twice() {
    check(COMMENT, Fault::Status(500), 0, Some("comment")).await;
    check(COMMENT, Fault::Drop, 0, Some("comment")).await;
    check(COMMENT, Fault::ReplyLost, 1, None).await;
}

#[tokio::test]
async fn a_read_that_fails_once_is_read_again() {
    for fault in [Fault::Status(502), Fault::Drop, Fault::Limited(1)] {
        check(JOBS, fault, 1, None).await;
    }
}

#[tokio::test]
async fn a_log_that_cannot_be_read_is_reported_as_such() {
    check(
        LOGS,
        Fault::Forbidden("Resource not accessible by integration"),
        1,
        Some("actions: read"),
    )
    .await;
    check(LOGS, Fault::Status(410), 1, Some("expired")).await;
}

#[tokio::test]
async fn a_missing_permission_is_named_as_github_names_it() {
    let (world, run) = failed(Log::Text(LOG.into())).await;
    world.permissions(&[
        "actions: read",
        "contents: write",
        "pull-requests: read",
        "issues: read",
    ]);
    let outcome = report(&world, &run).await;
    let warnings = outcome.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].contains("issues: write") && warnings[0].contains("pull_requests: write"),
        "{warnings:?}"
    );
    assert!(
        outcome.summary.contains("expected 3 but got 4"),
        "the summary still tells"
    );
    world.finish();
}

#[tokio::test]
async fn a_stalled_github_is_left_at_the_deadline() {
    let (world, run) = failed(Log::Text(LOG.into())).await;
    world.faults("GET /**", Fault::Stall(Duration::from_secs(60)), 99);
    let outcome = world
        .run_action(world.completed(&run), &[("timeout-seconds", "6")])
        .await
        .ok();
    assert!(outcome.elapsed < Duration::from_secs(9), "{:?}", outcome.elapsed);
    assert!(!outcome.warnings().is_empty());
    assert!(world.comments(12).is_empty());
    world.finish();
}

#[tokio::test]
async fn a_read_only_token_costs_one_notice_and_no_red_step() {
    let (world, run) = failed(Log::Text(LOG.into())).await;
    let mut job = world.job(world.completed(&run)).token(READ_TOKEN);
    let outcome = job.main().await.ok();
    assert!(outcome.summary.contains("expected 3 but got 4"));
    assert_eq!(outcome.output("persisted"), "false");
    assert!(world.git().refs("refs/ruflo-memory/").is_empty());
    world.finish();
}

#[tokio::test]
async fn a_locked_conversation_and_disabled_issues_are_survived() {
    let (world, run) = failed(Log::Text(LOG.into())).await;
    world.pull_request(12).locked();
    assert_eq!(report(&world, &run).await.warnings().len(), 1);
    let head = world.push("main", "break it");
    let run = world.fail_run(&head, "test", LOG);
    world.hub().repo("octo/ship").issues_disabled = true;
    let outcome = report(&world, &run).await;
    assert_eq!(outcome.warnings().len(), 1, "{:?}", outcome.warnings());
    assert!(outcome.warnings()[0].contains("issue-mode"), "{:?}", outcome.warnings());
    world.finish();
}

#[tokio::test]
async fn an_enterprise_server_is_spoken_to_all_the_same() {
    let world = World::enterprise().await;
    let run = world.fail_run(&world.pull_request(12).head(), "test", LOG);
    let outcome = report(&world, &run).await;
    assert!(outcome.warnings().is_empty(), "{:?}", outcome.warnings());
    assert!(world.next_comment(12).body.contains("expected 3 but got 4"));
    world.finish();
}
