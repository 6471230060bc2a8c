//! What gas may cost, and how far a swap may stray from its quote.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Amount, Span};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("!has(self.dailyBudget)")
    .message("spec.gas.dailyBudget is not enforced by this version; remove it"))]
pub struct GasRules {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_fee_per_gas_gwei: Option<Amount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_priority_gwei: Option<Amount>,
    /// How far a stuck transaction's fee may be raised, in percent of the first offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub max_bump_percent: Option<i32>,
    /// In the chain's native coin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_budget: Option<Amount>,
}

/// How far a swap may stray from its quote.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SwapRules {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 10_000))]
    pub max_slippage_bps: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 10_000))]
    pub max_price_impact_bps: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote_max_age: Option<Span>,
}
