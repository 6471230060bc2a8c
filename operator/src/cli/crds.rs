//! `operator crds`

use std::io::Write as _;

use kube::CustomResourceExt as _;
use vaultpilot_crds::{Policy, Strategy, Tenant, Wallet};

use super::Failure;

/// JSON documents, which are YAML documents, one after the other.
pub(super) fn run() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for kind in [Tenant::crd(), Wallet::crd(), Strategy::crd(), Policy::crd()] {
        let text = serde_json::to_string_pretty(&kind)?;
        writeln!(out, "---\n{text}")?;
    }
    Ok(())
}
