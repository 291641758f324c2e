//! What was reached on logs of real tools (`tests/eval`) is kept: a change that understands fewer of them shows here.

use std::path::PathBuf;

use shipwright::app::eval::texts::Share;
use shipwright::app::eval::{Part, Request, run};

/// Shares in percent: what the last measurement reached, less two cases; one label in twenty is debatable.
struct Floor {
    part: Part,
    decisive: usize,
    top_ten: usize,
    marked: usize,
    category: usize,
    accepted: usize,
}

fn check(floor: &Floor) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/eval");
    let report = run(&Request {
        folder,
        part: floor.part,
        ..Request::default()
    });
    let report = report.expect("the folder is part of the project");
    let set = report.sets.first().expect("the set `why`");
    let ours = set.shown.get("shipwright").expect("our own row");
    let percent = |part: usize, whole: usize| part * 100 / whole.max(1);
    let measured = [
        ("decisive line shown", ours.decisive_in_first, floor.decisive),
        ("in the first ten", ours.in_top10, floor.top_ten),
        ("marked line right", ours.marked_right, floor.marked),
        ("category equal", set.categories.equal, floor.category),
        ("category accepted", set.categories.accepted, floor.accepted),
    ];
    assert!(ours.cases > 50, "{} cases", ours.cases);
    for (name, count, least) in measured {
        let reached = percent(count, ours.cases);
        assert!(reached >= least, "{:?}: {name}: {reached} %, was {least} %", floor.part);
    }
    // The same failure on another day, machine and line: always the same fingerprint.
    assert_eq!(set.stable, ours.cases + set.unlabelled, "{:?}", floor.part);
}

#[test]
fn logs_that_were_learned_from_stay_understood() {
    check(&Floor {
        part: Part::Tuning,
        decisive: 97,
        top_ten: 97,
        marked: 94,
        category: 91,
        accepted: 96,
    });
}

#[test]
fn logs_nobody_looked_at_are_understood_as_measured() {
    check(&Floor {
        part: Part::HeldOut,
        decisive: 96,
        top_ten: 90,
        marked: 71,
        category: 58,
        accepted: 79,
    });
}

/// As [`Floor`], of texts in which failures come up again; shares that should be small are ceilings.
struct TextFloor {
    part: Part,
    precision: usize,
    recall: usize,
    first: usize,
    known_precision: usize,
    known_recall: usize,
    strangers: usize,
}

fn check_texts(floor: &TextFloor) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/eval");
    let report = run(&Request {
        folder,
        set: Some("pairs".to_owned()),
        part: floor.part,
        ..Request::default()
    });
    let found = report.expect("the folder is part of the project").texts;
    let found = found.expect("the set `pairs`");
    assert!(found.texts > 150, "{} texts", found.texts);
    let percent = |share: Share| share.yes * 100 / share.of.max(1);
    for (name, share, least) in [
        ("fingerprint precision", found.fingerprint_precision, floor.precision),
        ("fingerprint recall", found.fingerprint_recall, floor.recall),
        ("recall@1", found.recall_at_1, floor.first),
        ("known before: precision", found.known_precision, floor.known_precision),
        ("known before: recall", found.known_recall, floor.known_recall),
    ] {
        let reached = percent(share);
        assert!(reached >= least, "{:?}: {name}: {reached} %, was {least} %", floor.part);
    }
    let strangers = percent(found.strangers_matched);
    assert!(
        strangers <= floor.strangers,
        "{:?}: {strangers} % of strangers",
        floor.part
    );
}

#[test]
fn failures_that_were_learned_from_are_known_again() {
    check_texts(&TextFloor {
        part: Part::Tuning,
        precision: 98,
        recall: 73,
        first: 87,
        known_precision: 96,
        known_recall: 88,
        strangers: 4,
    });
}

#[test]
fn failures_nobody_looked_at_are_known_again_as_measured() {
    check_texts(&TextFloor {
        part: Part::HeldOut,
        precision: 95,
        recall: 69,
        first: 85,
        known_precision: 95,
        known_recall: 86,
        strangers: 4,
    });
}
