//! What may be spent, and how much of it.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Amount, Asset, ChainId, Span};

/// Limits of one asset. An asset that is not listed cannot be spent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("!has(self.gasPerTx) || self.token == 'native'")
    .message("gasPerTx belongs to the native asset only"))]
pub struct AssetRule {
    pub chain: ChainId,
    /// `native` or the address of an ERC-20 contract.
    pub token: Asset,
    /// The most one transaction may spend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_tx: Option<Amount>,
    /// The most one transaction's gas may cost. Only of the native asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gas_per_tx: Option<Amount>,
    /// The most that may be spent in a sliding window.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8))]
    pub rolling: Vec<RollingRule>,
    /// The most transactions in a sliding window.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8))]
    pub count: Vec<CountRule>,
    /// What must be left in the wallet afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserve_floor: Option<Amount>,
    /// Above this a person is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_above: Option<Amount>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RollingRule {
    pub window: Span,
    pub max: Amount,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CountRule {
    pub window: Span,
    #[schemars(range(min = 0, max = 1_000_000_000))]
    pub max: i64,
}
