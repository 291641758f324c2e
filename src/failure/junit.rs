//! JUnit XML: test reports as a further source.

/// One failing test of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TestReport {
    /// The test's name, with its class or suite.
    pub test: String,
}
