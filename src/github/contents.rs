//! The repository itself: its settings, files, commits, and the rate limit.

use bytes::Bytes;
use serde::Deserialize;

use super::call::Call;
use super::path::{segment, segments};
use super::{Client, Comparison, RateLimit, Repository, Result};
use crate::ids::RepoSlug;

#[derive(Deserialize)]
struct Limits {
    resources: Resources,
}

#[derive(Deserialize)]
struct Resources {
    core: RateLimit,
}

impl Client {
    /// The repository's settings.
    pub async fn repository(&self, repo: &RepoSlug) -> Result<Repository> {
        self.get(&format!("/repos/{repo}")).await
    }

    /// A file's bytes at a commit, branch or tag; without one, on the default branch.
    pub async fn file(&self, repo: &RepoSlug, path: &str, reference: Option<&str>) -> Result<Bytes> {
        let path = segments(path.trim_start_matches('/'));
        let reference = reference.map_or(String::new(), |reference| format!("?ref={}", segment(reference)));
        let call = Call::raw(format!("/repos/{repo}/contents/{path}{reference}"));
        Ok(self.send(&call).await?.into_body())
    }

    /// What `head` has and `base` has not; each a commit, branch or tag.
    pub async fn compare(&self, repo: &RepoSlug, base: &str, head: &str) -> Result<Comparison> {
        let range = format!("{}...{}", segment(base), segment(head));
        self.get(&format!("/repos/{repo}/compare/{range}?per_page=100")).await
    }

    /// How many calls are left; asking costs none. An Enterprise Server without limits answers 404.
    pub async fn rate_limit(&self) -> Result<RateLimit> {
        let limits: Limits = self.get("/rate_limit").await?;
        Ok(limits.resources.core)
    }
}
