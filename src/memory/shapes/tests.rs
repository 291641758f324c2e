use super::*;

fn one(text: &str) -> (Shape, Identity, Entry) {
    let imported = import(text.as_bytes(), From::Auto).unwrap_or_else(|error| panic!("{error}: {text}"));
    let (identity, entry) = imported.entries.iter().next().unwrap();
    (imported.shape, identity.clone(), entry.clone())
}

fn check(text: &str, shape: Shape, identity: (&str, &str), value: &str, updated_at: Option<i64>) {
    let (found, id, entry) = one(text);
    assert_eq!(found, shape, "{text}");
    assert_eq!((id.namespace.as_str(), id.key.as_str()), identity, "{text}");
    assert_eq!((entry.text(), entry.updated_at), (value, updated_at), "{text}");
    let explicit = import(text.as_bytes(), From::Shape(shape)).unwrap();
    assert_eq!(explicit.entries.get(&id), Some(&entry));
}

const MS: i64 = 1_700_000_000_000;

#[test]
fn every_text_shape_is_recognised_and_mapped() {
    check(
        r#"{"schema":"ruflo-memory-export/v1","count":1,"entries":[{"key":"k","namespace":"n","value":"v","updatedAt":1700000000000}]}"#,
        Shape::RufloExport,
        ("n", "k"),
        "v",
        Some(MS),
    );
    check(
        r#"{"entries":[{"key":"k","value":{"a":1}}]}"#,
        Shape::RufloExport,
        ("default", "k"),
        r#"{"a":1}"#,
        None,
    );
    check(
        r#"{"ns":[{"key":"k","value":"v","namespace":"other","timestamp":1700000000000}],"empty":[]}"#,
        Shape::NamespaceArrays,
        ("ns", "k"),
        "v",
        Some(MS),
    );
    check(
        r#"{"entries":{"k":{"key":"k","value":[1],"storedAt":"2023-11-14T22:13:20Z","accessCount":2}},"version":"3.0.0"}"#,
        Shape::EntriesObject,
        ("default", "k"),
        "[1]",
        Some(MS),
    );
    check(
        r#"{"exported":"x","namespace":"team","entryCount":1,"entries":[{"id":"i","key":"k","value":"v","type":"t","tags":["a"],"createdAt":"2023-11-14T22:13:20.000Z","updatedAt":"2023-11-14T22:13:20Z"}]}"#,
        Shape::SwarmMemory,
        ("team", "k"),
        "v",
        Some(MS),
    );
    check(
        r#"{"entries":[{"id":"i","agentId":"a1","type":"t","content":"c","timestamp":"2023-11-14T22:13:20Z"}],"knowledgeBases":[]}"#,
        Shape::AgentMemory,
        ("swarm/a1", "i"),
        "c",
        Some(MS),
    );
    check(
        r#"{"exportDate":"x","version":"1.0","totalMemories":1,"namespace":"hive-mind","memories":[{"key":"k","value":"v"}]}"#,
        Shape::HiveMind,
        ("hive-mind", "k"),
        "v",
        None,
    );
    check(
        r#"[{"id":"i","key":"k","content":"c","namespace":"n","updatedAt":1700000000000}]"#,
        Shape::AutoMemory,
        ("n", "k"),
        "c",
        Some(MS),
    );
    check(
        r#"{"entries":[{"content":"c","summary":"s","category":"cat","confidence":0.5}]}"#,
        Shape::AutoMemory,
        ("cat", "s"),
        "c",
        None,
    );
    check(
        r#"[{"key":"k","value":"v","timestamp":1700000000}]"#,
        Shape::EntryArray,
        ("default", "k"),
        "v",
        Some(MS),
    );
    check(
        "\u{feff}{\"key\":\"k\",\"value\":\"v\"}\n\n{\"key\":\"l\",\"value\":\"w\"}\r\n",
        Shape::EntryArray,
        ("default", "k"),
        "v",
        None,
    );
    check(r#"{"k":"v","l":"w"}"#, Shape::Flat, ("default", "k"), "v", None);
    check(
        r#"{"k":{"value":"v","timestamp":1700000000}}"#,
        Shape::Flat,
        ("default", "k"),
        "v",
        Some(MS),
    );
    check(
        r#"{"k":{"fact":"x","timestamp":1700000000}}"#,
        Shape::Flat,
        ("default", "k"),
        r#"{"fact":"x","timestamp":1700000000}"#,
        Some(MS),
    );
}

#[test]
fn tags_and_expiry_come_along() {
    let (_, _, entry) = one(
        r#"{"entryCount":1,"namespace":"n","entries":[{"key":"k","value":"v","tags":["a"],"expiresAt":"2023-11-14T22:13:20Z","lastAccessed":1700000000}]}"#,
    );
    assert_eq!(entry.extra["tags"], serde_json::json!(["a"]));
    assert_eq!(
        (entry.extra["expiresAt"].as_i64(), entry.last_seen_at),
        (Some(MS), Some(MS))
    );
}

#[test]
fn unknown_shapes_are_errors_that_say_what_was_seen() {
    for (text, seen) in [
        ("", "empty"),
        ("{", "not valid JSON"),
        ("42", "a number"),
        ("null", "null"),
        ("[]", "an empty array"),
        ("{}", "an empty object"),
        ("[1,2]", "an array of 2 elements"),
        (
            r#"{"name":"x","scripts":{"a":"b"},"version":1}"#,
            "an object with name, scripts, version",
        ),
        (
            r#"{"schema":"other/v1","entries":[]}"#,
            "an object with entries, schema",
        ),
        (r#"{"entries":7}"#, "an object with entries"),
        (r#"[{"a":1}]"#, "an array of 1 objects with a"),
        (r#"{"agents":[],"tasks":[],"lastUpdated":1}"#, "nothing to import"),
        (r#"{"entries":[{"key":"","value":"v"}]}"#, "no key"),
        ("SQLite format 3\0", "SQLite"),
    ] {
        let error = import(text.as_bytes(), From::Auto).expect_err(text);
        assert!(error.to_string().contains(seen), "{text}: {error}");
    }
    let error = import(b"[1]", From::Shape(Shape::Flat)).unwrap_err();
    assert!(error.to_string().starts_with("not s9"), "{error}");
}

#[test]
fn what_is_left_out_is_counted_by_reason() {
    let text = r#"{"entries":[{"key":"k","value":"old","updatedAt":1700000000000},{"key":"k","value":"new","updatedAt":1700000000001},{"key":1.5,"value":"v"},{"value":"v"},{"key":"n","value":null},null]}"#;
    let imported = import(text.as_bytes(), From::Auto).unwrap();
    assert_eq!(imported.entries.get(&Identity::new("", "k")).unwrap().text(), "new");
    let expect = [
        ("an entry of the same key is newer", 1),
        ("no key", 1),
        ("no value", 1),
        ("not an object", 1),
    ];
    assert_eq!(imported.skipped, Skipped::from(expect));
}

#[test]
fn text_that_javascript_writes_and_others_refuse_is_read() {
    let (_, _, entry) = one("{\"entries\":[{\"key\":\"k\",\"value\":\"a\\ud800b \\ud83d\\ude00 \\\\ud800\"}]}");
    assert_eq!(entry.text(), "a\u{fffd}b 😀 \\ud800");
}
