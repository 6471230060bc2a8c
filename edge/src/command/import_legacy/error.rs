//! Why nothing was imported, or not all of it.

use std::io;
use std::path::PathBuf;

use vaultpilot_keys::HardenError;
use vaultpilot_legacy::database::DatabaseError;
use vaultpilot_legacy::policy::PolicyError;
use vaultpilot_legacy::store::StoreError;

use super::send::MAX_WALLETS;
use crate::exit::Exit;

#[derive(Debug, thiserror::Error)]
pub enum LegacyError {
    #[error("process cannot be kept from being read by others")]
    Harden(#[source] HardenError),
    #[error("{} cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} is longer than {max} bytes, or not text", path.display())]
    NotText { path: PathBuf, max: u64 },
    #[error("{} cannot be imported", path.display())]
    Store { path: PathBuf, source: StoreError },
    #[error("{} cannot be imported", path.display())]
    Database {
        path: PathBuf,
        source: DatabaseError,
    },
    #[error("{} cannot be imported", path.display())]
    Policy { path: PathBuf, source: PolicyError },
    #[error("there is no Fernet key to open the wallets with")]
    NoFernetKey { looked: Vec<String> },
    #[error("{} is no Fernet key", path.display())]
    NotAFernetKey { path: PathBuf },
    #[error("{count} records cannot be imported; nothing was sent")]
    Records { count: usize },
    #[error("{count} wallets are more than come in together")]
    TooMany { count: usize },
    #[error("no backup of this house is asked for")]
    BackupNeeded,
}

impl LegacyError {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Read { source, .. } if source.kind() == io::ErrorKind::NotFound => Exit::NotFound,
            Self::Harden(_) | Self::Read { .. } => Exit::Failed,
            Self::Database {
                source: DatabaseError::Read(source),
                ..
            } if source.kind() == io::ErrorKind::NotFound => Exit::NotFound,
            _ => Exit::Usage,
        }
    }

    /// The stable word for programs.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Harden(_) => "harden",
            Self::Read { .. } => "read",
            Self::NotText { .. } => "not_text",
            Self::Store { source, .. } => source.code(),
            Self::Database { source, .. } => source.code(),
            Self::Policy { source, .. } => source.code(),
            Self::NoFernetKey { .. } => "no_fernet_key",
            Self::NotAFernetKey { .. } => "not_a_fernet_key",
            Self::Records { .. } => "records_not_importable",
            Self::TooMany { .. } => "too_many_wallets",
            Self::BackupNeeded => "backup_needed",
        }
    }

    pub(crate) fn why(&self) -> Option<String> {
        match self {
            Self::Harden(error) => Some(error.to_string()),
            Self::Read { source, .. } => Some(source.to_string()),
            Self::Store { source, .. } => Some(source.to_string()),
            Self::Database { source, .. } => {
                let mut text = source.to_string();
                if let Some(cause) = std::error::Error::source(source) {
                    text = format!("{text}: {cause}");
                }
                Some(text)
            }
            Self::Policy { source, .. } => Some(source.to_string()),
            Self::NoFernetKey { looked } => Some(format!("looked for {}", looked.join(", "))),
            Self::Records { .. } => Some("the report says which, and why".to_owned()),
            Self::TooMany { .. } => Some(format!("at most {MAX_WALLETS} wallets are one import")),
            Self::BackupNeeded => {
                Some("an import cannot be undone, but by a backup from before it".to_owned())
            }
            _ => None,
        }
    }

    pub(crate) const fn next(&self) -> Option<&'static str> {
        match self {
            Self::NoFernetKey { .. } => {
                Some("the same command with --fernet-key-file, or with ENCRYPT_KEY set")
            }
            Self::Database {
                source: DatabaseError::InUse { .. },
                ..
            } => Some("stop the predecessor, then the same command again"),
            Self::Database {
                source: DatabaseError::SeveralTenants { .. },
                ..
            } => Some("the same command with --tenant-of <one of them>"),
            Self::BackupNeeded => {
                Some("add --backup-recipient age1…, --backup-passphrase-file FILE, or --no-backup")
            }
            Self::Records { .. } => Some("correct or take out these records in a copy of the file"),
            _ => None,
        }
    }
}
