//! What GitHub would make of the escaper's output: a Markdown parser, then the filters restated strictly.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "every other event is the failure looked for"
)]

use std::sync::LazyLock;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use regex::Regex;

use super::*;

const HOSTILE: &[&str] = &[
    "",
    " ",
    "plain words",
    "*a* **b** _c_ __d__ ~~e~~ ~f~",
    "`code` ``x`` ```",
    "```\nfence\n```",
    "~~~\nx\n~~~",
    "# heading",
    "## h ##",
    "> quote",
    "- item",
    "+ item",
    "* item",
    "1. item",
    "12) item",
    "- [ ] task",
    "=====",
    "-----",
    "***",
    "___",
    "<img src=x onerror=alert(1)>",
    "<!-- x -->",
    "-->",
    "</details></summary>",
    "<b>x</b>",
    "<https://a.example>",
    "[x](javascript:alert(1))",
    "![x](https://a.example/x.png)",
    "[x]: https://a.example",
    "[^1]",
    "[x][y]",
    "| a | b |",
    "@everyone @org/team x@y.example",
    "(@user)",
    "fixes #1, closes GH-2, resolves o/r#3",
    "gh-12 Gh-3",
    "Merge 0123456789abcdef0123456789abcdef01234567",
    "deadbeef cafebabe1 1234567",
    "https://a.example www.a.example WWW.a.example",
    "http://a.example",
    "ftp://a.example",
    "mailto:x@y.example",
    "xmpp:x@y.example/z",
    ":tada: :+1: :100: 12:30:45 a::b",
    "$x$ $$y$$",
    "&lt;script&gt; &#64;user &commat;user",
    "\\@user \\#1 \\\\",
    "\u{202e}evil\u{2066}",
    "a\u{0}b\u{1b}[31mc",
    "x\r\n# y\r- z",
    "\tcode",
    "    code",
    "trailing\\",
    "trailing  \nnext",
    "owner/repo@0123456789abcdef",
    "<a href='x'>",
    "a_b__c _d_",
    "é*é*",
    "::error::x",
    "a\u{2028}b",
    "Fixes: https://github.com/o/r/issues/1",
    "_@user_",
    "`@user`",
    "![",
    "](",
    "[[wiki]]",
    "<?php ?>",
    "<![CDATA[x]]>",
    "==mark==",
    "@",
    "@-",
    "# ",
    "#",
    "@@user",
    "@\u{200b}user",
    "1.\tx",
    "-\tx",
    "~@user~",
    "x@user",
    "@ user",
    "##1",
    "#\\1",
    "_#1_",
    "@_user_",
];

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH
        | Options::ENABLE_WIKILINKS
}

fn parse(markdown: &str) -> Vec<Event<'_>> {
    Parser::new_ext(markdown, options()).collect()
}

/// The text a reader sees, if the Markdown is one paragraph of text and nothing else.
fn only_text(markdown: &str) -> Result<String, String> {
    let mut seen = String::new();
    for event in parse(markdown) {
        match event {
            Event::Text(text) => seen.push_str(&text),
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
            other => return Err(format!("{other:?}")),
        }
    }
    Ok(seen)
}

/// The filters that GitHub runs over rendered text: what they would link, notify or replace.
fn live(text: &str) -> Option<String> {
    static FILTERS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        [
            r"(?i)(?:^|[^A-Za-z0-9_])@[a-z0-9]",
            r"(?i)[a-z0-9._+-]+@[a-z0-9_-]+\.[a-z0-9._-]*[a-z0-9]",
            r"#[0-9]",
            r"(?i)\bgh-[0-9]",
            r"(?i)\b[0-9a-f]{7,40}\b",
            r"(?i)[a-z][a-z0-9+.-]*://",
            r"(?i)\bwww\.",
            r"(?i)\b(?:mailto|xmpp):[a-z0-9._+-]+@[a-z0-9]",
            r":(?:[A-Za-z0-9_+-]*[A-Za-z_+-][A-Za-z0-9_+-]*|100|1234):",
        ]
        .map(|filter| Regex::new(filter).unwrap())
        .into()
    });
    FILTERS
        .iter()
        .find_map(|filter| filter.find(text).map(|found| found.as_str().to_owned()))
}

/// Places in templates where a title may stand.
fn places(escaped: &str) -> [String; 5] {
    [
        escaped.to_owned(),
        format!("before {escaped} after"),
        format!("before\n{escaped}\nafter"),
        format!("*before* {escaped}"),
        format!("word{escaped}"),
    ]
}

fn check_plain(input: &str) {
    let escaped = plain(input);
    assert!(!escaped.contains(['\n', '\r', '\0', '\u{1b}']), "{input:?}");
    match only_text(&escaped) {
        Err(event) => panic!("{input:?} -> {escaped:?} is live: {event}"),
        Ok(seen) => {
            assert_eq!(live(&seen), None, "{input:?} -> {seen:?}");
            assert_eq!(
                seen.replace('\u{200b}', ""),
                one_line(input).replace('\u{200b}', ""),
                "shown as written"
            );
        }
    }
    for place in places(&escaped) {
        for event in parse(&place) {
            match event {
                Event::Text(_)
                | Event::SoftBreak
                | Event::Start(Tag::Paragraph | Tag::Emphasis)
                | Event::End(TagEnd::Paragraph | TagEnd::Emphasis) => {}
                other => panic!("{input:?} in {place:?} is live: {other:?}"),
            }
        }
    }
}

fn check_fence(input: &str) {
    let markdown = format!("before\n\n{}\n\nafter", fence(input, "text"));
    let mut events = parse(&markdown).into_iter();
    let expect = lines(input);
    let mut next = || events.next().unwrap();
    assert_eq!(next(), Event::Start(Tag::Paragraph));
    next();
    next();
    assert_eq!(
        next(),
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced("text".into()))),
        "{input:?}"
    );
    let mut seen = String::new();
    for event in events.by_ref() {
        match event {
            Event::Text(text) => seen.push_str(&text),
            Event::End(TagEnd::CodeBlock) => break,
            other => panic!("{input:?}: {other:?}"),
        }
    }
    let rest: Vec<Event<'_>> = events.collect();
    assert_eq!(rest.len(), 3, "{input:?} escaped its fence: {rest:?}");
    let seen = seen.replace('\u{200b}', "");
    assert_eq!(
        seen.trim_end_matches('\n'),
        expect.replace('\u{200b}', "").trim_end_matches('\n'),
        "{input:?}"
    );
}

fn check_code(input: &str) {
    let span = code(input);
    let events = parse(&span);
    let [
        Event::Start(Tag::Paragraph),
        Event::Code(seen),
        Event::End(TagEnd::Paragraph),
    ] = &events[..]
    else {
        panic!("{input:?} -> {span:?}: {events:?}");
    };
    assert_eq!(seen.trim(), one_line(input), "{input:?}");
    let table = format!("| a | b |\n|---|---|\n| {} | x |\n", code_cell(input));
    let cells = parse(&table)
        .into_iter()
        .filter(|event| matches!(event, Event::Start(Tag::TableCell)))
        .count();
    assert_eq!(cells, 4, "{table}");
    let outside: String = parse(&table)
        .into_iter()
        .filter_map(|event| match event {
            Event::Text(text) => Some(text.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(outside, "abx", "{table}");
}

fn check_comment(input: &str) {
    let comment = html_comment(input);
    let inner = comment
        .strip_prefix("<!-- ")
        .and_then(|rest| rest.strip_suffix(" -->"))
        .unwrap();
    assert!(
        !inner.contains("--") && !inner.contains(['<', '>', '\n']) && !inner.starts_with('-'),
        "{comment}"
    );
    let json = serde_json::json!({ "key": input, "n": -1 }).to_string();
    let comment = html_comment(&json);
    let inner = comment
        .strip_prefix("<!-- ")
        .and_then(|rest| rest.strip_suffix(" -->"))
        .unwrap();
    assert!(!inner.contains("--") && !inner.contains(['<', '>', '\n']), "{comment}");
    let parsed: serde_json::Value = serde_json::from_str(inner).unwrap();
    assert_eq!(parsed["n"], -1);
    assert!(only_text(&comment).is_err(), "a comment is not text");
    assert!(parse(&comment).iter().all(|event| matches!(
        event,
        Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) | Event::Html(_)
    )));
}

fn check_html(input: &str) {
    let escaped = html(input);
    assert!(
        !escaped.contains(['<', '>', '"', '\'', '`', '*', '[', '\\']),
        "{escaped}"
    );
    let markdown = format!("<details><summary>{escaped}</summary></details>");
    let seen: String = parse(&markdown)
        .into_iter()
        .filter_map(|event| match event {
            Event::Html(html) => Some(html.to_string()),
            Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => None,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(seen, markdown);
    assert_eq!(live(&escaped.replace("&#", "&")), None, "{escaped}");
}

#[test]
fn the_oracle_sees_live_text() {
    for live_text in [
        "ping @team",
        "x@y.example",
        "see #1",
        "GH-1",
        "at 0123456 now",
        "https://a",
        "www.a",
        ":tada:",
    ] {
        assert!(live(live_text).is_some(), "{live_text}");
    }
    assert!(only_text("*a*").is_err() && only_text("a <b> c").is_err() && only_text("- a").is_err());
}

#[test]
fn hostile_text_is_inert_everywhere() {
    for input in HOSTILE {
        check_plain(input);
        check_fence(input);
        check_code(input);
        check_comment(input);
        check_html(input);
    }
}

#[test]
fn ordinary_text_stays_readable() {
    for (input, expect) in [
        (
            "cannot find value `x` in this scope",
            "cannot find value \\`x\\` in this scope",
        ),
        ("tests/test_api.py::test_get_user", "tests/test_api.py::test_get_user"),
        ("took 12:30:45 at 50%", "took 12:30:45 at 50%"),
        ("expected i32, found &str", "expected i32, found &amp;str"),
        ("ping @team", "ping @\u{200b}team"),
    ] {
        assert_eq!(plain(input), expect);
    }
}

#[test]
fn a_fence_outbids_what_it_holds_within_reason() {
    assert_eq!(fence("a", "rust"), "```rust\na\n```");
    assert_eq!(fence("````", ""), "`````\n````\n`````");
    assert_eq!(fence("x", "a b`\nc"), "```abc\nx\n```");
    let long = fence(&"`".repeat(100_000), "");
    assert!(long.lines().next().unwrap().len() <= 61);
    check_fence(&"`".repeat(500));
    check_fence(&"~`".repeat(500));
}

#[test]
fn only_web_and_relative_addresses_are_linked() {
    for (url, expect) in [
        ("https://a.example/x?y=1#z", Some("https://a.example/x?y=1#z")),
        ("HTTP://a.example", Some("HTTP://a.example")),
        ("docs/x.md", Some("docs/x.md")),
        ("#anchor", Some("#anchor")),
        ("../a:b", Some("../a:b")),
        (
            "https://a.example/(x) \"y\" <z>",
            Some("https://a.example/%28x%29%20%22y%22%20%3Cz%3E"),
        ),
        ("https://a.example/%41%", Some("https://a.example/%41%25")),
        ("https://a.example/é\n)", Some("https://a.example/%C3%A9%0A%29")),
        ("https://a.example/?a&b", Some("https://a.example/?a&amp;b")),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("data:text/html,x", None),
        ("//evil.example", None),
        ("\\\\evil.example", None),
        ("java&#115;cript:x", None),
        ("", None),
    ] {
        let linked = expect.map_or("t".to_owned(), |url| format!("[t]({url})"));
        assert_eq!(link("t", url), linked, "{url:?}");
    }
    assert_eq!(link("", "https://a.example"), "");
}

#[test]
fn quiet_addresses_leave_no_event() {
    assert_eq!(
        quiet_url("https://github.com/o/r/issues/1"),
        "https://redirect.github.com/o/r/issues/1"
    );
    assert_eq!(
        quiet_url("https://github.com/o/r/actions/runs/1"),
        "https://github.com/o/r/actions/runs/1"
    );
    assert_eq!(
        quiet_url("https://git.example/o/r/issues/1"),
        "https://git.example/o/r/issues/1"
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(600))]

    #[test]
    fn any_text_is_inert(text in "([*_~`#@:<>&\\[\\]()|!$\\\\./+=\\- \n\r\t]|[a-f0-9]{1,8}|www|gh-|https|mailto|\u{200b}|\u{1b}|é|[0-9]){0,24}") {
        check_plain(&text);
        check_fence(&text);
        check_code(&text);
        check_comment(&text);
        check_html(&text);
    }

    #[test]
    fn a_link_is_one_link(text in "[a-z*_`\\[\\]()!<>@#1 ]{1,20}", path in "[a-z()<>\\[\\] \"'\\\\%*_`&#@é]{0,20}") {
        let markdown = link(&text, &format!("https://a.example/{path}"));
        let mut links = 0;
        for event in parse(&markdown) {
            match event {
                Event::Start(Tag::Link { dest_url, .. }) => {
                    links += 1;
                    assert!(dest_url.starts_with("https://a.example/"), "{dest_url}");
                }
                Event::Text(text) => assert_eq!(live(&text), None),
                Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph | TagEnd::Link) => {}
                other => panic!("{markdown:?}: {other:?}"),
            }
        }
        assert_eq!(links, usize::from(!one_line(&text).is_empty()), "{markdown:?}");
    }
}

#[test]
fn a_title_is_read_as_it_is_and_notifies_nobody() {
    assert_eq!(
        title("CI: expected *3* <but> got_4 [x]"),
        "CI: expected *3* <but> got_4 [x]"
    );
    let hostile =
        title("fixes #1 and gh-2 by @team, octo/ship#3 `x` https://evil.test 0123456789abcdef\n\u{1b}[31mred");
    for live in ["#1", "gh-2", "@team", "ship#3", "`", "://", "0123456", "\n", "\u{1b}"] {
        assert!(!hostile.contains(live), "{live} in {hostile}");
    }
}

#[test]
fn only_whole_words_are_parted_for_looking_like_commits() {
    for same in ["120 succeeded", "preface decades", "sw1:ab12", "xabcdef12", "abcdef12x"] {
        assert!(!plain(same).contains('\u{200b}'), "{same}");
    }
    for parted in [
        "abcdef1",
        "at 0123456789abcdef0123456789abcdef01234567.",
        "(abcdef12)",
        "é abcdef12",
        "DEFACED",
    ] {
        assert!(plain(parted).contains('\u{200b}'), "{parted}");
    }
}
