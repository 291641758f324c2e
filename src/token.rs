//! The secret that opens GitHub. It has no way out but the header of a request.

use std::fmt;

/// An access token. `Debug` says only that it is there; there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Wraps a token; surrounding white space, which a secret pasted into a form often carries, is dropped.
    /// `None` when nothing is left.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The secret itself, for an `Authorization` header.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether this is an App installation's token, as the runner's own `GITHUB_TOKEN` is.
    pub fn is_installation(&self) -> bool {
        self.0.starts_with("ghs_")
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_printed() {
        let token = Token::new(" ghs_abc\n").unwrap();
        assert_eq!(token.expose(), "ghs_abc");
        assert!(token.is_installation());
        assert!(!format!("{token:?}").contains("ghs_abc"));
        assert_eq!(Token::new(" \n"), None);
    }
}
