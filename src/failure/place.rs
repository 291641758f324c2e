//! Places in the user's sources that lines name.

use std::sync::LazyLock;

use regex::Regex;

use super::model::Location;

/// Places of one failure, at most.
const MOST: usize = 8;

/// Parts of a path that are not the user's sources.
const FOREIGN: &[&str] = &[
    "node_modules/",
    "site-packages/",
    "dist-packages/",
    "/usr/lib",
    "/usr/local/lib",
    "/usr/include",
    "/usr/share",
    ".cargo/registry",
    "/rustc/",
    "/gems/",
    "/.rvm/",
    "/.rbenv/",
    "/hostedtoolcache/",
    "/.pyenv/",
    "/.gradle/",
    "/.m2/",
    "node:internal",
    "internal/",
    "/vendor/",
    "/opt/",
    "<frozen",
    "/go/pkg/mod/",
    "/.nuget/",
    "/Library/",
    "/.stack/",
    "/.cabal/",
    "_bootstrap",
    "/System/",
];

/// Where runners check sources out, up to the repository's own paths.
static WORKSPACE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:file://)?(?:",
        r"/home/runner/work/[^/]+/[^/]+/|/Users/runner/work/[^/]+/[^/]+/|[A-Z]:[\\/]a[\\/][^\\/]+[\\/][^\\/]+[\\/]|/__w/[^/]+/[^/]+/|/github/workspace/",
        r"|/home/travis/build/[^/]+/[^/]+/|/Users/travis/build/[^/]+/[^/]+/|/builds/[^/]+/[^/]+/|/var/lib/jenkins/workspace/[^/]+/|/home/circleci/[^/]+/",
        r"|/(?:data|home)/iojs/build/workspace/[^/]+/|/home/vsts/work/\d+/s/|/Users/runner/work/\d+/s/|[A-Z]:[\\/]agent[\\/]_work[\\/]\d+[\\/]s[\\/]",
        r"|/(?:\w+/)*workspace/[^/]+/|/app/|/src/|/workdir/|/work/|\./)"
    ))
    .expect("a tested pattern")
});

static SHAPES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r#"File "(?P<path>[^"<>]+)", line (?P<line>\d+)"#,
        r"(?P<path>(?:[A-Za-z]:[\\/])?[\w@.+~/\\-]*[\w+-]\.[A-Za-z]\w{0,7})(?::|\()(?P<line>\d{1,6})(?:[:,]\d+)?\)?",
        r"(?P<path>(?:/|\./)?[\w@.+~/-]+\.[A-Za-z]\w{0,7})[: ]+line (?P<line>\d{1,6})",
        r" in (?P<path>/\S+\.\w+) on line (?P<line>\d+)",
    ]
    .iter()
    .map(|pattern| Regex::new(pattern).expect("a tested pattern"))
    .collect()
});

/// A path without the directory the runner checked out to.
pub(super) fn relative(path: &str) -> String {
    let path = path.trim().trim_matches(['"', '\'', '`']);
    WORKSPACE.replace(path, "").replace('\\', "/")
}

fn is_foreign(path: &str) -> bool {
    FOREIGN.iter().any(|part| path.contains(part)) || path.starts_with("http") || path.starts_with("//")
}

/// The places some lines name, the user's own in the order of the lines; each once.
pub(super) fn of(texts: &[&str]) -> Vec<Location> {
    let mut found: Vec<Location> = Vec::new();
    for text in texts {
        for place in in_line(text) {
            if found.len() < MOST && !found.contains(&place) {
                found.push(place);
            }
        }
    }
    found
}

fn in_line(text: &str) -> Vec<Location> {
    if text.len() > 1000 || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    for shape in SHAPES.iter() {
        let places: Vec<Location> = shape
            .captures_iter(text)
            .take(3)
            .filter_map(|found| place(&found))
            .collect();
        if !places.is_empty() {
            return places;
        }
    }
    Vec::new()
}

fn place(found: &regex::Captures<'_>) -> Option<Location> {
    let path = found.name("path")?.as_str();
    let name = path.rsplit(['/', '\\']).next()?;
    let extension = name.rsplit('.').next()?;
    // A version or an address is no file.
    let is_name =
        name.bytes().any(|byte| byte.is_ascii_alphabetic()) && !extension.bytes().all(|byte| byte.is_ascii_digit());
    let is_host = matches!(extension, "com" | "org" | "net" | "io" | "dev" | "local");
    if !is_name || is_host || is_foreign(path) {
        return None;
    }
    let line = found
        .name("line")
        .and_then(|line| line.as_str().parse().ok())
        .filter(|line| *line > 0);
    Some(Location {
        path: relative(path),
        line,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(&str, u64)]) {
        let found = of(&[text]);
        let found: Vec<(&str, u64)> = found
            .iter()
            .map(|place| (place.path.as_str(), place.line.unwrap_or(0)))
            .collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn places_of_many_tools_are_read() {
        check("  --> src/a.rs:70:26", &[("src/a.rs", 70)]);
        check(
            "  File \"/home/runner/work/x/x/pkg/a.py\", line 3, in f",
            &[("pkg/a.py", 3)],
        );
        check("src/a.ts(3,5): error TS2322: no", &[("src/a.ts", 3)]);
        check("D:\\a\\x\\x\\src\\a.cs(12,3): error CS0103", &[("src/a.cs", 12)]);
        check("./a.sh: line 74: [: x: unary operator expected", &[("a.sh", 74)]);
        check(
            "Fatal error: no in /home/travis/build/o/r/src/A.php on line 8",
            &[("src/A.php", 8)],
        );
    }

    #[test]
    fn hosts_versions_and_libraries_are_no_places() {
        check("connect to example.com:443 failed", &[]);
        check("127.0.0.1:8080", &[]);
        check("at f (/w/node_modules/a/index.js:3:4)", &[]);
        check("took 1.2:30", &[]);
    }
}
