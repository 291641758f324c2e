//! A real git server for tests: HTTP/1 on a free loopback port in front of `git http-backend`, with tokens, counters,
//! faults, delays and races. One repository; nothing of the developer's git configuration is seen.

#[path = "git_server/cgi.rs"]
mod cgi;
#[path = "git_server/fault.rs"]
mod fault;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Runtime;

pub use fault::{Fault, On};

/// Runs before a push reaches the repository; the path is the repository's.
type Race = Box<dyn FnOnce(&Path) + Send>;

/// What went over the wire, as the server saw it; bodies only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    pub requests: u64,
    pub pushes: u64,
    pub bytes_in: u64,
    pub bytes_out: u64,
}

/// Who may do what.
#[derive(Debug, Clone)]
enum Access {
    Open,
    Tokens { write: String, read: String },
}

#[derive(Default)]
struct State {
    access: Option<Access>,
    counters: Counters,
    delay: Duration,
    faults: Vec<Fault>,
    races: VecDeque<Race>,
    old_protocol: bool,
}

struct Shared {
    root: PathBuf,
    state: Mutex<State>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The server; it stops when dropped.
pub struct GitServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
    _directory: tempfile::TempDir,
}

impl GitServer {
    /// A server with one empty bare repository that anybody may read and write.
    pub fn start() -> Self {
        let root = tempfile::tempdir().unwrap();
        let shared = Arc::new(Shared {
            root: root.path().to_owned(),
            state: Mutex::default(),
        });
        shared.state().access = Some(Access::Open);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(cgi::serve(listener, Arc::clone(&shared)));
        let server = Self {
            address,
            shared,
            runtime: Some(runtime),
            _directory: root,
        };
        git(root_of(&server), &["init", "--quiet", "--bare", "memory.git"]);
        for (key, value) in [
            ("http.receivepack", "true"),
            ("gc.auto", "0"),
            ("receive.autogc", "false"),
        ] {
            server.git(&["config", key, value]);
        }
        server
    }

    /// A server that wants basic authentication: one token may push, another only read.
    pub fn with_tokens(write: &str, read: &str) -> Self {
        let server = Self::start();
        server.shared.state().access = Some(Access::Tokens {
            write: write.to_owned(),
            read: read.to_owned(),
        });
        server
    }

    /// The address of the repository.
    pub fn url(&self) -> String {
        format!("http://{}/memory.git", self.address)
    }

    /// The repository's directory.
    pub fn repository(&self) -> PathBuf {
        self.shared.root.join("memory.git")
    }

    /// Runs git inside the repository and gives its standard output, trimmed. Panics when it fails.
    pub fn git(&self, arguments: &[&str]) -> String {
        git(&self.repository(), arguments)
    }

    /// The content of `file` in the commit at `reference`.
    pub fn file(&self, reference: &str, file: &str) -> String {
        self.git(&["show", &format!("{reference}:{file}")])
    }

    /// Names below `prefix`, sorted.
    pub fn refs(&self, prefix: &str) -> Vec<String> {
        self.git(&["for-each-ref", "--format=%(refname)", prefix])
            .lines()
            .map(str::to_owned)
            .collect()
    }

    /// What went over the wire since the start or the last call.
    pub fn take_counters(&self) -> Counters {
        std::mem::take(&mut self.shared.state().counters)
    }

    /// What went over the wire so far.
    pub fn counters(&self) -> Counters {
        self.shared.state().counters
    }

    /// Waits this long before every request is handled.
    pub fn delay(&self, delay: Duration) {
        self.shared.state().delay = delay;
    }

    /// Makes something go wrong.
    pub fn fault(&self, fault: Fault) {
        self.shared.state().faults.push(fault);
    }

    /// Ends all faults.
    pub fn heal(&self) {
        self.shared.state().faults.clear();
    }

    /// Runs `race` just before the next push that has none yet reaches the repository.
    pub fn before_push(&self, race: impl FnOnce(&Path) + Send + 'static) {
        self.shared.state().races.push_back(Box::new(race));
    }

    /// Forgets protocol version 2, as servers before 2018.
    pub fn speak_only_the_old_protocol(&self) {
        self.shared.state().old_protocol = true;
    }

    /// Refuses every push from now on with `message`, as branch protection does.
    pub fn refuse_pushes(&self, message: &str) {
        self.hook(
            "pre-receive",
            &format!("cat >/dev/null\nprintf '%s\\n' '{message}' >&2\nexit 1"),
        );
    }

    /// Refuses to replace history from now on.
    pub fn refuse_forced_pushes(&self) {
        let script = "case $2 in *[!0]*) git merge-base --is-ancestor $2 $3 || exit 1;; esac";
        self.hook("update", script);
    }

    fn hook(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let hook = self.repository().join("hooks").join(name);
        std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
        std::fs::write(&hook, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Ends [`Self::refuse_pushes`].
    pub fn accept_pushes(&self) {
        std::fs::remove_file(self.repository().join("hooks/pre-receive")).unwrap();
    }
}

impl Drop for GitServer {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(2));
        }
    }
}

fn root_of(server: &GitServer) -> &Path {
    &server.shared.root
}

/// git without the developer's configuration.
pub fn hermetic_git(directory: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(directory).env_clear();
    for (key, value) in environment(directory) {
        command.env(key, value);
    }
    command
}

fn environment(home: &Path) -> Vec<(&'static str, std::ffi::OsString)> {
    let mut variables: Vec<(&'static str, std::ffi::OsString)> = vec![
        ("HOME", home.as_os_str().to_owned()),
        ("GIT_CONFIG_NOSYSTEM", "1".into()),
        ("GIT_CONFIG_GLOBAL", "/dev/null".into()),
        ("LC_ALL", "C".into()),
    ];
    for (name, email) in [
        ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"),
        ("GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"),
    ] {
        variables.push((name, "test".into()));
        variables.push((email, "test@example.org".into()));
    }
    #[expect(clippy::disallowed_methods, reason = "a test finds git where the developer has it")]
    if let Some(path) = std::env::var_os("PATH") {
        variables.push(("PATH", path));
    }
    variables
}

fn git(directory: &Path, arguments: &[&str]) -> String {
    let output = hermetic_git(directory).args(arguments).output().expect("git runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}
