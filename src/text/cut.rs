//! Size limits: GitHub counts a comment in UTF-16 units.

use std::borrow::Cow;

/// Length in UTF-16 code units.
pub fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The longest beginning of `text` of at most `max` UTF-16 units that does not end inside a surrogate pair, an escape
/// (`\*`, `&lt;`, `%0A`) or between a sign and the zero-width space that keeps it inert.
pub fn cut_utf16(text: &str, max: usize) -> &str {
    let mut units = 0;
    let Some((end, next)) = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > max
    }) else {
        return text;
    };
    let mut head = text.get(..end).unwrap_or_default();
    if next == super::markdown::BREAK {
        head = drop_last(head);
    }
    // An entity or a percent escape whose end was cut off.
    for (sign, reach) in [('&', 10), ('%', 3)] {
        if let Some(at) = head.rfind(sign)
            && head.len() - at < reach
        {
            let length = text.get(at..).map_or(0, |escape| escape_len(escape, sign));
            if at + length > head.len() {
                head = head.get(..at).unwrap_or_default();
            }
        }
    }
    let slashes = head.bytes().rev().take_while(|&byte| byte == b'\\').count();
    if slashes % 2 == 1 { drop_last(head) } else { head }
}

fn drop_last(text: &str) -> &str {
    let mut characters = text.chars();
    characters.next_back();
    characters.as_str()
}

/// Bytes of the escape at the start of `text`, 0 if there is none.
fn escape_len(text: &str, sign: char) -> usize {
    let bytes = text.as_bytes();
    if sign == '%' {
        let hex = bytes
            .get(1..3)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        return if hex { 3 } else { 0 };
    }
    let name = bytes
        .iter()
        .skip(1)
        .take(9)
        .position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'#'));
    match name {
        Some(length) if length > 0 && bytes.get(length + 1) == Some(&b';') => length + 2,
        _ => 0,
    }
}

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Bytes of UTF-8: step summaries, outputs.
    Bytes(usize),
    /// UTF-16 code units: comments and issues.
    Utf16(usize),
}

impl Limit {
    fn most(self) -> usize {
        match self {
            Self::Bytes(most) | Self::Utf16(most) => most,
        }
    }

    fn measure(self, text: &str) -> usize {
        match self {
            Self::Bytes(_) => text.len(),
            Self::Utf16(_) => utf16_len(text),
        }
    }
}

/// Markdown within a limit: cut after a whole line, with open fences and `<details>` closed and `notice` as the last
/// paragraph. Empty when not even the notice fits.
pub fn fit_markdown<'a>(markdown: &'a str, limit: Limit, notice: &str) -> Cow<'a, str> {
    if limit.measure(markdown) <= limit.most() {
        return Cow::Borrowed(markdown);
    }
    let mut open = Open::default();
    let mut best: Option<(usize, String)> = None;
    let (mut end, mut used) = (0, 0);
    let ending = |open: &Open| format!("{}\n{notice}\n", open.closing());
    if limit.measure(&ending(&open)) <= limit.most() {
        best = Some((0, format!("{notice}\n")));
    }
    for line in markdown.split_inclusive('\n') {
        end += line.len();
        used += limit.measure(line);
        if used > limit.most() {
            break;
        }
        open.read(line);
        let ending = ending(&open);
        if used + limit.measure(&ending) <= limit.most() {
            best = Some((end, ending));
        }
    }
    best.map_or(Cow::Borrowed(""), |(end, ending)| {
        Cow::Owned(format!("{}{ending}", markdown.get(..end).unwrap_or_default()))
    })
}

/// What is open at a line's end.
#[derive(Debug, Default)]
struct Open {
    /// Sign and length of the fence.
    fence: Option<(char, usize)>,
    details: usize,
}

impl Open {
    fn read(&mut self, line: &str) {
        let body = line.trim_start_matches(' ');
        let sign = body
            .chars()
            .next()
            .filter(|sign| matches!(sign, '`' | '~'))
            .unwrap_or(' ');
        let run = body.chars().take_while(|c| *c == sign).count();
        let rest = body.get(run..).unwrap_or_default().trim();
        let is_fence = sign != ' ' && run >= 3 && line.len() - body.len() <= 3;
        match self.fence {
            Some((open, length)) if is_fence && sign == open && run >= length && rest.is_empty() => self.fence = None,
            Some(_) => {}
            None if is_fence && !(sign == '`' && rest.contains('`')) => self.fence = Some((sign, run)),
            None => {
                self.details += line.matches("<details").count();
                self.details = self.details.saturating_sub(line.matches("</details>").count());
            }
        }
    }

    fn closing(&self) -> String {
        let mut text = String::new();
        if let Some((sign, length)) = self.fence {
            text.extend(std::iter::repeat_n(sign, length));
            text.push('\n');
        }
        if self.details > 0 {
            text.push('\n');
            text.push_str(&"</details>\n".repeat(self.details));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_respects_pairs_and_escapes() {
        for (text, max, expect) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "abc"),
            ("a😀b", 2, "a"),
            ("a😀b", 3, "a😀"),
            ("a\\*b", 2, "a"),
            ("a\\\\*b", 3, "a\\\\"),
            ("a&lt;b", 4, "a"),
            ("a&lt;b", 5, "a&lt;"),
            ("a%0Ab", 3, "a"),
            ("a & b", 3, "a &"),
            ("100% sure", 4, "100%"),
            ("x@\u{200b}y", 2, "x"),
            ("", 0, ""),
            ("a", 0, ""),
        ] {
            assert_eq!(cut_utf16(text, max), expect, "{text:?} at {max}");
        }
    }

    #[test]
    fn markdown_is_cut_at_a_line_and_closed() {
        let markdown = "intro\n\n<details><summary>x</summary>\n\n```text\nline one\nline two\n```\n</details>\n";
        assert_eq!(fit_markdown(markdown, Limit::Utf16(500), "cut"), markdown);
        for most in 0..markdown.len() {
            let fitted = fit_markdown(markdown, Limit::Bytes(most), "cut");
            assert!(fitted.len() <= most, "{most}: {fitted:?}");
            assert_eq!(fitted.matches("```").count() % 2, 0, "{fitted:?}");
            assert_eq!(
                fitted.matches("<details>").count(),
                fitted.matches("</details>").count(),
                "{fitted:?}"
            );
            assert!(fitted.is_empty() || fitted.ends_with("cut\n"), "{fitted:?}");
        }
        let fitted = fit_markdown(markdown, Limit::Utf16(75), "cut");
        assert_eq!(
            fitted,
            "intro\n\n<details><summary>x</summary>\n\n```text\n```\n\n</details>\n\ncut\n"
        );
    }

    proptest::proptest! {
        #[test]
        fn a_cut_is_a_prefix_within_the_limit_and_nearly_fills_it(text in "[a\\\\&;%@é😀\u{200b}0-9#x]{0,60}", max in 0_usize..70) {
            let cut = cut_utf16(&text, max);
            assert!(text.starts_with(cut));
            assert!(utf16_len(cut) <= max);
            if utf16_len(&text) <= max {
                assert_eq!(cut, text);
            } else {
                assert!(utf16_len(cut) + 14 >= max, "{cut:?} of {text:?}");
            }
        }
    }
}
