//! Feedback and what follows from it: outcomes, profiles, promotion, onboarding, reflection, figures.
//!
//! Depends on [`super::role_manager`] only.

mod evaluation;
mod ingest;
mod mind;
mod onboard;
mod outcome;
mod promotion;
mod reflect;
mod stats;

pub use evaluation::{Evaluation, Standing, evaluate};
pub use ingest::{Completion, completion};
pub use mind::infer;
pub use onboard::{STYLES, document};
pub use outcome::{Books, Outcome, Recorded, record};
pub use promotion::{Promotion, Thresholds, promote};
pub use reflect::{Accuracy, Reflection, Trend, accuracy, reflect};
pub use stats::{Figures, figures};
