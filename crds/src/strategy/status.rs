//! What the operator saw of a strategy. A revert on the chain does not make `Ready` false.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::{Condition, conditions};
use crate::tenant::BlockedDeletion;
use crate::value::{Amount, Asset, ChainId, Id, Moment, Sentence, TransactionHash};

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct StrategyStatus {
    /// The metadata.generation this status speaks about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
    /// The control API's id of the strategy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strategy_id: Option<Id>,
    /// Of the strategy as the control API has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compiled_hash: Option<Id>,
    /// Absent when no run is to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_run_time: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_run_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_run: Option<LastRun>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<RunCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consecutive_failures: Option<i32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub spent: Vec<Spent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion: Option<BlockedDeletion>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastRun {
    pub id: Id,
    /// When it was due.
    pub scheduled_time: Moment,
    pub start_time: Moment,
    /// Absent while it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<RunOutcome>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_hash: Option<TransactionHash>,
    /// The stable code of why it did not pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Sentence>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum RunOutcome {
    /// Paid, and on the chain.
    Succeeded,
    /// Policy said no.
    Denied,
    /// A person was asked and has not answered, or answered no.
    NotApproved,
    /// The chain reverted it.
    Reverted,
    /// A gate did not hold.
    Skipped,
    /// Judged and simulated only.
    DryRun,
    /// It could not be carried out.
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RunCounts {
    pub total: i64,
    pub succeeded: i64,
    pub denied: i64,
    pub failed: i64,
    pub skipped: i64,
}

/// What was spent of an asset, in token units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Spent {
    pub chain: ChainId,
    pub asset: Asset,
    /// Today, in the schedule's time zone.
    pub last_day: Amount,
    pub total: Amount,
}
