//! One POST to `receive-pack`: the commands with the old ids we know, and a thin pack. The server compares and swaps.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use git2::Oid;

use super::super::error::tame;
use super::super::pack;
use super::super::pkt::{self, Packet};
use super::super::transport::{Push, PushOutcome, RefUpdate, judge};
use super::super::wire::{Body, Repeat, Request, Wire};
use super::Error;

/// Most bytes of a report that are read.
const MAX_REPORT: u64 = 4 << 20;
/// Abilities every git server has; `atomic` makes several updates one.
const ABILITIES: &str = "report-status side-band-64k atomic ofs-delta";

pub(super) fn push(wire: &Arc<Wire>, push: Push<'_>) -> Result<PushOutcome, Error> {
    wire.count_push();
    let report = match send(wire, push)? {
        Ok(report) => report,
        Err(reason) => return Ok(PushOutcome::Unknown(reason)),
    };
    let outcome = report.outcome(push.updates);
    let lost = report.lost(push.updates);
    if !lost.is_empty() {
        put_back(wire, &lost);
    }
    Ok(outcome)
}

/// One exchange; the inner error says why nobody knows what became of it.
fn send(wire: &Arc<Wire>, push: Push<'_>) -> Result<Result<Report, String>, Error> {
    let mut body = commands(push.updates);
    if push.updates.iter().any(|update| update.new.is_some()) {
        let pack = pack::write(push.objects).map_err(|error| Error::Scratch(error.to_string()))?;
        body.extend_from_slice(&pack);
    }
    let answer = wire.send(&Request {
        path: "/git-receive-pack",
        body: Some(&body),
        content_type: "application/x-git-receive-pack-request",
        expect: "application/x-git-receive-pack-result",
        protocol: None,
        repeat: Repeat::Never,
        permission: "contents: write",
    });
    match answer {
        Ok(answer) => Ok(Report::read(answer).map_err(|_broken| "the server's answer broke off".to_owned())),
        // After these the server may or may not have carried out what we asked.
        Err(error @ (Error::Transport { .. } | Error::Busy { .. } | Error::Deadline { .. })) => {
            Ok(Err(error.to_string()))
        }
        Err(error) => Err(error),
    }
}

/// A server that does not know `atomic` may delete refs although the tip did not move, and nobody has their content then.
fn put_back(wire: &Arc<Wire>, lost: &[RefUpdate]) {
    tracing::warn!(
        count = lost.len(),
        "the server is not atomic; putting back refs it deleted too early"
    );
    let updates = lost;
    match send(wire, Push { updates, objects: &[] }) {
        Ok(Ok(report)) if report.outcome(updates) == PushOutcome::Pushed => {}
        other => {
            tracing::error!(?other, refs = ?updates, "could not put back refs of the inbox; their commits are still on the server");
        }
    }
}

fn commands(updates: &[RefUpdate]) -> Vec<u8> {
    let mut body = Vec::new();
    for (index, update) in updates.iter().enumerate() {
        let old = update.old.unwrap_or(Oid::ZERO_SHA1);
        let new = update.new.unwrap_or(Oid::ZERO_SHA1);
        let abilities = if index == 0 {
            format!("\0 {ABILITIES}")
        } else {
            String::new()
        };
        pkt::write(&mut body, format!("{old} {new} {}{abilities}", update.name).as_bytes());
    }
    body.extend_from_slice(pkt::FLUSH);
    body
}

/// What the server reports.
#[derive(Debug, Default)]
struct Report {
    unpack: Option<String>,
    refs: BTreeMap<String, Result<(), String>>,
    chatter: String,
}

impl Report {
    /// Reads a report, inside a side band or bare.
    fn read(answer: Body) -> std::io::Result<Self> {
        let mut answer = answer.take(MAX_REPORT);
        let (mut report, mut inner) = (Self::default(), Vec::new());
        while let Some(packet) = pkt::read(&mut answer)? {
            let Packet::Data(payload) = packet else { break };
            match payload.split_first() {
                Some((1, rest)) => inner.extend_from_slice(rest),
                Some((2 | 3, rest)) => report.chatter.push_str(&String::from_utf8_lossy(rest)),
                _ => report.line(&pkt::line(&payload)),
            }
        }
        let mut inner = inner.as_slice();
        while let Some(Packet::Data(payload)) = pkt::read(&mut inner)? {
            report.line(&pkt::line(&payload));
        }
        Ok(report)
    }

    fn line(&mut self, line: &str) {
        if let Some(state) = line.strip_prefix("unpack ") {
            self.unpack = Some(state.to_owned());
        } else if let Some(name) = line.strip_prefix("ok ") {
            self.refs.insert(name.to_owned(), Ok(()));
        } else if let Some((name, reason)) = line.strip_prefix("ng ").and_then(|rest| rest.split_once(' ')) {
            self.refs.insert(name.to_owned(), Err(reason.to_owned()));
        }
    }

    fn outcome(&self, updates: &[RefUpdate]) -> PushOutcome {
        let Some(unpack) = &self.unpack else {
            // No report at all: a hook that dies, a proxy that answers.
            return PushOutcome::Unknown(
                format!("no report from the server {}", tame(&self.chatter))
                    .trim_end()
                    .to_owned(),
            );
        };
        if unpack != "ok" {
            return judge(&format!("unpack failed: {unpack}; {}", self.chatter));
        }
        let of = |update: &RefUpdate| {
            self.refs
                .get(&update.name)
                .cloned()
                .unwrap_or_else(|| Err("not mentioned in the report".to_owned()))
        };
        let failures: Vec<String> = updates.iter().filter_map(|update| of(update).err()).collect();
        let Some(first) = failures.first() else {
            return PushOutcome::Pushed;
        };
        // In an atomic push the innocent updates fail too; the guilty one has the telling reason.
        let telling = failures
            .iter()
            .find(|reason| !reason.contains("atomic"))
            .unwrap_or(first);
        match judge(telling) {
            PushOutcome::Refused(reason) => PushOutcome::Refused(self.explain(&reason)),
            outcome @ (PushOutcome::Pushed | PushOutcome::Stale | PushOutcome::Unknown(_)) => outcome,
        }
    }

    /// The updates that put back what was deleted although another update of the push failed.
    fn lost(&self, updates: &[RefUpdate]) -> Vec<RefUpdate> {
        let done = |update: &&RefUpdate| self.refs.get(&update.name) == Some(&Ok(()));
        if updates.iter().all(|update| done(&update)) {
            return Vec::new();
        }
        let deleted = updates.iter().filter(|update| update.new.is_none()).filter(done);
        deleted
            .map(|update| RefUpdate {
                name: update.name.clone(),
                old: None,
                new: update.old,
            })
            .collect()
    }

    /// A hook says why on the side band; its first lines explain more than "hook declined".
    fn explain(&self, reason: &str) -> String {
        let said = tame(&self.chatter);
        if said.is_empty() {
            reason.to_owned()
        } else {
            format!("{reason}: {said}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(name: &str) -> RefUpdate {
        RefUpdate {
            name: name.to_owned(),
            old: None,
            new: None,
        }
    }

    fn check(lines: &[&str], chatter: &str, expect: &PushOutcome) {
        let mut report = Report {
            chatter: chatter.to_owned(),
            ..Report::default()
        };
        for line in lines {
            report.line(line);
        }
        assert_eq!(
            &report.outcome(&[update("refs/a/b"), update("refs/a/c")]),
            expect,
            "{lines:?}"
        );
    }

    #[test]
    fn a_report_must_name_every_ref() {
        check(&["unpack ok", "ok refs/a/b", "ok refs/a/c"], "", &PushOutcome::Pushed);
        check(
            &["unpack ok", "ok refs/a/b"],
            "",
            &PushOutcome::Refused("not mentioned in the report".to_owned()),
        );
        check(
            &[],
            "boo\x1b",
            &PushOutcome::Unknown("no report from the server boo".to_owned()),
        );
    }

    #[test]
    fn the_guilty_update_of_an_atomic_push_decides() {
        let lines = [
            "unpack ok",
            "ng refs/a/b atomic push failure",
            "ng refs/a/c failed to update ref",
        ];
        check(&lines, "", &PushOutcome::Stale);
        let lines = [
            "unpack ok",
            "ng refs/a/b atomic push failure",
            "ng refs/a/c pre-receive hook declined",
        ];
        check(
            &lines,
            "remote: no\n",
            &PushOutcome::Refused("pre-receive hook declined: remote: no".to_owned()),
        );
        check(&["unpack unpack-objects abnormal exit"], "", &PushOutcome::Stale);
    }
}
