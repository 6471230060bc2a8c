//! What is kept of a key that lives in KMS: which one, whose, and its public key. JSON that names its
//! version; bytes that read the same but are written otherwise are refused.

use serde::{Deserialize, Serialize};
use vaultpilot_ports::keys::{KeyContext, KeyError};

use super::public_key::{COMPRESSED, PublicKey};
use crate::arn::Arn;

const VERSION: u32 = 1;
const CURVE: &str = "secp256k1";

/// Far above any envelope of version 1.
const MAX_BYTES: usize = 4096;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) context: KeyContext,
    /// A key, never an alias: what an alias means may change.
    pub(super) key: Arn,
    pub(super) public_key: PublicKey,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    version: u32,
    tenant: String,
    wallet: String,
    key_version: u32,
    key_arn: String,
    curve: String,
    #[serde(with = "hex::serde")]
    public_key: [u8; COMPRESSED],
}

impl Envelope {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let form = Form {
            version: VERSION,
            tenant: self.context.tenant.to_string(),
            wallet: self.context.wallet.to_string(),
            key_version: self.context.version,
            key_arn: self.key.as_str().to_owned(),
            curve: CURVE.to_owned(),
            public_key: self.public_key.compressed(),
        };
        // Text and integers always serialise; were they not to, nothing would read what this gives.
        serde_json::to_vec(&form).unwrap_or_default()
    }

    /// # Errors
    /// When these are not the bytes of an envelope of this version.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
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
        let envelope = Self {
            context: KeyContext {
                tenant: form.tenant.parse().ok()?,
                wallet: form.wallet.parse().ok()?,
                version: form.key_version,
            },
            key: Arn::parse_key(&form.key_arn).ok()?,
            public_key: PublicKey::from_compressed(&form.public_key)?,
        };
        (form.version == VERSION && form.curve == CURVE).then_some(envelope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vaultpilot_testkit::fixture::{tenant_id, wallet_id};

    fn envelope() -> Envelope {
        let generator = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
        let point = hex::decode(generator).unwrap().try_into().unwrap();
        Envelope {
            context: KeyContext {
                tenant: tenant_id(),
                wallet: wallet_id(),
                version: 3,
            },
            key: Arn::parse("arn:aws:kms:eu-central-1:111122223333:key/1234abcd").unwrap(),
            public_key: PublicKey::from_compressed(&point).unwrap(),
        }
    }

    #[test]
    fn an_envelope_is_read_as_it_is_written() {
        let envelope = envelope();
        let bytes = envelope.to_bytes();
        assert_eq!(Envelope::from_bytes(&bytes), Ok(envelope));
    }

    #[test]
    fn there_is_one_spelling() {
        let text = String::from_utf8(envelope().to_bytes()).unwrap();
        for other in [
            String::new(),
            "{}".to_owned(),
            format!("{text} "),
            text.replace("\":", "\": "),
            text.replace("0279be", "0279BE"),
            text.replacen("\"version\":1", "\"version\":2", 1),
            text.replace("secp256k1", "secp256r1"),
            text.replace(":key/", ":alias/"),
            text.replace('{', "{\"more\":1,"),
            // A point whose x is not on the curve.
            text.replace("0279be667e", "0579be667e"),
        ] {
            assert_ne!(other, text);
            let read = Envelope::from_bytes(other.as_bytes());
            assert_eq!(read, Err(KeyError::Envelope), "{other}");
        }
        assert!(Envelope::from_bytes(&vec![b' '; MAX_BYTES + 1]).is_err());
    }
}
