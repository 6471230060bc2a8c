//! From a signature of KMS to one that chains take.

use k256::ecdsa::{RecoveryId, Signature as Ecdsa};
use vaultpilot_core::{B256, U256};
use vaultpilot_ports::keys::{KeyError, Signature};

use super::public_key::PublicKey;

/// KMS answers DER, with whichever of the two possible values of s came out, and without the parity.
///
/// # Errors
/// `WrongAddress` when it is not this key's signature over this hash.
pub(super) fn read(der: &[u8], key: &PublicKey, hash: B256) -> Result<Signature, KeyError> {
    let signature = Ecdsa::from_der(der).map_err(|_| unusable("is none"))?;
    // EIP-2: of the two, chains take the lower one.
    let signature = signature.normalize_s().unwrap_or(signature);
    // Recovers the key for every parity and compares, so what it finds is verified.
    let verifying = key.verifying();
    let recovery = RecoveryId::trial_recovery_from_prehash(verifying, hash.as_slice(), &signature)
        .map_err(|_| KeyError::WrongAddress)?;
    if recovery.is_x_reduced() {
        // Of 2^128 signatures one: chains have no place to say it. The next one is another.
        return Err(unusable("has an r that chains cannot recover from"));
    }
    let (r, s) = signature.split_bytes();
    Ok(Signature {
        r: U256::from_be_slice(&r),
        s: U256::from_be_slice(&s),
        y_parity: recovery.is_y_odd(),
    })
}

fn unusable(why: &str) -> KeyError {
    KeyError::Unavailable {
        detail: format!("what AWS KMS gave as a signature {why}"),
    }
}
