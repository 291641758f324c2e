//! Haskell, PureScript, OCaml: ghc, cabal, stack, hspec, tasty.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "haskell",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(11, ".hs:", r"^(?P<path>\S+\.hs):(?P<line>\d+):\d+(?:-\d+)?: (?:Warning|Suggestion|Error): (?P<message>(?:Use|Avoid|Redundant|Eta|Move|Replace|Evaluate|Reduce|Unused|Functor|Monad|Fuse|Hoist|Parse)\b.*)", "src/A.hs:14:11: Warning: Use sum", "A.hs:1:1: error: x").of("hlint").is(Category::LintFormat),
    cause(9, "error:", r"^\s*(?P<path>\S+\.hsc?):(?P<line>\d+):\d+(?:-\d+)?: error:(?: \[(?P<code>[^\]]+)\])?", "src/A.hs:8:1: error: [-Wunused-imports]", "A.hs:8:1: warning:").of("ghc").is(Category::BuildCompile),
    cause(7, ".hs:", r"^\s*(?P<path>\S+\.hs):(?P<line>\d+):\d+: ?(?:Warning:|warning:|$)?", "src/A.hs:94:10: Warning:", "A.hs").of("ghc").is(Category::BuildCompile),
    cause(7, "• |couldn't match|not in scope|no instance", r"^\s+(?:• )?(?:Couldn't match|Not in scope|No instance for|Variable not in scope|Could not (?:find module|deduce)|Ambiguous|Parse error|parse error)", "    • Couldn't match expected type ‘Int’", "• x").of("ghc").is(Category::TypeError),
    symptom(0, "failing due to -werror", r"Failing due to -Werror", "Failing due to -Werror.", "Werror").of("ghc"),
    cause(9, "could not resolve dependencies|rejecting:|conflict:", r"(?:Could not resolve dependencies|\[__\d+\] (?:rejecting|fail|unknown package))", "cabal: Could not resolve dependencies:", "dependencies").of("cabal").is(Category::Dependency),
    cause(8, "while constructing the build plan|error: while", r"Error: While constructing the build plan|In the dependencies for", "Error: While constructing the build plan, the following exceptions", "plan").of("stack").is(Category::Dependency),
    test(8, "failed [", r"^\s+(?P<test>\S.*) FAILED \[\d+\]", "  adds FAILED [1]", "FAILED").of("hspec"),
    test(7, "fail", r"^\s*(?P<test>\S.*?):\s+FAIL(?: \(.*\))?\s*$", "      parses:    FAIL (0.1s)", "FAIL: x").of("tasty"),
    cause(8, "uncaught exception|error, called at", r"uncaught exception: |^\S+: .*CallStack \(from HasCallStack\)|error, called at", "uncaught exception: ErrorCall", "exception").is(Category::RuntimeError),
    cause(8, "error found|error ", r"^\s*(?:\[\d+/\d+ \w+\] |Error (?:(?P<code>\d+|[A-Z]\w+) )?(?:found|in module))", "Error found:", "error").of("purs").is(Category::BuildCompile),
    symptom(2, "-- while building|process exited with code|exitfailure", r"^\s*-- ?(?:While building|Failure when)|ExitFailure \d+|Process exited with code", "    Process exited with code: ExitFailure 1", "exit"),
    symptom(2, "test suite failure|examples, ", r"Test suite failure for package|\d+ examples, [1-9]\d* failures?|^Test suite \S+: FAIL", "12 examples, 1 failure", "12 examples, 0 failures"),
    noise("[", r"^\[ *\d+ of \d+\] Compiling", "[ 1 of 12] Compiling Error", "Compiling failed"),
];
