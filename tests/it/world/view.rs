//! GitHub's JSON for what the fake knows: the fields the API has, with its nulls and its links.

use serde_json::{Value, json};

use super::hub::{Attempt, Comment, Hub, Issue, Job, Repo};

/// RFC 3339 in UTC, to the second.
pub fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap().to_string()
}

pub fn user(login: &str) -> Value {
    let kind = if login.ends_with("[bot]") { "Bot" } else { "User" };
    json!({ "login": login, "id": login.len(), "type": kind, "site_admin": false })
}

pub fn repository(hub: &Hub, slug: &str, repo: &Repo) -> Value {
    let (owner, name) = slug.split_once('/').unwrap();
    json!({
        "id": 1, "name": name, "full_name": slug, "owner": user(owner), "private": repo.private, "fork": repo.fork,
        "default_branch": repo.default_branch, "has_issues": !repo.issues_disabled, "description": null,
        "url": format!("{}/repos/{slug}", hub.api_url), "html_url": format!("https://github.test/{slug}"),
    })
}

fn stub(hub: &Hub, slug: Option<&str>) -> Value {
    let Some(slug) = slug else { return Value::Null };
    let name = slug.split_once('/').map(|(_, name)| name);
    json!({ "id": 1, "name": name, "full_name": slug, "fork": true, "url": format!("{}/repos/{slug}", hub.api_url) })
}

pub fn run(hub: &Hub, slug: &str, run: &Attempt) -> Value {
    let repo = &hub.repos[slug];
    let pulls: Vec<Value> = run
        .pulls
        .iter()
        .filter_map(|number| pull_reference(hub, slug, *number))
        .collect();
    json!({
        "id": run.id, "name": run.workflow, "node_id": "x", "head_branch": run.head_branch, "head_sha": run.head_sha,
        "path": format!(".github/workflows/{}.yml", run.workflow.to_lowercase()), "display_title": "A change",
        "run_number": 7, "event": run.event, "status": run.status, "conclusion": run.conclusion,
        "workflow_id": workflow_id(&run.workflow), "check_suite_id": 3, "pull_requests": pulls,
        "url": format!("{}/repos/{slug}/actions/runs/{}", hub.api_url, run.id),
        "html_url": format!("https://github.test/{slug}/actions/runs/{}", run.id),
        "created_at": time(run.created_at), "updated_at": time(run.updated_at), "run_started_at": time(run.created_at),
        "actor": user(&run.actor), "triggering_actor": user(&run.actor), "run_attempt": run.number,
        "previous_attempt_url": null, "referenced_workflows": [], "head_commit": null,
        "repository": repository(hub, slug, repo),
        "head_repository": stub(hub, run.head_repo.as_deref()),
    })
}

/// The same for the same name, as long as a workflow is not renamed.
pub fn workflow_id(name: &str) -> u64 {
    name.bytes().fold(7, |id: u64, byte| {
        id.wrapping_mul(31).wrapping_add(u64::from(byte)) % 1_000_003
    })
}

fn pull_reference(hub: &Hub, slug: &str, number: u64) -> Option<Value> {
    let pull = hub.repos[slug].issues.get(&number)?.pull.as_ref()?;
    let end = |branch: &str, sha: &str, repo: Option<&str>| {
        let name = repo.and_then(|slug| slug.split_once('/')).map(|(_, name)| name);
        let url = repo.map(|slug| format!("{}/repos/{slug}", hub.api_url));
        json!({ "ref": branch, "sha": sha, "repo": { "id": 1, "name": name, "url": url } })
    };
    Some(json!({
        "id": number + 5000, "number": number, "url": format!("{}/repos/{slug}/pulls/{number}", hub.api_url),
        "head": end(&pull.head_branch, &pull.head_sha, pull.head_repo.as_deref()),
        "base": end(&pull.base_branch, &"0".repeat(40), Some(slug)),
    }))
}

pub fn job(slug: &str, run: &Attempt, job: &Job) -> Value {
    let done = job.status == "completed";
    let steps: Vec<Value> = (1..)
        .zip(&job.steps)
        .map(|(number, (name, conclusion))| {
            json!({
                "name": name, "number": number, "status": job.status, "conclusion": conclusion,
                "started_at": time(job.started_at), "completed_at": done.then(|| time(job.completed_at)),
            })
        })
        .collect();
    json!({
        "id": job.id, "run_id": run.id, "run_attempt": run.number, "workflow_name": run.workflow, "node_id": "x",
        "head_branch": run.head_branch, "head_sha": run.head_sha, "name": job.name, "status": job.status,
        "conclusion": job.conclusion, "created_at": time(job.started_at), "started_at": time(job.started_at),
        "completed_at": done.then(|| time(job.completed_at)), "steps": steps, "labels": ["ubuntu-latest"],
        "html_url": format!("https://github.test/{slug}/actions/runs/{}/job/{}", run.id, job.id),
        "runner_id": 1, "runner_name": job.runner, "runner_group_id": null, "runner_group_name": null,
    })
}

pub fn annotation((path, line, message): &(String, u64, String)) -> Value {
    json!({
        "path": path, "start_line": line, "end_line": line, "start_column": null, "end_column": null,
        "annotation_level": "failure", "title": null, "message": message, "raw_details": null, "blob_href": "x",
    })
}

pub fn pull(hub: &Hub, slug: &str, issue: &Issue) -> Option<Value> {
    let pull = issue.pull.as_ref()?;
    let head_label = pull
        .head_repo
        .as_deref()
        .and_then(|slug| slug.split_once('/'))
        .map(|(owner, _)| owner);
    Some(json!({
        "id": issue.number + 5000, "number": issue.number, "state": issue.state, "locked": issue.locked, "title": issue.title,
        "body": issue.body, "user": user(&issue.author), "draft": false,
        "html_url": format!("https://github.test/{slug}/pull/{}", issue.number),
        "created_at": time(issue.created_at), "updated_at": time(issue.updated_at),
        "closed_at": issue.closed_at.map(time), "merged_at": pull.merged_at.map(time), "merge_commit_sha": null,
        "head": {
            "label": format!("{}:{}", head_label.unwrap_or("unknown"), pull.head_branch), "ref": pull.head_branch,
            "sha": pull.head_sha, "user": head_label.map(user), "repo": stub(hub, pull.head_repo.as_deref()),
        },
        "base": {
            "label": pull.base_branch, "ref": pull.base_branch, "sha": "0".repeat(40),
            "repo": repository(hub, slug, &hub.repos[slug]),
        },
    }))
}

pub fn issue(hub: &Hub, slug: &str, issue: &Issue) -> Value {
    let kind = if issue.pull.is_some() { "pull" } else { "issues" };
    let labels: Vec<Value> = issue
        .labels
        .iter()
        .map(|name| json!({ "id": 1, "name": name, "color": "d73a4a" }))
        .collect();
    let mut view = json!({
        "id": issue.number + 9000, "number": issue.number, "title": issue.title, "body": issue.body, "state": issue.state,
        "state_reason": issue.state_reason, "locked": issue.locked, "user": user(&issue.author), "labels": labels,
        "assignees": issue.assignees.iter().map(|login| user(login)).collect::<Vec<_>>(), "comments": 0,
        "html_url": format!("https://github.test/{slug}/{kind}/{}", issue.number),
        "repository_url": format!("{}/repos/{slug}", hub.api_url), "author_association": "NONE",
        "created_at": time(issue.created_at), "updated_at": time(issue.updated_at), "closed_at": issue.closed_at.map(time),
    });
    if let Some(pull) = &issue.pull {
        view["pull_request"] = json!({ "merged_at": pull.merged_at.map(time), "url": "x", "html_url": "x" });
    }
    view
}

pub fn comment(slug: &str, comment: &Comment) -> Value {
    let count = |content: &str| {
        comment
            .reactions
            .iter()
            .filter(|(_, reaction)| reaction == content)
            .count()
    };
    json!({
        "id": comment.id, "node_id": "x", "body": comment.body, "user": user(&comment.author),
        "author_association": comment.association, "created_at": time(comment.created_at),
        "updated_at": time(comment.updated_at), "performed_via_github_app": null,
        "html_url": format!("https://github.test/{slug}/issues/{}#issuecomment-{}", comment.issue, comment.id),
        "reactions": { "total_count": comment.reactions.len(), "+1": count("+1"), "-1": count("-1"), "eyes": count("eyes") },
    })
}
