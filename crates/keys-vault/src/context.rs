//! What a transit key is derived with: the context of a call, as it is written for Vault.
//!
//! These texts are for ever: what was wrapped with one is unwrapped with the same one alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vaultpilot_ports::keys::KekContext;

/// `vaultpilot/kek|<tenant's id>|<version of its key-encryption key>`, in base64 as Vault wants it.
pub(crate) fn of_kek(context: &KekContext) -> String {
    let KekContext { tenant, version } = context;
    STANDARD.encode(format!("vaultpilot/kek|{tenant}|{version}"))
}

/// For what is encrypted to see whether it can be.
pub(crate) fn of_check() -> String {
    STANDARD.encode("vaultpilot/check")
}

#[cfg(test)]
mod tests;
