//! Shipwright: CI that remembers.
//!
//! Data flows down this page; a module imports only from the ones above it (`tests/tidy.rs` holds the table).

// floor 0: plain values
pub mod ids;
pub mod redact;
pub mod text;
// floor 1: bytes to values
pub mod event;
pub mod log;
pub mod memory;
pub mod settings;
// floor 2: what it means; no I/O, no clock, no chance
pub mod failure;
pub mod records;
pub mod recruit;
pub mod render;
pub mod report;
pub mod similar;
pub mod suggestion;
// floor 3: doors to the outside
pub mod github;
pub mod gitref;
pub mod ruflo;
pub mod runner;
// floor 4: use cases
pub mod app;
// floor 5: the edge
pub mod cli;
