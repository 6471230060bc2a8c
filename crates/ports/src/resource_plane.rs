//! What the operator needs of the control plane: custom resources made true, and let go.
//!
//! Every verb is idempotent, and names the resource it acts for. A record that another resource
//! manages is a `Conflict`, never taken over; one that nobody manages is adopted by its name.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{ChainId, KeyManagement, Label, Managed, Quota, TenantName};
use vaultpilot_policy::Document;
use vaultpilot_strategy::Spec;

use crate::control_plane::{BudgetLine, Fault, TransactionView};
use crate::strategy_plane::StrategyView;

#[async_trait]
pub trait ResourcePlane: Send + Sync {
    /// Makes the tenant, or changes it to what is asked.
    async fn tenant_apply(&self, wish: &TenantWish) -> Result<TenantReport, Fault>;
    /// Archives the tenant; blocked while it has wallets or strategies that are attached.
    async fn tenant_release(&self, name: &TenantName, by: &Managed) -> Result<Release, Fault>;

    /// Makes the wallet, attaches it again, or changes it. Its key is made once for ever.
    async fn wallet_apply(&self, wish: &WalletWish) -> Result<WalletReport, Fault>;
    /// Detaches the wallet: signing off, key kept. Blocked while payments are under way or a
    /// strategy uses it; with `empty`, also while it is known to hold anything.
    async fn wallet_release(
        &self,
        tenant: &TenantName,
        name: &Label,
        by: &Managed,
        empty: bool,
    ) -> Result<Release, Fault>;

    /// Puts the policy in force from the next decision on.
    async fn policy_apply(&self, wish: &PolicyWish) -> Result<PolicyReport, Fault>;
    async fn policy_release(
        &self,
        tenant: &TenantName,
        name: &Label,
        by: &Managed,
    ) -> Result<Release, Fault>;

    async fn strategy_apply(&self, wish: &StrategyWish) -> Result<StrategyView, Fault>;
    /// Stops the schedule, cancels what is not signed, waits for what is.
    async fn strategy_release(
        &self,
        tenant: &TenantName,
        name: &Label,
        by: &Managed,
    ) -> Result<Release, Fault>;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantWish {
    pub by: Managed,
    pub name: TenantName,
    /// Where its runtime's pods are; their service account acts for this tenant alone.
    pub namespace: String,
    /// Why it is suspended, if it is.
    pub suspended: Option<String>,
    pub quota: Quota,
    /// What wraps its keys; it cannot be changed once there is one.
    pub keys: KeyManagement,
    /// What its wallets may be on; every one must be known to the control plane.
    pub chains: Vec<ChainId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantReport {
    /// `tnt_…`
    pub id: String,
    /// `active`, `suspended`, `frozen` or `archived`
    pub state: String,
    pub wallets: u32,
    pub strategies: u32,
    pub active_strategies: u32,
    pub approvals_pending: u32,
    /// The version of all its policies together.
    pub policy_hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletWish {
    pub by: Managed,
    pub tenant: TenantName,
    pub name: Label,
    /// At least one.
    pub chains: Vec<ChainId>,
    /// Where its key comes from, when it is made; a wallet that is there keeps its key.
    pub key: WalletKeySource,
    /// Why it is frozen, if it is. A freeze by somebody else is not undone by absence.
    pub frozen: Option<String>,
    /// Whether balances are read from the chains for the report.
    pub balances: bool,
}

/// Where the key of a new wallet comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum WalletKeySource {
    /// It is made.
    #[default]
    Generate,
    /// It lives elsewhere and stays there.
    External { id: String },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WalletReport {
    /// `wal_…`
    pub id: String,
    /// EIP-55
    pub address: String,
    pub key_version: u32,
    /// Of the public key, for people to compare.
    pub key_fingerprint: String,
    pub provider: String,
    /// `active`, `frozen`, `halted` or `detached`
    pub state: String,
    pub state_reason: Option<String>,
    /// Found again with the key it had.
    pub reattached: bool,
    pub balances: Vec<BalanceLine>,
    pub budgets: Vec<BudgetLine>,
    pub pending_transactions: u32,
    pub approvals_pending: u32,
    pub last_transaction: Option<TransactionView>,
    pub policy_hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceLine {
    pub chain: String,
    pub asset: String,
    /// Decimal text in token units; absent when the chain does not answer.
    pub amount: Option<String>,
    pub amount_raw: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyWish {
    pub by: Managed,
    pub tenant: TenantName,
    pub document: Document,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyReport {
    /// `pol_…`
    pub id: String,
    /// Whether this call changed what is in force.
    pub changed: bool,
    pub policy_hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrategyWish {
    pub by: Managed,
    pub tenant: TenantName,
    pub name: Label,
    /// It and the kind of the strategy never change.
    pub wallet: Label,
    pub spec: Spec,
    pub suspended: bool,
}

/// What came of letting a record go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "release", rename_all = "snake_case")]
pub enum Release {
    /// It is let go, or was never there.
    Done,
    /// Nothing was changed but what stops new work; ask again later.
    Blocked {
        /// A condition reason, such as `TransactionPending` or `WalletsExist`.
        reason: String,
        /// Who blocks.
        by: Vec<String>,
        message: String,
    },
}
