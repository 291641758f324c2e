//! A job's log: behind a redirect, late after the job's end, gone after weeks, and of any size.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::BodyExt;

use super::call::Call;
use super::{Client, Error, Result};
use crate::ids::{JobId, RepoSlug};

/// One download; a log longer than this allows is cut by the deadline anyway.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(30);
/// The first wait for a log that is not there yet; it doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(4);

/// How much of a log to keep, and how long to wait for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogLimits {
    /// Bytes kept from the start.
    pub head: usize,
    /// Bytes kept from the end, where failures are.
    pub tail: usize,
    /// How long a 404 may last: the log of a job that has just ended comes late.
    pub patience: Duration,
}

impl Default for LogLimits {
    fn default() -> Self {
        Self {
            head: 1 << 20,
            tail: 15 << 20,
            patience: Duration::from_secs(20),
        }
    }
}

impl LogLimits {
    /// Keeps at most `bytes`, a sixteenth of them from the start.
    pub fn capped(bytes: usize) -> Self {
        Self {
            head: bytes / 16,
            tail: bytes - bytes / 16,
            ..Self::default()
        }
    }
}

/// A job's log, as far as it was kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogBody {
    /// The head and the tail, both of whole lines where a cut was made.
    pub bytes: Vec<u8>,
    /// What is missing between them.
    pub cut: Option<Cut>,
}

/// The part of a log that was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Where it is missing: an offset into the kept bytes, at the start of a line.
    pub at: usize,
    /// Bytes missing.
    pub bytes: u64,
    /// Lines missing: add them to a line number counted after `at`.
    pub lines: u64,
}

impl LogBody {
    /// Whether anything is missing.
    pub fn truncated(&self) -> bool {
        self.cut.is_some()
    }
}

impl Client {
    /// The log of a completed job.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it stays missing for `limits.patience` (a job cannot read its own log while it runs; a
    /// cancelled one may have none), [`Error::Gone`] when it has expired.
    pub async fn job_log(&self, repo: &RepoSlug, job: JobId, limits: LogLimits) -> Result<LogBody> {
        let call = Call::get(format!("/repos/{repo}/actions/jobs/{job}/logs")).within(DOWNLOAD_LIMIT);
        let asked = Instant::now();
        let mut wait = FIRST_WAIT;
        let mut missing = None;
        loop {
            let outcome = self
                .stream(&call, async |response| {
                    let mut keeper = Keeper::new(limits);
                    let mut body = response.into_body();
                    while let Some(frame) = body.frame().await {
                        let frame = frame.map_err(|error| Error::from_transport(&error))?;
                        if let Ok(data) = frame.into_data() {
                            keeper.push(data);
                        }
                    }
                    Ok(keeper.finish())
                })
                .await;
            let patient = asked.elapsed() + wait <= limits.patience && wait < self.remaining();
            match (outcome, missing.take()) {
                (Err(error @ Error::NotFound(_)), _) if patient => missing = Some(error),
                // That it was missing says more than that the time was up while asking again.
                (Err(Error::Deadline), Some(missing)) => return Err(missing),
                (outcome, _) => return outcome,
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }
}

/// Keeps the head and the tail of a stream in bounded memory.
struct Keeper {
    limits: LogLimits,
    head: Vec<u8>,
    tail: VecDeque<Bytes>,
    tail_bytes: usize,
    dropped_bytes: u64,
    dropped_lines: u64,
}

impl Keeper {
    fn new(limits: LogLimits) -> Self {
        Self {
            limits,
            head: Vec::new(),
            tail: VecDeque::new(),
            tail_bytes: 0,
            dropped_bytes: 0,
            dropped_lines: 0,
        }
    }

    fn push(&mut self, mut chunk: Bytes) {
        let room = self.limits.head.saturating_sub(self.head.len()).min(chunk.len());
        self.head.extend_from_slice(&chunk.split_to(room));
        self.tail_bytes += chunk.len();
        self.tail.push_back(chunk);
        let mut excess = self.tail_bytes.saturating_sub(self.limits.tail);
        while excess > 0
            && let Some(mut oldest) = self.tail.pop_front()
        {
            let dropped = oldest.split_to(excess.min(oldest.len()));
            self.drop_bytes(&dropped);
            excess -= dropped.len();
            self.tail_bytes -= dropped.len();
            if !oldest.is_empty() {
                self.tail.push_front(oldest);
            }
        }
    }

    fn drop_bytes(&mut self, bytes: &[u8]) {
        self.dropped_bytes += bytes.len() as u64;
        self.dropped_lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
    }

    fn finish(mut self) -> LogBody {
        let mut tail = Vec::with_capacity(self.tail_bytes);
        for chunk in std::mem::take(&mut self.tail) {
            tail.extend_from_slice(&chunk);
        }
        let mut bytes = std::mem::take(&mut self.head);
        if self.dropped_bytes == 0 {
            bytes.append(&mut tail);
            return LogBody { bytes, cut: None };
        }
        // Both edges of the cut fall inside a line; those halves go too.
        let half = bytes.split_off(memchr::memrchr(b'\n', &bytes).map_or(0, |newline| newline + 1));
        self.drop_bytes(&half);
        let rest = tail.split_off(memchr::memchr(b'\n', &tail).map_or(0, |newline| newline + 1));
        self.drop_bytes(&tail);
        let cut = Cut {
            at: bytes.len(),
            bytes: self.dropped_bytes,
            lines: self.dropped_lines,
        };
        bytes.extend_from_slice(&rest);
        LogBody { bytes, cut: Some(cut) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(text: &str, chunk: usize, head: usize, tail: usize) -> LogBody {
        let limits = LogLimits {
            head,
            tail,
            ..LogLimits::default()
        };
        let mut keeper = Keeper::new(limits);
        for part in text.as_bytes().chunks(chunk) {
            keeper.push(Bytes::copy_from_slice(part));
        }
        keeper.finish()
    }

    #[test]
    fn a_log_that_fits_is_kept_whole() {
        for chunk in 1..8 {
            let body = keep("one\ntwo\nthree", chunk, 4, 20);
            assert_eq!((body.bytes.as_slice(), body.cut), (b"one\ntwo\nthree".as_slice(), None));
        }
    }

    #[test]
    fn a_long_log_keeps_whole_lines_of_head_and_tail_and_counts_the_rest() {
        let text = (1..=100).map(|n| format!("line {n}\n")).collect::<Vec<_>>().concat();
        for chunk in [1, 7, 64, 5000] {
            let body = keep(&text, chunk, 20, 30);
            let kept = String::from_utf8(body.bytes.clone()).unwrap();
            assert_eq!(kept, "line 1\nline 2\nline 98\nline 99\nline 100\n", "{chunk}");
            let cut = body.cut.unwrap();
            assert_eq!((cut.at, cut.lines), (14, 95));
            assert_eq!(cut.bytes, (text.len() - kept.len()) as u64);
        }
    }

    #[test]
    fn a_line_without_end_is_cut_without_a_panic() {
        let body = keep(&"x".repeat(1000), 64, 10, 10);
        assert_eq!(body.cut.map(|cut| cut.at), Some(0));
        assert!(body.bytes.len() <= 20);
    }
}
