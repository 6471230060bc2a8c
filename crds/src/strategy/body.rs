//! What a strategy does.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Address, Amount, Asset, ChainId, Sentence};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum StrategyType {
    /// The same transfer again and again.
    RecurringTransfer,
    /// One transfer at an instant.
    ScheduledSend,
}

/// The same transfer again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecurringTransfer {
    pub chain: ChainId,
    /// `native` or the address of an ERC-20 contract.
    pub asset: Asset,
    /// Who is paid.
    pub to: Address,
    /// What each run sends, in token units.
    pub amount: Amount,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub memo: Option<Sentence>,
}

/// One transfer at the instant `schedule.at`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScheduledSend {
    pub chain: ChainId,
    /// `native` or the address of an ERC-20 contract.
    pub asset: Asset,
    /// Who is paid.
    pub to: Address,
    /// In token units.
    pub amount: Amount,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub memo: Option<Sentence>,
}
