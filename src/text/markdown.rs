//! Markdown in which nothing of a stranger's text is live.

use std::fmt::Write as _;

use super::clean;

/// Zero-width space: parts a token for GitHub's filters and not for the eye.
pub(super) const BREAK: char = '\u{200b}';

/// A run of fence characters longer than this is broken instead of being outbid.
const LONGEST_FENCE: usize = 60;
/// GitHub links a run of seven hexadecimal digits to the commit it names.
const COMMIT_DIGITS: usize = 7;

/// A fenced code block that holds exactly this text; `info` is the language and may be empty.
///
/// The fence is longer than any run of backticks or tildes inside. Control characters and terminal codes are removed.
/// Without a final line end.
pub fn fence(text: &str, info: &str) -> String {
    let mut body = clean::lines(text);
    while body.ends_with('\n') {
        body.pop();
    }
    let longest = longest_run(&body, '`').max(longest_run(&body, '~'));
    if longest > LONGEST_FENCE {
        body = break_runs(&body);
    }
    let fence = "`".repeat((longest.min(LONGEST_FENCE) + 1).max(3));
    let info: String = info
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+'))
        .take(40)
        .collect();
    format!("{fence}{info}\n{body}\n{fence}")
}

fn longest_run(text: &str, wanted: char) -> usize {
    let (mut run, mut longest) = (0, 0);
    for c in text.chars() {
        run = if c == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

fn break_runs(text: &str) -> String {
    let mut output = String::with_capacity(text.len() + 16);
    let (mut run, mut last) = (0, '\0');
    for c in text.chars() {
        run = if c == last && matches!(c, '`' | '~') {
            run + 1
        } else {
            1
        };
        last = c;
        if run > LONGEST_FENCE {
            output.push(BREAK);
            run = 1;
        }
        output.push(c);
    }
    output
}

/// One line of prose for Markdown: shown as it is, nothing in it live. Good anywhere in a paragraph, a heading, a list
/// item, a table cell or the text of a link, also at the start of the line.
pub fn plain(text: &str) -> String {
    escape(&clean::one_line(text), Context::Markdown)
}

/// As [`plain`] for text inside HTML tags such as `<summary>`: character references only, no backslashes.
pub fn html(text: &str) -> String {
    escape(&clean::one_line(text), Context::Html)
}

/// A title of an issue: GitHub reads no Markdown in it but the backticks, and makes the same things live. One line.
pub fn title(text: &str) -> String {
    escape(&clean::one_line(text), Context::Title)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Markdown,
    Html,
    Title,
}

fn escape(line: &str, context: Context) -> String {
    let mut output = String::with_capacity(line.len() + line.len() / 4);
    let mut previous = ' ';
    // Hexadecimal digits since the word began or was parted, while the word is one that would be linked.
    let mut hex_run = None;
    for (at, c) in line.char_indices() {
        let rest = line.get(at + c.len_utf8()..).unwrap_or_default();
        let next = rest.chars().next().unwrap_or(' ');
        // A word of digits and a to f, parted before it is long enough for a commit id.
        if !c.is_ascii_hexdigit() {
            hex_run = None;
        } else if !is_word(previous) && is_hex_word(line.get(at..).unwrap_or_default()) {
            hex_run = Some(1);
        } else if let Some(digits) = &mut hex_run {
            if *digits == COMMIT_DIGITS - 1 {
                output.push(BREAK);
                *digits = 0;
            }
            *digits += 1;
        }
        if c == '.' && ends_with_ignoring_case(line.get(..at).unwrap_or_default(), "www") {
            output.push(BREAK);
        }
        push(
            &mut output,
            c,
            previous,
            next,
            at == 0 || is_list_number(line, at),
            context,
        );
        if is_live_before(line, at, c, next) {
            output.push(BREAK);
        }
        previous = c;
    }
    output
}

/// Part of a word for everybody: an underscore may be written as an entity, which ends one.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

/// Whether a text begins with a whole word that could be a commit id: `succeeded` has seven such letters, but is none.
fn is_hex_word(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_hexdigit).count();
    let next = text.get(digits..).and_then(|rest| rest.chars().next());
    digits >= COMMIT_DIGITS && !next.is_some_and(is_word)
}

/// Writes one character so that the Markdown parser sees text.
fn push(output: &mut String, c: char, previous: char, next: char, leads: bool, context: Context) {
    match c {
        _ if context == Context::Title => output.push(if c == '`' { '\'' } else { c }),
        '<' => output.push_str("&lt;"),
        '>' => output.push_str("&gt;"),
        '&' => output.push_str("&amp;"),
        '"' if context == Context::Html => output.push_str("&quot;"),
        '\'' if context == Context::Html => output.push_str("&#39;"),
        '`' | '*' | '_' | '~' | '[' | ']' | '|' | '\\' | '$' | '#' | '!' | '(' | ')' if context == Context::Html => {
            let _ = write!(output, "&#{};", u32::from(c));
        }
        // Between letters an underscore opens nothing.
        '_' if previous.is_alphanumeric() && next.is_alphanumeric() => output.push(c),
        '`' | '*' | '_' | '~' | '[' | ']' | '|' | '\\' | '$' | '#' => {
            output.push('\\');
            output.push(c);
        }
        '-' | '+' | '=' | '.' | ')' | ':' if leads && context == Context::Markdown => {
            output.push('\\');
            output.push(c);
        }
        _ => output.push(c),
    }
}

/// The sign after the number that would start an ordered list.
fn is_list_number(line: &str, at: usize) -> bool {
    let number = line.get(..at).unwrap_or_default();
    matches!(line.as_bytes().get(at), Some(b'.' | b')'))
        && !number.is_empty()
        && number.len() <= 9
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Must a zero-width space follow this character to keep GitHub's filters from what it would start?
fn is_live_before(line: &str, at: usize, c: char, next: char) -> bool {
    let rest = || line.get(at + c.len_utf8()..).unwrap_or_default();
    let before = || line.get(..at).unwrap_or_default();
    match c {
        // Mentions of people and teams, mail addresses, owner/repo@commit.
        '@' => next.is_alphanumeric() || next == '_',
        // Issues and pull requests.
        '#' => next.is_ascii_digit(),
        '-' => next.is_ascii_digit() && ends_with_ignoring_case(before(), "gh"),
        ':' => rest().starts_with("//") || is_emoji(rest()) || scheme(before()),
        _ => false,
    }
}

/// `name:` after a colon: an emoji's short code. Times (`12:30:45`) are none.
fn is_emoji(rest: &str) -> bool {
    let end = rest
        .bytes()
        .take(60)
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-')));
    let Some(name) = end.and_then(|end| {
        (rest.as_bytes().get(end) == Some(&b':'))
            .then(|| rest.get(..end))
            .flatten()
    }) else {
        return false;
    };
    matches!(name, "100" | "1234") || name.bytes().any(|byte| !byte.is_ascii_digit())
}

/// Schemes that are linked without slashes.
fn scheme(before: &str) -> bool {
    ["mailto", "xmpp"]
        .iter()
        .any(|scheme| ends_with_ignoring_case(before, scheme))
}

fn ends_with_ignoring_case(text: &str, end: &str) -> bool {
    text.len()
        .checked_sub(end.len())
        .and_then(|at| text.get(at..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// A code span on one line; GitHub leaves its content alone.
pub fn code(text: &str) -> String {
    let mut text = clean::one_line(text);
    if text.is_empty() {
        text.push(' ');
    }
    if longest_run(&text, '`') > LONGEST_FENCE {
        text = break_runs(&text);
    }
    let ticks = "`".repeat(longest_run(&text, '`') + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// A code span for a table cell, where a bar ends the cell even in code.
pub fn code_cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// A hidden comment. JSON stays JSON: `<`, `>` and the second of two dashes become `\u….` escapes of its strings.
pub fn html_comment(text: &str) -> String {
    let mut output = String::with_capacity(text.len() + 16);
    output.push_str("<!-- ");
    let mut previous = '-';
    for c in clean::one_line(text).chars() {
        match c {
            '<' => output.push_str("\\u003c"),
            '>' => output.push_str("\\u003e"),
            '-' if previous == '-' => output.push_str("\\u002d"),
            _ => output.push(c),
        }
        previous = c;
    }
    output.push_str(" -->");
    output
}

/// A link with inert text. Only `http`, `https` and relative addresses are linked; for others the text alone is
/// returned.
pub fn link(text: &str, url: &str) -> String {
    let label = plain(text);
    match address(url) {
        Some(url) if !label.is_empty() => format!("[{label}]({url})"),
        _ => label,
    }
}

/// A link whose text is code: a commit's id stays whole, to be copied.
pub fn link_code(text: &str, url: &str) -> String {
    let label = code(text);
    match address(url) {
        Some(url) => format!("[{label}]({url})"),
        None => label,
    }
}

/// The address made safe for the destination of a link.
fn address(url: &str) -> Option<String> {
    let url = url.trim();
    let lower = url.get(..8.min(url.len())).unwrap_or_default().to_ascii_lowercase();
    let web = lower.starts_with("http://") || lower.starts_with("https://");
    let relative = || {
        let first = url.split(['/', '?', '#']).next().unwrap_or_default();
        !url.starts_with("//") && !url.starts_with('\\') && !first.contains([':', '\\', '&'])
    };
    if url.is_empty() || !(web || relative()) {
        return None;
    }
    let mut output = String::with_capacity(url.len());
    let bytes = url.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        let escaped = || {
            bytes
                .get(at + 1..at + 3)
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        };
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => output.push(char::from(byte)),
            b'-' | b'.' | b'_' | b'~' | b':' | b'/' | b'?' | b'#' | b'@' | b'$' | b'&' | b'+' | b',' | b';' | b'=' => {
                output.push(char::from(byte));
            }
            b'%' if escaped() => output.push('%'),
            _ => {
                let _ = write!(output, "%{byte:02X}");
            }
        }
    }
    Some(output.replace('&', "&amp;"))
}

/// The same page by an address that leaves no "mentioned this" event on the issue or pull request it names.
///
/// `redirect.github.com` exists for this purpose; other hosts and other pages are returned as they are.
pub fn quiet_url(url: &str) -> String {
    let Some(path) = url.strip_prefix("https://github.com/") else {
        return url.to_owned();
    };
    let referenced = path
        .split('/')
        .nth(2)
        .is_some_and(|page| matches!(page, "issues" | "pull" | "discussions" | "commit"));
    if referenced {
        format!("https://redirect.github.com/{path}")
    } else {
        url.to_owned()
    }
}
