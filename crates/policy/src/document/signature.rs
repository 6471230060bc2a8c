//! What may be signed outside a transaction.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Account;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SignatureRules {
    pub message: MessageRule,
    pub typed_data: TypedDataRules,
    pub raw_hash: DenyWord,
    #[serde(rename = "authorization7702")]
    pub authorization_7702: DenyWord,
}

/// The word `deny`, the only answer some sections know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum DenyWord {
    #[default]
    Deny,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "neither deny nor {match: <regular expression>}")]
pub enum MessageRule {
    Word(DenyWord),
    Match {
        /// A regular expression in linear time.
        #[serde(rename = "match")]
        pattern: String,
    },
}

impl Default for MessageRule {
    fn default() -> Self {
        Self::Word(DenyWord::Deny)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "neither deny nor a list of {primaryType, verifyingContract}"
)]
pub enum TypedDataRules {
    Word(DenyWord),
    List(Vec<TypedDataRule>),
}

impl Default for TypedDataRules {
    fn default() -> Self {
        Self::Word(DenyWord::Deny)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TypedDataRule {
    pub primary_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verifying_contract: Option<Account>,
}

impl SignatureRules {
    pub(crate) fn denies_all(&self) -> bool {
        *self == Self::default()
    }
}
