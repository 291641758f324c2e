//! Text inside an address of the API.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same, in a path of several segments.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// `text` as one segment of a path, or as a value of a query.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// `text` as a path of its own: slashes stay.
pub(super) fn segments(text: &str) -> String {
    utf8_percent_encode(text, RESERVED_IN_PATH).to_string()
}

/// The parameters that have a value, as a query.
pub(super) fn query(parameters: &[(&str, Option<&str>)]) -> String {
    let given = parameters.iter().filter_map(|(name, value)| Some((name, (*value)?)));
    let pairs: Vec<String> = given
        .map(|(name, value)| format!("{name}={}", segment(value)))
        .collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_leave_its_place_in_an_address() {
        assert_eq!(segment("fix/a b?c#d&e=f%"), "fix%2Fa%20b%3Fc%23d%26e%3Df%25");
        assert_eq!(
            segments(".github/ship wright.yml?ref=x"),
            ".github/ship%20wright.yml%3Fref%3Dx"
        );
        let parameters = [("state", Some("open")), ("head", None), ("labels", Some("a&b"))];
        assert_eq!(query(&parameters), "state=open&labels=a%26b");
    }
}
