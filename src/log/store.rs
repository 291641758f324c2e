//! The kept lines of a log, in chunks of a megabyte, under a budget.

use std::collections::VecDeque;

use super::line::{Line, Mark};
use super::sift;
use super::step::{self, Step};

/// Bytes of text in one chunk.
const CHUNK: usize = 1 << 20;
/// Chunks kept whole at the head of a log, in the middle (sifted), and at the tail.
const HEAD_CHUNKS: usize = 6;
const MIDDLE_CHUNKS: usize = 4;
const TAIL_CHUNKS: usize = 24;
/// Records of one chunk, so that a log of empty lines is bounded too.
const CHUNK_RECORDS: usize = 1 << 16;

/// Where one line lies in its chunk.
#[derive(Debug, Clone, Copy)]
struct Record {
    start: u32,
    length: u16,
    body: u16,
    number: u32,
    /// Seconds since the first timestamp of the log, in milliseconds; `u32::MAX` for none.
    time: u32,
    mark: Mark,
    /// Exit code of a [`Mark::Failed`] line, clamped; `i16::MIN` for none.
    code: i16,
}

/// Lines of one stretch of the log; their texts follow each other with a newline between.
#[derive(Debug, Default, Clone)]
pub(super) struct Chunk {
    text: String,
    records: Vec<Record>,
}

impl Chunk {
    fn is_full(&self, more: usize) -> bool {
        self.text.len() + more > CHUNK || self.records.len() >= CHUNK_RECORDS
    }
}

/// What the reader hands over for one physical line.
#[derive(Debug)]
pub(super) struct NewLine<'a> {
    pub number: u64,
    pub text: &'a str,
    pub body: usize,
    pub time: Option<i64>,
    pub mark: Mark,
    pub code: Option<i64>,
}

/// Collects lines; the middle of an overlong log is sifted while reading.
#[derive(Debug, Default)]
pub(super) struct Collector {
    head: Vec<Chunk>,
    middle: Vec<Chunk>,
    tail: VecDeque<Chunk>,
    open: Chunk,
    first_time: Option<i64>,
    sieve: sift::Sieve,
    dropped: bool,
}

impl Collector {
    pub(super) fn push(&mut self, line: &NewLine<'_>) {
        if self.open.is_full(line.text.len() + 1) {
            self.close();
        }
        if self.open.text.capacity() == 0 {
            self.open.text.reserve_exact(CHUNK);
        }
        let time = line.time.map_or(u32::MAX, |time| {
            let first = *self.first_time.get_or_insert(time);
            u32::try_from(time - first).unwrap_or(u32::MAX)
        });
        let start = u32::try_from(self.open.text.len()).expect("a chunk is a megabyte");
        self.open.text.push_str(line.text);
        self.open.text.push('\n');
        self.open.records.push(Record {
            start,
            length: u16::try_from(line.text.len()).unwrap_or(u16::MAX),
            body: u16::try_from(line.body).unwrap_or(0),
            number: u32::try_from(line.number).unwrap_or(u32::MAX),
            time,
            mark: line.mark,
            code: line.code.map_or(i16::MIN, |code| {
                i16::try_from(code).unwrap_or(if code < 0 { -1 } else { i16::MAX })
            }),
        });
    }

    fn close(&mut self) {
        let full = std::mem::take(&mut self.open);
        if self.head.len() < HEAD_CHUNKS {
            self.head.push(full);
            return;
        }
        self.tail.push_back(full);
        if self.tail.len() > TAIL_CHUNKS
            && let Some(oldest) = self.tail.pop_front()
        {
            self.dropped = true;
            self.sift(&oldest);
        }
    }

    /// Keeps of a chunk that leaves the tail what may matter.
    fn sift(&mut self, chunk: &Chunk) {
        let place = |record: &Record| {
            let start = record.start as usize;
            (start..start + usize::from(record.length), record.mark)
        };
        let lines: Vec<_> = chunk.records.iter().map(place).collect();
        for at in self.sieve.keep(&chunk.text, &lines) {
            let Some(record) = chunk.records.get(at) else { continue };
            let text = text_of(chunk, record);
            let room = self.middle.last().is_some_and(|open| !open.is_full(text.len() + 1));
            if !room {
                if self.middle.len() >= MIDDLE_CHUNKS {
                    return;
                }
                self.middle.push(Chunk::default());
            }
            if let Some(open) = self.middle.last_mut() {
                let start = u32::try_from(open.text.len()).expect("a chunk is a megabyte");
                open.text.push_str(text);
                open.text.push('\n');
                open.records.push(Record { start, ..*record });
            }
        }
    }

    pub(super) fn finish(mut self, lines: u64, bytes: u64) -> Log {
        let open = std::mem::take(&mut self.open);
        let chunks: Vec<Chunk> = self
            .head
            .into_iter()
            .chain(self.middle)
            .chain(self.tail)
            .chain([open])
            .collect();
        let mut starts = Vec::with_capacity(chunks.len());
        let mut sum = 0;
        for chunk in &chunks {
            starts.push(sum);
            sum += chunk.records.len();
        }
        let mut log = Log {
            chunks,
            starts,
            kept: sum,
            lines,
            bytes,
            first_time: self.first_time.unwrap_or(0),
            is_whole: !self.dropped,
            steps: Vec::new(),
        };
        log.steps = step::build(&log);
        log
    }
}

fn text_of<'a>(chunk: &'a Chunk, record: &Record) -> &'a str {
    let start = record.start as usize;
    chunk
        .text
        .get(start..start + usize::from(record.length))
        .unwrap_or_default()
}

/// A log, read and cleaned. Lines are addressed by their index among the kept lines, `0..len()`.
#[derive(Debug, Clone, Default)]
pub struct Log {
    chunks: Vec<Chunk>,
    starts: Vec<usize>,
    kept: usize,
    lines: u64,
    bytes: u64,
    first_time: i64,
    is_whole: bool,
    steps: Vec<Step>,
}

impl Log {
    /// Kept lines.
    pub fn len(&self) -> usize {
        self.kept
    }

    /// Whether no line is kept.
    pub fn is_empty(&self) -> bool {
        self.kept == 0
    }

    /// Physical lines read.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Bytes read.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether every line read was kept; of an overlong log the middle is sifted.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The steps of the job, in order; at least one when there are lines.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub(super) fn set_bytes(&mut self, bytes: u64) {
        self.bytes = bytes;
    }

    fn locate(&self, index: usize) -> Option<(&Chunk, &Record)> {
        if index >= self.kept {
            return None;
        }
        let chunk = self.starts.partition_point(|start| *start <= index).checked_sub(1)?;
        // Empty chunks share their start with the next one; `partition_point` lands on the last of them.
        let inside = index - self.starts.get(chunk)?;
        let chunk = self.chunks.get(chunk)?;
        Some((chunk, chunk.records.get(inside)?))
    }

    fn view<'a>(&self, chunk: &'a Chunk, record: &Record) -> Line<'a> {
        let text = text_of(chunk, record);
        Line {
            number: u64::from(record.number),
            text,
            body: text.get(usize::from(record.body)..).unwrap_or(text),
            time: (record.time != u32::MAX).then(|| self.first_time + i64::from(record.time)),
            mark: record.mark,
        }
    }

    /// The kept line with this index.
    pub fn line(&self, index: usize) -> Option<Line<'_>> {
        self.locate(index).map(|(chunk, record)| self.view(chunk, record))
    }

    /// The exit code a [`Mark::Failed`] line tells.
    pub fn exit_code(&self, index: usize) -> Option<i64> {
        let (_, record) = self.locate(index)?;
        (record.code != i16::MIN).then(|| i64::from(record.code))
    }

    /// All kept lines with their index.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Line<'_>)> {
        let lines = self
            .chunks
            .iter()
            .flat_map(move |chunk| chunk.records.iter().map(move |record| self.view(chunk, record)));
        lines.enumerate()
    }

    /// The text as it lies in memory: stretches of lines joined by newlines, each with the index of its first line and
    /// the offsets at which its lines start. For searching many lines at once.
    pub fn stretches(&self) -> impl Iterator<Item = Stretch<'_>> {
        self.chunks.iter().zip(&self.starts).map(move |(chunk, start)| Stretch {
            text: &chunk.text,
            first: *start,
            chunk,
            log: self,
        })
    }
}

/// A run of lines that lie together in memory.
#[derive(Debug, Clone, Copy)]
pub struct Stretch<'a> {
    /// The lines, joined by newlines.
    pub text: &'a str,
    /// Index of the first line.
    pub first: usize,
    chunk: &'a Chunk,
    log: &'a Log,
}

impl<'a> Stretch<'a> {
    /// Lines in this stretch.
    pub fn len(&self) -> usize {
        self.chunk.records.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.chunk.records.is_empty()
    }

    /// The n-th line.
    pub fn line(&self, at: usize) -> Option<Line<'a>> {
        self.chunk
            .records
            .get(at)
            .map(|record| self.log.view(self.chunk, record))
    }

    /// Offset in `text` at which the n-th line of this stretch ends.
    pub fn end_of(&self, at: usize) -> usize {
        self.chunk
            .records
            .get(at)
            .map_or(usize::MAX, |record| record.start as usize + usize::from(record.length))
    }
}
