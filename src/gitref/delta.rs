//! Git's delta format, made line by line: memory keeps one entry a line, so a changed memory is the old lines with a
//! few new ones between, and a map from line to place finds every copy in linear time.

use std::collections::HashMap;

/// Longest copy of one instruction; three size bytes.
const MAX_COPY: usize = 0xff_ffff;
/// Longest insertion of one instruction.
const MAX_INSERT: usize = 127;

/// Instructions that make `target` from `base`, in the form packs store them. `None` when they would not be smaller
/// than half of `target`, or when an offset does not fit.
pub(super) fn encode(base: &[u8], target: &[u8]) -> Option<Vec<u8>> {
    if u32::try_from(base.len()).is_err() || target.is_empty() {
        return None;
    }
    let mut places = HashMap::with_capacity(base.len() / 64);
    let mut offset = 0;
    for line in lines(base) {
        places.entry(line).or_insert(offset);
        offset += line.len();
    }
    let mut out = Vec::new();
    size(&mut out, base.len());
    size(&mut out, target.len());
    let mut pending: &[u8] = &[];
    let mut copying: Option<(usize, usize)> = None;
    let mut position = 0;
    for line in lines(target) {
        let continued =
            copying.filter(|(start, length)| base.get(start + length..start + length + line.len()) == Some(line));
        let found = continued
            .map(|(start, length)| start + length)
            .or_else(|| places.get(line).copied());
        match (found, continued) {
            (Some(_), Some((start, length))) => copying = Some((start, length + line.len())),
            (Some(place), None) => {
                finish(&mut out, &mut pending, &mut copying);
                copying = Some((place, line.len()));
            }
            (None, _) => {
                if copying.is_some() {
                    finish(&mut out, &mut pending, &mut copying);
                    pending = target.get(position..position)?;
                }
                let start = position - pending.len();
                pending = target.get(start..position + line.len())?;
            }
        }
        position += line.len();
        if out.len() + pending.len() > target.len() / 2 {
            return None;
        }
    }
    finish(&mut out, &mut pending, &mut copying);
    (out.len() <= target.len() / 2).then_some(out)
}

/// Lines with their newline.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n')
}

/// Writes what is pending: an insertion, then a copy. At most one of them is not empty.
fn finish(out: &mut Vec<u8>, pending: &mut &[u8], copying: &mut Option<(usize, usize)>) {
    for piece in pending.chunks(MAX_INSERT) {
        out.push(u8::try_from(piece.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(piece);
    }
    *pending = &[];
    let Some((mut offset, mut length)) = copying.take() else {
        return;
    };
    while length > 0 {
        let piece = length.min(MAX_COPY);
        copy(out, offset, piece);
        offset += piece;
        length -= piece;
    }
}

/// One copy instruction: a byte of flags, then the bytes of offset and size that are not zero.
fn copy(out: &mut Vec<u8>, offset: usize, length: usize) {
    let flags_at = out.len();
    out.push(0x80);
    let mut flags = 0x80_u8;
    let bytes = offset
        .to_le_bytes()
        .into_iter()
        .take(4)
        .chain(length.to_le_bytes().into_iter().take(3));
    for (index, byte) in bytes.enumerate() {
        if byte != 0 {
            flags |= 1 << index;
            out.push(byte);
        }
    }
    if let Some(place) = out.get_mut(flags_at) {
        *place = flags;
    }
}

/// A length as groups of seven bits, lowest first.
fn size(out: &mut Vec<u8>, mut length: usize) {
    loop {
        let low = u8::try_from(length & 0x7f).unwrap_or_default();
        length >>= 7;
        out.push(if length > 0 { low | 0x80 } else { low });
        if length == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The other half of the format, after git's documentation, to check the first against.
    fn apply(base: &[u8], delta: &[u8]) -> Vec<u8> {
        let mut bytes = delta.iter().copied();
        let mut length = || {
            let (mut value, mut shift) = (0_usize, 0);
            loop {
                let byte = bytes.next().unwrap();
                value |= usize::from(byte & 0x7f) << shift;
                shift += 7;
                if byte & 0x80 == 0 {
                    return value;
                }
            }
        };
        assert_eq!(length(), base.len());
        let expected = length();
        let mut out = Vec::new();
        while let Some(op) = bytes.next() {
            if op & 0x80 == 0 {
                assert_ne!(op, 0, "reserved instruction");
                out.extend((0..op).map(|_| bytes.next().unwrap()));
                continue;
            }
            let (mut offset, mut size) = (0_usize, 0_usize);
            for index in 0..7 {
                if op & (1 << index) != 0 {
                    let byte = usize::from(bytes.next().unwrap());
                    if index < 4 {
                        offset |= byte << (8 * index);
                    } else {
                        size |= byte << (8 * (index - 4));
                    }
                }
            }
            out.extend_from_slice(&base[offset..offset + if size == 0 { 0x1_0000 } else { size }]);
        }
        assert_eq!(out.len(), expected);
        out
    }

    fn check(base: &str, target: &str) -> usize {
        let delta = encode(base.as_bytes(), target.as_bytes()).expect("a delta pays");
        assert_eq!(apply(base.as_bytes(), &delta), target.as_bytes());
        delta.len()
    }

    fn memory(entries: std::ops::Range<usize>) -> String {
        let line = |n| format!("{{\"key\":\"k{n}\",\"value\":\"{}\"}},\n", n * 7919);
        entries.map(line).collect::<Vec<_>>().concat()
    }

    #[test]
    fn one_changed_line_costs_one_line() {
        let base = memory(0..2000);
        let target = base.replace("\"k1000\",\"value\":\"7919000\"", "\"k1000\",\"value\":\"changed\"");
        assert!(check(&base, &target) < 100);
        assert!(check(&base, &base) < 20);
    }

    #[test]
    fn lines_added_removed_moved_and_repeated_come_out_right() {
        let base = memory(0..300);
        check(
            &base,
            &(memory(100..300) + "new line\n" + &memory(0..100) + &memory(5..6) + "no newline at the end"),
        );
        check(&base, &memory(200..290));
        check(&"same\n".repeat(50_000), &"same\n".repeat(50_001));
        let long = "x".repeat(17_000_000) + "\n";
        check(&(long.clone() + "a\n"), &long);
        check(&("x".repeat(0x1_0000 - 1) + "\n"), &("x".repeat(0x1_0000 - 1) + "\n"));
    }

    #[test]
    fn unrelated_content_is_not_worth_a_delta() {
        assert_eq!(encode(b"a\nb\n", memory(0..50).as_bytes()), None);
        assert_eq!(encode(b"", b"x"), None);
        assert_eq!(encode(b"x", b""), None);
    }
}
