//! Words of masked messages as numbers: hashing them spares the index an allocation per word.

/// A word, message, test or code, hashed. Stable within a process only; never stored.
pub(super) type Feature = u64;

const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

/// FNV-1a with a final mix, so that low bits can serve as a bucket number.
pub(super) fn hash(kind: u8, bytes: &[u8]) -> Feature {
    let mut state = SEED ^ u64::from(kind);
    for byte in bytes {
        state = (state ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(PRIME);
    }
    state ^ (state >> 29)
}

/// Kinds of features, so that a word and a message of one word differ.
pub(super) const WORD: u8 = 1;
pub(super) const MESSAGE: u8 = 2;
pub(super) const TEST: u8 = 3;
pub(super) const CODE: u8 = 4;
pub(super) const SUBJECT: u8 = 5;

/// Calls `visit` with each word of a message: runs of letters, digits and underscores of two or more, and signs that stand alone (`unexpected token )`).
/// Marks like `<n>` are no words. Bytes, not characters: an index reads megabytes here, and text beyond ASCII counts as letters.
pub(super) fn each_word(message: &str, visit: &mut dyn FnMut(&[u8])) {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    for part in message.as_bytes().split(u8::is_ascii_whitespace) {
        if part.is_empty() || part.first() == Some(&b'<') && part.last() == Some(&b'>') {
            continue;
        }
        if part.len() <= 3 && !part.iter().any(is_word) {
            visit(part);
            continue;
        }
        for word in part.split(|byte| !is_word(byte)) {
            if word.len() >= 2 && !matches!(word, b"time" | b"tmp" | b"ip" | b"target") {
                visit(word);
            }
        }
    }
}

/// The features of a message's words, sorted, each once.
pub(super) fn features(message: &str) -> Vec<Feature> {
    let mut all = Vec::new();
    each_word(message, &mut |word| all.push(hash(WORD, word)));
    all.sort_unstable();
    all.dedup();
    all
}

/// What a message names in quotes: `cannot find module 'left-pad'` is about `left-pad`.
pub(super) fn subjects(message: &str) -> Vec<Feature> {
    let mut found = Vec::new();
    for quote in ['\'', '"'] {
        let mut parts = message.split(quote);
        parts.next();
        while let (Some(inside), Some(_)) = (parts.next(), parts.next()) {
            if (1..80).contains(&inside.trim().len()) && !inside.contains("<n>") {
                found.push(hash(SUBJECT, inside.trim().as_bytes()));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// A test's name without parameters and timings, cheaply: an index names thousands.
pub(super) fn test_key(name: &str) -> &str {
    let end = name.find(['[', '(']).filter(|end| *end > 0).unwrap_or(name.len());
    name.get(..end).unwrap_or(name).trim_matches([' ', ':', '.'])
}

/// The words of a test's name, whoever reports it: `BasketTest::testAddsUp`, `Basket adds up`.
pub(super) fn test_words(name: &str) -> Vec<String> {
    const SAYS_NOTHING: &[&str] = &["test", "tests", "spec", "it", "should"];
    let mut words: Vec<String> = Vec::new();
    let mut previous = ' ';
    for c in test_key(name).chars() {
        let starts = !previous.is_alphanumeric() || (c.is_uppercase() && previous.is_lowercase());
        if c.is_alphanumeric() {
            match words.last_mut() {
                Some(word) if !starts => word.extend(c.to_lowercase()),
                Some(_) | None => words.push(c.to_lowercase().collect()),
            }
        }
        previous = c;
    }
    words.retain(|word| !SAYS_NOTHING.contains(&word.as_str()) && !word.bytes().all(|byte| byte.is_ascii_digit()));
    words
}

/// The share of trigrams two identifiers have in common, 0 to 1 (Dice).
pub(super) fn trigram_similarity(left: &str, right: &str) -> f64 {
    if left == right {
        return 1.0;
    }
    let grams = |text: &str| {
        let bytes = text.as_bytes();
        let mut all: Vec<[u8; 3]> = bytes
            .windows(3)
            .map(|w| [w[0], w[1], w[2]].map(|b| b.to_ascii_lowercase()))
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let (left, right) = (grams(left), grams(right));
    if left.is_empty() || right.is_empty() {
        return 0.0;
    }
    let shared = left.iter().filter(|gram| right.binary_search(gram).is_ok()).count();
    ratio(2 * shared, left.len() + right.len())
}

/// A quotient of counts.
#[expect(clippy::cast_precision_loss, reason = "counts of words are far below 2^52")]
pub(super) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_leave_out_marks_and_single_letters() {
        let mut found = Vec::new();
        each_word("a.rs: cannot open <tmp>/x y <n> err_code )", &mut |word| {
            found.push(String::from_utf8_lossy(word).into_owned());
        });
        assert_eq!(found, ["rs", "cannot", "open", "err_code", ")"]);
    }

    #[test]
    fn identifiers_share_trigrams() {
        assert!((trigram_similarity("publishNoLeak", "publishNoLeak") - 1.0).abs() < 1e-9);
        assert!(trigram_similarity("ObservableRefCountTest", "ObservableRefCountAltTest") > 0.7);
        assert!(trigram_similarity("TestDial", "resolve_host") < 0.2);
    }

    #[test]
    fn a_tests_name_is_the_same_words_in_every_report() {
        let words = |name| test_words(name).join(" ");
        assert_eq!(
            words("BasketTest::testAddingTwiceAddsUp"),
            "basket adding twice adds up"
        );
        assert_eq!(words("Adding twice adds up"), "adding twice adds up");
        assert_eq!(words("tests/test_a.py::test_b_c[3-x]"), "a py b c");
        assert_eq!(
            words("1) invoice totals rounds the tax (3 ms)"),
            "invoice totals rounds the tax"
        );
    }

    #[test]
    fn kinds_do_not_collide() {
        assert_ne!(hash(WORD, b"boom"), hash(MESSAGE, b"boom"));
        assert_eq!(hash(WORD, b"Boom"), hash(WORD, b"boom"));
    }
}
