//! A runner: starts the built binary as a container action's main and post stages are started.

use std::collections::BTreeMap;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use shipwright::settings::inputs::INPUTS;
use tempfile::TempDir;

use super::event::Event;
use super::oracle::{self, Command};
use super::story::Run;
use super::{TOKEN, World};

/// Nothing we start may take longer, whatever went wrong.
const PATIENCE: Duration = Duration::from_secs(150);

/// A job with our action in it: a temporary directory, a workspace, and state from main to post.
pub struct Job<'w> {
    world: &'w World,
    event: Event,
    disk: TempDir,
    inputs: BTreeMap<String, String>,
    environment: BTreeMap<String, String>,
    state: BTreeMap<String, String>,
    token: String,
    status: &'static str,
    check_run: String,
    script: Option<PathBuf>,
}

/// What a stage left behind.
#[derive(Debug)]
pub struct Outcome {
    /// `None` when it was killed by a signal.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub outputs: BTreeMap<String, String>,
    pub state: BTreeMap<String, String>,
    pub environment: BTreeMap<String, String>,
    pub summary: String,
    /// What the runner would carry out.
    pub commands: Vec<Command>,
    pub elapsed: Duration,
    /// API calls of this stage.
    pub requests: usize,
}

/// A stage under way.
pub struct Stage {
    child: tokio::process::Child,
    files: PathBuf,
    started: Instant,
    requests: usize,
    /// Which stage of the story this is.
    number: u32,
    alone: bool,
    restores: bool,
    token: String,
}

impl World {
    /// A job of a workflow that this event started.
    pub fn job(&self, event: Event) -> Job<'_> {
        let disk = tempfile::tempdir().unwrap();
        for directory in ["bin", "home", "workspace", "runner_temp", "workflow"] {
            std::fs::create_dir(disk.path().join(directory)).unwrap();
        }
        for name in ["shipwright-main", "shipwright-post"] {
            symlink(env!("CARGO_BIN_EXE_shipwright"), disk.path().join("bin").join(name)).unwrap();
        }
        Job {
            world: self,
            event,
            disk,
            inputs: BTreeMap::new(),
            environment: BTreeMap::from([
                ("GITHUB_RUN_ID".to_owned(), "900001".to_owned()),
                ("GITHUB_RUN_ATTEMPT".to_owned(), "1".to_owned()),
                ("GITHUB_JOB".to_owned(), "shipwright".to_owned()),
                ("GITHUB_WORKFLOW".to_owned(), "Shipwright".to_owned()),
            ]),
            state: BTreeMap::new(),
            token: TOKEN.to_owned(),
            status: "success",
            check_run: String::new(),
            script: None,
        }
    }

    /// Runs the main stage once, with these inputs.
    pub async fn run_action(&self, event: Event, inputs: &[(&str, &str)]) -> Outcome {
        let mut job = self.job(event);
        for (name, value) in inputs {
            job = job.input(name, value);
        }
        job.main().await
    }
}

impl Job<'_> {
    /// Sets an input.
    pub fn input(mut self, name: &str, value: &str) -> Self {
        assert!(
            INPUTS.iter().any(|input| input.name == name),
            "the action has no input `{name}`"
        );
        self.inputs.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Sets a variable of the environment.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Runs this script of the job's disk in place of our binary: how the harness itself is tried.
    pub fn shell(mut self, path: &str) -> Self {
        self.script = Some(self.path(path));
        self
    }

    /// Runs with another token.
    pub fn token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.token);
        self
    }

    /// The job's steps so far ended so: `success`, `failure`, `cancelled`.
    pub fn status(&mut self, status: &'static str) {
        self.status = status;
    }

    /// This job is part of that run, and is its job of this name.
    pub fn in_run(mut self, run: &Run, name: &str) -> Self {
        self.check_run = run.job_id(self.world, name).to_string();
        let workflow = self.world.hub().repos[&self.world.slug].runs[&run.id][0]
            .workflow
            .clone();
        self.variable("GITHUB_RUN_ID", &run.id.to_string())
            .variable("GITHUB_RUN_ATTEMPT", &run.attempt.to_string())
            .variable("GITHUB_JOB", name)
            .variable("GITHUB_WORKFLOW", &workflow)
    }

    /// A path on the job's disk: below `runner_temp` or `workspace`.
    pub fn path(&self, path: &str) -> PathBuf {
        self.disk.path().join(path)
    }

    /// Writes a file to the job's disk, below `runner_temp` or `workspace`.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Reads a file from the job's disk.
    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Runs the main stage; its state is kept for post.
    pub async fn main(&mut self) -> Outcome {
        let outcome = self.start("main").finish(self.world).await;
        self.state.clone_from(&outcome.state);
        outcome
    }

    /// Runs the post stage.
    pub async fn post(&mut self) -> Outcome {
        self.start("post").finish(self.world).await
    }

    /// Starts a stage, `main` or `post`, and does not wait for it.
    pub fn start(&self, stage: &str) -> Stage {
        let files = self.path(&format!("file_commands_{stage}"));
        std::fs::create_dir_all(&files).unwrap();
        for name in ["output", "state", "env", "path", "summary"] {
            std::fs::write(files.join(name), "").unwrap();
        }
        self.write("workflow/event.json", self.event.payload.to_string());
        let mut command = match &self.script {
            None => tokio::process::Command::new(self.path(&format!("bin/shipwright-{stage}"))),
            Some(script) => {
                let mut shell = tokio::process::Command::new("/bin/sh");
                shell.arg(script);
                shell
            }
        };
        command
            .current_dir(self.path("workspace"))
            .env_clear()
            .envs(self.variables(&files));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let (number, alone) = {
            let mut hub = self.world.hub();
            hub.stages += 1;
            hub.running += 1;
            (hub.stages, hub.running == 1)
        };
        Stage {
            number,
            alone,
            restores: self.inputs.get("mode").is_some_and(|mode| mode == "restore"),
            requests: self.world.requests(),
            started: Instant::now(),
            child: command.spawn().expect("the binary starts"),
            files,
            token: self.token.clone(),
        }
    }

    /// The whole environment of a container action.
    fn variables(&self, files: &std::path::Path) -> BTreeMap<String, String> {
        let place = |path: &str| self.path(path).to_str().unwrap().to_owned();
        let file = |name: &str| files.join(name).to_str().unwrap().to_owned();
        let (owner, _) = self.world.slug.split_once('/').unwrap();
        let api = self.world.api_url();
        let branch = self
            .event
            .reference
            .trim_start_matches("refs/heads/")
            .trim_start_matches("refs/pull/");
        let mut variables: BTreeMap<String, String> = [
            ("CI", "true".to_owned()),
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_ACTION", "__octo_shipwright".to_owned()),
            ("GITHUB_ACTOR", self.event.actor.clone()),
            ("GITHUB_API_URL", api.clone()),
            (
                "GITHUB_BASE_REF",
                if self.event.head_branch.is_empty() { "" } else { "main" }.to_owned(),
            ),
            ("GITHUB_ENV", file("env")),
            ("GITHUB_EVENT_NAME", self.event.name.to_owned()),
            ("GITHUB_EVENT_PATH", place("workflow/event.json")),
            ("GITHUB_GRAPHQL_URL", format!("{api}/graphql")),
            ("GITHUB_HEAD_REF", self.event.head_branch.clone()),
            ("GITHUB_OUTPUT", file("output")),
            ("GITHUB_PATH", file("path")),
            ("GITHUB_REF", self.event.reference.clone()),
            ("GITHUB_REF_NAME", branch.to_owned()),
            ("GITHUB_REF_TYPE", "branch".to_owned()),
            ("GITHUB_REPOSITORY", self.world.slug.clone()),
            ("GITHUB_REPOSITORY_OWNER", owner.to_owned()),
            ("GITHUB_RETENTION_DAYS", "90".to_owned()),
            ("GITHUB_SERVER_URL", self.world.git().server_url()),
            ("GITHUB_SHA", self.event.sha.clone()),
            ("GITHUB_STATE", file("state")),
            ("GITHUB_STEP_SUMMARY", file("summary")),
            ("GITHUB_TRIGGERING_ACTOR", self.event.actor.clone()),
            ("GITHUB_WORKSPACE", place("workspace")),
            ("HOME", place("home")),
            ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
            ("RUNNER_ARCH", "X64".to_owned()),
            ("RUNNER_NAME", "a runner".to_owned()),
            ("RUNNER_OS", "Linux".to_owned()),
            ("RUNNER_TEMP", place("runner_temp")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        for input in INPUTS {
            // Spaces would become underscores; hyphens stay, and what is not given is there and empty.
            let name = format!("INPUT_{}", input.name.to_uppercase().replace(' ', "_"));
            let value = self
                .inputs
                .get(input.name)
                .cloned()
                .unwrap_or_else(|| self.evaluate(input.live_default));
            variables.insert(name, value);
        }
        let state = self
            .state
            .iter()
            .map(|(key, value)| (format!("STATE_{key}"), value.clone()));
        variables.extend(state);
        variables.extend(self.environment.clone());
        variables
    }

    /// An input's default, with its expression carried out.
    fn evaluate(&self, default: &str) -> String {
        default
            .replace("${{ github.token }}", &self.token)
            .replace("${{ job.status }}", self.status)
            .replace("${{ job.check_run_id }}", &self.check_run)
            .replace("${{ toJSON(matrix) }}", "null")
            .replace("${{ runner.temp }}", "/home/runner/work/_temp")
    }
}

impl Stage {
    /// Sends a signal, as the runner does when a job is cancelled: `INT`, then `TERM`.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().expect("it has ended already").to_string();
        let sent = std::process::Command::new("kill")
            .args(["-s", name, &id])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits for the end and reads what was left behind, as the runner does.
    pub async fn finish(self, world: &World) -> Outcome {
        let waited = tokio::time::timeout(PATIENCE, self.child.wait_with_output()).await;
        let output = waited.expect("the stage does not end").unwrap();
        let elapsed = self.started.elapsed();
        let read = |name: &str| std::fs::read_to_string(self.files.join(name)).unwrap();
        let pairs = |name: &str| match oracle::file_commands(&read(name)) {
            Ok(pairs) => pairs,
            Err(error) => panic!("the runner would fail the step over the {name} file: {error}"),
        };
        let stdout = String::from_utf8(output.stdout).expect("standard output is UTF-8");
        let outcome = Outcome {
            status: output.status.code(),
            commands: oracle::commands(&stdout),
            stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            outputs: pairs("output"),
            state: pairs("state"),
            environment: pairs("env"),
            summary: read("summary"),
            elapsed,
            requests: world.requests() - self.requests,
        };
        outcome.check(&self.token);
        // With faults calls are made again, and stages that overlap cannot be told apart.
        let mut hub = world.hub();
        hub.running -= 1;
        // A backfill reads many runs; its own stories count its calls.
        let reads_the_past = outcome.stdout.contains(" runs read ");
        if self.alone
            && !reads_the_past
            && hub.stages == self.number
            && hub.faults.is_empty()
            && hub.rate_remaining.is_none()
        {
            outcome.check_calls(self.restores);
        }
        drop(hub);
        outcome
    }
}

impl Outcome {
    /// What holds for every stage of every story.
    fn check(&self, token: &str) {
        let ours = [
            "add-mask",
            "debug",
            "endgroup",
            "error",
            "group",
            "notice",
            "stop-commands",
            "warning",
        ];
        let foreign = self
            .commands
            .iter()
            .find(|command| !ours.contains(&command.name.as_str()));
        assert!(foreign.is_none(), "a command that is not ours: {foreign:?}");
        let unmasked = self.stdout.lines().filter(|line| !line.starts_with("::add-mask::"));
        for text in unmasked
            .chain([self.stderr.as_str(), &self.summary])
            .chain(self.outputs.values().map(String::as_str))
        {
            assert!(!text.contains(token), "the token is shown: {text}");
        }
        assert!(
            self.summary.len() <= 1 << 20,
            "the runner drops a summary of {} bytes",
            self.summary.len()
        );
    }

    /// What a stage may cost, in calls of GitHub's API.
    fn check_calls(&self, restores: bool) {
        let (what, most) = match (self.output("failed"), self.output("memory-path")) {
            ("true", _) => ("report", 15),
            ("false", _) => ("resolve", 10),
            (_, path) if !path.is_empty() && restores => ("restore", 0),
            (_, path) if !path.is_empty() => ("command, or restore with a look at the other jobs", 15),
            _ => return,
        };
        let story = std::thread::current().name().unwrap_or("story").to_owned();
        println!("{story}: {what} {} calls", self.requests);
        assert!(self.requests <= most, "a {what} of {} calls", self.requests);
    }

    /// Fails the story unless the stage ended with 0.
    pub fn ok(self) -> Self {
        assert_eq!(self.status, Some(0), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// An output; empty when it was not set.
    pub fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }

    /// The texts of all `::warning::` commands.
    pub fn warnings(&self) -> Vec<&str> {
        let warnings = self.commands.iter().filter(|command| command.name == "warning");
        warnings.map(|command| command.data.as_str()).collect()
    }
}
