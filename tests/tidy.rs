//! The house in order: who may name whom, how long a file may be, and that generated pages are true.

#![expect(clippy::unwrap_used, reason = "a check stops at the first file it cannot read")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use shipwright::settings::{inputs, schema};

/// The floors, from the ground up. A module imports from lower floors, and from those before it on its own.
const FLOORS: &[&[&str]] = &[
    &["ids", "redact", "text", "token"],
    &["settings", "event", "command", "log", "memory"],
    &[
        "failure",
        "records",
        "similar",
        "suggestion",
        "recruit",
        "coordinate",
        "report",
        "render",
    ],
    &["github", "gitref", "store", "runner", "ruflo"],
    &["app"],
    &["cli", "bot"],
];

/// On these floors modules do not import each other at all: doors are independent, plain values are too.
const INDEPENDENT: &[usize] = &[0, 3];

/// Floors without I/O, clock, chance, environment and `async`.
const PURE: std::ops::RangeInclusive<usize> = 0..=2;

/// What pure code must not name.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "std::thread",
    "tokio::",
    "reqwest::",
    "SystemTime",
    "Instant::now",
    "getrandom",
    "async fn",
    "tempfile",
];

const LONGEST: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(directory: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join(directory)];
    while let Some(path) = waiting.pop() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The code of a file without its comments and its tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = text
        .lines()
        .map(|line| if line.trim_start().starts_with("//") { "" } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_test_file(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem == "tests") || path.components().any(|part| part.as_os_str() == "tests")
}

fn place(module: &str) -> Option<(usize, usize)> {
    let floor = FLOORS.iter().position(|floor| floor.contains(&module))?;
    let at = FLOORS[floor].iter().position(|name| *name == module)?;
    Some((floor, at))
}

/// The top module a source file belongs to.
fn module_of(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).unwrap();
    let first = inside
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Top modules that a text names by `crate::…`.
fn named(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in text.split("crate::").skip(1) {
        let list: String = match part.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default().to_owned(),
            None => part.to_owned(),
        };
        let items: Vec<&str> = if part.starts_with('{') {
            list.split(',').collect()
        } else {
            vec![list.as_str()]
        };
        for item in items {
            let name: String = item
                .trim()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            names.push(name);
        }
    }
    names
}

#[test]
fn modules_name_only_what_is_below_them() {
    let mut wrong = Vec::new();
    for path in rust_files("src").into_iter().filter(|path| !is_test_file(path)) {
        let module = module_of(&path);
        if matches!(module.as_str(), "lib" | "main") {
            continue;
        }
        let Some((floor, at)) = place(&module) else {
            wrong.push(format!("{module} has no floor in tests/tidy.rs"));
            continue;
        };
        for name in named(&code(&path)) {
            let Some((other_floor, other_at)) = place(&name) else {
                continue;
            };
            let itself = name == module;
            let below = other_floor < floor;
            let before = other_floor == floor && other_at < at && !INDEPENDENT.contains(&floor);
            if !(itself || below || before) {
                wrong.push(format!(
                    "{} names crate::{name}",
                    path.strip_prefix(root()).unwrap().display()
                ));
            }
        }
    }
    wrong.dedup();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_import_check_would_notice() {
    assert_eq!(
        named("use crate::{a, b::C};\nuse crate::gitref::x;"),
        ["a", "b", "gitref"]
    );
    assert!(place("github") > place("failure") && place("app") > place("runner"));
}

#[test]
fn pure_floors_do_no_input_or_output() {
    let mut wrong = Vec::new();
    for path in rust_files("src").into_iter().filter(|path| !is_test_file(path)) {
        let Some((floor, _)) = place(&module_of(&path)) else {
            continue;
        };
        if !PURE.contains(&floor) {
            continue;
        }
        let code = code(&path);
        wrong.extend(
            IMPURE
                .iter()
                .filter(|word| code.contains(**word))
                .map(|word| format!("{}: {word}", path.strip_prefix(root()).unwrap().display())),
        );
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    let lines = |path: &PathBuf| fs::read_to_string(path).unwrap().lines().count();
    let files = ["src", "tests", "benches", "fuzz"]
        .iter()
        .flat_map(|directory| rust_files(directory));
    let long: Vec<String> = files
        .map(|path| (lines(&path), path))
        .filter(|(count, path)| *count > LONGEST && !path.components().any(|part| part.as_os_str() == "target"))
        .map(|(count, path)| format!("{}: {count}", path.strip_prefix(root()).unwrap().display()))
        .collect();
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn main_is_short_and_lib_is_a_map() {
    let main = fs::read_to_string(root().join("src/main.rs")).unwrap();
    assert!(main.lines().count() <= 60);
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let other: Vec<&str> = lib
        .lines()
        .filter(|line| !(line.is_empty() || line.starts_with("//") || line.starts_with("pub mod ")))
        .collect();
    assert_eq!(other, Vec::<&str>::new());
    let order: Vec<(usize, usize)> = lib
        .lines()
        .filter_map(|line| place(line.strip_prefix("pub mod ")?.trim_end_matches(';')))
        .collect();
    assert!(
        order.windows(2).all(|pair| pair[0] < pair[1]),
        "src/lib.rs is not in floor order: {order:?}"
    );
}

#[test]
fn action_and_documentation_are_what_the_settings_say() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap_or_default();
    let remedy = "run `cargo run -- docs inputs > docs/inputs.md` and `cargo run -- docs action > action.yml`";
    assert_eq!(read("docs/inputs.md"), inputs::markdown(), "{remedy}");
    assert_eq!(read("action.yml"), inputs::action_yml(), "{remedy}");
    let config: serde_json::Value = serde_json::from_str(&read("schemas/config.json")).unwrap();
    assert_eq!(
        config,
        schema::config(),
        "run `cargo run -- docs config > schemas/config.json`"
    );
}

#[test]
fn every_template_is_built_in() {
    let render = fs::read_to_string(root().join("src/render/mod.rs")).unwrap();
    for entry in fs::read_dir(root().join("templates")).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(render.contains(&format!("templates/{name}")), "{name} is not used");
    }
}

#[test]
fn examples_use_inputs_that_exist() {
    for entry in fs::read_dir(root().join("examples")).into_iter().flatten().flatten() {
        let text = fs::read_to_string(entry.path()).unwrap();
        let workflow: serde_json::Value = serde_yaml::from_str(&text).unwrap();
        for step in steps(&workflow) {
            let ours = step["uses"]
                .as_str()
                .is_some_and(|uses| uses.contains("shipwright-action"));
            let given: BTreeMap<String, serde_json::Value> =
                serde_json::from_value(step["with"].clone()).unwrap_or_default();
            for name in given.keys().filter(|_| ours) {
                assert!(
                    inputs::input(name).is_some(),
                    "{}: no input `{name}`",
                    entry.path().display()
                );
            }
        }
    }
}

fn steps(workflow: &serde_json::Value) -> Vec<serde_json::Value> {
    let jobs = workflow["jobs"]
        .as_object()
        .into_iter()
        .flat_map(serde_json::Map::values);
    jobs.flat_map(|job| job["steps"].as_array().cloned().unwrap_or_default())
        .collect()
}
