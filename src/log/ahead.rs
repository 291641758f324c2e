//! What is seen of many lines at once, before they are cut: most have nothing to clean and end nothing.

use super::exit;

/// A block of whole lines, looked through from its start to its end.
#[derive(Debug)]
pub(super) struct Ahead<'a> {
    block: &'a [u8],
    /// The next byte that asks for cleaning or for a look at columns.
    odd: usize,
    /// The next word that may tell the end of a step.
    end: usize,
}

/// What is known of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Whether there may be something to clean.
    pub is_odd: bool,
    /// Whether it may tell the end of a step.
    pub may_end: bool,
}

impl Look {
    /// Of a line nobody looked at.
    pub(super) const NONE: Self = Self {
        is_odd: true,
        may_end: true,
    };
}

impl<'a> Ahead<'a> {
    pub(super) fn new(block: &'a [u8]) -> Self {
        Self {
            block,
            odd: next_odd(block),
            end: next_end(block),
        }
    }

    /// Looks at the line that takes this range of the block. Lines are asked for in order.
    pub(super) fn line(&mut self, start: usize, end: usize) -> Look {
        let from = |at: usize| self.block.get(at..).unwrap_or_default();
        if self.odd < start {
            self.odd = start + next_odd(from(start));
        }
        if self.end < start {
            self.end = start + next_end(from(start));
        }
        Look {
            is_odd: self.odd < end,
            may_end: self.end < end,
        }
    }
}

/// Where the first byte is that may ask for cleaning: a control character, or the `^` some collectors write for one.
fn next_odd(bytes: &[u8]) -> usize {
    let is_odd = |byte: u8| (byte < 0x20 && byte != b'\n') || byte == 0x7f || byte == b'^';
    let mut at = 0;
    // Whole pieces without an early exit, so that many bytes are compared at once.
    for piece in bytes.chunks(64) {
        if piece.iter().fold(false, |odd, byte| odd | is_odd(*byte)) {
            return at + piece.iter().take_while(|byte| !is_odd(**byte)).count();
        }
        at += piece.len();
    }
    at
}

fn next_end(bytes: &[u8]) -> usize {
    exit::near(bytes).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_lines_and_ends_are_seen_whatever_the_order_of_lines() {
        let lines = [
            "plain",
            "a\ttab",
            "",
            "Process completed with exit code 1.",
            "caret ^[[0m",
            "long plain line, longer than the pieces that are compared at once, and then some more",
            "x\u{7f}",
            "job failed",
            "ERROR: Job failed: \u{1b}[0mexit code 1",
        ];
        let block = lines.join("\n");
        let mut ahead = Ahead::new(block.as_bytes());
        let mut start = 0;
        for line in lines {
            let look = ahead.line(start, start + line.len());
            let is_odd = line.contains(['\t', '^', '\u{7f}', '\u{1b}']);
            let may_end = line.contains("exit") || line.contains("Job failed");
            assert_eq!((look.is_odd, look.may_end), (is_odd, may_end), "{line:?}");
            start += line.len() + 1;
        }
    }
}
