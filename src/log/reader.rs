//! Bytes to lines, in one pass.

use std::borrow::Cow;
use std::io::{self, BufRead};

use super::ahead::{Ahead, Look};
use super::clean;
use super::encoding;
use super::line::Mark;
use super::mark::{self, Marker};
use super::stamp::{self, Clock};
use super::store::{Collector, Log, NewLine};

/// Bytes of one physical line that are looked at; the rest of a longer line is skipped, its end is not.
const RAW_CAP: usize = 1 << 16;

impl Log {
    /// Reads a log that is in memory.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        match encoding::detect(bytes) {
            Some(encoding) => {
                let (text, _) = encoding.decode_with_bom_removal(bytes);
                let mut log = Self::of_utf8(text.as_bytes());
                log.set_bytes(bytes.len() as u64);
                log
            }
            None => Self::of_utf8(bytes),
        }
    }

    fn of_utf8(bytes: &[u8]) -> Self {
        let mut reader = Reader::default();
        let rest = reader.whole_lines(bytes);
        if !rest.is_empty() {
            reader.line(rest, Look::NONE);
        }
        reader.collector.finish(reader.number, bytes.len() as u64)
    }

    /// Reads a log of any size from a stream; memory stays bounded.
    ///
    /// # Errors
    /// Only what the stream itself fails with.
    pub fn read(mut input: impl BufRead) -> io::Result<Self> {
        let head = input.fill_buf()?;
        match encoding::detect(head) {
            Some(encoding) => stream(encoding::decoded(input, encoding)),
            None => stream(input),
        }
    }
}

fn stream(mut input: impl BufRead) -> io::Result<Log> {
    let mut reader = Reader::default();
    let mut bytes = 0_u64;
    let mut pending: Vec<u8> = Vec::new();
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            break;
        }
        let length = buffer.len();
        let mut rest = buffer;
        if !pending.is_empty()
            && let Some(end) = memchr::memchr(b'\n', rest)
        {
            extend(&mut pending, rest.get(..end).unwrap_or_default());
            reader.line(&pending, Look::NONE);
            pending.clear();
            rest = rest.get(end + 1..).unwrap_or_default();
        }
        if pending.is_empty() {
            rest = reader.whole_lines(rest);
        }
        extend(&mut pending, rest);
        bytes += length as u64;
        input.consume(length);
    }
    if !pending.is_empty() {
        reader.line(&pending, Look::NONE);
    }
    Ok(reader.collector.finish(reader.number, bytes))
}

/// Appends to a line under construction, keeping its head and its end when it grows beyond the cap.
fn extend(pending: &mut Vec<u8>, more: &[u8]) {
    pending.extend_from_slice(more);
    if pending.len() > 2 * RAW_CAP {
        let cut = pending.len() - RAW_CAP / 2;
        pending.drain(RAW_CAP / 2..cut);
    }
}

#[derive(Default)]
struct Reader {
    collector: Collector,
    marker: Marker,
    clock: Clock,
    number: u64,
    scratch: Vec<u8>,
}

impl Reader {
    /// All lines of a block that end in it; what is left is the beginning of the next.
    fn whole_lines<'a>(&mut self, block: &'a [u8]) -> &'a [u8] {
        let mut ahead = Ahead::new(block);
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', block) {
            let look = ahead.line(start, end);
            self.line(block.get(start..end).unwrap_or_default(), look);
            start = end + 1;
        }
        block.get(start..).unwrap_or_default()
    }

    /// One physical line, without its newline.
    fn line(&mut self, raw: &[u8], look: Look) {
        self.number += 1;
        let raw = if self.number == 1 {
            raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw)
        } else {
            raw
        };
        let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
        let raw = if raw.len() > RAW_CAP {
            clean::cap(raw)
        } else {
            Cow::Borrowed(raw)
        };
        if !look.is_odd || clean::is_plain(&raw) {
            self.visible(&raw, None, Mark::None, look);
            return;
        }
        // What is cut out may part a word.
        let look = Look::NONE;
        self.marker.note_raw(&raw);
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        clean::strip_escapes(&raw, &mut scratch);
        // A mark may stand behind a timestamp.
        let stamp = self.clock.leading(&scratch).filter(|stamp| stamp.time.is_some());
        let behind = scratch.get(stamp.map_or(0, |stamp| stamp.length)..).unwrap_or_default();
        let (mark, name, rest) = controls(behind);
        if mark == Mark::None {
            self.visible(clean::overwritten(&scratch), None, mark, look);
        } else {
            let shown = clean::overwritten(rest);
            let shown = if shown.trim_ascii().is_empty() { name } else { shown };
            self.visible(shown, stamp.and_then(|stamp| stamp.time), mark, look);
        }
        self.scratch = scratch;
    }

    /// One line of visible bytes: cut off the timestamp (`known`, when that is done), see what the CI system marked, keep it.
    fn visible(&mut self, shown: &[u8], known: Option<i64>, control: Mark, look: Look) {
        // A tab is odd.
        let shown = if look.is_odd { gh_columns(shown) } else { shown };
        let stamp = self.clock.leading(shown);
        let (skip, time) = stamp.map_or((0, known), |stamp| (stamp.length, stamp.time.or(known)));
        let shown = shown.get(skip..).unwrap_or_default();
        // The text of a job's log downloaded per step may carry its byte order mark behind the timestamp.
        let shown = clean::cap(shown.strip_prefix(b"\xef\xbb\xbf").unwrap_or(shown));
        let text = match std::str::from_utf8(&shown) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(&shown),
        };
        let text = text.trim_end();
        let marked = self.marker.mark(text, look.may_end);
        let mark = if marked.mark == Mark::None {
            control
        } else {
            marked.mark
        };
        let body = marked.skip + stamp::prefix(text.get(marked.skip..).unwrap_or_default());
        self.collector.push(&NewLine {
            number: self.number,
            text,
            body,
            time,
            mark,
            code: marked.code,
        });
    }
}

/// `gh run view --log` puts the job's and the step's name before every line, with tabs between; a byte order mark may
/// follow where the log of a step began. The runner's own marks tell the steps, so the names are left out.
fn gh_columns(shown: &[u8]) -> &[u8] {
    let mut tabs = memchr::memchr_iter(b'\t', shown);
    if let (Some(_), Some(second)) = (tabs.next(), tabs.next()) {
        let rest = shown.get(second + 1..).unwrap_or_default();
        let rest = rest.strip_prefix(b"\xef\xbb\xbf").unwrap_or(rest);
        if rest.first().is_some_and(u8::is_ascii_digit)
            && stamp::leading(rest).is_some_and(|stamp| stamp.time.is_some())
        {
            return rest;
        }
    }
    shown
}

/// Takes the fold and section marks off the front of a line: the mark, the name it carries, what is left.
fn controls(text: &[u8]) -> (Mark, &[u8], &[u8]) {
    let mut mark = Mark::None;
    let mut name: &[u8] = b"";
    let mut rest = text;
    loop {
        let end = memchr::memchr(b'\r', rest).unwrap_or(rest.len());
        let Some((found, title)) = mark::control_part(rest.get(..end).unwrap_or_default()) else {
            return (mark, name, rest);
        };
        // A start outranks the end of what was before it.
        if mark == Mark::None || matches!(found, Mark::GroupStart | Mark::StepStart) {
            mark = found;
            name = title;
        }
        rest = rest.get(end + 1..).unwrap_or_default();
        if rest.is_empty() {
            return (mark, name, rest);
        }
    }
}
