//! `shipwright report`, `similar`, `learn` and `prompt`: one log, and what is remembered.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::Context;
use super::output::{self, Format};
use crate::app::explain::{self, Lesson, Question, Request};
use crate::app::{Error, Kind};
use crate::ids::IssueNumber;
use crate::render::{Page, Renderer};
use crate::text;

/// Longest report on a terminal or in a document, in UTF-16 units.
const LONGEST: usize = 1 << 20;

const MEMORY_HELP: &str = "Memory: a `memory-export.json`-shaped file or a directory; by default `refs/ruflo-memory/v1` of the repository here (nothing is pushed)";

/// Explain a failed log: What Failed, Why, Similar Past Issues, Suggested Actions.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  shipwright report build.log --learn
  shipwright report test.log --stage test --iteration 2 --artifacts-dir artifacts --format markdown")]
pub struct ReportArgs {
    /// Log file; `-` is standard input.
    #[arg(value_name = "LOG")]
    log: String,

    /// Log of a successful run of the same job; its lines count as noise.
    #[arg(long, value_name = "LOG")]
    baseline: Vec<String>,

    /// Stage of your pipeline: build, test, review, pr, deploy, …
    #[arg(long)]
    stage: Option<String>,

    /// Number of the attempt in your own loop.
    #[arg(long, value_name = "N")]
    iteration: Option<u32>,

    /// What the run was meant to achieve.
    #[arg(long, value_name = "TEXT")]
    goal: Option<String>,

    /// The issue it works on.
    #[arg(long, value_name = "N")]
    issue: Option<IssueNumber>,

    #[arg(long, value_name = "PATH", help = MEMORY_HELP)]
    memory: Option<String>,

    /// Remember the failures and what was suggested.
    #[arg(long)]
    learn: bool,

    /// Also write `context-error-<stage>.md` and append to `suggestions.jsonl` there.
    #[arg(long, value_name = "DIR")]
    artifacts_dir: Option<PathBuf>,

    /// Most similar failures shown for each failure.
    #[arg(long, value_name = "N", default_value_t = 3)]
    limit: usize,

    /// How to answer.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,

    /// Also use the memory that all repositories of this machine share (`~/.shipwright/global`); `SHIPWRIGHT_GLOBAL=1`
    /// does so always.
    #[arg(long)]
    global: bool,

    /// For pipelines: end within 5 s and with exit code 0, whatever happens.
    #[arg(long)]
    pub hook: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    Text,
    Markdown,
    Json,
}

impl ReportArgs {
    /// Prints the report.
    ///
    /// # Errors
    /// A log or memory that cannot be read or written.
    pub fn run(self, context: &Context) -> Result<(), Error> {
        let request = Request {
            log: self.log,
            baselines: self.baseline,
            stage: self.stage,
            iteration: self.iteration,
            goal: self.goal,
            issue: self.issue,
            memory: self.memory,
            limit: self.limit.min(10),
            global: context.shared(self.global),
        };
        let explained = explain::explain(&request)?;
        let renderer = Renderer::built_in();
        let page = |page| {
            renderer
                .page(page, &explained.report, "", LONGEST)
                .map_err(|error| Error::new(Kind::Bug, "cannot render the report").with_source(error))
        };
        match self.format {
            ReportFormat::Text => output::text(&text::neutral(&page(Page::Text)?))?,
            ReportFormat::Markdown => output::text(&page(Page::Document)?)?,
            ReportFormat::Json => output::json(&explain::ReportDocument::of(&explained.report))?,
        }
        let recorded = self.learn || self.artifacts_dir.is_some();
        if let Some(directory) = &self.artifacts_dir {
            explain::write_artifacts(directory, &page(Page::Document)?, &explained, context.now)?;
        }
        if self.learn {
            explain::remember_report(&explained, context.now)?;
        }
        explain::tell_report(&explained, recorded, &context.events, context.now);
        Ok(())
    }
}

/// Find past failures like this one.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  shipwright similar build.log
  shipwright similar --text 'error[E0432]: unresolved import' --format json")]
pub struct SimilarArgs {
    /// Log file; `-` is standard input.
    #[arg(value_name = "LOG", required_unless_present = "text", conflicts_with = "text")]
    log: Option<String>,

    /// A bare error text instead of a log.
    #[arg(long, value_name = "STRING")]
    text: Option<String>,

    #[arg(long, value_name = "PATH", help = MEMORY_HELP)]
    memory: Option<String>,

    /// Most matches.
    #[arg(long, value_name = "N", default_value_t = 3)]
    limit: usize,

    /// How to answer; `json` is one document of schema `shipwright-similar/v1`.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// Also use the memory that all repositories of this machine share (`~/.shipwright/global`); `SHIPWRIGHT_GLOBAL=1`
    /// does so always.
    #[arg(long)]
    global: bool,
}

impl SimilarArgs {
    /// Prints the matches, best first.
    ///
    /// # Errors
    /// A log or memory that cannot be read.
    pub fn run(self, context: &Context) -> Result<(), Error> {
        let question = match (self.log, self.text) {
            (Some(log), _) => Question::Log(log),
            (None, text) => Question::Text(text.unwrap_or_default()),
        };
        let global = context.shared(self.global);
        let document = explain::similar(
            &question,
            self.memory.as_deref(),
            global.as_deref(),
            self.limit.min(100),
        )?;
        match self.format {
            Format::Json => output::json(&document),
            Format::Text if document.matches.is_empty() => output::text("Nothing like this is remembered."),
            Format::Text => {
                let lines: Vec<String> = document.matches.iter().map(explain::MatchDocument::line).collect();
                output::text(&text::neutral(&lines.join("\n")))
            }
        }
    }
}

/// Record the failures of a log, and what fixed them.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  shipwright learn build.log --memory memory.json
  shipwright learn build.log --fix 'pin the compiler to 1.95' --fix-url https://github.com/o/r/pull/12")]
pub struct LearnArgs {
    /// Log file; `-` is standard input.
    #[arg(value_name = "LOG")]
    log: String,

    #[arg(long, value_name = "PATH", help = MEMORY_HELP)]
    memory: Option<String>,

    /// What fixed it, in one line.
    #[arg(long, value_name = "TEXT")]
    fix: Option<String>,

    /// Page of the fix: a commit, pull request or document.
    #[arg(long, value_name = "URL")]
    fix_url: Option<String>,

    /// Page of the run.
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// The branch it was on.
    #[arg(long)]
    branch: Option<String>,

    /// When it happened: RFC 3339, or seconds or milliseconds since the epoch. Now by default.
    #[arg(long, value_name = "TIME", value_parser = output::time)]
    at: Option<i64>,

    /// How to answer.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// Also use the memory that all repositories of this machine share (`~/.shipwright/global`); `SHIPWRIGHT_GLOBAL=1`
    /// does so always.
    #[arg(long)]
    global: bool,
}

impl LearnArgs {
    /// Records.
    ///
    /// # Errors
    /// A log without a failure, or a memory that cannot be written.
    pub fn run(self, context: &Context) -> Result<(), Error> {
        let lesson = Lesson {
            fix: self.fix,
            fix_url: self.fix_url,
            url: self.url,
            branch: self.branch,
            at: self.at.unwrap_or(context.now),
            global: context.shared(self.global),
        };
        let learned = explain::learn(&self.log, self.memory.as_deref(), &lesson)?;
        learned.tell(&context.events, context.now);
        match self.format {
            Format::Json => output::json(&learned),
            Format::Text => {
                let with = if learned.fix { " with its fix" } else { "" };
                let title = learned.title.as_deref().unwrap_or_default();
                let page = format!("Learned{with}: {title}\n{}\n", learned.learned.join("\n"));
                output::text(&text::neutral(&page))
            }
        }
    }
}

/// Historical context for an agent's next prompt: the failure, similar ones, actions.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  shipwright prompt test.log --max-chars 2000 >> next-prompt.md")]
pub struct PromptArgs {
    /// Log file; `-` is standard input.
    #[arg(value_name = "LOG")]
    log: String,

    #[arg(long, value_name = "PATH", help = MEMORY_HELP)]
    memory: Option<String>,

    /// Stage of your pipeline.
    #[arg(long)]
    stage: Option<String>,

    /// Longest answer, in characters.
    #[arg(long, value_name = "N", default_value_t = 4000)]
    max_chars: usize,

    /// How to answer.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// Also use the memory that all repositories of this machine share (`~/.shipwright/global`); `SHIPWRIGHT_GLOBAL=1`
    /// does so always.
    #[arg(long)]
    global: bool,

    /// For pipelines: end within 5 s and with exit code 0, whatever happens.
    #[arg(long)]
    pub hook: bool,
}

#[derive(Serialize)]
struct PromptDocument<'a> {
    schema: &'static str,
    prompt: &'a str,
}

impl PromptArgs {
    /// Prints the context.
    ///
    /// # Errors
    /// A log or memory that cannot be read.
    pub fn run(self, context: &Context) -> Result<(), Error> {
        let request = Request {
            log: self.log,
            memory: self.memory,
            stage: self.stage,
            limit: 3,
            global: context.shared(self.global),
            ..Request::default()
        };
        let explained = explain::explain(&request)?;
        let prompt = Renderer::built_in()
            .prompt(&explained.report, self.max_chars)
            .map_err(|error| Error::new(Kind::Bug, "cannot render the prompt").with_source(error))?;
        match self.format {
            Format::Json => output::json(&PromptDocument {
                schema: "shipwright-prompt/v1",
                prompt: &prompt,
            }),
            Format::Text => output::text(&prompt),
        }
    }
}
