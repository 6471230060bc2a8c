//! What the derived key does: its first half encrypts, its second half authenticates.

use aes::Aes128;
use alloy_primitives::keccak256;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit as _, StreamCipher as _};
use vaultpilot_secret::Secret;

/// Encrypts and decrypts: it is the same.
pub(super) fn crypt(derived: &Secret, iv: &[u8; 16], bytes: &mut [u8; 32]) {
    let mut key = [0u8; 16];
    key.copy_from_slice(&derived.bytes()[..16]);
    Ctr128BE::<Aes128>::new((&key).into(), iv.into()).apply_keystream(bytes);
    zeroize::Zeroize::zeroize(&mut key);
}

pub(super) fn mac(derived: &Secret, ciphertext: &[u8; 32]) -> [u8; 32] {
    let mut input = zeroize::Zeroizing::new([0u8; 48]);
    input[..16].copy_from_slice(&derived.bytes()[16..]);
    input[16..].copy_from_slice(ciphertext);
    keccak256(input.as_slice()).0
}
