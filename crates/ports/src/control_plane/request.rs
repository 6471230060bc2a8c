//! What callers ask, already parsed: ids, chains and addresses are types, amounts are still text
//! because only the asset's decimals can read them.

use alloy_primitives::{Address, B256};
use serde::{Deserialize, Serialize};
use vaultpilot_core::{BaseUnits, ChainId, IntentId, Label, RequestId, Token, Tool, WalletId};

/// A wallet by id or label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WalletRef {
    Id(WalletId),
    Label(Label),
}

impl std::str::FromStr for WalletRef {
    type Err = WalletRefError;

    fn from_str(text: &str) -> Result<Self, WalletRefError> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        text.parse().map(Self::Label).map_err(|_| WalletRefError)
    }
}

impl std::fmt::Display for WalletRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Label(label) => label.fmt(f),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("wallet is neither an id such as wal_… nor a label of lower-case letters, digits, hyphens")]
pub struct WalletRefError;

/// A payment by our id or by the transaction's hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransactionRef {
    Id(IntentId),
    Hash(B256),
}

impl std::str::FromStr for TransactionRef {
    type Err = TransactionRefError;

    fn from_str(text: &str) -> Result<Self, TransactionRefError> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        if text.starts_with("0x") {
            return text
                .parse()
                .map(Self::Hash)
                .map_err(|_| TransactionRefError);
        }
        Err(TransactionRefError)
    }
}

impl std::fmt::Display for TransactionRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Hash(hash) => hash.fmt(f),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("transaction is neither an id such as txn_… nor a 32-byte hash")]
pub struct TransactionRefError;

/// A call of a tool that the runtime carries out itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    pub tool: Tool,
    pub wallet: Option<WalletRef>,
    pub chain: Option<ChainId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateWallet {
    pub label: Label,
    /// Empty means every configured chain.
    pub chains: Vec<ChainId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferRequest {
    pub wallet: WalletRef,
    pub chain: ChainId,
    pub to: Address,
    pub token: Token,
    /// Decimal text in token units.
    pub amount: String,
    /// `None` only for `check` and `simulate`.
    pub request_id: Option<RequestId>,
    pub dry_run: bool,
    pub memo: Option<String>,
    /// The earlier payment this one knowingly repeats.
    pub confirm_duplicate_of: Option<IntentId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaucetRequest {
    pub wallet: WalletRef,
    pub chain: ChainId,
    /// `None`: 1 coin.
    pub amount: Option<BaseUnits>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetQuery {
    pub wallet: WalletRef,
    pub chain: Option<ChainId>,
    pub token: Option<Token>,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ListQuery {
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    pub limit: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TransactionQuery {
    pub wallet: Option<WalletRef>,
    /// A state name, such as `broadcast`.
    pub state: Option<String>,
    pub page: ListQuery,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ApprovalQuery {
    pub waiting_only: bool,
    pub page: ListQuery,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EventQuery {
    pub wallet: Option<WalletRef>,
    pub denied_only: bool,
    pub page: ListQuery,
}
