//! Values for the corpora, the same on every machine.

/// A small generator (xorshift64*): the same seed gives the same corpus on every machine.
pub(super) struct Generator(u64);

pub(super) const HEX: &str = "0123456789abcdef";
pub(super) const LOWER: &str = "0123456789abcdefghijklmnopqrstuvwxyz";
pub(super) const UPPER: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
pub(super) const ALNUM: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(super) const BASE64: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/";
pub(super) const URL64: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap() % limit
    }

    pub(super) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// `length` characters of an alphabet; the ends are letters or digits, as in issued tokens.
    pub(super) fn text(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        let inner = |generator: &mut Self| letters[generator.below(letters.len())];
        let mut text: Vec<char> = (0..length).map(|_| inner(self)).collect();
        for at in [0, length - 1] {
            while !text[at].is_ascii_alphanumeric() {
                text[at] = inner(self);
            }
        }
        text.into_iter().collect()
    }

    pub(super) fn uuid(&mut self) -> String {
        let parts: Vec<String> = [8, 4, 4, 4, 12]
            .into_iter()
            .map(|length| self.text(HEX, length))
            .collect();
        parts.join("-")
    }

    /// A password as managers make them, for places where quotes and blanks end a value.
    pub(super) fn password(&mut self) -> String {
        let length = 12 + self.below(12);
        let mut text = self.text(
            "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!@%^*_+-",
            length,
        );
        text.push(char::from(b'2' + u8::try_from(self.below(8)).unwrap()));
        text
    }

    /// As [`Generator::password`], without signs that a shell or URL would want quoted.
    pub(super) fn password_only(&mut self) -> String {
        self.password().replace(['@', '%', '!', '*', '^', '+'], "x")
    }
}
