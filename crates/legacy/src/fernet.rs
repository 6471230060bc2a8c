//! Fernet tokens: AES-128-CBC under HMAC-SHA-256.
//!
//! Version, time, vector, ciphertext, and the MAC of all that, in base64 for URLs. The MAC is compared
//! in constant time and before anything is decrypted; the time is not looked at, for keys do not age.

use aes::Aes128;
use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use vaultpilot_secret::{Secret, erase};
use zeroize::Zeroizing;

const VERSION: u8 = 0x80;
const HEAD: usize = 1 + 8 + 16;
const MAC: usize = 32;
const BLOCK: usize = 16;
/// A token around 32 bytes has 140 letters.
pub const MAX_TOKEN: usize = 1024;

/// Paddings were left out by some who copied a key or a token.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FernetError {
    #[error("Fernet key is not 32 bytes in base64 for URLs")]
    NotAKey,
    #[error("text is not a Fernet token")]
    NotAToken,
    #[error("Fernet token was made with another key, or was altered")]
    WrongKey,
}

/// The key of a store: its first half authenticates, its second half encrypts.
pub struct FernetKey(Secret);

impl FernetKey {
    /// Reads the key as the predecessor kept it, white space around it or not.
    ///
    /// # Errors
    /// `NotAKey`.
    pub fn parse(text: &str) -> Result<Self, FernetError> {
        let text = text.trim_ascii();
        if text.len() > MAX_TOKEN {
            return Err(FernetError::NotAKey);
        }
        let bytes = BASE64.decode(text).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| FernetError::NotAKey)?;
        let mut secret = Secret::empty();
        if bytes.len() != Secret::LEN {
            return Err(FernetError::NotAKey);
        }
        secret.bytes_mut().copy_from_slice(&bytes);
        Ok(Self(secret))
    }

    /// What is in a token.
    ///
    /// # Errors
    /// `NotAToken` for what no key opens, else `WrongKey`.
    pub fn open(&self, token: &[u8]) -> Result<Zeroizing<Vec<u8>>, FernetError> {
        if token.len() > MAX_TOKEN {
            return Err(FernetError::NotAToken);
        }
        let token = BASE64
            .decode(token.trim_ascii())
            .map_err(|_| FernetError::NotAToken)?;
        let (signed, mac) = token
            .split_last_chunk::<MAC>()
            .ok_or(FernetError::NotAToken)?;
        let (head, ciphertext) = signed
            .split_first_chunk::<HEAD>()
            .ok_or(FernetError::NotAToken)?;
        let whole = !ciphertext.is_empty() && ciphertext.len().is_multiple_of(BLOCK);
        if head[0] != VERSION || !whole {
            return Err(FernetError::NotAToken);
        }
        erase::after(|| {
            let (signing, encryption) = self.0.bytes().split_at(BLOCK);
            let mut check =
                Hmac::<Sha256>::new_from_slice(signing).map_err(|_| FernetError::NotAKey)?;
            check.update(signed);
            check.verify_slice(mac).map_err(|_| FernetError::WrongKey)?;
            let cipher = Decryptor::<Aes128>::new_from_slices(encryption, &head[9..])
                .map_err(|_| FernetError::NotAKey)?;
            let mut buffer = Zeroizing::new(ciphertext.to_vec());
            let length = cipher
                .decrypt_padded::<Pkcs7>(&mut buffer)
                .map_err(|_| FernetError::WrongKey)?
                .len();
            buffer.truncate(length);
            Ok(buffer)
        })
    }
}

#[cfg(test)]
mod tests;
