# One-line recipes; `just` lists them.

run *arguments:
    cargo run --release -- {{arguments}}

test *arguments:
    cargo test --locked {{arguments}}

ci:
    .ci/run

docs:
    for page in inputs action; do cargo run --quiet -- docs "$page"; done
