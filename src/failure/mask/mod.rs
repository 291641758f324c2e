//! Masking: what changes from run to run in a line is replaced, what says which failure it is stays.
//!
//! The masks are one ordered list of data ([`MASKS`]): each has an example that must be masked and a near one that must
//! not, and a test holds them to it. Few kinds of marks are used on purpose: a commit id of seven digits may consist of decimal digits only,
//! so numbers, hashes and ids share the mark `<n>`. Workflow, job, branch and operating system are nobody's business here;
//! where they leak in through paths and host names, masks take them out.
//!
//! Masking changes fingerprints, so a change of this list that moves them needs a new [`Fingerprint::PREFIX`].
//!
//! [`Fingerprint::PREFIX`]: crate::ids::Fingerprint::PREFIX

mod path;
mod table;

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use memchr::memmem::Finder;
use regex::{Captures, Regex};

use crate::failure::ascii;
use crate::failure::patterns;
use crate::log::Folded;

pub use path::reduce_path;
pub use table::MASKS;

/// At most this many bytes of a line are looked at.
const MAX_LINE: usize = 4096;

/// What a mask puts in the place of what it found.
#[derive(Debug, Clone, Copy)]
pub enum Replacement {
    /// A text; `$1` stands for the first group.
    Text(&'static str),
    /// The result of a function over the group named `part`; the rest of the match stays.
    By(fn(&str) -> String),
}

/// One volatile shape of text and what stands for it afterwards.
///
/// A pattern may have a group named `keep`: when it takes part in a match the match is left as it is. This is how
/// exceptions are written, since the regex engine has no look-around (which is what makes it linear).
#[derive(Debug, Clone, Copy)]
pub struct Mask {
    /// What it masks.
    pub name: &'static str,
    /// The regular expression, matched against the text left by the masks before it.
    pub pattern: &'static str,
    /// What replaces a match.
    pub replacement: Replacement,
    /// A line and what the whole list must make of it.
    pub masked: (&'static str, &'static str),
    /// A line much like it that the whole list must leave alone.
    pub kept: &'static str,
}

/// A mask, compiled when a text is first met that it may change.
struct Compiled {
    mask: &'static Mask,
    regex: OnceLock<Regex>,
    has_keep: bool,
    needs: Vec<Finder<'static>>,
}

static COMPILED: LazyLock<Vec<Compiled>> = LazyLock::new(|| {
    let prepare = |mask: &'static Mask| Compiled {
        mask,
        regex: OnceLock::new(),
        has_keep: mask.pattern.contains("(?P<keep>"),
        needs: patterns::finders(patterns::needs(mask.pattern)),
    };
    MASKS.iter().map(prepare).collect()
});

/// Replaces everything volatile in a line of log text, and folds its white space.
///
/// Total and linear: any text gives a text. Only the first 4 KiB of a line are looked at.
pub fn mask_line(line: &str) -> String {
    let mut text = Cow::Borrowed(clip(line));
    let mut folded = Folded::default();
    folded.set(text.as_bytes());
    for mask in COMPILED.iter() {
        if patterns::may_match(&mask.needs, &folded)
            && let Cow::Owned(next) = mask.apply(&text)
        {
            text = Cow::Owned(next);
            folded.set(text.as_bytes());
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes terminal colours, the time stamp at the start and the line end off a line; the rest stays as it is.
pub fn clean_line(line: &str) -> String {
    static STAMP: LazyLock<Regex> = LazyLock::new(|| {
        ascii::regex(r"^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]? ?")
            .expect("a valid pattern")
    });
    let line = clip(line.trim_end());
    let plain = COMPILED
        .first()
        .filter(|_| line.contains(['\x1b', '[']))
        .map_or(Cow::Borrowed(line), |colours| colours.apply(line));
    STAMP.replace(&plain, "").into_owned()
}

impl Compiled {
    fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let compile =
            || ascii::regex(self.mask.pattern).expect("the patterns of the list are valid, a test compiles them");
        let regex = self.regex.get_or_init(compile);
        match self.mask.replacement {
            Replacement::Text(with) if !self.has_keep => regex.replace_all(text, with),
            Replacement::Text(with) => regex.replace_all(text, |found: &Captures<'_>| {
                if found.name("keep").is_some() {
                    return found[0].to_owned();
                }
                let mut out = String::new();
                found.expand(with, &mut out);
                out
            }),
            Replacement::By(reduce) => regex.replace_all(text, |found: &Captures<'_>| {
                let whole = found.get(0).map_or("", |all| all.as_str());
                match found.name("part") {
                    Some(part) => whole.replacen(part.as_str(), &reduce(part.as_str()), 1),
                    None => whole.to_owned(),
                }
            }),
        }
    }
}

fn clip(line: &str) -> &str {
    if line.len() <= MAX_LINE {
        return line;
    }
    let mut end = MAX_LINE;
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expect: &str) {
        assert_eq!(mask_line(line), expect, "{line:?}");
    }

    #[test]
    fn every_mask_masks_its_example_and_keeps_its_near_miss() {
        for mask in MASKS {
            let (line, expect) = mask.masked;
            assert_eq!(mask_line(line), expect, "{}: {line:?}", mask.name);
            assert_eq!(mask_line(mask.kept), mask.kept, "{}: near miss", mask.name);
        }
    }

    #[test]
    fn every_mask_is_needed_for_its_own_example() {
        for (index, mask) in MASKS.iter().enumerate() {
            let mut text = mask.masked.0.to_owned();
            for (other, compiled) in COMPILED.iter().enumerate() {
                if other != index {
                    text = compiled.apply(&text).into_owned();
                }
            }
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_ne!(text, mask.masked.1, "{} changes nothing", mask.name);
        }
    }

    #[test]
    fn masking_twice_changes_nothing() {
        for mask in MASKS {
            check(mask.masked.1, mask.masked.1);
        }
    }

    #[test]
    fn codes_that_name_a_failure_are_kept() {
        for line in [
            "error[E0432]: unresolved import",
            "error TS2307: Cannot find module 'left-pad'",
            "SC2086: Double quote to prevent globbing",
            "fatal error C1060: compiler is out of heap space",
            "Process completed with exit code 137",
            "HTTP 503 Service Unavailable",
            "404 Not Found",
            "The requested URL returned error: 403",
            "connect ECONNREFUSED",
            "Exit status: 0xC0000005",
            "killed by signal 11",
            "E958: Job already finished",
            "libfoo.so: wrong ELF class: ELFCLASS32",
        ] {
            check(line, line);
        }
    }

    proptest::proptest! {
        /// A commit id may look like a duration (`20514d17`), like a number with an exponent, or have no letters at all.
        #[test]
        fn hexadecimal_ids_of_any_digits_are_one_mask(id in "[0-9a-f]{6,39}[0-9]", prefix in "(object |@|commit=|\\()") {
            let line = format!("cannot read {prefix}{id} again");
            let masked = mask_line(&line);
            proptest::prop_assert_eq!(masked, format!("cannot read {prefix}<n> again"));
        }
    }

    #[test]
    fn any_text_is_taken() {
        check("", "");
        check("\u{0}\u{feff} \u{1F600} é", "\u{0}\u{feff} \u{1F600} é");
        let long = "é1 ".repeat(100_000);
        assert!(mask_line(&long).len() <= 2 * MAX_LINE);
    }
}
