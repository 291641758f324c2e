//! Pull requests and commits.

use super::path::{query, segment};
use super::{Client, Commit, Pull, Result};
use crate::ids::{IssueNumber, RepoSlug, Sha};

impl Client {
    /// One pull request.
    pub async fn pull(&self, repo: &RepoSlug, number: IssueNumber) -> Result<Pull> {
        self.get(&format!("/repos/{repo}/pulls/{number}")).await
    }

    /// One commit, by its id or the first digits of it.
    pub async fn commit(&self, repo: &RepoSlug, sha: &str) -> Result<Commit> {
        self.get(&format!("/repos/{repo}/commits/{}", segment(sha))).await
    }

    /// Pull requests, open or not, that a commit belongs to; may be empty for a fork's head.
    pub async fn pulls_for_commit(&self, repo: &RepoSlug, sha: &Sha) -> Result<Vec<Pull>> {
        let path = format!("/repos/{repo}/commits/{sha}/pulls?");
        self.pages(&path, 100, |page| page).await
    }

    /// The pull requests that were closed or merged and changed last, newest first: one page.
    pub async fn closed_pulls(&self, repo: &RepoSlug) -> Result<Vec<Pull>> {
        let path = format!("/repos/{repo}/pulls?state=closed&sort=updated&direction=desc");
        self.pages(&path, 100, |page| page).await
    }

    /// Pull requests, open or not, from `branch` of `owner`'s repository; newest first.
    pub async fn pulls_by_head(&self, repo: &RepoSlug, owner: &str, branch: &str) -> Result<Vec<Pull>> {
        let head = format!("{owner}:{branch}");
        let filters = query(&[("state", Some("all")), ("head", Some(&head))]);
        let path = format!("/repos/{repo}/pulls?{filters}");
        self.pages(&path, 100, |page| page).await
    }
}
