//! One run of a strategy: one tick, leased to whoever carries it out, and what became of it.

use serde::{Deserialize, Serialize};
use vaultpilot_core::{BaseUnits, IntentId, RunId, StrategyId, TenantId, Timestamp};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub id: RunId,
    pub tenant: TenantId,
    pub strategy: StrategyId,
    /// The tick it stands for: a strategy has one run for each.
    pub planned_at: Timestamp,
    /// Grows with every take-over; who writes under an older one is refused.
    pub epoch: i64,
    pub opened_at: Timestamp,
    pub state: RunState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RunState {
    /// To be carried out by the holder; nothing was asked for yet.
    Leased {
        lease: Lease,
        /// Why it waits, where its holder looked and could not go on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waits: Option<Skip>,
    },
    /// A payment is on record under the run's id; how it goes is the payment's own state.
    Paying {
        intent: IntentId,
        booking: Booking,
    },
    Ended {
        at: Timestamp,
        end: End,
    },
}

/// What a run counts against the strategy's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    pub amount: BaseUnits,
    /// When the day began that it is counted on.
    pub day: Timestamp,
    /// Which edition of the body it pays.
    pub edition: u32,
}

/// The right to carry a run out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    pub holder: String,
    pub expires_at: Timestamp,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum End {
    /// Paid: in a final block.
    Paid { intent: IntentId, amount: BaseUnits },
    /// A dry run that would have paid.
    Simulated { amount: BaseUnits },
    /// It did not pay.
    Failed {
        how: Failure,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        intent: Option<IntentId>,
        /// The stable code of why.
        code: String,
        /// One sentence for people.
        message: String,
    },
    /// Nothing was asked for, and that is no failure.
    Skipped { why: Skip },
    /// The strategy was detached first, or somebody withdrew the payment.
    Cancelled {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        intent: Option<IntentId>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Policy said no.
    Denied,
    /// A person said no, or nobody answered in time.
    NotApproved,
    /// The chain reverted it: gas was spent.
    Reverted,
    /// It could not be carried out.
    Unable,
}

impl Failure {
    pub const ALL: [Self; 4] = [
        Self::Denied,
        Self::NotApproved,
        Self::Reverted,
        Self::Unable,
    ];
}

/// Why a tick asked for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// Nobody was there in time.
    Missed,
    /// Nobody carried it out before it was too late.
    Late,
    /// The run before waits for a person or for its signature.
    Overlap,
    Suspended,
    BaseFee,
    WalletBalance,
    MaxPerRun,
    MaxPerDay,
    MaxTotal,
    MaxRuns,
}

impl Skip {
    pub const ALL: [Self; 10] = [
        Self::Missed,
        Self::Late,
        Self::Overlap,
        Self::Suspended,
        Self::BaseFee,
        Self::WalletBalance,
        Self::MaxPerRun,
        Self::MaxPerDay,
        Self::MaxTotal,
        Self::MaxRuns,
    ];

    /// The stable code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missed => "missed",
            Self::Late => "late",
            Self::Overlap => "overlap",
            Self::Suspended => "suspended",
            Self::BaseFee => "base_fee",
            Self::WalletBalance => "wallet_balance",
            Self::MaxPerRun => "max_per_run",
            Self::MaxPerDay => "max_per_day",
            Self::MaxTotal => "max_total",
            Self::MaxRuns => "max_runs",
        }
    }
}

impl RunState {
    pub const fn lease(&self) -> Option<&Lease> {
        match self {
            Self::Leased { lease, .. } => Some(lease),
            Self::Paying { .. } | Self::Ended { .. } => None,
        }
    }

    pub const fn intent(&self) -> Option<IntentId> {
        match self {
            Self::Paying { intent, .. }
            | Self::Ended {
                end: End::Paid { intent, .. },
                ..
            } => Some(*intent),
            Self::Ended {
                end: End::Failed { intent, .. } | End::Cancelled { intent },
                ..
            } => *intent,
            Self::Leased { .. } | Self::Ended { .. } => None,
        }
    }

    pub const fn is_ended(&self) -> bool {
        matches!(self, Self::Ended { .. })
    }

    /// For lists and columns.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Leased { .. } => "leased",
            Self::Paying { .. } => "paying",
            Self::Ended { .. } => "ended",
        }
    }
}

impl End {
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Paid { .. } => "paid",
            Self::Simulated { .. } => "simulated",
            Self::Failed { .. } => "failed",
            Self::Skipped { .. } => "skipped",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}
