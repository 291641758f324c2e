//! Linters and formatters of every language that have no family file of their own.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom};

pub(super) const FAMILY: Family = Family {
    name: "lint",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(9, "produced changes", r"^formatting '(?P<path>[^']+)' produced changes", "formatting './src/retry.cr' produced changes", "produced changes").of("crystal tool format").is(Category::LintFormat),
    cause(8, "newsfragments found", r"^No new newsfragments found", "No new newsfragments found on this branch.", "newsfragments").of("towncrier").is(Category::LintFormat),
    symptom(2, "fatal error", r"^msgfmt: found \d+ fatal errors?$", "msgfmt: found 1 fatal error", "fatal error"),
    cause(10, ".yml:0|.yaml:0", r"^(?P<path>\S+\.ya?ml):(?P<line>\d+)(?::\d+)?: (?P<code>[a-z][a-z-]+(?:\[[\w-]+\])?): (?P<message>\S.*)$", "site.yml:7: risky-file-permissions: File permissions unset or incorrect.", "a.yml:3: x").of("ansible-lint").is(Category::LintFormat),
    cause(9, "]: ", r"^(?P<code>[a-z]+(?:-[a-z]+)*\[[a-z][\w-]*\]): (?P<message>[A-Z].*)$", "fqcn[action-core]: Use FQCN for builtin module actions (shell).", "error[x]: y").of("ansible-lint").is(Category::LintFormat),
    symptom(1, "violation|profile:|failed: 0|failed: 00", r"^WARNING +Listing \d+ violation|^# Rule Violation Summary|^\s+\d+ [\w\[\]-]+ profile:|^Failed: \d+ failure\(s\)", "Failed: 3 failure(s), 0 warning(s) on 4 files.", "violation").of("ansible-lint"),
    noise("error|violation", r"^Read documentation for instructions on how to ignore", "Read documentation for instructions on how to ignore specific rule violations.", "x"),
    cause(9, "misspelled|unknown word (", r"^(?P<path>\S+?):(?P<line>\d+):\d+ - (?P<message>Unknown word \(.*\).*)|Misspelled word", "README.md:14:3 - Unknown word (recieve) fix: (receive)", "unknown word").of("cspell").is(Category::LintFormat),
    cause(9, "error  ", r"^\s+\d+:\d+\s+error\s+(?P<message>\S.*?)\s{2,}(?P<code>\w+\.\w+)$", "  3:14  error  Did you really mean 'recieve'?  Vale.Spelling", "  3:14  error").of("vale").is(Category::LintFormat),
    cause(9, ".proto:0", r"^(?P<path>\S+\.proto):(?P<line>\d+):\d+:(?: )?(?P<message>\S.*)", "a/b.proto:3:1:Files with package \x22a\x22 must be within a directory", "a.proto").of("buf").is(Category::LintFormat),
    cause(9, "be formatted|not formatted|properly formatted", r"(?i)(?:would be formatted|is not formatted|(?:is|are) not (?:properly )?formatted|needs? to be formatted)", "a.dart is not formatted", "1 file formatted").is(Category::LintFormat),
    cause(8, "sc1|sc2|shellcheck", r"\b(?P<code>SC\d{4})\b", "^-- SC2086: Double quote to prevent globbing", "SC").of("shellcheck").is(Category::LintFormat),
    cause(10, ".yml:0|.yaml:0", r"^(?P<path>\S+\.ya?ml):(?P<line>\d+):\d+: (?P<message>.*) \[(?P<code>[a-z-]+)\]$", ".github/workflows/ci.yml:14:9: unexpected key \x22stepz\x22 for \x22job\x22 section. [syntax-check]", "a.yml: x").of("actionlint").is(Category::LintFormat),
    cause(9, " should be `", r"^error: `[^`]+` should be `", "error: `recieve` should be `receive`", "it should be `x`").of("typos").is(Category::LintFormat),
    cause(9, " ==> ", r"^(?P<path>\S+?):(?P<line>\d+): (?P<message>\S+ ==> \S.*)$", "./docs/usage.md:14: recieve ==> receive", "==> x").of("codespell").is(Category::LintFormat),
    cause(9, "quality gate", r"(?i)quality gate (?:status: )?(?:has )?failed", "ERROR: QUALITY GATE STATUS: FAILED - View details", "quality gate passed").of("sonar").is(Category::LintFormat),
    cause(8, "[000] |[error] |[timeout] ", r"^(?:✗ |× )?\[(?:4\d\d|5\d\d|ERROR|TIMEOUT)\] <?https?://", "[404] https://acme.example/gone | Failed: x", "[200] https://a").of("lychee").is(Category::LintFormat),
    cause(7, " line 0", r"^In (?P<path>\S+\.(?:[bd]?a?sh|ksh|bats|inc|env)|[^.\s]+) line (?P<line>\d+):$", "In a.sh line 3:", "In Kernel.php line 3:").of("shellcheck").is(Category::LintFormat),
    cause(8, ": [", r"^(?P<path>[\w./-]+\.\w+):(?P<line>\d+):\d+: \[?(?:error|warning)\]? .*\((?P<code>[\w-]+)\)$", "a.yml:3:1: [error] wrong indentation (indentation)", "a.yml").of("yamllint").is(Category::LintFormat),
    cause(8, "error", r"^\s+(?P<line>\d+):\d+\s+error\s+.*\((?P<code>[\w-]+)\)$", "  3:1       error    wrong indentation  (indentation)", "3:1").of("yamllint").is(Category::LintFormat),
    cause(8, "hook id|files were modified by this hook", r"^- hook id: (?P<code>\S+)|files were modified by this hook", "- hook id: black", "hook").of("pre-commit").is(Category::LintFormat),
    cause(6, "...failed", r"\.{3,}Failed$", "Check Yaml....................Failed", "....Passed").of("pre-commit").is(Category::LintFormat),
    cause(7, "dl3|hadolint", r"\b(?P<code>DL\d{4})\b", "Dockerfile:3 DL3008 warning: Pin versions", "DL").of("hadolint").is(Category::LintFormat),
    cause(7, "trailing whitespace|no newline at end|mixed spaces|line too long|missing newline|tab character|line is too long|trailing white space|mixed tabs", r"(?i)trailing white ?space|no newline at end of|line (?:is )?too long|missing newline|mixed (?:spaces|tabs)", "a.c:3: trailing whitespace.", "whitespace").is(Category::LintFormat),
    cause(7, "include guard|appears to be|locale dependent|to be used|duplicate include", r"(?i)missing the expected include guard|appears to be used:|duplicate include", "x.h seems to be missing the expected include guard:", "guard").is(Category::LintFormat),
    cause(6, "not formatted|needs formatting|reformatted|run gofmt|clang-format|unformatted|please run|correctly formatted|properly formatted|need formatting|needs reformatting|fmt\x60|prettier --write|prettier\x60", r"(?i)not (?:properly |correctly )?formatted|needs? (?:re)?formatting|code should be clang-formatted|unformatted|run .{0,40}(?:fmt|format|prettier|black)\b", "The following files are not formatted:", "formatted ok").is(Category::LintFormat),
    cause(7, "severity:|perlcritic", r"\(Severity: \d\)", "Code before strictures at line 3.  (Severity: 5)", "Severity").of("perlcritic").is(Category::LintFormat),
    cause(6, "dead link|broken link|broken links", r"(?i)\b[1-9]\d* (?:broken|dead) links?|dead link", "ERROR: Detected 1 broken links.", "0 broken links").is(Category::LintFormat),
    cause(7, "did not find expected|while parsing|while scanning|mapping values|cannot start any token", r"did not find expected|while (?:parsing|scanning) (?:a|for)|mapping values are not allowed|cannot start any token", "found character that cannot start any token while scanning", "parsing").of("yaml").is(Category::SyntaxError),
    cause(7, "out of date|is not up to date|not up-to-date|uncommitted changes|working tree|not up to date|outdated|to regenerate|' to update|' to fix|' to create", r"(?i)(?:is|are) (?:out of date|outdated|not up[- ]to[- ]date)|there are uncommitted changes|run '[^']+' to (?:create|update|fix|regenerate)", "a.lock is out of date", "up to date").is(Category::LintFormat),
    symptom(2, "problems|offense|offence|issues detected|issue detected|found 0 error|found 00 error", r"✖ \d+ problems?|Found \d+ errors? in \d+ file|[1-9]\d* (?:offenses?|issues?) detected", "✖ 3 problems (2 errors, 1 warning)", "no problems"),
];
