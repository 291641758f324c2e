//! How sure we are that two failures with different fingerprints are the same: shared telling words, then a gate of identity.
//!
//! The coefficients were fitted by hand on pairs of real failures seen again and on pairs that only look alike; the scale is calibrated so that
//! [`THRESHOLD`] is where a match is as often right as wrong among the pairs hardest to tell, and far better among strangers.

use super::Document;
use super::tokens::{self, Feature};
use crate::failure::identity::{host, is_infrastructure};

/// Matches below this score are not shown.
pub const THRESHOLD: f64 = 0.5;

/// Messages of a failure that must be found again in the other.
const LEADING: usize = 2;
/// Trigrams that names of almost the same class have in common, at least.
const ALIKE: f64 = 0.82;
/// Weight of the first, the second leading message.
const LEADING_WEIGHTS: [f64; LEADING] = [1.0, 0.3];

/// A document, prepared for comparison.
pub(super) struct Profile<'a> {
    messages: Vec<Vec<Feature>>,
    all: Vec<Feature>,
    tests: Vec<&'a str>,
    code: Option<&'a str>,
    tool: Option<&'a str>,
    subjects: Vec<Feature>,
    infrastructure: bool,
}

impl<'a> Profile<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        let messages: Vec<Vec<Feature>> = document
            .signature
            .lines
            .iter()
            .map(|line| tokens::features(line))
            .filter(|words| !words.is_empty())
            .collect();
        let mut all: Vec<Feature> = messages.iter().flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        let mut tests: Vec<&str> = document.tests.iter().map(|test| tokens::test_key(test)).collect();
        tests.sort_unstable();
        tests.dedup();
        let first = document.signature.lines.first().map_or("", String::as_str);
        let mut subjects = tokens::subjects(first);
        let infrastructure = document.signature.code.as_deref().is_some_and(is_infrastructure);
        if infrastructure {
            // A service that is down is that service.
            subjects.extend(host(first).map(|host| tokens::hash(tokens::SUBJECT, host.as_bytes())));
        }
        Self {
            infrastructure,
            subjects,
            messages,
            all,
            tests,
            code: document.signature.code.as_deref(),
            tool: document.tool.as_deref(),
        }
    }
}

/// What two failures have in common, each 0 to 1 unless said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Evidence {
    /// The leading messages of each found again in the other.
    pub leading: f64,
    /// The words of all messages.
    pub words: f64,
    /// Tests: 1 the same, down to -1 another; 0 unknown.
    pub tests: f64,
    /// How much of the best messages is words of their own on both sides: something else stands in the same place.
    pub substituted: f64,
    /// What the best messages name in quotes: 1 the same, -1 something else, 0 unknown.
    pub subjects: f64,
    /// Codes: 1 the same, -1 another, 0 unknown.
    pub codes: f64,
}

pub(super) fn compare(left: &Profile<'_>, right: &Profile<'_>, rarity: &dyn Fn(Feature) -> f64) -> Evidence {
    let codes = match (left.code, right.code) {
        (Some(one), Some(other)) if one.eq_ignore_ascii_case(other) => 1.0,
        (Some(_), Some(_)) => -1.0,
        (None, _) | (_, None) => 0.0,
    };
    Evidence {
        leading: f64::midpoint(found_again(left, right, rarity), found_again(right, left, rarity)),
        words: overlap(&left.all, &right.all, rarity),
        tests: same_tests(&left.tests, &right.tests),
        substituted: substituted(left, right, rarity),
        subjects: same_subjects(&left.subjects, &right.subjects),
        codes,
    }
}

/// The calibrated score of a pair, 0 to 1.
pub(super) fn score(left: &Profile<'_>, right: &Profile<'_>, rarity: &dyn Fn(Feature) -> f64) -> f64 {
    let evidence = compare(left, right, rarity);
    let tools = match (left.tool, right.tool) {
        (Some(one), Some(other)) if one != other => -0.5,
        (Some(_) | None, Some(_) | None) => 0.0,
    };
    let signed = |value: f64, against: f64, favour: f64| if value < 0.0 { against * value } else { favour * value };
    // The words around a known infrastructure failure vary: its name is the identity.
    let substitution = if evidence.codes > 0.0 && left.infrastructure {
        2.0
    } else {
        14.0
    };
    let logit = -6.0
        + 6.0 * evidence.leading
        + 2.5 * evidence.words
        + signed(evidence.tests, 6.0, 1.6)
        + signed(evidence.codes, 2.5, 0.5)
        + signed(evidence.subjects, 2.5, 0.5)
        + tools
        - substitution * evidence.substituted;
    1.0 / (1.0 + (-logit).exp())
}

fn same_subjects(left: &[Feature], right: &[Feature]) -> f64 {
    if left.is_empty() || right.is_empty() {
        return 0.0;
    }
    let shared = left.iter().filter(|subject| right.contains(subject)).count();
    2.0 * tokens::ratio(2 * shared, left.len() + right.len()) - 1.0
}

/// How much of the leading messages of one stands in some message of the other.
fn found_again(one: &Profile<'_>, other: &Profile<'_>, rarity: &dyn Fn(Feature) -> f64) -> f64 {
    let (mut sum, mut whole) = (0.0, 0.0);
    for (message, weight) in one.messages.iter().zip(LEADING_WEIGHTS) {
        let best = other
            .messages
            .iter()
            .map(|candidate| overlap(message, candidate, rarity))
            .fold(0.0, f64::max);
        sum += weight * best;
        whole += weight;
    }
    if whole > 0.0 { sum / whole } else { 0.0 }
}

/// How far the best message of each says something of its own against the message of the other most like it. One that merely says more or less is no substitution.
fn substituted(left: &Profile<'_>, right: &Profile<'_>, rarity: &dyn Fn(Feature) -> f64) -> f64 {
    let one_way = |one: &Profile<'_>, other: &Profile<'_>| {
        let leading = one.messages.first()?;
        let like = |candidate: &&Vec<Feature>| overlap(leading, candidate, rarity);
        let best = other.messages.iter().max_by(|a, b| like(a).total_cmp(&like(b)))?;
        let own = |of: &[Feature], against: &[Feature]| -> f64 {
            of.iter()
                .filter(|feature| against.binary_search(feature).is_err())
                .map(|feature| rarity(*feature))
                .sum()
        };
        let whole: f64 = leading.iter().chain(best).map(|feature| rarity(*feature)).sum();
        (whole > 0.0).then(|| 2.0 * own(leading, best).min(own(best, leading)) / whole)
    };
    match (one_way(left, right), one_way(right, left)) {
        (Some(one), Some(other)) => one.min(other),
        (one, other) => one.or(other).unwrap_or(0.0),
    }
}

/// The share of the words of two sorted sets that both have, weighted by rarity (Dice).
fn overlap(left: &[Feature], right: &[Feature], rarity: &dyn Fn(Feature) -> f64) -> f64 {
    let (mut shared, mut whole) = (0.0, 0.0);
    for feature in left {
        let weight = rarity(*feature);
        whole += weight;
        if right.binary_search(feature).is_ok() {
            shared += 2.0 * weight;
        }
    }
    whole += right.iter().map(|feature| rarity(*feature)).sum::<f64>();
    if whole > 0.0 { shared / whole } else { 0.0 }
}

/// 1 when one set of tests holds the other, -1 when they have nothing alike, 0 when one is unknown.
fn same_tests(left: &[&str], right: &[&str]) -> f64 {
    if left.is_empty() || right.is_empty() {
        return 0.0;
    }
    let shared = left
        .iter()
        .filter(|one| right.iter().any(|other| one.eq_ignore_ascii_case(other)))
        .count();
    if shared > 0 {
        return 2.0 * tokens::ratio(shared, left.len().min(right.len())) - 1.0;
    }
    let pairs = || {
        left.iter()
            .take(5)
            .flat_map(|one| right.iter().take(5).map(move |other| (*one, *other)))
    };
    // Reporters write a name as the code does or as a sentence, with its class or without.
    if pairs().any(|(one, other)| same_words(&tokens::test_words(one), &tokens::test_words(other))) {
        return 1.0;
    }
    // The same method in a class of almost the same name.
    let parts = |name: &str| {
        let mut parts = name.rsplit([' ', '.', ':', '#', '/']).map(str::to_ascii_lowercase);
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    };
    let is_sentence = |name: &str| name.split(' ').count() > 2;
    let alike = |(one, other): (&str, &str)| {
        if is_sentence(one) || is_sentence(other) {
            let (one_words, other_words) = (tokens::test_words(one), tokens::test_words(other));
            return one_words.len() != other_words.len() && tokens::trigram_similarity(one, other) > ALIKE;
        }
        let ((method, class), (other_method, other_class)) = (parts(one), parts(other));
        method == other_method && !class.is_empty() && tokens::trigram_similarity(&class, &other_class) > ALIKE
    };
    if pairs().any(alike) { 0.0 } else { -1.0 }
}

/// Whether one name is the other, or its end behind the name of its class or file.
fn same_words(one: &[String], other: &[String]) -> bool {
    const TELLING: usize = 2;
    let shorter = one.len().min(other.len());
    shorter >= TELLING && (one.ends_with(other) || other.ends_with(one))
}
