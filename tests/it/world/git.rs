//! The git half of the server: GIT's own server under the addresses GitHub gives repositories.

use std::ops::Deref;
use std::os::unix::fs::symlink;

use super::git_server::GitServer;

/// A git server that may be started and stopped inside a story, which is asynchronous; the server blocks.
pub struct Git(Option<GitServer>);

impl Git {
    /// Serves `owner/name`, with a token that may push and one that may only read.
    pub fn start(slug: &str, write: &'static str, read: &'static str) -> Self {
        let start = std::thread::spawn(move || GitServer::with_tokens(write, read));
        let server = start.join().expect("a git server starts");
        let root = server.repository().parent().unwrap().to_owned();
        let (owner, name) = slug.split_once('/').unwrap();
        std::fs::create_dir_all(root.join(owner)).unwrap();
        for name in [name.to_owned(), format!("{name}.git")] {
            symlink(server.repository(), root.join(owner).join(name)).unwrap();
        }
        Self(Some(server))
    }

    /// `GITHUB_SERVER_URL`: repositories are below it.
    pub fn server_url(&self) -> String {
        self.url().trim_end_matches("/memory.git").to_owned()
    }
}

impl Deref for Git {
    type Target = GitServer;

    fn deref(&self) -> &GitServer {
        self.0.as_ref().expect("stopped only when dropped")
    }
}

impl Drop for Git {
    fn drop(&mut self) {
        if let Some(server) = self.0.take() {
            let stopped = std::thread::spawn(move || drop(server)).join();
            assert!(
                stopped.is_ok() || std::thread::panicking(),
                "the git server did not stop"
            );
        }
    }
}
