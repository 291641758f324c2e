//! What people tell Shipwright to do in a comment: `/shipwright …` at the start of a line of their own words.
//!
//! What is quoted, in a code block or hidden in an HTML comment is somebody else's or an example, and does nothing.

use std::str::FromStr;

use crate::ids::{Fingerprint, IssueNumber, RepoSlug, RunId};

/// Most commands of one comment that are looked at.
pub const MOST: usize = 5;

/// How long a mute holds when nothing is said, in days.
pub const MUTE_DAYS: u32 = 30;

/// The longest mute, in days.
pub const LONGEST_MUTE_DAYS: u32 = 365;

/// Longest text of a fix, in characters.
const LONGEST_FIX: usize = 300;

const WORD: &str = "/shipwright";

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Say why a run failed; without a run, the one the conversation is about.
    Explain(Option<RunLink>),
    /// This fixed the failures of the conversation, or the one that is named.
    FixedBy {
        /// What did.
        fix: FixedBy,
        /// Which failure.
        failure: Option<FailureName>,
    },
    /// The failures of the conversation are not like this one.
    NotSimilar(FailureName),
    /// Do not speak of this failure for so many days; 0 ends that.
    Mute {
        /// Which failure.
        failure: FailureName,
        /// So long.
        days: u32,
    },
}

/// A run as people point to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunLink {
    /// The repository of its page, when a page was given.
    pub repository: Option<RepoSlug>,
    /// The run.
    pub run: RunId,
    /// The attempt, when the page is an attempt's.
    pub attempt: Option<u32>,
}

/// What fixed a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FixedBy {
    /// A commit: 7 to 64 hexadecimal digits, and the repository when its page was given.
    Commit(String, Option<RepoSlug>),
    /// A pull request, and the repository when its page was given.
    Pull(IssueNumber, Option<RepoSlug>),
    /// In words: untrusted, one line.
    Text(String),
}

/// A fingerprint, or the first eight digits of one or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureName(String);

impl FailureName {
    /// Whether this is a name of that failure.
    pub fn names(&self, fingerprint: &Fingerprint) -> bool {
        fingerprint.as_str().starts_with(&self.0)
    }

    /// The fingerprint, when it is whole.
    pub fn whole(&self) -> Option<Fingerprint> {
        self.0.parse().ok()
    }

    /// `sw1:…`, as far as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FailureName {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let digits = text.strip_prefix(Fingerprint::PREFIX).unwrap_or(text);
        let lower = digits.to_ascii_lowercase();
        let fits = (8..=32).contains(&lower.len()) && lower.bytes().all(|byte| byte.is_ascii_hexdigit());
        fits.then(|| Self(format!("{}{lower}", Fingerprint::PREFIX)))
            .ok_or(Refusal::NoFingerprint)
    }
}

/// Why a command cannot be understood; worded for the person who gave it, without repeating what they wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such command.
    #[error("there is no such command")]
    Unknown,
    /// `explain` with something that is no run.
    #[error("`explain` takes the address or the number of a run, or nothing")]
    NoRun,
    /// `fixed-by` without a fix.
    #[error("`fixed-by` takes a commit, `#` and the number of a pull request, or some words")]
    NoFix,
    /// No fingerprint where one is needed.
    #[error("a fingerprint is needed: `sw1:` and 32 digits, as it stands under the report; the first 8 digits do")]
    NoFingerprint,
    /// A mute that is no number of days, or too long.
    #[error("`mute` takes a number of days from 0 to {LONGEST_MUTE_DAYS}")]
    NoDays,
}

/// The commands of a comment, in order, at most [`MOST`].
pub fn parse(comment: &str) -> Vec<Result<Command, Refusal>> {
    own_lines(comment).into_iter().filter_map(command).take(MOST).collect()
}

/// The lines that are the author's own words: not quoted, not code, not hidden.
fn own_lines(comment: &str) -> Vec<&str> {
    let mut own = Vec::new();
    let mut fence: Option<(char, usize)> = None;
    let (mut hidden, mut quoted) = (false, false);
    for line in comment.lines() {
        let text = line.trim_start_matches(' ');
        let indent = line.len() - text.len();
        if hidden {
            hidden = !line.contains("-->");
            continue;
        }
        let mark = text.chars().next().unwrap_or(' ');
        let run = text.chars().take_while(|c| *c == mark).count();
        let is_fence = indent < 4 && run >= 3 && matches!(mark, '`' | '~');
        if let Some((open, length)) = fence {
            let closes = is_fence && mark == open && run >= length && text.trim_end().chars().all(|c| c == mark);
            fence = (!closes).then_some((open, length));
            continue;
        }
        if is_fence {
            (fence, quoted) = (Some((mark, run)), false);
            continue;
        }
        if let Some((_, rest)) = line.split_once("<!--") {
            hidden = !rest.contains("-->");
            continue;
        }
        // A paragraph that began in a quotation goes on in it until a blank line.
        quoted = mark == '>' || (quoted && !text.trim().is_empty());
        if !quoted && indent < 4 {
            own.push(text);
        }
    }
    own
}

/// The command of a line; `None` when the line is none.
fn command(line: &str) -> Option<Result<Command, Refusal>> {
    let head = line.get(..WORD.len())?;
    let rest = line.get(WORD.len()..)?;
    let is_ours = head.eq_ignore_ascii_case(WORD) && (rest.is_empty() || rest.starts_with(char::is_whitespace));
    is_ours.then(|| {
        let mut words = rest.split_whitespace().map(bare);
        let verb = words.next().unwrap_or_default().to_ascii_lowercase();
        let words: Vec<&str> = words.collect();
        match verb.as_str() {
            "explain" => explain(&words),
            "fixed-by" => fixed_by(&words),
            "not-similar" => match words.as_slice() {
                [name] => name.parse().map(Command::NotSimilar),
                _ => Err(Refusal::NoFingerprint),
            },
            "mute" => mute(&words),
            _ => Err(Refusal::Unknown),
        }
    })
}

/// A word without the marks people put around code and addresses.
fn bare(word: &str) -> &str {
    word.trim_matches(|c| matches!(c, '`' | '<' | '>'))
}

fn explain(words: &[&str]) -> Result<Command, Refusal> {
    match words {
        [] => Ok(Command::Explain(None)),
        [word] => run_link(word)
            .map(|link| Command::Explain(Some(link)))
            .ok_or(Refusal::NoRun),
        _ => Err(Refusal::NoRun),
    }
}

/// A run's number, or the address of its page, of an attempt's or of a job's.
fn run_link(word: &str) -> Option<RunLink> {
    if let Ok(run) = word.parse() {
        return Some(RunLink {
            repository: None,
            run,
            attempt: None,
        });
    }
    let (repository, path) = page(word)?;
    let mut parts = path.strip_prefix("actions/runs/")?.split('/');
    let run = parts.next()?.parse().ok()?;
    let attempt = match (parts.next(), parts.next()) {
        (Some("attempts"), Some(attempt)) => attempt.parse().ok(),
        _ => None,
    };
    Some(RunLink {
        repository: Some(repository),
        run,
        attempt,
    })
}

/// The repository of a page's address and what comes after it.
fn page(address: &str) -> Option<(RepoSlug, &str)> {
    let rest = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))?;
    let (_host, path) = rest.split_once('/')?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let (owner, rest) = path.split_once('/')?;
    let (name, rest) = rest.split_once('/')?;
    Some((format!("{owner}/{name}").parse().ok()?, rest.trim_end_matches('/')))
}

fn fixed_by(words: &[&str]) -> Result<Command, Refusal> {
    let (words, failure) = match words {
        [words @ .., "for", name] if name.starts_with(Fingerprint::PREFIX) => (words, Some(name.parse()?)),
        words => (words, None),
    };
    let fix = match words {
        [] => return Err(Refusal::NoFix),
        [word] => reference(word).unwrap_or_else(|| FixedBy::Text(text(words))),
        words => FixedBy::Text(text(words)),
    };
    Ok(Command::FixedBy { fix, failure })
}

fn text(words: &[&str]) -> String {
    words.join(" ").chars().take(LONGEST_FIX).collect()
}

/// A commit or a pull request.
fn reference(word: &str) -> Option<FixedBy> {
    let is_commit = |text: &str| (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(number) = word.strip_prefix('#') {
        return Some(FixedBy::Pull(number.parse().ok()?, None));
    }
    if is_commit(word) {
        return Some(FixedBy::Commit(word.to_ascii_lowercase(), None));
    }
    let (repository, path) = page(word)?;
    let mut parts = path.split('/');
    match (parts.next()?, parts.next()?) {
        ("commit", sha) if is_commit(sha) => Some(FixedBy::Commit(sha.to_ascii_lowercase(), Some(repository))),
        ("pull" | "issues", number) => Some(FixedBy::Pull(number.parse().ok()?, Some(repository))),
        _ => None,
    }
}

fn mute(words: &[&str]) -> Result<Command, Refusal> {
    let (name, days) = match words {
        [name] => (name, MUTE_DAYS),
        [name, days] | [name, days, "day" | "days"] => (name, days.parse().map_err(|_not_a_number| Refusal::NoDays)?),
        [] => return Err(Refusal::NoFingerprint),
        _ => return Err(Refusal::NoDays),
    };
    if days > LONGEST_MUTE_DAYS {
        return Err(Refusal::NoDays);
    }
    Ok(Command::Mute {
        failure: name.parse()?,
        days,
    })
}

#[cfg(test)]
mod tests;
