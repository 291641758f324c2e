//! Suggestions whose end is known.

use std::collections::BTreeMap;

use super::model::{Proposal, Record, Resolution};
use crate::memory::Memory;

/// Every suggestion that was shown and ended, with what became of it, ordered by its id. Records that cannot be read are
/// left out.
pub fn ended(records: &Memory) -> Vec<(Proposal, Resolution)> {
    let ends = records.namespace(Resolution::NAMESPACE);
    let mut ends: BTreeMap<String, Resolution> = ends
        .filter_map(|(_, entry)| serde_json::from_str::<Resolution>(entry.text()).ok())
        .map(|end| (end.suggestion.clone(), end))
        .collect();
    let known = |(identity, entry): (&crate::memory::Identity, &crate::memory::Entry)| {
        let end = ends.remove(&identity.key)?;
        Some((serde_json::from_str(entry.text()).ok()?, end))
    };
    records.namespace(Proposal::NAMESPACE).filter_map(known).collect()
}
