//! Size limits: GitHub counts a comment in UTF-16 units.

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
