//! The lean way: git's smart HTTP protocol spoken by ourselves, in as few requests and bytes as it allows.
//!
//! Protocol version 2 lets us ask for the refs below a prefix, so the cost does not grow with the repository's other
//! refs, and needs no greeting first. Version 2 has no push; `receive-pack` takes commands without a greeting too, when
//! the old ids and the server's abilities are known. The abilities we assume (`report-status`, `side-band-64k`,
//! `atomic`, `ofs-delta`) have been in every git server for a decade. Whatever a server answers that we do not
//! understand is a protocol error, and [`super::Remote`] then goes through libgit2.

mod push;

use std::io::Read;
use std::sync::Arc;

use git2::Oid;

use super::Error;
use super::pkt::{self, Packet};
use super::scratch::{Lazy, PackError, Scratch};
use super::transport::{Push, PushOutcome, Refs, Selection, Transport};
use super::wire::{Body, Repeat, Request, Wire};

/// The client of one repository.
#[derive(Debug)]
pub(super) struct Lean {
    wire: Arc<Wire>,
}

impl Lean {
    pub(super) const fn new(wire: Arc<Wire>) -> Self {
        Self { wire }
    }

    /// Sends a version 2 command. Both commands we use only read.
    fn command(&self, body: &[u8]) -> Result<Body, Error> {
        self.wire.send(&Request {
            path: "/git-upload-pack",
            body: Some(body),
            content_type: "application/x-git-upload-pack-request",
            expect: "application/x-git-upload-pack-result",
            protocol: Some("version=2"),
            repeat: Repeat::Safe,
            permission: "contents: read",
        })
    }

    fn broken(&self, error: &std::io::Error) -> Error {
        use std::io::ErrorKind::{InvalidData, TimedOut, UnexpectedEof};
        let kind = error.kind();
        if matches!(kind, InvalidData | UnexpectedEof) {
            self.wire.protocol(&error.to_string())
        } else if kind == TimedOut {
            Error::Deadline {
                remote: self.wire.shown(),
            }
        } else {
            self.wire.transport(&error.to_string())
        }
    }

    /// A payload as text, unless it is the server's own complaint.
    fn text(&self, payload: &[u8]) -> Result<String, Error> {
        let line = pkt::line(payload);
        match line.strip_prefix("ERR ") {
            Some(complaint) => Err(self.wire.protocol(complaint)),
            None => Ok(line),
        }
    }
}

/// A version 2 request: command, abilities, arguments.
fn request(command: &str, arguments: &[String]) -> Vec<u8> {
    let mut body = Vec::new();
    pkt::write(&mut body, format!("command={command}\n").as_bytes());
    body.extend_from_slice(pkt::DELIMITER);
    for argument in arguments {
        pkt::write(&mut body, format!("{argument}\n").as_bytes());
    }
    body.extend_from_slice(pkt::FLUSH);
    body
}

impl Transport for Lean {
    fn list(&self, selection: &Selection) -> Result<Refs, Error> {
        let arguments: Vec<String> = selection
            .prefixes()
            .iter()
            .map(|prefix| format!("ref-prefix {prefix}"))
            .collect();
        let mut answer = self.command(&request("ls-refs", &arguments))?;
        let mut refs = Refs::new();
        loop {
            match pkt::read(&mut answer).map_err(|error| self.broken(&error))? {
                Some(Packet::Data(payload)) => {
                    let line = self.text(&payload)?;
                    let mut words = line.split(' ');
                    let (Some(oid), Some(name)) = (words.next(), words.next()) else {
                        return Err(self.wire.protocol("a ref without a name"));
                    };
                    let oid = Oid::from_str(oid).ok().filter(|_| oid.len() == 40);
                    let oid = oid.ok_or_else(|| self.wire.protocol("a ref without an object id"))?;
                    if selection.contains(name) {
                        refs.insert(name.to_owned(), oid);
                    }
                }
                Some(Packet::Flush) => return Ok(refs),
                Some(Packet::Delimiter | Packet::End) | None => {
                    return Err(self.wire.protocol("the list of refs ends early"));
                }
            }
        }
    }

    fn fetch(&self, wanted: &Refs, depth: u32, scratch: &Scratch) -> Result<(), Error> {
        let mut arguments = vec!["no-progress".to_owned(), "ofs-delta".to_owned()];
        arguments.extend(wanted.values().map(|oid| format!("want {oid}")));
        arguments.push(format!("deepen {depth}"));
        arguments.push("done".to_owned());
        let mut answer = self.command(&request("fetch", &arguments))?;
        loop {
            match pkt::read(&mut answer).map_err(|error| self.broken(&error))? {
                Some(Packet::Data(payload)) if self.text(&payload)? == "packfile" => break,
                // The sections before: what is shallow now, which we know, since it is everything.
                Some(Packet::Data(_) | Packet::Delimiter) => {}
                Some(Packet::Flush | Packet::End) | None => return Err(self.wire.protocol("an answer without a pack")),
            }
        }
        let mut pack = Sideband {
            input: answer,
            ready: Vec::new(),
            position: 0,
            complaint: None,
            done: false,
        };
        let taken = scratch
            .take_pack(&mut pack)
            .and_then(|()| scratch.mark_shallow(wanted.values()).map_err(PackError::Local));
        taken.map_err(|error| match error {
            PackError::Remote(error) => match &pack.complaint {
                Some(complaint) => self.wire.protocol(complaint),
                None => self.broken(&error),
            },
            PackError::Index(error) => self
                .wire
                .protocol(&format!("its pack is not sound, or the local disk is full: {error}")),
            PackError::Local(error) => error,
        })
    }

    fn push(&self, push: Push<'_>, _scratch: &Lazy) -> Result<PushOutcome, Error> {
        push::push(&self.wire, push)
    }
}

/// The pack inside a side-band stream: band 1 is the pack, 2 is chatter, 3 a complaint.
struct Sideband {
    input: Body,
    ready: Vec<u8>,
    position: usize,
    complaint: Option<String>,
    done: bool,
}

impl Read for Sideband {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.position >= self.ready.len() {
            if self.done {
                return Ok(0);
            }
            match pkt::read(&mut self.input)? {
                Some(Packet::Data(payload)) => match payload.first() {
                    Some(1) => {
                        self.ready = payload;
                        self.position = 1;
                    }
                    Some(2) | None => {}
                    Some(_) => {
                        self.complaint = Some(pkt::line(payload.get(1..).unwrap_or_default()));
                        return Err(std::io::Error::new(
                            std::io::ErrorKind::InvalidData,
                            "the server complains",
                        ));
                    }
                },
                Some(Packet::Flush | Packet::End) => self.done = true,
                Some(Packet::Delimiter) | None => {
                    return Err(std::io::Error::new(
                        std::io::ErrorKind::UnexpectedEof,
                        "the pack ends early",
                    ));
                }
            }
        }
        let rest = self.ready.get(self.position..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.position += count;
        Ok(count)
    }
}
