//! What the job's own disk tells: log files of `log-path`, test reports of `junit-paths`.

use super::super::logs::matching;
use super::session::Session;
use crate::failure::junit::{self, TestReport};
use crate::failure::{self, Options};
use crate::log::Log;
use crate::records::History;
use crate::report::{self, FailureReport};

/// Most log files read from `log-path`.
const MOST_FILES: usize = 20;

/// Most bytes read of one of them.
const FILE_LIMIT: u64 = 1 << 30;

/// Most bytes read of one test report.
const REPORT_LIMIT: u64 = 32 << 20;

impl Session {
    /// The failures in the files of `log-path`.
    pub(super) fn log_files(&mut self, history: &History) -> Vec<report::FailureReport> {
        let mut failures = Vec::new();
        for pattern in self.settings.log_path.clone() {
            for path in self.files_of("log-path", &pattern) {
                let read = std::fs::File::open(&path)
                    .and_then(|file| Log::read(std::io::BufReader::new(std::io::Read::take(file, FILE_LIMIT))));
                match read {
                    Ok(log) => {
                        let analysis = failure::analyze(&log, &self.options());
                        failures.extend(self.known(analysis, None, history));
                    }
                    Err(error) => self.degrade(format!("`log-path` {}: {error}", path.display())),
                }
            }
        }
        failures
    }

    /// Failures with what the test reports of `junit-paths` add.
    pub(super) fn add_test_reports(&mut self, failures: Vec<FailureReport>, history: &History) -> Vec<FailureReport> {
        let mut reports: Vec<TestReport> = Vec::new();
        for pattern in self.settings.junit_paths.clone() {
            for path in self.files_of("junit-paths", &pattern) {
                let read = std::fs::File::open(&path).and_then(|file| {
                    let mut bytes = Vec::new();
                    std::io::Read::read_to_end(&mut std::io::Read::take(file, REPORT_LIMIT), &mut bytes)?;
                    Ok(bytes)
                });
                let parsed = read.map_err(|error| error.to_string());
                match parsed.and_then(|bytes| junit::parse(&bytes).map_err(|error| error.to_string())) {
                    Ok(found) => reports.extend(found),
                    Err(reason) => self.degrade(format!("`junit-paths` {}: {reason}", path.display())),
                }
            }
        }
        if reports.is_empty() {
            return failures;
        }
        let options = Options {
            junit: reports,
            ..self.options()
        };
        let mut all = self.add_sources(failures, &options, None, history);
        all.truncate(report::MOST_FAILURES);
        all
    }

    /// The files of one line of an input.
    fn files_of(&mut self, input: &str, pattern: &str) -> Vec<std::path::PathBuf> {
        match matching(&self.here(pattern).to_string_lossy()) {
            Ok(paths) => {
                if paths.is_empty() {
                    self.degrade(format!("`{input}` {pattern}: no such file"));
                }
                paths.into_iter().take(MOST_FILES).collect()
            }
            Err(reason) => {
                self.degrade(format!("`{input}` {pattern}: {reason}"));
                Vec::new()
            }
        }
    }
}
