//! The one line a failure is called by.

/// Characters of a title, at most.
const LENGTH: usize = 120;
/// Characters of a test's name in a title that has a message too.
const NAME: usize = 60;

/// A title: the message, with the test it is about when one is known.
pub(super) fn of(tests: &[String], message: Option<&str>, texts: &[&str]) -> String {
    let first = texts
        .first()
        .copied()
        .unwrap_or("the step failed; its output does not say why");
    let said = texts
        .iter()
        .copied()
        .find(|text| tests.iter().all(|test| !text.contains(test.as_str())));
    let message = bare(message.or(said).unwrap_or(first));
    match tests.first() {
        Some(test) if !message.contains(test.as_str()) => cut(&format!("{}: {message}", cut(test, NAME)), LENGTH),
        Some(_) | None => cut(&message, LENGTH),
    }
}

/// A line without the marks tools put before a message; white space folded.
fn bare(line: &str) -> String {
    let mut text = line.trim();
    loop {
        let before = text;
        for mark in [
            "E  ",
            "[ERROR]",
            "[error]",
            "[FATAL]",
            "##[error]",
            "│",
            "●",
            "✖",
            "✗",
            "❌",
            ">",
            "#",
            "***",
            "npm ERR!",
            "::error::",
        ] {
            text = text.strip_prefix(mark).unwrap_or(text).trim_start();
        }
        if text == before || text.is_empty() {
            break;
        }
    }
    let text = if text.is_empty() { line.trim() } else { text };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Cuts to a number of characters, with an ellipsis.
fn cut(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(length - 1).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_message_without_decoration() {
        assert_eq!(of(&[], None, &["E       ValueError:   bad"]), "ValueError: bad");
        assert_eq!(
            of(&[], Some("cannot find `x`"), &["error[E0425]: cannot find `x`"]),
            "cannot find `x`"
        );
    }

    #[test]
    fn a_test_is_named_and_the_length_is_bounded() {
        let tests = ["tests::adds".to_owned()];
        assert_eq!(
            of(&tests, None, &["---- tests::adds stdout ----", "left: 1"]),
            "tests::adds: left: 1"
        );
        assert_eq!(of(&[], None, &["é".repeat(500).as_str()]).chars().count(), LENGTH);
    }
}
