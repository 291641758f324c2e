//! Text without terminal codes and control characters.

use std::borrow::Cow;

/// Removes terminal escape sequences: CSI (colours, cursor), OSC (titles, links) and the two-byte ones.
///
/// A sequence without its end loses its introducer only, so that no text is swallowed.
pub fn strip_ansi(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(['\u{1b}', '\u{9b}', '\u{9d}']) else {
        return Cow::Borrowed(text);
    };
    let mut output = String::with_capacity(text.len());
    output.push_str(text.get(..first).unwrap_or_default());
    let mut rest = text.get(first..).unwrap_or_default();
    while let Some(head) = rest.chars().next() {
        let after = rest.get(head.len_utf8()..).unwrap_or_default();
        rest = match head {
            '\u{1b}' => after_escape(after),
            '\u{9b}' => after_csi(after),
            '\u{9d}' => after_osc(after),
            _ => {
                let end = rest.find(['\u{1b}', '\u{9b}', '\u{9d}']).unwrap_or(rest.len());
                output.push_str(rest.get(..end).unwrap_or_default());
                rest.get(end..).unwrap_or_default()
            }
        };
    }
    Cow::Owned(output)
}

fn after_escape(text: &str) -> &str {
    let mut bytes = text.bytes();
    match bytes.next() {
        Some(b'[') => after_csi(text.get(1..).unwrap_or_default()),
        Some(b']' | b'P' | b'X' | b'^' | b'_') => after_osc(text.get(1..).unwrap_or_default()),
        // A character set: one intermediate byte, one final byte.
        Some(b'(' | b')' | b'*' | b'+' | b'#' | b'%') => text.get(2..).or(text.get(1..)).unwrap_or_default(),
        Some(0x30..=0x7e) => text.get(1..).unwrap_or_default(),
        _ => text,
    }
}

/// Parameters `0-?`, intermediates `space-/`, one final `@-~`.
fn after_csi(text: &str) -> &str {
    let end = text.bytes().take(64).position(|byte| !(0x20..=0x3f).contains(&byte));
    match end.map(|end| (end, text.as_bytes().get(end).copied())) {
        Some((end, Some(0x40..=0x7e))) => text.get(end + 1..).unwrap_or_default(),
        Some((end, Some(0x1b))) => text.get(end..).unwrap_or_default(),
        _ => text,
    }
}

/// Up to BEL or ST on the same line.
fn after_osc(text: &str) -> &str {
    let Some(end) = text.find(['\u{7}', '\u{1b}', '\u{9c}', '\n', '\r']) else {
        return text;
    };
    let rest = text.get(end..).unwrap_or_default();
    for terminator in ["\u{7}", "\u{1b}\\", "\u{9c}"] {
        if let Some(rest) = rest.strip_prefix(terminator) {
            return rest;
        }
    }
    text
}

/// Characters that are never shown: controls, and format characters that reorder or hide text (bidirectional
/// overrides, tags, byte order marks, interlinear annotation).
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{feff}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// One line of visible text: terminal codes and hidden characters removed, every run of blanks and line ends one space.
pub fn one_line(text: &str) -> String {
    let text = strip_ansi(text);
    let mut output = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = true;
        } else if !is_hidden(c) {
            if gap && !output.is_empty() {
                output.push(' ');
            }
            gap = false;
            output.push(c);
        }
    }
    output
}

/// Visible text of several lines: as [`one_line`], but tabs, spaces and line ends stay; CR and CRLF become LF.
pub fn lines(text: &str) -> String {
    let text = strip_ansi(text);
    let mut output = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    output.push('\n');
                }
            }
            '\u{2028}' | '\u{2029}' | '\u{85}' => output.push('\n'),
            '\n' | '\t' => output.push(c),
            _ if is_hidden(c) => {}
            _ => output.push(c),
        }
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_codes_go_and_text_stays() {
        for (input, expect) in [
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}[38;5;196mx\u{1b}[K", "x"),
            ("\u{1b}]8;;https://a.example\u{7}text\u{1b}]8;;\u{7}", "text"),
            ("\u{1b}]0;title\u{1b}\\x", "x"),
            ("\u{1b}(Bx\u{1b}=y\u{1b}7z", "xyz"),
            ("\u{9b}1mx", "x"),
            ("\u{1b}]never ends", "never ends"),
            ("\u{1b}[", ""),
            ("\u{1b}", ""),
            ("\u{1b}é", "é"),
            ("\u{1b}(é", "é"),
            ("plain", "plain"),
        ] {
            assert_eq!(strip_ansi(input), expect, "{input:?}");
        }
    }

    #[test]
    fn a_line_is_one_line_whatever_ends_it() {
        assert_eq!(one_line("  a\r\n\tb\u{2028}c\u{0}d\u{202e}e\u{85}f  "), "a b cde f");
        assert_eq!(lines("a\r\nb\rc\u{2028}d\u{0}\te"), "a\nb\nc\nd\te");
    }
}
