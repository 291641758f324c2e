//! A language model as a child process: the `claude` tool, or the command an operator named.
//!
//! No answer is never an error. The answer of a prompt is kept for an hour under the hash of prompt, model and command.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{ModelUse, Office};
use crate::app::files;
use crate::recruit::llm::object_in;

/// Longest answer that is read, in bytes.
const LONGEST_ANSWER: u64 = 1 << 20;
/// Longest prompt, in bytes: an argument may not be longer than 128 KiB.
const LONGEST_PROMPT: usize = 96 * 1024;
/// How long an answer is kept, in milliseconds, and how many.
const KEPT: i64 = 3_600_000;
const KEPT_COUNT: usize = 200;

impl Office {
    /// Asks; `read` says what of the answer is believed. `None` when there is no model, no time, or no usable answer.
    pub(super) fn ask<T>(&self, prompt: &str, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        if self.setup.model == ModelUse::Silenced || prompt.len() > LONGEST_PROMPT {
            return None;
        }
        let model = &self.policy.default_model;
        let command = self.command(prompt, model);
        let mut hash = Sha256::new();
        for part in [model.as_str(), prompt]
            .into_iter()
            .chain(self.policy.llm_command.iter().map(String::as_str))
        {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let name = hash
            .finalize()
            .iter()
            .take(16)
            .fold(String::new(), |name, byte| format!("{name}{byte:02x}"));
        let cache = self.root.join("llm-cache");
        let path = cache.join(format!("{name}.json"));
        if let Some(answer) = self.cached(&path).and_then(|answer| read(&answer)) {
            return Some(answer);
        }
        let answer = run(&command, Duration::from_secs(self.policy.llm_timeout_seconds))?;
        let object = object_in(&answer)?;
        let believed = read(&object)?;
        let kept = json!({"at": self.now(), "model": model, "answer": object});
        make_room(&cache);
        if let Err(error) = files::write_atomically(&path, kept.to_string().as_bytes()) {
            tracing::debug!(%error, "cannot keep the model's answer");
        }
        Some(believed)
    }

    fn cached(&self, path: &Path) -> Option<Value> {
        let kept: Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
        let age = self.now() - kept.get("at")?.as_i64()?;
        (0..KEPT).contains(&age).then(|| kept.get("answer").cloned())?
    }

    fn command(&self, prompt: &str, model: &str) -> Call {
        if self.policy.llm_command.is_empty() {
            let words = ["claude", "-p", prompt, "--model", model];
            return Call {
                words: words.map(str::to_owned).to_vec(),
                input: None,
            };
        }
        let takes_prompt = self.policy.llm_command.iter().any(|word| word.contains("{prompt}"));
        let fill = |word: &String| word.replace("{model}", model).replace("{prompt}", prompt);
        Call {
            words: self.policy.llm_command.iter().map(fill).collect(),
            input: (!takes_prompt).then(|| prompt.to_owned()),
        }
    }
}

struct Call {
    words: Vec<String>,
    input: Option<String>,
}

/// Forgets the oldest answers when there are too many.
fn make_room(cache: &Path) {
    let Ok(entries) = std::fs::read_dir(cache) else {
        return;
    };
    let mut kept: Vec<_> = entries
        .flatten()
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    kept.sort();
    let surplus = (kept.len() + 1).saturating_sub(KEPT_COUNT);
    for (_, path) in kept.into_iter().take(surplus) {
        let _ = std::fs::remove_file(path);
    }
}

/// Runs the command; its standard output when it ends well within `limit`. Nothing goes through a shell.
fn run(call: &Call, limit: Duration) -> Option<String> {
    let (program, arguments) = call.words.split_first()?;
    let deadline = Instant::now() + limit;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(if call.input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .inspect_err(|error| tracing::debug!(program, %error, "no language model"))
        .ok()?;
    if let (Some(mut stdin), Some(input)) = (child.stdin.take(), call.input.clone()) {
        std::thread::spawn(move || {
            let _ = stdin.write_all(input.as_bytes());
        });
    }
    let (sender, receiver) = mpsc::channel();
    let stdout = child.stdout.take()?;
    std::thread::spawn(move || {
        let mut answer = Vec::new();
        let read = stdout.take(LONGEST_ANSWER).read_to_end(&mut answer);
        let _ = sender.send(read.map(|_| answer));
    });
    let answer = receiver.recv_timeout(limit);
    let well = wait(&mut child, deadline);
    let answer = answer.ok()?.ok()?;
    if !well {
        tracing::debug!(program, "the language model failed or took too long");
        return None;
    }
    Some(String::from_utf8_lossy(&answer).into_owned())
}

/// Whether the child ended well in time; it is gone in any case.
fn wait(child: &mut Child, deadline: Instant) -> bool {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(5)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}
