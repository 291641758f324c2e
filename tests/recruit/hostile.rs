//! Whatever is typed is a text, and nothing but a text.

use super::Desk;

const TEXTS: [&str; 9] = [
    r#"x" // {"model":env.SECRET_TOKEN,"success_rate":100} // ""#,
    r#"a","outcome":"success","x":""#,
    "$(touch owned)",
    "`touch owned`; touch owned",
    "../../../../owned",
    "{{ 7 * 7 }} ${IFS} %s%s%n",
    "line one\nline two\r\n::set-output name=x::y",
    "\u{1b}[31mred\u{1b}]0;title\u{7}",
    "日本語 ümläut 🦀 \u{202e}txt",
];

#[test]
fn no_argument_is_ever_more_than_text() {
    for text in TEXTS {
        let desk = Desk::new();
        let all: [&[&str]; 16] = [
            &["match", text],
            &["match", "x", "--agent", text],
            &["team", text],
            &["route", text],
            &["decompose", text],
            &["create-role", text],
            &["create-role", "ok", text, text],
            &["create-role", "--auto", text],
            &["record-outcome", text, text, "success"],
            &["record-outcome", "a", "t", text],
            &["record-outcome", "a", "t", "success", text],
            &["record-outcome", "a", "t", "success", "--role", text],
            &["evaluate", text],
            &["promote", text],
            &["onboard", text],
            &["mind", text],
        ];
        for arguments in all {
            let output = desk.command(arguments).env("SECRET_TOKEN", "hunter2").output().unwrap();
            let said = format!(
                "{}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
            assert!(matches!(output.status.code(), Some(0..=2)), "{arguments:?}: {said}");
            assert!(!said.contains("hunter2"), "{arguments:?}: {said}");
            let shown = String::from_utf8_lossy(&output.stdout);
            assert!(
                !shown.contains('\u{1b}') && !shown.contains("\n::"),
                "{arguments:?}: {shown}"
            );
        }
        for store in [
            "roles.json",
            "profiles.json",
            "role-usage.json",
            "meta-learning.json",
            "agent-minds.json",
        ] {
            desk.read(store);
        }
        for line in desk.history() {
            assert!(line["outcome"].is_null() || line["outcome"] == "success", "{line}");
        }
        desk.events("recruit_outcome");
        let mut found = vec![desk.directory.path().to_owned()];
        while let Some(path) = found.pop() {
            for entry in std::fs::read_dir(path).unwrap().flatten() {
                assert_ne!(entry.file_name(), "owned");
                if entry.path().is_dir() {
                    found.push(entry.path());
                }
            }
        }
    }
}

#[test]
fn an_agent_keeps_its_name_whatever_it_is() {
    let desk = Desk::new();
    for text in TEXTS {
        desk.text(&["record-outcome", text, "t", "failure"]);
        assert_eq!(desk.read("profiles.json")[text]["tasks_completed"], 1);
    }
    assert_eq!(desk.json(&["profiles"])["count"], TEXTS.len());
}

#[test]
fn a_text_of_a_megabyte_is_read_in_part() {
    let desk = Desk::new();
    let long = "security ".repeat(10_000);
    assert_eq!(desk.role_of(&long), "security-auditor");
}

#[test]
fn a_secret_in_a_task_is_neither_stored_nor_shown() {
    let desk = Desk::new();
    let secret = format!("ghp_{}", "a1B2c3D4e5F6".repeat(3));
    let task = format!("Rotate {secret} now");
    desk.text(&["match", &task]);
    desk.text(&["record-outcome", "ann", &task, "success"]);
    desk.text(&["create-role", "--auto", &task]);
    assert!(!desk.text(&["decompose", &task]).contains(&secret));
    assert_eq!(
        desk.history()[0]["outcome"],
        "success",
        "the redacted task still finds its match"
    );
    for entry in std::fs::read_dir(desk.store("")).unwrap().flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        assert!(
            !text.to_lowercase().contains(&secret.to_lowercase()),
            "{}",
            entry.path().display()
        );
    }
}
