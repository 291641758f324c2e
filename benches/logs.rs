//! How fast a log is read and understood, beside `grep -E` and ripgrep on the same file.
//!
//! `cargo bench --bench logs [-- FILE…]`; without a file, logs of 10 MB, 36 MB and 500 MB are made. Prints, for every file and
//! means, the time, MB/s, lines/s and the peak memory of the process (from `/proc`; absent elsewhere). `library` reads and
//! analyses on one thread, from a cold start; the others are whole processes, as users run them.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use shipwright::failure::{Options, analyze};
use shipwright::log::Log;

const PATTERN: &str = "error|fail|fatal|exception|panic";
/// Asks this program for one measurement of one file.
const CHILD: &str = "--one";
const MEGABYTE: u64 = 1_000_000;

fn main() -> io::Result<()> {
    let arguments: Vec<OsString> = std::env::args_os()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    if let [mark, file] = arguments.as_slice()
        && mark == CHILD
    {
        return child(Path::new(file));
    }
    let mut files: Vec<PathBuf> = arguments.into_iter().map(PathBuf::from).collect();
    let folder = tempfile::tempdir()?;
    if files.is_empty() {
        for size in [10, 36, 500] {
            let path = folder.path().join(format!("{size}MB.log"));
            make_log(&path, size * MEGABYTE)?;
            files.push(path);
        }
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{:<14}{:<14}{:>10}{:>10}{:>14}{:>12}",
        "file", "means", "ms", "MB/s", "lines/s", "peak MB"
    )?;
    for file in &files {
        let bytes = fs::metadata(file)?.len();
        let lines = Log::read(BufReader::new(File::open(file)?))?.lines();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut row = |means: &str, time: Duration, peak: Option<u64>| {
            let seconds = time.as_secs_f64().max(1e-6);
            let peak = peak.map_or_else(|| "-".to_owned(), |kilobytes| (kilobytes / 1000).to_string());
            let (rate, speed) = (as_f64(bytes) / 1e6 / seconds, as_f64(lines) / seconds);
            writeln!(
                out,
                "{name:<14}{means:<14}{:>10.0}{rate:>10.0}{speed:>14.0}{peak:>12}",
                seconds * 1e3
            )
        };
        let (time, peak) = best_of(3, || run_child(file))?;
        row("library", time, peak)?;
        for (means, program, arguments) in [
            (
                "shipwright",
                env!("CARGO_BIN_EXE_shipwright"),
                ["analyze", "--format=json"],
            ),
            ("grep -E", "grep", ["-ciE", PATTERN]),
            ("ripgrep", "rg", ["-ci", PATTERN]),
        ] {
            let run = || {
                let start = Instant::now();
                // Its output is read: what grep writes to the null device it stops looking for after the first match.
                let output = Command::new(program)
                    .args(arguments)
                    .arg(file)
                    .stderr(Stdio::null())
                    .output()?;
                // 1 means that nothing was found.
                if output.status.code().is_some_and(|code| code <= 1) {
                    Ok((start.elapsed(), None))
                } else {
                    Err(io::Error::other(program))
                }
            };
            if let Ok((time, peak)) = best_of(3, run) {
                row(means, time, peak)?;
            }
        }
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

type Measured = (Duration, Option<u64>);

fn best_of(times: u32, run: impl Fn() -> io::Result<Measured>) -> io::Result<Measured> {
    let mut best = run()?;
    for _ in 1..times {
        best = run()?.min(best);
    }
    Ok(best)
}

/// Analyses a file in a process of its own, so that its peak memory is its own.
fn run_child(file: &Path) -> io::Result<Measured> {
    let output = Command::new(std::env::current_exe()?)
        .args([CHILD.as_ref(), file.as_os_str()])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut numbers = text.split_whitespace().map(str::parse::<u64>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(micros)), peak) => Ok((Duration::from_micros(micros), peak.and_then(Result::ok))),
        _ => Err(io::Error::other("the child printed no time")),
    }
}

fn child(file: &Path) -> io::Result<()> {
    let start = Instant::now();
    let log = Log::read(BufReader::with_capacity(1 << 18, File::open(file)?))?;
    let analysis = analyze(&log, &Options::default());
    let micros = start.elapsed().as_micros();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next());
    writeln!(
        io::stdout(),
        "{micros} {} {}",
        peak.unwrap_or_default(),
        analysis.failures.len()
    )
}

/// A log of a GitHub job: downloads, a compiler, tests that pass with frightening names, and one that fails near the end.
fn make_log(path: &Path, size: u64) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut written = 0;
    let mut number = 0_u64;
    writeln!(
        file,
        "2024-01-02T03:04:05.0000000Z ##[group]Run make test\n2024-01-02T03:04:05.0000000Z ##[endgroup]"
    )?;
    while written < size {
        number += 1;
        let text = match number % 11 {
            0 => format!(
                "tests/test_{number}.py::test_error_is_reported PASSED [ {}%]",
                number % 100
            ),
            1 => format!(
                "\x1b[32m   Compiling\x1b[0m library-{} v{}.{}.0",
                number % 977,
                number % 7,
                number % 13
            ),
            2 => format!(
                "[INFO] Downloaded: https://repo.example.org/maven2/org/lib{0}/{0}.jar (12 kB at 3.4 MB/s)",
                number % 4111
            ),
            3 => format!(
                "[INFO] Tests run: {}, Failures: 0, Errors: 0, Skipped: 1, Time elapsed: 0.{} s",
                number % 90,
                number % 999
            ),
            4 => format!(
                "gcc -O2 -Wall -Werror=format -Iinclude -c src/module_{0}.c -o build/module_{0}.o",
                number % 733
            ),
            5 => format!(
                "WARN  service worker {number} took {} ms to answer the request /api/v1/items/{number}",
                number % 3000
            ),
            _ => format!(
                "worker {} finished item {number} of the batch with a result of {} bytes",
                number % 16,
                number * 31 % 99_991
            ),
        };
        let line = format!(
            "2024-01-02T03:{:02}:{:02}.1234567Z {text}\n",
            number / 60_000 % 60,
            number / 1000 % 60
        );
        written += line.len() as u64;
        file.write_all(line.as_bytes())?;
    }
    for text in [
        "E       AssertionError: assert 1 == 2",
        "FAILED tests/test_a.py::test_b - AssertionError",
        "##[error]Process completed with exit code 1.",
    ] {
        writeln!(file, "2024-01-02T04:04:05.0000000Z {text}")?;
    }
    file.flush()
}
