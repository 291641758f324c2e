//! Names and messages of memory's commits. Trailers carry what the next reader must know without reading history.

use std::fmt::Write as _;

use crate::gitref::{Author, Oid, Snapshot};
use crate::ids::RefName;
use crate::memory::{MergeReport, Origin};

/// Trailer: how many commits the chain has, this one included. A shallow reader cannot count them.
const DEPTH: &str = "Shipwright-Depth";
/// Trailer: the commit that an inbox commit's changes are against.
const BASE: &str = "Shipwright-Base";
/// Trailer: the run that wrote.
pub(super) const RUN: &str = "Shipwright-Run";

/// The job that writes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Run {
    /// The run's id.
    pub id: String,
    /// The attempt, from 1.
    pub attempt: u32,
    /// The job's name or id.
    pub job: String,
}

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writer {
    /// Signs the commits.
    pub author: Author,
    /// The job, inside Actions.
    pub run: Option<Run>,
    /// Noted in the entries changed here.
    pub origin: Option<Origin>,
}

impl Writer {
    /// The writer inside GitHub Actions.
    pub fn actions(run: Run, sha: &str) -> Self {
        let author = Author {
            name: "github-actions[bot]".to_owned(),
            email: "41898282+github-actions[bot]@users.noreply.github.com".to_owned(),
        };
        let origin = Origin {
            run: run.id.clone(),
            sha: sha.to_owned(),
        };
        Self {
            author,
            run: Some(run),
            origin: Some(origin),
        }
    }

    /// The writer at somebody's terminal.
    pub fn local() -> Self {
        let author = Author {
            name: "shipwright".to_owned(),
            email: "shipwright@localhost".to_owned(),
        };
        Self {
            author,
            run: None,
            origin: None,
        }
    }

    /// `<run>.<attempt>.<job>`, in letters that every file system and git allow.
    fn label(&self) -> String {
        let Some(run) = &self.run else {
            return "local".to_owned();
        };
        let plain = |text: &str, most: usize| -> String {
            let allowed = text
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' });
            allowed.take(most).collect()
        };
        format!("{}.{}.{}", plain(&run.id, 20), run.attempt, plain(&run.job, 40))
    }

    /// A name in the inbox that nobody else has: 64 random bits decide.
    pub(super) fn inbox_ref(&self, name: &RefName) -> Result<String, getrandom::Error> {
        Ok(format!(
            "{}{}.{:016x}",
            name.inbox_prefix(),
            self.label(),
            getrandom::u64()?
        ))
    }
}

/// What a commit did, for its message.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Numbers {
    pub(super) report: MergeReport,
    pub(super) pruned: usize,
    pub(super) folded: usize,
    pub(super) entries: usize,
}

/// Message of a commit on the tip.
pub(super) fn tip_message(writer: &Writer, numbers: &Numbers, depth: u32) -> String {
    let mut text = subject(numbers);
    trailers(&mut text, writer, numbers);
    let _ = writeln!(text, "{DEPTH}: {depth}");
    text
}

/// Message of a commit in the inbox.
pub(super) fn inbox_message(writer: &Writer, numbers: &Numbers, base: Option<Oid>) -> String {
    let mut text = subject(numbers);
    trailers(&mut text, writer, numbers);
    if let Some(base) = base {
        let _ = writeln!(text, "{BASE}: {base}");
    }
    text
}

fn subject(numbers: &Numbers) -> String {
    let report = &numbers.report;
    let counts = [
        (report.added, "added"),
        (report.updated, "updated"),
        (report.deleted, "deleted"),
        (numbers.pruned, "pruned"),
        (numbers.folded, "folded"),
    ];
    let named: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let what = if named.is_empty() {
        "first commit".to_owned()
    } else {
        named.join(", ")
    };
    format!("chore(memory): {what} [skip ci]\n\n")
}

fn trailers(text: &mut String, writer: &Writer, numbers: &Numbers) {
    if writer.run.is_some() {
        let _ = writeln!(text, "{RUN}: {}", writer.label());
    }
    let _ = writeln!(text, "Shipwright-Entries: {}", numbers.entries);
}

/// Length of the chain that ends in `tip`. Only the trailer tells, so it is believed as far as the parents allow.
pub(super) fn depth(tip: &Snapshot) -> u32 {
    if tip.parents == 0 {
        return 1;
    }
    tip.trailer(DEPTH)
        .and_then(|text| text.parse().ok())
        .unwrap_or(2)
        .max(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gitref::Files;

    fn snapshot(parents: usize, message: &str) -> Snapshot {
        Snapshot {
            oid: Oid::ZERO_SHA1,
            parents,
            message: message.to_owned(),
            files: Files::new(),
            foreign: Vec::new(),
            trouble: None,
        }
    }

    #[test]
    fn the_depth_is_believed_as_far_as_the_parents_allow() {
        let message = tip_message(&Writer::local(), &Numbers::default(), 7);
        for (parents, message, expect) in [
            (1, message.as_str(), 7),
            (0, message.as_str(), 1),
            (1, "foreign", 2),
            (1, "m\n\nShipwright-Depth: 0", 2),
        ] {
            assert_eq!(depth(&snapshot(parents, message)), expect, "{message:?}");
        }
    }

    #[test]
    fn inbox_names_are_sound_refs_whatever_the_job_is_called() {
        let run = Run {
            id: "12".to_owned(),
            attempt: 2,
            job: "test (ubuntu, 3.12) ../@{x}.lock é".to_owned(),
        };
        let writer = Writer::actions(run, "");
        let name = writer.inbox_ref(&RefName::default()).unwrap();
        assert!(git2::Reference::is_valid_name(&name), "{name}");
        assert!(
            name.starts_with("refs/ruflo-memory/inbox/v1/12.2.test--ubuntu"),
            "{name}"
        );
        assert_ne!(name, writer.inbox_ref(&RefName::default()).unwrap());
    }
}
