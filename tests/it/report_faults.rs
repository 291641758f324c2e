//! What GitHub may answer: the step stays green, one warning names the remedy, nothing is said twice.

use std::time::Duration;

use crate::world::{Fault, Outcome, World};

const LOG: &str = "##[group]Run make\nmake\n##[endgroup]\nsrc/a.c:3:5: error: 'x' undeclared\n##[error]Process completed with exit code 2.\n";
const COMMENTS: &str = "/repos/octo/ship/issues/12/comments";

/// A failed run on a pull request, and the report on it.
async fn report(world: &World, inputs: &[(&str, &str)]) -> Outcome {
    let head = world.pull_request(12).head();
    let run = world.fail_run(&head, "test", LOG);
    world.run_action(world.completed(&run), inputs).await.ok()
}

fn read_all(world: &World) -> usize {
    let comments = world.comments(12).len();
    for _ in 0..comments {
        world.next_comment(12);
    }
    comments
}

#[tokio::test]
async fn faults_on_every_call_leave_the_step_green_and_one_comment_at_most() {
    let faults = || {
        [
            Fault::Status(403),
            Fault::Status(404),
            Fault::Status(410),
            Fault::Status(422),
            Fault::Limited(3600),
            Fault::SecondaryLimit(3600),
            Fault::Status(500),
            Fault::Status(502),
            Fault::Drop,
        ]
    };
    let calls = [
        "GET /repos/octo/ship/actions/runs/*/attempts/*/jobs".to_owned(),
        "GET /repos/octo/ship/actions/jobs/*/logs".to_owned(),
        format!("GET {COMMENTS}"),
        format!("POST {COMMENTS}"),
        "GET /search/issues".to_owned(),
    ];
    for call in &calls {
        for fault in faults() {
            let world = World::new().await;
            world.faults(call, fault.clone(), 100);
            let outcome = report(&world, &[("timeout-seconds", "20")]).await;
            assert!(
                outcome.warnings().len() <= 1,
                "{call} {fault:?}: {:?}",
                outcome.warnings()
            );
            let quiet = call.contains("search");
            assert_eq!(
                outcome.warnings().is_empty(),
                quiet,
                "{call} {fault:?}: {}",
                outcome.stdout
            );
            assert_eq!(outcome.output("degraded").is_empty(), quiet, "{call} {fault:?}");
            assert!(
                outcome.elapsed < Duration::from_secs(22),
                "{call} {fault:?}: {:?}",
                outcome.elapsed
            );
            assert!(read_all(&world) <= 1, "{call} {fault:?}");
            world.finish();
        }
    }
}

#[tokio::test]
async fn fail_on_error_is_the_users_choice() {
    let world = World::new().await;
    world.faults(&format!("POST {COMMENTS}"), Fault::Status(403), 10);
    let head = world.pull_request(12).head();
    let run = world.fail_run(&head, "test", LOG);
    let outcome = world
        .run_action(world.completed(&run), &[("fail-on-error", "true")])
        .await;
    assert_eq!(outcome.status, Some(1));
    world.finish();
}

#[tokio::test]
async fn unknown_modes_and_impossible_refs_write_nothing() {
    for input in [
        ("mode", "dance"),
        ("memory-ref", "refs/heads/main"),
        ("redact-patterns", "("),
    ] {
        let world = World::new().await;
        let outcome = report(&world, &[input]).await;
        assert_eq!(outcome.warnings().len(), 1, "{input:?}: {:?}", outcome.warnings());
        assert!(outcome.warnings()[0].contains(input.0), "{:?}", outcome.warnings());
        assert!(world.comments(12).is_empty(), "{input:?}");
        world.finish();
    }
}

#[tokio::test]
async fn twenty_parallel_reports_on_one_run_leave_one_comment() {
    let world = World::new().await;
    let head = world.pull_request(12).head();
    let run = world.fail_run(&head, "test", LOG);
    let reports = (0..20).map(|_| world.run_action(world.completed(&run), &[]));
    for outcome in futures_like_join(reports).await {
        outcome.ok();
    }
    assert_eq!(read_all(&world), 1);
    world.finish();
}

/// Polls all futures together: what `futures::future::join_all` does, without the dependency.
pub async fn futures_like_join<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut pending = false;
        for (future, output) in &mut waiting {
            if output.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *output = Some(value),
                    std::task::Poll::Pending => pending = true,
                }
            }
        }
        if pending {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
    waiting.into_iter().filter_map(|(_, output)| output).collect()
}
