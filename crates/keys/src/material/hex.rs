//! A private key as hexadecimal digits.

use vaultpilot_secret::Secret;

use super::{MaterialError, checked};

/// Reads 64 hexadecimal digits, `0x` before them or not, white space around them or not.
///
/// # Errors
/// `NotHex` for anything else, `NotAKey` for a number that is no private key.
pub fn from_hex(text: &str) -> Result<Secret, MaterialError> {
    let text = text.trim_ascii();
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let mut secret = Secret::empty();
    ::hex::decode_to_slice(digits, secret.bytes_mut()).map_err(|_| MaterialError::NotHex)?;
    checked(secret)
}

#[cfg(test)]
mod tests;
