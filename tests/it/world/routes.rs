//! The routes of the fake GitHub: which call does what, and which permission it takes.

use serde_json::{Value, json};

use super::hub::{Hub, Identity};
use super::{reads, search, view, writes};

/// A call, taken apart.
pub struct Call<'a> {
    pub method: &'a str,
    /// Without the server's own prefix (`/api/v3`).
    pub path: &'a str,
    pub query: Vec<(String, String)>,
    pub body: Value,
    pub raw: bool,
    pub identity: Option<Identity>,
}

/// An answer before it becomes HTTP.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(status: u16, body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        let headers = vec![("content-type", "application/json; charset=utf-8".to_owned())];
        Self { status, headers, body }
    }

    pub fn message(status: u16, message: &str) -> Self {
        Self::json(
            status,
            &json!({ "message": message, "documentation_url": "https://docs.github.test/rest", "status": status.to_string() }),
        )
    }

    pub fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub fn not_found() -> Self {
        Self::message(404, "Not Found")
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Call<'_> {
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// One page of a list; `wrap` makes the document of its entries and the total.
    pub fn page(&self, hub: &Hub, all: Vec<Value>, wrap: impl Fn(Vec<Value>, usize) -> Value) -> Answer {
        let number = |name, default| {
            self.parameter(name)
                .and_then(|text| text.parse().ok())
                .unwrap_or(default)
        };
        let (per_page, page): (usize, usize) = (number("per_page", 30).clamp(1, 100), number("page", 1).max(1));
        let total = all.len();
        let entries = all.into_iter().skip((page - 1) * per_page).take(per_page).collect();
        let answer = Answer::json(200, &wrap(entries, total));
        if page * per_page >= total {
            return answer;
        }
        let address = format!("{}{}?page={}", hub.api_url, self.path, page + 1);
        answer.with("link", format!("<{address}>; rel=\"next\", <{address}>; rel=\"last\""))
    }
}

/// What a call needs, in GitHub's own notation; `None` for a call no route answers.
fn permission(call: &Call, hub: &Hub, slug: &str, rest: &[&str]) -> Option<&'static str> {
    let on_pull = |number: &str| {
        let number: Option<u64> = number.parse().ok();
        let issue = number.and_then(|number| hub.repos.get(slug)?.issues.get(&number));
        issue.is_some_and(|issue| issue.pull.is_some())
    };
    Some(match (call.method, rest) {
        ("GET", []) => "metadata=read",
        ("GET", ["actions", ..]) => "actions=read",
        ("GET", ["check-runs", _, "annotations"]) => "checks=read",
        ("GET", ["commits", _, "pulls"]) => "contents=read; pull_requests=read",
        ("GET", ["pulls", ..]) => "pull_requests=read",
        ("GET", ["contents", ..] | ["compare" | "commits", _]) => "contents=read",
        ("GET", ["issues", ..]) => "issues=read; pull_requests=read",
        ("POST", ["issues", number, "comments"]) | ("PATCH", ["issues", number]) => {
            if on_pull(number) {
                "issues=write; pull_requests=write"
            } else {
                "issues=write"
            }
        }
        ("POST", ["issues", "comments", _, "reactions"] | ["labels"])
        | ("PATCH" | "DELETE", ["issues", "comments", _]) => "issues=write; pull_requests=write",
        ("POST", ["issues"]) => "issues=write",
        _ => return None,
    })
}

/// Answers a call, and does what it says.
pub fn answer(hub: &mut Hub, call: &Call) -> Answer {
    let Some(identity) = &call.identity else {
        return Answer::message(401, "Bad credentials");
    };
    if let Some(left) = &mut hub.rate_remaining {
        let Some(rest) = left.checked_sub(1) else {
            return Answer::message(403, "API rate limit exceeded for installation.")
                .with("x-ratelimit-remaining", "0")
                .with("x-ratelimit-reset", (hub.now + 3000).to_string())
                .with(
                    "date",
                    jiff::fmt::rfc2822::DateTimePrinter::new()
                        .timestamp_to_rfc9110_string(&jiff::Timestamp::from_second(hub.now).unwrap())
                        .unwrap(),
                );
        };
        *left = rest;
    }
    let parts: Vec<String> = call.path.trim_matches('/').split('/').map(decoded).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match (call.method, parts.as_slice()) {
        ("GET", ["user"]) if identity.bot => forbidden(""),
        ("GET", ["user"]) => Answer::json(200, &view::user(&identity.login)),
        ("POST", ["graphql"])
            if call.body["query"]
                .as_str()
                .is_some_and(|query| query.contains("viewer")) =>
        {
            Answer::json(200, &json!({ "data": { "viewer": { "login": identity.login } } }))
        }
        ("GET", ["rate_limit"]) => {
            let limit = json!({ "limit": 1000, "remaining": hub.rate_remaining.unwrap_or(1000), "reset": hub.now + 3000, "used": 0 });
            Answer::json(
                200,
                &json!({ "resources": { "core": limit, "search": limit }, "rate": limit }),
            )
        }
        ("GET", ["search", "issues"]) => search::answer(hub, call),
        (_, ["repos", owner, name, rest @ ..]) => {
            let slug = format!("{owner}/{name}");
            let Some(accepted) = permission(call, hub, &slug, rest) else {
                return unexpected(hub, call);
            };
            if !hub.repos.contains_key(&slug) {
                return Answer::not_found();
            }
            if accepted != "metadata=read" && !identity.may(accepted) {
                return forbidden(accepted);
            }
            match call.method {
                "GET" => reads::answer(hub, call, &slug, rest),
                _ => writes::answer(hub, call, identity, &slug, rest),
            }
        }
        _ => unexpected(hub, call),
    }
}

fn decoded(part: &str) -> String {
    percent_encoding::percent_decode_str(part)
        .decode_utf8_lossy()
        .into_owned()
}

fn forbidden(accepted: &str) -> Answer {
    let answer = Answer::message(403, "Resource not accessible by integration");
    if accepted.is_empty() {
        answer
    } else {
        answer.with("x-accepted-github-permissions", accepted)
    }
}

pub fn unexpected(hub: &mut Hub, call: &Call) -> Answer {
    hub.unexpected.push(format!("{} {}", call.method, call.path));
    Answer::message(500, "the fake GitHub has no such route")
}
