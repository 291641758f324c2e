//! Go: compiler, tests, modules, vet, golangci-lint.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "go",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(10, "inconsistent vendoring", r"^go: (?P<message>inconsistent vendoring in .*)", "go: inconsistent vendoring in /w/shop:", "vendoring").of("go").is(Category::Dependency),
    test(9, "--- fail", r"^\s*--- FAIL: (?P<test>\S+)", "--- FAIL: TestX (0.00s)", "--- PASS: TestX").of("go test"),
    cause(8, "_test.go:", r"^\s+(?P<path>[\w/.-]+_test\.go):(?P<line>\d+): (?P<message>.*)", "    a_test.go:12: got 1, want 2", "a_test.go").of("go test").is(Category::AssertionFailure),
    cause(9, ".go:", r"^(?:\./|\S*/|#? ?)?(?P<path>[\w./@-]+\.go):(?P<line>\d+):\d+: (?P<message>.*)", "./a.go:3:5: undefined: x", "a.go:3").of("go").is(Category::BuildCompile),
    cause(10, ".go:", r"^(?P<path>[\w./@-]+\.go):(?P<line>\d+):\d+: (?P<message>.*) \((?P<code>[a-z]\w+)\)$", "a/b.go:14:2: ineffectual assignment to err (ineffassign)", "a.go:1:2: undefined: x").of("golangci-lint").is(Category::LintFormat),
    cause(9, "[failed]", r"^\s*\[FAILED\] (?P<message>\S.*)", "  [FAILED] Expected", "• [FAILED] [0.003 seconds]").of("ginkgo").is(Category::AssertionFailure),
    test(8, "[fail", r"^\s*(?:• )?\[FAIL(?:ED)?\] (?P<test>[^\[].* \[(?:It|BeforeEach|AfterEach|BeforeSuite|AfterSuite)\].*)|^•+! \[FAILED\]|^• \[FAILED\]", "  [FAIL] Cart when it has two items [It] sums up", "[FAIL] x").of("ginkgo"),
    symptom(1, "test suite failed|fail! --|ginkgo ran", r"^Test Suite Failed$|^FAIL! -- |^Ginkgo ran", "Test Suite Failed", "failed").of("ginkgo"),
    cause(8, ".go:", r"^(?P<path>[\w./@-]+\.go):(?P<line>\d+): (?P<message>\S.*)", "src/a/b.go:4: log redeclared as imported package name", "a.go:3:5: x").of("go").is(Category::BuildCompile),
    cause(8, "panic: ", r"^panic: (?P<message>.*)", "panic: runtime error: index out of range", "panic attack").of("go").is(Category::RuntimeError),
    cause(8, "error trace:|error:", r"^\s+(?:Error Trace|Error|Messages|Test):(?:\t|\s{2,})\s*\S", "        Error:      	Should be true", "Error: x").of("go test").is(Category::AssertionFailure),
    cause(11, "data race", r"WARNING: DATA RACE", "WARNING: DATA RACE", "race").of("go test").is(Category::RuntimeError),
    cause(9, "no required module|cannot find module|cannot find package|missing go.sum|checksum mismatch|unknown revision|go.mod", r"(?:no required module provides|cannot find (?:module|package)|missing go\.sum entry|verifying .*checksum mismatch|unknown revision|go: (?:errors parsing|inconsistent|updates to) )", "a.go:3:2: no required module provides package x", "module").of("go").is(Category::Dependency),
    cause(11, ".go:0", r"^(?:vet: )?(?P<path>[\w./@-]+\.go):(?P<line>\d+):\d+: (?P<message>.*(?:passes lock by value|copies lock value|format %\S+ (?:has arg|reads arg|of wrong type)|(?:Printf|Println|Errorf|Sprintf|Logf|Fatalf?|Infof) (?:call|format|arg list)|result of \S+ call not used|unreachable code|possible misuse of|self-assignment of|composite literal uses unkeyed|struct field tag|should have signature|possible (?:formatting|Printf) directive|cancel function (?:returned by|is not used)|before checking for errors|loop variable \S+ captured|non-constant format string|declaration of \S+ shadows|is not used on all paths|using resp before).*)", "meter/a.go:16:13: Show passes lock by value: acme/toy.Meter", "a.go:1:2: undefined: x").of("go vet").is(Category::LintFormat),
    cause(10, "undefined: |has no field or method|is not a package|not declared by package|not exported by package", r"^(?:vet: )?(?:\S*/|\./)?(?P<path>[\w./@-]+\.go):(?P<line>\d+):\d+: (?P<message>undefined: .*|.*(?:has no field or method|not (?:declared|exported) by package).*)", "./a.go:3:5: undefined: x", "a.go:3:5: declared and not used: x").of("go").is(Category::FunctionError),
    cause(10, "cannot use |mismatched types|cannot convert", r"^(?:vet: )?(?:\S*/|\./)?(?P<path>[\w./@-]+\.go):(?P<line>\d+):\d+: (?P<message>(?:cannot use |invalid operation: .*mismatched types|cannot convert ).*)", "./a.go:3:5: cannot use x (variable of type int) as string value in argument", "./a.go:3:5: undefined: x").of("go").is(Category::TypeError),
    cause(10, "syntax error: ", r"^(?:\S*/|\./)?(?P<path>[\w./@-]+\.go):(?P<line>\d+):\d+: (?P<message>(?:syntax error: |expected '|expected ).*)", "./a.go:3:5: syntax error: unexpected newline", "./a.go:3:5: undefined: x").of("go").is(Category::SyntaxError),
    cause(8, "go: ", r"^go: (?:\S+: )?(?P<message>(?:error|.*(?:reading|unrecognized|invalid|not found|unknown)).*)", "go: example.com/x@v1: reading x: 404", "go: downloading x v1").of("go").is(Category::Dependency),
    cause(9, "test timed out", r"panic: test timed out after", "panic: test timed out after 10m0s", "timed").of("go test").is(Category::Timeout),
    symptom(4, "fail\t", r"^FAIL\t(?P<path>\S+)", "FAIL\texample.com/x\t0.3s", "FAIL x").of("go test"),
    symptom(2, "fail", r"^FAIL$|^exit status \d+$", "FAIL", "FAILED"),
    noise("[signal sig", r"^\[signal SIG\w+: ", "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4f]", "signal: killed"),
    noise("ok  ", r"^ok\s+\t?\S+\s", "ok  \texample.com/errors\t0.01s", "not ok"),
    noise("=== run|=== cont|=== pause|--- pass|--- skip", r"^\s*(?:=== (?:RUN|CONT|PAUSE|NAME)|--- (?:PASS|SKIP))", "=== RUN   TestError", "--- FAIL"),
    noise("?   ", r"^\?\s+\t?\S+\s+\[no test files\]", "?   \texample.com/errors\t[no test files]", "? what"),
];
