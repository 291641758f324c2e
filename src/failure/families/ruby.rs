//! Ruby: interpreter, RSpec, Minitest, Rake, Bundler, RuboCop.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "ruby",
    rules: RULES,
};

const RULES: &[Rule] = &[
    test(8, "rspec ", r"^rspec (?:'(?P<test>[^']+)'|(?P<path>\S+\.rb)(?::(?P<line>\d+))?)", "rspec ./spec/a_spec.rb:12 # A does b", "rspec ran").of("rspec"),
    cause(8, "failure/error:", r"^\s*Failure/Error: (?P<message>.*)", "     Failure/Error: expect(x).to eq(1)", "Failure: x").of("rspec").is(Category::AssertionFailure),
    cause(8, "expected|got:", r"^\s{4,}(?:expected:? |\s*got:? )\S", "       expected: 1", "expected").of("rspec").is(Category::AssertionFailure),
    test(8, "failure:|error:", r"^\s*(?:\d+\) )?(?:Failure|Error):\s*$", "  1) Failure:", "Failure: x").of("minitest"),
    test(9, "#test_", r"^\s*(?:FAIL\s+)?(?P<test>[A-Z][\w:]*#test_?\S*.*?)(?: \[(?P<path>[^\]:]+):(?P<line>\d+)\])?:?$", "FooTest#test_bar [/w/test/foo_test.rb:12]:", "test_bar").of("minitest"),
    cause(8, "minitest::|runtimeerror|nomethoderror|nameerror|argumenterror|loaderror", r"\b(?P<code>Minitest::(?:Assertion|UnexpectedError)|NoMethodError|NameError|ArgumentError|LoadError|RuntimeError|Gem::\w+Error|ActiveRecord::\w+|Errno::\w+)\b", "NoMethodError: undefined method `x' for nil:NilClass", "NoMethod").of("ruby"),
    cause(8, "loaderror|cannot load such file", r"cannot load such file", "cannot load such file -- rake (LoadError)", "load").of("ruby").is(Category::Dependency),
    cause(9, "lockfile can't be updated|in your gemfile changed|frozen", r"dependencies in your gemfile changed|lockfile can't be updated|because frozen mode is set", "The dependencies in your gemfile changed, but the lockfile can't be updated", "gemfile").of("bundler").is(Category::Dependency),
    cause(8, "rake aborted|no rakefile|don't know how to build", r"No Rakefile found|Don't know how to build task", "No Rakefile found (looking for: rakefile)", "Rakefile").of("rake").is(Category::Config),
    cause(5, "rake aborted", r"^rake aborted!", "rake aborted!", "raking").of("rake"),
    cause(9, ": c: |: w: |: e: |: f: ", r"^(?P<path>\S+\.\w+):(?P<line>\d+):\d+: [CWEF]: (?:\[Correctable\] )?(?P<code>[\w/]+)", "lib/a.rb:158:17: C: Performance/RegexpMatch: Use match?", "a.rb:1: x").of("rubocop").is(Category::LintFormat),
    cause(9, "bundler could not find|could not find gem|bundler::|could not find compatible", r"(?:Bundler could not find|Could not find gem|Could not find compatible versions|Bundler::\w+|Could not find .* in (?:any of the sources|locally installed)|requires (?:rubygems|ruby|bundler) version)", "Bundler could not find compatible versions for gem \"rails\":", "bundler").of("bundler").is(Category::Dependency),
    cause(8, "failed to build gem native|an error occurred while installing", r"Failed to build gem native extension|An error occurred while installing", "ERROR: Failed to build gem native extension.", "native").of("bundler").is(Category::Dependency),
    cause(8, ".rb:", r"^\S+\.rb:\d+:in .*: (?P<message>.* \((?P<code>[A-Z][\w:]+)\))", "a.rb:3:in `f': bad (RuntimeError)", "a.rb:3:in `f'").of("ruby").is(Category::RuntimeError),
    cause(8, "syntax error", r"syntax error, unexpected|: syntax error", "a.rb:3: syntax error, unexpected end-of-input", "syntax").is(Category::SyntaxError),
    symptom(2, "examples,|runs,|tests,", r"^\d+ (?:examples|runs|tests), .*\b[1-9]\d* (?:failures?|errors?)", "10 examples, 1 failure", "10 examples, 0 failures").of("rspec"),
    symptom(1, "tasks: top|see full trace", r"^Tasks: TOP|See full trace by", "Tasks: TOP => default", "Tasks"),
    noise("fetching|installing|using", r"^(?:Fetching|Installing|Using) [\w-]+ [\d.]+", "Using better_errors 2.0.0", "Installing failed"),
];
