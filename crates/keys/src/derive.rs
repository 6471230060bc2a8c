//! Keys from keys: HKDF-Expand (RFC 5869) with HMAC-SHA-256, one block.
//!
//! What is expanded is uniformly random, so HKDF's extract step would add nothing.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use vaultpilot_core::TenantId;
use zeroize::Zeroize as _;

use vaultpilot_secret::Secret;

/// The symmetric key encryption key of one tenant, as envelopes of version 1 have it.
pub(crate) fn tenant_kek(root: &Secret, tenant: TenantId) -> Secret {
    expand(
        root,
        format!("vaultpilot/keys/v1/tenant-kek|{tenant}").as_bytes(),
    )
}

/// What a root is recognised by: one-way, so it may be shown.
pub(crate) fn root_id(root: &Secret) -> [u8; 8] {
    let full = expand(root, b"vaultpilot/keys/v1/root-id");
    let mut id = [0; 8];
    id.copy_from_slice(&full.bytes()[..8]);
    id
}

pub(crate) fn expand(root: &Secret, info: &[u8]) -> Secret {
    let mut mac =
        <Hmac<Sha256>>::new_from_slice(root.bytes()).expect("HMAC takes a key of any length");
    mac.update(info);
    // The block counter of HKDF-Expand: this is T(1), 32 bytes long.
    mac.update(&[1]);
    let mut block = mac.finalize().into_bytes();
    let mut derived = Secret::empty();
    derived.bytes_mut().copy_from_slice(&block);
    block.as_mut_slice().zeroize();
    derived
}

#[cfg(test)]
mod tests;
