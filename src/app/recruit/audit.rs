//! `audit`: are the stores sound, do the loops close, does what should happen by itself happen?
//!
//! The wiring is not read from source text: the audit sets up an engine of its own in a scratch directory, lets it work,
//! and looks at what came of it (`checks`).

use std::path::Path;

use serde::Serialize;
use serde_json::json;

use super::{Answer, Office, Page, Store, Verdict, checks, when};
use crate::app::{Error, error, files};
use crate::recruit::config_validator::accuracy;
use crate::recruit::stores::{
    AuditPoint, Codec, Evolution, Extra, Heuristics, History, Kept, Ledger, Meta, Minds, Onboarding, Profiles,
    RoleUsage, Roles, Talent, number, push_bounded, round,
};
use crate::recruit::{one_line, timestamp};

/// Audits remembered.
const TREND: usize = 50;
/// A fall of the score by more than this is worth a warning, in percent.
const FALL: f64 = 5.0;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Pass,
    Warn,
    Fail,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Check {
    pub section: &'static str,
    pub name: String,
    pub status: Status,
    pub note: String,
}

impl Check {
    /// Fails when the condition does not hold.
    pub(super) fn must(section: &'static str, name: impl Into<String>, holds: bool, note: impl Into<String>) -> Self {
        let status = if holds { Status::Pass } else { Status::Fail };
        Self {
            section,
            name: name.into(),
            status,
            note: note.into(),
        }
    }

    /// Warns when the condition does not hold.
    fn should(section: &'static str, name: impl Into<String>, holds: bool, note: impl Into<String>) -> Self {
        let status = if holds { Status::Pass } else { Status::Warn };
        Self {
            section,
            name: name.into(),
            status,
            note: note.into(),
        }
    }
}

const SECTIONS: [&str; 5] = [
    "DATA STORES",
    "FEEDBACK LOOPS",
    "INTEGRATION WIRING",
    "POLICY GOVERNANCE",
    "AUTOMATION TRIGGERS",
];

/// What `audit` may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// Look.
    No,
    /// Bring damaged stores back to their last good version first.
    Yes,
}

impl Office {
    /// Checks everything; the verdict is no when a check failed.
    ///
    /// # Errors
    /// When the store directory cannot be used.
    pub fn audit(&self, repair: Repair) -> Result<Answer, Error> {
        let mut store = self.store()?;
        let repaired = if repair == Repair::Yes {
            mend(&store, self.now())?
        } else {
            Vec::new()
        };
        let mut found = stores(&store);
        found.extend(self.loops(&store));
        found.extend(self.governance());
        let meta: Option<Meta> = store.load().ok();
        found.extend(checks::wiring());
        found.sort_by_key(|check| SECTIONS.iter().position(|section| *section == check.section));
        let count = |status: Status| found.iter().filter(|check| check.status == status).count();
        let (failed, warned, total) = (count(Status::Fail), count(Status::Warn), found.len());
        let passed = total - failed;
        #[expect(clippy::cast_precision_loss, reason = "some dozen checks")]
        let score = round(passed as f64 * 100.0 / total.max(1) as f64, 1);
        let mut decline = None;
        if let Some(mut meta) = meta {
            let before = meta
                .audit_trend
                .iter()
                .filter_map(Kept::known)
                .next_back()
                .map(|point| point.score);
            let point = AuditPoint {
                score,
                ts: timestamp(self.now()),
                failures: failed as u64,
                extra: Extra::new(),
            };
            push_bounded(&mut meta.audit_trend, Kept::Known(point), TREND);
            decline = before.filter(|before| meta.audit_trend.len() >= 3 && before - score > FALL);
            store.put(&meta);
        }
        store.commit()?;
        let event =
            json!({"score": number(score), "passed": passed, "failed": failed, "warnings": warned, "total": total});
        self.tell("recruit_audit", event);
        if let Some(before) = decline {
            self.tell(
                "recruit_audit_decline",
                json!({"score": number(score), "previous": number(before)}),
            );
        }
        let mut text = page(&found);
        for line in &repaired {
            text.add(format_args!("✓ {line}\n"));
        }
        text.add(format_args!(
            "\nAUDIT SCORE: {score}% ({passed}/{total} checks passed, {failed} failures, {warned} warnings)\n"
        ));
        text += &decline.map_or_else(String::new, |before| {
            format!("⚠ NEGATIVE COMPOUND: the score fell from {before}% to {score}%\n")
        });
        text += &when(failed > 0, || {
            let lines = found.iter().filter(|check| check.status == Status::Fail);
            let lines: Vec<String> = lines
                .map(|check| format!("  - {}: {}\n", check.name, check.note))
                .collect();
            format!("\nFailures:\n{}", lines.concat())
        });
        let json = json!({
            "score": number(score), "passed": passed, "total": total, "failed": failed, "warnings": warned,
            "checks": found, "repaired": repaired, "decline_from": decline.map(number),
        });
        let verdict = if failed == 0 {
            Verdict::Yes
        } else {
            Verdict::No(format!("{failed} of {total} checks failed"))
        };
        Ok(Answer { text, json, verdict })
    }

    fn loops(&self, store: &Store) -> Vec<Check> {
        const SECTION: &str = "FEEDBACK LOOPS";
        let usage: RoleUsage = store.load().unwrap_or_default();
        let history: History = store.load().unwrap_or_default();
        let heuristics: Heuristics = store.load().unwrap_or_default();
        let meta: Meta = store.load().unwrap_or_default();
        let nameless = history.matches().filter(|record| record.match_id.is_empty()).count();
        let counted = accuracy(&history);
        let points = meta.accuracy_trend.iter().filter_map(Kept::known).count();
        let latest = meta
            .accuracy_trend
            .iter()
            .filter_map(Kept::known)
            .next_back()
            .map(|point| point.accuracy);
        let floor = self.policy.meta_learning_accuracy_floor;
        let judged = usage.iter().any(|(_, used)| used.successes + used.failures > 0);
        vec![
            Check::should(
                SECTION,
                "roles have outcomes",
                judged,
                "record some with record-outcome",
            ),
            Check::must(
                SECTION,
                "every match has an id",
                nameless == 0,
                format!("{nameless} have none"),
            ),
            Check::should(
                SECTION,
                "matches are resolved",
                counted.resolved > 0,
                "no match has an outcome yet",
            ),
            Check::should(
                SECTION,
                "words were learned",
                !heuristics.keyword_weights.is_empty(),
                "self-tune learned none yet",
            ),
            Check::must(
                SECTION,
                "accuracy is above the floor",
                points < 3 || latest.is_none_or(|latest| latest >= floor),
                format!("{}% is below {floor}%", latest.unwrap_or_default()),
            ),
        ]
    }

    fn governance(&self) -> Vec<Check> {
        const SECTION: &str = "POLICY GOVERNANCE";
        let policy = &self.policy;
        let custom = *policy != crate::recruit::Policy::default();
        vec![
            Check::should(SECTION, "a policy sets something", custom, "the defaults are in force"),
            Check::must(
                SECTION,
                "a profile remembers enough tasks to be judged",
                policy.max_profile_task_history as u64 >= policy.promote_threshold_tasks.min(50),
                "max_profile_task_history is below promote_threshold_tasks",
            ),
            Check::must(
                SECTION,
                "the history is long enough to learn from",
                policy.max_match_history_size >= policy.self_tune_min_matches,
                "max_match_history_size is below self_tune_min_matches",
            ),
        ]
    }
}

fn page(found: &[Check]) -> String {
    let mut text = String::from("▸ Recruitment System Audit\n");
    for section in SECTIONS {
        text.add(format_args!("\n{section}\n"));
        for check in found.iter().filter(|check| check.section == section) {
            let (glyph, note) = match check.status {
                Status::Pass => ("✓", String::new()),
                Status::Warn => ("⚠", format!(" — {}", one_line(&check.note))),
                Status::Fail => ("✗", format!(" — {}", one_line(&check.note))),
            };
            text.add(format_args!("  {glyph} {}{note}\n", check.name));
        }
    }
    text
}

fn stores(store: &Store) -> Vec<Check> {
    const SECTION: &str = "DATA STORES";
    fn one<S: Codec>(store: &Store) -> Check {
        let read = store.load::<S>();
        let note = read.as_ref().err().map(Error::chain).unwrap_or_default();
        Check::must(SECTION, format!("{} can be read", S::FILE), read.is_ok(), note)
    }
    let history: History = store.load().unwrap_or_default();
    vec![
        one::<Roles>(store),
        one::<Profiles>(store),
        one::<RoleUsage>(store),
        one::<Heuristics>(store),
        one::<Meta>(store),
        one::<Minds>(store),
        one::<Talent>(store),
        one::<Onboarding>(store),
        one::<Ledger>(store),
        Check::should(
            SECTION,
            "there is a match history",
            !history.is_empty(),
            "nothing was matched yet",
        ),
        Check::must(
            SECTION,
            "every line of the match history can be read",
            history.unreadable() == 0,
            format!("{} lines cannot", history.unreadable()),
        ),
    ]
}

/// Brings damaged stores back; says what it did. The damaged content stays under another name.
fn mend(store: &Store, now: i64) -> Result<Vec<String>, Error> {
    let root = store.root();
    let mut done = Vec::new();
    mend_one::<Roles>(root, now, &mut done)?;
    mend_one::<Profiles>(root, now, &mut done)?;
    mend_one::<RoleUsage>(root, now, &mut done)?;
    mend_one::<Heuristics>(root, now, &mut done)?;
    mend_one::<Meta>(root, now, &mut done)?;
    mend_one::<Minds>(root, now, &mut done)?;
    mend_one::<Talent>(root, now, &mut done)?;
    mend_one::<Onboarding>(root, now, &mut done)?;
    mend_one::<Ledger>(root, now, &mut done)?;
    mend_one::<Evolution>(root, now, &mut done)?;
    let history: History = store.load()?;
    if history.unreadable() > 0 {
        let path = root.join(History::FILE);
        let aside = set_aside(&path, now)?;
        let mut kept = History::default();
        history
            .matches()
            .for_each(|record| kept.push(record.clone(), usize::MAX));
        write(&path, &kept.encode())?;
        done.push(format!(
            "took {} lines out of {}; all are in {aside}",
            history.unreadable(),
            History::FILE
        ));
    }
    Ok(done)
}

fn mend_one<S: Codec>(root: &Path, now: i64, done: &mut Vec<String>) -> Result<(), Error> {
    let path = root.join(S::FILE);
    let sound = |path: &Path| std::fs::read(path).ok().filter(|bytes| S::decode(bytes).is_ok());
    if !path.exists() || sound(&path).is_some() {
        return Ok(());
    }
    let aside = set_aside(&path, now)?;
    let backup = sound(&root.join(format!("{}.bak", S::FILE)));
    let from = if backup.is_some() {
        "its last good version"
    } else {
        "an empty store"
    };
    write(&path, &backup.unwrap_or_else(|| S::default().encode()))?;
    done.push(format!(
        "{} was damaged and is now {from}; the damaged one is {aside}",
        S::FILE
    ));
    Ok(())
}

fn set_aside(path: &Path, now: i64) -> Result<String, Error> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("store");
    let aside = format!("{name}.damaged-{now}");
    std::fs::copy(path, path.with_file_name(&aside)).map_err(|error| error::writing(path, error))?;
    Ok(aside)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    files::write_atomically(path, bytes).map_err(|error| error::writing(path, error))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_fresh_engine_passes_with_warnings_only() {
        let (directory, office) = checks::scratch().unwrap();
        let answer = office.audit(Repair::No).unwrap();
        assert_eq!(answer.verdict, Verdict::Yes, "{}", answer.text);
        assert!(answer.json["total"].as_u64().unwrap() >= 30 && answer.json["warnings"].as_u64().unwrap() > 0);
        drop(directory);
    }

    #[test]
    fn a_damaged_store_fails_the_audit_until_it_is_mended() {
        let (_directory, office) = checks::scratch().unwrap();
        for task in ["write tests", "deploy it"] {
            office.match_task(task, "").unwrap();
        }
        let usage = office.root.join("role-usage.json");
        std::fs::write(&usage, "{oops").unwrap();
        std::fs::write(
            office.root.join("match-history.jsonl"),
            "{\"match_id\":\"m\"}\nnot json\n",
        )
        .unwrap();
        assert!(matches!(office.audit(Repair::No).unwrap().verdict, Verdict::No(_)));
        let answer = office.audit(Repair::Yes).unwrap();
        assert_eq!(answer.verdict, Verdict::Yes, "{}", answer.text);
        let usage: Value = serde_json::from_slice(&std::fs::read(&usage).unwrap()).unwrap();
        assert_eq!(
            usage.as_object().unwrap().len(),
            1,
            "the version before the last change"
        );
        let kept = std::fs::read_dir(&office.root).unwrap().flatten();
        assert_eq!(
            kept.filter(|entry| entry.file_name().to_string_lossy().contains("damaged"))
                .count(),
            2
        );
    }
}
