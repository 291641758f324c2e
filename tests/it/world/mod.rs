//! The harness.

pub mod git_server;
