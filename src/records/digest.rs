//! What a memory has seen and learned, in figures: for `memory stats` and the step summary.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ended::ended;
use super::history::History;
use super::model::{Occurrence, Proposal, Record, Resolution, Verdict};
use crate::memory::Memory;

/// Weeks shown.
const WEEKS: i64 = 8;

/// Failures and fixes named.
const NAMED: usize = 5;

const DAY: i64 = 86_400_000;

/// Figures of a memory.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Digest {
    /// Different failures.
    pub failures: usize,
    /// Sightings of them.
    pub sightings: usize,
    /// Sightings in each of the last weeks up to the newest sighting, oldest first; a week by its first day.
    pub weeks: Vec<Week>,
    /// The failures seen most.
    pub top: Vec<TopFailure>,
    /// How long a failure is red on a branch until it is gone, in the mean; minutes.
    pub mean_minutes_to_green: Option<u64>,
    /// How often fixes were applied, and how often that helped.
    pub fixes: Effect,
    /// The fixes that are proven best.
    pub best_fixes: Vec<BestFix>,
    /// What became of suggestions.
    pub suggestions: Suggestions,
    /// Failures that pass on a rerun.
    pub flaky: Vec<FlakyFailure>,
}

/// A week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Week {
    /// Its first day, `2026-11-02`.
    pub from: String,
    /// Sightings in it.
    pub sightings: usize,
}

/// A failure seen often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TopFailure {
    /// Its title; a log's text.
    pub title: String,
    /// How often.
    pub seen: u64,
    /// Its category.
    pub category: &'static str,
}

/// Applications and successes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Effect {
    /// Different fixes known.
    pub known: usize,
    /// Applications.
    pub applied: u64,
    /// Those after which the failure was gone.
    pub resolved: u64,
}

/// A fix with its record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BestFix {
    /// What was done.
    pub summary: String,
    /// Applications.
    pub applied: u64,
    /// Successes.
    pub resolved: u64,
}

/// What became of suggestions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Suggestions {
    /// Made in all.
    pub made: usize,
    /// The failure was gone afterwards.
    pub resolved: usize,
    /// It came back.
    pub failed: usize,
    /// It was flaky.
    pub flaky: usize,
    /// Nobody will know.
    pub stale: usize,
    /// Not known yet.
    pub open: usize,
}

/// A failure that passes on a rerun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlakyFailure {
    /// Its title.
    pub title: String,
    /// Reruns that passed.
    pub passed: u64,
    /// Reruns in all.
    pub reruns: u64,
}

impl Digest {
    /// The figures of a memory's records.
    pub fn of(records: &Memory) -> Self {
        let history = History::of(records);
        let mut times: Vec<i64> = Vec::new();
        for (_, entry) in records.namespace(Occurrence::NAMESPACE) {
            let occurrence: Option<Occurrence> = serde_json::from_str(entry.text()).ok();
            times.extend(occurrence.map(|occurrence| occurrence.at));
        }
        let mut failures: Vec<_> = history.failures.iter().collect();
        failures.sort_by(|a, b| b.seen.cmp(&a.seen).then(b.last_seen.cmp(&a.last_seen)));
        let top = failures.iter().take(NAMED).map(|known| TopFailure {
            title: known.title.clone(),
            seen: known.seen,
            category: known.category.as_str(),
        });
        let mut fixes: Vec<_> = history.failures.iter().flat_map(|known| &known.fixes).collect();
        fixes.sort_by(|a, b| super::promise(b).total_cmp(&super::promise(a)).then(a.id.cmp(&b.id)));
        let mut flaky: Vec<_> = history.failures.iter().filter(|known| known.flaky > 0).collect();
        flaky.sort_by_key(|known| std::cmp::Reverse(known.flaky));
        Self {
            failures: history.failures.len(),
            sightings: times.len(),
            weeks: weeks(&times),
            top: top.collect(),
            mean_minutes_to_green: mean_minutes(records),
            fixes: Effect {
                known: fixes.len(),
                applied: fixes.iter().map(|fix| fix.applied).sum(),
                resolved: fixes.iter().map(|fix| fix.resolved).sum(),
            },
            best_fixes: fixes
                .iter()
                .take(NAMED)
                .map(|fix| BestFix {
                    summary: fix.summary.clone(),
                    applied: fix.applied,
                    resolved: fix.resolved,
                })
                .collect(),
            suggestions: suggestions(records, history.open.len()),
            flaky: flaky
                .iter()
                .take(NAMED)
                .map(|known| FlakyFailure {
                    title: known.title.clone(),
                    passed: known.flaky,
                    reruns: known.flaky + known.stubborn,
                })
                .collect(),
        }
    }

    /// Whether there is anything to show.
    pub fn is_empty(&self) -> bool {
        self.failures == 0
    }
}

/// Sightings by week; weeks begin on Mondays. The newest sighting is the clock.
fn weeks(times: &[i64]) -> Vec<Week> {
    let Some(newest) = times.iter().max() else {
        return Vec::new();
    };
    // The first of January 1970 was a Thursday.
    let week = |at: i64| (at.div_euclid(DAY) + 3).div_euclid(7);
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for at in times {
        *counts.entry(week(*at)).or_default() += 1;
    }
    let last = week(*newest);
    let first = counts.keys().next().copied().unwrap_or(last);
    let from = first.max(last - WEEKS + 1);
    let shown = (from..=last).map(|week| Week {
        from: day((week * 7 - 3) * DAY),
        sightings: counts.get(&week).copied().unwrap_or(0),
    });
    shown.collect()
}

fn day(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at)
        .map_or_else(|_| "unknown".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

fn mean_minutes(records: &Memory) -> Option<u64> {
    let ends = records.namespace(Resolution::NAMESPACE);
    let ends = ends.filter_map(|(_, entry)| serde_json::from_str::<Resolution>(entry.text()).ok());
    let spans: Vec<i64> = ends
        .filter(|end| end.verdict == Verdict::Resolved && end.trusted)
        .filter_map(|end| end.after)
        .collect();
    let count = i64::try_from(spans.len()).ok().filter(|count| *count > 0)?;
    u64::try_from(spans.iter().sum::<i64>() / count / 60_000).ok()
}

fn suggestions(records: &Memory, open: usize) -> Suggestions {
    let mut all = Suggestions {
        made: records.namespace(Proposal::NAMESPACE).count(),
        open,
        ..Suggestions::default()
    };
    for (_, end) in ended(records) {
        match end.verdict {
            Verdict::Resolved => all.resolved += 1,
            Verdict::Failed => all.failed += 1,
            Verdict::Flaky => all.flaky += 1,
            Verdict::Stale => all.stale += 1,
        }
    }
    all
}

/// The share of applications that helped, in percent; `None` without any.
pub fn percent(effect: &Effect) -> Option<u64> {
    (effect.applied > 0).then(|| (effect.resolved * 100 + effect.applied / 2) / effect.applied)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_mondays_and_empty_ones_are_shown() {
        // A Sunday, the Monday after it, and a Wednesday two weeks later.
        let times = [1_793_577_600_000 - DAY, 1_793_577_600_000, 1_793_577_600_000 + 16 * DAY];
        let shown = weeks(&times);
        let shown: Vec<(&str, usize)> = shown.iter().map(|week| (week.from.as_str(), week.sightings)).collect();
        assert_eq!(
            shown,
            [
                ("2026-10-26", 1),
                ("2026-11-02", 1),
                ("2026-11-09", 0),
                ("2026-11-16", 1)
            ]
        );
        assert_eq!(weeks(&[]), []);
        assert_eq!(weeks(&[0, 900 * DAY]).len(), 8);
    }

    #[test]
    fn an_empty_memory_has_an_empty_digest() {
        let digest = Digest::of(&Memory::default());
        assert!(digest.is_empty() && digest.mean_minutes_to_green.is_none());
        assert_eq!(percent(&digest.fixes), None);
        assert_eq!(
            percent(&Effect {
                known: 1,
                applied: 3,
                resolved: 2
            }),
            Some(67)
        );
    }
}
