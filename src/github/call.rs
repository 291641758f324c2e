//! Sending one call under the retry policy and the deadline.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{ACCEPT, LINK};
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Limited, combinators::BoxBody};
use octocrab::OctoBody;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::retry::{self, Repeat};
use super::{Client, Error, Result};

/// One try of an ordinary call; GitHub itself gives up after 10 s.
const TRY_LIMIT: Duration = Duration::from_secs(12);
/// The largest answer read into memory whole; pages of 100 are far below it.
const ANSWER_LIMIT: usize = 32 << 20;
/// Entries of a page: the most GitHub gives.
const PER_PAGE: usize = 100;
/// Pages of a list: 10,000 comments are all the comments there are.
const PAGES: usize = 100;

/// The body of an answer, not read yet.
pub(super) type Body = BoxBody<Bytes, octocrab::Error>;

/// One call, described so that it can be sent more than once.
pub(super) struct Call {
    method: Method,
    /// Below the API's address; or a whole address.
    path: String,
    accept: &'static str,
    body: Option<serde_json::Value>,
    repeat: Repeat,
    limit: Duration,
}

impl Call {
    /// A read.
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            accept: "application/vnd.github+json",
            body: None,
            repeat: Repeat::Safe,
            limit: TRY_LIMIT,
        }
    }

    /// A read of a file's bytes.
    pub(super) fn raw(path: impl Into<String>) -> Self {
        Self {
            accept: "application/vnd.github.raw+json",
            ..Self::get(path)
        }
    }

    /// A write, sent once.
    pub(super) fn write(method: Method, path: impl Into<String>, body: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_value(body).map_err(|error| Error::Invalid(error.to_string()))?;
        Ok(Self {
            method,
            body: Some(body),
            repeat: Repeat::Never,
            ..Self::get(path)
        })
    }

    /// A deletion, sent once.
    pub(super) fn delete(path: impl Into<String>) -> Self {
        Self {
            method: Method::DELETE,
            repeat: Repeat::Never,
            ..Self::get(path)
        }
    }

    /// A GraphQL query: a POST on the wire, but a read.
    pub(super) fn query(address: &str, query: &str) -> Self {
        Self {
            method: Method::POST,
            body: Some(serde_json::json!({ "query": query })),
            ..Self::get(address)
        }
    }

    /// The same call with more time for one try.
    pub(super) fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }
}

impl Client {
    /// Reads one document.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.json(&Call::get(path)).await
    }

    /// Sends a call and reads its answer as a document.
    pub(super) async fn json<T: DeserializeOwned>(&self, call: &Call) -> Result<T> {
        decode(self.send(call).await?.body())
    }

    /// Sends a call and reads the whole answer.
    pub(super) async fn send(&self, call: &Call) -> Result<Response<Bytes>> {
        self.stream(call, read_whole).await
    }

    /// Reads a list page by page; `entries` takes the entries out of a page's document. Stops at `limit` entries.
    ///
    /// `path` ends with `?` or with a parameter. A further page is asked for by number, as long as the answer's `Link` names a next.
    pub(super) async fn pages<P, T>(&self, path: &str, limit: usize, entries: impl Fn(P) -> Vec<T>) -> Result<Vec<T>>
    where
        P: DeserializeOwned,
    {
        let per_page = limit.clamp(1, PER_PAGE);
        let joint = if path.ends_with('?') { "" } else { "&" };
        let mut all = Vec::new();
        for page in 1..=PAGES {
            let call = Call::get(format!("{path}{joint}per_page={per_page}&page={page}"));
            let response = self.send(&call).await?;
            let mut links = response.headers().get_all(LINK).iter();
            let more = links.any(|link| link.to_str().is_ok_and(|link| link.contains("rel=\"next\"")));
            all.extend(entries(decode(response.body())?));
            if !more || all.len() >= limit {
                break;
            }
        }
        all.truncate(limit);
        Ok(all)
    }

    /// Sends a call until `read` has made a value of a successful answer, the policy gives up, or the time is over.
    pub(super) async fn stream<T>(&self, call: &Call, read: impl AsyncFn(Response<Body>) -> Result<T>) -> Result<T> {
        let mut failed = 0;
        loop {
            let error = match self.attempt(call, &read).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            failed += 1;
            let Some(pause) = retry::pause(call.repeat, failed, &error, self.remaining()) else {
                return Err(error);
            };
            tracing::debug!(path = call.path, %error, ?pause, "trying again");
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt<T>(&self, call: &Call, read: &impl AsyncFn(Response<Body>) -> Result<T>) -> Result<T> {
        let limit = call.limit.min(self.remaining());
        if limit.is_zero() {
            return Err(Error::Deadline);
        }
        self.inner.requests.fetch_add(1, Ordering::Relaxed);
        let exchange = async {
            let request = self.request(call)?;
            let response = self.inner.octocrab.execute(request).await;
            let response = response.map_err(|error| Error::from_transport(&error))?;
            tracing::debug!(method = %call.method, path = call.path, status = response.status().as_u16(), "called GitHub");
            if response.status().is_success() {
                return read(response).await;
            }
            let response = read_whole(response).await?;
            Err(Error::from_answer(
                response.status(),
                response.headers(),
                response.body(),
            ))
        };
        match tokio::time::timeout(limit, exchange).await {
            Ok(outcome) => outcome,
            Err(_) if Instant::now() >= self.deadline => Err(Error::Deadline),
            Err(_) => Err(Error::Transport(format!("no answer within {} s", limit.as_secs()))),
        }
    }

    fn request(&self, call: &Call) -> Result<Request<OctoBody>> {
        let address = match call.path.strip_prefix('/') {
            Some(path) => format!("{}/{path}", self.inner.base),
            None => call.path.clone(),
        };
        let builder = Request::builder()
            .method(call.method.clone())
            .uri(address)
            .header(ACCEPT, call.accept);
        let request = self.inner.octocrab.build_request(builder, call.body.as_ref());
        request.map_err(|error| Error::from_transport(&error))
    }
}

async fn read_whole(response: Response<Body>) -> Result<Response<Bytes>> {
    let (parts, body) = response.into_parts();
    let body = Limited::new(body, ANSWER_LIMIT).collect().await;
    let body = body.map_err(|error| Error::from_transport(error.as_ref()))?;
    Ok(Response::from_parts(parts, body.to_bytes()))
}

/// Parses an answer; what cannot be parsed is told by place, not by content.
fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| Error::Transport(format!("an answer that cannot be read: {error}")))
}
