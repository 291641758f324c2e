//! The records, one struct per namespace. Field names are the stored JSON; unknown fields of newer writers are ignored
//! on reading and kept by the merge, which never rewrites a value.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::failure::{Category, Class, Failure, Signature};
use crate::ids::{Fingerprint, IssueNumber};
use crate::memory::{Entry, Identity, Memory, Origin};

/// A kind of record: where it lives and how it is keyed.
pub trait Record: Serialize + DeserializeOwned {
    /// The namespace, `shipwright/…`.
    const NAMESPACE: &'static str;

    /// The key within the namespace: the same event gives the same key, whoever records it.
    fn key(&self) -> String;

    /// When it happened, milliseconds since the epoch.
    fn at(&self) -> i64;

    /// The identity of its entry.
    fn identity(&self) -> Identity {
        Identity::new(Self::NAMESPACE, self.key())
    }

    /// The entry that stores it.
    fn to_entry(&self, origin: Option<Origin>) -> Entry {
        let value = serde_json::to_string(self).unwrap_or_default();
        let mut entry = Entry::new(value, self.at());
        entry.last_seen_at = Some(self.at());
        entry.origin = origin;
        entry
    }

    /// Puts it into a memory; recording the same event twice changes nothing.
    fn store(&self, memory: &mut Memory, origin: Option<Origin>) {
        let identity = self.identity();
        if memory.get(&identity).is_none() {
            memory.insert(identity, self.to_entry(origin));
        }
    }
}

/// A failure was seen in a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Occurrence {
    /// Which failure.
    pub fingerprint: Fingerprint,
    /// `<run>.<attempt>.<job>`, or the hash of what was learned from when there was no run.
    pub seen_in: String,
    /// When, milliseconds since the epoch.
    pub at: i64,
    /// Its title.
    pub title: String,
    /// Its category.
    pub category: Category,
    /// Whether a retry is sensible.
    pub class: Class,
    /// The tool that reported it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Failing tests, at most 10.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<String>,
    /// Files the log names, at most 10: a change of one of them is likely to be about this failure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// What near matches are looked up by.
    #[serde(default)]
    pub signature: Signature,
    /// Name of the workflow.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub workflow: String,
    /// Name of the job.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub job: String,
    /// Other jobs of the run with the same failure (legs of a matrix), at most 40.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legs: Vec<String>,
    /// What a later success must share to be its end: the workflow's file, the owner and the branch.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope: String,
    /// The branch.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub branch: String,
    /// The commit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha: String,
    /// The pull request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull: Option<IssueNumber>,
    /// Page of the run or job.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// Whether its text comes from the repository itself, not from a fork.
    #[serde(default = "yes")]
    pub trusted: bool,
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_yes(value: &bool) -> bool {
    *value
}

impl Occurrence {
    /// The part of an occurrence that is the failure itself; the caller fills in where it happened.
    pub fn of(failure: &Failure, seen_in: impl Into<String>, at: i64) -> Self {
        Self {
            fingerprint: failure.fingerprint.clone(),
            seen_in: seen_in.into(),
            at,
            title: failure.title.clone(),
            category: failure.category,
            class: failure.class,
            tool: failure.tool.clone(),
            tests: failure.tests.iter().take(10).cloned().collect(),
            paths: paths(failure),
            signature: failure.signature.clone(),
            workflow: String::new(),
            job: String::new(),
            legs: Vec::new(),
            scope: String::new(),
            branch: String::new(),
            sha: String::new(),
            pull: None,
            url: String::new(),
            trusted: true,
        }
    }

    /// The run and attempt it was seen in, when it was seen in one.
    pub fn run(&self) -> Option<(u64, u32)> {
        place_of(&self.seen_in)
    }
}

/// The files a failure names, each once, the first first.
fn paths(failure: &Failure) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for location in &failure.locations {
        if !paths.contains(&location.path) {
            paths.push(location.path.clone());
        }
    }
    paths.truncate(10);
    paths
}

/// Run and attempt of a `<run>.<attempt>.<job>`.
pub(super) fn place_of(seen_in: &str) -> Option<(u64, u32)> {
    let mut parts = seen_in.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

impl Record for Occurrence {
    const NAMESPACE: &'static str = "shipwright/occurrence";

    fn key(&self) -> String {
        format!("{}/{}", self.fingerprint, self.seen_in)
    }

    fn at(&self) -> i64 {
        self.at
    }
}

/// Something fixed a failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FixRecord {
    /// Which failure.
    pub fingerprint: Fingerprint,
    /// When it was learned, milliseconds since the epoch.
    pub at: i64,
    /// One line: what was done.
    pub summary: String,
    /// Page of the commit, pull request or document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The commit that turned it green.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha: Option<String>,
    /// How it was found out; absent when a person said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// What speaks for a fix that nobody told us: the commits between red and green.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// How likely the failure went away because of it, 0 to 1.
    pub confidence: f64,
    /// Commits between red and green.
    pub commits: u64,
    /// Whether the change touched what the failure names.
    #[serde(default)]
    pub located: bool,
    /// The pull request that brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull: Option<IssueNumber>,
    /// Files changed, those the failure names first; at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// First lines of the commits' messages, the newest last; at most 5.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<String>,
}

impl FixRecord {
    /// Names the fix: the same commit, address or words are the same fix.
    pub fn id(&self) -> String {
        let what = self.sha.as_deref().or(self.url.as_deref()).unwrap_or(&self.summary);
        short_hash(&[what.trim()])
    }
}

impl Record for FixRecord {
    const NAMESPACE: &'static str = "shipwright/fix";

    fn key(&self) -> String {
        format!("{}/{}", self.fingerprint, self.id())
    }

    fn at(&self) -> i64 {
        self.at
    }
}

/// A fix was applied to an occurrence and it helped, or it did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Which failure.
    pub fingerprint: Fingerprint,
    /// [`FixRecord::id`].
    pub fix: String,
    /// The occurrence it was applied to, as [`Occurrence::seen_in`].
    pub applied_to: String,
    /// When it was known.
    pub at: i64,
    /// Whether the failure was gone afterwards.
    pub resolved: bool,
}

impl Record for Outcome {
    const NAMESPACE: &'static str = "shipwright/outcome";

    fn key(&self) -> String {
        format!("{}/{}/{}", self.fingerprint, self.fix, self.applied_to)
    }

    fn at(&self) -> i64 {
        self.at
    }
}

/// Suggestions that were shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Names it: the hash of where it was shown and for what.
    pub id: String,
    /// When, milliseconds since the epoch.
    pub ts: i64,
    /// Stage of the user's pipeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Category of the failure.
    pub category: Category,
    /// What was suggested, in order.
    pub actions: Vec<String>,
    /// The fixes among them, by [`FixRecord::id`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixes: Vec<String>,
    /// For which failure.
    pub fingerprint: Fingerprint,
    /// Where it was shown, as [`Occurrence::seen_in`].
    pub run: String,
    /// Workflow, job and branch or pull request, which a later success must share.
    #[serde(default)]
    pub scope: String,
}

impl Proposal {
    /// The id of what is proposed for a failure in a place.
    pub fn id_of(fingerprint: &Fingerprint, run: &str) -> String {
        short_hash(&[fingerprint.as_str(), run])
    }
}

impl Record for Proposal {
    const NAMESPACE: &'static str = "shipwright/suggestion";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn at(&self) -> i64 {
        self.ts
    }
}

/// What became of a [`Proposal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The failure was gone afterwards.
    Resolved,
    /// It came back.
    Failed,
    /// The same commit passed on a rerun: the failure is flaky.
    Flaky,
    /// Nobody will know: the pull request was closed unmerged.
    Stale,
}

/// The end of a [`Proposal`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// [`Proposal::id`].
    pub suggestion: String,
    /// When it was known.
    pub at: i64,
    /// What became of it.
    pub verdict: Verdict,
    /// The commit that was green, or failed again.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha: String,
    /// Which failure; absent in older records, where the suggestion says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// How long it had been red, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<i64>,
    /// Whether it ended in the repository itself, not in a fork; stored only when it did not.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub trusted: bool,
}

impl Record for Resolution {
    const NAMESPACE: &'static str = "shipwright/resolution";

    fn key(&self) -> String {
        self.suggestion.clone()
    }

    fn at(&self) -> i64 {
        self.at
    }
}

/// Runs that a backfill has read, so that it never reads them again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// When they were read, milliseconds since the epoch.
    pub at: i64,
    /// `<run>.<attempt>` of each.
    pub read: Vec<String>,
}

impl Record for Ledger {
    const NAMESPACE: &'static str = "shipwright/backfill";

    fn key(&self) -> String {
        short_hash(&self.read.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn at(&self) -> i64 {
        self.at
    }
}

/// Those of `fresh` that `known` does not hold yet: the same event told again at another time is no new event.
pub fn unknown_to(known: &Memory, fresh: &Memory) -> Memory {
    let timeless = |entry: &Entry| {
        let value = entry
            .value
            .as_deref()
            .and_then(|value| serde_json::from_str(value).ok());
        value.map(|mut value: serde_json::Map<String, serde_json::Value>| {
            value.retain(|field, _| !matches!(field.as_str(), "at" | "ts"));
            value
        })
    };
    let mut unknown = Memory::default();
    for (identity, entry) in fresh.iter() {
        let told = known.get(identity).and_then(timeless);
        if told.is_none() || told != timeless(entry) {
            unknown.insert(identity.clone(), entry.clone());
        }
    }
    unknown
}

/// The first 16 hexadecimal digits of the SHA-256 of the parts.
pub fn short_hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let digest = hasher.finalize();
    digest
        .iter()
        .take(8)
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|nibble| char::from_digit(u32::from(nibble), 16))
        .collect()
}
