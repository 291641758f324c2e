//! Stories of commands in comments: who may give them, what they do, and that each does its thing once.

use crate::world::{Outcome, Run, World};

/// A log in which a test failed for this reason.
fn log(reason: &str) -> String {
    format!(
        "##[group]Run make test\nmake test\n##[endgroup]\ntest_parse.c:12: error: {reason}\n\
         make: *** [Makefile:7: test] Error 1\n##[error]Process completed with exit code 2.\n"
    )
}

const REASON: &str = "expected 3 but got 4";

async fn report(world: &World, run: &Run) -> Outcome {
    world.run_action(world.completed(run), &[]).await.ok()
}

/// A pull request on which a failure has been reported, and the fingerprint.
async fn reported(world: &World, number: u64) -> String {
    let head = world.pull_request(number).on_branch(&format!("branch-{number}")).head();
    let outcome = report(world, &world.fail_run(&head, "test", log(REASON))).await;
    world.next_comment(number);
    outcome.output("fingerprint").to_owned()
}

/// Somebody says something; gives the comment's id and what came of it.
async fn say(world: &World, association: &str, number: u64, body: &str) -> (u64, Outcome) {
    let event = world.says(association, number, body);
    let comment = event.payload["comment"]["id"].as_u64().unwrap();
    let outcome = world.run_action(event, &[]).await.ok();
    assert!(outcome.requests <= 15, "{} calls", outcome.requests);
    (comment, outcome)
}

/// The reactions under a comment, who and how.
fn reactions(world: &World, comment: u64) -> Vec<(String, String)> {
    let hub = world.hub();
    hub.repos[&world.slug].comments[&comment]
        .reactions
        .iter()
        .cloned()
        .collect()
}

fn ours(reaction: &str) -> Vec<(String, String)> {
    vec![("github-actions[bot]".to_owned(), reaction.to_owned())]
}

/// The records of this kind that memory holds now.
fn records(world: &World, kind: &str) -> Vec<serde_json::Value> {
    let file = world.git().file("refs/ruflo-memory/v1", "shipwright.jsonl");
    let entries = file
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let namespace = format!("shipwright/{kind}");
    let of_kind = entries.filter(|entry| entry["namespace"] == namespace.as_str());
    of_kind
        .map(|entry| serde_json::from_str(entry["value"].as_str().unwrap()).unwrap())
        .collect()
}

#[tokio::test]
async fn explain_answers_where_it_was_asked() {
    let world = World::new().await;
    let head = world.pull_request(12).head();
    world.pass_run(&head, "lint");
    world.fail_run(&head, "test", log(REASON));
    let (comment, first) = say(&world, "MEMBER", 12, "Why is this red?\n\n/shipwright explain").await;
    let answer = world.next_comment(12);
    assert!(
        answer.body.contains(REASON) && answer.body.contains("### Suggested Actions"),
        "{}",
        answer.body
    );
    assert_eq!(reactions(&world, comment), ours("+1"));
    assert_eq!(first.warnings(), Vec::<&str>::new());

    // Delivered twice: the answer stands and is not written again.
    let again = world.commented(12, comment, "MEMBER");
    world.run_action(again, &[]).await.ok();
    assert_eq!(world.comments(12).len(), 2);
    assert_eq!(reactions(&world, comment), ours("+1"));
    world.finish();
}

#[tokio::test]
async fn explain_takes_a_runs_page_and_leaves_the_report_of_the_pull_request_alone() {
    let world = World::new().await;
    reported(&world, 12).await;
    let own = world.comments(12)[0].body.clone();
    let elsewhere = world.push("topic", "no pull request");
    let run = world.fail_run(&elsewhere, "test", log("the port is taken"));
    let page = format!("https://github.test/octo/ship/actions/runs/{}", run.id);
    let (comment, _) = say(&world, "COLLABORATOR", 12, &format!("/shipwright explain {page}")).await;
    assert!(world.next_comment(12).body.contains("the port is taken"));
    assert_eq!(reactions(&world, comment), ours("+1"));
    assert_eq!(world.comments(12)[0].body, own);
    world.finish();
}

#[tokio::test]
async fn explain_on_a_tracking_issue_means_the_run_it_tracks() {
    let world = World::new().await;
    let red = world.push("main", "break it");
    let run = world.fail_run(&red, "test", log(REASON));
    report(&world, &run).await;
    let issue = world.next_issue();
    let (_, outcome) = say(&world, "OWNER", issue.number, "/shipwright explain").await;
    assert!(world.next_comment(issue.number).body.contains(REASON));
    assert_eq!(outcome.warnings(), Vec::<&str>::new());
    world.finish();
}

#[tokio::test]
async fn what_cannot_be_explained_is_said_once_and_politely() {
    let world = World::new().await;
    let head = world.pull_request(12).head();
    let green = world.pass_run(&head, "test");
    let foreign = "https://github.test/mallory/other/actions/runs/5".to_owned();
    for (asked, words) in [
        (String::new(), "no failed run was found"),
        (green.id.to_string(), "that run passed"),
        (foreign, "only runs of this repository"),
        ("999999".to_owned(), "that run cannot be read"),
    ] {
        let (comment, _) = say(&world, "MEMBER", 12, &format!("/shipwright explain {asked}")).await;
        assert_eq!(reactions(&world, comment), ours("confused"), "{asked}");
        let reply = world.next_comment(12);
        assert!(reply.body.contains(words), "{asked}: {}", reply.body);
        world.run_action(world.commented(12, comment, "MEMBER"), &[]).await.ok();
        assert!(
            world.comments(12).iter().all(|comment| !comment.unread),
            "{asked} was answered twice"
        );
    }
    world.finish();
}

#[tokio::test]
async fn strangers_and_programs_command_nothing() {
    let world = World::new().await;
    let fingerprint = reported(&world, 12).await;
    let before = world.git().refs("refs/ruflo-memory/");
    let command = format!("/shipwright mute {fingerprint}");
    for association in [
        "NONE",
        "CONTRIBUTOR",
        "FIRST_TIME_CONTRIBUTOR",
        "FIRST_TIMER",
        "MANNEQUIN",
    ] {
        let (comment, outcome) = say(&world, association, 12, &command).await;
        assert_eq!(reactions(&world, comment), ours("confused"), "{association}");
        assert_eq!(outcome.requests, 1, "{association}: nothing but the reaction");
    }
    let robot = world.comment_by("renovate[bot]", 12, &command);
    let outcome = world.run_action(world.commented(12, robot, "MEMBER"), &[]).await.ok();
    assert_eq!((outcome.requests, reactions(&world, robot).len()), (0, 0));
    assert_eq!(world.git().refs("refs/ruflo-memory/"), before);
    world.finish();
}

#[tokio::test]
async fn what_is_quoted_or_code_or_edited_is_no_command() {
    let world = World::new().await;
    reported(&world, 12).await;
    for body in [
        "> /shipwright explain",
        "```\n/shipwright explain\n```",
        "see /shipwright explain",
        "thanks",
    ] {
        let (comment, _) = say(&world, "OWNER", 12, body).await;
        assert_eq!(reactions(&world, comment).len(), 0, "{body}");
    }
    let mut edited = world.says("OWNER", 12, "/shipwright explain");
    edited.payload["action"] = "edited".into();
    world.run_action(edited, &[]).await.ok();
    assert!(world.comments(12).iter().all(|comment| !comment.unread));
    world.finish();
}

#[tokio::test]
async fn a_command_nobody_knows_is_answered_with_what_can_be_said() {
    let world = World::new().await;
    world.pull_request(12);
    let (comment, _) = say(&world, "MEMBER", 12, "/shipwright @everyone fixes #1 <img src=x>").await;
    assert_eq!(reactions(&world, comment), ours("confused"));
    let reply = world.next_comment(12).body;
    assert!(
        reply.contains("there is no such command") && reply.contains("/shipwright mute"),
        "{reply}"
    );
    assert!(!reply.contains("everyone") && !reply.contains("img"), "{reply}");
    world.finish();
}

#[tokio::test]
async fn what_a_person_says_fixed_it_is_suggested_first_next_time() {
    let world = World::new().await;
    let fingerprint = reported(&world, 12).await;
    let fix = world.push("main", "widen the parser's table");
    let (comment, _) = say(
        &world,
        "MEMBER",
        12,
        &format!("/shipwright fixed-by {}", &fix.sha[..10]),
    )
    .await;
    assert_eq!(reactions(&world, comment), ours("+1"));
    world.run_action(world.commented(12, comment, "MEMBER"), &[]).await.ok();
    let fixes = records(&world, "fix");
    assert_eq!((fixes.len(), records(&world, "feedback").len()), (1, 1), "said once");
    assert_eq!(
        (fixes[0]["fingerprint"].as_str(), fixes[0]["sha"].as_str()),
        (Some(&*fingerprint), Some(&*fix.sha))
    );

    let head = world.pull_request(13).on_branch("other").head();
    report(&world, &world.fail_run(&head, "test", log(REASON))).await;
    let body = world.next_comment(13).body;
    let actions = body.split("### Suggested Actions").nth(1).unwrap();
    assert!(
        actions.trim_start().starts_with("1. Try what fixed it before: [commit"),
        "{actions}"
    );
    assert!(actions.contains("widen the parser's table"), "{actions}");
    world.finish();
}

#[tokio::test]
async fn a_fix_can_be_a_pull_request_or_words_and_must_exist() {
    let world = World::new().await;
    reported(&world, 12).await;
    world.pull_request(20);
    for words in ["#20", "clearing the cache on the runner, @team"] {
        let (comment, _) = say(&world, "OWNER", 12, &format!("/shipwright fixed-by {words}")).await;
        assert_eq!(reactions(&world, comment), ours("+1"), "{words}");
    }
    let summaries: Vec<String> = records(&world, "fix")
        .iter()
        .map(|fix| fix["summary"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        summaries.iter().any(|summary| summary == "pull request 20: A change"),
        "{summaries:?}"
    );
    assert!(
        summaries
            .iter()
            .any(|summary| summary.starts_with("clearing the cache")),
        "{summaries:?}"
    );
    for words in ["#999", "deadbeef", "https://github.test/mallory/other/pull/1"] {
        let (comment, _) = say(&world, "OWNER", 12, &format!("/shipwright fixed-by {words}")).await;
        assert_eq!(reactions(&world, comment), ours("confused"), "{words}");
        assert!(world.next_comment(12).body.contains("Not done"), "{words}");
    }
    assert_eq!(records(&world, "fix").len(), 2);
    world.finish();
}

#[tokio::test]
async fn a_fix_can_be_named_after_the_comment_was_folded() {
    let world = World::new().await;
    let fingerprint = reported(&world, 12).await;
    let green = world.pass_run(&world.pull_request(12).push(), "test");
    report(&world, &green).await;
    assert!(world.next_comment(12).body.contains("green again"));
    say(&world, "MEMBER", 12, "/shipwright fixed-by waiting for the registry").await;
    let word = records(&world, "feedback");
    assert_eq!(word[0]["fingerprint"].as_str(), Some(&*fingerprint));
    world.finish();
}

#[tokio::test]
async fn a_muted_failure_opens_nothing_and_is_one_line_elsewhere() {
    let world = World::new().await;
    let fingerprint = reported(&world, 12).await;
    let (comment, _) = say(
        &world,
        "MEMBER",
        12,
        &format!("/shipwright mute {} 7", &fingerprint[..12]),
    )
    .await;
    assert_eq!(reactions(&world, comment), ours("+1"));
    world.run_action(world.commented(12, comment, "MEMBER"), &[]).await.ok();
    assert_eq!(records(&world, "mute").len(), 1, "said once");

    // Alone it opens neither a comment nor an issue.
    let other = world.pull_request(13).on_branch("other");
    let outcome = report(&world, &world.fail_run(&other.head(), "test", log(REASON))).await;
    assert!(outcome.summary.contains("Muted until"), "{}", outcome.summary);
    let red = world.push("main", "break it");
    report(&world, &world.fail_run(&red, "test", log(REASON))).await;
    assert!(world.comments(13).is_empty() && world.hub().repos["octo/ship"].issues.len() == 2);

    // Beside another failure it is one line.
    let run = world.run("CI", &other.push()).failed_job("test", log(REASON));
    let run = run.failed_job("lint", log("the port is taken")).complete();
    report(&world, &run).await;
    let body = world.next_comment(13).body;
    assert_eq!(
        (body.matches("Muted until").count(), body.matches("### Why").count()),
        (1, 1),
        "{body}"
    );
    assert!(!body.split("### Why").nth(1).unwrap().contains(REASON), "{body}");

    // A comment that stands already is still kept up to date.
    let again = world.fail_run(&world.pull_request(12).push(), "test", log(REASON));
    report(&world, &again).await;
    assert!(world.next_comment(12).body.contains("Muted until"));

    // It is remembered all the same, and 0 days end it.
    assert_eq!(
        records(&world, "occurrence")
            .iter()
            .filter(|seen| seen["fingerprint"] == *fingerprint)
            .count(),
        5
    );
    say(&world, "MEMBER", 12, &format!("/shipwright mute {fingerprint} 0")).await;
    report(&world, &world.fail_run(&other.push(), "test", log(REASON))).await;
    assert!(!world.next_comment(13).body.contains("Muted"));
    world.finish();
}

#[tokio::test]
async fn what_is_not_similar_is_not_shown_as_a_match_again() {
    let world = World::new().await;
    let cause = |last: &str| {
        log(&format!(
            "unsupported layout of widget_table in column store, expected one of rows, columns{last}"
        ))
    };
    let old = world.push("main", "old");
    let first = report(&world, &world.fail_run(&old, "test", cause(", tiles"))).await;
    world.next_issue();
    let head = world.pull_request(12).head();
    report(&world, &world.fail_run(&head, "test", cause(""))).await;
    let body = world.next_comment(12).body;
    let name = first.output("fingerprint")[..16].to_owned();
    let near = body
        .lines()
        .find(|line| line.contains(&name))
        .unwrap_or_else(|| panic!("no match in {body}"));
    assert!(near.contains("% alike"), "{near}");

    let (comment, _) = say(&world, "OWNER", 12, &format!("/shipwright not-similar {name}")).await;
    assert_eq!(reactions(&world, comment), ours("+1"));
    report(
        &world,
        &world.fail_run(&world.pull_request(12).push(), "test", cause("")),
    )
    .await;
    let body = world.next_comment(12).body;
    assert!(!body.contains("% alike"), "{body}");
    world.finish();
}

#[tokio::test]
async fn thumbs_count_for_and_against_what_was_suggested() {
    let world = World::new().await;
    reported(&world, 12).await;
    say(&world, "OWNER", 12, "/shipwright fixed-by clearing the cache").await;
    let pull = world.pull_request(12);
    report(&world, &world.fail_run(&pull.push(), "test", log(REASON))).await;
    let ours = world.next_comment(12);
    assert!(ours.body.contains("clearing the cache"), "{}", ours.body);
    for login in ["bob", "carol", "dave"] {
        world.react(login, ours.id, "-1");
    }
    let next = report(&world, &world.fail_run(&pull.push(), "test", log(REASON))).await;
    assert!(next.requests <= 15);
    world.next_comment(12);
    let votes = records(&world, "feedback")
        .into_iter()
        .filter(|said| said["opinion"] == "votes")
        .collect::<Vec<_>>();
    assert_eq!((votes.len(), votes[0]["down"].as_u64()), (1, Some(3)), "{votes:?}");
    assert!(
        world.calls("reactions").iter().all(|call| call.starts_with("POST")),
        "read without a call of its own"
    );

    // Seen again, they are the same thumbs.
    report(&world, &world.fail_run(&pull.push(), "test", log(REASON))).await;
    let body = world.next_comment(12).body;
    assert!(body.contains("clearing the cache") && body.contains("(0 of "), "{body}");
    world.finish();
}

#[tokio::test]
async fn a_command_that_cannot_be_kept_is_not_acknowledged_as_done() {
    let world = World::new().await;
    let fingerprint = reported(&world, 12).await;
    world.permissions(&[
        "actions: read",
        "contents: read",
        "issues: write",
        "pull-requests: write",
    ]);
    let event = world.says("MEMBER", 12, &format!("/shipwright mute {fingerprint}"));
    let comment = event.payload["comment"]["id"].as_u64().unwrap();
    let outcome = world.run_action(event, &[("persist", "never")]).await.ok();
    assert_eq!(reactions(&world, comment), ours("confused"), "{}", outcome.stdout);
    assert!(world.next_comment(12).body.contains("memory could not be written"));
    world.finish();
}

#[tokio::test]
async fn a_dry_run_says_what_it_would_do() {
    let world = World::new().await;
    let fingerprint = reported(&world, 12).await;
    let event = world.says("MEMBER", 12, &format!("/shipwright mute {fingerprint}"));
    let comment = event.payload["comment"]["id"].as_u64().unwrap();
    let outcome = world.run_action(event, &[("dry-run", "true")]).await.ok();
    assert!(
        outcome.stdout.contains("the reaction would be +1"),
        "{}",
        outcome.stdout
    );
    assert_eq!(
        (reactions(&world, comment).len(), records(&world, "mute").len()),
        (0, 0)
    );
    world.finish();
}
