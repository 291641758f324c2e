//! The inverted index: built in one pass with a counting sort, asked by BM25, judged by [`resemblance`](super::resemblance).

use std::cell::RefCell;
use std::collections::HashMap;

use super::resemblance::{Profile, THRESHOLD, score};
use super::tokens::{self, Feature};
use super::{Document, Match, MatchKind, Query};
use crate::ids::Fingerprint;

/// Buckets of the posting lists; a power of two.
const BUCKETS: usize = 1 << 15;
/// Messages of a document that are indexed; the rest is compared, not searched.
const INDEXED_LINES: usize = 4;
/// Candidates that are judged closely.
const CANDIDATES: usize = 60;
/// A feature in more than this share of the documents finds no candidates by itself.
const COMMON: f64 = 0.25;

/// Past failures, ready to be asked.
#[derive(Debug)]
pub struct Index {
    documents: Vec<Document>,
    by_fingerprint: HashMap<Fingerprint, Vec<usize>>,
    /// Postings `(feature, document)` of all buckets, one bucket after the other.
    postings: Vec<(Feature, u32)>,
    /// Where each bucket starts, and the end.
    starts: Vec<u32>,
}

impl Index {
    /// Indexes documents. Matches name them by their position here.
    pub fn build(documents: Vec<Document>) -> Self {
        let mut raw: Vec<(Feature, u32)> = Vec::with_capacity(documents.len() * 24);
        let mut own: Vec<Feature> = Vec::new();
        for (document, position) in documents.iter().zip(0_u32..) {
            own.clear();
            indexed(document, &mut own);
            raw.extend(own.iter().map(|feature| (*feature, position)));
        }
        let mut starts = vec![0_u32; BUCKETS + 1];
        for (feature, _) in &raw {
            starts[bucket(*feature) + 1] += 1;
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        let mut postings = vec![(0, 0); raw.len()];
        for posting in raw {
            let place = &mut next[bucket(posting.0)];
            postings[*place as usize] = posting;
            *place += 1;
        }
        let mut by_fingerprint: HashMap<Fingerprint, Vec<usize>> = HashMap::new();
        for (position, document) in documents.iter().enumerate() {
            by_fingerprint
                .entry(document.fingerprint.clone())
                .or_default()
                .push(position);
        }
        Self {
            documents,
            by_fingerprint,
            postings,
            starts,
        }
    }

    /// The documents, in the order given.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// At most `limit` past failures like the one at hand: exact ones first, then near ones at or above [`THRESHOLD`], best first.
    /// Ties go to the later document, which is the more recent one in a list sorted by time.
    pub fn query(&self, query: &Query, limit: usize) -> Vec<Match> {
        let mut matches: Vec<Match> = self
            .by_fingerprint
            .get(&query.document.fingerprint)
            .into_iter()
            .flatten()
            .rev()
            .map(|position| Match {
                document: *position,
                kind: MatchKind::Exact,
                score: 1.0,
            })
            .take(limit)
            .collect();
        if matches.len() < limit {
            let near = self.ranked(query).into_iter().filter(|found| found.score >= THRESHOLD);
            matches.extend(near.take(limit - matches.len()));
        }
        matches
    }

    /// All judged candidates with another fingerprint, best first, whatever their score.
    fn ranked(&self, query: &Query) -> Vec<Match> {
        let profile = Profile::new(&query.document);
        let known = RefCell::new(HashMap::new());
        let rarity = |feature| {
            *known
                .borrow_mut()
                .entry(feature)
                .or_insert_with(|| self.rarity(feature))
        };
        let mut found: Vec<Match> = Vec::new();
        for position in self.candidates(query) {
            let document = &self.documents[position];
            if document.fingerprint == query.document.fingerprint || query.excludes(&document.fingerprint) {
                continue;
            }
            let score = score(&profile, &Profile::new(document), &rarity);
            found.push(Match {
                document: position,
                kind: MatchKind::Near,
                score,
            });
        }
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.document.cmp(&a.document)));
        found
    }

    /// The best documents by BM25 without length normalisation: documents are a few lines long.
    fn candidates(&self, query: &Query) -> Vec<usize> {
        let mut own = Vec::new();
        indexed(&query.document, &mut own);
        let mut scores = vec![0.0_f64; self.documents.len()];
        for feature in own {
            let frequency = self.posted(feature).count();
            if tokens::ratio(frequency, self.documents.len()) > COMMON && self.documents.len() > 20 {
                continue;
            }
            let weight = self.weight(frequency);
            for document in self.posted(feature) {
                scores[document as usize] += weight;
            }
        }
        let mut best: Vec<usize> = (0..scores.len()).filter(|position| scores[*position] > 0.0).collect();
        let better = |a: &usize, b: &usize| scores[*b].total_cmp(&scores[*a]).then(b.cmp(a));
        if best.len() > CANDIDATES {
            best.select_nth_unstable_by(CANDIDATES, better);
            best.truncate(CANDIDATES);
        }
        best
    }

    fn posted(&self, feature: Feature) -> impl Iterator<Item = u32> + '_ {
        let bucket = bucket(feature);
        let range = self.starts[bucket] as usize..self.starts[bucket + 1] as usize;
        self.postings[range]
            .iter()
            .filter(move |(other, _)| *other == feature)
            .map(|(_, document)| *document)
    }

    /// How much a feature tells: its inverse document frequency.
    fn rarity(&self, feature: Feature) -> f64 {
        self.weight(self.posted(feature).count())
    }

    fn weight(&self, frequency: usize) -> f64 {
        // A small memory knows little about rarity: as if a hundred other failures were in it.
        (1.0 + tokens::ratio(self.documents.len() + 100, frequency + 1)).ln()
    }
}

fn bucket(feature: Feature) -> usize {
    usize::try_from(feature & (BUCKETS as u64 - 1)).unwrap_or_default()
}

/// The distinct features a document is found by.
fn indexed(document: &Document, into: &mut Vec<Feature>) {
    for line in document.signature.lines.iter().take(INDEXED_LINES) {
        into.push(tokens::hash(tokens::MESSAGE, line.as_bytes()));
        tokens::each_word(line, &mut |word| into.push(tokens::hash(tokens::WORD, word)));
    }
    into.extend(
        document
            .tests
            .iter()
            .take(4)
            .map(|test| tokens::hash(tokens::TEST, tokens::test_key(test).as_bytes())),
    );
    into.extend(
        document
            .signature
            .code
            .iter()
            .map(|code| tokens::hash(tokens::CODE, code.as_bytes())),
    );
    into.sort_unstable();
    into.dedup();
}
