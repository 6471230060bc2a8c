//! What may be signed outside a transaction: nothing, in this version.
//!
//! The document may one day say `{match: …}` or a list where it says `deny` today. A field that is
//! a word or an object is no structural schema, and neither is enforced: both are refused here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignatureRules {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<DenyWord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed_data: Option<DenyWord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_hash: Option<DenyWord>,
    #[serde(
        default,
        rename = "authorization7702",
        skip_serializing_if = "Option::is_none"
    )]
    pub authorization_7702: Option<DenyWord>,
}

/// The word `deny`, the only answer this version knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum DenyWord {
    #[default]
    Deny,
}
