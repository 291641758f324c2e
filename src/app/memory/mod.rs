//! Offline use cases on memory files: merge, prune, import. Each reads everything, decides purely, then writes
//! atomically; an error leaves every file as it was.

mod peer;
mod sqlite;
mod worth;

use std::io::Read;
use std::path::Path;

use super::error::{Error, reading, writing};
use super::files::write_atomically;
use super::memory_file::Place;
use super::sync::Base;
use crate::ids::RefName;
use crate::memory::retention::{self, Policy, PrunePlan};
use crate::memory::shapes::{self, From, ImportError, Imported, Shape};
use crate::memory::{Context, MAX_FILE_BYTES, Memory, MergeReport, Merged, Tree, three_way, two_way};

pub use peer::{export_from, import_into};
pub use worth::Worth;

/// What to merge.
#[derive(Debug, Clone)]
pub struct MergeRequest<'a> {
    /// One side; with a base, the export at the end of a job.
    pub local: &'a str,
    /// The other side; with a base, what the ref holds now.
    pub remote: &'a str,
    /// What the job was given.
    pub base: Option<&'a str>,
    /// Where the result goes.
    pub output: &'a str,
}

/// Merges two memories into a third, three-way when there is a base.
///
/// # Errors
/// A file that cannot be read or written; nothing is written then.
pub fn merge(request: &MergeRequest<'_>, context: &Context) -> Result<Merged, Error> {
    let local = read(request.local)?;
    let remote = read(request.remote)?;
    remote
        .format
        .check_writable()
        .map_err(|error| newer(request.remote, error))?;
    let merged = if let Some(base) = request.base {
        three_way(Some(&read_base(base)?), &local, &remote, context)
    } else {
        let tree = two_way(&local, &remote);
        let report = compare(&remote, &tree, &local);
        Merged { tree, report }
    };
    write(&Place::of(request.output), &merged.tree)?;
    Ok(merged)
}

/// What a union brought to one side.
fn compare(before: &Tree, after: &Tree, local: &Tree) -> MergeReport {
    let mut report = MergeReport::default();
    for (identity, entry) in after.entries() {
        match before.get(identity) {
            None => report.added += 1,
            Some(old) if old.value != entry.value => report.updated += 1,
            Some(_) => {}
        }
    }
    report.deleted = before
        .entries()
        .filter(|(identity, _)| after.get(identity).is_none())
        .count();
    let untouched =
        |identity| after.get(identity).map(|entry| &entry.value) == before.get(identity).map(|entry| &entry.value);
    report.unchanged = local.entries().filter(|(identity, _)| untouched(identity)).count();
    report
}

/// Forgets what the policy lets go. Without an output the memory is changed in place; when nothing leaves, its bytes
/// stay what they are.
///
/// # Errors
/// A memory that cannot be read or written; it is as it was then.
pub fn prune(memory: &str, output: Option<&str>, policy: &Policy, now: i64) -> Result<(PrunePlan, usize), Error> {
    let mut tree = read(memory)?;
    tree.format.check_writable().map_err(|error| newer(memory, error))?;
    let worth = Worth::of(&tree);
    let plan = retention::plan(&tree, policy, now, &|identity, _| worth.value_of(identity));
    plan.apply(&mut tree);
    let place = Place::of(output.unwrap_or(memory));
    match (plan.is_empty(), output) {
        (true, None) => {}
        (true, Some(_)) => copy(&existing(memory)?, &place, &tree)?,
        (false, _) => write(&place, &tree)?,
    }
    Ok((plan, tree.entries().count()))
}

/// Copies a file as it is; a memory of another kind is written anew.
fn copy(from: &Place, to: &Place, tree: &Tree) -> Result<(), Error> {
    match (from, to) {
        (Place::File(from), Place::File(to)) => {
            let bytes = std::fs::read(from).map_err(|error| reading(from, error))?;
            write_atomically(to, &bytes).map_err(|error| writing(to, error))
        }
        (_, _) => write(to, tree),
    }
}

/// What an import did to the output.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportOutcome {
    /// The shape that was recognised.
    pub shape: Shape,
    /// Entries the output did not have.
    pub imported: usize,
    /// Entries that replaced an older value.
    pub updated: usize,
    /// Entries the output already had, as new or newer.
    pub unchanged: usize,
    /// Elements left out, by reason.
    pub skipped: shapes::Skipped,
}

/// Reads memory of an older shape and joins it into `output`, which may be new.
///
/// # Errors
/// A file that cannot be read, or whose shape nobody knows; the output is as it was then.
pub fn import(input: &str, from: From, output: &str) -> Result<ImportOutcome, Error> {
    let imported = read_shape(input, from)?;
    let place = Place::of(output);
    let (before, damage) = place.read()?;
    if let Some(damage) = damage.first() {
        return Err(Error::user(format!("the memory {place} is damaged: {damage}"))
            .with_hint("mend or move it first; nothing was changed"));
    }
    before.format.check_writable().map_err(|error| newer(output, error))?;
    let incoming = Tree::from_memory(imported.entries);
    let after = two_way(&before, &incoming);
    let (mut new, mut updated, mut unchanged) = (0, 0, 0);
    for (identity, entry) in incoming.entries() {
        match before.get(identity) {
            None if after.get(identity).is_some() => new += 1,
            Some(old)
                if old.value != entry.value && after.get(identity).map(|entry| &entry.value) == Some(&entry.value) =>
            {
                updated += 1;
            }
            _ => unchanged += 1,
        }
    }
    write(&place, &after)?;
    Ok(ImportOutcome {
        shape: imported.shape,
        imported: new,
        updated,
        unchanged,
        skipped: imported.skipped,
    })
}

fn read_shape(input: &str, from: From) -> Result<Imported, Error> {
    let path = Path::new(input);
    let wants_sqlite = matches!(
        from,
        From::Shape(Shape::SqliteV2 | Shape::SqliteV3 | Shape::SqlitePatterns)
    );
    if wants_sqlite {
        return sqlite::import(path, from);
    }
    let bytes = read_bytes(input)?;
    shapes::import(&bytes, from).or_else(|error| {
        if matches!(error, ImportError::Sqlite) && input != "-" {
            return sqlite::import(path, from);
        }
        Err(Error::user(format!("cannot import {input}")).with_source(error).with_hint(
            "`shipwright memory import --help` lists the shapes that are read; --from names one when it is not recognised",
        ))
    })
}

/// Reads a file, or standard input for `-`, no further than a memory may be long.
fn read_bytes(input: &str) -> Result<Vec<u8>, Error> {
    let path = Path::new(input);
    let limit = MAX_FILE_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    let result = if input == "-" {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    result.map_err(|error| reading(path, error))?;
    Ok(bytes)
}

/// The memory at a path that must be there.
///
/// # Errors
/// No such file.
pub fn existing(path: &str) -> Result<Place, Error> {
    let place = Place::of(path);
    if Path::new(path).exists() {
        return Ok(place);
    }
    Err(Error::user(format!("no memory at {path}")).with_hint("check the path"))
}

/// Reads a memory that must be there and whole.
///
/// # Errors
/// No such file, or damage: a merge with half a memory would pass it off as a whole one.
fn read(path: &str) -> Result<Tree, Error> {
    let (tree, damage) = existing(path)?.read()?;
    match damage.first() {
        None => Ok(tree),
        Some(damage) => Err(Error::user(format!("the memory {path} is damaged: {damage}"))
            .with_hint("mend or move it first; nothing was changed")),
    }
}

/// Reads a base: a memory, or the `base.json` that `memory pull` leaves beside one.
fn read_base(path: &str) -> Result<Tree, Error> {
    let bytes = read_bytes(path)?;
    let Some(name) = reference_of(&bytes) else {
        return read(path);
    };
    let base = Base::load(Path::new(path), &name)
        .map_err(|error| Error::user(format!("cannot use {path}")).with_source(error))?;
    Ok(base.tree().clone())
}

/// The ref that a `base.json` belongs to; `None` for any other file.
fn reference_of(bytes: &[u8]) -> Option<RefName> {
    let (sum, body) = std::str::from_utf8(bytes).ok()?.split_once('\n')?;
    if !sum.starts_with("{\"sha256\":") {
        return None;
    }
    let body: serde_json::Value = serde_json::from_str(body).ok()?;
    let name = body.get("ref")?;
    name.as_str()?.parse().ok()
}

/// Writes a memory to a file or a directory, each file atomically.
fn write(place: &Place, tree: &Tree) -> Result<(), Error> {
    match place {
        Place::File(path) => write_atomically(path, &tree.to_memory().encode()).map_err(|error| writing(path, error)),
        Place::Directory(path) => tree.to_files().into_iter().try_for_each(|(name, bytes)| {
            let file = path.join(name);
            write_atomically(&file, &bytes).map_err(|error| writing(&file, error))
        }),
    }
}

/// Writes a memory in ruflo's export shape.
///
/// # Errors
/// When the file cannot be written.
pub fn write_export(memory: &Memory, output: &Path) -> Result<(), Error> {
    write_atomically(output, &memory.encode()).map_err(|error| writing(output, error))
}

fn newer(path: &str, error: crate::memory::NewerFormat) -> Error {
    Error::user(format!("{path} was written by a newer shipwright"))
        .with_source(error)
        .with_hint("use that version or a newer one; nothing was changed")
}

#[cfg(test)]
mod tests;
