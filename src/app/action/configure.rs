//! `.github/shipwright.yml`, read from the default branch: never from a fork's head, which could change the rules it
//! is judged by.

use std::time::Duration;

use regex::RegexBuilder;

use super::people::PeopleRules;
use super::session::Session;
use super::subject::RunFacts;
use crate::failure::Matcher;
use crate::github::{self, Client};
use crate::settings::{self, ConfigFile, MatcherConfig};

/// How long the file may keep a report waiting: it is optional.
const PATIENCE: Duration = Duration::from_secs(5);

/// Compiled size of one of the user's patterns, in bytes.
const PATTERN_LIMIT: usize = 1 << 20;

impl Session {
    /// Reads the configuration file of the repository we run in: what is stored goes by it too, its patterns of secrets
    /// before all.
    pub(super) async fn configure_here(&mut self) {
        let client = self.github(90);
        if let (Ok(client), Some(here)) = (client, self.own_run()) {
            self.configure(&client, &here).await;
        }
    }

    /// Reads the configuration file, once; without one nothing changes.
    pub(super) async fn configure(&mut self, client: &Client, run: &RunFacts) {
        if std::mem::replace(&mut self.configured, true) {
            return;
        }
        let path = self.settings.config_path.clone();
        let bytes = match client.within(PATIENCE).file(&run.repository, &path, None).await {
            Ok(bytes) => bytes,
            Err(github::Error::NotFound(_)) => return,
            Err(github::Error::Denied { .. }) => {
                tracing::debug!("without `contents: read` there is no configuration file");
                return;
            }
            Err(error) => return self.degrade(format!("{path} could not be read: {error}; the defaults are used")),
        };
        match ConfigFile::parse(&bytes) {
            Ok(config) => self.apply(config, &path),
            Err(error) => self.degrade(format!("{path}: {error}; it is ignored")),
        }
    }

    fn apply(&mut self, config: ConfigFile, path: &str) {
        let was_dry = self.settings.dry_run;
        let (settings, problems) = settings::resolve(&self.raw.clone().over(&config));
        self.settings = settings;
        self.settings.dry_run |= was_dry;
        for problem in problems
            .iter()
            .filter(|problem| config.inputs.contains_key(&problem.name))
        {
            self.degrade(format!("{path}: `{}`: {}", problem.name, problem.message));
        }
        self.set_redactor();
        self.actions = config.actions;
        self.rules = PeopleRules {
            owners: config.owners,
            labels: config.labels,
            roles: config.roles,
            categories: config.categories,
        };
        for pattern in &config.ignore {
            match RegexBuilder::new(pattern).size_limit(PATTERN_LIMIT).build() {
                Ok(regex) => self.ignore.push(regex),
                Err(error) => self.degrade(format!("{path}: `ignore`: {error}")),
            }
        }
        for matcher in config.matchers {
            match compile(&matcher) {
                Ok(matcher) => self.matchers.push(matcher),
                Err(reason) => self.degrade(format!("{path}: `matchers`: {reason}")),
            }
        }
    }
}

fn compile(matcher: &MatcherConfig) -> Result<Matcher, String> {
    let pattern = RegexBuilder::new(&matcher.pattern)
        .size_limit(PATTERN_LIMIT)
        .build()
        .map_err(|error| error.to_string())?;
    let category = matcher.category.and_then(|name| name.as_str().parse().ok());
    Ok(Matcher {
        pattern,
        category,
        title: matcher.title.clone(),
        action: matcher.action.clone(),
    })
}
