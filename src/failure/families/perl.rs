//! Perl and Raku: interpreter, prove and other TAP harnesses, perlcritic, cpanm.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, summary, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "perl",
    rules: RULES,
};

const RULES: &[Rule] = &[
    // The interpreter.
    cause(10, "syntax error at ", r"^syntax error at (?P<path>\S+) line (?P<line>\d+), (?:near |at )", "syntax error at lib/A.pm line 7, near \x225 {\x22", "syntax error").of("perl").is(Category::SyntaxError),
    cause(10, "missing right curly|can't find string terminator|unmatched right|unrecognized character|number found where|string found where|bareword found where|search pattern not terminated|substitution replacement not", r"^(?:Missing right (?:curly|square)|Can't find string terminator|Unmatched right|Unrecognized character|Search pattern not terminated|Substitution (?:pattern|replacement) not terminated).* at \S+ line \d+", "Missing right curly or square bracket at a.pl line 12, at end of line", "Missing right").of("perl").is(Category::SyntaxError),
    cause(10, "global symbol \"|bareword \"|undefined subroutine|can't locate object method|not enough arguments for|too many arguments for", r"^(?:Global symbol \S+ requires explicit package name|Bareword \S+ not allowed while|Undefined subroutine &\S+ called|Can't locate object method|(?:Not enough|Too many) arguments for)", "Undefined subroutine &main::totl called at a.pl line 3.", "Undefined").of("perl").is(Category::FunctionError),
    cause(10, "can't locate ", r"Can't locate (?P<code>\S+\.p[ml]) in @INC", "Can't locate A/B.pm in @INC (you may need to install the A::B module)", "locate").of("perl").is(Category::Dependency),
    cause(9, "version 0", r"^\S+ version \S+ required--this is only version ", "List::Util version 1.50 required--this is only version 1.33 at a.pl line 3.", "version 5").of("perl").is(Category::Dependency),
    cause(9, "illegal |can't use |can't call|reference at|read-only|attempt to reload|deep recursion|can't open|can't exec|can't coerce|died at", r"^(?:Illegal (?:division|modulus)|Can't use (?:an undefined value|string|undefined|\S+ value)|Can't call method|Not an? (?:ARRAY|HASH|CODE|SCALAR) reference|Modification of a read-only|Attempt to reload|Deep recursion|Can't (?:open|coerce|exec|modify)|Died)\b.* at \S+ line \d+", "Illegal division by zero at lib/A.pm line 7.", "Illegal division").of("perl").is(Category::RuntimeError),
    cause(7, ".pl line|.pm line|.t line|cgi line|psgi line", r"^(?P<message>\S.*) at (?P<path>\S+\.(?:pl|pm|t|cgi|psgi)) line (?P<line>\d+)(?:\.|,)", "bad thing at a.pl line 12.", "at line").of("perl").is(Category::RuntimeError),
    cause(9, "out of memory", r"^Out of memory!|^Out of memory (?:in|during) ", "Out of memory!", "memory").of("perl").is(Category::MemoryError),
    symptom(2, "compilation failed in require|begin failed--|had compilation errors|had too many errors|end failed--", r"^(?:Compilation failed in require|BEGIN failed--|END failed--|.* had (?:compilation|too many) errors\.)", "BEGIN failed--compilation aborted at a.t line 2.", "compilation").of("perl"),
    // Test::More, TAP and their harnesses.
    test(9, "failed test", r"^\s*#\s+Failed test (?:\d+, )?(?P<test>['\x22].*['\x22]|at .*)$", "#   Failed test 'sums up'", "# Looks like you failed 1 test of 4.").of("perl").is(Category::AssertionFailure),
    cause(10, "got:", r"^\s*#\s+got: ", "#          got: '30'", "# got").of("perl").is(Category::AssertionFailure),
    cause(9, "expected:", r"^\s*#\s+expected: ", "#     expected: '35'", "# expected").of("perl").is(Category::AssertionFailure),
    cause(10, "structures begin|$got|doesn't match|isn't|compared ", r"^\s*#\s+(?:Structures begin differing|\$got\S* = |.*doesn't match '|(?:The|An) object of class .* isn't|Compared \$)", "#          $got->[0] = '1'", "# got").of("perl").is(Category::AssertionFailure),
    cause(8, "tried to use|tried to require|error:  ", r"^\s*#\s+(?:Tried to (?:use|require) |Error:  )", "#     Tried to use 'A::B'.", "# tried").of("perl").is(Category::Dependency),
    test(8, "not ok 0", r"^\s*not ok \d+(?: - (?P<test>[^#]*[^#\s]))?\s*(?:# (?:[a-z(].*)?)?$", "not ok 3 - sums up", "ok 3 - x"),
    test(9, "dubious", r"^\s*(?:(?P<test>\S+) \.+ ?)?Dubious, test returned", "t9502-x.sh ............ Dubious, test returned 1 (wstat 256, 0x100)", "dubious").of("prove").is(Category::AssertionFailure),
    test(8, "subtests|failed test", r"^\s*Failed \d+/\d+ subtests|^\s*Failed tests?(?: number\(s\))?:\s+\d+", "Failed 1/20 subtests", "subtests").of("prove").is(Category::AssertionFailure),
    summary(4, "(wstat:", r"^(?P<test>\S+)\s+\(Wstat: \d+", "t/a.t (Wstat: 256 Tests: 3 Failed: 1)", "wstat").of("prove").is(Category::AssertionFailure),
    cause(8, "parse errors: ", r"^\s*Parse errors: (?:Tests out of sequence|Unknown TAP|More than one plan|Plan)", "  Parse errors: Tests out of sequence.  Found (2) but expected (3)", "Parse errors: No plan found in TAP output").of("prove"),
    symptom(3, "parse errors:|non-zero exit status:|non-zero wait status:", r"^\s*(?:Parse errors: (?:No plan|Bad plan)|Non-zero (?:exit|wait) status: \d+)", "  Non-zero exit status: 1", "exit").of("prove"),
    symptom(2, "result: fail|no subtests run|failed 0|looks like your test|looks like you |you failed 0|bail out", r"^Result: FAIL|^\s*No subtests run|^Failed \d+/\d+ test (?:programs|scripts)|^\s*# Looks like your? |^\s*# You failed \d", "# Looks like you failed 1 test of 4.", "Result: PASS").of("prove"),
    cause(9, "bail out!", r"^Bail out!\s+\S", "Bail out!  cannot reach the database", "bail").of("prove"),
    symptom(1, "test summary report", r"^Test Summary Report", "Test Summary Report", "Report").of("prove"),
    noise("... ok|.. ok|... skipped", r"^\S+\.(?:t|sh|rakutest|t6) \.+ (?:ok|skipped)\b", "t/a-error.t ... ok", "t/a.t ... Dubious"),
    // Perl::Critic, perltidy, cpanm, Dist::Zilla.
    cause(9, "severity:", r"^(?P<message>\S.*) at (?:(?P<path>\S+) )?line (?P<line>\d+), column \d+\.\s.*\(Severity: \d\)", "Code before strictures are enabled at line 3, column 1.  See page 429 of PBP.  (Severity: 5)", "severity").of("perlcritic").is(Category::LintFormat),
    cause(10, "! couldn't find|! finding ", r"^! (?:Couldn't find module or a distribution|Finding \S+ .*on .* failed|Can't configure|Failed to (?:fetch|download|upgrade))", "! Couldn't find module or a distribution Acme::X (2.0)", "! x").of("cpanm").is(Category::Dependency),
    cause(8, "! installing ", r"^! (?:Installing|Testing|Configuring) (?:the dependencies|\S+) failed", "! Installing the dependencies failed: Module 'A' is not installed", "Installing").of("cpanm").is(Category::Dependency),
    symptom(2, "! bailing out|! couldn't|-> fail|see ", r"^! Bailing out |^-> FAIL ", "! Bailing out the installation for A-1.0.", "bailing").of("cpanm"),
    // Raku.
    cause(10, "===sorry!===", r"^===SORRY!===\s*\S", "===SORRY!=== Error while compiling lib/A.rakumod", "SORRY").of("raku").is(Category::BuildCompile),
    cause(10, "undeclared |no such method|no such symbol|could not find ", r"^\s*(?:Undeclared (?:routine|name|variable)s?:|No such (?:method|symbol) '|Could not find \S+ in:)", "No such method 'totl' for invocant of type 'Cart'", "undeclared").of("raku").is(Category::FunctionError),
    cause(9, "# expected: |#      got: ", r"^\s*# ?\s*(?:expected|got): ['<(\[]", "# expected: 'a,b'", "# expected").of("raku").is(Category::AssertionFailure),
];
