//! From red to green: which failures end, who gets the credit, and what a suggestion is worth after many tries.

use super::*;
use crate::failure::{Category, Class, Signature};
use crate::ids::{Fingerprint, IssueNumber};
use crate::memory::Memory;

const DAY: i64 = 86_400_000;

fn fingerprint(byte: u8) -> Fingerprint {
    Fingerprint::from_digest(&[byte; 16])
}

/// A story of runs in one scope, told to the records.
#[derive(Default)]
struct Told {
    records: Memory,
    range: Option<Range>,
    class: Option<Class>,
}

impl Told {
    fn occurrence(&self, byte: u8, run: (u64, u32), job: &str, sha: &str) -> Occurrence {
        let at = i64::try_from(run.0).unwrap() * DAY;
        Occurrence {
            fingerprint: fingerprint(byte),
            seen_in: format!("{}.{}.{job}", run.0, run.1),
            at,
            title: format!("failure {byte}"),
            category: Category::AssertionFailure,
            class: self.class.unwrap_or(Class::Deterministic),
            tool: None,
            tests: vec![format!("tests/part{byte}.py::test_it")],
            paths: vec![format!("src/part{byte}.py")],
            signature: Signature::default(),
            workflow: "CI".to_owned(),
            job: job.to_owned(),
            legs: Vec::new(),
            scope: "ci.yml/main".to_owned(),
            branch: "main".to_owned(),
            sha: sha.to_owned(),
            pull: None,
            url: String::new(),
            trusted: true,
        }
    }

    /// A run: jobs as `name=passed|failed|silent`, failures as (number, job).
    fn run(&mut self, run: (u64, u32), sha: &str, jobs: &[&str], seen: &[(u8, &str)]) -> Vec<(u8, How)> {
        let history = History::of(&self.records);
        let end = |job: &&str| {
            let (name, end) = job.split_once('=').unwrap();
            let end = match end {
                "passed" => JobEnd::Passed,
                "failed" => JobEnd::Failed,
                _ => JobEnd::Silent,
            };
            (name.to_owned(), end)
        };
        let at = i64::try_from(run.0).unwrap() * DAY;
        let finished = Finished {
            scope: "ci.yml/main".to_owned(),
            run,
            sha: sha.to_owned(),
            at,
            trusted: true,
            jobs: Some(jobs.iter().map(end).collect()),
            seen: seen
                .iter()
                .map(|(byte, job)| (fingerprint(*byte), (*job).to_owned()))
                .collect(),
        };
        let ended = endings(&history, &finished);
        for ending in &ended {
            let known = history.get(&ending.open.fingerprint);
            ending.records(&finished, known, self.range.as_ref(), at, &mut self.records);
        }
        for (byte, job) in seen {
            self.occurrence(*byte, run, job, sha).store(&mut self.records, None);
        }
        let number = |ending: &Ending| {
            (1..9)
                .find(|byte| fingerprint(*byte) == ending.open.fingerprint)
                .unwrap()
        };
        ended.iter().map(|ending| (number(ending), ending.how)).collect()
    }

    fn fixes(&self, byte: u8) -> Vec<Fix> {
        History::of(&self.records)
            .get(&fingerprint(byte))
            .map_or_else(Vec::new, |known| known.fixes.clone())
    }
}

fn range(green: &str, commits: u64, files: &[&str]) -> Range {
    Range {
        course: Course::Ahead,
        total: commits,
        commits: vec![(green.to_owned(), format!("Mend {green}"))],
        files: files.iter().map(|file| (*file).to_owned()).collect(),
        green: green.to_owned(),
        url: format!("https://example.test/commit/{green}"),
        ..Range::default()
    }
}

#[test]
fn one_of_two_failures_gone_credits_only_the_one_gone() {
    let mut told = Told::default();
    told.run(
        (1, 1),
        "a",
        &["test=failed", "lint=failed"],
        &[(1, "test"), (2, "lint")],
    );
    told.range = Some(range("b", 1, &["src/part2.py"]));
    let ended = told.run((2, 1), "b", &["test=failed", "lint=passed"], &[(1, "test")]);
    assert_eq!(ended, [(1, How::Again), (2, How::Gone)]);
    assert_eq!((told.fixes(1).len(), told.fixes(2).len()), (0, 1));
    assert_eq!(told.fixes(2)[0].sha.as_deref(), Some("b"));
}

#[test]
fn within_one_job_the_one_gone_is_told_by_the_one_that_stayed() {
    let mut told = Told::default();
    told.run((1, 1), "a", &["test=failed"], &[(1, "test"), (2, "test")]);
    let ended = told.run((2, 1), "b", &["test=failed"], &[(1, "test")]);
    assert_eq!(ended, [(1, How::Again), (2, How::Gone)]);
    // A new failure may have come before the old one: nothing can be said.
    let ended = told.run((3, 1), "c", &["test=failed"], &[(3, "test")]);
    assert_eq!(ended, []);
    let ended = told.run((4, 1), "d", &["test=passed"], &[]);
    assert_eq!(ended, [(1, How::Gone), (3, How::Gone)]);
}

#[test]
fn a_matrix_is_over_when_every_leg_has_passed() {
    let mut told = Told::default();
    let mut seen = told.occurrence(1, (1, 1), "test (linux)", "a");
    seen.legs = vec!["test (macos)".to_owned()];
    seen.store(&mut told.records, None);
    let check = |told: &mut Told, run, jobs: &[&str], expect: &[(u8, How)]| {
        assert_eq!(told.run((run, 1), "b", jobs, &[]), expect, "{jobs:?}");
    };
    check(&mut told, 2, &["test (linux)=passed", "test (macos)=silent"], &[]);
    check(&mut told, 3, &["test (linux)=passed", "test (macos)=failed"], &[]);
    check(&mut told, 4, &["build=silent"], &[]);
    // A leg that is no longer there waits for nobody.
    check(
        &mut told,
        5,
        &["test (linux)=passed", "test (windows)=passed"],
        &[(1, How::Gone)],
    );
    check(&mut told, 6, &["test (linux)=passed"], &[]);
}

#[test]
fn a_renamed_job_ends_with_a_run_that_passes_as_a_whole() {
    let mut told = Told::default();
    told.run((1, 1), "a", &["test=failed"], &[(1, "test")]);
    assert_eq!(
        told.run((2, 1), "b", &["unit=passed", "lint=failed"], &[(2, "lint")]),
        []
    );
    assert_eq!(told.run((3, 1), "c", &["unit=passed", "lint=passed"], &[]).len(), 2);
}

#[test]
fn a_rerun_of_the_same_commit_that_passes_is_flaky_and_nothing_is_credited() {
    let mut told = Told {
        range: Some(range("a", 0, &[])),
        ..Told::default()
    };
    told.run((1, 1), "a", &["test=failed"], &[(1, "test")]);
    assert_eq!(
        told.run((1, 2), "a", &["test=failed"], &[(1, "test")]),
        [],
        "nothing was tried"
    );
    assert_eq!(told.run((1, 3), "a", &["test=passed"], &[]), [(1, How::Flaky)]);
    let history = History::of(&told.records);
    let known = history.get(&fingerprint(1)).unwrap();
    assert_eq!((known.flaky, known.stubborn, known.fixes.len()), (1, 1, 0));
    assert_eq!(history.unresolved, []);
}

#[test]
fn what_went_away_by_itself_before_keeps_no_fix_that_did_not_touch_it() {
    let mut told = Told::default();
    told.run((1, 1), "a", &["test=failed"], &[(1, "test")]);
    told.range = Some(range("b", 1, &["docs/page.md"]));
    told.run((2, 1), "b", &["test=passed"], &[]);
    assert_eq!(told.fixes(1).len(), 1, "nobody knows yet that it is flaky");
    told.run((3, 1), "c", &["test=failed"], &[(1, "test")]);
    told.run((3, 2), "c", &["test=passed"], &[]);
    assert_eq!(told.fixes(1), []);
    // A change of the very file is believed, for as long as the failure stays away.
    told.run((4, 1), "d", &["test=failed"], &[(1, "test")]);
    told.range = Some(range("e", 1, &["src/part1.py"]));
    told.run((5, 1), "e", &["test=passed"], &[]);
    assert_eq!(told.fixes(1).len(), 1);
    told.run((6, 1), "f", &["test=failed"], &[(1, "test")]);
    assert_eq!(told.fixes(1), []);
}

#[test]
fn the_same_head_may_turn_green_because_its_base_was_mended() {
    let mut told = Told::default();
    told.run((1, 1), "a", &["test=failed"], &[(1, "test")]);
    let fix = FixRecord {
        fingerprint: fingerprint(1),
        at: 2 * DAY,
        summary: "mended on main".to_owned(),
        url: None,
        sha: Some("m".to_owned()),
        evidence: None,
    };
    fix.store(&mut told.records, None);
    assert_eq!(told.run((3, 1), "a", &["test=passed"], &[]), [(1, How::Gone)]);
}

#[test]
fn a_known_fix_in_the_range_is_proven_again_and_not_learned_twice() {
    let mut told = Told::default();
    told.run((1, 1), "a", &["test=failed"], &[(1, "test")]);
    told.range = Some(range("b", 1, &["src/part1.py"]));
    told.run((2, 1), "b", &["test=passed"], &[]);
    told.run((3, 1), "c", &["test=failed"], &[(1, "test")]);
    let mut merge = range("d", 5, &["src/part1.py", "docs/page.md"]);
    merge.commits.insert(0, ("b".to_owned(), "Mend b".to_owned()));
    told.range = Some(merge);
    told.run((4, 1), "d", &["test=passed"], &[]);
    let fixes = told.fixes(1);
    assert_eq!(fixes.len(), 1);
    assert_eq!((fixes[0].applied, fixes[0].resolved), (2, 2));
}

#[test]
fn the_merge_of_a_pull_request_is_the_fix_learned_on_its_branch() {
    let pull = Some((IssueNumber::new(12), "https://example.test/pull/12".to_owned()));
    let mut told = Told::default();
    told.run((1, 1), "a", &["test=failed"], &[(1, "test")]);
    told.range = Some(Range {
        pull: pull.clone(),
        ..range("b", 1, &["src/part1.py"])
    });
    told.run((2, 1), "b", &["test=passed"], &[]);
    told.run((3, 1), "c", &["test=failed"], &[(1, "test")]);
    told.range = Some(Range {
        pull,
        merged: true,
        ..range("squashed", 1, &["src/part1.py"])
    });
    told.run((4, 1), "squashed", &["test=passed"], &[]);
    let fixes = told.fixes(1);
    assert_eq!((fixes.len(), fixes[0].resolved), (1, 2));
    assert!(
        fixes[0].summary.starts_with("pull request 12 (commit b: Mend b"),
        "{}",
        fixes[0].summary
    );
}

#[test]
fn confidence_falls_with_commits_and_unrelated_files_and_rises_with_what_the_failure_names() {
    let mut told = Told::default();
    told.run((1, 1), "a", &["test=failed"], &[(1, "test")]);
    let history = History::of(&told.records);
    let known = history.get(&fingerprint(1)).unwrap();
    let confidence = |range: &Range| range.evidence(known).confidence;
    let named = range("b", 1, &["src/part1.py"]);
    let order = [
        confidence(&named),
        confidence(&range("b", 1, &["src/part1.py", "x", "y", "z"])),
        confidence(&range("b", 3, &["src/part1.py", "x", "y", "z"])),
        confidence(&range("b", 1, &["docs/page.md"])),
        confidence(&range("b", 4, &["docs/page.md"])),
        confidence(&Range {
            course: Course::Unknown,
            ..range("b", 1, &[])
        }),
        confidence(&range("b", 40, &["docs/page.md"])),
    ];
    assert!(order.windows(2).all(|pair| pair[0] > pair[1]), "{order:?}");
    assert!(order[0] > 0.9 && order[6] < LEAST_CONFIDENCE, "{order:?}");
    let rewritten = Range {
        course: Course::Rewritten,
        ..named.clone()
    };
    let back = Range {
        course: Course::Back,
        ..named.clone()
    };
    assert!(confidence(&rewritten) < confidence(&named) && confidence(&back) < confidence(&named));
    let summary = |range: &Range| range.fix(known, 1).unwrap().summary;
    assert_eq!(summary(&back), "back to commit b");
    assert_eq!(summary(&range("b", 3, &["src/part1.py"])), "3 commits up to b: Mend b");
    for file in ["part1.py", "tests/part1.py", "/src/part1.py"] {
        assert!(range("b", 1, &[file]).evidence(known).located, "{file}");
    }
    for file in ["other/side.py", "src/part11.py", "part"] {
        assert!(!range("b", 1, &[file]).evidence(known).located, "{file}");
    }
}

#[test]
fn a_transient_failure_is_not_ended_by_whatever_came_next() {
    let mut told = Told {
        class: Some(Class::Transient),
        ..Told::default()
    };
    told.run((1, 1), "a", &["test=failed"], &[(1, "test")]);
    told.range = Some(range("b", 1, &["docs/page.md"]));
    told.run((2, 1), "b", &["test=passed"], &[]);
    assert_eq!(told.fixes(1), []);
}

#[test]
fn a_failure_of_long_ago_is_nobodys_to_end() {
    let mut told = Told::default();
    told.run((1, 1), "a", &["test=failed"], &[(1, "test")]);
    assert_eq!(told.run((100, 1), "b", &["test=passed"], &[]), []);
}

/// Suggestions are tried, and what comes of them decides what is suggested next: after some thirty tries the fix that really
/// helps must stand first, wherever it started.
#[test]
fn feedback_brings_the_truly_effective_fix_to_the_top() {
    let mut state: u64 = 11;
    let mut chance = |percent: u64| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % 100 < percent
    };
    let (mut right, trials) = (0, 200);
    for _ in 0..trials {
        let mut told = Told::default();
        told.run((1, 1), "a", &["test=failed"], &[(1, "test")]);
        // The true fix helps nine times of ten, each of three rivals once or twice; all start with one success.
        let odds = [15, 90, 10, 20];
        let fixes: Vec<FixRecord> = (0..4)
            .map(|at| FixRecord {
                fingerprint: fingerprint(1),
                at: DAY,
                summary: format!("fix {at}"),
                url: None,
                sha: None,
                evidence: Some(Evidence {
                    confidence: 0.6,
                    commits: 1,
                    ..Evidence::default()
                }),
            })
            .collect();
        for (at, fix) in fixes.iter().enumerate() {
            fix.store(&mut told.records, None);
            tried(fix, &format!("start{at}"), 0, true).store(&mut told.records, None);
        }
        for round in 2..30 {
            let best = told.fixes(1)[0].id.clone();
            let at = fixes.iter().position(|fix| fix.id() == best).unwrap();
            tried(&fixes[at], &format!("{round}.1."), round * DAY, chance(odds[at])).store(&mut told.records, None);
        }
        right += usize::from(told.fixes(1)[0].summary == "fix 1");
    }
    println!("the effective fix is first in {right} of {trials}");
    assert!(right * 100 >= trials * 95, "{right} of {trials}");
}

fn tried(fix: &FixRecord, applied_to: &str, at: i64, resolved: bool) -> Outcome {
    Outcome {
        fingerprint: fix.fingerprint.clone(),
        fix: fix.id(),
        applied_to: applied_to.to_owned(),
        at,
        resolved,
    }
}

#[test]
fn what_helped_lately_counts_more_than_what_helped_long_ago() {
    let mut told = Told::default();
    told.run((1, 1), "a", &["test=failed"], &[(1, "test")]);
    let fix = |summary: &str| FixRecord {
        fingerprint: fingerprint(1),
        at: DAY,
        summary: summary.to_owned(),
        url: None,
        sha: None,
        evidence: None,
    };
    let (old, new) = (fix("old"), fix("new"));
    for record in [&old, &new] {
        record.store(&mut told.records, None);
    }
    for round in 0..3 {
        tried(&old, &format!("o{round}"), DAY, true).store(&mut told.records, None);
    }
    for round in 0..2 {
        tried(&new, &format!("n{round}"), 700 * DAY, true).store(&mut told.records, None);
    }
    let order: Vec<String> = told.fixes(1).into_iter().map(|fix| fix.summary).collect();
    assert_eq!(order, ["new", "old"]);
}
