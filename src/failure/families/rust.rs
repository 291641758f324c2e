//! Rust: rustc, cargo, the test harness, rustfmt, clippy.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "rust",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(10, "error[e", r"^\s*error\[(?P<code>E\d{4})\]: (?P<message>.+)", "error[E0425]: cannot find value `x` in this scope", "error: E0425").of("rustc").is(Category::BuildCompile),
    cause(9, "error: ", r"^error: (?P<message>(?:expected|unexpected|cannot find (?:macro|attribute|derive)|this (?:file|expression|function|call|argument|\x60|lint|match|loop|if|import)|unclosed|mismatched|unused|unresolved|unknown (?:start|character|lint|crate)|linking|macro|proc-macro|custom attribute|use of|expressions|unterminated|variable \x60|function \x60|type \x60|missing (?:documentation|lifetime)|no method|static|lifetime|literal|redundant|very complex|called|manual|needless|usage of|struct \x60|item in|couldn't read)\b.*)", "error: unexpected closing delimiter: `}`", "error: failed to solve: x").of("rustc").is(Category::BuildCompile),
    cause(9, "error: ", r"^error: (?P<message>(?:could not find \x60|failed to (?:select|load|parse|run|get|fetch|read|compile|verify)|no matching|environment variable|invalid|couldn't)\b.*)", "error: failed to parse manifest at `/w/Cargo.toml`", "error: failed to solve: x").of("cargo"),
    cause(9, "is not supported by|rust-version|requires rustc", r"^error: rustc \S+ is not supported by|cannot be built because it requires rustc", "error: rustc 1.70.0 is not supported by the following package:", "rustc").of("cargo").is(Category::Config),
    cause(10, "lock file", r"^error: (?:the|cannot update the) lock file .* (?:needs to be updated|because)", "error: the lock file /w/Cargo.lock needs to be updated but --locked was passed to prevent this", "lock file").of("cargo").is(Category::Dependency),
    cause(9, "error[", r"^error\[(?P<code>vulnerability|unmaintained|yanked|banned|rejected|unlicensed|duplicate|unsound|not-allowed|source-not-allowed)\]: ", "error[vulnerability]: Potential segfault", "error[E0308]: x").of("cargo-deny").is(Category::Dependency),
    cause(10, "undefined behavior", r"^error: Undefined Behavior: ", "error: Undefined Behavior: out-of-bounds pointer use", "behavior").of("miri").is(Category::Crash),
    noise("explain|more information", r"^For more information about this error, try", "For more information about this error, try `rustc --explain E0308`.", "error"),
    cause(8, "thread '", r"^\s*thread '(?P<test>[^']+)'(?: \(\d+\))? panicked at (?P<message>.*)", "thread 'a::b' panicked at src/a.rs:3:9:", "thread 'a' started").of("cargo test").is(Category::RuntimeError),
    cause(9, "overflowed its stack", r"^\s*thread '(?P<test>[^']+)'(?: \(\d+\))? has overflowed its stack", "thread 'a::b' has overflowed its stack", "thread 'a' started").of("cargo test").is(Category::Crash),
    test(9, "stdout ----", r"^---- (?P<test>\S.*) stdout ----", "---- tests::adds stdout ----", "---- stdout").of("cargo test"),
    test(8, "failed", r"^test (?P<test>\S+(?: - \S.*)?) \.\.\. FAILED", "test tests::adds ... FAILED", "test tests::adds ... ok").of("cargo test"),
    test(9, "fail [", r"^\s*(?:FAIL|TIMEOUT|SIGABRT|SIGSEGV) \[\s*[\d.]+s\] (?:\(\s*\d+/\d+\) )?(?P<test>\S+ \S+)", "        FAIL [   0.003s] crate::it tests::adds", "PASS [ 0.003s] a b").of("nextest"),
    cause(8, "left: |right: ", r"^\s*(?:left|right): \S", "  left: 1", "left turn").of("cargo test").is(Category::AssertionFailure),
    cause(9, "failed to select a version|no matching package|failed to load source|failed to parse lock", r"(?:failed to select a version|no matching package|failed to load source for dependency|failed to parse lock file)", "error: failed to select a version for `serde`.", "selected a version").of("cargo").is(Category::Dependency),
    cause(8, "failed to run custom build command", r"failed to run custom build command for", "error: failed to run custom build command for `openssl-sys v0.9`", "custom build").of("cargo").is(Category::BuildCompile),
    cause(9, "diff in ", r"^Diff in (?P<path>\S+?)(?: at line |:)(?P<line>\d+)", "Diff in /w/src/lib.rs at line 12:", "Diff of a").of("rustfmt").is(Category::LintFormat),
    symptom(2, "aborting due to|could not compile|test failed|previous error", r"^error: (?:aborting due to|could not compile|Could not compile|test failed|\d+ targets? failed|.*previous error)", "error: aborting due to 4 previous errors", "error: expected `;`").of("cargo"),
    symptom(2, "build failed", r"^(?:error|warning): build failed", "warning: build failed, waiting for other jobs to finish...", "build passed"),
    symptom(3, "test result: failed", r"^test result: FAILED", "test result: FAILED. 1 passed; 1 failed;", "test result: ok. 1 passed; 0 failed;"),
    noise("compiling|downloaded|checking|fresh", r"^\s*(?:Compiling|Downloaded|Checking|Fresh|Documenting|Updating|Running|Adding|Finished|Installing) \S+", "   Compiling thiserror v1.0.30", "error: Compiling"),
    noise("test result: ok", r"^test result: ok", "test result: ok. 3 passed; 0 failed", "test result: FAILED"),
];
