//! A wallet's private key, for the moment it exists.

use k256::ecdsa::SigningKey;
use vaultpilot_core::{Address, B256, Entropy, U256};
use vaultpilot_ports::keys::Signature;

use vaultpilot_secret::Secret;

/// A random 256-bit number is no valid key once in 2^128 tries; so many in a row are a broken source.
const TRIES: usize = 16;

/// The source of randomness gives no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BrokenEntropy;

/// A new key and its address, by rejection sampling: every valid key is equally likely.
pub(crate) fn generate(entropy: &dyn Entropy) -> Result<(Secret, Address), BrokenEntropy> {
    let mut secret = Secret::empty();
    for _ in 0..TRIES {
        entropy.fill(secret.bytes_mut());
        if let Some(key) = read(&secret) {
            let address = address(&key);
            return Ok((secret, address));
        }
    }
    Err(BrokenEntropy)
}

/// `None` when the number is zero or not below the order of the curve.
pub(crate) fn read(secret: &Secret) -> Option<SigningKey> {
    SigningKey::from_slice(secret.bytes()).ok()
}

/// The last 20 bytes of the hash of the public key.
pub(crate) fn address(key: &SigningKey) -> Address {
    let point = key.verifying_key().to_encoded_point(false);
    Address::from_raw_public_key(&point.as_bytes()[1..])
}

/// Deterministic (RFC 6979), s in the lower half. `None` for the hash nobody can sign, which nobody
/// can find either.
pub(crate) fn sign(key: &SigningKey, hash: B256) -> Option<Signature> {
    let (signature, recovery) = key.sign_prehash_recoverable(hash.as_slice()).ok()?;
    let (r, s) = signature.split_bytes();
    Some(Signature {
        r: U256::from_be_slice(&r),
        s: U256::from_be_slice(&s),
        y_parity: recovery.is_y_odd(),
    })
}

#[cfg(test)]
mod tests;
