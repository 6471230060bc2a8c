//! When a person is asked, and who.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Amount, Person, Span};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApprovalRule {
    pub when: When,
    pub require: Require,
    /// How long the question stays open; expiry is a denial.
    pub ttl: Span,
    /// Whether the approver must also give a one-time code.
    pub code: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct When {
    /// In token units, of each asset the policy lists.
    pub amount_above: Amount,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
pub struct Require {
    /// How many people must agree.
    #[schemars(range(min = 1, max = 10))]
    #[x_kube(validation = Rule::new("self <= 1")
        .message("a quorum above 1 is not enforced by this version"))]
    pub quorum: i32,
    /// Whose agreement counts: names or `group:<name>`. Absent: anybody who may approve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub of: Vec<Person>,
}
