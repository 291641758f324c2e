//! Other sources beside the log: test reports and annotations, merged without repeating what the log already told.

use super::category::{self, Witness};
use super::identity::{Evidence, identify, test_id};
use super::junit::TestReport;
use super::model::{Category, ExcerptLine, Failure, Location};
use super::options::{Annotation, Options};
use super::place;
use super::rule::Kind;
use super::title;

/// Below this confidence the log did not say why, and a test report comes first.
const UNSURE: f64 = 0.5;
/// Lines of a report's text that are shown.
const SHOWN: usize = 12;

/// Adds what the test reports and annotations of `options` know to failures that are known already, at most `limit` in
/// all. What is told already only gains its place; a source comes first when the first failure does not say why.
pub fn merge(failures: &mut Vec<Failure>, options: &Options, limit: usize) {
    let mut new = Vec::new();
    for report in &options.junit {
        match failures.iter_mut().find(|failure| tells_of(failure, report)) {
            Some(failure) => add_place(failure, report.path.as_deref(), report.line),
            None => new.push(of_report(report, options)),
        }
    }
    for annotation in &options.annotations {
        match failures
            .iter_mut()
            .chain(&mut new)
            .find(|failure| says(failure, &annotation.message))
        {
            Some(failure) => add_place(failure, Some(&annotation.path), annotation.line),
            None if is_generic(&annotation.message) => {}
            None => new.push(of_annotation(annotation, options)),
        }
    }
    // A log that does not say why gives way to a report that does.
    let unsure = failures.first().is_none_or(|first| first.confidence < UNSURE);
    if unsure {
        new.append(failures);
        *failures = new;
    } else {
        failures.append(&mut new);
    }
    failures.truncate(limit);
}

fn tells_of(failure: &Failure, report: &TestReport) -> bool {
    let id = test_id(&report.test);
    let last = |name: &str| {
        name.rsplit(['.', ':', ' ', '#', '/', '>'])
            .next()
            .unwrap_or(name)
            .to_owned()
    };
    let same = |test: &String| test_id(test) == id || (last(test).len() > 4 && last(test) == last(&report.test));
    failure.tests.iter().any(same)
        || failure
            .excerpt
            .iter()
            .any(|line| line.text.contains(report.test.as_str()))
}

fn says(failure: &Failure, message: &str) -> bool {
    let first = message.lines().map(str::trim).find(|line| line.len() > 5);
    first.is_none_or(|first| {
        failure.title.contains(first) || failure.excerpt.iter().any(|line| line.text.contains(first))
    })
}

/// Whether an annotation only says that something failed.
fn is_generic(message: &str) -> bool {
    let message = message.trim();
    message.is_empty()
        || message.starts_with("Process completed with exit code")
        || message.starts_with("The operation was canceled")
}

fn add_place(failure: &mut Failure, path: Option<&str>, line: Option<u64>) {
    let Some(path) = path.filter(|path| !path.is_empty() && *path != ".github") else {
        return;
    };
    let place = Location {
        path: place::relative(path),
        line,
    };
    if !failure.locations.contains(&place) {
        failure.locations.insert(0, place);
    }
}

fn of_report(report: &TestReport, options: &Options) -> Failure {
    let lines = std::iter::once(report.message.as_str()).chain(report.text.lines());
    build(
        lines,
        std::slice::from_ref(&report.test),
        Some(Category::AssertionFailure),
        options,
        (report.path.as_deref(), report.line),
    )
}

fn of_annotation(annotation: &Annotation, options: &Options) -> Failure {
    let lines = annotation
        .title
        .iter()
        .map(String::as_str)
        .chain(annotation.message.lines());
    build(
        lines,
        &[],
        None,
        options,
        (Some(annotation.path.as_str()), annotation.line),
    )
}

/// A failure that stands in no log: its excerpt has line 0.
fn build<'a>(
    lines: impl Iterator<Item = &'a str>,
    tests: &[String],
    fallback: Option<Category>,
    options: &Options,
    (path, line): (Option<&str>, Option<u64>),
) -> Failure {
    let mut shown: Vec<String> = Vec::new();
    for text in lines
        .map(str::trim_end)
        .filter(|text| !text.trim().is_empty())
        .take(SHOWN)
    {
        let text = options.redactor.line(text).chars().take(600).collect();
        if !shown.contains(&text) {
            shown.push(text);
        }
    }
    let tests: Vec<String> = tests
        .iter()
        .map(|test| options.redactor.line(test).into_owned())
        .collect();
    let texts: Vec<&str> = shown.iter().map(String::as_str).collect();
    let witnesses: Vec<Witness<'_>> = texts
        .iter()
        .map(|text| Witness {
            text,
            kind: Kind::Cause,
            category: fallback,
        })
        .collect();
    let category = category::decide(&witnesses);
    let (fingerprint, signature) = identify(&Evidence {
        tool: None,
        code: None,
        tests: &tests,
        decisive: &texts,
        head: None,
    });
    let mut failure = Failure {
        fingerprint,
        category,
        class: category::class(category, &texts),
        title: title::of(&tests, texts.first().copied(), &texts),
        tool: None,
        step: None,
        locations: place::of(&texts),
        exit_code: None,
        decisive_lines: vec![0],
        confidence: 0.8,
        signature,
        excerpt: texts
            .iter()
            .map(|text| ExcerptLine {
                line: 0,
                text: (*text).to_owned(),
            })
            .collect(),
        tests,
    };
    add_place(&mut failure, path, line);
    failure
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::analyze;
    use crate::log::Log;

    const LOG: &[u8] =
        b"FAILED tests/a.py::test_b - AssertionError: assert 1 == 2\n##[error]Process completed with exit code 1.\n";

    fn report(test: &str, message: &str) -> TestReport {
        TestReport {
            test: test.into(),
            message: message.into(),
            path: Some("tests/a.py".into()),
            line: Some(7),
            ..TestReport::default()
        }
    }

    #[test]
    fn a_report_of_a_failure_the_log_told_only_adds_its_place() {
        let options = Options {
            junit: vec![report("tests.a.test_b", "assert 1 == 2")],
            ..Options::default()
        };
        let analysis = analyze(&Log::from_bytes(LOG), &options);
        assert_eq!(analysis.failures.len(), 1);
        let places = analysis
            .failures
            .first()
            .map(|failure| failure.locations.clone())
            .unwrap_or_default();
        assert!(
            places.contains(&Location {
                path: "tests/a.py".into(),
                line: Some(7)
            }),
            "{places:?}"
        );
    }

    #[test]
    fn a_report_comes_first_when_the_log_does_not_say_why() {
        let options = Options {
            junit: vec![report("suite.other", "TypeError: no")],
            ..Options::default()
        };
        let analysis = analyze(
            &Log::from_bytes(b"working\n##[error]Process completed with exit code 1.\n"),
            &options,
        );
        let first = analysis.failures.first().expect("the report");
        assert_eq!(
            (first.category, first.tests.as_slice()),
            (Category::TypeError, ["suite.other".to_owned()].as_slice())
        );
    }

    #[test]
    fn generic_annotations_add_nothing() {
        let annotation = Annotation {
            path: ".github".into(),
            message: "Process completed with exit code 1.".into(),
            ..Annotation::default()
        };
        let options = Options {
            annotations: vec![annotation],
            ..Options::default()
        };
        assert_eq!(analyze(&Log::from_bytes(LOG), &options).failures.len(), 1);
    }
}
