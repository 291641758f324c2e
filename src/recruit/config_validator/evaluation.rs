//! How an agent does.

use super::super::role_manager::Population;
use super::super::stores::{Profile, Profiles};

/// Where an agent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// At or above the upper threshold.
    Excellent,
    /// Between.
    Acceptable,
    /// Below the lower one.
    Poor,
}

impl Standing {
    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Excellent => "excellent",
            Self::Acceptable => "acceptable",
            Self::Poor => "needs-improvement",
        }
    }
}

/// An agent against its thresholds, percent of success.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Where it stands.
    pub standing: Standing,
    /// From here on excellent.
    pub upper: f64,
    /// Below it poor.
    pub lower: f64,
    /// All agents.
    pub population: Population,
}

/// Against the other agents when there are three or more, else against fixed marks.
pub fn evaluate(profile: &Profile, profiles: &Profiles) -> Evaluation {
    let population = Population::of(profiles);
    let (upper, lower) = if population.is_telling() {
        (
            (population.mean + population.stddev).min(95.0).round(),
            (population.mean - population.stddev).max(40.0).round(),
        )
    } else {
        (90.0, 70.0)
    };
    let standing = match profile.success_rate {
        rate if rate < lower => Standing::Poor,
        rate if rate >= upper => Standing::Excellent,
        _ => Standing::Acceptable,
    };
    Evaluation {
        standing,
        upper,
        lower,
        population,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rates: &[f64], expect: (Standing, f64, f64)) {
        let mut profiles = Profiles::default();
        for (at, rate) in rates.iter().enumerate() {
            profiles.insert(
                format!("agent-{at}"),
                Profile {
                    success_rate: *rate,
                    ..Profile::default()
                },
            );
        }
        let evaluation = evaluate(profiles.get("agent-0").unwrap(), &profiles);
        assert_eq!(
            (evaluation.standing, evaluation.upper, evaluation.lower),
            expect,
            "{rates:?}"
        );
    }

    #[test]
    fn few_agents_are_held_against_fixed_marks() {
        check(&[69.0], (Standing::Poor, 90.0, 70.0));
        check(&[90.0, 10.0], (Standing::Excellent, 90.0, 70.0));
    }

    #[test]
    fn three_agents_are_held_against_each_other() {
        check(&[50.0, 80.0, 80.0], (Standing::Poor, 84.0, 56.0));
        check(&[100.0, 100.0, 100.0], (Standing::Excellent, 95.0, 100.0));
    }
}
