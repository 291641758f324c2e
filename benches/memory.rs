//! Memory on its way: ours, the pipeline of bash, jq and git that a user would write (`baseline.sh`), and plain git, in one
//! run against one server. Prints the tables of `docs/benchmarks.md`.
//!
//! `cargo bench --bench memory [-- transfer|writers|growth|refs|merge]…`; nothing named runs all.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot run should say so and stop"
)]

#[path = "../tests/it/world/git_server.rs"]
#[expect(dead_code, unused_imports, reason = "the stories use what is not used here")]
mod git_server;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use git_server::{Counters, GitServer, hermetic_git};
use serde_json::{Value, json};
use shipwright::memory::{ExportTrust, Memory, Tree, merge::Context, three_way, two_way};

const TIP: &str = "refs/ruflo-memory/v1";
const TOOL: &str = env!("CARGO_BIN_EXE_shipwright");
const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/baseline.sh");
/// Characters of a value; with its other fields an entry has about 400 bytes.
const VALUE: usize = 230;
/// How often a transfer is measured; the median counts.
const REPEATS: usize = 9;

fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    for (name, run) in [
        ("transfer", transfer as fn()),
        ("refs", refs),
        ("merge", merge),
        ("growth", growth),
        ("writers", writers),
    ] {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            run();
        }
    }
}

/// Milliseconds since the epoch, today: the baseline forgets what is old.
fn now() -> i64 {
    i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap()
}

/// An export of `count` entries whose values look like an agent's notes: words, not noise and not zeros.
fn export(prefix: &str, count: usize) -> Value {
    let now = now();
    let words = [
        "cache", "retry", "the", "test", "fails", "when", "port", "is", "taken", "use", "fixture", "timeout", "flaky",
        "lint",
    ];
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut entry = |n: usize| {
        let mut value = String::new();
        while value.len() < VALUE {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            value.push_str(words[(seed >> 33) as usize % words.len()]);
            let _ = write!(value, " {} ", (seed >> 50) & 0xfff);
        }
        json!({"key": format!("{prefix}-{n:06}"), "namespace": "learning", "value": value, "createdAt": now, "updatedAt": now,
            "accessCount": 0, "hasEmbedding": false, "size": VALUE})
    };
    let entries: Vec<Value> = (0..count).map(&mut entry).collect();
    json!({"schema": "ruflo-memory-export/v1", "count": count, "entries": entries})
}

/// Entries that make about `bytes`.
fn entries_for(bytes: usize) -> usize {
    let one = export("x", 100).to_string().len() / 100;
    bytes / one
}

fn ours(arguments: &[&str]) -> Command {
    let mut command = Command::new(TOOL);
    command
        .env_clear()
        .arg("memory")
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A program that runs git commands of its own, with nobody's configuration.
fn shell(program: &str, directory: &Path) -> Command {
    let git = hermetic_git(directory);
    let mut command = Command::new(program);
    command
        .env_clear()
        .current_dir(directory)
        .envs(git.get_envs().filter_map(|(key, value)| Some((key, value?))))
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

fn baseline(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = shell("bash", directory);
    command.arg(BASELINE).args(arguments);
    command
}

fn run(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The median time of a step, each after its own preparation, and what the server saw the last time.
fn measure(server: &GitServer, mut prepare: impl FnMut(usize) -> Command) -> (Duration, Counters) {
    let mut times = Vec::new();
    let mut counters = Counters::default();
    for turn in 0..REPEATS {
        let command = prepare(turn);
        server.take_counters();
        let start = Instant::now();
        run(command);
        times.push(start.elapsed());
        counters = server.take_counters();
    }
    times.sort();
    (times[times.len() / 2], counters)
}

fn row(what: &str, who: &str, (time, counters): (Duration, Counters)) {
    let ms = time.as_secs_f64() * 1000.0;
    println!(
        "| {what} | {who} | {ms:.0} ms | {} | {} | {} |",
        counters.requests, counters.bytes_in, counters.bytes_out
    );
}

/// A memory file, and a way to change one entry of it.
struct Desk {
    directory: tempfile::TempDir,
    export: Value,
}

impl Desk {
    fn with(export: Value) -> Self {
        let desk = Self {
            directory: tempfile::tempdir().unwrap(),
            export,
        };
        desk.write();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn write(&self) {
        std::fs::write(self.path("memory.json"), self.export.to_string()).unwrap();
    }

    /// Changes entry `n`, a little later than anything before.
    fn change(&mut self, n: usize, turn: usize) {
        let entry = &mut self.export["entries"][n];
        entry["value"] = json!(format!("changed {turn}"));
        entry["updatedAt"] = json!(now() + i64::try_from(turn).unwrap());
        self.write();
    }
}

/// Restore and persist of 0.1, 1 and 8 MiB.
fn transfer() {
    println!("\n| what | who | median | requests | bytes up | bytes down |\n|---|---|---|---|---|---|");
    for (size, bytes) in [("0.1 MiB", 100 << 10), ("1 MiB", 1 << 20), ("8 MiB", 8 << 20)] {
        let count = entries_for(bytes * 96 / 100);
        let server = GitServer::start();
        let url = server.url();
        let mut desk = Desk::with(export("e", count));
        let (memory, out, base) = (desk.text("memory.json"), desk.text("out.json"), desk.text("base.json"));
        run(ours(&["push", "--remote", &url, "--input", &memory]));
        let restore = format!("restore {size}");
        row(
            &restore,
            "shipwright",
            measure(&server, |_| ours(&["pull", "--remote", &url, "--output", &out])),
        );
        row(
            &restore,
            "shipwright over libgit2",
            measure(&server, |_| {
                ours(&["pull", "--remote", &url, "--output", &out, "--transport", "libgit2"])
            }),
        );
        row(
            &restore,
            "baseline",
            measure(&server, |turn| {
                let work = desk.text(&format!("pull{turn}"));
                baseline(desk.directory.path(), &["pull", &url, &work, &out])
            }),
        );
        row(
            &restore,
            "git fetch --depth 1",
            measure(&server, |turn| {
                let work = desk.path(&format!("fetch{turn}"));
                run_git(desk.directory.path(), &["init", "-q", work.to_str().unwrap()]);
                let mut command = hermetic_git(&work);
                command.args(["fetch", "-q", "--no-tags", "--depth", "1", &url, TIP]);
                command
            }),
        );
        let persist = format!("persist {size}, one entry changed");
        for (who, transport) in [("shipwright", "auto"), ("shipwright over libgit2", "libgit2")] {
            row(
                &persist,
                who,
                measure(&server, |turn| {
                    run(ours(&["pull", "--remote", &url, "--output", &out]));
                    desk.export = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
                    desk.change(count / 2, turn);
                    ours(&[
                        "push",
                        "--remote",
                        &url,
                        "--input",
                        &memory,
                        "--base",
                        &base,
                        "--transport",
                        transport,
                    ])
                }),
            );
        }
        rivals(&mut desk, &persist, count);
    }
}

/// The same change persisted by the baseline, and by git itself.
fn rivals(desk: &mut Desk, persist: &str, count: usize) {
    let rival = GitServer::start();
    let (url, memory) = (rival.url(), desk.text("memory.json"));
    run(baseline(
        desk.directory.path(),
        &["push", &url, &desk.text("first"), &memory],
    ));
    row(
        persist,
        "baseline",
        measure(&rival, |turn| {
            desk.change(count / 3, turn + 100);
            baseline(desk.directory.path(), &["push", &url, &desk.text("."), &memory])
        }),
    );
    let work = desk.path("plain");
    run_git(desk.directory.path(), &["clone", "-q", &url, work.to_str().unwrap()]);
    run_git(&work, &["fetch", "-q", &url, TIP]);
    run_git(&work, &["checkout", "-q", "FETCH_HEAD"]);
    let mut change = |turn: usize| {
        desk.change(count / 4, turn);
        // One entry a line, so that git can store the change as well as it is able to.
        let lines = desk.export.to_string().replace("},{", "},\n{");
        std::fs::write(work.join("memory-export.json"), lines).unwrap();
    };
    row(
        persist,
        "git add, commit, push",
        measure(&rival, |turn| {
            change(turn + 200);
            let mut command = shell("sh", &work);
            command.args([
                "-ec",
                "git add -A; git commit -q -m m; git push -q $0 HEAD:$1",
                &url,
                TIP,
            ]);
            command
        }),
    );
    row(
        persist,
        "git push alone",
        measure(&rival, |turn| {
            change(turn + 300);
            run_git(&work, &["add", "-A"]);
            run_git(&work, &["commit", "-q", "-m", "m"]);
            let mut command = hermetic_git(&work);
            command.args(["push", "-q", &url, &format!("HEAD:{TIP}")]);
            command
        }),
    );
}

fn run_git(directory: &Path, arguments: &[&str]) {
    let mut command = hermetic_git(directory);
    command.args(arguments);
    run(command);
}

/// The same in a repository with 100,000 other refs.
fn refs() {
    println!("\n| what | who | median | requests | bytes up | bytes down |\n|---|---|---|---|---|---|");
    let server = GitServer::start();
    let url = server.url();
    let mut desk = Desk::with(export("e", entries_for(1 << 20)));
    let (memory, out, base) = (desk.text("memory.json"), desk.text("out.json"), desk.text("base.json"));
    run(ours(&["push", "--remote", &url, "--input", &memory]));
    let tip = server.git(&["rev-parse", TIP]);
    let mut packed = format!("# pack-refs with: peeled fully-peeled sorted \n{tip} {TIP}\n");
    packed.extend((0..100_000).map(|n| format!("{tip} refs/zzz/{n:06}/head\n")));
    std::fs::write(server.repository().join("packed-refs"), packed).unwrap();
    for transport in ["auto", "libgit2"] {
        let who = if transport == "auto" {
            "shipwright"
        } else {
            "shipwright over libgit2"
        };
        row(
            "restore 1 MiB beside 100,000 refs",
            who,
            measure(&server, |_| {
                ours(&["pull", "--remote", &url, "--output", &out, "--transport", transport])
            }),
        );
        row(
            "persist 1 MiB beside 100,000 refs",
            who,
            measure(&server, |turn| {
                run(ours(&["pull", "--remote", &url, "--output", &out]));
                desk.export = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
                desk.change(7, turn);
                ours(&[
                    "push",
                    "--remote",
                    &url,
                    "--input",
                    &memory,
                    "--base",
                    &base,
                    "--transport",
                    transport,
                ])
            }),
        );
    }
}

/// Merging in memory, without a server.
fn merge() {
    let memory =
        |prefix: &str, count| Tree::from_memory(Memory::decode(export(prefix, count).to_string().as_bytes()).unwrap());
    let (a, b) = (memory("a", 10_000), memory("b", 10_000));
    let context = Context {
        trust: ExportTrust::Trusted,
        now: now(),
        origin: None,
    };
    println!("\n| merge of two memories of 10,000 entries | best of {REPEATS} |\n|---|---|");
    let best = |work: &dyn Fn() -> usize| {
        let times = (0..REPEATS).map(|_| {
            let start = Instant::now();
            assert!(work() > 0);
            start.elapsed()
        });
        times.min().unwrap().as_secs_f64() * 1000.0
    };
    println!(
        "| two-way, disjoint | {:.1} ms |",
        best(&|| two_way(&a, &b).memory.len())
    );
    println!(
        "| three-way, all unchanged | {:.1} ms |",
        best(&|| three_way(Some(&a), &a, &a, &context).tree.memory.len())
    );
    println!(
        "| three-way, disjoint | {:.1} ms |",
        best(&|| three_way(Some(&Tree::default()), &a, &b, &context).tree.memory.len())
    );
}

/// What the repository weighs after 1,000 pushes of one change each.
fn growth() {
    let server = GitServer::start();
    let url = server.url();
    let mut desk = Desk::with(export("e", entries_for(1 << 20)));
    let (memory, out, base) = (desk.text("memory.json"), desk.text("out.json"), desk.text("base.json"));
    run(ours(&["push", "--remote", &url, "--input", &memory]));
    let count = desk.export["entries"].as_array().unwrap().len();
    for turn in 0..1000 {
        run(ours(&["pull", "--remote", &url, "--output", &out]));
        desk.export = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
        desk.change(turn * 7919 % count, turn);
        run(ours(&["push", "--remote", &url, "--input", &memory, "--base", &base]));
    }
    let size = || {
        server
            .git(&["count-objects", "-v"])
            .lines()
            .filter(|line| line.starts_with("size"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    println!("\nAfter 1,000 pushes of 1 MiB with one change each: {} (KiB)", size());
    server.git(&["gc", "--quiet"]);
    println!("after `git gc`: {}", size());
    server.git(&["reflog", "expire", "--expire=now", "--all"]);
    server.git(&["gc", "--quiet", "--prune=now"]);
    println!(
        "after `git gc --prune=now`: {}; commits in the chain: {}",
        size(),
        server.git(&["rev-list", "--count", TIP])
    );
}

/// Many writers at once, each with five entries of its own.
fn writers() {
    println!(
        "\n| writers | server delay | who | all done after | entries kept | most pushes |\n|---|---|---|---|---|---|"
    );
    for delay in [0, 100] {
        for count in [1, 8, 32, 64] {
            for who in ["shipwright", "baseline"] {
                let server = GitServer::start();
                server.delay(Duration::from_millis(delay));
                let url = server.url();
                let desks: Vec<Desk> = (0..count).map(|n| Desk::with(export(&format!("w{n}"), 5))).collect();
                let start = Instant::now();
                let children: Vec<_> = desks
                    .iter()
                    .map(|desk| {
                        let memory = desk.text("memory.json");
                        let mut command = match who {
                            "shipwright" => ours(&["push", "--remote", &url, "--input", &memory, "--format", "json"]),
                            _ => baseline(desk.directory.path(), &["push", &url, &desk.text("."), &memory]),
                        };
                        command.spawn().unwrap()
                    })
                    .collect();
                let outputs: Vec<_> = children
                    .into_iter()
                    .map(|child| child.wait_with_output().unwrap())
                    .collect();
                let time = start.elapsed().as_secs_f64();
                let pushes = outputs
                    .iter()
                    .filter_map(|output| serde_json::from_slice::<Value>(&output.stdout).ok()?["pushes"].as_u64())
                    .max();
                server.delay(Duration::ZERO);
                let out = desks[0].text("out.json");
                run(ours(&["pull", "--remote", &url, "--output", &out]));
                let kept: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
                let pushes = pushes.map_or_else(|| "–".to_owned(), |pushes| pushes.to_string());
                println!(
                    "| {count} | {delay} ms | {who} | {time:.1} s | {} of {} | {pushes} |",
                    kept["entries"].as_array().unwrap().len(),
                    count * 5
                );
            }
        }
    }
}
