//! Which role a task is for: words of the trade are evidence, and the answer says which of them decided.
//!
//! Every role has a vocabulary (`vocabulary/<role>.txt`, written from knowledge of the trade) of terms in four strengths;
//! a role without one, such as a role somebody created, is known by its title, description, skills, metrics and trigger
//! words. A term that several roles claim says less about each. A phrase outweighs the single words inside it. Words
//! learned from outcomes are added on top. The sums become shares by a soft maximum, so confidence grows with evidence
//! and with the distance to the next role.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::stores::{Roles, Weights};
use super::super::words::{Reader, Word, is_article};

/// The vocabularies of the built-in roles.
const VOCABULARIES: &[(&str, &str)] = &[
    ("architect", include_str!("../vocabulary/architect.txt")),
    ("builder", include_str!("../vocabulary/builder.txt")),
    ("devops", include_str!("../vocabulary/devops.txt")),
    ("docs-writer", include_str!("../vocabulary/docs-writer.txt")),
    (
        "incident-responder",
        include_str!("../vocabulary/incident-responder.txt"),
    ),
    ("optimizer", include_str!("../vocabulary/optimizer.txt")),
    ("pm", include_str!("../vocabulary/pm.txt")),
    ("reviewer", include_str!("../vocabulary/reviewer.txt")),
    ("security-auditor", include_str!("../vocabulary/security-auditor.txt")),
    ("tester", include_str!("../vocabulary/tester.txt")),
];

/// With fewer roles than this, confidence is what it would be with this many: having little to choose from is no evidence.
const FEWEST: usize = 10;

/// The role that takes what nobody else claims.
pub const FALLBACK_ROLE: &str = "builder";

/// What the engine can be told.
struct Tuning {
    /// Evidence of a term by its strength 0 to 4.
    strength: [f64; 5],
    /// What a term keeps when 1, 2, 3, 4 or more roles claim it.
    shared: [f64; 4],
    /// What a single word keeps inside a phrase of the same role, of another role.
    inside_own: f64,
    inside_other: f64,
    /// What a term adds when it comes again.
    again: f64,
    /// A head start for the fallback role: most work is building.
    head_start: f64,
    /// How much evidence multiplies the odds by e, for a text of `usual_length` words.
    scale: f64,
    usual_length: f64,
}

const TUNING: Tuning = Tuning {
    strength: [0.0, 0.4, 1.2, 2.4, 4.0],
    shared: [1.0, 0.7, 0.5, 0.35],
    inside_own: 0.2,
    inside_other: 0.4,
    again: 0.25,
    head_start: 1.0,
    scale: 2.0,
    usual_length: 16.0,
};

/// A role and how much speaks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The role's key.
    pub role: String,
    /// 0 to 1; the shares of all candidates sum to at most 1.
    pub confidence: f64,
    /// The evidence found, unscaled: 4 is one strong term.
    pub evidence: f64,
    /// The terms that decided, strongest first.
    pub reasons: Vec<String>,
}

struct Term {
    role: usize,
    keys: Vec<String>,
    leads: bool,
    weight: f64,
    label: String,
}

/// The vocabulary of all roles, ready for many tasks.
pub struct Matcher {
    reader: Reader,
    roles: Vec<String>,
    terms: Vec<Term>,
    by_first: HashMap<String, Vec<usize>>,
}

impl Matcher {
    /// Reads the vocabularies of the roles there are, and what was learned.
    pub fn new(roles: &Roles, weights: &Weights) -> Self {
        Self::build(roles, weights, Builder::default())
    }

    /// The same for one text only: terms that cannot be in it are left out, which is ten times as fast.
    pub fn for_text(roles: &Roles, weights: &Weights, text: &str) -> Self {
        let mut builder = Builder::default();
        let words = builder.reader.words(text);
        let beginnings = words
            .iter()
            .flat_map(|word| [&word.surface, &word.stem].into_iter().chain(&word.parts))
            .map(|word| beginning(word));
        builder.wanted = Some(beginnings.collect());
        Self::build(roles, weights, builder)
    }

    fn build(roles: &Roles, weights: &Weights, mut builder: Builder) -> Self {
        let known: Vec<&str> = roles.keys().collect();
        for (at, key) in known.iter().enumerate() {
            match VOCABULARIES.iter().find(|(role, _)| role == key) {
                Some((_, vocabulary)) => builder.vocabulary(at, vocabulary),
                None => {
                    if let Some(role) = roles.get(key) {
                        for trigger in &role.trigger_keywords {
                            builder.term(at, &trigger.to_lowercase(), TUNING.strength[4]);
                        }
                        builder.text(at, &role.title, TUNING.strength[3]);
                        builder.text(at, &role.required_skills.join(" "), TUNING.strength[3]);
                        builder.text(at, &role.description, TUNING.strength[2]);
                        builder.text(at, &role.success_metrics.join(" "), TUNING.strength[1]);
                    }
                }
            }
        }
        builder.share();
        for (word, learned) in weights.iter() {
            if let Some(at) = known.iter().position(|key| *key == learned.role) {
                builder.term(at, word, (learned.weight * 0.5).clamp(0.0, 5.0));
            }
        }
        builder.finish(known.into_iter().map(str::to_owned).collect())
    }

    /// All roles with their shares, best first; ties fall to the fallback role, then to the alphabet.
    pub fn rank(&self, text: &str) -> Vec<Candidate> {
        let words = self.reader.words(text);
        let evidence = self.evidence(&words);
        #[expect(clippy::cast_precision_loss, reason = "a number of words is small")]
        let length = (words.len() as f64 / TUNING.usual_length).max(1.0).sqrt();
        let mut scores = vec![0.0; self.roles.len()];
        let mut reasons: Vec<Vec<(f64, &str)>> = vec![Vec::new(); self.roles.len()];
        for (&term, &weight) in &evidence {
            let term = &self.terms[term];
            scores[term.role] += weight;
            reasons[term.role].push((weight, &term.label));
        }
        let exponents: Vec<f64> = self
            .roles
            .iter()
            .zip(&scores)
            .map(|(role, score)| {
                let head_start = if role == FALLBACK_ROLE { TUNING.head_start } else { 0.0 };
                (score / length + head_start) / TUNING.scale
            })
            .collect();
        let highest = exponents.iter().copied().fold(f64::MIN, f64::max);
        #[expect(clippy::cast_precision_loss, reason = "at most ten")]
        let absent = FEWEST.saturating_sub(self.roles.len()) as f64 * (-highest).exp();
        let total: f64 = absent + exponents.iter().map(|exponent| (exponent - highest).exp()).sum::<f64>();
        let mut candidates: Vec<Candidate> = self
            .roles
            .iter()
            .zip(exponents.iter().zip(&scores))
            .zip(reasons)
            .map(|((role, (exponent, score)), mut reasons)| {
                reasons.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(other.1)));
                reasons.dedup_by(|one, other| one.1 == other.1);
                Candidate {
                    role: role.clone(),
                    confidence: (exponent - highest).exp() / total,
                    evidence: *score,
                    reasons: reasons.into_iter().map(|(_, label)| label.to_owned()).collect(),
                }
            })
            .collect();
        candidates.sort_by(|one, other| {
            other
                .confidence
                .total_cmp(&one.confidence)
                .then_with(|| (other.role == FALLBACK_ROLE).cmp(&(one.role == FALLBACK_ROLE)))
                .then_with(|| one.role.cmp(&other.role))
        });
        candidates
    }

    /// Every term found, with its weight after phrases and repetition.
    fn evidence(&self, words: &[Word]) -> BTreeMap<usize, f64> {
        let mut hits: Vec<(usize, usize)> = Vec::new();
        for at in 0..words.len() {
            self.hits_at(words, at, &mut hits);
        }
        // The strongest phrase over each word, by role.
        let mut cover: Vec<Option<usize>> = vec![None; words.len()];
        for &(term, at) in &hits {
            let length = self.terms[term].keys.len();
            if length > 1 {
                for slot in cover.iter_mut().skip(at).take(length) {
                    let longer = slot.is_none_or(|before| self.terms[before].keys.len() < length);
                    if longer {
                        *slot = Some(term);
                    }
                }
            }
        }
        let mut evidence = BTreeMap::new();
        for (term, at) in hits {
            let this = &self.terms[term];
            let covered_by = cover.get(at).copied().flatten().map(|phrase| &self.terms[phrase]);
            let kept = match covered_by {
                Some(phrase) if phrase.keys.len() > this.keys.len() => {
                    if phrase.role == this.role {
                        TUNING.inside_own
                    } else {
                        TUNING.inside_other
                    }
                }
                _ => 1.0,
            };
            evidence
                .entry(term)
                .and_modify(|weight| *weight += this.weight * kept * TUNING.again)
                .or_insert(this.weight * kept);
        }
        evidence
    }

    fn hits_at(&self, words: &[Word], at: usize, hits: &mut Vec<(usize, usize)>) {
        let word = &words[at];
        let exact = format!("={}", word.surface);
        let firsts = [word.stem.as_str(), exact.as_str()]
            .into_iter()
            .chain(word.parts.iter().map(String::as_str));
        for (nth, first) in firsts.enumerate() {
            for &term in self.by_first.get(first).map_or(&[][..], Vec::as_slice) {
                let this = &self.terms[term];
                let rest_fits = this
                    .keys
                    .iter()
                    .skip(1)
                    .enumerate()
                    .all(|(offset, key)| words.get(at + 1 + offset).is_some_and(|next| next.stem == *key));
                // Parts of a joined word only stand for single words.
                if rest_fits && (!this.leads || word.leads) && (nth < 2 || this.keys.len() == 1) {
                    hits.push((term, at));
                }
            }
        }
    }
}

/// The first three bytes: a word and its stem share them.
fn beginning(word: &str) -> [u8; 3] {
    let mut beginning = [0; 3];
    beginning
        .iter_mut()
        .zip(word.bytes())
        .for_each(|(slot, byte)| *slot = byte);
    beginning
}

#[derive(Default)]
struct Builder {
    reader: Reader,
    /// Beginnings of words that matter; all when absent.
    wanted: Option<HashSet<[u8; 3]>>,
    terms: Vec<Term>,
    known: HashMap<(usize, bool, String), usize>,
}

impl Builder {
    /// Lines of `strength: term, term`; `#` opens a comment, `^` wants the start of a sentence, `=` the exact word.
    fn vocabulary(&mut self, role: usize, text: &str) {
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((strength, terms)) = line.split_once(':') {
                let strength = strength.trim().parse::<usize>().unwrap_or(0).min(4);
                for term in terms.split(',') {
                    self.term(role, term, TUNING.strength[strength]);
                }
            }
        }
    }

    fn text(&mut self, role: usize, text: &str, weight: f64) {
        for word in self.reader.words(text) {
            if word.surface.len() > 3 {
                self.keys(role, vec![word.stem], false, weight, &word.surface);
            }
        }
    }

    fn term(&mut self, role: usize, term: &str, weight: f64) {
        let term = term.trim();
        if !self.may_occur(term) {
            return;
        }
        let (leads, bare) = term.strip_prefix('^').map_or((false, term), |bare| (true, bare));
        if let Some(exact) = bare.strip_prefix('=') {
            self.keys(role, vec![format!("={exact}")], leads, weight, exact);
            return;
        }
        let keys: Vec<String> = self.reader.words(bare).into_iter().map(|word| word.stem).collect();
        self.keys(role, keys, leads, weight, bare);
    }

    /// Whether the term's first word may be one that matters. Classes and articles cannot be told by their letters.
    fn may_occur(&self, term: &str) -> bool {
        let Some(wanted) = &self.wanted else {
            return true;
        };
        let first = term
            .trim_start_matches(['^', '='])
            .split(|letter: char| !letter.is_alphanumeric())
            .next();
        first.is_none_or(|first| first.is_empty() || is_article(first) || wanted.contains(&beginning(first)))
    }

    fn keys(&mut self, role: usize, keys: Vec<String>, leads: bool, weight: f64, label: &str) {
        if keys.is_empty() || weight <= 0.0 {
            return;
        }
        match self.known.entry((role, leads, keys.join(" "))) {
            std::collections::hash_map::Entry::Occupied(known) => {
                let term = &mut self.terms[*known.get()];
                term.weight = term.weight.max(weight);
            }
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(self.terms.len());
                self.terms.push(Term {
                    role,
                    keys,
                    leads,
                    weight,
                    label: label.to_owned(),
                });
            }
        }
    }

    /// Weakens what several roles claim.
    fn share(&mut self) {
        let mut claims: HashMap<String, f64> = HashMap::new();
        for term in &self.terms {
            *claims.entry(term.keys.join(" ")).or_insert(0.0) += 1.0;
        }
        for term in &mut self.terms {
            let claimed = claims.get(&term.keys.join(" ")).copied().unwrap_or(1.0);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a small whole number"
            )]
            let at = (claimed as usize).clamp(1, 4) - 1;
            term.weight *= TUNING.shared[at];
        }
    }

    fn finish(self, roles: Vec<String>) -> Matcher {
        let mut by_first: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, term) in self.terms.iter().enumerate() {
            if let Some(first) = term.keys.first() {
                by_first.entry(first.clone()).or_default().push(at);
            }
        }
        Matcher {
            reader: self.reader,
            roles,
            terms: self.terms,
            by_first,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::stores::{Extra, Learned, Role};
    use super::super::builtin_roles;
    use super::*;

    fn best(text: &str) -> Candidate {
        Matcher::new(&builtin_roles(), &Weights::default()).rank(text).remove(0)
    }

    #[test]
    fn a_matcher_for_one_text_ranks_it_like_one_for_all() {
        let mut weights = Weights::default();
        let learned = Learned {
            role: "pm".to_owned(),
            weight: 5.0,
            source: String::new(),
            extra: Extra::new(),
        };
        weights.insert("zebra", learned);
        let all = Matcher::new(&builtin_roles(), &weights);
        for text in [
            "",
            "Fix CVE-2024-1 in ../../etc, it takes 30 seconds and O(n) since 14:02",
            "The N+1 query is slow; an example of how to dockerise the zebra by 12 March",
            "Profiling refactorToMonorepo: users' re-architected a/b testing",
        ] {
            assert_eq!(
                Matcher::for_text(&builtin_roles(), &weights, text).rank(text),
                all.rank(text),
                "{text}"
            );
        }
    }

    #[test]
    fn every_vocabulary_belongs_to_a_role_and_every_line_has_a_strength() {
        let roles = builtin_roles();
        assert_eq!(VOCABULARIES.len(), roles.len());
        for (role, vocabulary) in VOCABULARIES {
            assert!(roles.get(role).is_some(), "{role}");
            for line in vocabulary.lines().filter(|line| !line.starts_with('#')) {
                let strength = line
                    .split_once(": ")
                    .and_then(|(strength, _)| strength.parse::<usize>().ok());
                assert!(
                    strength.is_some_and(|strength| (1..=4).contains(&strength)),
                    "{role}: {line}"
                );
            }
        }
    }

    #[test]
    fn a_phrase_outweighs_the_words_in_it_and_the_reasons_say_so() {
        let best = best("Fix the code review");
        assert_eq!(
            (best.role.as_str(), best.reasons[0].as_str()),
            ("reviewer", "code review")
        );
    }

    #[test]
    fn without_evidence_the_fallback_is_a_guess_however_few_roles_there_are() {
        let few: Roles = [("builder", Role::default()), ("other", Role::default())]
            .into_iter()
            .map(|(key, role)| (key.to_owned(), role))
            .collect();
        for roles in [builtin_roles(), few] {
            let best = Matcher::new(&roles, &Weights::default()).rank("qqq zzz").remove(0);
            assert!(
                best.role == FALLBACK_ROLE && best.confidence < 0.2 && best.reasons.is_empty(),
                "{best:?}"
            );
        }
    }

    #[test]
    fn a_role_somebody_made_is_known_by_its_own_words() {
        let mut roles = builtin_roles();
        let role = Role {
            title: "Zoo Keeper".to_owned(),
            trigger_keywords: vec!["Giraffe".to_owned()],
            ..Role::default()
        };
        roles.insert("zoo-keeper", role);
        for text in ["feed the giraffes", "ask the keeper of the zoo"] {
            let matcher = Matcher::for_text(&roles, &Weights::default(), text);
            assert_eq!(matcher.rank(text)[0].role, "zoo-keeper", "{text}");
        }
    }
}
