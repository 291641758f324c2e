//! `match`, `team`, `route`, `decompose`, `specializations`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::{Answer, ModelUse, Office, Page, clean, when};
use crate::app::Error;
use crate::recruit::role_manager::{
    Candidate, MatchAnswer, Matcher, Population, answer_from, builtin_roles, known_role, record_match,
};
use crate::recruit::stores::{Heuristics, Profiles, RoleUsage, Roles, number, round};
use crate::recruit::team_composer::{Team, best_agent, compose, decompose, strength, team_from};
use crate::recruit::{llm, one_line};

/// Candidates that are shown.
const SHOWN: usize = 3;

impl Office {
    /// The role for a task; goes into the history.
    ///
    /// # Errors
    /// When a store cannot be read. One that cannot be written costs the record, not the answer.
    pub fn match_task(&self, task: &str, agent: &str) -> Result<Answer, Error> {
        let task = &clean(task);
        let (roles, matcher) = self.matcher(task)?;
        let candidates = matcher.rank(task);
        let threshold = self.policy.match_confidence_threshold;
        let asked = self.ask(&llm::match_prompt(task, &roles), |answer| {
            Some((
                llm::match_answer(answer, &roles, threshold)?,
                llm::suggested_role(answer),
            ))
        });
        let (mut answer, suggested) = asked.unwrap_or_else(|| (answer_from(&candidates, &self.policy), None));
        answer.primary_role = known_role(&roles, &answer.primary_role).to_owned();
        let id = format!("match-{}-{}", self.now().div_euclid(1000), self.setup.process);
        if let Err(error) = self.record(&answer, task, agent, &id) {
            tracing::warn!(error = %error.chain(), "the match is not recorded");
        }
        Ok(match_answer(&roles, &answer, &candidates, suggested.as_deref(), &id))
    }

    fn record(&self, answer: &MatchAnswer, task: &str, agent: &str, id: &str) -> Result<(), Error> {
        let mut store = self.store()?;
        let mut usage: RoleUsage = store.load()?;
        let record = record_match(&mut usage, answer, task, agent, id.to_owned(), self.now());
        store.add_match(&record, self.policy.max_match_history_size)?;
        store.put(&usage);
        store.commit()
    }

    fn matcher(&self, text: &str) -> Result<(Roles, Matcher), Error> {
        // Advice needs no stores: where none can be kept, the built-in roles give it.
        let (roles, heuristics): (Roles, Heuristics) = match self.store() {
            Ok(store) => (store.load()?, store.load()?),
            Err(error) => {
                tracing::warn!(error = %error.chain(), "going on without stores");
                (builtin_roles(), Heuristics::default())
            }
        };
        let matcher = Matcher::for_text(&roles, &heuristics.keyword_weights, text);
        Ok((roles, matcher))
    }

    /// The team for an issue or project. `working_directory` is looked at when a model is asked.
    ///
    /// # Errors
    /// When a store cannot be read.
    pub fn team(&self, task: &str, working_directory: &Path) -> Result<Answer, Error> {
        let task = &clean(task);
        let (roles, matcher) = self.matcher(task)?;
        let known = if self.setup.model == ModelUse::Allowed {
            tree(working_directory)
        } else {
            Value::Null
        };
        let asked = self.ask(&llm::team_prompt(task, &roles, &known), |answer| {
            llm::team_answer(answer, &roles)
        });
        let team = asked.map_or_else(
            || compose(&roles, &matcher, task, &self.policy),
            |(members, reasoning)| team_from(&roles, members, "ai", reasoning, &self.policy),
        );
        let event = json!({"size": team.members.len(), "method": team.method, "cost": number(team.estimated_cost)});
        self.tell("recruit_team", event);
        Ok(team_answer(&roles, &team))
    }

    /// The agent with the best record for a task; nothing is recorded and no model asked.
    ///
    /// # Errors
    /// When a store cannot be read.
    pub fn route(&self, task: &str) -> Result<Answer, Error> {
        let task = &clean(task);
        let (roles, matcher) = self.matcher(task)?;
        let profiles: Profiles = self.store()?.load()?;
        let answer = answer_from(&matcher.rank(task), &self.policy);
        let role = known_role(&roles, &answer.primary_role);
        let best = best_agent(&profiles, role);
        let model = roles.get(role).map_or(self.policy.default_model.as_str(), |role| {
            role.recommended_model.as_str()
        });
        let named = best.as_ref().map_or_else(
            || format!("⚠ no experienced agent for the {role} role"),
            |agent| {
                let (id, rate, tasks) = (one_line(&agent.agent_id), agent.success_rate, agent.tasks);
                format!("✓ Best agent: {id} ({rate}% success over {tasks} tasks)")
            },
        );
        let text = format!(
            "▸ Smart routing for: {}\n\n{named}\n  Role: {role}\n  Model: {model}\n",
            one_line(task)
        );
        let json =
            json!({"task": task, "role": role, "model": model, "agent": best, "confidence": number(answer.confidence)});
        Ok(Answer::new(text, json))
    }

    /// The steps of a goal.
    ///
    /// # Errors
    /// When a store cannot be read.
    pub fn decompose(&self, goal: &str) -> Result<Answer, Error> {
        let goal = &clean(goal);
        let (roles, matcher) = self.matcher(goal)?;
        let asked = self.ask(&llm::decompose_prompt(goal, &roles), |answer| {
            llm::plan_answer(answer, goal, &roles)
        });
        let method = if asked.is_some() { "ai" } else { "heuristic" };
        let plan = asked.unwrap_or_else(|| decompose(&matcher, goal));
        let event = json!({"sub_tasks": plan.sub_tasks.len(), "method": method, "gaps": plan.capability_gaps.len()});
        self.tell("recruit_decompose", event);
        let mut text = format!("▸ Decomposing goal: {}\n\n", one_line(goal));
        for (at, step) in plan.sub_tasks.iter().enumerate() {
            let after: Vec<String> = step.depends_on.iter().map(ToString::to_string).collect();
            let after = when(!after.is_empty(), || format!(", after {}", after.join(", ")));
            let minutes = step.estimated_time_min;
            text.add(format_args!(
                "  {}. {}\n     Role: {} | Priority: {} | about {minutes} min{after}\n",
                at + 1,
                one_line(&step.task),
                step.role,
                step.priority
            ));
        }
        text += &when(!plan.capability_gaps.is_empty(), || {
            format!("\nCapability gaps: {}\n", plan.capability_gaps.join(", "))
        });
        text.add(format_args!(
            "\nTotal: about {} min\nRisk: {}\n",
            plan.total_estimated_time_min, plan.risk_assessment
        ));
        let mut json = serde_json::to_value(&plan).unwrap_or_default();
        if let Value::Object(fields) = &mut json {
            fields.insert("method".to_owned(), method.into());
        }
        Ok(Answer::new(text, json))
    }

    /// What every agent is good at.
    ///
    /// # Errors
    /// When a store cannot be read.
    pub fn specializations(&self) -> Result<Answer, Error> {
        let profiles: Profiles = self.store()?.load()?;
        let population = Population::of(&profiles);
        let mut text = String::from("▸ Agent Specializations:\n\n");
        let mut agents = serde_json::Map::new();
        for (id, profile) in profiles.iter() {
            let (rate, word) = (profile.success_rate, strength(profile.success_rate).as_str());
            text.add(format_args!(
                "  {}: {} | Success: {rate}% | Model: {} | Strength: {word}\n",
                one_line(id),
                one_line(&profile.role),
                one_line(&profile.model)
            ));
            let facts =
                json!({"role": profile.role, "success_rate": number(rate), "model": profile.model, "strength": word});
            agents.insert(id.to_owned(), facts);
        }
        if agents.is_empty() {
            text += "⚠ No agents with a record yet\n";
        }
        if population.count > 0 {
            let (count, mean, sd) = (population.count, population.mean, population.stddev);
            text.add(format_args!(
                "\nPopulation Statistics:\n  Agents: {count} | Mean Success Rate: {mean}% | Std Dev: {sd}\n"
            ));
        }
        Ok(Answer::new(text, json!({"agents": agents, "population": population})))
    }
}

fn match_answer(
    roles: &Roles,
    answer: &MatchAnswer,
    candidates: &[Candidate],
    suggested: Option<&str>,
    id: &str,
) -> Answer {
    let role = roles.get(&answer.primary_role);
    let model = role.map_or("", |role| role.recommended_model.as_str());
    let percent = round(answer.confidence * 100.0, 0);
    let mut text = format!(
        "✓ Recommended role: {} (confidence: {percent}%, method: {})\n",
        answer.primary_role,
        answer.method.as_str()
    );
    text += &when(answer.uncertain, || {
        "⚠ That is below the threshold: take it as a guess\n".to_owned()
    });
    text += &when(!answer.reasoning.is_empty(), || {
        format!("  {}\n", one_line(&answer.reasoning))
    });
    if let Some(role) = role {
        let skills = role.required_skills.join(", ");
        text.add(format_args!(
            "  {}\n  Model: {model}\n  Skills: {}\n",
            one_line(&role.description),
            one_line(&skills)
        ));
    }
    text += &when(!answer.secondary_roles.is_empty(), || {
        format!("  Secondary roles: {}\n", answer.secondary_roles.join(", "))
    });
    text += &suggested.map_or_else(String::new, |wanted| {
        format!("▸ The model would make a new role: {wanted} (`create-role --auto`)\n")
    });
    let shown: Vec<Value> = candidates
        .iter()
        .take(SHOWN)
        .map(|candidate| json!({"role": candidate.role, "confidence": number(round(candidate.confidence, 2))}))
        .collect();
    let json = json!({
        "primary_role": answer.primary_role, "secondary_roles": answer.secondary_roles,
        "confidence": number(answer.confidence), "method": answer.method.as_str(), "model": model,
        "reasoning": answer.reasoning, "match_id": id, "uncertain": answer.uncertain, "candidates": shown,
        "suggested_role": suggested,
    });
    Answer::new(text, json)
}

fn team_answer(roles: &Roles, team: &Team) -> Answer {
    let mut text = format!(
        "✓ Recommended Team ({} members, via {}):\n\n",
        team.members.len(),
        team.method
    );
    for member in &team.members {
        let (model, title) = roles.get(member).map_or(("sonnet", member.as_str()), |role| {
            (role.recommended_model.as_str(), role.title.as_str())
        });
        text.add(format_args!(
            "  • {member} ({}) — {}\n",
            one_line(model),
            one_line(title)
        ));
    }
    text += &when(!team.reasoning.is_empty(), || {
        format!("\n  {}\n", one_line(&team.reasoning))
    });
    text.add(format_args!(
        "\nEstimated Team Cost: ${:.2}/task\n",
        team.estimated_cost
    ));
    let json = json!({
        "team": team.members, "method": team.method, "estimated_cost": number(team.estimated_cost),
        "model": team.model, "agents": team.members.len(), "template": team.template,
        "max_iterations": team.max_iterations, "pipeline_template": team.pipeline_template, "reasoning": team.reasoning,
    });
    Answer::new(text, json)
}

/// How many files a working tree has and what they are, for a prompt. Looks at two levels and no further.
fn tree(root: &Path) -> Value {
    let mut extensions: BTreeMap<String, usize> = BTreeMap::new();
    let mut files = 0;
    let mut waiting = vec![(root.to_owned(), 0)];
    while let Some((directory, depth)) = waiting.pop() {
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten().take(1_000) {
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && !hidden && depth < 2 {
                waiting.push((path, depth + 1));
            } else if kind.is_file() {
                files += 1;
                if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
                    *extensions.entry(one_line(extension)).or_default() += 1;
                }
            }
        }
    }
    let mut top: Vec<(String, usize)> = extensions.into_iter().collect();
    top.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    top.truncate(5);
    json!({"files": files, "top_extensions": top.into_iter().map(|(extension, _)| extension).collect::<Vec<_>>()})
}
