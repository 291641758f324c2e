//! What the type of an error says: its author chose it to name the kind of failure, so it outranks the words of the message,
//! which quote whatever was at hand.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use crate::failure::model::Category;

/// What a type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    /// It names a category.
    Of(Category),
    /// It is an error of the program without a better name; the message may still tell of trouble outside.
    General,
}

/// Parts of type names and what they stand for, the most specific first. Compared without regard to case.
const PARTS: &[(&str, Category)] = &[
    ("outofmemory", Category::MemoryError),
    ("memoryerror", Category::MemoryError),
    ("ratelimit", Category::RateLimit),
    ("toomanyrequests", Category::RateLimit),
    ("assert", Category::AssertionFailure),
    ("comparison", Category::AssertionFailure),
    ("expectation", Category::AssertionFailure),
    ("multiplefailures", Category::AssertionFailure),
    ("conditionnotsatisfied", Category::AssertionFailure),
    ("invocations", Category::AssertionFailure),
    ("wantedbut", Category::AssertionFailure),
    ("sockettimeout", Category::NetworkError),
    ("connecttimeout", Category::NetworkError),
    ("timeout", Category::Timeout),
    ("deadlineexceeded", Category::Timeout),
    ("modulenotfound", Category::Dependency),
    ("importerror", Category::Dependency),
    ("loaderror", Category::Dependency),
    ("classnotfound", Category::Dependency),
    ("noclassdeffound", Category::Dependency),
    ("packagenotfound", Category::Dependency),
    ("packagesnotfound", Category::Dependency),
    ("unsatisfiable", Category::Dependency),
    ("resolveexception", Category::Dependency),
    ("dependencyresolution", Category::Dependency),
    ("versionconflict", Category::Dependency),
    ("filenotfound", Category::FileAccess),
    ("nosuchfile", Category::FileAccess),
    ("isadirectory", Category::FileAccess),
    ("notadirectory", Category::FileAccess),
    ("fileexists", Category::FileAccess),
    ("permission", Category::PermissionAuth),
    ("accessdenied", Category::PermissionAuth),
    ("unauthorized", Category::PermissionAuth),
    ("forbidden", Category::PermissionAuth),
    ("authentication", Category::PermissionAuth),
    ("authorization", Category::PermissionAuth),
    ("credential", Category::PermissionAuth),
    ("connectexception", Category::NetworkError),
    ("connection", Category::NetworkError),
    ("socketexception", Category::NetworkError),
    ("unknownhost", Category::NetworkError),
    ("noroutetohost", Category::NetworkError),
    ("sslerror", Category::NetworkError),
    ("sslexception", Category::NetworkError),
    ("sslhandshake", Category::NetworkError),
    ("maxretry", Category::NetworkError),
    ("httperror", Category::NetworkError),
    ("urlerror", Category::NetworkError),
    ("remotedisconnected", Category::NetworkError),
    ("brokenpipe", Category::NetworkError),
    ("networkerror", Category::NetworkError),
    ("fetcherror", Category::NetworkError),
    ("syntaxerror", Category::SyntaxError),
    ("indentationerror", Category::SyntaxError),
    ("taberror", Category::SyntaxError),
    ("parseerror", Category::SyntaxError),
    ("parsererror", Category::SyntaxError),
    ("scannererror", Category::SyntaxError),
    ("nomethod", Category::FunctionError),
    ("nosuchmethod", Category::FunctionError),
    ("nameerror", Category::FunctionError),
    ("referenceerror", Category::FunctionError),
    ("unboundlocal", Category::FunctionError),
    ("undefinedfunction", Category::FunctionError),
    ("arityerror", Category::FunctionError),
    ("badarityerror", Category::FunctionError),
    ("compileerror", Category::BuildCompile),
    ("compilationfailed", Category::BuildCompile),
    ("typeerror", Category::TypeError),
    ("classcast", Category::TypeError),
    ("invalidcast", Category::TypeError),
    ("attributeerror", Category::TypeError),
    ("nullpointer", Category::TypeError),
    ("nullreference", Category::TypeError),
    ("arraystore", Category::TypeError),
    ("improperlyconfigured", Category::Config),
    ("configuration", Category::Config),
    ("configerror", Category::Config),
    ("nosuchbean", Category::Config),
];

/// The type an error line begins with, behind the marks of tools.
fn name(text: &[u8]) -> Option<&str> {
    static TYPE: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = concat!(
            r"^(?:\[\w+\]\s+|E\s+|\S+:\d+: |(?:PHP )?Fatal error:\s+|\*\* \()*\s*",
            r"(?:(?:Caused by|Uncaught|Unhandled exception\.?|uncaught exception|Error)[: ]\s*)*",
            r#"(?:Exception in thread "[^"]*" )?(?:[\w$]+(?:\.|::|\\))*(?P<type>[A-Z]\w*(?:Error|Exception|Failure|Failed|Interrupt|Exit|NotFound|Timeout|Refused|Denied|Invocations|NotInvoked|Unsatisfiable|Configured))(?: \[\w+\])?(?:\)|:| at |\s*$)"#,
            r"|^\s*(?:\[ERROR\]\s+)?(?:[\w$.]+[.:]\S* )?» (?P<short>[A-Z]\w+)|\((?P<end>[A-Z][\w:]*(?:Error|Exception))\)$",
        );
        RegexBuilder::new(pattern)
            .unicode(false)
            .build()
            .expect("a tested pattern")
    });
    let found = TYPE.captures(text)?;
    let name = ["type", "short", "end"].iter().find_map(|group| found.name(group))?;
    std::str::from_utf8(name.as_bytes()).ok()
}

/// What the type of the error a line begins with says.
pub(super) fn of(text: &[u8]) -> Option<Type> {
    let name = name(text)?.to_ascii_lowercase();
    // What browsers and Node.js say when a server does not answer.
    if name == "typeerror" && (text.ends_with(b"fetch failed") || text.ends_with(b"Failed to fetch")) {
        return Some(Type::Of(Category::NetworkError));
    }
    let part = PARTS.iter().find(|(part, _)| name.contains(part));
    // A bare `Error` is what every tool says.
    if part.is_none()
        && matches!(
            name.as_str(),
            "error" | "exception" | "failure" | "fail" | "failed" | "exit"
        )
    {
        return None;
    }
    Some(part.map_or(Type::General, |(_, category)| Type::Of(*category)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expect: Option<Type>) {
        assert_eq!(of(line.as_bytes()), expect, "{line}");
    }

    #[test]
    fn types_of_every_language_are_read() {
        check("E       KeyError: 'timeout'", Some(Type::General));
        check("java.lang.IllegalStateException: not set", Some(Type::General));
        check(
            "Caused by: java.net.ConnectException: refused",
            Some(Type::Of(Category::NetworkError)),
        );
        check(
            "tests/a.py:3: AssertionError",
            Some(Type::Of(Category::AssertionFailure)),
        );
        check(
            "AssertionError [ERR_ASSERTION]: connection refused",
            Some(Type::Of(Category::AssertionFailure)),
        );
        check("[ERROR]   ATest.b:7 » NullPointer", Some(Type::Of(Category::TypeError)));
        check(
            "a.rb:3:in `f': nil can't be coerced (TypeError)",
            Some(Type::Of(Category::TypeError)),
        );
        check(
            "** (UndefinedFunctionError) function A.b/0 is undefined",
            Some(Type::Of(Category::FunctionError)),
        );
        check(
            "Unhandled exception. System.InvalidOperationException: no",
            Some(Type::General),
        );
    }

    #[test]
    fn other_lines_have_no_type() {
        for line in [
            "Error: boom",
            "error: expected `;`",
            "the ValueError: x",
            "ERROR: AssertionFailed",
            "a Timeout",
        ] {
            check(line, None);
        }
    }
}
