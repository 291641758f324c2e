//! What the words of a line say about the kind of failure: one ordered list, the most specific first.

use crate::failure::model::Category;

/// One row: a line that matches is of this category, unless an earlier row matches too.
#[derive(Debug)]
pub(super) struct Row {
    pub category: Category,
    /// A weak row gives way to any other row that matches a neighbouring line.
    pub weak: bool,
    pub pattern: &'static str,
    /// A line it must match.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the test that runs every row"))]
    pub hit: &'static str,
}

const fn strong(category: Category, pattern: &'static str, hit: &'static str) -> Row {
    Row {
        category,
        weak: false,
        pattern,
        hit,
    }
}

const fn weak(category: Category, pattern: &'static str, hit: &'static str) -> Row {
    Row {
        category,
        weak: true,
        pattern,
        hit,
    }
}

/// The rows.
pub(super) const ROWS: &[Row] = &[
    // What is outside the project.
    strong(
        Category::Cancelled,
        r"(?i)operation was cancell?ed|(?:job|run|build|workflow) (?:was|has been) cancell?ed|canceling since a higher",
        "##[error]The operation was canceled.",
    ),
    strong(
        Category::Infrastructure,
        r"(?i)shutdown signal|lost communication with|runner system failure|job failed \(system failure\)|hosted runner lost|cannot connect to the docker daemon|imagepullbackoff|errimagepull|DISCONNECTED|Disconnected, because no message|browserstack|state lock|agent (?:was )?(?:lost|disconnected)|slave went offline|channel is closing down|artifact(?:\(s\))?: .*not found|no nodes? (?:are )?available|crashloopbackoff",
        "The runner has received a shutdown signal.",
    ),
    strong(
        Category::RateLimit,
        r"(?i)rate[ -]?limit|too ?many ?requests|throttlingexception|requestlimitexceeded|resource_exhausted|quota exceeded for quota metric|\bHTTP(?:/\S+)? 429\b|\b429 too many\b|secondary rate",
        "API rate limit exceeded for user",
    ),
    strong(
        Category::DiskSpace,
        r"(?i)no space left on device|\bENOSPC\b|disk quota exceeded|not enough (?:disk )?space|disk (?:is )?full|running out of disk space",
        "write: No space left on device",
    ),
    strong(
        Category::MemoryError,
        r"(?i)out ?of ?memory|cannot allocate memory|\bOOM(?:[- ]?kill|killed)|heap (?:out of memory|limit)|java heap space|gc overhead|std::bad_alloc|\bMemoryError\b|memory (?:size of \d+ bytes )?exhausted|virtual memory (?:size of \d+ bytes )?exhausted|heap (?:is )?exhausted|insufficient memory|could not reserve enough space|(?:unable|failed|not able) to allocate|memory limit|mmap failed|bad allocation|leakcheck|LeakSanitizer|definitely lost: [1-9]|\bENOMEM\b|exit(?:ed with)?(?: code)? 137\b",
        "java.lang.OutOfMemoryError: Java heap space",
    ),
    // How a process died.
    strong(
        Category::Crash,
        r"(?i)segmentation fault|\bsegfault|SIG(?:SEGV|ABRT|BUS|ILL|FPE)\b|core dumped|bus error|AddressSanitizer|ThreadSanitizer|MemorySanitizer|PROCESS-CRASH|MOZ_CRASH|internal compiler error|compiler panicked|access violation|fatal python error|forked vm terminated|illegal instruction|floating point exception|double free|stack smashing|\babort(?:ed)? \(core|abort trap|test crashed|0xC0000005|panicked while processing panic|fatal signal",
        "Segmentation fault (core dumped)",
    ),
    strong(
        Category::Timeout,
        r"(?i)\btimed?[ -]?out\b|\btime-?outs? (?:of|after|expired|exceeded|reached|error|waiting)|Timeout(?:Error|Exception|Expired)|max run time exceeded|maximum execution time|maximum time limit|TEST-UNEXPECTED-TIMEOUT|timetrap|no output has been received|deadline ?exceeded|exceeded timeout|execution took longer than|async callback was not invoked within|asynchronous wait failed|\bhung\b|deadlock",
        "Timeout of 5000ms exceeded",
    ),
    // What could not be had.
    strong(
        Category::Dependency,
        r"(?i)could not resolve (?:all )?dependenc|could not find (?:artifact|gem|a version|compatible versions|a package configuration|module)|no matching (?:distribution|package|version)|unable to (?:locate package|find package|resolve dependency)|no installation candidate|unmet (?:build )?dependenc|unknown package|no such package|package .{1,60} (?:is not available|not found|has no installation)|unable to satisfy|unsupported engine|is incompatible with this module|out of sync|lock ?file .{0,40}(?:not up to date|outdated|out of date)|do not match the hashes|checksum mismatch|integrity check|nothing provides|PackagesNotFound|Unsatisfiable|ResolvePackageNotFound|\bERESOLVE\b|\bETARGET\b|\bE404\b|ERR_PNPM|peer dep|lockfile|Cannot find (?:module|package) |can't find crate|can't resolve|Module not found|ModuleNotFoundError|No module named|cannot load such file|NoClassDefFoundError|ClassNotFoundException|requirements could not be resolved|requested package|conflicting (?:requests|dependencies)|failed to select a version|no required module provides|missing go\.sum|cannot find package|not found: manifest|manifest unknown|pull access denied|Failed building wheel|subprocess-exited-with-error|native extension|Failed build dependencies|is needed by|but you have |has requirement |No package .* available|No version of|error while loading shared libraries|Can't locate \S+ in @INC|ERR_MODULE_NOT_FOUND|Unchecked dependencies|dependency \S+ (?:is )?not found|npm (?:ERR!|error) (?:notarget|missing:)|incompatible with this dependency|Error requiring|Cannot find a suitable|unresolved dependenc",
        "npm ERR! code ERESOLVE",
    ),
    strong(
        Category::PermissionAuth,
        r"(?i)permission denied|access (?:is )?denied|AccessDenied|\bEACCES\b|\bEPERM\b|operation not permitted|returned error: 40[13]\b|No valid credential|protected branch|dubious ownership|is forbidden: User|Token required|\b401 unauthorized|\b403 forbidden|unauthorized\b|authentication (?:failed|required|error)|could not read username|bad credentials|not accessible by integration|not authorized|invalid (?:access )?token|expiredtoken|must be owner|insufficient (?:permissions?|privileges|authentication)|PERMISSION_DENIED|requires authentication|login failed|no basic auth credentials|secret key|host key verification|permission denied \(publickey|(?:password|peer|ident) authentication|invalid (?:username|password|credentials|api key)|(?:api|access) (?:key|token) (?:is |has )?(?:expired|invalid|missing|revoked|required)|(?:token|key|credentials?) (?:has |have |is |are )?(?:expired|revoked)|not logged in|you (?:must|need to) (?:be logged in|log in|login|authenticate)|do(?:es)? not have (?:the )?(?:permission|access|rights?)|insufficient scope|signing failed|failed to sign|incorrect password|wrong passphrase|keystore password|read-only file system",
        "Permission denied: /etc/x",
    ),
    strong(
        Category::NetworkError,
        r"(?i)\bECONN(?:REFUSED|RESET|ABORTED)\b|\bETIMEDOUT\b|\bENOTFOUND\b|\bEAI_AGAIN\b|\bEHOSTUNREACH\b|socket hang up|connection (?:was )?(?:refused|reset|closed|aborted|timed out)|connect(?:ion)? failed|could not resolve host|name resolution|name or service not known|getaddrinfo|(?:network|host) (?:is )?unreachable|\bRPC failed|early EOF|remote end hung up|ssl(?:_| )(?:error|handshake|connect)|handshake (?:failed|failure)|certificate (?:verify|has|is|subject)|tls:|fatal alert|unable to access 'http|failed to fetch|failed to download|could(?: not|n't) (?:download|transfer|connect)|returned error: [45]\d\d|ERROR [45]\d\d:|HTTP (?:response code|error|status)[^0-9]{0,8}[45]\d\d|\b50[234] (?:bad gateway|service unavailable|gateway time)|ConnectionError|Could not read from remote|kex_exchange|ssh_dispatch|\[404\]|fetch failed|network error|ClientAuthenticationException|address (?:already )?in use|EADDRINUSE|PKIX path|unable to find valid certification path|self[- ]signed certificate",
        "fetch failed: ETIMEDOUT",
    ),
    // What is wrong in the sources.
    strong(
        Category::SyntaxError,
        r"(?i)\bsyntax ?error\b|SyntaxError|IndentationError|TabError|parse error|ParseError|unexpected token|unexpected end of (?:file|input)|unterminated (?:string|comment)|unclosed delimiter|expected (?:one of )?(?:`|'|‘|\x22)?[!;:,.(){}\[\]]+|did not find expected|cannot start any token|mapping values are not allowed|while (?:parsing|scanning) (?:a|for)|invalid syntax|malformed|missing closing|unbalanced|non-parseable|unparseable|could not parse|cannot parse|can't parse|unable to parse|failed to parse|not well[- ]formed|syntax is incorrect|trailing comma|unexpected (?:character|symbol|keyword|indent|identifier|end of|eof|input|string)|(?:invalid|illegal) character|end tag name",
        "SyntaxError: Unexpected token }",
    ),
    strong(
        Category::LintFormat,
        r"(?i)\b(?:eslint|rubocop|flake8|pylint|checkstyle|spotless|ktlint|detekt|perlcritic|shellcheck|golangci|clippy|prettier|stylelint|hadolint|markdownlint|yamllint|swiftlint)\b|format violations|would reformat|code style|not (?:properly |correctly )?formatted|trailing white ?space|line (?:is )?too long|\bMD0\d\d/|: [CW]: \w+/|\b[EFWC]\d{3} |\bSC\d{4}\b|missing (?:license )?header|Overfull|Underfull|-Wunused|\[-W|unused (?:import|variable)|include guard|locale dependent function|\bis (?:defined|imported) but (?:never )?unused|no-unused|APPLY CHANGES|Severity: \d|does not match format|not in order|Run '[^']+' to create|expected blank lines|Diff in |offen[sc]es? detected|imports are incorrectly|Redundant|UnusedImport|never used",
        "lib/a.rb:158:17: C: Performance/RegexpMatch: Use match?",
    ),
    strong(
        Category::TypeError,
        r"TypeError|cannot use .{1,80} as .{1,60} value|\berror TS\d+|is not assignable to|mismatched types|\berror\[E0308\]|(?i:incompatible types?)|(?i:type mismatch)|Couldn't match (?:expected )?type|ClassCastException|AttributeError|(?i:cannot (?:be converted|(?:implicitly )?convert))|Argument of type|(?i:is not a valid type)|(?i:\btype error\b)|badarith|cannot unpack|No implicit conversion|InvalidCastException|does not conform to|type .* has no (?:member|attribute)|Property '.*' does not exist",
        "TypeError: x is not a function",
    ),
    // What a test said.
    strong(
        Category::AssertionFailure,
        r"(?i)assert(?:ion)?(?:ion)?(?:s)?(?:\b|_).{0,200}\bfail|assertion ?error|AssertionFailed|AssertionError|ComparisonFailure|Failed asserting|\bexpected\b.{0,300}\b(?:but|got|actual|received|was|found|equal|to|instead)\b|^\s*expected:|expect\(.*\)\.|\bgot\b.{0,200}\bwant(?:ed)?\b|\bto (?:equal|be|eq|have|contain|match)\b|did not (?:equal|match)|not equal|does not (?:equal|match)|should (?:be|have|equal|contain|not)|TooFewActualInvocations|WantedButNotInvoked|Invocations|Failure/Error|Minitest::Assertion|XCTAssert|\*\*\* FAILED \*\*\*|TEST-UNEXPECTED-FAIL|Not equal to tolerance|left: |^E\s+assert|DID NOT RAISE|Expectation failed|mismatch(?:ed)? (?:snapshot|output)|does not match stored snapshot|toMatch|See dump file|image comparison|\(Failed\)|Error Trace|Hunk .*FAILED",
        "AssertionError: expected true",
    ),
    strong(
        Category::FunctionError,
        r"(?i)is not a function|undefined (?:method|function|local variable|name)|is not callable|is not defined\b|cannot call|NoMethodError|NameError|ReferenceError|NoSuchMethod|UndefinedFunctionError|call to undefined|void-(?:function|variable)|Symbol's (?:value|function)|missing \d+ required positional|wrong number of arguments|undefined: \w|has no (?:method|attribute|exported member)|is not exported|no such (?:function|method)|could not find function|unknown (?:function|method)|undefined or private|undefined function|function \S+ (?:is )?undefined|not a function|ArityException",
        "x is not a function",
    ),
    strong(
        Category::FileAccess,
        r"(?i)no such file or directory|\bENOENT\b|FileNotFound|cannot (?:read|open|access|stat|find) (?:the )?(?:file|directory|path)|cannot read|cannot access|file (?:does not exist|not found)|does(?:n't| not) exist|directory not found|\bEISDIR\b|\bENOTDIR\b|\bEMFILE\b|COPY failed|failed to compute cache key|command not found|not recognized as|: not found$|NoSuchFileException|Bad file",
        "cannot read file",
    ),
    strong(
        Category::Config,
        r"(?i)CMake Error|configure: error|missing script:|failed to parse manifest|invalid type: .{0,80}\bexpected |invalid (?:target|source) release|unsupported (?:class|option)|unknown (?:option|flag|command|argument)|unrecogni[sz]ed (?:option|argument|command)|illegal (?:switch|option)|flag provided but not defined|No rule to make target|No Rakefile|don't know how to build|invalid (?:configuration|option|workflow|reference)|ImproperlyConfigured|missing script|input required|unable to resolve action|remote branch .* not found|unknown revision|pathspec|unstaged changes|merge conflict|CONFLICT \(|too large\. Max|not set\b|environment variable|misconfigur|Configuration error|requires? (?:at least )?(?:node|java|python|ruby|go|jdk) ?(?:version)?|is deprecated and will|no acceptable C compiler|Duplicate package|required key|No such (?:option|command)|Unrecognized named-value|unbound variable|Enforcer rules|unknown (?:directive|key|property|setting|parameter|field|module type)|(?:unexpected|additional|invalid) propert|(?:invalid|unsupported|unexpected) (?:value|key|setting|argument|parameter) |is not a valid (?:value|choice|option)|invalid choice|multiple heads|not yet committed|uncommitted changes|working (?:tree|directory) (?:is )?(?:not clean|dirty|contains)|already exists|greater than the maximum|less than the minimum|required (?:argument|property|option|variable|parameter|field)|is required\b|not set;|no such (?:setting|target|task|profile)|(?:task|target|profile) .{1,60} not found|does not match (?:the )?(?:tag|version)|no changelog|changelog",
        "flag provided but not defined: -x",
    ),
    strong(
        Category::BuildCompile,
        r"(?i)\berror\[E\d{4}\]|undefined (?:reference|symbol)|multiple definition|unresolved external|linking with|linker command failed|^ld: |cannot find -l|compil(?:ation|e) (?:error|failed)|could not compile|COMPILATION ERROR|cannot find symbol|error: unknown type name|:\d+(?:[:.]\d+)*: (?:fatal |internal )?error\b|\w\(\d+(?:, ?\d+)?\)(?::| :)? (?:fatal )?error\b|\berror (?:C|LNK|CS|MSB|FS|BC)\d+|: fatal error|Failing due to -Werror|-Werror|not a member of|is not a member|Build failed|unresolved reference|Fatal error compiling|Mixin target|build_failed|CompileError|Error in module|! Undefined control|import cycle|LaTeX Error|failed to solve|custom build command|\.go:\d+:\d+: |error generated",
        "error[E0432]: unresolved import `x`",
    ),
    // Nothing better.
    weak(
        Category::Crash,
        r"(?:^|[\s:])Killed\b",
        "line 3: 30891 Killed python render.py",
    ),
    weak(
        Category::AssertionFailure,
        r"(?i)\btests?\b.{0,60}\bfail|--- FAIL|<<< FAILURE|not ok \d+|^FAIL|\bFAILED\b",
        "author test failed",
    ),
    weak(
        Category::RuntimeError,
        r"(?:[A-Z]\w*(?:Error|Exception)\b)|\bpanic|panicked|Traceback|\*\* \(\w+|(?i:uncaught|unhandled)|(?i:fatal error)|(?i:stack ?trace:)|rake aborted|Warning: ",
        "thread 'main' panicked at src/a.rs:3:5:",
    ),
];
