//! The whole of it: candidates, ranking, failures.

use super::describe::Scene;
use super::excerpt::{self, Excerpt};
use super::focus;
use super::merge::merge;
use super::model::Analysis;
use super::options::Options;
use super::rank::{self, Scored};
use super::scan;
use super::verdict;
use crate::log::Log;

/// Failures of one log, at most.
const MAX_FAILURES: usize = 5;
/// Candidates that are put in order.
const RANKED: usize = 200;
/// A further failure needs a candidate at least this telling.
const FURTHER: f64 = 7.0;

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
        let mut covered: Vec<(Excerpt, Option<usize>)> = Vec::new();
        for _ in 0..MAX_FAILURES {
            // Steps fail each for a reason of its own: a glimpse of another step's failure does not tell it.
            let tells = |(excerpt, region): &(Excerpt, Option<usize>), entry: &Scored| {
                excerpt.contains(entry.candidate.line) && (entry.region.is_none() || entry.region == *region)
            };
            let is_open = |entry: &Scored| covered.iter().all(|told| !tells(told, entry));
            let mut open: Vec<usize> = ranking
                .iter()
                .copied()
                .filter(|at| scored.get(*at).is_some_and(is_open))
                .collect();
            scene.put_head_first(&mut open);
            let best = open.first().and_then(|at| scored.get(*at));
            if !covered.is_empty() && best.is_none_or(|best| best.score < FURTHER) {
                break;
            }
            // Without a telling candidate the end of the failing step is what there is to show.
            let at = |entry: &Scored| entry.region.and_then(|at| regions.get(at));
            let speaks = best.filter(|best| excerpt::speaks(log, best, at(best)));
            let at = speaks.map_or(Some(0), |best| best.region);
            let region = at.and_then(|at| regions.get(at));
            let excerpt = excerpt::compose(log, &scored, &open, region, options.max_excerpt_lines);
            failures.push(scene.describe(open.first().copied(), region, &excerpt));
            covered.push((excerpt, at));
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
