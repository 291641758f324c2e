//! Stories: the program against a GitHub, a git server and a runner that behave as the real ones do.

mod world;

mod github_comments;
mod github_door;
mod sync_concurrency;
mod sync_races;
mod sync_transport;
mod sync_trouble;
