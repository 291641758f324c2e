//! SIGINT and SIGTERM. As process 1 of a container we get neither unless a handler is installed.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};

/// What asked us to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: the runner cancels; SIGTERM follows after 7.5 s.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

/// Handlers that are in place from the moment this value exists.
#[derive(Debug)]
pub struct Shutdown {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Shutdown {
    /// Installs the handlers; needs a running tokio runtime.
    pub fn install() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next signal. Dropping the future loses none.
    #[cfg(unix)]
    pub async fn wait(&mut self) -> Signal {
        tokio::select! {
            Some(()) = self.interrupt.recv() => Signal::Interrupt,
            Some(()) = self.terminate.recv() => Signal::Terminate,
            else => std::future::pending().await,
        }
    }

    /// Waits for the next signal.
    #[cfg(not(unix))]
    pub async fn wait(&mut self) -> Signal {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::Interrupt,
            Err(_) => std::future::pending().await,
        }
    }
}

/// Waits until we are asked to stop; forever where handlers cannot be installed.
pub async fn shutdown_signal() -> Signal {
    match Shutdown::install() {
        Ok(mut shutdown) => shutdown.wait().await,
        Err(_) => std::future::pending().await,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;

    use super::*;

    #[tokio::test]
    async fn signals_are_heard_once_handlers_stand() {
        let mut shutdown = Shutdown::install().unwrap();
        for (name, expect) in [("TERM", Signal::Terminate), ("INT", Signal::Interrupt)] {
            let kill = format!("kill -{name} {}", std::process::id());
            assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
            assert_eq!(shutdown.wait().await, expect);
        }
    }
}
