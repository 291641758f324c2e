//! What the records add up to: every failure ever seen, how often and where, and what fixed it how often.

use std::collections::{BTreeMap, BTreeSet};

use super::ending::{LONGEST_RED, Open};
use super::model::{FixRecord, Occurrence, Outcome, Proposal, Record, Resolution, Verdict, place_of};
use super::said::{Said, Vote};
use crate::failure::{Category, Class, Signature};
use crate::ids::Fingerprint;
use crate::memory::Memory;

/// Branches named per failure.
const BRANCHES: usize = 10;

/// Commits remembered per failure.
const COMMITS: usize = 50;

/// Confidence that only a change of a file the failure names reaches.
const SURE: f64 = 0.7;

/// Age at which what helped (or did not) counts half, in milliseconds: 180 days.
const HALF_LIFE: i64 = 180 * 86_400_000;

/// Everything remembered about failures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// One per fingerprint, ordered by it.
    pub failures: Vec<KnownFailure>,
    /// Suggestions nobody knows the end of yet.
    pub open: Vec<Proposal>,
    /// Failures that were red when last heard of, by run.
    pub unresolved: Vec<Open>,
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
    /// Files it names.
    pub paths: Vec<String>,
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
    /// How often a rerun of the same commit failed with it again.
    pub stubborn: u64,
    /// Branches on which it was red when last heard of.
    pub red_on: Vec<String>,
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
    /// When it was learned.
    pub learned_at: i64,
    /// How likely it is what helped the first time, 0 to 1; 1 when a person said so.
    pub confidence: f64,
    /// Files it changed, as far as known.
    pub files: Vec<String>,
    /// Applications and successes, each weighted by how recent it is.
    pub weighted: (f64, f64),
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
            paths: Vec::new(),
            signature: Signature::default(),
            seen: 0,
            first_seen: occurrence.at,
            last_seen: i64::MIN,
            branches: Vec::new(),
            url: None,
            commits: BTreeMap::new(),
            trusted: false,
            flaky: 0,
            stubborn: 0,
            red_on: Vec::new(),
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
        let run = place_of(&occurrence.seen_in).map(|(run, _)| run);
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
            self.paths = occurrence.paths;
            self.signature = occurrence.signature;
            if !occurrence.url.is_empty() {
                self.url = Some(occurrence.url);
            }
        }
        self.trusted |= occurrence.trusted;
    }

    /// Orders the fixes, the most promising first. A failure that passes on a rerun was not ended by whatever was
    /// committed when it went away: such a guess stays out, unless it touched what the failure names and the failure has
    /// not been seen since.
    fn settle(&mut self) {
        if self.flaky > 0 {
            let last_seen = self.last_seen;
            self.fixes.retain(|fix| {
                let told = fix.confidence >= 1.0;
                let kept = fix.confidence >= SURE && fix.learned_at > last_seen;
                told || kept
            });
        }
        self.fixes.sort_by(|a, b| {
            promise(b)
                .total_cmp(&promise(a))
                .then(b.last_at.cmp(&a.last_at))
                .then(a.id.cmp(&b.id))
        });
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
        let mut ends: BTreeMap<String, Resolution> = BTreeMap::new();
        for end in read::<Resolution>(records, &mut unreadable) {
            ends.insert(end.suggestion.clone(), end);
        }
        let proposals: Vec<Proposal> = read(records, &mut unreadable);
        let unresolved = unresolved(&occurrences, &proposals, &ends);

        let mut failures: BTreeMap<Fingerprint, KnownFailure> = BTreeMap::new();
        let mut attempts: BTreeMap<(Fingerprint, u64), BTreeSet<u32>> = BTreeMap::new();
        for occurrence in occurrences {
            if let Some((run, attempt)) = occurrence.run() {
                let tries = attempts.entry((occurrence.fingerprint.clone(), run)).or_default();
                tries.insert(attempt);
            }
            let known = failures
                .entry(occurrence.fingerprint.clone())
                .or_insert_with(|| KnownFailure::new(&occurrence));
            known.add(occurrence);
        }
        for ((fingerprint, _), tries) in attempts {
            if let Some(known) = failures.get_mut(&fingerprint) {
                known.stubborn += tries.len().saturating_sub(1) as u64;
            }
        }
        let newest = failures.values().map(|known| known.last_seen).max().unwrap_or(0);
        for open in unresolved.iter().filter(|open| newest - open.at <= LONGEST_RED) {
            if let Some(known) = failures.get_mut(&open.fingerprint)
                && !open.branch.is_empty()
                && !known.red_on.contains(&open.branch)
            {
                known.red_on.push(open.branch.clone());
            }
        }
        let mut fixes = fixes(records, &said, &mut unreadable);
        for proposal in &proposals {
            let Some(vote) = said.vote(&proposal.id) else { continue };
            // A thumb is about what stood first.
            let first = proposal.fixes.first().cloned().unwrap_or_default();
            if let Some(fix) = fixes.get_mut(&(proposal.fingerprint.clone(), first)) {
                fix.applied += 1;
                fix.resolved += u64::from(vote == Vote::For);
                fix.weighted.0 += 1.0;
                fix.weighted.1 += if vote == Vote::For { 1.0 } else { 0.0 };
            } else if let (Some(known), Vote::Against) = (failures.get_mut(&proposal.fingerprint), vote) {
                known.unwanted.extend(proposal.actions.first().cloned());
            }
        }
        for ((fingerprint, _), fix) in fixes {
            if let Some(known) = failures.get_mut(&fingerprint) {
                known.fixes.push(fix);
            }
        }
        let of: BTreeMap<&str, &Fingerprint> = proposals
            .iter()
            .map(|proposal| (proposal.id.as_str(), &proposal.fingerprint))
            .collect();
        for end in ends.values().filter(|end| end.verdict == Verdict::Flaky) {
            let fingerprint = end
                .fingerprint
                .as_ref()
                .or_else(|| of.get(end.suggestion.as_str()).copied());
            if let Some(known) = fingerprint.and_then(|fingerprint| failures.get_mut(fingerprint)) {
                known.flaky += 1;
            }
        }
        let mut failures: Vec<KnownFailure> = failures.into_values().collect();
        for known in &mut failures {
            known.settle();
        }
        let open = proposals
            .into_iter()
            .filter(|proposal| !ends.contains_key(&proposal.id))
            .collect();
        Self {
            failures,
            open,
            unresolved,
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

/// Failures that were red when last heard of: no end is known.
fn unresolved(occurrences: &[Occurrence], proposals: &[Proposal], ends: &BTreeMap<String, Resolution>) -> Vec<Open> {
    let proposed: BTreeMap<&str, &Proposal> = proposals
        .iter()
        .map(|proposal| (proposal.id.as_str(), proposal))
        .collect();
    let mut found: BTreeMap<(Fingerprint, (u64, u32)), Open> = BTreeMap::new();
    for occurrence in occurrences {
        let Some(run) = occurrence.run() else { continue };
        let id = Proposal::id_of(&occurrence.fingerprint, &format!("{}.{}.", run.0, run.1));
        if ends.contains_key(&id) {
            continue;
        }
        let proposal = proposed.get(id.as_str());
        let scope = if occurrence.scope.is_empty() {
            proposal.map_or("", |proposal| proposal.scope.as_str())
        } else {
            &occurrence.scope
        };
        if scope.is_empty() {
            continue;
        }
        let open = found
            .entry((occurrence.fingerprint.clone(), run))
            .or_insert_with(|| Open {
                fingerprint: occurrence.fingerprint.clone(),
                run,
                jobs: BTreeSet::new(),
                scope: scope.to_owned(),
                branch: occurrence.branch.clone(),
                sha: occurrence.sha.clone(),
                at: occurrence.at,
                pull: occurrence.pull,
                suggested: proposal.map_or_else(Vec::new, |proposal| proposal.fixes.clone()),
            });
        open.jobs.insert(occurrence.job.clone());
        open.jobs.extend(occurrence.legs.iter().cloned());
    }
    let mut open: Vec<Open> = found.into_values().collect();
    open.sort_by(|a, b| (a.run, &a.fingerprint).cmp(&(b.run, &b.fingerprint)));
    open
}

/// The fixes, each with how often it was applied and how often that helped.
fn fixes(records: &Memory, said: &Said, unreadable: &mut usize) -> BTreeMap<(Fingerprint, String), Fix> {
    let mut fixes: BTreeMap<(Fingerprint, String), Fix> = BTreeMap::new();
    for record in read::<FixRecord>(records, unreadable) {
        let id = record.id();
        let evidence = record.evidence;
        let fix = Fix {
            id: id.clone(),
            summary: record.summary,
            url: record.url,
            sha: record.sha,
            applied: 0,
            resolved: 0,
            last_at: record.at,
            learned_at: record.at,
            confidence: evidence
                .as_ref()
                .map_or(1.0, |evidence| evidence.confidence.clamp(0.0, 1.0)),
            files: evidence.map_or_else(Vec::new, |evidence| evidence.files),
            weighted: (0.0, 0.0),
            confirmed: said.confirmed(&record.fingerprint, &id),
        };
        fixes.insert((record.fingerprint, id), fix);
    }
    let outcomes: Vec<Outcome> = read(records, unreadable);
    let newest = outcomes.iter().map(|outcome| outcome.at).max().unwrap_or(0);
    for outcome in outcomes {
        if let Some(fix) = fixes.get_mut(&(outcome.fingerprint, outcome.fix)) {
            fix.applied += 1;
            fix.resolved += u64::from(outcome.resolved);
            fix.last_at = fix.last_at.max(outcome.at);
            let weight = recency(newest - outcome.at);
            fix.weighted.0 += weight;
            fix.weighted.1 += if outcome.resolved { weight } else { 0.0 };
        }
    }
    fixes
}

/// What an application counts for that is so many milliseconds older than the newest one in memory: half after
/// [`HALF_LIFE`]. The newest record is the clock, so that the same memory always gives the same order.
#[expect(clippy::cast_precision_loss, reason = "an age in milliseconds is exact in f64")]
fn recency(age: i64) -> f64 {
    (-(age.max(0) as f64) / HALF_LIFE as f64).exp2()
}

/// How promising a fix is: the Wilson bound of its weighted record, as far as it is sure to be a fix at all.
pub fn promise(fix: &Fix) -> f64 {
    let (applied, resolved) = fix.weighted;
    // A mild doubt: it orders what has helped once, and does not keep it from being tried beside what mostly fails.
    let doubt = if fix.resolved > 1 {
        0.0
    } else {
        0.2 * (1.0 - fix.confidence)
    };
    #[expect(clippy::cast_precision_loss, reason = "counts of this size are exact in f64")]
    let confirmed = fix.confirmed as f64;
    wilson(resolved + confirmed, applied + confirmed) * (1.0 - doubt)
}

/// The normal quantile of a 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// Lower end of the 95 % Wilson score interval for `successes` of `trials` (E. B. Wilson, 1927), 0 without trials:
/// two of two beats one of one, and nine of ten beats one of one.
#[expect(clippy::cast_precision_loss, reason = "counts of this size are exact in f64")]
pub fn wilson_lower_bound(successes: u64, trials: u64) -> f64 {
    wilson(successes as f64, trials as f64)
}

/// The same for weighted counts.
fn wilson(successes: f64, n: f64) -> f64 {
    if n <= 0.0 {
        return 0.0;
    }
    let share = (successes / n).clamp(0.0, 1.0);
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
