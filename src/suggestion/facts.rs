//! What the decisive lines of a log name, so that an action can name it too: the package, the permission, the host, the
//! path, the missing name. One regular expression a fact; the first line that has it decides.

use std::sync::LazyLock;

use regex::Regex;

use crate::failure::Failure;

/// Longest fact that is repeated, in characters.
const LONGEST: usize = 100;

/// A kind of fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    /// A package, module or crate that cannot be had.
    Package,
    /// A permission or scope that is missing.
    Permission,
    /// A host that cannot be reached.
    Host,
    /// A file or directory.
    Path,
    /// A variable, function or attribute that is not there.
    Name,
    /// A setting, input or variable of the environment.
    Setting,
}

const PACKAGE: &str = r#"(?x)
    no\ matching\ version\ found\ for\ ([^\s'"`]+)
  | '([^'\s]+)'\ is\ not\ in\ (?:this|the\ npm)\ registry
  | no\ matching\ distribution\ found\ for\ ([^\s'"`]+)
  | no\ matching\ package\ (?:named\ )?[`']([^`'\s]+)
  | no\ module\ named\ '?([\w.]+)
  | cannot\ find\ (?:module|package)\ ['"]([^'"\s]+)
  | unable\ to\ locate\ package\ ([\w.+-]+)
  | no\ required\ module\ provides\ package\ ([\w./@-]+)
  | could\ not\ find\ (?:gem|artifact)\ '?([\w.:@/-]+)
  | unresolved\ import\ `([^`\s]+)`
  | could\ not\ resolve\ dependenc\w+[^:\n]*:\ ([\w.@/-]+)
  | while\ resolving:\ ([\w.@/-]+)
"#;

const PERMISSION: &str = r#"(?x)
    \bpermissions?:\ ?`?([a-z][a-z-]*:\ ?(?:read|write))
  | not\ authorized\ to\ perform:?\ ([\w:*]+)
  | (?:requires|missing|lacks|needs)\ (?:the\ )?[`'"]?([a-z][\w:.-]*[:.][\w:.-]+)[`'"]?\ (?:permission|scope|role)
  | permission\ '?([\w.]+\.[\w.]+)'?\ (?:denied|required)
  | denied\ to\ ([\w\[\]-]+)
"#;

const HOST: &str = r#"(?x)
    \bhttps?://(?:[^@/\s'"`]*@)?([\w.-]+(?::\d+)?)
  | could\ not\ resolve\ host(?:name)?:?\ '?([\w.-]+)
  | getaddrinfo\ \w+\ ([\w.-]+)
  | failed\ to\ connect\ to\ ([\w.-]+)
  | \bhost='?([\w.-]+)
  | connect\ (?:E?CONN\w+|ETIMEDOUT)\ ([\w.:-]+)
  | lookup\ ([\w.-]+\.[a-z]{2,})
"#;

const PATH: &str = r#"(?x)
    (?:no\ such\ file\ or\ directory|enoent)[^'"`\n]*['"`]([^'"`\n]+)['"`]
  | (?:cannot|can't|could\ not|failed\ to)\ (?:open|access|stat|find|read|load)\ (?:file\ |the\ file\ )?['"`]?([\w./\\@~-]*[./\\][\w./\\@~-]+)
  | ([\w./\\@~-]+):\ no\ such\ file\ or\ directory
  | permission\ denied:\ ['"]?([\w./\\@~-]+)
"#;

const NAME: &str = r"(?x)
    cannot\ find\ (?:value|function|type|name|macro|trait|struct|method)\ [`']([^`']+)
  | name\ '([^']+)'\ is\ not\ defined
  | ([\w.$]+)\ is\ not\ (?:a\ function|defined)
  | undefined:\ ([\w.]+)
  | undefined\ (?:reference\ to|method|local\ variable\ or\ method|function)\ [`']?([^`'\s]+)
  | has\ no\ attribute\ '([^']+)
  | undeclared\ identifier\ '?([\w]+)
";

const SETTING: &str = r#"(?x)
    ([A-Za-z_]\w*):\ unbound\ variable
  | required\ and\ not\ supplied:\ ([\w.-]+)
  | (?:unknown|unrecognized|unrecognised|invalid|unexpected)\ (?:key|option|field|property|argument|input|setting)s?:?\ [`'"]?([\w./-]+)
  | environment\ variable\ [`'"]?([A-Z_][A-Z0-9_]*)
  | missing\ script:\ "?([\w:.-]+)
"#;

impl Fact {
    fn pattern(self) -> Option<&'static Regex> {
        fn compiled(source: &str) -> Option<Regex> {
            // A test looks for one fact of each kind, so that a pattern that does not compile is seen.
            Regex::new(&format!("(?i){source}")).ok()
        }
        static PATTERNS: LazyLock<[Option<Regex>; 6]> =
            LazyLock::new(|| [PACKAGE, PERMISSION, HOST, PATH, NAME, SETTING].map(compiled));
        let at = match self {
            Self::Package => 0,
            Self::Permission => 1,
            Self::Host => 2,
            Self::Path => 3,
            Self::Name => 4,
            Self::Setting => 5,
        };
        PATTERNS.get(at)?.as_ref()
    }

    /// What the decisive lines of a failure, or its title, say of this kind.
    pub(super) fn of(self, failure: &Failure) -> Option<String> {
        let pattern = self.pattern()?;
        let decisive = failure
            .excerpt
            .iter()
            .filter(|line| failure.decisive_lines.contains(&line.line))
            .map(|line| line.text.as_str());
        let rest = failure.excerpt.iter().map(|line| line.text.as_str());
        decisive
            .chain([failure.title.as_str()])
            .chain(rest)
            .find_map(|line| first(pattern, line))
    }
}

fn first(pattern: &Regex, line: &str) -> Option<String> {
    let found = pattern.captures(line)?;
    let text = found.iter().skip(1).flatten().next()?.as_str();
    let text = text.trim_end_matches(['.', ',', ':', ';']).trim();
    let plain = !text.is_empty() && text.chars().count() <= LONGEST && !text.contains(['`', '\n', '<']);
    plain.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::{Category, Class, ExcerptLine, Signature};
    use crate::ids::Fingerprint;

    fn check(fact: Fact, line: &str, expect: Option<&str>) {
        let failure = Failure {
            fingerprint: Fingerprint::from_digest(&[1; 16]),
            category: Category::Unknown,
            class: Class::Unknown,
            title: "it broke".to_owned(),
            tool: None,
            step: None,
            tests: Vec::new(),
            locations: Vec::new(),
            exit_code: None,
            excerpt: vec![ExcerptLine {
                line: 3,
                text: line.to_owned(),
            }],
            decisive_lines: vec![3],
            confidence: 0.9,
            signature: Signature::default(),
        };
        assert_eq!(fact.of(&failure).as_deref(), expect, "{line}");
    }

    #[test]
    fn facts_are_read_from_the_words_of_the_tools() {
        check(
            Fact::Package,
            "npm error notarget No matching version found for left-pad@99.0.0.",
            Some("left-pad@99.0.0"),
        );
        check(
            Fact::Package,
            "ModuleNotFoundError: No module named 'yaml'",
            Some("yaml"),
        );
        check(
            Fact::Package,
            "ERROR: No matching distribution found for numpy==9.9",
            Some("numpy==9.9"),
        );
        check(
            Fact::Package,
            "E: Unable to locate package libfoo-dev",
            Some("libfoo-dev"),
        );
        check(
            Fact::Permission,
            "remote: Permission to o/r.git denied to github-actions[bot].",
            Some("github-actions[bot]"),
        );
        check(
            Fact::Permission,
            "User: x is not authorized to perform: s3:PutObject on resource",
            Some("s3:PutObject"),
        );
        check(
            Fact::Host,
            "curl: (6) Could not resolve host: files.example.org",
            Some("files.example.org"),
        );
        check(
            Fact::Host,
            "request to https://user:x@registry.example.org/left-pad failed",
            Some("registry.example.org"),
        );
        check(
            Fact::Path,
            "Error: ENOENT: no such file or directory, open 'dist/index.html'",
            Some("dist/index.html"),
        );
        check(
            Fact::Path,
            "cat: build/out.txt: No such file or directory",
            Some("build/out.txt"),
        );
        check(
            Fact::Name,
            "error[E0425]: cannot find function `frobnicate` in this scope",
            Some("frobnicate"),
        );
        check(Fact::Name, "NameError: name 'colour' is not defined", Some("colour"));
        check(
            Fact::Setting,
            "deploy.sh: line 3: DEPLOY_KEY: unbound variable",
            Some("DEPLOY_KEY"),
        );
        check(
            Fact::Setting,
            "Error: Input required and not supplied: token",
            Some("token"),
        );
    }

    #[test]
    fn what_is_not_plain_is_not_repeated() {
        check(Fact::Package, "Could not find artifact 'a<b", Some("a"));
        check(Fact::Package, &format!("No module named '{}'", "x".repeat(500)), None);
        check(Fact::Host, "all is well", None);
    }
}
