//! What simple means show of a log: the floor to beat.

use crate::log::Log;

/// The last `count` lines.
pub fn last_lines(log: &Log, count: usize) -> Vec<String> {
    (log.len().saturating_sub(count)..log.len())
        .filter_map(|index| log.line(index))
        .map(|line| line.text.to_owned())
        .collect()
}

/// The last `count` lines with one of the words everybody greps for.
pub fn grep_error(log: &Log, count: usize) -> Vec<String> {
    let speaks = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["error", "fail", "exception"].iter().any(|word| text.contains(word))
    };
    let mut found: Vec<String> = log
        .iter()
        .filter(|(_, line)| speaks(line.text))
        .map(|(_, line)| line.text.to_owned())
        .collect();
    found.split_off(found.len().saturating_sub(count))
}
