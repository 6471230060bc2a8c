//! Why no key was imported. Never says anything of the key.

use std::io;
use std::path::PathBuf;

use vaultpilot_core::{Address, address::AddressError};
use vaultpilot_keys::HardenError;
use vaultpilot_keys::material::{MaterialError, SealError};

use crate::exit::Exit;

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("process cannot be kept from being read by others")]
    Harden(#[source] HardenError),
    #[error("no key can be read")]
    Key(#[source] MaterialError),
    #[error("address cannot be read")]
    Address(#[source] AddressError),
    #[error("key is the key of {address}, not of {expected}")]
    OtherAddress { address: Address, expected: Address },
    #[error("{} cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} is longer than {max} bytes, or not text", path.display())]
    NotText { path: PathBuf, max: usize },
    /// What is typed there would be seen.
    #[error("standard input is a terminal, which would show the secret")]
    Terminal,
    #[error("standard input cannot be two things at once")]
    TwoInputs,
    #[error("server has no recipient to seal the key to")]
    NoRecipient { trouble: String },
    #[error("key cannot be sealed")]
    Seal(#[source] SealError),
    #[error("server did not import it: {detail}")]
    Failed { code: String, detail: String },
    #[error("import {task} is not over yet")]
    NotOver {
        task: String,
        detail: Option<String>,
    },
}

/// What an import fails with that contradicts what is there.
const CONFLICTS: [&str; 4] = [
    "label_taken",
    "address_taken",
    "address_twice",
    "too_many_wallets",
];

impl ImportError {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Read { source, .. } if source.kind() == io::ErrorKind::NotFound => Exit::NotFound,
            Self::Failed { code, .. } if CONFLICTS.contains(&code.as_str()) => Exit::Conflict,
            Self::Harden(_)
            | Self::Seal(_)
            | Self::NoRecipient { .. }
            | Self::Read { .. }
            | Self::Failed { .. } => Exit::Failed,
            Self::NotOver { .. } => Exit::Waiting,
            _ => Exit::Usage,
        }
    }

    /// The stable word for programs.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Harden(_) => "harden",
            Self::Key(error) => error.code(),
            Self::Address(error) => error.code(),
            Self::OtherAddress { .. } => "address_mismatch",
            Self::Read { .. } => "read",
            Self::NotText { .. } => "not_text",
            Self::Terminal => "secret_on_terminal",
            Self::TwoInputs => "standard_input_twice",
            Self::NoRecipient { .. } => "no_import_recipient",
            Self::Seal(error) => error.code(),
            Self::Failed { code, .. } => code,
            Self::NotOver { .. } => "import_not_over",
        }
    }

    pub(crate) fn why(&self) -> Option<String> {
        match self {
            Self::NoRecipient { trouble } => Some(trouble.clone()),
            Self::NotOver { detail, .. } => detail.clone(),
            Self::Key(error) => Some(error.to_string()),
            Self::Address(error) => Some(error.to_string()),
            Self::Seal(error) => Some(error.to_string()),
            Self::Read { source, .. } => Some(source.to_string()),
            Self::Harden(error) => Some(error.to_string()),
            _ => None,
        }
    }

    pub(crate) fn next(&self) -> Option<&'static str> {
        match self {
            Self::Terminal => Some("give a file, or pipe the secret in"),
            Self::NotOver { .. } => Some("vaultpilot doctor   # then the same command again"),
            Self::NoRecipient { .. } | Self::Harden(_) => Some("vaultpilot doctor"),
            Self::Failed { code, .. } if code == "label_taken" => {
                Some("the same command with another --label")
            }
            Self::Failed { code, .. } if code == "address_taken" => Some("vaultpilot wallet list"),
            _ => None,
        }
    }
}
