//! Where an intent stands, with the facts of that place.

use serde::{Deserialize, Serialize};
use vaultpilot_core::{ApprovalId, Timestamp};

use crate::{Answer, Receipt, SignedTx};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum IntentState {
    /// Policy said no. Nothing was reserved.
    Denied { at: Timestamp },
    /// A person is asked; the reservation is held until then.
    AwaitingApproval {
        approval: ApprovalId,
        expires_at: Timestamp,
    },
    /// The person said no.
    Rejected { at: Timestamp },
    /// Nobody answered in time.
    Expired { at: Timestamp },
    /// Withdrawn before anything was signed.
    Cancelled { at: Timestamp },
    /// Allowed and reserved; the executor may simulate and sign.
    Authorized { at: Timestamp },
    /// The executor would not sign: nothing was signed, the reservation is released.
    Refused { at: Timestamp, refusal: Refusal },
    /// Signed and stored, not known to have been sent.
    Signed { tx: SignedTx },
    /// A node took it.
    Broadcast { tx: SignedTx, at: Timestamp },
    /// Signed, and nobody can say where it is: reserved, sent again, looked up.
    Ambiguous {
        tx: SignedTx,
        since: Timestamp,
        answer: Answer,
    },
    /// In a block that can still be reorganised away.
    Confirmed {
        tx: SignedTx,
        receipt: Receipt,
        confirmations: u64,
    },
    /// In a block deep enough.
    Final { tx: SignedTx, receipt: Receipt },
    /// In a block deep enough, and it reverted: the gas is spent, the amount is not.
    Reverted { tx: SignedTx, receipt: Receipt },
    /// Its nonce was taken by something else: it can never happen.
    Dropped { tx: SignedTx, at: Timestamp },
}

/// Why the executor would not sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// The call would revert.
    SimulationFailed { detail: String },
    /// The call would do something else than what was judged.
    SimulationMismatch { detail: String },
    /// Fees rose above what was reserved for gas.
    GasAboveReservation,
    /// Policy, judged again at release, said no.
    PolicyChanged,
    /// The wallet or tenant was frozen meanwhile.
    Frozen,
    /// The wallet came out of a backup: the payment may have been made after that was taken.
    Restored,
}

impl Refusal {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SimulationFailed { .. } => "simulation_failed",
            Self::SimulationMismatch { .. } => "simulation_mismatch",
            Self::GasAboveReservation => "gas_limit",
            Self::PolicyChanged => "policy_changed",
            Self::Frozen => "frozen",
            Self::Restored => "restored",
        }
    }
}

/// The state without its facts, for lists and columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateName {
    Denied,
    AwaitingApproval,
    Rejected,
    Expired,
    Cancelled,
    Authorized,
    Refused,
    Signed,
    Broadcast,
    Ambiguous,
    Confirmed,
    Final,
    Reverted,
    Dropped,
}

impl StateName {
    pub const ALL: [Self; 14] = [
        Self::Denied,
        Self::AwaitingApproval,
        Self::Rejected,
        Self::Expired,
        Self::Cancelled,
        Self::Authorized,
        Self::Refused,
        Self::Signed,
        Self::Broadcast,
        Self::Ambiguous,
        Self::Confirmed,
        Self::Final,
        Self::Reverted,
        Self::Dropped,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::AwaitingApproval => "awaiting_approval",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Authorized => "authorized",
            Self::Refused => "refused",
            Self::Signed => "signed",
            Self::Broadcast => "broadcast",
            Self::Ambiguous => "ambiguous",
            Self::Confirmed => "confirmed",
            Self::Final => "final",
            Self::Reverted => "reverted",
            Self::Dropped => "dropped",
        }
    }

    /// Nothing will happen to it any more.
    pub const fn is_terminal(self) -> bool {
        matches!(
            self,
            Self::Denied
                | Self::Rejected
                | Self::Expired
                | Self::Cancelled
                | Self::Refused
                | Self::Final
                | Self::Reverted
                | Self::Dropped
        )
    }

    /// The executor has work on it.
    pub const fn is_in_flight(self) -> bool {
        matches!(
            self,
            Self::Authorized | Self::Signed | Self::Broadcast | Self::Ambiguous | Self::Confirmed
        )
    }
}

impl std::str::FromStr for StateName {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        Self::ALL
            .into_iter()
            .find(|name| name.as_str() == text)
            .ok_or(UnknownState)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no intent state of that name")]
pub struct UnknownState;

impl IntentState {
    pub const fn name(&self) -> StateName {
        match self {
            Self::Denied { .. } => StateName::Denied,
            Self::AwaitingApproval { .. } => StateName::AwaitingApproval,
            Self::Rejected { .. } => StateName::Rejected,
            Self::Expired { .. } => StateName::Expired,
            Self::Cancelled { .. } => StateName::Cancelled,
            Self::Authorized { .. } => StateName::Authorized,
            Self::Refused { .. } => StateName::Refused,
            Self::Signed { .. } => StateName::Signed,
            Self::Broadcast { .. } => StateName::Broadcast,
            Self::Ambiguous { .. } => StateName::Ambiguous,
            Self::Confirmed { .. } => StateName::Confirmed,
            Self::Final { .. } => StateName::Final,
            Self::Reverted { .. } => StateName::Reverted,
            Self::Dropped { .. } => StateName::Dropped,
        }
    }

    /// The signed transaction, once there is one.
    pub const fn tx(&self) -> Option<&SignedTx> {
        match self {
            Self::Signed { tx }
            | Self::Broadcast { tx, .. }
            | Self::Ambiguous { tx, .. }
            | Self::Confirmed { tx, .. }
            | Self::Final { tx, .. }
            | Self::Reverted { tx, .. }
            | Self::Dropped { tx, .. } => Some(tx),
            _ => None,
        }
    }

    pub const fn receipt(&self) -> Option<&Receipt> {
        match self {
            Self::Confirmed { receipt, .. }
            | Self::Final { receipt, .. }
            | Self::Reverted { receipt, .. } => Some(receipt),
            _ => None,
        }
    }
}
