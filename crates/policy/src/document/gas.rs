//! What gas may cost.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AmountText;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct GasRules {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_fee_per_gas_gwei: Option<AmountText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_priority_gwei: Option<AmountText>,
    /// How far a stuck transaction's fee may be raised, in percent of the first offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_bump_percent: Option<u32>,
    /// In the chain's native coin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily_budget: Option<AmountText>,
}

impl GasRules {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
