//! The calls that change nothing: runs, jobs and logs; pull requests; issues and comments; files and commits.

use serde_json::{Value, json};

use super::hub::{Attempt, Commit, Hub, Issue, Log, Repo};
use super::routes::{Answer, Call};
use super::view;

pub fn answer(hub: &mut Hub, call: &Call, slug: &str, rest: &[&str]) -> Answer {
    if let ["actions", "jobs", id, "logs"] = rest {
        return log(hub, slug, number(id));
    }
    let (hub, repo) = (&*hub, &hub.repos[slug]);
    match rest {
        [] => Answer::json(200, &view::repository(hub, slug, repo)),
        ["actions", rest @ ..] => actions(hub, call, slug, repo, rest),
        ["check-runs", id, "annotations"] => {
            let mut jobs = repo.runs.values().flatten().flat_map(|run| &run.jobs);
            let job = jobs.find(|job| job.id == number(id));
            job.map_or_else(Answer::not_found, |job| {
                list(hub, call, job.annotations.iter().map(view::annotation).collect())
            })
        }
        ["commits", sha] => commit(slug, repo, sha),
        ["commits" | "pulls", ..] => pulls(hub, call, slug, repo, rest),
        ["issues", ..] => issues(hub, call, slug, repo, rest),
        ["contents", path @ ..] => match repo.files.get(&path.join("/")) {
            Some(bytes) if call.raw => Answer {
                status: 200,
                headers: vec![("content-type", "application/octet-stream".to_owned())],
                body: bytes.clone(),
            },
            Some(_) => Answer::message(415, "the fake GitHub serves files raw only"),
            None => Answer::not_found(),
        },
        ["compare", range] => compare(slug, repo, range),
        _ => Answer::not_found(),
    }
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or(0)
}

fn one(found: Option<Value>) -> Answer {
    found.map_or_else(Answer::not_found, |value| Answer::json(200, &value))
}

fn list(hub: &Hub, call: &Call, all: Vec<Value>) -> Answer {
    call.page(hub, all, |entries, _| Value::Array(entries))
}

fn log(hub: &mut Hub, slug: &str, id: u64) -> Answer {
    let host = hub.log_host.clone();
    match hub.job(slug, id) {
        None => Answer::not_found(),
        Some(job) if matches!(job.log, Log::Expired) => Answer::message(410, "Server Error"),
        Some(job) if job.status != "completed" => Answer::not_found(),
        Some(_) => Answer::empty(302).with("location", format!("{host}/logs/{slug}/{id}?sig=secret-signature")),
    }
}

fn actions(hub: &Hub, call: &Call, slug: &str, repo: &Repo, rest: &[&str]) -> Answer {
    match rest {
        ["runs"] | ["workflows", _, "runs"] => {
            let workflow = rest.get(1).copied();
            let latest = repo.runs.values().rev().filter_map(|attempts| attempts.last());
            let fitting = latest.filter(|run| fits(call, workflow, run));
            let all = fitting.map(|run| view::run(hub, slug, run)).collect();
            call.page(
                hub,
                all,
                |entries, total| json!({ "total_count": total, "workflow_runs": entries }),
            )
        }
        ["runs", id] => {
            let latest = repo.runs.get(&number(id)).and_then(|attempts| attempts.last());
            one(latest.map(|run| view::run(hub, slug, run)))
        }
        ["runs", id, "attempts", attempt, rest @ ..] => {
            let attempts = repo.runs.get(&number(id)).map_or(&[][..], Vec::as_slice);
            let run = attempts.iter().find(|run| u64::from(run.number) == number(attempt));
            match (run, rest) {
                (Some(run), []) => Answer::json(200, &view::run(hub, slug, run)),
                (Some(run), ["jobs"]) => {
                    let all = run.jobs.iter().map(|job| view::job(slug, run, job)).collect();
                    call.page(
                        hub,
                        all,
                        |entries, total| json!({ "total_count": total, "jobs": entries }),
                    )
                }
                _ => Answer::not_found(),
            }
        }
        ["jobs", id] => {
            let mut jobs = repo
                .runs
                .values()
                .flatten()
                .flat_map(|run| run.jobs.iter().map(move |job| (run, job)));
            let found = jobs.find(|(_, job)| job.id == number(id));
            one(found.map(|(run, job)| view::job(slug, run, job)))
        }
        _ => Answer::not_found(),
    }
}

/// Whether a run fits the filters of a list.
fn fits(call: &Call, workflow: Option<&str>, run: &Attempt) -> bool {
    let is = |name, value: &str| call.parameter(name).is_none_or(|wanted| wanted == value);
    let either = |wanted| run.status == wanted || run.conclusion.as_deref() == Some(wanted);
    let file = format!("{}.yml", run.workflow.to_lowercase());
    let id = view::workflow_id(&run.workflow).to_string();
    call.parameter("status").is_none_or(either)
        && call
            .parameter("created")
            .is_none_or(|range| created_in(range, run.created_at))
        && workflow.is_none_or(|wanted| wanted == id || wanted == file)
        && is("branch", &run.head_branch)
        && is("event", &run.event)
        && is("head_sha", &run.head_sha)
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

fn pulls(hub: &Hub, call: &Call, slug: &str, repo: &Repo, rest: &[&str]) -> Answer {
    let view = |issue: &Issue| view::pull(hub, slug, issue);
    match rest {
        ["commits", sha, "pulls"] => {
            // A fork's commits are not this repository's.
            let has = |issue: &&Issue| {
                issue.pull.as_ref().is_some_and(|pull| {
                    let known = pull.head_sha == *sha || pull.old_heads.iter().any(|old| old == sha);
                    known && pull.head_repo.as_deref() == Some(slug)
                })
            };
            list(hub, call, repo.issues.values().filter(has).filter_map(view).collect())
        }
        ["pulls"] => {
            let fits = |issue: &&Issue| {
                let Some(pull) = &issue.pull else { return false };
                let owner = pull.head_repo.as_deref().and_then(|slug| slug.split_once('/'));
                let head = format!("{}:{}", owner.map_or("", |(owner, _)| owner), pull.head_branch);
                let state = call.parameter("state").unwrap_or("open");
                call.parameter("head").is_none_or(|wanted| wanted == head) && (state == "all" || issue.state == state)
            };
            list(
                hub,
                call,
                repo.issues.values().rev().filter(fits).filter_map(view).collect(),
            )
        }
        ["pulls", id] => one(repo.issues.get(&number(id)).and_then(view)),
        _ => Answer::not_found(),
    }
}

fn issues(hub: &Hub, call: &Call, slug: &str, repo: &Repo, rest: &[&str]) -> Answer {
    match rest {
        ["issues", id, "comments"] if repo.issues.contains_key(&number(id)) => {
            let since = call.parameter("since").unwrap_or_default();
            let on = repo.comments.values().filter(|comment| comment.issue == number(id));
            let on = on.filter(|comment| view::time(comment.updated_at).as_str() >= since);
            list(hub, call, on.map(|comment| view::comment(slug, comment)).collect())
        }
        ["issues", "comments", id] => one(repo
            .comments
            .get(&number(id))
            .map(|comment| view::comment(slug, comment))),
        ["issues", id] => one(repo.issues.get(&number(id)).map(|issue| view::issue(hub, slug, issue))),
        ["issues"] if repo.issues_disabled => Answer::message(410, "Issues are disabled for this repo"),
        ["issues"] => {
            let wanted: Vec<&str> = call
                .parameter("labels")
                .map_or(Vec::new(), |labels| labels.split(',').collect());
            let state = call.parameter("state").unwrap_or("open");
            let fits = |issue: &&Issue| {
                (state == "all" || issue.state == state) && wanted.iter().all(|label| issue.labels.contains(*label))
            };
            let mut all: Vec<&Issue> = repo.issues.values().filter(fits).collect();
            all.sort_by_key(|issue| std::cmp::Reverse(issue.updated_at));
            list(
                hub,
                call,
                all.into_iter().map(|issue| view::issue(hub, slug, issue)).collect(),
            )
        }
        _ => Answer::not_found(),
    }
}

fn commit(slug: &str, repo: &Repo, name: &str) -> Answer {
    match repo.commits.iter().find(|commit| commit.sha.starts_with(name)) {
        Some(commit) => Answer::json(200, &commit_view(slug, commit)),
        None => Answer::message(422, &format!("No commit found for SHA: {name}")),
    }
}

fn commit_view(slug: &str, commit: &Commit) -> Value {
    let html_url = format!("https://github.test/{slug}/commit/{}", commit.sha);
    json!({ "sha": commit.sha, "html_url": html_url, "commit": { "message": commit.title }, "author": view::user(&commit.author) })
}

fn compare(slug: &str, repo: &Repo, range: &str) -> Answer {
    let find = |name: &str| {
        let sha = repo.branches.get(name).map_or(name, String::as_str);
        repo.commits.iter().find(|commit| commit.sha == sha)
    };
    // A commit and its ancestors, newest first.
    let line = |from: &'_ Commit| -> Vec<String> {
        std::iter::successors(Some(from.sha.clone()), |sha| find(sha)?.parent.clone()).collect()
    };
    let ends = range
        .split_once("...")
        .and_then(|(base, head)| Some((line(find(base)?), line(find(head)?))));
    let Some((base, head)) = ends else {
        return Answer::not_found();
    };
    let mut ahead: Vec<&Commit> = head
        .iter()
        .filter(|sha| !base.contains(sha))
        .filter_map(|sha| find(sha))
        .collect();
    ahead.reverse();
    let behind = base.iter().filter(|sha| !head.contains(sha)).count();
    let commit = |commit: &&Commit| commit_view(slug, commit);
    let status = match (ahead.len(), behind) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        _ => "diverged",
    };
    let mut files: Vec<&String> = ahead.iter().flat_map(|commit| &commit.files).collect();
    files.sort();
    files.dedup();
    let files: Vec<Value> = files
        .iter()
        .map(|file| json!({ "filename": file, "status": "modified" }))
        .collect();
    let body = json!({
        "status": status, "ahead_by": ahead.len(), "behind_by": behind,
        "total_commits": ahead.len(), "commits": ahead.iter().map(commit).collect::<Vec<_>>(), "files": files,
    });
    Answer::json(200, &body)
}
