//! A repository with a history that is made up, and known: who broke what, who mended it, what only seemed to break.
//!
//! Everything follows from the seed. The history is told to the fake GitHub only; what a backfill makes of it is then held
//! against the truth.

pub mod failures;

use std::collections::{BTreeMap, BTreeSet};

use crate::world::{Head, Run, World};
use failures::{Nature, Template};

/// A commit that mended a failure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TrueFix {
    pub failure: usize,
    pub sha: String,
    /// Whether it was the only commit between the last red run and the first green one.
    pub alone: bool,
}

/// What really happened.
#[derive(Debug, Default)]
pub struct Truth {
    pub fixes: Vec<TrueFix>,
    /// Runs that were red, by failure.
    pub seen: BTreeMap<usize, usize>,
    /// Flaky failures that passed on a rerun at least once.
    pub rerun: BTreeSet<usize>,
    pub runs: usize,
}

/// Splitmix64: small, seeded, the same everywhere.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most.max(1) as u64).unwrap()
    }

    pub fn percent(&mut self, share: u64) -> bool {
        self.next() % 100 < share
    }
}

/// A branch on which work is done.
struct Branch {
    name: String,
    pull: Option<u64>,
    /// Failures broken here.
    broken: BTreeSet<usize>,
    /// Commits since the last run that showed a failure, and which of them mended it.
    since_red: BTreeMap<usize, (usize, Option<String>)>,
}

/// Tells a history of `runs` runs.
pub struct Teller<'w> {
    world: &'w World,
    chance: Chance,
    templates: Vec<Template>,
    branches: Vec<Branch>,
    truth: Truth,
    next_pull: u64,
}

impl<'w> Teller<'w> {
    pub fn new(world: &'w World, seed: u64) -> Self {
        let main = Branch {
            name: "main".to_owned(),
            pull: None,
            broken: BTreeSet::new(),
            since_red: BTreeMap::new(),
        };
        Self {
            world,
            chance: Chance(seed),
            templates: failures::all(),
            branches: vec![main],
            truth: Truth::default(),
            next_pull: 100,
        }
    }

    /// Tells the whole history.
    pub fn tell(mut self, runs: usize) -> Truth {
        while self.truth.runs < runs {
            let at = self.choose_branch();
            self.work(at);
        }
        self.truth
    }

    fn choose_branch(&mut self) -> usize {
        if self.branches.len() < 2 || (self.branches.len() < 5 && self.chance.percent(15)) {
            let number = self.next_pull;
            self.next_pull += 1;
            let name = format!("topic-{number}");
            self.world.pull_request(number).on_branch(&name);
            self.branches.push(Branch {
                name,
                pull: Some(number),
                broken: BTreeSet::new(),
                since_red: BTreeMap::new(),
            });
            return self.branches.len() - 1;
        }
        self.chance.below(self.branches.len())
    }

    /// One commit on a branch, and usually a run.
    fn work(&mut self, at: usize) {
        let broken: Vec<usize> = self.branches[at].broken.iter().copied().collect();
        let roll = self.chance.below(100);
        let head = if !broken.is_empty() && roll < 55 {
            let failure = broken[self.chance.below(broken.len())];
            self.mend(at, failure)
        } else if broken.len() < 3 && roll < 80 {
            self.break_something(at)
        } else {
            let files = [
                format!("docs/page{}.md", self.chance.below(40)),
                format!("app/view{}.py", self.chance.below(40)),
            ];
            self.commit(at, "Improve a page", &files)
        };
        for entry in self.branches[at].since_red.values_mut() {
            entry.0 += 1;
        }
        // Now and then nothing runs: a busy queue, a skipped build.
        if self.chance.percent(88) {
            self.run(at, &head);
        }
    }

    fn commit(&mut self, at: usize, title: &str, files: &[String]) -> Head {
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let branch = &self.branches[at];
        match branch.pull {
            Some(number) => self.world.pull_request(number).push_files(title, &files),
            None => self.world.push_files(&branch.name, title, &files),
        }
    }

    fn break_something(&mut self, at: usize) -> Head {
        let jobs: BTreeSet<&str> = self.branches[at]
            .broken
            .iter()
            .map(|failure| self.templates[*failure].job)
            .collect();
        let free: Vec<usize> = (0..self.templates.len())
            .filter(|failure| self.templates[*failure].nature == Nature::Real)
            .filter(|failure| !jobs.contains(self.templates[*failure].job))
            .collect();
        let failure = free[self.chance.below(free.len())];
        self.branches[at].broken.insert(failure);
        let files = [self.templates[failure].culprit.clone()];
        self.commit(at, &format!("Rework part {failure}"), &files)
    }

    /// Three of four fixes touch the file the log names; the others are elsewhere: a setting, a pinned version.
    fn mend(&mut self, at: usize, failure: usize) -> Head {
        let culprit = self.templates[failure].culprit.clone();
        let file = if self.chance.percent(75) {
            culprit
        } else {
            "config/settings.toml".to_owned()
        };
        let head = self.commit(at, &format!("Mend part {failure}"), &[file]);
        let branch = &mut self.branches[at];
        branch.broken.remove(&failure);
        if let Some(entry) = branch.since_red.get_mut(&failure) {
            entry.1 = Some(head.sha.clone());
        }
        head
    }

    fn run(&mut self, at: usize, head: &Head) {
        let broken: Vec<usize> = self.branches[at].broken.iter().copied().collect();
        let busy: BTreeSet<&str> = broken.iter().map(|failure| self.templates[*failure].job).collect();
        let flaky: Vec<usize> = (0..self.templates.len())
            .filter(|failure| self.templates[*failure].nature == Nature::Flaky)
            .filter(|failure| !busy.contains(self.templates[*failure].job))
            .filter(|_| self.chance.percent(3))
            .collect();
        let red: Vec<usize> = broken.iter().chain(&flaky).copied().collect();
        let run = self.attempt(self.world.run("CI", head), &red);
        self.truth.runs += 1;
        self.note(at, &red);
        if !flaky.is_empty() && self.chance.percent(80) {
            // Somebody presses the button; what is really broken fails again.
            self.attempt(run.rerun(self.world), &broken);
            self.truth.rerun.extend(flaky);
        }
    }

    /// What this run says about the failures of its branch.
    fn note(&mut self, at: usize, red: &[usize]) {
        for failure in red {
            *self.truth.seen.entry(*failure).or_default() += 1;
        }
        let branch = &mut self.branches[at];
        let gone: Vec<usize> = branch
            .since_red
            .keys()
            .filter(|failure| !red.contains(failure))
            .copied()
            .collect();
        for failure in gone {
            if let Some((commits, Some(sha))) = branch.since_red.remove(&failure) {
                let alone = commits == 1;
                self.truth.fixes.push(TrueFix { failure, sha, alone });
            }
        }
        for failure in red.iter().filter(|failure| branch.broken.contains(failure)) {
            branch.since_red.insert(*failure, (0, None));
        }
    }

    fn attempt(&mut self, mut run: crate::world::NewRun<'w>, red: &[usize]) -> Run {
        for job in ["api", "billing", "search", "auth", "web", "tools"] {
            let failure = red.iter().find(|failure| self.templates[**failure].job == job);
            run = match failure {
                Some(failure) => {
                    let (second, noise) = (self.chance.next() % 80_000, 20 + self.chance.next() % 60);
                    run.failed_job(job, self.templates[*failure].log(second, noise))
                }
                None => run.passed_job(job),
            };
        }
        run.complete()
    }
}
