//! git: clone, fetch, push, merge, submodules, LFS.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom};

pub(super) const FAMILY: Family = Family {
    name: "git",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(10, "error downloading object|object does not exist on the server|object not found", r"Error downloading object: |\[?404\]? Object does not exist on the server|LFS: .*(?:not found|does not exist)|^\[?404\]? .*lfs", "Error downloading object: a.bin (a3cf27e): Smudge error: Error downloading a.bin", "object not found x").of("git-lfs").is(Category::FileAccess),
    symptom(3, "smudge filter lfs failed|external filter", r"smudge filter lfs failed|^error: external filter '.*' failed", "fatal: a.bin: smudge filter lfs failed", "smudge").of("git-lfs"),
    cause(10, "unable to read tree|bad object|not our ref|did not contain|reference is not a tree|loose object|pack is corrupt", r"fatal: (?:reference is not a tree|bad object|remote error: upload-pack: not our ref|loose object .* is corrupt|unable to read tree)", "fatal: reference is not a tree: 1a2b3c", "bad object x").of("git").is(Category::Config),
    cause(10, "secret detected|push cannot contain secrets|repository rule violations|gh013", r"Push cannot contain secrets|Repository rule violations found|remote: error: (?:GH013|File \S+ is [\d.]+ MB)", "remote: - Push cannot contain secrets", "secret").of("git").is(Category::PermissionAuth),
    cause(9, "(http 40", r"^(?:gh: |HTTP )(?P<message>.*\(HTTP (?:401|403)\).*|40[13]: .*)", "gh: Resource not accessible by integration (HTTP 403)", "gh: ok").of("gh").is(Category::PermissionAuth),
    cause(9, "gh: ", r"^gh: (?P<message>\S.*)", "gh: Not Found (HTTP 404)", "gh x").of("gh"),
    cause(9, "fatal: ", r"^(?:stderr: )?fatal: (?P<message>[^\s\[].*)", "fatal: Remote branch x not found in upstream origin", "fatal x").of("git").is(Category::Config),
    cause(9, "conflict (", r"^CONFLICT \((?P<code>[^)]+)\): ", "CONFLICT (content): Merge conflict in a.c", "conflict").of("git").is(Category::Config),
    cause(10, "gh0|permission to", r"^remote: error: (?P<code>GH\d{3}): |^remote: Permission to \S+ denied", "remote: error: GH006: Protected branch update failed for refs/heads/main.", "remote: x").of("git").is(Category::PermissionAuth),
    cause(10, "does not appear to be a git|repository not found|' does not exist", r"^(?:fatal|ERROR): (?:'(?P<path>[^']+)' does not appear to be a git repository|[Rr]epository (?:'[^']+' )?(?:not found|does not exist))", "fatal: '/srv/schemas' does not appear to be a git repository", "fatal: x").of("git").is(Category::FileAccess),
    cause(9, "not a git repository", r"^fatal: not a git repository", "fatal: not a git repository (or any of the parent directories): .git", "git").of("git").is(Category::Config),
    cause(10, "unable to access 'http|could not resolve hostname", r"^fatal: unable to access '(?P<path>http[^']*)': (?P<message>.*)|^ssh: Could not resolve hostname", "fatal: unable to access 'https://x/': Could not resolve host: x", "fatal: x").of("git").is(Category::NetworkError),
    cause(10, "host key verification|dubious ownership|invalid username or|terminal prompts disabled|support for password", r"Host key verification failed|^fatal: detected dubious ownership|terminal prompts disabled|^remote: Invalid username or |^remote: Support for password authentication", "Host key verification failed.", "host key").of("git").is(Category::PermissionAuth),
    symptom(3, "could not read from remote repository|please make sure you have the correct", r"^fatal: Could not read from remote repository\.|^Please make sure you have the correct access", "fatal: Could not read from remote repository.", "could not read"),
    // Signing.
    cause(11, "gpg: signing failed|gpg: decryption failed|no secret key|no pinentry", r"^gpg: (?:signing failed|decryption failed|public key decryption failed|keyblock resource|problem with the agent|no default secret key|sending key.* failed).*: \S", "gpg: signing failed: No secret key", "gpg: keybox created").of("gpg").is(Category::PermissionAuth),
    cause(8, "gpg: skipped", r"^gpg: skipped \x22.*\x22: ", "gpg: skipped \x22bot\x22: No secret key", "gpg: skipped").of("gpg").is(Category::PermissionAuth),
    cause(10, "gpg: bad signature|gpg: can't check|no valid openpgp|no_pubkey", r"^gpg: (?:BAD signature|Can't check signature|no valid OpenPGP data)|NO_PUBKEY [0-9A-F]{8}", "gpg: Can't check signature: No public key", "gpg: Good signature").of("gpg").is(Category::PermissionAuth),
    cause(9, "gpg: keyserver", r"^gpg: keyserver (?:receive|send|search|refresh) failed: ", "gpg: keyserver receive failed: Server indicated a failure", "gpg: x").of("gpg").is(Category::NetworkError),
    cause(8, "failed to sign the data", r"^error: gpg failed to sign the data", "error: gpg failed to sign the data:", "sign").of("git").is(Category::PermissionAuth),
    symptom(2, "unable to sign the tag|failed to write commit object", r"^error: unable to sign the tag|^fatal: failed to write commit object", "error: unable to sign the tag", "unable"),
    symptom(0, "[gnupg:] ", r"^\[GNUPG:\] ", "[GNUPG:] FAILURE sign 17", "GNUPG"),
    noise("gpg: ", r"^gpg: (?:directory|keybox|key \S+: |\S+: trustdb|Signature made|Good signature|using|encrypted with|assuming|checking the trustdb|marginals|depth:|Total number|\s+imported|\s+unchanged)", "gpg: directory '/root/.gnupg' created", "gpg: signing failed: x"),
    symptom(3, "failed to push some refs", r"^error: failed to push some refs", "error: failed to push some refs to 'https://x'", "pushed"),
    cause(8, "authentication failed|could not read username|permission denied (publickey|could not read from remote|remote: permission|remote: write access|invalid username", r"Authentication failed for|could not read Username|Permission denied \(publickey|Could not read from remote repository|remote: (?:Permission|Write access|Invalid username)", "git@github.com: Permission denied (publickey).", "auth").of("git").is(Category::PermissionAuth),
    cause(8, "[rejected]|[remote rejected]|failed to push", r"! \[(?:remote )?rejected\]|failed to push some refs", " ! [rejected]        main -> main (fetch first)", "rejected").of("git").is(Category::Config),
    cause(8, "rpc failed|early eof|remote end hung up|unexpected disconnect|ssh_dispatch|kex_exchange", r"RPC failed|early EOF|remote end hung up|unexpected disconnect|ssh_dispatch_run_fatal|kex_exchange_identification", "error: RPC failed; curl 56 GnuTLS recv error", "RPC").of("git").is(Category::NetworkError),
    cause(8, "cannot rebase|cannot merge|pathspec|unstaged changes|would be overwritten|patch does not apply|patch failed|your local changes|cannot pull", r"^(?:error: )?(?:Cannot (?:rebase|merge|pull)|pathspec '|Your local changes|patch failed|.*patch does not apply|.*would be overwritten by)", "Cannot rebase: You have unstaged changes.", "rebase").of("git").is(Category::Config),
    cause(7, "smudge filter|git-lfs|lfs: |batch response: ", r"smudge filter lfs failed|batch response: |LFS: (?:.*exceeded|Repository)", "Error downloading object: smudge filter lfs failed", "lfs").of("git-lfs").is(Category::Infrastructure),
    cause(7, "hunk|failed at", r"^Hunk #\d+ FAILED|\d+ out of \d+ hunks? FAILED", "Hunk #1 FAILED at 12.", "Hunk").of("patch").is(Category::Config),
    noise("error|fail|fatal", r"^\s*(?:\* )?\[new (?:branch|tag|ref)\]|^(?:From|remote:) (?:https|Counting|Compressing|Total|Enumerating)|^ \* branch|-> (?:origin|upstream)/|^\s*(?:create|delete) mode \d+|^ [\w/.-]+ +\| +\d+ [+-]*$", " * [new branch]      fix-error -> origin/fix-error", "fatal: x"),
];
