use super::*;

const NAME: &str = "sw1:0123456789abcdef0123456789abcdef";

fn one(line: &str) -> Result<Command, Refusal> {
    let mut found = parse(line);
    assert_eq!(found.len(), 1, "{line}");
    found.remove(0)
}

fn none(comment: &str) {
    assert_eq!(parse(comment), [], "{comment}");
}

fn name(text: &str) -> FailureName {
    text.parse().unwrap()
}

#[test]
fn every_command_is_understood() {
    assert_eq!(one("/shipwright explain"), Ok(Command::Explain(None)));
    let link = |repository: Option<&str>, attempt| {
        let repository = repository.map(|slug| slug.parse().unwrap());
        Ok(Command::Explain(Some(RunLink {
            repository,
            run: RunId::new(77),
            attempt,
        })))
    };
    assert_eq!(one("/shipwright explain 77"), link(None, None));
    for (page, attempt) in [
        ("https://github.com/octo/ship/actions/runs/77", None),
        ("<https://github.com/octo/ship/actions/runs/77/>", None),
        ("https://ghe.example:8443/octo/ship/actions/runs/77?pr=12", None),
        (
            "https://github.com/octo/ship/actions/runs/77/attempts/3#summary",
            Some(3),
        ),
        ("https://github.com/octo/ship/actions/runs/77/job/5", None),
    ] {
        assert_eq!(
            one(&format!("/shipwright explain {page}")),
            link(Some("octo/ship"), attempt),
            "{page}"
        );
    }
    assert_eq!(
        one(&format!("/shipwright not-similar `{NAME}`")),
        Ok(Command::NotSimilar(name(NAME)))
    );
    let mute = |days| {
        Ok(Command::Mute {
            failure: name(NAME),
            days,
        })
    };
    assert_eq!(one(&format!("/shipwright mute {NAME}")), mute(MUTE_DAYS));
    assert_eq!(one(&format!("/shipwright mute {NAME} 7")), mute(7));
    assert_eq!(one(&format!("/shipwright mute {NAME} 0 days")), mute(0));
}

#[test]
fn a_fix_is_a_commit_a_pull_request_or_words() {
    let check = |words: &str, fix: FixedBy, failure: Option<&str>| {
        let failure = failure.map(name);
        assert_eq!(
            one(&format!("/shipwright fixed-by {words}")),
            Ok(Command::FixedBy { fix, failure }),
            "{words}"
        );
    };
    let number = |number: &str| number.parse().unwrap();
    let slug = || Some("octo/ship".parse().unwrap());
    check("98A6a2a", FixedBy::Commit("98a6a2a".to_owned(), None), None);
    check("#12", FixedBy::Pull(number("12"), None), None);
    check(
        "https://github.com/octo/ship/pull/12/files",
        FixedBy::Pull(number("12"), slug()),
        None,
    );
    check(
        "https://github.com/octo/ship/commit/98a6a2a",
        FixedBy::Commit("98a6a2a".to_owned(), slug()),
        None,
    );
    check(
        "updating the lock file, see #12",
        FixedBy::Text("updating the lock file, see #12".to_owned()),
        None,
    );
    check("decade", FixedBy::Text("decade".to_owned()), None);
    check(
        &format!("#12 for {NAME}"),
        FixedBy::Pull(number("12"), None),
        Some(NAME),
    );
    check(
        "waiting for sw1:01234567",
        FixedBy::Text("waiting".to_owned()),
        Some("sw1:01234567"),
    );
    check("waiting for godot", FixedBy::Text("waiting for godot".to_owned()), None);
    check(
        "https://wiki.example/page",
        FixedBy::Text("https://wiki.example/page".to_owned()),
        None,
    );
    let long = "x".repeat(5000);
    check(&format!("{long} y"), FixedBy::Text("x".repeat(300)), None);
}

#[test]
fn what_is_no_command_of_ours_is_refused_by_its_kind() {
    for (line, refusal) in [
        ("/shipwright", Refusal::Unknown),
        ("/shipwright dance", Refusal::Unknown),
        ("/shipwright explain yesterday", Refusal::NoRun),
        ("/shipwright explain 1 2", Refusal::NoRun),
        (
            "/shipwright explain https://github.com/octo/ship/pull/3",
            Refusal::NoRun,
        ),
        ("/shipwright fixed-by", Refusal::NoFix),
        ("/shipwright fixed-by for sw1:01234567", Refusal::NoFix),
        ("/shipwright fixed-by #12 for sw1:xyz", Refusal::NoFingerprint),
        ("/shipwright not-similar", Refusal::NoFingerprint),
        ("/shipwright not-similar 1234", Refusal::NoFingerprint),
        ("/shipwright mute", Refusal::NoFingerprint),
        ("/shipwright mute sw1:01234567 soon", Refusal::NoDays),
        ("/shipwright mute sw1:01234567 -1", Refusal::NoDays),
        ("/shipwright mute sw1:01234567 366", Refusal::NoDays),
        ("/shipwright mute sw1:01234567 99999999999999999999", Refusal::NoDays),
    ] {
        assert_eq!(one(line), Err(refusal), "{line}");
    }
}

#[test]
fn only_a_persons_own_line_is_a_command() {
    none("please run /shipwright explain");
    none("/shipwrights explain");
    none("/ship");
    none("> /shipwright explain");
    none(">> quoted\n/shipwright explain is still the quotation");
    none("```\n/shipwright explain\n```");
    none("~~~~\n~~~\n/shipwright explain\n~~~~");
    none("```sh\n/shipwright explain");
    none("    /shipwright explain");
    none("\t/shipwright explain");
    none("- /shipwright explain");
    none("<!-- /shipwright explain -->");
    none("<!--\n/shipwright explain\n-->");
    none("`/shipwright explain`");
    none("");
    none("/shipwrıght explain");
}

#[test]
fn commands_stand_between_other_words_and_are_counted() {
    let comment = "Thanks!\r\n\r\n> look at this\r\n\r\n  /Shipwright Explain\r\n```\r\ncode\r\n```\r\n/shipwright mute 01234567 3\r\n";
    let found = parse(comment);
    assert_eq!(
        found,
        [
            Ok(Command::Explain(None)),
            Ok(Command::Mute {
                failure: name("01234567"),
                days: 3
            })
        ]
    );
    assert_eq!(parse(&"/shipwright explain\n".repeat(100)).len(), MOST);
}

#[test]
fn a_short_name_fits_the_fingerprints_that_start_so() {
    let fingerprint: Fingerprint = NAME.parse().unwrap();
    assert!(name("SW1:01234567".trim_start_matches("SW1:")).names(&fingerprint));
    assert!(name(NAME).names(&fingerprint) && name(NAME).whole() == Some(fingerprint.clone()));
    assert!(!name("11234567").names(&fingerprint) && name("01234567").whole().is_none());
}
