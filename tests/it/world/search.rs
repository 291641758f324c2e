//! `GET /search/issues`, as far as queries of words and the usual qualifiers go.

use serde_json::json;

use super::hub::Hub;
use super::routes::{Answer, Call};
use super::view;

pub fn answer(hub: &Hub, call: &Call) -> Answer {
    let query = call.parameter("q").unwrap_or_default();
    if query.chars().count() > 256 {
        let message = "The search is longer than 256 characters.";
        return Answer::json(
            422,
            &json!({ "message": "Validation Failed", "errors": [{ "message": message, "resource": "Search", "field": "q", "code": "invalid" }] }),
        );
    }
    let (qualifiers, words): (Vec<&str>, Vec<&str>) = query.split_whitespace().partition(|word| {
        let name = word.trim_start_matches('-').split(':').next().unwrap_or_default();
        word.contains(':') && ["repo", "is", "type", "state", "in", "label", "sort"].contains(&name)
    });
    let words: Vec<String> = words
        .iter()
        .map(|word| word.trim_matches('"').to_lowercase())
        .filter(|word| word != "or")
        .collect();
    let wanted = |name: &str| {
        qualifiers
            .iter()
            .find_map(|word| word.strip_prefix(name)?.strip_prefix(':'))
    };
    let mut items = Vec::new();
    for (slug, repo) in &hub.repos {
        if wanted("repo").is_some_and(|repo| repo != slug) {
            continue;
        }
        for issue in repo.issues.values() {
            let text = format!("{} {}", issue.title, issue.body).to_lowercase();
            let found = words.iter().filter(|word| text.contains(word.as_str())).count();
            if found == 0 {
                continue;
            }
            let mut view = view::issue(hub, slug, issue);
            view["score"] = json!(found);
            items.push((found, view));
        }
    }
    items.sort_by_key(|(found, _)| std::cmp::Reverse(*found));
    let all = items.into_iter().map(|(_, view)| view).collect();
    call.page(
        hub,
        all,
        |entries, total| json!({ "total_count": total, "incomplete_results": false, "items": entries }),
    )
}
