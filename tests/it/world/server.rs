//! The fake GitHub on the wire: wiremock in front of the routes, faults in front of everything.

use std::io;
use std::sync::{Arc, Mutex};

use wiremock::matchers::any;
use wiremock::{Match, Mock, MockServer, Request, Respond, ResponseTemplate};

use super::fault::{self, Fault, Kind};
use super::hub::{Hub, Log};
use super::routes::{self, Answer, Call};

pub type Shared = Arc<Mutex<Hub>>;

/// Starts the API and the log host. `prefix` is `/api/v3` on an Enterprise Server.
pub async fn start(prefix: &'static str) -> (Shared, MockServer, MockServer) {
    let (api, logs) = (MockServer::start().await, MockServer::start().await);
    // The same address under another name: another host to every client.
    let log_host = format!("http://localhost:{}", logs.address().port());
    let hub = Arc::new(Mutex::new(Hub::new(format!("{}{prefix}", api.uri()), log_host)));
    let silent = Mock::given(Silent {
        hub: hub.clone(),
        prefix,
    });
    silent
        .respond_with_err(|_: &Request| io::Error::from(io::ErrorKind::ConnectionReset))
        .with_priority(1)
        .mount(&api)
        .await;
    Mock::given(any())
        .respond_with(Api {
            hub: hub.clone(),
            prefix,
        })
        .with_priority(2)
        .mount(&api)
        .await;
    Mock::given(any())
        .respond_with(LogHost { hub: hub.clone() })
        .mount(&logs)
        .await;
    (hub, api, logs)
}

struct Api {
    hub: Shared,
    prefix: &'static str,
}

/// Matches the calls whose answer is to be swallowed, doing first what they say where the fault wants it.
struct Silent {
    hub: Shared,
    prefix: &'static str,
}

impl Match for Silent {
    fn matches(&self, request: &Request) -> bool {
        let hub = &mut *self.hub.lock().unwrap();
        let Some(path) = inside(self.prefix, request) else {
            return false;
        };
        hub.seen.push(format!("{} {path}", request.method));
        hub.arrivals.notify_waiters();
        let Some(fault) = fault::take(&mut hub.faults, Kind::Silent, request.method.as_str(), path) else {
            return false;
        };
        if matches!(fault, Fault::ReplyLost) {
            carry_out(hub, request, path);
        }
        hub.calls.push(format!("{} {path} -> no answer", request.method));
        true
    }
}

impl Respond for Api {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let hub = &mut *self.hub.lock().unwrap();
        let Some(path) = inside(self.prefix, request) else {
            hub.unexpected
                .push(format!("{} {}", request.method, request.url.path()));
            return template(Answer::message(500, "outside the API"));
        };
        let fault = fault::take(&mut hub.faults, Kind::Answered, request.method.as_str(), path);
        let (answer, delay) = match fault {
            None => (carry_out(hub, request, path), None),
            Some(Fault::Stall(delay)) => (carry_out(hub, request, path), Some(delay)),
            Some(fault) => (faulty(&fault), None),
        };
        let query = request.url.query().map_or(String::new(), |query| format!("?{query}"));
        hub.calls
            .push(format!("{} {path}{query} -> {}", request.method, answer.status));
        let template = template(answer);
        delay.map_or(template.clone(), |delay| template.set_delay(delay))
    }
}

fn inside<'a>(prefix: &str, request: &'a Request) -> Option<&'a str> {
    let path = request.url.path();
    if prefix == "/api/v3" && path == "/api/graphql" {
        return Some("/graphql");
    }
    path.strip_prefix(prefix)
}

fn carry_out(hub: &mut Hub, request: &Request, path: &str) -> Answer {
    let header = |name: &str| {
        request
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    assert_eq!(
        request.headers.get_all("authorization").iter().count().max(1),
        1,
        "two Authorization headers"
    );
    let token = header("authorization")
        .strip_prefix("Bearer ")
        .or(header("authorization").strip_prefix("token "));
    if header("user-agent").is_empty() {
        return Answer::message(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
        );
    }
    let call = Call {
        method: request.method.as_str(),
        path,
        query: request
            .url
            .query_pairs()
            .map(|(key, value)| (key.into_owned(), value.into_owned()))
            .collect(),
        body: serde_json::from_slice(&request.body).unwrap_or_default(),
        raw: header("accept").contains("raw"),
        identity: token.and_then(|token| hub.tokens.get(token)).cloned(),
    };
    let answer = routes::answer(hub, &call);
    let parsed: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let exchange = serde_json::json!({
        "method": call.method, "path": path, "query": request.url.query(), "body": call.body,
        "status": answer.status, "answer": parsed,
    });
    hub.exchanges.push(exchange);
    answer
}

fn faulty(fault: &Fault) -> Answer {
    match fault {
        Fault::Status(status) => Answer::message(*status, "Something went wrong"),
        Fault::Forbidden(message) => Answer::message(403, message),
        Fault::Limited(seconds) => Answer::message(429, "Too Many Requests").with("retry-after", seconds.to_string()),
        Fault::SecondaryLimit(seconds) => {
            Answer::message(403, "You have exceeded a secondary rate limit.").with("retry-after", seconds.to_string())
        }
        Fault::Drop | Fault::ReplyLost | Fault::Stall(_) => unreachable!("not an answer"),
    }
}

fn template(answer: Answer) -> ResponseTemplate {
    let mut template = ResponseTemplate::new(answer.status).insert_header("x-github-request-id", "FAKE:1");
    for (name, value) in answer.headers {
        template = template.insert_header(name, value);
    }
    template.set_body_bytes(answer.body)
}

/// Azure's part: serves logs by signed address, and refuses whoever also sends a token.
struct LogHost {
    hub: Shared,
}

impl Respond for LogHost {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let xml = |status, code: &str| {
            let body = format!("\u{feff}<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
            ResponseTemplate::new(status).set_body_raw(body, "application/xml")
        };
        if request.headers.contains_key("authorization") {
            return xml(401, "InvalidAuthenticationInfo");
        }
        if !request.url.query().is_some_and(|query| query.contains("sig=")) {
            return xml(403, "AuthenticationFailed");
        }
        let hub = &mut *self.hub.lock().unwrap();
        hub.calls
            .push(format!("log host: {} {}", request.method, request.url.path()));
        let parts: Vec<&str> = request.url.path().trim_matches('/').split('/').collect();
        let ["logs", owner, name, id] = parts.as_slice() else {
            return xml(400, "InvalidUri");
        };
        let job = hub.job(&format!("{owner}/{name}"), id.parse().unwrap_or(0));
        let Some(job) = job else {
            return xml(404, "BlobNotFound");
        };
        match &mut job.log {
            Log::Late(0, bytes) | Log::Text(bytes) => {
                ResponseTemplate::new(200).set_body_raw(bytes.clone(), "text/plain")
            }
            Log::Late(left, _) => {
                *left -= 1;
                xml(404, "BlobNotFound")
            }
            Log::Missing | Log::Expired => xml(404, "BlobNotFound"),
        }
    }
}
