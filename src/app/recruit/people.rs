//! `evaluate`, `profiles`, `promote`, `onboard`, `mind`.

use serde_json::{Value, json};

use super::{Answer, Office, Page, when};
use crate::app::Error;
use crate::recruit::config_validator::{Promotion, Standing, document, evaluate, infer, promote};
use crate::recruit::stores::{Kept, Mind, Minds, Onboarding, Profile, Profiles, Roles, Talent, number};
use crate::recruit::{llm, one_line, timestamp};

/// Tasks before a model is asked about an agent.
const KNOWN_WELL: u64 = 5;

/// What `promote` may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promote {
    /// Advise.
    Advise,
    /// Set the model in the profile and keep a record of it.
    Apply,
}

impl Office {
    /// How an agent does.
    ///
    /// # Errors
    /// When a store cannot be read.
    pub fn evaluate(&self, agent: &str) -> Result<Answer, Error> {
        let profiles: Profiles = self.store()?.load()?;
        let Some(profile) = profiles.get(agent) else {
            let text = format!("⚠ No evaluation history for {}\n", one_line(agent));
            return Ok(Answer::new(text, json!({"agent_id": agent, "evaluated": false})));
        };
        let found = evaluate(profile, &profiles);
        let mut text = format!("▸ Evaluating agent: {}\n\nPerformance Metrics:\n", one_line(agent));
        text.add(format_args!("  Success Rate: {}%\n", profile.success_rate));
        text.add(format_args!("  Avg Time: {} min\n", profile.avg_time_minutes));
        text.add(format_args!("  Quality Score: {}/10\n", profile.quality_score));
        text.add(format_args!("  Cost Efficiency: {}%\n", profile.cost_efficiency));
        text.add(format_args!("  Tasks Completed: {}\n\n", profile.tasks_completed));
        text += &when(found.population.is_telling(), || {
            let count = found.population.count;
            format!(
                "  Population thresholds ({count} agents): promote ≥ {}%, demote < {}%\n",
                found.upper, found.lower
            )
        });
        text += match found.standing {
            Standing::Excellent => "✓ Excellent performance (top tier): consider a promotion\n",
            Standing::Acceptable => "▸ Acceptable performance\n",
            Standing::Poor => "⚠ Performance below the threshold: needs attention\n",
        };
        let json = json!({
            "agent_id": agent, "evaluated": true, "success_rate": number(profile.success_rate),
            "avg_time_minutes": number(profile.avg_time_minutes), "quality_score": number(profile.quality_score),
            "cost_efficiency": number(profile.cost_efficiency), "tasks_completed": profile.tasks_completed,
            "standing": found.standing.as_str(), "population": found.population,
            "thresholds": {"promote": number(found.upper), "demote": number(found.lower)},
        });
        Ok(Answer::new(text, json))
    }

    /// All agents.
    ///
    /// # Errors
    /// When a store cannot be read.
    pub fn profiles(&self) -> Result<Answer, Error> {
        let profiles: Profiles = self.store()?.load()?;
        if profiles.is_empty() {
            let text = "⚠ No performance profiles recorded yet\n";
            return Ok(Answer::new(text, json!({"count": 0, "profiles": {}})));
        }
        let mut text = String::from("▸ Agent Performance Profiles:\n\n");
        for (id, profile) in profiles.iter() {
            text.add(format_args!(
                "{}\n  Success: {}% | Quality: {}/10 | Tasks: {}\n  Avg Time: {} min | Efficiency: {}%\n  Model: {} | Role: {}\n\n",
                one_line(id),
                profile.success_rate,
                profile.quality_score,
                profile.tasks_completed,
                profile.avg_time_minutes,
                profile.cost_efficiency,
                one_line(&profile.model),
                one_line(&profile.role),
            ));
        }
        Ok(Answer::new(
            text,
            json!({"count": profiles.len(), "profiles": profiles}),
        ))
    }

    /// Which model an agent should run on; sets it when asked to.
    ///
    /// # Errors
    /// When there is no such agent, or a store cannot be read or written.
    pub fn promote(&self, agent: &str, what: Promote) -> Result<Answer, Error> {
        let mut store = self.store()?;
        let mut profiles: Profiles = store.load()?;
        let mut profile = known(&profiles, agent)?;
        let (promotion, thresholds) = promote(&profile, &profiles, &self.policy);
        let shown = one_line(agent);
        let mut json = json!({
            "agent_id": agent, "from": profile.model, "to": null, "direction": null, "applied": false,
            "thresholds": thresholds, "success_rate": number(profile.success_rate),
            "tasks_completed": profile.tasks_completed,
        });
        let text = match promotion {
            Promotion::Stay(reason) => {
                json["reason"] = reason.clone().into();
                format!("▸ No model change recommended for {shown}\n  {reason}\n")
            }
            Promotion::Move { from, to, up, reason } => {
                let applied = what == Promote::Apply;
                if applied {
                    let record = json!({"ts": timestamp(self.now()), "agent_id": agent, "from": from, "to": to, "reason": reason});
                    let mut talent: Talent = store.load()?;
                    talent.push(record);
                    profile.model.clone_from(&to);
                    profiles.insert(agent, profile);
                    store.put(&talent);
                    store.put(&profiles);
                    store.commit()?;
                }
                self.tell(
                    "recruit_promotion",
                    json!({"agent_id": agent, "from": from, "to": to, "reason": reason}),
                );
                let (word, direction) = if up {
                    ("upgrading", "upgrade")
                } else {
                    ("downgrading", "downgrade")
                };
                json["to"] = to.clone().into();
                json["direction"] = direction.into();
                json["reason"] = reason.clone().into();
                json["applied"] = applied.into();
                let mut text = format!("✓ Recommend {word} {shown} from {from} to {to}\n  Reason: {reason}\n");
                text.add(format_args!(
                    "  Thresholds: promote ≥ {}%, demote < {}%\n",
                    thresholds.promote, thresholds.demote
                ));
                text + &when(applied, || format!("✓ {shown} now runs on {to}\n"))
            }
        };
        Ok(Answer::new(text, json))
    }

    /// What an agent is given when it starts in a role.
    ///
    /// # Errors
    /// When there is no such role, or a store cannot be read or written.
    pub fn onboard(&self, role: &str, agent: Option<&str>) -> Result<Answer, Error> {
        let mut store = self.store()?;
        let roles: Roles = store.load()?;
        let Some(found) = roles.get(role) else {
            return Err(Error::user(format!("Unknown role: {}", one_line(role)))
                .with_hint("`shipwright recruit roles` lists them"));
        };
        let minds: Minds = store.load()?;
        let mind = agent.and_then(|agent| minds.get(agent));
        let text = document(role, found, mind);
        let style = mind.map_or("standard", |mind| mind.onboarding_preference.as_str());
        let mut onboarding: Onboarding = store.load()?;
        onboarding.push(self.now().div_euclid(1000), text.clone());
        store.put(&onboarding);
        store.commit()?;
        self.tell(
            "recruit_onboarding",
            json!({"role": role, "style": style, "timestamp": timestamp(self.now())}),
        );
        let json = json!({"role": role, "agent_id": agent, "style": style, "document": text});
        Ok(Answer::new(text, json))
    }

    /// How an agent works best, or all that is known of all agents.
    ///
    /// # Errors
    /// When there is no such agent, or a store cannot be read or written.
    pub fn mind(&self, agent: Option<&str>) -> Result<Answer, Error> {
        let Some(agent) = agent else {
            let minds: Minds = self.store()?.load()?;
            let mut text = String::new();
            for (id, mind) in minds.iter() {
                text.add(format_args!("{}\n{}\n", one_line(id), describe(mind)));
            }
            let text = if text.is_empty() {
                "⚠ No agent mind profiles yet\n".to_owned()
            } else {
                format!("▸ Agent Minds:\n\n{text}")
            };
            return Ok(Answer::new(text, json!({"count": minds.len(), "minds": minds})));
        };
        let profile = known(&self.store()?.load()?, agent)?;
        let asked = (profile.tasks_completed >= KNOWN_WELL)
            .then(|| {
                self.ask(&llm::mind_prompt(agent, &facts(&profile)), |answer| {
                    llm::mind_answer(answer, self.now())
                })
            })
            .flatten();
        let method = if asked.is_some() { "ai" } else { "heuristic" };
        let mind = asked.unwrap_or_else(|| infer(&profile, self.now()));
        let mut store = self.store()?;
        let mut minds: Minds = store.load()?;
        minds.insert(agent, mind.clone());
        store.put(&minds);
        store.commit()?;
        self.tell("recruit_mind", json!({"agent_id": agent, "method": method}));
        let text = format!("✓ Agent mind: {}\n{}", one_line(agent), describe(&mind));
        let mut json = serde_json::to_value(&mind).unwrap_or_default();
        if let Value::Object(fields) = &mut json {
            fields.insert("agent_id".to_owned(), agent.into());
            fields.insert("method".to_owned(), method.into());
        }
        Ok(Answer::new(text, json))
    }
}

fn known(profiles: &Profiles, agent: &str) -> Result<Profile, Error> {
    profiles.get(agent).cloned().ok_or_else(|| {
        Error::negative(format!("no profile for {}", one_line(agent))).with_hint("record an outcome for it first")
    })
}

/// What a model is shown of a profile: figures and the newest tasks.
fn facts(profile: &Profile) -> Value {
    let tasks: Vec<Value> = profile
        .task_history
        .iter()
        .rev()
        .filter_map(Kept::known)
        .take(10)
        .map(|task| json!({"task": task.task, "outcome": task.outcome, "minutes": number(task.duration)}))
        .collect();
    json!({
        "tasks_completed": profile.tasks_completed, "success_rate": number(profile.success_rate),
        "avg_time_minutes": number(profile.avg_time_minutes), "quality_score": number(profile.quality_score),
        "role": profile.role, "recent_tasks": tasks,
    })
}

fn describe(mind: &Mind) -> String {
    let list = |items: &[String]| {
        if items.is_empty() {
            "none known".to_owned()
        } else {
            one_line(&items.join(", "))
        }
    };
    format!(
        "  Working Style: {}\n  Strengths: {}\n  Weaknesses: {}\n  Ideal Task: {}\n  Onboarding: {}\n",
        one_line(&mind.working_style),
        list(&mind.strengths),
        list(&mind.weaknesses),
        one_line(&mind.ideal_task_type),
        one_line(&mind.onboarding_preference)
    )
}
