//! The whole of it: candidates, ranking, failures.

use super::describe::Scene;
use super::excerpt::{self, Excerpt};
use super::focus;
use super::merge::merge;
use super::model::Analysis;
use super::options::Options;
use super::rank::{self, Scored};
use super::rule::Kind;
use super::scan;
use super::verdict;
use crate::log::Log;

/// Failures of one log, at most.
const MAX_FAILURES: usize = 5;
/// Candidates that are put in order.
const RANKED: usize = 200;
/// A further failure needs a candidate at least this telling.
const FURTHER: f64 = 7.0;

/// What a failure that is described already leaves untold.
pub(super) struct Told {
    excerpt: Excerpt,
    pub region: Option<usize>,
    of_tests: bool,
}

impl Told {
    /// Whether a candidate is part of it. Steps fail each for a reason of its own: a glimpse of another step's failure does
    /// not tell it. In a step in which tests failed, what names no test is what the tests printed.
    fn tells(&self, entry: &Scored) -> bool {
        let here = entry.region.is_none() || entry.region == self.region;
        let names_test = matches!(entry.candidate.best().kind, Kind::Test | Kind::Summary);
        here && (self.excerpt.contains(entry.candidate.line) || self.of_tests && !names_test)
    }
}

/// Says what failed in a log, and why. Never fails; a log without a failure gives none.
pub fn analyze(log: &Log, options: &Options) -> Analysis {
    let regions = focus::regions(log, options);
    let scored = rank::rank(log, scan::scan(log), &regions, options);
    let mut failures = Vec::new();
    if verdict::failed(log, &regions, &scored) {
        let ranking = rank::order(&scored, RANKED);
        let scene = Scene {
            log,
            options,
            scored: &scored,
        };
        let mut told: Vec<Told> = Vec::new();
        for _ in 0..MAX_FAILURES {
            let is_open = |entry: &Scored| told.iter().all(|told| !told.tells(entry));
            let mut open: Vec<usize> = ranking
                .iter()
                .copied()
                .filter(|at| scored.get(*at).is_some_and(is_open))
                .collect();
            scene.put_head_first(&mut open);
            let best = open.first().and_then(|at| scored.get(*at));
            if !told.is_empty() && best.is_none_or(|best| best.score < FURTHER) {
                // What is left says little; but a test that failed beside another may have a reason of its own.
                let Some(other) = scene.other_test(&failures, &told) else {
                    break;
                };
                open.retain(|at| *at != other);
                open.insert(0, other);
            }
            let best = open.first().and_then(|at| scored.get(*at));
            // Without a telling candidate the end of the failing step is what there is to show.
            let at = |entry: &Scored| entry.region.and_then(|at| regions.get(at));
            let speaks = best.filter(|best| excerpt::speaks(log, best, at(best)));
            let at = speaks.map_or(Some(0), |best| best.region);
            let region = at.and_then(|at| regions.get(at));
            let excerpt = excerpt::compose(log, &scored, &open, region, options.max_excerpt_lines);
            let failure = scene.describe(open.first().copied(), region, &excerpt);
            told.push(Told {
                excerpt,
                region: at,
                of_tests: !failure.tests.is_empty(),
            });
            failures.push(failure);
        }
    }
    // A run that went well has no failures, whatever a report of an ignored step says.
    if !failures.is_empty() || log.is_empty() {
        merge(&mut failures, options, MAX_FAILURES);
    }
    Analysis {
        lines: log.lines(),
        bytes: log.bytes(),
        failures,
    }
}
