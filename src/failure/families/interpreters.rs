//! Interpreted languages with a few rules each: Common Lisp, Scheme and Racket, Prolog, Tcl.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "interpreters",
    rules: RULES,
};

const RULES: &[Rule] = &[
    // Common Lisp: SBCL, CLISP, ECL, CCL, ASDF, FiveAM, Rove.
    cause(11, "the function |the variable ", r"^\s*The (?:function|variable) (?P<code>\S+) is (?:undefined|unbound)\.$", "  The function LEDGER::TOTL is undefined.", "the function is undefined here").of("sbcl").is(Category::FunctionError),
    cause(10, "the value", r"^\s*The value\s*$|^\s*The value .* is not of (?:the expected )?type|^\s*is not of type$", "  The value 1 is not of type LIST", "the value of x").of("sbcl").is(Category::TypeError),
    cause(10, "the assertion ", r"^\s*The assertion .*(?:failed|\()", "  The assertion (= 3 (TOTAL C)) failed with (TOTAL C) = 2.", "the assertion").of("sbcl").is(Category::AssertionFailure),
    cause(10, "invalid number of arguments|no applicable method for", r"^\s*(?:invalid number of arguments: \d+|There is no applicable method for the generic function)", "  invalid number of arguments: 1", "arguments").of("sbcl").is(Category::FunctionError),
    cause(10, "arithmetic error ", r"^\s*arithmetic error \S+ signalled", "  arithmetic error DIVISION-BY-ZERO signalled", "arithmetic error").of("sbcl").is(Category::RuntimeError),
    cause(10, "read error during|end of file on #<", r"^;? ?(?:READ error during|\s*end of file on #<)", "; READ error during COMPILE-FILE:", "end of file").of("sbcl").is(Category::SyntaxError),
    cause(10, "component \x22|system \x22|package ", r"^\s*;? ?(?:Component \S+ not found|System \x22\S+\x22 not found|The name \x22\S+\x22 does not designate any package|Package \S+ does not exist)", "  Component \x22fiveam\x22 not found", "component").of("asdf").is(Category::Dependency),
    cause(7, "}>:|}> >:|thread", r"^(?:;? ?Unhandled [\w:+-]+ in thread .*|debugger invoked on an? .*|\s*\{[0-9A-F]+\}>):$", "                                            {1001348003}>:", "thread"),
    cause(10, "*** - ", r"^\*\*\* - (?P<message>\S.*)", "*** - EVAL: undefined function TOTL", "*** x").of("clisp").is(Category::RuntimeError),
    symptom(1, "unhandled condition in|unhandled |backtrace for: #<", r"^(?:;? ?unhandled condition in --disable-debugger mode|Unhandled [A-Z][A-Z0-9:+-]+ in thread|Backtrace for: #<)", "unhandled condition in --disable-debugger mode, quitting", "unhandled").of("sbcl"),
    noise("0: (", r"^\s*\d+: \(\(?[A-Z(\x22]", "18: (SB-IMPL::%START-LISP)", "3: x"),
    test(8, "× |✗ |fail: ", r"^\s*(?:×|✗) (?P<test>\S.*)|^\s*Fail: +[1-9]\d* \(", "      ✗ sums up", "✓ x"),
    // Scheme and Racket.
    cause(10, "unbound identifier|unbound variable", r"^(?:(?P<path>\S+?):(?P<line>\d+):\d+: )?(?:\S+: unbound identifier|(?:Error|ERROR|;)?:? ?[Uu]nbound variable: )", "cart.rkt:3:5: totl: unbound identifier", "unbound").is(Category::FunctionError),
    cause(10, "contract violation|arity mismatch", r"^\S+: (?:contract violation|arity mismatch)", "car: contract violation", "contract").of("racket").is(Category::TypeError),
    cause(9, "in procedure ", r"^(?:ERROR: )?In procedure \S+: (?P<message>\S.*)", "In procedure car: Wrong type argument in position 1 (expecting pair): ()", "In procedure").of("guile").is(Category::RuntimeError),
    cause(9, "no code for module", r"no code for module \(", "ERROR: no code for module (shop cart)", "code").of("guile").is(Category::Dependency),
    cause(9, "actual: ", r"^(?:actual|expected): +\S", "actual:     30", "actual x").of("rackunit").is(Category::AssertionFailure),
    // Prolog: SWI-Prolog and its test frameworks.
    cause(10, ": failed|: wrong |: received|: succeeded|: assertion|: did not|: must ", r"^(?:ERROR: )?\s+test (?P<test>\S.*): (?P<message>(?:failed|wrong|received|succeeded|assertion|did not|must).*)", "\ttest grandparent: failed", "test x: ok").of("plunit").is(Category::AssertionFailure),
    cause(9, "expected: |found: |got: ", r"^ERROR:\s+(?:Expected|Found|Got): ", "ERROR:     Expected: [b,c]", "expected").of("plunit").is(Category::AssertionFailure),
    test(8, "**failed|..failed", r"^(?:ERROR: )?\[\d+/\d+\] (?P<test>\S+) ?\.+ ?\*{0,2}(?i:failed)", "[3/27] family:grandparent ..failed (0.001 sec)", "[1/2] x ..passed").of("plunit"),
    cause(10, "unknown procedure", r"^(?:ERROR|Warning):.* [Uu]nknown procedure:? (?P<code>\S+)|catch/3: Unknown procedure", "ERROR: -g main: catch/3: Unknown procedure: totl/2", "procedure").of("swipl").is(Category::FunctionError),
    cause(10, "error: ", r"^ERROR: (?P<path>\S+\.(?:pl|plt|pro)):(?P<line>\d+):\d+: Syntax error: ", "ERROR: /w/cart.pl:12:5: Syntax error: Operator expected", "ERROR: x").of("swipl").is(Category::SyntaxError),
    symptom(2, "error: -g |**failed|tests failed|goal (", r"^ERROR: -g .*: (?:false|raised exception)|^\s*\*\*FAILED |^% (?:[1-9]\d* )tests? failed|^ERROR: \S+\.(?:pl|plt):\d+:$", "ERROR: -g run_tests: false", "ERROR: -g main: Unknown").of("swipl"),
    cause(7, "goal (", r"^(?:Warning|ERROR):.*[Gg]oal \((?:directive|initialization)\) (?:failed|raised)", "Warning: Goal (directive) failed: user:main", "Goal").of("swipl").is(Category::RuntimeError),
    // Tcl and tcltest, DejaGnu.
    test(8, "==== ", r"^==== (?P<test>\S+ \S.*) FAILED$", "==== decode-1.0 plus is a blank FAILED", "==== decode-1.0 FAILED").of("tcltest"),
    cause(10, "---- result should", r"^---- Result should have been\b", "---- Result should have been (exact matching):", "---- x").of("tcltest").is(Category::AssertionFailure),
    cause(10, "---- test generated|---- return code|---- errorinfo", r"^---- (?:Test generated error|Return code should|errorInfo:)", "---- Return code should have been one of: 0 2", "---- x").of("tcltest").is(Category::AssertionFailure),
    symptom(1, "\ttotal\t|---- |====", r"^\S+:\s+Total\s+\d+\s+Passed|^==== \S+ FAILED$|^---- \S+ start", "all.tcl:\tTotal\t27\tPassed\t25\tSkipped\t1\tFailed\t1", "Total").of("tcltest"),
    cause(9, "invalid command name", r"^(?:Error: )?invalid command name \x22", "invalid command name \x22totl\x22", "invalid command").of("tcl").is(Category::FunctionError),
    cause(9, "no such variable|no such element in array", r#"^can't read "[^"]*": no such (?:variable|element)"#, "can't read \x22x\x22: no such variable", "no such variable").of("tcl").is(Category::FunctionError),
    cause(9, "wrong # args", r"^wrong # args: should be ", "wrong # args: should be \x22total c\x22", "args").of("tcl").is(Category::FunctionError),
    cause(9, "can't find package", r"^can't find package ", "can't find package shop", "package").of("tcl").is(Category::Dependency),
    cause(9, "missing close-b|extra characters after close-", r"^(?:missing close-(?:brace|bracket|quote)|extra characters after close-)", "missing close-brace", "missing").of("tcl").is(Category::SyntaxError),
    test(8, "fail: ", r"^FAIL: (?P<test>\S+\.(?:exp|c|cc|C|adb|f90|go)\b.*)", "FAIL: gcc.dg/a.c (test for excess errors)", "FAIL: x").of("dejagnu").is(Category::AssertionFailure),
];
