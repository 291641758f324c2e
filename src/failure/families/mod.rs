//! What is known about the output of tools: one file per family, one line here.

mod audit;
mod beam;
mod compiled;
mod data;
mod docker;
mod dotnet;
mod general;
mod git;
mod go;
mod hardware;
mod haskell;
mod interpreters;
mod javascript;
mod jvm;
mod lint;
mod native;
mod ops;
mod others;
mod packages;
mod perl;
mod php;
mod python;
mod ruby;
mod runner;
mod rust;
mod shell;
mod statistics;
mod swift;
mod terraform;

use super::rule::Family;

/// Every family.
pub const ALL: &[Family] = &[
    audit::FAMILY,
    beam::FAMILY,
    compiled::FAMILY,
    data::FAMILY,
    docker::FAMILY,
    dotnet::FAMILY,
    general::FAMILY,
    git::FAMILY,
    go::FAMILY,
    hardware::FAMILY,
    haskell::FAMILY,
    interpreters::FAMILY,
    javascript::FAMILY,
    jvm::FAMILY,
    lint::FAMILY,
    native::FAMILY,
    ops::FAMILY,
    others::FAMILY,
    packages::FAMILY,
    perl::FAMILY,
    php::FAMILY,
    python::FAMILY,
    ruby::FAMILY,
    runner::FAMILY,
    rust::FAMILY,
    shell::FAMILY,
    statistics::FAMILY,
    swift::FAMILY,
    terraform::FAMILY,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::rule::Kind;
    use crate::failure::scan::compile;
    use crate::log::Needs;

    #[test]
    fn every_rule_matches_its_hit_and_not_its_miss() {
        let mut wrong = Vec::new();
        for family in ALL {
            for rule in family.rules {
                let pattern = compile(rule.pattern);
                let index = Needs::new(rule.needs.split('|').map(|need| (need, ())));
                let needs = |text: &str| rule.kind == Kind::Noise || index.is_met(text.as_bytes());
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
    fn what_makes_a_line_worth_a_look_is_three_bytes_or_more() {
        let rules = ALL.iter().flat_map(|family| family.rules);
        for rule in rules.filter(|rule| rule.kind != Kind::Noise) {
            assert!(rule.needs.split('|').all(|need| need.len() >= 3), "{}", rule.needs);
        }
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
