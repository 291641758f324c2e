//! What lies between red and green, and how much of the credit it deserves.
//!
//! Nobody tells us what fixed a failure. What is known is the last commit that was red and the first that was green, and
//! what GitHub says lies between. One commit that touches a file the failure names is as good as told; twenty commits, or
//! a change elsewhere, are a guess, and the number says so. The weights were set by reasoning, not fitted to data; the
//! simulated repository of `tests/it/learning_simulation.rs` measures what comes of them.

use super::history::KnownFailure;
use super::model::{Evidence, FixRecord};
use crate::failure::Class;
use crate::ids::IssueNumber;

/// Below this nothing is learned: a guess that is mostly wrong is worse than silence.
pub const LEAST_CONFIDENCE: f64 = 0.15;

/// Files and subjects kept of a range.
const FILES: usize = 20;
const SUBJECTS: usize = 5;

/// How the green commit relates to the red one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Course {
    /// It came after it.
    Ahead,
    /// History was rewritten (a force-push): both grew from an older commit.
    Rewritten,
    /// It is older: the branch was set back.
    Back,
    /// GitHub could not say: the red commit is gone, or the call failed.
    #[default]
    Unknown,
}

/// The commits and files between the last red commit and the first green one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Range {
    /// How green relates to red.
    pub course: Course,
    /// How many commits there are, listed or not.
    pub total: u64,
    /// Commit ids and the first lines of their messages, oldest first; the first page.
    pub commits: Vec<(String, String)>,
    /// Changed files, the first page.
    pub files: Vec<String>,
    /// The green commit.
    pub green: String,
    /// The pull request that brought it, and its page.
    pub pull: Option<(IssueNumber, String)>,
    /// Whether the green commit is the merge of that pull request; else it is one of its commits.
    pub merged: bool,
    /// The page of the green commit.
    pub url: String,
}

impl Range {
    /// How likely this is what fixed `failure`, and why.
    pub fn evidence(&self, failure: &KnownFailure) -> Evidence {
        let (mut files, rest): (Vec<&String>, Vec<&String>) = self.files.iter().partition(|file| names(failure, file));
        let located = !files.is_empty();
        files.extend(rest);
        let subjects = self.commits.iter().rev().take(SUBJECTS).rev();
        Evidence {
            confidence: (self.confidence(failure, located) * 100.0).round() / 100.0,
            commits: self.total,
            located,
            pull: self.pull.as_ref().map(|(number, _)| *number),
            files: files.into_iter().take(FILES).cloned().collect(),
            subjects: subjects.map(|(_, subject)| subject.clone()).collect(),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of this size are exact in f64")]
    fn confidence(&self, failure: &KnownFailure, located: bool) -> f64 {
        let course = match self.course {
            Course::Ahead => 1.0,
            Course::Rewritten => 0.6,
            Course::Back => 0.7,
            Course::Unknown => 0.4,
        };
        // One commit is certain to hold the fix; of many, which one is anybody's guess.
        let commits = 1.0 / (1.0 + 0.25 * self.total.saturating_sub(1) as f64);
        let unrelated = self.files.iter().filter(|file| !names(failure, file)).count() as f64;
        let relation = if located {
            0.95 / (1.0 + 0.01 * unrelated)
        } else {
            0.6 / (1.0 + 0.03 * (unrelated - 3.0).max(0.0))
        };
        // What comes and goes by itself is not ended by a change that has nothing to do with it.
        let class = match failure.class {
            Class::Transient if !located => 0.15,
            Class::Transient | Class::Deterministic | Class::Unknown => 1.0,
        };
        (course * commits.max(if located { 0.5 } else { 0.0 }) * relation * class).clamp(0.0, 0.98)
    }

    /// What is learned for `failure`: nothing when the range is too weak a reason, or the failure is known to come and
    /// go by itself and the range does not touch it.
    pub fn fix(&self, failure: &KnownFailure, at: i64) -> Option<FixRecord> {
        let evidence = self.evidence(failure);
        let by_itself = failure.flaky > 0 && !evidence.located;
        if by_itself || evidence.confidence < LEAST_CONFIDENCE {
            return None;
        }
        let url = self.pull.as_ref().map_or(&self.url, |(_, url)| url);
        Some(FixRecord {
            fingerprint: failure.fingerprint.clone(),
            at,
            summary: self.summary(),
            url: Some(url.clone()).filter(|url| !url.is_empty()),
            sha: Some(self.green.clone()),
            evidence: Some(evidence),
        })
    }

    /// A known fix that is in this range: by its commit, or because the pull request it was learned from is merged here.
    pub fn brings<'a>(&self, failure: &'a KnownFailure) -> Option<&'a super::Fix> {
        let merged = self.pull.as_ref().filter(|_| self.merged).map(|(_, url)| url);
        failure.fixes.iter().find(|fix| {
            let by_commit = fix
                .sha
                .as_ref()
                .is_some_and(|sha| *sha == self.green || self.commits.iter().any(|(commit, _)| commit == sha));
            by_commit || (merged.is_some() && fix.url.as_ref() == merged)
        })
    }

    /// Whether applying `fix` can be told to be something else than this range: both say which files they change, and
    /// share none.
    pub fn differs_from(&self, fix: &super::Fix) -> bool {
        !fix.files.is_empty() && !self.files.is_empty() && fix.files.iter().all(|file| !self.files.contains(file))
    }

    /// One line: the pull request or commit, and its subject.
    fn summary(&self) -> String {
        let short: String = self.green.chars().take(7).collect();
        let subject = self
            .commits
            .last()
            .map(|(_, subject)| subject.as_str())
            .filter(|subject| !subject.is_empty());
        let what = match (self.course, self.total) {
            (Course::Back, _) => format!("back to commit {short}"),
            (Course::Ahead | Course::Rewritten, 2..) => format!("{} commits up to {short}", self.total),
            (Course::Ahead | Course::Rewritten | Course::Unknown, _) => format!("commit {short}"),
        };
        let what = match (self.course, subject) {
            (Course::Back, _) | (_, None) => what,
            (_, Some(subject)) => format!("{what}: {subject}"),
        };
        match &self.pull {
            Some((number, _)) => format!("pull request {} ({what})", number.get()),
            None => what,
        }
    }
}

/// Whether a changed file is one the failure names: in its places, its tests or its decisive lines.
fn names(failure: &KnownFailure, file: &str) -> bool {
    let in_places = failure.paths.iter().any(|path| same_file(path, file));
    in_places || failure.tests.iter().any(|test| test_is_in(test, file)) || {
        let name = file.rsplit('/').next().unwrap_or(file);
        // A name with an extension is telling (`package.json`); a bare word is not.
        let telling = name.len() >= 6 && name.contains('.') && !COMMON.contains(&name);
        telling && failure.signature.lines.iter().any(|line| has_word(line, name))
    }
}

/// Names so common that one in a message says nothing about which file of that name it is.
const COMMON: &[&str] = &[
    "index.js",
    "index.ts",
    "main.go",
    "main.py",
    "main.rs",
    "__init__.py",
    "mod.rs",
    "lib.rs",
];

/// Whether one path is the other or ends with it, whole parts only: logs show `src/a.rs`, `./src/a.rs` and
/// `/home/runner/work/x/src/a.rs` for one file.
fn same_file(a: &str, b: &str) -> bool {
    let parts = |path: &str| -> Vec<String> {
        let clean = path.replace('\\', "/");
        let parts = clean.split('/').filter(|part| !part.is_empty() && *part != ".");
        parts.rev().map(str::to_owned).collect()
    };
    let (a, b) = (parts(a), parts(b));
    let least = a.len().min(b.len());
    // A bare file name fits files of that name anywhere, unless every project has many of them.
    let telling = least >= 2
        || a.first()
            .is_some_and(|name| name.contains('.') && !COMMON.contains(&name.as_str()));
    telling && a.iter().zip(&b).all(|(a, b)| a == b)
}

/// Whether a test's name says that it is in this file: `tests/a.py::test_b`, `com.acme.LoginTest.works`.
fn test_is_in(test: &str, file: &str) -> bool {
    let path = test.split("::").next().unwrap_or(test).trim();
    if path.contains('.') && !path.contains(' ') && same_file(path, file) {
        return true;
    }
    let name = file.rsplit('/').next().unwrap_or(file);
    let stem = name.split('.').next().unwrap_or(name);
    stem.len() >= 5 && !COMMON.contains(&name) && has_word(test, stem)
}

/// Whether `word` stands in `text` with no letter, digit or underscore on either side.
fn has_word(text: &str, word: &str) -> bool {
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|text| text.chars().next());
        !inside(before) && !inside(after)
    })
}
