//! The metrics of role matching, on rows of tasks with the role that should take them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Error;
use crate::recruit::role_manager::{Matcher, builtin_roles};
use crate::recruit::stores::{Weights, round};

/// A task and its label.
#[derive(Debug, Clone, Deserialize)]
pub struct RoleRow {
    /// The row's name.
    pub id: String,
    /// The task in somebody's words.
    pub text: String,
    /// The role that should take it.
    pub role: String,
    /// Roles that may take it too.
    #[serde(default)]
    pub acceptable: Vec<String>,
    /// Rows of one theme are about the same thing.
    #[serde(default)]
    pub theme: String,
}

/// How good the matching is; shares from 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RoleMetrics {
    /// Rows.
    pub rows: usize,
    /// The first choice is the labelled role.
    pub first: f64,
    /// The first choice is the labelled role or an acceptable one.
    pub acceptable: f64,
    /// The labelled role is among the first three.
    pub first_three: f64,
    /// Mean over the themes of the share of right first choices.
    pub themes: f64,
    /// Mean of the roles' F1.
    pub macro_f1: f64,
    /// Chance that a right answer is more confident than a wrong one.
    pub auc: f64,
    /// Role to (right, rows).
    pub by_role: BTreeMap<String, (usize, usize)>,
}

/// Reads rows, one JSON object a line, and measures the built-in vocabulary with nothing learned.
///
/// # Errors
/// When the file cannot be read or a row is none.
pub fn evaluate(path: &Path) -> Result<RoleMetrics, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    let rows: Result<Vec<RoleRow>, serde_json::Error> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(serde_json::from_str)
        .collect();
    Ok(measure(&rows.map_err(|source| Error::Label {
        path: path.to_owned(),
        source,
    })?))
}

/// Measures rows.
pub fn measure(rows: &[RoleRow]) -> RoleMetrics {
    let matcher = Matcher::new(&builtin_roles(), &Weights::default());
    let mut metrics = RoleMetrics {
        rows: rows.len(),
        ..RoleMetrics::default()
    };
    let mut themes: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    let mut judged: Vec<(f64, bool)> = Vec::new();
    let mut chosen: Vec<(&str, String)> = Vec::new();
    let (mut first, mut acceptable, mut first_three) = (0, 0, 0);
    for row in rows {
        let ranked = matcher.rank(&row.text);
        let Some(best) = ranked.first() else { continue };
        let right = best.role == row.role;
        first += usize::from(right);
        acceptable += usize::from(right || row.acceptable.contains(&best.role));
        first_three += usize::from(ranked.iter().take(3).any(|candidate| candidate.role == row.role));
        let theme = themes.entry(&row.theme).or_default();
        theme.0 += f64::from(u8::from(right));
        theme.1 += 1.0;
        let role = metrics.by_role.entry(row.role.clone()).or_default();
        role.0 += usize::from(right);
        role.1 += 1;
        judged.push((best.confidence, right));
        chosen.push((&row.role, best.role.clone()));
    }
    metrics.first = share(first, rows.len());
    metrics.acceptable = share(acceptable, rows.len());
    metrics.first_three = share(first_three, rows.len());
    metrics.themes = mean(themes.values().map(|(right, count)| right / count));
    let roles: BTreeSet<&str> = chosen.iter().map(|(role, _)| *role).collect();
    metrics.macro_f1 = mean(roles.into_iter().map(|role| f1(role, &chosen)));
    metrics.auc = auc(&judged);
    metrics
}

impl RoleMetrics {
    /// As a JSON document.
    pub fn json(&self) -> Value {
        let roles: BTreeMap<&str, Value> = self
            .by_role
            .iter()
            .map(|(role, (right, rows))| (role.as_str(), json!({"right": right, "rows": rows})))
            .collect();
        let digits = |share: f64| round(share, 4);
        json!({
            "rows": self.rows, "accuracy": digits(self.first), "accuracy_with_acceptable": digits(self.acceptable),
            "first_three": digits(self.first_three), "accuracy_over_themes": digits(self.themes),
            "macro_f1": digits(self.macro_f1), "auc": digits(self.auc), "by_role": roles,
        })
    }

    /// As a table.
    pub fn table(&self) -> String {
        let mut text = format!(
            "roles: {} rows\n  first choice     {:.3}\n  with acceptable  {:.3}\n  first three      {:.3}\n  over themes      {:.3}\n  macro F1         {:.3}\n  AUC              {:.3}\n",
            self.rows, self.first, self.acceptable, self.first_three, self.themes, self.macro_f1, self.auc
        );
        for (role, (right, rows)) in &self.by_role {
            let _ = writeln!(text, "  {role:<20} {right}/{rows}");
        }
        text
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of rows are small")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / f64::from(count) }
}

fn f1(role: &str, chosen: &[(&str, String)]) -> f64 {
    let count = |test: &dyn Fn(&str, &str) -> bool| chosen.iter().filter(|(right, got)| test(right, got)).count();
    let hits = count(&|right, got| right == role && got == role);
    let either = count(&|right, _| right == role) + count(&|_, got| got == role);
    share(2 * hits, either)
}

/// Pairs of a right and a wrong answer in which the right one is more confident; ties count half. 0.5 when there are none.
fn auc(judged: &[(f64, bool)]) -> f64 {
    let of = |wanted: bool| {
        judged
            .iter()
            .filter(move |(_, right)| *right == wanted)
            .map(|(confidence, _)| *confidence)
    };
    let pairs = of(true).flat_map(|good| of(false).map(move |bad| (good, bad)));
    let points = pairs.map(|(good, bad)| match good.total_cmp(&bad) {
        std::cmp::Ordering::Greater => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Less => 0.0,
    });
    let all = of(true).count() * of(false).count();
    if all == 0 { 0.5 } else { mean(points) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str, role: &str, theme: &str) -> RoleRow {
        RoleRow {
            id: String::new(),
            text: text.to_owned(),
            role: role.to_owned(),
            acceptable: vec!["builder".to_owned()],
            theme: theme.to_owned(),
        }
    }

    #[test]
    fn shares_are_of_rows_and_of_themes() {
        let rows = [
            row("Write unit tests", "tester", "a"),
            row("Fix the XSS vulnerability", "security-auditor", "a"),
            row("Add a button", "pm", "b"),
        ];
        let metrics = measure(&rows);
        assert_eq!(
            (
                metrics.rows,
                round(metrics.first, 3),
                metrics.acceptable,
                metrics.themes
            ),
            (3, 0.667, 1.0, 0.5)
        );
        assert_eq!(metrics.by_role["pm"], (0, 1));
        assert!(metrics.table().contains("first choice     0.667") && metrics.json()["rows"] == 3);
    }

    #[test]
    fn the_area_counts_ties_half() {
        assert!((auc(&[(0.9, true), (0.1, false), (0.9, false)]) - 0.75).abs() < 1e-9);
        assert!((auc(&[(0.9, true)]) - 0.5).abs() < 1e-9);
    }
}
