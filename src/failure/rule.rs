//! What a rule is. Rules are data: a family file is a list of them.

use super::model::Category;

/// What a matching line is to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It says why.
    Cause,
    /// It names a failing test.
    Test,
    /// It repeats, after the fact, what failed and why.
    Summary,
    /// It follows from something that stands elsewhere: a cascade, a wrapper, an exit code.
    Symptom,
    /// It looks like a failure and is none.
    Noise,
}

/// One piece of knowledge about the output of a tool.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What a match means.
    pub kind: Kind,
    /// How telling a match is, 0 to 12.
    pub weight: u8,
    /// Texts, parted by `|`: a line is looked at when it holds one of them, without regard to case.
    pub needs: &'static str,
    /// The pattern, on the body of a line. Groups named `test`, `code`, `path`, `line`, `message` carry meaning.
    pub pattern: &'static str,
    /// The tool that prints such lines, when it is one tool only.
    pub tool: Option<&'static str>,
    /// The category a match speaks for, when it speaks for one.
    pub category: Option<Category>,
    /// Whether a match tells something only of a line no other rule knows.
    pub is_last_resort: bool,
    /// A line that must match.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the test of all rules"))]
    pub hit: &'static str,
    /// A line that must not.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the test of all rules"))]
    pub miss: &'static str,
}

impl Rule {
    /// A rule of any kind.
    pub const fn new(
        kind: Kind,
        weight: u8,
        needs: &'static str,
        pattern: &'static str,
        hit: &'static str,
        miss: &'static str,
    ) -> Self {
        Self {
            kind,
            weight,
            needs,
            pattern,
            tool: None,
            category: None,
            is_last_resort: false,
            hit,
            miss,
        }
    }

    /// The tool that prints such lines.
    #[must_use]
    pub const fn of(mut self, tool: &'static str) -> Self {
        self.tool = Some(tool);
        self
    }

    /// The category a match speaks for.
    #[must_use]
    pub const fn is(mut self, category: Category) -> Self {
        self.category = Some(category);
        self
    }

    /// Makes it one for lines no other rule knows.
    #[must_use]
    pub const fn last_resort(mut self) -> Self {
        self.is_last_resort = true;
        self
    }
}

/// A rule whose match says why.
pub const fn cause(
    weight: u8,
    needs: &'static str,
    pattern: &'static str,
    hit: &'static str,
    miss: &'static str,
) -> Rule {
    Rule::new(Kind::Cause, weight, needs, pattern, hit, miss)
}

/// A rule whose match names a failing test.
pub const fn test(
    weight: u8,
    needs: &'static str,
    pattern: &'static str,
    hit: &'static str,
    miss: &'static str,
) -> Rule {
    Rule::new(Kind::Test, weight, needs, pattern, hit, miss)
}

/// A rule whose match repeats what failed.
pub const fn summary(
    weight: u8,
    needs: &'static str,
    pattern: &'static str,
    hit: &'static str,
    miss: &'static str,
) -> Rule {
    Rule::new(Kind::Summary, weight, needs, pattern, hit, miss)
}

/// A rule whose match is a consequence.
pub const fn symptom(
    weight: u8,
    needs: &'static str,
    pattern: &'static str,
    hit: &'static str,
    miss: &'static str,
) -> Rule {
    Rule::new(Kind::Symptom, weight, needs, pattern, hit, miss)
}

/// A rule whose match is no failure.
pub const fn noise(needs: &'static str, pattern: &'static str, hit: &'static str, miss: &'static str) -> Rule {
    Rule::new(Kind::Noise, 0, needs, pattern, hit, miss)
}

/// The rules of one family of tools.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// The family's name.
    pub name: &'static str,
    /// Its rules; the order has no meaning.
    pub rules: &'static [Rule],
}
