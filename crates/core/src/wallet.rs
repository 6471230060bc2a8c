//! A wallet: one label, one key, one address, on the chains it was made for.

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

use crate::{ChainId, Label, Managed, TenantId, Timestamp, WalletId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wallet {
    pub id: WalletId,
    pub tenant: TenantId,
    pub label: Label,
    pub address: Address,
    pub chains: Vec<ChainId>,
    pub state: WalletState,
    pub managed: Option<Managed>,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum WalletState {
    Active,
    /// Signs nothing until a person thaws it.
    Frozen {
        reason: String,
        at: Timestamp,
    },
    /// A person lets it sign again, or brought its key along: on these chains it begins at the nonce
    /// the chain is at. Its first signature on a chain takes the chain off; without chains it is
    /// active.
    Resumed {
        at: Timestamp,
        #[serde(alias = "chain", deserialize_with = "one_or_many")]
        chains: Vec<ChainId>,
    },
    /// It came out of a backup: signs nothing until a person has looked at what the chains say.
    Restored {
        at: Timestamp,
        was: Box<WalletState>,
    },
    /// Somebody else used this key's nonces: signs nothing until a person has looked.
    Halted {
        reason: String,
        at: Timestamp,
        chain: ChainId,
    },
    /// Its resource was deleted: signs nothing, its key is kept wrapped. The same resource made
    /// again brings back the state it had.
    Detached {
        at: Timestamp,
        was: Box<WalletState>,
    },
}

/// Earlier versions wrote one chain.
fn one_or_many<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<ChainId>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Chains {
        One(ChainId),
        Many(Vec<ChainId>),
    }
    Ok(match Chains::deserialize(from)? {
        Chains::One(chain) => vec![chain],
        Chains::Many(chains) => chains,
    })
}

impl Wallet {
    pub fn is_on(&self, chain: ChainId) -> bool {
        self.chains.contains(&chain)
    }
}

impl WalletState {
    pub const fn is_detached(&self) -> bool {
        matches!(self, Self::Detached { .. })
    }

    /// As it comes out of a backup: nothing that would sign, or that a thaw would let sign, is left.
    #[must_use]
    pub fn restored(self, at: Timestamp) -> Self {
        match self {
            Self::Restored { was, .. } => Self::Restored { at, was },
            Self::Detached { at: since, was } => Self::Detached {
                at: since,
                was: Box::new(was.restored(at)),
            },
            other => Self::Restored {
                at,
                was: Box::new(other),
            },
        }
    }

    /// The state it had in the backup it came out of, if nobody has reconciled it since.
    pub fn before_restore(&self) -> Option<&Self> {
        match self {
            Self::Restored { was, .. } => Some(was),
            Self::Detached { was, .. } => was.before_restore(),
            _ => None,
        }
    }

    /// Whether anything may be signed at all.
    pub const fn may_sign(&self) -> bool {
        matches!(self, Self::Active | Self::Resumed { .. })
    }
}
