//! `reflect`, `stats`.

use serde_json::{Value, json};

use super::{Answer, Office, Page, when};
use crate::app::Error;
use crate::recruit::config_validator::{Reflection, Trend, figures, reflect};
use crate::recruit::stores::{Heuristics, History, Meta, Profiles, Roles, Talent, number};
use crate::recruit::{llm, one_line};

/// Corrections before a model is asked for advice.
const ENOUGH: usize = 5;

impl Office {
    /// How good the matching is; goes back to earlier words when it got worse.
    ///
    /// # Errors
    /// When a store cannot be read or written.
    pub fn reflect(&self) -> Result<Answer, Error> {
        let mut store = self.store()?;
        let history: History = store.load()?;
        let mut meta: Meta = store.load()?;
        let mut heuristics: Heuristics = store.load()?;
        let (meta_before, heuristics_before) = (meta.clone(), heuristics.clone());
        let found = reflect(&history, &mut meta, &mut heuristics, &self.policy, self.now());
        if meta != meta_before {
            store.put(&meta);
        }
        if heuristics != heuristics_before {
            store.put(&heuristics);
        }
        store.commit()?;
        let percent = found.accuracy.percent();
        let event = json!({"accuracy": percent.map(number), "corrections": found.corrections});
        self.tell("recruit_reflect", event.clone());
        let advice = (found.corrections >= ENOUGH)
            .then(|| {
                let figures = json!({"figures": event, "failing_roles": found.failing});
                self.ask(
                    &llm::advice_prompt("How could the matching of tasks to roles get better?", &figures),
                    llm::advice_answer,
                )
            })
            .flatten();
        let mut text = headline(&found);
        text += &when(!found.failing.is_empty(), || "  Top failing roles:\n".to_owned());
        for (role, count) in &found.failing {
            text.add(format_args!("    {}: {count}\n", one_line(role)));
        }
        text += &advice
            .as_ref()
            .map_or_else(String::new, |advice| format!("  Advice: {advice}\n"));
        text += &self.judged(&found);
        let json = json!({
            "accuracy": percent.map(number), "matches": found.accuracy.matches, "resolved": found.accuracy.resolved,
            "corrections": found.corrections, "failing_roles": found.failing, "trend": trend_name(&found.trend),
            "reverted": matches!(found.trend, Trend::Reverted { .. }), "advice": advice,
        });
        Ok(Answer::new(text, json))
    }

    /// Tells what the trend means, here and in the event log.
    fn judged(&self, found: &Reflection) -> String {
        let current = found.current.unwrap_or_default();
        let floor = self.policy.meta_learning_accuracy_floor;
        match &found.trend {
            Trend::Quiet => String::new(),
            Trend::Low => {
                let event = json!({"accuracy": number(current), "floor": number(floor), "trend": "low"});
                self.tell("recruit_meta_warning", event);
                format!("⚠ META-LOOP: Accuracy {current}% is below the floor of {floor}%\n")
            }
            Trend::Declining {
                first_half,
                second_half,
            } => {
                let event = json!({
                    "accuracy": number(current), "trend": "declining", "first_half": number(*first_half),
                    "second_half": number(*second_half),
                });
                self.tell("recruit_meta_warning", event);
                format!("⚠ META-LOOP: Accuracy DECLINING ({first_half}% → {second_half}%)\n")
            }
            Trend::Reverted {
                first_half,
                second_half,
                words,
            } => {
                let event =
                    json!({"accuracy": number(current), "floor": number(floor), "reason": "accuracy_below_floor"});
                self.tell("recruit_meta_revert", event);
                format!(
                    "⚠ META-LOOP: Accuracy DECLINING ({first_half}% → {second_half}%) and below the floor of {floor}%\n\
                     ⚠ Went back to the learned words before the last tuning ({words} words)\n"
                )
            }
        }
    }

    /// The engine in figures.
    ///
    /// # Errors
    /// When a store cannot be read.
    pub fn stats(&self) -> Result<Answer, Error> {
        let store = self.store()?;
        let found = figures(
            &store.load::<Roles>()?,
            &store.load::<Profiles>()?,
            &store.load::<Talent>()?,
            &store.load::<History>()?,
            &store.load::<Heuristics>()?,
            &store.load::<Meta>()?,
        );
        let mut text = String::from("▸ Recruitment Statistics\n\n");
        text.add(format_args!(
            "  Roles Defined: {} (builtin: {}, custom: {}, invented: {})\n",
            found.roles, found.builtin, found.custom, found.invented
        ));
        text.add(format_args!(
            "  Agents Profiled: {}\n  Talent Records: {}\n",
            found.agents_profiled, found.talent_records
        ));
        let accuracy = found
            .accuracy
            .map_or_else(|| "not known yet".to_owned(), |percent| format!("{percent}%"));
        text.add(format_args!(
            "  Match History: {} ({} resolved, accuracy {accuracy})\n",
            found.match_history, found.resolved_matches
        ));
        text += &when(found.unreadable_history_lines > 0, || {
            format!("⚠ {} lines of it cannot be read\n", found.unreadable_history_lines)
        });
        text.add(format_args!(
            "  Learned Keywords: {}\n  Last Self-Tuned: {}\n",
            found.learned_keywords,
            one_line(&found.last_self_tuned)
        ));
        text.add(format_args!(
            "  Meta-Learning Corrections: {}\n  Accuracy Data Points: {}\n",
            found.corrections, found.accuracy_points
        ));
        text += &when(found.agents_profiled > 0, || {
            let all = found.population;
            format!(
                "\n  Population:\n    Mean Success Rate: {}%\n    Std Dev: {}\n    P90/P10: {}%/{}%\n",
                all.mean, all.stddev, all.p90, all.p10
            )
        });
        Ok(Answer::new(text, serde_json::to_value(&found).unwrap_or(Value::Null)))
    }
}

fn headline(found: &Reflection) -> String {
    let (matches, corrections) = (found.accuracy.matches, found.corrections);
    match found.accuracy.percent() {
        _ if matches == 0 => "⚠ No match history to reflect on\n".to_owned(),
        None => format!("▸ Matching Accuracy: not known yet ({matches} matches, none with an outcome)\n"),
        Some(percent) => format!(
            "▸ Matching Accuracy: {percent}% ({matches} matches, {corrections} corrections)\n  Resolved: {} of {matches}\n",
            found.accuracy.resolved
        ),
    }
}

const fn trend_name(trend: &Trend) -> &'static str {
    match trend {
        Trend::Quiet => "quiet",
        Trend::Low => "low",
        Trend::Declining { .. } => "declining",
        Trend::Reverted { .. } => "reverted",
    }
}
