//! What kind of failure it is, and whether trying again is sensible.
//!
//! The words of the lines decide, through one ordered list; the rule that found a line helps where words do not. A
//! message outranks the name of the test it stands under, and a weak reading of a line gives way to a strong reading of a
//! neighbour. Categories are for wording and default actions; identity never depends on them.

mod exception;
mod table;

use std::sync::LazyLock;

use regex::Regex;

use super::model::{Category, Class};
use super::patterns::Patterns;
use super::rule::Kind;
use exception::Type;

/// A line as evidence for a category.
#[derive(Debug, Clone, Copy)]
pub(super) struct Witness<'a> {
    /// What it says.
    pub text: &'a str,
    /// What the rule that found it took it for.
    pub kind: Kind,
    /// The category that rule speaks for.
    pub category: Option<Category>,
}

static ROWS: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(table::ROWS.iter().map(|row| row.pattern)));

/// Bytes of a line that are read.
const READ: usize = 600;

/// The strongest row a line matches: its category, and whether it is weak.
fn read(text: &str) -> Option<(Category, bool)> {
    read_as(text, None)
}

/// As [`read`], of a line that a tool is known to print for failures of the kind `spoken`.
fn read_as(text: &str, spoken: Option<Category>) -> Option<(Category, bool)> {
    let bytes = text.as_bytes();
    let bytes = bytes.get(..READ).unwrap_or(bytes);
    let kind = exception::of(bytes);
    if let Some(Type::Of(category)) = kind
        && category != Category::NetworkError
    {
        return Some((category, false));
    }
    let mut rows = ROWS.matches(bytes).filter_map(|at| table::ROWS.get(at));
    if kind == Some(Type::Of(Category::NetworkError)) {
        // A server that was reached may have said what it minds.
        let said = rows.find(|row| matches!(row.category, Category::RateLimit | Category::PermissionAuth));
        return Some((said.map_or(Category::NetworkError, |row| row.category), false));
    }
    let general = kind == Some(Type::General);
    let fits = |row: &&table::Row| {
        let allowed = spoken.is_none_or(|spoken| may_be(spoken, row.category));
        allowed
            && (!general || is_outside(row.category) || row.category == Category::Config && tells_of_environment(bytes))
    };
    let found = rows.find(fits).map(|row| (row.category, row.weak));
    found.or(general.then_some((Category::RuntimeError, true)))
}

/// Whether a text blames the environment a program was started in.
fn tells_of_environment(text: &[u8]) -> bool {
    let text = text.to_ascii_lowercase();
    ["environment variable", "env var"]
        .iter()
        .any(|words| memchr::memmem::find(&text, words.as_bytes()).is_some())
}

/// Whether a category is about what the program met with, which an error of a general type may well report.
fn is_outside(category: Category) -> bool {
    use Category as C;
    matches!(
        category,
        C::RateLimit
            | C::DiskSpace
            | C::MemoryError
            | C::Crash
            | C::NetworkError
            | C::Dependency
            | C::PermissionAuth
            | C::Timeout
    )
}

/// Whether what a tool is known to print for one kind of failure may, by its words, be of another: a compiler quotes
/// sources and a linter speaks plain English, so most words in their messages are about the user's code.
fn may_be(spoken: Category, read: Category) -> bool {
    use Category as C;
    if spoken == read {
        return true;
    }
    match spoken {
        C::LintFormat => false,
        C::TypeError => matches!(read, C::SyntaxError | C::Dependency),
        C::SyntaxError => matches!(read, C::Config | C::FileAccess),
        C::BuildCompile => matches!(
            read,
            C::SyntaxError | C::TypeError | C::Dependency | C::MemoryError | C::DiskSpace | C::Crash
        ),
        C::Dependency => matches!(
            read,
            C::NetworkError | C::RateLimit | C::PermissionAuth | C::DiskSpace | C::MemoryError | C::Timeout
        ),
        C::Config => !matches!(
            read,
            C::SyntaxError
                | C::AssertionFailure
                | C::BuildCompile
                | C::LintFormat
                | C::RuntimeError
                | C::FunctionError
                | C::TypeError
        ),
        C::Infrastructure => matches!(
            read,
            C::RateLimit
                | C::DiskSpace
                | C::MemoryError
                | C::NetworkError
                | C::PermissionAuth
                | C::Timeout
                | C::Dependency
        ),
        C::AssertionFailure => !matches!(read, C::LintFormat | C::BuildCompile | C::Config),
        C::Crash => matches!(read, C::MemoryError | C::Timeout | C::DiskSpace),
        // What speaks of compilers, style and expectations is quoted there.
        C::FunctionError | C::FileAccess => !matches!(
            read,
            C::AssertionFailure | C::LintFormat | C::BuildCompile | C::SyntaxError | C::RateLimit | C::Config
        ),
        C::Timeout
        | C::NetworkError
        | C::MemoryError
        | C::PermissionAuth
        | C::DiskSpace
        | C::RateLimit
        | C::RuntimeError => !matches!(read, C::BuildCompile | C::LintFormat | C::Config),
        C::Cancelled | C::Unknown => true,
    }
}

/// The category of a bare text, for texts that come without a log.
pub fn of_text(text: &str) -> Category {
    let readings: Vec<(Category, bool)> = text
        .lines()
        .take(20)
        .filter(|line| !is_fine(line))
        .filter_map(read)
        .collect();
    let strong = readings.iter().find(|(_, weak)| !weak);
    strong
        .or(readings.first())
        .map_or(Category::Unknown, |(category, _)| *category)
}

/// Whether a line reports that nothing failed.
fn is_fine(line: &str) -> bool {
    static FINE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)\b(?:0|no|zero) (?:fail(?:ed|ures?)|errors?)\b").expect("a tested pattern"));
    FINE.is_match(line)
}

/// The category of a failure, from its lines, the most decisive first.
pub(super) fn decide(witnesses: &[Witness<'_>]) -> Category {
    let is_test = |witness: &&Witness<'_>| matches!(witness.kind, Kind::Test);
    // What follows from a failing test says nothing about it.
    let tests = witnesses.iter().any(|witness| is_test(&witness));
    let follows = |witness: &Witness<'_>| tests && witness.kind == Kind::Symptom;
    let messages = witnesses
        .iter()
        .filter(|witness| !is_test(witness) && !follows(witness));
    let mut fallback = None;
    for witness in messages.chain(witnesses.iter().filter(is_test)) {
        let reading = read_as(witness.text, witness.category.filter(|_| witness.kind != Kind::Symptom));
        let types = witnesses
            .iter()
            .any(|other| other.category == Some(Category::TypeError));
        let known = witness.category.filter(|_| witness.kind == Kind::Cause);
        match reading {
            // A compiler's headline may leave it to the next line to say that it is about types.
            Some((Category::BuildCompile, false)) if types => return Category::TypeError,
            Some((category, false)) => return category,
            // A tool's own rule knows better than a weak reading of its words.
            Some((category, true)) => fallback = fallback.or(known).or(Some(category)),
            None => {}
        }
        match witness.category {
            // An exception is the name for what has no better one: a neighbour may have it.
            Some(Category::RuntimeError) => fallback = fallback.or(Some(Category::RuntimeError)),
            Some(Category::BuildCompile) if types => return Category::TypeError,
            Some(category) if witness.kind != Kind::Symptom => return category,
            Some(_) | None => {}
        }
    }
    let tested = witnesses
        .iter()
        .any(|witness| is_test(&witness))
        .then_some(Category::AssertionFailure);
    fallback.or(tested).unwrap_or(Category::Unknown)
}

/// Programs that judge style. Their findings are worded like compiler errors.
const LINTERS: &[&str] = &[
    "biome",
    "black",
    "checkstyle",
    "clippy",
    "detekt",
    "eslint",
    "flake8",
    "golangci-lint",
    "hadolint",
    "isort",
    "ktlint",
    "markdownlint",
    "oxlint",
    "phpcs",
    "prettier",
    "pylint",
    "rubocop",
    "ruff",
    "rustfmt",
    "shellcheck",
    "spotless",
    "standardrb",
    "stylelint",
    "swiftlint",
    "yamllint",
];

/// What a linter reports is lint, unless its words name trouble of another kind: a file it cannot parse, a network it
/// cannot reach. A compiler's error code speaks for the compiler that the linter drives.
pub(super) fn of_linter(category: Category, tool: Option<&str>, step: Option<&str>, code: Option<&str>) -> Category {
    let vague = matches!(
        category,
        Category::Unknown | Category::FunctionError | Category::BuildCompile | Category::RuntimeError
    );
    let names = |text: &str| {
        let mut words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        words.any(|word| LINTERS.contains(&word.to_ascii_lowercase().as_str()))
    };
    let compiler = code.is_some_and(|code| code.starts_with("E0"));
    let linter = tool.is_some_and(names) || step.is_some_and(names);
    if vague && linter && !compiler {
        Category::LintFormat
    } else {
        category
    }
}

/// What the words leave open, the step may tell: what fails in a step that lints, installs, tests or builds is most likely
/// what such a step is there to find.
pub(super) fn of_step(name: &str) -> Category {
    const STEPS: &[(&[&str], Category)] = &[
        (
            &["lint", "fmt", "format", "style", "typos", "spellcheck"],
            Category::LintFormat,
        ),
        (&["install", "restore", "dependencies", "deps"], Category::Dependency),
        (
            &[
                "test", "tests", "spec", "pytest", "rspec", "ctest", "phpunit", "e2e", "check",
            ],
            Category::AssertionFailure,
        ),
        (
            &["build", "compile", "make", "assemble", "package"],
            Category::BuildCompile,
        ),
    ];
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let found = words.find_map(|word| STEPS.iter().find(|(names, _)| names.contains(&word)));
    found.map_or(Category::Unknown, |(_, category)| *category)
}

/// Whether running it again is sensible.
pub(super) fn class(category: Category, texts: &[&str]) -> Class {
    let says = |words: &[&str]| {
        texts.iter().take(4).any(|text| {
            let text = text.to_ascii_lowercase();
            words.iter().any(|word| text.contains(word))
        })
    };
    match category {
        // A service of the job's own that does not answer will not answer next time.
        Category::NetworkError if says(&["localhost", "127.0.0.1", "[::1]", "0.0.0.0"]) => Class::Unknown,
        Category::NetworkError if says(&["404", "403", "401", "400 ", "410"]) => Class::Deterministic,
        Category::NetworkError | Category::RateLimit | Category::Infrastructure => Class::Transient,
        Category::Dependency if says(&["timed out", "could not transfer", "connection", "503", "502", "reset"]) => {
            Class::Transient
        }
        Category::SyntaxError
        | Category::TypeError
        | Category::FunctionError
        | Category::AssertionFailure
        | Category::LintFormat
        | Category::BuildCompile
        | Category::Config
        | Category::Dependency
        | Category::FileAccess
        | Category::PermissionAuth => Class::Deterministic,
        Category::Timeout
        | Category::MemoryError
        | Category::DiskSpace
        | Category::Crash
        | Category::RuntimeError
        | Category::Cancelled
        | Category::Unknown => Class::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        ROWS.compile_all();
    }

    #[test]
    fn every_row_reads_its_own_example() {
        for (at, row) in table::ROWS.iter().enumerate() {
            assert_eq!(ROWS.matches(row.hit.as_bytes()).next(), Some(at), "{}", row.hit);
        }
    }

    /// Texts other tools were measured to misread.
    #[test]
    fn measured_misreadings_stay_fixed() {
        for (text, expect) in [
            ("Permission denied: /etc/x", Category::PermissionAuth),
            ("AssertionError: expected true", Category::AssertionFailure),
            ("SyntaxError: Unexpected token }", Category::SyntaxError),
            ("fetch failed: ETIMEDOUT", Category::NetworkError),
            ("stack trace follows", Category::Unknown),
            ("Timeout of 5000ms exceeded", Category::Timeout),
            ("thread 'main' panicked at src/main.rs:3:5:", Category::RuntimeError),
            ("error[E0432]: unresolved import `foo::bar`", Category::BuildCompile),
            ("npm ERR! code ERESOLVE", Category::Dependency),
            ("Segmentation fault (core dumped)", Category::Crash),
            ("Tests: 12 passed, 0 failed", Category::Unknown),
            ("test timeout after 5000ms", Category::Timeout),
            ("expected 401 to equal 200", Category::AssertionFailure),
            ("author test failed", Category::AssertionFailure),
            ("cannot read file", Category::FileAccess),
            ("is not a function", Category::FunctionError),
            ("unexpected token", Category::SyntaxError),
            ("is not a valid type", Category::TypeError),
            ("assertion failed", Category::AssertionFailure),
            ("operation timed out", Category::Timeout),
            ("out of memory", Category::MemoryError),
            ("ECONNREFUSED network", Category::NetworkError),
        ] {
            assert_eq!(of_text(text), expect, "{text}");
        }
    }

    #[test]
    fn a_message_outranks_the_name_of_its_test() {
        let test = Witness {
            text: "FAIL: test_timeout_is_an_error",
            kind: Kind::Test,
            category: None,
        };
        let message = Witness {
            text: "ValueError: bad",
            kind: Kind::Cause,
            category: None,
        };
        assert_eq!(decide(&[test, message]), Category::RuntimeError);
        assert_eq!(decide(&[test]), Category::AssertionFailure);
    }

    #[test]
    fn a_retry_is_advised_only_where_it_can_help() {
        assert_eq!(
            class(Category::NetworkError, &["Could not resolve host: github.com"]),
            Class::Transient
        );
        assert_eq!(
            class(Category::NetworkError, &["connect ECONNREFUSED 127.0.0.1:5432"]),
            Class::Unknown
        );
        assert_eq!(class(Category::TypeError, &["TypeError: x"]), Class::Deterministic);
    }
}
