//! Signatures of infrastructure: failures that have nothing to do with the project and show with many faces.

use std::sync::LazyLock;

use crate::failure::ascii;
use crate::failure::patterns::Patterns;
use regex::Regex;

/// What a signature is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The machine or the service: whatever test or file was at work does not matter.
    Machine,
    /// A peer: the host or image that was asked for belongs to the identity, and so does a test that asked.
    Peer,
}

/// One entry of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// The name, used as the failure's code.
    pub name: &'static str,
    /// What the name is bound to.
    pub scope: Scope,
    /// The regular expression a line must match.
    pub pattern: &'static str,
    /// A line that matches, and a near one that does not.
    pub fixtures: (&'static str, &'static str),
}

const fn machine(name: &'static str, pattern: &'static str, hit: &'static str, miss: &'static str) -> Known {
    Known {
        name,
        scope: Scope::Machine,
        pattern,
        fixtures: (hit, miss),
    }
}

const fn peer(name: &'static str, pattern: &'static str, hit: &'static str, miss: &'static str) -> Known {
    Known {
        name,
        scope: Scope::Peer,
        pattern,
        fixtures: (hit, miss),
    }
}

/// The catalogue, most specific first.
pub const CATALOGUE: &[Known] = &[
    machine(
        "disk-full",
        r"(?i)no space left on device|\benospc\b|disk quota exceeded|there is not enough space on the disk|you are running out of disk space",
        "write /var/lib/x: no space left on device",
        "no space before the comma",
    ),
    machine(
        "msvc-heap",
        r"(?i)\bC1060\b|\bC1002\b.*heap",
        "fatal error C1060: compiler is out of heap space",
        "C1068: cannot open file",
    ),
    machine(
        "llvm-out-of-memory",
        r"(?i)LLVM ERROR: out of memory|^(?:error: )?out of memory$|^allocation failed$",
        "LLVM ERROR: out of memory",
        "test: out of memory is reported to the caller",
    ),
    machine(
        "compiler-killed",
        r"(?i)(?:cc1(?:plus)?|clang|rustc|collect2|ld).{0,80}(?:killed signal|terminated by signal 9|signal: 9|\(program cc1)|internal compiler error: killed|killed signal terminated program",
        "c++: fatal error: Killed signal terminated program cc1plus",
        "clang: error: linker command failed",
    ),
    machine(
        "js-heap",
        r"(?i)javascript heap out of memory|reached heap limit allocation failed|ineffective mark-compacts near heap limit",
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
        "heap snapshot written",
    ),
    machine(
        "jvm-heap",
        r"(?i)java\.lang\.outofmemoryerror|there is insufficient memory for the java runtime|gradle build daemon disappeared|expiring daemon because jvm heap",
        "java.lang.OutOfMemoryError: Java heap space",
        "java.lang.IndexOutOfBoundsException: memory",
    ),
    machine(
        "oom-kill",
        r"(?i)\boom[- ]?kill|out of memory: killed process|memory cgroup out of memory|\boomkilled\b|exit(?:ed with)? code 137\b.*(?:memory|oom)",
        "Out of memory: Killed process 4711 (node)",
        "process was killed by the user",
    ),
    machine(
        "runner-lost",
        r"(?i)the (?:self-hosted )?runner.{0,60}(?:lost communication|has received a shutdown signal)|the hosted runner.{0,40}lost communication|the operation was canceled because the runner|runner (?:has been|was) shut ?down|backing channel '.*' is disconnected|\bchannelclosedexception\b|agent went offline during the build|cannot contact \S+: java\.",
        "The runner has received a shutdown signal.",
        "the runner finished the shutdown test",
    ),
    machine(
        "runner-unavailable",
        r"(?i)no runner matching|job was not acquired by runner|failed to start runner|unexpected error occurred.*starting.*runner|the remote provider was unable to process the request",
        "The job was not acquired by Runner of type hosted even after multiple attempts",
        "no runner was harmed",
    ),
    machine(
        "actions-rate-limit",
        r"(?i)api rate limit (?:already )?exceeded|secondary rate limit|rate limit exceeded for",
        "API rate limit exceeded for installation ID 1",
        "rate limit test passed",
    ),
    machine(
        "image-pull-limit",
        r"(?i)toomanyrequests|reached your (?:unauthenticated )?pull rate limit",
        "toomanyrequests: You have reached your pull rate limit.",
        "too many requests handled in parallel",
    ),
    machine(
        "integration-403",
        r"(?i)resource not accessible by (?:integration|personal access token)",
        "RequestError [HttpError]: Resource not accessible by integration",
        "resource not found",
    ),
    machine(
        "max-run-time",
        r"(?i)has exceeded the maximum execution time|the job (?:running on \S+ .*)?exceeded the maximum|maximum time limit for jobs|job execution.*timed? ?out|task timeout after|max(?:imum)? ?run ?time exceeded",
        "The job running on runner X has exceeded the maximum execution time of 360 minutes.",
        "maximum of 3 values",
    ),
    machine(
        "no-output",
        r"(?i)no output has been received in the last|no output for \d+|process was killed because of no output|no output timeout",
        "No output has been received in the last 10m0s",
        "no output was written",
    ),
    machine(
        "artifact-service",
        r"(?i)failed to (?:finalize|createartifact|create artifact)|artifact storage quota has been hit|unable to (?:upload|download) artifact",
        "Failed to CreateArtifact: Artifact storage quota has been hit.",
        "artifact was created",
    ),
    machine(
        "state-lock",
        r"(?i)error acquiring the state lock|could not get lock /var/lib|unable to acquire the dpkg frontend lock|unable to lock directory",
        "Error: Error acquiring the state lock",
        "lock was acquired",
    ),
    peer(
        "git-host-key",
        r"(?i)host key verification failed|no \w+ host key is known",
        "Host key verification failed.",
        "host key accepted",
    ),
    peer(
        "dns",
        r"(?i)could not resolve (?:host|proxy)|name or service not known|temporary failure in name resolution|getaddrinfo (?:enotfound|eai_again|failed)|nodename nor servname|no such host|name resolution failure|unknownhostexception|name does not resolve|failed to resolve host",
        "getaddrinfo ENOTFOUND registry.example.org",
        "could not resolve dependency left-pad",
    ),
    peer(
        "tls",
        r"(?i)certificate verify failed|certificate has expired|ssl_error_syscall|tls handshake timeout|ssl certificate problem|x509: certificate|unable to get local issuer certificate|pkix path building failed|sslhandshakeexception|received fatal alert",
        "x509: certificate signed by unknown authority",
        "certificate written to disk",
    ),
    peer(
        "http-5xx",
        r"(?i)(?:http(?:/[\d.]+)?|status(?: code)?|error|returned|received|response|code)[^a-z]{1,4}(?:error[: ]+)?5\d\d\b|\b50[0234] (?:internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out)",
        "Received status code 503 from server: Service Unavailable",
        "line 503: unexpected token",
    ),
    peer(
        "connection-reset",
        r"(?i)connection reset|econnreset|socket hang up|connection was aborted|broken pipe|remote host closed connection|connection was forcibly closed|unexpected eof while reading|premature close",
        "read ECONNRESET",
        "reset the connection counter",
    ),
    peer(
        "connection-refused",
        r"(?i)connection refused|econnrefused|could not (?:create )?connect(?:ion)? to (?:server|\S+[.:])|failed to connect to|couldn't connect to server|actively refused",
        "connect ECONNREFUSED 127.0.0.1:5432",
        "refused to merge unrelated histories",
    ),
    peer(
        "connection-timeout",
        r"(?i)connect(?:ion)? timed out|etimedout|read timed out|i/o timeout|connecttimeouterror|connection timeout|network is unreachable|esockettimedout|err_socket_timeout",
        "dial tcp 10.0.0.1:443: i/o timeout",
        "the test timed out",
    ),
    peer(
        "image-missing",
        r"(?i)manifest (?:for \S+ )?(?:not found|unknown)|pull access denied for|failed to resolve reference|repository does not exist or may require",
        "manifest for node:99 not found: manifest unknown",
        "manifest.json is not valid",
    ),
    peer(
        "git-fetch",
        r"(?i)rpc failed; (?:curl|http|result)|the remote end hung up unexpectedly|early eof|fetch-pack: unexpected disconnect|error fetching remote repo|could not read from remote repository|unable to access '(?:https?|git|ssh)",
        "error: RPC failed; curl 56 GnuTLS recv error",
        "remote: counting objects",
    ),
];

static SET: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(CATALOGUE.iter().map(|known| known.pattern)));

static HOST: LazyLock<Regex> = LazyLock::new(|| {
    ascii::regex(r"(?i)\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|cloud|gov|edu|de|us|uk|fr|cn|jp|internal|local|localdomain|example|sh|co|ai|app|rs|ms|im)\b|\blocalhost\b")
        .expect("a valid pattern")
});

/// The first entry of the catalogue that a line matches.
pub fn find(line: &str) -> Option<&'static Known> {
    SET.matches(line.as_bytes())
        .next()
        .and_then(|index| CATALOGUE.get(index))
}

/// The place of an entry in the catalogue: a lower one is more specific.
pub fn rank(known: &Known) -> usize {
    CATALOGUE
        .iter()
        .position(|other| other.name == known.name)
        .unwrap_or(CATALOGUE.len())
}

/// Whether a code is the name of an entry of the catalogue.
pub fn is_infrastructure(code: &str) -> bool {
    CATALOGUE.iter().any(|known| known.name == code)
}

/// The host a line names, for signatures bound to a peer.
pub fn host(line: &str) -> Option<String> {
    HOST.find(line).map(|found| found.as_str().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_matches_its_fixture_and_not_the_near_miss() {
        for known in CATALOGUE {
            let (hit, miss) = known.fixtures;
            assert_eq!(find(hit).map(|found| found.name), Some(known.name), "{hit:?}");
            assert_eq!(find(miss).map(|found| found.name), None, "{miss:?}");
        }
    }

    #[test]
    fn hosts_are_found() {
        assert_eq!(
            host("getaddrinfo ENOTFOUND registry.npmjs.org").as_deref(),
            Some("registry.npmjs.org")
        );
        assert_eq!(host("connect ECONNREFUSED 127.0.0.1:5432"), None);
        assert_eq!(host("at Foo.java"), None);
    }
}
