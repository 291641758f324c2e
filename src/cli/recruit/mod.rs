//! `shipwright recruit …`: what was typed, as calls of `app::recruit`.

mod commands;
mod sync;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Context, output};
use crate::app::recruit::{Answer, ModelUse, Office, Setup, Verdict};
use crate::app::{Error, error};

use commands::{Create, Evolution, Ingest, Matching, Onboard, Promotion, Record, Text};

/// The right role for the work, the team around it, and learning from what came of it
#[derive(Debug, Args)]
#[command(
    disable_help_subcommand = true,
    after_help = "Example: shipwright recruit match --json \"Add a dark theme\"\n`shipwright recruit help` tells what each command does."
)]
pub struct RecruitArgs {
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    json: bool,
    /// The directory that holds `recruitment/` [default: ~/.shipwright]
    #[arg(long, global = true, env = "SHIPWRIGHT_HOME", value_name = "DIR")]
    home: Option<PathBuf>,
    /// The event log [default: events.jsonl beside `recruitment/`]
    #[arg(long, global = true, env = "SHIPWRIGHT_EVENTS", value_name = "FILE")]
    events: Option<PathBuf>,
    /// The event log under the name the reference knows
    #[arg(long, global = true, env = "EVENTS_FILE", hide = true, value_name = "FILE")]
    events_file: Option<PathBuf>,
    /// A policy file whose `recruit` section is used
    #[arg(long, global = true, env = "SHIPWRIGHT_POLICY", value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Never ask a language model; any value but 0 silences it
    #[arg(long, global = true, env = "SW_RECRUIT_NO_LLM", value_name = "1", num_args = 0..=1, default_missing_value = "1",
        require_equals = true)]
    no_llm: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List all roles
    #[command(after_help = "Example: shipwright recruit roles")]
    Roles,
    /// The role for a task
    #[command(after_help = "Example: shipwright recruit match \"Add a dark theme\"")]
    Match(Matching),
    /// The team for an issue or a project
    #[command(after_help = "Example: shipwright recruit team --json \"Encrypt the backups\"")]
    Team(Text),
    /// The agent with the best record for a task
    #[command(after_help = "Example: shipwright recruit route \"Speed up the search\"")]
    Route(Text),
    /// Make a role
    #[command(after_help = "Example: shipwright recruit create-role data-engineer \"Data Engineer\" \"Moves data\"")]
    CreateRole(Create),
    /// Tell how a task went
    #[command(after_help = "Example: shipwright recruit record-outcome agent-1 \"Add a dark theme\" success 9 25")]
    RecordOutcome(Record),
    /// Take outcomes out of the event log, each once
    #[command(after_help = "Example: shipwright recruit ingest-pipeline 7")]
    IngestPipeline(Ingest),
    /// How an agent does
    #[command(after_help = "Example: shipwright recruit evaluate agent-1")]
    Evaluate(Text),
    /// All agents
    #[command(after_help = "Example: shipwright recruit profiles --json")]
    Profiles,
    /// What every agent is good at
    #[command(
        visible_alias = "specialize",
        after_help = "Example: shipwright recruit specializations"
    )]
    Specializations,
    /// The model an agent should run on
    #[command(after_help = "Example: shipwright recruit promote agent-1 --apply")]
    Promote(Promotion),
    /// What an agent is given when it starts in a role
    #[command(after_help = "Example: shipwright recruit onboard tester agent-1")]
    Onboard(Onboard),
    /// How an agent works best, or all agents
    #[command(after_help = "Example: shipwright recruit mind agent-1")]
    Mind {
        /// The agent
        agent: Option<String>,
    },
    /// The steps of a goal
    #[command(after_help = "Example: shipwright recruit decompose \"Let users export invoices\"")]
    Decompose(Text),
    /// Roles that are unused, failing or overloaded
    #[command(after_help = "Example: shipwright recruit evolve --apply")]
    Evolve(Evolution),
    /// Roles for tasks that none fits
    #[command(after_help = "Example: shipwright recruit invent")]
    Invent,
    /// Learn words from outcomes
    #[command(after_help = "Example: shipwright recruit self-tune")]
    SelfTune,
    /// How good the matching is
    #[command(after_help = "Example: shipwright recruit reflect")]
    Reflect,
    /// Check the stores, the loops and the wiring
    #[command(after_help = "Example: shipwright recruit audit --repair")]
    Audit {
        /// Bring damaged stores back to their last good version first
        #[arg(long)]
        repair: bool,
    },
    /// Share what was learned with other machines and jobs, through a memory
    #[command(
        after_help = "Example: shipwright recruit sync --remote https://github.com/OWNER/REPO\nWithout --memory and --remote the memory ref of the repository here is used; nothing is pushed from there."
    )]
    Sync(sync::Sync),
    /// Everything in figures
    #[command(after_help = "Example: shipwright recruit stats --json")]
    Stats,
    /// All commands
    #[command(after_help = "Example: shipwright recruit help")]
    Help,
    #[command(external_subcommand)]
    Unknown(Vec<String>),
}

impl RecruitArgs {
    /// Runs the command and prints its answer.
    ///
    /// # Errors
    /// What the command says; also when its answer is no.
    pub fn run(self, context: &Context) -> Result<(), Error> {
        let json = self.json;
        let answer = self.answer(context)?;
        if json {
            output::json(&answer.json)?;
        } else {
            output::text(&answer.text)?;
        }
        match answer.verdict {
            Verdict::Yes => Ok(()),
            Verdict::No(why) => Err(Error::negative(why)),
        }
    }

    fn answer(self, context: &Context) -> Result<Answer, Error> {
        let command = match self.command {
            None | Some(Command::Help) => return Ok(Office::help()),
            Some(Command::Unknown(words)) => {
                let name = words.first().map_or("", String::as_str);
                return Err(
                    Error::user(format!("Unknown command: {}", crate::recruit::one_line(name)))
                        .with_hint(format!("\n{}", Office::help().text)),
                );
            }
            Some(ref command) => command,
        };
        let office = self.office(context)?;
        if let Command::Sync(sync) = command {
            return sync.run(&office, context);
        }
        commands::run(&office, command, &working_directory()?)
    }

    fn office(&self, context: &Context) -> Result<Office, Error> {
        let home = self
            .home
            .clone()
            .filter(|home| !home.as_os_str().is_empty())
            .map_or_else(
                || {
                    std::env::home_dir()
                        .map(|home| home.join(".shipwright"))
                        .ok_or_else(|| Error::user("there is no home directory").with_hint("set SHIPWRIGHT_HOME"))
                },
                Ok,
            )?;
        let events = [&self.events, &self.events_file]
            .into_iter()
            .flatten()
            .find(|path| !path.as_os_str().is_empty());
        let silenced = self
            .no_llm
            .as_deref()
            .is_some_and(|value| !value.is_empty() && value != "0");
        let setup = Setup {
            events: events.cloned().unwrap_or_else(|| home.join("events.jsonl")),
            home,
            policy: self.policy.clone().filter(|path| !path.as_os_str().is_empty()),
            model: if silenced {
                ModelUse::Silenced
            } else {
                ModelUse::Allowed
            },
            now: context.now,
            process: std::process::id(),
        };
        Office::new(setup, &working_directory()?)
    }
}

fn working_directory() -> Result<PathBuf, Error> {
    std::env::current_dir().map_err(|error| error::reading(std::path::Path::new("."), error))
}
