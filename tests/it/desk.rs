//! Stories at a person's desk: a report on a run by its address, and the doctor.

use crate::world::{Fault, Log, READ_TOKEN, Ran, Run, TOKEN, World};

const LOG: &str = "2025-07-04T14:32:09.5024381Z ##[group]Run make test\n2025-07-04T14:32:09.5024381Z ##[endgroup]\n\
    2025-07-04T14:32:10.1024381Z test_parse.c:12: error: expected 3 but got 4\n\
    2025-07-04T14:32:10.1024381Z make: *** [Makefile:7: test] Error 1\n\
    2025-07-04T14:32:10.2024381Z ##[error]Process completed with exit code 2.\n";
const OTHER: &str = "src/a.c:3:5: error: 'x' undeclared\n##[error]Process completed with exit code 1.\n";

/// The address of a run as a browser shows it.
fn address(world: &World, run: &Run) -> String {
    format!("{}/octo/ship/actions/runs/{}", world.git().server_url(), run.id)
}

/// Calls that could have changed something.
fn writes(world: &World) -> Vec<String> {
    let changing =
        |call: &String| !call.starts_with("GET ") && !call.starts_with("log host") && !call.contains("/graphql");
    world.calls("").into_iter().filter(changing).collect()
}

async fn report(world: &World, run: &Run, more: &[&str]) -> Ran {
    let address = address(world, run);
    let arguments: Vec<&str> = ["report", "--run", &address]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    world.cli(&arguments).await
}

#[tokio::test]
async fn a_run_is_explained_by_its_address_and_nothing_is_written() {
    let world = World::new().await;
    let run = world.fail_run(&world.pull_request(12).head(), "test", LOG);
    let told = report(&world, &run, &[]).await.ok();
    for section in [
        "What Failed",
        "Why",
        "Similar Past Issues",
        "Suggested Actions",
        "Who: ",
    ] {
        assert!(told.stdout.contains(section), "{section}: {}", told.stdout);
    }
    assert!(told.stdout.contains("expected 3 but got 4"), "{}", told.stdout);
    assert_eq!(writes(&world), Vec::<String>::new());
    assert!(world.git().refs("refs/ruflo-memory/").is_empty());

    let json = report(&world, &run, &["--format", "json"]).await.ok().json();
    assert_eq!(json["schema"], "shipwright-report/v1");
    assert_eq!(json["failures"][0]["jobs"][0], "test");
    assert!(json.get("said").is_none());

    let analysis = world
        .cli(&["analyze", "--run", &address(&world, &run), "--format", "json"])
        .await
        .ok();
    assert_eq!(
        analysis.json()["failures"][0]["fingerprint"],
        json["failures"][0]["fingerprint"]
    );
    let prompt = world.cli(&["prompt", "--run", &address(&world, &run)]).await.ok();
    assert!(prompt.stdout.contains("expected 3 but got 4"), "{}", prompt.stdout);
    world.finish();
}

#[tokio::test]
async fn a_dry_run_prints_what_would_be_said_and_where() {
    let world = World::new().await;
    let run = world.fail_run(&world.pull_request(12).head(), "test", LOG);
    let told = report(&world, &run, &["--dry-run"]).await.ok();
    assert!(
        told.stdout.contains("This would be said as a comment on #12"),
        "{}",
        told.stdout
    );
    assert!(told.stdout.contains("/octo/ship/issues/12"), "{}", told.stdout);
    assert!(told.stdout.contains("### Why"), "the comment itself: {}", told.stdout);
    let json = report(&world, &run, &["--dry-run", "--format", "json"])
        .await
        .ok()
        .json();
    assert_eq!(
        (&json["said"][0]["place"], &json["said"][0]["done"]),
        (&"a comment on #12".into(), &false.into())
    );
    assert!(world.comments(12).is_empty());

    let red = world.push("main", "break it");
    let run = world.fail_run(&red, "test", LOG);
    let told = report(&world, &run, &["--dry-run"]).await.ok();
    assert!(told.stdout.contains("said as a new tracking issue"), "{}", told.stdout);
    assert_eq!(writes(&world), Vec::<String>::new());
    world.finish();
}

#[tokio::test]
async fn posting_says_once_what_the_action_would_say() {
    let world = World::new().await;
    let run = world.fail_run(&world.pull_request(12).head(), "test", LOG);
    let told = report(&world, &run, &["--post"]).await.ok();
    assert!(
        told.stdout.contains("Said on GitHub: a comment on #12"),
        "{}",
        told.stdout
    );
    assert!(world.next_comment(12).body.contains("expected 3 but got 4"));
    report(&world, &run, &["--post"]).await.ok();
    assert_eq!(world.comments(12).len(), 1);
    assert!(
        world.git().refs("refs/ruflo-memory/").is_empty(),
        "nothing is learned unasked"
    );

    report(&world, &run, &["--learn"]).await.ok();
    assert_eq!(world.git().refs("refs/ruflo-memory/").len(), 1);
    // The same run told again has not been seen before; another one has.
    let again = report(&world, &run, &[]).await.ok();
    assert!(!again.stdout.contains("the same failure"), "{}", again.stdout);
    let next = world.fail_run(&world.pull_request(12).push(), "test", LOG);
    let again = report(&world, &next, &[]).await.ok();
    assert!(again.stdout.contains("the same failure"), "{}", again.stdout);
    world.finish();
}

#[tokio::test]
async fn an_attempt_and_a_job_are_what_is_looked_at() {
    let world = World::new().await;
    let head = world.pull_request(12).head();
    let run = world
        .run("CI", &head)
        .failed_job("test", LOG)
        .failed_job("build", OTHER)
        .complete();
    run.rerun(&world).passed_job("test").passed_job("build").complete();
    let newest = report(&world, &run, &[]).await.ok();
    assert!(newest.stdout.contains("No failure was found"), "{}", newest.stdout);

    let first = format!("{}/attempts/1", address(&world, &run));
    let told = world.cli(&["report", "--run", &first]).await.ok();
    assert!(
        told.stdout.contains("expected 3") && told.stdout.contains("undeclared"),
        "{}",
        told.stdout
    );

    let before = world.calls("/logs").len();
    let job = format!(
        "{}/job/{}?pr=12#step:2:3",
        address(&world, &run),
        run.job_id(&world, "build")
    );
    let told = world
        .cli(&["report", "--run", &job, "--memory", "memory.json", "--learn"])
        .await
        .ok();
    assert!(
        !told.stdout.contains("expected 3") && told.stdout.contains("undeclared"),
        "{}",
        told.stdout
    );
    let logs = world
        .calls("/actions/jobs/")
        .into_iter()
        .filter(|call| call.contains("/logs"))
        .count();
    assert!(logs > 0 && world.calls("/logs").len() > before);
    let stored = std::fs::read_to_string(world.path("memory.json")).unwrap();
    assert!(stored.contains("shipwright/occurrence"), "{stored}");
    world.finish();
}

#[tokio::test]
async fn an_enterprise_server_is_found_by_the_address_alone() {
    let world = World::enterprise().await;
    let run = world.fail_run(&world.pull_request(12).head(), "test", LOG);
    let server = world.api_url().trim_end_matches("/api/v3").to_owned();
    let address = format!("{server}/octo/ship/actions/runs/{}", run.id);
    let nothing = [("GITHUB_TOKEN", TOKEN), ("GITHUB_API_URL", "")];
    let told = world
        .cli_with(&["report", "--run", &address, "--memory", "memory.json"], &nothing, b"")
        .await
        .ok();
    assert!(told.stdout.contains("expected 3 but got 4"), "{}", told.stdout);
    world.finish();
}

#[tokio::test]
async fn a_token_goes_to_no_server_that_is_not_known_to_be_its_own() {
    let world = World::new().await;
    for address in [
        "https://github.example/octo/ship/actions/runs/7",
        "http://github.com/octo/ship/actions/runs/7",
    ] {
        let ran = world
            .cli_with(
                &["report", "--run", address],
                &[("GITHUB_TOKEN", TOKEN), ("GITHUB_API_URL", "")],
                b"",
            )
            .await;
        assert_eq!(ran.status, Some(2), "{}", ran.stderr);
        assert!(
            ran.stderr.contains("--token-file") && ran.stderr.contains("GITHUB_SERVER_URL"),
            "{}",
            ran.stderr
        );
    }
    let ran = world
        .cli(&["report", "--run", "https://github.com/octo/ship/pull/7"])
        .await;
    assert_eq!(ran.status, Some(2));
    world.finish();
}

#[tokio::test]
async fn what_cannot_be_read_is_told_with_its_remedy() {
    let world = World::new().await;
    let run = world
        .run("CI", &world.pull_request(12).head())
        .job("test", "failure", Log::Expired)
        .complete();
    let told = report(&world, &run, &["--format", "markdown"]).await.ok();
    assert!(told.stdout.contains("the log has expired"), "{}", told.stdout);

    let missing = format!("{}/octo/ship/actions/runs/99", world.git().server_url());
    let ran = world.cli(&["report", "--run", &missing]).await;
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(2), ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("check the address"), "{}", ran.stderr);

    world.faults("GET /**", Fault::Forbidden("Resource not accessible by integration"), 1);
    let ran = report(&world, &run, &[]).await;
    assert_eq!(ran.status, Some(4), "{}", ran.stderr);
    assert!(ran.stderr.contains("actions: read"), "{}", ran.stderr);
    world.finish();
}

#[tokio::test]
async fn what_could_not_be_remembered_is_no_success() {
    let world = World::new().await;
    let run = world.fail_run(&world.pull_request(12).head(), "test", LOG);
    let address = address(&world, &run);
    let learn = ["report", "--run", &address, "--learn"];
    let reader = [("GITHUB_TOKEN", READ_TOKEN)];
    let ran = world.cli_with(&learn, &reader, b"").await;
    assert_eq!(ran.status, Some(4), "{}", ran.stderr);
    assert!(
        ran.stdout.contains("expected 3 but got 4") && ran.stdout.contains("Note: the failures of this run are not"),
        "the report is told all the same: {}",
        ran.stdout
    );
    assert!(
        ran.stderr.contains("are not remembered") && ran.stderr.contains("contents: write"),
        "{}",
        ran.stderr
    );
    assert!(world.git().refs("refs/ruflo-memory/").is_empty());
    let here = [learn.as_slice(), &["--memory", "memory.json"]].concat();
    world.cli_with(&here, &reader, b"").await.ok();
    assert!(world.path("memory.json").is_file());
    world.finish();
}

/// The doctor's document, and how it ended.
async fn examine(world: &World, token: &str) -> (Option<i32>, serde_json::Value) {
    let server = world.git().server_url();
    let variables = [("GITHUB_TOKEN", token), ("GITHUB_SERVER_URL", server.as_str())];
    let ran = world
        .cli_with(&["doctor", "--repo", "octo/ship", "--format", "json"], &variables, b"")
        .await;
    (ran.status, ran.json())
}

/// The checks that fail, as `name: message; remedy`.
fn failing(document: &serde_json::Value) -> Vec<String> {
    let checks = document["checks"].as_array().unwrap().iter();
    let failing = checks.filter(|check| check["ok"] == false);
    let text = |check: &serde_json::Value, key: &str| check[key].as_str().unwrap_or("").to_owned();
    failing
        .map(|check| {
            format!(
                "{}: {}; {}",
                text(check, "name"),
                text(check, "message"),
                text(check, "remedy")
            )
        })
        .collect()
}

#[tokio::test]
async fn the_doctor_finds_a_healthy_repository_healthy_and_writes_nothing() {
    let world = World::new().await;
    world.file(
        ".github/shipwright.yml",
        "template-path: .github/comment.j2\nowners: {'src/**': '@octo/api'}\n",
    );
    world.file(".github/comment.j2", "{{ workflow }}");
    let (status, document) = examine(&world, TOKEN).await;
    assert_eq!((status, failing(&document)), (Some(0), Vec::new()));
    assert_eq!(
        (&document["schema"], &document["healthy"]),
        (&"shipwright-doctor/v1".into(), &true.into())
    );
    let names: Vec<&str> = document["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|check| check["name"].as_str())
        .collect();
    for name in [
        "token", "api", "limit", "memory", "push", "actions", "issues", "pulls", "config", "template",
    ] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    assert_eq!(writes(&world), Vec::<String>::new());
    assert!(world.git().refs("refs/").iter().all(|name| !name.contains("ruflo")));
    world.finish();
}

#[tokio::test]
async fn the_doctor_names_each_trouble_with_its_remedy() {
    let world = World::new().await;
    let (status, document) = examine(&world, READ_TOKEN).await;
    let found = failing(&document);
    assert_eq!((status, found.len()), (Some(1), 1), "{found:?}");
    assert!(
        found[0].starts_with("push:") && found[0].contains("contents: write"),
        "{found:?}"
    );

    world.file(".github/shipwright.yml", "log-lines: 3\nownars: {}\n");
    world.permissions(&["contents: write", "issues: write"]);
    world.hub().repo("octo/ship").issues_disabled = true;
    let (status, document) = examine(&world, TOKEN).await;
    let found = failing(&document).join("\n");
    assert_eq!(status, Some(1));
    for words in [
        "did you mean `owners`",
        "line 2",
        "actions: read",
        "pulls: pull requests cannot be read",
        "issue-mode: off",
    ] {
        assert!(found.contains(words), "{words} in {found}");
    }
    assert_eq!(writes(&world), Vec::<String>::new());
    world.finish();
}

#[tokio::test]
async fn the_doctor_takes_the_repository_and_the_files_of_the_checkout() {
    let world = World::new().await;
    let checkout = world.path(".");
    let git = |arguments: &[&str]| {
        let done = std::process::Command::new("git")
            .arg("-C")
            .arg(&checkout)
            .args(arguments)
            .env("HOME", &checkout)
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    let ran = world.cli(&["doctor"]).await;
    assert_eq!(ran.status, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("--repo"), "{}", ran.stderr);

    git(&["init", "-q"]);
    git(&[
        "remote",
        "add",
        "origin",
        &format!("{}/octo/ship.git", world.git().server_url()),
    ]);
    std::fs::create_dir_all(checkout.join(".github")).unwrap();
    std::fs::write(checkout.join(".github/shipwright.yml"), "roles: {NOPE: x}\n").unwrap();
    let ran = world.cli(&["doctor"]).await;
    assert_eq!(ran.status, Some(1), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("ok   api: GitHub answers for octo/ship"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("fail local-config") && ran.stdout.contains("line 1"),
        "{}",
        ran.stdout
    );
    assert!(ran.stderr.contains("1 thing would not work"), "{}", ran.stderr);
    world.finish();
}

#[tokio::test]
async fn the_doctor_survives_a_github_that_is_not_there() {
    let world = World::new().await;
    let nowhere = [
        ("GITHUB_TOKEN", TOKEN),
        ("GITHUB_API_URL", "http://127.0.0.1:9"),
        ("GITHUB_SERVER_URL", "http://127.0.0.1:9"),
    ];
    let ran = world
        .cli_with(
            &["doctor", "--repo", "octo/ship", "--timeout-seconds", "5"],
            &nowhere,
            b"",
        )
        .await;
    assert_eq!(ran.status, Some(1), "{}", ran.stderr);
    assert!(
        ran.stdout.contains("fail api:") && ran.stdout.contains("check the network"),
        "{}",
        ran.stdout
    );
    world.finish();
}

#[tokio::test]
async fn an_enterprise_server_without_an_endpoint_is_met_with_a_word() {
    let world = World::enterprise().await;
    world.faults("GET /rate_limit", Fault::Status(404), 9);
    let server = world.git().server_url();
    let variables = [("GITHUB_TOKEN", TOKEN), ("GITHUB_SERVER_URL", server.as_str())];
    let ran = world
        .cli_with(&["doctor", "--repo", "octo/ship"], &variables, b"")
        .await
        .ok();
    assert!(
        ran.stdout.contains("this server does not limit calls"),
        "{}",
        ran.stdout
    );

    world.faults("GET /search/issues", Fault::Status(404), 9);
    world.faults("GET /repos/*/*/check-runs/*/annotations", Fault::Status(404), 9);
    world.faults("GET /repos/*/*/actions/runs/*/attempts/*/jobs", Fault::Status(404), 9);
    let run = world.fail_run(&world.pull_request(12).head(), "test", LOG);
    let outcome = world.run_action(world.completed(&run), &[]).await.ok();
    assert_eq!(outcome.warnings().len(), 1, "{:?}", outcome.warnings());
    let comment = world.next_comment(12).body;
    assert!(comment.contains("could not be listed"), "{comment}");
    world.finish();
}
