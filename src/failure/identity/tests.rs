//! Properties of fingerprints: what must not move them, and what must.

use proptest::prelude::*;

use super::*;

fn of(text: &str) -> Fingerprint {
    let lines: Vec<&str> = text.lines().collect();
    identify(&Evidence {
        decisive: &lines,
        ..Evidence::default()
    })
    .0
}

fn same(left: &str, right: &str) {
    assert_eq!(of(left), of(right), "must be the same failure:\n{left}\n---\n{right}");
}

fn different(left: &str, right: &str) {
    assert_ne!(of(left), of(right), "must be different failures:\n{left}\n---\n{right}");
}

/// Failures of many tools; a name in `{…}` stands for something that changes from run to run.
const TEMPLATES: &[&str] = &[
    "{time} --- FAIL: TestDial ({seconds}s)\n    dial_test.go:{line}: dial tcp {ip}:{port}: unexpected banner after {duration}",
    "{time} error[E0432]: unresolved import `crate::store`\n --> {root}/src/main.rs:{line}:{line}\n\n{line} | use crate::store;",
    "thread 'store::tests::opens' ({pid}) panicked at {root}/src/store.rs:{line}:{line}:\ncalled `Result::unwrap()` on an `Err` value: Missing(\"{temporary}\")",
    "not ok {count} parallel/test-store\n  ---\n  duration_ms: {seconds}\n  exitcode: 1\n  stack: |-\n    AssertionError [ERR_ASSERTION]: store is not open\n        at {root}/test/store.js:{line}:{line}",
    "FAILED tests/test_store.py::test_open[{count}] - OSError: [Errno 2] No such file or directory: '{temporary}'",
    "{root}/src/store.c:{line}:{line}: error: 'struct store' has no member named 'size'",
    "org.acme.StoreTest > opens FAILED\n    java.lang.IllegalStateException: store {uuid} at org.acme.Store@{hex} is closed after {count} calls\n        at org.acme.Store.get(Store.java:{line})",
    "Error: Cannot find module '{root}/lib/store.js' required by pod web-7d9f8b6c5-x2v4q",
    "  1) store opens a file:\n     Error: timeout of {count}ms exceeded for '{temporary}'\n      at {root}/test/store.test.js:{line}:{line}",
    "fatal: unable to read tree {sha} of store",
    "Build {uuid} on {ip}:{port} (pid {pid}) was rejected: {count} of {count} checks are missing, {percent}% done, {size} MB left",
    "##[error]{root}/app/store.ts({line},{line}): error TS2339: Property 'size' does not exist on type 'Store'.",
    "[{time}] ERROR worker-{count}: container {sha} could not be started at 0x{hex}: seed {count} is invalid",
    "write {temporary}: no space left on device",
    "ERROR: failed to fetch https://registry.example.org/pkg/store?token={hex} (took {duration}): checksum mismatch, got {sha}",
    "{root}/lib/store.rb:{line}:in `open': undefined method `size' for #<Store:0x{hex}> (NoMethodError)",
];

/// One way to fill the volatile parts.
#[derive(Debug, Clone)]
struct Run {
    values: Vec<(&'static str, String)>,
}

impl Run {
    fn fill(&self, template: &str) -> String {
        self.values.iter().fold(template.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    }
}

fn runs() -> impl Strategy<Value = Run> {
    let when = (
        2015..2040_u32,
        1..13_u32,
        1..29_u32,
        0..24_u32,
        0..60_u32,
        0..60_u32,
        0..10_000_000_u32,
        any::<bool>(),
    );
    let time = when.prop_map(|(year, month, day, hour, minute, second, fraction, zulu)| {
        let (separator, end) = if zulu { ('T', "Z") } else { (' ', "") };
        format!("{year}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}.{fraction:07}{end}")
    });
    let root = prop_oneof![
        "[a-z]{3,9}".prop_map(|name| format!("/home/runner/work/{name}/{name}")),
        "[a-z]{3,9}".prop_map(|name| format!("/Users/runner/work/{name}/{name}")),
        "[a-z]{3,9}".prop_map(|name| format!("D:\\a\\{name}\\{name}")),
        ("[a-z]{3,9}", "[a-z]{3,9}").prop_map(|(owner, name)| format!("/builds/{owner}/{name}")),
        ("[a-z]{3,9}", "[a-z]{3,9}").prop_map(|(owner, name)| format!("/home/travis/build/{owner}/{name}")),
        ("[a-z]{3,9}", "[a-z]{3,9}").prop_map(|(user, name)| format!("/home/{user}/{name}")),
        "[a-z]{3,9}".prop_map(|job| format!("/var/lib/jenkins/workspace/{job}")),
    ];
    let temporary = prop_oneof![
        "[A-Za-z0-9]{10}".prop_map(|name| format!("/tmp/tmp.{name}")),
        "[a-z0-9_]{8}".prop_map(|name| format!("/tmp/tmp{name}")),
        ("[a-z]{2}", "[a-z0-9_]{30}", "[a-z]{5,10}").prop_map(|(a, b, c)| format!("/var/folders/{a}/{b}/T/{c}")),
    ];
    let duration = prop_oneof![
        (1..9000_u32).prop_map(|n| format!("{n}ms")),
        (1..900_u32, 0..1000_u32).prop_map(|(n, fraction)| format!("{n}.{fraction:03}s")),
        (1..60_u32, 0..60_u32).prop_map(|(minutes, seconds)| format!("{minutes}m {seconds}s")),
        (1..90_u32).prop_map(|n| format!("{n} seconds")),
    ];
    let numbers = (
        1..99_999_u32,
        1..99_999_u32,
        1024..65_536_u32,
        1..4_000_000_u32,
        1..100_u32,
        1..9999_u32,
    );
    let ids = (
        "[0-9a-f]{40}",
        "[0-9a-f]{8}",
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        any::<[u8; 4]>(),
    );
    (time, root, temporary, duration, numbers, ids).prop_map(|(time, root, temporary, duration, numbers, ids)| {
        let (line, count, port, pid, percent, size) = numbers;
        let (sha, hex, uuid, ip) = ids;
        let values = vec![
            ("time", time),
            ("root", root),
            ("temporary", temporary),
            ("duration", duration),
            ("seconds", format!("{}.{:02}", count / 7, count % 100)),
            ("line", line.to_string()),
            ("count", count.to_string()),
            ("port", port.to_string()),
            ("pid", pid.to_string()),
            ("percent", percent.to_string()),
            ("size", size.to_string()),
            ("sha", sha),
            ("hex", hex),
            ("uuid", uuid),
            ("ip", format!("{}.{}.{}.{}", ip[0], ip[1], ip[2], ip[3])),
        ];
        Run { values }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn times_paths_hashes_lines_and_counts_do_not_move_a_fingerprint(first in runs(), second in runs()) {
        for template in TEMPLATES {
            let (left, right) = (first.fill(template), second.fill(template));
            prop_assert_eq!(of(&left), of(&right), "\n{}\n---\n{}", left, right);
        }
    }

    #[test]
    fn any_text_is_named(text in "\\PC{0,400}") {
        let lines: Vec<&str> = text.lines().collect();
        let (_, signature) = identify(&Evidence { decisive: &lines, ..Evidence::default() });
        prop_assert!(signature.lines.len() <= 8);
        prop_assert!(signature.lines.iter().all(|line| line.chars().count() <= 300));
    }
}

#[test]
fn the_templates_are_different_failures() {
    for (index, left) in TEMPLATES.iter().enumerate() {
        for right in &TEMPLATES[index + 1..] {
            different(left, right);
        }
    }
}

#[test]
fn one_test_with_two_causes_is_two_failures() {
    let head = "not ok 12 parallel/test-watch\n  ---\n  exitcode: 1\n";
    different(
        &format!("{head}    Error: Timed out waiting for restart"),
        &format!(
            "{head}    AssertionError [ERR_ASSERTION]: The input did not match the regular expression /SyntaxError/"
        ),
    );
}

#[test]
fn one_cause_in_two_tests_is_two_failures_but_not_in_twenty() {
    let text = |name: &str| format!("--- FAIL: {name} (0.01s)\n    a_test.go:1: fixture users.json is missing");
    different(&text("TestA"), &text("TestB"));
    let many = |range: std::ops::Range<u32>| {
        range
            .map(|n| text(&format!("TestCase{n}x")))
            .collect::<Vec<_>>()
            .join("\n")
    };
    same(&many(0..20), &many(1..19));
}

#[test]
fn a_full_disk_is_one_failure_wherever_it_shows() {
    same(
        "FAILED tests/test_a.py::test_b - OSError: [Errno 28] No space left on device: '/tmp/x'",
        "error: failed to write `target/debug/x.rlib`: No space left on device (os error 28)",
    );
}

#[test]
fn hosts_tell_network_failures_apart() {
    different(
        "getaddrinfo ENOTFOUND registry.npmjs.org",
        "getaddrinfo ENOTFOUND github.com",
    );
    same(
        "getaddrinfo ENOTFOUND registry.npmjs.org",
        "npm ERR! request to https://registry.npmjs.org/left-pad failed, reason: getaddrinfo ENOTFOUND registry.npmjs.org",
    );
}

#[test]
fn tool_wrappers_and_context_do_not_move_a_fingerprint() {
    let core = "src/a.ts(3,5): error TS2307: Cannot find module 'left-pad' or its corresponding type declarations.";
    same(
        core,
        &format!(
            "> tsc -p .\n\n{core}\n\nFound 1 error in src/a.ts:3\nnpm ERR! code ELIFECYCLE\n##[error]Process completed with exit code 2."
        ),
    );
    same(
        "rake aborted!\nNo Rakefile found (looking for: rakefile)",
        "No Rakefile found (looking for: rakefile)\n/home/x/.rvm/gems/ruby-2.2.6/bin/ruby_executable_hooks:15:in `eval'",
    );
}

#[test]
fn given_tests_and_codes_win_over_those_in_the_lines() {
    let lines = ["AssertionError: store is not open"];
    let tests = ["a::b".to_owned()];
    let with = identify(&Evidence {
        decisive: &lines,
        tests: &tests,
        ..Evidence::default()
    });
    let without = identify(&Evidence {
        decisive: &lines,
        ..Evidence::default()
    });
    assert_ne!(with.0, without.0);
    let coded = identify(&Evidence {
        decisive: &lines,
        code: Some("X1"),
        ..Evidence::default()
    });
    assert_eq!(coded.1.code.as_deref(), Some("X1"));
    let tool = identify(&Evidence {
        decisive: &lines,
        tool: Some("pytest"),
        ..Evidence::default()
    });
    assert_eq!(tool.0, without.0);
}

#[test]
fn a_failure_without_a_message_is_named_by_its_own_frame() {
    let trace = |line: u32, file: &str| {
        format!(
            "    at load (/home/bob/ship/src/{file}:{line}:2)\n    at Module._compile (node:internal/modules/cjs/loader:1364:14)"
        )
    };
    same(&trace(1, "a.js"), &trace(9, "a.js"));
    different(&trace(1, "a.js"), &trace(1, "b.js"));
}

#[test]
fn nothing_to_go_by_still_gives_a_fingerprint() {
    same("", "\n\n");
}
