//! Imports, exports and rotations: asked for on the deciding side, done where keys may be unwrapped.

use alloy_primitives::{Address, B256};
use serde::{Deserialize, Serialize};
use vaultpilot_audit::Actor;
use vaultpilot_core::{ChainId, KeyTaskId, Label, Timestamp, WalletId};

use crate::keys::{Export, SealedKey};

/// A piece of work on keys, with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyTask {
    pub id: KeyTaskId,
    /// Counts changes, so that two workers never overwrite each other.
    pub revision: u64,
    pub by: Actor,
    pub work: KeyWork,
    pub state: KeyTaskState,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum KeyWork {
    /// All of them, or none.
    Import {
        keys: Vec<KeyImport>,
        #[serde(default)]
        policy: ImportPolicy,
    },
    Export {
        wallet: WalletId,
        export: Export,
        /// That the deciding side wants it so, and who agreed: without it the signing side exports
        /// nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        voucher: Option<B256>,
    },
    Rotate {
        level: KeyLevel,
    },
}

/// What the wallets of an import may do at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportPolicy {
    /// Nothing: each gets a policy of its own that denies every tool, until somebody deletes that.
    #[default]
    DenyAll,
    /// What the policies in force say of them.
    Keep,
}

/// One key to be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyImport {
    /// The id its wallet will have.
    pub wallet: WalletId,
    pub label: Label,
    pub chains: Vec<ChainId>,
    /// What the key must be the key of, if the importer knows.
    pub address: Option<Address>,
    /// The version of the tenant's key-encryption key it is sealed for.
    pub kek: u32,
    pub sealed: SealedKey,
    /// Whether the wallet may sign at once; else it is frozen until a person thaws it.
    pub frozen: bool,
}

/// What is rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyLevel {
    /// The tenant's key-encryption key is wrapped anew by the newest version of its root.
    Root,
    /// The tenant gets another key-encryption key, and every data key is sealed to it.
    Tenant,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum KeyTaskState {
    /// A second person must let it pass, until then.
    AwaitingApproval {
        expires_at: Timestamp,
    },
    Rejected {
        by: Actor,
    },
    Expired,
    /// The signing side works on it. `done` of `total`; `last_error` is why it waits, if it does.
    Running {
        approved_by: Option<Actor>,
        done: u64,
        total: u64,
        last_error: Option<String>,
    },
    Failed {
        code: String,
        detail: String,
    },
    /// An exported key waits in `bundle`, sealed, until it was fetched or is over.
    Succeeded {
        done: u64,
        bundle: Option<String>,
        addresses: Vec<(WalletId, Address)>,
    },
}

impl KeyTaskState {
    pub const fn is_running(&self) -> bool {
        matches!(self, Self::Running { .. })
    }

    /// Whether there is something left to do for the signing side: to work on it, to let it expire,
    /// or to forget its bundle.
    pub fn is_open(&self, now: Timestamp) -> bool {
        match self {
            Self::Running { .. } => true,
            Self::AwaitingApproval { expires_at } => *expires_at <= now,
            Self::Succeeded { bundle, .. } => bundle.is_some(),
            Self::Rejected { .. } | Self::Expired | Self::Failed { .. } => false,
        }
    }

    /// The stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AwaitingApproval { .. } => "awaiting_approval",
            Self::Rejected { .. } => "rejected",
            Self::Expired => "expired",
            Self::Running { .. } => "running",
            Self::Failed { .. } => "failed",
            Self::Succeeded { .. } => "succeeded",
        }
    }
}
