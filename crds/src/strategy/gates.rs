//! What must hold before a run starts.

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use crate::value::Amount;

/// What must hold before a run starts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct Gates {
    /// The chain's base fee, in gwei.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_base_fee_gwei: Option<Amount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 10_000))]
    #[x_kube(validation = Rule::new("false")
        .message("maxSlippageBps belongs to swaps, which no strategy of this version makes"))]
    pub max_slippage_bps: Option<i32>,
    /// What the wallet must hold of the asset that is sent, in token units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_wallet_balance: Option<Amount>,
}
