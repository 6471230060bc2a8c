//! An age file for one recipient with one short secret in it, written here: the writer of `age` leaves
//! what it encrypts in a buffer that nobody erases.
//!
//! The format is version 1 of <https://c2sp.org/age>: a file key wrapped for the recipient, a header
//! under a MAC, and a payload of one chunk. The text is encrypted where it lies.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use chacha20poly1305::{AeadInPlace as _, ChaCha20Poly1305, KeyInit as _};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use vaultpilot_core::Entropy;
use vaultpilot_secret::Secret;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{Zeroize as _, Zeroizing};

use super::SealError;
use crate::derive;

const X25519: &[u8] = b"age-encryption.org/v1/X25519";
/// An age file is one chunk up to this length.
const CHUNK: usize = 64 * 1024;
/// The first chunk is the last one.
const ONLY_CHUNK: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
/// Of a line of armour.
const LINE: usize = 64;

/// Encrypts `text` in place, and gives the armoured file. To be called in `erase::after`.
pub(super) fn write(
    text: &mut [u8],
    recipient: [u8; 32],
    entropy: &dyn Entropy,
) -> Result<String, SealError> {
    if text.is_empty() || text.len() > CHUNK {
        return Err(SealError::Failed);
    }
    let mut file_key = Zeroizing::new([0u8; 16]);
    entropy.fill(file_key.as_mut_slice());
    let mut file = header(&file_key, recipient, entropy)?.into_bytes();
    let mut nonce = [0u8; 16];
    entropy.fill(&mut nonce);
    file.extend_from_slice(&nonce);
    let key = hkdf(&nonce, b"payload", file_key.as_slice());
    let tag = encrypt(&key, &ONLY_CHUNK, text)?;
    file.extend_from_slice(text);
    file.extend_from_slice(&tag);
    Ok(armoured(&file))
}

fn header(
    file_key: &[u8; 16],
    recipient: [u8; 32],
    entropy: &dyn Entropy,
) -> Result<String, SealError> {
    let mut drawn = Secret::empty();
    entropy.fill(drawn.bytes_mut());
    let private = StaticSecret::from(*drawn.bytes());
    let (share, recipient) = (PublicKey::from(&private), PublicKey::from(recipient));
    let shared = private.diffie_hellman(&recipient);
    if !shared.was_contributory() {
        // A point of low order: everybody could open the file.
        return Err(SealError::Recipient);
    }
    let salt = [*share.as_bytes(), *recipient.as_bytes()].concat();
    let key = hkdf(&salt, X25519, shared.as_bytes());
    let mut wrapped = Zeroizing::new([0u8; 32]);
    let (body, place_of_tag) = wrapped.split_at_mut(file_key.len());
    body.copy_from_slice(file_key);
    place_of_tag.copy_from_slice(&encrypt(&key, &[0; 12], body)?);
    let header = format!(
        "age-encryption.org/v1\n-> X25519 {}\n{}\n---",
        BASE64_STANDARD_NO_PAD.encode(share.as_bytes()),
        BASE64_STANDARD_NO_PAD.encode(wrapped.as_slice()),
    );
    let key = hkdf(&[], b"header", file_key);
    let mac = over(key.bytes(), header.as_bytes());
    Ok(format!("{header} {}\n", BASE64_STANDARD_NO_PAD.encode(mac)))
}

/// HKDF (RFC 5869) with SHA-256: extract, then one block.
fn hkdf(salt: &[u8], info: &[u8], material: &[u8]) -> Secret {
    let mut extracted = over(salt, material);
    let mut key = Secret::empty();
    key.bytes_mut().copy_from_slice(&extracted);
    extracted.zeroize();
    derive::expand(&key, info)
}

fn over(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key)
        .expect("HMAC takes a key of any length");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

fn encrypt(key: &Secret, nonce: &[u8; 12], bytes: &mut [u8]) -> Result<[u8; 16], SealError> {
    let sealed = ChaCha20Poly1305::new(key.bytes().into()).encrypt_in_place_detached(
        nonce.into(),
        b"",
        bytes,
    );
    Ok(sealed.map_err(|_| SealError::Failed)?.into())
}

fn armoured(file: &[u8]) -> String {
    let mut text = "-----BEGIN AGE ENCRYPTED FILE-----\n".to_owned();
    let digits = BASE64_STANDARD.encode(file);
    let mut rest = digits.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(LINE));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str("-----END AGE ENCRYPTED FILE-----\n");
    text
}

#[cfg(test)]
mod tests;
