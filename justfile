# Work on the command line: just run report tests/corpus/go-undefined/log.txt
run *arguments:
    cargo run --release -- {{arguments}}

# The tests.
test *arguments:
    cargo test --locked {{arguments}}

# Everything that must hold before a change lands.
ci:
    .ci/run

# Writes docs/inputs.md, action.yml and schemas/config.json from the list in src/settings/inputs.rs.
docs:
    cargo run --quiet -- docs inputs > docs/inputs.md && cargo run --quiet -- docs action > action.yml && cargo run --quiet -- docs config > schemas/config.json

# Holds every request of the stories, and every answer of the fake, against GitHub's own API description, and our reading of events against GitHub's own examples (needs node).
contract: test
    cd tests/contract && npm install --no-audit --no-fund --no-package-lock && node run.mjs "${CARGO_TARGET_DIR:-$OLDPWD/target}/tmp/exchanges"
    cargo test --locked --test webhooks -- --ignored --nocapture

# How long merging and storing memory takes.
bench-memory:
    cargo bench --bench memory && cargo bench --bench merge

# How fast logs are read beside grep and ripgrep, and how long a search among 10,000 past failures takes.
bench-logs:
    cargo bench --bench logs && cargo bench --bench similar

# Quality on a folder of labelled logs: just eval FOLDER
eval folder *arguments:
    cargo run --release -- eval {{folder}} {{arguments}}

# The real ruflo, from npm, and two machines' worth of directories.
interop:
    cargo test --locked --test interop -- --nocapture

# The laws of merging, 10,000 cases each.
laws:
    PROPTEST_CASES=10000 cargo test --release --locked --lib memory::
