//! `memory merge | prune | import`: the offline commands that write a memory.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::app::Error;
use crate::app::memory::{self, MergeRequest};
use crate::cli::Context;
use crate::cli::output::{self, Format};
use crate::memory::retention::{Policy, Reason};
use crate::memory::shapes::{From, Shape};
use crate::memory::{self as engine, ExportTrust, MergeReport};

/// Commands that write a memory file.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Merge two memories, three-way when the base is known
    Merge(Merge),
    /// Forget what is old, and what is least valuable when space is short
    Prune(Prune),
    /// Read memory of an older or foreign shape
    Import(Import),
}

impl Command {
    /// Carries it out.
    ///
    /// # Errors
    /// A file that cannot be read or written: exit 2, every file is as it was.
    pub fn run(self, context: &Context) -> Result<(), Error> {
        match self {
            Self::Merge(merge) => merge.run(context),
            Self::Prune(prune) => prune.run(context),
            Self::Import(import) => import.run(),
        }
    }
}

/// `memory merge`
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  shipwright memory merge --local export.json --remote theirs.json --base restored.json --output merged.json",
    long_about = "Merge two memories into one.\n\nWith --base (what the job was given) the merge is three-way, like git's: an entry untouched here never beats a change \
there, an entry missing here was deleted here, and a change beats a deletion. Without it the newer `updatedAt` of each entry stands, on a tie the larger \
hash; the order of the two sides does not matter. Each FILE is a memory-export.json or a directory with the tree of the memory ref; the base may be the \
base.json that `memory pull` leaves."
)]
pub struct Merge {
    /// One side; with a base, the export at the end of the job
    #[arg(long, value_name = "FILE")]
    local: String,
    /// The other side; with a base, what the ref holds now
    #[arg(long, value_name = "FILE")]
    remote: String,
    /// What the job was given
    #[arg(long, value_name = "FILE")]
    base: Option<String>,
    /// Where the merged memory goes
    #[arg(long, value_name = "FILE")]
    output: String,
    /// Entries missing from the local side were not deleted
    #[arg(long)]
    keep_missing: bool,
    /// The time to merge at: RFC 3339, or seconds or milliseconds since the epoch
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    now: Option<i64>,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Serialize)]
struct MergeAnswer<'a> {
    schema: &'static str,
    output: &'a str,
    entries: usize,
    #[serde(flatten)]
    report: MergeReport,
}

impl Merge {
    fn run(self, context: &Context) -> Result<(), Error> {
        let request = MergeRequest {
            local: &self.local,
            remote: &self.remote,
            base: self.base.as_deref(),
            output: &self.output,
        };
        let trust = if self.keep_missing {
            ExportTrust::Untrusted
        } else {
            ExportTrust::Trusted
        };
        let merging = engine::Context {
            trust,
            now: self.now.unwrap_or(context.now),
            origin: None,
        };
        let merged = memory::merge(&request, &merging)?;
        let (report, entries) = (merged.report, merged.tree.entries().count());
        if self.format == Format::Json {
            let schema = "shipwright-memory-merge/v1";
            return output::json(&MergeAnswer {
                schema,
                output: &self.output,
                entries,
                report,
            });
        }
        let MergeReport {
            added,
            updated,
            unchanged,
            deleted,
            ignored_null,
            conflicts,
        } = report;
        output::text(&format!(
            "{}: {entries} entries ({added} added, {updated} updated, {unchanged} unchanged, {deleted} deleted, {ignored_null} nulls ignored, {conflicts} conflicts)",
            self.output
        ))
    }
}

/// `memory prune`
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  shipwright memory prune memory-export.json --max-age-days 90 --max-bytes 8388608",
    long_about = "Forget entries that were neither changed nor seen for longer than --max-age-days (exactly that old is kept), then the least valuable ones \
until the memory fits into --max-bytes. Entries without a time do not age. Failures whose fix is known stay 365 days. When nothing leaves, not a byte changes."
)]
pub struct Prune {
    /// A memory-export.json, or a directory with the tree of the memory ref
    #[arg(value_name = "FILE")]
    memory: String,
    /// Days since an entry was last changed or seen
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    max_age_days: u32,
    /// Bytes the memory may have; no limit when absent
    #[arg(long, value_name = "BYTES")]
    max_bytes: Option<u64>,
    /// The time to prune at: RFC 3339, or seconds or milliseconds since the epoch
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    now: Option<i64>,
    /// Write the result here instead
    #[arg(long, value_name = "FILE")]
    output: Option<String>,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Serialize)]
struct PruneAnswer<'a> {
    schema: &'static str,
    output: &'a str,
    pruned: usize,
    by_age: usize,
    by_expiry: usize,
    by_size: usize,
    tombstones: usize,
    kept: usize,
}

impl Prune {
    fn run(self, context: &Context) -> Result<(), Error> {
        let policy = Policy {
            retention_days: self.max_age_days,
            max_bytes: self.max_bytes,
            ..Policy::default()
        };
        let now = self.now.unwrap_or(context.now);
        let (plan, kept) = memory::prune(&self.memory, self.output.as_deref(), &policy, now)?;
        let answer = PruneAnswer {
            schema: "shipwright-memory-prune/v1",
            output: self.output.as_deref().unwrap_or(&self.memory),
            pruned: plan.entries.len(),
            by_age: plan.count(Reason::Age),
            by_expiry: plan.count(Reason::Expired),
            by_size: plan.count(Reason::Size),
            tombstones: plan.tombstones.len(),
            kept,
        };
        if self.format == Format::Json {
            return output::json(&answer);
        }
        let PruneAnswer {
            output,
            pruned,
            by_age,
            by_expiry,
            by_size,
            ..
        } = answer;
        output::text(&format!(
            "{output}: {pruned} entries forgotten ({by_age} by age, {by_expiry} expired, {by_size} by size), {kept} kept"
        ))
    }
}

/// `memory import`
#[derive(Debug, Args)]
#[command(
    after_help = shapes_help(),
    long_about = "Read memory of an older or foreign shape and join it into --output (created when it is not there; of two values for one key the newer stands). \
The shape is recognised by its structure. A file of an unknown shape is an error, never an empty import."
)]
pub struct Import {
    /// The file to read; `-` is standard input
    #[arg(value_name = "FILE")]
    input: String,
    /// The shape of the file: auto, or s1 to s12
    #[arg(long, value_name = "SHAPE", default_value = "auto", value_parser = shape)]
    from: From,
    /// The memory to join it into
    #[arg(long, value_name = "FILE")]
    output: String,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

fn shapes_help() -> String {
    let mut help =
        "Example:\n  shipwright memory import .claude-flow/memory/store.json --output memory-export.json\n\nShapes:\n"
            .to_owned();
    for shape in Shape::ALL {
        let _ = writeln!(help, "  {:<4} {}", shape.id(), shape.description());
    }
    help
}

/// Parses `--from`.
fn shape(text: &str) -> Result<From, String> {
    if text.eq_ignore_ascii_case("auto") {
        return Ok(From::Auto);
    }
    let found = Shape::ALL.iter().find(|shape| shape.id().eq_ignore_ascii_case(text));
    found
        .map(|shape| From::Shape(*shape))
        .ok_or_else(|| "expected auto, or s1 to s12 (see --help)".to_owned())
}

#[derive(Serialize)]
struct ImportAnswer<'a> {
    schema: &'static str,
    output: &'a str,
    shape: &'static str,
    description: &'static str,
    imported: usize,
    updated: usize,
    unchanged: usize,
    skipped: usize,
    reasons: BTreeMap<&'static str, usize>,
}

impl Import {
    fn run(self) -> Result<(), Error> {
        let outcome = memory::import(&self.input, self.from, &self.output)?;
        let answer = ImportAnswer {
            schema: "shipwright-memory-import/v1",
            output: &self.output,
            shape: outcome.shape.id(),
            description: outcome.shape.description(),
            imported: outcome.imported,
            updated: outcome.updated,
            unchanged: outcome.unchanged,
            skipped: outcome.skipped.values().sum(),
            reasons: outcome.skipped,
        };
        if self.format == Format::Json {
            return output::json(&answer);
        }
        let ImportAnswer {
            output,
            shape,
            description,
            imported,
            updated,
            unchanged,
            skipped,
            reasons,
            ..
        } = answer;
        let mut text = format!(
            "{output}: {imported} imported, {updated} updated, {unchanged} unchanged, {skipped} skipped from {description} ({shape})\n"
        );
        for (reason, count) in reasons {
            let _ = writeln!(text, "  skipped {count}: {reason}");
        }
        output::text(&text)
    }
}
