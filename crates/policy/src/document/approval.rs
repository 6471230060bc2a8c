//! When a person is asked, and who.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AmountText, Span};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRule {
    pub when: When,
    pub require: Require,
    /// How long the question stays open; expiry is a denial.
    pub ttl: Span,
    /// Whether the approver must also give a one-time code.
    pub code: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct When {
    /// In token units, of each asset the policy lists.
    pub amount_above: AmountText,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Require {
    /// How many people must agree.
    pub quorum: u32,
    /// Whose agreement counts: names or `group:<name>`. Absent: anybody who may approve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<String>,
}
