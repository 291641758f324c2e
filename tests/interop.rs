//! The real ruflo and the real binary, from two machines' worth of directories: `just interop` (needs node and npm).
//!
//! Every command of ruflo runs with `CLAUDE_FLOW_DB_PATH`, as the documentation tells users to set it. An installed
//! ruflo can be named by `SHIPWRIGHT_INTEROP_RUFLO`; otherwise npm installs one into a scratch directory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = "ruflo@3";

struct Machine<'a> {
    ruflo: &'a Path,
    remote: &'a Path,
    directory: PathBuf,
}

fn run(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{command:?}\n{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

impl Machine<'_> {
    fn ruflo(&self, arguments: &[&str]) -> String {
        let database = self.directory.join(".swarm/agentdb-memory.db");
        let mut command = Command::new(self.ruflo);
        command
            .args(arguments)
            .current_dir(&self.directory)
            .env("CLAUDE_FLOW_DB_PATH", database);
        run(command.env("RUFLO_DAEMON_AUTOSTART", "0").env("NO_COLOR", "1"))
    }

    fn store(&self, key: &str, value: &str) {
        self.ruflo(&[
            "memory", "store", "-k", key, "-n", "notes", "--value", value, "--upsert",
        ]);
    }

    fn shipwright(&self, arguments: &[&str]) -> serde_json::Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shipwright"));
        command.args(["memory"]).args(arguments).current_dir(&self.directory);
        if matches!(arguments.first(), Some(&"pull" | &"push")) {
            command.args(["--ruflo", "--ruflo-timeout-seconds", "300", "--timeout-seconds", "300"]);
            command
                .arg("--ruflo-command")
                .arg(self.ruflo)
                .arg("--remote")
                .arg(self.remote);
        }
        let text = run(command.args(["--format", "json"]));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    fn pull(&self) -> BTreeMap<String, (String, i64)> {
        self.shipwright(&["pull", "--output", "memory.json"]);
        self.entries("memory.json")
    }

    fn push(&self) -> serde_json::Value {
        let based = self.directory.join("base.json").exists();
        let base: &[&str] = if based { &["--base", "base.json"] } else { &[] };
        self.shipwright(&[&["push", "--input", "export.json"], base].concat())
    }

    /// Value and time of every entry, by key.
    fn entries(&self, file: &str) -> BTreeMap<String, (String, i64)> {
        let list = self.shipwright(&["list", "--memory", file]);
        let entries = list["entries"].as_array().unwrap();
        let pair = |entry: &serde_json::Value| {
            let text = |name: &str| entry[name].as_str().unwrap().to_owned();
            (text("key"), (text("value"), entry["updatedAt"].as_i64().unwrap()))
        };
        entries.iter().map(pair).collect()
    }
}

fn install(scratch: &Path) -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "an installed ruflo saves ten minutes of building one"
    )]
    if let Some(program) = std::env::var_os("SHIPWRIGHT_INTEROP_RUFLO") {
        return program.into();
    }
    run(Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--prefix"])
        .arg(scratch)
        .arg(PACKAGE));
    scratch.join("node_modules/.bin/ruflo")
}

#[test]
fn memory_travels_between_two_machines_through_the_ref() {
    let scratch = tempfile::tempdir().unwrap();
    let remote = scratch.path().join("remote.git");
    run(Command::new("git").args(["init", "--quiet", "--bare"]).arg(&remote));
    let ruflo = install(scratch.path());
    let machine = |name: &str| {
        let directory = scratch.path().join(name);
        std::fs::create_dir(&directory).unwrap();
        Machine {
            ruflo: &ruflo,
            remote: &remote,
            directory,
        }
    };
    println!("{}", machine("version").ruflo(&["--version"]).trim());

    let first = machine("first");
    first.ruflo(&["memory", "init"]);
    first.store("alpha", "caching the lock file saves two minutes");
    first.store("beta", "retry the upload once");
    let pushed = first.push();
    println!("first machine pushes: {} added", pushed["added"]);
    assert_eq!(pushed["added"], 2);

    let mut before = BTreeMap::new();
    for round in 1..=2 {
        // A fresh directory each time, as a new job on a new runner.
        let second = machine(&format!("second-{round}"));
        let pulled = second.pull();
        println!("round {round}: pulled {} entries into a fresh directory", pulled.len());
        let listed = second.ruflo(&["memory", "list"]);
        let found = second.ruflo(&["memory", "search", "-q", "caching the lock file"]);
        assert!(
            pulled.keys().all(|key| listed.contains(key.as_str())),
            "list shows {listed}"
        );
        assert!(found.contains("alpha"), "search shows {found}");

        let changed = format!("retry the upload {round} times");
        second.store("beta", &changed);
        second.store(&format!("from-second-{round}"), "new");
        let pushed = second.push();
        println!(
            "round {round}: second machine pushes: {} added, {} updated",
            pushed["added"], pushed["updated"]
        );
        assert_eq!(
            (pushed["added"].as_i64(), pushed["updated"].as_i64()),
            (Some(1), Some(1))
        );

        let back = machine(&format!("first-again-{round}"));
        let after = back.pull();
        assert_eq!(after["beta"].0, changed);
        assert_eq!(after["alpha"], pulled["alpha"], "an untouched entry keeps its time");
        assert_eq!(after.len(), 2 + round);
        assert!(
            back.ruflo(&["memory", "retrieve", "-k", "beta", "-n", "notes"])
                .contains(&changed)
        );
        let idle = back.push();
        println!("round {round}: a job that changed nothing pushes: {}", idle["outcome"]);
        assert_eq!(idle["outcome"], "unchanged");
        before = after;
    }

    let third = machine("third");
    third.pull();
    third.ruflo(&["memory", "delete", "-k", "alpha", "-n", "notes", "--force"]);
    let pushed = third.push();
    println!("third machine deletes one: {} deleted", pushed["deleted"]);
    assert_eq!(pushed["deleted"], 1);
    let last = machine("last").pull();
    before.remove("alpha");
    assert_eq!(last, before, "the deleted entry is gone, the others are as they were");
    println!("{} entries at the end", last.len());
}
