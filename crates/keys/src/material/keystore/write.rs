//! Writing a keystore.

use secrecy::{ExposeSecret as _, SecretString};
use vaultpilot_core::{Address, Entropy};
use vaultpilot_secret::{Secret, erase};

use super::form::{CipherParams, Crypto, Kdf, Keystore};
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
    let keystore = Keystore {
        address: Some(hex::encode(address)),
        crypto: Crypto {
            cipher: "aes-128-ctr".to_owned(),
            cipherparams: CipherParams { iv },
            ciphertext,
            kdf: Kdf::Scrypt {
                dklen: 32,
                n: 1 << cost.log_n,
                p: 1,
                r: Cost::R.into(),
                salt: salt.to_vec(),
            },
            mac,
        },
        id: Some(uuid(id)),
        version: 3,
    };
    Ok(serde_json::to_string(&keystore)
        .expect("a keystore has only text keys, numbers and hexadecimal digits"))
}

/// Sixteen random bytes as a UUID of version 4.
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = hex::encode(bytes);
    let (a, b) = (&digits[..8], &digits[8..12]);
    let (c, d, e) = (&digits[12..16], &digits[16..20], &digits[20..]);
    format!("{a}-{b}-{c}-{d}-{e}")
}
