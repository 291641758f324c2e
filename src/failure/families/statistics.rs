//! Languages of numbers: R and testthat, Octave and MATLAB, Julia.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, summary, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "statistics",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(9, "* checking ", r"^\* checking .* \.\.\. (?:\[.*\] )?(?:WARNING|ERROR)$", "* checking for missing documentation entries ... WARNING", "* checking x ... OK").of("R CMD check"),
    symptom(2, "cmd check found", r"^Error: R CMD check found (?:WARNING|ERROR)s", "Error: R CMD check found WARNINGs", "R CMD check"),
    // R.
    cause(9, "error in ", r"^(?:Quitting from lines.*)?Error in (?P<code>.+?) ?: ?(?P<message>\S.*)?$", "Error in clamp(x, 0, 900) : x is too long", "an error in x").of("R").is(Category::RuntimeError),
    cause(11, "could not find function|argument \x22", r"could not find function (?:\x22|“)|^Error.*: object '[^']+' not found|argument \x22\w+\x22 is missing, with no default|unused argument \(", "Error in clamp(x) : could not find function \x22clamp\x22", "could not find").of("R").is(Category::FunctionError),
    cause(11, "object '", r"^\s*(?:Error.*: |! )?object '[^']+' not found", "Error: object 'totl' not found", "object 'x' is").of("R").is(Category::FunctionError),
    cause(10, "non-numeric argument|invalid 'type'|is not subsettable|non-conformable", r"non-numeric argument to|invalid 'type' \(\w+\) of argument|object of type '\w+' is not subsettable|non-conformable arg", "Error in a + b : non-numeric argument to binary operator", "argument").of("R").is(Category::TypeError),
    cause(10, "unexpected ", r"^Error(?: in .*)?: (?:\S*:\d+:\d+: )?unexpected (?:symbol|string constant|numeric constant|end of input|'.*'|input)", "Error: unexpected symbol in \x22x y\x22", "unexpected").of("R").is(Category::SyntaxError),
    cause(11, "error: dependenc|is not available for package|there is no package called|package required but not available|packages required but not available|namespace ‘", r"^ERROR: dependenc(?:y|ies) .* (?:is|are) not available for package|there is no package called|^Packages? (?:suggested|required) but not available:|namespace ‘\S+’ .*(?:is being loaded|is already loaded), but .* required", "ERROR: dependency 'sf' is not available for package 'shop'", "package").of("R").is(Category::Dependency),
    cause(9, "installation of package|installation of one|package ‘|unable to install", r"^(?:Warning(?: message)?:? ?)?(?:.*installation of (?:one or more packages|package .*) (?:failed|had non-zero)|.*package ‘.*’ is not available (?:for|\())", "installation of package ‘sf’ had non-zero exit status", "package").of("R").is(Category::Dependency),
    cause(8, "compilation failed for package|lazy loading failed|error: package installation|unable to load shared object|configuration failed for", r"^ERROR: (?:compilation|lazy loading|loading|configuration) failed for package|unable to load shared object", "ERROR: lazy loading failed for package ‘shop’", "lazy loading").of("R").is(Category::BuildCompile),
    test(5, "* checking ", r"^\* checking (?P<test>\S.*) \.\.\.(?: \[.*\])? (?:ERROR|WARNING)$", "* checking examples ... ERROR", "* checking x ... OK").of("R CMD check"),
    symptom(2, "execution halted|error: test failures|running examples in|status: 0|running the tests in|calls: ", r"^\s*Execution halted|^\s*(?:Error|! )?:? ?Test failures|^Running examples in .* failed|^Running the tests in .* failed|^Status: \d+ (?:ERROR|WARNING|NOTE)|^Calls: \S", "Running examples in ‘shop-Ex.R’ failed", "running").of("R"),
    noise("* checking ", r"^\* checking .* \.\.\.(?: \[.*\])? (?:OK|NOTE|SKIPPED|INFO)$", "* checking for errors in 'configure' ... OK", "* checking examples ... ERROR"),
    noise("warn ", r"^\[ FAIL \d+ \| WARN \d+ \| SKIP \d+ \| PASS \d+ \]", "[ FAIL 0 | WARN 0 | SKIP 0 | PASS 50 ]", "FAIL"),
    // testthat, tinytest, lintr.
    test(9, "── ", r"^\s*── (?:\d+\. )?(?P<code>Failure|Error) \((?:'?(?P<path>[^:']+?)(?:'|:|#)[^)]*)\): (?P<test>.*?) ?─*$", "── Failure ('test-cart.R:5:3'): sums up ─────", "── Test ──").of("testthat").is(Category::AssertionFailure),
    cause(10, " not equal to | not identical to |isn't true|is not true|isn't false|not strictly|did not throw|not match|threw an |not equivalent to|not `null`|is `", r"^\s*(?:Error: )?(?P<message>(?:[`\w][^:]*)? ?(?:\(`?(?:actual|expected)`?\) )?(?:(?:is )?not (?:equal|identical|equivalent) to .*|(?:is not|isn't) (?:TRUE|FALSE|true|false|strictly .*|NULL|`NULL`)\.?|did not throw .*|threw an (?:unexpected |)\w+.*|does not match .*|has length \d+, not length \d+\.?))$", "`total(c)` (`actual`) not equal to 35 (`expected`).", "it is not true: x").of("testthat").is(Category::AssertionFailure),
    cause(8, "`actual`|`expected`", r"^\s*`(?:actual|expected)`(?:\[.*\])?: ", "  `actual`: 30", "actual").of("testthat").is(Category::AssertionFailure),
    cause(8, "[0] ", r"^\[\d+\]\s+\S+ - \S+ == \S+$", "[1] 30 - 35 == -5", "[1] x").of("testthat").is(Category::AssertionFailure),
    cause(9, "style: [|warning: [|error: [", r"^(?P<path>\S+\.R(?:md)?):(?P<line>\d+):\d+: (?:style|warning|error): \[(?P<code>\w+)\]", "R/cart.R:3:5: style: [assignment_linter] Use <-, not =.", "R/a.R:3: x").of("lintr").is(Category::LintFormat),
    cause(9, "failed[", r"^----- FAILED\[\w*\]: (?P<path>\S+)<(?P<line>\d+)", "----- FAILED[data]: test_cart.R<12--12>", "data: x").of("tinytest").is(Category::AssertionFailure),
    // Octave and MATLAB.
    cause(11, " exceeds tol |err ", r"^\s*\(\S*\)\s+\S+\s+\S+\s+(?:(?:Abs|Rel) err \S+ exceeds tol|.*mismatch|Class .* != )", "     (1)          0.5           1         Abs err 0.5 exceeds tol 1e-09 by 0.5", "err").of("octave").is(Category::AssertionFailure),
    cause(9, "assert errors for:|assert (", r"^(?:error: )?ASSERT errors for: |^error: assert \(", "ASSERT errors for:  assert (y,[1, 2],1e-9)", "ASSERT x").of("octave").is(Category::AssertionFailure),
    test(8, "!!!!! ", r"^\s*!!!!! (?:test|regression|assert|error) ?.*failed", "!!!!! test failed", "!!!!! x").of("octave").is(Category::AssertionFailure),
    cause(10, "' undefined|undefined near|unrecognized function or variable", r"^(?:error: )?(?:'(?P<code>\w+)' undefined\b|undefined near|Unrecognized function or variable)", "error: 'totl' undefined", "undefined").of("octave").is(Category::FunctionError),
    cause(10, "nonconformant arguments|out of bound|index (", r"^error: (?:\S+: )?(?:operator \S+ nonconformant arguments|nonconformant|index \(|\S+ ?out of bound)", "error: operator +: nonconformant arguments (op1 is 1x2, op2 is 1x3)", "error: x").of("octave").is(Category::RuntimeError),
    cause(10, "parse error", r"^(?:error: )?parse error(?: near line \d+.*|:)$", "parse error near line 12 of file cart.m", "parse errors").of("octave").is(Category::SyntaxError),
    symptom(2, "error: called from|summary: 0|pass   ", r"^error: called from|^Summary: \d+ tests?|^\s+(?:PASS|FAIL)\s+\d+$", "error: called from", "called"),
    test(8, "failed in", r"^Verification failed in (?P<test>\S+?)\.$|^(?:Assertion|Verification|Fatal assertion) failed in (?P<name>\S+?)\.?$", "Verification failed in CartTest/sumsUp.", "failed").of("matlab"),
    cause(9, "failed.", r"^\s*(?:verify|assert)\w+ failed\.$|^\s*--> (?:The values are not equal|NumericComparator failed)", "    verifyEqual failed.", "x failed.").of("matlab").is(Category::AssertionFailure),
    // Julia.
    cause(10, "test failed at|error during test at", r"^(?P<test>.*?):? ?(?:Test Failed|Error During Test) at (?P<path>\S+?):(?P<line>\d+)$", "cart: Test Failed at /w/test/runtests.jl:9", "Test failed").of("julia").is(Category::AssertionFailure),
    cause(9, "evaluated:|expression:", r"^\s+(?:Evaluated|Expression): \S", "   Evaluated: 30 == 35", "Expression x").of("julia").is(Category::AssertionFailure),
    cause(10, "error: loaderror: ", r"^ERROR: LoadError: (?P<message>(?:[A-RT-Za-z]|S[a-np-z]).*)", "ERROR: LoadError: syntax: incomplete", "ERROR: LoadError: Some tests did not pass").of("julia").is(Category::RuntimeError),
    cause(11, "undefvarerror|methoderror: ", r"^(?:ERROR: )?(?:LoadError: )?\s*(?:UndefVarError: |MethodError: no method matching)", "ERROR: LoadError: UndefVarError: totl not defined", "Method").of("julia").is(Category::FunctionError),
    cause(10, "not found in current path|unsatisfiable requirements|expected package", r"^ERROR: (?:LoadError: )?(?:ArgumentError: Package \S+ (?:not found in current path|does not have)|Unsatisfiable requirements detected|expected package)", "ERROR: LoadError: ArgumentError: Package Shop not found in current path.", "ERROR: x").of("julia").is(Category::Dependency),
    symptom(2, "some tests did not pass|errored during testing", r"Some tests did not pass|^ERROR: Package \S+ errored during testing|^in expression starting at ", "ERROR: Package Shop errored during testing", "tests passed"),
    summary(2, "test summary:", r"^Test Summary:\s+\|", "Test Summary: | Pass  Fail  Total", "Summary").of("julia"),
];
