//! Stories of every row of `mode: auto`, of how a run can end, and of what the inputs make of a report.

use crate::report_faults::futures_like_join;
use crate::world::{Log, Outcome, Run, World};

fn log(reason: &str) -> String {
    format!(
        "##[group]Run make test\nmake test\n##[endgroup]\ntest_parse.c:12: error: {reason}\n\
         make: *** [Makefile:7: test] Error 1\n##[error]Process completed with exit code 2.\n"
    )
}

const REASON: &str = "expected 3 but got 4";

async fn report(world: &World, run: &Run, inputs: &[(&str, &str)]) -> Outcome {
    world.run_action(world.completed(run), inputs).await.ok()
}

#[tokio::test]
async fn a_run_that_timed_out_or_could_not_start_is_reported() {
    let world = World::new().await;
    let head = world.pull_request(12).head();
    let slow = "##[group]Run sleep 9999\nsleep 9999\n##[endgroup]\n##[error]The action 'Run sleep 9999' has timed out after 1 minutes.\n";
    let run = world
        .run("CI", &head)
        .job("test", "timed_out", Log::Text(slow.into()))
        .complete();
    let outcome = report(&world, &run, &[]).await;
    assert_eq!(
        (outcome.output("failed"), outcome.output("category")),
        ("true", "TIMEOUT")
    );
    let body = world.next_comment(12).body;
    assert!(
        body.contains("timed out after 1 minutes") && body.contains("`timed_out`"),
        "{body}"
    );

    // A workflow file that cannot be read has no jobs at all.
    let run = world.run("Docs", &head).ended("startup_failure");
    let outcome = report(&world, &run, &[]).await;
    assert_eq!(outcome.output("failed"), "true");
    let body = world.next_comment(12).body;
    assert!(
        body.contains("startup_failure") && body.contains("### Suggested Actions"),
        "{body}"
    );
    world.finish();
}

#[tokio::test]
async fn cancelled_skipped_and_unfinished_runs_are_left_alone() {
    let world = World::new().await;
    let head = world.pull_request(12).head();
    for end in ["cancelled", "skipped", "neutral", "action_required", "stale"] {
        let run = world.run("CI", &head).cancelled_job("test").ended(end);
        let outcome = report(&world, &run, &[]).await;
        assert_eq!((outcome.requests, outcome.output("degraded")), (0, ""), "{end}");
    }
    let run = world.fail_run(&head, "test", log(REASON));
    let mut requested = world.completed(&run);
    requested.payload["action"] = "requested".into();
    assert_eq!(world.run_action(requested, &[]).await.ok().requests, 0);
    assert!(world.comments(12).is_empty());
    world.finish();
}

#[tokio::test]
async fn a_job_that_was_cancelled_beside_one_that_failed_is_no_cause() {
    let world = World::new().await;
    let head = world.pull_request(12).head();
    let run = world
        .run("CI", &head)
        .failed_job("test", log(REASON))
        .cancelled_job("deploy")
        .complete();
    let outcome = report(&world, &run, &[]).await;
    let body = world.next_comment(12).body;
    assert_eq!(outcome.output("failure-count"), "1");
    assert!(!body.contains("deploy"), "{body}");
    world.finish();
}

#[tokio::test]
async fn dependabot_is_answered_from_a_workflow_of_the_default_branch() {
    let world = World::new().await;
    let mut head = world.pull_request(12).on_branch("dependabot/cargo/x-2").head();
    "dependabot[bot]".clone_into(&mut head.actor);
    let outcome = report(&world, &world.fail_run(&head, "test", log(REASON)), &[]).await;
    assert!(world.next_comment(12).body.contains(REASON));
    assert_eq!((outcome.output("persisted"), outcome.warnings().len()), ("true", 0));
    world.finish();
}

#[tokio::test]
async fn a_dispatch_with_a_green_run_resolves_it() {
    let world = World::new().await;
    let pull = world.pull_request(12);
    report(&world, &world.fail_run(&pull.head(), "test", log(REASON)), &[]).await;
    world.next_comment(12);
    let green = world.pass_run(&pull.push(), "test").id.to_string();
    let outcome = world
        .run_action(world.dispatched(&[("run-id", &green)]), &[("run-id", &green)])
        .await
        .ok();
    assert_eq!(outcome.output("failed"), "false");
    assert!(world.next_comment(12).body.contains("green again"));
    world.finish();
}

#[tokio::test]
async fn a_dispatch_with_days_fills_the_memory_and_says_nothing() {
    let world = World::new().await;
    let head = world.pull_request(12).head();
    world.fail_run(&head, "test", log(REASON));
    world
        .run_action(world.dispatched(&[("backfill-days", "30")]), &[("backfill-days", "30")])
        .await
        .ok();
    let run = world.fail_run(&world.pull_request(12).push(), "test", log(REASON));
    report(&world, &run, &[]).await;
    let body = world.next_comment(12).body;
    assert!(body.contains("Seen once before"), "{body}");
    world.finish();
}

#[tokio::test]
async fn the_main_stage_of_a_job_restores_and_its_post_stage_persists() {
    let world = World::new().await;
    let head = world.push("main", "work");
    let run = world.run("Agent", &head).running_job("agent").complete();
    let mut job = world.job(world.pushed(&head)).in_run(&run, "agent");
    let main = job.main().await.ok();
    assert_eq!((main.output("memory-hit"), main.output("failed")), ("false", ""));
    assert!(main.requests <= 1, "{} calls", main.requests);
    let export = r#"{"schema":"ruflo-memory-export/v1","count":1,"entries":[{"key":"k","namespace":"n","value":"kept","createdAt":1790000000000,"updatedAt":1790000000000}]}"#;
    job.write("runner_temp/shipwright/memory-export.json", export);
    let post = job.post().await.ok();
    assert_eq!(post.requests, 1, "the configuration says what may be stored");
    let mut next = world.job(world.pushed(&head)).in_run(&run, "agent");
    assert_eq!(next.main().await.ok().output("memory-entries"), "1");
    world.finish();
}

#[tokio::test]
async fn restoring_asks_github_nothing() {
    let world = World::new().await;
    let head = world.push("main", "work");
    for input in [("mode", "restore"), ("matrix", r#"{"os":"ubuntu"}"#)] {
        let outcome = world.run_action(world.pushed(&head), &[input]).await.ok();
        assert_eq!(outcome.requests, 0, "{input:?}");
        assert!(!outcome.output("memory-path").is_empty(), "{input:?}");
    }
    world.finish();
}

#[tokio::test]
async fn a_final_job_that_finds_all_green_resolves() {
    let world = World::new().await;
    let pull = world.pull_request(12);
    let red = world
        .run("CI", &pull.head())
        .failed_job("test", log(REASON))
        .running_job("report")
        .complete();
    world
        .job(world.synchronized(12))
        .in_run(&red, "report")
        .main()
        .await
        .ok();
    world.next_comment(12);
    pull.push();
    let green = world
        .run("CI", &pull.head())
        .passed_job("test")
        .running_job("report")
        .complete();
    let outcome = world
        .job(world.synchronized(12))
        .in_run(&green, "report")
        .main()
        .await
        .ok();
    assert_eq!(outcome.output("failed"), "false");
    assert!(world.next_comment(12).body.contains("green again"));
    world.finish();
}

#[tokio::test]
async fn a_last_step_in_a_failed_job_reports_the_job() {
    let world = World::new().await;
    let run = world
        .run("CI", &world.pull_request(12).head())
        .failed_job("lint", log(REASON))
        .running_job("test")
        .complete();
    let mut job = world.job(world.synchronized(12)).in_run(&run, "test");
    job.status("failure");
    let outcome = job.main().await.ok();
    assert_eq!(outcome.output("failed"), "true");
    assert!(world.next_comment(12).body.contains(REASON));
    world.finish();
}

#[tokio::test]
async fn comment_modes_edit_say_anew_or_add() {
    for (mode, ids_differ, count) in [("update", false, 1), ("recreate", true, 1), ("new", true, 2)] {
        let world = World::new().await;
        let pull = world.pull_request(12);
        let inputs = [("comment-mode", mode)];
        report(&world, &world.fail_run(&pull.head(), "test", log(REASON)), &inputs).await;
        let first = world.next_comment(12);
        report(
            &world,
            &world.fail_run(&pull.push(), "test", log("the port is taken")),
            &inputs,
        )
        .await;
        let second = world.next_comment(12);
        assert!(second.body.contains("the port is taken"), "{mode}: {}", second.body);
        assert_eq!(
            (second.id != first.id, world.comments(12).len()),
            (ids_differ, count),
            "{mode}"
        );
        world.finish();
    }
}

#[tokio::test]
async fn on_success_folds_deletes_or_leaves() {
    for (mode, left) in [
        ("resolve", Some("green again")),
        ("delete", None),
        ("leave", Some(REASON)),
    ] {
        let world = World::new().await;
        let pull = world.pull_request(12);
        report(&world, &world.fail_run(&pull.head(), "test", log(REASON)), &[]).await;
        world.next_comment(12);
        report(&world, &world.pass_run(&pull.push(), "test"), &[("on-success", mode)]).await;
        let comments = world.comments(12);
        match left {
            Some(words) => assert!(
                comments.len() == 1 && comments[0].body.contains(words),
                "{mode}: {comments:?}"
            ),
            None => assert!(comments.is_empty(), "{mode}"),
        }
        if mode == "resolve" {
            world.next_comment(12);
        }
        world.finish();
    }
}

#[tokio::test]
async fn targets_choose_where_to_speak() {
    for (target, comments, issues, summary) in [
        ("auto", 1, 0, true),
        ("pr", 1, 0, true),
        ("issue", 0, 1, true),
        ("summary", 0, 0, true),
        ("none", 0, 0, false),
    ] {
        let world = World::new().await;
        let run = world.fail_run(&world.pull_request(12).head(), "test", log(REASON));
        let outcome = report(&world, &run, &[("target", target)]).await;
        assert_eq!(world.comments(12).len(), comments, "{target}");
        assert_eq!(world.hub().repos["octo/ship"].issues.len(), 1 + issues, "{target}");
        assert_eq!(outcome.summary.contains(REASON), summary, "{target}");
        assert_eq!(outcome.output("failed"), "true", "{target}: outputs are always set");
        (0..comments).for_each(|_| drop(world.next_comment(12)));
        (0..issues).for_each(|_| drop(world.next_issue()));
        world.finish();
    }
}

#[tokio::test]
async fn issue_modes_track_nothing_the_default_branch_or_every_branch() {
    for (mode, branch, tracked) in [
        ("default-branch", "main", true),
        ("default-branch", "topic", false),
        ("always", "topic", true),
        ("off", "main", false),
    ] {
        let world = World::new().await;
        let head = world.push(branch, "break it");
        let inputs = [
            ("issue-mode", mode),
            ("issue-label", "broken"),
            ("issue-assignees", "alice, bob"),
        ];
        report(&world, &world.fail_run(&head, "test", log(REASON)), &inputs).await;
        assert_eq!(
            world.hub().repos["octo/ship"].issues.len(),
            usize::from(tracked),
            "{mode} {branch}"
        );
        if tracked {
            let issue = world.next_issue();
            assert!(issue.labels.contains("broken"), "{:?}", issue.labels);
            assert_eq!(issue.assignees, ["alice", "bob"]);
        }
        world.finish();
    }
}

#[tokio::test]
async fn what_is_the_same_is_not_written_again() {
    let world = World::new().await;
    let run = world.fail_run(&world.pull_request(12).head(), "test", log(REASON));
    report(&world, &run, &[]).await;
    world.next_comment(12);
    let memory = world.git().git(&["rev-parse", "refs/ruflo-memory/v1"]);
    for _ in 0..2 {
        report(&world, &run, &[]).await;
    }
    assert_eq!((world.calls("PATCH").len(), world.calls("POST /repos").len()), (0, 1));
    assert_eq!(
        world.git().git(&["rev-parse", "refs/ruflo-memory/v1"]),
        memory,
        "nor is memory"
    );
    world.finish();
}

#[tokio::test]
async fn a_failure_that_comes_back_within_a_week_reopens_its_issue_and_later_opens_another() {
    let world = World::new().await;
    let red = world.push("main", "break it");
    report(&world, &world.fail_run(&red, "test", log(REASON)), &[]).await;
    let issue = world.next_issue();
    assert_eq!(issue.title.matches(REASON).count(), 1, "{}", issue.title);
    report(&world, &world.pass_run(&world.push("main", "fix it"), "test"), &[]).await;
    assert_eq!(world.next_issue().state, "closed");
    report(
        &world,
        &world.fail_run(&world.push("main", "break it again"), "test", log(REASON)),
        &[],
    )
    .await;
    let again = world.next_issue();
    assert_eq!((again.number, again.state.as_str()), (issue.number, "open"));

    report(
        &world,
        &world.pass_run(&world.push("main", "fix it again"), "test"),
        &[],
    )
    .await;
    world.next_issue();
    let long_ago = world.hub().now - 8 * 24 * 3600;
    world
        .hub()
        .repo("octo/ship")
        .issues
        .get_mut(&issue.number)
        .unwrap()
        .closed_at = Some(long_ago);
    report(
        &world,
        &world.fail_run(&world.push("main", "and again"), "test", log(REASON)),
        &[],
    )
    .await;
    assert_ne!(world.next_issue().number, issue.number);
    world.finish();
}

#[tokio::test]
async fn a_late_report_on_an_older_run_neither_edits_nor_reopens_the_issue() {
    let world = World::new().await;
    let (first, second) = (world.push("main", "one"), world.push("main", "two"));
    let older = world.fail_run(&first, "test", log(REASON));
    let newer = world.fail_run(&second, "test", log(REASON));
    report(&world, &newer, &[]).await;
    let issue = world.next_issue();
    report(&world, &older, &[]).await;
    assert_eq!(world.hub().repos["octo/ship"].issues[&issue.number].body, issue.body);
    let late = world.fail_run(&world.push("main", "three"), "test", log(REASON));
    report(&world, &world.pass_run(&world.push("main", "four"), "test"), &[]).await;
    assert_eq!(world.next_issue().state, "closed");
    report(&world, &late, &[]).await;
    assert_eq!(world.hub().repos["octo/ship"].issues[&issue.number].state, "closed");
    world.finish();
}

#[tokio::test]
async fn reports_at_the_same_time_leave_one_open_issue() {
    let world = World::new().await;
    let heads = [(); 6].map(|()| world.push("main", "break it"));
    let runs = heads.map(|head| world.fail_run(&head, "test", log(REASON)));
    let reports = runs.iter().map(|run| world.run_action(world.completed(run), &[]));
    for outcome in futures_like_join(reports).await {
        outcome.ok();
    }
    let issues: Vec<_> = world.hub().repos["octo/ship"].issues.values().cloned().collect();
    let open = issues.iter().filter(|issue| issue.state == "open").count();
    assert_eq!(
        open,
        1,
        "{:?}",
        issues
            .iter()
            .map(|issue| (issue.number, &issue.state))
            .collect::<Vec<_>>()
    );
    for _ in &issues {
        world.next_issue();
    }
    world.finish();
}

#[tokio::test]
async fn an_issue_of_another_failure_or_by_a_person_is_never_closed() {
    let world = World::new().await;
    report(
        &world,
        &world.fail_run(&world.push("main", "break it"), "test", log(REASON)),
        &[],
    )
    .await;
    let ours = world.next_issue();
    let docs = world
        .run("Docs", &world.push("main", "x"))
        .failed_job("build", log("the port is taken"))
        .complete();
    report(&world, &docs, &[]).await;
    let other = world.next_issue();
    world.issue(50, "my own", &ours.body);
    world
        .hub()
        .repo("octo/ship")
        .issues
        .get_mut(&50)
        .unwrap()
        .labels
        .insert("ci-failure".to_owned());
    report(&world, &world.pass_run(&world.push("main", "fix it"), "test"), &[]).await;
    assert_eq!(world.next_issue().number, ours.number);
    for number in [other.number, 50] {
        assert_eq!(world.hub().repos["octo/ship"].issues[&number].state, "open", "{number}");
    }
    world.finish();
}
