//! The runner's contract: what the built binary does when it is started as the runner starts it.

use std::time::Duration;

use shipwright::settings::inputs::INPUTS;

use crate::world::{Fault, World};

/// Everything a stranger may put into a log, a title or a branch.
const HOSTILE: &[u8] = b"##[group]Run make\nmake\n##[endgroup]\n::error::pwned\n::add-mask::main\n##[set-env name=x]y\n::stop-commands::x\n``` @everyone fixes #1 <img src=x onerror=alert(1)> --> [a](javascript:x)\n\x1b[31mred\x1b[0m \x00 nul \xff\xfe bytes\nerror: it broke @octo/team closes #2 octo/ship#3 https://evil.test/x\n";

fn hostile_log() -> Vec<u8> {
    let mut log = HOSTILE.to_vec();
    log.extend_from_slice(b"error: ");
    log.extend(std::iter::repeat_n(b'x', 1 << 20));
    log.extend_from_slice(b"\n##[error]Process completed with exit code 2.\n");
    log
}

#[tokio::test]
async fn a_hostile_log_executes_nothing_and_stays_inert() {
    let world = World::new().await;
    let head = world
        .pull_request(12)
        .from_fork("mallory")
        .on_branch("x-@everyone-::error::")
        .head();
    let run = world
        .run("CI ::error:: @team", &head)
        .failed_job("test ##[error] @you", hostile_log())
        .complete();
    let outcome = world.run_action(world.completed(&run), &[]).await.ok();
    let body = world.next_comment(12).body;
    assert!(body.encode_utf16().count() <= 65_536, "{} units", body.len());
    assert!(!body.contains('\u{1b}') && !body.contains('\0'));
    for page in [&body, &outcome.summary] {
        assert_eq!(live_markup(page), Vec::<String>::new(), "{page}");
    }
    assert!(
        outcome.commands.iter().all(|command| command.data != "pwned"),
        "{:?}",
        outcome.commands
    );
    world.finish();
}

/// What GitHub would bring to life in a text, outside code.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most events of Markdown are of no interest here"
)]
pub fn live_markup(page: &str) -> Vec<String> {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    let mut live = Vec::new();
    let mut in_code = false;
    for event in Parser::new_ext(page, Options::ENABLE_GFM | Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Start(Tag::Image { dest_url, .. }) => live.push(format!("image {dest_url}")),
            Event::Start(Tag::Link { dest_url, .. })
                if dest_url.contains("evil") || dest_url.starts_with("javascript") =>
            {
                live.push(format!("link {dest_url}"));
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let allowed = [
                    "<sub>",
                    "</sub>",
                    "<details>",
                    "</details>",
                    "<summary>",
                    "<!-- shipwright:v1",
                ];
                if !allowed.iter().any(|ours| html.trim().starts_with(ours)) || html.contains("<img") {
                    live.push(format!("html {html}"));
                }
            }
            Event::Text(text) if !in_code => {
                let references = [
                    "@everyone",
                    "@octo",
                    "@team",
                    "@you",
                    "#1",
                    "#2",
                    "octo/ship#",
                    "https://evil",
                ];
                live.extend(
                    references
                        .iter()
                        .filter(|reference| text.contains(**reference))
                        .map(|found| (*found).to_owned()),
                );
            }
            _ => {}
        }
    }
    live
}

#[tokio::test]
async fn empty_inputs_are_defaults() {
    let world = World::new().await;
    let head = world.push("main", "work");
    let mut job = world.job(world.pushed(&head));
    for input in INPUTS.iter().filter(|input| input.live_default.is_empty()) {
        job = job.input(input.name, "");
    }
    let outcome = job.main().await.ok();
    assert_eq!(
        (outcome.output("memory-hit"), outcome.output("degraded")),
        ("false", "")
    );
    world.finish();
}

#[tokio::test]
async fn a_cancelled_job_ends_within_five_seconds() {
    for signal in ["INT", "TERM"] {
        let world = World::new().await;
        let head = world.pull_request(12).head();
        let run = world.fail_run(&head, "test", "error: x\n");
        world.faults(
            "GET /repos/octo/ship/actions/jobs/*/logs",
            Fault::Stall(Duration::from_secs(60)),
            10,
        );
        let job = world.job(world.completed(&run));
        let stage = job.start("main");
        world.called("GET /repos/octo/ship/actions/jobs/*/logs").await;
        let asked = std::time::Instant::now();
        stage.signal(signal);
        let outcome = stage.finish(&world).await.ok();
        assert!(
            asked.elapsed() < Duration::from_secs(5),
            "{signal}: {:?}",
            asked.elapsed()
        );
        assert!(outcome.output("degraded").contains("stopped"), "{:?}", outcome.outputs);
        world.finish();
    }
}

#[tokio::test]
async fn a_broken_event_is_a_warning() {
    let world = World::new().await;
    let head = world.push("main", "work");
    let job = world
        .job(world.pushed(&head))
        .variable("GITHUB_EVENT_PATH", "/nowhere/event.json");
    let mut job = job.input("mode", "restore");
    let outcome = job.main().await.ok();
    assert_eq!(outcome.warnings().len(), 1, "{:?}", outcome.warnings());
    assert!(outcome.warnings()[0].contains("event"), "{:?}", outcome.warnings());
    world.finish();
}
