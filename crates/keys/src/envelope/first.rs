//! The spelling of version 1: the data key under a symmetric key that is derived from the root. Still
//! read; no longer made.

use serde::{Deserialize, Serialize};

use super::part::Part;
use super::{CURVE, Dek, Envelope, Key};
use crate::RootId;
use crate::cipher::Sealed;

pub(super) const VERSION: u32 = 1;
const KDF: &str = "hkdf-sha256";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    version: u32,
    kdf: String,
    root: String,
    dek: Part,
    curve: String,
    address: String,
    key: Part,
}

impl Form {
    pub(super) fn of(root: RootId, dek: Sealed, key: &Key) -> Self {
        Self {
            version: VERSION,
            kdf: KDF.to_owned(),
            root: root.to_string(),
            dek: dek.into(),
            curve: CURVE.to_owned(),
            address: key.address.to_checksum(None),
            key: key.sealed.into(),
        }
    }

    pub(super) fn read(self) -> Option<Envelope> {
        let known = self.version == VERSION && self.kdf == KDF && self.curve == CURVE;
        let envelope = Envelope {
            dek: Dek::Root {
                root: self.root.parse().ok()?,
                sealed: self.dek.read()?,
            },
            key: Key {
                made: VERSION,
                address: self.address.parse().ok()?,
                sealed: self.key.read()?,
            },
        };
        known.then_some(envelope)
    }
}
