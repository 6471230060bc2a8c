//! Why something is no private key. Never says what it was.

use super::SealError;
use super::keystore::KeystoreError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MaterialError {
    #[error("private key is not 64 hexadecimal digits")]
    NotHex,
    #[error("number is zero or not below the order of secp256k1")]
    NotAKey,
    #[error("mnemonic has {count} words; 12, 15, 18, 21 or 24 are one")]
    WordCount { count: usize },
    /// From 1.
    #[error("word {position} of the mnemonic is not in the English list of BIP-39")]
    UnknownWord { position: usize },
    #[error("checksum of the mnemonic is wrong; a word is mistyped or misplaced")]
    Checksum,
    #[error("derivation path is not like m/44'/60'/0'/0/0, with numbers below 2^31")]
    Path,
    #[error("{what} is longer than {max} bytes")]
    TooLong { what: &'static str, max: usize },
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    #[error(transparent)]
    Sealed(#[from] SealError),
}

impl MaterialError {
    /// The stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotHex => "key_not_hex",
            Self::NotAKey => "key_out_of_range",
            Self::WordCount { .. } => "mnemonic_word_count",
            Self::UnknownWord { .. } => "mnemonic_unknown_word",
            Self::Checksum => "mnemonic_checksum",
            Self::Path => "derivation_path",
            Self::TooLong { .. } => "key_material_too_long",
            Self::Keystore(error) => error.code(),
            Self::Sealed(error) => error.code(),
        }
    }
}
