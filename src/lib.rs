//! Shipwright: CI that remembers.
//!
//! ```text
//!                      GitHub event / job                                   refs/ruflo-memory/v1 (hidden ref)
//!                             │                                                    ▲        │
//!  event ─► run, jobs ─► log ─► failure ─► fingerprint ─► similar ─► suggestion ─► report ─► comment, issue, summary
//!                                    └──────► records ──► memory ◄── resolution: green again, what fixed it
//! ```
//!
//! Data flows down this page: a module imports only from the ones above it, and `tests/tidy.rs` holds the table. The
//! first three floors do no I/O and read no clock; doors do not know each other; use cases join them.

// Floor 0: plain values.
pub mod ids;
pub mod redact;
pub mod text;
pub mod token;
// Floor 1: bytes to values.
pub mod settings;
pub mod event;
pub mod command;
pub mod log;
pub mod memory;
// Floor 2: what it means.
pub mod failure;
pub mod records;
pub mod similar;
pub mod suggestion;
pub mod recruit;
pub mod report;
pub mod render;
// Floor 3: doors to the outside.
pub mod github;
pub mod gitref;
pub mod runner;
pub mod ruflo;
// Floor 4: use cases.
pub mod app;
// Floor 5: the edge.
pub mod cli;
