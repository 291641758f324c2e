//! The visible text of one physical line: ANSI sequences, control characters and overwritten progress removed.

use std::borrow::Cow;

const ESCAPE: u8 = 0x1b;
const BELL: u8 = 0x07;

/// The longest part of a line that is kept, in bytes; of a longer one the head and the end are.
pub(super) const LINE_CAP: usize = 4096;
const LINE_TAIL: usize = 512;

/// Cuts an overlong line to its head and its end.
pub(super) fn cap(raw: &[u8]) -> Cow<'_, [u8]> {
    if raw.len() <= LINE_CAP {
        return Cow::Borrowed(raw);
    }
    let mut kept = Vec::with_capacity(LINE_CAP);
    kept.extend_from_slice(raw.get(..LINE_CAP - LINE_TAIL - 5).unwrap_or_default());
    kept.extend_from_slice(b" ... ");
    kept.extend_from_slice(raw.get(raw.len() - LINE_TAIL..).unwrap_or_default());
    Cow::Owned(kept)
}

/// Whether a line has nothing to clean.
pub(super) fn is_plain(raw: &[u8]) -> bool {
    let is_control = |byte: &u8| (*byte < 0x20 && *byte != b'\t') || *byte == 0x7f;
    !raw.iter().any(is_control) && (memchr::memchr(b'^', raw).is_none() || memchr::memmem::find(raw, b"^[[").is_none())
}

/// Removes escape sequences and control characters; carriage returns stay, they part overwritten text.
pub(super) fn strip_escapes(raw: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(&byte) = raw.get(at) {
        let rest = raw.get(at..).unwrap_or_default();
        if byte == ESCAPE {
            at += escape_length(rest);
        } else if rest.starts_with(b"^[[") {
            // The caret notation some collectors write for the escape character.
            at += 2 + csi_length(rest.get(2..).unwrap_or_default());
        } else {
            if byte >= 0x20 && byte != 0x7f || byte == b'\t' || byte == b'\r' {
                out.push(byte);
            }
            at += 1;
        }
    }
}

/// Length of the escape sequence `text` begins with; at least 1.
fn escape_length(text: &[u8]) -> usize {
    // Jenkins hides its console notes between these two.
    if text.starts_with(b"\x1b[8mha:") {
        return memchr::memmem::find(text, b"\x1b[0m").map_or(text.len(), |at| at + 4);
    }
    match text.get(1) {
        Some(b'[') => 1 + csi_length(text.get(1..).unwrap_or_default()),
        // Operating system commands and application commands (Buildkite's timestamps) run to BEL or ESC \.
        Some(b']' | b'_' | b'P' | b'^' | b'X') => {
            let mut at = 2;
            while let Some(&byte) = text.get(at) {
                at += 1;
                if byte == BELL {
                    break;
                }
                if byte == ESCAPE {
                    at += usize::from(text.get(at) == Some(&b'\\'));
                    break;
                }
            }
            at
        }
        Some(b'(' | b')' | b'#') => 3.min(text.len()),
        Some(b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'=' | b'>') => 2,
        Some(_) | None => 1,
    }
}

/// Length of a control sequence that begins with `[`: parameters, intermediates, one final byte.
fn csi_length(text: &[u8]) -> usize {
    let body = text.get(1..).unwrap_or_default();
    let parameters = body.iter().take_while(|&&byte| (0x20..0x40).contains(&byte)).count();
    let last = body.get(parameters).is_some_and(|byte| (0x40..0x7f).contains(byte));
    1 + parameters + usize::from(last)
}

/// Of text overwritten by carriage returns, the part a reader needs: the last that speaks of an error, else the longest.
pub(super) fn overwritten(text: &[u8]) -> &[u8] {
    if memchr::memchr(b'\r', text).is_none() {
        return text;
    }
    let mut best: &[u8] = &[];
    let mut best_is_error = false;
    for part in text.split(|&byte| byte == b'\r') {
        if part.trim_ascii().is_empty() {
            continue;
        }
        let error = memchr::memmem::find(part, b"rror").is_some() || memchr::memmem::find(part, b"ailed").is_some();
        if error || (!best_is_error && part.len() >= best.len()) {
            best = part;
            best_is_error |= error;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &[u8], expect: &str) {
        let mut out = Vec::new();
        strip_escapes(raw, &mut out);
        assert_eq!(String::from_utf8_lossy(overwritten(&out)), expect);
    }

    #[test]
    fn colours_and_cursor_moves_vanish() {
        check(b"\x1b[1m\x1b[38;5;9merror\x1b[0m: x", "error: x");
        check(b"^[[31mred^[[0m", "red");
        check(b"\x1b]0;title\x07text", "text");
        check(b"\x1b_bk;t=1700000000000\x07text", "text");
        check(b"\x1b[8mha:AAAAlh+LCAAAA\x1b[0mtext", "text");
        check(b"a\x00b\x08c", "abc");
    }

    #[test]
    fn unfinished_sequences_do_not_eat_the_line() {
        check(b"\x1b", "");
        check(b"text\x1b[", "text");
        check(b"\x1b[31", "");
    }

    #[test]
    fn progress_keeps_the_longest_part_or_the_error() {
        check(b" 10%\r 50%\r100% done", "100% done");
        check(b"downloading a long file name 100%\rerror: broken\r\r", "error: broken");
    }

    #[test]
    fn an_overlong_line_keeps_head_and_end() {
        let raw = [vec![b'a'; 10_000], b"the end".to_vec()].concat();
        let kept = cap(&raw);
        assert!(kept.len() <= LINE_CAP);
        assert!(kept.starts_with(b"aaaa") && kept.ends_with(b"the end"));
    }
}
