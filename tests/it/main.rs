//! Stories: the program against a GitHub, a git server and a runner that behave as the real ones do.

#![expect(
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a story stops at the first surprise, and all it reads is its own"
)]

#[allow(
    dead_code,
    unused_imports,
    reason = "the words of the harness: a story uses what it needs"
)]
mod world;

mod backfill;
mod corpus;
mod desk;
mod eval;
mod gallery;
mod github_comments;
mod github_door;
mod learning_cli;
mod learning_simulation;
mod learning_stories;
mod people;
mod recruit_sync;
mod report_faults;
mod report_reruns;
mod report_stories;
mod report_trouble;
mod runner_contract;
mod simulation;
mod sync_concurrency;
mod sync_failpoints;
mod sync_races;
mod sync_transport;
mod sync_trouble;
mod talk_commands;
mod talk_crowd;
mod talk_modes;
mod talk_poison;
mod world_itself;
