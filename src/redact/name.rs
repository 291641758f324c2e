//! Names of secrets: which of the words in `DB_PASSWORD_FILE`, `apiKey` or `x-auth-token` counts.

/// The kinds that names give.
pub(super) const KINDS: &[&str] = &["password", "secret", "token", "key", "credential"];

/// Words before `key` that make it a secret.
const KEY_OF: &[&str] = &[
    "access",
    "account",
    "admin",
    "aes",
    "api",
    "app",
    "application",
    "auth",
    "client",
    "consumer",
    "crypt",
    "decrypt",
    "deploy",
    "encrypt",
    "encryption",
    "functions",
    "hmac",
    "host",
    "ingest",
    "ingestion",
    "instrumentation",
    "integration",
    "jwt",
    "licence",
    "license",
    "management",
    "master",
    "private",
    "priv",
    "project",
    "secret",
    "security",
    "service",
    "session",
    "shared",
    "sign",
    "signing",
    "ssh",
    "storage",
    "subscription",
    "symmetric",
    "webhook",
    "write",
    "x",
    "algolia",
    "aws",
    "azure",
    "datadog",
    "dd",
    "gcp",
    "google",
    "mailgun",
    "maps",
    "newrelic",
    "openai",
    "anthropic",
    "sendgrid",
    "sentry",
    "sonar",
    "stripe",
    "twilio",
    "gemini",
];

/// Last words of a name that say: this is about a secret, not the secret.
const ABOUT: &[&str] = &[
    "alg",
    "algorithm",
    "arn",
    "at",
    "bytes",
    "changed",
    "check",
    "class",
    "count",
    "created",
    "dir",
    "directory",
    "enabled",
    "endpoint",
    "env",
    "error",
    "errors",
    "exists",
    "expires",
    "expiration",
    "expiry",
    "field",
    "file",
    "filename",
    "folder",
    "format",
    "header",
    "host",
    "id",
    "ids",
    "in",
    "index",
    "invalid",
    "kind",
    "label",
    "len",
    "length",
    "limit",
    "list",
    "location",
    "manager",
    "max",
    "method",
    "min",
    "missing",
    "mode",
    "name",
    "names",
    "path",
    "paths",
    "permissions",
    "placeholder",
    "policy",
    "prefix",
    "present",
    "provider",
    "ref",
    "refs",
    "regex",
    "required",
    "reset",
    "rotation",
    "scope",
    "scopes",
    "set",
    "size",
    "spec",
    "stage",
    "status",
    "store",
    "strategy",
    "suffix",
    "tests",
    "test",
    "timeout",
    "ttl",
    "type",
    "types",
    "uri",
    "url",
    "usage",
    "used",
    "user",
    "username",
    "valid",
    "validator",
    "version",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Password,
    Secret,
    Token,
    Key,
    Credential,
}

impl Name {
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Secret => "secret",
            Self::Token => "token",
            Self::Key => "key",
            Self::Credential => "credential",
        }
    }
}

/// The words of a name: `apiKey`, `API_KEY` and `api-key` are `api` and `key`.
fn words(name: &str) -> impl DoubleEndedIterator<Item = &str> + Clone {
    name.split(['_', '-', '.'])
        .flat_map(humps)
        .filter(|word| !word.is_empty())
}

/// At most four words of a camel-case part.
fn humps(part: &str) -> impl DoubleEndedIterator<Item = &str> + Clone {
    let mut cuts = [part.len(); 6];
    cuts[0] = 0;
    let mut used = 1;
    for (at, pair) in part.as_bytes().windows(2).enumerate() {
        if pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase() && used < 5 {
            cuts[used] = at + 1;
            used += 1;
        }
    }
    (0..5).filter_map(move |index| part.get(cuts[index]..cuts[index + 1]))
}

/// What kind of secret the name names, if any.
pub(super) fn classify(name: &str) -> Option<Name> {
    let is = |word: &str, list: &[&str]| list.iter().any(|known| word.eq_ignore_ascii_case(known));
    let ends = |word: &str, end: &str| {
        word.len() >= end.len()
            && word
                .get(word.len() - end.len()..)
                .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
    };
    let last = words(name).next_back()?;
    if is(last, ABOUT) {
        return None;
    }
    let mut found = None;
    let mut previous = "";
    for word in words(name) {
        let this = if ends(word, "password")
            || ends(word, "passwd")
            || is(
                word,
                &[
                    "pass",
                    "pwd",
                    "passphrase",
                    "passcode",
                    "passwords",
                    "dbpass",
                    "userpass",
                ],
            )
            || ends(word, "pwd") && word.len() > 3
        {
            Some(Name::Password)
        } else if ends(word, "secret") || is(word, &["secrets"]) {
            Some(Name::Secret)
        } else if ends(word, "token")
            || (is(word, &["pat", "auth"]) && word == last && !previous.is_empty()
                || is(word, &["auth"]) && name.starts_with('_'))
        {
            Some(Name::Token)
        } else if is(word, &["credential", "credentials"]) {
            Some(Name::Credential)
        } else if is(word, &["key"]) && is(previous, KEY_OF)
            || [
                "apikey",
                "accesskey",
                "secretkey",
                "privatekey",
                "accountkey",
                "authkey",
                "licensekey",
                "signingkey",
            ]
            .iter()
            .any(|end| ends(word, end))
        {
            Some(Name::Key)
        } else {
            None
        };
        found = this.or(found);
        previous = word;
    }
    // The public half, in names of .NET assemblies.
    if name.eq_ignore_ascii_case("PublicKeyToken") {
        return None;
    }
    // `PWD` and `OLDPWD` are directories to a shell.
    if name.eq_ignore_ascii_case("pwd") && name != "Pwd" && name != "pwd" || name == "OLDPWD" {
        return None;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_word_by_word() {
        for (name, expect) in [
            ("DB_PASSWORD", Some(Name::Password)),
            ("spring.datasource.password", Some(Name::Password)),
            ("passwordHash", Some(Name::Password)),
            ("MYSQL_PWD", Some(Name::Password)),
            ("clientSecret", Some(Name::Secret)),
            ("x-auth-token", Some(Name::Token)),
            ("_authToken", Some(Name::Token)),
            ("GH_PAT", Some(Name::Token)),
            ("_auth", Some(Name::Token)),
            ("apiKey", Some(Name::Key)),
            ("AWS_SECRET_ACCESS_KEY", Some(Name::Key)),
            ("REGISTRY_CREDENTIALS", Some(Name::Credential)),
            ("DB_PASSWORD_FILE", None),
            ("access_key_id", None),
            ("tokenizer", None),
            ("max_tokens", None),
            ("PWD", None),
            ("OLDPWD", None),
            ("cache-key", None),
            ("public_key", None),
            ("monkey", None),
            ("PublicKeyToken", None),
            ("secretary", None),
            ("", None),
        ] {
            assert_eq!(classify(name), expect, "{name}");
        }
    }
}
