//! The most a strategy may spend, in the units of what it sends.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Amount;

/// The most a strategy may spend, in the units of what it sends. Policy's limits hold besides.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StrategyLimits {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_per_run: Option<Amount>,
    /// In a day of the schedule's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_per_day: Option<Amount>,
    /// In the strategy's life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_total: Option<Amount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub max_runs: Option<i64>,
}
