//! Is a value a secret, or a word, a path, a reference, a type?
//!
//! No dictionary: words are pronounceable and change character class seldom, generated values are neither.

/// Values that say "there is no secret here".
const WORDS: &[&str] = &[
    "allow",
    "always",
    "any",
    "auto",
    "bool",
    "boolean",
    "bytes",
    "changeme",
    "ci",
    "default",
    "disabled",
    "dummy",
    "empty",
    "enabled",
    "env",
    "example",
    "expired",
    "external",
    "failed",
    "fake",
    "false",
    "file",
    "found",
    "hidden",
    "ignore",
    "inherit",
    "int",
    "integer",
    "invalid",
    "loaded",
    "masked",
    "missing",
    "never",
    "nil",
    "no",
    "none",
    "not",
    "null",
    "number",
    "object",
    "off",
    "ok",
    "omitted",
    "on",
    "optional",
    "password",
    "provided",
    "read",
    "redacted",
    "removed",
    "required",
    "secret",
    "set",
    "skip",
    "str",
    "string",
    "text",
    "token",
    "true",
    "type",
    "undefined",
    "unexpected",
    "unknown",
    "unset",
    "valid",
    "value",
    "void",
    "write",
    "yes",
    "your",
    "n/a",
];

/// Words of sentences; a quoted text with one of them is prose, not a pass phrase.
const PROSE: &[&str] = &[
    "a", "an", "and", "are", "at", "be", "been", "but", "by", "can", "cannot", "could", "did", "does", "expected",
    "for", "from", "has", "have", "if", "in", "invalid", "is", "it", "length", "must", "no", "not", "of", "on", "or",
    "please", "provided", "required", "should", "than", "that", "the", "this", "to", "was", "were", "when", "will",
    "with", "without", "you", "your",
];

/// Plainly not a secret: nothing, a mask, a reference to one, a type, a call, a path, an address.
pub(super) fn is_benign(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'', '`', ',', ';']);
    let bare = value.trim_matches(['.', ':', '!', '?', ')', '(', ']', '}']);
    if bare.len() < 3 || WORDS.iter().any(|word| bare.eq_ignore_ascii_case(word)) {
        return true;
    }
    is_mask(value) || is_reference(value) || is_code(value) || is_place(value)
}

/// `***`, `xxxx`, `....`, `<token>`: what stands where a secret was or will be.
fn is_mask(value: &str) -> bool {
    let shown = value
        .chars()
        .filter(|c| !matches!(c, '*' | '•' | '.' | '-' | '_' | '#'))
        .count();
    if shown < 4 {
        return true;
    }
    if value.contains("***") && shown < 8 {
        return true;
    }
    let mut letters = value
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase());
    let first = letters.next();
    if letters.all(|letter| Some(letter) == first) {
        return true;
    }
    (value.starts_with('<') && value.ends_with('>')) || value.starts_with("[redacted") || value.starts_with("[REDACTED")
}

/// `$NAME`, `${NAME}`, `${{ … }}`, `$(…)`, `%NAME%`, `{{ name }}`, `{name}`, `@file`.
fn is_reference(value: &str) -> bool {
    let identifier = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !is_random(text)
    };
    if let Some(rest) = value.strip_prefix('$') {
        return rest.starts_with(['{', '(']) || rest.strip_prefix("env:").is_some_and(identifier) || identifier(rest);
    }
    if let Some(rest) = value.strip_prefix('%') {
        return rest.strip_suffix('%').is_some_and(identifier) || rest.len() <= 3;
    }
    value.starts_with("{{")
        || value.starts_with("#{")
        || value
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
            .is_some_and(|rest| !rest.contains([':', '=']) && identifier(rest))
        || value.starts_with("secrets.")
        || value.starts_with("vault:")
        || value.starts_with("op://")
        || value.starts_with("arn:")
        || value.starts_with("projects/")
}

/// A call, an index, a dotted name, a type, a number with a unit.
fn is_code(value: &str) -> bool {
    if value.starts_with(['&', '(', '[', '|', '=', '!', '?', '+', '>']) && !is_random(value) {
        return true;
    }
    let name_end = value
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':')))
        .unwrap_or(value.len());
    let (name, rest) = value.split_at(name_end);
    if rest.starts_with(['(', '[', '<', '{']) && !name.is_empty() && !is_random(name) {
        return true;
    }
    // `args.password`, `Foo::bar`, `config.api_key`
    rest.is_empty()
        && name.contains(['.', ':'])
        && !is_random(name)
        && name.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// A path or an address without credentials.
fn is_place(value: &str) -> bool {
    let path = |text: &str| {
        text.split(['/', '\\'])
            .filter(|part| !part.is_empty())
            .all(|part| !is_random(part))
    };
    if value.contains("://") {
        return true;
    }
    let rooted = value.starts_with(['/', '~']) || value.starts_with("./") || value.starts_with("../");
    let drive = value.get(1..3) == Some(":\\");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/');
    (rooted || drive || (value.contains('/') && value.bytes().all(plain))) && path(value)
}

/// Ordinary words, perhaps joined: nobody generated this.
pub(super) fn is_word(value: &str) -> bool {
    value.len() < 8 && value.bytes().all(|byte| byte.is_ascii_alphabetic()) || !is_random(value)
}

/// Does the text read like a sentence?
pub(super) fn is_prose(value: &str) -> bool {
    let words = || value.split_ascii_whitespace();
    words().count() > 1
        && words().any(|word| {
            let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            PROSE.iter().any(|prose| word.eq_ignore_ascii_case(prose))
        })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Other,
}

fn class(byte: u8) -> Class {
    match byte {
        b'a'..=b'z' => Class::Lower,
        b'A'..=b'Z' => Class::Upper,
        b'0'..=b'9' => Class::Digit,
        _ => Class::Other,
    }
}

/// Does the value look generated: eight bytes or more, with a part that is no word, no number and no version?
pub(super) fn is_random(value: &str) -> bool {
    if value.len() < 8 || value.contains("[redacted:") {
        return false;
    }
    let alphanumeric = value.bytes().filter(u8::is_ascii_alphanumeric).count();
    if alphanumeric < 6 {
        return false;
    }
    let parts = || {
        value
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|part| !part.is_empty())
    };
    if parts().any(is_random_part) {
        return true;
    }
    // Symbols in the middle cut a generated password into short parts: `aB3$x9!Qe#7`.
    let mixed = parts().filter(|part| changes(part) >= 1).count();
    let symbols = value
        .bytes()
        .filter(|byte| class(*byte) == Class::Other && !matches!(byte, b'-' | b'_' | b'.' | b'/'))
        .count();
    symbols >= 2 && mixed >= 1 && value.bytes().any(|byte| byte.is_ascii_digit()) && !value.contains(' ')
}

/// How often the class changes; the capital that starts a word does not count.
fn changes(part: &str) -> usize {
    let bytes = part.as_bytes();
    bytes
        .windows(2)
        .enumerate()
        .filter(|(index, pair)| {
            let (from, to) = (class(pair[0]), class(pair[1]));
            from != to
                && !(from == Class::Upper
                    && to == Class::Lower
                    && (*index == 0 || class(bytes[index - 1]) == Class::Lower))
        })
        .count()
}

fn is_random_part(part: &str) -> bool {
    let bytes = part.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits == bytes.len() {
        return bytes.len() >= 20;
    }
    if digits == 0 {
        return is_random_letters(part);
    }
    // `sha256`, `x86`, `v12`, `test01`, `utf8mb4`: at most two changes; generated values of this length change often.
    match bytes.len() {
        0..6 => false,
        6..12 => changes(part) >= 3,
        _ => changes(part) >= 3 || is_random_letters(part),
    }
}

/// Letters that nobody can pronounce, or capitals where no word starts.
fn is_random_letters(part: &str) -> bool {
    if part.len() < 8 {
        return false;
    }
    let humps = part
        .as_bytes()
        .windows(2)
        .filter(|pair| class(pair[0]) == Class::Lower && class(pair[1]) == Class::Upper)
        .count();
    if humps >= 3 && part.len() < humps * 5 {
        return true;
    }
    let (mut run, mut longest, mut vowels, mut letters) = (0_usize, 0_usize, 0_usize, 0_usize);
    for byte in part.bytes().map(|byte| byte.to_ascii_lowercase()) {
        if matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y') {
            vowels += 1;
            run = 0;
        } else {
            run += 1;
            longest = longest.max(run);
        }
        letters += usize::from(byte.is_ascii_alphabetic());
    }
    longest >= 7 || (letters >= 12 && vowels * 6 < letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_paths_and_versions_are_not_random() {
        for clean in [
            "unexpected",
            "my-secret-name-1",
            "node-modules-v2",
            "sha256",
            "x86_64",
            "utf8mb4",
            "test_token_parser_02",
            "authentication",
            "getSecretTokenValueFromStore",
            "Linux-cargo-build-2024",
            "README.md",
            "12345678",
            "2025-07-04",
            "v1.2.3-rc.4",
            "HTTPSConnectionPool",
            "expected_identifier",
            "configuration",
            "PASSWORDLESS",
        ] {
            assert!(!is_random(clean), "{clean}");
        }
    }

    #[test]
    fn generated_values_are_random() {
        for secret in [
            "aB3dE5fG7hJ9",
            "9f86d081884c7d65",
            "s3cr3tP@ssw0rd",
            "x9$Kq2!mZ7",
            "qZxKwPvBnMtRlS",
            "JBSWY3DPEHPK3PXP",
        ] {
            assert!(is_random(secret), "{secret}");
        }
    }

    #[test]
    fn references_masks_types_and_places_are_benign() {
        for clean in [
            "***",
            "",
            "xxxxxxxx",
            "<token>",
            "${{ secrets.X }}",
            "$TOKEN",
            "${TOKEN}",
            "$(cat x)",
            "%TOKEN%",
            "{{ x }}",
            "null",
            "true",
            "String",
            "getToken()",
            "os.environ[\"X\"]",
            "args.password",
            "/run/secrets/db",
            "./key.pem",
            "https://example.org/login",
            "&str",
            "Option<String>",
            "[redacted:jwt]",
            "********",
            "inherit",
        ] {
            assert!(is_benign(clean), "{clean}");
        }
        for secret in ["hunter2", "correcthorse", "p@ss/w0rd9X", "$up3rS3cr3t"] {
            assert!(!is_benign(secret), "{secret}");
        }
    }
}
