//! Names of tests and codes of rules, as they stand in lines, in the form that goes into identities.

use std::sync::LazyLock;

use crate::failure::ascii;
use crate::failure::patterns::Shapes;
use regex::Regex;

use crate::failure::mask::mask_line;

/// How frameworks announce a failing test: a name for tests, and a pattern whose groups `id` (and `in`, the class or file) name it.
const SHAPES: &[(&str, &str)] = &[
    ("go", r"^\s*(?:--- FAIL: (?P<id>\S+)|FAIL: (?P<short>\S+) \(\d)"),
    (
        "tap",
        r"^\s*not ok \d+ (?:- )?(?P<id>\S.*?)(?: # (?:time|TODO|SKIP).*)?$",
    ),
    (
        "pytest, summary",
        r"^\s*(?:FAILED|ERROR) (?:\[[\d.]+s\] )?(?P<id>\S+::\S+)",
    ),
    (
        "pytest, heading",
        r"^_{4,} (?:ERROR at (?:setup|teardown) of |ERROR collecting )?(?P<id>\w.*?) _{4,}$",
    ),
    (
        "pytest, import",
        r"^ImportError while importing test module '(?P<id>[^']+)'",
    ),
    (
        "unittest",
        r"^(?:FAIL|ERROR): (?P<id>\w[\w.]*)(?: \((?P<in>[A-Za-z_][\w.]*)\))?$",
    ),
    ("rust", r"^test (?P<id>\S+) \.\.\. FAILED$"),
    (
        "rust, panic",
        r"^thread '(?P<id>[a-z_][\w:]*)' (?:\(\d+\) )?panicked at",
    ),
    (
        "nextest",
        r"^\s*(?:FAIL|SIGABRT|SIGSEGV|TIMEOUT) \[[^\]]*\] (?:\([^)]*\) )?(?P<in>\S+) (?P<id>\S+)$",
    ),
    (
        "ant",
        r"^\s*(?:\[junit\]\s+)?Testcase: (?P<id>\w+)(?:\((?P<in>[\w.$]+)\))?:?\s+(?:FAILED|Caused an ERROR)",
    ),
    (
        "junit console",
        r"^\s*JUnit (?:Jupiter|Vintage):(?P<in>[\w$]+):(?P<id>\w+)",
    ),
    ("rust, output", r"^---- (?P<id>\S+) std(?:out|err) ----$"),
    ("scalatest", r"^\s*(?:\[info\]\s+)?- (?P<id>.+?) \*\*\* FAILED \*\*\*"),
    ("pester", r"^\s*\[-\] (?P<id>.+?)(?: \d+(?:\.\d+)?m?s.*)?$"),
    ("gradle", r"^(?P<in>[\w.$]+) > (?P<id>.+?) FAILED$"),
    (
        "surefire",
        r"^\s*(?:\[ERROR\]\s+)?(?P<id>[a-z_]\w*)\((?P<in>(?:\w+\.)*[A-Z][\w$]*)\)(?:\s|:|$)",
    ),
    (
        "surefire, short",
        r"^\s*(?:\[ERROR\]\s+)?(?P<in>(?:[a-z]\w*\.)*[A-Z]\w*(?:Test|Tests|IT|Spec|Case|Suite)|(?:[a-z]\w*\.)*(?:Test|IT)[A-Z]\w*)[.#](?P<id>[a-z_]\w*)(?::\d+)?(?:->\S+)?(?: |$)",
    ),
    (
        "minitest",
        r"^\s*(?:\d+\) (?:Failure|Error):)?\s*(?P<in>[A-Z][\w:]*)#(?P<id>test_.+?)(?: \[.*\])?:?\s*$",
    ),
    ("phpunit", r"^\d+\) (?P<id>[\w\\]+::\w+)"),
    (
        "exunit",
        r"^\s*\d+\) (?P<id>(?:test|doctest|property) .+) \((?P<in>[\w.]+)\)$",
    ),
    (
        "mocha, rspec",
        r"^\s*(?:nl)?\s*\d+\) (?P<id>[A-Za-z#.\x22'`\[].*?):?\s*$",
    ),
    (
        "eunit",
        r"^\s*(?P<in>\w+): ?(?P<id>\w+)(?: \(.*\))?\.\.\.(?:\[[\d.]+ s\] )?\*failed\*",
    ),
    ("node, spec", r"^\s*✖ (?P<id>\S.*?) \([\d.]+ms\)$"),
    ("phpunit, testdox", r"^ ✘ (?P<id>[A-Z]\S* .*?)$"),
    ("jest", r"^\s*● (?P<id>\S.*?)\s*$"),
    (
        "vitest",
        r"^\s*(?:FAIL|❯|×)\s+(?P<in>\S+\.[cm]?[jt]sx?) > (?P<id>.+?)(?: \d+m?s)?$",
    ),
    (
        "xunit",
        r"^\s*(?:\[xUnit[^\]]*\]\s+)?(?P<id>[\w.`<>+]+(?:\(.*\))?) \[FAIL\]\s*$",
    ),
    ("nunit, mstest", r"^\s*Failed (?P<id>[\w.]+(?:\(.*\))?) \[[^\]]*\]$"),
    ("xctest", r"^(?:.*: error: )?-\[(?P<in>[\w.]+) (?P<id>\w+)\]"),
    ("xctest, case", r"^Test Case '-\[(?P<in>[\w.]+) (?P<id>\w+)\]' failed"),
    ("swift, formatted", r"^\s*(?:✖ |✗ )?(?P<id>test\w+), .* failed"),
    ("googletest", r"^\[  FAILED  \] (?P<id>[\w/.]+)"),
    (
        "catch",
        r"^\s*\d+/\d+ Test +#\d+: (?P<id>\S+) \.+\**(?:Failed|Exception|Timeout|Subprocess)",
    ),
    (
        "ctest",
        r"^\s*\d+ - (?P<id>\S+) \((?:Failed|Timeout|SEGFAULT|Subprocess aborted|Not Run)\)",
    ),
    (
        "perl",
        r"^\s*(?:\[[\d:]+\] )?(?P<id>\S+\.(?:t|sh|pl)) \.{2,}\s*(?:Dubious|Failed|\d|$)",
    ),
    ("common test", r"^(?P<in>\w+_SUITE):(?P<id>\w+) failed"),
    ("vim", r"^\s*Found errors in (?P<id>Test\w+)\(\)"),
    ("mozilla", r"TEST-UNEXPECTED-\w+ \| (?P<id>[^|]+?) \|"),
];

static KNOWN: LazyLock<Shapes> = LazyLock::new(|| Shapes::new(SHAPES.iter().map(|(_, pattern)| *pattern)));

static CODE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = concat!(
        r"\berror\[(?P<rust>E\d{4})\]|\berror:? (?P<plain>[A-Z]{1,6}\d{2,5})\b|\b(?P<node>ERR_[A-Z_]{3,})\b|\b(?P<shell>SC\d{4})\b",
        r"|^\S+:\d+:(?:\d+:)? (?P<lint>[A-Z]{1,3}\d{3,4})\b|\[(?P<bracket>[a-z]+(?:[-/][a-z]+)+|[a-z]+-[a-z-]+)\]$|\s\((?P<paren>[a-z]+(?:-[a-z]+)+)\)$",
        r"|\b(?P<vim>E\d{2,4}): |\b(?P<markdown>MD\d{3})/|\b[CWEF]: (?:\[\w+\] )?(?P<cop>[A-Z]\w+/\w+):",
    );
    ascii::regex(pattern).expect("a valid pattern")
});

/// The failing test a line announces, if it does.
pub fn test_in(line: &str) -> Option<String> {
    announced(line).map(|(name, _)| name)
}

/// The failing test a line announces, and what the line says after it.
pub fn announced(line: &str) -> Option<(String, &str)> {
    if line.len() > 600 {
        return None;
    }
    let found = KNOWN.of(line)?.captures(line)?;
    let id = found.name("id").or_else(|| found.name("short"))?.as_str();
    if matches!(id, "main" | "tokio-runtime-worker") {
        return None;
    }
    let class = found.name("in").map(|part| part.as_str());
    let name = class.map_or_else(|| id.to_owned(), |class| format!("{class} {id}"));
    let rest = line.get(found.get(0)?.end()..).unwrap_or_default();
    name.chars().any(char::is_alphabetic).then_some((name, rest))
}

/// A test's name without what changes or what only some reporters print: parameters, timings, numbering, the file or package of its class.
pub fn test_id(name: &str) -> String {
    static NOISE: LazyLock<Regex> = LazyLock::new(|| {
        ascii::regex(r"\s*\[[^\]]*\]|\s*\(\d[^)]*\)|\s*\b\d+(?:\.\d+)? ?m?s$|^\s*\d+\)\s+|\(.*\)$|:\d+$|^ERROR (?:collecting|at \w+ of) ")
            .expect("a valid pattern")
    });
    static HOLDER: LazyLock<Regex> =
        LazyLock::new(|| ascii::regex(r"^\S+\.py::|\b(?:[a-z_]\w*\.)+([A-Z]\w*)").expect("a valid pattern"));
    static JOINT: LazyLock<Regex> = LazyLock::new(|| ascii::regex(r"::|#|\s+").expect("a valid pattern"));
    let name = name.trim().trim_end_matches(':');
    let plain = NOISE.replace_all(name, "");
    let plain = if plain.trim().is_empty() { name } else { plain.as_ref() };
    let plain = mask_line(plain.trim().trim_end_matches([':', ' ']));
    let plain = HOLDER.replace_all(&plain, "$1");
    JOINT.replace_all(plain.trim(), ".").to_lowercase()
}

/// The rule or error code a line carries.
pub fn code_in(line: &str) -> Option<String> {
    let found = CODE.captures(line)?;
    let group = found.iter().skip(1).flatten().next()?;
    Some(group.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_compiles() {
        KNOWN.compile_all();
    }

    fn check(line: &str, expect: Option<&str>) {
        assert_eq!(test_in(line).as_deref(), expect, "{line:?}");
    }

    #[test]
    fn failing_tests_are_found_in_every_frameworks_words() {
        check("--- FAIL: TestParse/empty (0.02s)", Some("TestParse/empty"));
        check(
            "not ok 3989 sequential/test-tls-session-timeout",
            Some("sequential/test-tls-session-timeout"),
        );
        check(
            "FAILED tests/test_a.py::test_b[3-x] - assert 1 == 2",
            Some("tests/test_a.py::test_b[3-x]"),
        );
        check("______________ test_readme ______________", Some("test_readme"));
        check(
            "FAIL: test_save (app.tests.ModelTest)",
            Some("app.tests.ModelTest test_save"),
        );
        check("test store::tests::opens ... FAILED", Some("store::tests::opens"));
        check("org.acme.CacheTest > evicts FAILED", Some("org.acme.CacheTest evicts"));
        check(
            "  evicts(org.acme.CacheTest): expected:<1> but was:<2>",
            Some("org.acme.CacheTest evicts"),
        );
        check(
            "[ERROR]   CacheTest.evicts:14->Support.check:48 expected",
            Some("CacheTest evicts"),
        );
        check(
            "InsertAllTest#test_insert_logs_message:",
            Some("InsertAllTest test_insert_logs_message"),
        );
        check("1) Acme\\CacheTest::testEvicts", Some("Acme\\CacheTest::testEvicts"));
        check(
            "  1) test evicts the oldest (Acme.CacheTest)",
            Some("Acme.CacheTest test evicts the oldest"),
        );
        check("  2) cache evicts the oldest:", Some("cache evicts the oldest"));
        check("  ● prevents doubling prefixes", Some("prevents doubling prefixes"));
        check(
            "    Acme.Tests.CacheFixture.Should_evict [FAIL]",
            Some("Acme.Tests.CacheFixture.Should_evict"),
        );
        check("[  FAILED  ] CacheTest.Evicts (3 ms)", Some("CacheTest.Evicts"));
        check(
            "[12:45:05] t9502-gitweb.sh ............ Dubious, test returned 1",
            Some("t9502-gitweb.sh"),
        );
        check(
            "    [junit] Testcase: evicts(org.acme.CacheTest):\tFAILED",
            Some("org.acme.CacheTest evicts"),
        );
        check("---- store::opens stdout ----", Some("store::opens"));
        check("[info] - evicts the oldest *** FAILED ***", Some("evicts the oldest"));
        check("  [-] evicts the oldest 54ms", Some("evicts the oldest"));
        check("FAIL: TestEvicts (0.02s)", Some("TestEvicts"));
        check("cache_SUITE:evicts failed on line 195", Some("cache_SUITE evicts"));
    }

    #[test]
    fn other_lines_announce_no_test() {
        for line in [
            "error: test failed, to rerun pass `--lib`",
            "FAILED (errors=1)",
            "Error: boom",
            "1) 2) 3)",
            "thread 'main' panicked at src/main.rs:1:2",
            "ok 12 parses",
            "test result: FAILED. 1 passed",
            "  CMakeLists.txt:46 (include)",
            "        XCTAssertTrue(error.isInvalidUrl)",
            "java.lang.Error: x",
        ] {
            check(line, None);
        }
    }

    #[test]
    fn parameters_and_timings_are_not_part_of_a_tests_name() {
        for name in [
            "tests/test_a.py::test_b[3-x]",
            "tests/test_a.py::test_b",
            "tests/test_a.py::test_b (0.3s)",
            "1) tests/test_a.py::test_b",
        ] {
            assert_eq!(test_id(name), "test_b");
        }
    }

    #[test]
    fn a_test_has_one_id_in_all_reports_of_its_framework() {
        for (one, other) in [
            ("tests/test_a.py::TestStore::test_open[3-x]", "TestStore.test_open"),
            ("org.acme.CacheTest evicts", "CacheTest evicts"),
            ("CacheTest.evicts:88", "CacheTest#evicts:"),
            (
                "ERROR collecting tests/test_io.py",
                "/home/runner/work/p/p/tests/test_io.py",
            ),
            ("org.acme.CacheTest.evicts()", "CacheTest#evicts"),
            (
                "Acme.Tests.CartTests.Rounds(culture: \"de\")",
                "Acme.Tests.CartTests.Rounds(culture: \"fr\")",
            ),
        ] {
            assert_eq!(test_id(one), test_id(other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn codes_are_found() {
        let cases = [
            ("error[E0463]: can't find crate", Some("E0463")),
            ("src/a.ts(1,2): error TS2307: Cannot find", Some("TS2307")),
            ("AssertionError [ERR_ASSERTION]: x", Some("ERR_ASSERTION")),
            ("a.py:1:80: E501 line too long", Some("E501")),
            ("  12:3  error  Unexpected var  [no-var]", Some("no-var")),
            ("Error: boom", None),
        ];
        for (line, expect) in cases {
            assert_eq!(code_in(line).as_deref(), expect, "{line:?}");
        }
    }
}
