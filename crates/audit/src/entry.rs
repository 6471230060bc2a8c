//! An audit entry, and how entries are chained.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use vaultpilot_core::{
    AuditId, Caller, CallerKind, IntentId, KeyId, StrategyId, TenantId, Timestamp, WalletId,
};

/// SHA-256 over the previous hash and the entry's canonical bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryHash(#[serde(with = "hex::serde")] pub [u8; 32]);

impl EntryHash {
    /// What the first entry of a tenant points to.
    pub const GENESIS: Self = Self([0; 32]);
}

impl std::fmt::Display for EntryHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $(#[serde(rename = $word)] $variant,)* }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

words! {
    /// What happened, as `noun.verb_past`.
    Action {
        ToolCalled = "tool.called",
        AuthenticationFailed = "authentication.failed",
        TenantCreated = "tenant.created",
        TenantChanged = "tenant.changed",
        TenantArchived = "tenant.archived",
        WalletCreated = "wallet.created",
        WalletWidened = "wallet.widened",
        WalletFrozen = "wallet.frozen",
        WalletThawed = "wallet.thawed",
        WalletManaged = "wallet.managed",
        WalletDetached = "wallet.detached",
        WalletAttached = "wallet.attached",
        WalletHalted = "wallet.halted",
        WalletFunded = "wallet.funded",
        PolicyApplied = "policy.applied",
        PolicyDeleted = "policy.deleted",
        StrategyApplied = "strategy.applied",
        StrategySuspended = "strategy.suspended",
        StrategyResumed = "strategy.resumed",
        StrategyDetached = "strategy.detached",
        StrategyRunBegan = "strategy.run_began",
        StrategyRunEnded = "strategy.run_ended",
        IntentDecided = "intent.decided",
        IntentMoved = "intent.moved",
        ApprovalRequested = "approval.requested",
        ApprovalApproved = "approval.approved",
        ApprovalRejected = "approval.rejected",
        ApprovalCodeFailed = "approval.code_failed",
        ApprovalExpired = "approval.expired",
        KeyCreated = "key.created",
        KeyRevoked = "key.revoked",
        KekCreated = "kek.created",
        KekRotated = "kek.rotated",
        KekRewrapped = "kek.rewrapped",
        WalletKeyRewrapped = "wallet.key_rewrapped",
        KeyTaskBegun = "key_task.begun",
        KeyTaskApproved = "key_task.approved",
        KeyTaskRejected = "key_task.rejected",
        KeyTaskEnded = "key_task.ended",
        WalletImported = "wallet.imported",
        WalletExported = "wallet.exported",
        HouseBackedUp = "house.backed_up",
        HouseRestored = "house.restored",
        WalletReconciled = "wallet.reconciled",
        LinkCreated = "link.created",
        SessionStarted = "session.started",
    }
}

words! {
    /// How it ended.
    Outcome {
        Allowed = "allowed",
        Denied = "denied",
        NeedsApproval = "needs_approval",
        Succeeded = "succeeded",
        Failed = "failed",
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    Agent {
        key: KeyId,
        name: String,
    },
    Person {
        key: KeyId,
        name: String,
    },
    Strategy {
        id: StrategyId,
        name: String,
    },
    System,
    /// Nobody we know: a failed authentication.
    Unknown,
}

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Self {
        match &caller.kind {
            CallerKind::Agent { key, name } => Self::Agent {
                key: *key,
                name: name.to_string(),
            },
            CallerKind::Person { key, name } => Self::Person {
                key: *key,
                name: name.to_string(),
            },
            CallerKind::Strategy { id, name } => Self::Strategy {
                id: *id,
                name: name.to_string(),
            },
            CallerKind::System => Self::System,
        }
    }
}

/// An entry before it has its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub id: AuditId,
    pub at: Timestamp,
    pub action: Action,
    pub actor: Actor,
    pub outcome: Outcome,
    /// The tool, where one was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wallet: Option<WalletId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<IntentId>,
    /// The digest the decision is bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_version: Option<String>,
    /// Reason codes, rule ids and typed summaries; never arguments, never secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<(String, String)>,
}

impl Draft {
    pub fn new(id: AuditId, at: Timestamp, action: Action, actor: Actor, outcome: Outcome) -> Self {
        Self {
            id,
            at,
            action,
            actor,
            outcome,
            tool: None,
            wallet: None,
            intent: None,
            digest: None,
            policy_version: None,
            facts: Vec::new(),
        }
    }

    #[must_use]
    pub fn fact(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.facts.push((name.to_owned(), value.to_string()));
        self
    }
}

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub tenant: TenantId,
    pub seq: u64,
    pub prev_hash: EntryHash,
    #[serde(flatten)]
    pub draft: Draft,
    pub hash: EntryHash,
}

/// Where a tenant's chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub seq: u64,
    pub hash: EntryHash,
}

impl Head {
    pub const GENESIS: Self = Self {
        seq: 0,
        hash: EntryHash::GENESIS,
    };
}

/// Chains drafts behind `head`, in order, and says where the chain ends then.
pub fn chain(tenant: TenantId, head: Head, drafts: Vec<Draft>) -> (Vec<Entry>, Head) {
    let mut head = head;
    let mut entries = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let seq = head.seq.saturating_add(1);
        let hash = hash(tenant, seq, head.hash, &draft);
        entries.push(Entry {
            tenant,
            seq,
            prev_hash: head.hash,
            draft,
            hash,
        });
        head = Head { seq, hash };
    }
    (entries, head)
}

/// The hash of an entry: domain, tenant, place and predecessor, then the draft's JSON, whose field
/// order is fixed by its type.
pub(crate) fn hash(tenant: TenantId, seq: u64, prev: EntryHash, draft: &Draft) -> EntryHash {
    let mut hasher = Sha256::new();
    hasher.update(b"vaultpilot/audit/v1\n");
    hasher.update(tenant.to_string().as_bytes());
    hasher.update(seq.to_be_bytes());
    hasher.update(prev.0);
    // Strings, integers and enums only: serialising them to memory cannot fail.
    hasher.update(serde_json::to_vec(draft).unwrap_or_default());
    EntryHash(hasher.finalize().into())
}
