//! `shipwright report`, `similar`, `learn` and `prompt`: one log, and what is remembered.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::json;

use super::Context;
use super::at::OnRun;
use super::output::{self, Format};
use crate::app::action::{self, Conversation, Inquiry, Saying};
use crate::app::events;
use crate::app::explain::{self, Question, Request};
use crate::app::learn::{self, Lesson};
use crate::app::{Error, Kind};
use crate::ids::IssueNumber;
use crate::render::{Page, Renderer};
use crate::report::Report;
use crate::text;

/// Longest report on a terminal or in a document, in UTF-16 units.
const LONGEST: usize = 1 << 20;

const MEMORY_HELP: &str = "Memory: a `memory-export.json`-shaped file or a directory; by default `refs/ruflo-memory/v1` of the repository here (nothing is pushed)";

/// Explain a failed log: What Failed, Why, Similar Past Issues, Suggested Actions.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  shipwright report build.log --learn
  shipwright report test.log --stage test --iteration 2 --artifacts-dir artifacts --format markdown
  shipwright report --run https://github.com/OWNER/REPO/actions/runs/ID --dry-run

With --run the logs are fetched from GitHub and the memory is the one in that repository, unless --memory names
another. Nothing is written there without --post (the comment or tracking issue) or --learn (the memory).")]
#[expect(clippy::struct_excessive_bools, reason = "a flag of the command line is a bool")]
pub struct ReportArgs {
    /// Log file; `-` is standard input.
    #[arg(value_name = "LOG", required_unless_present = "run", conflicts_with = "run")]
    log: Option<String>,

    #[command(flatten)]
    on: OnRun,

    /// With `--run`: also print what would be said on GitHub, and where. Writes nothing.
    #[arg(long, requires = "run", conflicts_with = "learn")]
    dry_run: bool,

    /// With `--run`: say it on GitHub, as the action would.
    #[arg(long, requires = "run", conflicts_with = "dry_run")]
    post: bool,

    /// JUnit XML files, as globs: failing tests the log does not tell of are added. May be given more than once.
    #[arg(long, value_name = "GLOB")]
    junit: Vec<String>,

    /// Log of a successful run of the same job; its lines count as noise.
    #[arg(long, value_name = "LOG", conflicts_with = "run")]
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
        if let Some(inquiry) = self.on.inquiry(context)? {
            return self.on_run(inquiry, context);
        }
        let request = Request {
            log: self.log.unwrap_or_default(),
            baselines: self.baseline,
            junit: self.junit,
            stage: self.stage,
            iteration: self.iteration,
            goal: self.goal,
            issue: self.issue,
            memory: self.memory,
            limit: self.limit.min(10),
            global: context.shared(self.global),
        };
        let explained = explain::explain(&request)?;
        let recorded = self.learn || self.artifacts_dir.is_some();
        show(&explained.report, self.format, &[])?;
        if let Some(directory) = &self.artifacts_dir {
            let document = page(&explained.report, Page::Document)?;
            learn::write_artifacts(directory, &document, &explained.report, context.now)?;
        }
        if self.learn {
            learn::remember_report(&explained, context.now)?;
        }
        learn::tell_report(&explained, recorded, &context.events, context.now);
        Ok(())
    }

    fn on_run(self, mut inquiry: Inquiry, context: &Context) -> Result<(), Error> {
        inquiry.inputs.extend([
            ("stage", self.stage.unwrap_or_default()),
            ("goal", self.goal.unwrap_or_default()),
            (
                "iteration",
                self.iteration.map(|number| number.to_string()).unwrap_or_default(),
            ),
            (
                "issue-number",
                self.issue.map(|number| number.to_string()).unwrap_or_default(),
            ),
            ("similar-limit", self.limit.min(10).to_string()),
            ("junit-paths", self.junit.join("\n")),
        ]);
        inquiry.memory = self.memory;
        inquiry.learn = self.learn;
        inquiry.conversation = match (self.dry_run, self.post) {
            (true, _) => Conversation::Rehearsed,
            (false, true) => Conversation::Held,
            (false, false) => Conversation::Silent,
        };
        let told = action::inquire(&inquiry)?;
        show(&told.report, self.format, &told.said)?;
        if inquiry.conversation != Conversation::Silent && told.said.is_empty() {
            tracing::warn!(
                "nothing is said on GitHub: there is no one pull request of this commit, and no tracking issue is due"
            );
        }
        if let Some(directory) = &self.artifacts_dir {
            let document = page(&told.report, Page::Document)?;
            learn::write_artifacts(directory, &document, &told.report, context.now)?;
        }
        if !told.kept {
            return Err(Error::service("the failures of this run are not remembered").with_hint(
                "the token needs `contents: write` (a classic token: the scope `repo`), and the server must take pushes to \
                 the memory ref; `shipwright doctor` examines both, `--memory PATH` keeps it on this machine instead",
            ));
        }
        Ok(())
    }
}

fn page(report: &Report, page: Page) -> Result<String, Error> {
    Renderer::built_in()
        .page(page, report, "", LONGEST)
        .map_err(|error| Error::new(Kind::Bug, "cannot render the report").with_source(error))
}

#[derive(Serialize)]
struct RunDocument<'a> {
    #[serde(flatten)]
    report: explain::ReportDocument<'a>,
    run: &'a str,
    #[serde(skip_serializing_if = "<[Saying]>::is_empty")]
    said: &'a [Saying],
}

/// Prints a report, and below it what was or would be said on GitHub.
fn show(report: &Report, format: ReportFormat, said: &[Saying]) -> Result<(), Error> {
    let document = explain::ReportDocument::of(report);
    match format {
        ReportFormat::Text => output::text(&text::neutral(&page(report, Page::Text)?))?,
        ReportFormat::Markdown => output::text(&text::neutral(&page(report, Page::Document)?))?,
        ReportFormat::Json if report.subject.url.is_empty() => output::json(&document)?,
        ReportFormat::Json => output::json(&RunDocument {
            report: document,
            run: &report.subject.url,
            said,
        })?,
    }
    for saying in said.iter().filter(|_| format != ReportFormat::Json) {
        let (place, url) = (&saying.place, &saying.url);
        let words = if saying.done {
            format!("\nSaid on GitHub: {place}, {url}\n")
        } else {
            format!(
                "\nNothing was written. This would be said as {place} ({url}):\n\n{}\n",
                saying.body
            )
        };
        output::text(&text::neutral(&words))?;
    }
    Ok(())
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
        let learned = learn::learn(&self.log, self.memory.as_deref(), &lesson)?;
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
    #[arg(value_name = "LOG", required_unless_present = "run", conflicts_with = "run")]
    log: Option<String>,

    #[command(flatten)]
    on: OnRun,

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
        let told = json!({ "stage": self.stage });
        let report = if let Some(mut inquiry) = self.on.inquiry(context)? {
            inquiry.memory = self.memory;
            inquiry.inputs.push(("stage", self.stage.unwrap_or_default()));
            action::inquire(&inquiry)?.report
        } else {
            let request = Request {
                log: self.log.unwrap_or_default(),
                memory: self.memory,
                stage: self.stage,
                limit: 3,
                global: context.shared(self.global),
                ..Request::default()
            };
            explain::explain(&request)?.report
        };
        let prompt = Renderer::built_in()
            .prompt(&report, self.max_chars)
            .map_err(|error| Error::new(Kind::Bug, "cannot render the prompt").with_source(error))?;
        context.events.tell(events::Kind::MemoryInject, &told, context.now);
        match self.format {
            Format::Json => output::json(&PromptDocument {
                schema: "shipwright-prompt/v1",
                prompt: &prompt,
            }),
            Format::Text => output::text(&text::neutral(&prompt)),
        }
    }
}
