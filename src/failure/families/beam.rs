//! Elixir and Erlang: mix, ExUnit, rebar, Common Test, dialyzer.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "beam",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(10, "coverage test failed", r"^Coverage test failed, threshold not met", "Coverage test failed, threshold not met:", "Coverage").of("mix").is(Category::LintFormat),
    noise("* test |* doctest|* property", r"^\s*\* (?:test|doctest|property) .* \[L#\d+\]$", "  * test logs a fatal error (6) (0.01ms) [L#29]", "* test x"),
    test(
        9,
        "*failed*",
        r"^\s*(?P<test>\w+: ?\w+)(?: \(.*\))?\.\.\.(?:\[[\d.]+ s\] )?\*failed\*",
        "pump_tests: flow_test...*failed*",
        "failed",
    )
    .of("eunit"),
    cause(
        9,
        "**error:|**exit:|**throw:",
        r"^\*\*(?P<message>(?:error|exit|throw):.*)",
        "**error:badarith",
        "error:x",
    )
    .of("eunit"),
    test(
        9,
        ") test|) property|) doctest",
        r"^\s*\d+\) (?P<test>(?:test|property|doctest) .*)$",
        "  1) test adds (A.BTest)",
        "1) x",
    )
    .of("exunit"),
    cause(
        9,
        "** (",
        r"^\s*\*\* \((?P<code>[\w.]+)\) (?P<message>.*)",
        "** (RuntimeError) Line does not match",
        "** x",
    ),
    cause(
        8,
        "assertion with|expected ",
        r"^\s+(?:Assertion with \S+ failed|Expected (?:truthy|false|exception|message))",
        "     Assertion with == failed",
        "Assertion",
    )
    .of("exunit")
    .is(Category::AssertionFailure),
    cause(
        7,
        "left:|right:|code:",
        r"^\s{5}(?:left|code|right): {1,2}\S",
        "     left:  1",
        "left",
    )
    .of("exunit")
    .is(Category::AssertionFailure),
    cause(
        9,
        "== compilation error|compileerror",
        r"^== Compilation error in file (?P<path>\S+)|\(CompileError\) ",
        "== Compilation error in file lib/a.ex ==",
        "compile",
    )
    .of("mix")
    .is(Category::BuildCompile),
    cause(
        8,
        "failed on line|init_per|end_per",
        r"^\s*(?P<test>\w+:\w+) failed(?: on line \d+)?$|(?P<name>\w+_SUITE:\w+) failed",
        "ejabberd_SUITE:init_per_group failed",
        "x failed",
    )
    .of("common_test"),
    cause(
        8,
        "reason: ",
        r"^\s*Reason: \S",
        "    Reason: timetrap_timeout",
        "reason",
    )
    .of("common_test"),
    cause(
        8,
        "test_case_failed|timetrap|badmatch|function_clause|undef,",
        r"\{(?:test_case_failed|badmatch|case_clause|noproc|timetrap_timeout|error,|undef)",
        "{test_case_failed,x}",
        "test",
    )
    .of("common_test"),
    cause(
        7,
        "crashed",
        r"^\*\* .*crashed\.?$|=(?:CRASH|ERROR) REPORT",
        "** gen_event handler cth_log_redirect crashed.",
        "crashed",
    )
    .is(Category::Crash),
    cause(
        8,
        "dependency|hex ",
        r"^\*\* \(Mix\)|Unchecked dependencies|failed to (?:fetch|use) .*(?:hex|dependency)|Failed to use \x22",
        "** (Mix) Could not compile dependency :x",
        "Mix",
    )
    .of("mix")
    .is(Category::Dependency),
    cause(
        8,
        "unbound|undefined|.erl:",
        r"^(?P<path>\S+\.erl):(?P<line>\d+)(?::\d+)?: (?P<message>.*)",
        "src/a.erl:12: function x/0 undefined",
        "a.erl: x",
    )
    .of("erlc")
    .is(Category::BuildCompile),
    cause(11, " column 0", r"^Line (?P<line>\d+) Column \d+: (?P<message>(?:Invalid type|The (?:pattern|call|function|created|variable|test|success)|Function \S+ (?:has|will)|Callback|Type specification|The |Unknown|Guard|Expression|Record|Call to|Cons).*)", "Line 4 Column 2: Invalid type specification for function a:b/1.", "Line 4 Column 2: x").of("dialyzer").is(Category::TypeError),
    cause(11, ".erl:0|.ex:0", r"^(?P<path>\S+\.(?:erl|ex)):(?P<line>\d+)(?::\d+)?:?\s?(?P<message>(?:Invalid type specification|The (?:pattern|call|created fun|test|variable) .*(?:never|breaks|can)|Function \S+ has no local return|(?:no_return|pattern_match|invalid_contract|call|unknown_function|guard_fail)\b).*)", "lib/a.ex:12:no_return Function b/1 has no local return.", "a.erl:1: x").of("dialyzer").is(Category::TypeError),
    symptom(2, "warnings occurred running dialyzer|warnings written to|halting vm with exit", r"^===> Warnings (?:occurred running dialyzer|written to)|^Halting VM with exit status", "===> Warnings occurred running dialyzer: 2", "warnings"),
    cause(11, ".erl:0", r"^(?:.*┌─ )?(?P<path>\S+\.erl):(?P<line>\d+)(?::\d+)?: (?P<message>(?:function \S+/\d+ undefined|call to undefined|undefined (?:macro|record|function)|.*variable '\w+' is unbound|record \w+ undefined).*)", "src/a.erl:12:5: function x/0 undefined", "src/a.erl:1: x").of("erlc").is(Category::FunctionError),
    cause(11, ".erl:0", r"^(?P<path>\S+\.erl):(?P<line>\d+)(?::\d+)?: (?P<message>(?:syntax error before|unterminated|illegal|missing).*)", "src/a.erl:12:5: syntax error before: 'end'", "src/a.erl:1: x").of("erlc").is(Category::SyntaxError),
    cause(10, "environment variable", r"^\s*\*\* \((?P<code>System\.EnvError|RuntimeError|ArgumentError)\) (?P<message>.*environment variable.*)", "** (System.EnvError) could not fetch environment variable \x22A\x22 because it is not set", "** (A) x").of("elixir").is(Category::Config),
    cause(8, "is undefined or private|is undefined (module|undefined variable|undefined function", r"^\s*(?:warning: |error: )?(?P<message>\S+/\d+ is undefined (?:or private|\(module).*|undefined (?:variable|function) .*)", "warning: Toy.sign/1 is undefined or private. Did you mean:", "x is undefined").of("mix").is(Category::FunctionError),
    cause(6, "warning: ", r"^\s*warning: (?P<message>(?:variable \S+ is unused|unused (?:alias|import|variable|require)|.* is deprecated|function \S+ is unused|this clause|the variable|module attribute|redefining).*)", "    warning: variable \x22x\x22 is unused", "warning: x").of("mix").is(Category::LintFormat),
    symptom(3, "--warnings-as-errors option", r"due to warnings while using the --warnings-as-errors", "Compilation failed due to warnings while using the --warnings-as-errors option", "warnings"),
    cause(10, "error: ", r"^error: .*\x22(?P<path>\S+\.gleam)", "error: Unknown variable in \x22src/a.gleam\x22", "error: x").of("gleam").is(Category::BuildCompile),
    cause(
        7,
        "===>",
        r"^===> (?P<message>.*(?:failed|error|Error|Unable|not found|Compiling .* failed|Failed).*)",
        "===> Compiling src/a.erl failed",
        "===> Verifying dependencies",
    )
    .of("rebar3")
    .is(Category::BuildCompile),
    cause(
        9,
        "→",
        r"^┃ \[(?P<code>[A-Z])\] (?:→|↗|↑|↘|↓) (?P<message>\S.*)",
        "┃ [R] → Modules should have a @moduledoc tag.",
        "┃ x",
    )
    .of("credo")
    .is(Category::LintFormat),
    symptom(
        2,
        "issue",
        r"^\d+ mods/funs, found ",
        "54 mods/funs, found 1 code readability issue.",
        "found",
    ),
    cause(
        9,
        "check-formatted",
        r"mix format failed due to --check-formatted",
        "** (Mix) mix format failed due to --check-formatted.",
        "mix format",
    )
    .of("mix format")
    .is(Category::LintFormat),
    symptom(
        3,
        "tests, ",
        r"^\s*\d+ (?:doctests?, \d+ )?tests?, [1-9]\d* failures?",
        "12 tests, 1 failure",
        "12 tests, 0 failures",
    )
    .of("exunit"),
    noise(
        "[error]|[info]|[debug]",
        r"^\d\d:\d\d:\d\d\.\d+ (?:\[\w+\] )?\[(?:info|debug)\]",
        "02:07:59.256 [info] error x",
        "[error] x",
    ),
];
