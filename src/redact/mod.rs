//! Secrets out of any text, before it is shown or stored: the one choke point.
//!
//! What is recognised is data: `rules` lists token formats, `assignment` knows the names people give to secrets.
//! A secret becomes `[redacted:kind]`, never a part of itself. Three decisions shape the code:
//!
//! * **Almost every line is clean.** One Aho-Corasick pass over all anchors decides which rules are worth running;
//!   a rule's expression is compiled when a line first needs it.
//! * **Redaction is idempotent by construction.** A marker is opaque, and a line is redacted again until nothing is
//!   found, so what was stored redacted reads the same when it is shown.
//! * **It fails closed.** A line that cannot be judged is replaced as a whole.

mod assignment;
mod block;
mod engine;
mod name;
mod redactor;
mod rules;
mod span;
mod value;

#[cfg(test)]
mod clean;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod generator;
#[cfg(test)]
mod tests;

pub use redactor::{PatternError, Redactor};

/// The formats known without configuration: the word in the marker and what it stands for, for the documentation.
pub fn formats() -> impl Iterator<Item = (&'static str, &'static str)> {
    rules::RULES.iter().map(|rule| (rule.kind, rule.about))
}
