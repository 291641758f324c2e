//! Who should work on it together.

use super::super::Policy;
use super::super::role_manager::{Candidate, Matcher};
use super::super::stores::{Roles, round};

/// Always there.
const CORE: [&str; 3] = ["builder", "reviewer", "tester"];
/// Join when the task's words call for them.
const SPECIALISTS: [&str; 4] = ["security-auditor", "architect", "devops", "optimizer"];
/// Evidence that calls for a specialist: more than one weak word.
const CALLED_FOR: f64 = 2.0;
/// Confidence with which any other role joins.
const SURE: f64 = 0.5;
/// What an unknown role costs, US dollars.
const USUAL_COST: f64 = 1.5;

/// A team and what it means for the pipeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Team {
    /// Role keys, none twice.
    pub members: Vec<String>,
    /// `heuristic` or `ai`.
    pub method: &'static str,
    /// US dollars a task.
    pub estimated_cost: f64,
    /// `opus` when anybody needs it.
    pub model: String,
    /// The reference's name for the depth of work: `quick-fix`, `full`, `careful`.
    pub template: &'static str,
    /// The pipeline template that exists under another name: `fast`, `full`, `enterprise`.
    pub pipeline_template: &'static str,
    /// Rounds the pipeline may take.
    pub max_iterations: u32,
    /// Which words called for whom, or what the model said.
    pub reasoning: String,
}

/// Composes a team from the task's words.
pub fn compose(roles: &Roles, matcher: &Matcher, task: &str, policy: &Policy) -> Team {
    let candidates = matcher.rank(task);
    let mut members: Vec<String> = CORE.iter().map(|&role| role.to_owned()).collect();
    let mut reasons = Vec::new();
    let mut join = |candidate: &Candidate| {
        if !members.contains(&candidate.role) {
            members.push(candidate.role.clone());
            let words: Vec<&str> = candidate.reasons.iter().take(3).map(String::as_str).collect();
            reasons.push(format!("{} for {}", candidate.role, words.join(", ")));
        }
    };
    for role in SPECIALISTS {
        let called = |candidate: &&Candidate| candidate.role == role && candidate.evidence >= CALLED_FOR;
        if let Some(candidate) = candidates.iter().find(called) {
            join(candidate);
        }
    }
    if let Some(best) = candidates.first().filter(|best| best.confidence >= SURE) {
        join(best);
    }
    members.retain(|role| roles.get(role).is_some() || CORE.contains(&role.as_str()));
    team_from(roles, members, "heuristic", reasons.join("; "), policy)
}

/// Cost, model and depth of a team whose members are settled.
pub fn team_from(
    roles: &Roles,
    members: Vec<String>,
    method: &'static str,
    reasoning: String,
    policy: &Policy,
) -> Team {
    let cost: f64 = members
        .iter()
        .map(|member| {
            roles
                .get(member)
                .map_or(USUAL_COST, |role| role.estimated_cost_per_task_usd)
        })
        .sum();
    let opus = members
        .iter()
        .any(|member| roles.get(member).is_some_and(|role| role.recommended_model == "opus"));
    let secured = members.iter().any(|member| member == "security-auditor");
    let (template, pipeline_template, mut max_iterations) = match members.len() {
        0..=2 => ("quick-fix", "fast", 5),
        3..=4 if !secured => ("full", "full", 10),
        3..=4 => ("careful", "enterprise", 15),
        _ => ("careful", "enterprise", 20),
    };
    let (template, pipeline_template) = if secured {
        ("careful", "enterprise")
    } else {
        (template, pipeline_template)
    };
    if secured {
        max_iterations = max_iterations.max(15);
    }
    Team {
        members,
        method,
        estimated_cost: round(cost, 2),
        model: if opus {
            "opus".to_owned()
        } else {
            policy.default_model.clone()
        },
        template,
        pipeline_template,
        max_iterations,
        reasoning,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::role_manager::builtin_roles;
    use super::super::super::stores::Weights;
    use super::*;

    #[track_caller]
    fn check(task: &str, members: &[&str], template: &str, iterations: u32) {
        let roles = builtin_roles();
        let team = compose(
            &roles,
            &Matcher::new(&roles, &Weights::default()),
            task,
            &Policy::default(),
        );
        assert_eq!(
            (
                team.members.iter().map(String::as_str).collect::<Vec<_>>().as_slice(),
                team.template,
                team.max_iterations
            ),
            (members, template, iterations),
            "{task}: {}",
            team.reasoning
        );
    }

    #[test]
    fn specialists_join_when_called_for() {
        check("Add a settings page", &["builder", "reviewer", "tester"], "full", 10);
        check(
            "Fix the login security hole",
            &["builder", "reviewer", "tester", "security-auditor"],
            "careful",
            15,
        );
        check(
            "Deploy the service behind nginx",
            &["builder", "reviewer", "tester", "devops"],
            "full",
            10,
        );
    }

    #[test]
    fn cost_is_the_sum_and_an_expensive_member_sets_the_model() {
        let roles = builtin_roles();
        let members = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let team = team_from(
            &roles,
            members(&["builder", "nobody"]),
            "ai",
            String::new(),
            &Policy::default(),
        );
        assert_eq!(
            (team.estimated_cost, team.model.as_str(), team.template),
            (3.0, "sonnet", "quick-fix")
        );
        let team = team_from(
            &roles,
            members(&["builder", "architect", "pm", "devops", "tester"]),
            "ai",
            String::new(),
            &Policy::default(),
        );
        assert_eq!(
            (team.estimated_cost, team.model.as_str(), team.max_iterations),
            (8.0, "opus", 20)
        );
    }
}
