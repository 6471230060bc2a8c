//! Why a backup could not be made, opened or believed.

use std::io;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{} cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} cannot be written", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{} is there already: a backup overwrites nothing", path.display())]
    Exists { path: PathBuf },
    #[error("{given} is no age recipient (age1…)")]
    Recipient { given: String },
    #[error("a backup is for somebody: no recipient is named")]
    NobodysBackup,
    #[error("{} holds no age identity (AGE-SECRET-KEY-1…)", path.display())]
    NoIdentity { path: PathBuf },
    #[error("backup is opened by {needed}, not by {given}")]
    OtherLock {
        needed: &'static str,
        given: &'static str,
    },
    #[error("backup was made for somebody else, or the passphrase is wrong")]
    NotForYou,
    #[error("file is no backup of ours")]
    NotABackup,
    /// Bytes were changed, cut off or added.
    #[error("backup is damaged: {what}")]
    Damaged { what: String },
    #[error("backup has format {found}, this program reads up to {known}")]
    Newer { found: u32, known: u32 },
    /// While a backup is made: what is written is not what was announced.
    #[error("{member} changed while it was copied")]
    Changed { member: String },
    #[error("backup of the {found} edition, this is the {wanted} edition")]
    OtherEdition {
        found: &'static str,
        wanted: &'static str,
    },
}

impl BackupError {
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }

    /// The stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "read",
            Self::Write { .. } => "write",
            Self::Exists { .. } => "backup_exists",
            Self::Recipient { .. } | Self::NobodysBackup => "backup_recipient",
            Self::NoIdentity { .. } => "backup_identity",
            Self::OtherLock { .. } | Self::NotForYou => "backup_not_for_you",
            Self::NotABackup => "not_a_backup",
            Self::Damaged { .. } => "backup_damaged",
            Self::Newer { .. } => "backup_newer",
            Self::Changed { .. } => "backup_changed",
            Self::OtherEdition { .. } => "backup_other_edition",
        }
    }
}
