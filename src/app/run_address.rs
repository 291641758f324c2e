//! The address of a run as a person copies it from a browser, and what follows from it: server, API, repository.

use std::fmt;
use std::str::FromStr;

use crate::ids::{JobId, RepoSlug, RunId};

/// `https://github.com/octo/ship/actions/runs/7/attempts/2`, or the page of one of its jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunAddress {
    /// Where the repository is.
    pub server: Server,
    /// The repository.
    pub repository: RepoSlug,
    /// The run.
    pub run: RunId,
    /// Its attempt; the newest when absent.
    pub attempt: Option<u32>,
    /// One job of it; all when absent.
    pub job: Option<JobId>,
}

/// A GitHub: `scheme://host[:port]`, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server(String);

/// A text that is no address of a run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the address of a run; expected https://github.com/OWNER/REPO/actions/runs/ID")]
pub struct NotARun(String);

impl Server {
    /// The server of an address, and what follows its host.
    fn split(address: &str) -> Option<(Self, &str)> {
        let (scheme, rest) = address.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let is_host = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | ':' | '[' | ']');
        let fine = matches!(scheme.as_str(), "https" | "http") && !host.is_empty() && host.chars().all(is_host);
        let host = host.to_ascii_lowercase();
        let host = if host == "www.github.com" {
            "github.com".to_owned()
        } else {
            host
        };
        fine.then(|| (Self(format!("{scheme}://{host}")), path))
    }

    /// `https://github.com`.
    pub fn github() -> Self {
        Self("https://github.com".to_owned())
    }

    /// The server of an address such as `GITHUB_SERVER_URL`.
    pub fn of(address: &str) -> Option<Self> {
        Self::split(address.trim()).map(|(server, _)| server)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        rest.split_once(':').map_or(rest, |(host, _)| host)
    }

    /// GitHub's own, or on this machine: where a token without a host of its own may go.
    pub fn is_usual(&self) -> bool {
        let host = self.host();
        let here = host == "localhost"
            || host
                .parse::<std::net::Ipv4Addr>()
                .is_ok_and(|address| address.is_loopback());
        here || (self.0.starts_with("https:") && (host == "github.com" || host.ends_with(".ghe.com")))
    }

    /// Where its REST API is: GitHub's own, a tenant's on `ghe.com`, or an Enterprise Server's.
    pub fn api(&self) -> String {
        let host = self.host();
        if host == "github.com" {
            "https://api.github.com".to_owned()
        } else if host.ends_with(".ghe.com") {
            format!("https://api.{host}")
        } else {
            format!("{}/api/v3", self.0)
        }
    }
}

impl FromStr for RunAddress {
    type Err = NotARun;

    fn from_str(text: &str) -> Result<Self, NotARun> {
        let text = text.trim();
        parse(text).ok_or_else(|| NotARun(text.chars().take(120).collect()))
    }
}

fn parse(text: &str) -> Option<RunAddress> {
    let bare = text.split(['?', '#']).next()?;
    let (server, path) = Server::split(bare)?;
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let [owner, name, "actions", "runs", rest @ ..] = parts.as_slice() else {
        return None;
    };
    let (run, rest) = rest.split_first()?;
    let (attempt, rest) = match rest {
        ["attempts", attempt, rest @ ..] => (Some(attempt.parse().ok().filter(|attempt| *attempt > 0)?), rest),
        rest => (None, rest),
    };
    let job = match rest {
        ["job" | "jobs", job, ..] => Some(job.parse().ok()?),
        _ => None,
    };
    Some(RunAddress {
        server,
        repository: format!("{owner}/{name}").parse().ok()?,
        run: run.parse().ok()?,
        attempt,
        job,
    })
}

/// Server and repository of a git remote: `https://host/o/r.git`, `git@host:o/r.git`, `ssh://git@host/o/r`.
pub fn of_remote(address: &str) -> Option<(Server, RepoSlug)> {
    let address = address.trim();
    let (server, path) = match address.split_once("://") {
        Some(("http" | "https", rest)) => {
            let scheme = address.split_once("://").map_or("https", |(scheme, _)| scheme);
            // Credentials inside an address are none of our business.
            let rest = match rest.split_once('/') {
                Some((host, path)) => format!("{}/{path}", host.rsplit('@').next().unwrap_or(host)),
                None => return None,
            };
            let whole = format!("{scheme}://{rest}");
            let (server, path) = Server::split(&whole)?;
            (server, path.to_owned())
        }
        Some(("ssh" | "git" | "git+ssh", rest)) => {
            let (host, path) = rest.split_once('/')?;
            let host = host.rsplit('@').next().unwrap_or(host);
            let host = host.split(':').next().unwrap_or(host);
            (Server::of(&format!("https://{}", ssh_host(host)))?, path.to_owned())
        }
        Some(_) => return None,
        None => {
            let (host, path) = address.split_once(':')?;
            let host = host.rsplit('@').next().unwrap_or(host);
            (Server::of(&format!("https://{}", ssh_host(host)))?, path.to_owned())
        }
    };
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    Some((server, path.parse().ok()?))
}

/// GitHub answers SSH on port 443 under a name of its own.
fn ssh_host(host: &str) -> &str {
    if host == "ssh.github.com" { "github.com" } else { host }
}

impl fmt::Display for RunAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}/{}/actions/runs/{}",
            self.server.0, self.repository, self.run
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, api: &str, expect: (u64, Option<u32>, Option<u64>)) {
        let address: RunAddress = text.parse().unwrap();
        assert_eq!(address.repository.as_str(), "octo/ship", "{text}");
        let job = address.job.map(JobId::get);
        assert_eq!((address.run.get(), address.attempt, job), expect, "{text}");
        assert_eq!(address.server.api(), api, "{text}");
    }

    #[test]
    fn addresses_of_runs_attempts_and_jobs_are_understood() {
        let github = "https://api.github.com";
        check("https://github.com/octo/ship/actions/runs/7", github, (7, None, None));
        check(
            "https://www.github.com/octo/ship/actions/runs/7/",
            github,
            (7, None, None),
        );
        check(
            "https://github.com/octo/ship/actions/runs/7/attempts/2#summary-3",
            github,
            (7, Some(2), None),
        );
        check(
            "https://github.com/octo/ship/actions/runs/7/job/31?pr=12#step:4:56",
            github,
            (7, None, Some(31)),
        );
        check(
            "https://ghe.example:8443/octo/ship/actions/runs/7",
            "https://ghe.example:8443/api/v3",
            (7, None, None),
        );
        check(
            "https://acme.ghe.com/octo/ship/actions/runs/7",
            "https://api.acme.ghe.com",
            (7, None, None),
        );
    }

    #[test]
    fn other_addresses_are_refused() {
        for text in [
            "",
            "7",
            "https://github.com/octo/ship/pull/7",
            "https://github.com/octo/ship/actions/runs/x",
            "https://github.com/octo/ship/actions/runs/7/attempts/0",
            "ftp://github.com/octo/ship/actions/runs/7",
            "https://user:pw@github.com/octo/ship/actions/runs/7",
            "https://github.com/octo/../actions/runs/7",
        ] {
            assert!(text.parse::<RunAddress>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_the_usual_servers_are_given_a_token_without_a_host() {
        let usual = |address: &str| Server::of(address).unwrap().is_usual();
        assert!(usual("https://github.com") && usual("https://acme.ghe.com") && usual("http://127.0.0.1:8080"));
        assert!(
            !usual("https://evil.example") && !usual("https://github.com.evil.example") && !usual("http://github.com")
        );
        assert!(!usual("https://127.evil.example"));
    }

    #[test]
    fn remotes_of_all_kinds_name_the_repository() {
        for (address, server) in [
            ("https://github.com/octo/ship.git", "https://github.com"),
            ("https://x:y@github.com/octo/ship", "https://github.com"),
            ("git@github.com:octo/ship.git", "https://github.com"),
            ("ssh://git@ssh.github.com:443/octo/ship.git", "https://github.com"),
            ("ssh://git@ghe.example/octo/ship", "https://ghe.example"),
            ("http://127.0.0.1:99/octo/ship.git", "http://127.0.0.1:99"),
        ] {
            let (found, repository) = of_remote(address).unwrap();
            assert_eq!(
                (found.as_str(), repository.as_str()),
                (server, "octo/ship"),
                "{address}"
            );
        }
        for address in ["/srv/git/ship.git", "file:///srv/ship", "../ship", "octo/ship"] {
            assert!(of_remote(address).is_none(), "{address}");
        }
    }
}
