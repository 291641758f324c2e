//! The cases of an evaluation folder, read from disk.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::log::Log;

use super::Error;

/// What a label says about a log.
#[derive(Debug, Clone, Deserialize)]
pub struct Label {
    /// The case's name.
    pub id: String,
    /// The project the log is from; absent in some sets.
    #[serde(default)]
    pub project: Option<String>,
    /// Where the log was published.
    #[serde(default)]
    pub source: String,
    /// Language or field.
    #[serde(default)]
    pub ecosystem: Option<String>,
    /// The right category.
    #[serde(default)]
    pub category: Option<String>,
    /// Categories a maintainer would accept too.
    #[serde(default)]
    pub category_also_ok: Vec<String>,
    /// The lines a maintainer must see.
    #[serde(default)]
    pub expected_lines: Vec<String>,
    /// A pattern for lines that explain it as well.
    #[serde(default)]
    pub also_ok_regex: Option<String>,
}

impl Label {
    /// The project, from the label, its source or its name.
    pub fn project(&self) -> String {
        if let Some(project) = &self.project {
            return project.to_lowercase();
        }
        let published = self
            .source
            .split('/')
            .find(|part| part.contains('@') && self.source.contains("LogChunks"));
        let name = published.map_or_else(
            || {
                self.id
                    .rsplit_once('-')
                    .map_or(self.id.as_str(), |(head, _)| head)
                    .to_owned()
            },
            |part| part.replace('@', "/"),
        );
        name.to_lowercase()
    }

    /// Whether the case belongs to the held-out third: a hash of the project decides, so no project is on both sides.
    pub fn is_held_out(&self) -> bool {
        is_held_out(&self.project())
    }
}

/// Whether a project belongs to the held-out third.
pub(super) fn is_held_out(project: &str) -> bool {
    Sha256::digest(project.as_bytes())
        .first()
        .is_some_and(|byte| byte % 3 == 0)
}

/// One labelled log.
#[derive(Debug, Clone)]
pub struct Case {
    /// The label.
    pub label: Label,
    /// The failing log.
    pub log: PathBuf,
    /// A passing log of the same job.
    pub passed: Option<PathBuf>,
}

/// All cases of a set, sorted by name.
pub fn read_set(folder: &Path) -> Result<Vec<Case>, Error> {
    let mut cases = Vec::new();
    let entries = fs::read_dir(folder).map_err(|source| Error::Read {
        path: folder.to_owned(),
        source,
    })?;
    for entry in entries.flatten() {
        let path = entry.path();
        let label_path = path.join("label.json");
        if !label_path.is_file() {
            continue;
        }
        let bytes = fs::read(&label_path).map_err(|source| Error::Read {
            path: label_path.clone(),
            source,
        })?;
        let label: Label = serde_json::from_slice(&bytes).map_err(|source| Error::Label {
            path: label_path,
            source,
        })?;
        let passed = Some(path.join("passed.log")).filter(|path| path.is_file());
        let log = ["log.txt", "failed.log"]
            .iter()
            .map(|name| path.join(name))
            .find(|path| path.is_file());
        cases.extend(log.map(|log| Case { label, log, passed }));
    }
    cases.sort_by(|a, b| a.label.id.cmp(&b.label.id));
    Ok(cases)
}

/// Reads a log from disk.
pub fn read_log(path: &Path) -> Result<Log, Error> {
    let read = |path: &Path| Log::read(BufReader::with_capacity(1 << 18, File::open(path)?));
    read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}
