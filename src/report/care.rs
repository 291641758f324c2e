//! Who should look at a failure: the role recruit finds for work of this kind, that role's record on the category, and,
//! with `owners` in the configuration, the person or team.
//!
//! The role comes from the failure's category and the stage of the pipeline, not from the words of the log: the same
//! kind of failure always goes to the same role, and a stranger's log cannot pick one. Roles and words that people and
//! self-tuning added to the memory take part; `roles` in the configuration overrules them all.

use std::collections::BTreeMap;

use crate::failure::{Category, Failure};
use crate::memory::Memory;
use crate::records::{self, Verdict};
use crate::recruit::{self, Roles, Weights};
use crate::settings::{CategoryName, Rules};

/// Who should look at a failure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Care {
    /// Key of the role, such as `devops`.
    pub role: String,
    /// Its name for people.
    pub title: String,
    /// Failures of this category that were the role's and are gone.
    pub resolved: u64,
    /// Failures of this category that were the role's and whose end is known.
    pub ended: u64,
    /// The person or team, as the configuration names them.
    pub owners: Vec<Owner>,
}

/// A person or team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The name, without an `@`.
    pub name: String,
    /// Whether the configuration asks for a mention, by an `@` in front.
    pub mention: bool,
}

/// The roles there are, and who is responsible for what.
#[derive(Debug, Clone)]
pub struct Staff {
    roles: Roles,
    weights: Weights,
    assigned: BTreeMap<CategoryName, String>,
    owners: Rules,
    ends: Vec<(Category, Option<String>, bool)>,
}

impl Default for Staff {
    /// The built-in roles, no record, no owners.
    fn default() -> Self {
        Self::new(&Memory::default(), &BTreeMap::new(), &Rules::default())
    }
}

impl Staff {
    /// The roles and their record out of a memory's records, the assignments and owners out of the configuration.
    pub fn new(memory: &Memory, assigned: &BTreeMap<CategoryName, String>, owners: &Rules) -> Self {
        let (roles, weights) = recruit::entries::staff(memory);
        let ends = records::ended(memory).into_iter().filter_map(|(proposal, end)| {
            let resolved = match end.verdict {
                Verdict::Resolved if end.trusted => true,
                Verdict::Failed if end.trusted => false,
                Verdict::Resolved | Verdict::Failed | Verdict::Flaky | Verdict::Stale => return None,
            };
            Some((proposal.category, proposal.stage, resolved))
        });
        Self {
            roles,
            weights,
            assigned: assigned.clone(),
            owners: owners.clone(),
            ends: ends.collect(),
        }
    }

    /// Who should look at a failure.
    pub fn care(&self, failure: &Failure, stage: Option<&str>) -> Care {
        let role = self.role(failure.category, stage);
        let mut by_stage: BTreeMap<Option<&str>, (u64, u64)> = BTreeMap::new();
        for (_, stage, resolved) in self
            .ends
            .iter()
            .filter(|(category, _, _)| *category == failure.category)
        {
            let (gone, ended) = by_stage.entry(stage.as_deref()).or_default();
            *gone += u64::from(*resolved);
            *ended += 1;
        }
        by_stage.retain(|stage, _| self.role(failure.category, *stage) == role);
        let paths: Vec<&str> = failure.locations.iter().map(|place| place.path.as_str()).collect();
        let owners = self.owners.decisive(failure.category.as_str(), &paths);
        let title = self.roles.get(&role).map(|role| role.title.clone());
        Care {
            title: title.filter(|title| !title.is_empty()).unwrap_or_else(|| role.clone()),
            role,
            resolved: by_stage.values().map(|(gone, _)| gone).sum(),
            ended: by_stage.values().map(|(_, ended)| ended).sum(),
            owners: owners.iter().map(|name| Owner::of(name)).collect(),
        }
    }

    /// The role for a category at a stage.
    pub fn role(&self, category: Category, stage: Option<&str>) -> String {
        let assigned = self
            .assigned
            .iter()
            .find(|(name, _)| name.as_str() == category.as_str());
        if let Some((_, role)) = assigned {
            return role.clone();
        }
        let work = work(category);
        let task = stage.map_or_else(|| work.to_owned(), |stage| format!("{work} during {stage}"));
        let candidates = recruit::match_task(&self.roles, &self.weights, &task);
        candidates
            .into_iter()
            .next()
            .map_or_else(|| recruit::role_manager::FALLBACK_ROLE.to_owned(), |first| first.role)
    }
}

impl Owner {
    fn of(name: &str) -> Self {
        let bare = name.strip_prefix('@');
        let is_login = |name: &str| {
            name.chars()
                .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/'))
        };
        Self {
            name: bare.unwrap_or(name).to_owned(),
            mention: bare.is_some_and(|bare| !bare.is_empty() && is_login(bare)),
        }
    }
}

/// What there is to do about a failure of a category, in the words of a task.
const fn work(category: Category) -> &'static str {
    match category {
        Category::FileAccess => "Implement the fix: the code needs a file that is missing",
        Category::SyntaxError => "Implement the fix: the code does not parse",
        Category::TypeError => "Implement the fix: values in the code do not fit together",
        Category::FunctionError => "Implement the fix: the code calls a function that is not defined",
        Category::AssertionFailure => "Fix a failing test assertion",
        Category::Timeout => "Find out what is slow: it ran into a timeout",
        Category::NetworkError => "A network connection to a service failed in CI infrastructure",
        Category::MemoryError => "Reduce memory usage: out of memory",
        Category::Dependency => "Implement the fix: a library the code needs cannot be installed",
        Category::PermissionAuth => "Fix refused credentials, permissions, authentication",
        Category::DiskSpace => "Free disk space on the CI runner infrastructure",
        Category::RateLimit => "The CI pipeline ran into the rate limit of a service",
        Category::LintFormat => "Fix linter findings and code style",
        Category::BuildCompile => "Implement the fix: the code does not compile",
        Category::Config => "Fix the configuration of the CI pipeline",
        Category::Crash => "Implement the fix: debugging code that aborts",
        Category::RuntimeError => "Implement the fix: an uncaught exception in the code",
        Category::Infrastructure => "CI runner infrastructure failure",
        Category::Cancelled => "The CI pipeline run was cancelled",
        Category::Unknown => "Fix the failing CI build",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Fingerprint;
    use crate::records::{Proposal, Record, Resolution};

    fn failure(category: Category, path: &str) -> Failure {
        let text = format!("{path}:3: error: something");
        let log = crate::log::Log::from_bytes(text.as_bytes());
        let mut failure = crate::failure::analyze(&log, &crate::failure::Options::default())
            .failures
            .remove(0);
        failure.category = category;
        failure.locations = vec![crate::failure::Location {
            path: path.to_owned(),
            line: Some(3),
        }];
        failure
    }

    #[test]
    fn every_category_has_a_role_that_does_such_work() {
        let staff = Staff::default();
        let role = |category| staff.role(category, None);
        for (category, expect) in [
            (Category::TypeError, "builder"),
            (Category::BuildCompile, "builder"),
            (Category::AssertionFailure, "tester"),
            (Category::LintFormat, "reviewer"),
            (Category::DiskSpace, "devops"),
            (Category::NetworkError, "devops"),
            (Category::Infrastructure, "devops"),
            (Category::PermissionAuth, "security-auditor"),
            (Category::MemoryError, "optimizer"),
        ] {
            assert_eq!(role(category), expect, "{category}");
        }
        let names: Vec<&str> = Category::ALL.iter().map(|category| category.as_str()).collect();
        assert_eq!(
            names,
            crate::settings::rules::CATEGORIES,
            "the two lists of categories differ"
        );
    }

    #[test]
    fn the_configuration_assigns_roles_and_owners() {
        let config = crate::settings::ConfigFile::parse(
            b"roles: {TIMEOUT: pm}\nowners: {'src/api/**': '@octo/api', TIMEOUT: [ann, '@x y']}\n",
        )
        .unwrap();
        let staff = Staff::new(&Memory::default(), &config.roles, &config.owners);
        let care = staff.care(&failure(Category::Timeout, "src/api/a.c"), None);
        assert_eq!((care.role.as_str(), care.title.as_str()), ("pm", "Project Manager"));
        let owner = |name: &str, mention| Owner {
            name: name.to_owned(),
            mention,
        };
        assert_eq!(care.owners, [owner("octo/api", true)]);
        let care = staff.care(&failure(Category::Timeout, "lib/a.c"), None);
        assert_eq!(
            care.owners,
            [owner("ann", false), owner("x y", false)],
            "no login, no mention"
        );
    }

    #[test]
    fn the_record_counts_what_ended_well_and_what_came_back() {
        let mut memory = Memory::default();
        for (id, category, verdict) in [
            ("a", Category::DiskSpace, Verdict::Resolved),
            ("b", Category::DiskSpace, Verdict::Failed),
            ("c", Category::DiskSpace, Verdict::Flaky),
            ("d", Category::Timeout, Verdict::Resolved),
        ] {
            let proposal = serde_json::json!({
                "id": id, "ts": 1, "category": category, "actions": [], "run": "1.1.",
                "fingerprint": Fingerprint::from_digest(&[1; 16]),
            });
            serde_json::from_value::<Proposal>(proposal)
                .unwrap()
                .store(&mut memory, None);
            let end = serde_json::json!({"suggestion": id, "at": 2, "verdict": verdict});
            serde_json::from_value::<Resolution>(end)
                .unwrap()
                .store(&mut memory, None);
        }
        let staff = Staff::new(&memory, &BTreeMap::new(), &Rules::default());
        let care = staff.care(&failure(Category::DiskSpace, "a.c"), None);
        assert_eq!((care.role.as_str(), care.resolved, care.ended), ("devops", 1, 2));
    }
}
