//! What a strategy is told to do. Amounts are decimal text in token units, as people write them.

use serde::{Deserialize, Serialize};
use vaultpilot_core::{Address, Asset, ChainId, Token};

use crate::Schedule;

/// Everything about a strategy that can be edited, but for the type of its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    pub body: Body,
    pub schedule: Schedule,
    #[serde(default)]
    pub limits: Limits,
    #[serde(default)]
    pub gates: Gates,
    #[serde(default)]
    pub approval: ApprovalRule,
    #[serde(default)]
    pub failure: FailurePolicy,
    /// Runs are simulated and pay nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// How many ended runs are kept. What they added up to is kept for ever.
    #[serde(default = "default_history")]
    pub run_history_limit: u32,
}

const fn default_history() -> u32 {
    Spec::DEFAULT_HISTORY
}

impl Spec {
    pub const DEFAULT_HISTORY: u32 = 100;
    pub const MAX_HISTORY: u32 = 10_000;

    pub const fn payment(&self) -> &Payment {
        match &self.body {
            Body::RecurringTransfer(payment) | Body::ScheduledSend(payment) => payment,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Body {
    /// The same payment again and again.
    RecurringTransfer(Payment),
    /// One payment at one time.
    ScheduledSend(Payment),
}

/// The type of a body: it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    RecurringTransfer,
    ScheduledSend,
}

impl Body {
    pub const fn kind(&self) -> BodyKind {
        match self {
            Self::RecurringTransfer(_) => BodyKind::RecurringTransfer,
            Self::ScheduledSend(_) => BodyKind::ScheduledSend,
        }
    }
}

impl BodyKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RecurringTransfer => "recurring_transfer",
            Self::ScheduledSend => "scheduled_send",
        }
    }
}

impl std::fmt::Display for BodyKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One amount of one token to one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    pub chain: ChainId,
    pub to: Address,
    pub token: Token,
    pub amount: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memo: Option<String>,
}

impl Payment {
    pub const fn asset(&self) -> Asset {
        Asset {
            chain: self.chain,
            token: self.token,
        }
    }
}

/// What a strategy may spend, whatever policy would still allow. In units of the token it pays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_per_run: Option<String>,
    /// On one day of the schedule's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_per_day: Option<String>,
    /// In the strategy's whole life. When nothing more fits, it is finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_total: Option<String>,
    /// How many runs are begun in the strategy's whole life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_runs: Option<u64>,
}

/// What must be so on the chain before a run pays. A closed gate is looked at again until the run
/// is too late.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gates {
    /// The base fee of the chain, in gwei; decimals are allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_base_fee_gwei: Option<String>,
    /// What the wallet must hold of the token it pays, before it pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_wallet_balance: Option<String>,
}

/// When a person is asked, beside what policy asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "when", rename_all = "snake_case")]
pub enum ApprovalRule {
    #[default]
    Never,
    /// Until one run has paid.
    FirstRun,
    EveryRun,
    AboveAmount {
        amount: String,
    },
}

/// What becomes of the strategy when its runs fail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on_failure", rename_all = "snake_case")]
pub enum FailurePolicy {
    #[default]
    Continue,
    /// So many failures one after the other suspend it.
    SuspendAfter { failures: u32 },
}
