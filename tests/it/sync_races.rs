//! Races made on purpose: nothing lost, nothing resurrected, nothing doubled.

use shipwright::app::sync::{self, Base, Local, Outcome, Persisted, Setup, Writer};
use shipwright::gitref::{Options, Remote, TransportChoice};
use shipwright::ids::RefName;
use shipwright::memory::retention::Policy;
use shipwright::memory::{Entry, ExportTrust, Identity, Tree};
use shipwright::redact::Redactor;

use crate::world::git_server::{Fault, GitServer, On};

const TIP: &str = RefName::DEFAULT;
const INBOX: &str = "refs/ruflo-memory/inbox/";
const NOW: i64 = 1_800_000_000_000;

/// A job somewhere: what restore gave it, what it does, how it persists.
struct Job {
    url: String,
    transport: TransportChoice,
    base: Option<Base>,
    tree: Tree,
    now: i64,
}

fn identity(key: &str) -> Identity {
    Identity::new("test", key)
}

impl Job {
    fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            transport: TransportChoice::Auto,
            base: None,
            tree: Tree::default(),
            now: NOW,
        }
    }

    fn over(mut self, transport: TransportChoice) -> Self {
        self.transport = transport;
        self
    }

    fn remote(&self) -> Remote {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        Remote::open(
            &self.url,
            None,
            &Options {
                transport: self.transport,
                ..sync::options(deadline)
            },
        )
        .unwrap()
    }

    fn restore(mut self) -> Self {
        let restored = sync::restore(&self.remote(), &RefName::default()).unwrap();
        self.base = Some(restored.base);
        self.tree = restored.tree;
        self
    }

    fn set(mut self, key: &str, value: &str) -> Self {
        self.now += 1;
        self.tree.insert(identity(key), Entry::new(value, self.now));
        self
    }

    fn delete(mut self, key: &str) -> Self {
        self.now += 1;
        assert!(self.tree.delete(&identity(key), self.now));
        self.tree.tombstones.clear();
        self
    }

    fn later(mut self, ms: i64) -> Self {
        self.now += ms;
        self
    }

    fn persist(&self) -> Persisted {
        self.persist_with_history(sync::DEFAULT_HISTORY)
    }

    fn persist_with_history(&self, history: u32) -> Persisted {
        let (redactor, writer) = (Redactor::new(&[], &[]).unwrap(), Writer::local());
        let setup = Setup {
            name: &RefName::default(),
            writer: &writer,
            redactor: &redactor,
            retention: Policy::default(),
            history,
            now: self.now,
        };
        let trust = if self.base.is_some() {
            ExportTrust::Trusted
        } else {
            ExportTrust::Untrusted
        };
        let local = Local {
            tree: Tree::from_memory(self.tree.memory.clone()),
            trust,
        };
        sync::persist(&self.remote(), &setup, self.base.as_ref(), local).unwrap()
    }
}

/// What a fresh job sees, `key=value` in order.
fn seen(server: &GitServer) -> Vec<String> {
    let tree = Job::at(&server.url()).restore().tree;
    tree.entries()
        .map(|(identity, entry)| format!("{}={}", identity.key, entry.text()))
        .collect()
}

const TRANSPORTS: [TransportChoice; 2] = [TransportChoice::Lean, TransportChoice::Libgit2];

#[test]
fn a_tip_that_moves_between_read_and_push_loses_nothing() {
    for transport in TRANSPORTS {
        let server = GitServer::start();
        Job::at(&server.url()).set("a", "1").persist();
        let other = Job::at(&server.url()).restore().set("theirs", "2");
        server.before_push(move |_| assert_eq!(other.persist().outcome, Outcome::Pushed));
        let persisted = Job::at(&server.url())
            .over(transport)
            .restore()
            .set("ours", "3")
            .persist();
        assert_eq!(
            (persisted.outcome, persisted.traffic.pushes),
            (Outcome::Inboxed, 2),
            "{transport:?}"
        );
        assert_eq!(seen(&server), ["a=1", "ours=3", "theirs=2"]);
        let folded = Job::at(&server.url()).restore().persist();
        assert_eq!((folded.outcome, folded.folded), (Outcome::Pushed, 1));
        assert_eq!(server.refs(INBOX), Vec::<String>::new());
        assert_eq!(seen(&server), ["a=1", "ours=3", "theirs=2"]);
    }
}

/// Leaves one inbox ref that changes `a` and adds `left`.
fn leave_one(server: &GitServer) {
    let other = Job::at(&server.url()).restore().set("winner", "w");
    server.before_push(move |_| assert_eq!(other.persist().outcome, Outcome::Pushed));
    let left = Job::at(&server.url())
        .restore()
        .set("a", "changed")
        .set("left", "l")
        .persist();
    assert_eq!(left.outcome, Outcome::Inboxed);
}

#[test]
fn an_inbox_ref_folded_by_two_writers_at_once_counts_once() {
    for transport in TRANSPORTS {
        let server = GitServer::start();
        Job::at(&server.url()).set("a", "1").persist();
        leave_one(&server);
        let other = Job::at(&server.url()).restore().set("b", "2");
        server.before_push(move |_| assert_eq!(other.persist().folded, 1));
        let persisted = Job::at(&server.url()).over(transport).restore().set("c", "3").persist();
        assert_eq!((persisted.outcome, persisted.folded), (Outcome::Inboxed, 0));
        assert_eq!(seen(&server), ["a=changed", "b=2", "c=3", "left=l", "winner=w"]);
        assert_eq!(server.refs(INBOX).len(), 1, "only the beaten folder's own");
    }
}

#[test]
fn a_folder_killed_between_push_and_delete_resurrects_nothing() {
    let server = GitServer::start();
    Job::at(&server.url()).set("a", "1").persist();
    leave_one(&server);
    // libgit2 cannot push atomically: its second push, the deletion, never reaches the server.
    server.before_push(|_| ());
    let job = Job::at(&server.url())
        .over(TransportChoice::Libgit2)
        .restore()
        .set("b", "2");
    server.fault(Fault::drop_before(On::Push).after(1));
    assert_eq!(job.persist().outcome, Outcome::Pushed);
    server.heal();
    assert_eq!(server.refs(INBOX).len(), 1);
    // What the inbox ref holds is deleted for good, then folded again.
    let deleted = Job::at(&server.url()).later(60_000).restore().delete("left").persist();
    assert_eq!(deleted.outcome, Outcome::Pushed);
    assert_eq!(server.refs(INBOX), Vec::<String>::new());
    assert_eq!(seen(&server), ["a=changed", "b=2", "winner=w"]);
}

#[test]
fn an_inbox_commit_outlives_its_base() {
    let server = GitServer::start();
    Job::at(&server.url()).set("a", "1").set("gone", "x").persist();
    leave_one(&server);
    let squashed = Job::at(&server.url()).set("b", "2").persist_with_history(1);
    assert!(squashed.squashed);
    // The fold above took the inbox ref; leave another one whose base is then squashed and collected.
    let job = Job::at(&server.url()).restore().delete("gone").set("a", "again");
    let other = Job::at(&server.url()).restore().set("c", "3");
    server.before_push(move |_| assert!(other.persist_with_history(1).squashed));
    assert_eq!(job.persist().outcome, Outcome::Inboxed);
    server.git(&["reflog", "expire", "--expire=now", "--all"]);
    server.git(&["gc", "--quiet", "--prune=now"]);
    let folded = Job::at(&server.url()).set("d", "4").persist();
    assert_eq!((folded.outcome, folded.folded), (Outcome::Pushed, 1));
    assert_eq!(seen(&server), ["a=again", "b=2", "c=3", "d=4", "left=l", "winner=w"]);
}

#[test]
fn a_base_that_was_squashed_and_collected_is_no_obstacle() {
    let server = GitServer::start();
    Job::at(&server.url()).set("a", "1").persist();
    let job = Job::at(&server.url()).restore().set("late", "l");
    for n in 0..3 {
        Job::at(&server.url())
            .later(n * 10)
            .set("b", &n.to_string())
            .persist_with_history(1);
    }
    server.git(&["reflog", "expire", "--expire=now", "--all"]);
    server.git(&["gc", "--quiet", "--prune=now"]);
    assert_eq!(job.persist().outcome, Outcome::Inboxed);
    assert_eq!(seen(&server), ["a=1", "b=2", "late=l"]);
}

#[test]
fn a_chain_is_squashed_when_it_is_long_and_stays_a_chain_when_the_server_forbids_it() {
    let server = GitServer::start();
    let write = |n: i64| {
        Job::at(&server.url())
            .later(n * 10)
            .set("n", &n.to_string())
            .persist_with_history(5)
    };
    let squashed: Vec<bool> = (0..12).map(|n| write(n).squashed).collect();
    assert_eq!(squashed.iter().filter(|squashed| **squashed).count(), 2);
    assert_eq!(server.git(&["rev-list", "--count", TIP]), "2");
    server.refuse_forced_pushes();
    for n in 12..20 {
        assert_eq!(write(n).outcome, Outcome::Pushed);
    }
    assert_eq!(server.git(&["rev-list", "--count", TIP]), "10");
    assert_eq!(seen(&server), ["n=19"]);
}

#[test]
fn the_fate_of_a_push_without_an_answer_is_found_out() {
    for transport in TRANSPORTS {
        for (fault, expect) in [
            (Fault::drop_after(On::Push).times(1), Outcome::Pushed),
            (Fault::cut_after(On::Push).times(1), Outcome::Pushed),
            (Fault::drop_before(On::Push).times(1), Outcome::Pushed),
            (Fault::status(On::Push, 503).times(1), Outcome::Pushed),
            (Fault::drop_before(On::Push).times(3), Outcome::Inboxed),
        ] {
            let server = GitServer::start();
            Job::at(&server.url()).set("a", "1").persist();
            let job = Job::at(&server.url()).over(transport).restore().set("b", "2");
            println!("{transport:?} {fault:?}");
            server.fault(fault);
            let outcome = job.persist().outcome;
            assert!(
                outcome == expect || transport == TransportChoice::Libgit2 && outcome == Outcome::Inboxed,
                "{outcome:?}"
            );
            server.heal();
            assert_eq!(seen(&server), ["a=1", "b=2"]);
            server.git(&["fsck", "--strict", "--no-dangling"]);
        }
    }
}

#[test]
fn a_reset_clock_does_not_make_old_entries_new() {
    let server = GitServer::start();
    Job::at(&server.url()).set("a", "1").set("b", "2").persist();
    let mut job = Job::at(&server.url()).restore().later(3_600_000);
    for key in ["a", "b"] {
        let entry = Entry {
            value: job.tree.get(&identity(key)).unwrap().value.clone(),
            ..Entry::new("", job.now)
        };
        job.tree.insert(identity(key), entry);
    }
    let job = job.set("b", "changed");
    assert_eq!(job.persist().outcome, Outcome::Pushed);
    let tree = Job::at(&server.url()).restore().tree;
    let time = |key| tree.get(&identity(key)).unwrap().updated_at.unwrap();
    assert!(
        time("a") < NOW + 10 && time("b") > NOW + 3_600_000,
        "{} {}",
        time("a"),
        time("b")
    );
}

#[test]
fn a_clock_that_is_an_hour_off_decides_nothing() {
    for skew in [-3_600_000, 3_600_000] {
        let server = GitServer::start();
        let wrong = || Job::at(&server.url()).later(skew);
        wrong().set("a", "1").set("b", "2").set("c", "3").persist();
        let right = Job::at(&server.url()).restore().set("a", "right").delete("b");
        assert_eq!(right.persist().outcome, Outcome::Pushed);
        assert_eq!(seen(&server), ["a=right", "c=3"], "{skew}");
        let job = wrong().restore().set("c", "wrong").delete("a");
        let persisted = job.persist();
        assert_eq!((persisted.outcome, persisted.pruned), (Outcome::Pushed, 0));
        assert_eq!(seen(&server), ["c=wrong"], "{skew}");
        let again = Job::at(&server.url()).restore().set("a", "back").set("c", "right");
        again.persist();
        assert_eq!(seen(&server), ["a=back", "c=right"], "{skew}");
        assert_eq!(wrong().restore().persist().outcome, Outcome::Unchanged, "{skew}");
        // Two at once: the later clock wins what both changed, and nothing else.
        let (slow, fast) = (
            Job::at(&server.url())
                .restore()
                .later(60_000)
                .set("c", "x")
                .set("slow", "s"),
            wrong().restore().set("c", "y").set("fast", "f"),
        );
        slow.persist();
        fast.persist();
        let winner = if skew > 0 { "c=y" } else { "c=x" };
        assert_eq!(seen(&server), ["a=back", winner, "fast=f", "slow=s"], "{skew}");
    }
}

#[test]
fn quiet_persists_cost_next_to_nothing() {
    let server = GitServer::start();
    Job::at(&server.url()).set("a", "1").persist();
    let tip = server.git(&["rev-parse", TIP]);
    let job = Job::at(&server.url()).restore();
    server.take_counters();
    assert_eq!(job.persist().outcome, Outcome::Unchanged);
    assert_eq!(server.take_counters().requests, 1);
    assert_eq!(server.git(&["rev-parse", TIP]), tip, "no commit");
    assert_eq!(job.set("b", "2").persist().outcome, Outcome::Pushed);
    assert_eq!(server.take_counters().requests, 1);
    let cold = Job::at(&server.url()).over(TransportChoice::Libgit2).restore();
    assert!(server.take_counters().requests <= 3);
    assert_eq!(cold.set("c", "3").persist().outcome, Outcome::Pushed);
    assert!(server.take_counters().requests <= 5);
}
