//! What can be wrong with a well-formed document.

use vaultpilot_core::{Asset, ChainId, money::AmountError};

/// All that is wrong with a document; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", join(.problems))]
pub struct CompileError {
    pub problems: Vec<Problem>,
}

/// One thing that is wrong, and where: a path such as `spec.assets[0].perTx`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// `what` is what was written there, when only that is not enforced.
    #[error("{path}{what} is not enforced by this version; remove it")]
    Unsupported { path: String, what: &'static str },
    #[error("{path}: {reason}")]
    Amount { path: String, reason: AmountError },
    #[error("{path}: the decimals of {asset} are not known")]
    UnknownDecimals { path: String, asset: Asset },
    #[error("{path} belongs to the native asset only")]
    NotNative { path: String },
    #[error("{path}: {asset} is listed twice")]
    AssetTwice { path: String, asset: Asset },
    #[error("{path}: {chain} is not in spec.chains, so this could never be spent")]
    ChainNotListed { path: String, chain: ChainId },
    #[error("{path}: no tool matches \"{pattern}\"")]
    UnknownTool { path: String, pattern: String },
    #[error("{path} is empty")]
    Empty { path: String },
    #[error("{path}: \"*\" stands alone or not at all")]
    AnyAmongOthers { path: String },
    #[error("{path} is not {}", range(min, max))]
    OutOfRange {
        path: String,
        min: &'static str,
        max: &'static str,
    },
    #[error("{path} is never used, because spec.assets is empty")]
    Idle { path: String },
}

impl Problem {
    /// Where it is.
    pub fn path(&self) -> &str {
        match self {
            Self::Unsupported { path, .. }
            | Self::Amount { path, .. }
            | Self::UnknownDecimals { path, .. }
            | Self::NotNative { path }
            | Self::AssetTwice { path, .. }
            | Self::ChainNotListed { path, .. }
            | Self::UnknownTool { path, .. }
            | Self::Empty { path }
            | Self::AnyAmongOthers { path }
            | Self::OutOfRange { path, .. }
            | Self::Idle { path } => path,
        }
    }
}

fn range(min: &str, max: &str) -> String {
    if min == max {
        min.to_owned()
    } else {
        format!("between {min} and {max}")
    }
}

fn join(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}
