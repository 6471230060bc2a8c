//! Contracts and functions that may be called though they cannot be decoded.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::ChainId;

use super::{Account, AmountText};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContractRule {
    pub chain: ChainId,
    pub address: Account,
    /// Function signatures such as `execute(bytes,bytes[],uint256)`.
    pub selectors: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_max: Option<AmountText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<ParamRule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParamRule {
    pub arg: String,
    /// `self` or addresses.
    #[serde(default, rename = "in", skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lte: Option<AmountText>,
}
