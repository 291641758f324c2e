//! What every use case inside the action shares: settings, event, the runner, the deadline, and what went wrong so far.

use std::io::Write;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::super::sync;
use super::super::{Error, clock};
use crate::event::Event;
use crate::failure::Matcher;
use crate::github;
use crate::gitref::{self, Remote};
use crate::ids::RepoSlug;
use crate::memory::retention::Policy;
use crate::records::Feedback;
use crate::redact::Redactor;
use crate::report::Staff;
use crate::runner::{Environment, Paths, Runner, Stage};
use crate::settings::{self, ActionsConfig, Persist, Raw, Settings};

use super::people::PeopleRules;

/// Most bytes of an event that are read.
const EVENT_LIMIT: u64 = 32 << 20;

/// Time for a backfill when the user sets none: it reads hundreds of logs.
const BACKFILL_SECONDS: u64 = 480;

/// A green run is resolved with at most ten calls: so many may be made before the issues are listed and closed.
const MOST_CALLS_TO_LEARN: u32 = 6;
/// Where lines for the runner go.
pub(super) type Output = Box<dyn Write + Send>;

/// Something that is said on GitHub, or would be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Saying {
    /// Where: `a comment on #12`.
    pub place: String,
    /// Its page; of a new one, once it is there.
    pub url: String,
    /// What: Markdown.
    pub body: String,
    /// Whether it stands there now.
    pub done: bool,
}

/// Whose wish a start of the action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// An event started it.
    Nobodys,
    /// Somebody who may has told us to do something: what follows may be kept.
    Command,
    /// Such a person wants to know about a run: nothing is muted, and the answer stands on its own.
    Question,
}

/// One start of the action.
pub struct Session {
    pub(super) environment: Environment,
    pub(super) stage: Stage,
    pub(super) settings: Settings,
    pub(super) raw: Raw,
    pub(super) event: Event,
    pub(super) runner: Runner<Output>,
    pub(super) redactor: Redactor,
    /// The user's own rules, actions and noise, from the configuration file.
    pub(super) matchers: Vec<Matcher>,
    pub(super) actions: ActionsConfig,
    pub(super) ignore: Vec<regex::Regex>,
    /// Its rules about people and categories.
    pub(super) rules: PeopleRules,
    /// The roles there are, once memory and configuration are read.
    pub(super) staff: Staff,
    /// What was said so far, or would have been.
    pub(super) said: Vec<Saying>,
    pub(super) now: i64,
    /// Turns true when the work has to end: for those who subscribe.
    pub(super) stop: watch::Sender<bool>,
    /// Whose wish this is.
    pub(super) wish: Wish,
    /// Our report stands in a conversation.
    pub(super) spoken: bool,
    /// Thumbs met under our own words.
    pub(super) heard: Vec<Feedback>,
    /// Calls after which nothing is asked any more only to learn.
    pub(super) most_calls: u32,
    /// The configuration file was looked for.
    pub(super) configured: bool,
    started: Instant,
    limit: Duration,
    degraded: Vec<String>,
    failed: bool,
}

impl Session {
    /// Reads everything the runner gives. Nothing here can fail: what is wrong is noted and gone around.
    pub fn new(environment: &Environment, stage: Stage) -> Self {
        let output: Output = Box::new(std::io::stdout());
        Self::with(environment, stage, Runner::with_output(environment, output))
    }

    /// A session without a runner: `environment` holds what a person asked for, and what goes on is only remembered.
    pub(super) fn at_desk(environment: &Environment) -> Self {
        let output: Output = Box::new(std::io::sink());
        Self::with(environment, Stage::Main, Runner::absent(output))
    }

    fn with(environment: &Environment, stage: Stage, mut runner: Runner<Output>) -> Self {
        if let Some(token) = environment.token() {
            runner.console().mask_token(token);
        }
        let raw = Raw::new(environment.inputs());
        let (settings, problems) = settings::resolve(&raw);
        let backfills = settings.mode == settings::Mode::Backfill || settings.backfill_days.is_some();
        let default = match stage {
            Stage::Main if backfills => BACKFILL_SECONDS,
            Stage::Main => 60,
            Stage::Post => 90,
        };
        let mut session = Self {
            environment: environment.clone(),
            stage,
            limit: Duration::from_secs(settings.timeout_seconds.unwrap_or(default)),
            settings,
            raw,
            event: Event::named(environment.get("GITHUB_EVENT_NAME").unwrap_or_default()),
            runner,
            redactor: Redactor::default(),
            matchers: Vec::new(),
            actions: ActionsConfig::default(),
            ignore: Vec::new(),
            rules: PeopleRules::default(),
            staff: Staff::default(),
            said: Vec::new(),
            now: clock::now_ms(),
            stop: watch::Sender::new(false),
            wish: Wish::Nobodys,
            spoken: false,
            heard: Vec::new(),
            most_calls: MOST_CALLS_TO_LEARN,
            configured: false,
            started: Instant::now(),
            degraded: Vec::new(),
            failed: false,
        };
        for problem in problems {
            session.degrade(format!("input `{}`: {}", problem.name, problem.message));
            session.failed |= problem.stops_writes;
        }
        session.read_event();
        session.set_redactor();
        session
    }

    fn read_event(&mut self) {
        let name = self.event.name.clone();
        let parsed = match self.environment.event(EVENT_LIMIT) {
            Ok(bytes) => Event::parse(&name, &bytes).map_err(|error| error.to_string()),
            Err(gitref_absent) if name.is_empty() => {
                tracing::debug!(%gitref_absent, "no event");
                return;
            }
            Err(error) => Err(error.to_string()),
        };
        match parsed {
            Ok(event) => self.event = event,
            Err(reason) => self.degrade(format!("the event cannot be read, so only its name is known: {reason}")),
        }
    }

    /// Without the patterns a user asked for, nothing may be shown or stored.
    pub(super) fn set_redactor(&mut self) {
        let literals: Vec<String> = self.environment.token().map(str::to_owned).into_iter().collect();
        match Redactor::new(&self.settings.redact_patterns, &literals) {
            Ok(redactor) => self.redactor = redactor,
            Err(error) => {
                self.settings.dry_run = true;
                self.failed = true;
                self.degrade(format!("input `redact-patterns`: {error}; nothing is shown or stored"));
            }
        }
    }

    /// Notes what was not possible, once.
    pub(super) fn degrade(&mut self, reason: impl Into<String>) {
        let reason = self.redactor.line(&reason.into()).into_owned();
        if !self.degraded.contains(&reason) {
            self.degraded.push(reason);
        }
    }

    /// Notes an error with its remedy, for `fail-on-error`.
    pub(super) fn fail(&mut self, error: &Error) {
        self.failed = true;
        let hint = error.hint().map(|hint| format!(" ({hint})")).unwrap_or_default();
        self.degrade(format!("{}{hint}", error.chain()));
    }

    /// What was not possible so far.
    pub(super) fn degraded(&self) -> &[String] {
        &self.degraded
    }

    /// Whether the step must fail: only when the user asked for that.
    pub(super) fn must_fail(&self) -> bool {
        self.failed && self.settings.fail_on_error
    }

    /// The end of this start's time.
    pub(super) fn deadline(&self) -> Instant {
        self.started + self.limit
    }

    /// The instant after so many percent of the time.
    pub(super) fn share(&self, percent: u32) -> Instant {
        self.started + self.limit * percent / 100
    }

    /// The repository we run in.
    pub(super) fn repository(&self) -> Result<RepoSlug, Error> {
        let slug = self.environment.get("GITHUB_REPOSITORY").unwrap_or_default();
        slug.parse().map_err(|error: crate::ids::IdError| {
            Error::user("GITHUB_REPOSITORY names no repository").with_source(error)
        })
    }

    /// GitHub's address for people.
    pub(super) fn server_url(&self) -> &str {
        self.environment
            .get("GITHUB_SERVER_URL")
            .unwrap_or("https://github.com")
            .trim_end_matches('/')
    }

    /// The branch pull requests go to, as the event says.
    pub(super) fn default_branch(&self) -> &str {
        self.event
            .repository
            .as_ref()
            .map_or("", |repository| repository.default_branch.as_str())
    }

    /// A client that gives up after so many percent of the time.
    pub(super) fn github(&self, percent: u32) -> Result<github::Client, Error> {
        let api_url = self
            .environment
            .get("GITHUB_API_URL")
            .unwrap_or("https://api.github.com")
            .to_owned();
        let connection = github::Connection {
            api_url,
            token: self.environment.token().and_then(github::Token::new),
            deadline: self.share(percent),
            user_agent: concat!("shipwright/", env!("CARGO_PKG_VERSION")).to_owned(),
        };
        github::Client::new(&connection)
            .map_err(|error| Error::service("cannot prepare to talk to GitHub").with_source(error))
    }

    /// Whether this start may change anything in the repository's memory.
    pub(super) fn may_persist(&self) -> Result<(), &'static str> {
        if self.settings.dry_run {
            return Err("this is a dry run");
        }
        match self.settings.persist {
            Persist::Always => Ok(()),
            Persist::Never => Err("`persist` is `never`"),
            Persist::Trusted if self.wish != Wish::Nobodys || self.event.is_trusted() => Ok(()),
            Persist::Trusted => Err("the event can be started by strangers (`persist: trusted`)"),
        }
    }

    /// What blocking work on the memory ref needs, detached from the session.
    pub(super) fn memory_access(&self, percent: u32) -> Result<MemoryAccess, Error> {
        let repository = self.repository()?;
        Ok(MemoryAccess {
            address: format!("{}/{repository}", self.server_url()),
            token: self.environment.token().and_then(gitref::Token::new),
            deadline: self.share(percent),
            name: self.settings.memory_ref.clone(),
            writer: self.writer(),
            redactor: self.redactor.clone(),
            policy: Policy {
                retention_days: u32::try_from(self.settings.retention_days).unwrap_or(u32::MAX),
                max_bytes: Some(self.settings.memory_max_bytes),
                ..Policy::default()
            },
            now: self.now,
        })
    }

    /// Who writes memory: this run, or a person.
    fn writer(&self) -> sync::Writer {
        let get = |name| self.environment.get(name);
        let Some(id) = get("GITHUB_RUN_ID") else {
            return sync::Writer::local();
        };
        let run = sync::Run {
            id: id.to_owned(),
            attempt: get("GITHUB_RUN_ATTEMPT")
                .and_then(|text| text.parse().ok())
                .unwrap_or(1),
            job: get("GITHUB_JOB").unwrap_or("job").to_owned(),
        };
        sync::Writer::actions(run, get("GITHUB_SHA").unwrap_or_default())
    }

    /// Where this run's files are, and what they are called on the host.
    pub(super) fn paths(&self) -> Paths {
        Paths::new(&self.environment)
    }
}

/// Everything to restore and persist, without the session, so that it can go to another thread.
pub(super) struct MemoryAccess {
    address: String,
    token: Option<gitref::Token>,
    deadline: Instant,
    name: crate::ids::RefName,
    writer: sync::Writer,
    redactor: Redactor,
    policy: Policy,
    now: i64,
}

impl MemoryAccess {
    fn remote(&self) -> Result<Remote, Error> {
        Remote::open(&self.address, self.token.as_ref(), &sync::options(self.deadline))
            .map_err(|error| Error::service(format!("cannot open {}", self.address)).with_source(error))
    }

    /// Whether the remote would take a push; none is sent.
    pub(super) async fn may_push(self) -> Result<(), gitref::Error> {
        let work = move || {
            let options = sync::options(self.deadline);
            Remote::open(&self.address, self.token.as_ref(), &options)?.may_push()
        };
        let asked = tokio::task::spawn_blocking(work).await;
        asked.unwrap_or_else(|panic| Err(gitref::Error::Scratch(panic.to_string())))
    }

    /// Reads the memory.
    pub(super) async fn restore(self) -> Result<sync::Restored, Error> {
        blocking(move || sync::restore(&self.remote()?, &self.name)).await
    }

    /// Brings changes to the memory.
    pub(super) async fn persist(self, base: Option<sync::Base>, local: sync::Local) -> Result<sync::Persisted, Error> {
        blocking(move || {
            let setup = sync::Setup {
                retention: self.policy,
                ..sync::Setup::new(&self.name, &self.writer, &self.redactor, self.now)
            };
            sync::persist(&self.remote()?, &setup, base.as_ref(), local)
        })
        .await
    }

    /// The base saved for this ref.
    pub(super) fn load_base(&self, path: &std::path::Path) -> Result<sync::Base, sync::BaseError> {
        sync::Base::load(path, &self.name)
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(panic) => Err(Error::new(super::super::Kind::Bug, "memory sync broke down").with_source(panic)),
    }
}
