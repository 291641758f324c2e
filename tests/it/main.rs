//! Stories: the program against a GitHub, a git server and a runner that behave as the real ones do.

mod world;

mod github_comments;
mod github_door;
mod sync_transport;
