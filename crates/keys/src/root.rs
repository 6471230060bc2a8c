//! The root of all local keys, and where it lies.

mod file;
mod form;
mod mounted;
mod passphrase;
mod public;
mod seed;
mod unwrapper;
mod wrapper;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use vaultpilot_core::Entropy;

use crate::{derive, hybrid};
use public::PublicRoot;
use vaultpilot_secret::{Secret, erase};

pub use passphrase::Cost;
pub use unwrapper::LocalRootUnwrapper;
pub use wrapper::LocalRootWrapper;

/// The pair that seeds of tenants are sealed to.
const SEAL: &[u8] = b"vaultpilot/keys/v2/root-seal";

/// Why there is no root.
#[derive(Debug, thiserror::Error)]
pub enum RootError {
    #[error("key file {} does not exist", path.display())]
    Missing { path: PathBuf },
    /// A root is never overwritten: what it wraps would be lost.
    #[error("key file {} exists already", path.display())]
    Exists { path: PathBuf },
    #[error("key file {} can be read by others (mode {mode:o}); make it 0600", path.display())]
    Exposed { path: PathBuf, mode: u32 },
    #[error("key file {} can be read by others or written by its group (mode {mode:o}); mount it with mode 0440", path.display())]
    ExposedMount { path: PathBuf, mode: u32 },
    #[error("key file {} is a symbolic link or not a regular file", path.display())]
    NotAFile { path: PathBuf },
    #[error("key file {} is damaged or not a key file", path.display())]
    Unreadable { path: PathBuf },
    #[error("key file {} is locked with a passphrase, and none was given", path.display())]
    PassphraseNeeded { path: PathBuf },
    #[error("key file {} is not locked with a passphrase, but one was given", path.display())]
    PassphraseUnused { path: PathBuf },
    /// The passphrase is wrong, or the file was altered: nobody can tell.
    #[error("passphrase does not open key file {}", path.display())]
    WrongPassphrase { path: PathBuf },
    #[error("passphrase is shorter than {} characters", passphrase::MIN_CHARACTERS)]
    WeakPassphrase,
    #[error("argon2id cost is below 19 MiB and 2 passes, or beyond 1 GiB, 64 passes, 16 lanes")]
    Cost,
    #[error("key file {} cannot be used", path.display())]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
}

/// What keeps the root from whoever can read the file.
#[derive(Clone, Copy)]
pub enum Lock<'a> {
    /// The file's mode alone.
    File,
    /// A passphrase. The cost is for making the file; opening it takes the file's own. This takes
    /// about a second of CPU and the cost's memory: run it where blocking is allowed.
    Passphrase {
        phrase: &'a SecretString,
        cost: Cost,
    },
}

/// The root key: 32 bytes of which everything local is made.
pub struct RootKey {
    id: RootId,
    secret: Secret,
}

impl RootKey {
    /// Makes a new root and its file, mode 0600.
    ///
    /// # Errors
    /// `Exists` when there is any file of that name; it is not touched.
    pub fn create(path: &Path, lock: Lock<'_>, entropy: &dyn Entropy) -> Result<Self, RootError> {
        erase::after(|| {
            let mut secret = Secret::empty();
            entropy.fill(secret.bytes_mut());
            let text = form::write(&secret, lock, entropy)?;
            file::create(path, &text, entropy)?;
            Ok(Self::from(secret))
        })
    }

    /// Opens the root of an existing file.
    ///
    /// # Errors
    /// When the file is missing, readable by others, no regular file, damaged, or locked otherwise.
    pub fn open(path: &Path, lock: Lock<'_>) -> Result<Self, RootError> {
        erase::after(|| form::read(&file::read(path)?, lock, path).map(Self::from))
    }

    /// Opens the file, or makes it on the very first start. Whoever already has wallets calls
    /// `open`: a new root would unwrap none of their keys.
    ///
    /// # Errors
    /// As `open` and `create`.
    pub fn open_or_create(
        path: &Path,
        lock: Lock<'_>,
        entropy: &dyn Entropy,
    ) -> Result<Self, RootError> {
        match Self::open(path, lock) {
            Err(RootError::Missing { .. }) => match Self::create(path, lock, entropy) {
                // Another process was first: its root is the root.
                Err(RootError::Exists { .. }) => Self::open(path, lock),
                made => made,
            },
            opened => opened,
        }
    }

    pub const fn id(&self) -> RootId {
        self.id
    }

    /// The deciding side's half, which opens nothing.
    pub fn wrapper(&self, entropy: Arc<dyn Entropy>) -> LocalRootWrapper {
        LocalRootWrapper::new(self.public_half(), entropy)
    }

    /// The text of the deciding side's half, for a file of its own.
    pub fn public(&self) -> String {
        self.public_half().to_text()
    }

    fn public_half(&self) -> PublicRoot {
        let public = erase::after(|| hybrid::public(&self.seal_half()));
        PublicRoot {
            id: self.id,
            seals: public.expect("any 32 bytes are a private half"),
        }
    }

    fn seal_half(&self) -> Secret {
        derive::expand(&self.secret, SEAL)
    }

    const fn secret(&self) -> &Secret {
        &self.secret
    }
}

impl From<Secret> for RootKey {
    fn from(secret: Secret) -> Self {
        Self {
            id: RootId(derive::root_id(&secret)),
            secret,
        }
    }
}

/// What a root is recognised by. It tells nothing about the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RootId([u8; 8]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("root id is not 16 lower-case hexadecimal digits")]
pub struct RootIdError;

impl std::fmt::Display for RootId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl std::str::FromStr for RootId {
    type Err = RootIdError;

    fn from_str(text: &str) -> Result<Self, RootIdError> {
        let mut id = [0; 8];
        hex::decode_to_slice(text, &mut id).map_err(|_| RootIdError)?;
        if Self(id).to_string() == text {
            Ok(Self(id))
        } else {
            Err(RootIdError)
        }
    }
}

#[cfg(test)]
mod tests;
