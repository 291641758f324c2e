//! The client as the rest of the program sees it: connecting, counting, and who we are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use http::header::USER_AGENT;
use http::{HeaderValue, Request, Response, Uri};
use octocrab::service::middleware::auth_header::AuthHeaderLayer;
use octocrab::service::middleware::extra_headers::ExtraHeadersLayer;
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use tokio::sync::OnceCell;

use super::call::Call;
use super::{Error, Result, Token, User};

/// Where GitHub is and how long it may take.
#[derive(Debug, Clone)]
pub struct Connection {
    /// `GITHUB_API_URL`: `https://api.github.com`, or an Enterprise Server's `https://host/api/v3`.
    pub api_url: String,
    /// Without one, only public repositories can be read.
    pub token: Option<Token>,
    /// No call is under way, and none is waited for, after this instant.
    pub deadline: Instant,
    /// Who we say we are: `shipwright/1.2.3`.
    pub user_agent: String,
}

/// A client of GitHub's REST API. Cloning is cheap; clones share the connection and the request counter.
#[derive(Clone)]
pub struct Client {
    pub(super) inner: Arc<Inner>,
    pub(super) deadline: Instant,
}

pub(super) struct Inner {
    pub(super) octocrab: Octocrab,
    pub(super) requests: AtomicU32,
    installation: bool,
    login: OnceCell<String>,
    /// The API's address without a slash at its end. Addresses are made whole here and not by octocrab's layer, which
    /// puts an Enterprise Server's prefix in front of absolute ones too.
    pub(super) base: String,
    graphql: String,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut debug = formatter.debug_struct("Client");
        debug.field("requests", &self.requests()).finish_non_exhaustive()
    }
}

impl Client {
    /// Prepares a client; nothing is sent. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the address or the token cannot be used, [`Error::Transport`] when TLS cannot be set up.
    pub fn new(connection: &Connection) -> Result<Self> {
        let base: Option<Uri> = connection.api_url.trim_end_matches('/').parse().ok();
        let base = base
            .filter(|base| matches!(base.scheme_str(), Some("http" | "https")) && base.authority().is_some())
            .ok_or_else(|| Error::Invalid("the API address is not an http(s) address".to_owned()))?;
        let authorization = match &connection.token {
            Some(token) => Some(secret_header(token)?),
            None => None,
        };
        let agent = HeaderValue::from_str(&connection.user_agent);
        let agent = agent.unwrap_or(HeaderValue::from_static("shipwright"));
        let transport = transport()?;
        let service = tower::service_fn(move |request: Request<OctoBody>| {
            let transport = transport.clone();
            async move {
                let request = reqwest::Request::try_from(request.map(reqwest::Body::wrap))?;
                let response = transport.execute(request).await;
                // A redirect's address holds a signature that must not reach a log.
                Ok::<Response<reqwest::Body>, reqwest::Error>(response.map_err(reqwest::Error::without_url)?.into())
            }
        });
        let octocrab = OctocrabBuilder::new_empty()
            .with_service(service)
            .with_layer(&ExtraHeadersLayer::new(Arc::new(vec![(USER_AGENT, agent)])))
            .with_layer(&AuthHeaderLayer::new(authorization, base.clone(), base.clone()))
            .with_auth(AuthState::None)
            .build();
        Ok(Self {
            deadline: connection.deadline,
            inner: Arc::new(Inner {
                octocrab: octocrab.unwrap_or_else(|never| match never {}),
                requests: AtomicU32::new(0),
                installation: connection.token.as_ref().is_some_and(Token::is_installation),
                login: OnceCell::new(),
                base: connection.api_url.trim_end_matches('/').to_owned(),
                graphql: graphql_address(&base),
            }),
        })
    }

    /// Requests sent so far, repeated ones included.
    pub fn requests(&self) -> u32 {
        self.inner.requests.load(Ordering::Relaxed)
    }

    /// Time left before the deadline.
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// The same client with at most this much time left: for what is good to know but must not take the time of the rest.
    #[must_use]
    pub fn within(&self, time: Duration) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            deadline: self.deadline.min(Instant::now() + time),
        }
    }

    /// The login this token acts as, asked once: `/user` for a person's token, GraphQL's `viewer` for an App's, which may
    /// not read `/user`.
    pub async fn login(&self) -> Result<&str> {
        let login = self.inner.login.get_or_try_init(|| self.ask_login()).await?;
        Ok(login)
    }

    async fn ask_login(&self) -> Result<String> {
        if !self.inner.installation {
            let user: User = self.get("/user").await?;
            return Ok(user.login);
        }
        let query = Call::query(&self.inner.graphql, "query { viewer { login } }");
        let answer: serde_json::Value = self.json(&query).await?;
        let login = answer.pointer("/data/viewer/login").and_then(serde_json::Value::as_str);
        let login = login.map(str::to_owned);
        login.ok_or_else(|| Error::Transport("no viewer in the answer".to_owned()))
    }

    /// Remembers the login seen as author of something this token wrote.
    pub(super) fn learn_login(&self, login: &str) {
        if !login.is_empty() {
            // Already known: the same login, asked before.
            let _ = self.inner.login.set(login.to_owned());
        }
    }
}

fn secret_header(token: &Token) -> Result<HeaderValue> {
    let value = HeaderValue::from_str(&format!("Bearer {}", token.expose())).ok();
    let mut value = value.ok_or_else(|| Error::Invalid("the token holds a character no header may hold".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// `https://host/api/v3` serves GraphQL at `https://host/api/graphql`, api.github.com at `/graphql`.
fn graphql_address(base: &Uri) -> String {
    let scheme = base.scheme_str().unwrap_or("https");
    let host = base.authority().map_or("", http::uri::Authority::as_str);
    let path = match base.path().trim_end_matches('/') {
        "/api/v3" => "/api/graphql".to_owned(),
        prefix => format!("{prefix}/graphql"),
    };
    format!("{scheme}://{host}{path}")
}

/// The HTTP client underneath: proxies from the environment, no repeats, and redirects that drop our credentials when
/// they leave the host (reqwest does that) and never fall back from https to http.
fn transport() -> Result<reqwest::Client> {
    // Whoever comes first wins; every door of this program installs the same provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let redirect = reqwest::redirect::Policy::custom(|attempt| {
        let from_https = attempt.previous().iter().any(|url| url.scheme() == "https");
        if attempt.previous().len() > 5 || (from_https && attempt.url().scheme() != "https") {
            attempt.stop()
        } else {
            attempt.follow()
        }
    });
    let client = reqwest::Client::builder()
        .redirect(redirect)
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(Duration::from_secs(10))
        .build();
    client.map_err(|error| Error::from_transport(&error))
}
