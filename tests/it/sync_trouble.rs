//! Trouble on the server, on the wire and on the disk: the ref stays valid and complete, and the message says what to do.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::world::git_server::{Fault, GitServer, On, hermetic_git};

const TIP: &str = "refs/ruflo-memory/v1";

/// A directory with memory files, and the tool run inside it.
pub struct Desk {
    pub directory: tempfile::TempDir,
    url: String,
}

impl Desk {
    pub fn at(server: &GitServer) -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            url: server.url(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a memory of `key=value` pairs.
    pub fn memory(&self, pairs: &[(&str, &str)]) {
        let entry = |(key, value): &(&str, &str)| json!({"key": key, "namespace": "test", "value": value});
        let entries: Vec<Value> = pairs.iter().map(entry).collect();
        std::fs::write(
            self.path("memory.json"),
            json!({"schema": "ruflo-memory-export/v1", "entries": entries}).to_string(),
        )
        .unwrap();
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shipwright"));
        command
            .env_clear()
            .current_dir(self.directory.path())
            .arg("memory")
            .args(arguments)
            .args(["--remote", &self.url]);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub fn push(&self) -> Output {
        self.run(&["push", "--input", "memory.json"])
    }

    pub fn pull(&self) -> Output {
        self.run(&["pull", "--output", "memory.json"])
    }

    pub fn keys(&self) -> Vec<String> {
        assert_ok(&self.run(&["pull", "--output", "seen.json"]));
        let export: Value = serde_json::from_slice(&std::fs::read(self.path("seen.json")).unwrap()).unwrap();
        export["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["key"].as_str().unwrap().to_owned())
            .collect()
    }
}

pub fn assert_ok(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The exit code, and words that standard error must have.
pub fn assert_fails(output: &Output, code: i32, words: &[&str]) {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{text}");
    for word in words {
        assert!(text.contains(word), "{word:?} is missing in {text}");
    }
}

/// A server whose memory has the entry `old`.
pub fn remembering() -> (GitServer, Desk) {
    let server = GitServer::start();
    let desk = Desk::at(&server);
    desk.memory(&[("old", "1")]);
    assert_ok(&desk.push());
    (server, desk)
}

/// Puts `content` under `file` on the tip, past our own program.
fn overwrite(server: &GitServer, file: &str, content: &[u8]) {
    let work = tempfile::tempdir().unwrap();
    let path = work.path().join("blob");
    std::fs::write(&path, content).unwrap();
    let repository = server.repository();
    let git = |arguments: &[&str], input: &str| {
        let mut child = hermetic_git(&repository)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout)
            .unwrap()
            .trim()
            .to_owned()
    };
    let blob = git(&["hash-object", "-w", path.to_str().unwrap()], "");
    let rows: Vec<String> = server
        .git(&["ls-tree", TIP])
        .lines()
        .filter(|row| !row.ends_with(&format!("\t{file}")))
        .map(str::to_owned)
        .collect();
    let tree = git(
        &["mktree"],
        &format!("{}\n100644 blob {blob}\t{file}\n", rows.join("\n")),
    );
    let commit = git(&["commit-tree", &tree, "-p", TIP, "-m", "by hand"], "");
    server.git(&["update-ref", TIP, &commit]);
}

#[test]
fn an_unreadable_memory_is_kept_aside_and_the_local_one_pushed() {
    for content in [&b"{\"entries\": [tru"[..], b"", b"\xff\xfe\0", b"<html>", b"[]"] {
        let (server, desk) = remembering();
        overwrite(&server, "memory-export.json", content);
        let damaged = server.git(&["rev-parse", TIP]);
        desk.memory(&[("new", "2")]);
        let output = desk.push();
        assert_ok(&output);
        assert_eq!(
            server.git(&["rev-parse", &format!("refs/ruflo-memory/rescue-{damaged}")]),
            damaged,
            "{content:?}"
        );
        assert!(desk.keys().contains(&"new".to_owned()));
        assert_fails(&desk.run(&["doctor"]), 1, &["problems"]);
        server.git(&["fsck", "--strict", "--no-dangling"]);
    }
}

#[test]
fn a_newer_format_is_read_and_not_written() {
    let (server, desk) = remembering();
    overwrite(&server, "format.json", b"{\"format\":2,\"writer\":\"shipwright 9\"}\n");
    let before = server.git(&["rev-parse", TIP]);
    desk.memory(&[("new", "2")]);
    assert_fails(&desk.push(), 3, &["format 2", "update shipwright"]);
    assert_ok(&desk.pull());
    assert_fails(
        &desk.run(&["push", "--input", "memory.json", "--base", "base.json"]),
        3,
        &["update shipwright"],
    );
    assert_eq!(server.git(&["rev-parse", TIP]), before);
    assert_eq!(desk.keys(), ["old"]);
}

#[test]
fn files_we_do_not_know_stay_in_the_ref() {
    let (server, desk) = remembering();
    overwrite(&server, "notes.txt", b"by hand\n");
    desk.memory(&[("new", "2")]);
    assert_ok(&desk.push());
    assert_eq!(server.file(TIP, "notes.txt"), "by hand");
    assert_eq!(desk.keys(), ["new", "old"]);
}

#[test]
fn an_empty_or_broken_export_changes_nothing() {
    let (server, desk) = remembering();
    assert_ok(&desk.pull());
    let before = server.git(&["rev-parse", TIP]);
    for (content, code) in [
        (&b""[..], 2),
        (b"{\"entries\":[", 2),
        (b"\0\0", 2),
        (b"{\"schema\":\"ruflo-memory-export/v1\",\"entries\":[]}", 0),
        (
            b"{\"entries\":[{\"key\":\"old\",\"namespace\":\"test\",\"value\":null}]}",
            0,
        ),
    ] {
        std::fs::write(desk.path("memory.json"), content).unwrap();
        let output = desk.run(&["push", "--input", "memory.json", "--base", "base.json"]);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(server.git(&["rev-parse", TIP]), before);
        assert_eq!(
            std::fs::read(desk.path("memory.json")).unwrap(),
            content,
            "the original is kept"
        );
    }
    assert_fails(&desk.run(&["push", "--input", "absent.json"]), 2, &["absent.json"]);
}

#[test]
fn a_damaged_base_costs_the_deletions_and_nothing_else() {
    let (_server, desk) = remembering();
    assert_ok(&desk.pull());
    let base = std::fs::read(desk.path("base.json")).unwrap();
    std::fs::write(desk.path("base.json"), &base[..base.len() / 2]).unwrap();
    desk.memory(&[("new", "2")]);
    assert_ok(&desk.run(&["push", "--input", "memory.json", "--base", "base.json"]));
    assert_eq!(desk.keys(), ["new", "old"]);
}

#[test]
fn what_is_gone_from_a_trusted_export_is_deleted_once_and_stays_so() {
    let (server, desk) = remembering();
    desk.memory(&[("new", "2")]);
    assert_ok(&desk.push());
    assert_ok(&desk.pull());
    let stale = std::fs::read(desk.path("base.json")).unwrap();
    desk.memory(&[("new", "2")]);
    assert_ok(&desk.run(&["push", "--input", "memory.json", "--base", "base.json"]));
    assert_eq!(desk.keys(), ["new"]);
    assert!(server.file(TIP, "tombstones.jsonl").contains("\"old\""));
    // Another job that was given the entry and did not touch it does not bring it back.
    std::fs::write(desk.path("stale.json"), stale).unwrap();
    let untouched = server.file(&format!("{TIP}~1"), "memory-export.json");
    std::fs::write(desk.path("memory.json"), untouched).unwrap();
    assert_ok(&desk.run(&["push", "--input", "memory.json", "--base", "stale.json"]));
    assert_eq!(desk.keys(), ["new"]);
}

#[test]
fn a_token_that_may_not_write_is_told_the_permission() {
    let server = GitServer::with_tokens("writer", "reader");
    let desk = Desk::at(&server);
    desk.memory(&[("new", "2")]);
    let with = |token: &str, arguments: &[&str]| desk.command(arguments).env("GITHUB_TOKEN", token).output().unwrap();
    assert_fails(
        &with("reader", &["push", "--input", "memory.json"]),
        4,
        &["may not write", "contents: write"],
    );
    assert_fails(&with("wrong", &["pull", "--output", "x.json"]), 4, &["contents: read"]);
    assert_ok(&with("writer", &["push", "--input", "memory.json"]));
    std::fs::write(desk.path("token"), "reader\n").unwrap();
    assert_ok(&desk.run(&["pull", "--output", "x.json", "--token-file", "token"]));
    let output = with("wrong-secret", &["push", "--input", "memory.json"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("wrong-secret"));
}

#[test]
fn a_rule_of_the_repository_is_quoted() {
    let (server, desk) = remembering();
    server.refuse_pushes("GH013: Repository rule violations found for refs/ruflo-memory/v1");
    desk.memory(&[("new", "2")]);
    assert_fails(&desk.push(), 4, &["GH013", "choose another with --ref"]);
    server.accept_pushes();
    assert_ok(&desk.push());
}

#[test]
fn an_outage_is_reported_within_the_deadline() {
    let (server, desk) = remembering();
    desk.memory(&[("new", "2")]);
    for fault in [
        Fault::status(On::Any, 500),
        Fault::drop_before(On::Any),
        Fault::stall(On::Any, Duration::from_secs(60)),
        Fault::page(On::Any),
        Fault::status(On::Any, 404),
    ] {
        println!("{fault:?}");
        server.fault(fault);
        let start = std::time::Instant::now();
        let output = desk.run(&["push", "--input", "memory.json", "--timeout-seconds", "3"]);
        assert_fails(&output, 4, &["cannot persist memory to"]);
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        server.heal();
    }
    assert_ok(&desk.push());
    assert_eq!(desk.keys(), ["new", "old"]);
}

#[test]
#[cfg(unix)]
fn a_full_disk_leaves_the_old_files() {
    let (server, desk) = remembering();
    assert_ok(&desk.pull());
    let before = (
        std::fs::read(desk.path("memory.json")).unwrap(),
        std::fs::read(desk.path("base.json")).unwrap(),
    );
    let mut seed = 7_u64;
    let noise: Vec<String> = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33).to_string()
    })
    .take(20_000)
    .collect();
    desk.memory(&[("large", &noise.join(" "))]);
    assert_ok(&desk.push());
    std::fs::write(desk.path("memory.json"), &before.0).unwrap();
    let (tip, small) = (server.git(&["rev-parse", TIP]), |arguments: &str| {
        let tool = env!("CARGO_BIN_EXE_shipwright");
        let script = format!(
            "trap '' XFSZ; ulimit -f 8; exec {tool} memory {arguments} --remote {}",
            desk.url
        );
        let mut command = Command::new("sh");
        command.args(["-c", &script]).current_dir(desk.directory.path());
        command.output().unwrap()
    });
    let output = small("pull --output memory.json");
    assert!(matches!(output.status.code(), Some(2 | 4)), "{output:?}");
    assert_eq!(
        (
            std::fs::read(desk.path("memory.json")).unwrap(),
            std::fs::read(desk.path("base.json")).unwrap()
        ),
        before
    );
    let left = std::fs::read_dir(desk.directory.path()).unwrap().count();
    assert_eq!(left, 2, "no temporary files stay behind");
    // A push from cold reads the tip through a pack on the disk.
    let output = small("push --input memory.json");
    assert_fails(&output, 4, &["cannot persist memory to"]);
    assert_eq!(server.git(&["rev-parse", TIP]), tip);
    assert_eq!(desk.keys(), ["large", "old"]);
}

/// Old content or new content, whole.
pub fn is_whole(path: &Path) -> bool {
    std::fs::read(path).is_ok_and(|bytes| serde_json::from_slice::<Value>(&bytes).is_ok())
}

#[test]
fn a_process_killed_at_any_moment_leaves_everything_whole() {
    let (server, desk) = remembering();
    assert_ok(&desk.pull());
    let pull = ["pull", "--output", "memory.json"];
    let push = ["push", "--input", "local.json", "--base", "base.json"];
    for step in 0..24_u64 {
        let key = format!("k{step}");
        desk.memory(&[("old", "1"), (&key, "x")]);
        std::fs::rename(desk.path("memory.json"), desk.path("local.json")).unwrap();
        for arguments in [&push[..], &pull[..]] {
            let mut child = desk
                .command(arguments)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let deadline = std::time::Instant::now() + Duration::from_millis(step * 4);
            while std::time::Instant::now() < deadline {
                std::thread::yield_now();
            }
            child.kill().unwrap();
            child.wait().unwrap();
        }
        assert!(is_whole(&desk.path("base.json")));
        assert!(!desk.path("memory.json").exists() || is_whole(&desk.path("memory.json")));
        server.git(&["fsck", "--strict", "--no-dangling"]);
        assert!(desk.keys().contains(&"old".to_owned()));
    }
}

#[test]
fn a_process_killed_at_any_request_loses_nobody_elses_memory() {
    // Cold and beaten: list, fetch, push to the tip, push to the inbox.
    for step in 0..4 {
        let (server, desk) = remembering();
        let rival = Desk::at(&server);
        rival.memory(&[("rival", "r")]);
        let output = rival.command(&["push", "--input", "memory.json"]);
        let output = std::sync::Mutex::new(output);
        server.before_push(move |_| assert_ok(&output.lock().unwrap().output().unwrap()));
        desk.memory(&[("mine", "m")]);
        server.take_counters();
        // The rival's requests come in between; ours stalls at its own `step`.
        let before = if step == 3 { 3 + 3 } else { step };
        server.fault(Fault::stall(On::Any, Duration::from_secs(30)).after(before).times(1));
        let mut child = desk
            .command(&["push", "--input", "memory.json"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while server.counters().requests <= before as u64 {
            assert!(child.try_wait().unwrap().is_none(), "it ended before step {step}");
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        server.heal();
        if step < 3 {
            assert_ok(&rival.push());
        }
        assert_eq!(desk.keys(), ["old", "rival"], "step {step}");
        server.git(&["fsck", "--strict", "--no-dangling"]);
        assert_ok(&desk.push());
        assert_eq!(desk.keys(), ["mine", "old", "rival"]);
    }
}

#[test]
fn the_log_shows_the_chain_and_the_inbox() {
    let (_server, desk) = remembering();
    for n in 0..3 {
        desk.memory(&[(&format!("k{n}"), "x")]);
        assert_ok(&desk.push());
    }
    for transport in ["lean", "libgit2"] {
        let output = desk.run(&["log", "--format", "json", "--limit", "3", "--transport", transport]);
        assert_ok(&output);
        let log: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(log.as_array().unwrap().len(), 3, "{log}");
        assert!(log[0]["subject"].as_str().unwrap().contains("1 added") && log[2]["time"].as_str().is_some());
    }
}

#[test]
fn a_deleted_entry_stays_deleted() {
    let (_server, desk) = remembering();
    assert_ok(&desk.run(&["delete", "test", "old"]));
    assert_fails(&desk.run(&["delete", "test", "old"]), 1, &["no entry"]);
    assert_eq!(desk.keys(), Vec::<String>::new());
}
