//! What can come back instead of an answer, by what a caller can do about it.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde::Deserialize;

/// Why GitHub did not answer a call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// 404: it does not exist, or the token may not know that it does.
    #[error("not found: {0}")]
    NotFound(String),
    /// 410: it did exist (an expired log, issues switched off).
    #[error("gone: {0}")]
    Gone(String),
    /// 401 or 403: the token may not do this.
    #[error("denied: {message}")]
    Denied {
        /// What to grant, from `X-Accepted-GitHub-Permissions` (`issues=write; pull_requests=write`).
        permission: Option<String>,
        /// GitHub's own words.
        message: String,
    },
    /// 429, or 403 because of a primary or secondary limit.
    #[error("rate limited")]
    RateLimited {
        /// How long GitHub asks us to wait, when it says.
        retry_after: Option<Duration>,
    },
    /// 400, 409 or 422: the request makes no sense to GitHub.
    #[error("refused as invalid: {0}")]
    Invalid(String),
    /// 5xx.
    #[error("server error {0}")]
    Server(u16),
    /// No answer, or none that could be read. A write may have been applied all the same.
    #[error("no usable answer: {0}")]
    Transport(String),
    /// The deadline passed before there was an answer. A write may have been applied all the same.
    #[error("the deadline passed")]
    Deadline,
}

impl Error {
    /// What to grant, as a workflow writes it: what GitHub names, else `otherwise`. `None` when nothing was denied.
    pub fn to_grant(&self, otherwise: &str) -> Option<String> {
        let Self::Denied { permission, .. } = self else {
            return None;
        };
        let named = permission.as_deref().unwrap_or(otherwise);
        Some(named.replace('=', ": ").replace("; ", " or "))
    }

    /// Whether a write that ended this way may have been applied.
    pub fn leaves_write_unknown(&self) -> bool {
        matches!(self, Self::Server(_) | Self::Transport(_) | Self::Deadline)
    }

    /// Reads the meaning of an answer that is not a success.
    pub(super) fn from_answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let message = message(status, body);
        match status.as_u16() {
            401 => Self::Denied {
                permission: None,
                message,
            },
            403 | 429 if status.as_u16() == 429 || is_limit(headers, &message) => Self::RateLimited {
                retry_after: retry_after(headers),
            },
            403 => Self::Denied {
                permission: header(headers, "x-accepted-github-permissions").map(str::to_owned),
                message,
            },
            404 => Self::NotFound(message),
            410 => Self::Gone(message),
            code @ 500.. => Self::Server(code),
            400..=499 => Self::Invalid(message),
            code => Self::Transport(format!("unexpected status {code}")),
        }
    }

    /// Words for a failure below HTTP: the innermost causes, which say more than the outermost.
    pub(super) fn from_transport(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut causes = Vec::new();
        let mut next = Some(error);
        while let Some(cause) = next {
            causes.push(cause.to_string());
            next = cause.source();
        }
        let told = causes.len().saturating_sub(2);
        let mut words = causes.split_off(told);
        words.dedup();
        Self::Transport(one_line(&words.join(": ")))
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    (!value.is_empty()).then_some(value)
}

fn is_limit(headers: &HeaderMap, message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    header(headers, "retry-after").is_some()
        || header(headers, "x-ratelimit-remaining") == Some("0")
        || message.contains("rate limit")
        || message.contains("abuse detection")
}

/// The wait GitHub asks for: `Retry-After` in seconds, else the distance of `x-ratelimit-reset` to the answer's `Date`
/// when the limit is used up.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    if let Some(seconds) = header(headers, "retry-after").and_then(|text| text.parse().ok()) {
        return Some(Duration::from_secs(seconds));
    }
    if header(headers, "x-ratelimit-remaining") != Some("0") {
        return None;
    }
    let reset: i64 = header(headers, "x-ratelimit-reset")?.parse().ok()?;
    let now = jiff::fmt::rfc2822::parse(header(headers, "date")?).ok()?;
    let wait = reset.saturating_sub(now.timestamp().as_second());
    u64::try_from(wait).ok().map(Duration::from_secs)
}

#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    errors: Option<serde_json::Value>,
}

/// GitHub's `message` with its `errors`, on one line; the status' name when the body is something else.
fn message(status: StatusCode, body: &[u8]) -> String {
    let refusal: Refusal = serde_json::from_slice(body).unwrap_or_default();
    let Some(mut message) = refusal.message else {
        return status.canonical_reason().unwrap_or("no reason given").to_lowercase();
    };
    for detail in refusal.errors.iter().filter_map(|errors| errors.as_array()).flatten() {
        let word = |key| detail.get(key).and_then(serde_json::Value::as_str);
        let words: Vec<&str> = match (detail.as_str(), word("message")) {
            (Some(text), _) | (None, Some(text)) => vec![text],
            (None, None) => ["resource", "field", "code"].into_iter().filter_map(word).collect(),
        };
        message.push_str("; ");
        message.push_str(&words.join(" "));
    }
    one_line(&message)
}

fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    line.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, headers: &[(&'static str, &'static str)], body: &str, expect: &Error) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        assert_eq!(&Error::from_answer(status, &map, body.as_bytes()), expect);
    }

    fn limited(seconds: Option<u64>) -> Error {
        Error::RateLimited {
            retry_after: seconds.map(Duration::from_secs),
        }
    }

    #[test]
    fn a_missing_permission_is_named() {
        check(
            403,
            &[("x-accepted-github-permissions", "issues=write; pull_requests=write")],
            r#"{"message":"Resource not accessible by integration"}"#,
            &Error::Denied {
                permission: Some("issues=write; pull_requests=write".to_owned()),
                message: "Resource not accessible by integration".to_owned(),
            },
        );
    }

    #[test]
    fn limits_are_told_apart_from_denials() {
        check(403, &[("retry-after", "7")], "{}", &limited(Some(7)));
        check(
            403,
            &[],
            r#"{"message":"You have exceeded a secondary rate limit"}"#,
            &limited(None),
        );
        check(429, &[("retry-after", "soon")], "", &limited(None));
        let reset = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1735689660"),
            ("date", "Wed, 01 Jan 2025 00:00:00 GMT"),
        ];
        check(403, &reset, "", &limited(Some(60)));
    }

    #[test]
    fn details_of_a_refusal_are_kept_on_one_line() {
        check(
            422,
            &[],
            r#"{"message":"Validation\nFailed","errors":[{"resource":"Label","field":"name","code":"already_exists"},"odd",{"message":"body is too long"}]}"#,
            &Error::Invalid("Validation Failed; Label name already_exists; odd; body is too long".to_owned()),
        );
        check(502, &[], "<html>", &Error::Server(502));
        check(410, &[], "<html>", &Error::Gone("gone".to_owned()));
        check(304, &[], "", &Error::Transport("unexpected status 304".to_owned()));
    }
}
