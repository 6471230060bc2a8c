//! The Web3 Secret Storage of version 3: a private key under a password.

mod cost;
mod form;
mod read;
mod seal;
mod write;

pub use cost::Cost;
pub use read::read;
pub use write::write;

/// Why a keystore gives no key. Never repeats the file: somebody may have named the wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeystoreError {
    #[error("keystore is longer than {max} bytes")]
    TooLong { max: usize },
    #[error("file is no V3 keystore: it stops making sense at line {line}, column {column}")]
    NotAKeystore { line: usize, column: usize },
    #[error("keystore is of version {found}, not 3")]
    Version { found: u64 },
    #[error("keystore's cipher is not aes-128-ctr")]
    Cipher,
    /// Asks for more than a keystore made in good faith does, or for parameters that are none.
    #[error("keystore's cost of {kdf} is not acceptable: {limit}")]
    Cost {
        kdf: &'static str,
        limit: &'static str,
    },
    #[error("password is wrong, or the keystore was altered")]
    Password,
    #[error("keystore says another address than its key has")]
    Address,
}

impl KeystoreError {
    /// The stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "keystore_too_long",
            Self::NotAKeystore { .. } => "not_a_keystore",
            Self::Version { .. } => "keystore_version",
            Self::Cipher => "keystore_cipher",
            Self::Cost { .. } => "keystore_cost",
            Self::Password => "keystore_password",
            Self::Address => "keystore_address",
        }
    }
}

#[cfg(test)]
mod tests;
