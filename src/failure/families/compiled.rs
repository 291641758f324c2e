//! Compiled languages with a few rules each: Ada, COBOL, D, Fortran, Nim, Pascal, Zig, Crystal, V.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, summary, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "compiled",
    rules: RULES,
};

const RULES: &[Rule] = &[
    // Ada: GNAT, gprbuild, Alire, AUnit.
    cause(10, "raised ", r"^raised (?P<code>[A-Z][A-Z0-9_.]+)(?: : (?P<message>.*))?$", "raised CONSTRAINT_ERROR : sensors.adb:5 range check failed", "raised hopes").of("gnat").is(Category::RuntimeError),
    cause(11, "assert_failure|assertion_error", r"raised \S*(?:ASSERT_FAILURE|ASSERTION_ERROR)\b", "raised SYSTEM.ASSERTIONS.ASSERT_FAILURE : cart.adb:12", "raised").of("gnat").is(Category::AssertionFailure),
    cause(11, "storage_error", r"raised STORAGE_ERROR\b", "raised STORAGE_ERROR : stack overflow or erroneous memory access", "storage").of("gnat").is(Category::MemoryError),
    cause(10, ".adb:0|.ads:0", r"^(?P<path>\S+\.ad[bs]):(?P<line>\d+):\d+: (?:error: )?(?P<message>(?:[a-hjkm-vx-z\x22]|inv|inc).*)$", "cart.adb:12:7: missing \x22;\x22", "a.adb:1:1: warning: x").of("gnat").is(Category::BuildCompile),
    cause(11, ".adb:0|.ads:0", r"^\S+\.ad[bs]:\d+:\d+: (?:error: )?.*(?:is undefined|not visible|no visible|is not declared|undefined)", "cart.adb:12:7: error: \x22Totl\x22 is undefined", "cart.adb:1:1: missing").of("gnat").is(Category::FunctionError),
    cause(11, ".adb:0|.ads:0", r"^\S+\.ad[bs]:\d+:\d+: (?:error: )?(?:expected (?:private )?type|found type|invalid operand types)", "cart.adb:12:7: error: expected type \x22Standard.Integer\x22", "cart.adb:1:1: missing").of("gnat").is(Category::TypeError),
    cause(11, ".adb:0|.ads:0", r"^\S+\.ad[bs]:\d+:\d+: (?:error: )?(?:missing|syntax error|unexpected|\x22.*\x22 should be|statement expected)", "cart.adb:12:7: missing \x22;\x22", "cart.adb:1:1: x").of("gnat").is(Category::SyntaxError),
    noise(".adb:|.ads:", r"^\S+\.ad[bs]:\d+:\d+: (?:warning|info|medium|low): ", "a.adb:1:1: warning: variable is not referenced", "a.adb:1:1: error: x"),
    symptom(2, "terminated by unhandled exception|gprbuild: ***|gnatmake: ***|compilation of |call stack traceback", r"^Execution of \S+ terminated by unhandled exception|^(?:gprbuild|gnatmake|gnatbind|gnatlink): \*\*\* |^Call stack traceback locations:|^\s+compilation of \S+ failed", "Execution of ./main terminated by unhandled exception", "terminated").of("gnat"),
    noise("0x0", r"^(?:0x[0-9a-f]+\s*){2,}$", "0x5644bfcabf92 0x5644bfcab6ce 0x7f5cd6c45248", "0x55"),
    // COBOL: GnuCOBOL.
    cause(11, ".cbl:0|.cob:0|.cpy:0", r"^(?P<path>\S+\.(?:cbl|cob|cpy)):\s?(?P<line>\d+): [Ee]rror: (?P<message>.* is not defined.*)", "src/a.cbl:8: error: 'WS-TOTAL' is not defined", "a.cbl:8: error: syntax").of("cobc").is(Category::FunctionError),
    cause(11, ".cbl:0|.cob:0|.cpy:0", r"^(?P<path>\S+\.(?:cbl|cob|cpy)):\s?(?P<line>\d+): [Ee]rror: (?P<message>(?:syntax error|unexpected|missing|unbalanced).*)", "src/a.cbl:8: error: syntax error, unexpected END", "a.cbl:8: error: x").of("cobc").is(Category::SyntaxError),
    cause(10, "libcob:", r"^libcob: (?:\S+:\d+: )?error: (?P<message>.*)", "libcob: error: module 'PRICES' not found", "libcob: x").of("cobc").is(Category::RuntimeError),
    noise(".cbl: in|.cob: in|.cbl:0|.cob:0", r"^\S+\.(?:cbl|cob|cpy): [Ii]n |^\S+\.(?:cbl|cob|cpy):\s?\d+: [Ww]arning: ", "a.cbl: in paragraph 'MAIN':", "a.cbl:8: error: x"),
    // Fortran: gfortran, flang, ifx, fpm, pFUnit.
    cause(10, "error: ", r"^(?:Fatal )?Error: (?P<message>.*(?: at \(1\)|IMPLICIT type|Fortran|module file).*)", "Error: Symbol 'totl' at (1) has no IMPLICIT type", "Error: x").of("gfortran").is(Category::BuildCompile),
    cause(11, "no implicit type|has no implicit|no specific function|no explicit interface", r"^Error: .*(?:has no IMPLICIT type|no specific (?:function|subroutine)|There is no specific)", "Error: Symbol 'totl' at (1) has no IMPLICIT type", "Error: x").of("gfortran").is(Category::FunctionError),
    cause(11, "type mismatch|can't convert|rank mismatch|operands of", r"^Error: (?:Type mismatch|Can't convert|Rank mismatch|Operands of|Incompatible ranks|Different (?:shape|type))", "Error: Type mismatch in argument 'n' at (1); passed REAL(4) to INTEGER(4)", "Error: x").of("gfortran").is(Category::TypeError),
    cause(11, "unclassifiable statement|syntax error in|expecting end|unexpected end of file|invalid character in name", r"^(?:Fatal )?Error: (?:Unclassifiable statement|Syntax error in|Expecting END|Unexpected|Invalid character in name|End of file)", "Error: Unclassifiable statement at (1)", "Error: x").of("gfortran").is(Category::SyntaxError),
    cause(11, "cannot open module file", r"Cannot open module file '(?P<path>[^']+)'", "Fatal Error: Cannot open module file 'cart.mod' for reading at (1): No such file or directory", "module file").of("gfortran").is(Category::Dependency),
    cause(11, "fortran runtime error", r"^Fortran runtime error: (?P<message>.*)", "Fortran runtime error: Index '11' of dimension 1 of array 'a' above upper bound of 10", "runtime error").of("gfortran").is(Category::RuntimeError),
    cause(8, "error stop", r"^ERROR STOP\b", "ERROR STOP prices differ", "error stopping").of("gfortran").is(Category::RuntimeError),
    cause(10, "error #0", r"^(?P<path>\S+\.[fF]\w*)\((?P<line>\d+)\): (?:catastrophic )?error #(?P<code>\d+): (?P<message>.*)", "cart.f90(12): error #6404: This name does not have a type", "error #1").of("ifx").is(Category::BuildCompile),
    symptom(3, "at line 0", r"^At line \d+ of file \S+", "At line 12 of file cart.f90", "at line"),
    // Pascal: Free Pascal, Delphi, FPCUnit.
    cause(10, "error: |fatal: ", r"^(?P<path>\S+\.(?:pas|pp|lpr|dpr|inc))\((?P<line>\d+)(?:,\d+)?\) (?:Error|Fatal): (?P<message>.*)", "cart.pas(9,11) Error: Wrong number of parameters", "cart.pas(9,11) Hint: x").of("fpc").is(Category::BuildCompile),
    cause(11, "identifier not found|identifier idents no member|undeclared identifier", r"(?:Error|Fatal)\S*: (?:Identifier not found|identifier idents no member|Identifier idents no member)|E2003 Undeclared identifier", "cart.pas(9,11) Error: Identifier not found \x22Format\x22", "identifier").of("fpc").is(Category::FunctionError),
    cause(11, "syntax error, ", r"\) Fatal: Syntax error, ", "cart.pas(12,1) Fatal: Syntax error, \x22;\x22 expected but \x22END\x22 found", "syntax error").of("fpc").is(Category::SyntaxError),
    cause(11, "incompatible types: got|incompatible type for arg", r"Error: Incompatible types?(?:: got| for arg)", "cart.pas(12,1) Error: Incompatible types: got \x22ShortString\x22 expected \x22LongInt\x22", "incompatible types").of("fpc").is(Category::TypeError),
    cause(11, "can't find unit", r"Fatal: Can't find unit (?P<code>\w+)", "cart.pas(3,6) Fatal: Can't find unit Shop used by Cart", "unit").of("fpc").is(Category::Dependency),
    cause(9, "runtime error 0", r"^Runtime error (?P<code>\d+) at \$", "Runtime error 216 at $0000000000401C2A", "runtime error: x").of("fpc").is(Category::RuntimeError),
    cause(9, "exception occurred at $", r"^An unhandled exception occurred at \$", "An unhandled exception occurred at $0000000000401C2A:", "exception").is(Category::RuntimeError),
    cause(10, "error] ", r"^\[?dcc\d* (?:Fatal )?Error\] (?P<path>[^(]+)\((?P<line>\d+)\): (?P<code>[EF]\d+) (?P<message>.*)", "[dcc32 Error] Cart.pas(12): E2010 Incompatible types", "Error] x").of("delphi").is(Category::BuildCompile),
    symptom(1, "fatal: |returned an error exitcode", r"\(\d+\) Fatal: There were \d+ errors|^Fatal: Compilation aborted|returned an error exitcode$", "Error: /usr/bin/ppcx64 returned an error exitcode", "Fatal: x").of("fpc"),
    noise(") hint: |) note: |) warning: ", r"^\S+\.(?:pas|pp|lpr|dpr|inc)\(\d+(?:,\d+)?\) (?:Hint|Note|Warning): ", "cart.pas(5,24) Hint: Parameter \x22Code\x22 not used", "cart.pas(5) Error: x"),
    // Nim.
    cause(9, "error: ", r"^(?P<path>\S+\.(?:nim|nims|d))\((?P<line>\d+)(?:, ?\d+)?\):? Error: (?P<message>.*)", "/w/src/cart.nim(14, 10) Error: type mismatch: got 'string'", "a.nim: x").of("nim").is(Category::BuildCompile),
    cause(11, "error: undeclared|error: undefined identifier|error: no property|error: template instance", r"^\S+\.(?:nim|nims|d)\(\d+(?:, ?\d+)?\):? Error: (?:undeclared (?:identifier|field|routine)|undefined identifier|no property)", "/w/src/cart.nim(14, 10) Error: undeclared identifier: 'totl'", "Error: x").of("nim").is(Category::FunctionError),
    cause(10, "error: cannot open file", r"^\S+\.nim\(\d+, ?\d+\) Error: cannot open file: ", "/w/cart.nim(1, 8) Error: cannot open file: shop", "cannot open").of("nim").is(Category::Dependency),
    cause(11, "check failed: ", r"^\s*(?P<path>\S+\.nim)\((?P<line>\d+), ?\d+\): (?:Check|Require) failed: (?P<message>.*)", "    /w/tests/tcart.nim(83, 36): Check failed: total(c) == 35", "Check failed: x").of("nim").is(Category::AssertionFailure),
    cause(10, "unhandled exception: ", r"^(?:fatal\.nim\(\d+\)|Error: unhandled exception|\S*Error: unhandled exception): ?(?P<message>.*\[(?P<code>\w+(?:Defect|Error))\])", "Error: unhandled exception: index 3 not in 0 .. 2 [IndexDefect]", "unhandled exception").of("nim").is(Category::RuntimeError),
    test(8, "[failed] ", r"^\s*\[FAILED\] (?P<test>\S.*)", "  [FAILED] quoted separators stay", "[OK] x"),
    symptom(1, "error: execution of an external", r"^Error: execution of an external (?:program|compiler program) ", "Error: execution of an external program failed: 'tests/tcart'", "execution").of("nim"),
    noise("hint: |[ok]", r"^(?:Hint: |\s*\[OK\] |\S+\.nim\(\d+, \d+\) (?:Hint|Warning): )", "Hint: used config file 'error.cfg' [Conf]", "Error: x"),
    // D, Crystal, V, Zig.
    cause(10, "core.exception.", r"^(?P<code>core\.exception\.\w+)@(?P<path>[^(]+)\((?P<line>\d+)\): (?P<message>.*)", "core.exception.AssertError@source/cart.d(14): 30 != 35", "core.exception").of("d"),
    cause(9, "undefined local variable|undefined method|undefined constant", r"^Error: undefined (?:local variable or method|method|constant)", "Error: undefined local variable or method 'totl' for Shop", "undefined").of("crystal").is(Category::FunctionError),
    cause(10, "unhandled exception: ", r"^Unhandled exception: (?P<message>.* \((?P<code>[A-Z]\w*(?:::\w+)*(?:Error|Exception)?)\))$", "Unhandled exception: Index out of bounds (IndexError)", "Unhandled exception: x").of("crystal").is(Category::RuntimeError),
    cause(10, ".zig:0", r"^(?P<path>\S+\.zig):(?P<line>\d+):\d+: error: (?P<message>.*)", "src/main.zig:12:5: error: expected type 'u8', found 'bool'", "a.zig:1:2: note: x").of("zig").is(Category::BuildCompile),
    cause(11, "use of undeclared identifier|no field or member|no member named|has no member", r"^\S+\.zig:\d+:\d+: error: (?:use of undeclared identifier|.*has no (?:field or )?member|no field)", "src/main.zig:12:5: error: use of undeclared identifier 'totl'", "a.zig:1:2: error: x").of("zig").is(Category::FunctionError),
    cause(11, "expected type '", r"^\S+\.zig:\d+:\d+: error: expected type '", "src/main.zig:12:5: error: expected type 'u8', found 'bool'", "a.zig:1:2: error: x").of("zig").is(Category::TypeError),
    test(8, "fail (", r"^\d+/\d+ (?P<test>\S.*?)\.\.\.(?:expected|FAIL \()", "2/3 cart.test.sums up...FAIL (TestExpectedEqual)", "1/3 a...OK").of("zig test"),
    cause(9, "expected 0", r"^(?:\d+/\d+ \S.*\.\.\.)?expected \S+, found \S+$", "expected 35, found 30", "expected x").is(Category::AssertionFailure),
    summary(2, "the following command failed|build summary:", r"^(?:error: the following (?:build|test) command (?:failed|exited)|Build Summary: .* failed)", "Build Summary: 1/3 steps succeeded; 1 failed", "Build Summary: 3/3 steps succeeded").of("zig"),
    cause(9, ".v:0", r"^(?P<path>\S+\.v):(?P<line>\d+):\d+: error: (?P<message>.*)", "src/main.v:3:5: error: undefined ident: `totl`", "a.v: x").of("v").is(Category::BuildCompile),
];
