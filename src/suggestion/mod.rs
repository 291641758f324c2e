//! What to do about a failure: two or three concrete actions, never none.
//!
//! Order: what fixed this failure before (by what is proven, [`crate::records::Fix`] order), the user's own matcher,
//! the user's and our actions for the category, then for the stage. The actions name the file, test, package or
//! command the log names.

mod actions;
mod facts;

use crate::failure::{Category, Class, Failure};
use crate::records::Fix;

/// Most actions shown for one failure.
pub const MOST: usize = 3;

/// Fewest actions shown for one failure.
pub const FEWEST: usize = 2;

/// One suggested action.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// What to do, one plain sentence without markup. Parts of it come from logs: untrusted.
    pub text: String,
    /// Where it comes from.
    pub source: Source,
}

/// Where an action comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// It fixed this failure, or one like it, before.
    Fix {
        /// [`Fix::id`].
        id: String,
        /// Its page.
        url: Option<String>,
        /// How often it was applied.
        applied: u64,
        /// How often that helped.
        resolved: u64,
        /// How likely it is what helped, 0 to 1.
        confidence: f64,
    },
    /// The user's own rule.
    Matcher,
    /// The failure is of a kind that passes when run again.
    Rerun,
    /// What one does about this category.
    Category,
    /// What one does at this stage.
    Stage,
}

/// What is known beside the failure itself.
#[derive(Debug, Clone, Default)]
pub struct Circumstances<'a> {
    /// Fixes of the same failure, then of similar ones, each list best first.
    pub fixes: Vec<&'a Fix>,
    /// How often the failure was seen before.
    pub seen: u64,
    /// How often a rerun of the same commit passed.
    pub flaky: u64,
    /// How often a rerun of the same commit failed with it again.
    pub stubborn: u64,
    /// Stage of the user's pipeline.
    pub stage: Option<&'a str>,
    /// The action of the user's matcher that recognised it.
    pub matcher: Option<&'a str>,
    /// The user's actions for the category.
    pub category_actions: &'a [String],
    /// The user's actions for the stage.
    pub stage_actions: &'a [String],
}

/// The two or three actions for a failure, the most promising first.
pub fn suggest(failure: &Failure, circumstances: &Circumstances<'_>) -> Vec<Action> {
    let mut actions = Vec::new();
    let mut add = |text: String, source: Source| {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() && actions.iter().all(|action: &Action| action.text != text) {
            actions.push(Action { text, source });
        }
    };
    for fix in circumstances.fixes.iter().filter(|fix| worth_showing(fix)).take(FEWEST) {
        let source = Source::Fix {
            id: fix.id.clone(),
            url: fix.url.clone(),
            applied: fix.applied,
            resolved: fix.resolved,
            confidence: if fix.resolved > 1 { 1.0 } else { fix.confidence },
        };
        add(fix.summary.clone(), source);
    }
    if let Some(action) = circumstances.matcher {
        add(action.to_owned(), Source::Matcher);
    }
    if let Some(text) = rerun(failure, circumstances) {
        add(text, Source::Rerun);
    }
    for action in circumstances.category_actions {
        add(action.clone(), Source::Category);
    }
    for action in circumstances.stage_actions {
        add(action.clone(), Source::Stage);
    }
    for text in actions::for_category(failure) {
        add(text, Source::Category);
    }
    if let Some(text) = circumstances.stage.and_then(actions::for_stage) {
        add(text.to_owned(), Source::Stage);
    }
    actions.truncate(MOST);
    actions
}

/// A fix that has been tried more than once and mostly did not help is not worth a line; its record still stands under
/// the similar failures.
fn worth_showing(fix: &Fix) -> bool {
    fix.applied < 2 || 2 * (fix.resolved + fix.confirmed) >= fix.applied + fix.confirmed
}

fn rerun(failure: &Failure, circumstances: &Circumstances<'_>) -> Option<String> {
    let Circumstances { flaky, stubborn, .. } = *circumstances;
    if flaky > 0 {
        let times = match (flaky, stubborn) {
            (1, 0) => "on a rerun once".to_owned(),
            (_, 0) => format!("on a rerun {flaky} times"),
            _ => format!("on {flaky} of {} reruns", flaky + stubborn),
        };
        return Some(format!(
            "Run the failed jobs again: the same commit has passed {times} before."
        ));
    }
    let likely = failure.class == Class::Transient && failure.category != Category::Cancelled;
    // What has failed again each time it was run again is not worth another try.
    (likely && stubborn < 2)
        .then(|| "Run the failed jobs again: failures of this kind usually pass on the next attempt.".to_owned())
}

#[cfg(test)]
mod tests;
