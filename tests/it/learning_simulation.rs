//! What a backfill learns from a history whose truth is known.

use std::collections::BTreeSet;

use shipwright::app::local::LocalMemory;
use shipwright::failure::{Options, analyze};
use shipwright::ids::Fingerprint;
use shipwright::log::Log;
use shipwright::records::{FixRecord, History, Record};

use crate::simulation::failures::{self, Nature};
use crate::simulation::{Teller, Truth};
use crate::world::World;

/// The fingerprint of each of the invented failures, and that there are thirty of them.
fn fingerprints() -> Vec<Fingerprint> {
    let of = |template: &failures::Template, second, noise| {
        let log = template.log(second, noise);
        let found = analyze(&Log::from_bytes(log.as_bytes()), &Options::default()).failures;
        assert_eq!(found.len(), 1, "{template:?}: {found:?}");
        found[0].fingerprint.clone()
    };
    let templates = failures::all();
    let all: Vec<Fingerprint> = templates.iter().map(|template| of(template, 100, 30)).collect();
    let again: Vec<Fingerprint> = templates.iter().map(|template| of(template, 70_000, 77)).collect();
    assert_eq!(all, again, "the same failure on another day is another");
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 30);
    all
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

struct Found {
    precision: f64,
    recall: f64,
    alone: usize,
    first: f64,
    flaky_credited: usize,
    ranked: usize,
}

/// Holds what was learned against the truth.
fn judge(history: &History, records: &[FixRecord], truth: &Truth, names: &[Fingerprint]) -> Found {
    let real = |failure: usize| failures::all()[failure].nature == Nature::Real;
    let of = |fingerprint: &Fingerprint| names.iter().position(|name| name == fingerprint);
    // What a report would say: the fixes of the folded history.
    let mut credited: Vec<(usize, String, bool)> = Vec::new();
    for known in &history.failures {
        let failure = of(&known.fingerprint).expect("a failure nobody invented");
        for fix in &known.fixes {
            let record = records
                .iter()
                .find(|record| record.fingerprint == known.fingerprint && record.id() == fix.id);
            let alone = record
                .and_then(|record| record.evidence.as_ref())
                .is_some_and(|evidence| evidence.commits == 1);
            credited.push((failure, fix.sha.clone().unwrap_or_default(), alone));
        }
    }
    let is_true = |failure: usize, sha: &str| truth.fixes.iter().any(|fix| fix.failure == failure && fix.sha == sha);
    let single: Vec<_> = credited.iter().filter(|(_, _, alone)| *alone).collect();
    let right = single.iter().filter(|(failure, sha, _)| is_true(*failure, sha)).count();
    let alone: Vec<_> = truth
        .fixes
        .iter()
        .filter(|fix| fix.alone && real(fix.failure))
        .collect();
    let found = alone.iter().filter(|fix| {
        credited
            .iter()
            .any(|(failure, sha, _)| *failure == fix.failure && *sha == fix.sha)
    });
    let ranked: Vec<_> = history
        .failures
        .iter()
        .filter(|known| {
            truth
                .fixes
                .iter()
                .any(|fix| fix.alone && of(&known.fingerprint) == Some(fix.failure))
        })
        .collect();
    let first = ranked.iter().filter(|known| {
        let best = known.fixes.first().and_then(|fix| fix.sha.as_deref());
        best.is_some_and(|sha| is_true(of(&known.fingerprint).unwrap(), sha))
    });
    Found {
        precision: share(right, single.len()),
        recall: share(found.count(), alone.len()),
        alone: alone.len(),
        first: share(first.count(), ranked.len()),
        flaky_credited: credited.iter().filter(|(failure, _, _)| !real(*failure)).count(),
        ranked: ranked.len(),
    }
}

#[tokio::test]
async fn a_backfill_finds_what_really_fixed_each_failure_and_credits_nothing_for_flaky_ones() {
    let names = fingerprints();
    for seed in [7, 2026] {
        let world = World::new().await;
        let truth = Teller::new(&world, seed).tell(200);
        let memory = world.path("memory.json");
        let path = memory.to_str().unwrap();
        let arguments = [
            "backfill",
            "--repo",
            "octo/ship",
            "--days",
            "30",
            "--memory",
            path,
            "--format",
            "json",
        ];
        let summary = world.cli(&arguments).await.ok().json();
        assert_eq!(summary["complete"], true, "{summary}");

        let tree = LocalMemory::open(Some(path)).unwrap().read().unwrap();
        let history = History::of(&tree.records);
        assert_eq!(history.unreadable, 0);
        let fixes = tree.records.namespace(FixRecord::NAMESPACE);
        let fixes = fixes.map(|(_, entry)| serde_json::from_str(entry.value.as_deref().unwrap()).unwrap());
        let fixes: Vec<FixRecord> = fixes.collect();
        let found = judge(&history, &fixes, &truth, &names);
        println!(
            "seed {seed}: {} runs, {} calls, {} of 30 failures seen; {} single-commit fixes: precision {:.3}, recall {:.3}; \
             first suggestion true for {:.3} of {}; flaky credited {} ({} flaky reruns)",
            truth.runs,
            summary["calls"],
            truth.seen.len(),
            found.alone,
            found.precision,
            found.recall,
            found.first,
            found.ranked,
            found.flaky_credited,
            truth.rerun.len(),
        );
        assert!(found.alone >= 15, "too few fixes to say anything: {}", found.alone);
        assert!(found.precision >= 0.95, "precision {}", found.precision);
        assert!(found.recall >= 0.9, "recall {}", found.recall);
        assert!(found.first >= 0.95, "first {}", found.first);
        assert_eq!(found.flaky_credited, 0, "a flaky failure is credited with a fix");
        assert!(summary["calls"].as_u64().unwrap() < 1000, "{summary}");
        world.finish();
    }
}
