//! `--hook`: a command that a pipeline runs when something has failed already. It helps if it can, and whatever happens it
//! ends within five seconds with 0, so that it never makes things worse.

use std::sync::mpsc;
use std::time::Duration;

use crate::app::{Error, Kind};

/// How long the work may take; what remains of five seconds is for starting and ending.
const LIMIT: Duration = Duration::from_millis(4500);

/// Runs the work, and leaves it behind when it takes too long: every file is written atomically.
///
/// # Errors
/// The work's own, or that it took too long or broke down.
pub fn guarded(work: impl FnOnce() -> Result<(), Error> + Send + 'static) -> Result<(), Error> {
    within(LIMIT, work)
}

fn within(limit: Duration, work: impl FnOnce() -> Result<(), Error> + Send + 'static) -> Result<(), Error> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        // Nobody listens any more when the time is up.
        let _ = sender.send(work());
    });
    match receiver.recv_timeout(limit) {
        Ok(done) => done,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(Error::service("the hook took too long and was left")),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(Error::new(Kind::Bug, "the hook broke down")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_hangs_or_breaks_down_is_left() {
        assert!(within(LIMIT, || Ok(())).is_ok());
        assert!(within(LIMIT, || Err(Error::user("no such log"))).is_err());
        let (keep, wait) = mpsc::channel::<()>();
        let hangs = move || {
            let _ = wait.recv();
            Ok(())
        };
        let error = within(Duration::from_millis(20), hangs).unwrap_err();
        assert!(error.chain().contains("too long"), "{}", error.chain());
        drop(keep);
        let breaks = || -> Result<(), Error> { std::panic::resume_unwind(Box::new("x")) };
        assert!(within(LIMIT, breaks).is_err());
    }
}
