//! Contracts and functions that may be called though they cannot be decoded.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Address, Amount, ChainId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContractRule {
    pub chain: ChainId,
    pub address: Address,
    /// Function signatures such as `execute(bytes,bytes[],uint256)`.
    #[schemars(length(max = 64), inner(length(max = 256)))]
    pub selectors: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_max: Option<Amount>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub params: Vec<ParamRule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ParamRule {
    #[schemars(length(max = 128))]
    pub arg: String,
    /// `self` or addresses.
    #[serde(default, rename = "in", skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(max = 64)))]
    pub one_of: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lte: Option<Amount>,
}
