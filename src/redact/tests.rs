use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::clean::NEAR_MISSES;
use super::corpus::{Format, NAMED, TOKENS};
use super::generator::{ALNUM, BASE64, Generator};
use super::*;

/// A line with a secret in it.
struct Planted {
    kind: &'static str,
    line: String,
    secret: String,
}

fn planted(seed: u64) -> Vec<Planted> {
    let mut generator = Generator::new(seed);
    let mut lines = Vec::new();
    let all: Vec<&Format> = TOKENS.iter().chain(NAMED).collect();
    for (kind, make, templates) in all {
        for template in *templates {
            let secret = make(&mut generator);
            lines.push(Planted {
                kind,
                line: template.replacen("{}", &secret, 1),
                secret,
            });
        }
    }
    lines
}

/// No eight neighbouring characters of the secret are left.
fn leaks(secret: &str, shown: &str) -> Option<String> {
    let characters: Vec<char> = secret.chars().collect();
    let windows = characters
        .windows(8.min(characters.len()))
        .map(|window| window.iter().collect::<String>());
    // Outside the markers: `[redacted:rubygems-key]` holds the public beginning of such a key.
    let outside: String = shown
        .split("[redacted:")
        .map(|part| part.split_once(']').map_or(part, |(_, rest)| rest))
        .collect();
    windows.into_iter().find(|window| outside.contains(window.as_str()))
}

#[test]
fn no_planted_secret_leaks() {
    let redactor = Redactor::default();
    let corpus = planted(1);
    let kinds: BTreeSet<&str> = corpus.iter().map(|planted| planted.kind).collect();
    assert!(
        corpus.len() >= 200 && kinds.len() >= 40,
        "{} lines, {} kinds",
        corpus.len(),
        kinds.len()
    );
    let mut failures = Vec::new();
    for Planted { kind, line, secret } in (1..=12).flat_map(planted) {
        let shown = redactor.line(&line).into_owned();
        if let Some(window) = leaks(&secret, &shown) {
            failures.push(format!("{kind}: {window:?} of {secret:?} left in {shown:?}"));
        } else if redactor.line(&shown) != shown {
            failures.push(format!("{kind}: not idempotent: {shown:?}"));
        } else if !shown.contains(&format!("[redacted:{kind}]")) && !named_otherwise(kind, &shown) {
            failures.push(format!("{kind}: called otherwise in {shown:?}"));
        }
    }
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// Where two formats cover the same text either name is right.
fn named_otherwise(kind: &str, shown: &str) -> bool {
    const EITHER: &[(&str, &[&str])] = &[
        ("secret", &["secret", "key", "token"]),
        ("token", &["authorization", "secret", "key"]),
        ("key", &["secret", "datadog-key"]),
        ("bearer", &["authorization"]),
        ("sentry-token", &["url-credentials"]),
        ("password", &["url-credentials"]),
        ("heroku-key", &["key"]),
        ("cookie", &["token"]),
    ];
    EITHER
        .iter()
        .any(|(of, names)| *of == kind && names.iter().any(|name| shown.contains(&format!("[redacted:{name}]"))))
}

#[test]
fn every_format_has_a_planted_sample_and_a_near_miss() {
    let redactor = Redactor::default();
    let planted: BTreeSet<&str> = TOKENS.iter().chain(NAMED).map(|(kind, ..)| *kind).collect();
    let missed: BTreeSet<&str> = NEAR_MISSES.iter().map(|(kind, _)| *kind).collect();
    for (kind, _) in formats() {
        assert!(planted.contains(kind) || kind == "private-key", "{kind} has no sample");
        assert!(missed.contains(kind), "{kind} has no near miss");
    }
    for (kind, line) in NEAR_MISSES {
        assert_eq!(redactor.line(line), *line, "near miss of {kind}");
    }
}

#[test]
fn clean_lines_stay() {
    let redactor = Redactor::default();
    let mut generator = Generator::new(7);
    let lines = clean::lines(20 * clean::templates(), &mut generator);
    assert!(lines.len() >= 2000, "{}", lines.len());
    let touched: Vec<String> = lines
        .iter()
        .filter(|line| redactor.line(line) != line.as_str())
        .map(|line| format!("{line}\n  -> {}", redactor.line(line)))
        .collect();
    assert!(
        touched.len() * 1000 <= lines.len(),
        "{} of {} touched\n{}",
        touched.len(),
        lines.len(),
        touched.join("\n")
    );
}

/// A private key as tools write it; `width` is the length of its lines.
fn key(label: &str, width: usize, generator: &mut Generator) -> (String, Vec<String>) {
    let mut body: Vec<String> = (0..24).map(|_| generator.text(BASE64, width)).collect();
    body.push(format!("{}=", generator.text(BASE64, 27)));
    let text = format!("-----BEGIN {label}-----\n{}\n-----END {label}-----", body.join("\n"));
    (text, body)
}

#[test]
fn private_keys_leave_as_text_as_lines_and_in_json() {
    let redactor = Redactor::default();
    let mut generator = Generator::new(3);
    for (label, width) in [
        ("RSA PRIVATE KEY", 64),
        ("OPENSSH PRIVATE KEY", 70),
        ("PGP PRIVATE KEY BLOCK", 64),
        ("PRIVATE KEY", 64),
    ] {
        let (key, body) = key(label, width, &mut generator);
        let stamped: Vec<String> = key
            .lines()
            .map(|line| format!("2025-07-04T14:32:09.5024381Z {line}\n"))
            .collect();
        let stamped = stamped.concat();
        let quoted: Vec<String> = key.lines().map(|line| format!("  \"{line}\\n\" +\r\n")).collect();
        let quoted = quoted.concat();
        for text in [
            format!("before\n{key}\nafter line\n"),
            format!("start\n{stamped}after line\n"),
            format!("{quoted}after line\n"),
        ] {
            let shown = redactor.text(&text);
            assert!(body.iter().all(|line| leaks(line, &shown).is_none()), "{shown}");
            assert_eq!(shown.lines().count(), text.lines().count(), "the number of lines stays");
            assert!(shown.ends_with("after line\n"), "{shown}");
            assert_eq!(redactor.text(&shown), shown, "idempotent");
        }
        for secret in &body {
            for line in [
                secret.clone(),
                format!("2025-07-04T14:32:09.5024381Z {secret}"),
                format!("  \"{secret}\\n\" +"),
            ] {
                let shown = redactor.line(&line);
                assert!(leaks(secret, &shown).is_none(), "{line} -> {shown}");
            }
        }
        let json = format!(
            "{{\"type\": \"service_account\", \"private_key\": \"{}\\n\", \"x\": 1}}",
            key.replace('\n', "\\n")
        );
        let shown = redactor.line(&json).into_owned();
        assert!(body.iter().all(|line| leaks(line, &shown).is_none()), "{shown}");
        assert!(shown.ends_with("\"x\": 1}"), "{shown}");
    }
}

#[test]
fn an_unfinished_key_does_not_swallow_the_log() {
    let redactor = Redactor::default();
    let text = "-----BEGIN PRIVATE KEY-----\nerror: the file ends here\nnext line\n";
    assert_eq!(redactor.text(text), text);
}

#[test]
fn registered_values_leave_in_every_encoding() {
    let value = "tr0ub4dor & \"three\"/é";
    let multi = "first of two\nsecond of two\nab";
    let redactor = Redactor::new(&[], &[value.to_owned(), multi.to_owned()]).unwrap();
    let base64: Vec<String> = ["", "x", "xy"]
        .iter()
        .map(|pad| STANDARD.encode(format!("{pad}{value}{pad}")))
        .collect();
    let percent = "tr0ub4dor%20%26%20%22three%22%2F%C3%A9";
    let json = value.replace('"', "\\\"");
    for text in [
        value,
        percent,
        &json,
        &base64[0],
        &base64[1],
        &base64[2],
        "second of two",
    ] {
        let shown = redactor.line(&format!("got {text} back")).into_owned();
        assert!(shown.contains("[redacted:mask]"), "{text} -> {shown}");
        assert!(leaks(text.trim_end_matches('='), &shown).is_none(), "{text} -> {shown}");
    }
    assert_eq!(redactor.line("ab is too short"), "ab is too short");
}

#[test]
fn user_patterns_apply_and_bad_ones_name_themselves() {
    let patterns = [
        "ACME-[0-9]{4}".to_owned(),
        "user=(?<secret>[a-z]+)".to_owned(),
        "x*".to_owned(),
    ];
    let redactor = Redactor::new(&patterns, &[]).unwrap();
    assert_eq!(
        redactor.line("ACME-1234 user=bob"),
        "[redacted:pattern] user=[redacted:pattern]"
    );
    let error = Redactor::new(&["ok".to_owned(), "(".to_owned()], &[]).unwrap_err();
    assert_eq!(
        (error.index, error.to_string().starts_with("redact pattern 2: ")),
        (1, true)
    );
    assert!(
        Redactor::new(&["[a-z]{1000}{1000}".to_owned()], &[]).is_err(),
        "size is limited"
    );
}

#[test]
fn patterns_cannot_eat_markers() {
    let patterns = ["redacted".to_owned(), "[a-z:\\[]+".to_owned(), ".".to_owned()];
    let redactor = Redactor::new(&patterns, &["redacted:".to_owned()]).unwrap();
    let once = redactor.line("abc [redacted:jwt] DEF").into_owned();
    assert_eq!(redactor.line(&once), once);
    assert!(!once.contains("abc") && !once.contains("DEF"), "{once}");
}

#[test]
fn debug_output_holds_no_secret() {
    let redactor = Redactor::new(&[], &["very-hidden".to_owned()]).unwrap();
    assert!(!format!("{redactor:?}").contains("hidden"));
}

#[test]
fn long_hostile_lines_take_linear_time() {
    let redactor = Redactor::default();
    for part in [
        "token=",
        "password: x ",
        "token",
        "=",
        "://a:b@",
        "[redacted:",
        "-----BEGIN PRIVATE KEY-----",
        "eyJa.",
        "key-",
        "\\\"",
        "secret='",
        "authorization: ",
        "curl -u ",
        "$2b$",
        "sk-a",
        "\u{1b}[0m",
        "A.aaaaaa.",
    ] {
        let line = part.repeat(60_000 / part.len());
        let start = std::time::Instant::now();
        let _ = redactor.line(&line);
        let _ = redactor.text(&line);
        assert!(start.elapsed().as_secs() < 20, "{part:?} took {:?}", start.elapsed());
    }
}

proptest::proptest! {
    #[test]
    fn redaction_is_idempotent_keeps_lines_and_never_panics(
        parts in proptest::collection::vec(
            "token=|password: |\"|'|secret|key|://|@|:|\n|\\[redacted:jwt\\]|-----BEGIN PRIVATE KEY-----|\\\\n|eyJ|ghp_|[A-Za-z0-9+/]{20,70}|[A-Za-z0-9]{8}|\\PC{0,6}| |=",
            0..14,
        ),
        seed in 1_u64..1000,
    ) {
        let mut generator = Generator::new(seed);
        let literal = generator.text(ALNUM, 6);
        let text = format!("{}{literal}", parts.concat());
        for redactor in [Redactor::default(), Redactor::new(&["[0-9]{3}".to_owned()], std::slice::from_ref(&literal)).unwrap()] {
            let once = redactor.text(&text).into_owned();
            assert_eq!(redactor.text(&once), once, "{text:?}");
            assert_eq!(once.matches('\n').count(), text.matches('\n').count());
            for line in text.lines() {
                let once = redactor.line(line).into_owned();
                assert_eq!(redactor.line(&once), once, "{line:?}");
            }
        }
        let masked = Redactor::new(&[], std::slice::from_ref(&literal)).unwrap();
        assert!(!masked.text(&text).contains(&literal));
    }
}
