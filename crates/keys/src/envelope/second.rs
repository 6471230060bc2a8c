//! The spelling of version 2: the data key sealed to the public half of the tenant's key.

use serde::{Deserialize, Serialize};

use super::part::ALGORITHM;
use super::{CURVE, Dek, Envelope, Key};
use crate::cipher::{NONCE, SEALED, Sealed};
use crate::hybrid;

pub(super) const VERSION: u32 = 2;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    version: u32,
    dek: SealedDek,
    curve: String,
    address: String,
    key: SealedKey,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedDek {
    algorithm: String,
    kek: u32,
    #[serde(with = "hex::serde")]
    enc: [u8; hybrid::PUBLIC],
    #[serde(with = "hex::serde")]
    sealed: [u8; SEALED],
}

/// It moves as it is when its data key is sealed anew, so it says in which version it was made.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedKey {
    algorithm: String,
    made: u32,
    #[serde(with = "hex::serde")]
    nonce: [u8; NONCE],
    #[serde(with = "hex::serde")]
    sealed: [u8; SEALED],
}

impl Form {
    pub(super) fn of(kek: u32, dek: hybrid::Sealed, key: &Key) -> Self {
        Self {
            version: VERSION,
            dek: SealedDek {
                algorithm: hybrid::ALGORITHM.to_owned(),
                kek,
                enc: dek.enc,
                sealed: dek.bytes,
            },
            curve: CURVE.to_owned(),
            address: key.address.to_checksum(None),
            key: SealedKey {
                algorithm: ALGORITHM.to_owned(),
                made: key.made,
                nonce: key.sealed.nonce,
                sealed: key.sealed.bytes,
            },
        }
    }

    pub(super) fn read(self) -> Option<Envelope> {
        let known = self.version == VERSION
            && self.curve == CURVE
            && self.dek.algorithm == hybrid::ALGORITHM
            && self.key.algorithm == ALGORITHM
            && (1..=VERSION).contains(&self.key.made);
        let envelope = Envelope {
            dek: Dek::Kek {
                version: self.dek.kek,
                sealed: hybrid::Sealed {
                    enc: self.dek.enc,
                    bytes: self.dek.sealed,
                },
            },
            key: Key {
                made: self.key.made,
                address: self.address.parse().ok()?,
                sealed: Sealed {
                    nonce: self.key.nonce,
                    bytes: self.key.sealed,
                },
            },
        };
        known.then_some(envelope)
    }
}
