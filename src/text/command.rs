//! Text for the standard streams of the Actions runner, which executes what looks like a command.
//!
//! The runner tries two grammars on every line: `::name properties::data` after leading blanks, and the older
//! `##[name properties]data` anywhere. A bare CR ends a line for it.

use super::clean;
use super::markdown::BREAK;

/// Escapes the data of a command: `%`, CR and LF.
pub fn command_data(text: &str) -> String {
    escape(text, false)
}

/// Escapes a property of a command: as [`command_data`], and `:` and `,`.
pub fn command_property(text: &str) -> String {
    escape(text, true)
}

fn escape(text: &str, property: bool) -> String {
    let mut output = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '%' => output.push_str("%25"),
            '\r' => output.push_str("%0D"),
            '\n' => output.push_str("%0A"),
            ':' if property => output.push_str("%3A"),
            ',' if property => output.push_str("%2C"),
            _ => output.push(c),
        }
    }
    output
}

/// Text of any number of lines that the runner prints and does not execute.
///
/// The zero-width space changes nothing for the eye; a comparison that ignores it finds the command's name off by one.
pub fn neutral(text: &str) -> String {
    let text = clean::lines(text);
    let mut output = String::with_capacity(text.len() + 8);
    for line in text.split_inclusive('\n') {
        let start = line
            .find(|c: char| {
                !(c.is_whitespace() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}'))
            })
            .unwrap_or(line.len());
        let (margin, body) = line.split_at(start);
        output.push_str(margin);
        let body = if let Some(rest) = body.strip_prefix("::") {
            output.push(':');
            output.push(BREAK);
            output.push(':');
            rest
        } else {
            body
        };
        let mut rest = body;
        while let Some(at) = rest.find("##[") {
            let (head, tail) = rest.split_at(at + 2);
            output.push_str(head);
            output.push(BREAK);
            rest = tail;
        }
        output.push_str(rest);
    }
    output
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "the oracle slices at places it found")]
mod tests {
    use super::*;

    /// What the runner would execute in one line: its two grammars, restated strictly.
    fn executed(line: &str) -> Option<String> {
        let body = line.trim_start();
        if let Some(rest) = body.strip_prefix("::")
            && let Some(end) = rest.find("::")
        {
            return Some(rest[..end].split(' ').next().unwrap().to_owned());
        }
        let rest = &line[line.find("##[")? + 3..];
        Some(rest[..rest.find(']')?].split(' ').next().unwrap().to_owned())
    }

    /// The lines the runner's reader sees.
    fn read(text: &str) -> Vec<&str> {
        text.split(['\n', '\r']).collect()
    }

    /// The data of a command as the runner unescapes it.
    fn unescape(text: &str) -> String {
        text.replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%25", "%")
    }

    #[test]
    fn the_oracle_sees_commands() {
        assert_eq!(executed("  ::error file=a::x").as_deref(), Some("error"));
        assert_eq!(executed("x ##[set-env name=x]y").as_deref(), Some("set-env"));
        assert_eq!(executed("a::b::c"), None);
    }

    #[test]
    fn nothing_neutral_is_executed() {
        for hostile in [
            "::error::x",
            "  ::add-mask::x",
            "\t::stop-commands::x",
            "a\r::error::x",
            "a\n\n::set-output name=x::y",
            "x ##[error]y",
            "###[error]y",
            "\u{1b}[31m::error::x",
            "\u{0}::error::x",
            "\u{feff}::error::x",
            "#\u{1b}[0m#[error]x",
            ":\u{0}:error::x",
            "\u{a0}::error::x",
            "##[##[error]x",
            "\u{85}::error::x",
            "\u{200b}::error::x",
        ] {
            let safe = neutral(hostile);
            for line in read(&safe) {
                assert_eq!(executed(line), None, "{hostile:?} -> {safe:?}");
            }
        }
        assert_eq!(neutral("std::io::Error"), "std::io::Error");
    }

    proptest::proptest! {
        #[test]
        fn nothing_neutral_is_executed_ever(text in "([:#\\[\\] \r\n\t\u{1b}\u{200b}\u{0}m]|error|[a-z]){0,40}") {
            let safe = neutral(&text);
            for line in read(&safe) {
                assert_eq!(executed(line), None, "{text:?} -> {safe:?}");
            }
            assert_eq!(neutral(&safe), safe);
        }

        #[test]
        fn a_command_carries_any_text(text in "\\PC*|[%0-9AD\r\n:,]{0,30}") {
            for escaped in [command_data(&text), command_property(&text)] {
                assert!(!escaped.contains(['\r', '\n']));
                assert_eq!(unescape(&escaped), text);
            }
            assert!(!command_property(&text).contains([':', ',']));
        }
    }
}
