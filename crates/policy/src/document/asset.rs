//! What may be spent, and how much of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{Asset, ChainId, asset::Token};

use super::{AmountText, Span};

/// Limits of one asset. An asset that is not listed cannot be spent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssetRule {
    pub chain: ChainId,
    /// `native` or the address of an ERC-20 contract.
    pub token: Token,
    /// The most one transaction may spend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_tx: Option<AmountText>,
    /// The most one transaction's gas may cost. Only of the native asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gas_per_tx: Option<AmountText>,
    /// The most that may be spent in a sliding window.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rolling: Vec<RollingRule>,
    /// The most transactions in a sliding window.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub count: Vec<CountRule>,
    /// What must be left in the wallet afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserve_floor: Option<AmountText>,
    /// Above this a person is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_above: Option<AmountText>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RollingRule {
    pub window: Span,
    pub max: AmountText,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CountRule {
    pub window: Span,
    pub max: u64,
}

impl AssetRule {
    pub fn asset(&self) -> Asset {
        Asset {
            chain: self.chain,
            token: self.token,
        }
    }
}
