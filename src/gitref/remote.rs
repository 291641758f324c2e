//! One remote and the ways to it: lean first, libgit2 when the server does not play along, the disk for local ones.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Instant;

use git2::Oid;

use crate::ids::RefName;

use super::address::Address;
use super::fallback::Libgit2;
use super::lean::Lean;
use super::local::Local;
use super::object::NewObject;
use super::scratch::{Lazy, Logged, Scratch};
use super::transport::{Push, RefUpdate, Refs, Selection, Transport};
use super::wire::{Repeat, Request, Traffic, Wire};
use super::{Commit, Error, PushOutcome, Snapshot, Token};

/// Most inbox refs that are read at once; what is beyond waits for the next reader.
const MAX_INBOX: usize = 512;
/// How often a read starts again because what was listed is gone.
const READ_TRIES: usize = 4;

/// Which way to go to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum TransportChoice {
    /// Lean, and libgit2's when the server answers unexpectedly.
    #[default]
    Auto,
    /// Lean only.
    Lean,
    /// libgit2's only.
    Libgit2,
}

/// How to talk to a remote.
#[derive(Debug, Clone)]
pub struct Options {
    /// When everything must be over.
    pub deadline: Instant,
    /// Which way to go.
    pub transport: TransportChoice,
    /// Who we say we are, `shipwright/1.2.3`.
    pub user_agent: String,
}

/// The refs of one memory as a remote lists them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// The tip of memory.
    pub tip: Option<Oid>,
    /// What concurrent writers left, by ref name.
    pub inbox: Refs,
    /// Unreadable tips that were kept, by ref name.
    pub rescued: Refs,
}

/// A memory as read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fetched {
    /// What was listed at the time.
    pub listing: Listing,
    /// What the tip holds.
    pub tip: Option<Arc<Snapshot>>,
    /// What the inbox holds, by ref name.
    pub inbox: Vec<(String, Arc<Snapshot>)>,
}

/// A repository that holds memory.
pub struct Remote {
    shown: String,
    wire: Option<Arc<Wire>>,
    first: Box<dyn Transport>,
    second: Option<Box<dyn Transport>>,
    /// Whether `second` took over.
    fallen: Cell<bool>,
    /// Whether the present way needs to have read a tip before it can push a child of it.
    reads_first: bool,
    scratch: Lazy,
}

impl Remote {
    /// Prepares to talk to `address`: `https://…`, `http://…`, `file://…` or a path. Nothing is sent yet.
    pub fn open(address: &str, token: Option<&Token>, options: &Options) -> Result<Self, Error> {
        let address = Address::parse(address)?;
        let shown = address.shown();
        let (wire, first, second): (_, Box<dyn Transport>, Option<Box<dyn Transport>>) = match address {
            Address::Local(path) => (None, Box::new(Local::new(&path)), None),
            Address::Http(url) => {
                let wire = Arc::new(Wire::new(url, token, &options.user_agent, options.deadline)?);
                let lean = || Box::new(Lean::new(Arc::clone(&wire)));
                let libgit2 = || Box::new(Libgit2::new(Arc::clone(&wire)));
                let (first, second): (Box<dyn Transport>, Option<Box<dyn Transport>>) = match options.transport {
                    TransportChoice::Auto => (lean(), Some(libgit2())),
                    TransportChoice::Lean => (lean(), None),
                    TransportChoice::Libgit2 => (libgit2(), None),
                };
                (Some(wire), first, second)
            }
        };
        let reads_first = wire.is_some() && options.transport == TransportChoice::Libgit2;
        Ok(Self {
            shown,
            wire,
            first,
            second,
            fallen: Cell::new(false),
            reads_first,
            scratch: Lazy::default(),
        })
    }

    /// The address as it may be shown.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// What went over the wire so far; nothing for a local remote.
    pub fn traffic(&self) -> Traffic {
        self.wire.as_ref().map(|wire| wire.traffic()).unwrap_or_default()
    }

    /// Whether a child of a tip can be pushed that was read by another process.
    pub fn can_push_unread(&self) -> bool {
        !self.reads_first && !self.fallen.get()
    }

    /// The refs of memory `name`.
    pub fn list(&self, name: &RefName) -> Result<Listing, Error> {
        let selection = Selection::of(name);
        let refs = self.through(|way| way.list(&selection))?;
        Ok(Listing::of(name, &selection, refs))
    }

    /// Reads tip and inbox of memory `name`. What the remote holds at the ids of `known` is taken from there.
    pub fn read(&self, name: &RefName, known: &[Arc<Snapshot>]) -> Result<Fetched, Error> {
        let selection = Selection::of(name);
        let scratch = self.scratch.get()?;
        let has = |oid: &Oid| known.iter().any(|snapshot| snapshot.oid == *oid);
        let want = |refs: &Refs| -> Refs {
            let ours = refs
                .iter()
                .filter(|(name, oid)| !has(oid) && (name.as_str() == selection.tip() || selection.is_inbox(name)));
            ours.take(MAX_INBOX).map(|(name, oid)| (name.clone(), *oid)).collect()
        };
        for _ in 0..READ_TRIES {
            let refs = self.through(|way| way.read(&selection, &want, scratch))?;
            let listing = Listing::of(name, &selection, refs);
            if let Some(fetched) = collect(listing, known, scratch) {
                return Ok(fetched);
            }
            tracing::debug!("the tip moved while it was read; reading again");
        }
        Err(Error::Transport {
            remote: self.shown.clone(),
            reason: format!("{} moves faster than it can be read", name.as_str()),
        })
    }

    /// The last commits of memory `name`, newest first.
    pub fn history(&self, name: &RefName, limit: u32) -> Result<Vec<Logged>, Error> {
        let Some(tip) = self.list(name)?.tip else {
            return Ok(Vec::new());
        };
        let wanted = Refs::from([(name.as_str().to_owned(), tip)]);
        let scratch = self.scratch.get()?;
        self.through(|way| way.fetch(&wanted, limit, scratch))?;
        Ok(scratch.history(tip, limit as usize))
    }

    /// Whether the remote would take a push from us: asks for what git asks before one, and sends none.
    ///
    /// # Errors
    /// [`Error::Denied`] when the token may not write, and whatever else stands in the way.
    pub fn may_push(&self) -> Result<(), Error> {
        let Some(wire) = &self.wire else {
            return Ok(());
        };
        let request = Request {
            path: "/info/refs?service=git-receive-pack",
            body: None,
            content_type: "",
            expect: "application/x-git-receive-pack-advertisement",
            protocol: None,
            repeat: Repeat::Safe,
            permission: "contents: write",
        };
        wire.send(&request).map(drop)
    }

    /// Moves refs, each only if it is where `updates` says; all or none where the server can do that. `commits` are those
    /// that become reachable.
    pub fn push(&self, updates: &[RefUpdate], commits: &[&Commit]) -> Result<PushOutcome, Error> {
        let objects: Vec<&NewObject> = commits.iter().flat_map(|commit| &commit.objects).collect();
        let push = Push {
            updates,
            objects: &objects,
        };
        if self.fallen.get() || self.reads_first {
            return self.present().push(push, &self.scratch);
        }
        match self.first.push(push, &self.scratch) {
            Err(error) if error.is_protocol() && self.second.is_some() => {
                // It may have happened all the same: whoever called reads again, then pushes the other way.
                self.fall(&error);
                Ok(PushOutcome::Unknown(error.to_string()))
            }
            other => other,
        }
    }

    fn present(&self) -> &dyn Transport {
        match &self.second {
            Some(second) if self.fallen.get() => second.as_ref(),
            _ => self.first.as_ref(),
        }
    }

    fn fall(&self, error: &Error) {
        tracing::debug!(%error, "the lean transport gives way to libgit2's");
        self.fallen.set(true);
    }

    /// Reads by the present way, and by the other one when the server answers unexpectedly.
    fn through<T>(&self, work: impl Fn(&dyn Transport) -> Result<T, Error>) -> Result<T, Error> {
        match work(self.present()) {
            Err(error) if error.is_protocol() && self.second.is_some() && !self.fallen.get() => {
                self.fall(&error);
                work(self.present())
            }
            other => other,
        }
    }
}

impl Listing {
    fn of(name: &RefName, selection: &Selection, refs: Refs) -> Self {
        let mut listing = Self::default();
        for (ref_name, oid) in refs {
            if ref_name == name.as_str() {
                listing.tip = Some(oid);
            } else if selection.is_inbox(&ref_name) {
                listing.inbox.insert(ref_name, oid);
            } else {
                listing.rescued.insert(ref_name, oid);
            }
        }
        listing
    }
}

/// `None` when the tip that was listed did not come: it moved meanwhile. An inbox ref that did not come was folded by
/// somebody else, and its content is in a newer tip; it is left out.
fn collect(listing: Listing, known: &[Arc<Snapshot>], scratch: &Scratch) -> Option<Fetched> {
    let get = |oid: Oid| match known.iter().find(|snapshot| snapshot.oid == oid) {
        Some(snapshot) => Some(Arc::clone(snapshot)),
        None => scratch.has(oid).then(|| Arc::new(scratch.snapshot(oid))),
    };
    let tip = match listing.tip {
        Some(oid) => Some(get(oid)?),
        None => None,
    };
    let inbox = listing
        .inbox
        .iter()
        .filter_map(|(name, oid)| Some((name.clone(), get(*oid)?)))
        .collect();
    Some(Fetched { listing, tip, inbox })
}
