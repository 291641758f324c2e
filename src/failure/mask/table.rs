//! The masks, in the order they are applied.

use super::path::looks_generated;
use super::{Mask, Replacement, reduce_path};

/// Every mask, in order: each sees what the ones before it left.
pub const MASKS: &[Mask] = &[
    Mask {
        name: "terminal colours",
        pattern: r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\[(?:[0-9]{1,3};)*[0-9]{1,3}m|\[[0-2]?K|^\s*\[m",
        replacement: Replacement::Text(""),
        masked: ("\u{1b}[1;31merror\u{1b}[0m: \u{1b}[Kstop", "error: stop"),
        kept: "values[m] mismatch",
    },
    Mask {
        name: "typographic quotes",
        pattern: "[‘’`´]",
        replacement: Replacement::Text("'"),
        masked: ("‘foo’ was not declared", "'foo' was not declared"),
        kept: "'foo' was not declared",
    },
    Mask {
        name: "user, port and query of a URL",
        pattern: r#"\b([a-z][a-z0-9+.-]{1,9}://)(?:[^\s/@"']+@)?([^\s/:?#"'<>()]+)(?::\d+)?([^\s?#"'<>()\]]*)(?:[?#][^\s"'<>()\]]*)?"#,
        replacement: Replacement::Text("$1$2$3"),
        masked: (
            "GET https://u:p@cdn.example.org:8443/a/x.tgz?sig=Zm9v#top",
            "GET https://cdn.example.org/a/x.tgz",
        ),
        kept: "GET https://cdn.example.org/a/x.tgz",
    },
    Mask {
        name: "uuid",
        pattern: r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        replacement: Replacement::Text("<n>"),
        masked: ("lease abcdefab-cafe-beef-dead-abcdefabcdef lost", "lease <n> lost"),
        kept: "lease face-cafe-beef lost",
    },
    Mask {
        name: "date and time, year first",
        pattern: r"\b\d{4}([-/.])(?:0[1-9]|1[0-2])[-/.](?:0[1-9]|[12]\d|3[01])(?:(?:T|_|,? )\d{2}[:.-]?\d{2}(?:[:.-]?\d{2})?(?:[.,]\d+)?(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})\b)?Z?)?",
        replacement: Replacement::Text("<time>"),
        masked: (
            "2026-11-21T11:24:40.123Z expired on 2026/12/01",
            "<time> expired on <time>",
        ),
        kept: "expired on Monday",
    },
    Mask {
        name: "date, day or month first",
        pattern: r"\b\d{1,2}([ ./-])\d{1,2}[ ./-](?:19|20)\d{2}\b",
        replacement: Replacement::Text("<time>"),
        masked: ("31.07.2026 ERROR [reporter]", "<time> ERROR [reporter]"),
        kept: "ERROR [reporter]",
    },
    Mask {
        name: "date with the name of the month",
        pattern: r"\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? +)?(?:\d{1,2}[ -])?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*[ -]+\d{1,4}\b(?:,? +\d{4}\b)?",
        replacement: Replacement::Text("<time>"),
        masked: ("completed Fri, Aug 2, 2019", "completed <time>"),
        kept: "Mark completed, May follows",
    },
    Mask {
        name: "time of day",
        pattern: r"\b(?:\d{1,2}:)?\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?(?: ?[AP]M\b)?(?: ?(?:UTC|GMT|CES?T|[EP][SD]T)\b)?",
        replacement: Replacement::Text("<time>"),
        masked: ("[12:45:05] t9502 7:27:52 AM", "[<time>] t9502 <time>"),
        kept: "std::fmt::Display t9502",
    },
    Mask {
        name: "duration",
        pattern: r"(?i)\b\d{1,3}d(?:\d{1,2}h(?:\d{1,2}m)?(?:\d{1,2}(?:\.\d+)?s)?|\d{1,2}m?s?)\b|\b(?:\d+[hm])+\d+(?:\.\d+)?m?s?\b|\b\d+(?:[.,]\d+)*\s?(?:ns|µs|us|ms|msecs?|millis|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)\b(?:[ ,]*(?:and )?\d+(?:\.\d+)?\s?(?:ms|s|secs?|seconds?|m|mins?|minutes?)\b)*",
        replacement: Replacement::Text("<time>"),
        masked: (
            "timed out after 1m 30s (2.62 seconds)",
            "timed out after <time> (<time>)",
        ),
        kept: "timed out after a minute",
    },
    Mask {
        name: "times that follow each other",
        pattern: r"<time>(?:[ ,]+<time>)+",
        replacement: Replacement::Text("<time>"),
        masked: ("03 08 2019 14:13:39.543:ERROR", "<time>:ERROR"),
        kept: "<time>:ERROR",
    },
    Mask {
        name: "path on Windows",
        pattern: r#"(?P<part>\b(?:[A-Z]:[\\/]|[a-z]:\\)(?:[\\/]?[^\\/:*?"<>|\r\n\t';,()\[\]]+[\\/])*[\\/]?[^\\/:*?"<>|\s';,()\[\]]+)"#,
        replacement: Replacement::By(reduce_path),
        masked: (r"at C:\workspace\ship-windows\src\lib.rs", "at src/lib.rs"),
        kept: "at src/lib.rs",
    },
    Mask {
        name: "relative path with backslashes",
        pattern: r"(?P<part>(?:[\w.@+-]+\\)+[\w@+-]+\.[A-Za-z]\w{0,7}\b)",
        replacement: Replacement::By(reduce_path),
        masked: (
            r"creating library ..\..\out\Release\host.lib",
            "creating library Release/host.lib",
        ),
        kept: r"class Symfony\Component\VarDumper",
    },
    Mask {
        name: "absolute path",
        pattern: r#"(?:^|[\s"'=(),:<\[\]|;@])(?P<part>(?:file://)?(?:/[\w.@+~$%{}-]+){2,})"#,
        replacement: Replacement::By(reduce_path),
        masked: (
            "in /home/runner/work/ship/ship/src/lib.rs and /tmp/tmp.7muyWDlizz",
            "in src/lib.rs and <tmp>",
        ),
        kept: "and/or https://example.org/a/b/c",
    },
    Mask {
        name: "relative path",
        pattern: r"(?P<keep>\b[a-z][a-z0-9+.-]*://\S+)|(?P<part>(?:[\w.@+-]+/){2,}[\w.@+-]+)",
        replacement: Replacement::By(reduce_path),
        masked: ("in crates/core/src/lib.rs", "in src/lib.rs"),
        kept: "in src/lib.rs",
    },
    Mask {
        name: "line and column after a file, port after a host",
        pattern: r"([A-Za-z0-9_>-]\.[A-Za-z]\w{0,9}|\blocalhost|\b[Mm]akefile|\bDockerfile)(?::\[?\d+(?:[,:]\d+)?\]?(?:-\d+(?::\d+)?)?|\(\d+(?:, ?\d+)*\))",
        replacement: Replacement::Text("$1"),
        masked: (
            "peer_test.go:235: main.ts(3,14): db.internal:5432: Loader.java:[12,27]",
            "peer_test.go: main.ts: db.internal: Loader.java",
        ),
        kept: "peer_test.go: a.b(c)",
    },
    Mask {
        name: "Internet address",
        pattern: r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b|\[?(?i)\b(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\b\]?(?::\d{1,5}\b)?|\[::1?\]:\d{1,5}\b",
        replacement: Replacement::Text("<ip>"),
        masked: (
            "connect 10.0.0.7:42613 then [fe80:0:0:0:1:2:3:4]:80 then [::1]:443",
            "connect <ip> then <ip> then <ip>",
        ),
        kept: "connect ::before then std::io",
    },
    Mask {
        name: "host name made from an address",
        pattern: r"(?i)\b(?:[a-z]+-)?(?:\d{1,3}-){3}\d{1,3}(?:[-.][a-z0-9]+)*(?:/<ip>)?|<ip>(?:/<ip>)+|\b(?:[a-z0-9]+\.)*ip\d\.[a-z.-]+(?:/<ip>)?",
        replacement: Replacement::Text("<ip>"),
        masked: ("from ip-10-1-2-3.internal/10.1.2.3:38472", "from <ip>"),
        kept: "from db-primary.internal",
    },
    Mask {
        name: "target triple",
        pattern: r"\b(?:x86_64|x86|i[3-6]86|amd64|aarch64|arm64|armv\d\w*|powerpc64\w*|riscv64\w*|s390x|wasm32)-[a-z0-9_]+(?:-[a-z0-9_]+){0,2}\b|\b(?:linux|darwin|macos|win32|windows|freebsd)-(?:x64|x86|x86_64|amd64|arm64|aarch64|ia32|arm)\b",
        replacement: Replacement::Text("<target>"),
        masked: (
            "no prebuilt for x86_64-unknown-linux-gnu or darwin-arm64",
            "no prebuilt for <target> or <target>",
        ),
        kept: "no prebuilt for linux",
    },
    Mask {
        name: "version of a toolchain or system",
        pattern: r"(?i)\b(python|cpython|pypy|ruby|php|node|java|jdk|openjdk|gcc|g\+\+|clang|llvm|perl|lua|xcode|ubuntu|debian|macos|osx|windows|win|rhel|centos|alpine|fedora|chrome|firefox|safari|postgres|mysql|vs|cuda)([-_/ ]?)v?\d+(?:\.\d+)*\b",
        replacement: Replacement::Text("$1"),
        masked: ("python3.12 on Ubuntu 24.04 with gcc-13", "python on Ubuntu with gcc"),
        kept: "python on Ubuntu with gcc",
    },
    Mask {
        name: "mangled hash of a Rust symbol",
        pattern: r"::h[0-9a-f]{16}\b",
        replacement: Replacement::Text(""),
        masked: ("core::panicking::panic::h0123456789abcdef", "core::panicking::panic"),
        kept: "core::hash::BuildHasher",
    },
    Mask {
        name: "address in memory, number in hexadecimal",
        pattern: r"(?i)(?P<keep>\b(?:code|status|exception|hresult|error|result|with)[:= (]*0x(?:c000|8007|8013|e043)[0-9a-f]{4}\b)|\b0x[0-9a-f]+\b",
        replacement: Replacement::Text("<n>"),
        masked: ("read of 0xdeadbeef at 0x7ffe", "read of <n> at <n>"),
        kept: "Exception Code: 0xC0000005",
    },
    Mask {
        name: "generated number in a Java, Kotlin or Scala name",
        pattern: r"(\$[A-Za-z_]*)[0-9a-f]*\d[0-9a-f]*\b(?:/<n>)?|(@)[0-9a-f]{5,8}\b",
        replacement: Replacement::Text("$1$2<n>"),
        masked: (
            "$Proxy97.run of $$anonfun$1 on java.lang.Object@1b2c3d4",
            "$Proxy<n>.run of $$anonfun$<n> on java.lang.Object@<n>",
        ),
        kept: "$HOME.run of user@example",
    },
    Mask {
        name: "generated suffix of a pod",
        pattern: r"\b([a-z][a-z0-9-]*)-[bcdfghjklmnpqrstvwxz2456789]{7,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b",
        replacement: Replacement::Text("$1-<n>"),
        masked: ("pod web-7d9f8b6c5-x2v4q is not ready", "pod web-<n> is not ready"),
        kept: "pod web-frontend-proxy is not ready",
    },
    Mask {
        name: "commit id, digest, container id",
        pattern: r"(?:\bsha(?:1|256|512)[:-])?(?:\b|_)(?P<part>(?i:[0-9a-f]{7,128}))(?:\b|_)",
        replacement: Replacement::By(hexadecimal),
        masked: (
            "could not apply 4f844f4380a... of 31b8c996c762b151bedbd7f0e5ad12c2ababf3cd",
            "could not apply <n>... of <n>",
        ),
        kept: "could not apply a facade, effaced",
    },
    Mask {
        name: "name made by a temporary file function",
        pattern: r"\b(tmp|temp|pip-(?:[a-z]+-)+|go-build|npm-|yarn--|docker-|buildkit-|pytest-|rustc|cc|MSBuildTemp)([._-]?)(?P<part>[A-Za-z0-9_]{6,})",
        replacement: Replacement::By(generated),
        masked: (
            "cannot stat tmpab12cd and pip-install-x81j2k9q",
            "cannot stat tmp<n> and pip-install-<n>",
        ),
        kept: "cannot stat tmpfiles and pip-install-requires",
    },
    Mask {
        name: "random id in quotes",
        pattern: r#"["'](?P<part>[A-Za-z0-9_+/=-]{12,})["']"#,
        replacement: Replacement::By(random_id),
        masked: ("no such upload 'aZ81kQw93LmPx0Bt'", "no such upload '<n>'"),
        kept: "no such upload 'test_readme_2_columns'",
    },
    Mask {
        name: "seed",
        pattern: r"(?i)\b((?:random[ _-]?)?seed(?:ed)?(?: with)?[ :=]+)['\x22]?[a-z0-9]*\d[a-z0-9]*['\x22]?",
        replacement: Replacement::Text("$1<n>"),
        masked: ("Randomized with seed a81k2", "Randomized with seed <n>"),
        kept: "Randomized with seed from the clock",
    },
    Mask {
        name: "version",
        pattern: r"(?P<keep>\b[Hh][Tt][Tt][Pp]/\d(?:\.\d)? [1-5]\d\d\b)|\bv?\d+(?:\.\d+)+(?:[-+._]?(?:alpha|beta|rc|pre|dev|snapshot|SNAPSHOT|final|Final|RELEASE|ga|post|[mMpabcr])[-.]?\d*\b)*(?:\+[\w.]+)?",
        replacement: Replacement::Text("<n>"),
        masked: ("libfoo-1.2.3-rc1.tar.gz, v26.0.0-pre", "libfoo-<n>.tar.gz, <n>"),
        kept: "libfoo-rc.tar.gz, HTTP/1.1 503",
    },
    Mask {
        name: "number of a parallel worker",
        pattern: r"\[gw\d+\] ?|(?i)\b(worker|thread|runner|executor|shard|agent)[_-]?\d+\b",
        replacement: Replacement::Text("$1"),
        masked: ("[gw3] worker12 crashed", "worker crashed"),
        kept: "worker crashed",
    },
    Mask {
        name: "count, process number, any other number",
        pattern: concat!(
            r"(?P<keep>(?i:\b(?:exit(?:ed|s)?(?: with)?(?: (?:code|status|value))?|exitcode|status(?:[ _]code)?|http(?:/\d(?:\.\d)?)?|signal|errno|os error|(?:error|response|return|returncode|curl) ?(?:code)?|returned (?:an? )?(?:error|exit code|status)?|code)[:=]*[ (]*(?:code[:= ]+)?-?\d+\b)",
            r"|\b[45]\d\d (?:Bad|Unauthorized|Forbidden|Not|Method|Request|Conflict|Gone|Too|Internal|Service|Gateway|Client|Server|Proxy|Unprocessable)\b",
            r"|\b[A-Z]{2,}-\d+\b)",
            r"|\b\d+(?:[.,_]\d+)*(?:[kKMG]i?B|[eE][-+]?\d+)?(?:pt|px|em|x|k|K|M|G|Mi|Gi|th|st|nd|rd)?\b",
        ),
        replacement: Replacement::Text("<n>"),
        masked: ("Ran 1,204 tests by pid 4711", "Ran <n> test by pid <n>"),
        kept: "exit code 137, CVE-2021, utf8, x86_64, 503 Service Unavailable",
    },
    Mask {
        name: "unit of a size, percentage",
        pattern: r"<n>(?: ?(?:[KMGTkmgt]i?[Bb]|bytes?|B)\b| ?%)",
        replacement: Replacement::Text("<n>"),
        masked: ("87% of 12.5 MB or 4096 bytes", "<n> of <n> or <n>"),
        kept: "<n> of <n> or all",
    },
    Mask {
        name: "sign of a number",
        pattern: r#"(^|[\s(=:,\["'<])[-+]<n>"#,
        replacement: Replacement::Text("$1<n>"),
        masked: ("offset -3 of (+4)", "offset <n> of (<n>)"),
        kept: "offset a-<n> of (b)",
    },
    Mask {
        name: "list of numbers",
        pattern: r"<n>(?:(?:, ?|; ?| x )<n>)+",
        replacement: Replacement::Text("<n>"),
        masked: ("shape [3, 224, 224]", "shape [<n>]"),
        kept: "shape [<n>]",
    },
    Mask {
        name: "plural after a number",
        pattern: r"<n> ([A-Za-z]{2,}[a-rt-z])s\b",
        replacement: Replacement::Text("<n> $1"),
        masked: ("aborting due to 2 errors", "aborting due to <n> error"),
        kept: "aborting due to errors",
    },
];

/// A run of hexadecimal digits: an id when it has digits and letters, or when it is too long for a word.
fn hexadecimal(part: &str) -> String {
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    let id = digits < part.len() && (digits > 0 || part.len() >= 16);
    if id { "<n>".to_owned() } else { part.to_owned() }
}

fn generated(part: &str) -> String {
    let id = part.bytes().any(|byte| byte.is_ascii_digit()) || part.len() >= 8 && looks_generated(part);
    if id { "<n>".to_owned() } else { part.to_owned() }
}

/// Random text has digits and letters mixed: a person's identifier changes between them at most a few times.
fn random_id(part: &str) -> String {
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => 1,
        b'A'..=b'Z' => 2,
        b'a'..=b'z' => 3,
        _ => 4,
    };
    let bytes = part.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    let changes = bytes
        .windows(2)
        .filter(|pair| kind(pair[0]) != kind(pair[1]) && kind(pair[0]) != 4 && kind(pair[1]) != 4)
        .count();
    if digits > 0 && changes >= 4 && changes * 5 >= bytes.len() {
        "<n>".to_owned()
    } else {
        part.to_owned()
    }
}
