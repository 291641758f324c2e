//! Stories of many: jobs, comments, look-alikes, and the budget of calls.

use crate::world::{Log, World};

fn log(reason: &str) -> String {
    format!(
        "##[group]Run make test\nmake test\n##[endgroup]\ntest_parse.c:12: error: {reason}\n\
         make: *** [Makefile:7: test] Error 1\n##[error]Process completed with exit code 2.\n"
    )
}

#[tokio::test]
async fn a_run_with_256_failed_jobs_stays_within_fifteen_calls() {
    let world = World::new().await;
    let head = world.pull_request(12).from_fork("mallory").head();
    let mut run = world.run("CI", &head);
    for leg in 0..256 {
        run = run.failed_job(
            &format!("test ({leg}, ubuntu)"),
            log(&format!("case {} differs", leg % 3)),
        );
    }
    let outcome = world.run_action(world.completed(&run.complete()), &[]).await.ok();
    assert!(outcome.requests <= 15, "{} calls", outcome.requests);
    let body = world.next_comment(12).body;
    assert!(body.contains("more"), "the others are counted: {body}");
    world.finish();
}

#[tokio::test]
async fn every_kind_of_job_is_read_before_a_second_leg_of_one() {
    let world = World::new().await;
    let mut run = world.run("CI", &world.pull_request(12).head());
    for leg in 0..30 {
        run = run.failed_job(&format!("test ({leg})"), log("expected 3 but got 4"));
    }
    let run = run.failed_job("lint", log("the port is taken")).complete();
    world.run_action(world.completed(&run), &[]).await.ok();
    let body = world.next_comment(12).body;
    assert!(
        body.contains("expected 3 but got 4") && body.contains("the port is taken"),
        "{body}"
    );
    world.finish();
}

#[tokio::test]
async fn the_worst_report_stays_within_fifteen_calls() {
    let world = World::new().await;
    world.file(".github/shipwright.yml", "comment-mode: recreate\n");
    world.file(".github/comment.j2", "{% include 'comment.md.j2' %}");
    let pull = world.pull_request(12).from_fork("mallory");
    for n in 0..150 {
        world.comment_by("alice", 12, &format!("remark {n}"));
    }
    for attempt in 0..2 {
        let mut run = world.run("CI", &pull.push());
        for job in 0..120 {
            run = run.failed_job(
                &format!("job {job}"),
                log(&format!("cause {attempt} {}", "abcdefgh".repeat(job % 7))),
            );
        }
        let inputs = [("template-path", ".github/comment.j2")];
        let outcome = world.run_action(world.completed(&run.complete()), &inputs).await.ok();
        assert!(
            outcome.requests <= 15,
            "{} calls: {:#?}",
            outcome.requests,
            world.calls("")
        );
        world.next_comment(12);
    }
    world.finish();
}

#[tokio::test]
async fn a_report_finds_its_comment_behind_a_hundred_others() {
    let world = World::new().await;
    let pull = world.pull_request(12);
    for n in 0..130 {
        world.comment_by("alice", 12, &format!("remark {n}"));
    }
    let first = world.fail_run(&pull.head(), "test", log("expected 3 but got 4"));
    world.run_action(world.completed(&first), &[]).await.ok();
    let ours = world.next_comment(12);
    let second = world.fail_run(&pull.push(), "test", log("the port is taken"));
    world.run_action(world.completed(&second), &[]).await.ok();
    assert_eq!(world.next_comment(12).id, ours.id);
    assert_eq!(world.comments(12).len(), 131);
    world.finish();
}

#[tokio::test]
async fn issues_of_the_repository_are_shown_without_touching_them() {
    let world = World::new().await;
    world.issue(
        7,
        "widget_table has an unsupported layout, fixes #3 @team",
        "see the column store",
    );
    world.issue(8, "holiday plans", "none");
    let pull = world.pull_request(12);
    let reason = "unsupported layout of widget_table in column store";
    let run = world.fail_run(&pull.head(), "test", log(reason));
    world.run_action(world.completed(&run), &[]).await.ok();
    let body = world.next_comment(12).body;
    let similar = body
        .split("### Similar Past Issues")
        .nth(1)
        .unwrap()
        .split("###")
        .next()
        .unwrap();
    let line = similar
        .lines()
        .find(|line| line.contains("No. 7"))
        .unwrap_or_else(|| panic!("{similar}"));
    assert!(
        line.contains("(open)") && line.contains("https://github.test/octo/ship/issues/7"),
        "{line}"
    );
    assert!(
        !line.contains("#7") && !line.contains("#3") && !line.contains("@team"),
        "a live reference: {line}"
    );
    assert!(!similar.contains("holiday") && !similar.contains("No. 12"), "{similar}");
    assert_eq!(world.calls("/search/").len(), 1);
    world.finish();
}

#[tokio::test]
async fn expired_and_missing_logs_leave_a_report_of_the_steps() {
    for (log, words) in [(Log::Expired, "expired"), (Log::Missing, "there is no log")] {
        let world = World::new().await;
        let run = world
            .run("CI", &world.pull_request(12).head())
            .job("test", "failure", log)
            .complete();
        let outcome = world
            .run_action(world.completed(&run), &[("timeout-seconds", "12")])
            .await
            .ok();
        assert_eq!(outcome.warnings().len(), 1, "{:?}", outcome.warnings());
        let body = world.next_comment(12).body;
        assert!(body.contains(words) && body.contains("`Run tests`"), "{words}: {body}");
        world.finish();
    }
}

#[tokio::test]
async fn a_limit_in_the_middle_leaves_what_was_done_until_then() {
    for calls in 1..8 {
        let world = World::new().await;
        let run = world.fail_run(&world.pull_request(12).head(), "test", log("expected 3 but got 4"));
        world.hub().rate_remaining = Some(calls);
        let outcome = world.run_action(world.completed(&run), &[]).await.ok();
        assert!(outcome.warnings().len() <= 1, "{calls}: {:?}", outcome.warnings());
        let said = world.comments(12).len();
        assert!(said <= 1, "{calls}");
        (0..said).for_each(|_| drop(world.next_comment(12)));
        world.finish();
    }
}
