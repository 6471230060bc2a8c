//! Reading a keystore.

use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;
use vaultpilot_core::Address;
use vaultpilot_secret::{Secret, erase};

use super::form::Keystore;
use super::{KeystoreError, seal};
use crate::material::{MaterialError, address};

/// Real ones have less than 1 KiB.
const MAX: usize = 64 * 1024;

/// The key in a V3 keystore. Takes as long as the file says, up to some seconds.
///
/// # Errors
/// Why it gives none; a wrong password and an altered file cannot be told apart.
pub fn read(text: &str, password: &SecretString) -> Result<Secret, MaterialError> {
    if text.len() > MAX {
        return Err(KeystoreError::TooLong { max: MAX }.into());
    }
    let keystore: Keystore =
        serde_json::from_str(text).map_err(|error| KeystoreError::NotAKeystore {
            line: error.line(),
            column: error.column(),
        })?;
    if keystore.version != 3 {
        let found = keystore.version;
        return Err(KeystoreError::Version { found }.into());
    }
    if keystore.crypto.cipher != "aes-128-ctr" {
        return Err(KeystoreError::Cipher.into());
    }
    erase::after(|| open(&keystore, password))
}

fn open(keystore: &Keystore, password: &SecretString) -> Result<Secret, MaterialError> {
    let crypto = &keystore.crypto;
    let derived = crypto.kdf.key(password.expose_secret())?;
    let mac = seal::mac(&derived, &crypto.ciphertext);
    if !bool::from(mac.ct_eq(&crypto.mac)) {
        return Err(KeystoreError::Password.into());
    }
    let mut secret = Secret::empty();
    secret.bytes_mut().copy_from_slice(&crypto.ciphertext);
    seal::crypt(&derived, &crypto.cipherparams.iv, secret.bytes_mut());
    let is = address(&secret)?;
    match &keystore.address {
        Some(says) if says.parse::<Address>() != Ok(is) => Err(KeystoreError::Address.into()),
        _ => Ok(secret),
    }
}
