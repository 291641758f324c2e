//! Roles: what there is, which one a task is for, and how the set of roles changes with experience.
//!
//! Depends on no other of the three modules.

mod builtin;
mod change;
mod evolve;
mod invent;
mod matching;
mod population;
mod record;
mod tune;

pub use builtin::{BUILTIN_KEYS, builtin_roles};
pub use change::{RoleError, create, slug};
pub use evolve::{Analysis, Plan, analyse, apply, plan, undo};
pub use invent::{candidates, triggers_to_weights};
pub use matching::{Candidate, FALLBACK_ROLE, Matcher};
pub use population::Population;
pub use record::{MatchAnswer, Method, answer_from, known_role, record_match, resolve};
pub use tune::{Tuned, tune};
