"""The broken (and four sound) toy projects behind tests/corpus: files, steps, and what a maintainer must see.

`decisive` holds parts of lines; make.py looks up the whole line in the log it made and writes it to expect.json.
"""

PYTHON = "/opt/hostedtoolcache/Python/3.11.7/x64"
PYTHON_PATH = f"{PYTHON}/bin:/usr/local/bin:/usr/bin:/bin"
VENV = f"[ -x {PYTHON}/bin/python ] || python3 -m venv {PYTHON}"
COLOR = {"FORCE_COLOR": "1"}
CASES = []


def case(name, **fields):
    CASES.append({"name": name, **fields})


def expect(tool, category, decisive, also_ok=(), tests=(), failures=1, **more):
    return {"tool": tool, "category": category, "also_ok": list(also_ok), "decisive": list(decisive), "tests": list(tests), "failures": failures, **more}


PASSING = {"tool": None, "category": None, "also_ok": [], "decisive": [], "tests": [], "exit_code": 0, "failures": 0}

# ---------------------------------------------------------------------------------------------------------------- Rust

CARGO_TOML = """[package]
name = "toy"
version = "0.3.1"
edition = "2021"

[dependencies]
"""
RUST = {"CARGO_TERM_COLOR": "always", "RUST_BACKTRACE": "1", "CARGO_HOME": "/home/runner/.cargo"}

case("cargo-type-error", job="build (stable)", env=RUST, files={
    "Cargo.toml": CARGO_TOML + 'serde = { version = "1", features = ["derive"] }\nserde_json = "1"\nregex = "1"\n',
    "src/main.rs": "mod settings;\n\nfn main() {\n    let settings = settings::load(\"{}\");\n    println!(\"{settings:?}\");\n}\n",
    "src/settings.rs": """use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct Settings {
    pub retries: u32,
    pub name: Option<String>,
}

pub fn load(text: &str) -> Settings {
    let retries: u32 = std::env::var("RETRIES").unwrap_or_default();
    let mut settings: Settings = serde_json::from_str(text).unwrap();
    settings.retries = retries;
    settings
}
"""}, steps=["rustc --version --verbose", "cargo build --verbose --all-targets"],
    expect=expect("cargo", "TYPE_ERROR", ["error[E0308]: mismatched types", "expected `u32`, found `String`"], ["BUILD_COMPILE"]))

case("cargo-test-panic", job="test (ubuntu-latest, 1.90)", env=RUST, files={
    "Cargo.toml": CARGO_TOML,
    "src/lib.rs": """//! Money.
pub fn parse_cents(text: &str) -> i64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    whole.parse::<i64>().unwrap() * 100 + part.parse::<i64>().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_on_empty_is_reported() {
        assert!(std::panic::catch_unwind(|| parse_cents("")).is_err());
    }

    #[test]
    fn whole_amount() {
        assert_eq!(parse_cents("12"), 1200);
    }

    #[test]
    fn one_digit_of_cents_means_tens() {
        assert_eq!(parse_cents("1.5"), 150, "1.5 is one dollar and fifty cents");
    }

    #[test]
    #[should_panic(expected = "InvalidDigit")]
    fn letters_fail() {
        parse_cents("a");
    }
}
"""}, steps=["cargo test --locked 2>/dev/null || cargo test"],
    expect=expect("cargo", "ASSERTION_FAILURE", ["assertion `left == right` failed: 1.5 is one dollar and fifty cents", "left: 105", "right: 150"],
                  tests=["tests::one_digit_of_cents_means_tens"]))

case("cargo-test-passes", job="test", env=RUST, files={
    "Cargo.toml": CARGO_TOML,
    "src/lib.rs": "//! Names that look like trouble.\npub mod error;\n",
    "src/error.rs": """//! Errors.
pub fn parse(text: &str) -> Result<u32, String> {
    text.parse().map_err(|error| format!("error: cannot parse {text:?}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fails_on_error() {
        let error = parse("x").unwrap_err();
        eprintln!("{error}");
        assert!(error.contains("error:"));
    }

    #[test]
    #[should_panic(expected = "fatal error")]
    fn panic_is_fatal() {
        panic!("fatal error: the expected panic");
    }

    #[test]
    #[ignore = "FAILED on slow machines"]
    fn timeout_exceeded() {}
}
"""}, steps=["cargo test --no-fail-fast -- --nocapture"], expect=PASSING)

case("clippy-lint", job="lint", env=RUST, files={
    "Cargo.toml": CARGO_TOML,
    "src/lib.rs": """//! Totals.
/// The sum of all items.
pub fn total(items: &Vec<u64>) -> u64 {
    let mut sum = 0;
    for i in 0..items.len() {
        sum += items[i];
    }
    return sum;
}
"""}, steps=["cargo clippy --all-targets -- -D warnings"],
    expect=expect("clippy", "LINT_FORMAT", ["error: writing `&Vec` instead of `&[_]` involves a new object where a slice will do"]))

case("rustfmt-check", job="lint", env=RUST, files={
    "Cargo.toml": CARGO_TOML,
    "src/lib.rs": "//! Sums.\n/// Adds.\npub fn add(left: u64,right: u64) -> u64 { left+right }\n",
}, steps=["cargo fmt --all --check"],
    expect=expect("rustfmt", "LINT_FORMAT", ["Diff in /home/runner/work/toy/toy/src/lib.rs:1:"]))

case("cargo-unresolved-dependency", job="build", env=RUST, files={
    "Cargo.toml": CARGO_TOML + 'shapes = { path = "shapes", version = "2" }\n',
    "src/lib.rs": "//! Uses shapes.\npub use shapes::Square;\n",
    "shapes/Cargo.toml": '[package]\nname = "shapes"\nversion = "1.4.0"\nedition = "2021"\n',
    "shapes/src/lib.rs": "//! Shapes.\n/// A square.\npub struct Square;\n",
}, steps=["cargo build"],
    expect=expect("cargo", "DEPENDENCY", ["error: failed to select a version for the requirement `shapes = \"^2\"`"]))

# -------------------------------------------------------------------------------------------------------------- Python

case("pytest-assertion", job="tests (3.11)", path=PYTHON_PATH, before=VENV, env={"PYTEST_ADDOPTS": "--color=yes"}, files={
    "requirements.txt": "pytest==8.3.4\npytest-cov==6.0.0\n",
    "shop/__init__.py": "",
    "shop/cart.py": "class Cart:\n    def __init__(self):\n        self.items = []\n\n    def add(self, name, price, count=1):\n        self.items.append((name, price, count))\n\n    def total(self):\n        return sum(price for _, price, count in self.items)\n",
    "tests/test_cart.py": """import pytest

from shop.cart import Cart


@pytest.mark.parametrize("count", range(1, 2600))
def test_error_free_add(count):
    cart = Cart()
    cart.add("failure", 1, count)
    assert cart.items == [("failure", 1, count)]


def test_total_counts_every_item():
    cart = Cart()
    cart.add("pen", 250, count=3)
    assert cart.total() == 750


def test_empty_cart_costs_nothing():
    assert Cart().total() == 0
"""}, steps=["python -m pip install --upgrade -r requirements.txt", "python -m pytest -v --cov=shop"],
    expect=expect("pytest", "ASSERTION_FAILURE", ["E       assert 250 == 750"], tests=["tests/test_cart.py::test_total_counts_every_item"]))

case("pytest-passes", job="tests (3.11)", path=PYTHON_PATH, before=VENV, env={}, files={
    "tests/test_errors.py": """import logging

import pytest


def test_error_is_raised_when_connection_refused():
    logging.getLogger("client").error("ERROR: Connection refused, failed after 3 attempts")
    with pytest.raises(ConnectionError):
        raise ConnectionError("connection refused")


@pytest.mark.xfail(reason="AssertionError: known failure", strict=True)
def test_known_failure():
    assert 1 == 2


@pytest.mark.skip(reason="FAILED on Windows")
def test_fatal_crash():
    pass
"""}, steps=["python -m pip install pytest==8.3.4", "python -m pytest -v -rA"], expect=PASSING)

case("python-missing-module", job="integration", path=PYTHON_PATH, before=VENV, env={}, files={
    "requirements.txt": "click==8.1.8\n",
    "sync.py": "import click\nimport boto_sessions\n\n\n@click.command()\ndef main():\n    boto_sessions.open()\n\n\nif __name__ == '__main__':\n    main()\n",
}, steps=["python -m pip install -r requirements.txt", "python sync.py --dry-run"],
    expect=expect("python", "DEPENDENCY", ["ModuleNotFoundError: No module named 'boto_sessions'"], ["RUNTIME_ERROR"]))

case("python-syntax-error", job="smoke", path=PYTHON_PATH, before=VENV, env={}, files={
    "report.py": "import json\n\n\ndef summary(rows):\n    total = sum(row['n'] for row in rows\n    return {'total': total}\n\n\nprint(json.dumps(summary([])))\n",
}, steps=["python -V\npython report.py > report.json"],
    expect=expect("python", "SYNTAX_ERROR", ["SyntaxError: '(' was never closed"]))

case("python-out-of-memory", job="train", path=PYTHON_PATH, before=VENV, env={}, files={
    "train.py": """import sys


def batches(count):
    held = []
    for number in range(count):
        held.append(bytearray(64 * 1024 * 1024))
        print(f"epoch 1 batch {number}: loss {1 / (number + 1):.4f}", file=sys.stderr)
    return held


if __name__ == "__main__":
    batches(400)
"""}, steps=["ulimit -v 1500000\npython train.py"],
    expect=expect("python", "MEMORY_ERROR", ["MemoryError"]))

case("killed-137", job="render", path=PYTHON_PATH, before=VENV, env={}, files={
    "render.py": "import os\nimport signal\nimport sys\n\nfor frame in range(1, 41):\n    print(f'rendering frame {frame}/64', flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n",
}, steps=["python render.py --quality high\necho rendered"],
    expect=expect("bash", "MEMORY_ERROR", ["Killed"], ["CRASH"]))

case("ruff-lint", job="lint", path=PYTHON_PATH, before=VENV, env={"RUFF_OUTPUT_FORMAT": "full", "FORCE_COLOR": "1"}, files={
    "requirements-dev.txt": "ruff==0.8.4\n",
    "app/main.py": "import os\nimport sys\nfrom typing import *\n\n\ndef run(arguments=[]):\n    try:\n        return int(arguments[0])\n    except:\n        print(f'usage')\n\n\nif __name__ == '__main__':\n    sys.exit(run(sys.argv[1:]))\n",
}, steps=["python -m pip install -r requirements-dev.txt", "ruff check ."],
    expect=expect("ruff", "LINT_FORMAT", ["F401", "`os` imported but unused"]))

case("pip-connect-timeout", job="package", path=PYTHON_PATH, before=VENV + "; " + """python3 - <<'X' &
import socket, threading, time
server = socket.socket(); server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); server.bind(("127.0.0.1", 8081)); server.listen(0)
held = []
for _ in range(2):
    client = socket.socket(); client.setblocking(False); client.connect_ex(("127.0.0.1", 8081)); held.append(client)
time.sleep(40)
X
sleep 1""", env={"PIP_INDEX_URL": "http://127.0.0.1:8081/simple", "PIP_DEFAULT_TIMEOUT": "2", "PIP_RETRIES": "3"}, files={
    "requirements.txt": "internal-models==4.2.0\n",
}, steps=["python -m pip install -r requirements.txt"],
    expect=expect("pip", "NETWORK_ERROR", ["ERROR: Could not find a version that satisfies the requirement internal-models==4.2.0"], ["TIMEOUT", "DEPENDENCY"]))

# ---------------------------------------------------------------------------------------------------------- JavaScript

case("jest-assertion", job="unit (20.x)", env=COLOR, files={
    "package.json": '{\n  "name": "toy",\n  "version": "1.0.0",\n  "private": true,\n  "scripts": { "test": "jest --ci --verbose" },\n  "devDependencies": { "jest": "29.7.0" }\n}\n',
    "src/slug.js": "module.exports = (title) => title.toLowerCase().replace(' ', '-');\n",
    "src/error.js": "module.exports = class AppError extends Error {};\n",
    "test/slug.test.js": """const slug = require('../src/slug');

describe('slug', () => {
  test('lowers letters', () => {
    expect(slug('Error')).toBe('error');
  });

  test('joins every word with a dash', () => {
    expect(slug('The Great Failure')).toBe('the-great-failure');
  });
});
""",
    "test/error.test.js": """const AppError = require('../src/error');

test('an error is an Error', () => {
  console.error('Error: printed on purpose');
  expect(() => { throw new AppError('failed'); }).toThrow('failed');
});
"""}, steps=["npm install --no-package-lock --no-progress", "npm test"],
    expect=expect("jest", "ASSERTION_FAILURE", ['Expected: "the-great-failure"', 'Received: "the-great failure"'],
                  tests=["slug › joins every word with a dash"]))

case("jest-passes", job="unit (20.x)", env=COLOR, files={
    "package.json": '{\n  "name": "toy",\n  "version": "1.0.0",\n  "private": true,\n  "scripts": { "test": "jest --ci --verbose" },\n  "devDependencies": { "jest": "29.7.0" }\n}\n',
    "test/client.test.js": """test('fails with ECONNREFUSED when the server is down', async () => {
  console.error(new Error('connect ECONNREFUSED 127.0.0.1:5432'));
  await expect(Promise.reject(new Error('ECONNREFUSED'))).rejects.toThrow('ECONNREFUSED');
});

test('Error: exits with code 1', () => {
  console.warn('npm ERR! printed by a mock');
  expect(1).toBe(1);
});

test.skip('FAIL fast', () => {});
"""}, steps=["npm install --no-package-lock --no-progress", "npm test"], expect=PASSING)

case("jest-timeout", job="integration", env={}, files={
    "package.json": '{\n  "name": "toy",\n  "version": "1.0.0",\n  "private": true,\n  "scripts": { "test": "jest --ci" },\n  "devDependencies": { "jest": "29.7.0" }\n}\n',
    "test/queue.test.js": """test('drains within the default time', async () => {
  await new Promise((done) => setTimeout(done, 9000));
});
"""}, steps=["npm install --no-package-lock --no-progress", "npm test -- --testTimeout=3000"],
    expect=expect("jest", "TIMEOUT", ["thrown: \"Exceeded timeout of 3000 ms for a test."], tests=["drains within the default time"]))

case("vitest-type-error", job="test", env=COLOR, files={
    "package.json": '{\n  "name": "toy",\n  "version": "1.0.0",\n  "private": true,\n  "type": "module",\n  "scripts": { "test": "vitest run" },\n  "devDependencies": { "vitest": "2.1.8" }\n}\n',
    "src/user.js": "export const initials = (user) => user.name.split(' ').map((part) => part[0]).join('');\n",
    "src/user.test.js": """import { expect, test } from 'vitest';
import { initials } from './user.js';

test('takes the first letters', () => {
  expect(initials({ name: 'Ada Example' })).toBe('AE');
});

test('a user without a name has no initials', () => {
  expect(initials({})).toBe('');
});
"""}, steps=["npm install --no-package-lock --no-progress", "npm test"],
    expect=expect("vitest", "TYPE_ERROR", ["TypeError: Cannot read properties of undefined (reading 'split')"], ["RUNTIME_ERROR", "ASSERTION_FAILURE"],
                  tests=["a user without a name has no initials"]))

case("tsc-type-error", job="typecheck", env=COLOR, files={
    "package.json": '{\n  "name": "toy",\n  "version": "1.0.0",\n  "private": true,\n  "scripts": { "typecheck": "tsc --noEmit --pretty" },\n  "devDependencies": { "typescript": "5.7.2" }\n}\n',
    "tsconfig.json": '{\n  "compilerOptions": { "strict": true, "target": "es2022", "module": "nodenext" },\n  "include": ["src"]\n}\n',
    "src/order.ts": """export interface Order {
  id: string;
  total: number;
}

export function describe(order: Order): string {
  return `${order.id}: ${order.totl}`;
}

export const first: Order = { id: 7, total: 12 };
"""}, steps=["npm install --no-package-lock --no-progress", "npm run typecheck"],
    expect=expect("tsc", "TYPE_ERROR", ["error TS2551: Property 'totl' does not exist on type 'Order'. Did you mean 'total'?", "error TS2322: Type 'number' is not assignable to type 'string'."],
                  ["BUILD_COMPILE"]))

case("eslint-lint", job="lint", env=COLOR, files={
    "package.json": '{\n  "name": "toy",\n  "version": "1.0.0",\n  "private": true,\n  "scripts": { "lint": "eslint src" },\n  "devDependencies": { "eslint": "9.17.0", "@eslint/js": "9.17.0" }\n}\n',
    "eslint.config.mjs": "import js from '@eslint/js';\n\nexport default [js.configs.recommended, { rules: { eqeqeq: 'error' } }];\n",
    "src/index.js": "const unused = 1;\n\nexport function same(left, right) {\n  if (left == right) {\n    return true;\n  }\n  return missing(left);\n}\n",
}, steps=["npm install --no-package-lock --no-progress", "npm run lint"],
    expect=expect("eslint", "LINT_FORMAT", ["'unused' is assigned a value but never used", "Expected '===' and instead saw '=='"]))

case("prettier-check", job="format", env=COLOR, files={
    "package.json": '{\n  "name": "toy",\n  "version": "1.0.0",\n  "private": true,\n  "scripts": { "format": "prettier --check src" },\n  "devDependencies": { "prettier": "3.4.2" }\n}\n',
    "src/a.js": "export const a = 1;\n",
    "src/b.js": "export function b( x ) { return x+1 }\n",
}, steps=["npm install --no-package-lock --no-progress", "npm run format"],
    expect=expect("prettier", "LINT_FORMAT", ["src/b.js"]))

case("npm-eresolve", job="install", env={}, files={
    "package.json": '{\n  "name": "toy",\n  "version": "1.0.0",\n  "private": true,\n  "dependencies": { "react": "18.3.1" },\n  "devDependencies": { "react-test-renderer": "17.0.2" }\n}\n',
}, steps=["npm install"],
    expect=expect("npm", "DEPENDENCY", ["npm error code ERESOLVE", 'npm error peer react@"17.0.2" from react-test-renderer@17.0.2']))

case("npm-missing-script", job="build", env={}, files={
    "package.json": '{\n  "name": "toy",\n  "version": "1.0.0",\n  "private": true,\n  "scripts": { "compile": "node build.js" }\n}\n',
    "build.js": "console.log('built');\n",
}, steps=["npm install --no-package-lock\nnpm run build"],
    expect=expect("npm", "CONFIG", ['Missing script: "build"']))

case("node-heap-limit", job="bundle", env={"NODE_OPTIONS": "--max-old-space-size=64"}, files={
    "bundle.js": "const modules = [];\nfor (let id = 0; ; id++) {\n  if (id % 20000 === 0) console.log(`bundled ${id} modules`);\n  modules.push({ id, source: `module ${id} `.repeat(20) + Math.random() });\n}\n",
}, steps=["node bundle.js"],
    expect=expect("node", "MEMORY_ERROR", ["FATAL ERROR: ", "JavaScript heap out of memory"], ["CRASH"]))

# ------------------------------------------------------------------------------------------------------------- C and Go

MAKEFILE = """SOURCES := $(wildcard src/*.c)
OBJECTS := $(SOURCES:.c=.o)

toy: $(OBJECTS)
\t$(CC) -Wl,--fatal-warnings -o $@ $(OBJECTS)

%.o: %.c
\t$(CC) -std=c11 -O2 -g -Wall -Wextra -fstack-protector-strong -fdiagnostics-color=always -Isrc -DVERSION='"0.3.1"' -c -o $@ $<
"""


def c_units(count):
    """Sources that compile with the odd warning, so that the decisive lines stand at the end of a long build."""
    files = {}
    for number in range(count):
        unused = "    int error_count = 0;\n" if number % 9 == 0 else ""
        files[f"src/unit_{number:03}.c"] = f"int unit_{number:03}(int value);\n\nint unit_{number:03}(int value) {{\n{unused}    return value + {number};\n}}\n"
    return files


case("make-undefined-reference", job="build (gcc)", env={"CC": "gcc"}, files={
    "Makefile": MAKEFILE, **c_units(1400),
    "src/main.c": "int unit_001(int value);\nint checksum_block(int value);\n\nint main(void) {\n    return unit_001(checksum_block(-1));\n}\n",
}, steps=["gcc --version | head -1\nmake CC=gcc"],
    expect=expect("ld", "BUILD_COMPILE", ["undefined reference to `checksum_block'"], ["FUNCTION_ERROR"]))

case("gcc-compile-error", job="build (gcc)", env={}, files={
    "Makefile": MAKEFILE, **c_units(24),
    "src/ring.h": "#ifndef RING_H\n#define RING_H\n#include <stddef.h>\n\nstruct ring {\n    size_t head;\n    size_t length;\n};\n\n#endif\n",
    "src/ring.c": "#include \"ring.h\"\n\nsize_t ring_tail(const struct ring *ring);\n\nsize_t ring_tail(const struct ring *ring) {\n    return ring->head + ring->lenght;\n}\n",
}, steps=["make CC=gcc -k -j2"],
    expect=expect("gcc", "BUILD_COMPILE", ["has no member named", ], ["TYPE_ERROR"]))

case("ctest-segfault", job="ctest (Debug)", env={"CTEST_OUTPUT_ON_FAILURE": "1"}, files={
    "CMakeLists.txt": "cmake_minimum_required(VERSION 3.20)\nproject(toy C)\nenable_testing()\nadd_executable(test_list tests/test_list.c)\nadd_executable(test_error_codes tests/test_error_codes.c)\nadd_test(NAME error_codes COMMAND test_error_codes)\nadd_test(NAME list_append COMMAND test_list)\n",
    "tests/test_list.c": "#include <stdio.h>\n#include <stdlib.h>\n\nstruct node { int value; struct node *next; };\n\nint main(int count, char **arguments) {\n    struct node *head = count > 9 ? malloc(sizeof *head) : NULL;\n    (void)arguments;\n    printf(\"appending 3 values\\n\");\n    fflush(stdout);\n    head->value = 3;\n    return 0;\n}\n",
    "tests/test_error_codes.c": "#include <stdio.h>\n\nint main(void) {\n    puts(\"error 2 maps to ENOENT, failed lookups: 0\");\n    return 0;\n}\n",
}, steps=["cmake -S . -B build -DCMAKE_BUILD_TYPE=Debug\ncmake --build build", "ctest --test-dir build"],
    expect=expect("ctest", "CRASH", ["(SEGFAULT)"], last=True, tests=["list_append"]))

case("segfault-139", job="smoke", env={}, files={
    "reader.c": "#include <stdio.h>\n#include <string.h>\n\nint main(int count, char **arguments) {\n    char *name = count > 5 ? arguments[5] : (char *)8;\n    puts(\"reading header\");\n    fflush(stdout);\n    return (int)strlen(name);\n}\n",
}, steps=["gcc -O0 -g -o reader reader.c", "./reader sample.bin\necho done"],
    expect=expect("bash", "CRASH", ["Segmentation fault"]))

GO = {"GOPROXY": "off", "GOCACHE": "/home/runner/.cache/go-build"}
case("go-test-assertion", job="test (1.19)", env=GO, files={
    "go.mod": "module example.com/toy\n\ngo 1.19\n",
    "clock/clock.go": "package clock\n\n// Minutes counts the minutes between two times of a day.\nfunc Minutes(from, to int) int {\n\treturn to - from\n}\n",
    "clock/clock_test.go": "package clock\n\nimport \"testing\"\n\nfunc TestSameHour(t *testing.T) {\n\tif got := Minutes(10, 40); got != 30 {\n\t\tt.Errorf(\"Minutes(10, 40) = %d, want 30\", got)\n\t}\n}\n\nfunc TestOverMidnight(t *testing.T) {\n\tt.Run(\"late_error\", func(t *testing.T) {\n\t\tif got := Minutes(1430, 10); got != 20 {\n\t\t\tt.Errorf(\"Minutes(1430, 10) = %d, want 20\", got)\n\t\t}\n\t})\n}\n",
    "errors/errors.go": "package errors\n\n// Text of a code.\nfunc Text(code int) string {\n\tif code == 0 {\n\t\treturn \"\"\n\t}\n\treturn \"error\"\n}\n",
    "errors/errors_test.go": "package errors\n\nimport \"testing\"\n\nfunc TestErrorText(t *testing.T) {\n\tif Text(1) != \"error\" {\n\t\tt.Fatal(\"no text\")\n\t}\n}\n",
}, steps=["go version\ngo vet ./...", "go test -v ./..."],
    expect=expect("go", "ASSERTION_FAILURE", ["Minutes(1430, 10) = -1420, want 20"], tests=["TestOverMidnight/late_error"]))

case("go-nil-map-panic", job="test (1.19)", env=GO, files={
    "go.mod": "module example.com/toy\n\ngo 1.19\n",
    "registry.go": "package toy\n\n// Registry of names.\ntype Registry struct{ names map[string]int }\n\n// Add a name.\nfunc (r *Registry) Add(name string) {\n\tr.names[name]++\n}\n",
    "registry_test.go": "package toy\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) {\n\tvar registry Registry\n\tregistry.Add(\"first\")\n}\n",
}, steps=["go test ./..."],
    expect=expect("go", "RUNTIME_ERROR", ["panic: assignment to entry in nil map"], ["CRASH"], tests=["TestAdd"]))

case("go-undefined", job="build", env=GO, files={
    "go.mod": "module example.com/toy\n\ngo 1.19\n",
    "main.go": "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Println(banner())\n\tfmt.Printn(\"done\")\n}\n",
}, steps=["go build ./..."],
    expect=expect("go", "FUNCTION_ERROR", ["undefined: banner"], ["BUILD_COMPILE"]))

# -------------------------------------------------------------------------------------------------------- JVM, Ruby, PHP

# Debian's own Maven repository: the plugins without a network.
DEBIAN_MAVEN = "rm -rf /home/runner/.m2; mkdir -p /home/runner/.m2; ln -s /usr/share/maven-repo /home/runner/.m2/repository"
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.example</groupId>
  <artifactId>toy</artifactId>
  <version>0.3.1</version>
  <properties>
    <maven.compiler.source>17</maven.compiler.source>
    <maven.compiler.target>17</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>org.junit.jupiter</groupId>
      <artifactId>junit-jupiter</artifactId>
      <version>5.9.2</version>
      <scope>test</scope>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <artifactId>maven-resources-plugin</artifactId>
        <version>3.3.0</version>
      </plugin>
      <plugin>
        <artifactId>maven-compiler-plugin</artifactId>
        <version>3.10.1</version>
      </plugin>
      <plugin>
        <artifactId>maven-surefire-plugin</artifactId>
        <version>2.22.3</version>
      </plugin>
      <plugin>
        <artifactId>maven-jar-plugin</artifactId>
        <version>3.3.0</version>
      </plugin>
    </plugins>
  </build>
</project>
"""
JAVA_MAIN = "package com.example;\n\npublic final class Interval {\n    private Interval() {}\n\n    public static boolean overlaps(int from, int to, int otherFrom, int otherTo) {\n        return from < otherTo && otherFrom <= to;\n    }\n}\n"
JAVA_TEST = """package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class IntervalTest {
    @Test
    void errorIsThrownForNull() {
        System.err.println("ERROR: NullPointerException printed by the test, BUILD FAILURE not meant");
        assertThrows(NullPointerException.class, () -> { throw new NullPointerException("expected"); });
    }

    @Test
    void touchingIntervalsDoNotOverlap() {
        assertEquals(%s, Interval.overlaps(3, 5, 5, 9), "[3,5) and [5,9) only touch");
    }
}
"""
case("mvn-surefire-failure", job="verify (17)", env={}, before=DEBIAN_MAVEN, files={
    "pom.xml": POM, "src/main/java/com/example/Interval.java": JAVA_MAIN, "src/test/java/com/example/IntervalTest.java": JAVA_TEST % "false",
}, steps=["mvn -B -o -Dstyle.color=always verify"],
    expect=expect("maven", "ASSERTION_FAILURE", ["[3,5) and [5,9) only touch ==> expected: <false> but was: <true>"], tests=["IntervalTest.touchingIntervalsDoNotOverlap"]))

case("mvn-passes", job="verify (17)", env={}, before=DEBIAN_MAVEN, files={
    "pom.xml": POM, "src/main/java/com/example/Interval.java": JAVA_MAIN, "src/test/java/com/example/IntervalTest.java": JAVA_TEST % "true",
}, steps=["mvn -B -o verify"], expect=PASSING)

case("rspec-failure", job="rspec", env={}, files={
    ".rspec": "--format documentation\n--force-color\n",
    "lib/roman.rb": "module Roman\n  VALUES = { 'X' => 10, 'V' => 5, 'I' => 1 }.freeze\n\n  def self.parse(text)\n    text.chars.sum { |letter| VALUES.fetch(letter) }\n  end\nend\n",
    "spec/roman_spec.rb": "require_relative '../lib/roman'\n\nRSpec.describe Roman do\n  it 'adds letters' do\n    expect(Roman.parse('VII')).to eq(7)\n  end\n\n  it 'raises an error on unknown letters' do\n    expect { Roman.parse('Z') }.to raise_error(KeyError)\n  end\n\n  it 'subtracts a smaller letter before a larger one' do\n    expect(Roman.parse('IX')).to eq(9)\n  end\nend\n",
}, steps=["ruby --version\nrspec"],
    expect=expect("rspec", "ASSERTION_FAILURE", ["expected: 9", "got: 11"], tests=["Roman subtracts a smaller letter before a larger one"]))

case("phpunit-undefined-method", job="phpunit", env={}, files={
    "phpunit.xml": '<phpunit colors="true"><testsuites><testsuite name="unit"><directory>tests</directory></testsuite></testsuites></phpunit>\n',
    "src/Basket.php": "<?php\n\nfinal class Basket\n{\n    public function count(): int\n    {\n        return 0;\n    }\n}\n",
    "tests/BasketTest.php": "<?php\n\nrequire __DIR__ . '/../src/Basket.php';\n\nuse PHPUnit\\Framework\\TestCase;\n\nfinal class BasketTest extends TestCase\n{\n    public function testErrorFreeCount(): void\n    {\n        $this->assertSame(0, (new Basket())->count());\n    }\n\n    public function testIsEmpty(): void\n    {\n        $this->assertTrue((new Basket())->isEmpty());\n    }\n}\n",
}, steps=["phpunit --configuration phpunit.xml --colors=always"],
    expect=expect("phpunit", "FUNCTION_ERROR", ["Error: Call to undefined method Basket::isEmpty()"], ["RUNTIME_ERROR"], tests=["BasketTest::testIsEmpty"]))

# ---------------------------------------------------------------------------------------------------- shell and the rest

case("bash-command-not-found", job="release", env={}, files={
    "scripts/release.sh": "#!/usr/bin/env bash\nset -euo pipefail\necho \"packing version $1\"\ngit-cliffhanger --latest > NOTES.md\necho \"packed\"\n",
}, steps=["scripts/release.sh 1.4.0"],
    expect=expect("bash", "FILE_ACCESS", ["git-cliffhanger: command not found"], ["FUNCTION_ERROR", "DEPENDENCY", "CONFIG"]))

case("bash-unbound-variable", job="deploy (staging)", env={"TARGET": "staging"}, files={}, steps=[
    "set -u\necho \"deploying to $TARGET\"\nurl=\"https://$DEPLOY_HOST/health\"\necho \"checking $url\""],
    expect=expect("bash", "CONFIG", ["DEPLOY_HOST: unbound variable"], ["RUNTIME_ERROR", "FUNCTION_ERROR"]))

case("bash-permission-denied", job="package", env={}, files={
    "scripts/pack.noexec.sh": "#!/bin/sh\necho packed\n",
}, steps=["mkdir -p dist\n./scripts/pack.noexec.sh dist"],
    expect=expect("bash", "PERMISSION_AUTH", ["./scripts/pack.noexec.sh: Permission denied"], ["FILE_ACCESS"]))

case("curl-connection-refused", job="smoke", env={"PORT": "9"}, files={}, steps=[
    "for attempt in 1 2 3; do\n  echo \"waiting for the service ($attempt/3)\"\n  sleep 1\ndone\ncurl --fail --silent --show-error --retry 2 --retry-delay 1 --retry-connrefused \"http://127.0.0.1:$PORT/health\""],
    expect=expect("curl", "NETWORK_ERROR", ["curl: (7) Failed to connect to 127.0.0.1 port 9"]))

case("timeout-124", job="e2e", env={}, files={
    "e2e.sh": "#!/bin/bash\necho 'starting browser'\necho 'waiting for selector #login'\nsleep 60\n",
}, steps=["timeout --verbose 3 ./e2e.sh"],
    expect=expect("bash", "TIMEOUT", ["timeout: sending signal TERM to command"]))

case("disk-full", job="package", env={}, before="mkdir -p dist; mount -t tmpfs -o size=2m none dist", after="umount dist", files={
    "model.py": "",
}, steps=["dd if=/dev/zero of=../model.bin bs=1M count=8 status=none\ncp ../model.bin dist/model.bin\nsha256sum dist/model.bin"],
    expect=expect("cp", "DISK_SPACE", ["No space left on device"]))

case("git-merge-conflict", job="sync", env={}, before="git -c init.defaultBranch=main init -q . && git config user.name ci && git config user.email ci@example.com && echo one > version.txt && git add . && git commit -qm one && git checkout -qb upstream && echo two > version.txt && git commit -qam two && git checkout -q main && echo three > version.txt && git commit -qam three", files={}, steps=[
    "git log --oneline --all | wc -l\ngit merge --no-edit upstream"],
    expect=expect("git", "CONFIG", ["CONFLICT (content): Merge conflict in version.txt"], ["UNKNOWN", "RUNTIME_ERROR"]))

case("cargo-invalid-manifest", job="build", env=RUST, files={
    "Cargo.toml": CARGO_TOML.replace('edition = "2021"', 'edition = 2021'), "src/lib.rs": "//! Nothing.\n",
}, steps=["cargo metadata --format-version 1 > metadata.json\ncargo build"],
    expect=expect("cargo", "CONFIG", ["error: invalid type: integer `2021`, expected"], ["SYNTAX_ERROR", "TYPE_ERROR"]))

case("cancelled", job="soak", env={}, cancel_after=4, files={
    "soak.sh": "#!/bin/bash\nfor round in $(seq 1 60); do echo \"round $round: 0 errors\"; sleep 1; done\n",
}, steps=["./soak.sh"],
    expect=expect("runner", "CANCELLED", ["The operation was canceled."]))

case("two-failures-in-one-job", job="checks", path=PYTHON_PATH, before=VENV, env={}, continue_on_error=(1,), files={
    "requirements-dev.txt": "pytest==8.3.4\nmypy==1.14.0\n",
    "app.py": "def ratio(part: int, whole: int) -> float:\n    return part / whole\n\n\ndef label(part: int, whole: int) -> str:\n    return ratio(part, whole)\n",
    "test_app.py": "from app import ratio\n\n\ndef test_ratio_of_nothing():\n    assert ratio(1, 0) == 0\n",
}, steps=["python -m pip install -r requirements-dev.txt", "mypy app.py", "python -m pytest -q"],
    expect=expect("pytest", "RUNTIME_ERROR", ["E       ZeroDivisionError: division by zero"], ["ASSERTION_FAILURE", "TYPE_ERROR"], tests=["test_app.py::test_ratio_of_nothing"], failures=2))

# ------------------------------------------------------------------------------------------------ more ways to go wrong


def server(port, answer):
    """A loopback HTTP server for a minute, in the background; `answer` is the body of its request handler."""
    return f"""python3 - <<'X' &
import http.server, threading
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        {answer}
    do_POST = do_GET
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer.allow_reuse_address = True
served = http.server.ThreadingHTTPServer(("127.0.0.1", {port}), Handler)
threading.Timer(60, served.shutdown).start()
served.serve_forever()
X
sleep 1"""


case("curl-rate-limited", job="fetch fixtures", env={}, before=server(8090, "self.send_response(429); self.send_header('Retry-After', '3600'); self.end_headers(); self.wfile.write(b'API rate limit exceeded')"), files={}, steps=[
    "mkdir -p fixtures\ncurl --fail --show-error --silent --output fixtures/users.json http://127.0.0.1:8090/users"],
    expect=expect("curl", "RATE_LIMIT", ["curl: (22) The requested URL returned error: 429"], ["NETWORK_ERROR"]))

case("git-authentication-failed", job="publish", env={"GIT_TERMINAL_PROMPT": "0"}, before=server(8091, "self.send_response(401); self.send_header('WWW-Authenticate', 'Basic realm=toy'); self.end_headers()"), files={}, steps=[
    "git clone --depth 1 http://bot:expired@127.0.0.1:8091/octo/site.git"],
    expect=expect("git", "PERMISSION_AUTH", ["fatal: Authentication failed for 'http://127.0.0.1:8091/octo/site.git/'"]))

case("python-file-not-found", job="seed", path=PYTHON_PATH, before=VENV, env={}, files={
    "seed.py": "import json\nimport pathlib\n\n\ndef load(name):\n    path = pathlib.Path('data') / name\n    with open(path) as handle:\n        return json.load(handle)\n\n\nprint('seeding 3 tables, 0 errors so far')\nload('customers.json')\n",
}, steps=["python seed.py"],
    expect=expect("python", "FILE_ACCESS", ["FileNotFoundError: [Errno 2] No such file or directory: 'data/customers.json'"]))

case("python-key-error", job="nightly", path=PYTHON_PATH, before=VENV, env={"PYTHONUNBUFFERED": "1"}, files={
    "etl.py": "import concurrent.futures\n\nROWS = [{'id': 1, 'amount': 3}, {'id': 2}]\n\n\ndef amount(row):\n    return row['amount']\n\n\ndef main():\n    with concurrent.futures.ThreadPoolExecutor(2) as pool:\n        try:\n            print(sum(pool.map(amount, ROWS)))\n        except KeyError as error:\n            raise RuntimeError('row 2 cannot be summed') from error\n\n\nif __name__ == '__main__':\n    main()\n",
}, steps=["python etl.py"],
    expect=expect("python", "RUNTIME_ERROR", ["KeyError: 'amount'", "RuntimeError: row 2 cannot be summed"]))

case("unittest-failure", job="unit", path=PYTHON_PATH, before=VENV, env={}, files={
    "tests/__init__.py": "",
    "tests/test_money.py": "import unittest\n\n\nclass Rounding(unittest.TestCase):\n    def test_error_free(self):\n        self.assertEqual(round(1.5), 2)\n\n    def test_half_is_rounded_up(self):\n        self.assertEqual(round(2.5), 3)\n\n\nif __name__ == '__main__':\n    unittest.main()\n",
}, steps=["python -m unittest discover -v"],
    expect=expect("unittest", "ASSERTION_FAILURE", ["AssertionError: 2 != 3"], tests=["test_half_is_rounded_up"]))

case("pytest-collection-error", job="tests", path=PYTHON_PATH, before=VENV, env={}, files={
    "requirements.txt": "pytest==8.3.4\n",
    "tests/conftest.py": "import pytest\n\nfrom app.database import connect\n\n\n@pytest.fixture\ndef database():\n    return connect()\n",
    "tests/test_database.py": "def test_connects(database):\n    assert database\n",
    "app/__init__.py": "",
    "app/database.py": "from sqlalchemy_utilities import create\n\n\ndef connect():\n    return create()\n",
}, steps=["python -m pip install --quiet -r requirements.txt", "python -m pytest"],
    expect=expect("pytest", "DEPENDENCY", ["ModuleNotFoundError: No module named 'sqlalchemy_utilities'"], ["FILE_ACCESS", "RUNTIME_ERROR"]))

case("mypy-type-error", job="types", path=PYTHON_PATH, before=VENV, env={}, files={
    "requirements-dev.txt": "mypy==1.14.0\n",
    "app.py": "def names(count: int) -> list[str]:\n    return [number for number in range(count)]\n\n\nnames('3')\n",
}, steps=["python -m pip install --quiet -r requirements-dev.txt", "mypy --strict ."],
    expect=expect("mypy", "TYPE_ERROR", ['error: Argument 1 to "names" has incompatible type "str"; expected "int"  [arg-type]'], ["LINT_FORMAT"]))

case("black-check", job="format", path=PYTHON_PATH, before=VENV, env={}, files={
    "requirements-dev.txt": "black==24.10.0\n",
    "app.py": "def add( left,right ):\n    return left+right\n", "good.py": "X = 1\n",
}, steps=["python -m pip install --quiet -r requirements-dev.txt", "black --check --diff ."],
    expect=expect("black", "LINT_FORMAT", ["would reformat"], last=True))

case("node-module-not-found", job="start", env={}, files={
    "server.js": "const http = require('http');\nconst settings = require('./settings/production');\n\nhttp.createServer().listen(settings.port);\n",
    "settings/development.js": "module.exports = { port: 3000 };\n",
}, steps=["node server.js"],
    expect=expect("node", "FILE_ACCESS", ["Error: Cannot find module './settings/production'"], ["DEPENDENCY", "RUNTIME_ERROR"]))

case("node-connection-refused", job="migrate", env={}, files={
    "migrate.mjs": "console.log('migrating 4 tables');\nconst answer = await fetch('http://127.0.0.1:5999/migrations');\nconsole.log(await answer.json());\n",
}, steps=["node migrate.mjs"],
    expect=expect("node", "NETWORK_ERROR", ["ECONNREFUSED 127.0.0.1:5999"]))

case("node-test-runner", job="unit", env={}, files={
    "test/total.test.mjs": "import assert from 'node:assert/strict';\nimport { describe, it } from 'node:test';\n\nconst total = (prices) => prices.reduce((sum, price) => sum + price);\n\ndescribe('total', () => {\n  it('adds prices', () => assert.equal(total([1, 2]), 3));\n  it('of nothing is zero', () => assert.equal(total([]), 0));\n});\n",
}, steps=["node --test"],
    expect=expect("node", "TYPE_ERROR", ["Reduce of empty array with no initial value"], ["RUNTIME_ERROR", "ASSERTION_FAILURE"], tests=["of nothing is zero"]))

case("mvn-compile-error", job="build (17)", env={}, before=DEBIAN_MAVEN, files={
    "pom.xml": POM, "src/main/java/com/example/Interval.java": JAVA_MAIN.replace("from < otherTo", "Math.minimum(from, to) < otherTo"),
}, steps=["mvn -B -o -Dstyle.color=always compile"],
    expect=expect("maven", "FUNCTION_ERROR", ["cannot find symbol"], ["BUILD_COMPILE"]))

case("cmake-missing-package", job="configure", env={}, files={
    "CMakeLists.txt": "cmake_minimum_required(VERSION 3.20)\nproject(toy C)\nfind_package(Protobuf 9 REQUIRED)\nadd_executable(toy main.c)\n",
    "main.c": "int main(void) { return 0; }\n",
}, steps=["cmake -S . -B build"],
    expect=expect("cmake", "DEPENDENCY", ["Could NOT find Protobuf"], ["CONFIG"]))

case("make-no-rule", job="docs", env={}, files={
    "Makefile": "site: index.html guide.html\n\t@echo built\n\n%.html: %.md\n\t@echo \"rendering $<\" && cp $< $@\n",
    "index.md": "# Index\n",
}, steps=["make site"],
    expect=expect("make", "CONFIG", ["No rule to make target 'guide.html', needed by 'site'.  Stop."], ["FILE_ACCESS", "BUILD_COMPILE"]))

case("c-assert-abort", job="check", env={}, files={
    "Makefile": "check: ring_test\n\t./ring_test\n\nring_test: ring_test.c\n\tgcc -g -o $@ $<\n",
    "ring_test.c": "#include <assert.h>\n#include <stdio.h>\n\nstatic int length(int head, int tail) { return tail - head; }\n\nint main(void) {\n    puts(\"ok 1 - empty ring\");\n    fflush(stdout);\n    assert(length(6, 2) == 4 && \"wraps around\");\n    return 0;\n}\n",
}, steps=["make check"],
    expect=expect("make", "ASSERTION_FAILURE", ["Assertion `length(6, 2) == 4 && \"wraps around\"' failed."], ["CRASH"]))

case("cargo-stack-overflow", job="test", env={**RUST, "RUST_BACKTRACE": "0"}, files={
    "Cargo.toml": CARGO_TOML,
    "src/lib.rs": "//! Depth.\n/// The depth of a chain.\npub fn depth(next: &dyn Fn(u64) -> u64, node: u64) -> u64 {\n    1 + depth(next, next(node))\n}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn a_cycle_ends() {\n        assert_eq!(super::depth(&|node| node ^ 1, 0), 2);\n    }\n}\n",
}, steps=["cargo test --lib"],
    expect=expect("cargo", "CRASH", ["has overflowed its stack"], ["MEMORY_ERROR"], tests=["tests::a_cycle_ends"]))

case("cargo-unresolved-import", job="build", env=RUST, files={
    "Cargo.toml": CARGO_TOML,
    "src/lib.rs": "//! Two errors.\nuse crate::geometry::Square;\n\n/// The area.\npub fn area(square: &Square) -> u64 {\n    square.side * square.side\n}\n\n/// The label.\npub fn label() -> String {\n    format_label(3)\n}\n",
}, steps=["cargo build"],
    expect=expect("cargo", "FUNCTION_ERROR", ["error[E0432]: unresolved import `crate::geometry`", "error[E0425]: cannot find function `format_label` in this scope"], ["BUILD_COMPILE", "DEPENDENCY"]))

case("go-missing-module", job="build", env=GO, files={
    "go.mod": "module example.com/toy\n\ngo 1.19\n",
    "main.go": "package main\n\nimport \"example.com/palette/color\"\n\nfunc main() {\n\tcolor.Red(\"stop\")\n}\n",
}, steps=["go build ./..."],
    expect=expect("go", "DEPENDENCY", ["main.go:3:8:"]))

case("php-parse-error", job="lint", env={}, files={
    "src/good.php": "<?php\n\nreturn 1;\n",
    "src/rates.php": "<?php\n\nfunction rate(string $from, string $to): float\n{\n    return ['eur' => 1.0, 'usd' => 1.1[$to];\n}\n",
}, steps=["find src -name '*.php' -print0 | xargs -0 -n 1 php -l"],
    expect=expect("php", "SYNTAX_ERROR", ["Parse error: "]))

case("ruby-no-method", job="rake", env={}, files={
    "bin/report": "#!/usr/bin/env ruby\nrequire 'json'\n\ndef names(rows)\n  rows.map { |row| row['name'].upcase }\nend\n\nrows = JSON.parse('[{\"name\": \"a\"}, {}]')\nputs \"#{rows.size} rows, 0 errors\"\nputs names(rows)\n",
}, steps=["bin/report"],
    expect=expect("ruby", "FUNCTION_ERROR", ["undefined method `upcase' for nil:NilClass"], ["TYPE_ERROR", "RUNTIME_ERROR"]))

case("bash-syntax-error", job="deploy", env={}, files={
    "deploy.sh": "#!/bin/bash\nset -e\necho 'deploying'\nif [ -n \"$1\" ]; then\n  echo \"to $1\"\n",
}, steps=["./deploy.sh staging"],
    expect=expect("bash", "SYNTAX_ERROR", ["syntax error: unexpected end of file"]))

case("shellcheck-lint", job="lint", env={}, files={
    "scripts/clean.sh": "#!/bin/sh\nfor file in $(ls *.tmp); do\n  rm $file\ndone\n",
}, steps=["shellcheck --color=always scripts/*.sh"],
    expect=expect("shellcheck", "LINT_FORMAT", ["SC2045"]))

case("apt-unknown-package", job="system packages", env={"DEBIAN_FRONTEND": "noninteractive"}, files={}, steps=[
    "apt-get install --yes --no-install-recommends libtoy-imaging-dev"],
    expect=expect("apt", "DEPENDENCY", ["E: Unable to locate package libtoy-imaging-dev"]))
