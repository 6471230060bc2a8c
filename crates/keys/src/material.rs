//! Private keys as people carry them: digits, a mnemonic, a V3 keystore, a file sealed with age.
//!
//! What is read ends in a [`Secret`]; what is on the way there is erased. No error repeats a byte of
//! what it was given: somebody may have named the wrong file.

mod error;
mod hex;
pub mod keystore;
mod mnemonic;
mod sealed;

use vaultpilot_core::Address;
use vaultpilot_secret::Secret;

pub use error::MaterialError;
pub use hex::from_hex;
pub use mnemonic::{DEFAULT_PATH, from_mnemonic};
pub use sealed::{Opener, SealError, open, open_text, recipient, seal, seal_text};

use crate::private_key;

/// Of the private key in `secret`.
///
/// # Errors
/// `NotAKey` for a number that is none.
pub fn address(secret: &Secret) -> Result<Address, MaterialError> {
    private_key::address(secret).ok_or(MaterialError::NotAKey)
}

/// The secret, if it is a private key.
fn checked(secret: Secret) -> Result<Secret, MaterialError> {
    address(&secret).map(|_| secret)
}
