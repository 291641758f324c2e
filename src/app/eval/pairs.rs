//! Reads the short texts of an evaluation folder, and other texts to find them among.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::case::{Case, is_held_out, read_log, read_set};
use super::texts::{self, PairText, TextMetrics};
use super::{Error, Part};
use crate::failure::{Options, analyze};
use crate::log::Log;
use crate::similar::Document;

/// Other texts taken from one log, at most.
const OTHERS_OF_A_LOG: usize = 60;
/// Lines from the start of one of them to the next, at least.
const APART: usize = 15;
/// Lines of one of them.
const LINES: usize = 6;

#[derive(Deserialize)]
struct HardNegative {
    a: String,
    b: String,
}

/// Measures identity and retrieval on the texts of a folder. Texts of the same projects are no distractors: they tell of the same failures.
pub fn run(folder: &Path, part: Part) -> Result<TextMetrics, Error> {
    let mut pairs: Vec<PairText> = lines(&folder.join("pairs.jsonl"))?;
    let projects: HashSet<String> = pairs.iter().map(PairText::project).collect();
    let is_other = |project: &str| {
        let owner = project.split('/').next().filter(|owner| owner.len() >= 5);
        !projects.contains(project) && owner.is_none_or(|owner| projects.iter().all(|other| !other.contains(owner)))
    };
    pairs.retain(|pair| match part {
        Part::All => true,
        Part::HeldOut => is_held_out(&pair.project()),
        Part::Tuning => !is_held_out(&pair.project()),
    });
    let negatives: Vec<HardNegative> = lines(&folder.join("hard_negatives.jsonl"))?;
    let negatives: Vec<(String, String)> = negatives.into_iter().map(|pair| (pair.a, pair.b)).collect();
    let mut others = Vec::new();
    for set in ["why", "logchunks", "fail_pass"] {
        let folder = folder.join(set);
        if folder.is_dir() {
            for case in read_set(&folder)?
                .into_iter()
                .filter(|case| is_other(&case.label.project()))
            {
                others.extend(other_texts(&case)?);
            }
        }
    }
    let first = |text: &str| {
        let analysis = analyze(&Log::from_bytes(text.as_bytes()), &Options::default());
        analysis.failures.first().map(Document::from)
    };
    Ok(texts::evaluate(&pairs, &negatives, &others, &first))
}

fn lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Error> {
    let text = fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    let parsed = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(serde_json::from_str);
    parsed.collect::<Result<_, _>>().map_err(|source| Error::Label {
        path: path.to_owned(),
        source,
    })
}

/// A few stretches of a log around lines that speak of errors, each with other words.
fn other_texts(case: &Case) -> Result<Vec<String>, Error> {
    let log = read_log(&case.log)?;
    let mut texts: Vec<String> = Vec::new();
    let mut next = 0;
    for (index, line) in log.iter() {
        if index < next || texts.len() == OTHERS_OF_A_LOG {
            continue;
        }
        let text = line.text.to_ascii_lowercase();
        if text.contains("error") || text.contains("fail") {
            let stretch = (index..log.len().min(index + LINES)).filter_map(|at| log.line(at));
            texts.push(stretch.map(|line| line.text).collect::<Vec<_>>().join("\n"));
            next = index + APART;
        }
    }
    Ok(texts)
}
