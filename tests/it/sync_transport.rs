//! One conformance suite over every way to a remote: lean, libgit2's, and the local disk.

use std::time::{Duration, Instant};

use shipwright::gitref::{
    Author, Commit, Draft, Error, Files, Oid, Options, PushOutcome, RefUpdate, Remote, Snapshot, Token, TransportChoice,
};
use shipwright::ids::RefName;

use crate::world::git_server::{Fault, GitServer, On, hermetic_git};

const TIP: &str = RefName::DEFAULT;

fn options(transport: TransportChoice) -> Options {
    Options {
        deadline: Instant::now() + Duration::from_secs(20),
        transport,
        user_agent: "shipwright/test".to_owned(),
    }
}

/// A server and a way to it.
struct Way {
    server: GitServer,
    transport: Option<TransportChoice>,
}

impl Way {
    fn remote(&self) -> Remote {
        match self.transport {
            Some(transport) => Remote::open(&self.server.url(), None, &options(transport)).unwrap(),
            None => Remote::open(
                self.server.repository().to_str().unwrap(),
                None,
                &options(TransportChoice::Auto),
            )
            .unwrap(),
        }
    }
}

/// Runs a story over each way, each with a server of its own.
fn on_every_way(story: impl Fn(&Way)) {
    for transport in [Some(TransportChoice::Lean), Some(TransportChoice::Libgit2), None] {
        println!("way: {transport:?}");
        story(&Way {
            server: GitServer::start(),
            transport,
        });
    }
}

fn files(text: &str) -> Files {
    Files::from([
        ("memory-export.json".to_owned(), text.as_bytes().to_vec()),
        ("README.md".to_owned(), b"about\n".to_vec()),
    ])
}

fn commit(text: &str, parent: Option<&Snapshot>, known: Option<&Snapshot>) -> Commit {
    let author = Author {
        name: "test".to_owned(),
        email: "test@example.org".to_owned(),
    };
    Draft {
        files: &files(text),
        foreign: &[],
        parent: parent.map(|parent| parent.oid),
        known,
        message: "m\n\nA: b",
        author: &author,
        when: 1_000,
    }
    .commit()
}

fn update(name: &str, old: Option<Oid>, new: Option<Oid>) -> RefUpdate {
    RefUpdate {
        name: name.to_owned(),
        old,
        new,
    }
}

/// Pushes `text` as the child of what is there.
fn write(remote: &Remote, text: &str) -> Snapshot {
    let tip = remote.read(&RefName::default(), &[]).unwrap().tip;
    let commit = commit(text, tip.as_deref(), tip.as_deref());
    let outcome = remote
        .push(&[update(TIP, tip.map(|tip| tip.oid), Some(commit.oid()))], &[&commit])
        .unwrap();
    assert_eq!(outcome, PushOutcome::Pushed);
    commit.snapshot().clone()
}

#[test]
fn what_was_pushed_is_what_is_read() {
    on_every_way(|way| {
        let remote = way.remote();
        let name = RefName::default();
        assert_eq!(remote.read(&name, &[]).unwrap().tip, None);
        write(&remote, "one\n");
        write(&remote, "one\ntwo\n");
        let tip = way.remote().read(&name, &[]).unwrap().tip.unwrap();
        assert_eq!(
            (&tip.files, tip.parents, &tip.trouble),
            (&files("one\ntwo\n"), 1, &None)
        );
        assert_eq!(way.server.git(&["rev-list", "--count", TIP]), "2");
        way.server.git(&["fsck", "--strict", "--no-dangling"]);
    });
}

#[test]
fn a_stale_push_changes_nothing() {
    on_every_way(|way| {
        let first = write(&way.remote(), "one\n");
        let second = write(&way.remote(), "two\n");
        let late = commit("late\n", Some(&first), Some(&first));
        let remote = way.remote();
        if !remote.can_push_unread() {
            remote.read(&RefName::default(), &[]).unwrap();
        }
        let outcome = remote
            .push(&[update(TIP, Some(first.oid), Some(late.oid()))], &[&late])
            .unwrap();
        assert_eq!(outcome, PushOutcome::Stale);
        let create = remote.push(&[update(TIP, None, Some(late.oid()))], &[&late]).unwrap();
        assert_eq!(create, PushOutcome::Stale);
        assert_eq!(way.server.git(&["rev-parse", TIP]), second.oid.to_string());
    });
}

#[test]
fn a_tip_that_moves_between_read_and_push_is_stale() {
    for transport in [TransportChoice::Lean, TransportChoice::Libgit2] {
        let way = Way {
            server: GitServer::start(),
            transport: Some(transport),
        };
        let first = write(&way.remote(), "one\n");
        let remote = way.remote();
        let tip = remote.read(&RefName::default(), &[]).unwrap().tip.unwrap();
        let mine = commit("mine\n", Some(&tip), Some(&tip));
        let old = first.oid.to_string();
        way.server.before_push(move |repository| {
            let tree = format!("{old}^{{tree}}");
            let output = hermetic_git(repository)
                .args(["commit-tree", &tree, "-p", &old, "-m", "theirs"])
                .output()
                .unwrap();
            let theirs = String::from_utf8(output.stdout).unwrap();
            assert!(
                hermetic_git(repository)
                    .args(["update-ref", TIP, theirs.trim()])
                    .status()
                    .unwrap()
                    .success()
            );
        });
        let outcome = remote
            .push(&[update(TIP, Some(tip.oid), Some(mine.oid()))], &[&mine])
            .unwrap();
        assert_eq!(outcome, PushOutcome::Stale, "{transport:?}");
        assert_eq!(way.server.git(&["log", "-1", "--format=%s", TIP]), "theirs");
    }
}

#[test]
fn inbox_refs_are_read_with_the_tip_and_deleted_with_its_move() {
    on_every_way(|way| {
        let name = RefName::default();
        let inbox = format!("{}1.1.x.abc", name.inbox_prefix());
        let tip = write(&way.remote(), "one\n");
        let left = commit("left\n", None, None);
        assert_eq!(
            way.remote()
                .push(&[update(&inbox, None, Some(left.oid()))], &[&left])
                .unwrap(),
            PushOutcome::Pushed
        );
        let remote = way.remote();
        let fetched = remote.read(&name, &[]).unwrap();
        assert_eq!(fetched.inbox.len(), 1);
        assert_eq!(fetched.inbox[0].1.files, files("left\n"));
        let folded = commit("one\nleft\n", fetched.tip.as_deref(), fetched.tip.as_deref());
        // A stale tip must not take the inbox with it.
        let wrong = [
            update(TIP, Some(left.oid()), Some(folded.oid())),
            update(&inbox, Some(left.oid()), None),
        ];
        assert_eq!(remote.push(&wrong, &[&folded]).unwrap(), PushOutcome::Stale);
        assert_eq!(way.server.refs("refs/ruflo-memory/").len(), 2);
        let right = [
            update(TIP, Some(tip.oid), Some(folded.oid())),
            update(&inbox, Some(left.oid()), None),
        ];
        assert_eq!(remote.push(&right, &[&folded]).unwrap(), PushOutcome::Pushed);
        assert_eq!(way.server.refs("refs/ruflo-memory/"), [TIP]);
    });
}

#[test]
fn a_server_that_is_not_atomic_loses_no_inbox_ref() {
    let server = GitServer::start();
    server.git(&["config", "receive.advertiseAtomic", "false"]);
    let inbox = format!("{}a", RefName::default().inbox_prefix());
    let remote = Remote::open(&server.url(), None, &options(TransportChoice::Lean)).unwrap();
    let tip = write(&remote, "one\n");
    let left = commit("left\n", None, None);
    remote
        .push(&[update(&inbox, None, Some(left.oid()))], &[&left])
        .unwrap();
    let folded = commit("one\nleft\n", Some(&tip), Some(&tip));
    let stale = [
        update(TIP, Some(left.oid()), Some(folded.oid())),
        update(&inbox, Some(left.oid()), None),
    ];
    assert_eq!(remote.push(&stale, &[&folded]).unwrap(), PushOutcome::Stale);
    assert_eq!(server.refs("refs/ruflo-memory/inbox/"), [inbox]);
}

#[test]
fn a_chain_is_replaced_by_one_root_commit_only_at_the_expected_tip() {
    on_every_way(|way| {
        let remote = way.remote();
        write(&remote, "one\n");
        let second = write(&remote, "two\n");
        remote.read(&RefName::default(), &[]).unwrap();
        let squashed = commit("three\n", None, Some(&second));
        let push = |old| {
            remote
                .push(&[update(TIP, Some(old), Some(squashed.oid()))], &[&squashed])
                .unwrap()
        };
        assert_eq!(push(squashed.oid()), PushOutcome::Stale);
        assert_eq!(push(second.oid), PushOutcome::Pushed);
        assert_eq!(way.server.git(&["rev-list", "--count", TIP]), "1");
        way.server.git(&["fsck", "--strict", "--no-dangling"]);
    });
}

#[test]
fn a_hook_that_says_no_is_a_refusal_with_its_words() {
    for transport in [TransportChoice::Lean, TransportChoice::Libgit2] {
        let way = Way {
            server: GitServer::start(),
            transport: Some(transport),
        };
        way.server.refuse_pushes("GH013: Repository rule violations found");
        let remote = way.remote();
        let commit = commit("one\n", None, None);
        let outcome = remote
            .push(&[update(TIP, None, Some(commit.oid()))], &[&commit])
            .unwrap();
        let PushOutcome::Refused(reason) = outcome else {
            panic!("{outcome:?}")
        };
        assert!(reason.contains("hook declined"), "{reason}");
        assert!(
            transport == TransportChoice::Libgit2 || reason.contains("GH013"),
            "{reason}"
        );
        way.server.accept_pushes();
    }
}

#[test]
fn tokens_are_sent_at_once_and_their_limits_are_named() {
    for transport in [TransportChoice::Lean, TransportChoice::Libgit2] {
        let server = GitServer::with_tokens("w", "r");
        let open = |token: &str| Remote::open(&server.url(), Token::new(token).as_ref(), &options(transport)).unwrap();
        let commit = commit("one\n", None, None);
        let updates = [update(TIP, None, Some(commit.oid()))];
        assert_eq!(open("w").push(&updates, &[&commit]).unwrap(), PushOutcome::Pushed);
        let counters = server.take_counters();
        assert_eq!(
            counters.requests,
            if transport == TransportChoice::Lean { 1 } else { 2 },
            "no request without the token"
        );
        assert!(open("r").read(&RefName::default(), &[]).unwrap().tip.is_some());
        let denied = open("r").push(&updates, &[&commit]);
        assert!(
            matches!(
                denied,
                Err(Error::Denied {
                    permission: "contents: write",
                    status: 403,
                    ..
                })
            ),
            "{denied:?}"
        );
        for token in ["wrong", ""] {
            let denied = open(token).read(&RefName::default(), &[]);
            assert!(
                matches!(
                    denied,
                    Err(Error::Denied {
                        permission: "contents: read",
                        status: 401,
                        ..
                    })
                ),
                "{denied:?}"
            );
        }
    }
}

#[test]
fn faults_of_the_way_are_told_apart() {
    for transport in [TransportChoice::Lean, TransportChoice::Libgit2] {
        let server = GitServer::start();
        let open = || Remote::open(&server.url(), None, &options(transport)).unwrap();
        let tip = write(&open(), "one\n");
        let read = || open().read(&RefName::default(), &[]);
        for fault in [
            Fault::status(On::Read, 502).times(2),
            Fault::retry_after(On::Read, 429, 0).times(2),
            Fault::drop_before(On::Read).times(1),
        ] {
            server.fault(fault);
            assert_eq!(read().unwrap().tip.unwrap().oid, tip.oid, "a read is repeated");
            server.heal();
        }
        for (fault, expect) in [
            (Fault::status(On::Read, 404), "no repository at"),
            (Fault::status(On::Read, 403), "denied access"),
            (Fault::retry_after(On::Read, 403, 3600), "asks to wait"),
            (Fault::retry_after(On::Read, 503, 3600), "asks to wait"),
            (Fault::redirect(On::Read, "http://other.example/"), "another host"),
            (Fault::page(On::Read), "content type"),
        ] {
            server.fault(fault);
            let error = read().unwrap_err().to_string();
            assert!(error.contains(expect), "{error}");
            server.heal();
        }
        let next = commit("two\n", Some(&tip), Some(&tip));
        for (fault, lands) in [
            (Fault::status(On::Push, 503), false),
            (Fault::drop_before(On::Push), false),
            (Fault::drop_after(On::Push), true),
        ] {
            let remote = open();
            let tip = remote.read(&RefName::default(), &[]).unwrap().tip.unwrap();
            server.fault(fault.times(1));
            let outcome = remote
                .push(&[update(TIP, Some(tip.oid), Some(next.oid()))], &[&next])
                .unwrap();
            assert!(matches!(outcome, PushOutcome::Unknown(_)), "{outcome:?}");
            assert_eq!(server.git(&["rev-parse", TIP]) == next.oid().to_string(), lands);
            server.heal();
        }
    }
}

#[test]
fn an_old_server_is_reached_through_libgit2() {
    let server = GitServer::start();
    server.speak_only_the_old_protocol();
    let remote = Remote::open(&server.url(), None, &options(TransportChoice::Auto)).unwrap();
    write(&remote, "one\n");
    let tip = write(&remote, "two\n");
    assert!(!remote.can_push_unread());
    assert_eq!(server.git(&["rev-parse", TIP]), tip.oid.to_string());
}

#[test]
fn the_lean_way_is_lean() {
    let server = GitServer::start();
    let open = || Remote::open(&server.url(), None, &options(TransportChoice::Lean)).unwrap();
    let value = "0123456789abcdef".repeat(12);
    let lines: Vec<String> = (0..5000)
        .map(|n| format!("{{\"key\":\"{n}\",\"value\":\"{value}\"}},\n"))
        .collect();
    let large = lines.concat();
    let first = write(&open(), &large);
    server.take_counters();
    let remote = open();
    let tip = remote.read(&RefName::default(), &[]).unwrap().tip.unwrap();
    assert_eq!((server.take_counters().requests, &tip.files), (2, &first.files));
    let changed = large.replace("\"4000\",\"value\":\"0", "\"4000\",\"value\":\"x");
    let next = commit(&changed, Some(&first), Some(&first));
    let outcome = open()
        .push(&[update(TIP, Some(first.oid), Some(next.oid()))], &[&next])
        .unwrap();
    let counters = server.take_counters();
    assert_eq!((outcome, counters.requests), (PushOutcome::Pushed, 1));
    assert!(counters.bytes_in < 4096, "{} bytes up", counters.bytes_in);
}
