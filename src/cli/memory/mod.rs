//! `shipwright memory …`.

pub mod remote;
