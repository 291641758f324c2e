//! The configuration's rules about people and categories, carried out: labels, tracking, classes, roles, annotations.

use std::collections::BTreeMap;

use super::session::{Saying, Session};
use super::subject::RunFacts;
use crate::failure::{Class, Failure};
use crate::github::Issue;
use crate::memory::Memory;
use crate::report::{FailureReport, Report, Staff};
use crate::runner::{Annotation, Level};
use crate::settings::{CategoryConfig, CategoryName, ClassName, Rules, Target};

/// Labels of one issue.
const MOST_LABELS: usize = 20;

/// Decisive lines inside an annotation.
const ANNOTATED_LINES: usize = 3;

/// The rules of the configuration file that name people, labels, roles and categories.
#[derive(Debug, Clone, Default)]
pub(super) struct PeopleRules {
    pub(super) owners: Rules,
    pub(super) labels: Rules,
    pub(super) roles: BTreeMap<CategoryName, String>,
    pub(super) categories: BTreeMap<CategoryName, CategoryConfig>,
}

impl PeopleRules {
    fn category(&self, failure: &Failure) -> Option<&CategoryConfig> {
        let mut rules = self.categories.iter();
        rules.find_map(|(name, rule)| (name.as_str() == failure.category.as_str()).then_some(rule))
    }

    /// Gives a failure the class its category has here.
    pub(super) fn class(&self, failure: &mut Failure) {
        if let Some(class) = self.category(failure).and_then(|rule| rule.class) {
            failure.class = match class {
                ClassName::Transient => Class::Transient,
                ClassName::Deterministic => Class::Deterministic,
                ClassName::Unknown => Class::Unknown,
            };
        }
    }

    /// Whether a failure may have a tracking issue.
    pub(super) fn may_track(&self, shown: &FailureReport) -> bool {
        self.category(&shown.failure).and_then(|rule| rule.issue) != Some(false)
    }

    /// The labels of a new tracking issue: `first`, then those of every rule that fits.
    pub(super) fn labels(&self, first: &str, shown: &FailureReport) -> Vec<String> {
        let failure = &shown.failure;
        let paths: Vec<&str> = failure.locations.iter().map(|place| place.path.as_str()).collect();
        let fitting = self.labels.all(failure.category.as_str(), &paths);
        let mut labels: Vec<String> = vec![first.to_owned()];
        labels.extend(fitting.into_iter().filter(|label| *label != first).map(str::to_owned));
        labels.truncate(MOST_LABELS);
        labels
    }
}

impl Session {
    /// Gets to know the roles and owners, out of memory and configuration.
    pub(super) fn staff_up(&mut self, records: Option<&Memory>) {
        let nothing = Memory::default();
        let records = records.unwrap_or(&nothing);
        self.staff = Staff::new(records, &self.rules.roles, &self.rules.owners);
    }

    /// Marks the failures beside their lines, where the run we are part of is the one that failed: GitHub shows what is
    /// said there on the page of the run and in the diff of the pull request.
    pub(super) fn annotate(&mut self, run: &RunFacts, report: &Report) {
        let own = self.environment.get("GITHUB_RUN_ID") == Some(run.id.to_string().as_str());
        if !own || self.settings.target == Target::Nowhere {
            return;
        }
        for shown in &report.failures {
            let failure = &shown.failure;
            let lines: Vec<&str> = failure
                .decisive_lines
                .iter()
                .filter_map(|number| failure.excerpt.iter().find(|line| line.line == *number))
                .map(|line| line.text.as_str())
                .take(ANNOTATED_LINES)
                .collect();
            let inside = |path: &&str| !path.starts_with(['/', '~']) && !path.contains("..") && !path.contains(':');
            let place = failure.locations.first();
            let message = if lines.is_empty() {
                failure.title.clone()
            } else {
                lines.join("\n")
            };
            self.runner.console().annotate(
                Level::Error,
                &Annotation {
                    title: Some(&failure.title),
                    file: place.map(|place| place.path.as_str()).filter(inside),
                    line: place.and_then(|place| place.line).and_then(|line| line.try_into().ok()),
                    message: &message,
                },
            );
        }
    }
}

impl Saying {
    /// A tracking issue, a new one or one that exists.
    pub(super) fn tracking(existing: Option<&Issue>, body: String, server: &str, run: &RunFacts) -> Self {
        Self {
            place: existing.map_or_else(
                || "a new tracking issue".to_owned(),
                |issue| format!("tracking issue #{}", issue.number),
            ),
            url: existing.map_or_else(
                || format!("{server}/{}/issues", run.repository),
                |issue| issue.html_url.clone(),
            ),
            body,
            done: false,
        }
    }
}
