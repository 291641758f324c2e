//! Stories of the harness: that it would notice.

use std::time::{Duration, Instant};

use shipwright::gitref::{Options, Remote, Token, TransportChoice};
use shipwright::ids::RefName;

use crate::world::{READ_TOKEN, TOKEN, World};

/// Defines `variable NAME`; the shell itself cannot see a name with a hyphen in it.
const VARIABLE: &str = r#"variable() { tr '\0' '\n' < "/proc/$$/environ" | sed -n "s/^$1=//p"; }"#;

/// A stage in place of ours, in shell.
async fn script(world: &World, body: &str) -> crate::world::Outcome {
    let head = world.push("main", "a change");
    let job = world.job(world.pushed(&head));
    job.write("workspace/stage", format!("{VARIABLE}\n{body}\n"));
    job.input("mode", "report").shell("workspace/stage").main().await
}

#[tokio::test]
async fn a_stage_sees_the_runner_and_the_runner_sees_the_stage() {
    let world = World::new().await;
    let body = r#"
        for name in INPUT_MODE INPUT_JOB-STATUS INPUT_RUN-ID GITHUB_EVENT_NAME GITHUB_REPOSITORY; do variable $name; done
        grep -c '"after"' "$GITHUB_EVENT_PATH"
        printf 'text<<E\none\ntwo\nE\n' >> "$GITHUB_OUTPUT"; echo 'seen=yes' >> "$GITHUB_STATE"; echo '# sum' >> "$GITHUB_STEP_SUMMARY"
        echo '::warning title=t::careful'; echo "::add-mask::$(variable INPUT_GITHUB-TOKEN)"; exit 3"#;
    let outcome = script(&world, body).await;
    assert!(
        outcome.stdout.starts_with("report\nsuccess\n\npush\nocto/ship\n1\n"),
        "{}",
        outcome.stdout
    );
    assert_eq!(
        (outcome.status, outcome.output("text"), outcome.summary.as_str()),
        (Some(3), "one\ntwo", "# sum\n")
    );
    assert_eq!(
        (outcome.state["seen"].as_str(), outcome.warnings()),
        ("yes", vec!["careful"])
    );
    world.finish();
}

#[tokio::test]
async fn state_goes_from_main_to_post() {
    let world = World::new().await;
    let head = world.push("main", "a change");
    let mut job = world.job(world.pushed(&head));
    job.write(
        "workspace/stage",
        format!("{VARIABLE}\necho \"seen=[$STATE_seen]\" >> \"$GITHUB_STATE\"; variable INPUT_JOB-STATUS\n"),
    );
    job = job.shell("workspace/stage");
    assert_eq!(job.main().await.ok().state["seen"], "[]");
    job.status("failure");
    let post = job.post().await.ok();
    assert_eq!(
        (post.state["seen"].as_str(), post.stdout.as_str()),
        ("[[]]", "failure\n")
    );
    world.finish();
}

#[tokio::test]
#[should_panic(expected = "a command that is not ours")]
async fn a_smuggled_command_is_noticed() {
    let world = World::new().await;
    script(&world, "echo 'log: ##[set-env name=x]y'").await;
}

#[tokio::test]
#[should_panic(expected = "the runner would fail the step")]
async fn a_malformed_output_is_noticed() {
    let world = World::new().await;
    script(&world, "printf 'a<<E\\nb\\n' >> \"$GITHUB_OUTPUT\"").await;
}

#[tokio::test]
#[should_panic(expected = "the token is shown")]
async fn a_shown_token_is_noticed() {
    let world = World::new().await;
    script(&world, "variable INPUT_GITHUB-TOKEN >&2").await;
}

#[tokio::test]
#[should_panic(expected = "unread on octo/ship")]
async fn an_unread_comment_is_noticed() {
    let world = World::new().await;
    world.pull_request(12);
    world
        .client()
        .create_comment(&world.repo(), "12".parse().unwrap(), "hello")
        .await
        .unwrap();
    world.finish();
}

#[tokio::test]
#[should_panic(expected = "calls no route answers")]
async fn an_unexpected_call_is_noticed() {
    let world = World::new().await;
    // A client sets up TLS for the process.
    drop(world.client());
    let deployments = format!("{}/repos/octo/ship/deployments", world.api_url());
    let request = reqwest::Client::new()
        .get(deployments)
        .header("user-agent", "x")
        .bearer_auth(TOKEN);
    assert_eq!(request.send().await.unwrap().status(), 500);
    world.finish();
}

#[tokio::test]
#[should_panic(expected = "was not finished")]
async fn a_story_without_an_end_is_noticed() {
    World::new().await;
}

#[tokio::test]
async fn git_is_served_under_githubs_addresses() {
    let world = World::new().await;
    let address = format!("{}/octo/ship", world.git().server_url());
    let open = move |token: &str| {
        let options = Options {
            deadline: Instant::now() + Duration::from_secs(20),
            transport: TransportChoice::Auto,
            user_agent: "shipwright/test".to_owned(),
        };
        let remote = Remote::open(&address, Token::new(token).as_ref(), &options).unwrap();
        remote.read(&RefName::default(), &[]).map(|fetched| fetched.tip)
    };
    let answers = tokio::task::spawn_blocking(move || [open(TOKEN), open(READ_TOKEN), open("ghs_other")]);
    let [ours, readers, strangers] = answers.await.unwrap();
    assert!(matches!((ours, readers), (Ok(None), Ok(None))) && strangers.is_err());
    world.finish();
}
