//! A match as an answer, as a line of history, and its resolution by an outcome.

use super::super::stores::{Extra, History, MatchRecord, RoleUsage, Roles, round};
use super::super::{Policy, timestamp};
use super::{Candidate, FALLBACK_ROLE};

/// How a role was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// By words.
    Keyword,
    /// By a language model.
    Llm,
}

impl Method {
    /// The name in answers and stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keyword => "keyword",
            Self::Llm => "llm",
        }
    }
}

/// The answer to `match`.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchAnswer {
    /// The role to take.
    pub primary_role: String,
    /// Others with a claim, best first; never the primary, none twice.
    pub secondary_roles: Vec<String>,
    /// 0 to 1.
    pub confidence: f64,
    /// How it was found.
    pub method: Method,
    /// Whether confidence is below the policy's threshold.
    pub uncertain: bool,
    /// Which words decided, or what the model said.
    pub reasoning: String,
}

/// Others with at least this share are named as secondary roles.
const SECONDARY_SHARE: f64 = 0.12;
/// How many words the reasoning names.
const REASONS: usize = 5;

/// The answer that ranked candidates give.
pub fn answer_from(candidates: &[Candidate], policy: &Policy) -> MatchAnswer {
    let Some(best) = candidates.first() else {
        return MatchAnswer {
            primary_role: FALLBACK_ROLE.to_owned(),
            secondary_roles: Vec::new(),
            confidence: 0.0,
            method: Method::Keyword,
            uncertain: true,
            reasoning: "there are no roles to choose from".to_owned(),
        };
    };
    let confidence = round(best.confidence, 2);
    let uncertain = confidence < policy.match_confidence_threshold;
    let wanted = if uncertain {
        SECONDARY_SHARE / 2.0
    } else {
        SECONDARY_SHARE
    };
    let secondary_roles = candidates
        .iter()
        .skip(1)
        .take(3)
        .filter(|candidate| candidate.confidence >= wanted && !candidate.reasons.is_empty())
        .map(|candidate| candidate.role.clone())
        .collect();
    let reasoning = if best.reasons.is_empty() {
        "no word of the task speaks for any role".to_owned()
    } else {
        let named: Vec<&str> = best.reasons.iter().take(REASONS).map(String::as_str).collect();
        format!("decided by: {}", named.join(", "))
    };
    MatchAnswer {
        primary_role: best.role.clone(),
        secondary_roles,
        confidence,
        method: Method::Keyword,
        uncertain,
        reasoning,
    }
}

/// The line for the history, and the role's count. `id` is the match's identity, unique by the caller's care.
pub fn record_match(
    usage: &mut RoleUsage,
    answer: &MatchAnswer,
    task: &str,
    agent: &str,
    id: String,
    now: i64,
) -> MatchRecord {
    let used = usage.entry(&answer.primary_role);
    used.matches += 1;
    used.last_used = timestamp(now);
    #[expect(clippy::cast_precision_loss, reason = "epoch seconds are far below 2^52")]
    let ts_epoch = now.div_euclid(1000) as f64;
    MatchRecord {
        ts: timestamp(now),
        ts_epoch,
        match_id: id,
        task: task.to_owned(),
        role: answer.primary_role.clone(),
        method: answer.method.as_str().to_owned(),
        confidence: answer.confidence,
        agent_id: agent.to_owned(),
        outcome: None,
        extra: Extra::new(),
    }
}

/// Finds the open match an outcome belongs to and closes it; the record as it then stands.
///
/// By its id when one is given. Otherwise, newest first: the same agent and task; the same task, taken by nobody yet; the
/// same agent. Never another agent's match, and never one that was made after the outcome (`at`, epoch seconds).
pub fn resolve(
    history: &mut History,
    id: Option<&str>,
    agent: &str,
    task: &str,
    outcome: &str,
    at: i64,
) -> Option<MatchRecord> {
    #[expect(clippy::cast_precision_loss, reason = "epoch seconds are far below 2^52")]
    let at = at as f64;
    let rank = |record: &MatchRecord| -> Option<u8> {
        if record.outcome.is_some() {
            return None;
        }
        if let Some(id) = id {
            return (record.match_id == id).then_some(0);
        }
        if record.ts_epoch > at {
            return None;
        }
        let same_task = !task.is_empty() && record.task == task;
        match (record.agent_id == agent, same_task, record.agent_id.is_empty()) {
            (true, true, _) => Some(0),
            (false, true, true) => Some(1),
            (true, false, false) => Some(2),
            _ => None,
        }
    };
    let best = history
        .matches_mut()
        .rev()
        .filter_map(|record| Some((rank(record)?, record)))
        .min_by_key(|(rank, _)| *rank);
    let (_, record) = best?;
    record.outcome = Some(outcome.to_owned());
    if record.agent_id.is_empty() {
        agent.clone_into(&mut record.agent_id);
    }
    Some(record.clone())
}

/// A role that exists: the one asked for, or the fallback.
pub fn known_role<'r>(roles: &Roles, role: &'r str) -> &'r str {
    if roles.get(role).is_some() { role } else { FALLBACK_ROLE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(records: &[(&str, &str, &str)]) -> History {
        let mut history = History::default();
        for (at, (id, agent, task)) in records.iter().enumerate() {
            let record = MatchRecord {
                match_id: (*id).to_owned(),
                agent_id: (*agent).to_owned(),
                task: (*task).to_owned(),
                ts_epoch: f64::from(u32::try_from(at).unwrap()),
                ..MatchRecord::default()
            };
            history.push(record, 100);
        }
        history
    }

    #[track_caller]
    fn check(id: Option<&str>, agent: &str, task: &str, expect: Option<&str>) {
        let mut history = history(&[
            ("m0", "", "fix login"),
            ("m1", "ann", "fix login"),
            ("m2", "ann", "add csv"),
            ("m3", "bob", "x"),
        ]);
        let found = resolve(&mut history, id, agent, task, "failure", 100).map(|record| record.match_id);
        assert_eq!(found.as_deref(), expect);
    }

    #[test]
    fn an_outcome_resolves_the_match_it_belongs_to() {
        check(Some("m3"), "ann", "anything", Some("m3"));
        check(None, "ann", "fix login", Some("m1"));
        check(None, "cid", "fix login", Some("m0"));
        check(None, "ann", "task-17", Some("m2"));
        check(None, "cid", "task-17", None);
        check(Some("m9"), "ann", "fix login", None);
    }

    #[test]
    fn a_match_is_resolved_once() {
        let mut history = history(&[("m0", "", "fix login")]);
        assert!(resolve(&mut history, None, "ann", "fix login", "success", 9).is_some());
        assert!(resolve(&mut history, None, "ann", "fix login", "failure", 9).is_none());
        let record = history.matches().next().unwrap();
        assert_eq!((record.agent_id.as_str(), record.succeeded()), ("ann", Some(true)));
    }
}
