//! `shipwright analyze`.

use clap::{Args, ValueEnum};

use super::at::OnRun;
use super::{Context, output};
use crate::app::{Error, action, analyze};
use crate::text;

const EXAMPLES: &str = "\
Examples:
  shipwright analyze build.log
  shipwright analyze failed.log --baseline passed.log --format json
  make 2>&1 | shipwright analyze -
  shipwright analyze --run https://github.com/OWNER/REPO/actions/runs/ID";

/// Find the failures in logs: the lines that say why, category, fingerprint.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub struct AnalyzeArgs {
    /// Log files; `-` is standard input.
    #[arg(required_unless_present = "run", conflicts_with = "run", value_name = "LOG")]
    logs: Vec<String>,

    #[command(flatten)]
    on: OnRun,

    /// JUnit XML files, as globs: failing tests the log does not tell of are added. May be given more than once.
    #[arg(long, value_name = "GLOB")]
    junit: Vec<String>,

    /// Log of a successful run of the same job; its lines count as noise. May be given more than once.
    #[arg(long, value_name = "LOG", conflicts_with = "run")]
    baseline: Vec<String>,

    /// How to answer; `json` is one document of schema `shipwright-analysis/v1`.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnalyzeFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AnalyzeFormat {
    Text,
    Json,
    Markdown,
}

impl AnalyzeArgs {
    /// Prints the failures.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub fn run(self, context: &Context) -> Result<(), Error> {
        let document = match self.on.inquiry(context)? {
            Some(mut inquiry) => {
                inquiry.inputs.push(("junit-paths", self.junit.join("\n")));
                analyze::Document::of_report(&action::inquire(&inquiry)?.report)
            }
            None => analyze::run(&self.logs, &self.baseline, &self.junit)?,
        };
        match self.format {
            AnalyzeFormat::Json => output::json(&document),
            AnalyzeFormat::Text => output::text(&text::neutral(&as_text(&document))),
            AnalyzeFormat::Markdown => output::text(&text::neutral(&as_markdown(&document))),
        }
    }
}

fn as_text(document: &analyze::Document) -> String {
    if document.failures().is_empty() {
        return "No failure was found.\n".to_owned();
    }
    let mut page = String::new();
    for found in document.failures() {
        let failure = &found.failure;
        let place = [found.log.as_deref(), failure.tool.as_deref(), failure.step.as_deref()];
        let place: Vec<&str> = place.into_iter().flatten().collect();
        let sure = failure.confidence * 100.0;
        page.extend([
            format!("{}\n", failure.title),
            format!("  {} ({}), {sure:.0} % sure", failure.category, failure.class.as_str()),
            if place.is_empty() {
                String::new()
            } else {
                format!(", {}", place.join(", "))
            },
            format!("\n  {}\n", failure.fingerprint),
        ]);
        for line in &failure.excerpt {
            let mark = if failure.decisive_lines.contains(&line.line) {
                '>'
            } else {
                ' '
            };
            page.extend([format!("{mark}{:>7}  {}\n", line.line, line.text)]);
        }
        page.push('\n');
    }
    page
}

fn as_markdown(document: &analyze::Document) -> String {
    if document.failures().is_empty() {
        return "No failure was found.\n".to_owned();
    }
    let mut page = String::new();
    for found in document.failures() {
        let failure = &found.failure;
        let lines: Vec<&str> = failure.excerpt.iter().map(|line| line.text.as_str()).collect();
        page.extend([
            format!("### {}\n\n", text::plain(&failure.title)),
            format!(
                "{} {}\n\n",
                text::code(failure.category.as_str()),
                text::code(failure.fingerprint.as_str())
            ),
            format!("{}\n\n", text::fence(&lines.join("\n"), "text")),
        ]);
    }
    page
}
