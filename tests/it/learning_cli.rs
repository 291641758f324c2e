//! Learning at a terminal and in pipelines of any kind: hooks, suggestions, events, figures, the shared memory.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use shipwright::app::events;

use crate::world::{Ran, World};

fn corpus(name: &str) -> String {
    format!("{}/tests/corpus/{name}/log.txt", env!("CARGO_MANIFEST_DIR"))
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn types(world: &World) -> Vec<String> {
    let read = events::read(&world.path(".shipwright/events.jsonl")).unwrap();
    assert_eq!(read.unreadable, 0);
    read.events
        .iter()
        .map(|event| event["type"].as_str().unwrap().to_owned())
        .collect()
}

async fn hook(world: &World, arguments: &[&str]) -> Ran {
    let ran = world.cli(arguments).await.ok();
    assert!(ran.elapsed < Duration::from_secs(5), "{:?}", ran.elapsed);
    ran
}

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one story, from the first failure to the third suggestion"
)]
async fn a_stage_that_failed_is_explained_recorded_and_its_end_is_told() {
    let world = World::new().await;
    let (log, memory) = (corpus("npm-eresolve"), world.path("memory.json"));
    let memory = memory.to_str().unwrap();
    let report = [
        "report",
        &log,
        "--stage",
        "build",
        "--iteration",
        "2",
        "--goal",
        "ship it",
        "--issue",
        "7",
        "--memory",
        memory,
        "--artifacts-dir",
        "artifacts",
        "--learn",
        "--hook",
    ];
    let ran = hook(&world, &report).await;
    for section in ["What Failed", "Why", "Similar Past Issues", "Suggested Actions"] {
        assert_eq!(
            ran.stdout.lines().filter(|line| *line == section).count(),
            1,
            "{section}: {}",
            ran.stdout
        );
    }
    assert!(
        ran.stdout.contains("Stage: build") && ran.stdout.contains("Goal: ship it"),
        "{}",
        ran.stdout
    );
    let page = std::fs::read_to_string(world.path("artifacts/context-error-build.md")).unwrap();
    assert!(page.contains("### Suggested Actions"), "{page}");
    let list = world.path("artifacts/suggestions.jsonl");
    let made = lines(&list);
    assert_eq!(made.len(), 1);
    assert!(
        made[0]["resolved"].is_null() && made[0]["actions"].as_array().unwrap().len() >= 2,
        "{made:?}"
    );
    assert_eq!(types(&world), ["error.context_generated", "suggestion.recorded"]);

    // The next iteration gets it as context; a fix is learned by hand.
    let prompt = hook(
        &world,
        &["prompt", &log, "--memory", memory, "--hook", "--max-chars", "1500"],
    )
    .await;
    assert!(prompt.stdout.contains("Historical Context for These Errors") && prompt.stdout.chars().count() <= 1501);
    assert_eq!(types(&world).last().map(String::as_str), Some("memory.inject"));
    world
        .cli(&["learn", &log, "--memory", memory, "--fix", "pin react to 18"])
        .await
        .ok();
    let again = [
        "report",
        &log,
        "--stage",
        "build",
        "--memory",
        memory,
        "--artifacts-dir",
        "artifacts",
        "--learn",
        "--hook",
    ];
    assert!(
        hook(&world, &again)
            .await
            .stdout
            .contains("1. Try what fixed it before: pin react to 18 (1 of 1)")
    );

    // A line that another program broke stays as it is; the others are resolved.
    let mut text = std::fs::read_to_string(&list).unwrap();
    text.push_str("{\"half\n");
    std::fs::write(&list, text).unwrap();
    let green = [
        "suggestion",
        "resolve",
        "all",
        "true",
        "--memory",
        memory,
        "--artifacts-dir",
        "artifacts",
        "--format",
        "json",
    ];
    let done = world.cli(&green).await.ok().json();
    assert_eq!(done["suggestions"].as_array().unwrap().len(), 2, "{done}");
    let text = std::fs::read_to_string(&list).unwrap();
    assert!(
        text.ends_with("{\"half\n") && text.matches("\"resolved\":true").count() == 2,
        "{text}"
    );
    let shown = world
        .cli(&["suggestion", "list", "--artifacts-dir", "artifacts", "--format", "json"])
        .await
        .ok()
        .json();
    assert_eq!(shown["unreadable"], 1);
    assert!(
        world
            .cli(&["suggestion", "list", "--open", "--memory", memory])
            .await
            .ok()
            .stdout
            .contains("no suggestions")
    );
    assert_eq!(
        types(&world)
            .iter()
            .filter(|kind| *kind == "suggestion.resolved")
            .count(),
        2
    );
    assert!(hook(&world, &again).await.stdout.contains("pin react to 18 (2 of 2)"));

    // What does not help is told too, and counted.
    let id = world
        .cli(&["suggestion", "list", "--open", "--memory", memory, "--format", "json"])
        .await
        .ok()
        .json();
    let id = id["suggestions"][0]["id"].as_str().unwrap().to_owned();
    world
        .cli(&["suggestion", "resolve", &id, "false", "--memory", memory])
        .await
        .ok();
    assert!(hook(&world, &again).await.stdout.contains("(2 of 3)"));
    assert_eq!(
        world
            .cli(&["suggestion", "resolve", "nobody", "true", "--memory", memory])
            .await
            .status,
        Some(1)
    );
    world.finish();
}

#[tokio::test]
async fn a_hook_never_makes_things_worse() {
    let world = World::new().await;
    std::fs::write(world.path("broken.json"), "{\"entries\": 7").unwrap();
    let (log, slow) = (corpus("npm-eresolve"), world.path("slow.log"));
    let made = std::process::Command::new("mkfifo").arg(&slow).status().unwrap();
    assert!(made.success());
    for arguments in [
        ["report", "no-such.log", "--hook", "--stage", "x"].as_slice(),
        &["report", &log, "--memory", "broken.json", "--hook"],
        &["report", &log, "--artifacts-dir", "/proc/nowhere", "--hook"],
        &["prompt", "no-such.log", "--hook"],
        &["report", "--hook", &log, "--no-such-option"],
        // Nobody ever writes into this one.
        &["report", slow.to_str().unwrap(), "--hook"],
    ] {
        let ran = hook(&world, arguments).await;
        assert!(ran.stderr.contains("error:"), "{arguments:?}: {}", ran.stderr);
    }
    // The first run of all: no memory, no home to write events to.
    let ran = world
        .cli_with(&["report", &log, "--hook"], &[("HOME", "/nonexistent")], b"")
        .await
        .ok();
    assert!(
        ran.stdout.contains("Nothing like this is remembered") && ran.stdout.contains("1. "),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains('\u{1b}'));
    world.finish();
}

#[tokio::test]
async fn what_one_repository_learned_helps_another_only_when_asked() {
    let world = World::new().await;
    let log = corpus("npm-eresolve");
    world
        .cli(&["learn", &log, "--memory", "one.json", "--fix", "pin react", "--global"])
        .await
        .ok();
    assert!(world.path(".shipwright/global/shipwright.jsonl").is_file());
    let alone = world.cli(&["report", &log, "--memory", "two.json"]).await.ok();
    assert!(!alone.stdout.contains("pin react"), "{}", alone.stdout);
    let shared = world
        .cli(&["report", &log, "--memory", "two.json", "--global"])
        .await
        .ok();
    assert!(
        shared.stdout.contains("1. Try what fixed it before: pin react"),
        "{}",
        shared.stdout
    );
    let always = [("SHIPWRIGHT_GLOBAL", "1")];
    let found = world
        .cli_with(
            &["similar", &log, "--memory", "two.json", "--format", "json"],
            &always,
            b"",
        )
        .await
        .ok();
    assert_eq!(found.json()["matches"][0]["kind"], "exact");
    world.finish();
}

#[tokio::test]
async fn figures_are_shown_in_columns_as_json_and_in_the_step_summary() {
    let world = World::new().await;
    crate::simulation::Teller::new(&world, 5).tell(60);
    let inputs = [("mode", "backfill"), ("backfill-days", "30")];
    let outcome = world.run_action(world.dispatched(&[]), &inputs).await.ok();
    assert!(
        outcome.summary.contains("```mermaid") || outcome.summary.contains("| seen | failure |"),
        "{}",
        outcome.summary
    );
    world
        .cli(&["backfill", "--repo", "octo/ship", "--memory", "m.json"])
        .await
        .ok();
    let text = world.cli(&["memory", "stats", "--memory", "m.json"]).await.ok().stdout;
    for words in [
        "Failures a week",
        "Seen most",
        "mean time to green",
        "Fixes: ",
        "Flaky",
        "Suggestions: 0 made",
    ] {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    let json = world
        .cli(&["memory", "stats", "--memory", "m.json", "--format", "json"])
        .await
        .ok()
        .json();
    let learning = &json["learning"];
    assert!(
        learning["failures"].as_u64().unwrap() > 5 && learning["fixes"]["applied"].as_u64().unwrap() > 3,
        "{learning}"
    );
    assert!(learning["mean_minutes_to_green"].as_u64().is_some(), "{learning}");
    let weeks: u64 = learning["weeks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|week| week["sightings"].as_u64().unwrap())
        .sum();
    assert_eq!(weeks, learning["sightings"].as_u64().unwrap());
    world.finish();
}
