//! What is stored, beside the ground floor's own types.

use std::collections::BTreeMap;

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{
    ApprovalId, Asset, BaseUnits, CallerKind, ChainId, IntentId, KeyId, Label, Managed, PolicyId,
    Role, Scope, TenantId, Timestamp, WalletId, Wei,
};
use vaultpilot_intent::{Digest, StateName};
use vaultpilot_policy::Document;

/// A part of a list: what follows `after` (an id, or a label, as the list is ordered).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub after: Option<String>,
    pub limit: u32,
}

impl Page {
    pub const MAX: u32 = 200;

    pub const fn first(limit: u32) -> Self {
        Self { after: None, limit }
    }
}

/// A policy as it was applied, with the decimals its amounts were read with.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyRecord {
    pub id: PolicyId,
    pub name: Label,
    pub document: Document,
    pub decimals: BTreeMap<Asset, u8>,
    pub managed: Option<Managed>,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IntentFilter {
    pub wallet: Option<WalletId>,
    pub states: Vec<StateName>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    pub wallet: Option<WalletId>,
    pub intent: Option<IntentId>,
    /// Only decisions that said no.
    pub denied_only: bool,
}

/// An intent the executor has work on, and the lane it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InFlight {
    pub tenant: TenantId,
    pub intent: IntentId,
    pub chain: ChainId,
    pub address: Address,
    pub state: StateName,
}

/// Money set aside for an intent: every outflow, and gas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    pub intent: IntentId,
    pub wallet: WalletId,
    pub agent: String,
    pub chain: ChainId,
    pub at: Timestamp,
    pub amounts: BTreeMap<Asset, BaseUnits>,
    /// The most the transaction can burn.
    pub gas: Wei,
}

/// The right to sign for one address on one chain, fenced by an epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub chain: ChainId,
    pub address: Address,
    pub holder: String,
    pub epoch: i64,
    pub expires_at: Timestamp,
}

/// HMAC-SHA-256 of a secret under the house's pepper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretHash(pub [u8; 32]);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: KeyId,
    pub name: Label,
    pub role: Role,
    pub scopes: Vec<Scope>,
    /// The first characters, for people to recognise it by.
    pub prefix: String,
    pub hash: SecretHash,
    /// The key of who made it; `None` for one that the house itself handed out.
    pub made_by: Option<KeyId>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// A question put to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    pub id: ApprovalId,
    pub intent: IntentId,
    /// The action the answer is bound to.
    pub digest: Digest,
    pub requester: CallerKind,
    /// One line for people: what, how much, to whom.
    pub summary: String,
    /// Hash of the one-time code, where one is asked for.
    pub code: Option<SecretHash>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub state: ApprovalState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ApprovalState {
    Waiting {
        failed_codes: u32,
    },
    Approved {
        by: CallerKind,
        at: Timestamp,
    },
    Rejected {
        by: CallerKind,
        at: Timestamp,
    },
    Expired {
        at: Timestamp,
    },
    /// Too many wrong codes.
    Locked {
        at: Timestamp,
    },
    /// The request was withdrawn.
    Withdrawn {
        at: Timestamp,
    },
}

impl ApprovalState {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Expired { .. } => "expired",
            Self::Locked { .. } => "locked",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }
}
