//! How good the matching is, whether it gets worse, and going back when learned words are to blame.

use std::collections::BTreeMap;

use super::super::stores::{Extra, Heuristics, History, Kept, Meta, Point, Weights, push_bounded, round};
use super::super::{Policy, timestamp};

/// Points of the trend that are kept, and that are compared.
const TREND: usize = 50;
const COMPARED: usize = 10;
/// A drop of this many points is a decline.
const DECLINE: f64 = 5.0;

/// Resolved matches and how many of them were right.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Accuracy {
    /// Matches.
    pub matches: usize,
    /// With an outcome.
    pub resolved: usize,
    /// Successful.
    pub successes: usize,
}

impl Accuracy {
    /// Percent of the resolved, one decimal; `None` when there are none.
    #[expect(clippy::cast_precision_loss, reason = "at most some thousand")]
    pub fn percent(&self) -> Option<f64> {
        (self.resolved > 0).then(|| round(self.successes as f64 * 100.0 / self.resolved as f64, 1))
    }
}

/// Counts a history.
pub fn accuracy(history: &History) -> Accuracy {
    history.matches().fold(Accuracy::default(), |mut sum, record| {
        sum.matches += 1;
        if let Some(succeeded) = record.succeeded() {
            sum.resolved += 1;
            sum.successes += usize::from(succeeded);
        }
        sum
    })
}

/// What the trend says.
#[derive(Debug, Clone, PartialEq)]
pub enum Trend {
    /// Too few points, or nothing to say.
    Quiet,
    /// Worse than before.
    Declining {
        /// Mean of the earlier half, percent.
        first_half: f64,
        /// Of the later half.
        second_half: f64,
    },
    /// Worse than before and below the floor: the words learned last were taken back.
    Reverted {
        /// Means as above.
        first_half: f64,
        /// Of the later half.
        second_half: f64,
        /// Learned words that are in force now.
        words: usize,
    },
    /// Below the floor, but no worse than before.
    Low,
}

/// What a reflection found.
#[derive(Debug, Clone, PartialEq)]
pub struct Reflection {
    /// The figures.
    pub accuracy: Accuracy,
    /// Corrections on record.
    pub corrections: usize,
    /// Roles with most corrections, most first, at most three.
    pub failing: Vec<(String, usize)>,
    /// The newest point of the trend, percent.
    pub current: Option<f64>,
    /// What the trend says.
    pub trend: Trend,
}

/// Adds a point to the trend when there is one to add, and takes learned words back when they made things worse.
pub fn reflect(
    history: &History,
    meta: &mut Meta,
    heuristics: &mut Heuristics,
    policy: &Policy,
    now: i64,
) -> Reflection {
    let counted = accuracy(history);
    if let Some(percent) = counted.percent() {
        let point = Point {
            accuracy: percent,
            ts: timestamp(now),
            extra: Extra::new(),
        };
        push_bounded(&mut meta.accuracy_trend, Kept::Known(point), TREND);
        meta.last_reflection = timestamp(now);
    }
    let points: Vec<f64> = meta
        .accuracy_trend
        .iter()
        .filter_map(|point| Some(point.known()?.accuracy))
        .collect();
    let current = points.last().copied();
    let trend = judge(&points, policy, heuristics, now);
    let mut failing: BTreeMap<String, usize> = BTreeMap::new();
    for correction in meta.corrections.iter().filter_map(Kept::known) {
        *failing.entry(correction.role.clone()).or_default() += 1;
    }
    let mut failing: Vec<(String, usize)> = failing.into_iter().collect();
    failing.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    failing.truncate(3);
    Reflection {
        accuracy: counted,
        corrections: meta.corrections.len(),
        failing,
        current,
        trend,
    }
}

fn judge(points: &[f64], policy: &Policy, heuristics: &mut Heuristics, now: i64) -> Trend {
    let newest = points.get(points.len().saturating_sub(COMPARED)..).unwrap_or_default();
    let (Some(&current), 3..) = (newest.last(), newest.len()) else {
        return Trend::Quiet;
    };
    let (first, second) = newest.split_at(newest.len() / 2);
    let (first_half, second_half) = (mean(first), mean(second));
    let low = current < policy.meta_learning_accuracy_floor;
    if first_half - second_half <= DECLINE {
        return if low { Trend::Low } else { Trend::Quiet };
    }
    if !low || heuristics.keyword_weights.is_empty() && heuristics.snapshots.is_empty() {
        return Trend::Declining {
            first_half,
            second_half,
        };
    }
    heuristics.keyword_weights = heuristics
        .snapshots
        .pop()
        .map_or_else(Weights::default, |snapshot| snapshot.keyword_weights);
    heuristics
        .extra
        .insert("meta_reverted_at".to_owned(), timestamp(now).into());
    heuristics
        .extra
        .insert("revert_reason".to_owned(), "accuracy_below_floor".into());
    Trend::Reverted {
        first_half,
        second_half,
        words: heuristics.keyword_weights.len(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "at most ten")]
fn mean(points: &[f64]) -> f64 {
    round(points.iter().sum::<f64>() / (points.len().max(1)) as f64, 1)
}

#[cfg(test)]
mod tests {
    use super::super::super::stores::{Learned, MatchRecord, Snapshot};
    use super::*;

    fn history(outcomes: &[Option<&str>]) -> History {
        let mut history = History::default();
        for outcome in outcomes {
            let record = MatchRecord {
                outcome: outcome.map(str::to_owned),
                ..MatchRecord::default()
            };
            history.push(record, 1_000);
        }
        history
    }

    fn learned(role: &str) -> Learned {
        Learned {
            role: role.to_owned(),
            weight: 5.0,
            source: "self-tuned".to_owned(),
            extra: Extra::new(),
        }
    }

    fn run(trend: &[f64], heuristics: &mut Heuristics) -> Reflection {
        let mut meta = Meta::default();
        for accuracy in trend {
            meta.accuracy_trend.push(Kept::Known(Point {
                accuracy: *accuracy,
                ..Point::default()
            }));
        }
        reflect(&history(&[None, None]), &mut meta, heuristics, &Policy::default(), 0)
    }

    #[test]
    fn accuracy_is_of_the_resolved_matches_and_never_out_of_range() {
        let counted = accuracy(&history(&[None, Some("success"), Some("failure"), Some("success")]));
        assert_eq!(
            (counted.matches, counted.resolved, counted.percent()),
            (4, 3, Some(66.7))
        );
        assert_eq!(accuracy(&history(&[None])).percent(), None);
        assert_eq!(accuracy(&history(&[Some("failure"); 3])).percent(), Some(0.0));
    }

    #[test]
    fn a_revert_goes_back_to_what_was_before_the_last_tuning() {
        let mut heuristics = Heuristics::default();
        heuristics.keyword_weights.insert("bad", learned("pm"));
        let mut before = Weights::default();
        before.insert("good", learned("tester"));
        heuristics.snapshots.push(Snapshot {
            keyword_weights: before,
            ..Snapshot::default()
        });
        let reflection = run(&[90.0, 85.0, 60.0, 45.0], &mut heuristics);
        assert!(matches!(reflection.trend, Trend::Reverted { words: 1, .. }));
        assert_eq!(heuristics.keyword_weights.keys().collect::<Vec<_>>(), ["good"]);
        assert_eq!(heuristics.extra["revert_reason"], "accuracy_below_floor");
    }

    #[test]
    fn the_trend_is_told() {
        let mut nothing = Heuristics::default();
        assert!(matches!(
            run(&[90.0, 85.0, 60.0, 45.0], &mut nothing).trend,
            Trend::Declining { .. }
        ));
        assert!(matches!(
            run(&[90.0, 90.0, 80.0, 80.0], &mut nothing).trend,
            Trend::Declining { .. }
        ));
        assert_eq!(run(&[40.0, 41.0, 42.0], &mut nothing).trend, Trend::Low);
        assert_eq!(run(&[80.0, 81.0, 82.0], &mut nothing).trend, Trend::Quiet);
        assert_eq!(run(&[90.0, 10.0], &mut nothing).trend, Trend::Quiet);
    }
}
