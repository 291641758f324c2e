//! What kind of failure it is.

use super::model::{Category, Class};
use super::rank::Scored;

/// The category and class of a failure with these decisive lines, most decisive first.
pub(super) fn decide(decisive: &[&Scored], _texts: &[&str]) -> (Category, Class) {
    let said = decisive
        .iter()
        .find_map(|entry| entry.candidate.rules.iter().find_map(|id| id.rule().category));
    (said.unwrap_or(Category::Unknown), Class::Unknown)
}
