//! Stories.

mod sync_transport;
mod world;
