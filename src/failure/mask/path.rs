//! Paths: what a runner, a home directory or a temporary folder puts before the meaningful tail is taken off.

/// Folders that hold checkouts of builds: what follows one is a folder or two named after the project or the job.
const CHECKOUT_ROOTS: &[&str] = &[
    "work",
    "build",
    "builds",
    "workspace",
    "__w",
    "a",
    "project",
    "repos",
    "checkout",
    "agent",
];

/// The tail of a path that still says which file is meant: at most its last two parts, without the runner's or the user's folders and
/// without generated folders under a temporary one. Backslashes become slashes. A random name in a temporary folder becomes `<tmp>`.
pub fn reduce_path(path: &str) -> String {
    let unix = path.replace('\\', "/");
    let unix = unix.strip_prefix("file://").unwrap_or(&unix);
    let absolute = unix.starts_with('/') || unix.as_bytes().get(1) == Some(&b':');
    let parts: Vec<&str> = unix
        .split('/')
        .filter(|part| !matches!(*part, "" | "." | ".."))
        .collect();
    if parts.is_empty() {
        return unix.to_owned();
    }
    if let Some(rest) = below_temporary(&parts, absolute) {
        return temporary(rest);
    }
    let rest = if absolute { below_root(&parts) } else { &parts[..] };
    if rest.is_empty() {
        return "<root>".to_owned();
    }
    last_two(rest).join("/")
}

fn last_two<'p, 't>(parts: &'p [&'t str]) -> &'p [&'t str] {
    &parts[parts.len().saturating_sub(2)..]
}

/// What follows a folder for temporary files, if the path goes through one.
fn below_temporary<'p, 't>(parts: &'p [&'t str], absolute: bool) -> Option<&'p [&'t str]> {
    if !absolute
        && !parts
            .first()
            .is_some_and(|first| first.starts_with('$') || first.starts_with('%'))
    {
        return None;
    }
    let at = |index: usize| parts.get(index).copied().unwrap_or_default();
    if at(0) == "var" && at(1) == "folders" || at(0) == "private" && at(2) == "folders" {
        let end = parts.iter().position(|part| *part == "T")?;
        return parts.get(end + 1..);
    }
    let index = parts.iter().take(7).rposition(|part| {
        matches!(
            part.to_ascii_lowercase().as_str(),
            "tmp" | "temp" | "_temp" | "shm" | "node-tmp" | "$tmpdir" | "$runner_temp" | "%temp%"
        )
    })?;
    parts.get(index + 1..)
}

fn temporary(rest: &[&str]) -> String {
    match rest {
        [] => "<tmp>".to_owned(),
        [name] if !name.contains('.') || looks_generated(name) => "<tmp>".to_owned(),
        [name] => format!("<tmp>/{name}"),
        [_, below @ ..] => format!("<tmp>/{}", last_two(below).join("/")),
    }
}

/// What follows the checkout or the home directory of an absolute path, or all of it.
fn below_root<'p, 't>(parts: &'p [&'t str]) -> &'p [&'t str] {
    let home = match parts {
        ["home" | "Users" | "users", _, rest @ ..] => rest,
        [drive, "Users" | "users", _, rest @ ..] if drive.ends_with(':') => rest,
        ["root" | "github" | "opt", rest @ ..] => rest,
        [drive, rest @ ..] if drive.ends_with(':') => rest,
        all => all,
    };
    let checkout = home.iter().take(4).rposition(|part| CHECKOUT_ROOTS.contains(part));
    match checkout {
        Some(index) => below_checkout(&home[index..]),
        // A project's folder in the home directory.
        None if home.len() < parts.len() && home.len() > 1 => &home[1..],
        None if home.is_empty() => parts,
        None => home,
    }
}

/// `work/<repo>/<repo>/…`, `build/<owner>/<repo>/…`, `workspace/<job>/nodes/<label>/…`: a file itself stays; of the folder alone nothing does.
fn below_checkout<'p, 't>(parts: &'p [&'t str]) -> &'p [&'t str] {
    let skip = match parts {
        ["workspace", _, "nodes", _, ..] => 4,
        ["github" | "agent" | "checkout" | "project" | "repos", ..] => 1,
        ["workspace", ..] => 2,
        _ => 3,
    };
    let file = parts.last().is_some_and(|last| last.contains('.'));
    &parts[skip.min(parts.len() - usize::from(file))..]
}

/// Whether a name was made by a program (`tmp.7muyWDlizz`, `pip-build-x3k2j1`), not by a person.
pub(super) fn looks_generated(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    let longest = name.split(['.', '-', '_']).map(str::len).max().unwrap_or(0);
    let count = |wanted: fn(&u8) -> bool| name.bytes().filter(wanted).count();
    let digits = count(u8::is_ascii_digit);
    let (upper, lower) = (count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    let vowels = name.bytes().filter(|byte| b"aeiouyAEIOUY".contains(byte)).count();
    stem.is_empty()
        || stem.eq_ignore_ascii_case("tmp")
        || (digits > 0 && longest >= 6)
        || (upper > 1 && lower > 1 && longest >= 8)
        || (longest >= 5 && vowels * 5 < upper + lower)
        || !name.contains('.') && stem.starts_with("tmp")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expect: &str) {
        assert_eq!(reduce_path(path), expect, "{path:?}");
    }

    #[test]
    fn the_same_file_has_the_same_tail_on_every_runner() {
        for root in [
            "/home/runner/work/ship/ship",
            "/Users/runner/work/ship/ship",
            r"D:\a\ship\ship",
            "/__w/ship/ship",
            "/github/workspace/ship",
            "/home/travis/build/octo/ship",
            "/builds/octo/ship",
            "/home/iojs/build/workspace/ship-test",
            "/home/iojs/build/workspace/ship-test/nodes/aix72-ppc64",
            r"C:\workspace\ship-windows",
            "/var/lib/jenkins/workspace/ship",
            "/home/alice/ship",
            "/root/ship",
            "file:///home/alice/ship",
        ] {
            check(&format!("{root}/src/lib.rs"), "src/lib.rs");
        }
    }

    #[test]
    fn files_of_the_root_folder_keep_their_name() {
        for path in [
            "/home/runner/work/ship/ship/Cargo.toml",
            "/builds/octo/ship/Cargo.toml",
            r"D:\a\ship\ship\Cargo.toml",
            "/home/bob/ship/Cargo.toml",
        ] {
            check(path, "Cargo.toml");
        }
    }

    #[test]
    fn the_checkout_itself_has_no_name() {
        for path in [
            "/home/runner/work/ship/ship",
            "/builds/octo/ship",
            r"D:\a\ship\ship",
            "/home/travis/build/octo/ship",
        ] {
            check(path, "<root>");
        }
    }

    #[test]
    fn generated_names_in_temporary_folders_go() {
        for path in [
            "/tmp/tmp.7muyWDlizz",
            "/tmp/tmpab12cd",
            "/var/folders/bb/n7t3rs157850byt_jfdcq9k80000gn/T/dkwnjrjb",
            r"C:\Users\x\AppData\Local\Temp\tmp3fdffb25",
        ] {
            check(path, "<tmp>");
        }
        check("/tmp/pip-install-x81j2k/setup.py", "<tmp>/setup.py");
        check("/tmp/go-build3412/b001/exe/main", "<tmp>/exe/main");
        check("/tmp/report.xml", "<tmp>/report.xml");
    }

    #[test]
    fn relative_paths_keep_two_parts() {
        check("src/lib.rs", "src/lib.rs");
        check("./crates/core/src/lib.rs", "src/lib.rs");
        check("lib.rs", "lib.rs");
    }
}
