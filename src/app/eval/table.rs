//! An evaluation as text.

use std::fmt::{self, Write as _};

use super::run::{Miss, Report, SetReport, Tally};
use super::texts::TextMetrics;

/// Lines of an excerpt that are printed for a bad case.
const EXCERPT: usize = 12;

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for set in &self.sets {
            out.write_str(&set_table(set))?;
        }
        if let Some(texts) = &self.texts {
            out.write_str(&texts_table(texts))?;
        }
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of labelled logs")]
fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 1.0 } else { part as f64 / of as f64 }
}

fn row(out: &mut String, name: &str, tally: &Tally) {
    let of = |part: usize| share(part, tally.cases);
    let _ = writeln!(
        out,
        "  {name:<26}{:>6}{:>10.3}{:>10.3}{:>10.3}{:>10.3}",
        tally.cases,
        of(tally.decisive_in_first),
        of(tally.in_top10),
        of(tally.all_covered),
        of(tally.marked_right),
    );
}

fn set_table(set: &SetReport) -> String {
    let mut out = format!(
        "{}\n  {:<26}{:>6}{:>10}{:>10}{:>10}{:>10}\n",
        set.set, "", "cases", "decisive", "top 10", "all", "marked"
    );
    for (name, tally) in &set.shown {
        row(&mut out, name, tally);
    }
    let _ = writeln!(out, "  by ecosystem");
    for (name, tally) in &set.ecosystems {
        row(&mut out, name, tally);
    }
    let cases = set.categories.cases;
    if cases > 0 {
        let (equal, accepted) = (
            share(set.categories.equal, cases),
            share(set.categories.accepted, cases),
        );
        let _ = writeln!(
            out,
            "  category: equal {equal:.3}, equal or accepted {accepted:.3} of {cases}"
        );
    }
    let counted: usize = set.ecosystems.values().map(|tally| tally.cases).sum();
    if set.passing > 0 {
        let _ = writeln!(
            out,
            "  passing logs: {} of {} claimed as failures",
            set.claimed, set.passing
        );
        let _ = writeln!(
            out,
            "  worse with the baseline: {} of {}",
            set.worse_with_baseline, set.passing
        );
    } else {
        let _ = writeln!(
            out,
            "  same fingerprint when shifted: {:.3}",
            share(set.stable, counted)
        );
    }
    if set.unlabelled > 0 {
        let _ = writeln!(out, "  without expected lines: {}", set.unlabelled);
    }
    for miss in &set.misses {
        out.push_str(&miss_text(miss));
    }
    out.push('\n');
    out
}

fn miss_text(miss: &Miss) -> String {
    let mark = |yes: bool| if yes { "yes" } else { "no" };
    let shown = miss.shown;
    let mut out = format!(
        "\n  {} · decisive {} · top 10 {} · marked {} · category {} (wanted {})\n    title:  {}\n    wanted: {}\n",
        miss.id,
        mark(shown.decisive_in_first),
        mark(shown.in_top10),
        mark(shown.marked_right),
        miss.category,
        miss.wanted_category,
        miss.title,
        miss.wanted.chars().take(160).collect::<String>(),
    );
    for line in miss.excerpt.iter().take(EXCERPT) {
        let _ = writeln!(out, "      {}", line.chars().take(140).collect::<String>());
    }
    out
}

fn texts_table(texts: &TextMetrics) -> String {
    let mut out = format!(
        "pairs ({} texts, asked among {} in memory)\n",
        texts.texts, texts.memory
    );
    for (name, share) in [
        ("fingerprint precision", texts.fingerprint_precision),
        ("fingerprint recall", texts.fingerprint_recall),
        ("hard negatives merged", texts.hard_negatives_merged),
        ("retrieval recall@1", texts.recall_at_1),
        ("retrieval recall@3", texts.recall_at_3),
        ("known before: precision", texts.known_precision),
        ("known before: recall", texts.known_recall),
        ("strangers matched", texts.strangers_matched),
    ] {
        let _ = writeln!(
            out,
            "  {name:<26}{:>8.3}  ({} of {})",
            share.value(),
            share.yes,
            share.of
        );
    }
    out
}
