//! Places where a story kills the process, named after what has just been done. Builds without debug assertions, the
//! released ones among them, have none.

/// Names the failpoint to die at.
#[cfg(debug_assertions)]
const VARIABLE: &str = "SHIPWRIGHT_FAILPOINT";

/// Ends the process on the spot, without unwinding, when a story asked for it.
#[cfg(debug_assertions)]
pub fn reached(name: &str) {
    #[expect(
        clippy::disallowed_methods,
        reason = "no setting of the program: only stories set it"
    )]
    let wanted = std::env::var_os(VARIABLE);
    if wanted.is_some_and(|wanted| wanted == name) {
        std::process::abort();
    }
}

/// Nothing, in a released build.
#[cfg(not(debug_assertions))]
pub const fn reached(_name: &str) {}
