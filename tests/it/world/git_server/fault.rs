//! What can go wrong on the way to a git server.

use std::time::Duration;

/// Which requests a fault hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    Any,
    /// Lists of refs and packs, not pushes.
    Read,
    /// The request that changes refs.
    Push,
}

/// What happens instead of a good answer.
#[derive(Debug, Clone)]
pub(super) enum Effect {
    Status {
        status: u16,
        retry_after: Option<u64>,
    },
    /// The connection goes away and nothing was done.
    DropBefore,
    /// The connection goes away after all was done.
    DropAfter,
    /// The answer breaks off in the middle after all was done.
    CutAfter,
    /// No answer for this long, then a good one.
    Stall(Duration),
    Redirect(String),
    /// Not git at all, as a hotel's network answers.
    Page,
}

/// A fault and how many requests it hits.
#[derive(Debug, Clone)]
pub struct Fault {
    on: On,
    pub(super) effect: Effect,
    times: usize,
    spared: usize,
}

impl Fault {
    fn new(on: On, effect: Effect) -> Self {
        Self {
            on,
            effect,
            times: usize::MAX,
            spared: 0,
        }
    }

    pub fn status(on: On, status: u16) -> Self {
        Self::new(
            on,
            Effect::Status {
                status,
                retry_after: None,
            },
        )
    }

    pub fn retry_after(on: On, status: u16, seconds: u64) -> Self {
        Self::new(
            on,
            Effect::Status {
                status,
                retry_after: Some(seconds),
            },
        )
    }

    pub fn drop_before(on: On) -> Self {
        Self::new(on, Effect::DropBefore)
    }

    pub fn drop_after(on: On) -> Self {
        Self::new(on, Effect::DropAfter)
    }

    pub fn cut_after(on: On) -> Self {
        Self::new(on, Effect::CutAfter)
    }

    pub fn stall(on: On, time: Duration) -> Self {
        Self::new(on, Effect::Stall(time))
    }

    pub fn redirect(on: On, location: &str) -> Self {
        Self::new(on, Effect::Redirect(location.to_owned()))
    }

    pub fn page(on: On) -> Self {
        Self::new(on, Effect::Page)
    }

    /// Only the next `times` requests.
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// Spares the first `count` requests it is meant for.
    pub fn after(mut self, count: usize) -> Self {
        self.spared = count;
        self
    }

    /// Takes one hit if the request is one this fault is for.
    pub(super) fn hit(&mut self, push: bool) -> bool {
        let meant = match self.on {
            On::Any => true,
            On::Read => !push,
            On::Push => push,
        };
        if !meant || self.times == 0 {
            return false;
        }
        if self.spared > 0 {
            self.spared -= 1;
            return false;
        }
        self.times = self.times.saturating_sub(usize::from(self.times != usize::MAX));
        true
    }
}
