//! Writing a keystore.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use vaultpilot_core::{Address, Entropy};
use vaultpilot_secret::{Secret, erase};

use super::{Cost, KeystoreError, cost, seal};

/// A V3 keystore of this key, which geth, ethers, foundry and web3 open. Takes about a second.
///
/// # Errors
/// None that a `Cost` allows.
pub fn write(
    secret: &Secret,
    address: Address,
    password: &SecretString,
    entropy: &dyn Entropy,
    cost: Cost,
) -> Result<String, KeystoreError> {
    let (mut salt, mut iv, mut id) = ([0u8; 32], [0u8; 16], [0u8; 16]);
    entropy.fill(&mut salt);
    entropy.fill(&mut iv);
    entropy.fill(&mut id);
    let params = scrypt::Params::new(cost.log_n, Cost::R, 1).map_err(|_| KeystoreError::Cost {
        kdf: "scrypt",
        limit: "at most 2^18 blocks are used",
    })?;
    let (ciphertext, mac) = erase::after(|| {
        let derived = cost::derive_scrypt(password.expose_secret(), &salt, &params)?;
        // Encrypted in a `Secret` of its own: no plaintext is ever in the bytes that leave.
        let mut buffer = Secret::empty();
        buffer.bytes_mut().copy_from_slice(secret.bytes());
        seal::crypt(&derived, &iv, buffer.bytes_mut());
        Ok((*buffer.bytes(), seal::mac(&derived, buffer.bytes())))
    })?;
    let keystore = json!({
        "address": hex::encode(address),
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": hex::encode(iv) },
            "ciphertext": hex::encode(ciphertext),
            "kdf": "scrypt",
            "kdfparams": {
                "dklen": 32, "n": 1_u64 << cost.log_n, "p": 1, "r": Cost::R,
                "salt": hex::encode(salt),
            },
            "mac": hex::encode(mac),
        },
        "id": uuid(id),
        "version": 3,
    });
    Ok(keystore.to_string())
}

/// Sixteen random bytes as a UUID of version 4.
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = hex::encode(bytes);
    for at in [20, 16, 12, 8] {
        text.insert(at, '-');
    }
    text
}
