//! The calls that change something: comments, issues, labels, reactions.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::hub::{Hub, Identity, Issue};
use super::routes::{Answer, Call, unexpected};
use super::view;

/// The longest body GitHub takes, in characters.
const LONGEST: usize = 65_536;

pub fn answer(hub: &mut Hub, call: &Call, identity: &Identity, slug: &str, rest: &[&str]) -> Answer {
    let number = |text: &str| text.parse::<u64>().unwrap_or(0);
    match (call.method, rest) {
        ("POST", ["issues", id, "comments"]) => create_comment(hub, call, identity, slug, number(id)),
        ("PATCH", ["issues", "comments", id]) => update_comment(hub, call, identity, slug, number(id)),
        ("DELETE", ["issues", "comments", id]) => match hub.repo(slug).comments.remove(&number(id)) {
            Some(_) => Answer::empty(204),
            None => Answer::not_found(),
        },
        ("POST", ["issues", "comments", id, "reactions"]) => {
            let content = call.body["content"].as_str().unwrap_or_default().to_owned();
            if !["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"].contains(&content.as_str()) {
                return invalid("Reaction", "content", "invalid");
            }
            let Some(comment) = hub.repo(slug).comments.get_mut(&number(id)) else {
                return Answer::not_found();
            };
            let new = comment.reactions.insert((identity.login.clone(), content.clone()));
            Answer::json(
                if new { 201 } else { 200 },
                &json!({ "id": 1, "user": view::user(&identity.login), "content": content }),
            )
        }
        ("POST", ["issues"]) => create_issue(hub, call, identity, slug),
        ("PATCH", ["issues", id]) => update_issue(hub, call, identity, slug, number(id)),
        ("POST", ["labels"]) => {
            let name = call.body["name"].as_str().unwrap_or_default().to_owned();
            if hub.repo(slug).labels.insert(name.clone()) {
                Answer::json(201, &json!({ "id": 1, "name": name, "color": call.body["color"] }))
            } else {
                invalid("Label", "name", "already_exists")
            }
        }
        _ => unexpected(hub, call),
    }
}

fn invalid(resource: &str, field: &str, code: &str) -> Answer {
    let errors = json!([{ "resource": resource, "field": field, "code": code }]);
    Answer::json(
        422,
        &json!({ "message": "Validation Failed", "errors": errors, "status": "422" }),
    )
}

/// The `body` of a call, or GitHub's refusal of it.
fn text(call: &Call, resource: &str) -> Result<String, Answer> {
    match call.body["body"].as_str() {
        None | Some("") => Err(invalid(resource, "body", "missing_field")),
        Some(text) if text.chars().count() > LONGEST => {
            let message = "body is too long (maximum is 65536 characters)";
            let errors = json!([{ "resource": resource, "code": "custom", "field": "body", "message": message }]);
            Err(Answer::json(
                422,
                &json!({ "message": "Validation Failed", "errors": errors }),
            ))
        }
        Some(text) => Ok(text.to_owned()),
    }
}

fn create_comment(hub: &mut Hub, call: &Call, identity: &Identity, slug: &str, issue: u64) -> Answer {
    let body = match text(call, "IssueComment") {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    match hub.repo(slug).issues.get(&issue) {
        None => return Answer::not_found(),
        Some(issue) if issue.locked => {
            return Answer::message(403, "Unable to create comment because issue is locked.");
        }
        Some(_) => {}
    }
    let id = hub.comment(slug, issue, identity, &body);
    Answer::json(201, &view::comment(slug, &hub.repos[slug].comments[&id]))
}

fn update_comment(hub: &mut Hub, call: &Call, identity: &Identity, slug: &str, id: u64) -> Answer {
    let body = match text(call, "IssueComment") {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let now = hub.tick();
    let Some(comment) = hub.repo(slug).comments.get_mut(&id) else {
        return Answer::not_found();
    };
    comment.body = body;
    comment.updated_at = now;
    comment.unread |= identity.bot;
    Answer::json(200, &view::comment(slug, &hub.repos[slug].comments[&id]))
}

fn create_issue(hub: &mut Hub, call: &Call, identity: &Identity, slug: &str) -> Answer {
    if hub.repo(slug).issues_disabled {
        return Answer::message(410, "Issues has been disabled in this repository.");
    }
    let Some(title) = call.body["title"].as_str().filter(|title| !title.is_empty()) else {
        return invalid("Issue", "title", "missing_field");
    };
    if call.body["body"].is_string()
        && let Err(refusal) = text(call, "Issue")
    {
        return refusal;
    }
    let number = hub.repo(slug).issues.last_key_value().map_or(1, |(last, _)| last + 1);
    let issue = hub.issue(slug, number, &identity.login, title, None);
    issue.unread = identity.bot;
    change(issue, &call.body);
    let labels = issue.labels.clone();
    hub.repo(slug).labels.extend(labels);
    Answer::json(201, &view::issue(hub, slug, &hub.repos[slug].issues[&number]))
}

fn update_issue(hub: &mut Hub, call: &Call, identity: &Identity, slug: &str, number: u64) -> Answer {
    if call.body["body"].is_string()
        && let Err(refusal) = text(call, "Issue")
    {
        return refusal;
    }
    let now = hub.tick();
    let Some(issue) = hub.repo(slug).issues.get_mut(&number) else {
        return Answer::not_found();
    };
    issue.updated_at = now;
    issue.unread |= identity.bot;
    match call.body["state"].as_str() {
        Some("closed") if issue.state == "open" => {
            issue.closed_at = Some(now);
            issue.state_reason = Some(call.body["state_reason"].as_str().unwrap_or("completed").to_owned());
        }
        Some("open") if issue.state == "closed" => {
            issue.closed_at = None;
            issue.state_reason = Some("reopened".to_owned());
        }
        _ => {}
    }
    change(issue, &call.body);
    Answer::json(200, &view::issue(hub, slug, &hub.repos[slug].issues[&number]))
}

fn change(issue: &mut Issue, body: &Value) {
    let words = |key: &str| -> Option<Vec<String>> {
        let list = body[key].as_array()?;
        Some(
            list.iter()
                .filter_map(|word| word.as_str().map(str::to_owned))
                .collect(),
        )
    };
    for (key, field) in [
        ("title", &mut issue.title),
        ("body", &mut issue.body),
        ("state", &mut issue.state),
    ] {
        if let Some(text) = body[key].as_str() {
            text.clone_into(field);
        }
    }
    if let Some(labels) = words("labels") {
        issue.labels = BTreeSet::from_iter(labels);
    }
    if let Some(assignees) = words("assignees") {
        issue.assignees = assignees;
    }
}
