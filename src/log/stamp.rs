//! Timestamps at the start of a line, and the prefixes log collectors put before a tool's own words.

/// A timestamp at the start of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Bytes it takes, with the blank behind it.
    pub length: usize,
    /// Milliseconds since the epoch; absent for a time of day.
    pub time: Option<i64>,
}

/// Bytes of a date and a time of day to the second.
const SECOND: usize = 19;

/// Reads timestamps. Most lines of a log share their second with the one before.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// The text of the last second that was read, and its time.
    last: Option<([u8; SECOND], i64)>,
}

/// The timestamp `text` begins with, of any CI system.
pub(super) fn leading(text: &[u8]) -> Option<Stamp> {
    Clock::default().leading(text)
}

impl Clock {
    /// The timestamp `text` begins with, of any CI system.
    pub(super) fn leading(&mut self, text: &[u8]) -> Option<Stamp> {
        match *text.first()? {
            b'[' => self.bracketed(text),
            b'0'..=b'9' => {
                let stamp = self.time(text)?;
                // A bare time needs a blank behind it; else it is the start of a word such as a file name.
                let next = text.get(stamp.length);
                match next {
                    Some(b' ' | b'\t') => Some(Stamp {
                        length: stamp.length + 1 + gitlab_stream(text.get(stamp.length + 1..).unwrap_or_default()),
                        ..stamp
                    }),
                    None => Some(stamp),
                    Some(_) => None,
                }
            }
            _ => None,
        }
    }

    /// `[2024-01-02T03:04:05.678Z] `, `[03:04:05] `, `[task 2024-01-02T03:04:05.678Z] `.
    fn bracketed(&mut self, text: &[u8]) -> Option<Stamp> {
        let inner = text.get(1..)?;
        let word = if inner.starts_with(b"task ") { 5 } else { 0 };
        let stamp = self.time(inner.get(word..)?)?;
        let close = 1 + word + stamp.length;
        (text.get(close) == Some(&b']')).then(|| {
            let blank = usize::from(text.get(close + 1) == Some(&b' '));
            Stamp {
                length: close + 1 + blank,
                time: stamp.time,
            }
        })
    }

    fn time(&mut self, text: &[u8]) -> Option<Stamp> {
        self.iso(text).or_else(|| time_of_day(text))
    }

    /// `2024-01-02T03:04:05.678Z`, with a blank for the `T`, with an offset, without either.
    fn iso(&mut self, text: &[u8]) -> Option<Stamp> {
        let second = text.first_chunk::<SECOND>()?;
        let known = self.last.filter(|(text, _)| text == second);
        let (_, time) = *self.last.insert(match known {
            Some(known) => known,
            None => (*second, second_of(second)?),
        });
        let (mut length, millis) = fraction(text.get(SECOND..).unwrap_or_default());
        length += SECOND;
        let mut offset = 0;
        match text.get(length) {
            Some(b'Z' | b'z') => length += 1,
            Some(sign @ (b'+' | b'-')) if digits(text, length + 1, 2).is_some() => {
                let colon = usize::from(text.get(length + 3) == Some(&b':'));
                if let Some(minutes) = digits(text, length + 3 + colon, 2) {
                    offset = digits(text, length + 1, 2)? * 60 + minutes;
                    offset *= if *sign == b'-' { -1 } else { 1 };
                    length += 5 + colon;
                }
            }
            _ => {}
        }
        Some(Stamp {
            length,
            time: Some((time - offset * 60) * 1000 + millis),
        })
    }
}

/// Seconds since the epoch of `2024-01-02T03:04:05`, taken for UTC.
fn second_of(text: &[u8; SECOND]) -> Option<i64> {
    let fits = matches!(
        text,
        [
            _,
            _,
            _,
            _,
            b'-',
            _,
            _,
            b'-',
            _,
            _,
            b'T' | b' ' | b't',
            _,
            _,
            b':',
            _,
            _,
            b':',
            _,
            _
        ]
    );
    if !fits {
        return None;
    }
    let (year, month, day) = (digits(text, 0, 4)?, digits(text, 5, 2)?, digits(text, 8, 2)?);
    let (hour, minute, second) = (digits(text, 11, 2)?, digits(text, 14, 2)?, digits(text, 17, 2)?);
    Some(days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Bytes of the stream's number and kind that GitLab puts behind the time: `00O `, `01E+`.
fn gitlab_stream(text: &[u8]) -> usize {
    match text {
        [a, b, b'O' | b'E', b' ' | b'+', ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => 4,
        _ => 0,
    }
}

fn digits(text: &[u8], from: usize, count: usize) -> Option<i64> {
    let mut value = 0;
    for &byte in text.get(from..from + count)? {
        value = value * 10 + i64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
    }
    Some(value)
}

/// Fraction of a second behind `.` or `,`: its length and its milliseconds.
fn fraction(text: &[u8]) -> (usize, i64) {
    if !matches!(text.first(), Some(b'.' | b',')) {
        return (0, 0);
    }
    let mut count = 0;
    let mut millis = 0;
    while let Some(digit) = text.get(count + 1).filter(|byte| byte.is_ascii_digit()) {
        if count < 3 {
            millis = millis * 10 + i64::from(digit - b'0');
        }
        count += 1;
    }
    match count {
        0 => (0, 0),
        1 => (2, millis * 100),
        2 => (3, millis * 10),
        _ => (count + 1, millis),
    }
}

/// `03:04:05` with an optional fraction: a time of day, without a date.
fn time_of_day(text: &[u8]) -> Option<Stamp> {
    if text.get(2) != Some(&b':') || text.get(5) != Some(&b':') {
        return None;
    }
    let (hour, minute, second) = (digits(text, 0, 2)?, digits(text, 3, 2)?, digits(text, 6, 2)?);
    let (length, _) = fraction(text.get(8..).unwrap_or_default());
    (hour < 24 && minute < 60 && second < 61).then_some(Stamp {
        length: 8 + length,
        time: None,
    })
}

/// Days since 1970-01-01 of a proleptic Gregorian date (H. Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Bytes of `text` taken by prefixes of log collectors, which say where a line comes from but not what it says.
pub(super) fn prefix(text: &str) -> usize {
    let mut at = 0;
    for _ in 0..3 {
        let rest = text.get(at..).unwrap_or_default();
        let length = buildkit(rest)
            .or_else(|| compose(rest))
            .or_else(|| level(rest))
            .or_else(|| leading(rest.as_bytes()).map(|stamp| stamp.length))
            .unwrap_or(0);
        if length == 0 {
            break;
        }
        at += length;
    }
    at
}

/// BuildKit's `#12 3.456 `.
fn buildkit(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('#')?;
    let (step, rest) = rest.split_once(' ')?;
    let (seconds, _) = rest.split_once(' ')?;
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (is_number(step) && is_number(seconds) && seconds.contains('.')).then(|| 1 + step.len() + 1 + seconds.len() + 1)
}

/// `service_1  | ` of docker-compose, `PID 123 | ` and `NAME(123) | ` of test harnesses.
fn compose(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let bar = memchr::memchr(b'|', bytes.get(..48).unwrap_or(bytes))?;
    let before = text.get(..bar)?.trim_end();
    let after = text.get(bar + 1..)?;
    let name_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'(' | b')' | b' ');
    let first_is_name = before.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let counted = before
        .bytes()
        .last()
        .is_some_and(|byte| byte.is_ascii_digit() || byte == b')');
    let words = before.split(' ').count();
    let fits = first_is_name && counted && words <= 2 && before.bytes().all(name_byte) && after.starts_with(' ');
    // The tool's own indentation stays, one blank belongs to the bar.
    fits.then_some(bar + 2)
}

/// `   INFO - ` of harnesses that print a level before every line, errors' output included.
fn level(text: &str) -> Option<usize> {
    let trimmed = text.trim_start_matches(' ');
    let pad = text.len() - trimmed.len();
    if !trimmed.as_bytes().first().is_some_and(u8::is_ascii_uppercase) {
        return None;
    }
    let word = ["INFO", "ERROR", "WARNING", "CRITICAL", "DEBUG", "FATAL"]
        .into_iter()
        .find(|word| trimmed.starts_with(word))?;
    let rest = trimmed.get(word.len()..)?;
    let dash = rest.strip_prefix(" - ").or_else(|| rest.strip_prefix(" -  "))?;
    Some(pad + word.len() + (rest.len() - dash.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, rest: &str, time: Option<i64>) {
        let stamp = leading(text.as_bytes()).expect("a stamp");
        assert_eq!(text.get(stamp.length..), Some(rest), "{text}");
        assert_eq!(stamp.time, time, "{text}");
    }

    #[test]
    fn every_known_stamp_is_read() {
        let day = 1_704_164_645_000;
        check("2024-01-02T03:04:05.6780000Z text", "text", Some(day + 678));
        check("2024-01-02T03:04:05Z", "", Some(day));
        check("2024-01-02 03:04:05,678 text", "text", Some(day + 678));
        check("2024-01-02T03:04:05+02:00 text", "text", Some(day - 7_200_000));
        check("[2024-01-02T03:04:05.678Z] text", "text", Some(day + 678));
        check("[task 2024-01-02T03:04:05.678Z] text", "text", Some(day + 678));
        check("2024-01-02T03:04:05.678000Z 01O text", "text", Some(day + 678));
        check("2024-01-02T03:04:05.678000Z 00E+text", "text", Some(day + 678));
        check("03:04:05 text", "text", None);
        check("[03:04:05]   text", "  text", None);
    }

    #[test]
    fn what_only_looks_like_a_stamp_stays() {
        for text in [
            "2024-01-02",
            "2024-01-02T03:04:05.log is missing",
            "[1] text",
            "12:34",
            "99:99:99 x",
            "",
        ] {
            assert_eq!(leading(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn collector_prefixes_are_found() {
        let body = |text: &'static str| text.get(prefix(text)..).unwrap_or_default();
        assert_eq!(body("#19 22.32 [ERROR] Failed"), "[ERROR] Failed");
        assert_eq!(body("test_1  |   FAIL ./a.js"), "  FAIL ./a.js");
        assert_eq!(body("21:45:28     INFO - GECKO(5432) | text"), "text");
        assert_eq!(body("#include <stdio.h>"), "#include <stdio.h>");
        assert_eq!(body("70 | fn main() {"), "70 | fn main() {");
        assert_eq!(body("a | b"), "a | b");
    }
}
