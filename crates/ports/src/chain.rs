//! Chains, as the house sees them.

use alloy_primitives::{Address, B256, Bytes};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{Asset, BaseUnits, Call, ChainId, Token, Wei};
use vaultpilot_intent::{Answer, Fees, Receipt, UnsignedTx};

use crate::keys::Signature;

/// Why a chain did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    #[error("chain {chain} is not configured")]
    Unknown { chain: ChainId },
    /// No endpoint answered. Worth a retry.
    #[error("chain {chain} cannot be reached")]
    Unreachable { chain: ChainId, detail: String },
    /// The call itself is bad: it would revert.
    #[error("the call would revert")]
    Reverted { detail: String },
    /// The address holds no contract, or not one of the kind asked for.
    #[error("no token contract at {address}")]
    NotAToken { address: Address },
    /// The endpoint answered something that is no answer.
    #[error("chain {chain} answered something unreadable")]
    Unreadable { chain: ChainId, detail: String },
    /// This network has no faucet.
    #[error("chain {chain} has no faucet")]
    NoFaucet { chain: ChainId },
}

/// A configured chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChainView {
    pub id: ChainId,
    pub name: String,
    /// Symbol of the native coin.
    pub currency: String,
    pub testnet: bool,
    /// Blocks until a transaction counts as final.
    pub confirmations: u64,
    /// Where people look transactions up; `{tx}` is appended.
    pub explorer: Option<String>,
    pub faucet: bool,
}

/// Health of one endpoint. The URL is shown without credentials: scheme and host only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndpointStatus {
    pub endpoint: String,
    pub healthy: bool,
    pub latency_ms: Option<u64>,
    pub head: Option<u64>,
    pub last_error: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub number: u64,
    pub hash: B256,
    /// Seconds since the epoch, as the block says.
    pub timestamp: u64,
}

/// What a token contract says of itself: data, not to be trusted as words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TokenFacts {
    pub decimals: u8,
    pub symbol: String,
    pub name: String,
}

/// Current fees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeQuote {
    pub base_fee: Wei,
    pub max_fee_per_gas: Wei,
    pub max_priority_fee_per_gas: Wei,
}

/// Account nonces: mined, and including the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nonces {
    pub latest: u64,
    pub pending: u64,
}

/// One movement of value seen in a simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    pub asset: Asset,
    pub from: Address,
    pub to: Address,
    pub amount: BaseUnits,
}

/// What would happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    pub succeeded: bool,
    /// Why not, in the node's words.
    pub error: Option<String>,
    pub gas_used: u64,
    pub movements: Vec<Movement>,
}

/// Reads of any configured chain. Contract: an answer comes from one healthy endpoint; a failing
/// one is passed over for another before an error is returned.
#[async_trait]
pub trait ChainReader: Send + Sync {
    fn chains(&self) -> Vec<ChainView>;
    async fn status(&self, chain: ChainId) -> Result<Vec<EndpointStatus>, ChainError>;
    async fn head(&self, chain: ChainId) -> Result<Head, ChainError>;
    async fn balance(
        &self,
        chain: ChainId,
        account: Address,
        token: Token,
    ) -> Result<BaseUnits, ChainError>;
    async fn token(&self, chain: ChainId, contract: Address) -> Result<TokenFacts, ChainError>;
    async fn fees(&self, chain: ChainId) -> Result<FeeQuote, ChainError>;
    async fn nonces(&self, chain: ChainId, account: Address) -> Result<Nonces, ChainError>;
    /// Gas the call needs, with a margin.
    async fn gas(&self, from: Address, call: &Call) -> Result<u64, ChainError>;
    /// `eth_simulateV1` with transfer traces on the newest block.
    async fn simulate(
        &self,
        from: Address,
        call: &Call,
        gas_limit: u64,
    ) -> Result<Simulation, ChainError>;
    async fn receipt(&self, chain: ChainId, hash: B256) -> Result<Option<Receipt>, ChainError>;
    /// Whether any endpoint knows the transaction, mined or pooled.
    async fn knows(&self, chain: ChainId, hash: B256) -> Result<bool, ChainError>;
}

/// Sends signed bytes. Contract: idempotent; never fails, but classifies: what nobody can tell is
/// `Answer::Unclear`.
#[async_trait]
pub trait Broadcaster: Send + Sync {
    async fn broadcast(&self, chain: ChainId, raw: &Bytes) -> Answer;
}

/// Transactions as bytes. Pure.
pub trait TxCodec: Send + Sync {
    /// The hash to be signed (EIP-1559).
    fn signing_hash(&self, tx: &UnsignedTx) -> B256;
    /// Signed bytes and their hash. `None` when the signature does not recover to `tx.from`.
    fn seal(&self, tx: &UnsignedTx, signature: &Signature) -> Option<(Bytes, B256)>;
}

/// Gives test coins on networks that have a faucet.
#[async_trait]
pub trait Faucet: Send + Sync {
    /// Sends coins and returns the transaction's hash.
    async fn fund(
        &self,
        chain: ChainId,
        account: Address,
        amount: BaseUnits,
    ) -> Result<B256, ChainError>;
}

/// Builds the fee caps of a call from a quote and a gas need.
pub fn fee_caps(quote: &FeeQuote, gas_limit: u64) -> Fees {
    Fees {
        gas_limit,
        max_fee_per_gas: quote.max_fee_per_gas,
        max_priority_fee_per_gas: quote.max_priority_fee_per_gas,
    }
}
