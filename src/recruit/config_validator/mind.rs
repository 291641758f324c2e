//! How an agent works, read from its record.

use super::super::stores::{Mind, Profile};
use super::super::timestamp;

/// What the record says about the agent's way of working.
pub fn infer(profile: &Profile, now: i64) -> Mind {
    let mut mind = Mind {
        working_style: "balanced".to_owned(),
        ideal_task_type: format!(
            "{} work",
            if profile.role.is_empty() {
                "general"
            } else {
                &profile.role
            }
        ),
        onboarding_preference: "standard".to_owned(),
        updated: timestamp(now),
        ..Mind::default()
    };
    let timed = profile.avg_time_minutes > 0.0;
    if timed && profile.avg_time_minutes < 10.0 {
        "fast-iterative".clone_into(&mut mind.working_style);
        "minimal-context".clone_into(&mut mind.onboarding_preference);
        mind.strengths.push("speed".to_owned());
    } else if profile.avg_time_minutes > 30.0 {
        "thorough-methodical".clone_into(&mut mind.working_style);
        "detailed-specs".clone_into(&mut mind.onboarding_preference);
        mind.strengths.push("thoroughness".to_owned());
    }
    if profile.success_rate >= 90.0 {
        mind.strengths.push("reliability".to_owned());
    }
    if profile.success_rate < 60.0 {
        mind.weaknesses.push("consistency".to_owned());
    }
    mind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(minutes: f64, rate: f64, expect: (&str, &[&str], &[&str])) {
        let profile = Profile {
            avg_time_minutes: minutes,
            success_rate: rate,
            ..Profile::default()
        };
        let mind = infer(&profile, 0);
        let list = |items: &[String]| items.join(" ");
        assert_eq!(
            (
                mind.working_style.as_str(),
                list(&mind.strengths),
                list(&mind.weaknesses)
            ),
            (expect.0, expect.1.join(" "), expect.2.join(" "))
        );
    }

    #[test]
    fn time_and_success_tell_the_style() {
        check(5.0, 95.0, ("fast-iterative", &["speed", "reliability"], &[]));
        check(45.0, 50.0, ("thorough-methodical", &["thoroughness"], &["consistency"]));
        check(20.0, 80.0, ("balanced", &[], &[]));
        check(0.0, 80.0, ("balanced", &[], &[]));
    }
}
