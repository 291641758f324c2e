//! A goal as steps.

use serde::Serialize;

use super::super::role_manager::Matcher;

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SubTask {
    /// What to do.
    pub task: String,
    /// Who.
    pub role: String,
    /// `high`, `medium` or `low`.
    pub priority: String,
    /// Steps that come first, counted from 1.
    pub depends_on: Vec<usize>,
    /// Minutes.
    pub estimated_time_min: u32,
}

/// A goal and its steps.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorkPlan {
    /// The goal.
    pub goal: String,
    /// The steps in order.
    pub sub_tasks: Vec<SubTask>,
    /// What no role can do.
    pub capability_gaps: Vec<String>,
    /// Sum over the steps.
    pub total_estimated_time_min: u32,
    /// One sentence.
    pub risk_assessment: String,
}

/// Evidence from which on a specialist gets a step of its own.
const CALLED_FOR: f64 = 2.4;

/// Plan, build, test, review, document; a specialist the goal's words call for gets a step before the review.
pub fn decompose(matcher: &Matcher, goal: &str) -> WorkPlan {
    let step = |task: &str, role: &str, priority: &str, depends_on: &[usize], minutes: u32| SubTask {
        task: format!("{task}: {goal}"),
        role: role.to_owned(),
        priority: priority.to_owned(),
        depends_on: depends_on.to_vec(),
        estimated_time_min: minutes,
    };
    let mut sub_tasks = vec![
        step("Plan and design", "architect", "high", &[], 30),
        step("Implement", "builder", "high", &[1], 90),
        step("Write tests for", "tester", "medium", &[2], 45),
    ];
    let candidates = matcher.rank(goal);
    let mut specialists = Vec::new();
    for (role, what) in [
        ("security-auditor", "Check the security of"),
        ("optimizer", "Measure the performance of"),
        ("devops", "Prepare the rollout of"),
    ] {
        if candidates
            .iter()
            .any(|candidate| candidate.role == role && candidate.evidence >= CALLED_FOR)
        {
            sub_tasks.push(step(what, role, "high", &[2], 45));
            specialists.push(role);
        }
    }
    let before: Vec<usize> = (2..=sub_tasks.len()).collect();
    sub_tasks.push(step("Review", "reviewer", "medium", &before, 30));
    let review = sub_tasks.len();
    sub_tasks.push(step("Document", "docs-writer", "low", &[review], 30));
    let risk_assessment = if specialists.is_empty() {
        "No special risk is named in the goal".to_owned()
    } else {
        format!("Needs the eye of: {}", specialists.join(", "))
    };
    WorkPlan {
        goal: goal.to_owned(),
        total_estimated_time_min: sub_tasks.iter().map(|step| step.estimated_time_min).sum(),
        sub_tasks,
        capability_gaps: Vec::new(),
        risk_assessment,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::role_manager::builtin_roles;
    use super::super::super::stores::Weights;
    use super::*;

    #[track_caller]
    fn check(goal: &str, roles: &[&str]) {
        let matcher = Matcher::new(&builtin_roles(), &Weights::default());
        let plan = decompose(&matcher, goal);
        assert_eq!(
            plan.sub_tasks.iter().map(|step| step.role.as_str()).collect::<Vec<_>>(),
            roles
        );
        for (at, step) in plan.sub_tasks.iter().enumerate() {
            assert!(
                step.depends_on.iter().all(|before| *before <= at),
                "a step waits only for earlier ones"
            );
        }
    }

    #[test]
    fn there_are_five_steps_and_one_for_each_specialist() {
        check(
            "Add a settings page",
            &["architect", "builder", "tester", "reviewer", "docs-writer"],
        );
        check(
            "Encrypt the passwords of the settings page",
            &[
                "architect",
                "builder",
                "tester",
                "security-auditor",
                "reviewer",
                "docs-writer",
            ],
        );
    }
}
