//! How the set of roles should change: what nobody uses, what fails, what does everything.

use std::collections::BTreeMap;

use super::super::stores::{Change, Evolution, Extra, History, Role, RoleUsage, Roles};
use super::super::words::Reader;
use super::super::{Policy, parse_timestamp, timestamp};

/// A role unused for this long is underused, in milliseconds.
const UNUSED: i64 = 30 * 86_400_000;
/// Matches of all roles before shares mean something.
const TELLING: u64 = 10;

/// What the figures say.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Analysis {
    /// Matches of all roles.
    pub total_matches: u64,
    /// Roles nobody asked for in 30 days, while others were.
    pub underused: Vec<String>,
    /// Roles of which more than 40 % of at least five outcomes failed.
    pub struggling: Vec<String>,
    /// Roles that take more than 60 % of all matches.
    pub overloaded: Vec<String>,
}

impl Analysis {
    /// The flags the reference writes into its event, at most 100 characters.
    pub fn flags(&self) -> String {
        let retire = self.underused.iter().map(|role| format!("retire:{role},"));
        let split = self.overloaded.iter().map(|role| format!("split:{role},"));
        retire.chain(split).collect::<String>().chars().take(100).collect()
    }
}

/// Looks at how the roles are used; `None` while nobody used any.
pub fn analyse(roles: &Roles, usage: &RoleUsage, now: i64) -> Option<Analysis> {
    let total: u64 = usage.iter().map(|(_, used)| used.matches).sum();
    let outcomes: u64 = usage.iter().map(|(_, used)| used.successes + used.failures).sum();
    if total + outcomes == 0 {
        return None;
    }
    let mut analysis = Analysis {
        total_matches: total,
        ..Analysis::default()
    };
    for (key, _) in roles.iter() {
        let used = usage.get(key).cloned().unwrap_or_default();
        let recently = parse_timestamp(&used.last_used).is_some_and(|last| now - last <= UNUSED);
        let others = total - used.matches.min(total);
        if !recently && used.matches + used.successes + used.failures == 0 && others >= TELLING
            || used.matches > 0 && !recently
        {
            analysis.underused.push(key.to_owned());
        }
        let judged = used.successes + used.failures;
        if judged >= 5 && used.failures * 10 > judged * 4 {
            analysis.struggling.push(key.to_owned());
        }
        if total > TELLING && used.matches * 10 > total * 6 {
            analysis.overloaded.push(key.to_owned());
        }
    }
    Some(analysis)
}

/// What `evolve --apply` would do.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// Roles to take out; never a built-in one.
    pub retire: Vec<String>,
    /// New roles, each beside the one it relieves.
    pub split: Vec<(String, Role)>,
}

/// Underused roles that are not built in leave; an overloaded role gets a specialist for its most frequent topic.
pub fn plan(analysis: &Analysis, roles: &Roles, history: &History) -> Plan {
    let retire = analysis
        .underused
        .iter()
        .filter(|key| roles.get(key).is_some_and(|role| role.origin != "builtin"))
        .cloned()
        .collect();
    let split = analysis
        .overloaded
        .iter()
        .filter_map(|key| {
            let parent = roles.get(key)?;
            let topic = frequent_topic(key, history)?;
            let child = format!("{key}-{topic}");
            let role = Role {
                title: format!("{} for {topic}", parent.title),
                description: format!("{}, where it is about {topic}", parent.description),
                trigger_keywords: vec![topic],
                origin: "split".to_owned(),
                extra: Extra::new(),
                ..parent.clone()
            };
            roles.get(&child).is_none().then_some((child, role))
        })
        .collect();
    Plan { retire, split }
}

/// The word most tasks of the role share, when it marks a part of them: at least three, at most two thirds.
fn frequent_topic(role: &str, history: &History) -> Option<String> {
    let reader = Reader::default();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut tasks = 0;
    for record in history.matches().filter(|record| record.role == role) {
        tasks += 1;
        let mut words: Vec<String> = reader
            .words(&record.task)
            .into_iter()
            .map(|word| word.surface)
            .collect();
        words.sort_unstable();
        words.dedup();
        for word in words {
            if (5..=20).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()) {
                *counts.entry(word).or_default() += 1;
            }
        }
    }
    counts
        .into_iter()
        .filter(|(_, count)| *count >= 3 && *count * 3 <= tasks * 2)
        .max_by(|one, other| one.1.cmp(&other.1).then_with(|| other.0.cmp(&one.0)))
        .map(|(word, _)| word)
}

/// Carries a plan out and remembers it; `None` when there is nothing to do.
pub fn apply(roles: &mut Roles, evolution: &mut Evolution, plan: Plan, policy: &Policy, now: i64) -> Option<Change> {
    if plan.retire.is_empty() && plan.split.is_empty() {
        return None;
    }
    let mut change = Change {
        ts: timestamp(now),
        ..Change::default()
    };
    for key in plan.retire {
        if let Some(role) = roles.remove(&key) {
            change.retired.insert(key, role);
        }
    }
    for (key, role) in plan.split {
        if super::create(roles, &key, role, policy, now).is_ok() {
            change.created.push(key);
        }
    }
    evolution.push(change.clone());
    Some(change)
}

/// Takes the newest change back.
pub fn undo(roles: &mut Roles, evolution: &mut Evolution) -> Option<Change> {
    let change = evolution.pop()?;
    for key in &change.created {
        roles.remove(key);
    }
    for (key, role) in &change.retired {
        if roles.get(key).is_none() {
            roles.insert(key.clone(), role.clone());
        }
    }
    Some(change)
}

#[cfg(test)]
mod tests {
    use super::super::super::stores::MatchRecord;
    use super::super::builtin_roles;
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn used(usage: &mut RoleUsage, role: &str, matches: u64, failures: u64) {
        let entry = usage.entry(role);
        entry.matches = matches;
        entry.failures = failures;
        entry.last_used = timestamp(NOW);
    }

    #[test]
    fn a_role_in_use_is_not_underused() {
        let mut usage = RoleUsage::default();
        used(&mut usage, "builder", 1, 0);
        let analysis = analyse(&builtin_roles(), &usage, NOW).unwrap();
        assert_eq!(
            analysis,
            Analysis {
                total_matches: 1,
                ..Analysis::default()
            }
        );
        assert_eq!(analyse(&builtin_roles(), &RoleUsage::default(), NOW), None);
    }

    #[test]
    fn what_is_applied_can_be_undone() {
        let mut roles = builtin_roles();
        let policy = Policy::default();
        super::super::create(&mut roles, "old-hand", Role::default(), &policy, 0).unwrap();
        let before = roles.clone();
        let mut usage = RoleUsage::default();
        used(&mut usage, "builder", 20, 6);
        let mut history = History::default();
        for nth in 0..20 {
            let task = if nth % 2 == 0 {
                "export the invoice"
            } else {
                "something else"
            };
            let record = MatchRecord {
                role: "builder".to_owned(),
                task: task.to_owned(),
                ..MatchRecord::default()
            };
            history.push(record, 100);
        }
        let analysis = analyse(&roles, &usage, NOW).unwrap();
        assert_eq!(
            (analysis.overloaded.as_slice(), analysis.struggling.as_slice()),
            (&["builder".to_owned()][..], &["builder".to_owned()][..])
        );
        assert!(analysis.underused.contains(&"old-hand".to_owned()) && analysis.flags().len() <= 100);
        let mut evolution = Evolution::default();
        let change = apply(
            &mut roles,
            &mut evolution,
            plan(&analysis, &before, &history),
            &policy,
            NOW,
        )
        .unwrap();
        assert!(change.retired.contains_key("old-hand") && roles.get("old-hand").is_none());
        assert!(roles.get("pm").is_some(), "built-in roles are never retired");
        assert_eq!(change.created.len(), 1);
        undo(&mut roles, &mut evolution).unwrap();
        assert_eq!(roles, before);
        assert_eq!(undo(&mut roles, &mut evolution), None);
    }
}
