//! Which of the lines of a failure name it: messages, in a stable form, ranked by what they are and not by where they stand.

use std::sync::LazyLock;

use crate::failure::ascii;
use regex::Regex;

use super::names;
use crate::failure::frames;
use crate::failure::mask::mask_line;
use crate::failure::patterns::Patterns;

/// A line that may name a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The masked message without level, tool prefix and the folder of its file.
    pub text: String,
    /// How well it says what went wrong; above 0 it says something.
    pub score: i32,
    /// How many words it has that say more than "an error happened".
    pub words: usize,
}

/// Kinds of lines: what they are worth, and the pattern, matched against the masked message.
const KINDS: &[(i32, &str)] = &[
    (9, r"^summary: \w+sanitizer: "),
    // A typed error with a message.
    (
        8,
        r"^(?:caused by: )?(?:[a-z_$][\w$]*[.:]{1,2})*[\w$]*(?:error|exception|failure|panic|fault|warning)\b(?: \[[\w ]+\])?(?: \([^)]*\))?: \S",
    ),
    (5, r"^(?:[a-z_$][\w$]*[.:]{1,2})*[a-z_$][\w$]*(?:error|exception)$"),
    (
        7,
        r"panicked at|^panic: |\bfatal: |^fatal error|segmentation fault|sigsegv|stack overflow|undefined reference|multiple definition|cannot find symbol|core dumped|assertion .{1,200} failed",
    ),
    (
        6,
        r"\b(?:cannot|can't|could ?n[o']t|unable to|failed to|unexpected|undefined|unresolved|unknown|no such|not found|does ?n[o']t exist|does not|is not|are not|not a|missing|invalid|illegal|duplicate|mismatch(?:ed)?|refused|denied|forbidden|unauthorized|timed out|timeout|exceeded|conflict|unsupported|incompatible|required|out of|overfull|deprecated|not allowed|not defined|not in scope|killed|aborted|disconnected|exhausted|ambiguous|unused|too (?:many|few|long|large|wide)|must (?:be|not|have)|should|wanted|rejected|corrupt(?:ed)?|unreachable|no version|no \w+ found|did ?n[o']t|was ?n[o']t)\b",
    ),
    (5, r"^(?:peer |dev |optional )?\S+@\S+ from \S+@"),
    (
        4,
        r"\b(?:error|exception|failed|failure|fatal|bad|wrong|crash(?:ed)?|leak(?:ed)?)\b",
    ),
    (
        3,
        r"\b(?:expected|actual|assert\w*|got|but was|received|to equal|to be|!==?|differs?|different)\b",
    ),
    // Consequences, counts and wrappers.
    (
        -9,
        r"exit(?:ed)? (?:with )?(?:code|status)|exitcode|^\[[^\]]*\] error (?:\d+|<n>)|^target '[^']*' not remade|^(?:entering|leaving) directory|elifecycle|build failed|^failed$|^fail$|^errors?$|^failures?:?$|^failed tests:?|^tests in error|^results?:|^tests run:|^total time|^ran <n>|<n> (?:failed|passed|failing|passing|failure|error|test|problem|warning)|^test result|^finished|^summary:?$|previous error|^command .{0,80} (?:failed|exited)|^the command|^compilation error|^compilation failed|^error:?$|^failure:?$|^rake aborted|^aborting|^process completed|^execution failed for|^what went wrong|^severity|^duration_ms|^generatedmessage|^operator|^code: 'err_|complete log of this run|^stack: |^flaky|\bskipp(?:ed|ing)\b|^ok\b|\.\. ?ok\b|\bpass(?:ed|ing)?$|^run <n>|^npm verbose|warnings? generated|error generated|mvn <goals>|re-run maven|did not complete successfully|there are test failures|^could not resolve all (?:files|dependencies|artifacts|task)|^(?:error message|stack ?trace|standard (?:output|error)|captured .{0,30}|message|output|traceback|hint|reason):?$|^failures?:? in|found <n> error|one or more (?:tests|errors)|^an error occurred|^npm err|\bexecuted <n> of <n>|^time elapsed|^\[info\]$|unable to resolve dependency tree|^could not resolve dependency:?$",
    ),
    (
        -6,
        r"^(?:note|help|hint|info|debug|advice|see|tip|warn(?:ing)?\b:? ?\[?deprecat|for more|to see|try |please|possible|run with|use |you can|this (?:could|may|might)|if you|did you)\b",
    ),
    // Code, differences, rules, progress.
    (
        -6,
        r"^[-+]{1,3} |^@@ |^[|^~=*#_ -]+$|^\S{1,2}$|[{;]$|^(?:return|const|let|var|def|func|fn|import|from|throw|raise|if|for|while|else|try|end|class|async|await|assert|expect\(|self\.|this\.)\b|^[)}\]]|^<n>[: |]|^> |=>|^(?:\w+: )?(?:true|false|undefined|null|none|nil|''|<n>),?$",
    ),
    (
        -4,
        r"^(?:in file included from|from |at:? |in function |while |-->|\S+:$)|^\$ |^/[/*]|\*/$|^\([a-z-]+\*? [(\w]",
    ),
];

static KIND_SET: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(KINDS.iter().map(|(_, pattern)| *pattern)));

/// Decoration before the message: level, tool, bullet, time.
static DECORATION: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = concat!(
        r"^(?:\s+|nl\b|\.{2,}[.FEIRSUWsx]*\s*|##\[\w+\]|::error[^:]*::|E\s+|[>|│*•●✖✕×✗✘x+-]\s+|(?:\S*/)?(?:ba|da|z|k|a)?sh: (?:line )?(?:\d+|<n>): |g?make(?:\[(?:\d+|<n>)\])?: (?:\*\*\* )?|(?i)\[?(?:error|fatal|severe|warn(?:ing)?|info|err!|fail(?:ed)?)\]?(?:\s*[:\]]\s*|\s+-\s+)",
        r"|PHP (?:[A-Z][a-z]+ )?(?:fatal |parse )?error:\s+|\S+:(?:<n>:)?in '[^']*':\s+|<n>:<n>\s+|npm (?:ERR!|error)\s|<time>[:,\]]?|\[<time>\]|\[<n>\]|<n>[\])]?\s|\[?<n>[\]:]\s|\[(?:<time>|<n>|[a-z]{1,12})\]\s|\[\w+ <time>\]|<time>?\s*(?:info|warning|error)\s+-\s|[a-z][\w-]*[-_](?:\d+|<n>)\s+\|\s|uncaught\s|unhandled\s|(?:fatal\s+)?error\s?:\s)",
    );
    ascii::regex(pattern).expect("a valid pattern")
});

/// `src/a.rs: `, `src/a.rs - `, `a.rs error `: a place before the message.
static PLACE: LazyLock<Regex> = LazyLock::new(|| {
    ascii::regex(r"^(?:[\w.@<>+-]+/)*([\w@.+-]+\.[A-Za-z]\w{0,9})(?::| -| \(<n>(?:, ?<n>)*\):?) +")
        .expect("a valid pattern")
});

/// A line of code that is one call, and the calls whose argument is a message.
static CALL: LazyLock<Regex> = LazyLock::new(|| ascii::regex(r"^[\w.:]+!?\(.*\)[;,]?$").expect("a valid pattern"));
static CALL_THAT_TELLS: LazyLock<Regex> = LazyLock::new(|| {
    ascii::regex(r"^(?:signal|error|throw|raise|die|fail|panic|exit|abort)").expect("a valid pattern")
});

/// The thread is the test or a number: it is not part of the message.
static PANIC: LazyLock<Regex> =
    LazyLock::new(|| ascii::regex(r"^thread '[^']*' (?:\(<n>\) )?panicked at").expect("a valid pattern"));

static LEVEL_INSIDE: LazyLock<Regex> =
    LazyLock::new(|| ascii::regex(r"(?i)(^|: ?| )(?:fatal +)?error ?: +").expect("a valid pattern"));

/// A place and a level, or a typed error, with nothing said yet: the message is on the next line.
static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    ascii::regex(r"^(?:[\w@.+-]+\.\w+: ?(?:warning:?|error:?)?|(?:fatal )?(?:warning|reason|message|cause)|(?:[a-z_$][\w$]*[.:]{1,2})*[a-z_$][\w$]*(?:error|exception)):?$")
        .expect("a valid pattern")
});

/// What the line that was found to say it best is worth more than others.
const HEAD: i32 = 8;
/// Characters of a message, at most.
const MAX_MESSAGE: usize = 300;

/// The stable message of a line: masked, without decoration, in lower case.
pub fn message(line: &str) -> String {
    let masked = mask_line(line);
    if let Some(found) = NO_COMMAND.captures(&masked)
        && let Some(name) = found.iter().skip(1).flatten().next()
    {
        return format!("{}: command not found", name.as_str().to_lowercase());
    }
    let mut rest = masked.as_str();
    while let Some(found) = DECORATION.find(rest) {
        let next = rest.get(found.end()..).unwrap_or_default();
        if next.trim().is_empty() {
            break;
        }
        rest = next;
    }
    let rest = PANIC.replace(rest, "panicked at");
    let placed = PLACE.replace(&rest, "$1: ");
    let leveled = LEVEL_INSIDE.replace(&placed, "$1");
    let plain = ASIDE.replace_all(&leveled, "").trim().to_lowercase();
    ASSERTION.replace(&plain, "$1").chars().take(MAX_MESSAGE).collect()
}

/// A value that was compared, on a line of its own: it changes with every run.
static VALUE: LazyLock<Regex> = LazyLock::new(|| {
    ascii::regex(r"^(?:expected|actual|received|got|left|right|code|diff|input|stdout|stderr|want|have)\b ?[:=(]")
        .expect("a valid pattern")
});

/// Asides that differ between versions of a tool.
static ASIDE: LazyLock<Regex> = LazyLock::new(|| {
    ascii::regex(
        r",? (?:but )?got: .*$| \(from (?:[^()]|\([^()]*\))*\)| \(missing: [^)]*\)?$| \[[\w.-]+\.(?:vcx|cs|fs)proj\]",
    )
    .expect("a valid pattern")
});

/// What shells, make and others say of a program that is not there.
static NO_COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    ascii::regex(
        r"(?i)^(?:\S*sh: (?:line )?(?:(?:\d+|<n>): )?)?(?P<a>[\w+-]+): command not found$|^\S*sh: (?:line )?(?:\d+|<n>): (?P<b>[\w+-]+): not found$|^(?:g?make(?:\[(?:\d+|<n>)\])?|env): '?(?P<c>[\w+-]+)'?: no such file or directory$",
    )
    .expect("a valid pattern")
});

/// The type of a failed assertion: reporters print it or not.
static ASSERTION: LazyLock<Regex> = LazyLock::new(|| {
    ascii::regex(r"^(?:[\w.$]*\.)?(?:assertionerror|assertionfailederror|comparisonfailure|assertionexception|expectationnotmeterror)(?: \[err_assertion\])?: (\S)")
        .expect("a valid pattern")
});

static IS_ASSERTION: LazyLock<Regex> = LazyLock::new(|| {
    ascii::regex(r"(?:^|[\s.])(?:AssertionError|AssertionFailedError|ComparisonFailure|AssertionException)(?: \[ERR_ASSERTION\])?: \S").expect("a valid pattern")
});

/// The messages among some lines, best first; lines of equal worth in the order given. Frames, repeated lines and empty ones are left out.
/// `head` is the one of them that was found to say it best.
pub fn rank(lines: &[&str], head: Option<&str>) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    let mut heading: Option<String> = None;
    let mut chosen = false;
    let mut push = |line: &str, text: String, chosen: bool| {
        if !text.is_empty() && keys.iter().all(|key| key.text != text) {
            let score = score(line, &text) + if chosen { HEAD } else { 0 };
            let words = telling_words(&text);
            keys.push(Key { text, score, words });
        }
    };
    for line in lines {
        if line.trim().is_empty() || frames::is_frame(line) {
            continue;
        }
        // A heading that was chosen is chosen with what it announces.
        chosen = head == Some(*line) || chosen && heading.is_some();
        // What a line says after the name of a test is a message of its own.
        let said = names::announced(line).map_or(*line, |(_, rest)| {
            rest.trim_start_matches([' ', ':', '-', '|', '>', ')'])
        });
        let telling = telling_words(&said.chars().take(MAX_MESSAGE).collect::<String>().to_lowercase()) > 0;
        let line = if telling { said } else { line };
        let text = message(line);
        match heading.take() {
            Some(above) => push(
                line,
                format!("{above} {text}").chars().take(MAX_MESSAGE).collect(),
                chosen,
            ),
            None if HEADING.is_match(&text) => heading = Some(text),
            None => push(line, text, chosen),
        }
    }
    if let Some(above) = heading {
        push(&above, above.clone(), chosen);
    }
    keys.sort_by_key(|key| std::cmp::Reverse(key.score));
    keys
}

fn score(line: &str, text: &str) -> i32 {
    let mut good = 0;
    let mut bad = 0;
    for index in KIND_SET.matches(text.as_bytes()) {
        match KINDS.get(index) {
            Some((worth, _)) if *worth > 0 => good = good.max(*worth),
            Some((worth, _)) => bad = bad.min(*worth),
            None => {}
        }
    }
    if IS_ASSERTION.is_match(line) {
        (good, bad) = (8, 0);
    }
    let words = telling_words(text);
    let heading = if names::test_in(line).is_some() { -4 } else { 0 };
    let code = if names::code_in(line).is_some() { 2 } else { 0 };
    let call = if CALL.is_match(text) && !CALL_THAT_TELLS.is_match(text) {
        -5
    } else {
        0
    };
    let thin = if words == 0 { -3 } else { 0 };
    let value = if VALUE.is_match(text) && !text.contains(" but ") {
        -8
    } else {
        0
    };
    let warning = if WARNING.is_match(line) { -4 } else { 0 };
    good + bad + heading + code + call + thin + value + warning
}

static WARNING: LazyLock<Regex> =
    LazyLock::new(|| ascii::regex(r"^[^A-Za-z]*(?i:(?:level=)?warn(?:ing)?)\b").expect("a valid pattern"));

/// Words of an error message that say nothing about which error it is.
const EMPTY_WORDS: &str = "the and not for with was but error errors failed failure fail exception assertionerror assertion err_assertion expected actual value values true false test tests got received should equal equals strictly assert runtimeexception java lang org junit code time line null none that this are has have did does didn wasn from fatal";

fn telling_words(text: &str) -> usize {
    let mut seen: Vec<&str> = Vec::new();
    for word in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
        if word.len() >= 3
            && word.chars().any(char::is_alphabetic)
            && word != "tmp"
            && word != "time"
            && !EMPTY_WORDS.split(' ').any(|empty| empty == word)
            && !seen.contains(&word)
        {
            seen.push(word);
        }
    }
    seen.len()
}
