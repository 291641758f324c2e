//! The one line a failure is called by.

/// Characters of a title, at most.
const LENGTH: usize = 120;

/// A title made of a decisive line.
pub(super) fn of(line: &str) -> String {
    let text = line.trim();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= LENGTH {
        return words;
    }
    let mut cut: String = words.chars().take(LENGTH - 1).collect();
    cut.push('…');
    cut
}
