//! The payloads GitHub's own SDK is tested with, from npm's `@octokit/webhooks-examples`, read by our one parser:
//! nothing we need is lost, and what we have no use for is understood as an event like any other.
//!
//! Not part of `cargo test`: the payloads come from npm. `just contract` fetches them and runs this.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a check stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "says what was read")]

use std::path::Path;

use serde_json::{Value, json};
use shipwright::event::{Event, EventKind};

/// Every example: the event's name and its payload; of github.com and of all Enterprise Servers there are.
fn examples() -> Vec<(String, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract/node_modules/@octokit/webhooks-examples");
    let servers =
        std::fs::read_dir(&root).unwrap_or_else(|error| panic!("{}: {error}; run `just contract`", root.display()));
    let mut all = Vec::new();
    for server in servers {
        let Ok(text) = std::fs::read(server.unwrap().path().join("index.json")) else {
            continue;
        };
        let events: Vec<Value> = serde_json::from_slice(&text).unwrap();
        for event in &events {
            let name = event["name"].as_str().unwrap();
            let payloads = event["examples"].as_array().unwrap();
            all.extend(payloads.iter().map(|payload| (name.to_owned(), payload.clone())));
        }
    }
    assert!(all.len() > 250, "only {} examples", all.len());
    all
}

fn parse(name: &str, payload: &Value) -> Event {
    Event::parse(name, payload.to_string().as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}: {payload}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// What is needed of a payload is in the event.
fn check(name: &str, payload: &Value) {
    let event = parse(name, payload);
    assert_eq!(event.name, name);
    let repository = event.repository.as_ref();
    assert_eq!(
        repository.map(|repository| (repository.slug.as_str(), repository.default_branch.as_str())),
        payload["repository"]["full_name"]
            .as_str()
            .map(|slug| (slug, text(&payload["repository"]["default_branch"]))),
        "{name}"
    );
    match (name, &event.kind) {
        ("workflow_run", EventKind::WorkflowRun { action, run }) => {
            let given = &payload["workflow_run"];
            assert_eq!(action, text(&payload["action"]));
            assert_eq!(
                (run.id.get(), u64::from(run.run_attempt)),
                (
                    given["id"].as_u64().unwrap(),
                    given["run_attempt"].as_u64().unwrap_or(1)
                )
            );
            assert_eq!(run.workflow_id, given["workflow_id"].as_u64().unwrap());
            assert_eq!(run.head_sha.as_str(), text(&given["head_sha"]));
            assert_eq!(run.conclusion.as_deref(), given["conclusion"].as_str());
            for (read, field) in [
                (&run.name, "name"),
                (&run.path, "path"),
                (&run.head_branch, "head_branch"),
                (&run.event, "event"),
                (&run.html_url, "html_url"),
                (&run.created_at, "created_at"),
                (&run.updated_at, "updated_at"),
            ] {
                assert_eq!(read, text(&given[field]), "{field}");
            }
            let head = run.head_repository.as_ref().map(shipwright::ids::RepoSlug::as_str);
            assert_eq!(head, given["head_repository"]["full_name"].as_str());
            let pulls = given["pull_requests"].as_array().map_or(&[][..], Vec::as_slice);
            assert_eq!(run.pull_requests.len(), pulls.len());
            for (read, given) in run.pull_requests.iter().zip(pulls) {
                assert_eq!(read.number.get(), given["number"].as_u64().unwrap());
                assert_eq!(read.head.sha.as_str(), text(&given["head"]["sha"]));
                assert!(read.base.repository.is_some(), "{given}");
            }
        }
        ("pull_request" | "pull_request_target", EventKind::PullRequest(pull)) => {
            let given = &payload["pull_request"];
            assert_eq!(pull.number.get(), given["number"].as_u64().unwrap());
            assert_eq!(
                (pull.head_sha.as_str(), pull.head_branch.as_str()),
                (text(&given["head"]["sha"]), text(&given["head"]["ref"]))
            );
            let head = pull.head_repository.as_ref().map(shipwright::ids::RepoSlug::as_str);
            assert_eq!(head, given["head"]["repo"]["full_name"].as_str());
        }
        ("issue_comment", EventKind::IssueComment(comment)) => {
            assert_eq!(payload["action"], "created", "only what is said anew is listened to");
            let (said, issue) = (&payload["comment"], &payload["issue"]);
            assert_eq!(
                (comment.id.get(), comment.issue.get()),
                (said["id"].as_u64().unwrap(), issue["number"].as_u64().unwrap())
            );
            assert_eq!(
                (comment.body.as_str(), comment.author.login.as_str()),
                (text(&said["body"]), text(&said["user"]["login"]))
            );
            assert_eq!(
                (comment.association.as_str(), comment.created_at.as_str()),
                (text(&said["author_association"]), text(&said["created_at"]))
            );
            assert_eq!(comment.on_pull_request, issue["pull_request"].is_object());
            assert_eq!(comment.author.is_bot(), said["user"]["type"] == "Bot");
        }
        ("workflow_dispatch", EventKind::WorkflowDispatch(inputs)) => {
            let given = payload["inputs"].as_object();
            assert_eq!(inputs.len(), given.map_or(0, serde_json::Map::len));
        }
        ("issue_comment", EventKind::Other) => assert_ne!(payload["action"], "created"),
        ("workflow_run" | "pull_request" | "pull_request_target" | "workflow_dispatch", kind) => {
            panic!("{name} was read as {kind:?}: {payload}")
        }
        (_, kind) => assert_eq!(*kind, EventKind::Other, "{name}"),
    }
}

#[test]
#[ignore = "needs npm's @octokit/webhooks-examples: just contract"]
fn every_example_is_read_without_loss() {
    let examples = examples();
    for (name, payload) in &examples {
        check(name, payload);
    }
    let mut names: Vec<&str> = examples.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    println!("{} payloads of {} events", examples.len(), names.len());
}

#[test]
#[ignore = "needs npm's @octokit/webhooks-examples: just contract"]
fn failures_and_forks_derived_from_the_examples_are_read_too() {
    for (name, payload) in examples().iter().filter(|(name, _)| name == "workflow_run") {
        for (conclusion, failed) in [
            ("failure", true),
            ("timed_out", true),
            ("startup_failure", true),
            ("cancelled", false),
        ] {
            let mut derived = payload.clone();
            derived["workflow_run"]["conclusion"] = json!(conclusion);
            derived["workflow_run"]["run_attempt"] = json!(3);
            derived["workflow_run"]["head_repository"]["full_name"] = json!("mallory/fork");
            derived["workflow_run"]["pull_requests"] = json!([]);
            check(name, &derived);
            let EventKind::WorkflowRun { run, .. } = parse(name, &derived).kind else {
                panic!("not a run")
            };
            let own = payload["repository"]["full_name"].as_str().unwrap().parse().unwrap();
            assert!(run.has_failed() == failed && run.is_from_fork(&own));
        }
        let mut gone = payload.clone();
        gone["workflow_run"]["head_repository"] = Value::Null;
        check(name, &gone);
    }
}

#[test]
#[ignore = "needs npm's @octokit/webhooks-examples: just contract"]
fn half_of_a_payload_is_an_error_or_an_event_but_never_a_panic() {
    for (name, payload) in examples() {
        let text = payload.to_string();
        for share in 1..8 {
            let _ = Event::parse(&name, &text.as_bytes()[..text.len() * share / 8]);
        }
        let Value::Object(fields) = payload else { continue };
        for field in fields.keys() {
            for wrong in [Value::Null, json!([]), json!("text"), json!(7), json!({})] {
                let mut broken = fields.clone();
                broken.insert(field.clone(), wrong);
                let _ = Event::parse(&name, Value::Object(broken).to_string().as_bytes());
            }
        }
    }
}
