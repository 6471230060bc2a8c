//! AES-256-GCM over one secret. Plaintext is only ever in a `Secret`.

use aes_gcm::aead::AeadInOut as _;
use aes_gcm::{Aes256Gcm, KeyInit as _};
use vaultpilot_core::Entropy;

use vaultpilot_secret::Secret;

pub(crate) const NONCE: usize = 12;
pub(crate) const SEALED: usize = Secret::LEN + 16;

/// A secret at rest: nonce, ciphertext and tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) nonce: [u8; NONCE],
    pub(crate) bytes: [u8; SEALED],
}

/// Wrong key, wrong data beside it, or altered bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotOpened;

/// Nonces are random: a key here seals a handful of secrets, 2^32 would be too many.
pub(crate) fn seal(key: &Secret, aad: &str, plain: &Secret, entropy: &dyn Entropy) -> Sealed {
    let mut sealed = Sealed {
        nonce: [0; NONCE],
        bytes: [0; SEALED],
    };
    entropy.fill(&mut sealed.nonce);
    // Encrypted in a `Secret` of its own: no plaintext is ever in the bytes that leave.
    let mut buffer = Secret::empty();
    buffer.bytes_mut().copy_from_slice(plain.bytes());
    let tag = Aes256Gcm::new(key.bytes().into())
        .encrypt_inout_detached(
            (&sealed.nonce).into(),
            aad.as_bytes(),
            buffer.bytes_mut().as_mut_slice().into(),
        )
        .expect("32 bytes and a short text are far below the limits of GCM");
    let (ciphertext, place_of_tag) = sealed.bytes.split_at_mut(Secret::LEN);
    ciphertext.copy_from_slice(buffer.bytes());
    place_of_tag.copy_from_slice(&tag);
    sealed
}

pub(crate) fn open(key: &Secret, aad: &str, sealed: &Sealed) -> Result<Secret, NotOpened> {
    let (ciphertext, tag) = sealed.bytes.split_at(Secret::LEN);
    let tag: [u8; 16] = tag.try_into().map_err(|_| NotOpened)?;
    let mut plain = Secret::empty();
    plain.bytes_mut().copy_from_slice(ciphertext);
    Aes256Gcm::new(key.bytes().into())
        .decrypt_inout_detached(
            (&sealed.nonce).into(),
            aad.as_bytes(),
            plain.bytes_mut().as_mut_slice().into(),
            (&tag).into(),
        )
        .map_err(|_| NotOpened)?;
    Ok(plain)
}
