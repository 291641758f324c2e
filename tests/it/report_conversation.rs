//! Stories of the main job: a failed run becomes one comment on the right pull request, and green again one line.

use crate::world::{Head, Outcome, Run, World};

const LOG: &str = include_str!("../corpus/cargo-test-panic/log.txt");

/// The report workflow runs for a completed run.
async fn report(world: &World, run: &Run) -> Outcome {
    world.run_action(world.completed(run), &[]).await.ok()
}

#[tokio::test]
async fn a_forks_failure_is_one_comment_on_its_pull_request_and_green_one_line() {
    let world = World::new().await;
    let pull = world.pull_request(12).from_fork("mallory");
    let outcome = report(&world, &world.fail_run(&pull.head(), "test", LOG)).await;
    println!("{outcome:#?}");
    let first = world.next_comment(12);
    println!("{}", first.body);
    for section in ["What Failed", "Why", "Similar Past Issues", "Suggested Actions"] {
        assert!(first.body.contains(section), "no `{section}` in {}", first.body);
    }
    assert_eq!(outcome.output("comment-id"), first.id.to_string());
    assert!(outcome.requests <= 15, "{:#?}", world.calls(""));

    let outcome = report(&world, &world.fail_run(&pull.push(), "test", LOG)).await;
    let second = world.next_comment(12);
    println!("{}\n{:#?}", second.body, outcome.warnings());
    assert_eq!((second.id, world.comments(12).len()), (first.id, 1));

    let outcome = report(&world, &world.pass_run(&pull.push(), "test")).await;
    let third = world.next_comment(12);
    println!("{}\n{:#?}", third.body, outcome.warnings());
    assert_eq!(third.id, first.id);
    assert!(third.body.lines().count() <= 4, "{}", third.body);
    assert!(outcome.requests <= 10, "{:#?}", world.calls(""));
    world.finish();
}

#[tokio::test]
async fn a_pull_request_that_never_failed_hears_nothing() {
    let world = World::new().await;
    let head: Head = world.pull_request(12).head();
    let outcome = report(&world, &world.pass_run(&head, "test")).await;
    assert!(outcome.warnings().is_empty(), "{:?}", outcome.warnings());
    world.finish();
}
