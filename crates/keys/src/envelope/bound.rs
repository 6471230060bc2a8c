//! What the two layers of an envelope are bound to. Each names all of it by itself; the other layer is
//! no excuse.

use vaultpilot_core::Address;
use vaultpilot_ports::keys::KeyContext;

/// Of data keys that are sealed to a tenant's key.
pub(crate) const DEK_INFO: &str = "vaultpilot/keys/v2/dek";

/// Of a data key sealed to a tenant's key, of which it names the version.
pub(crate) fn dek(context: &KeyContext, kek: u32) -> String {
    let KeyContext {
        tenant,
        wallet,
        version,
    } = context;
    format!("{tenant}|{wallet}|{version}|{kek}")
}

/// Of a data key under a key that is derived from the root.
pub(crate) fn first_dek(context: &KeyContext) -> String {
    let KeyContext {
        tenant,
        wallet,
        version,
    } = context;
    format!("vaultpilot/keys/v1/dek|{tenant}|{wallet}|{version}")
}

/// Of a private key. It names no key-encryption key, so that a data key moves alone.
pub(crate) fn key(made: u32, context: &KeyContext, address: Address) -> String {
    let KeyContext {
        tenant,
        wallet,
        version,
    } = context;
    format!("vaultpilot/keys/v{made}/key|{tenant}|{wallet}|{version}|{address:#x}")
}
