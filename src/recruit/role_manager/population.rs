//! The agents as a population.

use super::super::stores::{Profiles, round};

/// Success rates of all agents; all zero while there is none.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Population {
    /// Agents.
    pub count: usize,
    /// Mean, percent, rounded down to 0.1.
    pub mean: f64,
    /// Population standard deviation, likewise.
    pub stddev: f64,
    /// The 90th and the 10th of a hundred.
    pub p90: f64,
    /// See `p90`.
    pub p10: f64,
}

impl Population {
    /// Of all agents with a profile.
    pub fn of(profiles: &Profiles) -> Self {
        let mut rates: Vec<f64> = profiles.iter().map(|(_, profile)| profile.success_rate).collect();
        if rates.is_empty() {
            return Self::default();
        }
        rates.sort_by(f64::total_cmp);
        #[expect(clippy::cast_precision_loss, reason = "a number of agents is small")]
        let count = rates.len() as f64;
        let mean = rates.iter().sum::<f64>() / count;
        let variance = rates.iter().map(|rate| (rate - mean).powi(2)).sum::<f64>() / count;
        let tenth = rates.len() / 10;
        let at = |index: usize| rates.get(index.min(rates.len() - 1)).copied().unwrap_or_default();
        Self {
            count: rates.len(),
            mean: floor(mean),
            stddev: floor(variance.sqrt()),
            p90: at(rates.len() * 9 / 10),
            p10: at(tenth),
        }
    }

    /// Whether there are enough agents to compare them with each other.
    pub fn is_telling(&self) -> bool {
        self.count >= 3
    }
}

fn floor(value: f64) -> f64 {
    round((value * 10.0 + 1e-9).floor() / 10.0, 1)
}

#[cfg(test)]
mod tests {
    use super::super::super::stores::Profile;
    use super::*;

    #[track_caller]
    fn check(rates: &[f64], expect: Population) {
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
        assert_eq!(Population::of(&profiles), expect);
    }

    #[test]
    fn one_agent_is_its_own_mean() {
        check(&[], Population::default());
        check(
            &[90.0],
            Population {
                count: 1,
                mean: 90.0,
                stddev: 0.0,
                p90: 90.0,
                p10: 90.0,
            },
        );
    }

    #[test]
    fn mean_and_deviation_are_of_the_population() {
        check(
            &[50.0, 100.0],
            Population {
                count: 2,
                mean: 75.0,
                stddev: 25.0,
                p90: 100.0,
                p10: 50.0,
            },
        );
        check(
            &[33.3, 66.7, 100.0],
            Population {
                count: 3,
                mean: 66.6,
                stddev: 27.2,
                p90: 100.0,
                p10: 33.3,
            },
        );
    }
}
