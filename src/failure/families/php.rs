//! PHP: interpreter, PHPUnit, run-tests, Composer, PHPStan, code sniffers.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "php",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(10, "in the lock file", r"^- (?P<message>Required(?: \(in require-dev\))? package .* is (?:not present )?in the lock file.*)", "- Required package \x22acme/roster\x22 is not present in the lock file.", "in the lock file").of("composer").is(Category::Dependency),
    cause(9, "php fatal|php parse|fatal error|parse error", r"(?:^|\] |\d\+ )(?:PHP )?(?P<code>Fatal error|Parse error|Catchable fatal error)(?:: |:\s+)(?P<message>.*?)(?: in (?P<path>/\S+\.php)(?: on line |:)(?P<line>\d+))?", "PHP Fatal error:  Uncaught Error: x in /a.php:3", "fatal errors").of("php"),
    cause(8, "php warning|warning: |notice: |deprecated: ", r"^(?:\d{3}\+ )?(?:PHP )?(?:Warning|Notice|Deprecated): .+ in (?P<path>\S+) on line (?P<line>\d+)", "Warning: socket_bind(): unable to bind in /a.php on line 8", "Warning: x").of("php"),
    cause(10, "allowed memory size", r"Allowed memory size of \d+ bytes exhausted", "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted", "memory").of("php").is(Category::MemoryError),
    cause(9, "  method |  call|  property|  parameter|  access|  undefined|  function|  class|  cannot|  variable|  offset|  argument|  binary|  comparison|  return|  instantiated|  constant|  trait|  phpdoc|  negated|  strict|  unreachable|  part|  static|  result|  anonymous|  unsafe|  template", r"^\s{1,3}(?P<line>\d+) {2,}(?P<message>(?:Method|Call|Property|Parameter|Access|Undefined|Function|Class|Cannot|Variable|Offset|Argument|Binary|Comparison|Return|Instantiated|Constant|Trait|PHPDoc|Negated|Strict|Unreachable|Part|Static|Result|Anonymous|Unsafe|Template)\b.*\.)\s*$", "  14     Method Shop\\Cart::total() should return int but returns string.  ", "  14  x").of("phpstan").is(Category::TypeError),
    cause(9, "failed asserting", r"^\s{2}Failed asserting that (?P<message>.*)", "  Failed asserting that 30 is identical to 35.", "Failed asserting that").of("pest").is(Category::AssertionFailure),
    symptom(2, "tests:", r"^\s{2}Tests: +\d+ failed|^\s*\[ERROR\] Found \d+ errors?", "  Tests:    1 failed, 1 passed (2 assertions)", "  Tests: 3 passed").of("pest"),
    test(8, "0) ", r"^\d+\) (?P<test>[\w\\]+::\w+.*)$", "1) Symfony\\Tests\\ATest::testB with data set #1", "1) a").of("phpunit"),
    cause(9, "failed asserting", r"^\s*(?:[^\x00-\x7f]+ )?Failed asserting that (?P<message>.*)", "Failed asserting that 1 is identical to 2.", "asserting").of("phpunit").is(Category::AssertionFailure),
    test(8, "fail ", r"^FAIL (?P<test>.*) \[(?P<path>\S+\.phpt)\]", "FAIL Bug #1 (x) [ext/a/tests/b.phpt]", "PASS x [a.phpt]").of("run-tests"),
    cause(6, " 000+ | 000- ", r"^\d{3}[+-] \S", "001+ ** ERROR: process timed out **", "001 x").of("run-tests").is(Category::AssertionFailure),
    cause(9, "- the requested|- root composer|- installation request|requires", r"^\s+- (?:The requested package|Root composer|Installation request|\S+ (?:\S+ )?(?:\[[^\]]*\] )?requires? )", "    - symfony/console v7.1.1 requires php >=8.2 -> your php version (8.1) does not satisfy that requirement.", "- requires care").of("composer").is(Category::Dependency),
    cause(8, "your requirements could not|could not be resolved|problem ", r"Your requirements could not be resolved|^\s*Problem \d+$|^\s+- (?:The requested package|Root composer|Installation request|\S+ requires )", "Your requirements could not be resolved to an installable set of packages.", "requirements").of("composer").is(Category::Dependency),
    cause(8, "error", r"^\s+(?P<line>\d+)\s+\|\s+(?:ERROR|WARNING)\s+\|", " 12 | ERROR | Missing doc comment", "12 | x").of("phpcs").is(Category::LintFormat),
    cause(7, "exception", r"^(?:PHP )?\s*\[?(?P<code>[\w\\]+Exception)\]?(?::| $|$)", "RuntimeException: bad", "exception x"),
    cause(7, "illegal switch|unknown option", r"^Illegal switch", "Illegal switch 'j' specified!", "switch").of("php").is(Category::Config),
    // PHPUnit's other voices.
    test(9, "✘ ", r"^\s*✘ (?P<test>\S.*)", " ✘ Split loses no cent with one cent is left", " ✔ x"),
    cause(10, "├ ", r"^\s*├ (?P<message>\S.*)", "   ├ Failed asserting that two arrays are identical.", "├──").of("phpunit"),
    cause(11, "##teamcity[testfailed", r"^##teamcity\[testFailed name='(?P<test>[^']*)' message='(?P<message>[^']*)'", "##teamcity[testFailed name='testA' message='expected 1' details='x']", "##teamcity[testStarted name='a']"),
    noise("##teamcity[", r"^##teamcity\[test(?:Started|Finished|Ignored|Suite\w+|StdOut|StdErr)", "##teamcity[testStarted name='testError' flowId='1']", "##teamcity[testFailed name='a']"),
    cause(11, "##teamcity[buildproblem", r"^##teamcity\[buildProblem description='(?P<message>[^']*)'", "##teamcity[buildProblem description='Compilation failed']", "##teamcity[x"),
    cause(10, "call to undefined|class \x22|undefined constant|interface \x22|too few arguments to", r"^\s*(?:\S+ )?(?:PHP Fatal error:\s+Uncaught )?(?:\w*Error: )?(?:Call to undefined (?:method|function)|Class [\x22'][^\x22']+[\x22'] not found|Undefined constant|Too few arguments to function)", "Error: Call to undefined method Cart::totl()", "call to").of("php").is(Category::FunctionError),
    cause(10, "must be of type|cannot be passed to|return value must be", r"^\s*(?:PHP Fatal error:\s+Uncaught )?TypeError: |(?:Argument #\d+ \(\$\w+\)|Return value) must be of type", "TypeError: Cart::add(): Argument #1 ($n) must be of type int, string given", "must be").of("php").is(Category::TypeError),
    cause(10, "parse error: |parseerror: ", r"^(?:PHP )?(?:Parse error|ParseError): +(?P<message>.*)", "PHP Parse error:  syntax error, unexpected '}' in /w/a.php on line 3", "parse errors").of("php").is(Category::SyntaxError),
    // Composer and the Symfony console: the exception stands in a box of its own.
    symptom(2, ".php line ", r"^In \S+\.php line \d+:$", "In CurlDownloader.php line 623:", "In a.sh line 3:"),
    cause(9, "exception", r"^\s+\[(?P<code>(?:[A-Z]\w*\\)+\w+)(?: \(\d+\))?\]\s*$", "  [Composer\\Downloader\\TransportException (429)]  ", "[x]").of("composer"),
    cause(10, "could not be downloaded|could not be fully loaded|failed to download", r"^\s*(?:The \x22[^\x22]+\x22 file could not be downloaded|Failed to download \S+/\S+ from|\S+ could not be fully loaded)", "  The \x22https://repo.example/packages.json\x22 file could not be downloaded (HTTP/1.1 404 Not Found)", "downloaded").of("composer").is(Category::Dependency),
    cause(11, "too many requests", r"429 Too Many Requests", "file could not be downloaded (HTTP/1.0 429 Too Many Requests)", "requests").is(Category::RateLimit),
    cause(9, "lock file is not up to date|your lock file does not contain|is present in the lock file|is missing from the lock|the lock file is not up to date", r"(?i)lock file is not up to date|Required package \S+ is (?:not present|in the lock file)", "The lock file is not up to date with the latest changes in composer.json.", "lock file").of("composer").is(Category::Dependency),
    // Analysers and fixers.
    cause(9, "error: ", r"^ERROR: (?P<code>[A-Z]\w+) - (?P<path>\S+?):(?P<line>\d+):\d+ - (?P<message>.*)", "ERROR: InvalidReturnType - src/Cart.php:12:5 - The declared return type", "ERROR: x").of("psalm").is(Category::TypeError),
    cause(9, "    0) ", r"^\s+\d+\) (?P<path>\S+\.php)(?: \([\w, /]+\))?$", "   1) src/Cart.php (braces, no_unused_imports)", "1) x").of("php-cs-fixer").is(Category::LintFormat),
    cause(9, "[x] |[ ] ", r"^\s+(?P<line>\d+) \| ERROR +\| \[[x ]\] (?P<message>.*)", "  3 | ERROR | [x] Opening brace must be on its own line", "3 | x").of("phpcs").is(Category::LintFormat),
    symptom(3, "tests: ", r"^Tests: \d+, Assertions: \d+, .*(?:Failures|Errors): [1-9]", "Tests: 10, Assertions: 12, Failures: 1.", "Tests: 10, Assertions: 12.").of("phpunit"),
    symptom(3, "failures!|errors!", r"^(?:FAILURES|ERRORS)!$", "FAILURES!", "FAILURES"),
    noise("- ", r"^\d{3}- ", "003- Fatal error: the output that was expected", "003+ Fatal error: x"),
    noise("ok, but incomplete|ok (", r"^OK(?:, but incomplete| \()", "OK (189 tests, 291 assertions)", "NOT OK"),
    noise("pass |skip |xfail", r"^(?:PASS|SKIP|XFAIL|BORK) .*\[\S+\.phpt\]", "PASS error test [a.phpt]", "FAIL x [a.phpt]"),
];
