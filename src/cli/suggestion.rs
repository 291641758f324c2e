//! `shipwright suggestion list | resolve`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{ArgAction, Args, Subcommand};
use serde::Serialize;

use super::Context;
use super::output::{self, Format};
use crate::app::Error;
use crate::app::suggestions::{Places, Shown};
use crate::text;

/// What was suggested, and whether it helped.
#[derive(Debug, Subcommand)]
pub enum SuggestionCommand {
    /// List suggestions, newest first
    List(List),
    /// Say how a suggestion ended: what helped is suggested first, what did not sinks
    Resolve(Resolve),
}

impl SuggestionCommand {
    /// Carries it out.
    ///
    /// # Errors
    /// A place that cannot be read or written, or no such suggestion.
    pub fn run(self, context: &Context) -> Result<(), Error> {
        match self {
            Self::List(list) => list.run(),
            Self::Resolve(resolve) => resolve.run(context),
        }
    }
}

#[derive(Debug, Args)]
struct Where {
    /// Memory: a `memory-export.json`-shaped file or a directory; by default `refs/ruflo-memory/v1` of the repository
    /// here
    #[arg(long, value_name = "PATH")]
    memory: Option<String>,
    /// The directory with `suggestions.jsonl`
    #[arg(long, value_name = "DIR")]
    artifacts_dir: Option<PathBuf>,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Where {
    fn places(&self) -> Places<'_> {
        Places {
            memory: self.memory.as_deref(),
            artifacts: self.artifacts_dir.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    suggestions: Vec<Shown>,
    unreadable: usize,
}

fn answer(suggestions: Vec<Shown>, unreadable: usize, format: Format) -> Result<(), Error> {
    if format == Format::Json {
        return output::json(&Document {
            schema: "shipwright-suggestions/v1",
            suggestions,
            unreadable,
        });
    }
    let mut page = String::new();
    for shown in &suggestions {
        let end = match shown.resolved {
            None => "open",
            Some(true) => "helped",
            Some(false) => "failed",
        };
        let day: String = shown.ts.chars().take(10).collect();
        let stage = shown.stage.as_deref().unwrap_or("-");
        let first = shown.actions.first().map_or("", String::as_str);
        let _ = writeln!(
            page,
            "{}  {day}  {end:<6}  {stage:<8}  {:<18}  {first}",
            shown.id, shown.category
        );
    }
    if unreadable > 0 {
        let _ = writeln!(page, "{unreadable} lines could not be read");
    }
    if page.is_empty() {
        page.push_str("no suggestions");
    }
    output::text(&text::neutral(&page))
}

/// `suggestion list`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  shipwright suggestion list --open --artifacts-dir artifacts")]
pub struct List {
    #[command(flatten)]
    at: Where,
    /// Only those whose end is not known
    #[arg(long)]
    open: bool,
}

impl List {
    fn run(self) -> Result<(), Error> {
        let (mut suggestions, unreadable) = self.at.places().list()?;
        suggestions.retain(|shown| !self.open || shown.resolved.is_none());
        answer(suggestions, unreadable, self.at.format)
    }
}

/// `suggestion resolve`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  shipwright suggestion resolve 1f0c9a2b7d3e4f56 true
  shipwright suggestion resolve all true --artifacts-dir artifacts    # the pipeline is green")]
pub struct Resolve {
    /// The suggestion; `all` is every one that is still open
    #[arg(value_name = "ID")]
    id: String,
    /// Whether the failure was gone afterwards: true or false
    #[arg(value_name = "RESOLVED", action = ArgAction::Set)]
    resolved: bool,
    #[command(flatten)]
    at: Where,
}

impl Resolve {
    fn run(self, context: &Context) -> Result<(), Error> {
        let done = self
            .at
            .places()
            .resolve(&self.id, self.resolved, context.now, &context.events)?;
        answer(done, 0, self.at.format)
    }
}
