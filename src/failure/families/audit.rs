//! Judges of configuration, documents and supply chains: schema validators, documentation builders, API and policy linters,
//! scanners for secrets and vulnerabilities.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "audit",
    rules: RULES,
};

const RULES: &[Rule] = &[
    // Schemas and interfaces.
    cause(10, "::$", r"^\s+(?P<path>\S+)::\$\S*: (?P<message>\S.*)", "  services/web.yaml::$.port: 80800 is greater than the maximum of 65535", "a::$").of("check-jsonschema").is(Category::Config),
    symptom(2, "schema validation errors were", r"^Schema validation errors were encountered", "Schema validation errors were encountered.", "schema").of("check-jsonschema"),
    cause(9, " must be | must have | must match| must not ", r"^\s*(?:- )?(?:data|instance)(?:[/.\[]\S*)? (?P<message>(?:must|should) (?:be|have|NOT|match|NOT have).*)", "data/port must be <= 65535", "data must").of("ajv").is(Category::Config),
    symptom(3, " invalid", r"^\S+\.(?:json|ya?ml) invalid$", "web.json invalid", "x invalid").of("ajv"),
    cause(9, "is not valid under any|is a required property|additional properties are not allowed|is not of type '|does not match any of the regexes|is not one of [", r"(?:is not valid under any of the given schemas|is a required property|Additional properties are not allowed|is not of type '|does not match any of the regexes|is not one of \[)", "'name' is a required property", "required").of("jsonschema").is(Category::Config),
    cause(9, "error  ", r"^\s+\d+:\d+\s+error\s+(?P<code>[a-z0-9]+(?:-[a-z0-9]+)+)\s+(?P<message>\S.*)", " 14:9    error  oas3-schema  Property \x22summry\x22 is not expected here.  paths", "  3:4  error  x").of("spectral").is(Category::LintFormat),
    symptom(2, "breaking changes,| errors, ", r"^\d+ (?:breaking )?(?:changes|errors), \d+ ", "2 errors, 1 warning", "errors").of("oasdiff"),
    cause(9, "breaking change|incompatible with|backward-incompat|backward incompat", r"(?i)^(?:error|✖|❌)?\s*(?P<message>.*\b(?:breaking change|backward[- ]incompatible|is incompatible with)\b.*)", "error: field 3 was deleted: breaking change", "breaking"),
    cause(9, "schema validation failed|not a valid openapi", r"^Error: (?:Swagger schema validation failed|.* is not a valid Openapi)", "Error: Swagger schema validation failed.", "Error: x").of("swagger").is(Category::Config),
    // Documentation.
    cause(10, "contains a link |contains an |contains a reference|in the 'nav' configuration", r"(?:^|- )\s*(?P<message>(?:Doc file '[^']+' contains (?:a|an) (?:\w+ )*link '.*|A (?:relative path|reference) to '[^']+' is included in the 'nav' configuration.*))", "WARNING -  Doc file 'index.md' contains a link 'x.md', but the target is not found among documentation files.", "contains a link").of("mkdocs").is(Category::FileAccess),
    cause(10, "config value '", r"(?:^|- )\s*(?P<message>Config value '[^']+': .*)", "ERROR    -  Config value 'plugins': The \"x\" plugin is not installed", "config value x").of("mkdocs").is(Category::Config),
    symptom(2, "aborted with", r"^Aborted with \d+ (?:warnings|[Cc]onfiguration [Ee]rrors?)", "Aborted with 1 warnings in strict mode!", "Aborted").of("mkdocs"),
    cause(10, "error building site|failed to render|failed to extract", r"^(?:Error|ERROR)\b.*(?:error building site|failed to render|failed to extract).*", "Error: error building site: render: failed to render pages: x", "building").of("hugo").is(Category::BuildCompile),
    cause(10, "ref_not_found", r"REF_NOT_FOUND: Ref (?P<message>.*)", "ERROR REF_NOT_FOUND: Ref \"x.md\": \"a.md:3:1\": page not found", "ref").of("hugo").is(Category::FileAccess),
    cause(9, "liquid exception|conversion error|liquid error|liquid syntax|conversion syntax", r"^\s*(?:Liquid Exception|Conversion error): |^\s*(?:Liquid|Conversion) (?:syntax )?error", "  Liquid Exception: Could not locate the included file 'x' in a.md", "liquid").of("jekyll").is(Category::BuildCompile),
    cause(10, "broken links|broken anchors|broken link on|broken anchor on", r"Docusaurus found broken (?:links|anchors)|^- Broken (?:link|anchor) on source page", "Error: Docusaurus found broken links!", "broken").of("docusaurus").is(Category::FileAccess),
    cause(9, "asciidoctor: error|asciidoctor: failed|asciidoctor: warning", r"^asciidoctor: (?:ERROR|FAILED|WARNING): (?P<message>.*)", "asciidoctor: ERROR: a.adoc: line 12: include file not found", "asciidoctor x").of("asciidoctor"),
    cause(9, "pandoc: |error producing pdf", r"^(?:pandoc: \S+: (?P<message>.*)|Error producing PDF\.|Could not find (?:image|data file).*)", "pandoc: a.md: openBinaryFile: does not exist (No such file or directory)", "pandoc a").of("pandoc"),
    cause(9, "documented|unable to resolve|explicit link|argument list", r"^(?P<path>\S+\.(?:h|hpp|c|cc|cpp|hxx|dox|md)):(?P<line>\d+): (?:warning|error): (?P<message>.*(?:is not documented|unable to resolve|is not found in the argument list|documented symbol|explicit link request).*)", "src/a.h:12: warning: parameters of member f are not documented: is not documented", "a.h: x").of("doxygen").is(Category::LintFormat),
    cause(9, "rustdoc::|unresolved link to", r"^error: unresolved link to|\[`?rustdoc::\w+", "error: unresolved link to `Foo`", "rustdoc").of("rustdoc").is(Category::LintFormat),
    cause(9, ") broken ", r"^\(?\s*\S+: line +\d+\) broken +(?P<message>.*)", "(           usage: line   12) broken    https://x.example - 404 Client Error", "broken").of("sphinx").is(Category::LintFormat),
    // Security.
    cause(10, ">> issue: [", r"^>> Issue: \[(?P<code>B\d{3})\S*\] (?P<message>.*)", ">> Issue: [B602:subprocess] subprocess call with shell=True identified, security issue.", ">> Issue").of("bandit").is(Category::LintFormat),
    symptom(1, "files skipped (|total issues (|severity: |total lines", r"^Files skipped \(\d+\):|^\s*Total (?:issues \(by|lines)|^\s+Severity: \w+ +Confidence", "Files skipped (0):", "files").of("bandit"),
    cause(9, "❯❯|❯❱|❱❱", r"^\s*(?:❯|❱){2,4} +(?P<code>[\w.-]+)$", "    ❯❯❱ python.lang.security.audit.eval", "❯ x").of("semgrep").is(Category::LintFormat),
    symptom(2, "findings|code finding", r"Findings: [1-9]|^[1-9]\d* (?:Code )?Findings?\b", "3 Code Findings", "findings").of("semgrep"),
    cause(9, "finding: ", r"^Finding:\s+(?P<message>\S.*)", "Finding:     aws_key = REDACTED", "Finding x").of("gitleaks").is(Category::LintFormat),
    cause(8, "leaks found", r"leaks found: [1-9]", "3:04PM WRN leaks found: 2", "no leaks found").of("gitleaks").is(Category::LintFormat),
    cause(9, "detector type|verified result", r"^(?:Found (?:un)?verified result|Detector Type: )", "Found verified result", "Found").of("trufflehog").is(Category::LintFormat),
    cause(9, "cve-0|ghsa-|pysec-", r"(?:^|\W)(?P<code>CVE-\d{4}-\d+|GHSA-\w{4}-\w{4}-\w{4}|PYSEC-\d{4}-\d+)\b", "│ openssl │ CVE-2024-1234 │ HIGH │", "CVE").is(Category::Dependency),
    symptom(2, "known vulnerabilit|total: ", r"^(?:Found \d+ known vulnerabilit|Total: [1-9]\d* \((?:UNKNOWN|LOW|HIGH|CRITICAL))", "Total: 3 (HIGH: 2, CRITICAL: 1)", "total").of("trivy"),
    cause(9, "check: ckv", r"^Check: (?P<code>CKV\w+): \x22(?P<message>.*)\x22", "Check: CKV_AWS_20: \"S3 Bucket has an ACL defined which allows public READ access.\"", "Check").of("checkov").is(Category::LintFormat),
    symptom(2, "failed checks: ", r"^Passed checks: \d+, Failed checks: [1-9]", "Passed checks: 12, Failed checks: 3, Skipped checks: 0", "failed checks"),
    cause(9, "fail - ", r"^FAIL - (?P<path>\S+) - (?:\S+ - )?(?P<message>.*)", "FAIL - k8s/a.yaml - main - Containers must not run as root", "FAIL x").of("conftest").is(Category::LintFormat),
    symptom(2, "tests, ", r"^\d+ tests?, \d+ passed, \d+ warnings?, [1-9]\d* failures?", "12 tests, 10 passed, 0 warnings, 2 failures, 0 exceptions", "tests"),
    // Publishing.
    cause(10, "file already exists|already exists. see|this filename has already been used|version already exists|previously published versions|cannot publish over", r"(?i)\bfile already exists\b.*|this filename has already been used|version already exists|cannot publish over the previously published|You cannot publish over", "400 File already exists ('x-1.0-py3-none-any.whl'). See", "already exists x").of("publish").is(Category::Config),
    cause(10, "has syntax errors in markup", r"has syntax errors in markup", "ERROR    `long_description` has syntax errors in markup and would not be", "markup").of("twine").is(Category::SyntaxError),
    cause(10, "invaliddistribution|cannot find file (or expand", r"InvalidDistribution: (?P<message>.*)|Cannot find file \(or expand pattern\)", "ERROR    InvalidDistribution: Cannot find file (or expand pattern): 'dist/*'", "distribution").of("twine").is(Category::FileAccess),
    cause(10, "non-existent authentication|isn't allowed to upload|403 forbidden from|invalid api token", r"Invalid or non-existent authentication|isn't allowed to upload to project|HTTPError: 403 Forbidden from|Invalid API Token", "ERROR    HTTPError: 403 Forbidden from https://upload.example.org/legacy/", "authentication").of("twine").is(Category::PermissionAuth),
    symptom(3, "400 bad request from", r"^(?:ERROR\s+)?HTTPError: 400 Bad Request from", "ERROR    HTTPError: 400 Bad Request from http://x/legacy/", "bad request").of("twine"),
    cause(10, "repushing of gem", r"Repushing of gem versions is not allowed", "Repushing of gem versions is not allowed.", "gem").of("gem").is(Category::Config),
    cause(9, "release failed after|build failed after", r"⨯ (?:release|build) failed after .*?error=(?P<message>.*)", "  ⨯ release failed after 3s    error=git is in a dirty state", "release failed").of("goreleaser").is(Category::Config),
    cause(9, "git is in a dirty state|git tag ", r"git is in a dirty state|git tag \S+ was not made against commit", "error=git is in a dirty state", "git tag").of("goreleaser").is(Category::Config),
    cause(9, "token required|no coverage report|no coverage file|failed to properly", r"(?:Token required|No coverage (?:reports?|files?) (?:found|to upload)|Failed to properly (?:create|upload))", "Error: No coverage reports found. Please make sure you're generating reports successfully.", "coverage").of("codecov").is(Category::Config),
    // Behaviour-driven tests.
    cause(9, "@given(|@when(|@then(|@step(", r"^@(?:given|when|then|step)\(u?'(?P<message>.*)'\)", "@when(u'the order is refunded')", "@when(x)").of("behave").is(Category::FunctionError),
    cause(9, "undefined. implement with", r"Undefined\. Implement with the following snippet", "       Undefined. Implement with the following snippet:", "undefined").of("cucumber").is(Category::FunctionError),
    symptom(3, "you can implement step definitions", r"^You can implement step definitions for undefined steps", "You can implement step definitions for undefined steps with these snippets:", "you can").of("cucumber"),
    symptom(1, "scenarios |features passed|feature passed|steps passed|failing scenarios|took 0m", r"^\d+ (?:features?|scenarios?|steps?) passed, |^\d+ scenarios? \(|^Failing [Ss]cenarios:|^Took \d+m[\d.]+s$", "8 scenarios passed, 1 failed, 0 skipped", "scenarios").of("behave"),
    cause(10, "assert failed: |assertion failed: ", r"^\s+(?:ASSERT FAILED|Assertion Failed): (?P<message>\S.*)", "      ASSERT FAILED: expected 3", "assertion").of("behave").is(Category::AssertionFailure),
    test(8, "assertionerror |assertionfailure ", r"^\s*\d+\.\s+(?P<code>AssertionError|AssertionFailure)\s+(?P<test>\S.*)", "  1.  AssertionError   Status code is 200", "1. x").of("newman").is(Category::AssertionFailure),
    cause(9, "thresholds on metrics", r"thresholds on metrics '[^']*' have been (?:crossed|breached)", "level=error msg=\"thresholds on metrics 'http_req_duration' have been crossed\"", "thresholds").of("k6").is(Category::AssertionFailure),
    noise("pass", r"^\S.*\s+\| PASS \|$", "Never Fails      | PASS |", "x | FAIL |"),
    symptom(1, "output:  |report:  |log:     ", r"^(?:Output|Report|Log|XUnit):\s+/\S+\.(?:xml|html)$", "Report:  /w/out/report.html", "report").of("robot"),
    symptom(1, "tests, ", r"^\d+ tests?, \d+ passed, [1-9]\d* failed$", "27 tests, 26 passed, 1 failed", "27 tests").of("robot"),
];
