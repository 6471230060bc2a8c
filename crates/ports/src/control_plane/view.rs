//! What callers see. Amounts are decimal text in token units, with the raw integer beside it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_policy::Decision;

/// A page of a list. `next_cursor` is absent on the last one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Listed<T> {
    pub items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WalletView {
    /// `wal_…`
    pub id: String,
    pub label: String,
    /// EIP-55
    pub address: String,
    /// CAIP-2
    pub chains: Vec<String>,
    /// `active`, `frozen`, `halted` or `detached`
    pub state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// RFC 3339
    pub created_at: String,
}

/// How far a payment has come, in the words agents branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// In a block deep enough.
    Executed,
    /// Allowed; it is on its way. Follow it with `wait_for_transaction`.
    Submitted,
    /// A person is asked. Follow it with `get_approval`.
    PendingApproval,
    /// Policy or a person said no. Nothing was spent.
    Denied,
    /// Only judged or simulated. Nothing was spent.
    Simulated,
    /// Nobody can say yet whether it happened; it stays reserved and is followed.
    Ambiguous,
    /// It can never happen, or it reverted. See `state`.
    Failed,
}

impl PaymentStatus {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Executed => "executed",
            Self::Submitted => "submitted",
            Self::PendingApproval => "pending_approval",
            Self::Denied => "denied",
            Self::Simulated => "simulated",
            Self::Ambiguous => "ambiguous",
            Self::Failed => "failed",
        }
    }
}

/// The answer to every call that would move value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentView {
    pub status: PaymentStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// `txn_…`, once recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// What the decision is bound to.
    pub action_digest: String,
    /// One sentence: what happened and what to do next.
    pub message: String,
    pub decision: Decision,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<TransactionView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulation: Option<SimulationView>,
    /// The payment this one looks like, where it was held back as a duplicate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SimulationView {
    pub succeeded: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    pub gas_used: u64,
    /// The most gas can cost, in native coin.
    pub max_gas_cost: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TransactionView {
    /// `txn_…`
    pub id: String,
    pub request_id: String,
    /// The intent's state: `authorized`, `signed`, `broadcast`, `confirmed`, `final`, …
    pub state: String,
    pub status: PaymentStatus,
    /// Why it was refused, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Wallet label.
    pub wallet: String,
    pub from: String,
    pub to: String,
    pub chain: String,
    /// `native` or the token's address.
    pub asset: String,
    pub amount: String,
    pub amount_raw: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memo: Option<String>,
    pub requested_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tx: Option<TxView>,
    pub created_at: String,
}

/// The transaction on the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TxView {
    pub hash: String,
    pub nonce: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmations: Option<u64>,
    /// Gas paid, in native coin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gas_paid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explorer_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApprovalView {
    /// `apr_…`
    pub id: String,
    pub transaction_id: String,
    /// `waiting`, `approved`, `rejected`, `expired`, `locked` or `withdrawn`
    pub state: String,
    pub summary: String,
    pub action_digest: String,
    pub requested_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// Whether the person needs a one-time code.
    pub code_required: bool,
    pub created_at: String,
    pub expires_at: String,
    /// What a person runs or opens to decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
}

/// One limit, and how much of it is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BudgetLine {
    pub policy: String,
    /// Where in the policy: `assets[0].rolling[1]`
    pub rule: String,
    pub chain: String,
    pub asset: String,
    /// `per_transaction`, `rolling`, `count` or `approval_above`
    pub kind: String,
    /// Whose spending counts: `tenant`, `wallet` or `agent`.
    pub scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_s: Option<u64>,
    pub limit: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<String>,
    /// When the oldest spending leaves the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resets_at: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BudgetView {
    pub wallet: String,
    pub policy_version: String,
    pub lines: Vec<BudgetLine>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyView {
    pub wallet: String,
    pub policy_version: String,
    /// The documents that select this wallet and caller, as they were applied.
    pub policies: Vec<serde_json::Value>,
    /// The tools that remain for this caller on this wallet.
    pub tools: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EventView {
    /// `evt_…`
    pub id: String,
    pub seq: u64,
    pub at: String,
    /// `noun.verb_past`
    pub action: String,
    pub actor: String,
    pub outcome: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    pub facts: Vec<(String, String)>,
    pub hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FaucetView {
    pub wallet: String,
    pub chain: String,
    pub amount: String,
    pub amount_raw: String,
    pub tx_hash: String,
    pub message: String,
}
