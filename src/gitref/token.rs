//! The secret that opens a remote. It has no way out but the header of a request.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// An access token. `Debug` does not show it, there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Wraps a token; surrounding white space, which a secret pasted into a form often carries, is dropped.
    /// `None` when nothing is left.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The value of an `Authorization` header: basic, user `x-access-token`, as GitHub documents it for git over HTTP.
    pub(super) fn authorization(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("x-access-token:{}", self.0)))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_does_not_show_itself() {
        let token = Token::new(" secret\n").unwrap();
        assert_eq!(format!("{token:?}"), "Token(…)");
        assert_eq!(token.authorization(), "Basic eC1hY2Nlc3MtdG9rZW46c2VjcmV0");
        assert_eq!(Token::new(" \n"), None);
    }
}
