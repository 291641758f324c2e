//! Stack frames, language by language: which lines are frames, whose code they are in, and their stable form.
//!
//! Frames move with every edit and differ between versions of a runtime, so a failure is named by its message; frames help
//! where the message says little. The reduced form has a function and a file's tail, no line numbers, addresses or arguments,
//! and puts the user's own code before libraries.

use std::path::Path;
use std::sync::LazyLock;

use crate::failure::patterns::Shapes;

use super::mask::{mask_line, reduce_path};

/// One frame of a stack trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The function, as the language writes it, masked and without arguments.
    pub function: Option<String>,
    /// The tail of the file's path.
    pub file: Option<String>,
    /// In the language's runtime, a dependency or a test framework, not in the user's own code.
    pub library: bool,
}

impl Frame {
    /// One text for both: `function file`.
    pub fn reduced(&self) -> String {
        let parts = [self.function.as_deref(), self.file.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// Longer lines are no frames.
const MAX_LINE: usize = 1000;

/// How a language writes frames: a name for tests, and a pattern with the groups `fn` and `file`.
const SHAPES: &[(&str, &str)] = &[
    ("python", r#"^\s*File "(?P<file>[^"]+)", line \d+(?:, in (?P<fn>.+))?$"#),
    ("pytest", r"^(?P<file>[\w./\\-]+\.py):\d+: (?:in )?(?P<fn>[\w<>.]*)$"),
    (
        "jvm",
        r"^\s*at (?P<fn>[\w.$<>/@ -]+)\((?P<file>[\w$-]+\.\w+)(?::\d+)?\)(?: ~?\[.*\])?\s*$",
    ),
    (
        "jvm without source",
        r"^\s*at (?P<fn>[\w.$<>/@-]+)\((?:Native Method|Unknown Source)\)(?: ~?\[.*\])?\s*$",
    ),
    (
        "jvm under the console launcher",
        r"^\s+(?P<fn>(?:[\w$]+\.)+[\w$<>]+)\((?P<file>[\w$-]+\.(?:java|kt|scala|groovy)):\d+\)$",
    ),
    (
        "dotnet",
        r"^\s*at (?P<fn>[\w.<>`+|$\[\]]+(?:\[[^\]]*\])?\([^)]*\))(?: in (?P<file>.+):line \d+)?\s*$",
    ),
    (
        "dotnet under xunit",
        r"^\s*(?P<file>\S+\.(?:cs|fs|vb))\(\d+,\d+\): at (?P<fn>.+)$",
    ),
    (
        "javascript",
        r"^\s*at (?:async )?(?:(?P<fn>[^()]+?(?: \[as [^\]]+\])?) \()?(?P<file>[^()\s]+?):\d+(?::\d+)?\)?[,;]?(?: \{)?\s*$",
    ),
    (
        "javascript without place",
        r"^\s*at (?:async )?(?P<fn><anonymous>|(?:new )?[\w.$<>]+ \((?:<anonymous>|native)\))\s*$",
    ),
    (
        "go, function",
        r"^(?:created by )?(?P<fn>[\w./-]+(?:\.\(\*?[\w.]+\))?(?:\.[\w.·-]+)+)(?:\([^)]*\))?(?: in goroutine \d+)?$",
    ),
    ("go, place", r"^\s+(?P<file>\S+\.(?:go|s)):\d+(?: \+0x[0-9a-f]+)?$"),
    ("go, goroutine", r"^goroutine \d+ \[[^\]]*\]:$"),
    (
        "rust, function",
        r"^\s*\d+:\s+(?:0x[0-9a-f]+ - )?(?P<fn>[\w<>:{}#&*$ ,'-]*::[\w<>:{}#&*$ ,'-]+)$",
    ),
    ("rust, place", r"^\s+at (?P<file>\S+\.rs):\d+(?::\d+)?$"),
    (
        "ruby",
        r"^\s*(?:from |# )?(?P<file>[^\s:]+(?:\.rb|\.rake|file|\.gemspec|/[\w-]+)):\d+:in [`'](?P<fn>[^']+)'\s*$",
    ),
    ("ruby under rspec", r"^\s*# (?P<file>\S+\.rb):\d+$"),
    ("php", r"^\s*#\d+ (?P<file>\S+\.php)\(\d+\): (?P<fn>.+)$"),
    ("php under phpunit", r"^\s*(?P<file>/\S+\.(?:php|phpt)):\d+\s*$"),
    (
        "elixir",
        r"^\s*(?:\((?P<lib>\w+)(?: [\d.]+)?\) )?(?P<file>[\w./-]+\.(?:exs?|erl|hrl)):\d+: (?P<fn>.+)$",
    ),
    (
        "gdb, lldb, sanitizers",
        r"^\s*(?:frame )?#\d+:?\s+(?:0x[0-9a-f]+ (?:in )?(?P<fn>\S.*?)(?: (?:at|from) \(?(?P<file>[^\s()]+?)(?::\d+)*\)?| \(?(?P<path>/[^\s()]+?)(?::\d+)*(?:\+0x[0-9a-f]+\)?)?)?|[\w:~<>, ]+ \(.*\) (?:at|from) \S+)\s*$",
    ),
    (
        "swift, macOS",
        r"^\s*\d+\s+\S+\s+0x[0-9a-f]+ (?P<fn>.+?) \+ \d+(?: \[.*\])?$",
    ),
    (
        "glibc",
        r"^\s*(?P<file>[\w./+-]+)\((?P<fn>[^)]*)\) ?\[0x[0-9a-f]+\]\s*$",
    ),
    (
        "lua",
        r"^\s+(?P<file>[^\s:]+|\[[^\]]+\]):(?:\d+:)? in (?:function |main chunk|upvalue |field |local |method )?(?P<fn>.*)$",
    ),
    (
        "powershell",
        r"^\s*at (?P<fn>[\w<>-]+), (?P<file>.+?):(?: line )?\d+\s*$",
    ),
    (
        "end of a frame list",
        r"^\s*(?:\.\.\. \d+ (?:more|common frames omitted|lines matching .*)|--- End of (?:inner exception )?stack trace.*|stack (?:backtrace|traceback):|Traceback \(most recent call last\):|Call Stack \(most recent call first\):|[Ss]tack ?[Tt]race:)\s*$",
    ),
];

/// Beginnings of functions that belong to a runtime, a build tool or a test framework.
const LIBRARY_FUNCTIONS: &[&str] = &[
    "java.",
    "javax.",
    "jdk.",
    "sun.",
    "com.sun.",
    "org.junit.",
    "junit.",
    "org.testng.",
    "org.gradle.",
    "org.apache.maven.",
    "org.mockito.",
    "org.assertj.",
    "org.hamcrest.",
    "scala.",
    "sbt.",
    "kotlin.",
    "kotlinx.",
    "groovy.",
    "org.codehaus.groovy.",
    "org.eclipse.jdt.",
    "hudson.",
    "jenkins.",
    "System.",
    "Microsoft.",
    "Xunit.",
    "NUnit.",
    "std::",
    "core::",
    "alloc::",
    "test::",
    "__rust",
    "rust_",
    "testing.",
    "runtime.",
    "reflect.",
    "Module.",
    "Object.Module",
    "Function.Module",
    "process.",
    "node:",
    "internal/",
    "__libc",
    "_start",
    "abort",
    "raise",
    "__asan",
    "__GI_",
    "ExUnit.",
    "XCTest",
    "libdispatch",
    "PHPUnit\\",
    "ReflectionMethod",
];

/// Parts of paths that hold other people's code.
const LIBRARY_PATHS: &[&str] = &[
    "site-packages",
    "dist-packages",
    "/lib/python",
    "node_modules",
    "node:",
    "internal/",
    "/rustc/",
    "libstd/",
    "libcore/",
    "library/std",
    "library/core",
    ".cargo/registry",
    "/gems/",
    "/vendor/",
    "/pkg/mod/",
    "/usr/lib",
    "/usr/share",
    "/usr/include",
    "/usr/local/go/",
    "/go/src/testing",
    "/deps/",
    ".m2/",
    "(ex_unit",
    "(elixir",
    "(stdlib",
    "bits/",
    "libc.so",
    "libpthread",
];

static KNOWN: LazyLock<Shapes> = LazyLock::new(|| Shapes::new(SHAPES.iter().map(|(_, pattern)| *pattern)));

/// Reads a line as a stack frame. A line that only belongs to a trace (`stack backtrace:`, `... 12 more`) gives an empty frame.
pub fn parse(line: &str) -> Option<Frame> {
    if line.len() > MAX_LINE {
        return None;
    }
    let found = KNOWN.of(line)?.captures(line)?;
    let group = |name| {
        found
            .name(name)
            .map(|part| part.as_str().trim())
            .filter(|part| !part.is_empty())
    };
    let function = group("fn");
    let path = group("file").or_else(|| group("path"));
    let library = function.is_some_and(|name| LIBRARY_FUNCTIONS.iter().any(|start| name.starts_with(start)))
        || path.is_some_and(|path| {
            let path = path.replace('\\', "/");
            LIBRARY_PATHS.iter().any(|part| path.contains(part))
                || !path.contains('/') && Path::new(&path).extension().is_some_and(|end| end == "js")
        })
        || group("lib").is_some_and(|name| matches!(name, "ex_unit" | "elixir" | "stdlib" | "kernel"));
    Some(Frame {
        function: function
            .map(|name| mask_line(without_arguments(name)))
            .filter(|name| !name.is_empty()),
        file: path.map(|path| mask_line(&reduce_path(path))),
        library,
    })
}

fn without_arguments(function: &str) -> &str {
    let end = if function.ends_with(')') {
        function.rfind('(')
    } else {
        None
    };
    function.get(..end.unwrap_or(function.len())).unwrap_or(function).trim()
}

/// Whether a line is part of a stack trace and not of its message.
pub fn is_frame(line: &str) -> bool {
    line.len() <= MAX_LINE && KNOWN.fit(line)
}

/// The frames among some lines in their stable form: the user's own code first, then libraries, both in the order given; repeated ones once.
pub fn reduce(lines: &[&str]) -> Vec<String> {
    let frames: Vec<Frame> = lines.iter().filter_map(|line| parse(line)).collect();
    let (libraries, own): (Vec<&Frame>, Vec<&Frame>) = frames.iter().partition(|frame| frame.library);
    let mut reduced: Vec<String> = Vec::new();
    for frame in own.into_iter().chain(libraries) {
        let text = frame.reduced();
        if !text.is_empty() && !reduced.contains(&text) {
            reduced.push(text);
        }
    }
    reduced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_compiles() {
        KNOWN.compile_all();
    }

    fn check(line: &str, expect: &str, library: bool) {
        let frame = parse(line).unwrap_or_else(|| panic!("{line:?} is a frame"));
        assert_eq!((frame.reduced().as_str(), frame.library), (expect, library), "{line:?}");
    }

    #[test]
    fn frames_of_every_language_lose_their_line_numbers() {
        check(
            r#"  File "/home/runner/work/ship/ship/app/models.py", line 50, in save"#,
            "save app/models.py",
            false,
        );
        check(
            r#"  File "/usr/lib/python3.12/site-packages/nose/case.py", line 197, in runTest"#,
            "runTest nose/case.py",
            true,
        );
        check(
            "tests/test_a.py:11: AssertionError",
            "AssertionError tests/test_a.py",
            false,
        );
        check(
            "    at Object.<anonymous> (/home/runner/work/x/x/src/a.test.js:12:5)",
            "Object.<anonymous> src/a.test.js",
            false,
        );
        check(
            "    at async Promise.all (node:internal/timers:605:17)",
            "Promise.all node:internal/timers",
            true,
        );
        check("    at C:\\ws\\x\\test\\a.js:150:16", "test/a.js", false);
        check(
            "\tat org.acme.Cache.get(Cache.java:325)",
            "org.acme.Cache.get Cache.java",
            false,
        );
        check(
            "\tat org.junit.Assert.fail(Assert.java:88)",
            "org.junit.Assert.fail Assert.java",
            true,
        );
        check(
            "\tat jdk.proxy2/jdk.proxy2.$Proxy97.isAlive(Unknown Source)",
            "jdk.proxy2/jdk.proxy2.$Proxy<n>.isAlive",
            true,
        );
        check(
            "   at Acme.Cache.Get(String key) in /src/Acme/Cache.cs:line 42",
            "Acme.Cache.Get Acme/Cache.cs",
            false,
        );
        check("main.(*Server).Start(0xc000012345, 0x1)", "main.(*Server).Start", false);
        check("\t/home/bob/ship/server.go:123 +0x1d", "server.go", false);
        check("   4: ship::store::open", "ship::store::open", false);
        check(
            "             at src/libstd/panicking.rs:197",
            "libstd/panicking.rs",
            true,
        );
        check(
            "    /home/bob/ship/lib/a.rb:80:in `ensure_valid!'",
            "ensure_valid! lib/a.rb",
            false,
        );
        check(
            "#0 /home/bob/ship/src/A.php(12): Acme\\A->run()",
            "Acme\\A->run src/A.php",
            false,
        );
        check("/builds/o/r/tests/DB_test.php:37", "tests/DB_test.php", false);
        check(
            "       test/elixir/keyword_test.exs:24: (test)",
            "elixir/keyword_test.exs",
            false,
        );
        check(
            "    (ex_unit 1.15.0) lib/ex_unit/runner.ex:463: ExUnit.Runner.exec_test/2",
            "ExUnit.Runner.exec_test/<n> ex_unit/runner.ex",
            true,
        );
        check(
            "#1  0x00007ffff in ship::open (path=...) at src/open.cpp:12",
            "ship::open src/open.cpp",
            false,
        );
        check("3   Ship    0x000000010 Ship.open() + 12", "Ship.open", false);
        check(
            "at <ScriptBlock>, /home/bob/ship/a.ps1:103",
            "<ScriptBlock> a.ps1",
            false,
        );
    }

    #[test]
    fn messages_are_no_frames() {
        for line in [
            "Error: Cannot find module 'left-pad'",
            "AssertionError: expected 1 at most",
            "at least one failure expected",
            "src/lib.rs:12:5: error: mismatched types",
            "make: *** [all] Error 2",
            "java.lang.IllegalStateException: closed",
            "FAIL github.com/octo/ship 2.3s",
            "Caused by: java.io.IOException: Connection reset",
            "",
        ] {
            assert_eq!(parse(line), None, "{line:?}");
        }
    }

    #[test]
    fn own_code_comes_before_libraries() {
        let lines = [
            "Error: boom",
            "    at Module._compile (node:internal/modules/cjs/loader:1364:14)",
            "    at load (/home/bob/ship/src/load.js:1:2)",
            "    at load (/home/bob/ship/src/load.js:7:2)",
        ];
        assert_eq!(reduce(&lines), ["load src/load.js", "Module._compile cjs/loader"]);
    }
}
