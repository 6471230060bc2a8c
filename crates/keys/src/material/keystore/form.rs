//! The JSON of a V3 keystore.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct Keystore {
    /// Lower-case digits without `0x` where we write it; some programs leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<String>,
    #[serde(alias = "Crypto")]
    pub(super) crypto: Crypto,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    pub(super) version: u64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Crypto {
    pub(super) cipher: String,
    pub(super) cipherparams: CipherParams,
    #[serde(with = "hex")]
    pub(super) ciphertext: [u8; 32],
    #[serde(flatten)]
    pub(super) kdf: Kdf,
    #[serde(with = "hex")]
    pub(super) mac: [u8; 32],
}

#[derive(Serialize, Deserialize)]
pub(super) struct CipherParams {
    #[serde(with = "hex")]
    pub(super) iv: [u8; 16],
}

/// How the password becomes a key.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kdf", content = "kdfparams", rename_all = "lowercase")]
pub(super) enum Kdf {
    Scrypt {
        dklen: u64,
        n: u64,
        p: u64,
        r: u64,
        #[serde(with = "hex")]
        salt: Vec<u8>,
    },
    Pbkdf2 {
        c: u64,
        dklen: u64,
        prf: String,
        #[serde(with = "hex")]
        salt: Vec<u8>,
    },
}
