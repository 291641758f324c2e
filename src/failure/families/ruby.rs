//! Ruby: interpreter, RSpec, Minitest, Rake, Bundler, RuboCop.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, summary, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "ruby",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(10, "are not files", r"^\s+\[\x22.*\] are not files", "    [\x22LICENSE.txt\x22] are not files", "are not files").of("rubygems").is(Category::FileAccess),
    test(8, "rspec ", r"^rspec (?:'(?P<test>[^']+)'|(?P<path>\S+\.rb)(?::(?P<line>\d+))?)", "rspec ./spec/a_spec.rb:12 # A does b", "rspec ran").of("rspec"),
    cause(7, "failure/error:", r"^\s*Failure/Error: (?P<message>.*)", "     Failure/Error: expect(x).to eq(1)", "Failure: x").of("rspec").is(Category::AssertionFailure),
    cause(8, "expected|got:", r"^\s{4,}(?:expected:? |\s*got:? )\S", "       expected: 1", "expected").of("rspec").is(Category::AssertionFailure),
    cause(9, "   expected:|   expected |    got:", r"^\s{7,}(?:expected:? |\s*got:? )\S", "       expected: 1", "    expected: 1").of("rspec").is(Category::AssertionFailure),
    test(8, "failure:|error:", r"^\s*(?:\d+\) )?(?:Failure|Error):\s*$", "  1) Failure:", "Failure: x").of("minitest"),
    test(9, "#test_", r"^\s*(?:FAIL\s+)?(?P<test>[A-Z][\w:]*#test_?\S*[^=]*?)(?: \[(?P<path>[^\]:]+):(?P<line>\d+)\]| = [\d.]+ s = [FE])?:?$", "FooTest#test_bar [/w/test/foo_test.rb:12]:", "FooTest#test_bar = 0.00 s = .").of("minitest"),
    cause(8, "minitest::|runtimeerror|nomethoderror|nameerror|argumenterror|loaderror", r"\b(?P<code>Minitest::(?:Assertion|UnexpectedError)|NoMethodError|NameError|ArgumentError|LoadError|RuntimeError|Gem::\w+Error|ActiveRecord::\w+|Errno::\w+)\b", "NoMethodError: undefined method `x' for nil:NilClass", "NoMethod").of("ruby"),
    cause(8, "loaderror|cannot load such file", r"cannot load such file", "cannot load such file -- rake (LoadError)", "load").of("ruby").is(Category::Dependency),
    cause(9, "lockfile can't be updated|in your gemfile changed|frozen", r"dependencies in your gemfile changed|lockfile can't be updated|because frozen mode is set", "The dependencies in your gemfile changed, but the lockfile can't be updated", "gemfile").of("bundler").is(Category::Dependency),
    cause(8, "rake aborted|no rakefile|don't know how to build", r"No Rakefile found|Don't know how to build task", "No Rakefile found (looking for: rakefile)", "Rakefile").of("rake").is(Category::Config),
    cause(5, "rake aborted", r"^rake aborted!", "rake aborted!", "raking").of("rake"),
    cause(9, ": c: |: w: |: e: |: f: ", r"^(?P<path>\S+\.\w+):(?P<line>\d+):\d+: [CWEF]: (?:\[Correctable\] )?(?P<code>[\w/]+)", "lib/a.rb:158:17: C: Performance/RegexpMatch: Use match?", "a.rb:1: x").of("rubocop").is(Category::LintFormat),
    cause(9, "the path ", r"^The path `[^`']+[`'] does not exist\.", "The path `/w/vendor/posty` does not exist.", "the path").of("bundler").is(Category::Dependency),
    noise("run bundler as root|your bundle as root|users on this machine", r"^Don't run Bundler as root|^installing your bundle as root|^users on this machine\.", "Don't run Bundler as root. Bundler can ask", "bundler as root"),
    cause(9, "bundler could not find|could not find gem|bundler::|could not find compatible", r"(?:Bundler could not find|Could not find gem|Could not find compatible versions|Bundler::\w+|Could not find .* in (?:any of the sources|locally installed)|requires (?:rubygems|ruby|bundler) version)", "Bundler could not find compatible versions for gem \"rails\":", "bundler").of("bundler").is(Category::Dependency),
    cause(8, "failed to build gem native|an error occurred while installing", r"Failed to build gem native extension|An error occurred while installing", "ERROR: Failed to build gem native extension.", "native").of("bundler").is(Category::Dependency),
    cause(8, ".rb:", r"^\S+\.rb:\d+:in .*: (?P<message>.* \((?P<code>[A-Z][\w:]+)\))", "a.rb:3:in `f': bad (RuntimeError)", "a.rb:3:in `f'").of("ruby").is(Category::RuntimeError),
    cause(8, "syntax error", r"syntax error, unexpected|: syntax error", "a.rb:3: syntax error, unexpected end-of-input", "syntax").is(Category::SyntaxError),
    // The interpreter and its gems.
    cause(12, "[bug] ", r"\[BUG\] (?P<message>\S.*)", "a_test.rb:210: [BUG] Segmentation fault at 0x0000000000000010", "[BUG]").of("ruby").is(Category::Crash),
    cause(10, "(syntaxerror)|syntax errors found|: syntax error", r"^(?P<path>\S+\.rb):(?P<line>\d+): (?:syntax errors? .*|.*\(SyntaxError\))|^SyntaxError:", "a.rb:3: syntax errors found (SyntaxError)", "syntax").of("ruby").is(Category::SyntaxError),
    cause(10, "undefined method `|undefined method '|undefined local variable or method|uninitialized constant|wrong number of arguments (", r"\b(?:undefined (?:local variable or )?method [`']|uninitialized constant [A-Z]|wrong number of arguments \(given)", "undefined local variable or method `totl' for main:Object", "undefined method").of("ruby").is(Category::FunctionError),
    cause(10, "jsonerror|parsererror|parseerror|syntaxerror", r"^(?:\S+: )?(?P<code>(?:JSON|Psych|YAML|REXML|CSV|Nokogiri|Parser|TOML|Racc|Oj)::(?:\w+::)*(?:ParserError|ParseError|SyntaxError|ParseException|MalformedCSVError))\b:? ?(?P<message>.*)", "JSON::ParserError: unexpected token at '}'", "JSON::x").of("ruby").is(Category::SyntaxError),
    cause(10, "could not verify the ssl|certificatefailure|ssl_connect returned", r"^(?:ERROR: .*)?(?:Could not verify the SSL certificate for|.*SSL_connect returned=1 )", "Could not verify the SSL certificate for https://gems.example/.", "certificate").of("bundler").is(Category::NetworkError),
    cause(10, "could not fetch specs|could not reach host|net::http|connection to ", r"^(?:Could not (?:fetch specs from|reach host)|ERROR: .*(?:Gem::RemoteFetcher::FetchError|bad response))", "Could not reach host rubygems.example. Check your network connection and try again.", "could not").of("bundler").is(Category::NetworkError),
    symptom(2, "retrying ", r"^Retrying (?:fetcher|download|git|dependency|`|\S+) .*due to error \(\d/\d\)", "Retrying fetcher due to error (2/3): Bundler::HTTPError x", "retrying").of("bundler"),
    cause(10, "the api key|repushing of gem|you do not have permission to push|access denied|multifactor|no otp", r"^(?:The API key|Access Denied\.|HTTP Basic: Access denied|You do not have permission to push|You have enabled multi-?factor|This API key cannot|Rubygem requires owners)", "You do not have permission to push to this gem.", "api key").of("rubygems").is(Category::PermissionAuth),
    cause(9, "repushing of gem|there was a problem saving", r"^(?:Repushing of gem versions is not allowed|There was a problem saving your gem)", "Repushing of gem versions is not allowed.", "gem").of("rubygems").is(Category::Config),
    // Test frameworks.
    cause(9, "> expected but was", r"^<.*> expected but was$", "<35> expected but was", "Expected x").of("test-unit").is(Category::AssertionFailure),
    cause(8, "expected: |actual: ", r"^\s*(?:Expected: .*|  Actual: .*)$", "Expected: 35", "Expected x").of("minitest").is(Category::AssertionFailure),
    cause(9, "expected ", r"^Expected .*(?:to (?:be|include|equal|match|respond|raise|not)|not to be).*", "Expected 30 to be >= 35.", "Expected x").of("minitest").is(Category::AssertionFailure),
    test(8, "failure: |error: ", r"^(?:Failure|Error): (?P<test>test[\w: ]*\([\w:]+\))", "Failure: test_total(CartTest)", "Failure: x").of("test-unit"),
    summary(4, "coverage", r"^(?:Line|Branch) coverage \([\d.]+%\) is below the expected", "Line coverage (80.1%) is below the expected minimum coverage (90.00%).", "coverage").of("simplecov").is(Category::LintFormat),
    cause(9, "undefined step|ambiguous match|undefined.", r"^\s*(?:Undefined step: |Ambiguous match of |You can implement step definitions)", "      Undefined step: \x22I pay\x22 (Cucumber::Undefined)", "undefined").of("cucumber").is(Category::FunctionError),
    cause(8, "[warn]: |[error]: ", r"^\[(?:warn|error)\]: (?P<message>(?:@|Unknown tag|In file|The proxy|Invalid|Undocumentable|Missing|.*\btag\b).*)", "[warn]: Unknown tag @retrun in file `lib/a.rb` near line 6", "[warn]: slow").of("yard").is(Category::LintFormat),
    symptom(0, "% documented|undocumented)", r"^\s*[\d.]+% documented$|^\w+:\s+\d+ \(\s*\d+ undocumented\)", " 100.00% documented", "documented"),
    cause(9, "[reek]|https://github.com/troessner", r"^\s+\[?(?P<line>\d+)[\d, ]*\]?:(?P<code>[A-Z]\w+): .*\[(?:reek|https)", "  [12, 14]:DuplicateMethodCall: Cart#total calls 'x' 2 times [reek]", "12:x").of("reek").is(Category::LintFormat),
    cause(9, "steep:|[error] ", r"^(?P<path>\S+\.rb):(?P<line>\d+):\d+: \[(?:error|warning)\] (?P<message>.*)", "lib/a.rb:3:5: [error] Type `::Integer` does not have method `totl`", "a.rb: x").of("steep").is(Category::TypeError),
    cause(9, "https://srb.help/", r"^(?P<path>\S+\.rbi?):(?P<line>\d+): (?P<message>.*) https://srb\.help/(?P<code>\d+)", "lib/a.rb:3: Method `totl` does not exist on `Cart` https://srb.help/7003", "https://srb.help").of("sorbet").is(Category::TypeError),
    noise("= .", r"^\S+#test_\S+ = [\d.]+ s = [.S]$", "NativeTest#test_error = 0.00 s = .", "ATest#test_x = 0.00 s = F"),
    symptom(2, "examples,|runs,|tests,", r"^\d+ (?:examples|runs|tests), .*\b[1-9]\d* (?:failures?|errors?)", "10 examples, 1 failure", "10 examples, 0 failures").of("rspec"),
    symptom(1, "tasks: top|see full trace", r"^Tasks: TOP|See full trace by", "Tasks: TOP => default", "Tasks"),
    noise("fetching|installing|using", r"^(?:Fetching|Installing|Using) [\w-]+ [\d.]+", "Using better_errors 2.0.0", "Installing failed"),
];
