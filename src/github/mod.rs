//! The door to GitHub's REST API.
//!
//! octocrab builds and authenticates the requests; underneath is reqwest (a runner's proxy is honoured, TLS is rustls),
//! above is one policy for all calls (`retry`): reads are repeated a few times, writes never, `Retry-After` is obeyed,
//! and nothing outlives the deadline given in [`Connection`]. A write whose answer was lost is not repeated but looked
//! up, which is what [`comments`] does.
//!
//! The models hold only what Shipwright reads, and take unknown fields, nulls and absent values as they come: an
//! Enterprise Server of another year must not turn a report into a parse error.

mod actions;
mod call;
mod client;
pub mod comments;
mod contents;
mod error;
mod issues;
mod logs;
pub mod marker;
mod model;
mod path;
mod pulls;
mod retry;
mod search;

pub use crate::token::Token;
pub use actions::RunFilter;
pub use client::{Client, Connection};
pub use error::Error;
pub use issues::{IssuePatch, NewIssue, Reaction, StateFilter};
pub use logs::{LogBody, LogLimits};
pub use model::*;

/// What every call of this door answers with.
pub type Result<T> = std::result::Result<T, Error>;
