use serde_json::{Map, json};

use super::*;
use crate::memory::{Delta, Tombstone};

const NOW: i64 = 1_000;

pub(super) fn context(trust: ExportTrust) -> Context {
    Context {
        trust,
        now: NOW,
        origin: None,
    }
}

fn id(key: &str) -> Identity {
    Identity::new("n", key)
}

pub(super) fn entry(value: &str, time: i64) -> Entry {
    Entry {
        value: Some(value.to_owned()),
        updated_at: Some(time),
        created_at: Some(1),
        ..Entry::default()
    }
}

fn tree(entries: &[(&str, Entry)]) -> Tree {
    let mut tree = Tree::default();
    for (key, entry) in entries {
        tree.insert(id(key), entry.clone());
    }
    tree
}

fn dead(key: &str, deleted_at: i64, value: &str) -> Tree {
    let mut tree = Tree::default();
    let sha256 = entry(value, 0).sha256();
    tree.tombstones.insert(
        id(key),
        Tombstone {
            deleted_at,
            sha256,
            updated_at: Some(10),
            extra: Map::new(),
        },
    );
    tree
}

/// The value and time of `k`, or `None`.
fn of_k(tree: &Tree) -> Option<(&str, i64)> {
    tree.get(&id("k"))
        .map(|entry| (entry.text(), entry.updated_at.unwrap_or(-1)))
}

fn check(base: &Tree, local: &Tree, remote: &Tree, expect: Option<(&str, i64)>) -> Merged {
    let merged = three_way(Some(base), local, remote, &context(ExportTrust::Trusted));
    assert_eq!(of_k(&merged.tree), expect);
    merged
}

#[test]
fn an_untouched_copy_with_a_reset_clock_never_beats_a_change_elsewhere() {
    let base = tree(&[("k", entry("old", 10))]);
    check(
        &base,
        &tree(&[("k", entry("old", 900))]),
        &tree(&[("k", entry("new", 20))]),
        Some(("new", 20)),
    );
}

#[test]
fn restore_reset_change_one_persist_makes_only_that_one_newer() {
    let base = tree(&[("a", entry("1", 10)), ("b", entry("2", 20)), ("k", entry("3", 30))]);
    let mut local = Tree::default();
    for (identity, before) in base.entries() {
        let reset = Entry {
            created_at: Some(900),
            updated_at: Some(900),
            ..before.clone()
        };
        local.insert(identity.clone(), reset);
    }
    local.insert(id("k"), entry("3 changed", 950));
    let merged = check(&base, &local, &base, Some(("3 changed", 950)));
    let times: Vec<_> = merged
        .tree
        .entries()
        .map(|(_, entry)| entry.updated_at.unwrap())
        .collect();
    assert_eq!(times, [10, 20, 950]);
    assert_eq!(merged.tree.get(&id("k")).unwrap().created_at, Some(1));
    assert_eq!((merged.report.updated, merged.report.unchanged), (1, 2));
}

#[test]
fn a_change_without_a_newer_time_gets_one() {
    let base = tree(&[("k", entry("old", 10))]);
    check(&base, &tree(&[("k", entry("new", 10))]), &base, Some(("new", NOW)));
    let ahead = tree(&[("k", entry("old", 5_000))]);
    check(&ahead, &tree(&[("k", entry("new", 10))]), &ahead, Some(("new", 5_001)));
}

#[test]
fn of_two_changes_the_later_stands_and_a_tie_goes_by_hash() {
    let base = tree(&[("k", entry("old", 10))]);
    let (mine, yours) = (tree(&[("k", entry("mine", 30))]), tree(&[("k", entry("yours", 20))]));
    assert_eq!(check(&base, &mine, &yours, Some(("mine", 30))).report.conflicts, 1);
    assert_eq!(check(&base, &yours, &mine, Some(("mine", 30))).report.conflicts, 1);
    let tie = tree(&[("k", entry("yours", 30))]);
    let winner = if entry("mine", 0).sha256() > entry("yours", 0).sha256() {
        "mine"
    } else {
        "yours"
    };
    check(
        &base,
        &mine,
        &tie,
        Some((winner, if winner == "mine" { 31.max(NOW) } else { 30 })),
    );
}

#[test]
fn absence_deletes_only_when_the_export_can_be_believed() {
    let base = tree(&[("k", entry("v", 10)), ("other", entry("o", 10))]);
    let local = tree(&[("other", entry("o", 10))]);
    let merged = check(&base, &local, &base, None);
    let tombstone = merged.tree.tombstones.get(&id("k")).unwrap();
    assert_eq!(
        (tombstone.deleted_at, &tombstone.sha256),
        (NOW, &entry("v", 0).sha256())
    );
    let untrusted = three_way(Some(&base), &local, &base, &context(ExportTrust::Untrusted));
    assert_eq!(untrusted.tree, base);
    check(&base, &Tree::default(), &base, Some(("v", 10)));
    let nulls = tree(&[(
        "other",
        Entry {
            value: None,
            ..entry("", 50)
        },
    )]);
    assert_eq!(check(&base, &nulls, &base, Some(("v", 10))).report.ignored_null, 1);
}

#[test]
fn an_export_of_one_namespace_says_nothing_about_the_others() {
    let base = tree(&[("k", entry("v", 10)), ("other", entry("o", 10))]);
    let mut local = Tree::default();
    local.insert(Identity::new("m", "new"), entry("x", 10));
    local.memory.filter = Some("m".to_owned());
    check(&base, &local, &base, Some(("v", 10)));
}

#[test]
fn a_change_elsewhere_beats_a_deletion_and_so_does_a_change_here() {
    let base = tree(&[("k", entry("v", 10)), ("other", entry("o", 10))]);
    let without = tree(&[("other", entry("o", 10))]);
    check(&base, &without, &tree(&[("k", entry("new", 20))]), Some(("new", 20)));
    check(
        &base,
        &tree(&[("k", entry("new", 20))]),
        &dead("k", 500, "v"),
        Some(("new", NOW)),
    );
    check(&base, &tree(&[("k", entry("v", 900))]), &dead("k", 500, "v"), None);
}

#[test]
fn what_was_pruned_elsewhere_does_not_come_back_untouched() {
    let base = tree(&[("k", entry("v", 10))]);
    check(&base, &base, &Tree::default(), None);
    check(
        &base,
        &tree(&[("k", entry("new", 20))]),
        &Tree::default(),
        Some(("new", 20)),
    );
}

#[test]
fn a_null_never_overwrites() {
    let base = tree(&[("k", entry("v", 10))]);
    for local in [
        entry("null", 50),
        Entry {
            value: None,
            ..entry("", 50)
        },
    ] {
        assert_eq!(
            check(&base, &tree(&[("k", local.clone())]), &base, Some(("v", 10)))
                .report
                .ignored_null,
            1
        );
        let joined = two_way(&tree(&[("k", local)]), &base);
        assert_eq!(of_k(&joined), Some(("v", 10)));
    }
    check(
        &Tree::default(),
        &tree(&[("k", entry("null", 50))]),
        &Tree::default(),
        Some(("null", 50)),
    );
}

#[test]
fn fields_an_export_drops_are_kept() {
    let mut tagged = entry("v", 10);
    tagged.extra.insert("tags".to_owned(), json!(["a"]));
    let base = tree(&[("k", tagged)]);
    let merged = check(&base, &tree(&[("k", entry("new", 20))]), &base, Some(("new", 20)));
    assert_eq!(merged.tree.get(&id("k")).unwrap().extra["tags"], json!(["a"]));
}

#[test]
fn a_deletion_older_than_the_entry_is_forgotten() {
    assert_eq!(
        of_k(&two_way(&dead("k", 10, "v"), &tree(&[("k", entry("v", 11))]))),
        Some(("v", 11))
    );
    assert_eq!(
        of_k(&two_way(&dead("k", 10, "v"), &tree(&[("k", entry("v", 10))]))),
        None
    );
}

#[test]
fn a_read_is_a_sign_of_life_once_a_day() {
    let base = tree(&[("k", entry("v", 10))]);
    let read = tree(&[(
        "k",
        Entry {
            access_count: 3,
            ..entry("v", 900)
        },
    )]);
    let late = Context {
        now: 10 + 86_400_001,
        ..context(ExportTrust::Trusted)
    };
    let merged = three_way(Some(&base), &read, &base, &late);
    let seen = merged.tree.get(&id("k")).unwrap();
    assert_eq!(
        (seen.access_count, seen.last_seen_at, seen.updated_at),
        (3, Some(late.now), Some(10))
    );
    assert_eq!(
        three_way(Some(&base), &read, &base, &context(ExportTrust::Trusted)).tree,
        base
    );
}

// Deltas, with the base still known only by its marks.

fn folded(base: &Tree, local: &Tree, tip: &Tree) -> Tree {
    let merged = three_way(Some(base), local, base, &context(ExportTrust::Trusted)).tree;
    let delta = Delta::diff(base, &merged);
    let (read, damage) = Delta::from_files(&delta.to_files());
    assert_eq!((&read, damage.len()), (&delta, 0));
    let folded = delta.fold(tip);
    assert_eq!(delta.fold(&folded), folded, "folding twice changes something");
    folded
}

#[test]
fn a_folded_delta_keeps_the_three_way_rules() {
    let base = tree(&[("k", entry("v", 10)), ("other", entry("o", 10))]);
    let changed = tree(&[("k", entry("new", 20)), ("other", entry("o", 900))]);
    let without = tree(&[("other", entry("o", 900))]);
    assert_eq!(of_k(&folded(&base, &changed, &base)), Some(("new", 20)));
    assert_eq!(
        of_k(&folded(&base, &changed, &tree(&[("k", entry("theirs", 15))]))),
        Some(("new", 20))
    );
    assert_eq!(
        of_k(&folded(&base, &changed, &tree(&[("k", entry("theirs", 25))]))),
        Some(("theirs", 25))
    );
    assert_eq!(of_k(&folded(&base, &changed, &dead("k", 500, "v"))), Some(("new", 501)));
    assert_eq!(of_k(&folded(&base, &without, &base)), None);
    assert_eq!(
        of_k(&folded(&base, &without, &tree(&[("k", entry("theirs", 15))]))),
        Some(("theirs", 15))
    );
}

#[test]
fn a_delta_folded_again_does_not_resurrect_what_was_deleted_since() {
    let base = tree(&[("k", entry("v", 10)), ("other", entry("o", 10))]);
    let merged = three_way(
        Some(&base),
        &tree(&[("k", entry("new", 20))]),
        &base,
        &context(ExportTrust::Untrusted),
    )
    .tree;
    let delta = Delta::diff(&base, &merged);
    assert_eq!(delta.len(), 1);
    let mut tip = delta.fold(&base);
    tip.delete(&id("k"), 600);
    assert_eq!(of_k(&delta.fold(&tip)), None);
    tip.insert(id("k"), entry("v", 700));
    assert_eq!(
        of_k(&delta.fold(&tip)),
        Some(("v", 700)),
        "back to the old value is a change too"
    );
}
