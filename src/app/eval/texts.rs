//! Evaluation on short error texts: are recurrences recognised, and are failures that only look alike kept apart?

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::similar::{Document, Index};

/// One labelled text.
#[derive(Debug, Clone, Deserialize)]
pub struct PairText {
    /// Its name.
    pub id: String,
    /// The text, a few lines.
    pub text: String,
    /// Texts of one group are the same failure.
    pub group: String,
    /// Language or kind of tool.
    #[serde(default)]
    pub ecosystem: String,
    /// Where the text was published.
    #[serde(default)]
    pub source: String,
}

impl PairText {
    /// The project: `owner/name` or the host of its CI where the source tells it, else the beginning of the group's name.
    pub fn project(&self) -> String {
        let parts = || self.source.split('/');
        let repository = parts().find(|part| part.contains('@') && self.source.contains("LogChunks"));
        let host = parts().skip_while(|part| !part.ends_with("https:")).nth(2);
        let guessed = self.group.split('-').next().unwrap_or(&self.group);
        repository.or(host).unwrap_or(guessed).replace('@', "/").to_lowercase()
    }
}

/// A share with what it was counted from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// How many times it was so.
    pub yes: usize,
    /// Out of how many.
    pub of: usize,
}

impl Share {
    /// The share, 0 to 1; 1 of nothing.
    #[expect(clippy::cast_precision_loss, reason = "counts of labelled texts")]
    pub fn value(self) -> f64 {
        if self.of == 0 {
            1.0
        } else {
            self.yes as f64 / self.of as f64
        }
    }

    fn count(&mut self, yes: bool) {
        self.of += 1;
        self.yes += usize::from(yes);
    }
}

/// What was measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TextMetrics {
    /// Texts read.
    pub texts: usize,
    /// Pairs with one fingerprint that are one failure.
    pub fingerprint_precision: Share,
    /// Pairs of one failure that have one fingerprint.
    pub fingerprint_recall: Share,
    /// Hard negatives with one fingerprint.
    pub hard_negatives_merged: Share,
    /// Askers whose failure is the first match.
    pub recall_at_1: Share,
    /// Askers whose failure is among the first three.
    pub recall_at_3: Share,
    /// Mean reciprocal rank of the right match, 0 when it is not shown.
    pub mean_reciprocal_rank: f64,
    /// Texts in memory when retrieval was asked.
    pub memory: usize,
    /// Decisions "known before" that are right: recurrences against hard negatives.
    pub known_precision: Share,
    /// Recurrences that are decided as known.
    pub known_recall: Share,
    /// Texts of failures never learned that get a match.
    pub strangers_matched: Share,
    /// Cases to look at, one line each.
    pub cases: Vec<String>,
}

/// How many past failures a report shows.
const LIMIT: usize = 3;

/// Measures identity and retrieval.
///
/// `analyze` gives the first failure of a text; where it finds none, the text's own lines are the evidence. `distractors` are other texts that are in
/// memory when retrieval is asked.
pub fn evaluate(
    pairs: &[PairText],
    hard_negatives: &[(String, String)],
    distractors: &[String],
    analyze: &dyn Fn(&str) -> Option<Document>,
) -> TextMetrics {
    let document = |text: &str| analyze(text).unwrap_or_else(|| Document::of_text(text));
    let documents: Vec<Document> = pairs.iter().map(|pair| document(&pair.text)).collect();
    let distractors: Vec<Document> = distractors.iter().map(|text| document(text)).collect();
    let mut metrics = TextMetrics {
        texts: pairs.len(),
        ..TextMetrics::default()
    };
    fingerprints(pairs, &documents, hard_negatives, &mut metrics);
    retrieval(pairs, &documents, &distractors, &mut metrics);
    known_before(pairs, &documents, &distractors, hard_negatives, &mut metrics);
    strangers(pairs, &documents, &mut metrics);
    metrics
}

fn fingerprints(
    pairs: &[PairText],
    documents: &[Document],
    hard_negatives: &[(String, String)],
    metrics: &mut TextMetrics,
) {
    for (index, (pair, document)) in pairs.iter().zip(documents).enumerate() {
        for (other, other_document) in pairs.iter().zip(documents).skip(index + 1) {
            let same = pair.group == other.group;
            let equal = document.fingerprint == other_document.fingerprint;
            if equal {
                metrics.fingerprint_precision.count(same);
            }
            if same {
                metrics.fingerprint_recall.count(equal);
            }
            if same != equal {
                metrics.cases.push(format!(
                    "{} {} {}",
                    if equal { "merged" } else { "split" },
                    pair.id,
                    other.id
                ));
            }
        }
    }
    let by_id: HashMap<&str, &Document> = pairs.iter().map(|pair| pair.id.as_str()).zip(documents).collect();
    for (left, right) in hard_negatives {
        if let (Some(left), Some(right)) = (by_id.get(left.as_str()), by_id.get(right.as_str())) {
            metrics
                .hard_negatives_merged
                .count(left.fingerprint == right.fingerprint);
        }
    }
}

/// One text of each group is learned among the distractors, the others ask.
fn retrieval(pairs: &[PairText], documents: &[Document], distractors: &[Document], metrics: &mut TextMetrics) {
    let mut learned: HashSet<&str> = HashSet::new();
    let mut memory: Vec<Document> = Vec::new();
    let mut groups: Vec<&str> = Vec::new();
    let mut askers: Vec<(&PairText, &Document)> = Vec::new();
    for (pair, document) in pairs.iter().zip(documents) {
        if learned.insert(&pair.group) {
            memory.push(document.clone());
            groups.push(&pair.group);
        } else {
            askers.push((pair, document));
        }
    }
    memory.extend_from_slice(distractors);
    metrics.memory = memory.len();
    let index = Index::build(memory);
    let mut reciprocal = 0.0;
    for (pair, document) in &askers {
        let found = index.query(&(*document).clone().into(), LIMIT);
        let rank = found
            .iter()
            .position(|found| groups.get(found.document).is_some_and(|group| *group == pair.group));
        metrics.recall_at_1.count(rank == Some(0));
        metrics.recall_at_3.count(rank.is_some());
        reciprocal += rank.map_or(0.0, |rank| 1.0 / f64::from(u32::try_from(rank + 1).unwrap_or(u32::MAX)));
        if rank != Some(0) {
            let first = found.first().and_then(|found| groups.get(found.document)).copied();
            let instead = first.unwrap_or(if found.is_empty() { "nothing" } else { "a distractor" });
            metrics
                .cases
                .push(format!("asked {} and got {instead}, right at {rank:?}", pair.id));
        }
    }
    metrics.mean_reciprocal_rank = if askers.is_empty() {
        1.0
    } else {
        reciprocal / f64::from(u32::try_from(askers.len()).unwrap_or(u32::MAX))
    };
}

/// Asks of two texts whether the memory of one calls the other known: recurrences should, hard negatives should not.
fn known_before(
    pairs: &[PairText],
    documents: &[Document],
    distractors: &[Document],
    hard_negatives: &[(String, String)],
    metrics: &mut TextMetrics,
) {
    let position: HashMap<&str, usize> = pairs
        .iter()
        .enumerate()
        .map(|(position, pair)| (pair.id.as_str(), position))
        .collect();
    // The whole memory gives words their rarity; the decision is about one pair.
    let memory: Vec<Document> = documents.iter().chain(distractors).cloned().collect();
    let index = Index::build(memory);
    let mut known: HashMap<usize, HashSet<usize>> = HashMap::new();
    let mut decide = |asked: usize, learned: usize| {
        let found = known.entry(asked).or_insert_with(|| {
            documents
                .get(asked)
                .map(|document| index.query(&document.clone().into(), usize::MAX))
                .into_iter()
                .flatten()
                .map(|found| found.document)
                .collect()
        });
        found.contains(&learned)
    };
    for (asked, pair) in pairs.iter().enumerate() {
        for (learned, other) in pairs.iter().enumerate().take(asked) {
            if pair.group == other.group {
                let right = decide(asked, learned);
                metrics.known_recall.count(right);
                if right {
                    metrics.known_precision.count(true);
                } else {
                    metrics.cases.push(format!("not known {} {}", pair.id, other.id));
                }
            }
        }
    }
    for (left, right) in hard_negatives {
        let places = (position.get(left.as_str()), position.get(right.as_str()));
        if let (Some(left_at), Some(right_at)) = places
            && decide(*left_at, *right_at)
        {
            metrics.known_precision.count(false);
            metrics.cases.push(format!("wrongly known {left} {right}"));
        }
    }
}

/// Every second group is learned, the others ask; then the other way round.
fn strangers(pairs: &[PairText], documents: &[Document], metrics: &mut TextMetrics) {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (position, pair) in pairs.iter().enumerate() {
        groups.entry(&pair.group).or_default().push(position);
    }
    for learned_half in [0, 1] {
        let half = |wanted: usize| {
            groups
                .values()
                .enumerate()
                .filter(move |(number, _)| number % 2 == wanted)
                .flat_map(|(_, members)| members.iter().copied())
        };
        let learned: Vec<usize> = half(learned_half).collect();
        let index = Index::build(
            learned
                .iter()
                .filter_map(|position| documents.get(*position).cloned())
                .collect(),
        );
        for asker in half(1 - learned_half) {
            let (Some(document), Some(pair)) = (documents.get(asker), pairs.get(asker)) else {
                continue;
            };
            let found = index.query(&document.clone().into(), 1);
            metrics.strangers_matched.count(!found.is_empty());
            if let Some(other) = found
                .first()
                .and_then(|found| learned.get(found.document))
                .and_then(|position| pairs.get(*position))
            {
                metrics.cases.push(format!("stranger {} got {}", pair.id, other.id));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(id: &str, group: &str, text: &str) -> PairText {
        PairText {
            id: id.to_owned(),
            text: text.to_owned(),
            group: group.to_owned(),
            ecosystem: String::new(),
            source: String::new(),
        }
    }

    fn measure(hard_negatives: &[(String, String)]) -> TextMetrics {
        let pairs = [
            text(
                "a1",
                "a",
                "--- FAIL: TestDial (0.2s)\n    dial_test.go:12: the banner is missing",
            ),
            text(
                "a2",
                "a",
                "--- FAIL: TestDial (9.1s)\n    dial_test.go:99: the banner is missing",
            ),
            text(
                "b1",
                "b",
                "--- FAIL: TestDial (0.2s)\n    dial_test.go:12: certificate of the peer is unknown",
            ),
            text("c1", "c", "error[E0432]: unresolved import `crate::store`"),
            text("c2", "c", "Error: listen EADDRINUSE: address already in use"),
        ];
        evaluate(
            &pairs,
            hard_negatives,
            &["ld: symbol not found for main".to_owned()],
            &|_| None,
        )
    }

    #[test]
    fn every_metric_is_counted_over_its_own_cases() {
        let metrics = measure(&[
            ("a1".to_owned(), "b1".to_owned()),
            ("a1".to_owned(), "absent".to_owned()),
        ]);
        assert_eq!(metrics.fingerprint_precision, Share { yes: 1, of: 1 });
        assert_eq!(metrics.fingerprint_recall, Share { yes: 1, of: 2 });
        assert_eq!(metrics.hard_negatives_merged, Share { yes: 0, of: 1 });
        assert_eq!(
            (metrics.recall_at_1, metrics.recall_at_3),
            (Share { yes: 1, of: 2 }, Share { yes: 1, of: 2 })
        );
        assert!((metrics.mean_reciprocal_rank - 0.5).abs() < 1e-9);
        assert_eq!(metrics.memory, 4);
        assert_eq!(
            (metrics.known_precision, metrics.known_recall),
            (Share { yes: 1, of: 1 }, Share { yes: 1, of: 2 })
        );
        assert_eq!(metrics.strangers_matched, Share { yes: 0, of: 5 });
        assert!(metrics.cases.contains(&"split c1 c2".to_owned()));
    }

    #[test]
    fn nothing_measured_is_no_failure() {
        let metrics = evaluate(&[], &[], &[], &|_| None);
        assert!((metrics.fingerprint_precision.value() - 1.0).abs() < 1e-9);
    }
}
