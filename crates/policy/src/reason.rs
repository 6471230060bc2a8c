//! Why something was not simply allowed, for models and people to act on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{Asset, Label, Timestamp};

use crate::Policy;

/// One reason. Amounts are decimal strings in token units.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    pub code: ReasonCode,
    /// One sentence, readable alone.
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Label>,
    /// The rule's path below `spec`, such as `assets[0].perTx`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<Asset>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<String>,
    /// The largest amount of this asset that these policies would not deny right now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would_pass: Option<String>,
    /// When the window lets go of its oldest entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub resets_at: Option<Timestamp>,
    /// Whether the same call may pass later without anybody changing a policy.
    pub retryable: bool,
}

impl Reason {
    pub fn new(code: ReasonCode, message: String) -> Self {
        Self {
            code,
            message,
            policy: None,
            rule: None,
            asset: None,
            limit: None,
            used: None,
            requested: None,
            remaining: None,
            would_pass: None,
            resets_at: None,
            retryable: false,
        }
    }

    pub(crate) fn at(mut self, policy: &Policy, rule: &str) -> Self {
        self.policy = Some(policy.name().clone());
        self.rule = Some(rule.to_owned());
        self
    }

    pub(crate) fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }
}

macro_rules! codes {
    ($($variant:ident = $name:literal, $explain:literal;)*) => {
        /// The stable code of a reason, in the order reasons are told.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        pub enum ReasonCode { $(#[doc = $explain] #[serde(rename = $name)] $variant,)* }

        impl ReasonCode {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// One sentence for the table in the documentation.
            pub const fn explain(self) -> &'static str {
                match self { $(Self::$variant => $explain,)* }
            }
        }
    };
}

codes! {
    Frozen = "frozen", "The platform, the tenant or the wallet is frozen; only a person thaws it.";
    ToolNotAllowed = "tool_not_allowed", "No policy allows this tool here, or one denies it.";
    IpNotAllowed = "ip_not_allowed", "The caller's address is not in the policy's list, or cannot be told.";
    RateLimited = "rate_limited", "Too many calls in the window; denied calls count too.";
    ChainNotAllowed = "chain_not_allowed", "The policy does not list this chain.";
    AssetNotAllowed = "asset_not_allowed", "The policy does not list this asset, so it cannot be spent.";
    RecipientNotAllowed = "recipient_not_allowed", "The recipient is denied, or is new where new ones are denied.";
    ContractNotAllowed = "contract_not_allowed", "The policy does not list this contract.";
    SelectorNotAllowed = "selector_not_allowed", "The policy lists the contract but not this function.";
    OpaqueCall = "opaque_call", "The call cannot be decoded and is not listed exactly.";
    PerTxLimit = "per_tx_limit", "The amount is above what one transaction may spend.";
    RollingLimit = "rolling_limit", "The amount is above what is left in a sliding window.";
    CountLimit = "count_limit", "As many transactions as allowed are in the sliding window already.";
    GasLimit = "gas_limit", "Gas would cost more than allowed, or its cost is unknown.";
    ReserveFloor = "reserve_floor", "Less than the reserve would be left in the wallet, or its balance is unknown.";
    AllowanceLimit = "allowance_limit", "The allowance is not one the policy permits.";
    SignatureNotAllowed = "signature_not_allowed", "This kind of signature is not permitted.";
    OutsideSchedule = "outside_schedule", "The policy's allows do not apply at this time.";
    DryRunRequired = "dry_run_required", "The same call must be simulated first.";
    ApprovalRequired = "approval_required", "A person must agree first.";
    ApprovalExpired = "approval_expired", "Nobody agreed in time.";
    SimulationFailed = "simulation_failed", "The simulation before signing failed.";
    SimulationMismatch = "simulation_mismatch", "The simulation did something else than was declared.";
    DuplicateSuspected = "duplicate_suspected", "The same payment was made moments ago under another `request_id`.";
    RequestConflict = "request_conflict", "The `request_id` was used before for another payment.";
    InsufficientFunds = "insufficient_funds", "The wallet does not hold the amount and its gas.";
    PlanLimit = "plan_limit", "The tenant's plan does not include this.";
    PolicyError = "policy_error", "A fact the policy needs is missing; nothing passes on a guess.";
}

impl std::fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
