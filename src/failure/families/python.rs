//! Python: interpreter, pytest, unittest, nose, tox, type checkers.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, summary, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "python",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(9, "error|exception|warning|exit|interrupt|failed|fail", r"^E\s+(?P<message>(?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Failed|Fail|NotFound|Timeout)\b: ?\S.*)$", "E       ValueError: bad", "E  x = 1").of("pytest"),
    cause(8, "e  ", r"^E\s{2,}(?:assert |Failed: |AssertionError|\S.*(?:!=|==| is | in )).*", "E       assert 1 == 2", "E").of("pytest").is(Category::AssertionFailure),
    cause(7, "e  ", r"^E\s{3,}\S", "E       +  where 1 = f()", "E x").of("pytest"),
    test(8, "____", r"^_{3,} (?P<test>(?:ERROR (?:at|collecting) )?[^_\s].*?) _{3,}$", "_____ TestSetOps.test_isin _____", "______").of("pytest"),
    summary(9, "failed |error ", r"^(?:FAILED|ERROR) (?P<test>\S+\.py\S*(?:::.*?)?)(?: - (?P<message>.*))?$", "FAILED tests/a.py::test_b - ValueError: x", "FAILED (failures=1)").of("pytest"),
    cause(8, "not yet reflected|conflicting migrations", r"have changes that are not yet reflected in a migration|Conflicting migrations detected", "Your models in app(s): 'a' have changes that are not yet reflected in a migration, and so won't be applied.", "reflected").of("django").is(Category::Config),
    cause(9, "warning:|error:|severe:", r"^(?P<path>\S+\.(?:rst|md|py|txt|ipynb))(?::docstring of \S+)?:(?P<line>\d+): (?:WARNING|ERROR|SEVERE|CRITICAL): (?P<message>.*)", "/w/docs/usage.rst:12: WARNING: undefined label: 'x'", "a.py:3: x").of("sphinx").is(Category::BuildCompile),
    noise("out of date", r"^building \[\w+\]: targets for", "building [html]: targets for 41 source files that are out of date", "x is out of date"),
    cause(9, "[*]|--> ", r"^(?P<code>[A-Z]{1,4}\d{3,4}) (?:\[\*\] )?(?P<message>\S.*[^\]])$", "F401 [*] `os` imported but unused", "E123").of("ruff").is(Category::LintFormat),
    cause(9, "because |changed significantly|lock file is not", r"^\s*(?:╰─▶ )?Because .*|pyproject\.toml changed significantly since|lock file is not up to date", "Because shop depends on pandas (^2.2), version solving failed.", "just because").of("poetry").is(Category::Dependency),
    noise("passed", r"^=+ \d+ passed(?:, \d+ (?:skipped|warnings?|deselected|xfailed|xpassed))* in .*=+$", "===== 10 passed in 0.40s =====", "=== 1 failed, 3 passed in 1s ==="),
    cause(6, ".py:0", r"^(?P<path>\S+\.py):(?P<line>\d+): (?P<message>\w*(?:Error|Exception|Failed|Warning))$", "tests/a.py:31: AssertionError", "a.py:3: in f").of("pytest"),
    summary(6, "failed", r"^=+ (?:.*, )?\d+ (?:failed|errors?)\b.* in .*=+$", "==== 1 failed, 3 passed in 0.5s ====", "=== 3 passed in 1s ==="),
    test(8, "fail: |error: ", r"^(?:FAIL|ERROR): (?P<test>[\w.]*[Tt]est\S*.*|\w+ \(.*\)|[\w.]+)$", "FAIL: test_x (a.b.TestC)", "ERROR: could not find it").of("unittest"),
    cause(9, "error|exception|warning|exit|interrupt", r"^\s{0,3}(?P<message>(?:[\w]+\.)*[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Failure|NotFound|Timeout): \S.*)$", "ImportError: No module named 'cv2'", "Error: no module"),
    cause(8, "error|exception|interrupt", r"^(?P<message>(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Interrupt))$", "MemoryError", "an Error"),
    cause(8, "assertionerror", r"^\s*AssertionError\b", "AssertionError: False is not true", "raises AssertionError").is(Category::AssertionFailure),
    cause(9, "modulenotfounderror|no module named|importerror", r"^(?:E\s+)?\s*(?:ModuleNotFoundError|ImportError): ", "ModuleNotFoundError: No module named 'x'", "import").is(Category::Dependency),
    cause(9, "syntaxerror|indentationerror|taberror", r"^(?:E\s+)?\s*(?:SyntaxError|IndentationError|TabError): ", "SyntaxError: invalid syntax", "syntax").is(Category::SyntaxError),
    cause(9, "fatal python error", r"Fatal Python error: ", "Fatal Python error: Segmentation fault", "python").is(Category::Crash),
    cause(4, "file \"", r#"^\s+File "(?P<path>[^"]+)", line (?P<line>\d+)"#, "  File \"/w/a.py\", line 3, in f", "File a.py"),
    cause(11, "error:", r"^(?P<path>\S+\.pyi?):(?P<line>\d+)(?::\d+)?: error: (?P<message>.*?)(?:\s+\[(?P<code>[\w-]+)\])?$", "a.py:12: error: Incompatible types [assignment]", "a.py:12: note: x").of("mypy").is(Category::TypeError),
    cause(9, "error:", r"^\s*(?P<path>/?\S+\.pyi?):(?P<line>\d+):\d+ - error: ", "  /w/a.py:3:5 - error: \"x\" is not defined", "a.py:3:5 - warning: x").of("pyright").is(Category::TypeError),
    cause(8, ".py:0|.pyi:0", r"^(?P<path>\S+\.pyi?):(?P<line>\d+):\d+:? \[?(?P<code>[A-Z]{1,4}\d{2,4})\b", "a.py:1:1: F401 'os' imported but unused", "a.py:1: in f").of("flake8").is(Category::LintFormat),
    cause(8, "would reformat|would be reformatted|would be left", r"^would reformat \S|^--- \S+\s+\(?original|imports are incorrectly sorted", "would reformat a.py", "1 file would be left unchanged").of("black").is(Category::LintFormat),
    cause(9, "could not find a version|no matching distribution|resolutionimpossible|conflicting dependencies", r"(?:Could not find a version that satisfies|No matching distribution found|ResolutionImpossible|conflicting dependencies|is not a supported wheel)", "ERROR: No matching distribution found for x", "found").of("pip").is(Category::Dependency),
    cause(7, "failed building wheel|subprocess-exited|failed to build", r"(?:Failed building wheel for|subprocess-exited-with-error|ERROR: Failed to build)", "  ERROR: Failed building wheel for x", "building wheel").of("pip").is(Category::Dependency),
    cause(9, "packagesnotfounderror|unsatisfiableerror|resolvepackagenotfound|libmambaunsat", r"(?:PackagesNotFoundError|UnsatisfiableError|ResolvePackageNotFound|LibMambaUnsatisfiableError)", "PackagesNotFoundError: The following packages", "packages").of("conda").is(Category::Dependency),
    cause(8, "improperlyconfigured|systemcheckerror", r"(?:ImproperlyConfigured|SystemCheckError)", "django.core.exceptions.ImproperlyConfigured: x", "configured").of("django").is(Category::Config),
    symptom(0, "calledprocesserror|failed to import test module|subprocess", r"CalledProcessError: Command|ImportError: Failed to import test module|subprocess\.\w+Error: ", "subprocess.CalledProcessError: Command 'x' returned non-zero exit status 1.", "called"),
    symptom(3, "failed (", r"^FAILED \((?:failures|errors)=", "FAILED (failures=1)", "FAILED tests/a.py::b"),
    symptom(2, "invocationerror|command failed", r"InvocationError for command|^ERROR:\s+\w+: commands failed", "ERROR: InvocationError for command pytest", "invocation").of("tox"),
    noise("passed|skipped|xfail|xpass", r"(?:^|\s)(?:PASSED|SKIPPED|XFAIL|XPASS)\b", "tests/test_error.py::test_fail PASSED [ 10%]", "FAILED tests/a.py"),
    noise("... ok", r" \.\.\. (?:ok|skipped|expected failure)\b", "test_error (a.B) ... ok", "test_x ... ERROR"),
    noise("warning:", r"^\S+\.py:\d+: \w*Warning:", "/a/b.py:3: DeprecationWarning: error is old", "E  Warning: x"),
    noise("pip's dependency resolver", r"pip's dependency resolver does not currently", "ERROR: pip's dependency resolver does not currently take into account", "pip failed"),
];
