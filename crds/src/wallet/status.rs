//! What the operator saw of a wallet.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::{Condition, conditions};
use crate::tenant::BlockedDeletion;
use crate::value::{Address, Amount, Asset, ChainId, Id, Moment, Sentence, TransactionHash};

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct WalletStatus {
    /// The metadata.generation this status speaks about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
    /// The control API's id of the wallet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Which wrapping of the key is in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_version: Option<i64>,
    /// Of the public key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_fingerprint: Option<Id>,
    /// What wraps the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<Id>,
    /// Whether any chain's native coin lies on the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub funded: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256))]
    pub balances: Vec<Balance>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256))]
    pub budgets: Vec<Budget>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_transaction: Option<LastTransaction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending_transactions: Option<i64>,
    /// Approvals that wait for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approvals_pending: Option<i64>,
    /// Of the policies in force for this wallet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_hash: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion: Option<BlockedDeletion>,
}

/// What lies on the address, as of a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Balance {
    pub chain: ChainId,
    pub asset: Asset,
    /// In token units.
    pub amount: Amount,
    pub read_time: Moment,
}

/// What is left of a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Budget {
    /// Which limit of which policy.
    pub limit: Sentence,
    pub chain: ChainId,
    pub asset: Asset,
    pub max: Amount,
    pub used: Amount,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resets_time: Option<Moment>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastTransaction {
    pub id: Id,
    pub chain: ChainId,
    /// Absent before it is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<TransactionHash>,
    pub state: Id,
    pub time: Moment,
}
