//! `shipwright`: the commands, and how an error is told.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

use super::{Context, analyze, backfill, doctor, eval, explain, help, hook, memory, recruit, suggestion};
use crate::app::events::EventLog;
use crate::app::{self, Error, clock};
use crate::runner::{Environment, Neutral};

const AFTER: &str = "\
Exit codes: 0 ok, 1 negative answer, 2 bad usage or input, 3 conflict, 4 service unavailable.

Examples:
  shipwright report build.log --learn          explain a failed build and remember it
  make test 2>&1 | shipwright analyze -        the failures in what a command prints
  shipwright report --run https://github.com/OWNER/REPO/actions/runs/ID
  shipwright memory pull --remote URL --output memory.json

Standard output carries the answer only; everything else goes to standard error. NO_COLOR is honoured.
Documentation: docs/ in the repository.";

/// CI that remembers: explains failed runs from their logs and keeps what it learns in the repository itself.
#[derive(Debug, Parser)]
#[command(name = "shipwright", version, after_long_help = AFTER, max_term_width = 100, propagate_version = true)]
pub struct Cli {
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: When,

    /// Say more on standard error; twice for details.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    Analyze(analyze::AnalyzeArgs),
    Report(explain::ReportArgs),
    Similar(explain::SimilarArgs),
    Learn(explain::LearnArgs),
    Prompt(explain::PromptArgs),
    Backfill(backfill::BackfillArgs),
    #[command(subcommand)]
    Suggestion(suggestion::SuggestionCommand),
    #[command(subcommand)]
    Memory(memory::MemoryCommand),
    Recruit(recruit::RecruitArgs),
    Doctor(doctor::DoctorArgs),
    /// Run as the GitHub action does: everything comes from the environment.
    Action,
    Completions(help::CompletionsArgs),
    Man(help::ManArgs),
    #[command(hide = true)]
    Docs(help::DocsArgs),
    #[command(hide = true)]
    Eval(eval::EvalArgs),
}

/// Runs the program on the arguments of the process.
pub fn main() -> ExitCode {
    let environment = Environment::read();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let program = arguments.first().map(|program| program.to_string_lossy());
    if let Some(stage) = environment.stage(&program.unwrap_or_default()) {
        return app::action::main(&environment, stage);
    }
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(usage) => {
            // A hook that a pipeline misspells must not make things worse either.
            let hook = arguments.iter().any(|argument| argument == "--hook");
            let code = if usage.use_stderr() && !hook { 2 } else { 0 };
            let _ = usage.print();
            return ExitCode::from(code);
        }
    };
    trace(cli.verbose, environment.is_debug());
    if matches!(cli.command, Command::Action) {
        return app::action::main(&environment, environment.saved_stage());
    }
    let color = cli.color == When::Always
        || (cli.color == When::Auto && environment.get("NO_COLOR").is_none() && std::io::stdout().is_terminal());
    let token = environment.token().map(str::to_owned);
    let home = home(&environment);
    let always_global = is_on(environment.get("SHIPWRIGHT_GLOBAL"));
    let events = environment.get("SHIPWRIGHT_EVENTS").map(PathBuf::from);
    let context = Context {
        now: clock::now_ms(),
        token,
        environment,
        color,
        events: EventLog::new(events.or_else(|| Some(home.as_ref()?.join("events.jsonl")))),
        global: home.map(|home| home.join("global")),
        always_global,
    };
    let hook = cli.command.is_hook();
    let work = move || cli.command.run(&context);
    match if hook { hook::guarded(work) } else { work() } {
        Ok(()) => ExitCode::SUCCESS,
        // A pipeline that asks for help must not fail over it.
        Err(error) if hook => {
            tell(&error);
            ExitCode::SUCCESS
        }
        Err(error) => tell(&error),
    }
}

/// `SHIPWRIGHT_HOME`, else `~/.shipwright`.
fn home(environment: &Environment) -> Option<PathBuf> {
    let own = environment.get("SHIPWRIGHT_HOME").map(PathBuf::from);
    let person = environment.get("HOME").or_else(|| environment.get("USERPROFILE"));
    own.or_else(|| Some(PathBuf::from(person?).join(".shipwright")))
}

/// Whether a variable switches something on.
fn is_on(value: Option<&str>) -> bool {
    value.is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on"))
}

impl Command {
    /// Whether it was started by a pipeline that wants to go on whatever happens.
    fn is_hook(&self) -> bool {
        match self {
            Self::Report(report) => report.hook,
            Self::Prompt(prompt) => prompt.hook,
            Self::Analyze(_)
            | Self::Similar(_)
            | Self::Learn(_)
            | Self::Backfill(_)
            | Self::Suggestion(_)
            | Self::Memory(_)
            | Self::Recruit(_)
            | Self::Doctor(_)
            | Self::Action
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Docs(_)
            | Self::Eval(_) => false,
        }
    }

    fn run(self, context: &Context) -> Result<(), Error> {
        match self {
            Self::Analyze(command) => command.run(context),
            Self::Report(command) => command.run(context),
            Self::Similar(command) => command.run(context),
            Self::Learn(command) => command.run(context),
            Self::Prompt(command) => command.run(context),
            Self::Backfill(command) => command.run(context),
            Self::Suggestion(command) => command.run(context),
            Self::Memory(command) => command.run(context),
            Self::Recruit(command) => command.run(context),
            Self::Doctor(command) => command.run(context),
            Self::Completions(command) => command.run(),
            Self::Man(command) => command.run(),
            Self::Docs(command) => command.run(),
            Self::Eval(command) => command.run(),
            Self::Action => Ok(()),
        }
    }
}

fn trace(verbose: u8, debug: bool) {
    let level = match verbose {
        _ if debug => "shipwright=debug",
        0 => "shipwright=warn",
        1 => "shipwright=info",
        2 => "shipwright=debug",
        _ => "shipwright=trace",
    };
    let filter = EnvFilter::try_from_env("SHIPWRIGHT_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Neutral(std::io::stderr()))
        .with_target(false)
        .without_time()
        .with_ansi(false)
        .try_init();
}

/// `error: what: why`, then `hint: remedy`, on standard error.
fn tell(error: &Error) -> ExitCode {
    let mut stderr = Neutral(std::io::stderr().lock());
    let _ = writeln!(stderr, "error: {}", error.chain());
    if let Some(hint) = error.hint() {
        let _ = writeln!(stderr, "hint: {hint}");
    }
    ExitCode::from(error.kind().exit_code())
}

/// The command tree, for completions and man pages.
pub fn command() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_tree_is_consistent() {
        super::command().debug_assert();
    }
}
