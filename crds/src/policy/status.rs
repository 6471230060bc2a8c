//! What the operator saw of a policy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::{Condition, conditions};
use crate::tenant::BlockedDeletion;
use crate::value::{Id, Sentence};

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyStatus {
    /// The metadata.generation this status speaks about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
    /// Counts the contents the control API has had of this policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Of the content in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<Id>,
    /// Who refers to the policy, such as `Wallet/treasury`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256))]
    pub referenced_by: Vec<Sentence>,
    /// What keeps the newest content from being in force. What was in force before still is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub errors: Vec<PolicyProblem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion: Option<BlockedDeletion>,
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyProblem {
    /// Such as `spec.assets[0].perTx`.
    #[schemars(length(max = 256))]
    pub path: String,
    pub message: Sentence,
}
