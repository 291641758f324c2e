//! Haskell, PureScript, OCaml: ghc, cabal, stack, hspec, tasty.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, summary, symptom, test};

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
    summary(9, "could not resolve dependencies:", r"^(?:cabal: |Error: (?:\[\S+\]\s*)?)?Could not resolve dependencies:", "cabal: Could not resolve dependencies:", "dependencies").of("cabal").is(Category::Dependency),
    cause(10, "] rejecting: |] unknown package|] fail |] next goal", r"^\[__\d+\] (?:rejecting: |unknown package: |skipping: )", "[__1] unknown package: acme-parser (dependency of yamlish)", "[__0] trying: x").of("cabal").is(Category::Dependency),
    symptom(1, "] fail (|] trying|after searching the rest|try running with --minimize", r"^\[__\d+\] (?:fail|trying|next goal)|^After searching the rest of the dependency tree", "[__1] fail (backjumping, conflict set: a, b)", "fail").of("cabal"),
    cause(9, "cabal-0|unknown package|there is no package named|the package list for|error: [cabal", r"^(?:cabal: |Error: (?:\[Cabal-\d+\]\s*)?|cabal\S* )(?:There is no package named|The following packages? .*|Couldn't find|No cabal file found|.*ackage list .* does not exist)", "cabal: There is no package named 'acme'.", "cabal x").of("cabal").is(Category::Dependency),
    cause(11, "variable not in scope|data constructor not in scope|not in scope: ", r"(?:^|• |error: )\s*(?:(?:Variable|Data constructor|Type constructor or class) not|Not) in scope: ", "    Variable not in scope: totl :: Int", "in scope").of("ghc").is(Category::FunctionError),
    cause(11, "parse error on input|parse error (possibly", r"parse error(?: on input|:? ?\(possibly)", "A.hs:3:5: error: parse error on input ‘=’", "parse error").of("ghc").is(Category::SyntaxError),
    cause(11, "could not find module|could not load module", r"Could not (?:find|load) module (?:‘|'|`)", "    Could not find module ‘Data.Shop’", "could not find").of("ghc").is(Category::Dependency),
    cause(9, "expected: |but got: ", r"^\s{7,}(?:expected: |(?: but)? ?got: )\S", "       expected: 35", "expected").of("hspec").is(Category::AssertionFailure),
    cause(8, "while constructing the build plan|error: while", r"Error: While constructing the build plan|In the dependencies for", "Error: While constructing the build plan, the following exceptions", "plan").of("stack").is(Category::Dependency),
    test(8, "failed [", r"^\s+(?P<test>\S.*) FAILED \[\d+\]", "  adds FAILED [1]", "FAILED").of("hspec"),
    test(7, "fail", r"^\s*(?P<test>\S.*?):\s+FAIL(?: \(.*\))?\s*$", "      parses:    FAIL (0.1s)", "FAIL: x").of("tasty"),
    cause(8, "uncaught exception|error, called at", r"uncaught exception: |^\S+: .*CallStack \(from HasCallStack\)|error, called at", "uncaught exception: ErrorCall", "exception").is(Category::RuntimeError),
    cause(8, "error found|error ", r"^\s*(?:\[\d+/\d+ \w+\] |Error (?:(?P<code>\d+|[A-Z]\w+) )?(?:found|in module))", "Error found:", "error").of("purs").is(Category::BuildCompile),
    symptom(2, "-- while building|process exited with code|exitfailure", r"^\s*-- ?(?:While building|Failure when)|ExitFailure \d+|Process exited with code", "    Process exited with code: ExitFailure 1", "exit"),
    symptom(2, "test suite failure|examples, ", r"Test suite failure for package|\d+ examples, [1-9]\d* failures?|^Test suite \S+: FAIL", "12 examples, 1 failure", "12 examples, 0 failures"),
    noise("[", r"^\[ *\d+ of \d+\] Compiling", "[ 1 of 12] Compiling Error", "Compiling failed"),
];
