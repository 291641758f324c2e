//! The algebra of merging, and what generates the trees it is tried on.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::tests::{context, entry};
use super::*;
use crate::memory::{Delta, Tombstone};

fn any_fields() -> impl Strategy<Value = Map<String, Value>> {
    let value = prop_oneof![
        Just(json!("x")),
        Just(json!(["a", 1.5])),
        any::<f64>().prop_map(|float| json!(float)),
        any::<i64>().prop_map(Value::from)
    ];
    proptest::collection::btree_map(
        prop_oneof![Just("tags".to_owned()), Just("ttl".to_owned()), "[a-z]{1,2}"],
        value,
        0..3,
    )
    .prop_map(|fields| fields.into_iter().collect())
}

prop_compose! {
    fn any_entry()(
        value in prop_oneof![1 => Just(None), 1 => Just(Some("null".to_owned())), 6 => "[A-D]".prop_map(Some), 2 => ".{0,6}".prop_map(Some)],
        updated_at in proptest::option::weighted(0.9, 0..8i64),
        created_at in proptest::option::of(0..4i64),
        access_count in 0..3u64,
        has_embedding in any::<bool>(),
        last_seen_at in proptest::option::of(0..8i64),
        origin in proptest::option::of("[0-9]{1,2}".prop_map(|run| Origin { run, sha: "f".to_owned() })),
        extra in any_fields(),
    ) -> Entry {
        Entry { value, created_at, updated_at, access_count, has_embedding, last_seen_at, origin, extra }
    }
}

fn any_identity() -> impl Strategy<Value = Identity> {
    let namespace = prop_oneof![4 => Just("n".to_owned()), 1 => Just("shipwright/x".to_owned()), 1 => ".{1,4}"];
    (namespace, prop_oneof![5 => "[a-d]", 1 => ".{1,6}"]).prop_map(|(namespace, key)| Identity::new(namespace, key))
}

fn any_tree() -> impl Strategy<Value = Tree> {
    let tombstone = (0..8i64, "[A-D]", any_fields()).prop_map(|(deleted_at, value, extra)| {
        State::Dead(Tombstone {
            deleted_at,
            sha256: entry(&value, 0).sha256(),
            updated_at: (deleted_at > 2).then_some(deleted_at - 1),
            extra,
        })
    });
    let state = prop_oneof![4 => any_entry().prop_map(|entry| State::Live(Arc::new(entry))), 1 => tombstone];
    let states = proptest::collection::btree_map(any_identity(), state, 0..8);
    (
        states,
        any_fields(),
        proptest::collection::btree_map("[xy]", any::<Vec<u8>>(), 0..2),
    )
        .prop_map(|(states, header, others)| {
            let mut tree = Tree {
                others,
                ..Tree::default()
            };
            tree.memory.header = header;
            for (identity, state) in states {
                tree.set(identity, Some(state));
            }
            tree
        })
}

/// A tree, and three that came from it by a few changes each: what merges meet in life.
fn family() -> impl Strategy<Value = (Tree, Tree, Tree, Tree)> {
    let changes = || proptest::collection::vec((any_identity(), proptest::option::of(any_entry())), 0..5);
    (any_tree(), changes(), changes(), changes()).prop_map(|(base, a, b, c)| {
        let evolve = |changes: Vec<(Identity, Option<Entry>)>| {
            let mut tree = base.clone();
            for (identity, entry) in changes {
                tree.set(identity, entry.map(|entry| State::Live(Arc::new(entry))));
            }
            tree
        };
        let (a, b, c) = (evolve(a), evolve(b), evolve(c));
        (base, a, b, c)
    })
}

fn identities<'a>(trees: &[&'a Tree]) -> std::collections::BTreeSet<&'a Identity> {
    trees
        .iter()
        .flat_map(|tree| {
            tree.entries()
                .map(|(identity, _)| identity)
                .chain(tree.tombstones.keys())
        })
        .collect()
}

/// Whether `here` is the very value that was deleted, and no newer than that.
fn is_old_copy(base: &Tree, identity: &Identity, here: &Entry) -> bool {
    let tombstone = base.tombstones.get(identity);
    tombstone.is_some_and(|tombstone| {
        tombstone.sha256 == here.sha256() && here.updated_at.is_none_or(|time| time <= tombstone.deleted_at)
    })
}

/// A tree as an agent's export shows it: no tombstones.
fn export(tree: &Tree) -> Tree {
    Tree {
        tombstones: BTreeMap::default(),
        ..tree.clone()
    }
}

proptest! {
    #[test]
    fn the_length_of_a_tree_is_that_of_its_files((_, a, _, _) in family()) {
        let bytes: usize = a.to_files().values().map(Vec::len).sum();
        prop_assert_eq!(a.encoded_len(), bytes as u64);
    }

    #[test]
    fn two_way_is_commutative((_, a, b, _) in family()) {
        prop_assert_eq!(two_way(&a, &b), two_way(&b, &a));
    }

    #[test]
    fn two_way_is_associative((_, a, b, c) in family()) {
        prop_assert_eq!(two_way(&two_way(&a, &b), &c), two_way(&a, &two_way(&b, &c)));
    }

    #[test]
    fn two_way_is_idempotent((base, a, b, _) in family()) {
        prop_assert_eq!(&two_way(&base, &base), &base);
        let joined = two_way(&a, &b);
        prop_assert_eq!(&two_way(&joined, &a), &joined);
        prop_assert_eq!(&two_way(&joined, &joined), &joined);
    }

    #[test]
    fn two_way_over_unrelated_trees_obeys_the_laws(a in any_tree(), b in any_tree(), c in any_tree()) {
        prop_assert_eq!(two_way(&a, &b), two_way(&b, &a));
        prop_assert_eq!(two_way(&two_way(&a, &b), &c), two_way(&a, &two_way(&b, &c)));
    }

    #[test]
    fn two_way_keeps_every_identity_and_invents_no_value((_, a, b, _) in family()) {
        let joined = two_way(&a, &b);
        for identity in identities(&[&a, &b]) {
            prop_assert!(joined.state(identity).is_some());
            if let Some(entry) = joined.get(identity) {
                let sides = [a.get(identity), b.get(identity)];
                prop_assert!(sides.iter().flatten().any(|side| side.value == entry.value && side.updated_at == entry.updated_at));
                let whole = sides.iter().flatten().any(|side| side.extra.iter().all(|(name, _)| entry.extra.contains_key(name)));
                prop_assert!(whole, "unknown fields lost");
            }
        }
    }

    #[test]
    fn an_untouched_job_changes_nothing((base, remote, _, _) in family()) {
        for trust in [ExportTrust::Trusted, ExportTrust::Untrusted] {
            let merged = three_way(Some(&base), &export(&base), &remote, &context(trust));
            prop_assert_eq!(&merged.tree, &remote);
            prop_assert_eq!(merged.report.added + merged.report.updated + merged.report.deleted + merged.report.conflicts, 0);
        }
    }

    #[test]
    fn what_only_this_job_changed_is_what_stands((base, local, _, _) in family()) {
        let local = export(&local);
        let merged = three_way(Some(&base), &local, &base, &context(ExportTrust::Trusted));
        let believable = local.memory.iter().any(|(_, entry)| !crate::memory::order::is_null(entry));
        for identity in identities(&[&base, &local]) {
            let (before, here, after) = (base.get(identity), local.get(identity), merged.tree.get(identity));
            let expect = match (before, here) {
                (_, Some(here)) if here.value.is_none() => before.and_then(|before| before.value.as_ref()),
                (Some(before), Some(here)) if here.text() == "null" && before.value.is_some() => before.value.as_ref(),
                (None, Some(here)) if is_old_copy(&base, identity, here) => None,
                (_, Some(here)) => here.value.as_ref(),
                (_, None) if believable && !identity.is_record() => None,
                (before, None) => before.and_then(|before| before.value.as_ref()),
            };
            prop_assert_eq!(after.and_then(|after| after.value.as_ref()), expect, "{}", identity);
            if let (Some(before), Some(after)) = (before, after) {
                prop_assert!(before.extra.keys().all(|name| after.extra.contains_key(name)), "unknown fields lost");
                prop_assert!(after.updated_at >= before.updated_at);
                prop_assert!(before.value == after.value || after.updated_at > before.updated_at);
            }
        }
        prop_assert_eq!(merged.report.conflicts, 0);
    }

    #[test]
    fn no_change_is_invented((base, local, remote, _) in family()) {
        let merged = three_way(Some(&base), &export(&local), &remote, &context(ExportTrust::Trusted)).tree;
        for identity in identities(&[&base, &local, &remote, &merged]) {
            let after = merged.get(identity);
            let sides = [base.get(identity), local.get(identity), remote.get(identity)];
            if let Some(after) = after {
                prop_assert!(sides.iter().flatten().any(|side| side.value == after.value), "invented value");
            }
            if local.get(identity) == base.get(identity) && local.get(identity).is_some() {
                prop_assert_eq!(after, remote.get(identity), "untouched here");
            }
        }
        let again = three_way(Some(&merged), &export(&merged), &merged, &context(ExportTrust::Trusted)).tree;
        prop_assert_eq!(again, merged);
    }

    #[test]
    fn without_a_base_nothing_is_lost((_, local, remote, _) in family()) {
        let merged = three_way(None, &export(&local), &remote, &context(ExportTrust::Trusted)).tree;
        for identity in identities(&[&remote]) {
            prop_assert!(merged.state(identity).is_some());
        }
        for (identity, here) in local.entries().filter(|(_, entry)| entry.value.is_some()) {
            prop_assert!(merged.state(identity).is_some(), "{} {:?}", identity, here);
        }
    }

    #[test]
    fn deltas_fold_in_any_order_any_number_of_times((base, a, b, tip) in family()) {
        let at = |local: &Tree| three_way(Some(&base), &export(local), &base, &context(ExportTrust::Trusted)).tree;
        let (a, b) = (at(&a), at(&b));
        let (first, second) = (Delta::diff(&base, &a), Delta::diff(&base, &b));
        prop_assert_eq!(&first.fold(&base), &a, "a delta over its own base is the merge");
        prop_assert_eq!(&Delta::from_files(&first.to_files()).0, &first);
        let once = first.fold(&tip);
        prop_assert_eq!(&first.fold(&once), &once, "twice is once");
        let both = second.fold(&first.fold(&base));
        let swapped = first.fold(&second.fold(&base));
        let values = |tree: &Tree| -> Vec<(Identity, Option<String>)> {
            tree.entries().map(|(identity, entry)| (identity.clone(), entry.value.clone())).collect()
        };
        prop_assert_eq!(values(&both), values(&swapped), "order");
        prop_assert_eq!(&second.fold(&first.fold(&both)), &both);
        for (identity, entry) in first.tree().entries().chain(second.tree().entries()) {
            if b.get(identity) == base.get(identity) || a.get(identity) == base.get(identity) {
                prop_assert_eq!(both.get(identity).and_then(|after| after.value.as_ref()), entry.value.as_ref(), "lost {}", identity);
            }
        }
    }

    #[test]
    fn a_tree_comes_back_from_its_files((_, a, b, _) in family()) {
        for tree in [&a, &two_way(&a, &b)] {
            let files = tree.to_files();
            let (read, damage) = Tree::from_files(&files);
            prop_assert!(damage.is_empty(), "{:?}", damage);
            prop_assert_eq!(&read, tree);
            prop_assert_eq!(read.to_files(), files);
            prop_assert_eq!(&Memory::decode(&tree.memory.encode()).unwrap(), &tree.memory);
        }
    }
}
