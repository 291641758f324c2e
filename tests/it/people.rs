//! Stories of the configuration's rules, and of what else than a log tells: test reports and annotations.

use crate::world::{Log, World};

const LOG: &str = "##[group]Run make\nmake\n##[endgroup]\nsrc/db/a.c:3:5: error: 'x' undeclared\n##[error]Process completed with exit code 2.\n";
const SILENT: &str = "##[group]Run tests\nworking\n##[endgroup]\n##[error]Process completed with exit code 1.\n";
const REPORT: &str = r#"<testsuites><testsuite name="s"><testcase classname="a.B" name="adds" file="tests/b.py" line="12">
    <failure message="TypeError: expected 3 but got '4' ::error::x @everyone">trace</failure></testcase></testsuite></testsuites>"#;

#[tokio::test]
async fn owners_roles_and_labels_come_from_the_default_branch() {
    let world = World::new().await;
    world.file(
        ".github/shipwright.yml",
        "owners: {'src/db/**': ['@octo/dba', ann], BUILD_COMPILE: nobody}\nlabels: {'*.c': native, BUILD_COMPILE: [ci-failure, bug]}\nroles: {BUILD_COMPILE: pm}\n",
    );
    let red = world.push("main", "break it");
    let run = world.fail_run(&red, "test", LOG);
    let outcome = world.run_action(world.completed(&run), &[]).await.ok();
    assert_eq!(outcome.output("degraded"), "");
    let issue = world.next_issue();
    let labels: Vec<&str> = issue.labels.iter().map(String::as_str).collect();
    assert_eq!(labels, ["bug", "ci-failure", "native"]);
    let who = issue
        .body
        .lines()
        .find(|line| line.starts_with("Who:"))
        .unwrap_or_else(|| panic!("{}", issue.body));
    assert_eq!(who, "Who: Project Manager; owned by @octo/dba, ann.");
    world.finish();
}

#[tokio::test]
async fn a_category_that_wants_no_issue_gets_none() {
    let world = World::new().await;
    world.file(
        ".github/shipwright.yml",
        "categories: {BUILD_COMPILE: {issue: false, class: transient}}\n",
    );
    let red = world.push("main", "break it");
    let run = world.fail_run(&red, "test", LOG);
    let outcome = world.run_action(world.completed(&run), &[]).await.ok();
    assert_eq!(
        (outcome.output("category"), outcome.output("issue-number")),
        ("BUILD_COMPILE", "")
    );
    assert!(
        outcome.summary.contains("usually pass on the next attempt"),
        "{}",
        outcome.summary
    );
    world.finish();
}

#[tokio::test]
async fn what_a_plain_job_stores_goes_by_the_configuration() {
    const PATH: &str = "runner_temp/shipwright/memory-export.json";
    let world = World::new().await;
    world.file(
        ".github/shipwright.yml",
        "redact-patterns: 'hush-[a-z]+'\nretention-days: 3650\n",
    );
    let head = world.push("main", "work");
    let mut job = world.job(world.pushed(&head)).input("mode", "restore");
    job.main().await.ok();
    // The second is some years old, and older than the default lets anything become.
    job.write(
        PATH,
        r#"{"schema":"ruflo-memory-export/v1","entries":[{"key":"a","namespace":"notes","value":"say hush-abc"},
        {"key":"b","namespace":"notes","value":"old","createdAt":1700000000000,"updatedAt":1700000000000}]}"#,
    );
    let post = job.post().await.ok();
    assert_eq!((post.output("persisted"), post.requests), ("true", 1));
    let mut next = world.job(world.pushed(&head)).input("mode", "restore");
    assert_eq!(next.main().await.ok().output("memory-entries"), "2");
    let memory = next.read(PATH);
    assert!(
        memory.contains("old") && memory.contains("say ") && !memory.contains("hush-abc"),
        "{memory}"
    );
    world.finish();
}

#[tokio::test]
async fn the_role_has_the_record_of_what_it_resolved() {
    let world = World::new().await;
    let pull = world.pull_request(12);
    let run = world.fail_run(&pull.head(), "test", LOG);
    world.run_action(world.completed(&run), &[]).await.ok();
    assert!(world.next_comment(12).body.contains("Who: Builder.\n"));
    let green = world.pass_run(&pull.push(), "test");
    world.run_action(world.completed(&green), &[]).await.ok();
    world.next_comment(12);
    let red = world.fail_run(&pull.push(), "test", LOG);
    world.run_action(world.completed(&red), &[]).await.ok();
    let comment = world.next_comment(12).body;
    assert!(
        comment.contains("Who: Builder (resolved 1 of 1 such failures)."),
        "{comment}"
    );
    world.finish();
}

#[tokio::test]
async fn test_reports_say_why_where_the_log_does_not() {
    let world = World::new().await;
    let run = world
        .run("CI", &world.pull_request(12).head())
        .failed_job("test", SILENT)
        .running_job("report")
        .complete();
    let mut job = world.job(world.synchronized(12)).in_run(&run, "report");
    job.write("workspace/out/junit.xml", REPORT);
    job.write("workspace/out/broken.xml", "<html>");
    job = job.input("junit-paths", "out/*.xml");
    let outcome = job.main().await.ok();
    let comment = world.next_comment(12).body;
    assert!(
        comment.contains("expected 3 but got") && comment.contains("a.B.adds"),
        "{comment}"
    );
    assert!(comment.contains("tests/b.py:12"), "{comment}");
    assert!(
        outcome.output("degraded").contains("broken.xml"),
        "{}",
        outcome.output("degraded")
    );

    let errors: Vec<_> = outcome
        .commands
        .iter()
        .filter(|command| command.name == "error")
        .collect();
    assert!(!errors.is_empty() && errors.len() <= 10);
    let beside = errors.iter().find(|error| error.data.contains("expected 3")).unwrap();
    assert!(
        beside.properties.contains("file=tests/b.py,line=12"),
        "{}",
        beside.properties
    );
    world.finish();
}

#[tokio::test]
async fn a_failed_job_reports_its_own_tests() {
    let world = World::new().await;
    let run = world
        .run("CI", &world.pull_request(12).head())
        .running_job("test")
        .complete();
    let mut job = world
        .job(world.synchronized(12))
        .in_run(&run, "test")
        .input("junit-paths", "junit.xml");
    job.main().await.ok();
    job.write("workspace/junit.xml", REPORT);
    job.status("failure");
    job.post().await.ok();
    let comment = world.next_comment(12).body;
    assert!(
        comment.contains("a.B.adds") && !comment.contains("cannot read its own log"),
        "{comment}"
    );
    world.finish();
}

#[tokio::test]
async fn annotations_are_asked_for_only_where_a_log_does_not_say_why() {
    let world = World::new().await;
    let head = world.pull_request(12).head();
    let run = world
        .run("CI", &head)
        .failed_job("test", LOG)
        .annotated("src/x.c", 9, "never asked for")
        .complete();
    world.run_action(world.completed(&run), &[]).await.ok();
    assert!(!world.next_comment(12).body.contains("never asked for"));
    assert!(world.calls("/annotations").is_empty());

    let run = world
        .run("CI", &world.pull_request(12).push())
        .job("test", "failure", Log::Expired)
        .annotated("src/y.c", 7, "error: 'total' undeclared (first use in this function)")
        .complete();
    let outcome = world.run_action(world.completed(&run), &[]).await.ok();
    let comment = world.next_comment(12).body;
    assert!(
        comment.contains("'total' undeclared") && comment.contains("src/y.c:7"),
        "{comment}"
    );
    assert!(comment.contains("the log has expired"), "{comment}");
    assert!(outcome.requests <= 15, "{} calls", outcome.requests);
    world.finish();
}

#[tokio::test]
async fn annotations_stay_within_the_budget_of_calls() {
    let world = World::new().await;
    let head = world.pull_request(12).from_fork("mallory").head();
    let mut run = world.run("CI", &head);
    for job in ["a", "b", "c", "d", "e", "f"] {
        run = run
            .job(job, "failure", Log::Expired)
            .annotated("src/y.c", 7, "error: something");
    }
    let run = run.complete();
    let outcome = world.run_action(world.completed(&run), &[]).await.ok();
    assert!(
        outcome.requests <= 15,
        "{} calls: {:?}",
        outcome.requests,
        world.calls("")
    );
    world.next_comment(12);
    world.finish();
}

#[tokio::test]
async fn test_reports_are_read_at_the_desk_too() {
    let world = World::new().await;
    std::fs::write(world.path("junit.xml"), REPORT).unwrap();
    std::fs::write(world.path("a.log"), SILENT).unwrap();
    std::fs::write(world.path("b.log"), LOG).unwrap();
    let titles = |ran: crate::world::Ran| -> Vec<String> {
        let json = ran.ok().json();
        let failures = json["failures"].as_array().unwrap().iter();
        failures
            .map(|failure| failure["title"].as_str().unwrap().to_owned())
            .collect()
    };
    let one = titles(
        world
            .cli(&[
                "report", "a.log", "--junit", "*.xml", "--memory", "m.json", "--format", "json",
            ])
            .await,
    );
    assert!(one[0].contains("expected 3"), "{one:?}");
    let both = titles(
        world
            .cli(&["analyze", "b.log", "a.log", "--junit", "junit.xml", "--format", "json"])
            .await,
    );
    assert!(both[0].contains("undeclared"), "{both:?}");
    assert_eq!(
        both.iter().filter(|title| title.contains("expected 3")).count(),
        1,
        "{both:?}"
    );
    let missing = world.cli(&["analyze", "a.log", "--junit", "no/*.xml"]).await;
    assert_eq!(missing.status, Some(2), "{}", missing.stderr);
    world.finish();
}
