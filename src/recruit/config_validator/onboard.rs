//! What an agent is given when it starts in a role.

use std::fmt::Write as _;

use super::super::one_line;
use super::super::stores::{Mind, Role};

/// The ways to be introduced, and what each means.
pub const STYLES: [(&str, &str); 4] = [
    ("standard", "Read the context below, then start with a small task."),
    ("minimal-context", "Start at once; look things up when they are needed."),
    (
        "detailed-specs",
        "Have the whole specification before the first line is written.",
    ),
    (
        "example-driven",
        "Look at two finished tasks of this kind first, then do the same.",
    ),
];

/// The style for an agent: its own preference when it is one we know.
pub fn style(mind: Option<&Mind>) -> (&'static str, &'static str) {
    let preferred = mind.map_or("standard", |mind| mind.onboarding_preference.as_str());
    STYLES
        .into_iter()
        .find(|(style, _)| *style == preferred)
        .unwrap_or(STYLES[0])
}

/// The document, Markdown.
pub fn document(key: &str, role: &Role, mind: Option<&Mind>) -> String {
    let (style, advice) = style(mind);
    let list = |items: &[String]| -> String {
        if items.is_empty() {
            return "- nothing in particular\n".to_owned();
        }
        items
            .iter()
            .fold(String::new(), |text, item| text + "- " + &one_line(item) + "\n")
    };
    let mut text = String::new();
    let _ = write!(
        text,
        "# Onboarding: {title}\n\n## Role Profile\n\n{description}\n\n- Key: {key}\n- Model: {model}\n- Origin: {origin}\n\n\
         ## Required Skills\n\n{skills}\n## Context Needs\n\n{context}\n## Success Metrics\n\n{metrics}\n\
         ## Cost Profile\n\nAbout ${cost:.2} a task.\n\n## Onboarding Style: {style}\n\n{advice}\n\n\
         ## Getting Started\n\n1. Read what stands under Context Needs.\n2. Take one task of this role.\n\
         3. Tell how it went: `shipwright recruit record-outcome <agent> <task> success|failure`.\n\n\
         ## Resources\n\n- `shipwright recruit roles`\n- `shipwright recruit profiles`\n- `shipwright recruit help`\n",
        title = one_line(&role.title),
        description = one_line(&role.description),
        model = one_line(&role.recommended_model),
        origin = one_line(&role.origin),
        skills = list(&role.required_skills),
        context = list(&role.context_needs),
        metrics = list(&role.success_metrics),
        cost = role.estimated_cost_per_task_usd,
    );
    text
}

#[cfg(test)]
mod tests {
    use super::super::super::role_manager::builtin_roles;
    use super::*;

    #[test]
    fn every_section_is_there_in_the_agents_style() {
        let roles = builtin_roles();
        let mind = Mind {
            onboarding_preference: "detailed-specs".to_owned(),
            ..Mind::default()
        };
        let text = document("architect", roles.get("architect").unwrap(), Some(&mind));
        for section in [
            "Role Profile",
            "Required Skills",
            "Context Needs",
            "Success Metrics",
            "Cost Profile",
            "Getting Started",
            "Resources",
        ] {
            assert!(text.contains(&format!("## {section}\n")), "{section}");
        }
        assert!(text.contains("## Onboarding Style: detailed-specs\n"));
        assert_eq!(style(None).0, "standard");
    }
}
