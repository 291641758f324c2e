//! ruflo as a peer: what a pull brought goes into it, and its export is what a push takes.

use std::path::Path;

use super::write_export;
use crate::app::{Error, Kind};
use crate::memory::Memory;
use crate::ruflo::{self, ImportReport, Ruflo};

/// Puts a restored memory into ruflo. Shipwright's own records are not for agents and stay out.
///
/// # Errors
/// What [`Ruflo::import`] says; a missing or broken ruflo is a service that cannot be used.
pub fn import_into(ruflo: &Ruflo, memory: &Memory) -> Result<ImportReport, Error> {
    let mut agents = memory.clone();
    let _records = agents.take_records();
    let report = ruflo.import(&agents).map_err(|error| explain(ruflo, error))?;
    if report.out_of_reach > 0 {
        tracing::warn!(
            entries = report.out_of_reach,
            "ruflo's tools for agents cannot reach entries with such keys or sizes; its command line can"
        );
    }
    Ok(report)
}

/// Writes ruflo's memory to `output`, where a push reads it.
///
/// # Errors
/// What [`Ruflo::export`] says; then `output` is as it was.
pub fn export_from(ruflo: &Ruflo, output: &Path) -> Result<usize, Error> {
    let memory = ruflo.export().map_err(|error| explain(ruflo, error))?;
    write_export(&memory, output)?;
    Ok(memory.len())
}

/// The error with its remedy and the version it happened with.
fn explain(ruflo: &Ruflo, error: ruflo::Error) -> Error {
    let unable = matches!(error, ruflo::Error::NotInstalled(_) | ruflo::Error::TimedOut { .. });
    let version = if unable { None } else { ruflo.version().ok() };
    let message = match version {
        Some(version) => format!("cannot exchange memory with ruflo {version}"),
        None => "cannot exchange memory with ruflo".to_owned(),
    };
    let hint = error.hint();
    let explained = Error::new(Kind::Service, message).with_source(error);
    match hint {
        Some(hint) => explained.with_hint(hint),
        None => explained,
    }
}
