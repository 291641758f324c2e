//! New roles by hand.

use super::super::stores::{Extra, Role, Roles};
use super::super::{Policy, timestamp};

/// Why a role cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// Its key is no key.
    #[error("{0:?} is no role key: lower-case letters, digits and single dashes, at most 64")]
    Key(String),
    /// It would replace a built-in role.
    #[error("{0} is a built-in role and stays as it is")]
    Builtin(String),
}

/// The longest key made from a text, `custom-` not counted.
const LONGEST_SLUG: usize = 50;

/// A text as a key: lower case, other characters become dashes, at most 50.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for letter in text.chars().flat_map(char::to_lowercase) {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
        if slug.len() >= LONGEST_SLUG {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

fn is_key(key: &str) -> bool {
    (1..=64).contains(&key.len())
        && !key.starts_with('-')
        && !key.ends_with('-')
        && key
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_')
}

/// Adds or replaces a role; missing parts get plain defaults. Built-in roles are not replaced.
///
/// # Errors
/// On a key that is none, or a built-in one.
pub fn create(roles: &mut Roles, key: &str, mut role: Role, policy: &Policy, now: i64) -> Result<(), RoleError> {
    if !is_key(key) {
        return Err(RoleError::Key(key.to_owned()));
    }
    if roles.get(key).is_some_and(|role| role.origin == "builtin") {
        return Err(RoleError::Builtin(key.to_owned()));
    }
    let or = |text: &mut String, default: &str| {
        if text.trim().is_empty() {
            default.clone_into(text);
        }
    };
    or(&mut role.title, key);
    let description = format!("Takes tasks of the kind {}", role.title);
    or(&mut role.description, &description);
    or(&mut role.recommended_model, &policy.default_model);
    or(&mut role.origin, "manual");
    role.created_at = timestamp(now);
    let or_list = |list: &mut Vec<String>, default: &str| {
        if list.is_empty() {
            list.push(default.to_owned());
        }
    };
    or_list(&mut role.required_skills, "general");
    or_list(&mut role.context_needs, "codebase-structure");
    or_list(&mut role.success_metrics, "task-completion");
    if role.estimated_cost_per_task_usd <= 0.0 {
        role.estimated_cost_per_task_usd = 1.5;
    }
    role.extra = Extra::new();
    roles.insert(key, role);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::builtin_roles;
    use super::*;

    #[test]
    fn a_slug_is_a_key_of_at_most_fifty() {
        assert_eq!(slug("Database migration planning"), "database-migration-planning");
        assert_eq!(slug("  --auto $(id) ”"), "auto-id");
        assert!(slug(&"word ".repeat(50)).len() <= 50);
    }

    #[test]
    fn builtin_roles_stay_and_keys_are_checked() {
        let mut roles = builtin_roles();
        let policy = Policy::default();
        let mut make = |key: &str| create(&mut roles, key, Role::default(), &policy, 0);
        assert_eq!(make("architect"), Err(RoleError::Builtin("architect".to_owned())));
        assert!(make("--auto").is_err() && make("a b").is_err() && make("").is_err());
        assert_eq!(make("data-engineer"), Ok(()));
        let made = roles.get("data-engineer").unwrap();
        assert_eq!(
            (made.origin.as_str(), made.recommended_model.as_str()),
            ("manual", "sonnet")
        );
    }
}
