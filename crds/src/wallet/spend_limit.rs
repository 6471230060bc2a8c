//! The most a wallet may spend of an asset.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Amount, Asset, ChainId};

/// Limits of one asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpendLimit {
    pub chain: ChainId,
    /// `native` or the address of an ERC-20 contract.
    pub asset: Asset,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_transaction: Option<Amount>,
    /// In any 24 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day: Option<Amount>,
    /// Above this a person is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_above: Option<Amount>,
    /// What must be left in the wallet afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserve_floor: Option<Amount>,
}
