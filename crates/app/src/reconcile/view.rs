//! What is told of a restored wallet.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Every wallet that came out of a backup and is not reconciled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reconciliation {
    pub wallets: Vec<RestoredWallet>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RestoredWallet {
    /// `wal_…`
    pub id: String,
    pub label: String,
    /// EIP-55
    pub address: String,
    /// RFC 3339
    pub restored_at: String,
    /// The state it had in the backup.
    pub was: String,
    /// Whether this answer reconciled it.
    pub acknowledged: bool,
    /// The state it has now.
    pub state: String,
    pub chains: Vec<RestoredChain>,
    /// Transactions that chains have and the database does not know. How much they moved cannot be
    /// told from here: limits do not count them.
    pub unknown_transactions: u64,
    /// Payments that nothing was signed for when the backup was taken. They may have been paid since:
    /// acknowledging refuses them for good.
    pub refused: Vec<RestoredPayment>,
    /// Payments that were signed: the same bytes are followed to their end.
    pub followed: Vec<RestoredPayment>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RestoredChain {
    /// CAIP-2
    pub chain: String,
    pub standing: ChainStanding,
    /// The nonce after the highest one the database knows.
    pub database: u64,
    /// The account's nonce in the newest block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest: Option<u64>,
    /// The same, with what waits in the pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What a chain and the database say of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChainStanding {
    /// Both know the same transactions.
    Level,
    /// The chain has transactions that were made after the backup.
    Ahead,
    /// The chain lacks transactions the database knows: they are sent again, if they can be.
    Behind,
    /// It does not answer: nothing is acknowledged until it does.
    Unreachable,
    /// It has no endpoint here. If it gets one, the wallet begins at the nonce the chain is at.
    NotConfigured,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RestoredPayment {
    /// `int_…`
    pub id: String,
    /// CAIP-2
    pub chain: String,
    pub state: String,
    /// EIP-55
    pub to: String,
    /// In token units.
    pub amount: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// Whether any node knows the transaction, mined or waiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<bool>,
}
