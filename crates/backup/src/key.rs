//! For whom a backup is, and who opens it.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::str::FromStr as _;

use age::x25519;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::BackupError;

/// The most work a passphrase's file may ask of us: 2^22 rounds of scrypt are some seconds.
const MOST_WORK: u8 = 22;
/// Far above any file of identities.
const MAX_IDENTITIES: usize = 64 * 1024;

/// For whom a backup is sealed. There is no variant for nobody: a backup is never in the clear.
pub enum Seal {
    Recipients(Vec<x25519::Recipient>),
    Passphrase(SecretString),
}

impl Seal {
    /// # Errors
    /// When one is none, or there are none.
    pub fn to(recipients: &[String]) -> Result<Self, BackupError> {
        if recipients.is_empty() {
            return Err(BackupError::NobodysBackup);
        }
        let parse = |given: &String| {
            x25519::Recipient::from_str(given.trim()).map_err(|_| BackupError::Recipient {
                given: given.clone(),
            })
        };
        let parsed: Result<Vec<_>, _> = recipients.iter().map(parse).collect();
        parsed.map(Self::Recipients)
    }

    /// How it is told in the audit log: recipients are public, a passphrase is not told.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Recipients(them) => them.iter().map(ToString::to_string).collect(),
            Self::Passphrase(_) => vec!["passphrase".to_owned()],
        }
    }

    pub(crate) fn encryptor(&self) -> Result<age::Encryptor, BackupError> {
        match self {
            Self::Recipients(them) => {
                let them = them.iter().map(|it| it as &dyn age::Recipient);
                age::Encryptor::with_recipients(them).map_err(|_| BackupError::NobodysBackup)
            }
            Self::Passphrase(phrase) => Ok(age::Encryptor::with_user_passphrase(phrase.clone())),
        }
    }
}

/// What opens a backup.
pub enum Opener {
    Identities(Vec<x25519::Identity>),
    Passphrase(SecretString),
}

impl Opener {
    /// The identities in a file as `age-keygen` writes it: one a line, comments begin with `#`.
    ///
    /// # Errors
    /// When the file cannot be read or holds none.
    pub fn from_file(path: &Path) -> Result<Self, BackupError> {
        let failed = |source| BackupError::Read {
            path: path.to_owned(),
            source,
        };
        let text = text(path).map_err(failed)?;
        let lines = text.lines().map(str::trim);
        let identities: Vec<x25519::Identity> = lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map_while(|line| line.parse().ok())
            .collect();
        if identities.is_empty() {
            return Err(BackupError::NoIdentity {
                path: path.to_owned(),
            });
        }
        Ok(Self::Identities(identities))
    }

    pub(crate) fn decrypt<R: std::io::BufRead>(
        &self,
        sealed: R,
    ) -> Result<age::stream::StreamReader<R>, BackupError> {
        use age::DecryptError as E;
        let decryptor = age::Decryptor::new_buffered(sealed).map_err(|error| match error {
            E::Io(source) if source.kind() != std::io::ErrorKind::UnexpectedEof => {
                BackupError::damaged(source.to_string())
            }
            _ => BackupError::NotABackup,
        })?;
        let opened = match (self, decryptor.is_scrypt()) {
            (Self::Identities(_), true) => return Err(other_lock("a passphrase", "an identity")),
            (Self::Passphrase(_), false) => return Err(other_lock("an identity", "a passphrase")),
            (Self::Identities(them), false) => {
                decryptor.decrypt(them.iter().map(|it| it as &dyn age::Identity))
            }
            (Self::Passphrase(phrase), true) => {
                let mut identity = age::scrypt::Identity::new(phrase.clone());
                identity.set_max_work_factor(MOST_WORK);
                decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity))
            }
        };
        opened.map_err(|error| match error {
            E::NoMatchingKeys | E::DecryptionFailed | E::KeyDecryptionFailed => {
                BackupError::NotForYou
            }
            E::InvalidMac => BackupError::damaged("its header was altered"),
            other => BackupError::damaged(other.to_string()),
        })
    }
}

fn text(path: &Path) -> io::Result<Zeroizing<String>> {
    let irregular = || io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file");
    // Opening what is no file, a pipe say, could wait for ever.
    if !std::fs::metadata(path)?.is_file() {
        return Err(irregular());
    }
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(irregular());
    }
    // With room from the start: what grows leaves copies behind.
    let mut text = Zeroizing::new(String::with_capacity(MAX_IDENTITIES + 1));
    let limit = MAX_IDENTITIES as u64 + 1;
    file.take(limit).read_to_string(&mut text)?;
    if text.len() > MAX_IDENTITIES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}

fn other_lock(needed: &'static str, given: &'static str) -> BackupError {
    BackupError::OtherLock { needed, given }
}

impl Seal {
    /// Whether a passphrase is long enough to be one at all; recipients always are.
    pub fn is_strong(&self) -> bool {
        match self {
            Self::Recipients(_) => true,
            Self::Passphrase(phrase) => phrase.expose_secret().chars().count() >= 12,
        }
    }
}
