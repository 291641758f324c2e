//! Suggestions whose end is known.

use std::collections::BTreeMap;

use super::model::{Proposal, Record, Resolution, Verdict};
use crate::memory::Memory;

/// Every suggestion that was shown and ended, with what became of it, ordered by its id. Records that cannot be read are
/// left out.
pub fn ended(records: &Memory) -> Vec<(Proposal, Verdict)> {
    let ends = records.namespace(Resolution::NAMESPACE);
    let ends: BTreeMap<String, Verdict> = ends
        .filter_map(|(_, entry)| serde_json::from_str::<Resolution>(entry.text()).ok())
        .map(|end| (end.suggestion, end.verdict))
        .collect();
    let known = |(identity, entry): (&crate::memory::Identity, &crate::memory::Entry)| {
        let verdict = *ends.get(&identity.key)?;
        Some((serde_json::from_str(entry.text()).ok()?, verdict))
    };
    records.namespace(Proposal::NAMESPACE).filter_map(known).collect()
}
