//! The shipwright binary.
fn main() {}
