//! JavaScript and TypeScript: node, npm, yarn, pnpm, jest, mocha, vitest, karma, cypress, tsc, eslint.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, summary, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "javascript",
    rules: RULES,
};

const RULES: &[Rule] = &[
    test(9, "●", r"^\s*● (?P<test>\S.*)$", "  ● lists › sorts", "Console ● log").of("jest"),
    test(7, "fail ", r"^\s*FAIL\s+(?:\S+\s+)?(?P<path>\S+\.[cm]?[jt]sx?\b).*", "FAIL src/a.test.ts (5.1 s)", "FAIL: test_x").of("jest"),
    cause(9, "expect(", r"^\s*expect\(.*\)\.(?:not\.|resolves\.|rejects\.)?to\w+\(", "    expect(received).toBe(expected)", "expect that"  ).of("jest").is(Category::AssertionFailure),
    cause(8, "error:", r"^\s*(?:Uncaught )?(?P<message>(?:AssertionError|TypeError|ReferenceError|SyntaxError|RangeError|EvalError|URIError)(?: \[\w+\])?: .+)", "TypeError: x is not a function", "TypeErrors happen"),
    cause(8, "assertionerror", r"^\s*(?:Uncaught )?AssertionError(?: \[\w+\])?[: ]", "AssertionError: expected 1 to equal 2", "no AssertionErrors").is(Category::AssertionFailure),
    cause(8, "error:", r"^\s*(?:Uncaught )?Error: \S", "     Error: Failed to generate def", "Errors: x"),
    cause(9, "timeout of", r"Timeout of \d+ms exceeded|Exceeded timeout of \d+ ?ms|Test timed out in \d+ms|Test timeout of \d+ms", "Error: Timeout of 2000ms exceeded.", "timeout of the day").is(Category::Timeout),
    cause(9, "cannot find module|can't resolve|cannot resolve|module not found|err_module_not_found", r"Cannot find (?:module|package) |Can't resolve '|Module not found|ERR_MODULE_NOT_FOUND|Cannot resolve module", "Error: Cannot find module 'x'", "found a module").is(Category::Dependency),
    cause(9, "error ts", r"\berror (?P<code>TS\d{3,5}): (?P<message>.*)", "src/a.ts(3,5): error TS2322: Type 'a' is not assignable", "TS2322").of("tsc").is(Category::TypeError),
    cause(8, "✖", r"^\s*✖\s+(?P<line>\d+):\d+\s+(?P<message>\S.*)", "  ✖   49:30  Argument of type", "✖ 3 problems").of("tsd").is(Category::TypeError),
    cause(7, "✖", r"^\s*✖\s+\S", "✖ Test Disconnected", "✓ ok"),
    cause(9, "error  ", r"^\s+(?P<line>\d+):\d+\s+(?:error|Error)\s+(?P<message>.*?)(?:\s{2,}(?P<code>[@\w/-]+))?$", "  12:5  error  'x' is defined but never used  no-unused-vars", "  12:5  warning  y  z").of("eslint").is(Category::LintFormat),
    cause(8, "[error]|[warn]|code style issues", r"^\[(?:error|warn)\] \S+\.\w+$|Code style issues (?:found )?in", "[warn] src/a.ts", "[warn] deprecated thing here").of("prettier").is(Category::LintFormat),
    test(8, ") ", r"^\s{2,8}(?P<test>\d+\) \S.*)$", "  1) should add numbers:", "1) x").of("mocha"),
    summary(7, " failing", r"^\s*\d+ failing\b", "  2 failing", "failing 2").of("mocha"),
    test(8, "not ok", r"^\s*not ok \d+ ?-? ?(?P<test>.*)$", "not ok 12 - parses", "ok 12").of("tap"),
    test(8, "fail|×|❯", r"^\s*(?:FAIL|×|❯)\s+(?P<test>\S+\.[cm]?[jt]sx?(?: \[[^\]]*\])? > .*)", " FAIL  src/a.test.ts > adds", "FAIL: x").of("vitest"),
    test(8, "failed", r"^(?P<test>.*\((?:Linux|Mac|Windows|Android|iOS|Ubuntu|X11)[^)]*\).*) FAILED$", "Chrome 75.0 (Linux 0.0.0) suite adds FAILED", "FAILED").of("karma"),
    cause(8, "disconnected|error", r"^\S.*\((?:Linux|Mac|Windows|Android|iOS|Ubuntu|X11)[^)]*\).*(?:ERROR|DISCONNECTED|Disconnected)", "Chrome 75.0.3770 (Mac OS X 10.13.6) ERROR", "Chrome ok").of("karma"),
    cause(8, "eresolve|etarget|e404|eintegrity|enotarget|ebadengine|ejsonparse|eusage|enoent|eacces|enotfound|e401|e403|econnreset", r"^npm (?:ERR!|error) (?:code )?(?P<code>E(?:RESOLVE|TARGET|404|INTEGRITY|NOTARGET|BADENGINE|JSONPARSE|USAGE|NOENT|ACCES|NOTFOUND|401|403|CONNRESET|TIMEDOUT))\b", "npm ERR! code ERESOLVE", "npm ERR! code ELIFECYCLE").of("npm").is(Category::Dependency),
    cause(9, "missing script", r"^npm (?:ERR!|error) (?:code \S+ )?Missing script: ", "npm error Missing script: \"build\"", "npm error code E404").of("npm").is(Category::Config),
    cause(8, "npm err!|npm error", r"^npm (?:ERR!|error) (?:\S+ )*?(?:notarget|missing|Could not resolve|peer |Invalid|Missing|request to|network|Cannot|Unsupported|404|`npm ci`)", "npm ERR! Missing script: \"build\"", "npm ERR! A complete log").of("npm").is(Category::Dependency),
    cause(7, "error ", r"^error (?P<message>(?:Couldn't|An unexpected|Your lockfile|Package|Command \x22|Found incompatible|No lockfile|Received|https?:|Integrity|The engine|Expected).*)", "error Couldn't find package \"x\"", "error Command failed with exit code 1.").of("yarn").is(Category::Dependency),
    cause(8, "err_pnpm", r"\b(?P<code>ERR_PNPM_\w+)", "ERR_PNPM_OUTDATED_LOCKFILE  Cannot install", "pnpm").of("pnpm").is(Category::Dependency),
    cause(8, "heap limit|javascript heap", r"heap out of memory|Reached heap limit", "FATAL ERROR: Reached heap limit Allocation failed", "heap").of("node").is(Category::MemoryError),
    cause(8, "econnrefused|econnreset|enotfound|etimedout|eai_again|socket hang up|ehostunreach", r"\b(?P<code>ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH)\b|socket hang up", "connect ECONNREFUSED 127.0.0.1:80", "ECONN").is(Category::NetworkError),
    cause(8, "enoent|eacces|eperm|eexist|eisdir|enotdir|emfile", r"\b(?P<code>ENOENT|EACCES|EPERM|EEXIST|EISDIR|ENOTDIR|EMFILE)\b", "ENOENT: no such file or directory, open 'x'", "ENO").is(Category::FileAccess),
    cause(7, "webpack|module build failed|error in ", r"^(?:ERROR in |Module build failed|Failed to compile)", "ERROR in ./src/a.js", "error inside").of("webpack").is(Category::BuildCompile),
    cause(7, "error in plugin|'default' errored|errored after", r"Error in plugin|'[\w:-]+' errored after", "[12:00:00] 'build' errored after 3 s", "errored").of("gulp"),
    cause(7, "unhandledpromiserejection|unhandled promise|err_unhandled", r"UnhandledPromiseRejection|Unhandled promise rejection|ERR_UNHANDLED_REJECTION", "(node:1) UnhandledPromiseRejectionWarning: Error: x", "promise").of("node").is(Category::RuntimeError),
    summary(5, "tests:|test suites:", r"^\s*(?:Tests|Test Suites|Test Files):? +\d+ failed", "Tests:       1 failed, 3 passed, 4 total", "Tests: 4 passed").of("jest"),
    summary(8, "md0|mdl", r"^(?P<path>\S+\.md):? ?(?P<line>\d+)(?::\d+)?:? (?P<code>MD\d{3})", "README.md: 29: MD012/no-multiple-blanks", "README.md: 29").of("markdownlint").is(Category::LintFormat),
    symptom(1, "npm err!|npm error", r"^npm (?:ERR!|error)", "npm ERR! Test failed.  See above for more details.", "npm WARN x").of("npm"),
    symptom(1, "elifecycle|command failed", r"ELIFECYCLE|^error Command failed|^info Visit https", "npm ERR! code ELIFECYCLE", "lifecycle"),
    noise("npm warn|npm notice|deprecated", r"^npm (?:WARN|warn|notice)|^warning .* > ", "npm WARN deprecated error@1.0", "npm ERR! x"),
    noise("(node:|deprecationwarning", r"DeprecationWarning", "(node:1) [DEP0005] DeprecationWarning: Buffer() error", "Warning"),
];
