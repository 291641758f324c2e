//! The only escaper: untrusted text on its way into Markdown, into the runner's output, into a size limit.
//!
//! Names of jobs, titles and log lines are written by strangers. GitHub acts on text twice: the Markdown parser reads
//! emphasis, links and HTML, and afterwards filters turn `@name`, `#1`, commit ids, bare addresses and `:emoji:` of the
//! rendered text into live things. Backslashes and character references stop the first, not the second; a zero-width
//! space inside the token stops the second. Code spans and fenced blocks are left alone by both.

mod clean;
mod command;
mod cut;
mod markdown;

pub use clean::{lines, one_line, strip_ansi};
pub use command::{command_data, command_property, neutral};
pub use cut::{Limit, cut_utf16, fit_markdown, utf16_len};
pub use markdown::{code, code_cell, fence, html, html_comment, link, link_code, plain, quiet_url, title};

#[cfg(test)]
mod tests;
