//! Languages and test tools with a few rules each: OCaml and Coq, Elm, Dart, Julia, R, Lua, Vim, Emacs, Nim, Crystal, D, Robot
//! Framework, Cucumber, Solidity.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "others",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(10, "this expression has type|has type|unbound", r"^Error: (?P<message>(?:This (?:expression|pattern|function|variant)|The term|Signature mismatch|In environment).*(?:type|applied).*)", "Error: This expression has type string but an expression was expected of type", "Error: x").of("ocaml").is(Category::TypeError),
    cause(10, "error: unbound|error: syntax error", r"^Error: (?P<message>(?:Unbound|Syntax error|The (?:reference|module|value)).*)", "Error: Unbound value totl", "Error: x").of("ocaml").is(Category::BuildCompile),
    cause(10, " -----", r"^-- (?P<code>[A-Z][A-Z ]+[A-Z]) -{5,} (?P<path>\S+\.elm)$", "-- TYPE MISMATCH ----------- src/Cart.elm", "-- x --").of("elm").is(Category::BuildCompile),
    test(9, "[e]", r"^\d\d:\d\d \+\d+(?: ~\d+)? -\d+: (?P<test>.*) \[E\]$", "00:01 +1 -1: sums up [E]", "00:01 +1: sums up").of("dart test"),
    symptom(1, "some tests failed", r"^\d\d:\d\d .*: Some tests failed\.$", "00:01 +1 -1: Some tests failed.", "Some tests"),
    cause(10, "•", r"^\s+(?:error|warning|info) • (?P<message>.*) • (?P<path>\S+):(?P<line>\d+):\d+ • (?P<code>\w+)$", "  error • Undefined name 'x' • lib/a.dart:14:5 • undefined_identifier", "error • x").of("dart analyze").is(Category::LintFormat),
    symptom(1, "issue found|issues found", r"^\d+ issues? found\.", "1 issue found. (ran in 2.1s)", "no issue found"),
    cause(9, "→", r"^(?P<code>Failure|Error) → (?P<path>\S+\.\w+) @ (?P<line>\d+)$", "Failure → spec/cart_spec.lua @ 9", "Failure").of("busted").is(Category::AssertionFailure),
    cause(9, ".lua:", r"^\s+(?P<path>\S+\.lua):(?P<line>\d+):\d+: (?:\((?P<code>[WE]\d+)\) )?(?P<message>(?:unused|accessing|setting|shadowing|value|line|empty|unreachable|variable|redefinition|inconsistent).*)", "    src/cart.lua:14:7: unused variable totl", "a.lua:3: x").of("luacheck").is(Category::LintFormat),
    cause(10, ".lua:", r"^\s+(?P<path>\S+\.lua):(?P<line>\d+):\d+: (?:\((?P<code>[WE]\d+)\) )?(?P<message>(?:accessing undefined|setting (?:non-standard|undefined|read-only)|mutating|expected).*)", "    src/cart.lua:14:7: (W113) accessing undefined variable totl", "    a.lua:3:1: unused variable x").of("luacheck").is(Category::LintFormat),
    symptom(1, "total:|success/total", r"^Total: \d+ warnings? / \d+ errors?|^Success/Total: ", "Total: 1 warning / 0 errors in 12 files", "Total"),
    cause(9, "(x)", r"^\s*> \(\d+/\d+\) \[\w+\s*\] \(X\) (?P<message>.*)", "      > (2/2) [EXECUTE] (X) 35 should be equal to 30", "(1/2) [EXECUTE] is empty").of("vader").is(Category::AssertionFailure),
    cause(9, "0 failed", r"^(?P<test>test\w*\d+) FAILED$", "test72 FAILED", "test FAILED").of("vim").is(Category::AssertionFailure),
    symptom(1, "test failure", r"^TEST FAILURE$", "TEST FAILURE", "a test failure"),
    cause(9, "condition:", r"^Test (?P<test>\S+) condition:$", "Test shop-sums-up condition:", "condition: x").of("ert").is(Category::AssertionFailure),
    cause(8, "ert-test-failed", r"^\s+\(ert-test-failed$", "    (ert-test-failed", "ert-test").of("ert").is(Category::AssertionFailure),
    test(6, "   failed  ", r"^   FAILED\s+(?:\d+/\d+\s+)?(?P<test>\S+)", "   FAILED  2/12  shop-sums-up (0.000211 sec)", "FAILED x").of("ert"),
    test(8, " fail ", r"^(?P<test>\S.*?)\s+\| FAIL \|$", "Sums Up                       | FAIL |", "x | PASS |").of("robot"),
    cause(8, " != ", r"^(?P<message>\S+ != \S+)$", "30 != 35", "a != b and so on").is(Category::AssertionFailure),
    cause(9, "[fail:|[fail.", r"^\[FAIL(?::|\. Reason:) (?P<message>[^\]]*)\] (?P<test>\S+)", "[FAIL: assertion failed: 30 != 35] testSumsUp() (gas: 9871)", "[FAIL] x").of("forge").is(Category::AssertionFailure),
    cause(9, "' failed", r"^#\s+`.*' failed(?: with status \d+)?$", "#   `[ \"$total\" -eq 35 ]' failed", "# failed").of("bats").is(Category::AssertionFailure),
    cause(9, "recorded an issue", r"^✘ Test (?P<test>\S.*?) recorded an issue at (?P<path>\S+?):(?P<line>\d+):\d+: (?P<message>.*)", "✘ Test a() recorded an issue at A.swift:14:5: Expectation failed: x", "✘ Test a() failed").of("swift-testing").is(Category::AssertionFailure),
    symptom(2, "✘ test", r"^✘ (?:Test|Suite) .* failed after ", "✘ Test run with 3 tests failed after 0.001 seconds with 1 issue.", "✘ Test"),
];
