//! What the runner reads from our standard output.

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::text::{self, command_data, command_property, neutral};

/// Annotations of one level that a step may have; the runner drops the rest.
const MOST_ANNOTATIONS: usize = 10;
/// Characters of an annotation that the runner keeps.
const LONGEST_MESSAGE: usize = 4096;
/// Masking shorter values would blank out ordinary words of the log.
const SHORTEST_MASK: usize = 4;

/// How much an annotation matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// For information.
    Notice,
    /// Something did not work and the job goes on.
    Warning,
    /// What broke.
    Error,
}

impl Level {
    const fn command(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A message that GitHub shows on the run's page and, with a file, beside its line in the diff.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Annotation<'a> {
    /// Headline.
    pub title: Option<&'a str>,
    /// Path relative to the workspace.
    pub file: Option<&'a str>,
    /// Line in the file, from 1.
    pub line: Option<u32>,
    /// The text; may have several lines.
    pub message: &'a str,
}

/// Writes lines and commands. A broken pipe is nobody's business: errors of writing are dropped.
#[derive(Debug)]
pub struct Console<W: Write> {
    output: W,
    annotations: [usize; 3],
}

impl<W: Write> Console<W> {
    /// Writes to `output`, normally the standard output.
    pub fn new(output: W) -> Self {
        Self {
            output,
            annotations: [0; 3],
        }
    }

    /// Gives the writer back.
    pub fn into_output(self) -> W {
        self.output
    }

    /// Prints text that the runner shows and does not execute.
    pub fn print(&mut self, text: &str) {
        self.write(&neutral(text));
    }

    /// Hides a value, and each of its lines, in everything the runner shows from now on.
    pub fn mask(&mut self, value: &str) {
        let value = value.trim();
        let lines = value.lines().map(str::trim).filter(|line| *line != value);
        for part in [value]
            .into_iter()
            .chain(lines)
            .filter(|part| part.len() >= SHORTEST_MASK)
        {
            self.write(&format!("::add-mask::{}", command_data(part)));
        }
    }

    /// Hides a token and the basic credential made of it. Call it before anything else is printed.
    pub fn mask_token(&mut self, token: &str) {
        self.mask(token);
        if token.trim().len() >= SHORTEST_MASK {
            self.mask(&STANDARD.encode(format!("x-access-token:{}", token.trim())));
        }
    }

    /// Opens a group that the reader can fold.
    pub fn group(&mut self, name: &str) {
        self.write(&format!("::group::{}", command_data(&text::one_line(name))));
    }

    /// Closes the group.
    pub fn endgroup(&mut self) {
        self.write("::endgroup::");
    }

    /// Shown only when the user enabled debug logging.
    pub fn debug(&mut self, message: &str) {
        self.write(&format!("::debug::{}", command_data(&text::lines(message))));
    }

    /// A notice of one line.
    pub fn notice(&mut self, message: &str) {
        self.say(Level::Notice, message);
    }

    /// A warning of one line.
    pub fn warning(&mut self, message: &str) {
        self.say(Level::Warning, message);
    }

    /// An error of one line. It marks the run's page and fails nothing.
    pub fn error(&mut self, message: &str) {
        self.say(Level::Error, message);
    }

    fn say(&mut self, level: Level, message: &str) {
        let message = text::one_line(message);
        self.annotate(
            level,
            &Annotation {
                title: Some("Shipwright"),
                message: &message,
                ..Annotation::default()
            },
        );
    }

    /// Annotates the run. Beyond the runner's limit the message is printed as plain text instead.
    pub fn annotate(&mut self, level: Level, annotation: &Annotation<'_>) {
        let clean = text::lines(annotation.message);
        let message: String = clean.trim_end().chars().take(LONGEST_MESSAGE).collect();
        let used = &mut self.annotations[level as usize];
        *used += 1;
        if *used > MOST_ANNOTATIONS {
            self.print(&format!("{}: {message}", level.command()));
            return;
        }
        let mut properties = Vec::new();
        if let Some(title) = annotation.title {
            properties.push(format!("title={}", command_property(&text::one_line(title))));
        }
        if let Some(file) = annotation.file {
            properties.push(format!("file={}", command_property(&text::one_line(file))));
            if let Some(line) = annotation.line {
                properties.push(format!("line={line}"));
            }
        }
        let gap = if properties.is_empty() { "" } else { " " };
        self.write(&format!(
            "::{}{gap}{}::{}",
            level.command(),
            properties.join(","),
            command_data(&message)
        ));
    }

    fn write(&mut self, line: &str) {
        let _ = writeln!(self.output, "{line}");
        let _ = self.output.flush();
    }
}

/// A writer for diagnostics: what passes is shown by the runner, which reads standard error too, and not executed.
///
/// Each call must carry whole lines, as the formatter of `tracing-subscriber` does.
#[derive(Debug, Clone, Copy, Default)]
pub struct Neutral<W>(pub W);

impl<W: Write> Write for Neutral<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write_all(neutral(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(tell: impl FnOnce(&mut Console<Vec<u8>>)) -> String {
        let mut console = Console::new(Vec::new());
        tell(&mut console);
        String::from_utf8(console.into_output()).unwrap()
    }

    #[test]
    fn hostile_messages_stay_inside_their_command() {
        let hostile = Annotation {
            title: Some("a,b:c\n::error::x"),
            file: Some("x\r.rs,line=9"),
            line: Some(3),
            message: "100%\n::set-env name=x::y\r##[error]\u{0}\u{1b}[31mz",
        };
        let heard = heard(|console| console.annotate(Level::Error, &hostile));
        let expect = "::error title=a%2Cb%3Ac %3A%3Aerror%3A%3Ax,file=x .rs%2Cline=9,line=3::100%25%0A::set-env name=x::y%0A##[error]z\n";
        assert_eq!(heard, expect);
    }

    #[test]
    fn the_eleventh_annotation_is_plain_text() {
        let heard = heard(|console| (0..12).for_each(|_| console.warning("::x::y")));
        assert_eq!(heard.lines().filter(|line| line.starts_with("::warning")).count(), 10);
        assert_eq!(heard.lines().filter(|line| *line == "warning: ::x::y").count(), 2);
    }

    #[test]
    fn messages_are_cut_where_the_runner_cuts_them() {
        let message = "é".repeat(5000);
        let long = Annotation {
            message: &message,
            ..Annotation::default()
        };
        let heard = heard(|console| console.annotate(Level::Notice, &long));
        assert_eq!(heard.chars().filter(|c| *c == 'é').count(), 4096);
        assert!(heard.starts_with("::notice::é"));
    }

    #[test]
    fn a_mask_covers_each_line_and_the_basic_credential() {
        let masks = heard(|console| console.mask("first line\nab\n100% second"));
        assert_eq!(
            masks,
            "::add-mask::first line%0Aab%0A100%25 second\n::add-mask::first line\n::add-mask::100%25 second\n"
        );
        let masks = heard(|console| console.mask_token("secret"));
        assert_eq!(masks, "::add-mask::secret\n::add-mask::eC1hY2Nlc3MtdG9rZW46c2VjcmV0\n");
        assert_eq!(heard(|console| console.mask_token("")), "");
    }

    #[test]
    fn diagnostics_are_not_executed() {
        let mut writer = Neutral(Vec::new());
        writer.write_all(b"::error::x\n##[error]\xff\r::add-mask::y\n").unwrap();
        let text = String::from_utf8(writer.0).unwrap();
        assert_eq!(
            text,
            ":\u{200b}:error::x\n##\u{200b}[error]\u{fffd}\n:\u{200b}:add-mask::y\n"
        );
    }

    #[test]
    fn printed_text_is_not_executed() {
        let heard = heard(|console| {
            console.group("a\nb");
            console.print("::error::x\nok");
            console.endgroup();
        });
        assert_eq!(heard, "::group::a b\n:\u{200b}:error::x\nok\n::endgroup::\n");
    }
}
