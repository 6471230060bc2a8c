//! The parts of JSON-RPC messages that are read or written here. Small on purpose: chains add
//! fields and transaction kinds, and none of them concerns us.

use alloy::primitives::{Address, B256, Bytes, U64, U128, U256};
use serde::{Deserialize, Serialize};
use vaultpilot_core::Call;

/// The state everything is read at.
pub(crate) const LATEST: &str = "latest";

/// `eth_call` and its relatives.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CallRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Address>,
    to: Address,
    #[serde(skip_serializing_if = "U256::is_zero")]
    value: U256,
    data: Bytes,
    #[serde(skip_serializing_if = "Option::is_none")]
    gas: Option<U64>,
}

impl CallRequest {
    /// A question to a contract.
    pub(crate) const fn view(to: Address, data: Bytes) -> Self {
        Self {
            from: None,
            to,
            value: U256::ZERO,
            data,
            gas: None,
        }
    }

    pub(crate) fn new(from: Address, call: &Call) -> Self {
        Self {
            from: Some(from),
            to: call.to,
            value: call.value.0,
            data: call.data.clone(),
            gas: None,
        }
    }

    pub(crate) fn with_gas(self, limit: u64) -> Self {
        Self {
            gas: Some(U64::from(limit)),
            ..self
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct BlockHeader {
    pub(crate) number: U64,
    pub(crate) hash: B256,
    pub(crate) timestamp: U64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FeeHistory {
    #[serde(default)]
    pub(crate) base_fee_per_gas: Vec<U128>,
    #[serde(default)]
    pub(crate) reward: Option<Vec<Vec<U128>>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MinedReceipt {
    pub(crate) transaction_hash: B256,
    pub(crate) block_number: Option<U64>,
    pub(crate) block_hash: Option<B256>,
    pub(crate) status: U64,
    pub(crate) gas_used: U64,
    pub(crate) effective_gas_price: U128,
}

#[derive(Debug, Deserialize)]
pub(crate) struct KnownTransaction {
    pub(crate) hash: B256,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SimulationRequest {
    pub(crate) block_state_calls: [SimulatedCalls; 1],
    pub(crate) trace_transfers: bool,
    pub(crate) validation: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct SimulatedCalls {
    pub(crate) calls: [CallRequest; 1],
}

#[derive(Debug, Deserialize)]
pub(crate) struct SimulatedBlock {
    pub(crate) calls: Vec<CallOutcome>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallOutcome {
    #[serde(default)]
    pub(crate) return_data: Bytes,
    pub(crate) gas_used: U64,
    pub(crate) status: U64,
    #[serde(default)]
    pub(crate) logs: Vec<LogEntry>,
    #[serde(default)]
    pub(crate) error: Option<OutcomeError>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct OutcomeError {
    pub(crate) message: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct LogEntry {
    pub(crate) address: Address,
    pub(crate) topics: Vec<B256>,
    #[serde(default)]
    pub(crate) data: Bytes,
}

/// `eth_sendTransaction` from an account the node holds.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SendRequest {
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) value: U256,
}
