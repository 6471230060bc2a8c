//! Where the installed pieces are. `cargo xtask test` says so in the environment.

use std::path::PathBuf;

fn asked(name: &str) -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place the harness is told from"
    )]
    let value = std::env::var_os(name);
    value.map(PathBuf::from)
}

fn told(name: &str) -> PathBuf {
    asked(name).unwrap_or_else(|| panic!("{name} is not set: run `cargo xtask test`"))
}

/// Of the cluster the tests may use; absent where there is none.
pub fn kubeconfig() -> Option<PathBuf> {
    asked("VAULTPILOT_KUBECONFIG")
}

pub fn kubectl() -> PathBuf {
    told("VAULTPILOT_KUBECTL")
}

pub fn helm() -> PathBuf {
    told("VAULTPILOT_HELM")
}

/// An address of this machine that pods reach.
pub fn host() -> String {
    asked("VAULTPILOT_HOST").map_or_else(
        || "10.200.0.254".to_owned(),
        |host| host.to_string_lossy().into_owned(),
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
