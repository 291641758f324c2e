//! One directory, two names: inside the container and on the host.
//!
//! The runner mounts its temp directory at another place in our container and does not translate outputs back. Steps
//! that run on the host need the host's name. The input `host-temp` carries it behind `host=`, because the runner
//! rewrites a value that *starts* with a host path.

use std::fs;
use std::path::{Path, PathBuf};

use super::Environment;

/// Translates paths under the runner's temp directory and the workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paths {
    /// (here, on the host)
    mounts: Vec<(PathBuf, PathBuf)>,
}

impl Paths {
    /// Reads `host-temp`, `RUNNER_TEMP` and `GITHUB_WORKSPACE`. Without the input both names are the same.
    pub fn new(environment: &Environment) -> Self {
        let mut mounts = Vec::new();
        let host_temp = environment
            .input("host-temp")
            .and_then(|input| input.strip_prefix("host="))
            .map(PathBuf::from);
        if let Some(host_temp) = host_temp.filter(|path| path.is_absolute()) {
            if let Some(temp) = environment.get("RUNNER_TEMP") {
                mounts.push((PathBuf::from(temp), host_temp.clone()));
            }
            // The runner lays out `<work>/_temp` and `<work>/<repository>/<repository>`.
            let repository = environment
                .get("GITHUB_REPOSITORY")
                .and_then(|slug| slug.rsplit('/').next());
            if let (Some(work), Some(name), Some(workspace)) =
                (host_temp.parent(), repository, environment.get("GITHUB_WORKSPACE"))
            {
                mounts.push((PathBuf::from(workspace), work.join(name).join(name)));
            }
        }
        mounts.retain(|(here, host)| here != host);
        Self { mounts }
    }

    /// The path as steps on the host know it.
    pub fn host(&self, path: &Path) -> PathBuf {
        translate(path, self.mounts.iter().map(|(here, host)| (here, host)))
    }

    /// The path as this process knows it; for paths a user wrote with `${{ runner.temp }}` in the middle of an input.
    pub fn here(&self, path: &Path) -> PathBuf {
        translate(path, self.mounts.iter().map(|(here, host)| (host, here)))
    }
}

fn translate<'a>(path: &Path, mounts: impl Iterator<Item = (&'a PathBuf, &'a PathBuf)>) -> PathBuf {
    for (from, to) in mounts {
        if let Ok(rest) = path.strip_prefix(from) {
            return to.join(rest);
        }
    }
    path.to_owned()
}

impl Environment {
    /// The directory for files of this run that later steps may read: `$RUNNER_TEMP/shipwright`, or one under the
    /// system's temp directory where the runner's cannot be written (Kubernetes). Created when absent.
    pub fn directory(&self) -> std::io::Result<PathBuf> {
        let own = self.get("RUNNER_TEMP").map(|temp| Path::new(temp).join("shipwright"));
        if let Some(own) = own.filter(|path| writable(path).is_ok()) {
            return Ok(own);
        }
        let run = self
            .get("GITHUB_RUN_ID")
            .filter(|run| run.bytes().all(|byte| byte.is_ascii_digit()))
            .unwrap_or("local");
        let fallback = std::env::temp_dir().join(format!("shipwright-{run}"));
        writable(&fallback)?;
        Ok(fallback)
    }
}

fn writable(directory: &Path) -> std::io::Result<()> {
    fs::create_dir_all(directory)?;
    tempfile::NamedTempFile::new_in(directory).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_container() -> Environment {
        Environment::from_iter([
            ("INPUT_HOST-TEMP", "host=/home/runner/work/_temp"),
            ("RUNNER_TEMP", "/github/runner_temp"),
            ("GITHUB_WORKSPACE", "/github/workspace"),
            ("GITHUB_REPOSITORY", "octo/ship"),
        ])
    }

    #[test]
    fn paths_translate_both_ways_at_whole_components() {
        let paths = Paths::new(&in_container());
        for (here, host) in [
            (
                "/github/runner_temp/shipwright/m.json",
                "/home/runner/work/_temp/shipwright/m.json",
            ),
            ("/github/runner_temp", "/home/runner/work/_temp"),
            ("/github/workspace/a.log", "/home/runner/work/ship/ship/a.log"),
            ("/github/runner_temp2/x", "/github/runner_temp2/x"),
            ("relative/x", "relative/x"),
        ] {
            assert_eq!(paths.host(Path::new(here)), Path::new(host), "{here}");
            assert_eq!(paths.here(Path::new(host)), Path::new(here), "{host}");
        }
    }

    #[test]
    fn without_the_input_nothing_is_translated() {
        let environment = Environment::from_iter([("RUNNER_TEMP", "/tmp/t"), ("INPUT_HOST-TEMP", "host=")]);
        let paths = Paths::new(&environment);
        assert_eq!(paths.host(Path::new("/tmp/t/x")), Path::new("/tmp/t/x"));
    }

    #[test]
    fn an_unwritable_temp_directory_has_a_fallback() {
        let directory = tempfile::tempdir().unwrap();
        let good = Environment::from_iter([("RUNNER_TEMP", directory.path().to_str().unwrap())]);
        assert_eq!(good.directory().unwrap(), directory.path().join("shipwright"));
        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        let bad = Environment::from_iter([("RUNNER_TEMP", file.to_str().unwrap()), ("GITHUB_RUN_ID", "12")]);
        assert!(bad.directory().unwrap().ends_with("shipwright-12"));
    }
}
