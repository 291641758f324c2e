//! The ten roles everybody has.

use super::super::stores::{Extra, Role, Roles};

struct Builtin {
    key: &'static str,
    title: &'static str,
    description: &'static str,
    model: &'static str,
    cost: f64,
    skills: &'static str,
    context: &'static str,
    metrics: &'static str,
}

#[rustfmt::skip]
const BUILTINS: &[Builtin] = &[
    Builtin { key: "architect", title: "Architect", description: "Decides how the parts are cut, what may depend on what, and how it will scale",
        model: "opus", cost: 2.5, skills: "system-design technology-evaluation code-review documentation",
        context: "codebase-architecture system-patterns past-designs dependency-graph", metrics: "design-quality implementation-feasibility team-alignment" },
    Builtin { key: "builder", title: "Builder", description: "Writes the code of features and mends what does not work",
        model: "sonnet", cost: 1.5, skills: "coding testing debugging performance-optimization",
        context: "codebase-structure api-specs test-patterns build-system", metrics: "tests-passing code-quality productivity bug-rate" },
    Builtin { key: "reviewer", title: "Code Reviewer", description: "Reads changes for correctness, clarity and the rules of the house",
        model: "sonnet", cost: 1.2, skills: "code-review static-analysis security-review best-practices",
        context: "coding-standards previous-reviews common-errors team-patterns", metrics: "review-quality issue-detection-rate feedback-clarity" },
    Builtin { key: "tester", title: "Test Specialist", description: "Plans and automates the tests that show it works and keeps working",
        model: "sonnet", cost: 1.2, skills: "testing coverage-analysis automation edge-case-detection",
        context: "test-framework coverage-metrics failure-patterns requirements", metrics: "coverage-increase bug-detection test-execution-time" },
    Builtin { key: "security-auditor", title: "Security Auditor", description: "Finds the ways in, closes them, and keeps the rules of the law",
        model: "opus", cost: 2.0, skills: "security-analysis threat-modeling penetration-testing compliance",
        context: "security-policies vulnerability-database threat-models compliance-reqs", metrics: "vulnerabilities-found severity-accuracy remediation-quality" },
    Builtin { key: "docs-writer", title: "Documentation Writer", description: "Writes guides, references and examples that people can follow",
        model: "haiku", cost: 0.8, skills: "documentation clarity completeness example-generation",
        context: "codebase-knowledge api-specs user-personas doc-templates", metrics: "documentation-completeness clarity-score example-coverage" },
    Builtin { key: "optimizer", title: "Performance Optimizer", description: "Measures where time and memory go, and makes it less",
        model: "sonnet", cost: 1.5, skills: "performance-analysis profiling optimization metrics-analysis",
        context: "performance-benchmarks profiling-tools optimization-history", metrics: "performance-gain memory-efficiency latency-reduction" },
    Builtin { key: "devops", title: "DevOps Engineer", description: "Gets it built, shipped, running and watched",
        model: "sonnet", cost: 1.8, skills: "infrastructure-as-code deployment monitoring incident-response",
        context: "infrastructure-config deployment-pipelines monitoring-setup runbooks", metrics: "deployment-success-rate incident-response-time uptime" },
    Builtin { key: "pm", title: "Project Manager", description: "Splits the work, puts it in order and keeps track of it",
        model: "sonnet", cost: 1.0, skills: "task-decomposition prioritization communication planning",
        context: "project-state requirements team-capacity past-estimates", metrics: "estimation-accuracy deadline-met scope-management" },
    Builtin { key: "incident-responder", title: "Incident Responder", description: "Ends outages, finds their cause and brings back what was lost",
        model: "opus", cost: 2.0, skills: "crisis-management root-cause-analysis debugging communication",
        context: "incident-history system-health alerting-rules past-incidents", metrics: "incident-resolution-time accuracy escalation-prevention" },
];

/// The keys of the built-in roles.
pub const BUILTIN_KEYS: [&str; 10] = [
    "architect",
    "builder",
    "reviewer",
    "tester",
    "security-auditor",
    "docs-writer",
    "optimizer",
    "devops",
    "pm",
    "incident-responder",
];

/// The built-in roles as a store.
pub fn builtin_roles() -> Roles {
    let list = |text: &str| text.split(' ').map(str::to_owned).collect();
    BUILTINS
        .iter()
        .map(|builtin| {
            let role = Role {
                title: builtin.title.to_owned(),
                description: builtin.description.to_owned(),
                required_skills: list(builtin.skills),
                recommended_model: builtin.model.to_owned(),
                context_needs: list(builtin.context),
                success_metrics: list(builtin.metrics),
                estimated_cost_per_task_usd: builtin.cost,
                origin: "builtin".to_owned(),
                created_at: "2025-01-01T00:00:00Z".to_owned(),
                trigger_keywords: Vec::new(),
                extra: Extra::new(),
            };
            (builtin.key.to_owned(), role)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_ten_and_each_is_complete() {
        let roles = builtin_roles();
        let mut keys = BUILTIN_KEYS.to_vec();
        keys.sort_unstable();
        assert_eq!(roles.keys().collect::<Vec<_>>(), keys);
        for (key, role) in roles.iter() {
            assert!(
                role.required_skills.len() == 4 && role.success_metrics.len() >= 3,
                "{key}"
            );
            assert!(
                role.estimated_cost_per_task_usd > 0.0 && role.origin == "builtin",
                "{key}"
            );
        }
    }
}
