//! Understanding a log never fails and its output is bounded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shipwright::failure::{Options, analyze};
use shipwright::log::Log;

fuzz_target!(|data: &[u8]| {
    let analysis = analyze(&Log::from_bytes(data), &Options::default());
    assert!(analysis.failures.len() <= 5);
    for failure in &analysis.failures {
        assert!(failure.excerpt.len() <= 30);
        assert!(failure.title.chars().count() <= 120);
        let shown = |number: &u64| failure.excerpt.iter().any(|line| line.line == *number);
        assert!(failure.decisive_lines.iter().all(shown));
    }
});
