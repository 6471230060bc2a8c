//! The hinge: what a tenant runtime needs from its control plane.

mod fault;
mod request;
mod view;

use std::net::IpAddr;

use async_trait::async_trait;
use secrecy::SecretString;
use vaultpilot_core::{ApprovalId, Caller, TenantName, Tool};

pub use fault::Fault;
pub use request::{
    ApprovalQuery, BudgetQuery, CreateWallet, EventQuery, FaucetRequest, ListQuery, ToolCall,
    TransactionQuery, TransactionRef, TransferRequest, WalletRef,
};
pub use view::{
    ApprovalView, BudgetLine, BudgetView, EventView, FaucetView, Listed, PaymentStatus,
    PaymentView, PolicyView, SimulationView, TransactionView, TxView, WalletView,
};

/// Contract: every method that takes a `Caller` guards itself (freeze, scope, address, tools, rate,
/// policy) and audits its decision before it answers; none believes the runtime. Tools that a
/// runtime carries out itself (chain reads) call `admit` first.
#[async_trait]
pub trait ControlPlane: Send + Sync {
    /// Who stands behind a credential, in this tenant. Every failure is the same `Unauthenticated`.
    async fn authenticate(
        &self,
        tenant: &TenantName,
        credential: &SecretString,
        ip: Option<IpAddr>,
    ) -> Result<Caller, Fault>;

    /// The tools this caller may see: scope, role and policy.
    async fn tools(&self, caller: &Caller) -> Result<Vec<Tool>, Fault>;

    /// Admission and audit of a tool that the runtime carries out itself. Gives the wallet the call
    /// names, if it names one.
    async fn admit(&self, caller: &Caller, call: &ToolCall) -> Result<Option<WalletView>, Fault>;

    async fn wallet_create(
        &self,
        caller: &Caller,
        request: &CreateWallet,
    ) -> Result<WalletView, Fault>;
    async fn wallet_fetch(&self, caller: &Caller, wallet: &WalletRef) -> Result<WalletView, Fault>;
    async fn wallet_list(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Listed<WalletView>, Fault>;
    async fn wallet_freeze(
        &self,
        caller: &Caller,
        wallet: &WalletRef,
        reason: &str,
    ) -> Result<WalletView, Fault>;

    async fn budget(&self, caller: &Caller, query: &BudgetQuery) -> Result<BudgetView, Fault>;
    async fn policy(&self, caller: &Caller, wallet: &WalletRef) -> Result<PolicyView, Fault>;

    /// Judges without reserving, simulating or recording a payment.
    async fn check(&self, caller: &Caller, request: &TransferRequest)
    -> Result<PaymentView, Fault>;
    /// Judges and simulates on the chain; reserves and moves nothing.
    async fn simulate(
        &self,
        caller: &Caller,
        request: &TransferRequest,
    ) -> Result<PaymentView, Fault>;
    /// Pays: judges, reserves, records, and follows until the state is worth an answer (≤ 20 s).
    async fn transfer(
        &self,
        caller: &Caller,
        request: &TransferRequest,
    ) -> Result<PaymentView, Fault>;
    /// Withdraws a payment that is not signed yet.
    async fn cancel(&self, caller: &Caller, request_id: &str) -> Result<PaymentView, Fault>;

    async fn transaction(
        &self,
        caller: &Caller,
        transaction: &TransactionRef,
    ) -> Result<TransactionView, Fault>;
    async fn transaction_list(
        &self,
        caller: &Caller,
        query: &TransactionQuery,
    ) -> Result<Listed<TransactionView>, Fault>;
    /// Waits until the transaction is terminal or has `confirmations`, at most `timeout_s` ≤ 20.
    async fn transaction_wait(
        &self,
        caller: &Caller,
        transaction: &TransactionRef,
        confirmations: Option<u64>,
        timeout_s: u64,
    ) -> Result<TransactionView, Fault>;

    async fn approval(&self, caller: &Caller, id: ApprovalId) -> Result<ApprovalView, Fault>;
    async fn approval_list(
        &self,
        caller: &Caller,
        query: &ApprovalQuery,
    ) -> Result<Listed<ApprovalView>, Fault>;
    async fn event_list(
        &self,
        caller: &Caller,
        query: &EventQuery,
    ) -> Result<Listed<EventView>, Fault>;

    async fn faucet(&self, caller: &Caller, request: &FaucetRequest) -> Result<FaucetView, Fault>;
}
