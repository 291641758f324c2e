//! The `shipwright` program. What it does depends on the name it was started by: see [`shipwright::cli::root`].

use std::process::ExitCode;

fn main() -> ExitCode {
    shipwright::cli::root::main()
}
