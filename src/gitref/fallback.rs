//! The sure way: libgit2's own protocol client over our HTTP. It reads the advertisement of every ref and sends whole
//! objects, but it has met every git server there is.
//!
//! libgit2 does not ask for atomic pushes, so the first update goes alone and the rest follow once it succeeded.

use std::sync::Arc;

use git2::{Direction, FetchOptions, Oid, PushOptions, Remote, RemoteCallbacks, Repository};

use super::Error;
use super::scratch::{Lazy, Scratch};
use super::subtransport;
use super::transport::{Push, PushOutcome, RefUpdate, Refs, Selection, Transport, judge};
use super::wire::Wire;

/// libgit2 over our wire.
#[derive(Debug)]
pub(super) struct Libgit2 {
    wire: Arc<Wire>,
}

impl Libgit2 {
    pub(super) const fn new(wire: Arc<Wire>) -> Self {
        Self { wire }
    }

    /// Runs `work` with libgit2's HTTP going over our wire; the typed error of the wire wins over libgit2's text.
    fn over_wire<T>(&self, work: impl FnOnce(&str) -> Result<T, git2::Error>) -> Result<T, Error> {
        subtransport::with(&self.wire, || work(&self.wire.shown()))
            .map_err(|(error, typed)| typed.unwrap_or_else(|| self.wire.transport(error.message())))
    }

    /// Pushes updates in one request; each ref moves on its own.
    fn push_once(&self, repository: &Repository, updates: &[RefUpdate]) -> Result<PushOutcome, Error> {
        let zero = |oid: Option<Oid>| oid.unwrap_or(Oid::ZERO_SHA1);
        let mut specs = Vec::new();
        for (index, update) in updates.iter().enumerate() {
            let source = match update.new {
                Some(oid) => {
                    let name = format!("refs/out/{index}");
                    repository
                        .reference(&name, oid, true, "to be pushed")
                        .map_err(|error| Error::Scratch(error.message().to_owned()))?;
                    name
                }
                None => String::new(),
            };
            specs.push(format!("+{source}:{}", update.name));
        }
        let mut moved = false;
        let mut reasons: Vec<String> = Vec::new();
        let mut confirmed = 0;
        let result = self.over_wire(|url| {
            let mut remote = repository.remote_anonymous(url)?;
            let mut callbacks = RemoteCallbacks::new();
            callbacks.push_negotiation(|advertised| {
                let at = |name: &str| {
                    advertised
                        .iter()
                        .find(|update| update.dst_refname() == Ok(name))
                        .map(git2::PushUpdate::src)
                };
                moved = updates
                    .iter()
                    .any(|update| at(&update.name).is_some_and(|oid| oid != zero(update.old)));
                if moved {
                    Err(git2::Error::from_str("a ref has moved"))
                } else {
                    Ok(())
                }
            });
            callbacks.push_update_reference(|_name, refusal| {
                match refusal {
                    Some(reason) => reasons.push(reason.to_owned()),
                    None => confirmed += 1,
                }
                Ok(())
            });
            let mut options = PushOptions::new();
            options.remote_callbacks(callbacks);
            remote.push(&specs, Some(&mut options))
        });
        if moved {
            return Ok(PushOutcome::Stale);
        }
        match result {
            Ok(()) if reasons.is_empty() && confirmed == updates.len() => Ok(PushOutcome::Pushed),
            Ok(()) => match reasons.first() {
                Some(reason) => Ok(judge(reason)),
                None => Ok(PushOutcome::Unknown("the server confirmed nothing".to_owned())),
            },
            Err(error @ (Error::Transport { .. } | Error::Busy { .. } | Error::Deadline { .. })) => {
                Ok(PushOutcome::Unknown(error.to_string()))
            }
            Err(error) => Err(error),
        }
    }
}

/// The refs a connected remote advertises.
fn advertised(remote: &Remote<'_>, selection: &Selection) -> Result<Refs, git2::Error> {
    let heads = remote.list()?;
    let ours = heads
        .iter()
        .map(|head| (head.name(), head.oid()))
        .filter(|(name, _)| selection.contains(name));
    Ok(ours.map(|(name, oid)| (name.to_owned(), oid)).collect())
}

impl Transport for Libgit2 {
    fn list(&self, selection: &Selection) -> Result<Refs, Error> {
        self.read(selection, &|_| Refs::new(), &Scratch::new()?)
    }

    fn fetch(&self, wanted: &Refs, depth: u32, scratch: &Scratch) -> Result<(), Error> {
        // The server lets go of a ref that moved meanwhile; then the newer commit comes, and the caller looks for the
        // old one in vain and reads again.
        self.over_wire(|url| {
            let mut remote = scratch.repository().remote_anonymous(url)?;
            download(&mut remote, wanted, depth)
        })
    }

    fn read(&self, selection: &Selection, want: &dyn Fn(&Refs) -> Refs, scratch: &Scratch) -> Result<Refs, Error> {
        self.over_wire(|url| {
            let mut remote = scratch.repository().remote_anonymous(url)?;
            remote.connect(Direction::Fetch)?;
            let refs = advertised(&remote, selection)?;
            let wanted = want(&refs);
            if !wanted.is_empty() {
                download(&mut remote, &wanted, 1)?;
            }
            remote.disconnect()?;
            Ok(refs)
        })
    }

    fn push(&self, push: Push<'_>, scratch: &Lazy) -> Result<PushOutcome, Error> {
        let scratch = scratch.get()?;
        scratch.write(push.objects)?;
        let Some((first, rest)) = push.updates.split_first() else {
            return Ok(PushOutcome::Pushed);
        };
        let outcome = self.push_once(scratch.repository(), std::slice::from_ref(first))?;
        if outcome == PushOutcome::Pushed && !rest.is_empty() {
            // What the rest were to clean up is merged already; leaving it is harmless.
            match self.push_once(scratch.repository(), rest) {
                Ok(PushOutcome::Pushed) => {}
                other => tracing::debug!(?other, "left for the next writer to clean up"),
            }
        }
        Ok(outcome)
    }
}

fn download(remote: &mut Remote<'_>, wanted: &Refs, depth: u32) -> Result<(), git2::Error> {
    let specs: Vec<String> = wanted
        .keys()
        .enumerate()
        .map(|(index, name)| format!("+{name}:refs/in/{index}"))
        .collect();
    let mut options = FetchOptions::new();
    options
        .depth(i32::try_from(depth).unwrap_or(i32::MAX))
        .download_tags(git2::AutotagOption::None)
        .update_fetchhead(false);
    remote.fetch(&specs, Some(&mut options), None)
}
