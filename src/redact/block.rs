//! Private keys over several lines.

use std::borrow::Cow;

use super::span::{PRIVATE_KEY, Span};

/// Lines a private key may have; an unclosed block ends there.
const MOST_LINES: usize = 400;
/// Line lengths of PEM (64) and OpenSSH (70) bodies. Encoded files have 76: they are many, and not keys.
const WIDTHS: [usize; 2] = [64, 70];

/// A line that looks as if it came from the middle, or with padding from the end, of an encoded block: nothing but
/// Base64 of the usual width, perhaps behind a time stamp.
pub(super) fn body_line(line: &str) -> Option<Span> {
    let trimmed = without_code(line);
    let start = trimmed
        .bytes()
        .rposition(|byte| !is_base64(byte))
        .map_or(0, |at| at + 1);
    let body = trimmed.get(start..)?;
    let full = WIDTHS.contains(&body.len());
    let padded = (20..70).contains(&body.len()) && body.ends_with('=') && body.len() % 4 == 0;
    if !(full || padded) || !is_margin(line.get(..start)?) {
        return None;
    }
    let has = |wanted: fn(&u8) -> bool| body.bytes().any(|byte| wanted(&byte));
    let mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    mixed.then(|| Span::new(start, start + body.len(), PRIVATE_KEY))
}

/// The line without what sources put behind a piece of a text: `\\n" +`, `",`, `' \\`.
fn without_code(line: &str) -> &str {
    let mut text = line.trim_end();
    for joint in [" +", " \\", " .", " &", ";"] {
        text = text.strip_suffix(joint).unwrap_or(text).trim_end();
    }
    text = text.trim_end_matches(['"', '\'', ',', '`']);
    for end in ["\\r\\n", "\\n", "\\"] {
        text = text.strip_suffix(end).unwrap_or(text);
    }
    text
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// Indentation, a quote or diff sign, or a time stamp such as `2025-07-04T14:32:09.5024381Z `.
fn is_margin(text: &str) -> bool {
    let mut letters = 0;
    for byte in text.bytes() {
        match byte {
            b' ' | b'\t' | b'"' | b'\'' | b'>' | b'|' | b'+' | b'-' | b'0'..=b'9' | b':' | b'.' | b'[' | b']' => {}
            b'T' | b'Z' => letters += 1,
            _ => return false,
        }
    }
    letters <= 2
}

/// Follows a text line by line.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Lines left in the key that is open.
    left: usize,
}

impl Block {
    /// Takes the next line, already redacted on its own, and hides it when it lies inside a private key.
    pub(super) fn step<'a>(&mut self, line: Cow<'a, str>) -> Cow<'a, str> {
        if let Some(at) = line.find("-----BEGIN ") {
            let head = line.get(at..).unwrap_or_default();
            let closed = head.contains("-----END ");
            self.left = if head.contains("PRIVATE KEY") && !closed {
                MOST_LINES
            } else {
                0
            };
            return line;
        }
        if self.left == 0 {
            return line;
        }
        self.left -= 1;
        if line.contains("-----END ") {
            self.left = 0;
            return line;
        }
        let margin = line.len()
            - line
                .bytes()
                .position(|byte| !is_margin_byte(byte))
                .map_or(0, |at| line.len() - at);
        let (margin, margin_end) = line
            .get(..margin)
            .filter(|text| is_margin(text))
            .map_or(("", 0), |text| (text, text.len()));
        let body = line.get(margin_end..).unwrap_or_default();
        match judge(body) {
            Body::Blank => line,
            Body::Key => Cow::Owned(format!("{margin}[redacted:{PRIVATE_KEY}]")),
            Body::Other => {
                self.left = 0;
                line
            }
        }
    }
}

fn is_margin_byte(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'>' | b'|')
}

enum Body {
    Blank,
    Key,
    Other,
}

/// Header lines of encrypted PEM, PGP and `PuTTY` keys.
const HEADERS: [&str; 9] = [
    "Proc-Type:",
    "DEK-Info:",
    "Version:",
    "Comment:",
    "Charset:",
    "Hash:",
    "Subject:",
    "Public-Lines:",
    "Private-Lines:",
];

/// Is this a line of a private key's body?
fn judge(body: &str) -> Body {
    let body = body.trim_end();
    if body.is_empty() || body == format!("[redacted:{PRIVATE_KEY}]") {
        return Body::Blank;
    }
    if HEADERS.iter().any(|header| body.contains(header)) {
        return Body::Key;
    }
    // The key itself may follow a time stamp or hold pieces that were redacted already.
    let body = without_code(body);
    let last = body.rsplit([' ', '\t']).next().unwrap_or_default();
    let before = body.get(..body.len() - last.len()).unwrap_or_default();
    let plain = last.replace(&format!("[redacted:{PRIVATE_KEY}]"), "");
    if is_margin(before) && plain.bytes().all(is_base64) {
        Body::Key
    } else {
        Body::Other
    }
}
