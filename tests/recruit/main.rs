//! `shipwright recruit` as its callers see it: the program, its files, its exit codes.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise, and all it reads is its own"
)]

mod advice;
mod callers;
mod crash;
mod feedback;
mod hostile;
mod learning;
mod model;
mod modules;
mod people;
mod policy;
mod roles;
mod stores;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A home of its own for one test, and the program run in it.
struct Desk {
    directory: tempfile::TempDir,
}

/// How a run ended.
#[derive(Debug)]
struct Done {
    stdout: String,
    stderr: String,
    code: i32,
}

impl Desk {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn store(&self, name: &str) -> PathBuf {
        self.path("home/recruitment").join(name)
    }

    /// The program with an environment of its own, in a working directory of its own.
    fn command(&self, arguments: &[&str]) -> Command {
        let work = self.path("work");
        std::fs::create_dir_all(&work).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_shipwright"));
        command
            .env_clear()
            .env("HOME", self.directory.path())
            .env("SHIPWRIGHT_HOME", self.path("home"))
            .env("SW_RECRUIT_NO_LLM", "1")
            .env("PATH", "/usr/bin:/bin")
            .current_dir(work)
            .arg("recruit")
            .args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Done {
        done(self.command(arguments).output().unwrap())
    }

    /// Standard output of a run that ends well.
    #[track_caller]
    fn text(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert_eq!(done.code, 0, "{arguments:?}: {done:?}");
        done.stdout
    }

    /// The one document of a run with `--json` that ends well.
    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        let text = self.text(&all);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {text}"))
    }

    /// A run that ends badly: its code and what it says.
    #[track_caller]
    fn fails(&self, arguments: &[&str], code: i32) -> String {
        let done = self.run(arguments);
        assert_eq!(
            (done.code, done.stdout.as_str()),
            (code, ""),
            "{arguments:?}: {}",
            done.stderr
        );
        done.stderr
    }

    #[track_caller]
    fn read(&self, store: &str) -> Value {
        let bytes = std::fs::read(self.store(store)).unwrap_or_else(|error| panic!("{store}: {error}"));
        serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{store}: {error}"))
    }

    fn write(&self, store: &str, content: &str) {
        std::fs::create_dir_all(self.store("")).unwrap();
        std::fs::write(self.store(store), content).unwrap();
    }

    fn lines(path: &Path) -> Vec<Value> {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn history(&self) -> Vec<Value> {
        Self::lines(&self.store("match-history.jsonl"))
    }

    fn events(&self, kind: &str) -> Vec<Value> {
        Self::lines(&self.path("home/events.jsonl"))
            .into_iter()
            .filter(|event| event["type"] == kind)
            .collect()
    }

    fn role_of(&self, task: &str) -> String {
        self.json(&["match", task])["primary_role"].as_str().unwrap().to_owned()
    }

    /// Adds events to the log, `ago` seconds old.
    fn log(&self, lines: &[String]) {
        let path = self.path("home/events.jsonl");
        std::fs::create_dir_all(self.path("home")).unwrap();
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(path, before + &lines.concat()).unwrap();
    }
}

fn done(output: Output) -> Done {
    Done {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// Now, in seconds since the epoch.
fn now() -> u64 {
    std::fs::metadata(tempfile::NamedTempFile::new().unwrap().path())
        .unwrap()
        .modified()
        .unwrap()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// A finished pipeline in the event log.
fn completed(agent: &str, ago: u64, result: &str) -> String {
    format!(
        "{{\"ts\":\"x\",\"ts_epoch\":{},\"type\":\"pipeline.completed\",\"agent_id\":\"{agent}\",\"result\":\"{result}\",\"duration_s\":120}}\n",
        now() - ago
    )
}
