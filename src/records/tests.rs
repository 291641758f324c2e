use super::*;
use crate::failure::{Category, Class, Signature};
use crate::ids::Fingerprint;
use crate::memory::Memory;

fn fingerprint(byte: u8) -> Fingerprint {
    Fingerprint::from_digest(&[byte; 16])
}

fn occurrence(byte: u8, seen_in: &str, at: i64) -> Occurrence {
    Occurrence {
        fingerprint: fingerprint(byte),
        seen_in: seen_in.to_owned(),
        at,
        title: format!("title at {at}"),
        category: Category::Timeout,
        class: Class::Transient,
        tool: None,
        tests: Vec::new(),
        paths: Vec::new(),
        signature: Signature::default(),
        workflow: "CI".to_owned(),
        job: "test".to_owned(),
        legs: Vec::new(),
        scope: String::new(),
        branch: format!("branch-{}", at % 2),
        sha: String::new(),
        pull: None,
        url: format!("https://example.test/{at}"),
        trusted: true,
    }
}

fn outcome(fix: &FixRecord, applied_to: &str, resolved: bool) -> Outcome {
    Outcome {
        fingerprint: fix.fingerprint.clone(),
        fix: fix.id(),
        applied_to: applied_to.to_owned(),
        at: 9,
        resolved,
    }
}

fn fix(byte: u8, summary: &str) -> FixRecord {
    FixRecord {
        fingerprint: fingerprint(byte),
        at: 5,
        summary: summary.to_owned(),
        url: None,
        sha: None,
        evidence: None,
    }
}

#[test]
fn sightings_are_folded_and_the_same_event_counts_once() {
    let mut records = Memory::default();
    for at in [30, 10, 20] {
        occurrence(1, &format!("run{at}"), at).store(&mut records, None);
        occurrence(1, &format!("run{at}"), at).store(&mut records, None);
    }
    occurrence(2, "run1", 1).store(&mut records, None);
    let history = History::of(&records);
    let known = history.get(&fingerprint(1)).unwrap();
    assert_eq!((known.seen, known.first_seen, known.last_seen), (3, 10, 30));
    assert_eq!(known.title, "title at 30");
    assert_eq!(known.url.as_deref(), Some("https://example.test/30"));
    assert_eq!(known.branches, ["branch-0"]);
    assert_eq!(history.failures.len(), 2);
    assert!(history.get(&fingerprint(9)).is_none());
}

#[test]
fn a_strangers_sighting_does_not_displace_ours() {
    let mut records = Memory::default();
    occurrence(1, "ours", 10).store(&mut records, None);
    let mut foreign = occurrence(1, "theirs", 20);
    foreign.trusted = false;
    foreign.title = "visit my page".to_owned();
    foreign.store(&mut records, None);
    let known = History::of(&records).failures.remove(0);
    assert_eq!((known.seen, known.title.as_str()), (2, "title at 10"));
    assert_eq!(known.url.as_deref(), Some("https://example.test/10"));
}

#[test]
fn fixes_are_ranked_by_what_is_proven() {
    let mut records = Memory::default();
    occurrence(1, "run", 1).store(&mut records, None);
    let (often, once, never) = (fix(1, "often"), fix(1, "once"), fix(1, "never"));
    for record in [&never, &once, &often] {
        record.store(&mut records, None);
    }
    outcome(&once, "a", true).store(&mut records, None);
    for number in 0..10 {
        outcome(&often, &format!("o{number}"), number > 0).store(&mut records, None);
        outcome(&never, &format!("n{number}"), false).store(&mut records, None);
    }
    let known = History::of(&records).failures.remove(0);
    let order: Vec<&str> = known.fixes.iter().map(|fix| fix.summary.as_str()).collect();
    assert_eq!(order, ["often", "once", "never"]);
    assert_eq!((known.fixes[0].applied, known.fixes[0].resolved), (10, 9));
    assert!((known.fixes[0].effectiveness() - 0.9).abs() < 1e-9);
}

#[test]
fn suggestions_stay_open_until_their_end_is_known() {
    let mut records = Memory::default();
    occurrence(1, "run", 1).store(&mut records, None);
    for id in ["a", "b"] {
        let proposal = Proposal {
            id: id.to_owned(),
            ts: 1,
            stage: None,
            category: Category::Timeout,
            actions: vec!["retry".to_owned()],
            fixes: Vec::new(),
            fingerprint: fingerprint(1),
            run: "run".to_owned(),
            scope: String::new(),
        };
        proposal.store(&mut records, None);
    }
    let end = Resolution {
        suggestion: "a".to_owned(),
        at: 2,
        verdict: Verdict::Flaky,
        sha: String::new(),
        fingerprint: None,
        after: None,
        trusted: true,
    };
    end.store(&mut records, None);
    let history = History::of(&records);
    assert_eq!(
        history.open.iter().map(|open| open.id.as_str()).collect::<Vec<_>>(),
        ["b"]
    );
    assert_eq!(history.failures[0].flaky, 1);
}

#[test]
fn unreadable_records_are_counted_not_fatal() {
    let mut records = Memory::default();
    let good = occurrence(1, "run", 1);
    good.store(&mut records, None);
    let mut entry = good.to_entry(None);
    entry.value = Some("{\"half\":".to_owned());
    records.insert(crate::memory::Identity::new(Occurrence::NAMESPACE, "broken"), entry);
    let history = History::of(&records);
    assert_eq!((history.failures.len(), history.unreadable), (1, 1));
}

#[test]
fn wilson_bound_prefers_evidence() {
    let order = [(0, 0), (0, 5), (1, 1), (2, 2), (9, 10), (90, 100)];
    let bounds: Vec<f64> = order
        .iter()
        .map(|(good, all)| wilson_lower_bound(*good, *all))
        .collect();
    assert!(bounds.windows(2).all(|pair| pair[0] <= pair[1]), "{bounds:?}");
    assert!((wilson_lower_bound(1, 1) - 0.2065).abs() < 1e-3);
}

#[test]
fn an_event_told_again_at_another_time_is_not_new() {
    let mut known = Memory::default();
    occurrence(1, "1.1.test", 10).store(&mut known, None);
    let mut fresh = Memory::default();
    let again = Occurrence {
        at: 99,
        ..occurrence(1, "1.1.test", 10)
    };
    again.store(&mut fresh, None);
    assert_eq!(unknown_to(&known, &fresh), Memory::default());
    occurrence(1, "2.1.test", 99).store(&mut fresh, None);
    assert_eq!(unknown_to(&known, &fresh).len(), 1);
    let other = Occurrence {
        title: "told otherwise".to_owned(),
        ..again
    };
    let mut changed = Memory::default();
    other.store(&mut changed, None);
    assert_eq!(unknown_to(&known, &changed), changed);
}
