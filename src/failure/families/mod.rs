//! What is known about the output of tools: one file per family, one line here.

mod beam;
mod docker;
mod dotnet;
mod general;
mod git;
mod go;
mod haskell;
mod javascript;
mod jvm;
mod lint;
mod native;
mod others;
mod packages;
mod php;
mod python;
mod ruby;
mod runner;
mod rust;
mod shell;
mod swift;
mod terraform;

use super::rule::Family;

/// Every family.
pub const ALL: &[Family] = &[
    beam::FAMILY,
    docker::FAMILY,
    dotnet::FAMILY,
    general::FAMILY,
    git::FAMILY,
    go::FAMILY,
    haskell::FAMILY,
    javascript::FAMILY,
    jvm::FAMILY,
    lint::FAMILY,
    native::FAMILY,
    others::FAMILY,
    packages::FAMILY,
    php::FAMILY,
    python::FAMILY,
    ruby::FAMILY,
    runner::FAMILY,
    rust::FAMILY,
    shell::FAMILY,
    swift::FAMILY,
    terraform::FAMILY,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::scan::compile;

    #[test]
    fn every_rule_matches_its_hit_and_not_its_miss() {
        let mut wrong = Vec::new();
        for family in ALL {
            for rule in family.rules {
                let pattern = compile(rule.pattern);
                let needs = |text: &str| {
                    let text = text.to_ascii_lowercase();
                    rule.needs
                        .split('|')
                        .any(|need| text.contains(&need.to_ascii_lowercase()))
                };
                let matches = |text: &str| needs(text) && pattern.is_match(text.as_bytes());
                if !matches(rule.hit) || matches(rule.miss) {
                    wrong.push((
                        family.name,
                        rule.pattern,
                        needs(rule.hit),
                        pattern.is_match(rule.hit.as_bytes()),
                        matches(rule.miss),
                    ));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn families_have_distinct_names_and_rules() {
        let mut names: Vec<&str> = ALL.iter().map(|family| family.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
        assert!(ALL.iter().all(|family| !family.rules.is_empty()));
    }
}
