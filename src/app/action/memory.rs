//! Restore and persist inside the action: the memory file on disk, the base beside it, outputs and state.

use std::io;
use std::path::{Path, PathBuf};

use super::super::error::{Error, writing};
use super::super::files::write_atomically;
use super::super::sync::{Local, Outcome, Persisted, Restored};
use super::session::Session;
use crate::memory::{self, ExportTrust, Tree};
use crate::records::History;

/// Saved state: where restore wrote the memory file; set only when restore succeeded.
const RESTORED: &str = "restored";

/// Name of the file with what restore gave, beside the memory file.
const BASE_FILE: &str = "base.json";

impl Session {
    /// Brings memory to the job: the file, the base, the outputs.
    pub(super) async fn restore(&mut self) -> Option<Restored> {
        let restored = match self.memory_access(50) {
            Ok(access) => access.restore().await,
            Err(error) => Err(error),
        };
        match restored {
            Ok(restored) => {
                self.restored(&restored);
                Some(restored)
            }
            Err(error) => {
                self.fail(&error);
                self.runner.output("memory-hit", "false");
                self.runner.output("memory-entries", "0");
                None
            }
        }
    }

    /// Writes the files and outputs of a restore.
    pub(super) fn restored(&mut self, restored: &Restored) {
        for warning in &restored.warnings {
            self.degrade(warning.clone());
        }
        let written = self.memory_path().and_then(|path| {
            let bytes = restored.tree.memory.encode();
            write_atomically(&path, &bytes).map_err(|error| writing(&path, error))?;
            let base = path.with_file_name(BASE_FILE);
            restored.base.save(&base).map_err(|error| writing(&base, error))?;
            Ok(path)
        });
        match written {
            Ok(path) => {
                let host = self.paths().host(&path);
                self.runner.output("memory-path", &host.to_string_lossy());
                self.runner.state(RESTORED, &path.to_string_lossy());
            }
            Err(error) => self.fail(&error),
        }
        let entries = restored.tree.memory.len();
        self.runner
            .output("memory-hit", if restored.hit { "true" } else { "false" });
        self.runner.output("memory-entries", &entries.to_string());
        let failures = History::of(&restored.tree.records).failures.len();
        let found = if restored.hit {
            "restored"
        } else {
            "no memory yet; starting with"
        };
        let ref_name = self.settings.memory_ref.clone();
        self.runner.console().print(&format!(
            "{ref_name}: {found} {entries} entries and {failures} known failures"
        ));
    }

    fn memory_path(&self) -> Result<PathBuf, Error> {
        if let Some(path) = &self.settings.memory_path {
            return Ok(self.here(path));
        }
        let directory = self
            .environment
            .directory()
            .map_err(|error| Error::user("there is no directory for the memory file").with_source(error))?;
        Ok(directory.join("memory-export.json"))
    }

    /// A path as the user wrote it: relative ones are the workspace's.
    pub(super) fn here(&self, path: &str) -> PathBuf {
        let path = self.paths().here(Path::new(path));
        match self.environment.get("GITHUB_WORKSPACE") {
            Some(workspace) if path.is_relative() => Path::new(workspace).join(path),
            _ => path,
        }
    }

    /// Brings the job's memory back: what agents left in the export, and `records` of our own.
    pub(super) async fn persist(&mut self, records: Option<&Tree>) -> bool {
        if self.may_persist().is_ok() {
            self.configure_here().await;
        }
        if let Err(reason) = self.may_persist() {
            self.runner
                .console()
                .notice(&format!("memory is not persisted: {reason}"));
            return false;
        }
        let (base_path, export) = match self.export() {
            Ok(found) => found,
            Err(error) => {
                self.fail(&error);
                (None, None)
            }
        };
        let Ok(access) = self.memory_access(100).map_err(|error| self.fail(&error)) else {
            return false;
        };
        let base = base_path.and_then(|path| match access.load_base(&path) {
            Ok(base) => Some(base),
            Err(error) => {
                tracing::debug!(%error, "no base; the two-way rules hold");
                None
            }
        });
        let trust = match (&base, &export) {
            (Some(_), Some(_)) => ExportTrust::Trusted,
            _ => ExportTrust::Untrusted,
        };
        let mut tree = export.unwrap_or_default();
        if let Some(records) = records {
            for (identity, entry) in records.records.iter() {
                tree.insert(identity.clone(), entry.clone());
            }
        }
        let done = access.persist(base, Local { tree, trust }).await;
        self.persisted(done)
    }

    /// Says what became of a persist; whether the changes are safe.
    pub(super) fn persisted(&mut self, done: Result<Persisted, Error>) -> bool {
        let done = match done {
            Ok(done) => done,
            Err(error) => {
                self.fail(&error);
                self.runner.output("persisted", "false");
                return false;
            }
        };
        for warning in &done.warnings {
            self.degrade(warning.clone());
        }
        let changes = done.report.added + done.report.updated + done.report.deleted;
        let (safe, words) = match &done.outcome {
            Outcome::Pushed => (
                true,
                format!("{changes} changes persisted, {} entries now", done.entries),
            ),
            Outcome::Unchanged => (true, "nothing changed, nothing written".to_owned()),
            Outcome::Inboxed => (
                true,
                format!("{changes} changes left in the inbox; the next job merges them in"),
            ),
            Outcome::Refused(reason) => {
                self.degrade(format!("the server refused memory: {reason}"));
                (false, "not persisted".to_owned())
            }
            Outcome::Denied { permission } => {
                let notice = format!(
                    "memory is not persisted: the token may not write; give the job `permissions: {permission}` (forks and Dependabot always get read-only tokens)"
                );
                self.runner.console().notice(&notice);
                (false, "not persisted".to_owned())
            }
        };
        let ref_name = self.settings.memory_ref.clone();
        self.runner.console().print(&format!("{ref_name}: {words}"));
        self.runner.output("persisted", if safe { "true" } else { "false" });
        safe
    }

    /// The base's path, when restore succeeded in this job, and the export as it is now.
    fn export(&self) -> Result<(Option<PathBuf>, Option<Tree>), Error> {
        let restored = self.environment.state(RESTORED).map(PathBuf::from);
        let memory_path = match &restored {
            Some(path) => path.clone(),
            None => self.memory_path()?,
        };
        let base = memory_path.with_file_name(BASE_FILE);
        let export_path = self
            .settings
            .export_path
            .as_deref()
            .map_or(memory_path, |path| self.here(path));
        let bytes = match std::fs::read(&export_path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((base.exists().then_some(base), None)),
            Err(error) => return Err(super::super::error::reading(&export_path, error)),
        };
        let decoded = memory::decode(&bytes).map_err(|error| {
            Error::user(format!(
                "{} is no memory export, so nothing of it is kept",
                export_path.display()
            ))
            .with_source(error)
            .with_hint("write it with `ruflo memory export -o`")
        })?;
        Ok((base.exists().then_some(base), Some(Tree::from_memory(decoded.memory))))
    }
}
