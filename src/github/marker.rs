//! The hidden first line by which a comment or an issue of ours is found again.
//!
//! `<!-- shipwright:v1 {"key":…} -->`: JSON in an HTML comment. `<`, `>` and a second `-` in a row are written as JSON
//! escapes, so that no value can end the comment.

use serde::{Deserialize, Serialize};

use crate::ids::{Fingerprint, RunId};

const START: &str = "<!-- shipwright:v1 ";
const END: &str = " -->";

/// What the hidden line says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// What this text is about: one workflow's report, one tracked failure. There is one text for each key.
    pub key: String,
    /// The run it was last written for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// The attempt of that run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// The failures it shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fingerprints: Vec<Fingerprint>,
    /// Whatever else was written into it.
    #[serde(flatten)]
    pub rest: serde_json::Map<String, serde_json::Value>,
}

impl Marker {
    /// A marker with nothing but its key.
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            ..Self::default()
        }
    }

    /// The hidden line, without a line end.
    pub fn encode(&self) -> String {
        let json = serde_json::to_string(self).unwrap_or_default();
        let json = json
            .replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace("--", "-\\u002d");
        format!("{START}{json}{END}")
    }

    /// Reads the marker of a text, which must stand in its first line.
    pub fn decode(text: &str) -> Option<Self> {
        let line = text.trim_start_matches('\u{feff}').lines().next()?;
        let json = line.trim_end().strip_prefix(START)?.strip_suffix(END)?;
        serde_json::from_str(json).ok()
    }

    /// `body` under its hidden line.
    pub fn above(&self, body: &str) -> String {
        format!("{}\n{body}", self.encode())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(marker: &Marker) {
        let line = marker.encode();
        assert!(!line.contains('\n'), "{line}");
        let inside = line
            .strip_prefix(START)
            .and_then(|line| line.strip_suffix(END))
            .unwrap();
        assert!(!inside.contains("--") && !inside.contains(['<', '>']), "{line}");
        assert_eq!(Marker::decode(&marker.above("body\n")).as_ref(), Some(marker), "{line}");
    }

    #[test]
    fn a_marker_is_read_back_and_cannot_be_closed_from_inside() {
        check(&Marker::new("ci.yml"));
        check(&Marker::new("--> <img> --- -- \u{2028}\n\"\\ ci"));
        let full = Marker {
            run: Some(RunId::new(12)),
            attempt: Some(2),
            fingerprints: vec![Fingerprint::from_digest(&[0xab; 32])],
            ..Marker::new("CI / test --!>")
        };
        check(&full);
    }

    #[test]
    fn only_the_first_line_counts() {
        let line = Marker::new("ci").encode();
        assert_eq!(Marker::decode(&format!("hello\n{line}")), None);
        assert_eq!(Marker::decode(&format!("> {line}")), None);
        assert_eq!(Marker::decode(&format!("{line}\r\nhello")), Some(Marker::new("ci")));
        assert_eq!(Marker::decode("<!-- shipwright:v2 {\"key\":\"ci\"} -->"), None);
        assert_eq!(Marker::decode(""), None);
    }

    #[test]
    fn fields_of_a_later_version_survive() {
        let text = r#"<!-- shipwright:v1 {"key":"ci","level":"run"} -->"#;
        let marker = Marker::decode(text).unwrap();
        assert_eq!(marker.rest.get("level").and_then(|level| level.as_str()), Some("run"));
        assert_eq!(marker.encode(), text);
    }
}
