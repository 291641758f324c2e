//! What this machine learned, into a memory that others read, and back: the two halves of a sync.

use serde_json::json;

use super::{Answer, Office};
use crate::app::Error;
use crate::memory::Memory;
use crate::recruit::entries;
use crate::recruit::stores::{Heuristics, History, OutcomeLog, Roles};

impl Office {
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
