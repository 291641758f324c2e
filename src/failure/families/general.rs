//! Error shapes every tool shares: what makes output of a tool nobody listed readable.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, summary, symptom};

pub(super) const FAMILY: Family = Family {
    name: "general",
    rules: RULES,
};

const RULES: &[Rule] = &[
    // Words at the start of a line.
    cause(6, "error:", r"^\s*(?:\S{1,40}: )?(?i:fatal )?(?i:error): \S", "error: something broke", "0 errors: fine"),
    cause(6, "fatal", r"^\s*(?:\S{1,40}: )?(?:fatal|FATAL|Fatal)(?: error)?\b ?[:\]] ?\S", "fatal: not a git repository", "a fatal mistake"),
    cause(6, "error", r"^\s*(?:\[(?i:error)\]|(?i:error)!|ERROR\b ?-?|ERR!|E:|\[E\]|×|✖|✘|❌|🚨)\s*\S", "[ERROR] no such thing", "errors are listed below"),
    cause(5, "error", r"\b[Ee]rror: \S", "prog.c:3: Error: no such thing", "no error here"),
    cause(4, "error", r"(?:^|[\s\[(:])(?:ERROR|Error|error)(?:[\s\]):,!.]|$)", "an error was found", "errors=0"),
    cause(4, "0: ", r"^(?P<path>[\w./@+-]+\.[A-Za-z]\w{0,9}):(?P<line>\d+)(?::\d+)?: (?P<message>[A-Za-z\x22'`].*)", "geo/sphere.pyx:6:11: undeclared name: acos", "a.c:1").last_resort(),
    cause(3, "errors", r"(?i)\b(?:[1-9]\d*|with|following|these) errors?\b", "completed with errors", "0 errors"),
    cause(5, "exception", r"(?:^|[\s:(])(?:Unhandled |Uncaught |uncaught |unhandled )?(?:[A-Za-z_][\w$]*[.:]+)*[A-Z]\w*Exception\b ?(?:[:(\-]|$)", "java.lang.IllegalStateException: no", "exceptional"),
    cause(6, "error", r"^\s*(?:Uncaught |Unhandled )?(?:[A-Za-z_][\w$]*(?:\.|::))*[A-Z][A-Za-z]*Error(?: \[\w+\])?:(?: |$)", "ValueError: bad", "The Error: x"),
    cause(4, "exception", r"(?i)\b(?:unhandled|uncaught|caught|raised|threw|thrown)\b.{0,20}\bexception", "Unhandled exception at 0x1", "exception handling is fine"),
    cause(3, "exception", r"\bException\b|\bexception:", "Exception in x", "exceptions"),
    cause(6, "panic", r"(?i)^\s*(?:\S+ )?panic(?:ked)?\b.{0,4}[:!]|\bpanicked at\b", "panic: runtime error", "panic is not an option"),
    cause(5, "traceback|backtrace", r"Traceback \(most recent call last\)|^\s*(?i:back)trace:", "Traceback (most recent call last):", "traceback module").is(Category::RuntimeError),
    // What went wrong, in any tool's words.
    cause(5, "no such file", r"(?i)no such file or directory", "cat: a: No such file or directory", "no such files").is(Category::FileAccess),
    cause(4, "not found|could not be found|cannot be found", r"(?i)\b(?:not found|could not be found|cannot be found)\b", "thing not found", "notfound"),
    cause(4, "cannot|can't|can not", r"(?i)(?:^|[\s:])(?:cannot|can't|can not) \w+", "cannot open display", "cannotation"),
    cause(4, "could not|couldn't|unable to|failed to", r"(?i)(?:^|[\s:\]>])(?:could not|couldn't|unable to|failed to) \w+", "Could not resolve x", "coulds not"),
    cause(4, "does not|doesn't|did not|must be|should", r"(?i)\b(?:does not exist|does ?n[o']t (?:match|contain|have|exist|look)|did not match|must be|should be|should have)\b", "value must be positive", "mustbe"),
    cause(4, "invalid|illegal|unknown|unsupported|unrecognized|unrecognised|unexpected", r"(?i)(?:^|[\s:])(?:invalid|illegal|unknown|unsupported|unrecogni[sz]ed|unexpected) [\w'`]+", "Illegal switch 'j'", "invalidated"),
    cause(4, "missing", r"(?i)(?:^|[\s:])missing [\w'`:]+", "Missing header in: a.java", "permission"),
    cause(4, "undefined|is not defined", r"(?i)\bundefined (?:reference|symbol|variable|method|function|local|name|index)|\bis (?:not defined|undefined)\b", "x is not defined", "undefinedness"),
    cause(3, "not defined|not available|not installed|not supported|not allowed|not exist|not a|not valid|not permitted|not recognized", r"(?i)\bnot (?:defined|available|installed|supported|allowed|permitted|exist|recognized|valid)\b", "flag provided but not defined: -x", "nota bene"),
    cause(4, "denied", r"(?i)\b(?:permission|access) (?:is )?denied\b|\bdenied\b", "Permission denied", "undeniable").is(Category::PermissionAuth),
    cause(5, "timed out|timeout|time out|timed-out|time-out", r"(?i)\btimed[ -]out\b|\btime-?out (?:of|after|expired|exceeded|reached|waiting|error)|\bTimeout(?:Error|Exception)?:", "operation timed out", "timeout=30").is(Category::Timeout),
    cause(4, "refused|reset by peer|unreachable|connection reset", r"(?i)connection (?:was )?refused|connection reset|(?:host|network) (?:is )?unreachable", "connect: Connection refused", "refused bequest").is(Category::NetworkError),
    cause(7, "segmentation|segfault|sigsegv|sigabrt|core dumped|bus error|sigbus", r"(?i)segmentation (?:fault|violation)|\bsegfault|SIGSEGV|SIGABRT|SIGBUS|core dumped|^bus error", "Segmentation fault (core dumped)", "segmentation of text").is(Category::Crash),
    cause(6, "abort", r"(?i)^\s*(?:\S+: )?(?:aborted|aborting|abort)\b(?:[ :!(]|$)|\babort trap\b", "Aborted (core dumped)", "aborting-handler"),
    cause(6, "assert", r"(?i)\bassert(?:ion)?(?:s)?[ '\x60(].{0,200}\b(?:failed|failure)|\bassertion failed|AssertionError|assert_\w+ failed", "Assertion `x' failed.", "assertions: 3").is(Category::AssertionFailure),
    cause(8, "out of memory|cannot allocate|oom kill|oom-kill|oomkill|java heap space|bad_alloc", r"(?i)\bout of memory\b|cannot allocate memory|\bOOM[- ]?kill|java heap space|std::bad_alloc", "fatal: Out of memory", "room").is(Category::MemoryError),
    cause(8, "no space left|disk quota|not enough space", r"(?i)no space left on device|disk quota exceeded|not enough space on the disk", "write: No space left on device", "space left").is(Category::DiskSpace),
    cause(6, "rate limit|too many requests|toomanyrequests", r"(?i)rate limit(?:ed| exceeded|ing)|too many requests|toomanyrequests", "API rate limit exceeded", "rate limiter tests passed").is(Category::RateLimit),
    cause(5, "exceed", r"(?i)\b(?:limit|size|budget|threshold|maximum|quota|allowed)\b.{0,60}\bexceed(?:s|ed)?\b|\bexceed(?:s|ed) (?:the )?(?:\w+ )?(?:limit|maximum|budget|threshold|size|quota)", "Package size limit has exceeded by 4 kB", "exceedingly fine"),
    cause(4, "expected", r"(?i)^\s*(?:- )?expected\b.{0,160}\b(?:but|got|actual|received|was|found)\b|^\s*expected:? ", "expected 3 but got 4", "as expected, it works").is(Category::AssertionFailure),
    cause(3, "fail", r"\b(?:FAILED|FAILURE|FAIL)\b", "X FAILED", "failover"),
    cause(3, "fail", r"(?i)(?:^|[\s:\[(])(?:failed|failure|fails|failing)(?:[\s:!.\])]|$)", "the check failed", "failover"),
    cause(3, "fatal", r"(?i)\bfatal\b", "a fatal condition", "nonfatality"),
    cause(3, "killed|terminated", r"(?:^|[\s:])(?:Killed|Terminated)\b", "Killed", "killed time"),
    cause(3, "broken|corrupt|mismatch|conflict|duplicate|violation|offense|offence", r"(?i)\b(?:broken|corrupt(?:ed)?|mismatch(?:ed)?|conflicts?|duplicate|violations?|offen[sc]es?)\b", "checksum mismatch", "deduplicated"),
    cause(2, "warning", r"(?i)^\s*(?:\S{1,80}: )?warning:? ", "warning: unused x", "warnings are off"),
    cause(2, "please", r"^\s*(?:Please|PLEASE) \w+", "Please commit or stash them.", "pleased"),
    // Consequences.
    symptom(1, "exit", r"(?i)\bexit(?:ed|ing)?(?: with)?(?: exit)?(?: (?:code|status|value))?:? ?'?-?\d+", "exited with code 1", "exit poll"),
    symptom(1, "exit|return", r"(?i)non-?zero exit|returned (?:a )?non-?zero|exit(?:ed)? abnormally|returned exit status", "returned non-zero exit status 1", "zero exits"),
    symptom(2, "build failed|build failure|tests failed|failed!", r"(?i)^\W*(?:the )?(?:build|tests?|compilation|job) (?:has |have )?fail(?:ed|ure)\W*$", "BUILD FAILED", "build failed because x"),
    symptom(1, "see ", r"(?i)\b(?:see|check|refer to|look at) (?:the|above|full|complete)\b.{0,60}\b(?:log|error|output|details?|report)", "See the log for details", "see you"),
    symptom(1, "because of errors|due to errors|due to previous|previous error", r"(?i)\b(?:because of|due to) (?:previous |\d+ previous |the above )?errors?\.?$", "make: Target 'a' not remade because of errors.", "errors due to x"),
    // No failures at all.
    noise("error|fail", r"(?i)(?:^|[\s,:(=])(?:0|no|zero|without)(?: \w+)? (?:errors?|fail(?:ures?|ed|ing)?|problems|offenses|issues)\b", "Tests: 12 passed, 0 failed", "10 errors"),
    noise("error|fail", r"(?i)\b(?:errors?|fail(?:ures?|ed)?)(?:[:=]| count:?) ?0\b(?:[^.\d]|$)", "failed=0", "errors: 1"),
    noise("error|fail|exception", r"(?i)\b(?:fail_?on_?\w*|on_?(?:error|failure|exception)|continue-on-error|ignore-?errors?|fail-?fast|if-no-files-found|errexit|pipefail|fatal_?errors?)\b ?[:=]", "continue-on-error: true", "error: x"),
    noise("error|fail|exception|fatal|panic|abort|assert", r"^\s*(?:✓|✔|√|✅|PASS(?:ED)?\b|ok\b|OK\b|\[ *(?:OK|PASS(?:ED)?) *\]|\. )", "✓ fails on error", "okay: error"),
    noise("ok|pass", r"\.{3} ?(?:ok|OK|passed|PASSED|skipped|ignored)\s*(?:\(.*\)|in .*)?$| (?:PASSED|SKIPPED)(?: +\[ *\d+%\])?$|\.{3,} *Passed\b", "test parse_error ... ok", "... failed"),
    noise("ok", r":\s{2,}OK(?:\s*\(.*\))?\s*$", "  Trailing whitespace inside paragraph:      OK", "  tables:     FAIL (0.06s)"),
    noise("head is now|switched to|merge |commit", r"^(?:HEAD is now at|Switched to|Previous HEAD position|Merge [0-9a-f]{7,}|commit [0-9a-f]{40})", "HEAD is now at abc123 fix error", "HEAD error"),
    noise("error|fail|exception|fatal", r"(?i)^\s*(?:downloading|downloaded|installing|fetching|fetched|collecting|compiling|unpacking|preparing to unpack|selecting|setting up|get:\d+|hit:\d+|adding|inflating:|copying|creating|extracting|linking|checking out|using|requirement already satisfied|generating|processing|reading|building [\w/]+\.|\[\d+/\d+\])\b[^:]*$", "Compiling thiserror v1.0", "Installing: error: no"),
    noise("-werror|-wno|-d_|-ferror|-wl,", r"(?:^|\s)-(?:Werror|Wno-|W[a-z]+-|D_?[A-Z]|ferror|Wl,).*\s-[a-zA-Z]", "gcc -Werror=format -c x.c -o x.o", "-Werror"),
    noise("error|fail|exception|fatal", r"^\s*(?:\w+/)*[\w.-]*(?i:error|fail|exception|fatal)[\w.-]*\.\w{1,5}$", "lib/errors/error_handler.js", "error: a.js"),
    noise("error|fail|fatal", r"(?i)^\s*(?:#|//|/\*|\* )\s", "# fails on error", "error"),
    noise(":", r"^\s+at \S.*:\d+:\d+\)?$", "    at viteWarn (file:///w/node_modules/vite/dist/dep.js:65589:17)", "at 10:11:12"),
    cause(8, "coverage", r"(?i)(?:required (?:test )?coverage|coverage (?:threshold|failure|check)).{0,80}(?:not (?:met|reached)|less than|below|is \d)|coverage .{0,40}(?:is |was )?(?:below|less than|under|lower than|does not meet)", "FAIL Required test coverage of 90% not reached. Total coverage: 70.00%", "coverage: 70%").is(Category::LintFormat),
    noise("throw ", r"^\s*(?:>?\s*\d+ ?\|\s*)?throw (?:new )?\w", "    throw new AssertionError(obj);", "it did throw"),
    noise("retry", r"(?i)\b(?:retrying|will retry|retry(?:ing)? in)\b", "download failed, retrying in 5 s", "retry failed for good"),
    noise("pass|fail|error|warning|skip|undefined", r"(?i)^\W*(?:(?:tests?|specs?|steps?|scenarios?|features?|total|summary|results?|failed|passed|failures?|violations?)\W+)?\d+ [a-z()]+(?: [a-z()]+)?(?:, | and )\d+ [a-z()]+(?: [a-z()]+)?(?:, | and |\.?\W*$)", "25 steps passed, 0 failed, 1 skipped, 1 undefined", "3 failed, see below"),
    noise("skipped", r"(?i)\.{3,} ?skipped\b|^\s*(?:skipped|skipping)\b", "t1.sh .... skipped: cvs not found", "3 skipped, 1 failed"),
    summary(4, "failures:|failures", r"(?i)^\s*(?:\d+\) )?(?:failures?|failed tests?|failed examples?|errors?):?\s*$", "Failures:", "failures=1"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_general_family_names_the_categories_of_plain_words() {
        let with = RULES.iter().filter(|rule| rule.category.is_some()).count();
        assert!(with > 8);
    }
}
