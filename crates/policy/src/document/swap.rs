//! How far a swap may stray from its quote.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Span;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SwapRules {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_slippage_bps: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_price_impact_bps: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote_max_age: Option<Span>,
}
