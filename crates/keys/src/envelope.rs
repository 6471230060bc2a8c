//! A wrapped key as bytes: JSON that names its version, its algorithms and its root.
//!
//! There is one spelling of every envelope: bytes that read the same but are written otherwise are
//! refused, so no bit of it is free.

use serde::{Deserialize, Serialize};
use vaultpilot_core::Address;
use vaultpilot_ports::keys::{KeyContext, KeyError};

use crate::RootId;
use crate::cipher::{NONCE, SEALED, Sealed};

const VERSION: u32 = 1;
const KDF: &str = "hkdf-sha256";
const ALGORITHM: &str = "aes-256-gcm";
const CURVE: &str = "secp256k1";

/// Far above any envelope of version 1.
const MAX_BYTES: usize = 4096;

/// What is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) root: RootId,
    pub(crate) address: Address,
    /// The DEK under the tenant's KEK.
    pub(crate) dek: Sealed,
    /// The private key under the DEK.
    pub(crate) key: Sealed,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    version: u32,
    kdf: String,
    root: String,
    dek: Part,
    curve: String,
    address: String,
    key: Part,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    algorithm: String,
    #[serde(with = "hex::serde")]
    nonce: [u8; NONCE],
    #[serde(with = "hex::serde")]
    sealed: [u8; SEALED],
}

impl Envelope {
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let form = Form {
            version: VERSION,
            kdf: KDF.to_owned(),
            root: self.root.to_string(),
            dek: self.dek.into(),
            curve: CURVE.to_owned(),
            address: self.address.to_checksum(None),
            key: self.key.into(),
        };
        serde_json::to_vec(&form).expect("text and integers always serialise")
    }

    /// # Errors
    /// When these are not the bytes of an envelope of this version.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let envelope = Self::read(bytes).ok_or(KeyError::Envelope)?;
        if envelope.to_bytes() == bytes {
            Ok(envelope)
        } else {
            Err(KeyError::Envelope)
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_BYTES {
            return None;
        }
        let form: Form = serde_json::from_slice(bytes).ok()?;
        let known = form.version == VERSION
            && form.kdf == KDF
            && form.curve == CURVE
            && form.dek.algorithm == ALGORITHM
            && form.key.algorithm == ALGORITHM;
        let envelope = Self {
            root: form.root.parse().ok()?,
            address: form.address.parse().ok()?,
            dek: form.dek.into(),
            key: form.key.into(),
        };
        known.then_some(envelope)
    }
}

impl From<Sealed> for Part {
    fn from(sealed: Sealed) -> Self {
        Self {
            algorithm: ALGORITHM.to_owned(),
            nonce: sealed.nonce,
            sealed: sealed.bytes,
        }
    }
}

impl From<Part> for Sealed {
    fn from(part: Part) -> Self {
        Self {
            nonce: part.nonce,
            bytes: part.sealed,
        }
    }
}

/// What a DEK is bound to.
pub(crate) fn dek_aad(context: &KeyContext) -> String {
    let KeyContext {
        tenant,
        wallet,
        version,
    } = context;
    format!("vaultpilot/keys/v{VERSION}/dek|{tenant}|{wallet}|{version}")
}

/// What a private key is bound to.
pub(crate) fn key_aad(context: &KeyContext, address: Address) -> String {
    let KeyContext {
        tenant,
        wallet,
        version,
    } = context;
    format!("vaultpilot/keys/v{VERSION}/key|{tenant}|{wallet}|{version}|{address:#x}")
}

#[cfg(test)]
mod tests;
