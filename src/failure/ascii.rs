//! Patterns with ASCII classes: words, digits and blanks of logs are ASCII, and Unicode's tables cost most of the time it
//! takes to compile a pattern. The text stays Unicode, so `.` and negated classes still take whole characters.

use regex::{Error, Regex};

/// Compiles a pattern whose `\w`, `\d`, `\s`, `\b` (and their negations) mean ASCII.
pub(super) fn regex(pattern: &str) -> Result<Regex, Error> {
    Regex::new(&translate(pattern))
}

/// The pattern with its classes spelled out.
pub(super) fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() * 2);
    let mut depth = 0_usize;
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => {
                let escaped = characters.next().unwrap_or('\\');
                let (class, ranges) = match escaped {
                    'w' => ("[0-9A-Za-z_]", "0-9A-Za-z_"),
                    'd' => ("[0-9]", "0-9"),
                    's' => (r"[\t\n\x0B\f\r ]", r"\t\n\x0B\f\r "),
                    'W' => ("[^0-9A-Za-z_]", "[^0-9A-Za-z_]"),
                    'D' => ("[^0-9]", "[^0-9]"),
                    'S' => (r"[^\t\n\x0B\f\r ]", r"[^\t\n\x0B\f\r ]"),
                    'b' => (r"(?-u:\b)", r"\x08"),
                    other => {
                        out.extend(['\\', other]);
                        continue;
                    }
                };
                out.push_str(if depth == 0 { class } else { ranges });
            }
            '[' => {
                depth += 1;
                out.push(c);
            }
            ']' => {
                depth = depth.saturating_sub(1);
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_mean_ascii_and_text_stays_unicode() {
        assert_eq!(
            translate(r"\w[\w.-]\d\b[^\s]\S"),
            r"[0-9A-Za-z_][0-9A-Za-z_.-][0-9](?-u:\b)[^\t\n\x0B\f\r ][^\t\n\x0B\f\r ]"
        );
        let pattern = regex(r"^\w+ .\S \d+$").unwrap();
        assert!(pattern.is_match("abc éß 12"));
        assert!(!pattern.is_match("äbc éß 12") && !pattern.is_match("abc éß ١٢"));
    }

    #[test]
    fn a_bracket_that_stands_for_itself_opens_no_class() {
        let pattern = regex(r"^\[\d+\] \w+$").unwrap();
        assert!(pattern.is_match("[12] x"));
    }
}
