//! Use cases, one per file.

pub mod eval;
