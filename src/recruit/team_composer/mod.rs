//! The team around a task, the agent to give it to, and the steps it falls into.
//!
//! Depends on [`super::role_manager`] only.

mod decompose;
mod route;
mod team;

pub use decompose::{SubTask, WorkPlan, decompose};
pub use route::{Agent, Strength, best_agent, strength};
pub use team::{Team, compose, team_from};
