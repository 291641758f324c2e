//! What people have said about failures: in commands, and by reacting to what was shown.
//!
//! Each is said once and kept under the comment it was said in, so that a comment that is read twice says its thing
//! once. What holds in the end is folded: the latest mute, any "not similar", the votes one by one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::history::read;
use super::model::{Proposal, Record};
use crate::ids::{CommentId, Fingerprint};
use crate::memory::{Entry, Memory, Origin};

/// Outcomes a person's word weighs as many as.
const WEIGHT_OF_A_WORD: u64 = 3;

/// How long a person's word is kept without any other sign of life, in milliseconds: a year, of which retention adds
/// 90 days by itself.
const KEPT: i64 = 275 * 86_400_000;

/// Somebody does not want to hear of a failure for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mute {
    /// Which failure.
    pub fingerprint: Fingerprint,
    /// The comment that said so.
    pub comment: CommentId,
    /// When, milliseconds since the epoch.
    pub at: i64,
    /// Until when; not later than `at` ends an earlier mute.
    pub until: i64,
    /// Who said so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
}

impl Record for Mute {
    const NAMESPACE: &'static str = "shipwright/mute";

    fn key(&self) -> String {
        format!("{}/{}", self.fingerprint, self.comment)
    }

    fn at(&self) -> i64 {
        self.at
    }

    /// Its last sign of life is its end, so that retention does not end it early.
    fn to_entry(&self, origin: Option<Origin>) -> Entry {
        kept_until(self, self.until, origin)
    }
}

/// Two failures that look alike have nothing to do with each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotSimilar {
    /// The one.
    pub fingerprint: Fingerprint,
    /// The other.
    pub other: Fingerprint,
    /// The comment that said so.
    pub comment: CommentId,
    /// When, milliseconds since the epoch.
    pub at: i64,
    /// Who said so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
}

impl Record for NotSimilar {
    const NAMESPACE: &'static str = "shipwright/not-similar";

    fn key(&self) -> String {
        format!("{}/{}/{}", self.fingerprint, self.other, self.comment)
    }

    fn at(&self) -> i64 {
        self.at
    }

    fn to_entry(&self, origin: Option<Origin>) -> Entry {
        kept_until(self, self.at + KEPT, origin)
    }
}

/// What somebody thinks of a fix or a suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// About which failure.
    pub fingerprint: Fingerprint,
    /// The comment or issue it was said in or on.
    pub place: u64,
    /// When, milliseconds since the epoch.
    pub at: i64,
    /// What was said.
    #[serde(flatten)]
    pub opinion: Opinion,
}

/// The opinion of a [`Feedback`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "opinion", rename_all = "kebab-case")]
pub enum Opinion {
    /// A person named what fixed the failure.
    FixedBy {
        /// [`super::FixRecord::id`].
        fix: String,
        /// Who said so.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        by: String,
    },
    /// So many thumbs stood under what was shown for a run, counted since the comment was made.
    Votes {
        /// The run and attempt, as [`Proposal::run`].
        run: String,
        /// 👍
        up: u64,
        /// 👎
        down: u64,
    },
}

impl Record for Feedback {
    const NAMESPACE: &'static str = "shipwright/feedback";

    fn key(&self) -> String {
        let what = match &self.opinion {
            Opinion::FixedBy { fix, .. } => fix.clone(),
            Opinion::Votes { run, up, down } => format!("{run}/{up}-{down}"),
        };
        format!("{}/{}/{what}", self.fingerprint, self.place)
    }

    fn at(&self) -> i64 {
        self.at
    }
}

/// When, under what was shown for which run, thumbs up and down.
type Count = (i64, String, u64, u64);

/// How a shown suggestion was voted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vote {
    /// More thumbs up than down were added while it stood there.
    For,
    /// More thumbs down than up.
    Against,
}

/// What holds of all that was said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    mutes: BTreeMap<Fingerprint, (i64, i64)>,
    apart: BTreeSet<(Fingerprint, Fingerprint)>,
    confirmed: BTreeMap<(Fingerprint, String), u64>,
    votes: BTreeMap<String, Vote>,
}

impl Said {
    pub(super) fn of(records: &Memory, unreadable: &mut usize) -> Self {
        let mut said = Self::default();
        for mute in read::<Mute>(records, unreadable) {
            let holds = said.mutes.entry(mute.fingerprint).or_insert((i64::MIN, 0));
            *holds = (*holds).max((mute.at, mute.until));
        }
        for pair in read::<NotSimilar>(records, unreadable) {
            said.apart.insert(sorted(pair.fingerprint, pair.other));
        }
        let mut counts: BTreeMap<(Fingerprint, u64), Vec<Count>> = BTreeMap::new();
        for feedback in read::<Feedback>(records, unreadable) {
            match feedback.opinion {
                Opinion::FixedBy { fix, .. } => {
                    *said.confirmed.entry((feedback.fingerprint, fix)).or_default() += WEIGHT_OF_A_WORD;
                }
                Opinion::Votes { run, up, down } => {
                    let key = (feedback.fingerprint, feedback.place);
                    counts.entry(key).or_default().push((feedback.at, run, up, down));
                }
            }
        }
        for ((fingerprint, _), mut counted) in counts {
            counted.sort();
            said.count(&fingerprint, &counted);
        }
        said
    }

    /// The thumbs of one comment grow while it is edited from run to run: what was added since the last count is
    /// about what was shown since. Many thumbs are one vote: a crowd of strangers weighs no more than one run.
    fn count(&mut self, fingerprint: &Fingerprint, counted: &[Count]) {
        let (mut ups, mut downs) = (0, 0);
        for (_, run, up, down) in counted {
            let (more_ups, more_downs) = (up.saturating_sub(ups), down.saturating_sub(downs));
            (ups, downs) = (*up, *down);
            let vote = match more_ups.cmp(&more_downs) {
                std::cmp::Ordering::Greater => Vote::For,
                std::cmp::Ordering::Less => Vote::Against,
                std::cmp::Ordering::Equal => continue,
            };
            self.votes.insert(Proposal::id_of(fingerprint, run), vote);
        }
    }

    /// Until when a failure is muted, if it is at `now` (milliseconds since the epoch).
    pub fn muted_until(&self, fingerprint: &Fingerprint, now: i64) -> Option<i64> {
        let (_, until) = self.mutes.get(fingerprint)?;
        (*until > now).then_some(*until)
    }

    /// The pairs with this failure in them of which somebody said that they are not alike.
    pub fn apart_from(&self, fingerprint: &Fingerprint) -> Vec<(Fingerprint, Fingerprint)> {
        let with = |(one, other): &&(Fingerprint, Fingerprint)| one == fingerprint || other == fingerprint;
        self.apart.iter().filter(with).cloned().collect()
    }

    /// How many outcomes the words of people weigh that this fixed that.
    pub fn confirmed(&self, fingerprint: &Fingerprint, fix: &str) -> u64 {
        if self.confirmed.is_empty() {
            return 0;
        }
        let key = (fingerprint.clone(), fix.to_owned());
        self.confirmed.get(&key).copied().unwrap_or_default()
    }

    /// How the suggestion of that id was voted on.
    pub fn vote(&self, proposal: &str) -> Option<Vote> {
        self.votes.get(proposal).copied()
    }
}

/// An entry whose last sign of life is in the future.
fn kept_until<R: Record>(record: &R, until: i64, origin: Option<Origin>) -> Entry {
    let value = serde_json::to_string(record).unwrap_or_default();
    let mut entry = Entry::new(value, record.at());
    entry.last_seen_at = Some(until.max(record.at()));
    entry.origin = origin;
    entry
}

fn sorted(one: Fingerprint, other: Fingerprint) -> (Fingerprint, Fingerprint) {
    if one <= other { (one, other) } else { (other, one) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::History;

    fn fingerprint(byte: u8) -> Fingerprint {
        Fingerprint::from_digest(&[byte; 16])
    }

    fn mute(comment: u64, at: i64, until: i64) -> Mute {
        Mute {
            fingerprint: fingerprint(1),
            comment: CommentId::new(comment),
            at,
            until,
            by: "alice".to_owned(),
        }
    }

    fn votes(run: &str, at: i64, up: u64, down: u64) -> Feedback {
        let opinion = Opinion::Votes {
            run: run.to_owned(),
            up,
            down,
        };
        Feedback {
            fingerprint: fingerprint(1),
            place: 7,
            at,
            opinion,
        }
    }

    fn said(store: impl FnOnce(&mut Memory)) -> Said {
        let mut memory = Memory::default();
        store(&mut memory);
        let history = History::of(&memory);
        assert_eq!(history.unreadable, 0);
        history.said
    }

    #[test]
    fn the_latest_mute_holds_until_its_end() {
        let said = said(|memory| {
            mute(1, 100, 900).store(memory, None);
            mute(2, 200, 500).store(memory, None);
        });
        assert_eq!(said.muted_until(&fingerprint(1), 499), Some(500));
        assert_eq!(said.muted_until(&fingerprint(1), 500), None);
        assert_eq!(said.muted_until(&fingerprint(2), 499), None);
    }

    #[test]
    fn a_mute_of_no_days_ends_an_earlier_one() {
        let said = said(|memory| {
            mute(1, 100, 900).store(memory, None);
            mute(2, 200, 200).store(memory, None);
        });
        assert_eq!(said.muted_until(&fingerprint(1), 300), None);
    }

    #[test]
    fn retention_does_not_end_a_mute_early() {
        assert_eq!(mute(1, 100, 900).to_entry(None).last_active_at(), Some(900));
    }

    #[test]
    fn what_is_apart_is_so_both_ways() {
        let said = said(|memory| {
            let (fingerprint, other) = (fingerprint(9), fingerprint(1));
            NotSimilar {
                fingerprint,
                other,
                comment: CommentId::new(4),
                at: 1,
                by: String::new(),
            }
            .store(memory, None);
        });
        let pair = [(fingerprint(1), fingerprint(9))];
        assert_eq!(said.apart_from(&fingerprint(1)), pair);
        assert_eq!(said.apart_from(&fingerprint(9)), pair);
        assert_eq!(said.apart_from(&fingerprint(2)), []);
    }

    #[test]
    fn a_persons_word_is_kept_apart_from_the_votes() {
        let said = said(|memory| {
            let opinion = Opinion::FixedBy {
                fix: "f".to_owned(),
                by: "alice".to_owned(),
            };
            let word = Feedback {
                fingerprint: fingerprint(1),
                place: 3,
                at: 5,
                opinion,
            };
            word.store(memory, None);
            word.store(memory, None);
        });
        assert_eq!(said.confirmed(&fingerprint(1), "f"), WEIGHT_OF_A_WORD);
        assert_eq!(said.confirmed(&fingerprint(1), "g"), 0);
    }

    #[test]
    fn a_vote_is_about_what_stood_there_when_it_was_given() {
        let said = said(|memory| {
            votes("1.1.", 10, 0, 2).store(memory, None);
            votes("2.1.", 20, 0, 2).store(memory, None);
            votes("3.1.", 30, 1, 2).store(memory, None);
            votes("3.1.", 30, 1, 2).store(memory, None);
        });
        let vote = |run| said.vote(&Proposal::id_of(&fingerprint(1), run));
        assert_eq!(
            (vote("1.1."), vote("2.1."), vote("3.1.")),
            (Some(Vote::Against), None, Some(Vote::For))
        );
    }
}
