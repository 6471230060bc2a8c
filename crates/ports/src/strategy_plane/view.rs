//! Strategies and their runs as people and doors see them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_strategy::Spec;

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Leased; nothing was asked for yet. `code` tells what it waits for, if it does.
    Leased,
    /// A person is asked.
    PendingApproval,
    /// On its way to a final block.
    Submitted,
    /// Nobody can say yet whether the payment happened.
    Ambiguous,
    Paid,
    Simulated,
    /// Policy said no.
    Denied,
    /// A person said no, or nobody answered in time.
    NotApproved,
    Reverted,
    /// It could not be carried out.
    Failed,
    Skipped,
    Cancelled,
}

impl RunStatus {
    pub const ALL: [Self; 12] = [
        Self::Leased,
        Self::PendingApproval,
        Self::Submitted,
        Self::Ambiguous,
        Self::Paid,
        Self::Simulated,
        Self::Denied,
        Self::NotApproved,
        Self::Reverted,
        Self::Failed,
        Self::Skipped,
        Self::Cancelled,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Leased => "leased",
            Self::PendingApproval => "pending_approval",
            Self::Submitted => "submitted",
            Self::Ambiguous => "ambiguous",
            Self::Paid => "paid",
            Self::Simulated => "simulated",
            Self::Denied => "denied",
            Self::NotApproved => "not_approved",
            Self::Reverted => "reverted",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
        }
    }

    /// Nothing will happen to it any more.
    pub const fn is_over(self) -> bool {
        !matches!(
            self,
            Self::Leased | Self::PendingApproval | Self::Submitted | Self::Ambiguous
        )
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunView {
    /// `run_…`; the payment's request id as well.
    pub id: String,
    /// `str_…`
    pub strategy_id: String,
    /// RFC 3339
    pub planned_at: String,
    /// When it was leased first.
    pub opened_at: String,
    pub status: RunStatus,
    /// Why it failed, was skipped or waits: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// One sentence.
    pub message: String,
    /// `txn_…`, once a payment is on record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// Once it is signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_hash: Option<String>,
    /// In token units, once something was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// Take-overs count up from 1.
    pub epoch: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrategyView {
    /// `str_…`
    pub id: String,
    pub name: String,
    /// `recurring_transfer` or `scheduled_send`
    pub kind: String,
    /// Wallet label.
    pub wallet: String,
    pub wallet_id: String,
    /// `active`, `suspended`, `finished`, `detaching` or `detached`
    pub state: String,
    /// Why it is suspended or finished, or what a detaching one waits for: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub spec: Spec,
    /// Names the spec's content.
    pub spec_hash: String,
    /// RFC 3339, with jitter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_run_at: Option<String>,
    /// The newest run that has not ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_run: Option<RunView>,
    /// The newest run that has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_run: Option<RunView>,
    pub begun: u64,
    pub succeeded: u64,
    pub denied: u64,
    pub failed: u64,
    pub skipped: u64,
    pub consecutive_failures: u32,
    /// In token units: paid, or asked for and not over yet.
    pub spent_total: String,
    pub spent_today: String,
    /// `Strategy namespace/name` of the resource that owns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_by: Option<String>,
    pub created_at: String,
}
