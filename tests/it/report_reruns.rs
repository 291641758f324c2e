//! Stories of what happens around a report: reruns, late runs, other people's comments, pull requests that are not clear.

use crate::world::{Fault, Outcome, READ_TOKEN, Run, World};

/// A log in which a test failed for this reason.
fn log(reason: &str) -> String {
    let lines = [
        "##[group]Run make test".to_owned(),
        "##[endgroup]".to_owned(),
        format!("test_parse.c:12: error: {reason}"),
        "make: *** [Makefile:7: test] Error 1".to_owned(),
        "##[error]Process completed with exit code 2.".to_owned(),
    ];
    lines
        .map(|line| format!("2025-07-04T14:32:09.5024381Z {line}\n"))
        .concat()
}

async fn report(world: &World, run: &Run) -> Outcome {
    world.run_action(world.completed(run), &[]).await.ok()
}

#[tokio::test]
async fn a_rerun_is_read_from_its_own_attempt_and_a_pass_on_the_same_commit_is_no_fix() {
    let world = World::new().await;
    let head = world.pull_request(12).head();
    let first = world.fail_run(&head, "test", log("connection to the database was reset"));
    report(&world, &first).await;
    assert!(
        world
            .next_comment(12)
            .body
            .contains("connection to the database was reset")
    );

    let second = first
        .rerun(&world)
        .failed_job("test", log("expected 3 but got 4"))
        .complete();
    report(&world, &second).await;
    let comment = world.next_comment(12);
    let why = comment
        .body
        .split("### ")
        .find(|section| section.starts_with("Why"))
        .unwrap();
    assert!(
        why.contains("expected 3 but got 4") && !why.contains("database"),
        "{why}"
    );

    let third = second.rerun(&world).passed_job("test").complete();
    report(&world, &third).await;
    let comment = world.next_comment(12);
    assert!(
        !comment.body.contains("fixed by"),
        "nothing was changed: {}",
        comment.body
    );
    assert_eq!(world.comments(12).len(), 1);
    world.finish();
}

#[tokio::test]
async fn an_older_run_that_ends_late_does_not_overwrite_a_newer_report() {
    let world = World::new().await;
    let pull = world.pull_request(12);
    let older = world.fail_run(&pull.head(), "test", log("the older cause"));
    let newer = world.fail_run(&pull.push(), "test", log("the newer cause"));
    report(&world, &newer).await;
    assert!(world.next_comment(12).body.contains("the newer cause"));
    report(&world, &older).await;
    assert!(world.comments(12)[0].body.contains("the newer cause"));
    world.finish();
}

#[tokio::test]
async fn a_deleted_comment_is_made_anew_and_a_pasted_marker_left_alone() {
    let world = World::new().await;
    let pull = world.pull_request(12).from_fork("mallory");
    report(
        &world,
        &world.fail_run(&pull.head(), "test", log("expected 3 but got 4")),
    )
    .await;
    let ours = world.next_comment(12);
    world.hub().repo("octo/ship").comments.clear();
    let spoofed = world.comment_by("mallory", 12, &ours.body);
    report(
        &world,
        &world.fail_run(&pull.push(), "test", log("expected 3 but got 4")),
    )
    .await;
    let anew = world.next_comment(12);
    assert!(anew.id > spoofed && anew.author == "github-actions[bot]");
    assert_eq!(world.comments(12)[0].body, ours.body, "a person's comment is theirs");
    world.finish();
}

#[tokio::test]
async fn two_pull_requests_with_one_head_get_no_comment_but_a_word() {
    let world = World::new().await;
    let head = world.pull_request(12).from_fork("mallory").head();
    let other = world.pull_request(13).from_fork("mallory");
    {
        let mut hub = world.hub();
        let issue = hub.repo("octo/ship").issues.get_mut(&other.number).unwrap();
        issue.pull.as_mut().unwrap().head_sha.clone_from(&head.sha);
    }
    let outcome = report(&world, &world.fail_run(&head, "test", log("expected 3 but got 4"))).await;
    assert_eq!(outcome.warnings().len(), 1, "{:?}", outcome.warnings());
    assert!(
        outcome.warnings()[0].contains("issue-number"),
        "{:?}",
        outcome.warnings()
    );
    world.finish();
}

#[tokio::test]
async fn a_closed_pull_request_hears_nothing() {
    let world = World::new().await;
    let pull = world.pull_request(12).from_fork("mallory");
    let run = world.fail_run(&pull.head(), "test", log("expected 3 but got 4"));
    pull.merge();
    let outcome = report(&world, &run).await;
    assert!(outcome.summary.contains("expected 3 but got 4"));
    world.finish();
}

#[tokio::test]
async fn dependabots_own_job_stays_green_with_its_read_only_token() {
    let world = World::new().await;
    let mut head = world.pull_request(12).on_branch("dependabot/cargo/x-2").head();
    "dependabot[bot]".clone_into(&mut head.actor);
    let run = world
        .run("CI", &head)
        .failed_job("test", log("expected 3 but got 4"))
        .running_job("report")
        .complete();
    let mut job = world
        .job(world.synchronized(12))
        .token(READ_TOKEN)
        .in_run(&run, "report");
    let main = job.main().await.ok();
    assert!(main.summary.contains("expected 3 but got 4"), "{}", main.summary);
    job.post().await.ok();
    world.finish();
}

#[tokio::test]
async fn a_report_beyond_githubs_limit_is_cut_and_not_refused() {
    let world = World::new().await;
    let head = world.pull_request(12).head();
    let mut run = world.run("CI", &head);
    for job in 0..8 {
        let long = format!("{job} {}", "𝒳`~ ".repeat(900));
        run = run.failed_job(&format!("test ({job})"), log(&long));
    }
    let outcome = world
        .run_action(world.completed(&run.complete()), &[("max-comment-chars", "65536")])
        .await
        .ok();
    assert!(outcome.warnings().is_empty(), "{:?}", outcome.warnings());
    let body = world.next_comment(12).body;
    assert!(body.encode_utf16().count() <= 65_536);
    assert_eq!(
        body.lines().filter(|line| line.starts_with("```")).count() % 2,
        0,
        "a fence is left open"
    );
    world.finish();
}

#[tokio::test]
async fn a_secondary_limit_while_speaking_is_left_for_the_next_report() {
    let world = World::new().await;
    let pull = world.pull_request(12);
    world.fault("POST /repos/*/*/issues/*/comments", Fault::SecondaryLimit(60));
    let outcome = report(
        &world,
        &world.fail_run(&pull.head(), "test", log("expected 3 but got 4")),
    )
    .await;
    assert_eq!(outcome.warnings().len(), 1, "{:?}", outcome.warnings());
    report(
        &world,
        &world.fail_run(&pull.push(), "test", log("expected 3 but got 4")),
    )
    .await;
    world.next_comment(12);
    assert_eq!(world.comments(12).len(), 1);
    world.finish();
}
