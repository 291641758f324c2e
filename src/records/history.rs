//! What the records add up to: every failure ever seen, how often and where, and what fixed it how often.

use std::collections::BTreeMap;

use super::model::{FixRecord, Occurrence, Outcome, Proposal, Record, Resolution, Verdict};
use super::said::{Said, Vote};
use crate::failure::{Category, Class, Signature};
use crate::ids::Fingerprint;
use crate::memory::Memory;

/// Branches named per failure.
const BRANCHES: usize = 10;

/// Commits remembered per failure.
const COMMITS: usize = 50;

/// Everything remembered about failures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// One per fingerprint, ordered by it.
    pub failures: Vec<KnownFailure>,
    /// Suggestions nobody knows the end of yet.
    pub open: Vec<Proposal>,
    /// What people have said.
    pub said: Said,
    /// Records that could not be read.
    pub unreadable: usize,
}

/// A failure that has been seen before.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownFailure {
    /// Its stable name.
    pub fingerprint: Fingerprint,
    /// Its title when last seen.
    pub title: String,
    /// Its category when last seen.
    pub category: Category,
    /// Its class when last seen.
    pub class: Class,
    /// The tool that reported it.
    pub tool: Option<String>,
    /// Its failing tests.
    pub tests: Vec<String>,
    /// What near matches are looked up by.
    pub signature: Signature,
    /// How often it was seen.
    pub seen: u64,
    /// When first, milliseconds since the epoch.
    pub first_seen: i64,
    /// When last.
    pub last_seen: i64,
    /// Where, the most recent first.
    pub branches: Vec<String>,
    /// Page of the last sighting that has one.
    pub url: Option<String>,
    /// The commit it was seen at, by run id; the newest 50 runs.
    pub commits: BTreeMap<u64, String>,
    /// Whether any sighting was in the repository itself.
    pub trusted: bool,
    /// How often a rerun of the same commit passed.
    pub flaky: u64,
    /// What fixed it, the most promising first.
    pub fixes: Vec<Fix>,
    /// Suggested actions that people have turned down.
    pub unwanted: Vec<String>,
}

/// Something that fixed a failure, with its record.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// [`FixRecord::id`].
    pub id: String,
    /// One line: what was done.
    pub summary: String,
    /// Page of it.
    pub url: Option<String>,
    /// The commit.
    pub sha: Option<String>,
    /// How often it was applied.
    pub applied: u64,
    /// How often the failure was gone afterwards.
    pub resolved: u64,
    /// When it was last heard of.
    pub last_at: i64,
    /// How many outcomes the words of people weigh who named it.
    pub confirmed: u64,
}

impl Fix {
    /// Share of applications after which the failure was gone, 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "counts of this size are exact in f64")]
    pub fn effectiveness(&self) -> f64 {
        if self.applied == 0 {
            0.0
        } else {
            self.resolved as f64 / self.applied as f64
        }
    }
}

impl KnownFailure {
    fn new(occurrence: &Occurrence) -> Self {
        Self {
            fingerprint: occurrence.fingerprint.clone(),
            title: String::new(),
            category: occurrence.category,
            class: occurrence.class,
            tool: None,
            tests: Vec::new(),
            signature: Signature::default(),
            seen: 0,
            first_seen: occurrence.at,
            last_seen: i64::MIN,
            branches: Vec::new(),
            url: None,
            commits: BTreeMap::new(),
            trusted: false,
            flaky: 0,
            fixes: Vec::new(),
            unwanted: Vec::new(),
        }
    }

    /// Adds a sighting; they come oldest first, so the last one decides what the failure looks like. A stranger's
    /// sighting never displaces what the repository itself has said.
    fn add(&mut self, occurrence: Occurrence) {
        self.seen += 1;
        self.first_seen = self.first_seen.min(occurrence.at);
        self.last_seen = self.last_seen.max(occurrence.at);
        let run = occurrence.seen_in.split('.').next().and_then(|run| run.parse().ok());
        if let Some(run) = run.filter(|_| !occurrence.sha.is_empty()) {
            self.commits.insert(run, occurrence.sha.clone());
            if self.commits.len() > COMMITS {
                self.commits.pop_first();
            }
        }
        if !occurrence.branch.is_empty() {
            self.branches.retain(|branch| *branch != occurrence.branch);
            self.branches.insert(0, occurrence.branch);
            self.branches.truncate(BRANCHES);
        }
        if occurrence.trusted || !self.trusted {
            self.title = occurrence.title;
            self.category = occurrence.category;
            self.class = occurrence.class;
            self.tool = occurrence.tool;
            self.tests = occurrence.tests;
            self.signature = occurrence.signature;
            if !occurrence.url.is_empty() {
                self.url = Some(occurrence.url);
            }
        }
        self.trusted |= occurrence.trusted;
    }
}

impl History {
    /// Folds the records of a memory.
    pub fn of(records: &Memory) -> Self {
        Self::fold(records, None)
    }

    /// Folds the records of a memory as if the run and attempt `<run>.<attempt>.` had not been reported yet: a report
    /// that is made again has not seen its failures before.
    pub fn before(records: &Memory, run: &str) -> Self {
        Self::fold(records, Some(run))
    }

    fn fold(records: &Memory, without: Option<&str>) -> Self {
        let mut unreadable = 0;
        let said = Said::of(records, &mut unreadable);
        let mut occurrences: Vec<Occurrence> = read(records, &mut unreadable);
        occurrences.retain(|seen| without.is_none_or(|run| !seen.seen_in.starts_with(run)));
        occurrences.sort_by(|a, b| (a.at, &a.seen_in).cmp(&(b.at, &b.seen_in)));
        let mut failures: BTreeMap<Fingerprint, KnownFailure> = BTreeMap::new();
        for occurrence in occurrences {
            let known = failures
                .entry(occurrence.fingerprint.clone())
                .or_insert_with(|| KnownFailure::new(&occurrence));
            known.add(occurrence);
        }

        let mut fixes: BTreeMap<(Fingerprint, String), Fix> = BTreeMap::new();
        for record in read::<FixRecord>(records, &mut unreadable) {
            let (id, fingerprint) = (record.id(), record.fingerprint);
            let confirmed = said.confirmed(&fingerprint, &id);
            let FixRecord {
                at, summary, url, sha, ..
            } = record;
            let fix = Fix {
                id: id.clone(),
                summary,
                url,
                sha,
                applied: 0,
                resolved: 0,
                last_at: at,
                confirmed,
            };
            fixes.insert((fingerprint, id), fix);
        }
        for outcome in read::<Outcome>(records, &mut unreadable) {
            if let Some(fix) = fixes.get_mut(&(outcome.fingerprint, outcome.fix)) {
                fix.applied += 1;
                fix.resolved += u64::from(outcome.resolved);
                fix.last_at = fix.last_at.max(outcome.at);
            }
        }
        let proposals = read::<Proposal>(records, &mut unreadable);
        for proposal in &proposals {
            let Some(vote) = said.vote(&proposal.id) else { continue };
            // A thumb is about what stood first.
            let first = proposal.fixes.first().cloned().unwrap_or_default();
            if let Some(fix) = fixes.get_mut(&(proposal.fingerprint.clone(), first)) {
                fix.applied += 1;
                fix.resolved += u64::from(vote == Vote::For);
            } else if let (Some(known), Vote::Against) = (failures.get_mut(&proposal.fingerprint), vote) {
                known.unwanted.extend(proposal.actions.first().cloned());
            }
        }
        for ((fingerprint, _), fix) in fixes {
            if let Some(known) = failures.get_mut(&fingerprint) {
                known.fixes.push(fix);
            }
        }

        let resolutions = read::<Resolution>(records, &mut unreadable).into_iter();
        let resolutions: BTreeMap<String, Verdict> = resolutions.map(|end| (end.suggestion, end.verdict)).collect();
        let mut open = Vec::new();
        for proposal in proposals {
            match resolutions.get(&proposal.id) {
                None => open.push(proposal),
                Some(Verdict::Flaky) => {
                    if let Some(known) = failures.get_mut(&proposal.fingerprint) {
                        known.flaky += 1;
                    }
                }
                Some(Verdict::Resolved | Verdict::Failed | Verdict::Stale) => {}
            }
        }

        let mut failures: Vec<KnownFailure> = failures.into_values().collect();
        for known in &mut failures {
            known.fixes.sort_by(|a, b| {
                promise(b)
                    .total_cmp(&promise(a))
                    .then(b.last_at.cmp(&a.last_at))
                    .then(a.id.cmp(&b.id))
            });
        }
        Self {
            failures,
            open,
            said,
            unreadable,
        }
    }

    /// The failure of that name.
    pub fn get(&self, fingerprint: &Fingerprint) -> Option<&KnownFailure> {
        let at = self
            .failures
            .binary_search_by(|known| known.fingerprint.cmp(fingerprint))
            .ok()?;
        self.failures.get(at)
    }
}

fn promise(fix: &Fix) -> f64 {
    wilson_lower_bound(fix.resolved + fix.confirmed, fix.applied + fix.confirmed)
}

/// The normal quantile of a 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// Lower end of the 95 % Wilson score interval for `successes` of `trials` (E. B. Wilson, 1927), 0 without trials:
/// two of two beats one of one, and nine of ten beats one of one.
#[expect(clippy::cast_precision_loss, reason = "counts of this size are exact in f64")]
pub fn wilson_lower_bound(successes: u64, trials: u64) -> f64 {
    if trials == 0 {
        return 0.0;
    }
    let n = trials as f64;
    let share = successes.min(trials) as f64 / n;
    let square = Z * Z;
    let spread = Z * (share.mul_add(1.0 - share, square / (4.0 * n)) / n).sqrt();
    ((share + square / (2.0 * n) - spread) / (1.0 + square / n)).max(0.0)
}

pub(super) fn read<R: Record>(records: &Memory, unreadable: &mut usize) -> Vec<R> {
    let mut found = Vec::new();
    for (_, entry) in records.namespace(R::NAMESPACE) {
        match entry.value.as_deref().map(serde_json::from_str) {
            Some(Ok(record)) => found.push(record),
            Some(Err(_)) | None => *unreadable += 1,
        }
    }
    found
}
