//! Where a remote is: on a server, or in a directory of this machine.

use std::path::PathBuf;

use reqwest::Url;

use super::Error;

/// A remote's parsed address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// Smart HTTP; the URL has no credentials, no query and no trailing slash.
    Http(Url),
    /// A repository on this machine.
    Local(PathBuf),
}

impl Address {
    /// Understands `https://…`, `http://…`, `file://…` and plain paths. Credentials inside an address are refused: an
    /// address is printed, a token is not.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let refuse = |reason: &str| Err(Error::Address(reason.to_owned()));
        if text.is_empty() {
            return refuse("it is empty");
        }
        let Some((scheme, _)) = text.split_once("://") else {
            let scp_like = text
                .split_once(':')
                .is_some_and(|(host, _)| host.contains('@') && !host.contains('/'));
            if scp_like {
                return refuse("ssh is not supported; use the https address");
            }
            return Ok(Self::Local(PathBuf::from(text)));
        };
        match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => {}
            "file" => {
                let path = Url::parse(text).ok().and_then(|url| url.to_file_path().ok());
                return path.map_or_else(
                    || refuse("the file address names no path"),
                    |path| Ok(Self::Local(path)),
                );
            }
            _ => return refuse("only https, http, file and plain paths are supported"),
        }
        let Ok(mut url) = Url::parse(text) else {
            return refuse("it is not a URL");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("it contains credentials; pass the token in GITHUB_TOKEN or with --token-file");
        }
        url.set_query(None);
        url.set_fragment(None);
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self::Http(url))
    }

    /// The address as it may be shown.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Http(url) => url.as_str().trim_end_matches('/').to_owned(),
            Self::Local(path) => path.display().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<&str>) {
        let shown = Address::parse(text).ok().map(|address| address.shown());
        assert_eq!(shown.as_deref(), expect, "{text}");
    }

    #[test]
    fn addresses_with_credentials_or_foreign_schemes_are_refused() {
        check("https://github.com/a/b.git", Some("https://github.com/a/b.git"));
        check("http://127.0.0.1:8080/r/?x=1#y", Some("http://127.0.0.1:8080/r"));
        check("http://127.0.0.1:8080", Some("http://127.0.0.1:8080"));
        check("file:///srv/a%20b.git", Some("/srv/a b.git"));
        check("../repo.git", Some("../repo.git"));
        for bad in [
            "",
            "https://u:p@github.com/a/b",
            "https://token@github.com/a/b",
            "ssh://git@h/x",
            "git@github.com:a/b.git",
            "git://h/x",
            "https://",
        ] {
            check(bad, None);
        }
    }
}
