//! `roles`, `create-role`, `evolve`, `invent`, `self-tune`.

use serde_json::{Value, json};

use super::{Answer, Office, Page, Store, clean};
use crate::app::Error;
use crate::recruit::role_manager::{
    RoleError, Tuned, analyse, apply, candidates, create, plan, slug, triggers_to_weights, tune, undo,
};
use crate::recruit::stores::{Evolution, Heuristics, History, Invented, Role, RoleUsage, Roles, number};
use crate::recruit::{llm, one_line};

/// A role somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewRole {
    /// With these words.
    Manual {
        /// Its key.
        key: String,
        /// Its title; the key when absent.
        title: Option<String>,
        /// What it is for.
        description: Option<String>,
    },
    /// For this kind of task; a model says which, if there is one.
    Auto(String),
}

/// What `evolve` may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evolve {
    /// Look.
    Report,
    /// Carry the advice out.
    Apply,
    /// Take the last change back.
    Undo,
}

impl Office {
    /// All roles.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn roles(&self) -> Result<Answer, Error> {
        let roles: Roles = self.store()?.load()?;
        let mut text = format!("▸ Available Agent Roles ({} total):\n\n", roles.len());
        for (key, role) in roles.iter() {
            text.add(format_args!(
                "{}: {} — {}\n  Model: {} | Cost: ${}/task | Origin: {}\n  Skills: {}\n\n",
                one_line(key),
                one_line(&role.title),
                one_line(&role.description),
                one_line(&role.recommended_model),
                role.estimated_cost_per_task_usd,
                one_line(&role.origin),
                one_line(&role.required_skills.join(", ")),
            ));
        }
        Ok(Answer::new(text, json!({"count": roles.len(), "roles": roles})))
    }

    /// Makes a role.
    ///
    /// # Errors
    /// When the key is none or built in, or a store cannot be read or written.
    pub fn create_role(&self, wanted: NewRole) -> Result<Answer, Error> {
        let (key, role, task) = match wanted {
            NewRole::Manual {
                key,
                title,
                description,
            } => {
                let role = Role {
                    title: clean(&title.unwrap_or_default()),
                    description: clean(&description.unwrap_or_default()),
                    ..Role::default()
                };
                (key, role, None)
            }
            NewRole::Auto(task) => {
                let task = clean(&task);
                let made = self.ask(&llm::role_prompt(&task), |answer| {
                    llm::role_answer(answer, "ai-generated")
                });
                let (key, role) = made.unwrap_or_else(|| plain_role(&task));
                (key, role, Some(task))
            }
        };
        let mut store = self.store()?;
        let mut roles: Roles = store.load()?;
        create(&mut roles, &key, role, &self.policy, self.now())
            .map_err(|error: RoleError| Error::user("cannot create the role").with_source(error))?;
        let made = roles.get(&key).cloned().unwrap_or_default();
        let by_model = made.origin == "ai-generated";
        store.put(&roles);
        if by_model {
            let mut heuristics: Heuristics = store.load()?;
            triggers_to_weights(&mut heuristics.keyword_weights, &key, &made.trigger_keywords);
            store.put(&heuristics);
            log_invention(&mut store, &key, &made, task.as_deref())?;
        }
        store.commit()?;
        let method = if by_model { "ai" } else { "manual" };
        self.tell(
            "recruit_role_created",
            json!({"role": key, "method": method, "title": made.title}),
        );
        let text = format!(
            "✓ Created role: {key}\n  {} — {}\n  Origin: {}\n",
            one_line(&made.title),
            one_line(&made.description),
            made.origin
        );
        Ok(Answer::new(text, json!({"key": key, "method": method, "role": made})))
    }

    /// What should change about the roles, and does it when asked to.
    ///
    /// # Errors
    /// When a store cannot be read or written.
    pub fn evolve(&self, what: Evolve) -> Result<Answer, Error> {
        let mut store = self.store()?;
        let mut roles: Roles = store.load()?;
        let mut evolution: Evolution = store.load()?;
        if what == Evolve::Undo {
            let Some(change) = undo(&mut roles, &mut evolution) else {
                return Ok(Answer::new("▸ Nothing to undo\n", json!({"undone": null})));
            };
            store.put(&roles);
            store.put(&evolution);
            store.commit()?;
            let back: Vec<&str> = change.retired.keys().map(String::as_str).collect();
            let text = format!("✓ Undone: back {}, gone {}\n", list(&back), list(&change.created));
            return Ok(Answer::new(text, json!({"undone": change})));
        }
        let usage: RoleUsage = store.load()?;
        let Some(analysis) = analyse(&roles, &usage, self.now()) else {
            let text = "⚠ Not enough usage data to evolve roles: match some tasks first\n";
            return Ok(Answer::new(text, json!({"analysis": null, "applied": null})));
        };
        let mut applied = None;
        if what == Evolve::Apply {
            let history: History = store.load()?;
            let planned = plan(&analysis, &roles, &history);
            applied = apply(&mut roles, &mut evolution, planned, &self.policy, self.now());
            if applied.is_some() {
                store.put(&roles);
                store.put(&evolution);
                store.commit()?;
            }
        } else {
            drop(store);
        }
        self.tell("recruit_evolve", json!({"analysis": analysis.flags()}));
        let figures = serde_json::to_value(&analysis).unwrap_or_default();
        let advice = (what == Evolve::Report)
            .then(|| {
                self.ask(
                    &llm::advice_prompt("How should this set of roles change?", &figures),
                    llm::advice_answer,
                )
            })
            .flatten();
        let mut text = format!("▸ Role Evolution Analysis ({} matches)\n\n", analysis.total_matches);
        text.add(format_args!("  Underused: {}\n", list(&analysis.underused)));
        text.add(format_args!("  Struggling: {}\n", list(&analysis.struggling)));
        text.add(format_args!("  Overloaded: {}\n", list(&analysis.overloaded)));
        text += &advice
            .as_ref()
            .map_or_else(String::new, |advice| format!("\n  Advice: {advice}\n"));
        match (&applied, what) {
            (Some(change), _) => {
                let retired: Vec<&str> = change.retired.keys().map(String::as_str).collect();
                let (retired, made) = (list(&retired), list(&change.created));
                text.add(format_args!(
                    "\n✓ Retired: {retired}; made: {made} (`evolve --undo` takes it back)\n"
                ));
            }
            (None, Evolve::Apply) => text += "\n▸ Nothing to apply: built-in roles are never retired\n",
            (None, Evolve::Report | Evolve::Undo) => {}
        }
        Ok(Answer::new(
            text,
            json!({"analysis": analysis, "applied": applied, "advice": advice}),
        ))
    }

    /// Roles for tasks that none fits.
    ///
    /// # Errors
    /// When a store cannot be read or written.
    pub fn invent(&self) -> Result<Answer, Error> {
        let (tasks, roles) = {
            let store = self.store()?;
            (
                candidates(&store.load::<History>()?, &self.policy),
                store.load::<Roles>()?,
            )
        };
        if tasks.is_empty() {
            let text = "✓ No unmatched patterns detected: every task found its role\n";
            return Ok(Answer::new(text, json!({"tasks": [], "invented": []})));
        }
        let asked = self.ask(&llm::invent_prompt(&tasks, &roles), |answer| {
            answer
                .get("roles")
                .is_some_and(Value::is_array)
                .then(|| llm::invented_roles(answer))
        });
        let mut text = format!("▸ {} poorly matched tasks:\n", tasks.len());
        for task in &tasks {
            text.add(format_args!("  - {}\n", one_line(task)));
        }
        let mut made = Vec::new();
        if let Some(wanted) = asked.filter(|wanted| !wanted.is_empty()) {
            let mut store = self.store()?;
            let mut roles: Roles = store.load()?;
            let mut heuristics: Heuristics = store.load()?;
            for (key, role) in wanted {
                if roles.get(&key).is_none() && create(&mut roles, &key, role, &self.policy, self.now()).is_ok() {
                    let role = roles.get(&key).cloned().unwrap_or_default();
                    triggers_to_weights(&mut heuristics.keyword_weights, &key, &role.trigger_keywords);
                    log_invention(&mut store, &key, &role, None)?;
                    made.push((key, role));
                }
            }
            store.put(&roles);
            store.put(&heuristics);
            store.commit()?;
        } else {
            text += "▸ No model invented a role for them; `create-role --auto \"<task>\"` makes one\n";
        }
        for (key, role) in &made {
            self.tell("recruit_role_invented", json!({"role": key, "title": role.title}));
            text.add(format_args!("✓ Invented role: {key} — {}\n", one_line(&role.title)));
        }
        let keys: Vec<&str> = made.iter().map(|(key, _)| key.as_str()).collect();
        Ok(Answer::new(text, json!({"tasks": tasks, "invented": keys})))
    }

    /// Learns words from outcomes.
    ///
    /// # Errors
    /// When a store cannot be read or written.
    pub fn self_tune(&self) -> Result<Answer, Error> {
        let mut store = self.store()?;
        let (tuned, heuristics) = self.tune_in(&mut store)?;
        store.commit()?;
        self.tell_tuned(&tuned);
        let mut text = String::new();
        match &tuned.refused {
            Some(why) => text.add(format_args!("⚠ Self-tune adopted nothing: {why}\n")),
            None => text.add(format_args!("✓ Self-tuned {} keyword→role mappings\n", tuned.words)),
        }
        if let Some((before, after)) = tuned.held_out {
            text.add(format_args!(
                "  Held-out accuracy: {before:.0}% before, {after:.0}% after\n"
            ));
        }
        for (word, learned) in heuristics.keyword_weights.iter().take(10) {
            text.add(format_args!(
                "  {} → {} ({})\n",
                one_line(word),
                one_line(&learned.role),
                learned.weight
            ));
        }
        let json = json!({
            "keywords_updated": if tuned.refused.is_some() { 0 } else { tuned.words }, "total_matches": tuned.matches,
            "resolved_matches": tuned.resolved, "refused": tuned.refused,
            "held_out": tuned.held_out.map(|(before, after)| json!({"before": number(before), "after": number(after)})),
            "keyword_weights": heuristics.keyword_weights,
        });
        Ok(Answer::new(text, json))
    }

    /// Learns inside a change that has more to write.
    pub(super) fn tune_in(&self, store: &mut Store) -> Result<(Tuned, Heuristics), Error> {
        let mut heuristics: Heuristics = store.load()?;
        let roles: Roles = store.load()?;
        let history: History = store.load()?;
        let before = heuristics.clone();
        let tuned = tune(&mut heuristics, &roles, &history, &self.policy, self.now());
        if heuristics != before {
            store.put(&heuristics);
        }
        Ok((tuned, heuristics))
    }

    pub(super) fn tell_tuned(&self, tuned: &Tuned) {
        self.tell(
            "recruit_self_tune",
            json!({"keywords_updated": tuned.words, "total_matches": tuned.matches}),
        );
    }
}

fn plain_role(task: &str) -> (String, Role) {
    let title = one_line(task);
    let role = Role {
        description: format!("Takes tasks such as: {title}"),
        title,
        ..Role::default()
    };
    let slug = slug(task);
    let key = if slug.is_empty() {
        "custom-role".to_owned()
    } else {
        format!("custom-{slug}")
    };
    (key, role)
}

fn log_invention(store: &mut Store, key: &str, role: &Role, trigger: Option<&str>) -> Result<(), Error> {
    let mut invented: Invented = store.load()?;
    let mut record = serde_json::to_value(role).unwrap_or_default();
    if let Value::Object(fields) = &mut record {
        fields.insert("key".to_owned(), key.into());
        if let Some(trigger) = trigger {
            fields.insert("trigger".to_owned(), trigger.into());
        }
    }
    invented.push(&record);
    store.put(&invented);
    Ok(())
}

fn list<S: AsRef<str>>(items: &[S]) -> String {
    if items.is_empty() {
        "none".to_owned()
    } else {
        items
            .iter()
            .map(|item| one_line(item.as_ref()))
            .collect::<Vec<_>>()
            .join(", ")
    }
}
