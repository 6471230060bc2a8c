//! The JSON of a V3 keystore.

use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Keystore {
    /// With `0x` or without; some programs leave it out.
    #[serde(default)]
    pub(super) address: Option<String>,
    #[serde(alias = "Crypto")]
    pub(super) crypto: Crypto,
    pub(super) version: u64,
}

#[derive(Deserialize)]
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

#[derive(Deserialize)]
pub(super) struct CipherParams {
    #[serde(with = "hex")]
    pub(super) iv: [u8; 16],
}

/// How the password becomes a key.
#[derive(Deserialize)]
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
