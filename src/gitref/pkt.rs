//! Pkt-lines: the framing of git's wire protocol. Four hexadecimal digits of length, then the payload.

use std::io::{self, Read};

/// Ends a request or a section list.
pub(super) const FLUSH: &[u8] = b"0000";
/// Divides the sections of a protocol version 2 message.
pub(super) const DELIMITER: &[u8] = b"0001";

/// Longest payload of one packet: `0xfff0` less the four digits.
const MAX_PAYLOAD: usize = 65_516;

/// One packet as read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Packet {
    /// A payload, possibly empty.
    Data(Vec<u8>),
    /// `0000`
    Flush,
    /// `0001`
    Delimiter,
    /// `0002`
    End,
}

/// Appends one data packet. `payload` must be shorter than the protocol's maximum, which all callers' lines are.
pub(super) fn write(out: &mut Vec<u8>, payload: &[u8]) {
    debug_assert!(payload.len() <= MAX_PAYLOAD, "packet too long");
    out.extend_from_slice(format!("{:04x}", payload.len() + 4).as_bytes());
    out.extend_from_slice(payload);
}

/// Reads the next packet; `None` at a clean end of the stream.
pub(super) fn read(input: &mut impl Read) -> io::Result<Option<Packet>> {
    let mut digits = [0_u8; 4];
    let mut filled = 0;
    while filled < digits.len() {
        let rest = digits.get_mut(filled..).unwrap_or_default();
        match input.read(rest) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "the answer ends inside a packet",
                ));
            }
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let malformed = || io::Error::new(io::ErrorKind::InvalidData, "not a packet length");
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(malformed());
    }
    let text = std::str::from_utf8(&digits).map_err(|_not_ascii| malformed())?;
    match usize::from_str_radix(text, 16).map_err(|_not_hex| malformed())? {
        0 => Ok(Some(Packet::Flush)),
        1 => Ok(Some(Packet::Delimiter)),
        2 => Ok(Some(Packet::End)),
        3 => Err(malformed()),
        length if length - 4 > MAX_PAYLOAD => Err(malformed()),
        length => {
            let mut payload = vec![0; length - 4];
            input.read_exact(&mut payload)?;
            Ok(Some(Packet::Data(payload)))
        }
    }
}

/// A payload as a line of text, without its newline.
pub(super) fn line(payload: &[u8]) -> String {
    String::from_utf8_lossy(payload.strip_suffix(b"\n").unwrap_or(payload)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expect: &[Packet]) {
        let (mut input, mut packets) = (bytes, Vec::new());
        while let Ok(Some(packet)) = read(&mut input) {
            packets.push(packet);
        }
        assert_eq!(packets, expect, "{bytes:?}");
    }

    #[test]
    fn packets_survive_the_round_trip() {
        let mut bytes = Vec::new();
        write(&mut bytes, b"hello\n");
        bytes.extend_from_slice(DELIMITER);
        write(&mut bytes, b"");
        bytes.extend_from_slice(FLUSH);
        let expect = [
            Packet::Data(b"hello\n".to_vec()),
            Packet::Delimiter,
            Packet::Data(Vec::new()),
            Packet::Flush,
        ];
        check(&bytes, &expect);
    }

    #[test]
    fn what_is_no_packet_is_an_error_and_never_a_panic() {
        for bytes in [&b"00"[..], b"0003", b"zzzz", b"ffff", b"0009ab", b"+0a1", b"<html>"] {
            assert!(read(&mut &bytes[..]).is_err(), "{bytes:?}");
        }
        assert_eq!(read(&mut &b""[..]).unwrap(), None);
    }
}
