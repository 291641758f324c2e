#!/usr/bin/env python3
"""Makes the logs of tests/corpus: runs real tools on small broken projects and prints what they say as GitHub Actions would.

    make.py [NAME…]     all cases of cases.py, or the named ones

A case is a job: files, then steps. Each step is a bash script run in /home/runner/work/toy/toy with its output on a pipe, as the
runner does it. Every line gets the time it arrived. The runner's own lines (set-up, checkout, clean-up) are printed around it, and
workflow commands (`::error::`) are turned into what the runner prints for them. Needs root, for the /home/runner folder.
"""

import datetime
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(__file__))
from cases import CASES  # noqa: E402

CORPUS = pathlib.Path(__file__).resolve().parent.parent
HOME = pathlib.Path("/home/runner")
WORK = HOME / "work/toy/toy"
TEMP = HOME / "work/_temp"
TOOLS = "/opt/hostedtoolcache"
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
CHECKOUT = "08c6903cd8c0fde910a37f88322edcfb5dd907a8"

# Where this machine keeps its tools, said as a hosted runner would say it.
REWRITES = [
    (re.compile(re.escape(os.path.expanduser("~/.pyenv/versions/")) + r"([0-9.]+)"), TOOLS + r"/Python/\1/x64"),
    (re.compile(re.escape(os.path.expanduser("~")) + r"(?=/\.)"), str(HOME)),
    (re.compile(r"^Looking in (indexes|links): .*$"), None),
    (re.compile(r"^.*Running pip as the 'root' user.*$"), None),
    (re.compile(r"^(PHPUnit [0-9.]+) by .*$"), r"\1"),
    (re.compile(r"^npm warn Unknown (user|env) config .*$"), None),
    (re.compile(r"^WARNING: (The directory|Cache entry) .*$"), None),
]


class Log:
    """A job log: lines with the runner's timestamps. A text with line breaks is one write: only its first line gets a stamp."""

    def __init__(self, seed):
        digest = hashlib.sha256(seed.encode()).digest()
        start = datetime.datetime(2026, 11, 2, 6 + digest[0] % 12, digest[1] % 60, digest[2] % 60)
        self.start = start + datetime.timedelta(days=digest[3] % 18)
        self.offset = 0.0
        self.ticks = int.from_bytes(digest[4:7], "big") % 10_000_000
        self.lines = []
        self.lock = threading.Lock()

    def put(self, text, seconds=0.0):
        """One line, `seconds` after the one before."""
        with self.lock:
            self.ticks += max(int(seconds * 1e7), 120 + len(text) % 77)
            when = self.start + datetime.timedelta(seconds=self.ticks // 10_000_000)
            stamp = f"{when:%Y-%m-%dT%H:%M:%S}.{self.ticks % 10_000_000:07d}Z"
            self.lines.append((stamp, text))

    def group(self, title, *inside, seconds=0.01):
        self.put(f"##[group]{title}", seconds)
        for line in inside:
            self.put(line)
        self.put("##[endgroup]")

    def save(self, path):
        body = "".join(f"{stamp} {text}\n" for stamp, text in self.lines)
        path.write_text("\ufeff" + body, encoding="utf-8", newline="\n")


def unescape(text):
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def as_runner_prints(text):
    """What the runner shows for one line of a step's output: commands become markers, the rest stays."""
    found = re.match(r"^\s*::([a-z-]+)(?: [^:]*(?:::?(?!:)[^:]*)*?)?::(.*)$", text)
    if not found:
        return [text]
    name, data = found.group(1), unescape(found.group(2))
    if name in ("error", "warning", "notice"):
        return [f"##[{name}]{data}"]
    if name in ("group", "endgroup"):
        return [f"##[{name}]{data}"]
    return []


def rewrite(text):
    for pattern, into in REWRITES:
        if into is None:
            if pattern.match(ANSI.sub("", text)):
                return None
        else:
            text = pattern.sub(into, text)
    return text


def prologue(log, case, seed):
    log.put("Current runner version: '2.329.0'")
    log.group("Runner Image Provisioner", "Hosted Compute Agent", "Version: 20261016.409", "Commit: " + seed[:40],
              "Build Date: 2026-10-16T15:20:11Z", seconds=0.003)
    log.group("Operating System", "Ubuntu", "24.04.3", "LTS")
    log.group("Runner Image", "Image: ubuntu-24.04", "Version: 20261025.131.1",
              "Included Software: https://github.com/actions/runner-images/blob/ubuntu24/20261025.131/images/ubuntu/Ubuntu2404-Readme.md",
              "Image Release: https://github.com/actions/runner-images/releases/tag/ubuntu24%2F20261025.131")
    log.group("GITHUB_TOKEN Permissions", "Contents: read", "Metadata: read", "Packages: read")
    log.put("Secret source: Actions", 0.002)
    log.put("Prepare workflow directory", 0.3)
    log.put("Prepare all required actions", 0.04)
    log.put("Getting action download info", 0.03)
    log.put(f"Download action repository 'actions/checkout@v5' (SHA:{CHECKOUT})", 0.4)
    log.put(f"Complete job name: {case['job']}", 0.6)
    log.group("Run actions/checkout@v5", "with:", "  repository: octo/toy", "  token: ***", "  ssh-strict: true", "  ssh-user: git",
              "  persist-credentials: true", "  clean: true", "  sparse-checkout-cone-mode: true", "  fetch-depth: 1", "  fetch-tags: false",
              "  show-progress: true", "  lfs: false", "  submodules: false", "  set-safe-directory: true", *env_lines(case), seconds=0.08)
    log.put("Syncing repository: octo/toy", 0.12)
    log.group("Getting Git version info", f"Working directory is '{WORK}'", "[command]/usr/bin/git version", "git version 2.51.1")
    uid = f"{seed[:8]}-{seed[8:12]}-4{seed[13:16]}-9{seed[17:20]}-{seed[20:32]}"
    log.put(f"Temporarily overriding HOME='{TEMP}/{uid}' before making global git config changes", 0.01)
    log.put("Adding repository directory to the temporary git global config as a safe directory")
    log.put(f"[command]/usr/bin/git config --global --add safe.directory {WORK}")
    log.put(f"Deleting the contents of '{WORK}'", 0.004)
    log.group("Initializing the repository", f"[command]/usr/bin/git init {WORK}",
              "hint: Using 'master' as the name for the initial branch. This default branch name",
              "hint: is subject to change. To configure the initial branch name to use in all",
              "hint: of your new repositories, which will suppress this warning, call:", "hint:",
              "hint: \tgit config --global init.defaultBranch <name>", f"Initialized empty Git repository in {WORK}/.git/",
              "[command]/usr/bin/git remote add origin https://github.com/octo/toy")
    log.group("Disabling automatic garbage collection", "[command]/usr/bin/git config --local gc.auto 0")
    log.group("Setting up auth", r"[command]/usr/bin/git config --local --name-only --get-regexp core\.sshCommand",
              r'[command]/usr/bin/git submodule foreach --recursive sh -c "git config --local --name-only --get-regexp \'core\.sshCommand\' && git config --local --unset-all \'core.sshCommand\' || :"'.replace("\\'", "'"),
              "[command]/usr/bin/git config --local http.https://github.com/.extraheader AUTHORIZATION: basic ***", seconds=0.03)
    log.group("Fetching the repository",
              f"[command]/usr/bin/git -c protocol.version=2 fetch --no-tags --prune --no-recurse-submodules --depth=1 origin +{seed[:40]}:refs/remotes/origin/main",
              "From https://github.com/octo/toy", f" * [new ref]         {seed[:40]} -> origin/main")
    log.group("Determining the checkout info", seconds=0.6)
    log.put("[command]/usr/bin/git sparse-checkout disable")
    log.put("[command]/usr/bin/git config --local --unset-all extensions.worktreeConfig")
    log.group("Checking out the ref", "[command]/usr/bin/git checkout --progress --force -B main refs/remotes/origin/main",
              "Switched to a new branch 'main'", "branch 'main' set up to track 'origin/main'.")
    log.put("[command]/usr/bin/git log -1 --format=%H", 0.01)
    log.put(seed[:40])


def epilogue(log):
    log.put("Post job cleanup.", 0.12)
    log.put("[command]/usr/bin/git version", 0.1)
    log.put("git version 2.51.1")
    log.put("Temporarily overriding HOME='%s/6d1f0b5e-2f53-4a5c-9a70-5f0f7c6f2f44' before making global git config changes" % TEMP)
    log.put("Adding repository directory to the temporary git global config as a safe directory")
    log.put(f"[command]/usr/bin/git config --global --add safe.directory {WORK}")
    log.put(r"[command]/usr/bin/git config --local --name-only --get-regexp core\.sshCommand")
    log.put(r"[command]/usr/bin/git config --local --name-only --get-regexp http\.https\:\/\/github\.com\/\.extraheader")
    log.put("http.https://github.com/.extraheader")
    log.put("[command]/usr/bin/git config --local --unset-all http.https://github.com/.extraheader")
    log.put("Cleaning up orphan processes", 0.2)


def env_lines(case):
    return ["env:"] + [f"  {key}: {value}" for key, value in case["env"].items()] if case["env"] else []


def run_step(log, case, index, script):
    """Runs one step, true exit code back. Output goes through a pipe, as on a runner."""
    log.put(f"##[group]Run {script.strip().splitlines()[0]}", 0.06)
    for line in script.strip("\n").splitlines():
        log.put(f"\x1b[36;1m{line}\x1b[0m")
    log.put("shell: /usr/bin/bash -e {0}")
    for line in env_lines(case):
        log.put(line)
    log.put("##[endgroup]")
    seed = hashlib.sha256(f"{case['name']} {index}".encode()).hexdigest()
    path = TEMP / f"{seed[:8]}-{seed[8:12]}-4{seed[13:16]}-8{seed[17:20]}-{seed[20:32]}.sh"
    path.write_text(script)
    env = {"PATH": case["path"], "HOME": str(HOME), "CI": "true", "GITHUB_ACTIONS": "true", "LANG": "C.UTF-8", "USER": "runner",
           "GITHUB_WORKSPACE": str(WORK), "RUNNER_TEMP": str(TEMP), "GITHUB_REPOSITORY": "octo/toy", "RUSTUP_HOME": os.path.expanduser("~/.rustup"),
           "MAVEN_OPTS": f"-Duser.home={HOME}", "GOFLAGS": "-mod=mod", "COMPOSER_ALLOW_SUPERUSER": "1"}
    env.update({key: value for key, value in os.environ.items() if re.search("CA_CERTS|CERT_FILE|CERT_DIR|PIP_CERT|CA_BUNDLE|CAINFO", key)})
    env.update({key: str(value) for key, value in case["env"].items()})
    started = last = time.monotonic()
    process = subprocess.Popen(["/usr/bin/bash", "-e", str(path)], cwd=WORK, env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    cancelled = threading.Event()

    def cancel():
        cancelled.set()
        os.killpg(process.pid, 15)

    timer = threading.Timer(case["cancel_after"], cancel) if case.get("cancel_after") and index == len(case["steps"]) - 1 else None
    if timer:
        timer.start()
    for raw in process.stdout:
        now = time.monotonic()
        gap, last = now - last, now
        text = raw.decode("utf-8", "replace").rstrip("\n")
        text = rewrite(text)
        if text is None:
            continue
        for line in as_runner_prints(text):
            log.put(line, gap)
    code = process.wait()
    if timer:
        timer.cancel()
    code = 128 - code if code < 0 else code
    if cancelled.is_set():
        log.put("##[error]The operation was canceled.", 0.05)
    elif code:
        log.put(f"##[error]Process completed with exit code {code}.", 0.01)
    return None if cancelled.is_set() else code, time.monotonic() - started


def prepare(case):
    shutil.rmtree(HOME / "work", ignore_errors=True)
    WORK.mkdir(parents=True)
    TEMP.mkdir(parents=True)
    for name, text in case["files"].items():
        path = WORK / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if text.startswith("#!") and not name.endswith(".noexec.sh"):
            path.chmod(0o755)
    if case.get("before"):
        subprocess.run(["bash", "-ec", case["before"]], cwd=WORK, check=True, stdout=subprocess.DEVNULL,
                       env=dict(os.environ, HOME=str(HOME)))


def make(case):
    case = {"env": {}, "files": {}, "path": os.environ["PATH"], "job": "test", **case}
    prepare(case)
    seed = hashlib.sha256(case["name"].encode()).hexdigest()
    log = Log(case["name"])
    prologue(log, case, seed)
    code = 0
    for index, script in enumerate(case["steps"]):
        code, seconds = run_step(log, case, index, script)
        print(f"  step {index}: exit {code}, {seconds:.1f} s", file=sys.stderr)
        if code != 0 and index not in case.get("continue_on_error", ()):
            break
    epilogue(log)
    if case.get("after"):
        subprocess.run(["bash", "-ec", case["after"]], cwd=WORK, check=True)
    folder = CORPUS / case["name"]
    folder.mkdir(exist_ok=True)
    log.save(folder / "log.txt")
    clean = [re.sub(r"^##\[error\]", "", ANSI.sub("", part).replace("\r", "").rstrip()) for _, text in log.lines for part in text.split("\n")]
    expect = dict(case["expect"])
    exact = []
    for part in expect.get("decisive", []):
        hits = [line for line in clean if part in line and not line.startswith("##[")]
        if not hits:
            raise SystemExit(f"{case['name']}: no line holds {part!r}")
        line = hits[-1] if expect.get("last") else hits[0]
        if line not in exact:
            exact.append(line)
    expect.pop("last", None)
    expect["decisive"] = exact
    if expect["failures"]:
        expect.setdefault("exit_code", code)
    elif code:
        raise SystemExit(f"{case['name']}: was to pass, exit {code}")
    (folder / "expect.json").write_text(json.dumps(expect, indent=2, ensure_ascii=False) + "\n")
    size = (folder / "log.txt").stat().st_size
    print(f"{case['name']}: {len(log.lines)} lines, {size} bytes, exit {code}", file=sys.stderr)


def main():
    wanted = sys.argv[1:]
    for case in CASES:
        if not wanted or case["name"] in wanted:
            make(case)


if __name__ == "__main__":
    main()
