//! System package managers: apt, dnf and rpm, pacman, apk, Homebrew, nix, vcpkg, conan, mock.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom};

pub(super) const FAMILY: Family = Family {
    name: "packages",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(10, "(but unpackaged) file|file listed twice|arch dependent binaries", r"^error: (?:Installed \(but unpackaged\) file|Arch dependent binaries|File listed twice)|^\s+(?:Installed \(but unpackaged\) file\(s\) found:)", "error: Installed (but unpackaged) file(s) found:", "unpackaged").of("rpmbuild").is(Category::Config),
    cause(9, "error: unknown tag|error: bad date|error: macro|error: line 0|error: dependency tokens", r"^error: (?:line \d+: |Unknown tag|bad date|Macro )", "error: line 12: Unknown tag: Sumary: x", "error: x").of("rpmbuild").is(Category::Config),
    cause(9, "e: |w: ", r"^[EW]: \S+(?: \S+)?: (?P<code>[a-z][a-z-]{6,})\b", "E: beacon: missing-dependency-on-libc needed by usr/bin/x", "E: x").of("lintian").is(Category::LintFormat),
    cause(10, "no_pubkey|the repository '|hash sum mismatch|is not signed|release file", r"NO_PUBKEY|Hash Sum mismatch|^E: The repository '.*' (?:is not signed|does not have a Release file|is no longer signed)|Release file for .* is not valid yet", "W: GPG error: http://x InRelease: The following signatures couldn't be verified: NO_PUBKEY 1A2B", "hash").of("apt").is(Category::NetworkError),
    cause(9, "no such package|bad signature|untrusted signature|temporary error", r"^ERROR: (?:.*: (?:No such package|BAD signature|UNTRUSTED signature|temporary error))", "ERROR: https://dl.example.org/x: temporary error (try again later)", "No such package").of("apk").is(Category::Dependency),
    cause(9, "unable to locate package|has no installation candidate|unmet dependencies|held broken", r"E: (?:Unable to locate package|Package .* has no installation candidate)|unmet dependencies|held broken packages", "E: Unable to locate package foo", "package").of("apt").is(Category::Dependency),
    cause(10, "could not get lock|dpkg frontend lock|e: unable to lock|e: unable to acquire", r"^E: (?:Could not get lock|Unable to (?:acquire|lock))", "E: Could not get lock /var/lib/dpkg/lock-frontend.", "lock").of("apt").is(Category::Infrastructure),
    cause(9, "the package was not found with the source|package was not found", r"^(?P<message>\S+ not installed\. The package was not found)", "foo not installed. The package was not found with the source(s) listed.", "package").of("choco").is(Category::Dependency),
    symptom(2, "packages failed|chocolatey installed", r"^Chocolatey installed \d+/\d+ packages", "Chocolatey installed 0/1 packages. 1 packages failed.", "installed"),
    cause(8, "e: ", r"^E: (?P<message>\S.*)", "E: Failed to fetch http://x", "e: x").of("apt").is(Category::Dependency),
    cause(7, "err:|failed to fetch", r"^Err:\d+ |Failed to fetch https?:", "Err:3 http://archive.ubuntu.com focal InRelease", "Hit:3").of("apt").is(Category::NetworkError),
    cause(9, "nothing provides|problem: |no matching package|conflicting requests|problem 0: |no match for argument|unable to find a match", r"\bnothing provides\b|^(?:\S+ )*\s*Problem(?: \d+)?: |No matching package to install|No match for argument|conflicting requests|Error: Unable to find a match", "Problem: nothing provides requested (x)", "provides").of("dnf").is(Category::Dependency),
    cause(8, "error: bad file|error: failed build dependencies|bad exit status|rpm build errors|is needed by |error: file ", r"^error: (?:Bad file|Failed build dependencies|File .*not found)|is needed by ", "error: Bad file: /b/x.patch: No such file or directory", "error").of("rpmbuild").is(Category::FileAccess),
    symptom(4, "bad exit status", r"error: Bad exit status from", "error: Bad exit status from /var/tmp/rpm-tmp.x (%build)", "exit").of("rpmbuild"),
    cause(7, "couldn't download|failed to download|download failed|cannot download|could not download|unable to download|error downloading|failed", r"(?i)(?:couldn't|could not|failed to|unable to|cannot) download|download(?:ing)? .{0,80}failed|error downloading", "error: Couldn't download https://x", "downloaded").is(Category::NetworkError),
    cause(8, "error: target not found|failed to commit transaction|could not satisfy dependencies|failed to prepare transaction|error: could not satisfy", r"^error: (?:target not found|failed to (?:commit|prepare) transaction|could not satisfy)", "error: target not found: foo", "target").of("pacman").is(Category::Dependency),
    cause(8, "unsatisfiable constraints|unable to select packages", r"ERROR: un(?:satisfiable constraints|able to select packages)", "ERROR: unable to select packages:", "packages").of("apk").is(Category::Dependency),
    cause(8, "no available formula|error: ", r"^Error: (?:No available formula|\S+: (?:failed|wrong)|.*(?:already installed|SHA256 mismatch|not found))", "Error: No available formula with the name \"x\"", "formula").of("brew").is(Category::Dependency),
    cause(8, "error: builder for|hash mismatch in fixed|error: attribute|error: infinite recursion|error: build of|error: undefined variable", r"^error: (?:builder for|hash mismatch in fixed|attribute '|build of|undefined variable|infinite recursion)", "error: builder for '/nix/store/x.drv' failed with exit code 1;", "builder").of("nix"),
    cause(7, "missing binary|unable to find|conflict in|build_failed|failed to load|failed to download", r"ERROR: .*(?:Missing binary|Unable to find|Conflict in)|error: building \S+ failed with: BUILD_FAILED|error: failed to (?:load port|download)", "ERROR: Missing binary: zlib/1.2", "conan").of("conan").is(Category::Dependency),
    cause(7, "dpkg: error|errors were encountered while processing|sub-process", r"^dpkg: error|Errors were encountered while processing|Sub-process \S+ returned an error", "dpkg: error processing package x (--configure):", "dpkg").of("dpkg").is(Category::Dependency),
    symptom(2, "rpm build errors", r"^RPM build errors:", "RPM build errors:", "RPM"),
    noise("retrying|trying next mirror|trying other mirror", r"(?i)trying (?:next|other|another) mirror|will be ignored, or old ones used", "error, trying next mirror", "mirror failed"),
];
