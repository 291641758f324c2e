//! Stories of the backfill: it goes on where it stopped, and says nothing to anyone.

use std::collections::BTreeMap;
use std::time::Duration;

use shipwright::app::local::LocalMemory;
use shipwright::app::sync;
use shipwright::gitref::{Remote, Token};
use shipwright::ids::RefName;
use shipwright::memory::Memory;
use shipwright::records::{Ledger, Record};

use crate::simulation::Teller;
use crate::world::{Fault, TOKEN, World};

const INPUTS: [(&str, &str); 2] = [("mode", "backfill"), ("backfill-days", "30")];

/// What was learned, without the notes of who read what when.
fn lessons(records: &Memory) -> BTreeMap<String, String> {
    let entries = records
        .iter()
        .filter(|(identity, _)| identity.namespace != Ledger::NAMESPACE);
    entries
        .map(|(identity, entry)| (identity.to_string(), entry.text().to_owned()))
        .collect()
}

/// The memory of the repository.
pub async fn remembered(world: &World) -> Memory {
    let address = format!("{}/{}", world.git().server_url(), world.slug);
    let restore = move || {
        let token = Token::new(TOKEN);
        let options = sync::options(std::time::Instant::now() + Duration::from_secs(30));
        let remote = Remote::open(&address, token.as_ref(), &options).unwrap();
        sync::restore(&remote, &RefName::default()).unwrap().tree.records
    };
    tokio::task::spawn_blocking(restore).await.unwrap()
}

/// Calls that read something of a run, how often each.
fn readings(world: &World) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for call in world.calls("GET /repos/") {
        let listing = call.contains("/actions/runs?");
        let answered = call.ends_with("-> 200") || call.ends_with("-> 302");
        if !listing && answered {
            *counts.entry(call).or_default() += 1;
        }
    }
    counts
}

#[tokio::test]
async fn interrupted_twice_it_ends_complete_and_reads_nothing_twice() {
    let world = World::new().await;
    Teller::new(&world, 41).tell(200);
    let failed: Vec<u64> = {
        let hub = world.hub();
        let runs = hub.repos[&world.slug].runs.iter();
        runs.filter(|(_, attempts)| attempts[0].conclusion.as_deref() == Some("failure"))
            .map(|(id, _)| *id)
            .collect()
    };
    world.hub().rate_remaining = Some(1000);

    // The first ends by a signal, while GitHub takes its time over one of the runs.
    let slow = format!(
        "GET /repos/octo/ship/actions/runs/{}/attempts/1/jobs",
        failed[failed.len() / 3]
    );
    world.fault(&slow, Fault::Stall(Duration::from_secs(30)));
    let mut job = world.job(world.dispatched(&[]));
    for (name, value) in INPUTS {
        job = job.input(name, value);
    }
    let stage = job.start("main");
    world.called(&slow).await;
    stage.signal("TERM");
    let first = stage.finish(&world).await.ok();
    assert!(
        first.elapsed < Duration::from_secs(30) && first.output("degraded").contains("interrupted"),
        "{first:?}"
    );

    // The second by GitHub's limit.
    world.hub().rate_remaining = Some(160);
    let second = world.run_action(world.dispatched(&[]), &INPUTS).await.ok();
    assert!(second.output("degraded").contains("GitHub limits"), "{second:?}");
    assert!(world.hub().rate_remaining.unwrap() > 0, "the last call was spent");

    world.hub().rate_remaining = Some(1000);
    let third = world.run_action(world.dispatched(&[]), &INPUTS).await.ok();
    assert_eq!(third.output("degraded"), "", "{}", third.stdout);
    assert_eq!(third.output("persisted"), "true");
    assert!(third.stdout.contains("runs read"), "{}", third.stdout);

    let twice: Vec<String> = readings(&world)
        .into_iter()
        .filter(|(_, count)| *count > 1)
        .map(|(call, _)| call)
        .collect();
    let only_the_interrupted = twice.iter().all(|call| call.contains(slow.trim_start_matches("GET ")));
    assert!(only_the_interrupted, "read twice: {twice:?}");
    let calls = world.requests();
    println!("{calls} calls in three goes");
    assert!(calls < 1000, "{calls} calls");

    // Nothing is left to do, and it is the same as learned in one go.
    let before = world.requests();
    world.run_action(world.dispatched(&[]), &INPUTS).await.ok();
    assert!(
        world.requests() - before <= 5,
        "{} calls for nothing",
        world.requests() - before
    );
    let whole = world.path("whole.json");
    let whole = whole.to_str().unwrap();
    world.hub().rate_remaining = None;
    world
        .cli(&["backfill", "--repo", "octo/ship", "--memory", whole])
        .await
        .ok();
    let whole = LocalMemory::open(Some(whole)).unwrap().read().unwrap();
    let server = world.git().server_url();
    let ours: BTreeMap<String, String> = lessons(&remembered(&world).await)
        .into_iter()
        .map(|(key, text)| (key, text.replace(&server, "https://github.com")))
        .collect();
    assert_eq!(
        ours.keys().collect::<Vec<_>>(),
        lessons(&whole.records).keys().collect::<Vec<_>>()
    );
    assert_eq!(ours, lessons(&whole.records));
    assert!(world.hub().repos[&world.slug].comments.is_empty(), "a backfill spoke");
    world.finish();
}

#[tokio::test]
async fn a_budget_is_kept_and_said() {
    let world = World::new().await;
    Teller::new(&world, 3).tell(60);
    let memory = world.path("memory");
    let memory = memory.to_str().unwrap();
    let arguments = [
        "backfill",
        "--repo",
        "octo/ship",
        "--memory",
        memory,
        "--format",
        "json",
        "--budget",
        "40",
    ];
    let mut goes = 0;
    loop {
        goes += 1;
        let before = world.requests();
        let summary = world.cli(&arguments).await.ok().json();
        assert!(world.requests() - before <= 42, "{} calls", world.requests() - before);
        if summary["complete"] == true {
            break;
        }
        assert!(summary["stopped"].as_str().unwrap().contains("granted"), "{summary}");
        assert!(goes < 40, "it never ends: {summary}");
    }
    assert!(goes > 2);
    world.finish();
}

#[tokio::test]
async fn without_permission_it_says_which_one() {
    let world = World::new().await;
    world.permissions(&["contents: write"]);
    let outcome = world.run_action(world.dispatched(&[]), &INPUTS).await.ok();
    assert!(
        outcome.output("degraded").contains("cannot list the runs"),
        "{outcome:?}"
    );
    let ran = world
        .cli(&["backfill", "--repo", "octo/ship", "--memory", "m.json"])
        .await;
    assert_eq!(ran.status, Some(4), "{ran:?}");
    world.finish();
}
