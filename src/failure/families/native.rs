//! C, C++, Fortran and what builds them: gcc, clang, MSVC, linkers, make, CMake, ninja, autoconf, sanitizers, gtest, ctest.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "native",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(10, "error:", r"^\s*(?P<path>(?:[A-Za-z]:)?[\w./+@~-]+\.\w{1,5}):(?P<line>\d+)(?::\d+)?: (?:fatal )?error: (?P<message>.*)", "a/b.c:21:29: error: unknown type name 'fd_set'", "a.c:1:1: warning: x").of("cc").is(Category::BuildCompile),
    cause(9, "error c|error lnk|fatal error", r"\b(?:fatal )?error (?P<code>(?:C|LNK)\d{4}): (?P<message>.*)", "a.cpp(3): error C2065: 'x': undeclared identifier", "error CS0103").of("msvc").is(Category::BuildCompile),
    cause(9, "undefined reference|undefined symbol|multiple definition|unresolved external", r"undefined reference to|[Uu]ndefined symbols?\b|multiple definition of|unresolved external symbol|duplicate symbol", "b.o: undefined reference to `x'", "undefined").of("ld").is(Category::BuildCompile),
    cause(8, "cannot find -l|library not found|ld: ", r"cannot find -l\S+|ld: (?:library|framework) not found|^(?:/\S+/)?(?:ld|lld|lld-link|ld\.lld|ld\.gold|collect2)(?:\.\w+)?: (?:fatal )?error: ", "/usr/bin/ld: cannot find -lfoo", "ld: warning").of("ld").is(Category::BuildCompile),
    cause(8, "cmake error", r"^CMake Error(?: at (?P<path>\S+?):(?P<line>\d+))?", "CMake Error at CMakeLists.txt:3 (find_package):", "CMake Warning").of("cmake").is(Category::Config),
    cause(7, "could not find|could not be found|not find", r"^\s+Could (?:not find|NOT find) ", "  Could not find a package configuration file provided by \"X\"", "could").of("cmake").is(Category::Dependency),
    cause(8, "configure: error", r"configure: error: (?P<message>.*)", "configure: error: no acceptable C compiler found", "configure: x").of("configure").is(Category::Config),
    cause(10, "sanitizer", r"==\d+==\s?ERROR: (?P<code>\w+Sanitizer)|^SUMMARY: \w+Sanitizer|runtime error: ", "==16211==ERROR: AddressSanitizer: heap-use-after-free on address 0x5", "Sanitizer enabled").of("sanitizer").is(Category::Crash),
    cause(8, "runtime error:", r"^(?P<path>\S+\.\w+):(?P<line>\d+):\d+: runtime error: ", "a.c:3:5: runtime error: signed integer overflow", "runtime error").of("ubsan").is(Category::RuntimeError),
    cause(7, "==0", r"^==\d+==\s+(?:Invalid (?:read|write|free)|Conditional jump|definitely lost|Process terminating|.*definitely lost: [1-9])", "==123== Invalid read of size 4", "==123== Memcheck").of("valgrind").is(Category::MemoryError),
    cause(9, "internal compiler error|compiler has encountered", r"internal compiler error|please submit a (?:full )?bug report", "a.c:3: internal compiler error: Segmentation fault", "compiler").is(Category::Crash),
    cause(9, "assertion", r"Assertion [`'].*failed\.?|Assertion failed: ", "prog: a.c:3: f: Assertion `x' failed.", "assertion").is(Category::AssertionFailure),
    cause(9, "***timeout|***exception", r"^\s*\d+/\d+ Test +#\d+: (?P<test>\S+) .*\*\*\*(?:Timeout|Exception)", "7/9 Test #7: sync ......***Timeout 300.02 sec", "***Failed").of("ctest"),
    symptom(1, "errors while running ctest|configuring incomplete|symbol(s) not found|errors occurred", r"^Errors while running CTest|^-- Configuring incomplete|^ld: symbol\(s\) not found", "Errors while running CTest", "errors"),
    symptom(1, "assertions: |test cases: ", r"^(?:assertions|test cases): +\d+ \|", "assertions: 9 | 8 passed | 1 failed", "assertions"),
    cause(11, "error: check|error: require|has failed", r"^(?P<path>\S+\.\w+)(?::\d+:|\(\d+\):) (?:ERROR: (?:CHECK|REQUIRE)\w*\(|error: in \x22(?P<test>[^\x22]+)\x22: )", "../a.cpp(12): error: in \x22cart/sums\x22: check a == 35 has failed [30 != 35]", "a.c:1: error: x").of("boost.test").is(Category::AssertionFailure),
    cause(11, "error:|warning:", r"^(?P<path>\S+\.\w+):(?P<line>\d+):\d+: (?:error|warning): (?P<message>.*) \[(?P<code>(?:[a-z]+[-.]|[a-z]+[A-Z])[\w.,-]*)\]$", "a.cpp:14:7: error: variable 'x' is not initialized [cppcoreguidelines-init-variables,-warnings-as-errors]", "a.c:1:1: error: x [-Werror]").of("clang-tidy").is(Category::LintFormat),
    cause(12, "clang-format", r"code should be clang-formatted", "a.c:14:11: error: code should be clang-formatted [-Wclang-format-violations]", "formatted").of("clang-format").is(Category::LintFormat),
    cause(9, "error: /", r"^ERROR: (?P<path>/\S+/(?:BUILD|WORKSPACE|MODULE)(?:\.bazel)?|/\S+\.bzl):(?P<line>\d+):\d+: (?P<message>.*)", "ERROR: /w/BUILD.bazel:7:10: no such target '//lib:coree'", "ERROR: Build did NOT").of("bazel").is(Category::Config),
    symptom(1, "error: build did not|error: analysis of target|error: build failed", r"^ERROR: (?:Build did NOT complete|Analysis of target|Build failed\. Not running)", "ERROR: Build did NOT complete successfully", "ERROR: x").of("bazel"),
    cause(9, "error: dependency|error: program|error: problem|meson.build", r"^\S*meson\.build:(?P<line>\d+):\d+: ERROR: (?P<message>.*)", "../meson.build:14:0: ERROR: Dependency \x22libfoo\x22 not found", "meson.build").of("meson").is(Category::Dependency),
    test(9, "[  failed  ]", r"^\[  FAILED  \] (?P<test>[\w/.]+\.[\w/.]+)", "[  FAILED  ] A.B (0 ms)", "[  PASSED  ] 3 tests.").of("gtest"),
    cause(9, ": failure|failure", r"^(?P<path>\S+\.\w+)(?::|\()(?P<line>\d+)\)?: (?:Failure|error: \w+ failed|FAILED:)", "a_test.cc:12: Failure", "Failure").of("gtest").is(Category::AssertionFailure),
    test(8, "***failed|***timeout|***exception|(failed)|(timeout)|***not run", r"^\s*(?:\d+/\d+ Test +#\d+: (?P<test>\S+) .*\*\*\*|\s+\d+ - \S+.* \((?:Failed|Timeout|SEGFAULT|Child aborted|Not Run|SIGABRT)\))", " 3/10 Test  #3: parse ............***Failed    0.01 sec", "3/10 Test #3: parse ... Passed").of("ctest"),
    cause(8, "*** no rule|*** missing separator|*** recursive|stop.", r"\*\*\* (?:No rule to make target|missing separator|No targets|[^\[].*)\.?\s+Stop\.", "make: *** No rule to make target 'x'.  Stop.", "make: *** [all] Error 2").of("make").is(Category::Config),
    cause(7, "not found|no such file", r"^(?:/bin/(?:ba)?sh|make|bash|sh)(?:\[\d+\])?: .*(?:not found|No such file)", "make: gcc: No such file or directory", "found").of("make").is(Category::FileAccess),
    cause(7, "note: |required from", r"^\s*= note: \S*(?:ld|lld|collect2|cc)\S*: error: ", "  = note: lld-link: error: undefined symbol: x", "note: x").is(Category::BuildCompile),
    cause(6, "error", r"^\S+\.\w{1,5}(?::|\()\d+(?:[:,]\d+)?\)?:? ?(?:fatal )?(?:[Ee]rror|ERROR)\b", "file.xyz:12:3 error something", "file.xyz: ok"),
    symptom(1, "error ", r"^(?:\S*g?make|mingw32-make|nmake|ninja|gmake)(?:\[\d+\])?: \*\*\* .*Error \d+|^\S*make(?:\[\d+\])?: \*\*\* Waiting|^ninja: build stopped|^NMAKE : fatal", "make[2]: *** [a.o] Error 1", "make: *** No rule to make target").of("make"),
    symptom(3, "failed: ", r"^FAILED: \S", "FAILED: src/a.o ", "FAILED tests/a.py"),
    symptom(2, "collect2|clang: error: linker|linker command failed", r"^collect2: error: ld returned|linker command failed with exit code|^ld: symbol\(s\) not found", "collect2: error: ld returned 1 exit status", "ld returned"),
    symptom(1, "error(s)|errors generated", r"^\d+ errors? generated|^\s*\d+ (?:Error|Warning)\(s\)", "2 errors generated.", "errors"),
    symptom(2, "in function|in file included", r"^(?:\S+: )?(?:In function|In file included from|In member function|At global scope)", "a.c: In function 'main':", "function"),
    noise("checking ", r"^\s*(?:checking|--) (?:for|whether|if|how|Looking|Performing|Check) .*\.\.\.", "checking for strerror... yes", "configure: error: x"),
    noise("passed", r"^\s*\d+/\d+ Test +#\d+: .*Passed", "3/10 Test #3: error_test ....   Passed    0.01 sec", "***Failed"),
    noise("[       ok ]|[ run      ]|[----------]", r"^\[\s*(?:OK|RUN|-+|=+|PASSED)\s*\]", "[ RUN      ] Error.Fails", "[  FAILED  ] A.B"),
];
