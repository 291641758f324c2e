//! Stories of recruit's stores in the memory ref: jobs share what they learned, and resolved failures count.

use crate::world::World;

const LOG: &str = "##[group]Run make\nmake\n##[endgroup]\nwrite error: No space left on device\n##[error]Process completed with exit code 2.\n";

#[tokio::test]
async fn two_machines_share_outcomes_and_the_ends_of_failures_through_the_ref() {
    let world = World::new().await;
    let pull = world.pull_request(12);
    let run = world.fail_run(&pull.head(), "test", LOG);
    world.run_action(world.completed(&run), &[]).await.ok();
    world.next_comment(12);
    let green = world.pass_run(&pull.push(), "test");
    world.run_action(world.completed(&green), &[]).await.ok();
    world.next_comment(12);

    let remote = format!("{}/octo/ship", world.git().server_url());
    let desk = |home: &'static str, arguments: &[&str]| {
        let arguments: Vec<String> = ["recruit", "--home", home]
            .into_iter()
            .chain(arguments.iter().copied())
            .map(str::to_owned)
            .collect();
        let world = &world;
        async move {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            world.cli(&arguments).await.ok()
        }
    };
    let here = ["sync", "--json", "--remote", remote.as_str()];
    desk(
        "one",
        &["record-outcome", "ann", "Deploy the service", "success", "9", "25"],
    )
    .await;
    let first = desk("one", &here).await.json();
    assert_eq!(
        (&first["failures"], &first["outcome"]),
        (&1.into(), &"pushed".into()),
        "{first}"
    );
    let second = desk("two", &here).await.json();
    assert_eq!(second["outcomes"], 1, "{second}");
    for home in ["one", "two"] {
        let profiles = desk(home, &["profiles", "--json"]).await.json();
        assert!(
            profiles.to_string().contains("ci-devops") && profiles.to_string().contains("ann"),
            "{home}: {profiles}"
        );
    }
    let again = desk("one", &here).await.json();
    assert_eq!(
        (&again["outcomes"], &again["failures"], &again["outcome"]),
        (&0.into(), &0.into(), &"unchanged".into()),
        "{again}"
    );
    world.finish();
}

#[tokio::test]
async fn a_sync_forgets_nothing_of_a_memory_that_keeps_things_longer() {
    let world = World::new().await;
    let remote = format!("{}/octo/ship", world.git().server_url());
    let at = (shipwright::app::clock::now_ms() / 1000 - 200 * 86_400).to_string();
    std::fs::write(world.path("build.log"), LOG).unwrap();
    let learn = ["learn", "build.log", "--memory", "old.json", "--at", &at];
    world.cli(&learn).await.ok();
    let push = [
        "memory",
        "push",
        "--remote",
        &remote,
        "--input",
        "old.json",
        "--retention-days",
        "400",
    ];
    world.cli(&push).await.ok();
    let records = || world.git().file("refs/ruflo-memory/v1", "shipwright.jsonl");
    assert!(records().contains("shipwright/occurrence"), "{}", records());

    let tell = [
        "recruit",
        "--home",
        "one",
        "record-outcome",
        "ann",
        "Deploy it",
        "success",
        "9",
        "25",
    ];
    world.cli(&tell).await.ok();
    let sync = ["recruit", "--home", "one", "sync", "--json", "--remote", &remote];
    let answer = world.cli(&sync).await.ok().json();
    assert_eq!(answer["outcome"], "pushed", "{answer}");
    assert!(records().contains("shipwright/occurrence"), "{}", records());
    world.finish();
}

#[tokio::test]
async fn a_memory_file_serves_as_well() {
    let world = World::new().await;
    world
        .cli(&[
            "recruit",
            "--home",
            "one",
            "create-role",
            "zoo-keeper",
            "Zoo Keeper",
            "Feeds giraffes",
        ])
        .await
        .ok();
    let sync = ["recruit", "--home", "one", "sync", "--memory", "shared.json"];
    assert!(world.cli(&sync).await.ok().stdout.contains("written"));
    assert!(world.cli(&sync).await.ok().stdout.contains("unchanged"));
    let other = world
        .cli(&["recruit", "--home", "two", "sync", "--memory", "shared.json", "--json"])
        .await
        .ok()
        .json();
    assert_eq!(other["roles"][0], "zoo-keeper", "{other}");
    let nowhere = world.cli(&["recruit", "--home", "one", "sync"]).await;
    assert_eq!(nowhere.status, Some(2), "{}", nowhere.stderr);
    world.finish();
}
