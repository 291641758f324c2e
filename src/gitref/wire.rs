//! HTTP to one git server: authentication, time limits, counting, and what a status means. Both transports use it, so
//! both behave alike.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::blocking::{Client, Response};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER, USER_AGENT};
use reqwest::{StatusCode, Url};

use super::error::tame;
use super::{Error, Token};

/// Longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a request that changes nothing is sent at most.
const SAFE_TRIES: u32 = 4;
/// Wait before the second try; doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// What went over the wire, bodies only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// HTTP requests sent.
    pub requests: u64,
    /// Requests that asked the server to change refs.
    pub pushes: u64,
    /// Bytes of request bodies.
    pub bytes_up: u64,
    /// Bytes of response bodies.
    pub bytes_down: u64,
}

#[derive(Debug, Default)]
struct Counters {
    requests: AtomicU64,
    pushes: AtomicU64,
    bytes_up: AtomicU64,
    bytes_down: AtomicU64,
}

/// Whether a request may be sent again after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// It changes nothing.
    Safe,
    /// It may have been carried out although no answer came.
    Never,
}

/// One request to be sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    /// What follows the repository's address, `/git-upload-pack`.
    pub(super) path: &'a str,
    /// `None` makes it a GET.
    pub(super) body: Option<&'a [u8]>,
    /// Content type of the body.
    pub(super) content_type: &'static str,
    /// Content type the answer must have.
    pub(super) expect: &'static str,
    /// The `Git-Protocol` header.
    pub(super) protocol: Option<&'static str>,
    pub(super) repeat: Repeat,
    /// The permission whose lack a refusal would mean.
    pub(super) permission: &'static str,
}

/// The connection to one repository.
#[derive(Debug)]
pub(super) struct Wire {
    client: Client,
    root: Url,
    authorization: Option<HeaderValue>,
    user_agent: HeaderValue,
    deadline: Instant,
    counters: Arc<Counters>,
}

impl Wire {
    pub(super) fn new(root: Url, token: Option<&Token>, user_agent: &str, deadline: Instant) -> Result<Self, Error> {
        let shown = root.to_string();
        let transport = |reason: String| Error::Transport {
            remote: shown.clone(),
            reason,
        };
        let authorization = match token {
            Some(token) => {
                let mut value = HeaderValue::from_str(&basic(token))
                    .map_err(|error| transport(format!("the token cannot be sent: {error}")))?;
                value.set_sensitive(true);
                Some(value)
            }
            None => None,
        };
        install_tls();
        let mut builder = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true);
        if root.scheme() == "http" {
            // No certificates are needed, and reading the system's takes longer than a request.
            builder = builder.tls_certs_only([]);
            if loopback(&root) {
                builder = builder.no_proxy();
            }
        }
        let client = builder.build().map_err(|error| transport(reason(&error)))?;
        let user_agent =
            HeaderValue::from_str(user_agent).unwrap_or_else(|_not_ascii| HeaderValue::from_static("shipwright"));
        Ok(Self {
            client,
            root,
            authorization,
            user_agent,
            deadline,
            counters: Arc::default(),
        })
    }

    /// The address as it may be shown.
    pub(super) fn shown(&self) -> String {
        self.root.to_string()
    }

    pub(super) fn traffic(&self) -> Traffic {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Traffic {
            requests: get(&self.counters.requests),
            pushes: get(&self.counters.pushes),
            bytes_up: get(&self.counters.bytes_up),
            bytes_down: get(&self.counters.bytes_down),
        }
    }

    /// Counts a request that asks the server to change refs.
    pub(super) fn count_push(&self) {
        self.counters.pushes.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn protocol(&self, reason: &str) -> Error {
        Error::Protocol {
            remote: self.shown(),
            reason: tame(reason),
        }
    }

    pub(super) fn transport(&self, reason: &str) -> Error {
        Error::Transport {
            remote: self.shown(),
            reason: tame(reason),
        }
    }

    /// Sends a request; repeats it when that is safe and promising, within the deadline.
    pub(super) fn send(&self, request: &Request<'_>) -> Result<Body, Error> {
        let mut wait = FIRST_WAIT;
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.send_following(request) {
                Ok(body) => return Ok(body),
                Err(error) => error,
            };
            let pause = match &error {
                Error::Busy { retry_after, .. } => retry_after.unwrap_or(wait),
                Error::Transport { .. } => wait,
                Error::Address(_)
                | Error::NotFound { .. }
                | Error::Denied { .. }
                | Error::Deadline { .. }
                | Error::Protocol { .. }
                | Error::TooLarge { .. }
                | Error::Scratch(_) => return Err(error),
            };
            if request.repeat == Repeat::Never || tries >= SAFE_TRIES || Instant::now() + pause >= self.deadline {
                return Err(error);
            }
            tracing::debug!(%error, ?pause, "repeating a request that changes nothing");
            std::thread::sleep(pause);
            wait *= 2;
        }
    }

    /// Sends a request once; a redirect inside the same host is followed once, to another host never: our token must
    /// not go there.
    fn send_following(&self, request: &Request<'_>) -> Result<Body, Error> {
        let url = self.url(request.path)?;
        let response = self.send_once(&url, request)?;
        if !response.status().is_redirection() {
            return self.accept(response, request);
        }
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let target = location.and_then(|location| url.join(location).ok());
        match target {
            Some(target) if target.origin() == url.origin() => {
                let response = self.send_once(&target, request)?;
                self.accept(response, request)
            }
            Some(_) => Err(self.protocol("it redirects to another host; use the repository's present address")),
            None => Err(self.protocol("it redirects without a place to go")),
        }
    }

    fn url(&self, path: &str) -> Result<Url, Error> {
        let text = format!("{}{path}", self.root.as_str().trim_end_matches('/'));
        Url::parse(&text).map_err(|error| Error::Address(error.to_string()))
    }

    fn send_once(&self, url: &Url, request: &Request<'_>) -> Result<Response, Error> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Error::Deadline { remote: self.shown() });
        }
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, self.user_agent.clone());
        if let Some(value) = &self.authorization {
            headers.insert(AUTHORIZATION, value.clone());
        }
        if let Some(protocol) = request.protocol {
            headers.insert("git-protocol", HeaderValue::from_static(protocol));
        }
        let builder = match request.body {
            Some(body) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static(request.content_type));
                self.counters.bytes_up.fetch_add(body.len() as u64, Ordering::Relaxed);
                self.client.post(url.clone()).body(body.to_vec())
            }
            None => self.client.get(url.clone()),
        };
        self.counters.requests.fetch_add(1, Ordering::Relaxed);
        builder
            .headers(headers)
            .timeout(left)
            .send()
            .map_err(|error| self.unsent(&error))
    }

    fn unsent(&self, error: &reqwest::Error) -> Error {
        if Instant::now() >= self.deadline {
            return Error::Deadline { remote: self.shown() };
        }
        self.transport(&reason(error))
    }

    /// What a status means. A body of an error is not read: nothing in it is needed and anything may be in it.
    fn accept(&self, response: Response, request: &Request<'_>) -> Result<Body, Error> {
        let status = response.status();
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let retry_after = header(RETRY_AFTER.as_str())
            .and_then(|text| text.trim().parse().ok())
            .map(Duration::from_secs);
        let limited = retry_after.is_some() || header("x-ratelimit-remaining") == Some("0");
        let busy = || Error::Busy {
            remote: self.shown(),
            status: status.as_u16(),
            retry_after,
        };
        match status {
            StatusCode::OK => {}
            StatusCode::FORBIDDEN if limited => return Err(busy()),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Err(Error::Denied {
                    remote: self.shown(),
                    permission: request.permission,
                    status: status.as_u16(),
                });
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => return Err(Error::NotFound { remote: self.shown() }),
            StatusCode::TOO_MANY_REQUESTS => return Err(busy()),
            StatusCode::NOT_IMPLEMENTED => return Err(self.protocol("status 501")),
            status if status.is_server_error() => return Err(busy()),
            status => return Err(self.protocol(&format!("status {}", status.as_u16()))),
        }
        let kind = header(CONTENT_TYPE.as_str()).unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some(request.expect) {
            return Err(self.protocol(&format!("content type `{kind}` instead of `{}`", request.expect)));
        }
        Ok(Body {
            response,
            counters: Arc::clone(&self.counters),
            deadline: self.deadline,
        })
    }
}

/// The body of a good answer; reading it counts bytes and keeps to the deadline.
#[derive(Debug)]
pub(super) struct Body {
    response: Response,
    counters: Arc<Counters>,
    deadline: Instant,
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if Instant::now() >= self.deadline {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the deadline passed"));
        }
        let count = self.response.read(buffer)?;
        self.counters.bytes_down.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Basic authentication as user `x-access-token`, as GitHub documents it for git over HTTP.
fn basic(token: &Token) -> String {
    format!(
        "Basic {}",
        STANDARD.encode(format!("x-access-token:{}", token.expose()))
    )
}

/// ring is the one provider of cryptography; a second call changes nothing.
fn install_tls() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
    });
}

fn loopback(url: &Url) -> bool {
    url.host_str()
        .is_some_and(|host| host == "localhost" || host.starts_with("127.") || host == "[::1]")
}

/// The innermost cause, which names what happened; the outer ones repeat the address.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_as_the_password_of_a_fixed_user() {
        let token = Token::new(" secret\n").unwrap();
        assert_eq!(basic(&token), "Basic eC1hY2Nlc3MtdG9rZW46c2VjcmV0");
    }
}
