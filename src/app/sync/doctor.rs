//! What a person wants to know about the memory of a repository: is it sound, and who wrote it.

use super::commit;
use super::state::{State, short};
use super::trouble::explain;
use crate::app::Error;
use crate::gitref::{Oid, Remote, trailer};
use crate::ids::RefName;

/// Something to know, and whether it needs somebody's hand.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Whether somebody should act.
    pub problem: bool,
    /// What was found and what to do.
    pub message: String,
}

/// The state of a memory.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Health {
    /// The commit at the tip.
    pub tip: Option<String>,
    /// Commits in the chain.
    pub depth: u32,
    /// Live entries, the inbox included.
    pub entries: usize,
    /// Bytes of the tip's files.
    pub bytes: usize,
    /// Refs in the inbox.
    pub inbox: Vec<String>,
    /// Refs that keep damaged memory.
    pub rescued: Vec<String>,
    /// What to know.
    pub findings: Vec<Finding>,
}

/// One line of history.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LogEntry {
    /// The ref it was found at.
    #[serde(rename = "ref")]
    pub name: String,
    /// The commit.
    pub oid: String,
    /// When it was made, RFC 3339; `None` for what waits in the inbox.
    pub time: Option<String>,
    /// The first line of its message.
    pub subject: String,
    /// The job that wrote it, `<run>.<attempt>.<job>`.
    pub run: Option<String>,
}

/// Looks at the memory at `name`; changes nothing.
///
/// # Errors
/// When the remote cannot be read.
pub fn doctor(remote: &Remote, name: &RefName) -> Result<Health, Error> {
    let fetched = remote
        .read(name, &[])
        .map_err(|error| explain(&format!("cannot examine {}", remote.shown()), error))?;
    let listing = fetched.listing.clone();
    let tip = fetched.tip.clone();
    let state = State::of_fetched(fetched);
    let mut findings = Vec::new();
    let mut note = |problem, message: String| findings.push(Finding { problem, message });
    if tip.is_none() {
        note(false, format!("{name} does not exist yet: the first persist makes it"));
    }
    for warning in &state.warnings {
        note(true, warning.clone());
    }
    if let Some(newer) = &state.newer {
        note(true, format!("{newer}; update shipwright"));
    }
    if !listing.inbox.is_empty() {
        note(
            false,
            format!(
                "{} inbox refs wait to be folded by the next persist",
                listing.inbox.len()
            ),
        );
    }
    for (kept, oid) in &listing.rescued {
        note(
            true,
            format!(
                "{kept} keeps damaged memory; look at it with `git show {}`, then delete the ref",
                short(*oid)
            ),
        );
    }
    Ok(Health {
        depth: tip.as_deref().map_or(0, commit::depth),
        bytes: tip.as_ref().map_or(0, |tip| tip.files.values().map(Vec::len).sum()),
        tip: tip.map(|tip| tip.oid.to_string()),
        entries: state.tree.entries().count(),
        inbox: listing.inbox.into_keys().collect(),
        rescued: listing.rescued.into_keys().collect(),
        findings,
    })
}

/// What waits in the inbox, then the chain of the tip, newest first, at most `limit` of its commits.
///
/// # Errors
/// When the remote cannot be read.
pub fn log(remote: &Remote, name: &RefName, limit: u32) -> Result<Vec<LogEntry>, Error> {
    let failed = |error| explain(&format!("cannot read the log of {}", remote.shown()), error);
    let fetched = remote.read(name, &[]).map_err(failed)?;
    let entry = |at: &str, oid, time, message: &str| LogEntry {
        name: at.to_owned(),
        oid: Oid::to_string(&oid),
        time,
        subject: crate::text::one_line(message.lines().next().unwrap_or_default()),
        run: trailer(message, commit::RUN),
    };
    let inbox = fetched
        .inbox
        .iter()
        .map(|(at, snapshot)| entry(at, snapshot.oid, None, &snapshot.message));
    let mut entries: Vec<LogEntry> = inbox.collect();
    for commit in remote.history(name, limit).map_err(failed)? {
        let time = jiff::Timestamp::from_millisecond(commit.when)
            .ok()
            .map(|time| time.to_string());
        entries.push(entry(name.as_str(), commit.oid, time, &commit.message));
    }
    Ok(entries)
}
