# The image of the container action: a static binary on Alpine.
#
# Both bases are named by exact tag here. release.yml resolves each tag to its digest once, builds both architectures from that digest
# (the two arguments below), and records it in the image's provenance; the image itself is then named by digest in the action.yml of the tag.
ARG RUST_IMAGE=docker.io/library/rust:1.95.0-alpine3.23
ARG RUNTIME_IMAGE=docker.io/library/alpine:3.23.4

# ---------------------------------------------------------------------------------------------------------------------- build
# hadolint ignore=DL3006
FROM ${RUST_IMAGE} AS build
# A C compiler for libgit2, SQLite and ring.
# hadolint ignore=DL3018
RUN apk add --no-cache build-base
# The image's own toolchain, which is the one of rust-toolchain.toml: .ci/run compares them.
ENV RUSTUP_TOOLCHAIN=1.95.0 CARGO_TERM_COLOR=never
WORKDIR /build
# Dependencies first, so that a change of the sources alone does not build them again.
COPY Cargo.toml Cargo.lock ./
# Targets that Cargo.toml names must be there, though they are not built.
COPY benches benches
COPY tests/interop.rs tests/interop.rs
RUN mkdir src && echo 'fn main() {}' > src/main.rs && : > src/lib.rs \
    && cargo build --release --locked --bin shipwright \
    && rm -r src
COPY src src
COPY templates templates
RUN touch src/main.rs src/lib.rs && cargo build --release --locked --bin shipwright \
    && install -D -m 0755 target/release/shipwright /out/shipwright \
    && /out/shipwright --version

# -------------------------------------------------------------------------------------------------------------------- runtime
# hadolint ignore=DL3006
FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="Shipwright" \
      org.opencontainers.image.description="CI that remembers: explains failed runs and keeps memory in a hidden git ref" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
# Busybox brings sh, env and tail, which runners on Kubernetes need to start a container action.
# hadolint ignore=DL3018
RUN apk add --no-cache ca-certificates
COPY --from=build /out/shipwright /usr/local/bin/shipwright
# The runner passes no arguments: the binary sees by its name which stage it is in.
RUN ln -s shipwright /usr/local/bin/shipwright-main && ln -s shipwright /usr/local/bin/shipwright-post
# Root and no working directory: the runner mounts the workspace, its temporary folder and its command files, and owns them.
ENTRYPOINT ["/usr/local/bin/shipwright-main"]
