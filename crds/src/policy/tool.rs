//! Which tools may be called, and how often.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Span, ToolPattern};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ToolRules {
    /// What is not named here is denied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 128))]
    pub allow: Vec<ToolPattern>,
    /// Never, whatever any other policy says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 128))]
    pub deny: Vec<ToolPattern>,
    /// Only after a simulation of the very same call in the last ten minutes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 128))]
    pub dry_run_required: Vec<ToolPattern>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub rate_limits: Vec<RateLimitRule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RateLimitRule {
    #[schemars(length(min = 1, max = 128))]
    pub tools: Vec<ToolPattern>,
    #[schemars(range(min = 0, max = 10_000))]
    pub max_calls: i32,
    /// Up to `24h`.
    pub window: Span,
    pub per: Per,
}

/// Whose calls are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Per {
    Agent,
    Wallet,
}
