//! The routes of the fake GitHub: which call does what, and which permission it takes.

use serde_json::{Value, json};

use super::hub::{Hub, Identity};
use super::{search, view, writes};

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
        ("GET", ["contents", ..] | ["compare", _]) => "contents=read",
        ("GET", ["issues", ..]) => "issues=read; pull_requests=read",
        ("POST", ["issues", number, "comments"]) | ("PATCH", ["issues", number]) => {
            if on_pull(number) {
                "issues=write; pull_requests=write"
            } else {
                "issues=write"
            }
        }
        ("POST", ["issues", "comments", _, "reactions"]) | ("PATCH" | "DELETE", ["issues", "comments", _]) => {
            "issues=write; pull_requests=write"
        }
        ("POST", ["issues"]) => "issues=write",
        ("POST", ["labels"]) => "issues=write; pull_requests=write",
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
                "GET" => read(hub, call, &slug, rest),
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

fn read(hub: &mut Hub, call: &Call, slug: &str, rest: &[&str]) -> Answer {
    let number = |text: &str| text.parse::<u64>().unwrap_or(0);
    if let ["actions", "jobs", id, "logs"] = rest {
        return log(hub, slug, number(id));
    }
    let hub = &*hub;
    let repo = &hub.repos[slug];
    let one = |found: Option<Value>| found.map_or_else(Answer::not_found, |value| Answer::json(200, &value));
    let list = |all: Vec<Value>| call.page(hub, all, |entries, _| Value::Array(entries));
    match rest {
        [] => Answer::json(200, &view::repository(hub, slug, repo)),
        ["actions", "runs"] | ["actions", "workflows", _, "runs"] => {
            let workflow = rest.get(2).copied();
            let fits = |run: &&super::hub::Attempt| {
                let is = |name, value: &str| call.parameter(name).is_none_or(|wanted| wanted == value);
                let status = call
                    .parameter("status")
                    .is_none_or(|wanted| run.status == wanted || run.conclusion.as_deref() == Some(wanted));
                let created = call
                    .parameter("created")
                    .is_none_or(|range| created_in(range, run.created_at));
                let named = workflow.is_none_or(|wanted| {
                    view::workflow_id(&run.workflow).to_string() == wanted
                        || format!("{}.yml", run.workflow.to_lowercase()) == wanted
                });
                status
                    && created
                    && named
                    && is("branch", &run.head_branch)
                    && is("event", &run.event)
                    && is("head_sha", &run.head_sha)
            };
            let latest = repo
                .runs
                .values()
                .rev()
                .filter_map(|attempts| attempts.last())
                .filter(fits);
            let all = latest.map(|run| view::run(hub, slug, run)).collect();
            call.page(
                hub,
                all,
                |entries, total| json!({ "total_count": total, "workflow_runs": entries }),
            )
        }
        ["actions", "runs", id] => one(repo
            .runs
            .get(&number(id))
            .and_then(|attempts| attempts.last())
            .map(|run| view::run(hub, slug, run))),
        ["actions", "runs", id, "attempts", attempt, ..] => {
            let attempts = repo.runs.get(&number(id)).map_or(&[][..], Vec::as_slice);
            let Some(run) = attempts.iter().find(|run| u64::from(run.attempt) == number(attempt)) else {
                return Answer::not_found();
            };
            if rest.len() == 5 {
                return Answer::json(200, &view::run(hub, slug, run));
            }
            let all = run.jobs.iter().map(|job| view::job(slug, run, job)).collect();
            call.page(
                hub,
                all,
                |entries, total| json!({ "total_count": total, "jobs": entries }),
            )
        }
        ["actions", "jobs", id] => {
            let mut runs = repo.runs.values().flatten();
            one(runs.find_map(|run| {
                run.jobs
                    .iter()
                    .find(|job| job.id == number(id))
                    .map(|job| view::job(slug, run, job))
            }))
        }
        ["check-runs", id, "annotations"] => {
            let mut jobs = repo.runs.values().flatten().flat_map(|run| &run.jobs);
            let job = jobs.find(|job| job.id == number(id));
            job.map_or_else(Answer::not_found, |job| {
                list(job.annotations.iter().map(view::annotation).collect())
            })
        }
        ["commits", sha, "pulls"] => {
            // GitHub does not know a fork's commits as its own.
            let own = repo.issues.values().filter(|issue| {
                issue.pull.as_ref().is_some_and(|pull| {
                    pull.head_repo.as_deref() == Some(slug)
                        && (pull.head_sha == *sha || pull.old_heads.iter().any(|old| old == sha))
                })
            });
            list(own.filter_map(|issue| view::pull(hub, slug, issue)).collect())
        }
        ["pulls"] => {
            let fits = |issue: &&super::hub::Issue| {
                let Some(pull) = &issue.pull else { return false };
                let owner = pull
                    .head_repo
                    .as_deref()
                    .and_then(|slug| slug.split_once('/'))
                    .map_or("", |(owner, _)| owner);
                let head = call
                    .parameter("head")
                    .is_none_or(|wanted| wanted == format!("{owner}:{}", pull.head_branch));
                let state = call.parameter("state").unwrap_or("open");
                head && (state == "all" || issue.state == state)
            };
            list(
                repo.issues
                    .values()
                    .rev()
                    .filter(fits)
                    .filter_map(|issue| view::pull(hub, slug, issue))
                    .collect(),
            )
        }
        ["pulls", id] => one(repo
            .issues
            .get(&number(id))
            .and_then(|issue| view::pull(hub, slug, issue))),
        ["issues", id] if *id != "comments" => {
            one(repo.issues.get(&number(id)).map(|issue| view::issue(hub, slug, issue)))
        }
        ["issues", id, "comments"] => {
            if !repo.issues.contains_key(&number(id)) {
                return Answer::not_found();
            }
            let on = repo.comments.values().filter(|comment| comment.issue == number(id));
            list(on.map(|comment| view::comment(slug, comment)).collect())
        }
        ["issues"] if repo.issues_disabled => Answer::message(410, "Issues are disabled for this repo"),
        ["issues"] => {
            let wanted: Vec<&str> = call
                .parameter("labels")
                .map_or(Vec::new(), |labels| labels.split(',').collect());
            let state = call.parameter("state").unwrap_or("open");
            let mut all: Vec<_> = repo
                .issues
                .values()
                .filter(|issue| {
                    (state == "all" || issue.state == state) && wanted.iter().all(|label| issue.labels.contains(*label))
                })
                .collect();
            all.sort_by_key(|issue| std::cmp::Reverse(issue.updated_at));
            list(all.into_iter().map(|issue| view::issue(hub, slug, issue)).collect())
        }
        ["contents", path @ ..] => match repo.files.get(&path.join("/")) {
            Some(bytes) if call.raw => Answer {
                status: 200,
                headers: vec![("content-type", "application/octet-stream".to_owned())],
                body: bytes.clone(),
            },
            Some(_) => Answer::message(415, "the fake GitHub serves files raw only"),
            None => Answer::not_found(),
        },
        ["compare", range] => compare(hub, slug, range),
        _ => Answer::not_found(),
    }
}

/// `>=2025-01-31` and `2025-01-31..2025-02-28`, by day.
fn created_in(range: &str, created: i64) -> bool {
    let day = &view::time(created)[..10];
    match (range.strip_prefix(">="), range.split_once("..")) {
        (Some(from), _) => day >= &from[..10],
        (None, Some((from, to))) => day >= &from[..10] && day <= &to[..10],
        (None, None) => day == range,
    }
}

fn log(hub: &mut Hub, slug: &str, id: u64) -> Answer {
    let host = hub.log_host.clone();
    match hub.job(slug, id) {
        None => Answer::not_found(),
        Some(job) if matches!(job.log, super::hub::Log::Expired) => Answer::message(410, "Server Error"),
        Some(job) if job.status != "completed" => Answer::not_found(),
        Some(_) => Answer::empty(302).with("location", format!("{host}/logs/{slug}/{id}?sig=secret-signature")),
    }
}

fn compare(hub: &Hub, slug: &str, range: &str) -> Answer {
    let repo = &hub.repos[slug];
    let resolve = |name: &str| {
        let sha = repo.branches.get(name).map_or(name, String::as_str);
        repo.commits.iter().position(|(commit, _, _)| commit == sha)
    };
    let Some((base, head)) = range.split_once("...") else {
        return Answer::not_found();
    };
    let (Some(base), Some(head)) = (resolve(base), resolve(head)) else {
        return Answer::not_found();
    };
    let between = repo.commits.get(base + 1..=head).unwrap_or_default();
    let commits: Vec<Value> = between.iter().map(|(sha, title, author)| {
        json!({ "sha": sha, "html_url": format!("https://github.test/{slug}/commit/{sha}"), "commit": { "message": title }, "author": view::user(author) })
    }).collect();
    let status = if base == head {
        "identical"
    } else if base < head {
        "ahead"
    } else {
        "behind"
    };
    let files = json!([{ "filename": "src/lib.rs", "status": "modified" }]);
    Answer::json(
        200,
        &json!({ "status": status, "ahead_by": commits.len(), "behind_by": 0, "total_commits": commits.len(), "commits": commits, "files": files }),
    )
}
