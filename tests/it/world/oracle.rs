//! The runner's side of our output, restated from its source and sharing nothing with our writers: what it makes of
//! the file commands, and which lines of standard output it takes for commands.

use std::collections::BTreeMap;

/// A command the runner would carry out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub name: String,
    pub properties: String,
    pub data: String,
}

const REGISTERED: [&str; 16] = [
    "add-mask",
    "add-matcher",
    "add-path",
    "debug",
    "echo",
    "endgroup",
    "error",
    "group",
    "internal-set-repo-path",
    "notice",
    "remove-matcher",
    "save-state",
    "set-env",
    "set-output",
    "stop-commands",
    "warning",
];

/// Reads `$GITHUB_OUTPUT`, `$GITHUB_STATE` or `$GITHUB_ENV`.
///
/// On Linux only LF ends a line. `NAME=VALUE`, or `NAME<<DELIMITER`, lines, `DELIMITER`; whichever of `=` and `<<` comes
/// first decides. Everything else throws, which fails the user's step.
pub fn file_commands(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut pairs = BTreeMap::new();
    let mut rest = text;
    while !rest.is_empty() {
        let line = next_line(&mut rest);
        let line = line.strip_suffix('\n').unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        let (equals, heredoc) = (line.find('='), line.find("<<"));
        match (equals, heredoc) {
            (Some(equals), heredoc) if heredoc.is_none_or(|heredoc| equals < heredoc) => {
                let (name, value) = (&line[..equals], &line[equals + 1..]);
                if name.is_empty() {
                    return Err(format!("no name in `{line}`"));
                }
                pairs.insert(name.to_owned(), value.to_owned());
            }
            (_, Some(heredoc)) => {
                let (name, delimiter) = (&line[..heredoc], &line[heredoc + 2..]);
                if name.is_empty() || delimiter.is_empty() {
                    return Err(format!("no name or delimiter in `{line}`"));
                }
                let mut lines = Vec::new();
                loop {
                    if rest.is_empty() {
                        return Err(format!("no end of `{name}`"));
                    }
                    let line = next_line(&mut rest);
                    if line.strip_suffix('\n').unwrap_or(line) == delimiter {
                        break;
                    }
                    let Some(line) = line.strip_suffix('\n') else {
                        return Err(format!("no line end in `{name}`"));
                    };
                    lines.push(line);
                }
                pairs.insert(name.to_owned(), lines.join("\n"));
            }
            (_, None) => return Err(format!("neither `=` nor `<<` in `{line}`")),
        }
    }
    Ok(pairs)
}

/// The next line with its end.
fn next_line<'a>(rest: &mut &'a str) -> &'a str {
    let end = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
    let (line, after) = rest.split_at(end);
    *rest = after;
    line
}

/// The commands in standard output, in order. Between `stop-commands` and its token nothing is one.
pub fn commands(stdout: &str) -> Vec<Command> {
    let mut found: Vec<Command> = Vec::new();
    let mut stopped: Option<String> = None;
    // The runner reads as .NET does: CR, LF and CR LF end a line.
    for line in stdout.split(['\n', '\r']) {
        if let Some(token) = &stopped {
            let resumed = at_start(line, &[token]).or_else(|| anywhere(line, &[token]));
            if resumed.is_some() {
                stopped = None;
            }
            continue;
        }
        let Some(command) = at_start(line, &REGISTERED).or_else(|| anywhere(line, &REGISTERED)) else {
            continue;
        };
        if command.name == "stop-commands" {
            stopped = Some(command.data.clone());
        }
        found.push(command);
    }
    found
}

/// `::name properties::data`, after leading white space.
fn at_start(line: &str, names: &[&str]) -> Option<Command> {
    let inside = line.trim_start().strip_prefix("::")?;
    let (head, data) = inside.split_once("::")?;
    known(head, data, names)
}

/// `##[name properties]data`, anywhere in the line.
fn anywhere(line: &str, names: &[&str]) -> Option<Command> {
    let (_, inside) = line.split_once("##[")?;
    let (head, data) = inside.split_once(']')?;
    known(head, data, names)
}

fn known(head: &str, data: &str, names: &[&str]) -> Option<Command> {
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let registered = names.iter().any(|known| known.eq_ignore_ascii_case(name));
    registered.then(|| Command {
        name: name.to_ascii_lowercase(),
        properties: properties.to_owned(),
        data: data.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(stdout: &str) -> Vec<String> {
        commands(stdout).into_iter().map(|command| command.name).collect()
    }

    #[test]
    fn commands_are_seen_where_the_runner_sees_them() {
        assert_eq!(
            names("  ::error file=a::x\nplain ::error::no\nx ##[warning]y"),
            ["error", "warning"]
        );
        assert_eq!(names("a\r::set-env name=x::y"), ["set-env"]);
        assert!(names("::unknown::x\n##[group without end\n:: error::x").is_empty());
        assert_eq!(
            names("::stop-commands::t\n::error::x\n##[error]y\n::t::\n::notice::z"),
            ["stop-commands", "notice"]
        );
    }

    #[test]
    fn file_commands_are_read_as_strictly_as_the_runner_does() {
        let read = file_commands("a=1<<2\nb<<E\nx\n\ny=E\nE\n").unwrap();
        assert_eq!(read["a"], "1<<2");
        assert_eq!(read["b"], "x\n\ny=E");
        for bad in ["a", "=1\n", "<<E\nE\n", "a<<\n\n", "a<<E\nx\n", "a<<E\nx"] {
            assert!(file_commands(bad).is_err(), "{bad:?}");
        }
    }
}
