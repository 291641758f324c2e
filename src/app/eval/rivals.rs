//! What simple means show of a log: the floor to beat.

use crate::log::Log;

/// The name our own figures stand under.
pub const OURS: &str = "shipwright";
/// Ours on the same logs, without the passing log.
pub const WITHOUT_BASELINE: &str = "shipwright, no baseline";

/// Every rival with the lines it shows, in the order it shows them.
pub fn all(log: &Log) -> Vec<(&'static str, Vec<String>)> {
    vec![
        ("last-10-lines", last_lines(log, 10)),
        ("last-30-lines", last_lines(log, 30)),
        ("grep-error (first 30)", grep_error(log, From::Start, 30)),
        ("grep-error (last 30)", grep_error(log, From::End, 30)),
    ]
}

fn last_lines(log: &Log, count: usize) -> Vec<String> {
    let lines = (log.len().saturating_sub(count)..log.len()).filter_map(|index| log.line(index));
    lines.map(|line| line.text.to_owned()).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    Start,
    End,
}

/// Lines with one of the words everybody greps for.
fn grep_error(log: &Log, from: From, count: usize) -> Vec<String> {
    let speaks = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["error", "fail", "exception"].iter().any(|word| text.contains(word))
    };
    let mut found: Vec<String> = Vec::new();
    for (_, line) in log.iter().filter(|(_, line)| speaks(line.text)) {
        if from == From::Start && found.len() == count {
            break;
        }
        found.push(line.text.to_owned());
        if found.len() > 4 * count && from == From::End {
            found.drain(..found.len() - count);
        }
    }
    let skip = if from == From::End {
        found.len().saturating_sub(count)
    } else {
        0
    };
    found.split_off(skip)
}
