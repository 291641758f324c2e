//! What the reader will see, as a value: decided here, worded in `templates/`.

mod care;

use std::collections::BTreeMap;

pub use care::{Care, Owner, Staff};

use crate::failure::{Analysis, Failure};
use crate::ids::{Fingerprint, IssueNumber};
use crate::records::{Fix, History, KnownFailure, Proposal};
use crate::settings::ActionsConfig;
use crate::similar::{Document, Index, MatchKind, Query};
use crate::suggestion::{Action, Circumstances, Source, suggest};

/// Most failures in one report.
pub const MOST_FAILURES: usize = 5;

/// Matches looked at beyond the limit, so that a flood of a stranger's look-alikes does not crowd out our own.
const FLOOD: usize = 200;

/// A report on one run, or on one log.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What it is about.
    pub subject: Subject,
    /// The failures, most important first.
    pub failures: Vec<FailureReport>,
    /// Failures somebody does not want to hear of: one line each, and no reason to speak.
    pub muted: Vec<Muted>,
    /// Jobs that failed but whose log could not be read.
    pub unread: Vec<Unread>,
    /// The repository's own issues and pull requests that talk about the same words.
    pub related: Vec<Related>,
    /// What was not possible, and the remedy; one line each.
    pub degraded: Vec<String>,
}

/// What a report is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// Name of the workflow, or of the log file.
    pub workflow: String,
    /// Page of the run.
    pub url: String,
    /// Attempt of the run, when it is not the first.
    pub attempt: u32,
    /// The branch.
    pub branch: String,
    /// The commit.
    pub sha: String,
    /// `failure`, `timed_out`, …
    pub conclusion: String,
    /// Stage of the user's pipeline.
    pub stage: Option<String>,
    /// Attempt in the user's own loop.
    pub iteration: Option<u32>,
    /// What the run was meant to achieve.
    pub goal: Option<String>,
    /// The issue it works on.
    pub issue: Option<IssueNumber>,
    /// The branch pull requests go to, when known.
    pub base: String,
    /// Since which commit the branch is red, when that could be found out.
    pub first_bad: Option<FirstBad>,
    /// Where the commit lives, `<owner>:<branch>`, when that is a fork; empty when not.
    pub fork: String,
}

/// Where a branch turned red.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstBad {
    /// The first red commit that is known.
    pub sha: String,
    /// Its page.
    pub url: String,
    /// The first line of its message; empty when not known.
    pub title: String,
    /// The last green commit before it.
    pub green: String,
    /// Commits from there on, this one included: with one it is the culprit, with more it is among them.
    pub commits: u64,
}

/// How a failure stands to what is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trend {
    /// Never seen before.
    New,
    /// It comes and goes on the same commit.
    Flaky,
    /// The branch pull requests go to is red with it too.
    BaseIsRed,
    /// This branch has been red with it already.
    Still,
    /// It was over everywhere and is back.
    Back,
    /// Seen before, elsewhere.
    Known,
}

impl Trend {
    /// What `subject` says about a failure of which `known` is remembered.
    pub fn of(known: Option<&KnownFailure>, subject: &Subject) -> Self {
        let Some(known) = known else { return Self::New };
        let red_on = |branch: &str| !branch.is_empty() && known.red_on.iter().any(|red| red == branch);
        let foreign = !subject.fork.is_empty();
        let still = if foreign {
            known.red_in_forks.contains(&subject.fork)
        } else {
            red_on(&subject.branch)
        };
        if known.flaky > 0 {
            Self::Flaky
        } else if (foreign || subject.branch != subject.base) && red_on(&subject.base) {
            Self::BaseIsRed
        } else if still {
            Self::Still
        } else if known.red_on.is_empty() && known.red_in_forks.is_empty() && !known.branches.is_empty() {
            Self::Back
        } else {
            Self::Known
        }
    }

    /// The name used in JSON.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Flaky => "flaky",
            Self::BaseIsRed => "base-is-red",
            Self::Still => "still",
            Self::Back => "back",
            Self::Known => "known",
        }
    }
}

/// One failure with everything known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct FailureReport {
    /// The failure.
    pub failure: Failure,
    /// The jobs (matrix legs) it happened in.
    pub jobs: Vec<JobReference>,
    /// The same failure, seen before.
    pub known: Option<KnownFailure>,
    /// Similar past failures, best first; the same one first of all.
    pub matches: Vec<Similar>,
    /// Two or three things to do.
    pub actions: Vec<Action>,
    /// Who should look at it.
    pub care: Care,
}

/// A failure that is muted.
#[derive(Debug, Clone, PartialEq)]
pub struct Muted {
    /// The failure.
    pub report: FailureReport,
    /// Until when, milliseconds since the epoch.
    pub until: i64,
}

/// A job a failure happened in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobReference {
    /// Its name.
    pub name: String,
    /// Its page.
    pub url: String,
}

/// A similar past failure.
#[derive(Debug, Clone, PartialEq)]
pub struct Similar {
    /// Whether it is the same failure or one that looks like it.
    pub kind: MatchKind,
    /// 0 to 1.
    pub score: f64,
    /// What is remembered of it.
    pub known: KnownFailure,
}

/// A failed job without a readable log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The job.
    pub job: JobReference,
    /// The steps that failed, as the API names them.
    pub steps: Vec<String>,
    /// Why its log is not here and what to do about it.
    pub reason: String,
}

/// An issue or pull request of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Its number.
    pub number: IssueNumber,
    /// Its title.
    pub title: String,
    /// Its page.
    pub url: String,
    /// `open`, `closed` or `merged`.
    pub state: String,
}

/// What suggestions and matches are drawn from.
#[derive(Debug, Clone)]
pub struct Knowledge<'a> {
    /// What is remembered.
    pub history: &'a History,
    /// Most similar failures shown per failure.
    pub limit: usize,
    /// The user's own actions.
    pub actions: &'a ActionsConfig,
    /// The action of the user's matcher, by the fingerprint it recognised.
    pub matcher_actions: BTreeMap<Fingerprint, String>,
    /// The roles there are and who is responsible for what.
    pub staff: &'a Staff,
}

/// The history, ready to be asked for matches.
pub struct Recall<'a> {
    history: &'a History,
    index: Index,
    /// Which known failure each document is: the oldest comes first, so that of equal matches the newest wins.
    order: Vec<usize>,
}

impl<'a> Recall<'a> {
    /// Builds the index over everything remembered.
    pub fn new(history: &'a History) -> Self {
        let mut order: Vec<usize> = (0..history.failures.len()).collect();
        order.sort_by_key(|at| history.failures.get(*at).map(|known| known.last_seen));
        let documents = order
            .iter()
            .filter_map(|at| history.failures.get(*at))
            .map(|known| Document {
                fingerprint: known.fingerprint.clone(),
                signature: known.signature.clone(),
                tool: known.tool.clone(),
                tests: known.tests.clone(),
            });
        Self {
            index: Index::build(documents.collect()),
            history,
            order,
        }
    }

    /// The most similar past failures, at most `limit`. Within the same kind, what the repository itself has seen
    /// comes before what a fork has said.
    pub fn similar(&self, document: Document, limit: usize) -> Vec<Similar> {
        if limit == 0 {
            return Vec::new();
        }
        let mut query = Query::from(document);
        query.not_similar = self.history.said.apart_from(&query.document.fingerprint);
        let found = self.index.query(&query, limit + FLOOD).into_iter().filter_map(|found| {
            let known = self.history.failures.get(*self.order.get(found.document)?)?.clone();
            Some(Similar {
                kind: found.kind,
                score: found.score,
                known,
            })
        });
        let mut matches: Vec<Similar> = found.collect();
        matches.sort_by_key(|similar| (similar.kind != MatchKind::Exact, !similar.known.trusted));
        matches.truncate(limit);
        matches
    }
}

/// The failures of one log with what is known about each.
pub fn explain(
    analysis: Analysis,
    job: Option<&JobReference>,
    stage: Option<&str>,
    knowledge: &Knowledge<'_>,
) -> Vec<FailureReport> {
    let recall = Recall::new(knowledge.history);
    let failures = analysis.failures.into_iter().take(MOST_FAILURES);
    failures
        .map(|failure| explain_one(failure, job, stage, knowledge, &recall))
        .collect()
}

fn explain_one(
    failure: Failure,
    job: Option<&JobReference>,
    stage: Option<&str>,
    knowledge: &Knowledge<'_>,
    recall: &Recall<'_>,
) -> FailureReport {
    let matches = recall.similar(Document::from(&failure), knowledge.limit);
    let known = knowledge.history.get(&failure.fingerprint).cloned();
    let own: &[Fix] = known.as_ref().map_or(&[], |known| &known.fixes);
    let near = matches
        .iter()
        .filter(|similar| similar.kind == MatchKind::Near)
        .flat_map(|similar| &similar.known.fixes);
    let category_actions = knowledge
        .actions
        .categories
        .iter()
        .find_map(|(category, actions)| (category.as_str() == failure.category.as_str()).then_some(actions));
    let stage_actions = stage.and_then(|stage| knowledge.actions.stages.get(stage));
    let circumstances = Circumstances {
        fixes: own.iter().chain(near).collect(),
        seen: known.as_ref().map_or(0, |known| known.seen),
        flaky: known.as_ref().map_or(0, |known| known.flaky),
        stubborn: known.as_ref().map_or(0, |known| known.stubborn),
        stage,
        matcher: knowledge.matcher_actions.get(&failure.fingerprint).map(String::as_str),
        category_actions: category_actions.map_or(&[], Vec::as_slice),
        stage_actions: stage_actions.map_or(&[], Vec::as_slice),
    };
    let mut actions = suggest(&failure, &circumstances);
    // What people turned down comes last.
    let unwanted = known.as_ref().map_or(&[][..], |known| &known.unwanted);
    actions.sort_by_key(|action| unwanted.contains(&action.text));
    FailureReport {
        care: knowledge.staff.care(&failure, stage),
        failure,
        jobs: job.cloned().into_iter().collect(),
        known,
        matches,
        actions,
    }
}

/// Folds the failures of many jobs: the same fingerprint in several matrix legs is one failure. What stops most jobs
/// comes first, then what is most certain.
pub fn fold(failures: Vec<FailureReport>) -> Vec<FailureReport> {
    let mut folded: Vec<FailureReport> = Vec::new();
    for report in failures {
        match folded
            .iter_mut()
            .find(|earlier| earlier.failure.fingerprint == report.failure.fingerprint)
        {
            Some(earlier) => {
                for job in report.jobs {
                    if !earlier.jobs.contains(&job) {
                        earlier.jobs.push(job);
                    }
                }
            }
            None => folded.push(report),
        }
    }
    folded.sort_by_key(|report| std::cmp::Reverse(report.jobs.len()));
    folded.truncate(MOST_FAILURES);
    folded
}

/// Parts what is muted at `now` (milliseconds since the epoch) from what is not.
pub fn part(failures: Vec<FailureReport>, history: &History, now: i64) -> (Vec<FailureReport>, Vec<Muted>) {
    let (mut loud, mut muted) = (Vec::new(), Vec::new());
    for report in failures {
        match history.said.muted_until(&report.failure.fingerprint, now) {
            Some(until) => muted.push(Muted { report, until }),
            None => loud.push(report),
        }
    }
    (loud, muted)
}

impl Report {
    /// Every failure, also those that are muted.
    pub fn all_failures(&self) -> impl Iterator<Item = &FailureReport> {
        self.failures.iter().chain(self.muted.iter().map(|muted| &muted.report))
    }

    /// Whether there is anything to speak up for: a report of muted failures alone is none.
    pub fn is_worth_speaking(&self) -> bool {
        self.muted.is_empty() || !self.failures.is_empty() || !self.unread.is_empty()
    }
}

/// The record of what a report suggests for one failure. `run` is where it is shown, `scope` what a later success must
/// share to count as its end.
pub fn proposal(shown: &FailureReport, subject: &Subject, run: &str, now: i64, scope: String) -> Proposal {
    let fix = |action: &Action| match &action.source {
        Source::Fix { id, .. } => Some(id.clone()),
        Source::Matcher | Source::Rerun | Source::Category | Source::Stage => None,
    };
    Proposal {
        id: Proposal::id_of(&shown.failure.fingerprint, run),
        ts: now,
        stage: subject.stage.clone(),
        category: shown.failure.category,
        actions: shown.actions.iter().map(|action| action.text.clone()).collect(),
        fixes: shown.actions.iter().filter_map(fix).collect(),
        fingerprint: shown.failure.fingerprint.clone(),
        run: run.to_owned(),
        scope,
    }
}

/// Words to search the repository's own issues by: the test, or the telling words of the masked decisive line. None
/// when nothing telling is left after masking.
pub fn search_words(failure: &Failure) -> Option<String> {
    let telling = |word: &&str| word.len() >= 4 && word.chars().any(char::is_alphabetic) && !word.contains('<');
    let clean = |text: &str| -> String {
        text.chars()
            .map(|c| {
                if c.is_alphanumeric() || matches!(c, '_' | '<') {
                    c
                } else {
                    ' '
                }
            })
            .collect()
    };
    let source = failure.tests.first().or(failure.signature.lines.first())?;
    let cleaned = clean(source);
    let mut words: Vec<&str> = cleaned.split_whitespace().filter(telling).collect();
    words.dedup();
    let words: Vec<&str> = words.into_iter().take(6).collect();
    (!words.is_empty()).then(|| words.join(" "))
}
