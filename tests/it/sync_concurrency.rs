//! Many jobs end at once; nobody's memory is lost.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::world::git_server::GitServer;

const TIP: &str = "refs/ruflo-memory/v1";
const INBOX: &str = "refs/ruflo-memory/inbox/";

/// A memory file of entries `<who>-0 … <who>-(count-1)`.
fn export(directory: &Path, who: &str, count: usize) -> PathBuf {
    let now = 1_800_000_000_000_i64;
    let entry = |n| {
        json!({"key": format!("{who}-{n}"), "namespace": "test", "value": format!("value {n} of {who}"),
        "createdAt": now, "updatedAt": now, "accessCount": 0, "hasEmbedding": false, "size": 1})
    };
    let entries: Vec<Value> = (0..count).map(entry).collect();
    let path = directory.join(format!("{who}.json"));
    std::fs::write(
        &path,
        json!({"schema": "ruflo-memory-export/v1", "count": count, "entries": entries}).to_string(),
    )
    .unwrap();
    path
}

fn shipwright(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shipwright"));
    command
        .env_clear()
        .args(["memory"])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Keys that a fresh restore finds.
fn restored_keys(server: &GitServer, directory: &Path) -> BTreeSet<String> {
    let path = directory.join("restored.json");
    let output = shipwright(&["pull", "--remote", &server.url(), "--output", path.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let export: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    export["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["key"].as_str().unwrap().to_owned())
        .collect()
}

/// Starts all writers at once and gives their reports, with the slowest one's time.
fn push_all(server: &GitServer, files: &[PathBuf], base: Option<&Path>) -> (Vec<Value>, Duration) {
    let start = Instant::now();
    let url = server.url();
    let children: Vec<_> = files
        .iter()
        .map(|file| {
            let mut arguments = vec![
                "push",
                "--remote",
                &url,
                "--format",
                "json",
                "--input",
                file.to_str().unwrap(),
            ];
            if let Some(base) = base {
                arguments.extend(["--base", base.to_str().unwrap()]);
            }
            shipwright(&arguments).spawn().unwrap()
        })
        .collect();
    let mut slowest = Duration::ZERO;
    let reports = children.into_iter().map(|child| {
        let output = child.wait_with_output().unwrap();
        slowest = slowest.max(start.elapsed());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    });
    let reports = reports.collect();
    (reports, slowest)
}

/// `writers` processes with five entries each, then everything that must hold.
fn all_is_kept(server: &GitServer, writers: usize, with_base: bool) {
    let directory = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = (0..writers)
        .map(|n| export(directory.path(), &format!("w{n}"), 5))
        .collect();
    let base = with_base.then(|| {
        restored_keys(server, directory.path());
        directory.path().join("base.json")
    });
    let (reports, slowest) = push_all(server, &files, base.as_deref());
    let outcome = |name: &str| reports.iter().filter(|report| report["outcome"] == name).count();
    let most_pushes = reports
        .iter()
        .map(|report| report["pushes"].as_u64().unwrap())
        .max()
        .unwrap();
    let most_requests = reports
        .iter()
        .map(|report| report["requests"].as_u64().unwrap())
        .max()
        .unwrap();
    let waiting = server.refs(INBOX).len();
    println!(
        "{writers} writers: {} pushed, {} inboxed, slowest {slowest:?}, at most {most_pushes} pushes and {most_requests} requests, {waiting} in the inbox",
        outcome("pushed"),
        outcome("inboxed"),
    );
    assert!(slowest < Duration::from_secs(15), "{slowest:?}");
    assert!(most_pushes <= if with_base { 3 } else { 2 });
    assert_eq!(restored_keys(server, directory.path()).len(), writers * 5);
    for quiet in 0..3 {
        let file = export(directory.path(), &format!("quiet{quiet}"), 1);
        push_all(server, &[file], None);
    }
    assert_eq!(server.refs(INBOX), Vec::<String>::new());
    assert_eq!(restored_keys(server, directory.path()).len(), writers * 5 + 3);
    assert_eq!(server.git(&["rev-list", "--merges", "--count", TIP]), "0");
    server.git(&["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn sixteen_writers_at_once_lose_nothing() {
    all_is_kept(&GitServer::start(), 16, false);
}

#[test]
fn sixteen_writers_with_a_common_base_lose_nothing() {
    all_is_kept(&GitServer::start(), 16, true);
}

#[test]
fn writers_of_a_repository_on_the_same_disk_lose_nothing() {
    let server = GitServer::start();
    let directory = tempfile::tempdir().unwrap();
    let repository = server.repository();
    let children: Vec<_> = (0..12)
        .map(|n| {
            let file = export(directory.path(), &format!("w{n}"), 5);
            shipwright(&[
                "push",
                "--remote",
                repository.to_str().unwrap(),
                "--input",
                file.to_str().unwrap(),
            ])
            .spawn()
            .unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(restored_keys(&server, directory.path()).len(), 60);
    server.git(&["fsck", "--strict", "--no-dangling"]);
}

/// The long form: `cargo test --release --test it -- --ignored sixty_four` runs it twenty times.
#[test]
#[ignore = "takes minutes: cargo test --release --test it -- --ignored sixty_four"]
fn sixty_four_writers_at_once_lose_nothing() {
    #[expect(clippy::disallowed_methods, reason = "a knob of a long test")]
    let rounds = std::env::var("ROUNDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(20);
    for round in 0..rounds {
        for (delay, with_base) in [(0, false), (0, true), (100, false), (100, true)] {
            println!("round {round}, {delay} ms of delay, base: {with_base}");
            let server = GitServer::start();
            server.delay(Duration::from_millis(delay));
            all_is_kept(&server, 64, with_base);
        }
    }
}
