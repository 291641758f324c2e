//! The event log of a step that names one (`SHIPWRIGHT_EVENTS`): the events the commands tell, in their words.

use serde_json::json;

use super::super::events::{EventLog, Kind};
use super::session::Session;
use crate::ids::IssueNumber;
use crate::memory::Memory;
use crate::records::{Occurrence, Proposal, Record, Resolution, Verdict};
use crate::report::Report;

impl Session {
    /// Tells of a report.
    pub(super) fn tell_report(&self, report: &Report) {
        let shown = || report.failures.iter();
        let fields = json!({
            "stage": report.subject.stage,
            "issue": report.subject.issue.map_or(0, IssueNumber::get),
            "similar_count": shown().map(|shown| shown.matches.len()).sum::<usize>(),
            "suggestion_count": shown().map(|shown| shown.actions.len()).sum::<usize>(),
        });
        self.events().tell(Kind::ContextGenerated, &fields, self.now);
    }

    /// Tells of what is new in memory, where it may be kept.
    pub(super) fn tell_records(&self, records: &Memory) {
        if self.may_persist().is_err() {
            return;
        }
        let events = self.events();
        for seen in all::<Occurrence>(records) {
            let pattern: String = seen.title.chars().take(80).collect();
            let fields = json!({ "pattern": pattern, "fingerprint": seen.fingerprint.as_str() });
            events.tell(Kind::MemoryFailure, &fields, self.now);
        }
        for made in all::<Proposal>(records) {
            let fields = json!({ "id": made.id, "stage": made.stage, "category": made.category.as_str() });
            events.tell(Kind::SuggestionRecorded, &fields, self.now);
        }
        for end in all::<Resolution>(records) {
            let resolved = match end.verdict {
                Verdict::Resolved => true,
                Verdict::Failed => false,
                Verdict::Flaky | Verdict::Stale => continue,
            };
            let fields = json!({ "id": end.suggestion, "resolved": resolved });
            events.tell(Kind::SuggestionResolved, &fields, self.now);
        }
    }

    fn events(&self) -> EventLog {
        EventLog::new(self.environment.get("SHIPWRIGHT_EVENTS").map(|path| self.here(path)))
    }
}

fn all<R: Record>(records: &Memory) -> impl Iterator<Item = R> {
    let entries = records.namespace(R::NAMESPACE);
    entries.filter_map(|(_, entry)| serde_json::from_str(entry.text()).ok())
}
