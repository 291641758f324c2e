//! The arguments of each command and the call they make.

use std::path::Path;

use clap::Args;

use super::Command;
use crate::app::Error;
use crate::app::recruit::{Answer, Evolve, NewRole, Office, Promote, Repair, Report};
use crate::recruit::config_validator::Outcome;

/// A text, in one argument or in several. The first may begin with a dash, as titles do; flags may follow it.
#[derive(Debug, Args)]
pub(super) struct Text {
    /// The text
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    first: String,
    #[arg(hide = true)]
    more: Vec<String>,
}

impl Text {
    fn join(&self) -> Result<String, Error> {
        joined(std::iter::once(&self.first).chain(&self.more))
    }
}

#[derive(Debug, Args)]
pub(super) struct Matching {
    #[command(flatten)]
    task: Text,
    /// Who will take it; the outcome of this agent then resolves the match
    #[arg(long, value_name = "AGENT")]
    agent: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// The key, or with --auto the task the role is for
    #[arg(value_name = "KEY|TASK")]
    key: String,
    /// The title, and the description
    words: Vec<String>,
    /// Find key, title and the rest from a task
    #[arg(long)]
    auto: bool,
}

#[derive(Debug, Args)]
pub(super) struct Record {
    /// Who did it
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    agent: String,
    /// What it was; the text that was matched, if it was
    #[arg(allow_hyphen_values = true)]
    task: String,
    /// How it went
    #[arg(value_parser = ["success", "failure"])]
    outcome: String,
    /// How good it is, 0 to 10
    #[arg(value_parser = quality, allow_negative_numbers = true)]
    quality: Option<f64>,
    /// How long it took, in minutes
    #[arg(value_parser = minutes, allow_negative_numbers = true)]
    minutes: Option<f64>,
    /// In which role
    #[arg(long)]
    role: Option<String>,
    /// The match it belongs to
    #[arg(long = "match", value_name = "ID")]
    match_id: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Ingest {
    /// How far back
    #[arg(default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: u32,
}

#[derive(Debug, Args)]
pub(super) struct Promotion {
    /// The agent
    agent: String,
    /// Set the model in the profile and keep a record of it
    #[arg(long)]
    apply: bool,
}

#[derive(Debug, Args)]
pub(super) struct Onboard {
    /// The role
    #[arg(default_value = "builder")]
    role: String,
    /// The agent; its way of working sets the style
    agent: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Evolution {
    /// Carry the advice out
    #[arg(long, conflicts_with = "undo")]
    apply: bool,
    /// Take the last change back
    #[arg(long)]
    undo: bool,
}

/// Makes the call.
pub(super) fn run(office: &Office, command: &Command, working_directory: &Path) -> Result<Answer, Error> {
    match command {
        Command::Roles => office.roles(),
        Command::Match(matching) => {
            office.match_task(&matching.task.join()?, matching.agent.as_deref().unwrap_or_default())
        }
        Command::Team(text) => office.team(&text.join()?, working_directory),
        Command::Route(text) => office.route(&text.join()?),
        Command::CreateRole(create) => office.create_role(new_role(create)?),
        Command::RecordOutcome(record) => office.record_outcome(report(record)?),
        Command::IngestPipeline(ingest) => office.ingest(ingest.days),
        Command::Evaluate(text) => office.evaluate(&text.join()?),
        Command::Profiles => office.profiles(),
        Command::Specializations => office.specializations(),
        Command::Promote(promotion) => office.promote(
            &promotion.agent,
            if promotion.apply {
                Promote::Apply
            } else {
                Promote::Advise
            },
        ),
        Command::Onboard(onboard) => office.onboard(&onboard.role, onboard.agent.as_deref()),
        Command::Mind { agent } => office.mind(agent.as_deref()),
        Command::Decompose(text) => office.decompose(&text.join()?),
        Command::Evolve(evolution) => office.evolve(match (evolution.apply, evolution.undo) {
            (true, _) => Evolve::Apply,
            (_, true) => Evolve::Undo,
            (false, false) => Evolve::Report,
        }),
        Command::Invent => office.invent(),
        Command::SelfTune => office.self_tune(),
        Command::Reflect => office.reflect(),
        Command::Audit { repair } => office.audit(if *repair { Repair::Yes } else { Repair::No }),
        Command::Stats => office.stats(),
        Command::Help | Command::Unknown(_) | Command::Sync(_) => Ok(Office::help()),
    }
}

fn joined<'w>(words: impl Iterator<Item = &'w String>) -> Result<String, Error> {
    let text = words.map(String::as_str).collect::<Vec<_>>().join(" ");
    if text.trim().is_empty() {
        Err(Error::user("the text is empty"))
    } else {
        Ok(text)
    }
}

fn new_role(create: &Create) -> Result<NewRole, Error> {
    if create.auto {
        return Ok(NewRole::Auto(joined(
            std::iter::once(&create.key).chain(&create.words),
        )?));
    }
    let mut words = create.words.iter().cloned();
    let title = words.next();
    let rest: Vec<String> = words.collect();
    Ok(NewRole::Manual {
        key: create.key.clone(),
        title,
        description: (!rest.is_empty()).then(|| rest.join(" ")),
    })
}

fn report(record: &Record) -> Result<Report, Error> {
    let outcome =
        Outcome::parse(&record.outcome).ok_or_else(|| Error::user("the outcome must be success or failure"))?;
    Ok(Report {
        agent: record.agent.clone(),
        task: record.task.clone(),
        outcome,
        // The reference takes 0 for not known.
        quality: record.quality.filter(|quality| *quality > 0.0),
        minutes: record.minutes.filter(|minutes| *minutes > 0.0),
        role: record.role.clone(),
        match_id: record.match_id.clone(),
    })
}

fn quality(text: &str) -> Result<f64, String> {
    within(text, 10.0)
}

fn minutes(text: &str) -> Result<f64, String> {
    within(text, 1e6)
}

fn within(text: &str, most: f64) -> Result<f64, String> {
    text.parse::<f64>()
        .ok()
        .filter(|number| (0.0..=most).contains(number))
        .ok_or_else(|| format!("must be a number from 0 to {most}"))
}
