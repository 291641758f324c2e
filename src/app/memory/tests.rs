use std::fs;

use super::*;
use crate::memory::{Entry, ExportTrust, Identity};

const NOW: i64 = 1_760_000_000_000;
const DAY: i64 = 86_400_000;

struct Scratch(tempfile::TempDir);

impl Scratch {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn memory(&self, name: &str, entries: &[(&str, &str, i64)]) -> String {
        let entries = entries
            .iter()
            .map(|(key, value, time)| (Identity::new("n", *key), Entry::new(*value, *time)));
        let memory: Memory = entries.collect();
        let path = self.path(name);
        fs::write(&path, memory.encode()).unwrap();
        path
    }

    fn values(&self, name: &str) -> Vec<(String, String)> {
        let tree = read(&self.path(name)).unwrap();
        tree.entries()
            .map(|(identity, entry)| (identity.key.clone(), entry.text().to_owned()))
            .collect()
    }
}

fn pairs(expect: &[(&str, &str)]) -> Vec<(String, String)> {
    expect
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn a_base_makes_the_merge_three_way() {
    let scratch = Scratch::new();
    let base = scratch.memory("base.json", &[("a", "1", 10), ("gone", "x", 10)]);
    let local = scratch.memory("local.json", &[("a", "1", 900), ("new", "n", 900)]);
    let remote = scratch.memory("remote.json", &[("a", "2", 20), ("gone", "x", 10)]);
    let output = scratch.path("out.json");
    let context = Context {
        trust: ExportTrust::Trusted,
        now: NOW,
        origin: None,
    };
    let request = MergeRequest {
        local: &local,
        remote: &remote,
        base: Some(&base),
        output: &output,
    };
    let merged = merge(&request, &context).unwrap();
    assert_eq!(scratch.values("out.json"), pairs(&[("a", "2"), ("new", "n")]));
    assert_eq!(
        (merged.report.added, merged.report.deleted, merged.report.unchanged),
        (1, 1, 1)
    );
    let request = MergeRequest { base: None, ..request };
    merge(&request, &context).unwrap();
    assert_eq!(
        scratch.values("out.json"),
        pairs(&[("a", "1"), ("gone", "x"), ("new", "n")])
    );
}

#[test]
fn an_unreadable_side_is_an_error_and_the_output_stays() {
    let scratch = Scratch::new();
    let good = scratch.memory("good.json", &[("a", "1", 10)]);
    let output = scratch.path("out.json");
    fs::write(&output, "before").unwrap();
    let context = Context {
        trust: ExportTrust::Trusted,
        now: NOW,
        origin: None,
    };
    for broken in ["", "{\"entries\":[{\"key\":\"a\"", "[]", "\0\0"] {
        let bad = scratch.path("bad.json");
        fs::write(&bad, broken).unwrap();
        for (local, remote, base) in [
            (&bad, &good, None),
            (&good, &bad, None),
            (&good, &good, Some(bad.as_str())),
        ] {
            let error = merge(
                &MergeRequest {
                    local,
                    remote,
                    base,
                    output: &output,
                },
                &context,
            )
            .unwrap_err();
            assert!(error.chain().contains("bad.json"), "{}", error.chain());
        }
    }
    assert_eq!(fs::read(&output).unwrap(), b"before");
}

#[test]
fn prune_leaves_the_bytes_alone_when_nothing_leaves() {
    let scratch = Scratch::new();
    let path = scratch.path("m.json");
    let foreign = format!("{{ \"entries\": [ {{\"key\":\"k\",\"value\":\"v\",\"updatedAt\":{NOW}}} ] }}");
    fs::write(&path, &foreign).unwrap();
    let policy = Policy {
        max_bytes: None,
        ..Policy::default()
    };
    let copy = scratch.path("copy.json");
    assert!(prune(&path, None, &policy, NOW).unwrap().0.is_empty());
    prune(&path, Some(&copy), &policy, NOW).unwrap();
    for file in [&path, &copy] {
        assert_eq!(fs::read_to_string(file).unwrap(), foreign);
    }
}

#[test]
fn prune_drops_what_is_old_and_what_is_old_only() {
    let scratch = Scratch::new();
    let path = scratch.memory(
        "m.json",
        &[
            ("old", "v", NOW - 91 * DAY),
            ("edge", "v", NOW - 90 * DAY),
            ("new", "v", NOW),
        ],
    );
    let policy = Policy {
        max_bytes: None,
        ..Policy::default()
    };
    let (plan, kept) = prune(&path, None, &policy, NOW).unwrap();
    assert_eq!((plan.entries.len(), kept), (1, 2));
    assert_eq!(scratch.values("m.json"), pairs(&[("edge", "v"), ("new", "v")]));
}

#[test]
fn import_joins_and_counts() {
    let scratch = Scratch::new();
    let output = scratch.memory("out.json", &[("a", "old", 10), ("b", "newer", NOW)]);
    let input = scratch.path("in.json");
    fs::write(&input, r#"{"n":[{"key":"a","value":"new","timestamp":1700000000000},{"key":"b","value":"older","timestamp":1700000000000},{"key":"c","value":"c","timestamp":1},{"key":"","value":"x"}]}"#).unwrap();
    let outcome = import(&input, From::Auto, &output).unwrap();
    assert_eq!((outcome.imported, outcome.updated, outcome.unchanged), (1, 1, 1));
    assert_eq!(outcome.skipped.get("no key"), Some(&1));
    assert_eq!(
        scratch.values("out.json"),
        pairs(&[("a", "new"), ("b", "newer"), ("c", "c")])
    );
    fs::write(&input, "{\"what\": 1}").unwrap();
    assert!(
        import(&input, From::Auto, &output)
            .unwrap_err()
            .chain()
            .contains("an object with what")
    );
}

fn database(path: &str, script: &str) {
    rusqlite::Connection::open(path).unwrap().execute_batch(script).unwrap();
}

#[test]
fn sqlite_stores_of_every_version_are_read() {
    let scratch = Scratch::new();
    for (name, script, shape, expect) in [
        (
            "v2.db",
            "CREATE TABLE memory_entries(key TEXT, value TEXT, namespace TEXT, metadata TEXT, created_at INTEGER, updated_at INTEGER, access_count INTEGER, ttl INTEGER, expires_at INTEGER);
             INSERT INTO memory_entries VALUES('k','v','n','{\"a\":1}',1700000000,1700000001,3,NULL,1800000000);",
            Shape::SqliteV2,
            ("n", "k", "v", 1_700_000_001_000),
        ),
        (
            "v3.db",
            "CREATE TABLE memory_entries(id TEXT, key TEXT, namespace TEXT, content TEXT, embedding TEXT, tags TEXT, status TEXT, created_at INTEGER, updated_at INTEGER);
             INSERT INTO memory_entries VALUES('i','k','n','v','[0.1]','[\"t\"]','active',1700000000000,1700000001000);
             INSERT INTO memory_entries VALUES('j','dead','n','v','[0.1]','[]','deleted',1700000000000,1700000001000);",
            Shape::SqliteV3,
            ("n", "k", "v", 1_700_000_001_000),
        ),
        (
            "patterns.db",
            "CREATE TABLE patterns(id TEXT, pattern_data TEXT, confidence REAL, created_at TEXT);
             INSERT INTO patterns VALUES('i','{\"title\":\"k\",\"content\":\"v\",\"domain\":\"n\"}',0.5,'2023-11-14 22:13:21');",
            Shape::SqlitePatterns,
            ("n", "k", "v", 1_700_000_001_000),
        ),
    ] {
        let path = scratch.path(name);
        database(&path, script);
        let imported = read_shape(&path, From::Auto).unwrap();
        let (identity, entry) = imported.entries.iter().next().unwrap();
        let found = (identity.namespace.as_str(), identity.key.as_str(), entry.text(), entry.updated_at.unwrap());
        assert_eq!((imported.shape, imported.entries.len(), found), (shape, 1, expect), "{name}");
    }
    let path = scratch.path("other.db");
    database(&path, "CREATE TABLE users(name TEXT);");
    assert!(
        read_shape(&path, From::Auto)
            .unwrap_err()
            .chain()
            .contains("no known shape")
    );
    fs::write(&path, "SQLite format 3\0garbage").unwrap();
    assert!(read_shape(&path, From::Auto).is_err());
}
