//! Which tools may be called, and how often.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::Tool;

use super::Span;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ToolRules {
    /// What is not named here is denied.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<ToolPattern>,
    /// Never, whatever any other policy says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<ToolPattern>,
    /// Only after a simulation of the very same call in the last ten minutes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dry_run_required: Vec<ToolPattern>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rate_limits: Vec<RateLimitRule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateLimitRule {
    pub tools: Vec<ToolPattern>,
    pub max_calls: u32,
    pub window: Span,
    pub per: Per,
}

/// Whose calls are counted together.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Per {
    Agent,
    Wallet,
}

/// A tool's name, in which `*` stands for any run of characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ToolPattern(pub String);

impl ToolPattern {
    pub fn matches(&self, tool: Tool) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = tool.name().strip_prefix(first) else {
            return false;
        };
        let Some(last) = parts.next_back() else {
            return rest.is_empty();
        };
        for part in parts {
            let Some((_, after)) = rest.split_once(part) else {
                return false;
            };
            rest = after;
        }
        rest.ends_with(last)
    }
}

impl ToolRules {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
