//! Where the installed pieces are. `cargo xtask test` says so in the environment.

use std::path::PathBuf;

fn told(name: &str) -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place the harness is told from"
    )]
    let value = std::env::var_os(name);
    value.map_or_else(
        || panic!("{name} is not set: run `cargo xtask test`"),
        PathBuf::from,
    )
}

pub fn anvil() -> PathBuf {
    told("VAULTPILOT_ANVIL")
}

pub fn node_modules() -> PathBuf {
    told("VAULTPILOT_NODE_MODULES")
}

pub fn python() -> PathBuf {
    told("VAULTPILOT_PYTHON")
}

/// The binary under test, built with its failpoints.
pub fn vaultpilot() -> PathBuf {
    told("VAULTPILOT_BIN")
}

/// This crate's folder.
pub fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
