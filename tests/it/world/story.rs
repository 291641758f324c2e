//! The words a story is told in: pull requests, runs, and what people do.

use std::sync::MutexGuard;

use super::hub::{Attempt, Hub, Identity, Job, Log, Pull};
use super::{Event, World};

/// A commit to run on, and who brought it.
#[derive(Clone, Debug)]
pub struct Head {
    pub sha: String,
    pub branch: String,
    /// `owner/name`.
    pub repo: String,
    pub event: &'static str,
    pub pull: Option<u64>,
    pub actor: String,
}

/// A pull request of the story.
#[derive(Clone, Copy)]
pub struct PullRequest<'w> {
    world: &'w World,
    pub number: u64,
}

/// A run of the story, one attempt of it.
#[derive(Clone, Debug)]
pub struct Run {
    pub id: u64,
    pub attempt: u32,
    pub head: Head,
}

impl World {
    /// The pull request of this number, opened from a branch of the repository itself unless it is there.
    pub fn pull_request(&self, number: u64) -> PullRequest<'_> {
        let mut hub = self.hub();
        if !hub.repo(&self.slug).issues.contains_key(&number) {
            let base = hub.repo(&self.slug).branches.get("main").cloned();
            let sha = hub.commit(&self.slug, base, "A change", "alice", &["src/lib.rs"]);
            let pull = Pull {
                head_sha: sha,
                head_branch: "fix".to_owned(),
                head_repo: Some(self.slug.clone()),
                base_branch: "main".to_owned(),
                merged_at: None,
                old_heads: Vec::new(),
            };
            hub.issue(&self.slug, number, "alice", "A change", Some(pull));
        }
        PullRequest { world: self, number }
    }

    /// An open issue.
    pub fn issue(&self, number: u64, title: &str, body: &str) {
        let mut hub = self.hub();
        let issue = hub.issue(&self.slug, number, "alice", title, None);
        body.clone_into(&mut issue.body);
    }

    /// A commit pushed to a branch of the repository.
    pub fn push(&self, branch: &str, title: &str) -> Head {
        self.push_files(branch, title, &["src/lib.rs"])
    }

    /// A commit that changes these files, pushed to a branch of the repository.
    pub fn push_files(&self, branch: &str, title: &str, files: &[&str]) -> Head {
        let mut hub = self.hub();
        let branches = &hub.repo(&self.slug).branches;
        let parent = branches.get(branch).or_else(|| branches.get("main")).cloned();
        let sha = hub.commit(&self.slug, parent, title, "alice", files);
        hub.repo(&self.slug).branches.insert(branch.to_owned(), sha.clone());
        Head {
            sha,
            branch: branch.to_owned(),
            repo: self.slug.clone(),
            event: "push",
            pull: None,
            actor: "alice".to_owned(),
        }
    }

    /// A file on the default branch.
    pub fn file(&self, path: &str, content: impl AsRef<[u8]>) {
        let content = content.as_ref().to_owned();
        self.hub().repo(&self.slug).files.insert(path.to_owned(), content);
    }

    /// What a person says on an issue or pull request; gives the comment's id.
    pub fn comment_by(&self, login: &str, number: u64, body: &str) -> u64 {
        let person = Identity::new(login, false, &[]);
        self.hub().comment(&self.slug, number, &person, body)
    }

    /// What somebody says on an issue or pull request, as the event that tells of it: a `MEMBER`, `NONE`, …
    pub fn says(&self, association: &str, number: u64, body: &str) -> Event {
        let comment = self.comment_by("alice", number, body);
        self.commented(number, comment, association)
    }

    /// Somebody puts a reaction (`+1`, `-1`) under a comment.
    pub fn react(&self, login: &str, comment: u64, reaction: &str) {
        let mut hub = self.hub();
        let comment = hub
            .repo(&self.slug)
            .comments
            .get_mut(&comment)
            .expect("no such comment");
        comment.reactions.insert((login.to_owned(), reaction.to_owned()));
    }

    /// A new run of a workflow, to be given jobs and completed.
    pub fn run(&self, workflow: &str, head: &Head) -> NewRun<'_> {
        let id = self.hub().id();
        NewRun::new(self, workflow, head, id, 1)
    }

    /// A completed run of `CI` in which one job failed with this log.
    pub fn fail_run(&self, head: &Head, job: &str, log: impl AsRef<[u8]>) -> Run {
        self.run("CI", head).failed_job(job, log).complete()
    }

    /// A completed run of `CI` in which one job passed.
    pub fn pass_run(&self, head: &Head, job: &str) -> Run {
        self.run("CI", head).passed_job(job).complete()
    }
}

impl PullRequest<'_> {
    fn change(&self, change: impl FnOnce(&mut Hub, &mut Pull)) {
        let mut hub = self.world.hub();
        let issue = hub.repo(&self.world.slug).issues.get_mut(&self.number);
        let mut pull = issue.and_then(|issue| issue.pull.take()).expect("not a pull request");
        change(&mut hub, &mut pull);
        hub.repo(&self.world.slug).issues.get_mut(&self.number).unwrap().pull = Some(pull);
    }

    fn issue(&self, change: impl FnOnce(&mut super::hub::Issue)) -> Self {
        change(
            self.world
                .hub()
                .repo(&self.world.slug)
                .issues
                .get_mut(&self.number)
                .unwrap(),
        );
        *self
    }

    /// Its head is in `login`'s fork.
    #[expect(
        clippy::wrong_self_convention,
        reason = "a story reads `pull_request(12).from_fork(..)`"
    )]
    pub fn from_fork(self, login: &str) -> Self {
        let name = self.world.slug.split_once('/').unwrap().1;
        let fork = format!("{login}/{name}");
        self.change(|_, pull| pull.head_repo = Some(fork));
        self.issue(|issue| login.clone_into(&mut issue.author))
    }

    /// Its head is on this branch.
    pub fn on_branch(self, branch: &str) -> Self {
        self.change(|_, pull| branch.clone_into(&mut pull.head_branch));
        self
    }

    /// Nobody may comment on it.
    pub fn locked(self) -> Self {
        self.issue(|issue| issue.locked = true)
    }

    /// It is closed without a merge.
    pub fn close(self) -> Self {
        let now = self.world.hub().now;
        self.issue(|issue| {
            "closed".clone_into(&mut issue.state);
            (issue.closed_at, issue.updated_at) = (Some(now), now);
        })
    }

    /// It is merged.
    pub fn merge(self) -> Self {
        self.change(|hub, pull| pull.merged_at = Some(hub.now));
        self.close()
    }

    /// A new commit is pushed to it.
    pub fn push(self) -> Head {
        self.push_files("Another change", &["src/lib.rs"])
    }

    /// A new commit that changes these files is pushed to it.
    pub fn push_files(self, title: &str, files: &[&str]) -> Head {
        let slug = self.world.slug.clone();
        self.change(|hub, pull| {
            let sha = hub.commit(&slug, Some(pull.head_sha.clone()), title, "alice", files);
            pull.old_heads.push(std::mem::replace(&mut pull.head_sha, sha));
        });
        self.head()
    }

    /// Its last commit is replaced by another.
    pub fn amend(self, title: &str, files: &[&str]) -> Head {
        let slug = self.world.slug.clone();
        self.change(|hub, pull| {
            let commits = &hub.repo(&slug).commits;
            let parent = commits
                .iter()
                .find(|commit| commit.sha == pull.head_sha)
                .and_then(|commit| commit.parent.clone());
            let sha = hub.commit(&slug, parent, title, "alice", files);
            pull.old_heads.push(std::mem::replace(&mut pull.head_sha, sha));
        });
        self.head()
    }

    /// It is merged as one commit on `main`.
    pub fn squash(self, title: &str, files: &[&str]) -> Head {
        let head = self.world.push_files("main", title, files);
        self.change(|_, pull| pull.old_heads.push(head.sha.clone()));
        self.merge();
        head
    }

    /// Its newest commit.
    pub fn head(self) -> Head {
        let hub = self.world.hub();
        let issue = &hub.repos[&self.world.slug].issues[&self.number];
        let pull = issue.pull.as_ref().unwrap();
        Head {
            sha: pull.head_sha.clone(),
            branch: pull.head_branch.clone(),
            repo: pull.head_repo.clone().unwrap_or_default(),
            event: "pull_request",
            pull: Some(self.number),
            actor: issue.author.clone(),
        }
    }
}

/// A run that is being told.
pub struct NewRun<'w> {
    world: &'w World,
    run: Attempt,
    head: Head,
}

impl<'w> NewRun<'w> {
    fn new(world: &'w World, workflow: &str, head: &Head, id: u64, attempt: u32) -> Self {
        let now = world.hub().tick();
        let own = head.repo == world.slug;
        let run = Attempt {
            id,
            number: attempt,
            workflow: workflow.to_owned(),
            event: head.event.to_owned(),
            head_sha: head.sha.clone(),
            head_branch: head.branch.clone(),
            head_repo: Some(head.repo.clone()),
            actor: head.actor.clone(),
            status: "completed".to_owned(),
            conclusion: None,
            created_at: now,
            updated_at: now,
            pulls: head.pull.filter(|_| own).into_iter().collect(),
            jobs: Vec::new(),
        };
        Self {
            world,
            run,
            head: head.clone(),
        }
    }

    /// A job that ended so, with this log; its last step has the same end.
    pub fn job(mut self, name: &str, conclusion: &str, log: Log) -> Self {
        let mut hub = self.world.hub();
        let (id, now) = (hub.id(), hub.tick());
        hub.now += 60;
        drop(hub);
        let steps = [("Set up job", "success"), ("Run tests", conclusion)];
        self.run.jobs.push(Job {
            id,
            name: name.to_owned(),
            status: "completed".to_owned(),
            conclusion: Some(conclusion.to_owned()),
            steps: steps
                .map(|(name, end)| (name.to_owned(), Some(end.to_owned())))
                .to_vec(),
            started_at: now,
            completed_at: now + 60,
            log,
            annotations: Vec::new(),
            runner: format!("runner {id}"),
        });
        self
    }

    /// A job that failed with this log.
    pub fn failed_job(self, name: &str, log: impl AsRef<[u8]>) -> Self {
        self.job(name, "failure", Log::Text(log.as_ref().to_owned()))
    }

    /// A job that passed.
    pub fn passed_job(self, name: &str) -> Self {
        self.job(name, "success", Log::Text(b"all well\n".to_vec()))
    }

    /// A job that was cancelled before it had a log.
    pub fn cancelled_job(self, name: &str) -> Self {
        self.job(name, "cancelled", Log::Missing)
    }

    /// A job that is still running: the one we are in.
    pub fn running_job(mut self, name: &str) -> Self {
        self = self.job(name, "", Log::Missing);
        let job = self.run.jobs.last_mut().expect("just added");
        (job.status, job.conclusion) = ("in_progress".to_owned(), None);
        "in_progress".clone_into(&mut self.run.status);
        self
    }

    /// The last job told so far also left this remark on a line of the sources.
    pub fn annotated(mut self, path: &str, line: u64, message: &str) -> Self {
        let job = self.run.jobs.last_mut().expect("no job to annotate");
        job.annotations.push((path.to_owned(), line, message.to_owned()));
        self
    }

    /// The head repository is gone.
    pub fn fork_deleted(mut self) -> Self {
        self.run.head_repo = None;
        self
    }

    /// The run as it stands now: failed when a job failed, cancelled when one was cancelled.
    pub fn complete(mut self) -> Run {
        let ends: Vec<&str> = self
            .run
            .jobs
            .iter()
            .filter_map(|job| job.conclusion.as_deref())
            .collect();
        let worst = ["startup_failure", "failure", "timed_out", "cancelled"]
            .into_iter()
            .find(|end| ends.contains(end));
        let conclusion = worst.unwrap_or("success").to_owned();
        self.run.conclusion = (self.run.status == "completed").then_some(conclusion);
        self.end()
    }

    /// The run ended so, whatever its jobs did.
    pub fn ended(mut self, conclusion: &str) -> Run {
        self.run.conclusion = Some(conclusion.to_owned());
        self.end()
    }

    fn end(mut self) -> Run {
        let mut hub: MutexGuard<Hub> = self.world.hub();
        self.run.updated_at = hub.tick();
        let run = Run {
            id: self.run.id,
            attempt: self.run.number,
            head: self.head,
        };
        hub.repo(&self.world.slug)
            .runs
            .entry(run.id)
            .or_default()
            .push(self.run);
        run
    }
}

impl Run {
    /// The next attempt of the same run, to be given jobs.
    pub fn rerun<'w>(&self, world: &'w World) -> NewRun<'w> {
        let workflow = world.hub().repos[&world.slug].runs[&self.id][0].workflow.clone();
        NewRun::new(world, &workflow, &self.head, self.id, self.attempt + 1)
    }

    /// The id of its job with this name.
    pub fn job_id(&self, world: &World, name: &str) -> u64 {
        let hub = world.hub();
        let attempts = &hub.repos[&world.slug].runs[&self.id];
        let run = attempts.iter().find(|run| run.number == self.attempt).unwrap();
        run.jobs
            .iter()
            .find(|job| job.name == name)
            .unwrap_or_else(|| panic!("no job {name}"))
            .id
    }
}
