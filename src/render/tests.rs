use super::*;
use crate::failure::{Category, Class, ExcerptLine, Failure, Location, Signature};
use crate::ids::Fingerprint;
use crate::records::{Fix, KnownFailure};
use crate::report::{Care, FailureReport, JobReference, Muted, Owner, Related, Similar, Subject, Unread};
use crate::similar::MatchKind;
use crate::suggestion::{Action, Source};

const REF: &str = "refs/ruflo-memory/v1";

/// Everything a stranger may try, in one line.
const HOSTILE: &str = "``` @everyone fixes #1 <img src=x onerror=1> --> [a](javascript:x) **b** ::error::x ##[set-env name=x]y \u{1b}[31m\u{0} {{ 7*7 }} octo/ship#2 https://evil.test/x :+1:";

fn known(text: &str) -> KnownFailure {
    KnownFailure {
        fingerprint: Fingerprint::from_digest(&[2; 16]),
        title: text.to_owned(),
        category: Category::AssertionFailure,
        class: Class::Deterministic,
        tool: Some("pytest".to_owned()),
        tests: vec![text.to_owned()],
        paths: Vec::new(),
        signature: Signature::default(),
        seen: 2,
        first_seen: 1_790_000_000_000,
        last_seen: 1_793_000_000_000,
        branches: vec![text.to_owned()],
        url: Some("https://github.example/octo/ship/actions/runs/1".to_owned()),
        commits: std::collections::BTreeMap::new(),
        trusted: true,
        flaky: 1,
        stubborn: 0,
        red_on: Vec::new(),
        red_in_forks: Vec::new(),
        fixes: vec![Fix {
            id: "f".to_owned(),
            summary: text.to_owned(),
            url: Some(format!("https://github.example/octo/ship/pull/12?{text}")),
            sha: None,
            applied: 1,
            resolved: 1,
            last_at: 0,
            learned_at: 0,
            confidence: 1.0,
            files: Vec::new(),
            weighted: (1.0, 1.0),
            confirmed: 0,
        }],
        unwanted: Vec::new(),
    }
}

fn failure(text: &str, lines: u64) -> FailureReport {
    let excerpt = (0..lines).map(|line| ExcerptLine {
        line: 100 + line,
        text: format!("{text} line {line}"),
    });
    FailureReport {
        failure: Failure {
            fingerprint: Fingerprint::from_digest(&[2; 16]),
            category: Category::AssertionFailure,
            class: Class::Deterministic,
            title: text.to_owned(),
            tool: Some("pytest".to_owned()),
            step: Some(text.to_owned()),
            tests: vec![text.to_owned()],
            locations: vec![Location {
                path: text.to_owned(),
                line: Some(3),
            }],
            exit_code: Some(1),
            excerpt: excerpt.collect(),
            decisive_lines: vec![101],
            confidence: 0.9,
            signature: Signature::default(),
        },
        jobs: vec![JobReference {
            name: text.to_owned(),
            url: "https://github.example/job/1".to_owned(),
        }],
        known: Some(known(text)),
        matches: vec![Similar {
            kind: MatchKind::Near,
            score: 0.81,
            known: known(text),
        }],
        actions: vec![
            Action {
                text: format!("run `{text}` alone"),
                source: Source::Category,
            },
            Action {
                text: text.to_owned(),
                source: Source::Fix {
                    id: "f".to_owned(),
                    url: None,
                    applied: 2,
                    resolved: 1,
                    confidence: 0.4,
                },
            },
        ],
        care: Care::default(),
    }
}

#[test]
fn the_role_is_named_and_only_an_owner_who_wants_it_is_mentioned() {
    let mut report = report("x", 1, 1);
    let owner = |name: &str, mention| Owner {
        name: name.to_owned(),
        mention,
    };
    report.failures[0].care = Care {
        role: "devops".to_owned(),
        title: "DevOps Engineer".to_owned(),
        resolved: 3,
        ended: 4,
        owners: vec![owner("octo/api", true), owner("@everyone", false), owner("a b", true)],
    };
    let page = Renderer::built_in().page(Page::Comment, &report, REF, 60_000).unwrap();
    let line = page.lines().find(|line| line.starts_with("Who:")).unwrap();
    assert!(
        line.starts_with("Who: DevOps Engineer (resolved 3 of 4 such failures); owned by @octo/api, "),
        "{line}"
    );
    assert_eq!(line.matches('@').count(), 2, "{line}");
    assert!(!line.contains("@everyone"), "{line}");
}

fn report(text: &str, failures: usize, lines: u64) -> Report {
    Report {
        subject: Subject {
            workflow: text.to_owned(),
            url: "https://github.example/octo/ship/actions/runs/7".to_owned(),
            attempt: 2,
            branch: text.to_owned(),
            sha: "0123456789012345678901234567890123456789".to_owned(),
            conclusion: "failure".to_owned(),
            stage: Some(text.to_owned()),
            iteration: Some(3),
            goal: Some(text.to_owned()),
            issue: Some("4".parse().unwrap()),
            base: "main".to_owned(),
            fork: String::new(),
            first_bad: Some(crate::report::FirstBad {
                sha: "0123456789012345678901234567890123456789".to_owned(),
                url: "https://github.example/octo/ship/commit/0123456".to_owned(),
                title: text.to_owned(),
                green: "9876543210987654321098765432109876543210".to_owned(),
                commits: 1,
            }),
        },
        failures: (0..failures).map(|_| failure(text, lines)).collect(),
        muted: vec![Muted {
            report: failure(text, 1),
            until: 1_793_000_000_000,
        }],
        unread: vec![Unread {
            job: JobReference {
                name: text.to_owned(),
                url: "https://github.example/job/2".to_owned(),
            },
            steps: vec![text.to_owned()],
            reason: "its log cannot be read: grant `actions: read`".to_owned(),
        }],
        related: vec![Related {
            number: "9".parse().unwrap(),
            title: text.to_owned(),
            url: "https://github.example/octo/ship/issues/9".to_owned(),
            state: "open".to_owned(),
        }],
        degraded: vec!["the search was refused".to_owned()],
    }
}

fn resolved(text: &str) -> Resolved {
    Resolved {
        workflow: text.to_owned(),
        short_sha: "0123456".to_owned(),
        commit_url: "https://github.example/octo/ship/commit/0123456".to_owned(),
        url: "https://github.example/octo/ship/actions/runs/8".to_owned(),
        failed_runs: 2,
        titles: vec![text.to_owned()],
        flaky: false,
    }
}

fn pages(text: &str) -> Vec<(&'static str, String)> {
    let renderer = Renderer::built_in();
    let report = report(text, 2, 3);
    let page = |page| renderer.page(page, &report, REF, 60_000).unwrap();
    vec![
        ("comment", page(Page::Comment)),
        ("issue", page(Page::Issue)),
        ("document", page(Page::Document)),
        ("text", page(Page::Text)),
        ("resolved", renderer.resolved(&resolved(text)).unwrap()),
        ("issue_resolved", renderer.issue_resolved(&resolved(text)).unwrap()),
        ("refused", renderer.refused(&[text.to_owned()]).unwrap()),
        ("prompt", renderer.prompt(&report, 60_000).unwrap()),
    ]
}

#[test]
fn pages_read_well() {
    for (name, page) in pages("assertion failed: left == right") {
        insta::assert_snapshot!(name, page);
    }
}

#[test]
fn hostile_text_is_inert_on_every_page() {
    for (name, page) in pages(HOSTILE) {
        insta::assert_snapshot!(format!("hostile_{name}"), page);
        assert!(
            !page.contains('\u{1b}') && !page.contains('\0'),
            "{name}: control characters"
        );
        assert!(!page.contains("49"), "{name}: a log line was run as a template");
        assert!(
            !page.lines().any(|line| line.trim_start().starts_with("::")),
            "{name}: a runner command"
        );
        if name != "text" {
            assert_inert_markdown(name, &page);
        }
    }
}

/// Parses the page as GitHub would and checks that no text of a stranger became markup.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most events of Markdown are of no interest here"
)]
fn assert_inert_markdown(name: &str, page: &str) {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    let mut in_code = false;
    for event in Parser::new_ext(
        page,
        Options::ENABLE_GFM | Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH,
    ) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(
                    dest_url.starts_with("https://github.example/"),
                    "{name}: live link {dest_url}"
                );
            }
            Event::Start(Tag::Image { .. }) => panic!("{name}: live image"),
            Event::Html(html) | Event::InlineHtml(html) => {
                let ours = matches!(html.trim(), "<sub>" | "</sub>" | "</details>");
                assert!(
                    ours || html.trim().starts_with("<sub>") || html.trim().starts_with("<details><summary>"),
                    "{name}: live HTML {html}"
                );
            }
            Event::Text(text) if !in_code => {
                for live in ["@everyone", "#1", "octo/ship#2", "https://evil", ":+1:"] {
                    assert!(!text.contains(live), "{name}: live {live} in {text:?}");
                }
            }
            _ => {}
        }
    }
}

#[test]
fn the_four_sections_stand_once_and_in_order() {
    for (name, page) in pages("x")
        .into_iter()
        .filter(|(name, _)| ["comment", "issue", "document", "text"].contains(name))
    {
        let titles = ["What Failed", "Why", "Similar Past Issues", "Suggested Actions"];
        let heading = |line: &str| {
            titles
                .iter()
                .position(|title| line.trim_start_matches(['#', ' ']) == *title)
        };
        let found: Vec<usize> = page.lines().filter_map(heading).collect();
        assert_eq!(found, [0, 1, 2, 3], "{name}");
    }
}

#[test]
fn an_empty_report_still_has_its_sections_and_actions() {
    let mut empty = report("x", 0, 0);
    empty.unread.clear();
    empty.muted.clear();
    empty.related.clear();
    let renderer = Renderer::built_in();
    insta::assert_snapshot!(
        "empty_document",
        renderer.page(Page::Document, &empty, "", 60_000).unwrap()
    );
    insta::assert_snapshot!("empty_text", renderer.page(Page::Text, &empty, "", 60_000).unwrap());
}

#[test]
fn the_text_names_what_could_not_be_read_and_all_that_a_comment_names() {
    let told = |report: &Report, wanted: &[&str], absent: &[&str]| {
        let page = Renderer::built_in().page(Page::Text, report, REF, 60_000).unwrap();
        for line in wanted {
            assert!(page.contains(line), "{line}: {page}");
        }
        for line in absent {
            assert!(!page.contains(line), "{line}: {page}");
        }
    };
    let mut shown = report("a b", 1, 1);
    shown.failures[0].known = Some(KnownFailure {
        red_on: vec!["a b".to_owned()],
        flaky: 0,
        ..known("a b")
    });
    shown.failures[0].jobs = (0..12).map(|_| shown.failures[0].jobs[0].clone()).collect();
    let rest = [
        "Run: https://github.example/octo/ship/actions/runs/7 ended with failure on a b at 0123456 (attempt 2)\n",
        "   in job a b https://github.example/job/1\n",
        "   …and 2 more jobs\n",
        "   this branch was red with it before\n",
        "First bad commit: 0123456 a b https://github.example/octo/ship/commit/0123456\n",
        "The log of these failed jobs, too, could not be read:\n- a b: step a b https://github.example/job/2\n",
        "- a b: its log cannot be read: grant `actions: read`\n",
        "- muted until 2026-10-26: a b (sw1:",
        "- in this repository (open): 9 a b, https://github.example/octo/ship/issues/9\n",
    ];
    told(&shown, &rest, &["…and 1 more jobs"]);

    let nothing = [
        "No failure was found",
        "Nothing in the log",
        "Check that the log is complete",
    ];
    let mut unread = report("a b", 0, 0);
    unread.muted.clear();
    unread.unread = (0..12).map(|_| unread.unread[0].clone()).collect();
    let wanted = [
        "The log of these failed jobs could not be read:\n- a b: step a b https://github.example/job/2\n",
        "…and 2 more jobs\n",
        "1. Read the log of the failed step on its own page.\n",
    ];
    told(&unread, &wanted, &nothing);
    unread.unread.clear();
    unread.muted = report("a b", 0, 0).muted;
    told(
        &unread,
        &["Nothing but what is muted failed.\n", "1. Nothing for now"],
        &nothing,
    );
}

#[test]
fn a_page_shrinks_to_its_limit_and_stays_whole() {
    let renderer = Renderer::built_in();
    let astral = "🦀`".repeat(300);
    let big = report(&astral, 5, 30);
    for most in [60_000, 20_000, 9_000] {
        let page = renderer.page(Page::Comment, &big, REF, most).unwrap();
        assert!(text::utf16_len(&page) <= most, "{most}");
        let fences = page.lines().filter(|line| line.starts_with("```")).count();
        assert_eq!(fences % 2, 0, "{most}: an open fence");
        assert!(page.contains("Suggested Actions"));
    }
    assert!(text::utf16_len(&renderer.page(Page::Comment, &big, REF, 1_000).unwrap()) <= 1_000);
    assert!(renderer.prompt(&big, 500).unwrap().chars().count() <= 500);
}

const CONTRACT: &str = include_str!("../../docs/templates.md");

#[test]
fn the_template_of_the_documentation_renders() {
    let rest = CONTRACT.split("```jinja\n").nth(1).unwrap();
    let example = rest.split("\n```\n").next().unwrap();
    let custom = Renderer::with_comment_template(example.to_owned()).unwrap();
    let page = custom.page(Page::Comment, &report("a b", 7, 3), REF, 60_000).unwrap();
    for words in [
        "## a b failed on `a b`",
        "seen twice before",
        "…and 2 more in [the run](",
        "memory in",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let none = custom.page(Page::Comment, &report("a b", 0, 0), REF, 60_000).unwrap();
    assert!(none.contains("### Why"), "{none}");
    for page in [page, none] {
        assert_inert_markdown("example", &page);
    }
}

#[test]
fn the_documentation_names_every_variable_and_filter() {
    fn names(value: &serde_json::Value, found: &mut std::collections::BTreeSet<String>) {
        match value {
            serde_json::Value::Object(fields) => {
                for (name, value) in fields {
                    found.insert(name.clone());
                    names(value, found);
                }
            }
            serde_json::Value::Array(values) => values.iter().for_each(|value| names(value, found)),
            serde_json::Value::Null
            | serde_json::Value::Bool(_)
            | serde_json::Value::Number(_)
            | serde_json::Value::String(_) => {}
        }
    }
    let mut full = report("a b", 1, 1);
    full.failures[0].care.owners = vec![Owner {
        name: "octo/api".to_owned(),
        mention: true,
    }];
    let view = serde_json::to_value(ReportView::new(&full, REF, Budget::LEVELS[0])).unwrap();
    let mut wanted = std::collections::BTreeSet::new();
    names(&view, &mut wanted);
    wanted.extend(
        [
            "fence", "code", "plain", "prose", "mention", "times", "span", "column", "bar",
        ]
        .map(str::to_owned),
    );
    for name in wanted {
        assert!(
            CONTRACT.contains(&format!("`{name}`")),
            "{name} is not in docs/templates.md"
        );
    }
}

#[test]
fn a_users_template_is_data_with_fuel() {
    let custom = Renderer::with_comment_template("{{ workflow }}: {{ failures[0].title }}".to_owned()).unwrap();
    let page = custom
        .page(Page::Comment, &report("@all `x`", 1, 1), REF, 60_000)
        .unwrap();
    assert!(!page.contains("@all"), "{page}");
    assert!(Renderer::with_comment_template("{% if %}".to_owned()).is_err());
    assert!(Renderer::with_comment_template("x".repeat(MAX_TEMPLATE_BYTES + 1)).is_err());
    for broken in [
        "{{ nothing_like_this }}",
        "{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}",
    ] {
        let renderer = Renderer::with_comment_template(broken.to_owned()).unwrap();
        assert!(
            renderer.page(Page::Comment, &report("x", 1, 1), REF, 60_000).is_err(),
            "{broken}"
        );
    }
    let long = Renderer::with_comment_template("x".repeat(5_000)).unwrap();
    assert!(matches!(
        long.page(Page::Comment, &report("x", 1, 1), REF, 1_000),
        Err(RenderError::TooLong { .. })
    ));
}
