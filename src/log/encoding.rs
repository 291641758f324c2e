//! Encodings other than UTF-8: logs of Windows shells come in UTF-16, with or without a byte order mark.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE};

/// The encoding the first bytes of a log speak for; `None` for UTF-8 and everything close to it.
pub(super) fn detect(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [0xff, 0xfe, ..] => return Some(UTF_16LE),
        [0xfe, 0xff, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let pairs = head.len().min(512) / 2;
    let zeros = |offset: usize| {
        head.iter()
            .skip(offset)
            .step_by(2)
            .take(pairs)
            .filter(|&&byte| byte == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    if pairs >= 8 && odd * 10 > pairs * 6 && even * 10 < pairs {
        Some(UTF_16LE)
    } else if pairs >= 8 && even * 10 > pairs * 6 && odd * 10 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Reads any encoding as UTF-8, a buffer at a time.
pub(super) fn decoded<R: BufRead>(inner: R, encoding: &'static Encoding) -> impl BufRead {
    BufReader::with_capacity(
        1 << 16,
        Decoding {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            done: false,
        },
    )
}

struct Decoding<R> {
    inner: R,
    decoder: Decoder,
    done: bool,
}

impl<R: BufRead> Read for Decoding<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while !self.done {
            let input = self.inner.fill_buf()?;
            let last = input.is_empty();
            let (result, read, written, _) = self.decoder.decode_to_utf8(input, out, last);
            self.inner.consume(read);
            // A decoder that was told of the end and used it up must not be asked again.
            self.done = last && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
            if read == 0 && !last {
                // The output has no room for one more character; the caller comes back with its next buffer.
                return Ok(0);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bom: bool) -> Vec<u8> {
        let units = bom.then_some(0xfeff_u16).into_iter().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn utf16_is_read_with_and_without_a_mark() {
        for bom in [true, false] {
            let bytes = utf16("error: not found\nline two\n", bom);
            let encoding = detect(&bytes).expect("seen as UTF-16");
            let mut text = String::new();
            decoded(bytes.as_slice(), encoding)
                .read_to_string(&mut text)
                .expect("decodes");
            assert_eq!(text, "error: not found\nline two\n");
        }
    }

    #[test]
    fn half_a_character_at_the_end_is_replaced() {
        let mut bytes = utf16("error: not found\n", true);
        bytes.push(b'x');
        let mut text = String::new();
        let mut reader = decoded(bytes.as_slice(), UTF_16LE);
        reader.read_to_string(&mut text).expect("decodes");
        assert_eq!(text, "error: not found\n\u{fffd}");
        assert_eq!(reader.read_to_string(&mut text).expect("the end stays the end"), 0);
    }

    #[test]
    fn utf8_and_binary_noise_stay_as_they_are() {
        assert_eq!(detect("plain text, a normal log line\n".as_bytes()), None);
        assert_eq!(detect(&[0; 64]), None);
        assert_eq!(detect(b""), None);
    }
}
