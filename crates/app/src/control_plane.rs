//! The hinge, in process: each method admits, audits and delegates to its verb.

use std::net::IpAddr;

use async_trait::async_trait;
use secrecy::SecretString;
use vaultpilot_core::{ApprovalId, Caller, TenantName, Tool};
use vaultpilot_ports::control_plane::{
    ApprovalQuery, ApprovalView, BudgetQuery, BudgetView, CreateWallet, EventQuery, EventView,
    FaucetRequest, FaucetView, ListQuery, Listed, PaymentView, PolicyView, ToolCall,
    TransactionQuery, TransactionRef, TransactionView, TransferRequest, WalletRef, WalletView,
};
use vaultpilot_ports::{ControlPlane, Fault};

use crate::admit::Subject;
use crate::runtime::visible;
use crate::{App, view};

#[async_trait]
impl ControlPlane for App {
    async fn authenticate(
        &self,
        tenant: &TenantName,
        credential: &SecretString,
        ip: Option<IpAddr>,
    ) -> Result<Caller, Fault> {
        self.authenticate_key(tenant, credential, ip).await
    }

    async fn tools(&self, caller: &Caller) -> Result<Vec<Tool>, Fault> {
        let set = self.policies(caller.tenant).await?;
        Ok(visible(&set, caller))
    }

    async fn admit(&self, caller: &Caller, call: &ToolCall) -> Result<Option<WalletView>, Fault> {
        let wallet = self
            .enter(caller, call.tool, Subject::of(call.wallet.as_ref()))
            .await?;
        Ok(wallet.as_deref().map(view::wallet))
    }

    async fn wallet_create(
        &self,
        caller: &Caller,
        request: &CreateWallet,
    ) -> Result<WalletView, Fault> {
        self.enter(caller, Tool::CreateWallet, Subject::Label(&request.label))
            .await?;
        Ok(view::wallet(&*self.wallet_ensure(caller, request).await?))
    }

    async fn wallet_fetch(&self, caller: &Caller, wallet: &WalletRef) -> Result<WalletView, Fault> {
        let found = self
            .enter(caller, Tool::GetWallet, Subject::Wallet(wallet))
            .await?;
        found
            .as_deref()
            .map(view::wallet)
            .ok_or_else(|| Fault::not_found("wallet", wallet))
    }

    async fn wallet_list(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Listed<WalletView>, Fault> {
        self.enter(caller, Tool::ListWallets, Subject::None).await?;
        self.wallets_read(caller, query).await
    }

    async fn wallet_freeze(
        &self,
        caller: &Caller,
        wallet: &WalletRef,
        reason: &str,
    ) -> Result<WalletView, Fault> {
        self.enter(caller, Tool::FreezeWallet, Subject::Wallet(wallet))
            .await?;
        Ok(view::wallet(
            &*self.wallet_stop(caller, wallet, reason).await?,
        ))
    }

    async fn budget(&self, caller: &Caller, query: &BudgetQuery) -> Result<BudgetView, Fault> {
        self.enter(caller, Tool::GetBudget, Subject::Wallet(&query.wallet))
            .await?;
        self.budget_read(caller, query).await
    }

    async fn policy(&self, caller: &Caller, wallet: &WalletRef) -> Result<PolicyView, Fault> {
        self.enter(caller, Tool::GetPolicy, Subject::Wallet(wallet))
            .await?;
        self.policy_read(caller, wallet).await
    }

    async fn check(
        &self,
        caller: &Caller,
        request: &TransferRequest,
    ) -> Result<PaymentView, Fault> {
        self.payment_check(caller, request).await
    }

    async fn simulate(
        &self,
        caller: &Caller,
        request: &TransferRequest,
    ) -> Result<PaymentView, Fault> {
        self.payment_simulate(caller, request).await
    }

    async fn transfer(
        &self,
        caller: &Caller,
        request: &TransferRequest,
    ) -> Result<PaymentView, Fault> {
        self.payment_propose(caller, request).await
    }

    async fn cancel(&self, caller: &Caller, request_id: &str) -> Result<PaymentView, Fault> {
        self.payment_cancel(caller, request_id).await
    }

    async fn transaction(
        &self,
        caller: &Caller,
        transaction: &TransactionRef,
    ) -> Result<TransactionView, Fault> {
        self.transaction_fetch(caller, transaction).await
    }

    async fn transaction_list(
        &self,
        caller: &Caller,
        query: &TransactionQuery,
    ) -> Result<Listed<TransactionView>, Fault> {
        self.transactions(caller, query).await
    }

    async fn transaction_wait(
        &self,
        caller: &Caller,
        transaction: &TransactionRef,
        confirmations: Option<u64>,
        timeout_s: u64,
    ) -> Result<TransactionView, Fault> {
        self.transaction_await(caller, transaction, confirmations, timeout_s)
            .await
    }

    async fn approval(&self, caller: &Caller, id: ApprovalId) -> Result<ApprovalView, Fault> {
        self.enter(caller, Tool::GetApproval, Subject::None).await?;
        self.approval_read(caller, id).await
    }

    async fn approval_list(
        &self,
        caller: &Caller,
        query: &ApprovalQuery,
    ) -> Result<Listed<ApprovalView>, Fault> {
        self.enter(caller, Tool::ListApprovals, Subject::None)
            .await?;
        self.approvals_read(caller, query).await
    }

    async fn event_list(
        &self,
        caller: &Caller,
        query: &EventQuery,
    ) -> Result<Listed<EventView>, Fault> {
        self.events_read(caller, query, Some(Tool::ListEvents))
            .await
    }

    async fn faucet(&self, caller: &Caller, request: &FaucetRequest) -> Result<FaucetView, Fault> {
        self.faucet_call(caller, request).await
    }
}
