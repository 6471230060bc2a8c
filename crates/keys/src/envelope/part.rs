//! What AES-256-GCM sealed, as it is spelled.

use serde::{Deserialize, Serialize};

use crate::cipher::{NONCE, SEALED, Sealed};

pub(super) const ALGORITHM: &str = "aes-256-gcm";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    algorithm: String,
    #[serde(with = "hex::serde")]
    nonce: [u8; NONCE],
    #[serde(with = "hex::serde")]
    sealed: [u8; SEALED],
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

impl Part {
    pub(super) fn read(self) -> Option<Sealed> {
        (self.algorithm == ALGORITHM).then_some(Sealed {
            nonce: self.nonce,
            bytes: self.sealed,
        })
    }
}
