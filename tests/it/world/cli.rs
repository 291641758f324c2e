//! A person at a terminal: runs the built binary in an empty home.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;

use super::{TOKEN, World};

/// What a command left behind.
#[derive(Debug)]
pub struct Ran {
    /// `None` when it was killed by a signal.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub elapsed: Duration,
}

impl World {
    /// A path on the person's disk, which outlives one command but not the story.
    pub fn path(&self, path: &str) -> PathBuf {
        self.disk.path().join(path)
    }

    /// Runs `shipwright` with a token and nothing on standard input.
    pub async fn cli(&self, arguments: &[&str]) -> Ran {
        self.cli_with(arguments, &[("GITHUB_TOKEN", TOKEN)], b"").await
    }

    /// Runs `shipwright` with these variables and this on standard input.
    pub async fn cli_with(&self, arguments: &[&str], variables: &[(&str, &str)], input: &[u8]) -> Ran {
        let started = Instant::now();
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_shipwright"));
        command.args(arguments).current_dir(self.disk.path()).env_clear();
        command
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", self.disk.path());
        command
            .env("GITHUB_API_URL", self.api_url())
            .envs(variables.iter().copied());
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().expect("the binary starts");
        let mut stdin = child.stdin.take().expect("standard input is piped");
        let input = input.to_owned();
        let feed = tokio::spawn(async move {
            // A command that does not read its input closes it.
            let _ = stdin.write_all(&input).await;
        });
        let waited = tokio::time::timeout(Duration::from_secs(150), child.wait_with_output()).await;
        let output = waited.expect("the command does not end").unwrap();
        feed.abort();
        let ran = Ran {
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            elapsed: started.elapsed(),
        };
        assert!(
            !ran.stdout.contains(TOKEN) && !ran.stderr.contains(TOKEN),
            "the token is shown: {ran:?}"
        );
        ran
    }
}

impl Ran {
    /// Fails the story unless the command ended with 0.
    pub fn ok(self) -> Self {
        assert_eq!(self.status, Some(0), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// Standard output as one JSON document.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}
