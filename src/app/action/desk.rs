//! The action's work at a person's desk: a report on a run by its address, and the doctor. The same code as inside the
//! runner, told about repository, token and settings by the command line, with nobody to hear outputs.
//!
//! Reading is what happens by default; GitHub hears something only when the person asks for it.

use super::super::local::LocalMemory;
use super::super::run_address::{RunAddress, Server};
use super::super::{Error, Kind};
use super::doctor::Check;
use super::session::{Saying, Session, Wish};
use super::subject::RunFacts;
use crate::event::{Event, Repository};
use crate::github::{self, Client, Job};
use crate::ids::RepoSlug;
use crate::records::History;
use crate::report::Report;
use crate::runner::Environment;

/// Whether something is said on GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversation {
    /// Nothing, and nobody asks what it would be.
    Silent,
    /// Nothing, but what would be said, and where, is found out.
    Rehearsed,
    /// As the action would.
    Held,
}

/// What a person wants to know about a run.
#[derive(Debug, Clone)]
pub struct Inquiry {
    /// The run.
    pub address: RunAddress,
    /// Who asks, and with which token.
    pub visitor: Visitor,
    /// Settings, by the name of the input.
    pub inputs: Vec<(&'static str, String)>,
    /// A memory on this machine, instead of the repository's own.
    pub memory: Option<String>,
    /// Whether something is said.
    pub conversation: Conversation,
    /// Whether the failures are remembered, in that memory.
    pub learn: bool,
}

/// Who talks to GitHub from here.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// The environment of the process.
    pub environment: Environment,
    /// A token given for this server, instead of the environment's.
    pub token: Option<String>,
}

/// What was found out.
#[derive(Debug)]
pub struct Told {
    /// Whether what was to be remembered is kept; true as well when nothing was to be.
    pub kept: bool,
    /// The report.
    pub report: Report,
    /// What was said on GitHub, or would be.
    pub said: Vec<Saying>,
}

impl Visitor {
    /// The variables a session needs to work on a repository of a server.
    fn environment(
        &self,
        server: &Server,
        repository: &RepoSlug,
        inputs: &[(&'static str, String)],
    ) -> Result<Environment, Error> {
        let configured = self.environment.get("GITHUB_SERVER_URL").and_then(Server::of);
        // The variables tell of one server; what they say is nothing to another one.
        let told = match &configured {
            Some(configured) => configured == server,
            None => server.is_usual(),
        };
        let api = self.environment.get("GITHUB_API_URL").filter(|_| told);
        let api = api.map_or_else(|| server.api(), str::to_owned);
        let token = match (&self.token, self.environment.token()) {
            (Some(token), _) => Some(token.trim().to_owned()),
            (None, Some(token)) if told => Some(token.to_owned()),
            (None, Some(_)) => {
                let message = format!(
                    "the token in GITHUB_TOKEN is not sent to {}: it may be github.com's",
                    server.as_str()
                );
                return Err(Error::user(message).with_hint(format!(
                    "give this server's token with `--token-file`, or say that it is this server's with GITHUB_SERVER_URL={}",
                    server.as_str()
                )));
            }
            (None, None) => None,
        };
        let mut variables = vec![
            ("GITHUB_API_URL".to_owned(), api),
            ("GITHUB_SERVER_URL".to_owned(), server.as_str().to_owned()),
            ("GITHUB_REPOSITORY".to_owned(), repository.to_string()),
            ("GITHUB_TOKEN".to_owned(), token.unwrap_or_default()),
        ];
        let given = inputs.iter();
        variables.extend(given.map(|(name, value)| (format!("INPUT_{}", name.to_uppercase()), value.clone())));
        Ok(Environment::from_iter(variables))
    }
}

/// Explains a run by its address; says it on GitHub when asked to.
///
/// # Errors
/// An address that leads nowhere, a memory that cannot be used, GitHub out of reach. What is merely incomplete is told in
/// [`Report::degraded`].
pub fn inquire(inquiry: &Inquiry) -> Result<Told, Error> {
    let address = &inquiry.address;
    let mut inputs = inquiry.inputs.clone();
    // A person who asks for it is trusted; without `learn` nothing is kept.
    inputs.push(("persist", "always".to_owned()));
    if inquiry.conversation == Conversation::Rehearsed {
        inputs.push(("dry-run", "true".to_owned()));
    }
    let environment = inquiry
        .visitor
        .environment(&address.server, &address.repository, &inputs)?;
    let memory = match inquiry.memory.as_deref() {
        Some(named) => Some(LocalMemory::open(Some(named))?),
        None => None,
    };
    on_a_runtime(async {
        let mut session = Session::at_desk(&environment);
        if environment.token().is_none() {
            session.degrade("there is no token, and GitHub shows logs to nobody without one: set GITHUB_TOKEN");
        }
        let client = session.github(70)?;
        let (run, jobs) = look_up(&client, address).await?;
        session.configure(&client, &run).await;
        let mut restored = None;
        let records = if let Some(memory) = &memory {
            memory.read()?.records
        } else {
            match session.memory_access(40)?.restore().await {
                Ok(found) => restored.insert(found).tree.records.clone(),
                Err(error) => {
                    session.fail(&error);
                    crate::memory::Memory::default()
                }
            }
        };
        let history = History::before(&records, &run.seen_in(""));
        if inquiry.conversation == Conversation::Silent {
            session.wish = Wish::Question;
        }
        session.staff_up(Some(&records));
        let speaking = session.github(90)?;
        let mut report = session
            .investigate(&client, &speaking, &run, Some(&jobs), &history)
            .await;
        if inquiry.conversation != Conversation::Silent {
            session.meet(&speaking, &run).await;
            let renderer = session.renderer(&speaking, &run).await;
            session.converse(&speaking, &run, &report, &renderer).await;
        }
        let mut kept = true;
        if inquiry.learn {
            let learned = session.remember(&run, &report);
            if let Some(memory) = &memory {
                memory.update(|tree| {
                    for (identity, entry) in learned.records.iter() {
                        tree.records.insert(identity.clone(), entry.clone());
                    }
                })?;
            } else {
                kept = session.keep(restored, learned).await;
                if !kept {
                    session.degrade("the failures of this run are not remembered: memory was not written");
                }
            }
        }
        report.degraded = session.degraded().to_vec();
        Ok(Told {
            kept,
            report,
            said: std::mem::take(&mut session.said),
        })
    })
}

/// What would not work for this repository, and the remedies; nothing is written.
///
/// # Errors
/// A token that must not go to this server. Everything else is a check that fails.
pub fn doctor(
    visitor: &Visitor,
    server: &Server,
    repository: &RepoSlug,
    inputs: &[(&'static str, String)],
) -> Result<Vec<Check>, Error> {
    let environment = visitor.environment(server, repository, inputs)?;
    on_a_runtime(async { Ok(Session::at_desk(&environment).examination().await) })
}

fn on_a_runtime<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Error::new(Kind::Bug, "cannot start").with_source(error))?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    done
}

/// The run of an address and its jobs, or the one job that the address names.
async fn look_up(client: &Client, address: &RunAddress) -> Result<(RunFacts, Vec<Job>), Error> {
    let cannot = |error: github::Error| unreachable(&error, address);
    let repository = &address.repository;
    let job = match address.job {
        Some(job) => Some(client.job(repository, job).await.map_err(cannot)?),
        None => None,
    };
    let attempt = address.attempt.or(job.as_ref().map(|job| job.run_attempt));
    let run = match attempt {
        Some(attempt) => client.run_attempt(repository, address.run, attempt).await,
        None => client.run(repository, address.run).await,
    };
    let run = RunFacts::of(&run.map_err(cannot)?, repository.clone());
    let jobs = match job {
        Some(job) => vec![job],
        None => client.jobs(repository, run.id, run.attempt).await.map_err(cannot)?,
    };
    Ok((run, jobs))
}

fn unreachable(error: &github::Error, address: &RunAddress) -> Error {
    let message = format!("cannot read {address}");
    let (kind, hint) = match error {
        github::Error::NotFound(_) => (
            Kind::User,
            "check the address; a private repository needs GITHUB_TOKEN to be a token that can see it",
        ),
        github::Error::Denied { .. } => (
            Kind::Service,
            "the token must be allowed to read Actions (`actions: read`; for a classic token the scope `repo`)",
        ),
        github::Error::RateLimited { .. } => (
            Kind::Service,
            "wait, or set GITHUB_TOKEN: calls without a token are few",
        ),
        github::Error::Gone(_)
        | github::Error::Invalid(_)
        | github::Error::Server(_)
        | github::Error::Transport(_)
        | github::Error::Deadline => (
            Kind::Service,
            "try again later; `shipwright doctor` examines the connection",
        ),
    };
    Error::new(kind, message).with_source(error.clone()).with_hint(hint)
}

impl Session {
    /// Learns what a runner's event would have told: the branch pull requests go to.
    async fn meet(&mut self, client: &Client, run: &RunFacts) {
        match client.repository(&run.repository).await {
            Ok(answer) => {
                self.event = Event {
                    repository: Some(Repository {
                        slug: run.repository.clone(),
                        default_branch: answer.default_branch,
                    }),
                    ..Event::named("workflow_run")
                };
            }
            Err(error) => self.cannot("read the repository", &error, "metadata: read"),
        }
    }
}
