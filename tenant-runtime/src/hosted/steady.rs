//! The control plane as the pod's tools see it: the one at the other end of the wire, and while it
//! does not answer, what it said last.
//!
//! Asked first, always, but for a moment after it did not answer. Reads that need nothing but what
//! is known are then answered from that; everything else is `control_plane_unavailable`.

mod memory;

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use vaultpilot_core::{ApprovalId, Caller, Clock, Entropy, TenantName, Tool};
use vaultpilot_ports::control_plane::{
    ApprovalQuery, ApprovalView, BudgetQuery, BudgetView, CreateWallet, EventQuery, EventView,
    FaucetRequest, FaucetView, ListQuery, Listed, PaymentView, PolicyView, ToolCall,
    TransactionQuery, TransactionRef, TransactionView, TransferRequest, WalletRef, WalletView,
};
use vaultpilot_ports::{ControlPlane, Fault};
use vaultpilot_proto::client::RemoteControlPlane;
use vaultpilot_telemetry::RuntimeMetrics;

use super::away::{self, Away};
use super::known::Known;
use super::owed::Owed;
use super::pace::Pace;
use crate::as_of;

pub(super) struct Steady {
    pub(super) tenant: TenantName,
    pub(super) remote: Arc<RemoteControlPlane>,
    pub(super) known: Arc<Known>,
    pub(super) owed: Arc<Owed>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) metrics: Arc<RuntimeMetrics>,
    pub(super) away: Away,
    pub(super) pace: Pace,
}

impl Steady {
    /// The control plane's answer; `None` when there is nobody to give one.
    async fn ask<T>(
        &self,
        question: impl Future<Output = Result<T, Fault>> + Send,
    ) -> Option<Result<T, Fault>> {
        if self.away.is_recent() {
            return None;
        }
        let answer = question.await;
        (!self.away.heard(&answer)).then_some(answer)
    }
}

#[async_trait]
impl ControlPlane for Steady {
    /// Another tenant is as unknown as one that does not exist, and nobody is asked about it.
    async fn authenticate(
        &self,
        tenant: &TenantName,
        credential: &SecretString,
        ip: Option<IpAddr>,
    ) -> Result<Caller, Fault> {
        if *tenant != self.tenant {
            return Err(Fault::Unauthenticated);
        }
        let asked = self.remote.authenticate(tenant, credential, ip);
        if let Some(answer) = self.ask(asked).await {
            return answer;
        }
        // Only who was let in not long ago, and whose view is known; nobody new.
        let caller = self.remote.recognise(tenant, credential, ip);
        caller
            .filter(|caller| self.known.memory_of(caller).is_some())
            .ok_or_else(away::fault)
    }

    async fn tools(&self, caller: &Caller) -> Result<Vec<Tool>, Fault> {
        if let Some(answer) = self.ask(self.remote.tools(caller)).await {
            return answer;
        }
        // Shows what may be called, and is no call: nothing is owed for it.
        let memory = self.known.memory_of(caller).ok_or_else(away::fault)?;
        let seen = memory.seen().ok_or_else(away::fault)?;
        as_of::mark(memory.as_of);
        Ok(seen.tools.clone())
    }

    async fn admit(&self, caller: &Caller, call: &ToolCall) -> Result<Option<WalletView>, Fault> {
        if let Some(answer) = self.ask(self.remote.admit(caller, call)).await {
            return answer;
        }
        self.remember(caller, call.tool, call.wallet.as_ref(), |_, wallet| {
            Some(wallet.cloned())
        })
    }

    async fn wallet_create(
        &self,
        caller: &Caller,
        request: &CreateWallet,
    ) -> Result<WalletView, Fault> {
        self.remote.wallet_create(caller, request).await
    }

    async fn wallet_fetch(&self, caller: &Caller, wallet: &WalletRef) -> Result<WalletView, Fault> {
        if let Some(answer) = self.ask(self.remote.wallet_fetch(caller, wallet)).await {
            return answer;
        }
        self.remember(caller, Tool::GetWallet, Some(wallet), |_, wallet| {
            wallet.cloned()
        })
    }

    async fn wallet_list(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Listed<WalletView>, Fault> {
        if let Some(answer) = self.ask(self.remote.wallet_list(caller, query)).await {
            return answer;
        }
        self.remember(caller, Tool::ListWallets, None, |seen, _| {
            memory::wallets(seen, query)
        })
    }

    async fn wallet_freeze(
        &self,
        caller: &Caller,
        wallet: &WalletRef,
        reason: &str,
    ) -> Result<WalletView, Fault> {
        self.remote.wallet_freeze(caller, wallet, reason).await
    }

    async fn budget(&self, caller: &Caller, query: &BudgetQuery) -> Result<BudgetView, Fault> {
        if let Some(answer) = self.ask(self.remote.budget(caller, query)).await {
            return answer;
        }
        let wallet = Some(&query.wallet);
        self.remember(caller, Tool::GetBudget, wallet, |seen, wallet| {
            memory::budget(seen, wallet?, query)
        })
    }

    async fn policy(&self, caller: &Caller, wallet: &WalletRef) -> Result<PolicyView, Fault> {
        if let Some(answer) = self.ask(self.remote.policy(caller, wallet)).await {
            return answer;
        }
        self.remember(caller, Tool::GetPolicy, Some(wallet), |seen, wallet| {
            let label = &wallet?.label;
            let mut policies = seen.policies.iter();
            policies.find(|policy| policy.wallet == *label).cloned()
        })
    }

    // What judges, moves or follows a payment needs the control plane itself.

    async fn check(
        &self,
        caller: &Caller,
        request: &TransferRequest,
    ) -> Result<PaymentView, Fault> {
        self.remote.check(caller, request).await
    }

    async fn simulate(
        &self,
        caller: &Caller,
        request: &TransferRequest,
    ) -> Result<PaymentView, Fault> {
        self.remote.simulate(caller, request).await
    }

    async fn transfer(
        &self,
        caller: &Caller,
        request: &TransferRequest,
    ) -> Result<PaymentView, Fault> {
        self.remote.transfer(caller, request).await
    }

    async fn cancel(&self, caller: &Caller, request_id: &str) -> Result<PaymentView, Fault> {
        self.remote.cancel(caller, request_id).await
    }

    async fn transaction(
        &self,
        caller: &Caller,
        transaction: &TransactionRef,
    ) -> Result<TransactionView, Fault> {
        self.remote.transaction(caller, transaction).await
    }

    async fn transaction_list(
        &self,
        caller: &Caller,
        query: &TransactionQuery,
    ) -> Result<Listed<TransactionView>, Fault> {
        self.remote.transaction_list(caller, query).await
    }

    async fn transaction_wait(
        &self,
        caller: &Caller,
        transaction: &TransactionRef,
        confirmations: Option<u64>,
        timeout_s: u64,
    ) -> Result<TransactionView, Fault> {
        self.remote
            .transaction_wait(caller, transaction, confirmations, timeout_s)
            .await
    }

    async fn approval(&self, caller: &Caller, id: ApprovalId) -> Result<ApprovalView, Fault> {
        self.remote.approval(caller, id).await
    }

    async fn approval_list(
        &self,
        caller: &Caller,
        query: &ApprovalQuery,
    ) -> Result<Listed<ApprovalView>, Fault> {
        self.remote.approval_list(caller, query).await
    }

    async fn event_list(
        &self,
        caller: &Caller,
        query: &EventQuery,
    ) -> Result<Listed<EventView>, Fault> {
        self.remote.event_list(caller, query).await
    }

    async fn faucet(&self, caller: &Caller, request: &FaucetRequest) -> Result<FaucetView, Fault> {
        self.remote.faucet(caller, request).await
    }
}
