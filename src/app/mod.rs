//! Use cases: each file does one thing a user asks for, with the modules below as its tools.

pub mod clock;
pub mod error;
pub mod files;
pub mod sync;

pub use error::{Error, Kind};
