//! What templates see: plain data, every text of it untrusted until a filter has made it inert.

use serde::Serialize;

use crate::failure::Failure;
use crate::ids::Fingerprint;
use crate::records::{Fix, KnownFailure};
use crate::report::{Care, FailureReport, JobReference, Muted, Report, Similar, Subject, Trend};
use crate::similar::MatchKind;
use crate::suggestion::Source;

/// How much of a report is shown; see [`Budget::LEVELS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Failures.
    pub failures: usize,
    /// Excerpt lines per failure.
    pub lines: usize,
    /// Characters of one excerpt line.
    pub width: usize,
    /// Jobs, tests, unread jobs and related issues named.
    pub names: usize,
}

impl Budget {
    /// From all there is down to what always fits a comment of 1,000 characters' order.
    pub const LEVELS: &'static [Self] = &[
        Self {
            failures: 5,
            lines: 30,
            width: 400,
            names: 10,
        },
        Self {
            failures: 5,
            lines: 20,
            width: 240,
            names: 5,
        },
        Self {
            failures: 3,
            lines: 12,
            width: 200,
            names: 3,
        },
        Self {
            failures: 2,
            lines: 6,
            width: 160,
            names: 2,
        },
        Self {
            failures: 1,
            lines: 3,
            width: 120,
            names: 1,
        },
        Self {
            failures: 1,
            lines: 1,
            width: 80,
            names: 1,
        },
    ];
}

/// A report as templates see it. The field names are the template contract of `docs/templates.md`.
#[derive(Debug, Serialize)]
pub struct ReportView {
    workflow: String,
    url: String,
    attempt: u32,
    branch: String,
    sha: String,
    short_sha: String,
    conclusion: String,
    stage: Option<String>,
    iteration: Option<u32>,
    goal: Option<String>,
    issue: Option<u64>,
    base: String,
    first_bad: Option<FirstBadView>,
    failures: Vec<FailureView>,
    more_failures: usize,
    muted: Vec<MutedView>,
    unread: Vec<UnreadView>,
    more_unread: usize,
    related: Vec<RelatedView>,
    degraded: Vec<String>,
    memory_ref: String,
}

#[derive(Debug, Serialize)]
struct FirstBadView {
    short_sha: String,
    url: String,
    title: String,
    short_green: String,
    commits: u64,
}

#[derive(Debug, Serialize)]
struct FailureView {
    number: usize,
    title: String,
    category: &'static str,
    class: &'static str,
    fingerprint: String,
    tool: Option<String>,
    step: Option<String>,
    exit_code: Option<i64>,
    confidence: f64,
    unsure: bool,
    tests: Vec<String>,
    more_tests: usize,
    locations: Vec<String>,
    jobs: Vec<JobView>,
    more_jobs: usize,
    excerpt: String,
    rest: String,
    rest_lines: usize,
    hidden_lines: usize,
    trend: &'static str,
    known: Option<KnownView>,
    similar: Vec<SimilarView>,
    actions: Vec<ActionView>,
    care: CareView,
}

#[derive(Debug, Serialize)]
struct CareView {
    role: String,
    title: String,
    resolved: u64,
    ended: u64,
    owners: Vec<OwnerView>,
}

#[derive(Debug, Serialize)]
struct OwnerView {
    name: String,
    mention: bool,
}

#[derive(Debug, Serialize)]
struct MutedView {
    title: String,
    fingerprint: String,
    until: String,
}

#[derive(Debug, Serialize)]
struct JobView {
    name: String,
    url: String,
}

#[derive(Debug, Serialize)]
struct KnownView {
    title: String,
    seen: u64,
    first_seen: String,
    last_seen: String,
    branch: Option<String>,
    branches: Vec<String>,
    url: Option<String>,
    flaky: u64,
    reruns: u64,
    more_branches: usize,
    trusted: bool,
    fix: Option<FixView>,
}

#[derive(Debug, Serialize)]
struct FixView {
    summary: String,
    url: Option<String>,
    short_sha: Option<String>,
    applied: u64,
    resolved: u64,
    percent: u32,
    probable: bool,
}

#[derive(Debug, Serialize)]
struct SimilarView {
    exact: bool,
    percent: u32,
    fingerprint: String,
    category: &'static str,
    #[serde(flatten)]
    known: KnownView,
}

#[derive(Debug, Serialize)]
struct ActionView {
    text: String,
    from_memory: bool,
    url: Option<String>,
    applied: u64,
    resolved: u64,
    probable: bool,
}

#[derive(Debug, Serialize)]
struct UnreadView {
    name: String,
    url: String,
    steps: Vec<String>,
    reason: String,
}

#[derive(Debug, Serialize)]
struct RelatedView {
    number: u64,
    title: String,
    url: String,
    state: String,
}

impl ReportView {
    /// The report within a budget.
    pub fn new(report: &Report, memory_ref: &str, budget: Budget) -> Self {
        let subject = &report.subject;
        let failures = report.failures.iter().take(budget.failures).enumerate();
        let unread = report.unread.iter().take(budget.names);
        let related = report.related.iter().take(budget.names);
        Self {
            workflow: shorten(&subject.workflow, budget.width.min(120)),
            url: subject.url.clone(),
            attempt: subject.attempt,
            branch: shorten(&subject.branch, budget.width.min(80)),
            short_sha: subject.sha.chars().take(7).collect(),
            sha: subject.sha.clone(),
            conclusion: subject.conclusion.clone(),
            stage: subject.stage.as_deref().map(|stage| shorten(stage, 60)),
            iteration: subject.iteration,
            goal: subject.goal.as_deref().map(|goal| shorten(goal, budget.width)),
            issue: subject.issue.map(crate::ids::IssueNumber::get),
            base: shorten(&subject.base, 80),
            first_bad: subject
                .first_bad
                .as_ref()
                .filter(|_| budget.names > 1)
                .map(|bad| FirstBadView {
                    short_sha: bad.sha.chars().take(7).collect(),
                    url: bad.url.clone(),
                    title: shorten(&bad.title, 120),
                    short_green: bad.green.chars().take(7).collect(),
                    commits: bad.commits,
                }),
            failures: failures
                .map(|(at, failure)| failure_view(at + 1, failure, subject, budget))
                .collect(),
            more_failures: report.failures.len().saturating_sub(budget.failures),
            muted: report
                .muted
                .iter()
                .take(budget.names)
                .map(|muted| muted_view(muted, budget))
                .collect(),
            unread: unread
                .map(|unread| UnreadView {
                    name: shorten(&unread.job.name, budget.width.min(120)),
                    url: unread.job.url.clone(),
                    steps: unread
                        .steps
                        .iter()
                        .take(budget.names)
                        .map(|step| shorten(step, 120))
                        .collect(),
                    reason: unread.reason.clone(),
                })
                .collect(),
            more_unread: report.unread.len().saturating_sub(budget.names),
            related: related
                .map(|related| RelatedView {
                    number: related.number.get(),
                    title: shorten(&related.title, 120),
                    url: related.url.clone(),
                    state: related.state.clone(),
                })
                .collect(),
            degraded: report.degraded.iter().take(5).map(|line| shorten(line, 300)).collect(),
            memory_ref: memory_ref.to_owned(),
        }
    }
}

fn failure_view(number: usize, report: &FailureReport, subject: &Subject, budget: Budget) -> FailureView {
    let failure = &report.failure;
    let (excerpt, rest, shown) = excerpt(failure, budget);
    FailureView {
        number,
        title: shorten(&failure.title, budget.width.min(120)),
        category: failure.category.as_str(),
        class: failure.class.as_str(),
        fingerprint: failure.fingerprint.to_string(),
        tool: failure.tool.as_deref().map(|tool| shorten(tool, 40)),
        step: failure.step.as_deref().map(|step| shorten(step, 120)),
        exit_code: failure.exit_code,
        confidence: failure.confidence,
        unsure: failure.confidence < 0.4,
        tests: failure
            .tests
            .iter()
            .take(budget.names)
            .map(|test| shorten(test, 160))
            .collect(),
        more_tests: failure.tests.len().saturating_sub(budget.names),
        locations: failure.locations.iter().take(budget.names.min(3)).map(place).collect(),
        jobs: report.jobs.iter().take(budget.names).map(job_view).collect(),
        more_jobs: report.jobs.len().saturating_sub(budget.names),
        excerpt,
        rest_lines: shown.saturating_sub(LEAD),
        rest,
        hidden_lines: failure.excerpt.len().saturating_sub(shown),
        trend: Trend::of(report.known.as_ref(), subject).as_str(),
        known: report.known.as_ref().map(known_view),
        similar: report.matches.iter().take(budget.names).map(similar_view).collect(),
        care: care_view(&report.care, budget),
        actions: report
            .actions
            .iter()
            .map(|action| {
                let (from_memory, url, applied, resolved, confidence) = match &action.source {
                    Source::Fix {
                        url,
                        applied,
                        resolved,
                        confidence,
                        ..
                    } => (true, url.clone(), *applied, *resolved, *confidence),
                    Source::Matcher | Source::Rerun | Source::Category | Source::Stage => (false, None, 0, 0, 1.0),
                };
                ActionView {
                    text: shorten(&action.text, budget.width),
                    from_memory,
                    url,
                    applied,
                    resolved,
                    probable: confidence < PROBABLE,
                }
            })
            .collect(),
    }
}

/// Enough of a fingerprint to name it in a command.
fn short_name(fingerprint: &Fingerprint) -> String {
    format!("{}{}", Fingerprint::PREFIX, fingerprint.short())
}

fn muted_view(muted: &Muted, budget: Budget) -> MutedView {
    MutedView {
        title: shorten(&muted.report.failure.title, (budget.width / 4).min(80)),
        fingerprint: short_name(&muted.report.failure.fingerprint),
        until: day(muted.until),
    }
}

fn care_view(care: &Care, budget: Budget) -> CareView {
    let owners = care.owners.iter().take(budget.names);
    CareView {
        role: shorten(&care.role, 60),
        title: shorten(&care.title, 60),
        resolved: care.resolved,
        ended: care.ended,
        owners: owners
            .map(|owner| OwnerView {
                name: shorten(&owner.name, 100),
                mention: owner.mention,
            })
            .collect(),
    }
}

fn job_view(job: &JobReference) -> JobView {
    JobView {
        name: shorten(&job.name, 120),
        url: job.url.clone(),
    }
}

fn place(location: &crate::failure::Location) -> String {
    let path = shorten(&location.path, 160);
    location
        .line
        .map_or_else(|| path.clone(), |line| format!("{path}:{line}"))
}

fn similar_view(similar: &Similar) -> SimilarView {
    SimilarView {
        exact: similar.kind == MatchKind::Exact,
        percent: percent(similar.score),
        fingerprint: short_name(&similar.known.fingerprint),
        category: similar.known.category.as_str(),
        known: known_view(&similar.known),
    }
}

fn known_view(known: &KnownFailure) -> KnownView {
    KnownView {
        title: shorten(&known.title, 120),
        seen: known.seen,
        first_seen: day(known.first_seen),
        last_seen: day(known.last_seen),
        branch: known.branches.first().map(|branch| shorten(branch, 80)),
        branches: known.branches.iter().map(|branch| shorten(branch, 80)).collect(),
        url: known.url.clone(),
        flaky: known.flaky,
        reruns: known.flaky + known.stubborn,
        more_branches: known.branches.len().saturating_sub(1),
        trusted: known.trusted,
        fix: known.fixes.first().map(fix_view),
    }
}

fn fix_view(fix: &Fix) -> FixView {
    FixView {
        summary: shorten(&fix.summary, 200),
        url: fix.url.clone(),
        short_sha: fix.sha.as_ref().map(|sha| sha.chars().take(7).collect()),
        applied: fix.applied,
        resolved: fix.resolved,
        percent: percent(fix.effectiveness()),
        probable: fix.resolved < 2 && fix.confidence < PROBABLE,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of 0 to 1 is 0 to 100 percent"
)]
fn percent(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 100.0).round() as u32
}

/// Below this confidence a learned fix is called probable.
const PROBABLE: f64 = 0.5;

/// Lines of an excerpt that are shown at once; the rest is folded away.
const LEAD: usize = 12;

/// Lines marked as the ones that say why.
const MARKED: usize = 3;

/// The excerpt in two parts, what is shown at once and what is folded away. Its blocks come most telling first, so the
/// first lines are the ones to show; each part is in the log's order.
fn excerpt(failure: &Failure, budget: Budget) -> (String, String, usize) {
    let shown = failure.excerpt.len().min(budget.lines);
    let lead = shown.min(LEAD);
    let part =
        |from: usize, to: usize| gutter(failure, failure.excerpt.get(from..to).unwrap_or_default(), budget.width);
    (part(0, lead), part(lead, shown), shown)
}

/// Lines with their numbers, an arrow at those that say why, and a mark where lines are left out.
fn gutter(failure: &Failure, lines: &[crate::failure::ExcerptLine], width: usize) -> String {
    let mut lines: Vec<_> = lines.iter().collect();
    lines.sort_by_key(|line| line.line);
    let digits = lines.last().map_or(1, |line| line.line.to_string().len());
    let mut text = String::new();
    let mut previous: Option<u64> = None;
    for line in lines {
        if previous.is_some_and(|previous| line.line != previous + 1) {
            text.push_str(&" ".repeat(digits));
            text.push_str(" ┆\n");
        }
        let decisive = failure
            .decisive_lines
            .iter()
            .take(MARKED)
            .any(|decisive| *decisive == line.line);
        let mark = if decisive { '▶' } else { '│' };
        text.extend([format!(
            "{:>digits$} {mark} {}\n",
            line.line,
            shorten(&line.text, width)
        )]);
        previous = Some(line.line);
    }
    text
}

/// At most `most` characters, an ellipsis where something is missing.
fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// The day of an instant, `2026-11-02`, in UTC.
pub(super) fn day(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at)
        .map_or_else(|_| "unknown".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}
