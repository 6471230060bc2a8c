//! A strategy: payments that are made by a schedule, within limits of their own.

mod approval;
mod body;
mod failure;
mod gates;
mod limits;
mod schedule;
mod status;

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::reference::NameRef;
use crate::value::Amount;

pub use approval::StrategyApproval;
pub use body::{RecurringTransfer, ScheduledSend, StrategyType};
pub use failure::FailurePolicy;
pub use gates::Gates;
pub use limits::StrategyLimits;
pub use schedule::{CatchUp, Schedule};
pub use status::{LastRun, RunCounts, RunOutcome, Spent, StrategyStatus};

/// Payments by a schedule, within limits of their own. Policy judges each of them besides.
#[derive(CustomResource, KubeSchema, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "vaultpilot.io",
    version = "v1alpha1",
    kind = "Strategy",
    plural = "strategies",
    shortname = "vps",
    category = "vaultpilot",
    namespaced,
    status = "StrategyStatus",
    derive = "PartialEq",
    doc = "Payments by a schedule, within limits of their own. Policy judges each of them besides.",
    printcolumn(name = "Type", type_ = "string", json_path = ".spec.type"),
    printcolumn(name = "Wallet", type_ = "string", json_path = ".spec.walletRef.name"),
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].status"
    ),
    printcolumn(name = "Suspend", type_ = "boolean", json_path = ".spec.suspend"),
    printcolumn(name = "Next", type_ = "string", json_path = ".status.nextRunTime"),
    printcolumn(name = "Last", type_ = "date", json_path = ".status.lastRun.startTime"),
    printcolumn(name = "Outcome", type_ = "string", json_path = ".status.lastRun.outcome"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    validation = Rule::new("self.metadata.name.size() <= 63")
        .message("a strategy's name has at most 63 characters"),
    validation = Rule::new("!self.metadata.name.contains('.')")
        .message("a strategy's name has no dots")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("self.walletRef == oldSelf.walletRef")
        .message("walletRef is immutable; make a new strategy for another wallet")
        .field_path(".walletRef")
        .reason(Reason::FieldValueForbidden),
    validation = Rule::new("self.type == oldSelf.type")
        .message("type is immutable; make a new strategy for another type")
        .field_path(".type")
        .reason(Reason::FieldValueForbidden),
    validation = Rule::new("has(self.recurringTransfer) == (self.type == 'RecurringTransfer')")
        .message("recurringTransfer belongs to type RecurringTransfer, which needs it"),
    validation = Rule::new("has(self.scheduledSend) == (self.type == 'ScheduledSend')")
        .message("scheduledSend belongs to type ScheduledSend, which needs it"),
    validation = Rule::new("has(self.schedule.at) == (self.type == 'ScheduledSend')")
        .message("schedule.at belongs to type ScheduledSend, which needs it; RecurringTransfer has cron or interval"),
    validation = Rule::new("has(self.approvalAbove) == (self.approval == 'AboveAmount')")
        .message("approvalAbove belongs to approval AboveAmount, which needs it")
)]
pub struct StrategySpec {
    /// The wallet that pays, in this namespace. It cannot be changed.
    pub wallet_ref: NameRef,
    /// What is done. It cannot be changed.
    #[serde(rename = "type")]
    pub kind: StrategyType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurring_transfer: Option<RecurringTransfer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_send: Option<ScheduledSend>,
    pub schedule: Schedule,
    /// No run starts while true; one under way ends.
    #[serde(default)]
    pub suspend: bool,
    /// Runs are judged and simulated, and pay nothing.
    #[serde(default)]
    pub dry_run: bool,
    #[serde(default)]
    pub limits: StrategyLimits,
    /// A run is put off while one of these does not hold.
    #[serde(default)]
    pub gates: Gates,
    /// When a person is asked, beside what policy asks.
    #[serde(default)]
    pub approval: StrategyApproval,
    /// In the units of what is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_above: Option<Amount>,
    #[serde(default)]
    pub failure_policy: FailurePolicy,
    /// How many ended runs are kept. What they add up to, and their audit entries, stay.
    #[serde(default = "fifty")]
    #[schemars(range(min = 1, max = 1000))]
    pub run_history_limit: i32,
    #[serde(default)]
    pub on_delete: OnDelete,
    /// While true, deleting the object is refused.
    #[serde(default)]
    pub deletion_protection: bool,
}

/// What is cleaned up on the chain when a strategy is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum OnDelete {
    /// Nothing: transfers leave no allowance behind.
    #[default]
    Keep,
}

fn fifty() -> i32 {
    50
}
