use super::*;

/// Decoding and encoding keeps every value, the unknown ones too.
#[track_caller]
fn check_kept<S: Codec>(content: &str) {
    let store = S::decode(content.as_bytes()).unwrap();
    let again: Value = serde_json::from_slice(&store.encode()).unwrap();
    let before: Value = serde_json::from_str(content).unwrap();
    assert_contains(&again, &before, S::FILE);
}

/// Everything in `before` stands in `after`; absent parts may have been filled in.
#[track_caller]
fn assert_contains(after: &Value, before: &Value, at: &str) {
    match (after, before) {
        (Value::Object(after), Value::Object(before)) => {
            for (key, value) in before {
                assert_contains(after.get(key).unwrap_or(&Value::Null), value, &format!("{at}.{key}"));
            }
        }
        (Value::Array(after), Value::Array(before)) => {
            assert_eq!(after.len(), before.len(), "{at}");
            for (nth, (after, before)) in after.iter().zip(before).enumerate() {
                assert_contains(after, before, &format!("{at}[{nth}]"));
            }
        }
        (Value::Number(after), Value::Number(before)) => assert_eq!(after.as_f64(), before.as_f64(), "{at}"),
        _ => assert_eq!(after, before, "{at}"),
    }
}

#[test]
fn unknown_fields_and_unknown_shapes_are_kept() {
    check_kept::<Roles>(
        r#"{"x":{"title":"X","trigger_keywords":["a"],"later":{"deep":[1]}},"odd":"text","null":null}"#,
    );
    check_kept::<Profiles>(
        r#"{"a":{"tasks_completed":3,"success_rate":66.7,"task_history":[{"ts":"t","new":1},7],"later":true},"b":[1]}"#,
    );
    check_kept::<Heuristics>(
        r#"{"keyword_weights":{"word":{"role":"pm","weight":5,"source":"self-tuned"},"bare":3},"match_accuracy":[1],"last_tuned":"never","x":1}"#,
    );
    check_kept::<Meta>(
        r#"{"corrections":[{"ts":"t","agent":"a","role":"r","method":"m","outcome":"failure","x":1},"odd"],"accuracy_trend":[{"accuracy":90,"ts":"t"}],"last_reflection":"never","audit_trend":[{"score":90,"ts":"t","failures":1}]}"#,
    );
    check_kept::<RoleUsage>(r#"{"builder":{"matches":3,"successes":1,"failures":0,"last_used":"t","x":null}}"#);
    check_kept::<Minds>(r#"{"a":{"working_style":"balanced","strengths":["x"],"collaboration_style":"quiet"}}"#);
    check_kept::<Talent>(r#"[{"any":"thing"},1]"#);
    check_kept::<Onboarding>(r##"{"1700000000":"# text"}"##);
}

#[test]
fn whole_numbers_are_written_whole() {
    let store =
        Profiles::decode(br#"{"a":{"success_rate":100.0,"avg_time_minutes":"12.5","quality_score":null}}"#).unwrap();
    let text = String::from_utf8(store.encode()).unwrap();
    assert!(
        text.contains("\"success_rate\": 100,") && text.contains("\"avg_time_minutes\": 12.5,"),
        "{text}"
    );
}

#[test]
fn a_history_keeps_the_order_of_keys_and_lines_it_cannot_read() {
    let content = concat!(
        r#"{"ts":"t","ts_epoch":1700000000,"match_id":"match-1-2","task":"x","role":"pm","method":"keyword","confidence":0.5,"agent_id":"","outcome":null}"#,
        "\nnot json\n",
    );
    let history = History::decode(content.as_bytes()).unwrap();
    assert_eq!((history.len(), history.unreadable()), (1, 1));
    assert_eq!(String::from_utf8(history.encode()).unwrap(), content);
}

#[test]
fn a_history_keeps_its_newest_lines() {
    let mut history = History::default();
    for nth in 0..7 {
        history.push(
            MatchRecord {
                task: nth.to_string(),
                ..MatchRecord::default()
            },
            3,
        );
    }
    assert_eq!(
        history.matches().map(|record| record.task.as_str()).collect::<Vec<_>>(),
        ["4", "5", "6"]
    );
}

#[test]
fn what_is_no_json_is_damaged_and_what_is_empty_is_new() {
    let damaged = Profiles::decode(b"{\"a\": \x00}").unwrap_err();
    assert_eq!(damaged.file, "profiles.json");
    assert!(damaged.to_string().starts_with("profiles.json is damaged: "));
    assert!(Roles::decode(b"[]").is_err());
    assert_eq!(Roles::decode(b" \n").unwrap(), Roles::default());
}

#[test]
fn initial_contents_can_be_read() {
    fn check<S: Codec + PartialEq + std::fmt::Debug>() {
        assert_eq!(
            S::decode(S::INITIAL.unwrap().as_bytes()).unwrap(),
            S::default(),
            "{}",
            S::FILE
        );
    }
    check::<Roles>();
    check::<Profiles>();
    check::<Talent>();
    check::<Onboarding>();
    check::<RoleUsage>();
    check::<Heuristics>();
    check::<Minds>();
    check::<Meta>();
}
