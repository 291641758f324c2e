//! `memory list | show | search | stats | export`: the offline commands that only read.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::Value;

use crate::app::local::LocalMemory;
use crate::app::memory;
use crate::app::{Error, Kind};
use crate::cli::output::{self, Format};
use crate::memory::{Entry, Identity, Memory, Tree};
use crate::records::Digest;
use crate::render::Renderer;
use crate::text;

/// Commands that look into a memory.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the entries
    List(List),
    /// Show one entry
    Show(Show),
    /// Find entries that contain a text
    Search(Search),
    /// Count entries, and what was learned: failures a week, the most frequent, time to green, fixes, flaky ones
    Stats(Stats),
    /// Write the memory in the shape that `ruflo memory import` reads
    Export(Export),
}

impl Command {
    /// Carries it out.
    ///
    /// # Errors
    /// A memory that cannot be read (exit 2), an entry that is not there (exit 1).
    pub fn run(self) -> Result<(), Error> {
        match self {
            Self::List(list) => list.run(),
            Self::Show(show) => show.run(),
            Self::Search(search) => search.run(),
            Self::Stats(stats) => stats.run(),
            Self::Export(export) => export.run(),
        }
    }
}

/// Which memory to look into.
#[derive(Debug, Args)]
struct Which {
    /// A memory-export.json, or a directory with the tree of the memory ref; by default the ref of the repository one
    /// stands in
    #[arg(long, value_name = "PATH")]
    memory: Option<String>,
}

impl Which {
    fn read(&self) -> Result<Tree, Error> {
        if let Some(path) = &self.memory {
            memory::existing(path)?;
        }
        match LocalMemory::open(self.memory.as_deref())? {
            LocalMemory::Nowhere => {
                Err(Error::user("no memory named and no repository here").with_hint("name one with --memory PATH"))
            }
            memory @ (LocalMemory::Place(_) | LocalMemory::Repository(_)) => memory.read(),
        }
    }
}

/// One entry as the answers show it.
#[derive(Serialize)]
struct Shown<'a> {
    namespace: &'a str,
    key: &'a str,
    value: Option<&'a str>,
    #[serde(rename = "createdAt")]
    created_at: Option<i64>,
    #[serde(rename = "updatedAt")]
    updated_at: Option<i64>,
    #[serde(rename = "lastSeenAt", skip_serializing_if = "Option::is_none")]
    last_seen_at: Option<i64>,
    #[serde(rename = "accessCount")]
    access_count: u64,
    size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<BTreeMap<&'static str, &'a str>>,
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    extra: &'a serde_json::Map<String, Value>,
}

impl<'a> Shown<'a> {
    fn of((identity, entry): (&'a Identity, &'a Entry)) -> Self {
        let origin = entry.origin.as_ref();
        Self {
            namespace: &identity.namespace,
            key: &identity.key,
            value: entry.value.as_deref(),
            created_at: entry.created_at,
            updated_at: entry.updated_at,
            last_seen_at: entry.last_seen_at,
            access_count: entry.access_count,
            size: entry.size(),
            origin: origin.map(|origin| BTreeMap::from([("run", origin.run.as_str()), ("sha", origin.sha.as_str())])),
            extra: &entry.extra,
        }
    }
}

#[derive(Serialize)]
struct Found<'a> {
    schema: &'static str,
    count: usize,
    entries: Vec<Shown<'a>>,
}

/// Prints entries, one a line for people.
fn answer(schema: &'static str, entries: Vec<(&Identity, &Entry)>, format: Format) -> Result<(), Error> {
    if format == Format::Json {
        let entries: Vec<Shown<'_>> = entries.into_iter().map(Shown::of).collect();
        return output::json(&Found {
            schema,
            count: entries.len(),
            entries,
        });
    }
    if entries.is_empty() {
        return output::text("no entries");
    }
    let mut lines = String::new();
    for (identity, entry) in entries {
        let value: String = text::one_line(entry.text()).chars().take(80).collect();
        let (namespace, key) = (text::one_line(&identity.namespace), text::one_line(&identity.key));
        let _ = writeln!(lines, "{}  {namespace}  {key}  {value}", day(entry.updated_at));
    }
    output::text(&lines)
}

/// The day of a time, for people.
fn day(time: Option<i64>) -> String {
    let time = time.and_then(|time| jiff::Timestamp::from_millisecond(time).ok());
    time.map_or_else(
        || "-         ".to_owned(),
        |time| time.to_string().chars().take(10).collect(),
    )
}

/// `memory list`
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  shipwright memory list --memory memory-export.json --namespace patterns --format json"
)]
pub struct List {
    #[command(flatten)]
    which: Which,
    /// Only entries of this namespace
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl List {
    fn run(self) -> Result<(), Error> {
        let tree = self.which.read()?;
        let wanted = |identity: &Identity| {
            self.namespace
                .as_ref()
                .is_none_or(|namespace| *namespace == identity.namespace)
        };
        let entries = tree.entries().filter(|(identity, _)| wanted(identity)).collect();
        answer("shipwright-memory-list/v1", entries, self.format)
    }
}

/// `memory show`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  shipwright memory show default build-notes --memory memory-export.json")]
pub struct Show {
    /// The namespace
    #[arg(value_name = "NAMESPACE")]
    namespace: String,
    /// The key
    #[arg(value_name = "KEY")]
    key: String,
    #[command(flatten)]
    which: Which,
    /// How to answer; text is the value alone
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Show {
    fn run(self) -> Result<(), Error> {
        let tree = self.which.read()?;
        let identity = Identity::new(self.namespace, self.key);
        let Some(entry) = tree.get(&identity) else {
            let hint = match tree.tombstones.get(&identity) {
                Some(tombstone) => format!("it was deleted on {}", day(Some(tombstone.deleted_at))),
                None => "`shipwright memory list` shows what there is".to_owned(),
            };
            return Err(Error::negative(format!("no entry {identity}")).with_hint(hint));
        };
        match self.format {
            Format::Json => output::json(&Shown::of((&identity, entry))),
            Format::Text => output::text(&text::lines(entry.text())),
        }
    }
}

/// `memory search`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  shipwright memory search \"connection refused\" --memory memory-export.json")]
pub struct Search {
    /// The text to find in namespaces, keys and values, whatever its case
    #[arg(value_name = "TEXT")]
    text: String,
    #[command(flatten)]
    which: Which,
    /// Only entries of this namespace
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,
    /// At most this many entries, the latest first
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Search {
    fn run(self) -> Result<(), Error> {
        let tree = self.which.read()?;
        let wanted = self.text.to_lowercase();
        let within = |identity: &Identity| {
            self.namespace
                .as_ref()
                .is_none_or(|namespace| *namespace == identity.namespace)
        };
        let holds = |text: &str| text.to_lowercase().contains(&wanted);
        let mut found: Vec<(&Identity, &Entry)> = tree
            .entries()
            .filter(|(identity, _)| within(identity))
            .filter(|(identity, entry)| holds(&identity.key) || holds(&identity.namespace) || holds(entry.text()))
            .collect();
        found.sort_by_key(|(identity, entry)| (std::cmp::Reverse(entry.last_active_at()), *identity));
        found.truncate(self.limit);
        answer("shipwright-memory-search/v1", found, self.format)
    }
}

/// `memory stats`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  shipwright memory stats --memory memory-export.json --format json")]
pub struct Stats {
    #[command(flatten)]
    which: Which,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Serialize)]
struct Counts {
    schema: &'static str,
    entries: usize,
    records: usize,
    tombstones: usize,
    bytes: usize,
    oldest: Option<i64>,
    newest: Option<i64>,
    namespaces: BTreeMap<String, usize>,
    learning: Digest,
}

impl Stats {
    fn run(self) -> Result<(), Error> {
        let tree = self.which.read()?;
        let times = || tree.entries().filter_map(|(_, entry)| entry.last_active_at());
        let mut namespaces: BTreeMap<String, usize> = BTreeMap::new();
        for (identity, _) in tree.entries() {
            *namespaces.entry(identity.namespace.clone()).or_default() += 1;
        }
        let counts = Counts {
            schema: "shipwright-memory-stats/v1",
            entries: tree.memory.len(),
            records: tree.records.len(),
            tombstones: tree.tombstones.len(),
            bytes: tree.to_files().values().map(Vec::len).sum(),
            oldest: times().min(),
            newest: times().max(),
            namespaces,
            learning: Digest::of(&tree.records),
        };
        if self.format == Format::Json {
            return output::json(&counts);
        }
        let Counts {
            entries,
            records,
            tombstones,
            bytes,
            oldest,
            newest,
            namespaces,
            learning,
            ..
        } = counts;
        let mut lines = format!("{entries} entries, {records} records, {tombstones} tombstones, {bytes} bytes\n");
        let _ = writeln!(lines, "oldest {}, newest {}", day(oldest), day(newest));
        for (namespace, count) in namespaces {
            let _ = writeln!(lines, "{count:>8}  {}", text::one_line(&namespace));
        }
        if !learning.is_empty() {
            let page = Renderer::built_in()
                .digest_text(&learning)
                .map_err(|error| Error::new(Kind::Bug, "cannot render the figures").with_source(error))?;
            lines.push('\n');
            lines.push_str(&page);
        }
        output::text(&lines)
    }
}

/// `memory export`
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  shipwright memory export --output export.json && ruflo memory import -i export.json",
    long_about = "Write agents' memory in the shape that `ruflo memory import` reads: one entry a line, sorted, the same bytes for the same memory. \
Shipwright's own records stay out unless --records is given."
)]
pub struct Export {
    #[command(flatten)]
    which: Which,
    /// Only entries of this namespace
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,
    /// Shipwright's own records too
    #[arg(long)]
    records: bool,
    /// Where the export goes; standard output when absent
    #[arg(long, value_name = "FILE")]
    output: Option<String>,
}

impl Export {
    fn run(self) -> Result<(), Error> {
        let tree = self.which.read()?;
        let whole = if self.records { tree.to_memory() } else { tree.memory };
        let memory = match self.namespace {
            None => whole,
            Some(namespace) => {
                let entries = whole
                    .namespace(&namespace)
                    .map(|(identity, entry)| (identity.clone(), entry.clone()));
                let mut part: Memory = entries.collect();
                part.filter = Some(namespace);
                part
            }
        };
        match self.output {
            Some(path) => {
                memory::write_export(&memory, Path::new(&path))?;
                output::text(&format!("{path}: {} entries", memory.len()))
            }
            None => output::raw(&memory.encode()),
        }
    }
}
