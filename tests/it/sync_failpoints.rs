//! A job killed at every step of restore and persist, quiet, beaten and folding: the ref is valid, nobody else's memory
//! is lost, local files are old or new, and the next job carries on.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::sync_trouble::{Desk, assert_ok, is_whole, remembering};
use crate::world::git_server::GitServer;

/// What goes on around the job that is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Around {
    /// Nobody else writes.
    Quiet,
    /// Somebody is faster, each time the job tries.
    Rival,
    /// Somebody's changes wait in the inbox.
    Inbox,
}

/// What the job that is killed does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Pull,
    Push,
    PushWithBase,
}

impl Step {
    const fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Pull => &["pull", "--output", "memory.json"],
            Self::Push => &["push", "--input", "local.json"],
            Self::PushWithBase => &["push", "--input", "local.json", "--base", "base.json"],
        }
    }
}

const FAILPOINTS: &[&str] = &[
    "fetched",
    "file-written",
    "memory-saved",
    "read",
    "planned",
    "tip-pushed",
    "listed",
    "inbox-planned",
    "inbox-pushed",
];

/// Somebody who pushes `rival` just before the next push of anybody else arrives; says when that is acknowledged.
fn beat(server: &GitServer) -> Arc<AtomicBool> {
    let rival = Desk::at(server);
    rival.memory(&[("rival", "r")]);
    let acknowledged = Arc::new(AtomicBool::new(false));
    let flag = acknowledged.clone();
    let rival = Mutex::new((rival.command(&["push", "--input", "memory.json"]), rival));
    server.before_push(move |_| {
        assert_ok(&rival.lock().unwrap().0.output().unwrap());
        flag.store(true, Ordering::SeqCst);
    });
    acknowledged
}

/// What a fresh job sees.
fn seen(desk: &Desk) -> BTreeSet<String> {
    desk.keys().into_iter().collect()
}

/// Whether the process died there; then everything that must hold.
fn died_at(failpoint: &str, step: Step, around: Around) -> bool {
    let (server, desk) = remembering();
    assert_ok(&desk.pull());
    let mut kept = BTreeSet::from(["old".to_owned()]);
    if around == Around::Inbox {
        beat(&server);
        let other = Desk::at(&server);
        other.memory(&[("waiting", "w")]);
        assert_ok(&other.push());
        assert_eq!(server.refs("refs/ruflo-memory/inbox/").len(), 1);
        kept.extend(["rival".to_owned(), "waiting".to_owned()]);
    }
    desk.memory(&[("old", "1"), ("mine", "m")]);
    std::fs::rename(desk.path("memory.json"), desk.path("local.json")).unwrap();
    let rival = (around == Around::Rival).then(|| beat(&server));
    let output = desk
        .command(step.arguments())
        .env("SHIPWRIGHT_FAILPOINT", failpoint)
        .output()
        .unwrap();
    if output.status.code().is_some() {
        assert_ok(&output);
        return false;
    }
    let what = format!("killed at {failpoint}, {step:?}, {around:?}");
    if rival.is_some_and(|acknowledged| acknowledged.load(Ordering::SeqCst)) {
        kept.insert("rival".to_owned());
    }
    server.git(&["fsck", "--strict", "--no-dangling"]);
    assert!(is_whole(&desk.path("base.json")), "{what}");
    let memory = desk.path("memory.json");
    assert!(!memory.exists() || is_whole(&memory), "{what}");
    let mut found = seen(&desk);
    found.remove("mine");
    assert_eq!(found, kept, "{what}");
    assert_ok(&desk.run(&["push", "--input", "local.json"]));
    kept.insert("mine".to_owned());
    let found = seen(&desk);
    assert!(found.is_superset(&kept), "{what}, then again: {found:?}");
    let merges = server.git(&["rev-list", "--merges", "--count", "refs/ruflo-memory/v1"]);
    assert_eq!(merges, "0", "{what}");
    true
}

#[test]
fn a_job_killed_at_every_failpoint_loses_nothing_of_anybody() {
    if !cfg!(debug_assertions) {
        println!("skipped: this build has no failpoints");
        return;
    }
    for failpoint in FAILPOINTS {
        let mut deaths = Vec::new();
        for step in [Step::Pull, Step::Push, Step::PushWithBase] {
            for around in [Around::Quiet, Around::Rival, Around::Inbox] {
                if died_at(failpoint, step, around) {
                    deaths.push((step, around));
                }
            }
        }
        println!("{failpoint}: {deaths:?}");
        assert!(!deaths.is_empty(), "nothing ever reaches {failpoint}");
    }
}
