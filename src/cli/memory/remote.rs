//! `memory pull | push | log | delete | doctor`: the commands that talk to a repository.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::peer::Peer;
use super::who::Who;
use crate::app::error::{Error, Kind, reading};
use crate::app::sync::{self, Base, BaseError, Local, Outcome, Persisted, Restored, Setup};
use crate::cli::Context;
use crate::cli::output::{self, Format};
use crate::gitref::{Options, Remote, Token, TransportChoice};
use crate::ids::RefName;
use crate::memory::retention::Policy;
use crate::memory::{Decoded, ExportTrust, Identity, Tree, decode};
use crate::redact::Redactor;

/// Commands on the memory of a repository.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Fetch the memory into a file, and its base beside it
    Pull(Pull),
    /// Merge a memory file into the repository's memory
    Push(Push),
    /// Show who wrote: what waits in the inbox, then the chain of commits
    Log(Log),
    /// Delete one entry everywhere
    Delete(Delete),
    /// Examine the memory and its inbox; exit 1 when something needs a hand
    Doctor(Doctor),
}

impl Command {
    /// Carries it out.
    ///
    /// # Errors
    /// See [`Kind`] for what they mean.
    pub fn run(self, context: &Context) -> Result<(), Error> {
        match self {
            Self::Pull(pull) => pull.run(context),
            Self::Push(push) => push.run(context),
            Self::Log(log) => log.run(context),
            Self::Delete(delete) => delete.run(context),
            Self::Doctor(doctor) => doctor.run(context),
        }
    }
}

/// Where the memory is.
#[derive(Debug, Args)]
struct At {
    /// Address of the repository: https, http, file, or a path. The token comes from `GITHUB_TOKEN`
    #[arg(long, value_name = "URL")]
    remote: String,
    /// The ref that holds memory
    #[arg(long = "ref", value_name = "REF", default_value = RefName::DEFAULT)]
    name: RefName,
    /// Read the token from this file instead
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Give up after this many seconds
    #[arg(long, value_name = "N", default_value_t = 60)]
    timeout_seconds: u64,
    /// How to talk to the server
    #[arg(long, value_enum, default_value_t, hide = true)]
    transport: TransportChoice,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl At {
    fn open(&self, context: &Context) -> Result<Remote, Error> {
        let token = match &self.token_file {
            Some(path) => Some(std::fs::read_to_string(path).map_err(|error| reading(path, error))?),
            None => context.token.clone(),
        };
        let token = token.as_deref().and_then(Token::new);
        let deadline = Instant::now() + Duration::from_secs(self.timeout_seconds);
        let options = Options {
            transport: self.transport,
            ..sync::options(deadline)
        };
        Remote::open(&self.remote, token.as_ref(), &options)
            .map_err(|error| Error::user(format!("cannot use `--remote {}`", self.remote)).with_source(error))
    }
}

/// `memory pull`
#[derive(Debug, Args)]
#[command(after_help = "\
JSON fields: outcome (restored, empty), ref, oid, entries, records, inbox, output, base, warnings, requests, bytes_up, bytes_down.

Example:
  shipwright memory pull --remote https://github.com/octo/repo --output memory-export.json")]
pub struct Pull {
    #[command(flatten)]
    at: At,
    /// Where the memory goes, in ruflo's export shape; `base.json` goes beside it
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// Also write Shipwright's own records into the file
    #[arg(long)]
    records: bool,
    #[command(flatten)]
    peer: Peer,
}

#[derive(Serialize)]
struct Pulled<'a> {
    outcome: &'static str,
    #[serde(rename = "ref")]
    name: &'a RefName,
    oid: Option<String>,
    entries: usize,
    records: usize,
    inbox: usize,
    output: &'a Path,
    base: &'a Path,
    #[serde(rename = "ruflo_entries", skip_serializing_if = "Option::is_none")]
    imported: Option<usize>,
    warnings: &'a [String],
    requests: u64,
    bytes_up: u64,
    bytes_down: u64,
}

impl Pull {
    fn run(self, context: &Context) -> Result<(), Error> {
        let remote = self.at.open(context)?;
        let restored = sync::restore(&remote, &self.at.name)?;
        let memory = if self.records {
            restored.tree.to_memory()
        } else {
            restored.tree.memory.clone()
        };
        let base = restored.save(&memory, &self.output)?;
        self.answer(&restored, &base, self.peer.after_pull(&restored.tree.memory, &base)?)
    }

    fn answer(&self, restored: &Restored, base: &Path, imported: Option<usize>) -> Result<(), Error> {
        let pulled = Pulled {
            outcome: if restored.hit { "restored" } else { "empty" },
            name: &self.at.name,
            oid: restored.base.oid().map(|oid| oid.to_string()),
            entries: restored.tree.memory.len(),
            records: restored.tree.records.len(),
            inbox: restored.inbox,
            output: &self.output,
            base,
            imported,
            warnings: &restored.warnings,
            requests: restored.traffic.requests,
            bytes_up: restored.traffic.bytes_up,
            bytes_down: restored.traffic.bytes_down,
        };
        if self.at.format == Format::Json {
            return output::json(&pulled);
        }
        warn(&restored.warnings);
        let what = if restored.hit {
            "restored"
        } else {
            "nothing yet at the ref:"
        };
        output::text(&format!(
            "{what} {} entries from {} into {}",
            pulled.entries,
            self.at.name,
            self.output.display()
        ))
    }
}

/// `memory push`
#[derive(Debug, Args)]
#[command(after_help = "\
JSON fields: outcome (pushed, unchanged, inboxed, refused, denied), reason, ref, oid, entries, added, updated, deleted, unchanged,
conflicts, ignored_null, pruned, redacted, inbox_folded, squashed, warnings, pushes, requests, bytes_up, bytes_down.

With --base an entry that is missing from the file was deleted; without it nothing is ever deleted.
Exit codes: 0 safe in the repository, 2 unreadable input, 3 the memory belongs to a newer program, 4 refused or unreachable.

Example:
  shipwright memory push --remote https://github.com/octo/repo --input memory-export.json --base base.json")]
pub struct Push {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    who: Who,
    /// The memory to merge in
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// What `pull` gave: makes the merge three-way
    #[arg(long, value_name = "FILE")]
    base: Option<PathBuf>,
    /// Forget entries that were not changed or seen for this many days
    #[arg(long, value_name = "N", default_value_t = Policy::default().retention_days)]
    retention_days: u32,
    /// Forget the least valuable entries beyond this size
    #[arg(long, value_name = "BYTES")]
    memory_max_bytes: Option<u64>,
    /// Replace the chain of commits by one when it is longer
    #[arg(long, value_name = "N", default_value_t = sync::DEFAULT_HISTORY)]
    memory_history: u32,
    #[command(flatten)]
    peer: Peer,
}

impl Push {
    fn run(self, context: &Context) -> Result<(), Error> {
        self.peer.before_push(&self.input)?;
        // Reading the two takes most of a push; they have nothing to do with each other.
        let (decoded, base) = std::thread::scope(|scope| {
            let base = scope.spawn(|| self.load_base());
            (self.read_input(), base.join().expect("reading a base does not panic"))
        });
        let (decoded, (base, mut warnings)) = (decoded?, base?);
        if decoded.skipped > 0 {
            warnings.push(format!(
                "{}: {} elements are no entries and were left out",
                self.input.display(),
                decoded.skipped
            ));
        }
        let trust = if base.is_some() {
            ExportTrust::Trusted
        } else {
            ExportTrust::Untrusted
        };
        let local = Local {
            tree: Tree::from_memory(decoded.memory),
            trust,
        };
        let remote = self.at.open(context)?;
        let redactor = plain_redactor()?;
        let writer = self.who.writer();
        let setup = Setup {
            retention: Policy {
                retention_days: self.retention_days,
                max_bytes: self.memory_max_bytes.or(Policy::default().max_bytes),
                ..Policy::default()
            },
            history: self.memory_history,
            ..Setup::new(&self.at.name, &writer, &redactor, context.now)
        };
        let mut persisted = sync::persist(&remote, &setup, base.as_ref(), local)?;
        persisted.warnings.append(&mut warnings);
        answer(&self.at, &persisted)
    }

    fn read_input(&self) -> Result<Decoded, Error> {
        let bytes = std::fs::read(&self.input).map_err(|error| reading(&self.input, error))?;
        decode(&bytes).map_err(|error| {
            Error::user(format!("cannot read {}; nothing was pushed", self.input.display()))
                .with_source(error)
                .with_hint("`shipwright memory import` understands older shapes")
        })
    }

    /// A base that cannot be used costs the three-way merge, not the push; the warning says so.
    fn load_base(&self) -> Result<(Option<Base>, Vec<String>), Error> {
        let Some(path) = &self.base else {
            return Ok((None, Vec::new()));
        };
        match Base::load(path, &self.at.name) {
            Ok(base) => Ok((Some(base), Vec::new())),
            Err(BaseError::Read(error)) => Err(reading(path, error)),
            Err(error) => {
                let warning = format!("{}: {error}; merging without it, so nothing is deleted", path.display());
                Ok((None, vec![warning]))
            }
        }
    }
}

fn plain_redactor() -> Result<Redactor, Error> {
    Redactor::new(&[], &[]).map_err(|error| Error::new(Kind::Bug, "cannot prepare redaction").with_source(error))
}

#[derive(Serialize)]
struct Pushed<'a> {
    outcome: &'static str,
    reason: Option<&'a str>,
    #[serde(rename = "ref")]
    name: &'a RefName,
    oid: Option<String>,
    entries: usize,
    #[serde(flatten)]
    report: crate::memory::MergeReport,
    pruned: usize,
    redacted: usize,
    inbox_folded: usize,
    squashed: bool,
    warnings: &'a [String],
    pushes: u64,
    requests: u64,
    bytes_up: u64,
    bytes_down: u64,
}

/// Says where the changes are, and fails when they are only here.
fn answer(at: &At, persisted: &Persisted) -> Result<(), Error> {
    let (outcome, reason) = match &persisted.outcome {
        Outcome::Pushed => ("pushed", None),
        Outcome::Unchanged => ("unchanged", None),
        Outcome::Inboxed => ("inboxed", None),
        Outcome::Refused(reason) => ("refused", Some(reason.as_str())),
        Outcome::Denied { permission } => ("denied", Some(*permission)),
    };
    if at.format == Format::Json {
        let traffic = persisted.traffic;
        output::json(&Pushed {
            outcome,
            reason,
            name: &at.name,
            oid: persisted.oid.map(|oid| oid.to_string()),
            entries: persisted.entries,
            report: persisted.report,
            pruned: persisted.pruned,
            redacted: persisted.redacted,
            inbox_folded: persisted.folded,
            squashed: persisted.squashed,
            warnings: &persisted.warnings,
            pushes: traffic.pushes,
            requests: traffic.requests,
            bytes_up: traffic.bytes_up,
            bytes_down: traffic.bytes_down,
        })?;
    } else {
        warn(&persisted.warnings);
        let report = &persisted.report;
        let counts = format!(
            "{} added, {} updated, {} deleted",
            report.added, report.updated, report.deleted
        );
        match &persisted.outcome {
            Outcome::Pushed => output::text(&format!("pushed to {}: {counts}", at.name))?,
            Outcome::Inboxed => output::text(&format!(
                "left in the inbox of {}, the next job merges it in: {counts}",
                at.name
            ))?,
            Outcome::Unchanged => output::text(&format!("{} already holds all of it", at.name))?,
            Outcome::Refused(_) | Outcome::Denied { .. } => {}
        }
    }
    match &persisted.outcome {
        Outcome::Pushed | Outcome::Unchanged | Outcome::Inboxed => Ok(()),
        Outcome::Refused(reason) => Err(Error::service(format!("the server refused to take memory at {}: {reason}", at.name))
            .with_hint("a rule or hook of the repository forbids it; allow the ref, or choose another with --ref")),
        Outcome::Denied { permission } => Err(Error::service(format!("the token may not write to {}", at.remote)).with_hint(format!(
            "give the job `permissions: {permission}`, or a token with it; forks and Dependabot get read-only tokens"
        ))),
    }
}

/// What the user should know, without disturbing what is parsed.
fn warn(warnings: &[String]) {
    for warning in warnings {
        tracing::warn!("{warning}");
    }
}

/// `memory log`
#[derive(Debug, Args)]
#[command(after_help = "\
JSON fields of each element: ref, oid, time, subject, run.

Example:
  shipwright memory log --remote https://github.com/octo/repo --limit 10")]
pub struct Log {
    #[command(flatten)]
    at: At,
    /// Show at most this many commits of the tip
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

impl Log {
    fn run(self, context: &Context) -> Result<(), Error> {
        let entries = sync::log(&self.at.open(context)?, &self.at.name, self.limit)?;
        if self.at.format == Format::Json {
            return output::json(&entries);
        }
        let line = |entry: &sync::LogEntry| {
            let time = entry.time.as_deref().unwrap_or("waits in the inbox");
            format!("{} {time} {}\n", entry.oid.get(..10).unwrap_or_default(), entry.subject)
        };
        output::text(&entries.iter().map(line).collect::<Vec<_>>().concat())
    }
}

/// `memory delete`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  shipwright memory delete --remote https://github.com/octo/repo default old-key")]
pub struct Delete {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    who: Who,
    /// The entry's namespace
    #[arg(value_name = "NS")]
    namespace: String,
    /// The entry's key
    #[arg(value_name = "KEY")]
    key: String,
}

impl Delete {
    fn run(self, context: &Context) -> Result<(), Error> {
        let remote = self.at.open(context)?;
        let restored = sync::restore(&remote, &self.at.name)?;
        let identity = Identity::new(self.namespace.as_str(), self.key.as_str());
        let mut tree = restored.tree;
        if !tree.delete(&identity, context.now) {
            return Err(Error::negative(format!("{} has no entry {identity}", self.at.name)));
        }
        tree.tombstones.retain(|dead, _| *dead == identity);
        let tree = Tree {
            tombstones: tree.tombstones,
            ..Tree::default()
        };
        let (redactor, writer) = (plain_redactor()?, self.who.writer());
        let setup = Setup::new(&self.at.name, &writer, &redactor, context.now);
        let local = Local {
            tree,
            trust: ExportTrust::Untrusted,
        };
        let persisted = sync::persist(&remote, &setup, Some(&restored.base), local)?;
        answer(&self.at, &persisted)
    }
}

/// `memory doctor`
#[derive(Debug, Args)]
#[command(after_help = "\
JSON fields: tip, depth, entries, bytes, inbox, rescued, findings (problem, message).

Example:
  shipwright memory doctor --remote https://github.com/octo/repo")]
pub struct Doctor {
    #[command(flatten)]
    at: At,
}

impl Doctor {
    fn run(self, context: &Context) -> Result<(), Error> {
        let health = sync::doctor(&self.at.open(context)?, &self.at.name)?;
        if self.at.format == Format::Json {
            output::json(&health)?;
        } else {
            let mut text = format!(
                "{}: {} entries, {} bytes, {} commits, {} inbox refs\n",
                self.at.name,
                health.entries,
                health.bytes,
                health.depth,
                health.inbox.len()
            );
            for finding in &health.findings {
                text.push_str(if finding.problem { "problem: " } else { "note: " });
                text.push_str(&finding.message);
                text.push('\n');
            }
            output::text(&text)?;
        }
        match health.findings.iter().filter(|finding| finding.problem).count() {
            0 => Ok(()),
            count => Err(Error::negative(format!(
                "the doctor found {count} problems with {}",
                self.at.name
            ))),
        }
    }
}
