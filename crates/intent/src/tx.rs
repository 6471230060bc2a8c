//! The transaction an intent becomes.

use alloy_primitives::{Address, B256, Bytes};
use serde::{Deserialize, Serialize};
use vaultpilot_core::{Call, Timestamp, Wei};

/// EIP-1559 fees of one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fees {
    pub gas_limit: u64,
    pub max_fee_per_gas: Wei,
    pub max_priority_fee_per_gas: Wei,
}

impl Fees {
    /// The most this transaction can burn; `None` when it does not fit, which nobody may sign.
    pub fn max_cost(&self) -> Option<Wei> {
        Wei::gas_cost(self.gas_limit, self.max_fee_per_gas)
    }
}

/// Everything that will be signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsignedTx {
    pub from: Address,
    pub call: Call,
    pub nonce: u64,
    pub fees: Fees,
}

/// Signed bytes and nonce, immutable once made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedTx {
    pub nonce: u64,
    pub fees: Fees,
    pub hash: B256,
    pub raw: Bytes,
    pub signed_at: Timestamp,
}

/// What the chain says happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub block_number: u64,
    pub block_hash: B256,
    pub succeeded: bool,
    pub gas_used: u64,
    pub effective_gas_price: Wei,
}

impl Receipt {
    pub fn gas_paid(&self) -> Wei {
        Wei::gas_cost(self.gas_used, self.effective_gas_price).unwrap_or(Wei(u128::MAX))
    }

    /// How many blocks stand on it, itself counted.
    pub fn confirmations(&self, head: u64) -> u64 {
        head.checked_sub(self.block_number)
            .map_or(0, |above| above.saturating_add(1))
    }
}
