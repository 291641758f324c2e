//! Shells and the small tools scripts are made of; interpreters without a family of their own.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "shell",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(10, "assert:", r"^ASSERT:(?P<message>\S.*)", "ASSERT:snapshots expected:<1> but was:<2>", "ASSERT x").of("shunit2").is(Category::AssertionFailure),
    symptom(2, "shunit2:error|failed (failures", r"^shunit2:ERROR\b|^FAILED \(failures=\d+\)", "shunit2:ERROR test_a() returned non-zero return code.", "shunit2"),
    cause(9, "command not found", r"command not found|: not found$", "bash: foo: command not found", "found").is(Category::FileAccess),
    cause(8, ": line ", r"^(?P<path>\S+): line (?P<line>\d+): (?P<message>.*)", "./a.sh: line 74: [: x: unary operator expected", "line 74: x").of("bash"),
    cause(7, "syntax error", r"(?i)\bsyntax error\b", "syntax error near unexpected token `('", "syntax").is(Category::SyntaxError),
    cause(7, ": line 0", r": line \d+:\s+\d+ (?P<message>(?:Aborted|Segmentation fault|Illegal instruction|Bus error|Floating point exception|Trace/breakpoint trap)\b.*)", "./run.sh: line 1:  2721 Aborted                 java -jar a.jar", "a.sh: line 3: x").of("bash").is(Category::Crash),
    cause(8, "api key|api-key|api_key|token|credential|password|license key", r"(?i)^\W*(?:\S+: )?(?:error:? )?(?:the |your |this |an? |invalid |provided )*(?:api[ _-]?key|(?:access|auth|bearer|deploy) token|token|credentials?|password|license key)s?\b.{0,30}\b(?:(?:is|are|was|has) (?:expired|invalid|revoked|missing|rejected|not valid|incorrect|wrong|not set)|has no (?:scope|access|permission)|does ?n[o']t have|expired|revoked)\b", "The API key is expired or has no scope push.", "API key created").is(Category::PermissionAuth),
    cause(7, "environment variable", r"(?i)environment variable.{0,60}\b(?:(?:is )?(?:not set|missing|required|undefined|unset|empty)|must be set)|(?:missing|undefined|unset|required) (?:required )?environment variable|could not fetch environment variable", "environment variable DATABASE_URL is missing.", "environment variables").is(Category::Config),
    cause(6, "does not follow|not follow the|conventional commit", r"(?i)\b(?:does not|doesn't|do not|must) follow\b|not (?:a|in) (?:valid )?conventional commit", "commit 1a2b3c4 does not follow type(scope): subject", "followed").is(Category::LintFormat),
    cause(7, " link |links to|anchor|leads nowhere", r"(?i)^(?P<path>[^\s:]+\.(?:md|rst|adoc|html?|txt|org)):(?P<line>\d+)(?::\d+)?:? (?P<message>.*\b(?:links?|anchor|reference)\b.*)", "docs/a.md:3: link to ../b.md leads nowhere", "docs/a.md: 2 links good").is(Category::FileAccess),
    cause(7, "unbound variable|bad substitution|command substitution", r"unbound variable|bad substitution|unary operator expected|integer expression expected|ambiguous redirect", "a: unbound variable", "variable").of("bash"),
    cause(8, "permission denied|operation not permitted", r"Permission denied|Operation not permitted", "/bin/x: Permission denied", "denied").is(Category::PermissionAuth),
    cause(7, "curl: (", r"^curl: \((?P<code>\d+)\) (?P<message>.*)", "curl: (22) The requested URL returned error: 404", "curl").of("curl").is(Category::NetworkError),
    cause(7, "error 000|http 000|http/0 000|http/0.0 000|response code: 000|status code 000|status code: 000|returned error: 000", r"ERROR (?P<code>[45]\d\d): |HTTP(?:/\d(?:\.\d)?)? (?:error )?[45]\d\d\b|HTTP response code: [45]\d\d|status code:? [45]\d\d|returned error: [45]\d\d", "ERROR 404: Not Found.", "HTTP 200").is(Category::NetworkError),
    cause(7, "[000] http", r"^\s*\[(?:4\d\d|5\d\d)\] https?://", "[404] http://localhost:5422", "[200] http://a").is(Category::NetworkError),
    cause(8, "could not resolve host|name resolution|temporary failure|name or service", r"(?i)could not resolve host|temporary failure (?:in name|resolving)|name or service not known|no address associated|getaddrinfo", "curl: (6) Could not resolve host: x", "host").is(Category::NetworkError),
    cause(7, "certificate|ssl", r"(?i)certificate (?:verify failed|has expired|is not trusted|subject)|ssl[_ ](?:error|handshake|connect)|self[- ]signed certificate|no certificate subject", "SSL certificate verify failed: certificate has expired", "certificates").is(Category::NetworkError),
    cause(6, "md5sum|sha256|checksum|did not match|hash mismatch|integrity", r"(?i)(?:md5|sha\d+|checksum|hash|integrity).{0,40}(?:mismatch|did not match|failed|does not match)", "md5sum did not match.", "sha256").is(Category::Dependency),
    cause(7, "diff --git", r"^diff (?:--git|-r|-u)", "diff --git a/x b/x", "different").is(Category::LintFormat),
    test(7, "found errors in|caught exception in", r"^(?:Found errors in|Caught exception in) (?P<test>\w+)\(\)", "Found errors in Test_popup():", "Found").is(Category::AssertionFailure),
    cause(7, "line ", r"^function \S+ line \d+: (?P<message>\S.*)", "function RunTheTest[40]..Test_x line 55: See dump", "function x").of("vim").is(Category::AssertionFailure),
    cause(9, "! undefined|! missing|! package|! class|! latex|! emergency|! extra|! argument|! paragraph|! runaway|! file|! misplaced|! too |! use |! dimension|! illegal|! double|! text|! you |! i can|! pdf|! bad |! number|! arithmetic|! font|! incomplete|! improper|! infinite|! interruption|! forbidden|! xetex|! luatex|! tex", r"^! (?:(?:La|pdf|Xe|Lua)?TeX (?:\w+ )?[Ee]rror|Package|Class|Undefined|Missing|Emergency|Extra|Argument|Paragraph|Runaway|File|Misplaced|Too|Use|Dimension|Incomplete|Improper|Illegal|Font|Double|Text|You|I (?:can't|couldn't)|Argument|Arithmetic|Bad|Interruption|Number|Infinite|Forbidden|Pdf|pdf\w+)\b", "! Undefined control sequence.", "! Installing the dependencies failed").of("latex").is(Category::BuildCompile),
    cause(7, "overfull|underfull|latex error|l.0", r"^(?:Overfull|Underfull) \\[hv]box|^l\.\d+ |LaTeX Error:", "l.14 \\totl", "!important").of("latex").is(Category::BuildCompile),
    cause(10, "latex error: file ", r"LaTeX Error: File `(?P<path>[^']+)' not found", "! LaTeX Error: File `acme.sty' not found.", "LaTeX Error: x").of("latex").is(Category::Dependency),
    cause(9, ".tex:", r"^(?P<path>\S+\.(?:tex|sty|cls|bib)):(?P<line>\d+): (?P<message>\S.*)", "./paper.tex:12: Undefined control sequence.", "a.tex: x").of("latex").is(Category::BuildCompile),
    symptom(2, "==> fatal error|no pages of output|emergency stop|no output pdf", r"==> Fatal error occurred|^No pages of output|^! Emergency stop|^(?:Latexmk: )?Errors, so I did not complete", "!  ==> Fatal error occurred, no output PDF file produced!", "fatal error").of("latex"),
    cause(7, ".lua:0", r"^(?:lua|luajit|\S*lua\S*): \S+\.lua:\d+: |^\S+\.lua:\d+: ", "lua: a.lua:3: attempt to index", "lua").of("lua").is(Category::RuntimeError),
    cause(6, "error(", r"^\s*(?:error|signal|user-error|void-variable|wrong-type-argument|file-missing)\(", "error(\"No version of %s\" x nil)", "error x").of("emacs").is(Category::RuntimeError),
    cause(6, "debugger entered|symbol's|cannot open load file", r"Debugger entered--|Symbol's (?:value|function)|Cannot open load file", "Symbol's value as variable is void: x", "Symbol").of("emacs").is(Category::FunctionError),
    cause(6, "failure generated", r"^\s*\^-+ failure generated from", "^---- failure generated from test/lint/x.sh", "failure"),
    test(8, "✗ ", r"^\s*✗ (?P<test>.*)", " ✗ adds two", "ok").of("bats"),
    cause(7, "ld.so|error while loading shared", r"error while loading shared libraries", "x: error while loading shared libraries: a.so", "loading").is(Category::Dependency),
    symptom(3, "usage:", r"^[Uu]sage: ", "usage: foo [-x]", "usage of"),
    noise("+ ", r"^\++ (?:set|export|echo|cd|source|\[|test|if|mkdir|rm|cp|mv|sudo|true|exit|local|return|trap|eval|shift|case)\b", "+ echo error", "+ ERROR! x"),
    noise("echo", r#"(?:^|\s)echo ["'-]|\|\| (?:exit|true|echo|fail)|&& exit"#, "  make || echo error", "an echo: error"),
];
