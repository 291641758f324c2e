//! The runner and its service: cancellations, limits, lost machines, actions that cannot start.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom};

pub(super) const FAMILY: Family = Family {
    name: "runner",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(8, "operation was canceled|was cancelled|was canceled|has been canceled|has been cancelled|canceling since a higher", r"The operation was cancell?ed|(?:job|run|build|workflow) (?:was|has been) cancell?ed|Canceling since a higher priority", "##[error]The operation was canceled.", "cancel").is(Category::Cancelled),
    cause(9, "exceeded the maximum|maximum execution time|max run time|maximum time limit|execution took longer|timed out after|timeout has been exceeded", r"(?i)exceeded the maximum (?:execution time|time limit)|max run time exceeded|execution took longer than|has timed out after \d+ minutes|Timeout has been exceeded", "The job running on runner x has exceeded the maximum execution time of 360 minutes.", "maximum").is(Category::Timeout),
    cause(9, "no output has been received|with no output", r"No output has been received in the last|timed out after \d+ seconds with no output|Too long with no output", "No output has been received in the last 10m0s", "output").is(Category::Timeout),
    cause(9, "shutdown signal|lost communication|hosted runner|runner has|runner system failure|(system failure)", r"received a shutdown signal|lost communication with the server|The (?:self-)?hosted runner|The runner has (?:been|received)|runner system failure|Job failed \(system failure\)", "The runner has received a shutdown signal.", "runner").is(Category::Infrastructure),
    cause(9, "unable to resolve action|can't find 'action|unable to download|missing download info|failed to resolve action|repository not found", r"Unable to resolve action|Can't find 'action\.ya?ml'|Missing download info for|Failed to resolve action download|repository not found", "Unable to resolve action `a/b@v9`, unable to find version `v9`", "action").is(Category::Config),
    cause(9, "resource not accessible|bad credentials|must have admin|requires authentication|httperror: not found|httperror: forbidden", r"Resource not accessible by (?:integration|personal)|Bad credentials|HttpError: (?:Not Found|Forbidden)|Requires authentication", "HttpError: Resource not accessible by integration", "access").is(Category::PermissionAuth),
    cause(8, "invalid workflow|unrecognized named-value|unexpected value|template is not valid|unexpected input|input required|is not a valid version|is not a valid input|deprecated version of", r"(?i)invalid workflow file|Unrecognized named-value|template is not valid|Input required and not supplied|is not a valid (?:version|input)|deprecated version of `actions", "Error: Input required and not supplied: token", "input").is(Category::Config),
    cause(10, "workflow is not valid|template is not valid", r"The (?:workflow|template) is not valid", "The workflow is not valid. .github/workflows/ci.yml (Line: 14, Col: 9): Unexpected value 'stepz'", "valid").of("github actions").is(Category::Config),
    cause(10, "no files were found with|dependencies file is not found|some specified paths were not resolved|unable to find node version|version '", r"(?i)no files were found with the provided path|dependencies file is not found in|some specified paths were not resolved|unable to find node version|^the version '\S+' with architecture", "Dependencies file is not found in /w. Supported file pattern: go.sum", "found").of("github actions").is(Category::Config),
    cause(9, "upload failed|failed to upload|error uploading", r"(?i)(?:-- |^)(?:upload failed|failed to upload|error uploading)\b", "error - x -- Upload failed: {}", "uploaded").is(Category::Infrastructure),
    cause(8, "no space left|running out of disk", r"No space left on device|You are running out of disk space", "System.IO.IOException: No space left on device", "space").is(Category::DiskSpace),
    cause(9, "[taskcluster:error]|task aborted", r"^\[taskcluster:error\] (?P<message>[^e].*)", "[taskcluster:error] Task aborted - max run time exceeded", "[taskcluster] x").of("taskcluster"),
    cause(9, "failed to|artifact|no files were found", r"(?i)(?:failed to (?:CreateArtifact|FinalizeArtifact|GetSignedArtifactURL|(?:save|upload|download)\b.{0,40}\bartifact)|Artifact not found|Unable to download artifact|no files were found with the provided path)", "Error: Unable to download artifact(s): Artifact not found for name: x", "artifact").is(Category::Infrastructure),
    cause(11, "test-unexpected", r"TEST-UNEXPECTED-(?P<code>\w+) \| (?P<test>[^|]+?)(?: \| (?P<message>.*))?$", "TEST-UNEXPECTED-FAIL | a/b.html | expected 1", "TEST-PASS | a").of("mozharness"),
    cause(11, "process-crash", r"PROCESS-CRASH \| (?P<message>.*)", "PROCESS-CRASH | application crashed [@ x]", "PROCESS").of("mozharness").is(Category::Crash),
    cause(8, "moz_crash|moz_assert|assertion failure:", r"MOZ_CRASH\(|MOZ_ASSERT|Assertion failure: ", "Hit MOZ_CRASH(x) at a.cpp:3", "MOZ").of("mozharness").is(Category::Crash),
    symptom(1, "process completed with exit code|marked build as failure|finished: failure|script returned exit code|job failed: exit|child return code", r"Process completed with exit code|marked build as failure|^Finished: FAILURE|script returned exit code|Job failed: exit code|Child return code was", "##[error]Process completed with exit code 1.", "process"),
    symptom(1, "the command \"|exited with|your build has been stopped", r"^The command .* (?:failed and )?exited with \d+|^\S* exited with \d+\.$|Your build has been stopped|Your build exited with", "The command \"make\" exited with 2.", "command"),
    symptom(0, "failed ", r"^The command .* failed \d+ times\.?$", "The command \"make\" failed 3 times.", "failed 3 times"),
    symptom(0, "aborting task", r"Aborting task\.{3}$", "[taskcluster:error] Aborting task...", "Aborting"),
    noise("test-pass|test-ok|test-known-fail|test-skip|test-start", r"\bTEST-(?:PASS|OK|KNOWN-FAIL|SKIP|START|INFO|DEBUG)\b", "TEST-KNOWN-FAIL | a | b", "TEST-UNEXPECTED-FAIL"),
    noise("github_token|token permissions|_error|_fail|_exception", r"^(?:GITHUB_TOKEN Permissions|##\[debug\])|^\s*[A-Z]+_[A-Z_]+[=:] ", "  NODE_ERROR: true", "ERROR: x"),
    noise("failed to save|failed to restore|cache ", r"(?i)(?:cache (?:not found|service|hit|miss|restored|size)|failed to (?:save|restore).*cache|unable to reserve cache)", "Cache not found for input keys: error", "no cash"),
];
