//! libgit2's HTTP, done by [`Wire`]: one TLS stack, a token that never leaves its host, typed errors and counted bytes.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use git2::transport::{Service, SmartSubtransport, SmartSubtransportStream, Transport};

use super::Error;
use super::wire::{Body, Repeat, Request, Wire};

thread_local! {
    /// What the operation running on this thread talks over. libgit2 makes its transports on the calling thread.
    static CURRENT: RefCell<Option<Line>> = const { RefCell::new(None) };
}

/// A wire and the place where its last error waits for whoever started the operation.
#[derive(Clone)]
struct Line {
    wire: Arc<Wire>,
    failure: Arc<Mutex<Option<Error>>>,
}

impl Line {
    fn fail(&self, error: Error) -> git2::Error {
        let text = error.to_string();
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        git2::Error::from_str(&text)
    }
}

/// Runs `work` with libgit2's `http` and `https` going over `wire`.
pub(super) fn with<T>(
    wire: &Arc<Wire>,
    work: impl FnOnce() -> Result<T, git2::Error>,
) -> Result<T, (git2::Error, Option<Error>)> {
    register();
    let line = Line {
        wire: Arc::clone(wire),
        failure: Arc::default(),
    };
    let before = CURRENT.replace(Some(line.clone()));
    let result = work();
    CURRENT.set(before);
    result.map_err(|error| {
        (
            error,
            line.failure.lock().unwrap_or_else(PoisonError::into_inner).take(),
        )
    })
}

/// Tells libgit2 about us, once in the life of the process.
#[expect(
    unsafe_code,
    reason = "libgit2 keeps its list of transports in a global; the lock makes this the only writer, before any use"
)]
fn register() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        for scheme in ["http", "https"] {
            let make = |remote: &git2::Remote<'_>| {
                let line = CURRENT.with_borrow(Clone::clone);
                let line = line.ok_or_else(|| git2::Error::from_str("no connection was set up for this thread"))?;
                Transport::smart(remote, true, Smart { line })
            };
            // SAFETY: called once, under the lock of `ONCE`, and every use of libgit2's http goes through `with`.
            let result = unsafe { git2::transport::register(scheme, make) };
            result.expect("libgit2 takes a transport for a scheme it has none for");
        }
    });
}

struct Smart {
    line: Line,
}

impl SmartSubtransport for Smart {
    fn action(&self, _url: &str, action: Service) -> Result<Box<dyn SmartSubtransportStream>, git2::Error> {
        if action == Service::ReceivePack {
            self.line.wire.count_push();
        }
        Ok(Box::new(Stream {
            line: self.line.clone(),
            action,
            request: Vec::new(),
            answer: None,
        }))
    }

    fn close(&self) -> Result<(), git2::Error> {
        Ok(())
    }
}

/// One exchange: what is written is the request's body, sent when the first byte of the answer is asked for.
struct Stream {
    line: Line,
    action: Service,
    request: Vec<u8>,
    answer: Option<Body>,
}

impl Stream {
    fn send(&self) -> Result<Body, Error> {
        let body = Some(self.request.as_slice());
        let read = |path, body, content_type, expect| Request {
            path,
            body,
            content_type,
            expect,
            protocol: None,
            repeat: Repeat::Safe,
            permission: "contents: read",
        };
        let request = match self.action {
            Service::UploadPackLs => read(
                "/info/refs?service=git-upload-pack",
                None,
                "",
                "application/x-git-upload-pack-advertisement",
            ),
            Service::UploadPack => read(
                "/git-upload-pack",
                body,
                "application/x-git-upload-pack-request",
                "application/x-git-upload-pack-result",
            ),
            Service::ReceivePackLs => Request {
                permission: "contents: write",
                ..read(
                    "/info/refs?service=git-receive-pack",
                    None,
                    "",
                    "application/x-git-receive-pack-advertisement",
                )
            },
            Service::ReceivePack => Request {
                permission: "contents: write",
                repeat: Repeat::Never,
                ..read(
                    "/git-receive-pack",
                    body,
                    "application/x-git-receive-pack-request",
                    "application/x-git-receive-pack-result",
                )
            },
        };
        self.line.wire.send(&request)
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.answer.is_none() {
            let answer = self
                .send()
                .map_err(|error| io::Error::other(self.line.fail(error).message().to_owned()))?;
            self.answer = Some(answer);
        }
        self.answer.as_mut().map_or(Ok(0), |answer| answer.read(buffer))
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.request.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
