//! Which entries are worth keeping longer: failures whose fix is known, and the fixes.

use std::collections::BTreeSet;

use crate::memory::retention::Value;
use crate::memory::{Identity, Tree};
use crate::records::{FixRecord, Record};

/// Knows the failures of one memory that have a fix. Every record's key starts with the fingerprint it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Worth {
    fixed: BTreeSet<String>,
}

impl Worth {
    /// Learns from the fixes in a memory.
    pub fn of(tree: &Tree) -> Self {
        let fixes = tree.records.namespace(FixRecord::NAMESPACE);
        Self {
            fixed: fixes.map(|(identity, _)| subject(identity).to_owned()).collect(),
        }
    }

    /// What an entry is worth.
    pub fn value_of(&self, identity: &Identity) -> Value {
        if identity.is_record() && self.fixed.contains(subject(identity)) {
            Value::Resolved
        } else {
            Value::Ordinary
        }
    }
}

/// The fingerprint at the start of a record's key.
fn subject(identity: &Identity) -> &str {
    identity.key.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Entry;

    #[test]
    fn everything_about_a_fixed_failure_is_worth_keeping() {
        let mut tree = Tree::default();
        tree.insert(Identity::new("shipwright/fix", "sw1:a/123"), Entry::new("{}", 1));
        let worth = Worth::of(&tree);
        for (namespace, key, expect) in [
            ("shipwright/fix", "sw1:a/123", Value::Resolved),
            ("shipwright/occurrence", "sw1:a/1.1.2", Value::Resolved),
            ("shipwright/occurrence", "sw1:b/1.1.2", Value::Ordinary),
            ("notes", "sw1:a/1", Value::Ordinary),
        ] {
            assert_eq!(
                worth.value_of(&Identity::new(namespace, key)),
                expect,
                "{namespace}/{key}"
            );
        }
    }
}
