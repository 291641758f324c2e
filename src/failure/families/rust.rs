//! Rust: rustc, cargo, the test harness, rustfmt, clippy.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "rust",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(9, "assertion `left|assertion failed: ", r"^\s*(?P<message>assertion (?:`left (?:==|!=|matches) right` failed|failed: ).*)", "assertion `left == right` failed: sums", "assertions").of("cargo test").is(Category::AssertionFailure),
    cause(10, "timeout [", r"^\s*TIMEOUT \[\s*[\d.]+s\] (?:\(\s*\d+/\d+\) )?(?P<test>\S+ \S+)", "     TIMEOUT [   2.005s] (351/351) crate tests::locks", "TIMEOUT [x").of("nextest").is(Category::Timeout),
    cause(10, "sigsegv [|sigabrt [|sigbus [|sigill [|sigkill [", r"^\s*SIG(?:SEGV|ABRT|BUS|ILL|KILL) \[\s*[\d.]+s\] (?:\(\s*\d+/\d+\) )?(?P<test>\S+ \S+)", "     SIGSEGV [   0.005s] (3/351) crate tests::reads", "SIGSEGV").of("nextest").is(Category::Crash),
    symptom(2, "summary [|terminating [|slow [|canceling due to|cancelling due to", r"^\s*(?:Summary \[|TERMINATING \[|SLOW \[|Canceling due to|Cancelling due to)", "     Summary [   4.023s] 351 tests run: 350 passed, 1 timed out, 0 skipped", "summary").of("nextest"),
    symptom(2, "error: test run failed", r"^error: test run failed", "error: test run failed", "test run").of("nextest"),
    cause(11, "test case to fail to compile", r"^Expected test case to fail to compile, but it succeeded", "Expected test case to fail to compile, but it succeeded.", "test case").of("trybuild").is(Category::AssertionFailure),
    test(8, "should fail to compile]|should pass]", r"^test (?P<test>\S+) \[should (?:fail to compile|pass)\] \.\.\. (?:mismatch|error)", "test tests/ui/a.rs [should fail to compile] ... mismatch", "test a ... ok").of("trybuild").is(Category::AssertionFailure),
    symptom(2, "trybuild-", r"^\s*thread '[^']+'(?: \(\d+\))? panicked at \S*/trybuild-", "thread 'ui' (65) panicked at /r/trybuild-1.0.1/src/run.rs:103:13:", "trybuild").of("trybuild"),
    symptom(2, " tests failed", r"^\d+ of \d+ tests failed$", "1 of 2 tests failed", "tests failed"),
    cause(10, "not yet committed into git|files in the working directory contain changes", r"^error: \d+ files in the working directory contain changes", "error: 1 files in the working directory contain changes that were not yet committed into git:", "files in the working directory").of("cargo").is(Category::Config),
    cause(10, "remote server responded|already exists", r"^\s*the remote server responded with an error(?: \(status \d+ [^)]*\))?: (?P<message>.*)|^error: crate \S+ already exists", "  the remote server responded with an error: crate version `0.4.0` is already uploaded", "the remote server").of("cargo").is(Category::Config),
    cause(10, "no token found|please provide a non-empty token", r"^error: no token found|please (?:run \x60cargo login|provide a non-empty token)", "error: no token found, please run `cargo login`", "token").of("cargo").is(Category::PermissionAuth),
    cause(9, "all dependencies must have|empty metadata field", r"^error: (?:all dependencies must have a version|.*missing or empty metadata fields)", "error: all dependencies must have a version specified when publishing.", "dependencies").of("cargo").is(Category::Config),
    symptom(3, "linking with", r"^error: linking with \x60?\S+\x60? failed", "error: linking with `cc` failed: exit status: 1", "linking").of("rustc"),
    cause(9, "--- failure ", r"^--- failure (?P<code>\w+): (?P<message>.*) ---$", "--- failure function_missing: pub fn removed or renamed ---", "--- failure").of("cargo-semver-checks").is(Category::AssertionFailure),
    cause(10, "error[e", r"^\s*error\[(?P<code>E\d{4})\]: (?P<message>.+)", "error[E0425]: cannot find value `x` in this scope", "error: E0425").of("rustc").is(Category::BuildCompile),
    cause(9, "error: ", r"^error: (?P<message>(?:expected|unexpected|cannot find (?:macro|attribute|derive)|this (?:file|expression|function|call|argument|\x60|lint|match|loop|if|import)|unclosed|mismatched|unused|unresolved|unknown (?:start|character|lint|crate)|macro|proc-macro|custom attribute|use of|expressions|unterminated|variable \x60|function \x60|type \x60|missing (?:documentation|lifetime)|no method|static|lifetime|literal|redundant|very complex|called|manual|needless|usage of|struct \x60|item in|couldn't read)\b.*)", "error: unexpected closing delimiter: `}`", "error: failed to solve: x").of("rustc").is(Category::BuildCompile),
    cause(9, "error: ", r"^error: (?P<message>(?:could not find \x60|failed to (?:select|load|parse|get|fetch|read|compile|verify)|no matching|environment variable|invalid|couldn't)\b.*)", "error: failed to parse manifest at `/w/Cargo.toml`", "error: failed to solve: x").of("cargo"),
    cause(9, "is not supported by|rust-version|requires rustc", r"^error: rustc \S+ is not supported by|cannot be built because it requires rustc", "error: rustc 1.70.0 is not supported by the following package:", "rustc").of("cargo").is(Category::Config),
    cause(10, "lock file", r"^error: (?:the|cannot update the) lock file .* (?:needs to be updated|because)", "error: the lock file /w/Cargo.lock needs to be updated but --locked was passed to prevent this", "lock file").of("cargo").is(Category::Dependency),
    cause(9, "error[", r"^error\[(?P<code>vulnerability|unmaintained|yanked|banned|rejected|unlicensed|duplicate|unsound|not-allowed|source-not-allowed)\]: ", "error[vulnerability]: Potential segfault", "error[E0308]: x").of("cargo-deny").is(Category::Dependency),
    cause(10, "undefined behavior", r"^error: Undefined Behavior: ", "error: Undefined Behavior: out-of-bounds pointer use", "behavior").of("miri").is(Category::Crash),
    noise("explain|more information", r"^For more information about this error, try", "For more information about this error, try `rustc --explain E0308`.", "error"),
    cause(8, "thread '", r"^\s*thread '(?P<test>[^']+)'(?: \(\d+\))? panicked at (?P<message>.*)", "thread 'a::b' panicked at src/a.rs:3:9:", "thread 'a' started").of("cargo test").is(Category::RuntimeError),
    cause(9, "overflowed its stack", r"^\s*thread '(?P<test>[^']+)'(?: \(\d+\))? has overflowed its stack", "thread 'a::b' has overflowed its stack", "thread 'a' started").of("cargo test").is(Category::Crash),
    test(9, "stdout ----", r"^---- (?P<test>\S.*) stdout ----", "---- tests::adds stdout ----", "---- stdout").of("cargo test"),
    test(8, "failed", r"^test (?P<test>\S+(?: - \S.*)?) \.\.\. FAILED", "test tests::adds ... FAILED", "test tests::adds ... ok").of("cargo test"),
    test(8, "fail [|timeout [|sigabrt [|sigsegv [", r"^\s*(?:FAIL|TIMEOUT|SIGABRT|SIGSEGV) \[\s*[\d.]+s\] (?:\(\s*\d+/\d+\) )?(?P<test>\S+ \S+)", "        FAIL [   0.003s] crate::it tests::adds", "PASS [ 0.003s] a b").of("nextest"),
    cause(8, "left: |right: ", r"^\s*(?:left|right): \S", "  left: 1", "left turn").of("cargo test").is(Category::AssertionFailure),
    cause(9, "failed to select a version|no matching package|failed to load source|failed to parse lock", r"(?:failed to select a version|no matching package|failed to load source for dependency|failed to parse lock file)", "error: failed to select a version for `serde`.", "selected a version").of("cargo").is(Category::Dependency),
    cause(5, "failed to run custom build command", r"failed to run custom build command for", "error: failed to run custom build command for `openssl-sys v0.9`", "custom build").of("cargo").is(Category::BuildCompile),
    cause(9, "diff in ", r"^Diff in (?P<path>\S+?)(?: at line |:)(?P<line>\d+)", "Diff in /w/src/lib.rs at line 12:", "Diff of a").of("rustfmt").is(Category::LintFormat),
    symptom(2, "aborting due to|could not compile|test failed|previous error|target failed|targets failed", r"^error: (?:aborting due to|could not compile|Could not compile|test failed|\d+ targets? failed|.*previous error)", "error: aborting due to 4 previous errors", "error: expected `;`").of("cargo"),
    symptom(2, "build failed", r"^(?:error|warning): build failed", "warning: build failed, waiting for other jobs to finish...", "build passed"),
    symptom(3, "test result: failed", r"^test result: FAILED", "test result: FAILED. 1 passed; 1 failed;", "test result: ok. 1 passed; 0 failed;"),
    noise("compiling|downloaded|checking|fresh", r"^\s*(?:Compiling|Downloaded|Checking|Fresh|Documenting|Updating|Running|Adding|Finished|Installing) \S+", "   Compiling thiserror v1.0.30", "error: Compiling"),
    noise("test result: ok", r"^test result: ok", "test result: ok. 3 passed; 0 failed", "test result: FAILED"),
];
