//! Search. It has a low limit of its own (30 calls a minute), so one call a report.

use serde::Deserialize;

use super::path::segment;
use super::{Client, Result, SearchHit};

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    items: Vec<SearchHit>,
}

impl Client {
    /// Issues and pull requests that fit `query` (GitHub's search syntax, at most 256 characters), the best `limit`.
    pub async fn search(&self, query: &str, limit: usize) -> Result<Vec<SearchHit>> {
        let path = format!("/search/issues?q={}&per_page={}", segment(query), limit.clamp(1, 100));
        let found: Found = self.get(&path).await?;
        Ok(found.items.into_iter().take(limit).collect())
    }
}
