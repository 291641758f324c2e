//! Stories.

mod sync_concurrency;
mod sync_races;
mod sync_transport;
mod sync_trouble;
mod world;
