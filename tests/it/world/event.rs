//! Payloads, as `$GITHUB_EVENT_PATH` holds them.

use serde_json::{Value, json};

use super::World;
use super::story::{Head, Run};
use super::view;

/// An event, and what the runner says about it in the environment.
#[derive(Clone, Debug)]
pub struct Event {
    pub name: &'static str,
    pub payload: Value,
    pub sha: String,
    pub reference: String,
    pub actor: String,
    /// The branch of a pull request's head.
    pub head_branch: String,
}

impl World {
    fn event(&self, name: &'static str, mut payload: Value, head: &Head) -> Event {
        let hub = self.hub();
        payload["repository"] = view::repository(&hub, &self.slug, &hub.repos[&self.slug]);
        payload["sender"] = view::user(&head.actor);
        Event {
            name,
            payload,
            sha: head.sha.clone(),
            reference: match head.pull {
                Some(number) => format!("refs/pull/{number}/merge"),
                None => format!("refs/heads/{}", head.branch),
            },
            actor: head.actor.clone(),
            head_branch: head.pull.map_or(String::new(), |_| head.branch.clone()),
        }
    }

    /// `main` as it is now, where `workflow_run`, schedules and manual runs take place.
    fn default_head(&self) -> Head {
        Head {
            sha: self.hub().repos[&self.slug].branches["main"].clone(),
            branch: "main".to_owned(),
            repo: self.slug.clone(),
            event: "schedule",
            pull: None,
            actor: "alice".to_owned(),
        }
    }

    /// `workflow_run`, completed.
    pub fn completed(&self, run: &Run) -> Event {
        let payload = {
            let hub = self.hub();
            let attempts = &hub.repos[&self.slug].runs[&run.id];
            let attempt = attempts.iter().find(|attempt| attempt.number == run.attempt).unwrap();
            let mut view = view::run(&hub, &self.slug, attempt);
            // A payload's repositories are the short form.
            view["status"] = json!("completed");
            let workflow =
                json!({ "id": view["workflow_id"], "name": view["name"], "path": view["path"], "state": "active" });
            json!({ "action": "completed", "workflow_run": view, "workflow": workflow })
        };
        self.event("workflow_run", payload, &self.default_head())
    }

    /// `push`.
    pub fn pushed(&self, head: &Head) -> Event {
        let payload = json!({
            "ref": format!("refs/heads/{}", head.branch), "before": "0".repeat(40), "after": head.sha, "created": false,
            "deleted": false, "forced": false, "commits": [], "head_commit": null, "pusher": { "name": head.actor },
        });
        self.event("push", payload, head)
    }

    /// `pull_request`, synchronized.
    pub fn synchronized(&self, number: u64) -> Event {
        let head = self.pull_request(number).head();
        let payload = {
            let hub = self.hub();
            let pull = view::pull(&hub, &self.slug, &hub.repos[&self.slug].issues[&number]);
            json!({ "action": "synchronize", "number": number, "pull_request": pull })
        };
        self.event("pull_request", payload, &head)
    }

    /// `workflow_dispatch` with these inputs of the workflow.
    pub fn dispatched(&self, inputs: &[(&str, &str)]) -> Event {
        let inputs: serde_json::Map<String, Value> = inputs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        let payload =
            json!({ "inputs": inputs, "ref": "refs/heads/main", "workflow": ".github/workflows/shipwright.yml" });
        self.event("workflow_dispatch", payload, &self.default_head())
    }

    /// `issue_comment`, created, by somebody who is this to the repository (`MEMBER`, `NONE`, …).
    pub fn commented(&self, number: u64, comment: u64, association: &str) -> Event {
        let payload = {
            let mut hub = self.hub();
            let found = hub
                .repo(&self.slug)
                .comments
                .get_mut(&comment)
                .expect("no such comment");
            association.clone_into(&mut found.association);
            let view = view::comment(&self.slug, found);
            let issue = view::issue(&hub, &self.slug, &hub.repos[&self.slug].issues[&number]);
            json!({ "action": "created", "issue": issue, "comment": view })
        };
        self.event("issue_comment", payload, &self.default_head())
    }

    /// `schedule`.
    pub fn scheduled(&self) -> Event {
        self.event("schedule", json!({ "schedule": "0 4 * * *" }), &self.default_head())
    }
}
