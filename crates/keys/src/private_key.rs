//! A wallet's private key, for the moment it is used.
//!
//! It lies in a `Secret`. What the library of the curve needs beside it is on the stack and is erased
//! here where it has a name; the frames below have none, so whoever calls does it in `erase::after`.

use std::sync::LazyLock;

use secp256k1::ecdsa::RecoveryId;
use secp256k1::{Message, PublicKey, Secp256k1, SecretKey, SignOnly};
use vaultpilot_core::{Address, B256, Entropy, U256};
use vaultpilot_ports::keys::Signature;
use vaultpilot_secret::Secret;

/// A random 256-bit number is no valid key once in 2^128 tries; so many in a row are a broken source.
const TRIES: usize = 16;

/// Made once: making it costs as much as a signature.
static CURVE: LazyLock<Secp256k1<SignOnly>> = LazyLock::new(Secp256k1::signing_only);

/// The source of randomness gives no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BrokenEntropy;

/// A new key and its address, by rejection sampling: every valid key is equally likely.
pub(crate) fn generate(entropy: &dyn Entropy) -> Result<(Secret, Address), BrokenEntropy> {
    let mut secret = Secret::empty();
    for _ in 0..TRIES {
        entropy.fill(secret.bytes_mut());
        if let Some(address) = address(&secret) {
            return Ok((secret, address));
        }
    }
    Err(BrokenEntropy)
}

/// The last 20 bytes of the hash of the public key. `None` when the number is no key: zero, or not
/// below the order of the curve.
pub(crate) fn address(secret: &Secret) -> Option<Address> {
    let point = with(secret, |key| PublicKey::from_secret_key(&CURVE, key))?;
    Some(Address::from_raw_public_key(
        &point.serialize_uncompressed()[1..],
    ))
}

/// Deterministic (RFC 6979), s in the lower half. `None` when the number is no key, and for the
/// nonce nobody can find that needs more than a parity to recover.
pub(crate) fn sign(secret: &Secret, hash: B256) -> Option<Signature> {
    let message = Message::from_digest(hash.0);
    let signature = with(secret, |key| CURVE.sign_ecdsa_recoverable(message, key))?;
    let (recovery, bytes) = signature.serialize_compact();
    let y_parity = match recovery {
        RecoveryId::Zero => false,
        RecoveryId::One => true,
        RecoveryId::Two | RecoveryId::Three => return None,
    };
    let (r, s) = bytes.split_at(Secret::LEN);
    Some(Signature {
        r: U256::from_be_slice(r),
        s: U256::from_be_slice(s),
        y_parity,
    })
}

/// Lends the key to the library, which takes it by value only, and erases what it was given.
fn with<T>(secret: &Secret, work: impl FnOnce(&SecretKey) -> T) -> Option<T> {
    let mut key = SecretKey::from_byte_array(*secret.bytes()).ok()?;
    let result = work(&key);
    key.non_secure_erase();
    Some(result)
}

#[cfg(test)]
mod tests;
