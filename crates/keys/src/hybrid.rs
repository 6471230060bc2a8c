//! HPKE (RFC 9180) over one secret: whoever has the public half seals, the private half alone opens.
//!
//! Base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. It says nothing of who sealed.

use hpke::aead::{AeadTag, AesGcm256};
use hpke::inout::InOutBuf;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _};
use vaultpilot_core::Entropy;
use vaultpilot_secret::Secret;

use crate::cipher::{NotOpened, SEALED};
use crate::draw::Draw;

/// What envelopes call this.
pub(crate) const ALGORITHM: &str = "hpke-x25519-hkdf-sha256-aes-256-gcm";

/// An X25519 public key.
pub(crate) const PUBLIC: usize = 32;

/// A secret at rest: the sender's half of the exchange, ciphertext and tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) enc: [u8; PUBLIC],
    pub(crate) bytes: [u8; SEALED],
}

/// Nobody has the private half of this public one: it is no point anything may be sealed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotSealed;

/// The public half of a private one, which may be any 32 bytes.
pub(crate) fn public(private: &Secret) -> Result<[u8; PUBLIC], NotOpened> {
    Ok(X25519HkdfSha256::sk_to_pk(&read(private)?)
        .to_bytes()
        .into())
}

pub(crate) fn seal(
    public: &[u8; PUBLIC],
    info: &str,
    aad: &str,
    plain: &Secret,
    entropy: &dyn Entropy,
) -> Result<Sealed, NotSealed> {
    let public = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(public).map_err(|_| NotSealed)?;
    // Encrypted in a `Secret` of its own: no plaintext is ever in the bytes that leave.
    let mut buffer = Secret::empty();
    buffer.bytes_mut().copy_from_slice(plain.bytes());
    let (enc, tag) =
        hpke::single_shot_seal_inout_detached_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &public,
            info.as_bytes(),
            InOutBuf::from(buffer.bytes_mut().as_mut_slice()),
            aad.as_bytes(),
            &mut Draw(entropy),
        )
        .map_err(|_| NotSealed)?;
    let mut sealed = Sealed {
        enc: enc.to_bytes().into(),
        bytes: [0; SEALED],
    };
    let (ciphertext, place_of_tag) = sealed.bytes.split_at_mut(Secret::LEN);
    ciphertext.copy_from_slice(buffer.bytes());
    place_of_tag.copy_from_slice(&tag.to_bytes());
    Ok(sealed)
}

pub(crate) fn open(
    private: &Secret,
    info: &str,
    aad: &str,
    sealed: &Sealed,
) -> Result<Secret, NotOpened> {
    let enc =
        <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&sealed.enc).map_err(|_| NotOpened)?;
    let (ciphertext, tag) = sealed.bytes.split_at(Secret::LEN);
    let tag = AeadTag::<AesGcm256>::from_bytes(tag).map_err(|_| NotOpened)?;
    let mut plain = Secret::empty();
    plain.bytes_mut().copy_from_slice(ciphertext);
    hpke::single_shot_open_inout_detached::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &read(private)?,
        &enc,
        info.as_bytes(),
        InOutBuf::from(plain.bytes_mut().as_mut_slice()),
        aad.as_bytes(),
        &tag,
    )
    .map_err(|_| NotOpened)?;
    Ok(plain)
}

fn read(private: &Secret) -> Result<<X25519HkdfSha256 as Kem>::PrivateKey, NotOpened> {
    <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(private.bytes()).map_err(|_| NotOpened)
}

#[cfg(test)]
mod tests;
