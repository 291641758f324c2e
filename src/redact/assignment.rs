//! Secrets known by their name: `password=…`, `"api_key": "…"`, `--token …`, `TOKEN: …`, `<password>…</password>`.
//!
//! A hand-written scanner rather than an expression: it starts at a word the prefilter saw, reads the whole name,
//! the sign of assignment and the value, and then judges. It reads forward only and never reads a byte of a value
//! twice, so it is linear on any line.

use super::name::{Name, classify};
use super::span::Span;
use super::value;

/// Words in names of secrets, in any letter case.
pub(super) const ANCHORS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "_pass",
    "-pass",
    "secret",
    "token",
    "credential",
    "key",
    "_auth",
    "_pat",
    "-pat",
    "dbpass",
    "userpass",
];

/// Bytes of a name that are looked at on either side of the word.
const NAME_REACH: usize = 64;
/// Bytes of an unquoted value that decide what it is.
const VALUE_REACH: usize = 160;

/// How the value is tied to the name; the looser, the more the value has to look like a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tie {
    /// `name=value`, `--name value`, `<name>value</name>`.
    Tight,
    /// `NAME=value`, `NAME: value`: an environment variable.
    Variable,
    /// `name: "value"`, `name = 'value'`.
    Quoted,
    /// `name: value`, `name = value`.
    Loose,
}

/// Reads one line from left to right.
pub(super) struct Scanner<'a> {
    line: &'a [u8],
    text: &'a str,
    done: usize,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(line: &'a str) -> Self {
        Self {
            line: line.as_bytes(),
            text: line,
            done: 0,
        }
    }

    /// The secret assigned to the name around the word at `start..end`, if there is one. Words must come in order.
    pub(super) fn at(&mut self, start: usize, end: usize) -> Option<Span> {
        if start < self.done {
            return None;
        }
        let (from, to) = self.name(start, end);
        self.done = to;
        let name = classify(self.text.get(from..to)?)?;
        let (value, tie) = self.value(from, to)?;
        let text = self.text.get(value.0..value.1)?;
        let alone = self
            .text
            .get(value.1..)
            .is_none_or(|rest| rest.trim_matches(['"', '\'', ' ', ',', ';', '\r', '}']).is_empty());
        if !is_secret(name, tie, text, alone) {
            return None;
        }
        let end = if value.1 - value.0 >= VALUE_REACH - 3 && tie != Tie::Quoted {
            self.skip(value.1, usize::MAX, |byte| {
                !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'`' | b'<')
            })
        } else {
            value.1
        };
        self.done = end;
        Some(Span::new(value.0, end, name.kind()))
    }

    fn byte(&self, at: usize) -> u8 {
        self.line.get(at).copied().unwrap_or(0)
    }

    fn name(&self, start: usize, end: usize) -> (usize, usize) {
        let part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        let low = start.saturating_sub(NAME_REACH).max(self.done);
        let mut from = start;
        while from > low && part(self.byte(from - 1)) {
            from -= 1;
        }
        let mut to = end;
        while to < end + NAME_REACH && part(self.byte(to)) {
            to += 1;
        }
        while to > end && matches!(self.byte(to - 1), b'.' | b'-') {
            to -= 1;
        }
        (from, to)
    }

    fn skip(&self, mut at: usize, most: usize, wanted: impl Fn(u8) -> bool) -> usize {
        let stop = at.saturating_add(most).min(self.line.len());
        while at < stop && wanted(self.byte(at)) {
            at += 1;
        }
        at
    }

    /// Past terminal colours: `name\u{1b}[0m=\u{1b}[31mvalue`.
    fn colours(&self, mut at: usize) -> usize {
        for _ in 0..4 {
            if self.byte(at) != 0x1b || self.byte(at + 1) != b'[' {
                break;
            }
            let end = self.skip(at + 2, 16, |byte| byte.is_ascii_digit() || byte == b';');
            if self.byte(end) != b'm' {
                break;
            }
            at = end + 1;
        }
        at
    }

    /// What follows the name: the range of the value and how it is tied.
    fn value(&self, from: usize, to: usize) -> Option<((usize, usize), Tie)> {
        let blank = |byte: u8| matches!(byte, b' ' | b'\t');
        let name = self.line.get(from..to)?;
        let before = from.checked_sub(1).map_or(0, |at| self.byte(at));
        let flag = name.starts_with(b"-") || before == b'-';
        let variable = name.iter().any(u8::is_ascii_uppercase) && !name.iter().any(u8::is_ascii_lowercase);
        let mut at = self.skip(to, 4, |byte| byte == b'\\');
        let closed = matches!(self.byte(at), b'"' | b'\'' | b'`');
        at += usize::from(closed);
        at = self.skip(at, 1, |byte| byte == b']');
        at = self.colours(at);
        let after_name = at;
        at = self.skip(at, 24, blank);
        let spaced = at > after_name;
        let (sign, next) = match (self.byte(at), self.byte(at + 1)) {
            (b'=' | b':', b'>') | (b':', b'=') => (b'=', at + 2),
            (b'=', b'=' | b'~') | (b':', b':') | (b'!', _) => return None,
            (b'=', _) => (b'=', at + 1),
            (b':', _) => (b':', at + 1),
            (b'>', _) if before == b'<' => (b'>', at + 1),
            _ if spaced && !closed && (flag || (variable && self.declared(from))) => (b' ', at),
            _ => return None,
        };
        let mut at = self.colours(self.skip(self.colours(next), 24, blank));
        let spaced = spaced || at > next;
        if self.line.get(at..).is_some_and(|rest| rest.starts_with(b"Some(")) {
            at += 5;
        }
        let slashes = self.skip(at, 4, |byte| byte == b'\\') - at;
        let quote = self.byte(at + slashes);
        if matches!(quote, b'"' | b'\'' | b'`') {
            let start = at + slashes + 1;
            let end = self.quoted_end(start, quote, slashes);
            let tie = if variable { Tie::Variable } else { Tie::Quoted };
            return Some(((start, end), tie));
        }
        let end = if sign == b'>' {
            self.element_end(at)
        } else {
            self.bare_end(at)
        };
        let tie = match sign {
            b'>' | b' ' => Tie::Tight,
            _ if variable && (sign == b':' || !spaced) => Tie::Variable,
            b'=' if !spaced => Tie::Tight,
            _ => Tie::Loose,
        };
        (end > at).then_some(((at, end), tie))
    }

    /// `ENV NAME value`, `ARG NAME value`, `setx NAME value`.
    fn declared(&self, from: usize) -> bool {
        let before = self.text.get(..from).unwrap_or_default().trim_end();
        ["ENV", "setx", "setenv"].iter().any(|word| before.ends_with(word))
    }

    /// The closing quote with as many backslashes before it as the opening one had, or the end of the line.
    fn quoted_end(&self, start: usize, quote: u8, slashes: usize) -> usize {
        let mut run = 0;
        for at in start..self.line.len() {
            match self.byte(at) {
                b'\\' => run += 1,
                byte if byte == quote && run == slashes => return at - slashes,
                _ => run = 0,
            }
        }
        self.line.len()
    }

    fn element_end(&self, start: usize) -> usize {
        self.skip(start, usize::MAX, |byte| byte != b'<')
    }

    /// The end of a value without quotes: blank or quote, or a separator with another assignment behind it.
    fn bare_end(&self, start: usize) -> usize {
        let mut end = self.skip(start, VALUE_REACH, |byte| {
            !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b'`' | 0x1b)
        });
        if end == start + VALUE_REACH {
            // Long enough to judge; the rest is read only when it goes.
            while !self.text.is_char_boundary(end) {
                end -= 1;
            }
            return end;
        }
        for at in start..end {
            let ends = match self.byte(at) {
                b'&' | b';' | b',' => self.assigns(at + 1, end) || at + 1 == end,
                b'<' => self.byte(at + 1) == b'/',
                _ => false,
            };
            if ends {
                end = at;
                break;
            }
        }
        while end > start
            && matches!(self.byte(end - 1), b')' | b'}' | b']' | b',' | b';' | b'\\')
            && !self.opened(start, end)
        {
            end -= 1;
        }
        end
    }

    /// Does `name=` or `name:` stand here?
    fn assigns(&self, at: usize, end: usize) -> bool {
        let at = self.skip(at, 4, |byte| matches!(byte, b'a' | b'm' | b'p' | b';'));
        let name = self.skip(at, 40, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
        });
        name < end && matches!(self.byte(name), b'=' | b':')
    }

    /// Is the bracket that ends the value opened inside it?
    fn opened(&self, start: usize, end: usize) -> bool {
        let open = match self.byte(end - 1) {
            b')' => b'(',
            b'}' => b'{',
            b']' => b'[',
            _ => return false,
        };
        self.line.get(start..end).is_some_and(|value| value.contains(&open))
    }
}

fn is_secret(name: Name, tie: Tie, text: &str, alone: bool) -> bool {
    if value::is_benign(text) {
        return false;
    }
    let numeric = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-'));
    if text.contains(' ') {
        // A pass phrase, or a sentence in quotes.
        return !value::is_prose(text) && (name == Name::Password || value::is_random(text));
    }
    match (name, tie) {
        (Name::Password, Tie::Tight | Tie::Variable | Tie::Quoted) => text.len() >= 4,
        (Name::Password, Tie::Loose) => {
            let odd = text
                .bytes()
                .any(|byte| !byte.is_ascii_alphabetic() && !matches!(byte, b'_' | b'-' | b'.' | b':'));
            text.len() >= 6 && (value::is_random(text) || (alone && odd && !numeric))
        }
        (_, _) if numeric => false,
        (Name::Secret, Tie::Variable) => text.len() >= 8,
        (_, Tie::Tight | Tie::Variable | Tie::Quoted) => value::is_random(text),
        (_, Tie::Loose) => text.len() >= 10 && value::is_random(text),
    }
}
