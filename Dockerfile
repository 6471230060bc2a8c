# The three images of the hosted edition, for whoever has an engine and a registry:
#
#   docker build --target control-api    --tag REGISTRY/vaultpilot/control-api:VERSION .
#   docker build --target tenant-runtime --tag REGISTRY/vaultpilot/tenant-runtime:VERSION .
#   docker build --target operator       --tag REGISTRY/vaultpilot/operator:VERSION .
#
# Each has one static program and the certificates the world trusts: no shell, no package, no account
# to break into.
# `cargo xtask image build` makes the same layout without an engine.

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# For the named target alone: what runs while building keeps the flags it needs.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    target="$(rustc --print host-tuple)" \
    && RUSTFLAGS="-C target-feature=+crt-static" cargo build --release --locked --bins \
        --target "$target" \
        --package vaultpilot-control-api \
        --package vaultpilot-tenant-runtime \
        --package vaultpilot-operator \
    && mkdir /out \
    && cp "target/$target/release/control-api" \
        "target/$target/release/tenant-runtime" \
        "target/$target/release/operator" /out/

FROM scratch AS control-api
LABEL org.opencontainers.image.title="control-api" \
    org.opencontainers.image.description="VaultPilot's control API: serve, execute, migrate, doctor" \
    org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build --chmod=0444 /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chmod=0555 /out/control-api /control-api
USER 65532:65532
ENTRYPOINT ["/control-api"]

FROM scratch AS tenant-runtime
LABEL org.opencontainers.image.title="tenant-runtime" \
    org.opencontainers.image.description="The MCP endpoint of one VaultPilot tenant" \
    org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build --chmod=0444 /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chmod=0555 /out/tenant-runtime /tenant-runtime
USER 65532:65532
ENTRYPOINT ["/tenant-runtime"]

FROM scratch AS operator
LABEL org.opencontainers.image.title="operator" \
    org.opencontainers.image.description="VaultPilot's Kubernetes operator" \
    org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build --chmod=0444 /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chmod=0555 /out/operator /operator
USER 65532:65532
ENTRYPOINT ["/operator"]
