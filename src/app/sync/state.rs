//! What the remote holds, understood: the tip's tree with the inbox folded in, and what must be kept aside first.

use std::sync::Arc;

use crate::gitref::{Fetched, Oid, RefUpdate, Snapshot};
use crate::ids::RefName;
use crate::memory::{Damage, Delta, NewerFormat, Tree};

/// The remote as one memory.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// The commit at the tip.
    pub(super) tip: Option<Arc<Snapshot>>,
    /// The tip's own tree.
    pub(super) tip_tree: Tree,
    /// The tip with the inbox folded in.
    pub(super) tree: Tree,
    /// Inbox refs whose content is wholly in `tree`.
    pub(super) folded: Vec<(String, Oid)>,
    /// Commits that could not be read as a whole: they must stay reachable.
    pub(super) rescue: Vec<(String, Oid)>,
    /// A newer program wrote it: nothing may be written.
    pub(super) newer: Option<NewerFormat>,
    /// What the user should know.
    pub(super) warnings: Vec<String>,
}

impl State {
    pub(super) fn of_fetched(fetched: Fetched) -> Self {
        Self::of(fetched.tip, fetched.inbox)
    }

    pub(super) fn of(tip: Option<Arc<Snapshot>>, inbox: Vec<(String, Arc<Snapshot>)>) -> Self {
        let mut state = Self {
            tip_tree: Tree::default(),
            tree: Tree::default(),
            folded: Vec::new(),
            rescue: Vec::new(),
            newer: None,
            warnings: Vec::new(),
            tip,
        };
        state.read_tip();
        for (name, snapshot) in inbox {
            state.fold(name, &snapshot);
        }
        state
    }

    fn read_tip(&mut self) {
        let Some(tip) = &self.tip else { return };
        let (tree, damage) = Tree::from_files(&tip.files);
        let trouble: Vec<String> = tip
            .trouble
            .iter()
            .cloned()
            .chain(damage.iter().map(Damage::to_string))
            .collect();
        if !trouble.is_empty() {
            self.warnings.push(format!(
                "the memory at {} is damaged and will be kept aside: {}",
                short(tip.oid),
                trouble.join("; ")
            ));
            self.rescue.push((String::new(), tip.oid));
        }
        self.newer = tree.format.check_writable().err();
        self.tip_tree = tree.clone();
        self.tree = tree;
    }

    fn fold(&mut self, name: String, snapshot: &Snapshot) {
        let (delta, damage) = Delta::from_files(&snapshot.files);
        if let Err(newer) = delta.tree().format.check_writable() {
            // A newer program will fold it; what it holds is not for us to judge.
            self.warnings.push(format!("{name} waits for a newer program: {newer}"));
            return;
        }
        self.tree = delta.fold(&self.tree);
        let trouble: Vec<String> = snapshot
            .trouble
            .iter()
            .cloned()
            .chain(damage.iter().map(Damage::to_string))
            .collect();
        if !trouble.is_empty() {
            self.warnings.push(format!(
                "{name} is damaged and will be kept aside: {}",
                trouble.join("; ")
            ));
            self.rescue.push((name.clone(), snapshot.oid));
        }
        self.folded.push((name, snapshot.oid));
    }

    /// Whether everything in it could be read and may be replaced, so that a push may build on it unseen.
    pub(super) const fn is_sound(&self) -> bool {
        self.rescue.is_empty() && self.newer.is_none()
    }

    /// The updates that move the tip to `new`: what is damaged is kept first, what is folded goes last.
    pub(super) fn updates(&self, name: &RefName, new: Oid, rescued: &dyn Fn(&str) -> bool) -> Vec<RefUpdate> {
        let mut updates = Vec::new();
        for (_, oid) in &self.rescue {
            let kept = name.rescue(&oid.to_string());
            if !rescued(&kept) {
                updates.push(RefUpdate {
                    name: kept,
                    old: None,
                    new: Some(*oid),
                });
            }
        }
        updates.push(RefUpdate {
            name: name.as_str().to_owned(),
            old: self.tip.as_ref().map(|tip| tip.oid),
            new: Some(new),
        });
        updates.extend(self.folded.iter().map(|(name, oid)| RefUpdate {
            name: name.clone(),
            old: Some(*oid),
            new: None,
        }));
        updates
    }
}

/// An object id as people write it.
pub(super) fn short(oid: Oid) -> String {
    oid.to_string().chars().take(10).collect()
}
