//! `shipwright suggestion`: what was suggested, and what became of it. For pipelines that are not GitHub's: there nobody
//! sees the next run, so the pipeline says how it ended.

use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use super::Error;
use super::error::{reading, writing};
use super::events::{EventLog, Kind};
use super::files::write_atomically;
use super::local::LocalMemory;
use crate::memory::Tree;
use crate::records::{Outcome, Proposal, Record, Resolution, Verdict};

/// Name of the list in an artifacts directory.
pub const LIST: &str = "suggestions.jsonl";

/// A suggestion as the answers show it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown {
    /// Names it.
    pub id: String,
    /// When it was made, RFC 3339.
    pub ts: String,
    /// Stage of the pipeline.
    pub stage: Option<String>,
    /// Category of the failure.
    pub category: String,
    /// What was suggested, in order.
    pub actions: Vec<String>,
    /// Whether it helped; null while nobody knows.
    pub resolved: Option<bool>,
}

/// Where suggestions are kept: a memory, and the list in an artifacts directory.
#[derive(Debug, Clone)]
pub struct Places<'a> {
    /// As named on the command line.
    pub memory: Option<&'a str>,
    /// Holds `suggestions.jsonl`.
    pub artifacts: Option<&'a Path>,
}

impl Places<'_> {
    /// The suggestions, newest first; with an artifacts directory those listed there, else those in memory.
    ///
    /// # Errors
    /// A list or memory that cannot be read.
    pub fn list(&self) -> Result<(Vec<Shown>, usize), Error> {
        let (mut shown, unreadable): (Vec<Shown>, usize) = if let Some(directory) = self.artifacts {
            let lines = lines(directory)?;
            let unreadable = lines.iter().filter(|line| line.value.is_none()).count();
            let readable = lines.iter().filter_map(|line| of_line(line.value.as_ref()?));
            (readable.collect(), unreadable)
        } else {
            let tree = LocalMemory::open(self.memory)?.read()?;
            let proposals = all::<Proposal>(&tree).into_iter();
            (proposals.map(|proposal| of_record(&tree, proposal)).collect(), 0)
        };
        shown.sort_by(|a, b| b.ts.cmp(&a.ts).then(a.id.cmp(&b.id)));
        Ok((shown, unreadable))
    }

    /// Records how one suggestion ended, or with `all` every one that is still open. Gives back those that were.
    ///
    /// # Errors
    /// No such suggestion (exit 1), or a place that cannot be written.
    pub fn resolve(&self, id: &str, resolved: bool, now: i64, events: &EventLog) -> Result<Vec<Shown>, Error> {
        let wanted = |shown: &Shown| {
            if id == "all" {
                shown.resolved.is_none()
            } else {
                shown.id == id
            }
        };
        let mut done: Vec<Shown> = Vec::new();
        if let Some(directory) = self.artifacts {
            done.extend(resolve_lines(directory, &wanted, resolved)?);
        }
        let memory = LocalMemory::open(self.memory)?;
        // The memory of a pipeline is shared: there `all` means those of its own list.
        let listed: Vec<String> = done.iter().map(|shown| shown.id.clone()).collect();
        let in_memory = |shown: &Shown| match self.artifacts {
            Some(_) if id == "all" => listed.contains(&shown.id),
            Some(_) | None => wanted(shown),
        };
        if memory != LocalMemory::Nowhere {
            let tree = memory.read()?;
            let proposals: Vec<Proposal> = all(&tree);
            let mine: Vec<(Proposal, Shown)> = proposals
                .into_iter()
                .map(|proposal| (proposal.clone(), of_record(&tree, proposal)))
                .filter(|(_, shown)| in_memory(shown))
                .collect();
            if !mine.is_empty() {
                memory.update(|tree| mine.iter().for_each(|(proposal, _)| end(tree, proposal, resolved, now)))?;
            }
            for (_, shown) in mine {
                if done.iter().all(|known| known.id != shown.id) {
                    done.push(shown);
                }
            }
        }
        if done.is_empty() && id != "all" {
            return Err(Error::negative(format!("there is no suggestion {id}"))
                .with_hint("`shipwright suggestion list` shows them; name the same --memory or --artifacts-dir"));
        }
        for shown in &mut done {
            shown.resolved = Some(resolved);
            let fields = json!({ "id": shown.id, "resolved": resolved, "stage": shown.stage });
            events.tell(Kind::SuggestionResolved, &fields, now);
        }
        Ok(done)
    }
}

/// Puts the end of a suggestion into memory; what was said before about the same one is replaced.
fn end(tree: &mut Tree, proposal: &Proposal, resolved: bool, now: i64) {
    let end = Resolution {
        suggestion: proposal.id.clone(),
        at: now,
        verdict: if resolved { Verdict::Resolved } else { Verdict::Failed },
        sha: String::new(),
        fingerprint: Some(proposal.fingerprint.clone()),
        after: Some((now - proposal.ts).max(0)),
        trusted: true,
    };
    tree.insert(end.identity(), end.to_entry(None));
    if let Some(fix) = proposal.fixes.first() {
        let outcome = Outcome {
            fingerprint: proposal.fingerprint.clone(),
            fix: fix.clone(),
            applied_to: proposal.run.clone(),
            at: now,
            resolved,
        };
        tree.insert(outcome.identity(), outcome.to_entry(None));
    }
}

fn all<R: Record>(tree: &Tree) -> Vec<R> {
    let entries = tree.records.namespace(R::NAMESPACE);
    entries
        .filter_map(|(_, entry)| serde_json::from_str(entry.value.as_deref()?).ok())
        .collect()
}

fn of_record(tree: &Tree, proposal: Proposal) -> Shown {
    let identity = crate::memory::Identity::new(Resolution::NAMESPACE, &proposal.id);
    let end = tree.records.get(&identity).and_then(|entry| entry.value.as_deref());
    let end: Option<Resolution> = end.and_then(|value| serde_json::from_str(value).ok());
    let resolved = end.and_then(|end| match end.verdict {
        Verdict::Resolved => Some(true),
        Verdict::Failed => Some(false),
        Verdict::Flaky | Verdict::Stale => None,
    });
    let ts = jiff::Timestamp::from_millisecond(proposal.ts)
        .unwrap_or_default()
        .to_string();
    Shown {
        id: proposal.id,
        ts,
        stage: proposal.stage,
        category: proposal.category.as_str().to_owned(),
        actions: proposal.actions,
        resolved,
    }
}

/// A line of the list: kept as it is when it cannot be read.
struct Line {
    text: String,
    value: Option<Value>,
}

fn lines(directory: &Path) -> Result<Vec<Line>, Error> {
    let path = directory.join(LIST);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(reading(&path, error)),
    };
    let text = String::from_utf8_lossy(&bytes);
    let line = |text: &str| Line {
        text: text.to_owned(),
        value: serde_json::from_str(text).ok().filter(|value| of_line(value).is_some()),
    };
    Ok(text.lines().filter(|line| !line.trim().is_empty()).map(line).collect())
}

fn of_line(value: &Value) -> Option<Shown> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let actions = value
        .get("actions")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    Some(Shown {
        id: text("id")?,
        ts: text("ts").unwrap_or_default(),
        stage: text("stage"),
        category: text("category").unwrap_or_else(|| "UNKNOWN".to_owned()),
        actions: actions
            .iter()
            .filter_map(|action| action.as_str().map(str::to_owned))
            .collect(),
        resolved: value.get("resolved").and_then(Value::as_bool),
    })
}

fn resolve_lines(directory: &Path, wanted: &dyn Fn(&Shown) -> bool, resolved: bool) -> Result<Vec<Shown>, Error> {
    let mut lines = lines(directory)?;
    let mut done = Vec::new();
    for line in &mut lines {
        let Some(value) = &mut line.value else { continue };
        let Some(shown) = of_line(value).filter(|shown| wanted(shown)) else {
            continue;
        };
        if let Some(object) = value.as_object_mut() {
            object.insert("resolved".to_owned(), json!(resolved));
        }
        line.text = value.to_string();
        done.push(shown);
    }
    if !done.is_empty() {
        let path = directory.join(LIST);
        let text: String = lines.iter().flat_map(|line| [line.text.as_str(), "\n"]).collect();
        write_atomically(&path, text.as_bytes()).map_err(|error| writing(&path, error))?;
    }
    Ok(done)
}
