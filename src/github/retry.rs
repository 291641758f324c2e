//! When to try again: a pure decision, so that the policy can be read and tested without a network.

use std::time::Duration;

use super::Error;

/// Tries of one read, the first included.
const TRIES: u32 = 4;
/// Pause before the second try; it doubles with every further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Whether repeating a call is harmless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// A read: repeating it changes nothing.
    Safe,
    /// A write: a second one could double what the first did.
    Never,
}

/// How long to pause before the next try of a call that failed `failed` times, the last time with `error`, when
/// `remaining` time is left; `None` to give up.
pub fn pause(repeat: Repeat, failed: u32, error: &Error, remaining: Duration) -> Option<Duration> {
    if repeat == Repeat::Never || failed >= TRIES {
        return None;
    }
    let own = FIRST_PAUSE.saturating_mul(1 << failed.saturating_sub(1).min(8));
    let pause = match error {
        Error::Transport(_) | Error::Server(500 | 502..=504) => own,
        Error::RateLimited {
            retry_after: Some(wanted),
        } => own.max(*wanted),
        Error::RateLimited { retry_after: None }
        | Error::NotFound(_)
        | Error::Gone(_)
        | Error::Denied { .. }
        | Error::Invalid(_)
        | Error::Server(_)
        | Error::Deadline => return None,
    };
    (pause < remaining).then_some(pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(repeat: Repeat, failed: u32, error: &Error, remaining_ms: u64, expect_ms: Option<u64>) {
        let pause = pause(repeat, failed, error, Duration::from_millis(remaining_ms));
        assert_eq!(pause, expect_ms.map(Duration::from_millis), "{error:?} after {failed}");
    }

    fn limited(seconds: u64) -> Error {
        Error::RateLimited {
            retry_after: Some(Duration::from_secs(seconds)),
        }
    }

    #[test]
    fn reads_are_repeated_with_growing_pauses_and_then_given_up() {
        let error = Error::Server(502);
        check(Repeat::Safe, 1, &error, 60_000, Some(250));
        check(Repeat::Safe, 2, &error, 60_000, Some(500));
        check(Repeat::Safe, 3, &error, 60_000, Some(1000));
        check(Repeat::Safe, 4, &error, 60_000, None);
        check(
            Repeat::Safe,
            1,
            &Error::Transport("reset".to_owned()),
            60_000,
            Some(250),
        );
    }

    #[test]
    fn writes_are_never_repeated() {
        check(Repeat::Never, 1, &Error::Server(502), 60_000, None);
        check(Repeat::Never, 1, &limited(1), 60_000, None);
    }

    #[test]
    fn the_wait_asked_for_is_obeyed_within_the_deadline() {
        check(Repeat::Safe, 1, &limited(7), 60_000, Some(7000));
        check(Repeat::Safe, 1, &limited(0), 60_000, Some(250));
        check(Repeat::Safe, 1, &limited(60), 60_000, None);
        check(Repeat::Safe, 1, &Error::Server(502), 200, None);
    }

    #[test]
    fn an_answer_that_will_not_change_is_final() {
        check(Repeat::Safe, 1, &Error::NotFound(String::new()), 60_000, None);
        check(Repeat::Safe, 1, &Error::Server(501), 60_000, None);
        check(Repeat::Safe, 1, &Error::Deadline, 60_000, None);
    }
}
