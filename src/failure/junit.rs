//! JUnit XML: test reports of a job, as every test framework can write them.
//!
//! The format has no standard; what is read is what all dialects share: `testcase` elements with `failure` or `error`
//! children, in suites of any depth. Reports are untrusted: entities are not expanded beyond XML's own, depth and sizes
//! are bounded.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// One failing test of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TestReport {
    /// The test's name, with its class or suite in front when the report gives one.
    pub test: String,
    /// What the failure's `message` or `type` says, one line.
    pub message: String,
    /// The text inside the failure: trace or difference, at most [`MAX_TEXT`] characters.
    pub text: String,
    /// The source file, when the report names one.
    pub path: Option<String>,
    /// 1-based line in it.
    pub line: Option<u64>,
}

/// Characters of one failure's text that are kept.
pub const MAX_TEXT: usize = 4000;
/// Failing tests of one report that are kept.
const MAX_TESTS: usize = 500;
/// Elements inside each other, at most.
const MAX_DEPTH: usize = 64;

/// Why a report cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JunitError {
    /// It is no well-formed XML.
    #[error("test report is not well-formed at byte {at}")]
    Malformed {
        /// Where reading stopped.
        at: u64,
        /// Why.
        source: quick_xml::Error,
    },
    /// It is XML of another kind.
    #[error("test report has no `testsuite` or `testsuites`")]
    NotJunit,
}

/// Reads the failing tests of a report.
///
/// # Errors
/// When the bytes are no JUnit XML.
pub fn parse(bytes: &[u8]) -> Result<Vec<TestReport>, JunitError> {
    let mut reader = Reader::from_reader(bytes);
    reader.config_mut().check_end_names = false;
    let mut state = State::default();
    loop {
        let event = reader.read_event();
        match event.map_err(|source| JunitError::Malformed {
            at: reader.error_position(),
            source,
        })? {
            Event::Start(start) => state.start(&start, Ends::Later),
            Event::Empty(start) => state.start(&start, Ends::Here),
            Event::End(end) => state.end(end.local_name().as_ref()),
            Event::Text(text) => state.text(&text.decode().unwrap_or_default()),
            Event::CData(text) => state.text(&String::from_utf8_lossy(&text)),
            Event::GeneralRef(name) => state.text(entity(&name)),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
        if state.depth > MAX_DEPTH || state.found.len() >= MAX_TESTS {
            break;
        }
    }
    if state.is_junit {
        Ok(state.found)
    } else {
        Err(JunitError::NotJunit)
    }
}

/// XML's own entities; others stand for nothing.
fn entity(name: &[u8]) -> &'static str {
    match name {
        b"lt" => "<",
        b"gt" => ">",
        b"amp" => "&",
        b"quot" => "\"",
        b"apos" => "'",
        b"#10" | b"#xA" | b"#xa" => "\n",
        _ => "",
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    Here,
    Later,
}

#[derive(Default)]
struct State {
    is_junit: bool,
    depth: usize,
    case: Option<TestReport>,
    open: Option<TestReport>,
    found: Vec<TestReport>,
}

impl State {
    fn start(&mut self, element: &BytesStart<'_>, ends: Ends) {
        if ends == Ends::Later {
            self.depth += 1;
        }
        match element.local_name().as_ref() {
            b"testsuite" | b"testsuites" => self.is_junit = true,
            b"testcase" => {
                let name = attribute(element, b"name");
                let class = attribute(element, b"classname");
                let joiner = if class.contains("::") || class.contains('/') {
                    "::"
                } else {
                    "."
                };
                let test = if class.is_empty() || name.contains(&class) {
                    name
                } else {
                    format!("{class}{joiner}{name}")
                };
                let path = Some(attribute(element, b"file")).filter(|path| !path.is_empty());
                let line = attribute(element, b"line").parse().ok();
                self.case = Some(TestReport {
                    test,
                    path,
                    line,
                    ..TestReport::default()
                });
            }
            b"failure" | b"error" => {
                let mut report = self.case.clone().unwrap_or_default();
                let message = attribute(element, b"message");
                let kind = attribute(element, b"type");
                let first = message
                    .lines()
                    .map(str::trim)
                    .find(|line| !line.is_empty())
                    .unwrap_or(&kind);
                report.message = first.chars().take(300).collect();
                if ends == Ends::Here {
                    self.close(report);
                } else {
                    self.open = Some(report);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        self.depth = self.depth.saturating_sub(1);
        match name {
            b"failure" | b"error" => {
                if let Some(report) = self.open.take() {
                    self.close(report);
                }
            }
            b"testcase" => self.case = None,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(report) = &mut self.open {
            let room = MAX_TEXT.saturating_sub(report.text.chars().count());
            report.text.extend(text.chars().take(room));
        }
    }

    fn close(&mut self, mut report: TestReport) {
        if report.message.is_empty() {
            let line = report.text.lines().map(str::trim).find(|line| !line.is_empty());
            report.message = line.unwrap_or_default().chars().take(300).collect();
        }
        if !report.test.is_empty() {
            self.found.push(report);
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &[u8]) -> String {
    let found = element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name);
    let Some(attribute) = found else { return String::new() };
    let raw = String::from_utf8_lossy(&attribute.value).into_owned();
    let value = quick_xml::escape::unescape(&raw).map_or_else(|_| raw.clone(), std::borrow::Cow::into_owned);
    value.trim().chars().take(1000).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failing_tests_are_read_and_passing_ones_are_not() {
        let xml = br#"<?xml version="1.0"?><testsuites><testsuite name="s"><testcase classname="a.B" name="ok"/>
            <testcase classname="a.B" name="bad" file="a/b.py" line="12"><failure message="1 &lt; 0">trace &amp; more</failure></testcase>
            <testcase name="worse"><error type="Timeout"/></testcase></testsuite></testsuites>"#;
        let found = parse(xml).expect("well-formed");
        let seen: Vec<_> = found
            .iter()
            .map(|report| (report.test.as_str(), report.message.as_str(), report.text.as_str()))
            .collect();
        assert_eq!(seen, [("a.B.bad", "1 < 0", "trace & more"), ("worse", "Timeout", "")]);
        assert_eq!(
            (
                found.first().and_then(|report| report.path.as_deref()),
                found.first().and_then(|report| report.line)
            ),
            (Some("a/b.py"), Some(12))
        );
    }

    #[test]
    fn other_xml_and_broken_xml_are_errors() {
        assert!(matches!(parse(b"<html></html>"), Err(JunitError::NotJunit)));
        assert!(matches!(
            parse(b"<testsuite><testcase name=\"a"),
            Err(JunitError::Malformed { .. })
        ));
    }

    #[test]
    fn a_hostile_report_is_bounded() {
        let deep = b"<testsuite>".repeat(100_000);
        assert!(parse(&deep).is_ok_and(|found| found.is_empty()));
        let bomb = br#"<!DOCTYPE x [<!ENTITY a "aaaa">]><testsuite><testcase name="t"><failure>&a;&a;</failure></testcase></testsuite>"#;
        assert!(parse(bomb).is_ok_and(|found| found.iter().all(|report| report.text.is_empty())));
    }
}
