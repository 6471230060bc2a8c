//! A control plane that answers what the test scripted, and writes down what it was asked.

use std::net::IpAddr;
use std::sync::Mutex;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Notify;
use vaultpilot_core::{ApprovalId, Caller, TenantName, Tool};
use vaultpilot_policy::ReasonCode;
use vaultpilot_ports::control_plane::{
    ApprovalQuery, ApprovalView, BudgetQuery, BudgetView, CreateWallet, EventQuery, EventView,
    FaucetRequest, FaucetView, ListQuery, Listed, PaymentStatus, PaymentView, PolicyView, ToolCall,
    TransactionQuery, TransactionRef, TransactionView, TransferRequest, WalletRef, WalletView,
};
use vaultpilot_ports::{ControlPlane, Fault};
use vaultpilot_testkit::fixture;

pub(crate) const TENANT: &str = "default";
pub(crate) const KEY: &str = "vp_test_0123456789abcdefghijklAbCdEf";
pub(crate) const WALLET: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

pub(crate) struct House {
    pub(crate) tools: Mutex<Vec<Tool>>,
    /// Everything past the door comes to this, while it is set.
    pub(crate) fault: Mutex<Option<Fault>>,
    /// What authentication comes to, while it is set.
    pub(crate) locked: Mutex<Option<Fault>>,
    pub(crate) status: Mutex<PaymentStatus>,
    pub(crate) chains: Mutex<Vec<String>>,
    /// Every question past the door, by method, with what was asked.
    pub(crate) asked: Mutex<Vec<(&'static str, String)>>,
    /// Where the caller came from, as the runtime told.
    pub(crate) ips: Mutex<Vec<Option<IpAddr>>>,
    /// A transfer waits here when `slow` is set, and says when it is over.
    pub(crate) slow: Mutex<bool>,
    pub(crate) go_on: Notify,
    pub(crate) begun: Notify,
    pub(crate) done: Notify,
}

impl House {
    pub(crate) fn new() -> Self {
        Self {
            tools: Mutex::new(Tool::ALL.to_vec()),
            fault: Mutex::new(None),
            locked: Mutex::new(None),
            status: Mutex::new(PaymentStatus::Submitted),
            chains: Mutex::new(vec![fixture::CHAIN.to_string()]),
            asked: Mutex::default(),
            ips: Mutex::default(),
            slow: Mutex::new(false),
            go_on: Notify::new(),
            begun: Notify::new(),
            done: Notify::new(),
        }
    }

    /// The last question past the door.
    pub(crate) fn last(&self) -> (&'static str, String) {
        self.asked.lock().unwrap().last().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    fn hear(&self, what: &'static str, asked: &impl std::fmt::Debug) -> Result<(), Fault> {
        let asked = format!("{asked:?}");
        self.asked.lock().unwrap().push((what, asked));
        self.fault.lock().unwrap().clone().map_or(Ok(()), Err)
    }

    fn wallet(&self) -> WalletView {
        WalletView {
            id: "wal_01KDZV0000000000000000000A".to_owned(),
            label: "treasury".to_owned(),
            address: WALLET.to_owned(),
            chains: self.chains.lock().unwrap().clone(),
            state: "active".to_owned(),
            state_reason: None,
            created_at: "2026-01-01T00:00:00Z".to_owned(),
        }
    }

    fn payment(&self, request: Option<&str>) -> PaymentView {
        let status = *self.status.lock().unwrap();
        let decision = match status {
            PaymentStatus::Denied => fixture::denied(ReasonCode::PerTxLimit),
            _ => fixture::allowed(),
        };
        PaymentView {
            status,
            request_id: request.map(str::to_owned),
            transaction_id: Some("txn_01KDZV0000000000000000000B".to_owned()),
            action_digest: "ab".repeat(32),
            message: format!("the payment is {}", status.as_str()),
            decision,
            transaction: None,
            approval: None,
            simulation: None,
            duplicate_of: None,
        }
    }
}

fn transaction() -> TransactionView {
    TransactionView {
        id: "txn_01KDZV0000000000000000000B".to_owned(),
        request_id: "request-0000000000000001".to_owned(),
        state: "final".to_owned(),
        status: PaymentStatus::Executed,
        reason: None,
        wallet: "treasury".to_owned(),
        from: WALLET.to_owned(),
        to: WALLET.to_owned(),
        chain: fixture::CHAIN.to_string(),
        asset: "native".to_owned(),
        amount: "1".to_owned(),
        amount_raw: "1000000000000000000".to_owned(),
        memo: None,
        requested_by: "bot".to_owned(),
        tx: None,
        created_at: "2026-01-01T00:00:00Z".to_owned(),
    }
}

fn approval() -> ApprovalView {
    ApprovalView {
        id: "apr_01KDZV0000000000000000000C".to_owned(),
        transaction_id: transaction().id,
        state: "waiting".to_owned(),
        summary: "1 ETH to somebody".to_owned(),
        action_digest: "ab".repeat(32),
        requested_by: "bot".to_owned(),
        decided_by: None,
        code_required: true,
        created_at: "2026-01-01T00:00:00Z".to_owned(),
        expires_at: "2026-01-01T00:30:00Z".to_owned(),
        how: None,
    }
}

fn one<T>(item: T) -> Listed<T> {
    Listed {
        items: vec![item],
        next_cursor: None,
    }
}

#[async_trait]
impl ControlPlane for House {
    async fn authenticate(
        &self,
        tenant: &TenantName,
        credential: &SecretString,
        ip: Option<IpAddr>,
    ) -> Result<Caller, Fault> {
        if let Some(fault) = self.locked.lock().unwrap().clone() {
            return Err(fault);
        }
        if tenant.as_str() != TENANT || credential.expose_secret() != KEY {
            return Err(Fault::Unauthenticated);
        }
        self.ips.lock().unwrap().push(ip);
        Ok(fixture::agent("bot").from_ip(ip).build())
    }

    async fn tools(&self, _: &Caller) -> Result<Vec<Tool>, Fault> {
        if let Some(fault) = self.fault.lock().unwrap().clone() {
            return Err(fault);
        }
        Ok(self.tools.lock().unwrap().clone())
    }

    async fn admit(&self, _: &Caller, call: &ToolCall) -> Result<Option<WalletView>, Fault> {
        self.hear("admit", call)?;
        Ok(call.wallet.as_ref().map(|_| self.wallet()))
    }

    async fn wallet_create(&self, _: &Caller, asked: &CreateWallet) -> Result<WalletView, Fault> {
        self.hear("wallet_create", asked)?;
        Ok(self.wallet())
    }

    async fn wallet_fetch(&self, _: &Caller, wallet: &WalletRef) -> Result<WalletView, Fault> {
        self.hear("wallet_fetch", wallet)?;
        Ok(self.wallet())
    }

    async fn wallet_list(
        &self,
        _: &Caller,
        query: &ListQuery,
    ) -> Result<Listed<WalletView>, Fault> {
        self.hear("wallet_list", query)?;
        Ok(one(self.wallet()))
    }

    async fn wallet_freeze(
        &self,
        _: &Caller,
        wallet: &WalletRef,
        reason: &str,
    ) -> Result<WalletView, Fault> {
        self.hear("wallet_freeze", &(wallet, reason))?;
        Ok(WalletView {
            state: "frozen".to_owned(),
            state_reason: Some(reason.to_owned()),
            ..self.wallet()
        })
    }

    async fn budget(&self, _: &Caller, query: &BudgetQuery) -> Result<BudgetView, Fault> {
        self.hear("budget", query)?;
        Ok(BudgetView {
            wallet: "treasury".to_owned(),
            policy_version: "v1".to_owned(),
            lines: Vec::new(),
        })
    }

    async fn policy(&self, _: &Caller, wallet: &WalletRef) -> Result<PolicyView, Fault> {
        self.hear("policy", wallet)?;
        Ok(PolicyView {
            wallet: "treasury".to_owned(),
            policy_version: "v1".to_owned(),
            policies: Vec::new(),
            tools: vec!["transfer".to_owned()],
        })
    }

    async fn check(&self, _: &Caller, asked: &TransferRequest) -> Result<PaymentView, Fault> {
        self.hear("check", asked)?;
        Ok(self.payment(None))
    }

    async fn simulate(&self, _: &Caller, asked: &TransferRequest) -> Result<PaymentView, Fault> {
        self.hear("simulate", asked)?;
        Ok(self.payment(None))
    }

    async fn transfer(&self, _: &Caller, asked: &TransferRequest) -> Result<PaymentView, Fault> {
        self.hear("transfer", asked)?;
        let slow = *self.slow.lock().unwrap();
        if slow {
            self.begun.notify_one();
            self.go_on.notified().await;
            self.done.notify_one();
        }
        assert_ne!(asked.memo.as_deref(), Some("panic"), "as the test asked");
        Ok(self.payment(
            asked
                .request_id
                .as_ref()
                .map(vaultpilot_core::RequestId::as_str),
        ))
    }

    async fn cancel(&self, _: &Caller, request_id: &str) -> Result<PaymentView, Fault> {
        self.hear("cancel", &request_id)?;
        Ok(self.payment(Some(request_id)))
    }

    async fn transaction(
        &self,
        _: &Caller,
        asked: &TransactionRef,
    ) -> Result<TransactionView, Fault> {
        self.hear("transaction", asked)?;
        Ok(transaction())
    }

    async fn transaction_list(
        &self,
        _: &Caller,
        query: &TransactionQuery,
    ) -> Result<Listed<TransactionView>, Fault> {
        self.hear("transaction_list", query)?;
        Ok(one(transaction()))
    }

    async fn transaction_wait(
        &self,
        _: &Caller,
        asked: &TransactionRef,
        confirmations: Option<u64>,
        timeout_s: u64,
    ) -> Result<TransactionView, Fault> {
        self.hear("transaction_wait", &(asked, confirmations, timeout_s))?;
        Ok(transaction())
    }

    async fn approval(&self, _: &Caller, id: ApprovalId) -> Result<ApprovalView, Fault> {
        self.hear("approval", &id)?;
        Ok(approval())
    }

    async fn approval_list(
        &self,
        _: &Caller,
        query: &ApprovalQuery,
    ) -> Result<Listed<ApprovalView>, Fault> {
        self.hear("approval_list", query)?;
        Ok(one(approval()))
    }

    async fn event_list(&self, _: &Caller, query: &EventQuery) -> Result<Listed<EventView>, Fault> {
        self.hear("event_list", query)?;
        Ok(Listed {
            items: Vec::new(),
            next_cursor: Some("more".to_owned()),
        })
    }

    async fn faucet(&self, _: &Caller, asked: &FaucetRequest) -> Result<FaucetView, Fault> {
        self.hear("faucet", asked)?;
        Ok(FaucetView {
            wallet: "treasury".to_owned(),
            chain: asked.chain.to_string(),
            amount: "1".to_owned(),
            amount_raw: "1000000000000000000".to_owned(),
            tx_hash: format!("0x{}", "cd".repeat(32)),
            message: "1 ETH is on its way".to_owned(),
        })
    }
}
