# Work on the command line: just run report tests/corpus/go-undefined/log.txt
run *arguments:
    cargo run --release -- {{arguments}}

# The tests.
test *arguments:
    cargo test --locked {{arguments}}

# Everything that must hold before a change lands.
ci:
    .ci/run

# Writes docs/inputs.md and action.yml from the list in src/settings/inputs.rs.
docs:
    cargo run --quiet -- docs inputs > docs/inputs.md && cargo run --quiet -- docs action > action.yml
