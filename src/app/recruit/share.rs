//! What this machine learned, into a memory that others read, and back: the two halves of a sync.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Answer, Office, Page};
use crate::app::Error;
use crate::failure::Category;
use crate::memory::Memory;
use crate::records::{self, Verdict};
use crate::recruit::entries;
use crate::recruit::stores::{Heuristics, History, OutcomeLog, OutcomeRecord, Roles};
use crate::report::Staff;
use crate::settings::Rules;

impl Office {
    /// Takes over what others learned, counts what became of the failures that reports gave to roles, and puts what this
    /// machine learned into the same memory. Doing it again changes nothing.
    ///
    /// # Errors
    /// When a store cannot be read or written.
    pub fn sync(&self, memory: &mut Memory) -> Result<Answer, Error> {
        let ends = of_failures(memory);
        let mut store = self.store()?;
        let given = self.give(&mut store, &ends)?;
        store.commit()?;
        let mut answer = self.import(memory)?;
        self.export(memory)?;
        answer
            .text
            .add(format_args!("✓ Counted what became of {} failures\n", given.counted));
        if let Value::Object(fields) = &mut answer.json {
            fields.insert("failures".to_owned(), given.counted.into());
        }
        self.tell("recruit_sync", answer.json.clone());
        Ok(answer)
    }

    /// Puts outcomes, matches, roles and learned words into `memory`. What it already holds stays as it is.
    ///
    /// # Errors
    /// When a store cannot be read.
    pub fn export(&self, memory: &mut Memory) -> Result<(), Error> {
        let store = self.store()?;
        let (outcomes, history): (OutcomeLog, History) = (store.load()?, store.load()?);
        let (roles, heuristics): (Roles, Heuristics) = (store.load()?, store.load()?);
        entries::store(memory, &outcomes, &history, &roles, &heuristics, self.now());
        Ok(())
    }

    /// Takes what others learned out of `memory`. Every outcome counts once, however often and from wherever it comes.
    ///
    /// # Errors
    /// When a store cannot be read or written.
    pub fn import(&self, memory: &Memory) -> Result<Answer, Error> {
        let mut store = self.store()?;
        let mut history: History = store.load()?;
        let mut roles: Roles = store.load()?;
        let mut heuristics: Heuristics = store.load()?;
        let news = entries::news(memory, &history, &roles, &heuristics);
        let (matches, words) = (news.matches.len(), news.words.len());
        if matches > 0 {
            for record in news.matches {
                history.push(record, self.policy.max_match_history_size);
            }
            store.put(&history);
        }
        let new_roles: Vec<String> = news.roles.iter().map(|(key, _)| key.clone()).collect();
        if !new_roles.is_empty() {
            news.roles.into_iter().for_each(|(key, role)| roles.insert(key, role));
            store.put(&roles);
        }
        if words > 0 {
            for (word, learned) in news.words.iter() {
                heuristics.keyword_weights.insert(word, learned.clone());
            }
            store.put(&heuristics);
        }
        let given = self.give(&mut store, &news.outcomes)?;
        store.commit()?;
        let text = format!(
            "✓ Took over {} outcomes, {matches} matches, {} roles and {words} words\n",
            given.counted,
            new_roles.len()
        );
        let json = json!({"outcomes": given.counted, "matches": matches, "roles": new_roles, "words": words});
        Ok(Answer::new(text, json))
    }
}

/// What became of failures, as outcomes of the roles that reports gave them to. The role works as the agent `ci-<role>`.
/// The identity is the suggestion's, so every machine counts the same end once.
fn of_failures(memory: &Memory) -> Vec<OutcomeRecord> {
    let staff = Staff::new(memory, &BTreeMap::new(), &Rules::default());
    let history = records::History::of(memory);
    let mut roles: BTreeMap<(Category, Option<String>), String> = BTreeMap::new();
    let mut outcomes = Vec::new();
    for (proposal, end) in records::ended(memory) {
        let outcome = match end.verdict {
            Verdict::Resolved if end.trusted => "success",
            Verdict::Failed if end.trusted => "failure",
            Verdict::Resolved | Verdict::Failed | Verdict::Flaky | Verdict::Stale => continue,
        };
        let known = history.get(&proposal.fingerprint);
        let title = known.map_or("", |known| known.title.as_str());
        let role = roles
            .entry((proposal.category, proposal.stage.clone()))
            .or_insert_with(|| staff.role(proposal.category, proposal.stage.as_deref()));
        outcomes.push(OutcomeRecord {
            id: format!("failure-{}", proposal.id),
            at: end.at.div_euclid(1000),
            agent: format!("ci-{role}"),
            task: super::clean(&format!("{}: {title}", proposal.category)),
            outcome: outcome.to_owned(),
            role: Some(role.clone()),
            ..OutcomeRecord::default()
        });
    }
    outcomes
}

#[cfg(test)]
mod tests {
    use super::super::{NewRole, Report, checks};
    use super::*;
    use crate::recruit::config_validator::Outcome;
    use crate::recruit::stores::{Profiles, RoleUsage};

    fn report(agent: &str, task: &str) -> Report {
        Report {
            agent: agent.to_owned(),
            task: task.to_owned(),
            outcome: Outcome::Success,
            quality: None,
            minutes: None,
            role: None,
            match_id: None,
        }
    }

    #[test]
    fn resolved_failures_are_outcomes_of_their_role_once() {
        let (_directory, office) = checks::scratch().unwrap();
        let mut memory = Memory::default();
        let fingerprint = crate::ids::Fingerprint::from_digest(&[1; 16]);
        for (id, verdict) in [("a", "resolved"), ("b", "failed"), ("c", "flaky"), ("d", "resolved")] {
            use crate::records::{Proposal, Record, Resolution};
            let proposal = json!({"id": id, "ts": 1, "category": "DISK_SPACE", "actions": [], "run": "1.1.", "fingerprint": fingerprint});
            serde_json::from_value::<Proposal>(proposal)
                .unwrap()
                .store(&mut memory, None);
            let end = json!({"suggestion": id, "at": 2000, "verdict": verdict});
            serde_json::from_value::<Resolution>(end)
                .unwrap()
                .store(&mut memory, None);
        }
        assert_eq!(office.sync(&mut memory).unwrap().json["failures"], 3);
        let before = memory.clone();
        let again = office.sync(&mut memory).unwrap().json;
        assert_eq!((&again["failures"], &again["outcomes"]), (&0.into(), &0.into()));
        assert_eq!(memory, before, "a second sync changes nothing");

        let (_other, mut elsewhere) = checks::scratch().unwrap();
        elsewhere.setup.process = 2;
        elsewhere.sync(&mut memory).unwrap();
        for office in [&office, &elsewhere] {
            let usage = office.store().unwrap().load::<RoleUsage>().unwrap();
            let devops = usage.get("devops").unwrap();
            assert_eq!((devops.successes, devops.failures), (2, 1));
        }
    }

    #[test]
    fn two_machines_end_with_the_same_counts_however_often_they_sync() {
        let (_here, here) = checks::scratch().unwrap();
        let (_there, mut there) = checks::scratch().unwrap();
        there.setup.process = 2;
        here.match_task("Deploy it", "ann").unwrap();
        here.record_outcome(report("ann", "Deploy it")).unwrap();
        here.create_role(NewRole::Auto("Feed the giraffe".to_owned())).unwrap();
        there.record_outcome(report("ann", "something")).unwrap();
        let mut memory = Memory::default();
        for _ in 0..2 {
            for office in [&here, &there] {
                office.export(&mut memory).unwrap();
                office.import(&memory).unwrap();
            }
        }
        for office in [&here, &there] {
            let store = office.store().unwrap();
            assert_eq!(store.load::<Profiles>().unwrap().get("ann").unwrap().tasks_completed, 2);
            assert_eq!(store.load::<RoleUsage>().unwrap().get("devops").unwrap().successes, 1);
            assert_eq!(
                store.load::<History>().unwrap().matches().next().unwrap().succeeded(),
                Some(true)
            );
            assert!(store.load::<Roles>().unwrap().get("custom-feed-the-giraffe").is_some());
        }
    }
}
