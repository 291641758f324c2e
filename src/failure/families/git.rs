//! git: clone, fetch, push, merge, submodules, LFS.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom};

pub(super) const FAMILY: Family = Family {
    name: "git",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(9, "fatal: ", r"^(?:stderr: )?fatal: (?P<message>\S.*)", "fatal: Remote branch x not found in upstream origin", "fatal x").of("git").is(Category::Config),
    cause(9, "conflict (", r"^CONFLICT \((?P<code>[^)]+)\): ", "CONFLICT (content): Merge conflict in a.c", "conflict").of("git").is(Category::Config),
    cause(10, "gh0|permission to", r"^remote: error: (?P<code>GH\d{3}): |^remote: Permission to \S+ denied", "remote: error: GH006: Protected branch update failed for refs/heads/main.", "remote: x").of("git").is(Category::PermissionAuth),
    symptom(3, "failed to push some refs", r"^error: failed to push some refs", "error: failed to push some refs to 'https://x'", "pushed"),
    cause(8, "authentication failed|could not read username|permission denied (publickey|could not read from remote", r"Authentication failed for|could not read Username|Permission denied \(publickey|Could not read from remote repository|remote: (?:Permission|Write access|Invalid username)", "git@github.com: Permission denied (publickey).", "auth").of("git").is(Category::PermissionAuth),
    cause(8, "[rejected]|[remote rejected]|failed to push", r"! \[(?:remote )?rejected\]|failed to push some refs", " ! [rejected]        main -> main (fetch first)", "rejected").of("git").is(Category::Config),
    cause(8, "rpc failed|early eof|remote end hung up|unexpected disconnect|ssh_dispatch", r"RPC failed|early EOF|remote end hung up|unexpected disconnect|ssh_dispatch_run_fatal|kex_exchange_identification", "error: RPC failed; curl 56 GnuTLS recv error", "RPC").of("git").is(Category::NetworkError),
    cause(8, "cannot rebase|cannot merge|pathspec|unstaged changes|would be overwritten|patch does not apply|patch failed", r"^(?:error: )?(?:Cannot (?:rebase|merge|pull)|pathspec '|Your local changes|patch failed|.*patch does not apply|.*would be overwritten by)", "Cannot rebase: You have unstaged changes.", "rebase").of("git").is(Category::Config),
    cause(7, "smudge filter|git-lfs|lfs: ", r"smudge filter lfs failed|batch response: |LFS: (?:.*exceeded|Repository)", "Error downloading object: smudge filter lfs failed", "lfs").of("git-lfs").is(Category::Infrastructure),
    cause(7, "hunk|failed at", r"^Hunk #\d+ FAILED|\d+ out of \d+ hunks? FAILED", "Hunk #1 FAILED at 12.", "Hunk").of("patch").is(Category::Config),
    noise("error|fail|fatal", r"^\s*(?:\* )?\[new (?:branch|tag|ref)\]|^(?:From|remote:) (?:https|Counting|Compressing|Total|Enumerating)|^ \* branch|-> (?:origin|upstream)/|^\s*(?:create|delete) mode \d+|^ [\w/.-]+ +\| +\d+ [+-]*$", " * [new branch]      fix-error -> origin/fix-error", "fatal: x"),
];
