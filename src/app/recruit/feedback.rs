//! `record-outcome`, `ingest-pipeline`.

use serde_json::{Value, json};

use super::{Answer, Evolve, Office, Page, Store, clean, events, when};
use crate::app::{Error, error};
use crate::recruit::config_validator::{Books, Outcome, Recorded, record};
use crate::recruit::one_line;
use crate::recruit::role_manager::{BUILTIN_KEYS, Tuned};
use crate::recruit::stores::{History, Ledger, Meta, OutcomeLog, OutcomeRecord, Profiles, RoleUsage, Roles, number};

/// An outcome somebody tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Who.
    pub agent: String,
    /// What.
    pub task: String,
    /// How it went.
    pub outcome: Outcome,
    /// 0 to 10.
    pub quality: Option<f64>,
    /// Minutes.
    pub minutes: Option<f64>,
    /// In which role.
    pub role: Option<String>,
    /// The match it belongs to.
    pub match_id: Option<String>,
}

/// What a batch of outcomes did.
#[derive(Debug, Default)]
pub struct Given {
    /// The last one.
    pub last: Option<Recorded>,
    /// How many counted.
    pub counted: usize,
    /// How many had counted before.
    pub repeated: usize,
    /// Whether it is time to reflect.
    pub reflect: bool,
}

impl Office {
    /// Records how a task went.
    ///
    /// # Errors
    /// When the role or the open match does not exist, or a store cannot be read or written.
    pub fn record_outcome(&self, report: Report) -> Result<Answer, Error> {
        let mut store = self.store()?;
        if let Some(role) = &report.role
            && store.load::<Roles>()?.get(role).is_none()
            && !BUILTIN_KEYS.contains(&role.as_str())
        {
            return Err(Error::user(format!("Unknown role: {}", one_line(role))));
        }
        if let Some(id) = &report.match_id
            && !store
                .load::<History>()?
                .matches()
                .any(|record| record.match_id == *id && record.outcome.is_none())
        {
            return Err(Error::user(format!("no open match {}", one_line(id))));
        }
        let entry = OutcomeRecord {
            id: format!("outcome-{}-{}", self.now(), self.setup.process),
            at: self.now().div_euclid(1000),
            agent: report.agent,
            task: clean(&report.task),
            outcome: report.outcome.as_str().to_owned(),
            role: report.role,
            quality: report.quality,
            minutes: report.minutes,
            match_id: report.match_id,
            counted_as: None,
        };
        let given = self.give(&mut store, std::slice::from_ref(&entry))?;
        store.commit()?;
        let Some(recorded) = given.last else {
            return Err(Error::user(format!("the outcome {} is already recorded", entry.id)));
        };
        self.tell("recruit_outcome", outcome_event(&entry, &recorded));
        let reflected = if given.reflect { Some(self.reflect()?) } else { None };
        let mut text = format!(
            "✓ Recorded {} for {} ({} tasks, {}% success)\n",
            entry.outcome,
            one_line(&entry.agent),
            recorded.tasks,
            recorded.success_rate
        );
        text += &recorded
            .match_id
            .as_ref()
            .map_or_else(String::new, |id| format!("  Resolved match: {}\n", one_line(id)));
        text += reflected.as_ref().map_or("", |answer| answer.text.as_str());
        let json = json!({
            "agent_id": entry.agent, "outcome": entry.outcome, "tasks_completed": recorded.tasks,
            "success_rate": number(recorded.success_rate), "match_id": recorded.match_id, "role": recorded.role,
            "reflection": reflected.map(|answer| answer.json),
        });
        Ok(Answer::new(text, json))
    }

    /// Notes outcomes that did not count before. The store is not yet written.
    ///
    /// # Errors
    /// When a store cannot be read.
    pub fn give(&self, store: &mut Store, entries: &[OutcomeRecord]) -> Result<Given, Error> {
        let mut profiles: Profiles = store.load()?;
        let mut history: History = store.load()?;
        let mut usage: RoleUsage = store.load()?;
        let mut meta: Meta = store.load()?;
        let mut ledger: Ledger = store.load()?;
        let mut log: OutcomeLog = store.load()?;
        let (history_before, meta_before) = (history.clone(), meta.clone());
        let mut given = Given::default();
        for entry in entries {
            if !ledger.add(entry.id.clone(), entry.at) {
                given.repeated += 1;
                continue;
            }
            let mut books = Books {
                profiles: &mut profiles,
                history: &mut history,
                usage: &mut usage,
                meta: &mut meta,
            };
            let recorded = record(&mut books, entry, &self.policy);
            log.push(&OutcomeRecord {
                match_id: recorded.match_id.clone(),
                counted_as: Some(recorded.role.clone()),
                ..entry.clone()
            });
            given.counted += 1;
            given.reflect |= recorded.reflect;
            given.last = Some(recorded);
        }
        if given.counted > 0 {
            ledger.trim();
            store.put(&profiles);
            store.put(&usage);
            store.put(&ledger);
            store.put(&log);
            if history != history_before {
                store.put(&history);
            }
            if meta != meta_before {
                store.put(&meta);
            }
        }
        Ok(given)
    }

    /// Takes the finished pipelines of the last `days` out of the event log. Each counts once, however often this runs.
    ///
    /// # Errors
    /// When the log or a store cannot be read, or a store cannot be written.
    pub fn ingest(&self, days: u32) -> Result<Answer, Error> {
        let since = self.now().div_euclid(1000) - i64::from(days) * 86_400;
        let log = &self.setup.events;
        let found = events::completions(log, since).map_err(|error| error::reading(log, error))?;
        let mut store = self.store()?;
        let mut outcomes = found.outcomes;
        for outcome in &mut outcomes {
            outcome.task = clean(&outcome.task);
        }
        let given = self.give(&mut store, &outcomes)?;
        let mut tuned: Option<Tuned> = None;
        if given.counted > 0 {
            tuned = Some(self.tune_in(&mut store)?.0);
        }
        let total: u64 = store
            .load::<Profiles>()?
            .iter()
            .map(|(_, profile)| profile.tasks_completed)
            .sum();
        store.commit()?;
        self.tell("recruit_ingest", json!({"count": given.counted, "days": days}));
        let mut text = format!("✓ Ingested {} pipeline outcomes\n", given.counted);
        text += &when(given.repeated > 0, || {
            format!("  {} were counted before\n", given.repeated)
        });
        text += &when(found.unreadable > 0, || {
            format!("⚠ {} lines could not be read\n", found.unreadable)
        });
        let mut self_tune = Value::Null;
        if let Some(tuned) = &tuned {
            self.tell_tuned(tuned);
            text.add(format_args!(
                "▸ Auto-running self-tune after ingesting {} outcomes\n",
                given.counted
            ));
            text += &tuned.refused.as_ref().map_or_else(
                || format!("✓ Self-tuned {} keyword→role mappings\n", tuned.words),
                |why| format!("  Adopted nothing: {why}\n"),
            );
            self_tune = json!({"keywords_updated": tuned.words, "refused": tuned.refused});
        }
        let mut evolve = Value::Null;
        if given.counted > 0 && total >= self.policy.auto_evolve_after_outcomes {
            let answer = self.evolve(Evolve::Report)?;
            text.add(format_args!(
                "▸ Auto-running evolve ({total} outcomes)\n{}",
                answer.text
            ));
            evolve = answer.json;
        }
        let mut reflection = Value::Null;
        if given.reflect {
            let answer = self.reflect()?;
            text += &answer.text;
            reflection = answer.json;
        }
        let json = json!({
            "ingested": given.counted, "repeated": given.repeated, "unreadable": found.unreadable, "days": days,
            "self_tune": self_tune, "evolve": evolve, "reflection": reflection,
        });
        Ok(Answer::new(text, json))
    }
}

fn outcome_event(entry: &OutcomeRecord, recorded: &Recorded) -> Value {
    json!({"agent_id": entry.agent, "outcome": entry.outcome, "success_rate": number(recorded.success_rate)})
}
