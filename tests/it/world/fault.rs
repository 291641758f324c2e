//! Faults: what goes wrong with which call, how often.

use std::time::Duration;

/// What happens to a call instead of its answer.
#[derive(Debug, Clone)]
pub enum Fault {
    /// This status, with GitHub's shape of a message.
    Status(u16),
    /// 403 with these words and no permission that would help.
    Forbidden(&'static str),
    /// 429 with `Retry-After` in seconds.
    Limited(u64),
    /// 403, a secondary limit, with `Retry-After` in seconds.
    SecondaryLimit(u64),
    /// The connection is closed without an answer, and nothing is done.
    Drop,
    /// It is done, and the connection is closed without an answer.
    ReplyLost,
    /// The answer comes this much later.
    Stall(Duration),
}

/// A fault and the calls it lies in wait for.
pub struct Armed {
    pattern: String,
    pub fault: Fault,
    left: u32,
}

impl Armed {
    /// `pattern` is a method and a path: `POST /repos/*/*/issues/*/comments`. `*` is any one part, a last `**` any rest.
    pub fn new(pattern: &str, fault: Fault, times: u32) -> Self {
        Self {
            pattern: pattern.to_owned(),
            fault,
            left: times,
        }
    }

    fn is_silent(&self) -> bool {
        matches!(self.fault, Fault::Drop | Fault::ReplyLost)
    }
}

/// Which kind of fault is looked for: one that answers, or one that closes the connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Answered,
    Silent,
}

/// Takes the next fault for this call, if one is armed.
pub fn take(armed: &mut [Armed], kind: Kind, method: &str, path: &str) -> Option<Fault> {
    let first = armed
        .iter_mut()
        .find(|fault| fault.left > 0 && fits(&fault.pattern, &format!("{method} {path}")))?;
    if first.is_silent() != (kind == Kind::Silent) {
        return None;
    }
    first.left -= 1;
    Some(first.fault.clone())
}

/// Whether a call, `METHOD /path`, fits a pattern.
pub fn fits(pattern: &str, call: &str) -> bool {
    let (Some((wanted_method, wanted_path)), Some((method, path))) = (pattern.split_once(' '), call.split_once(' '))
    else {
        return false;
    };
    if wanted_method != "*" && wanted_method != method {
        return false;
    }
    if let Some(prefix) = wanted_path.strip_suffix("**") {
        return path.starts_with(prefix);
    }
    let (wanted, parts): (Vec<_>, Vec<_>) = (wanted_path.split('/').collect(), path.split('/').collect());
    let same = |(want, part): (&&str, &&str)| *want == "*" || want == part;
    wanted.len() == parts.len() && wanted.iter().zip(&parts).all(same)
}
