//! Stories of a fork that means harm: what it writes into logs, names and branches can neither ping, close, link nor
//! run anything, nor displace what the repository itself has taught.

use crate::runner_contract::live_markup;
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

/// Everything the world gets to read when a fork fails for this reason, and when the repository itself fails so later.
async fn pages(reason: &str) -> Vec<String> {
    let world = World::new().await;
    let fork = world
        .pull_request(12)
        .from_fork("mallory")
        .on_branch("fix-1-@team")
        .head();
    let run = world
        .run(&format!("CI {reason}"), &fork)
        .failed_job(&format!("job {reason}"), log(reason))
        .complete();
    let outcome = report(&world, &run).await;
    let mut pages = vec![world.next_comment(12).body, outcome.summary.clone()];
    let own = world.push("main", reason);
    let run = world.run("Own", &own).failed_job("test", log(reason)).complete();
    let outcome = report(&world, &run).await;
    let issue = world.next_issue();
    // GitHub reads no Markdown in a title, but the same references.
    pages.extend([format!("```\n{}", issue.title), issue.body, outcome.summary]);
    for live in [
        "@team",
        "@octo",
        "#1",
        "ship#2",
        "GH-3",
        "https://",
        "www.evil",
        "mail@evil",
    ] {
        assert!(!issue.title.contains(live), "{live} in the title {}", issue.title);
    }
    world.finish();
    pages
}

/// What stands in a page outside code spans and blocks, as a reader and GitHub's filters see it.
fn prose(page: &str) -> String {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    let (mut text, mut in_code) = (String::new(), false);
    for event in Parser::new_ext(page, Options::ENABLE_GFM) {
        if let Event::Start(Tag::CodeBlock(_)) = event {
            in_code = true;
        } else if let Event::End(TagEnd::CodeBlock) = event {
            in_code = false;
        } else if let (Event::Text(part), false) = (&event, in_code) {
            text.push_str(part);
        }
    }
    text
}

#[tokio::test]
async fn a_poisoned_log_pings_nobody() {
    for page in pages("reviewed by @team, @octo/core and mail@evil.test").await {
        let prose = prose(&page);
        for live in ["@team", "@octo", "mail@evil"] {
            assert!(!prose.contains(live), "{live} in {page}");
        }
    }
}

#[tokio::test]
async fn a_poisoned_log_closes_nothing() {
    for page in pages("fixes #1, closes octo/ship#2, resolves GH-3 and https://github.com/octo/ship/issues/4").await {
        let prose = prose(&page);
        for live in ["#1", "ship#2", "GH-3", "https://github.com/octo/ship/issues/4"] {
            assert!(!prose.contains(live), "{live} in {page}");
        }
        assert_eq!(live_markup(&page), Vec::<String>::new(), "{page}");
    }
}

#[tokio::test]
async fn a_poisoned_log_links_and_loads_nothing() {
    for page in
        pages("[login](https://evil.test/a) ![x](https://evil.test/b) <img src=//evil.test> www.evil.test").await
    {
        let prose = prose(&page);
        for live in ["https://evil", "www.evil"] {
            assert!(!prose.contains(live), "{live} in {page}");
        }
        assert_eq!(live_markup(&page), Vec::<String>::new(), "{page}");
    }
}

#[tokio::test]
async fn a_poisoned_log_runs_nothing() {
    let world = World::new().await;
    // The fork brings its own configuration and template; only the default branch's count.
    world.file(".github/shipwright.yml", "issue-label: ours\n");
    let fork = world
        .pull_request(12)
        .from_fork("mallory")
        .on_branch("::set-output name=x::y")
        .head();
    let reason = "{{ 7*7 }} ${{ github.token }} $(touch /tmp/pwned) `id` ::error::pwned ##[add-path]/evil";
    let lines = format!(
        "::stop-commands::pwned\n::add-mask::e\n##[set-env name=LD_PRELOAD]/evil\n{}",
        log(reason)
    );
    let run = world.run("CI ##[error]", &fork).failed_job("test", lines).complete();
    let outcome = report(&world, &run).await;
    assert!(outcome.environment.is_empty(), "{:?}", outcome.environment);
    let foreign = outcome
        .commands
        .iter()
        .find(|command| command.data.contains("pwned") || command.data.contains("evil"));
    assert!(foreign.is_none(), "{foreign:?}");
    let body = world.next_comment(12).body;
    assert!(body.contains("{{ 7*7 }}") && !body.contains("49"), "{body}");
    world.finish();
}

#[tokio::test]
async fn a_command_in_a_log_is_no_command() {
    let world = World::new().await;
    let fork = world.pull_request(12).from_fork("mallory").head();
    let reason = format!("{REASON}\n/shipwright mute sw1:0123456789abcdef0123456789abcdef 365");
    report(&world, &world.fail_run(&fork, "test", log(&reason))).await;
    let ours = world.next_comment(12);
    // Even if somebody's token made our own comment start a workflow.
    let outcome = world.run_action(world.commented(12, ours.id, "OWNER"), &[]).await.ok();
    assert!(
        !world
            .git()
            .file("refs/ruflo-memory/v1", "shipwright.jsonl")
            .contains("shipwright/mute")
    );
    assert_eq!(outcome.output("failed"), "");
    world.finish();
}

#[tokio::test]
async fn a_fork_does_not_rewrite_what_the_repository_has_seen() {
    let world = World::new().await;
    let own = world.push("main", "break it");
    let run = world.fail_run(&own, "test", log(REASON));
    let first = report(&world, &run).await;
    world.next_issue();
    // The same failure in a fork, many times and later.
    let fork = world.pull_request(12).from_fork("mallory");
    for _ in 0..3 {
        let again = world.fail_run(&fork.push(), "evil job", log(REASON));
        assert_eq!(
            report(&world, &again).await.output("fingerprint"),
            first.output("fingerprint")
        );
        world.next_comment(12);
    }
    let other = world.pull_request(13).on_branch("other").head();
    report(&world, &world.fail_run(&other, "test", log(REASON))).await;
    let body = world.next_comment(13).body;
    let same = body.lines().find(|line| line.contains("The same failure")).unwrap();
    assert!(
        same.contains(&format!("/runs/{}/", run.id)) && !same.contains("from a fork"),
        "{same}"
    );
    world.finish();
}

#[tokio::test]
async fn a_flood_of_look_alikes_from_a_fork_does_not_crowd_out_our_own() {
    let world = World::new().await;
    let cause = |last: &str| {
        log(&format!(
            "unsupported layout of widget_table in column store, expected one of rows, columns{last}"
        ))
    };
    report(
        &world,
        &world.fail_run(&world.push("main", "break it"), "test", cause(", tiles")),
    )
    .await;
    let issue = world.next_issue();
    let fork = world.pull_request(12).from_fork("mallory");
    for word in ["bytes", "words", "pages", "lanes", "banks"] {
        report(
            &world,
            &world.fail_run(&fork.push(), "test", cause(&format!(", {word}"))),
        )
        .await;
        world.next_comment(12);
    }
    let other = world.pull_request(13).on_branch("other").head();
    report(&world, &world.fail_run(&other, "test", cause(""))).await;
    let body = world.next_comment(13).body;
    let similar = body
        .split("### Similar Past Issues")
        .nth(1)
        .unwrap()
        .split("###")
        .next()
        .unwrap();
    let first = similar.lines().find(|line| line.starts_with("- ")).unwrap();
    assert!(
        !first.contains("from a fork") && first.contains("on `main`"),
        "{similar}"
    );
    assert!(
        similar.contains("(reported from a fork)"),
        "where it comes from is said: {similar}"
    );
    assert_eq!(world.hub().repos["octo/ship"].issues[&issue.number].state, "open");
    world.finish();
}

#[tokio::test]
async fn a_forks_green_run_teaches_no_fix_and_closes_no_issue() {
    let world = World::new().await;
    report(
        &world,
        &world.fail_run(&world.push("main", "break it"), "test", log(REASON)),
    )
    .await;
    let issue = world.next_issue();
    // The fork calls its branch `main` too.
    let fork = world.pull_request(12).from_fork("mallory").on_branch("main");
    report(&world, &world.fail_run(&fork.head(), "test", log(REASON))).await;
    world.next_comment(12);
    report(&world, &world.pass_run(&fork.push(), "test")).await;
    world.next_comment(12);
    assert_eq!(world.hub().repos["octo/ship"].issues[&issue.number].state, "open");
    assert!(
        !world
            .git()
            .file("refs/ruflo-memory/v1", "shipwright.jsonl")
            .contains("shipwright/fix\"")
    );
    world.finish();
}

#[tokio::test]
async fn a_forks_own_job_writes_no_memory_at_all() {
    let world = World::new().await;
    let head = world.pull_request(12).from_fork("mallory").head();
    let run = world
        .run("CI", &head)
        .failed_job("test", log(REASON))
        .running_job("report")
        .complete();
    let mut job = world
        .job(world.synchronized(12))
        .in_run(&run, "report")
        .input("persist", "trusted");
    job.main().await.ok();
    job.status("failure");
    job.post().await.ok();
    assert!(world.git().refs("refs/ruflo-memory/").is_empty());
    (0..world.comments(12).len()).for_each(|_| drop(world.next_comment(12)));
    world.finish();
}

#[tokio::test]
async fn a_pasted_copy_of_our_comment_steers_no_command() {
    let world = World::new().await;
    let own = world.push("main", "break it");
    report(&world, &world.fail_run(&own, "test", log(REASON))).await;
    let issue = world.next_issue();
    // A stranger pastes our report under another pull request; a member then names a fix there.
    world.pull_request(12).from_fork("mallory");
    world.comment_by("mallory", 12, &issue.body);
    let event = world.says("MEMBER", 12, "/shipwright fixed-by deleting the tests");
    world.run_action(event, &[]).await.ok();
    assert!(world.next_comment(12).body.contains("no failure is shown here"));
    assert!(
        !world
            .git()
            .file("refs/ruflo-memory/v1", "shipwright.jsonl")
            .contains("deleting the tests")
    );
    world.finish();
}

/// Memory knows a fix that helped.
async fn fixed_once(world: &World) {
    let pull = world.pull_request(1).on_branch("fix");
    report(world, &world.fail_run(&pull.head(), "test", log(REASON))).await;
    world.next_comment(1);
    report(
        world,
        &world.pass_run(&pull.push_files("Expect four", &["test_parse.c"]), "test"),
    )
    .await;
    world.next_comment(1);
}

/// What a pull request of the repository itself reads about the failure.
async fn our_own(world: &World, number: u64) -> String {
    let own = world.pull_request(number).on_branch("feature").head();
    report(world, &world.fail_run(&own, "test", log(REASON))).await;
    world.next_comment(number).body
}

#[tokio::test]
async fn a_fork_that_fails_again_and_again_sinks_no_fix() {
    let world = World::new().await;
    fixed_once(&world).await;
    let fork = world.pull_request(12).from_fork("mallory");
    for _ in 0..4 {
        report(&world, &world.fail_run(&fork.push(), "test", log(REASON))).await;
        assert!(world.next_comment(12).body.contains("fixed it before"));
    }
    let body = our_own(&world, 20).await;
    assert!(body.contains("fixed it before") && body.contains("(1 of 1)"), "{body}");
    world.finish();
}

#[tokio::test]
async fn a_fork_that_turns_green_by_itself_hides_no_fix() {
    let world = World::new().await;
    fixed_once(&world).await;
    let fork = world.pull_request(12).from_fork("mallory").head();
    let first = world.fail_run(&fork, "test", log(REASON));
    report(&world, &first).await;
    world.next_comment(12);
    report(&world, &first.rerun(&world).passed_job("test").complete()).await;
    world.next_comment(12);
    let memory = world.git().file("refs/ruflo-memory/v1", "shipwright.jsonl");
    assert!(memory.contains(r#"\"trusted\":false"#), "the end is kept: {memory}");
    // Once more, later than what was learned.
    report(&world, &world.fail_run(&fork, "test", log(REASON))).await;
    world.next_comment(12);
    let body = our_own(&world, 20).await;
    assert!(
        body.contains("fixed it before") && !body.to_lowercase().contains("flaky"),
        "{body}"
    );
    world.finish();
}

#[tokio::test]
async fn a_forks_main_is_not_our_main() {
    let world = World::new().await;
    let fork = world.pull_request(12).from_fork("mallory").on_branch("main");
    report(&world, &world.fail_run(&fork.head(), "test", log(REASON))).await;
    world.next_comment(12);
    let body = our_own(&world, 20).await;
    assert!(!body.contains("Not this change's doing"), "{body}");
    // The fork itself hears that it was red before, and of our main when that is red.
    report(&world, &world.fail_run(&fork.push(), "test", log(REASON))).await;
    let body = world.next_comment(12).body;
    assert!(body.contains("This branch was red with it before"), "{body}");
    let own = world.push("main", "break it");
    report(&world, &world.fail_run(&own, "test", log(REASON))).await;
    world.next_issue();
    report(&world, &world.fail_run(&fork.push(), "test", log(REASON))).await;
    let body = world.next_comment(12).body;
    assert!(body.contains("Not this change's doing"), "{body}");
    world.finish();
}
