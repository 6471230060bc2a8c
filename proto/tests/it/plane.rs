//! Planes of strategies and resources that answer one thing and write down what they were asked.

use std::sync::Mutex;

use async_trait::async_trait;
use vaultpilot_core::{Label, Managed, RunId, TenantId, TenantName, Timestamp};
use vaultpilot_ports::control_plane::BudgetLine;
use vaultpilot_ports::resource_plane::{
    BalanceLine, PolicyReport, PolicyWish, Release, StrategyWish, TenantReport, TenantWish,
    WalletReport, WalletWish,
};
use vaultpilot_ports::strategy_plane::{LeasedTick, RunStatus, RunView, StrategyView};
use vaultpilot_ports::{Fault, ResourcePlane, StrategyPlane};
use vaultpilot_testkit::fixture;

/// What was asked, in words.
#[derive(Default)]
pub(crate) struct Planes {
    pub(crate) asked: Mutex<Vec<String>>,
    /// Ticks that are due.
    pub(crate) due: Mutex<Vec<LeasedTick>>,
}

impl Planes {
    fn hear(&self, what: &str, asked: &impl std::fmt::Debug) {
        self.asked.lock().unwrap().push(format!("{what} {asked:?}"));
    }

    pub(crate) fn heard(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

pub(crate) fn leased() -> LeasedTick {
    LeasedTick {
        strategy: fixture::strategy_id(),
        name: "rent".parse().unwrap(),
        run: fixture::run_id(),
        planned_at: Timestamp::from_second(1_767_225_600).unwrap(),
        epoch: 3,
        lease_until: Timestamp::from_second(1_767_225_660).unwrap(),
    }
}

fn run_view(id: String, epoch: i64) -> RunView {
    RunView {
        id,
        strategy_id: fixture::strategy_id().to_string(),
        planned_at: "2026-01-01T00:00:00Z".to_owned(),
        opened_at: "2026-01-01T00:00:01Z".to_owned(),
        status: RunStatus::Submitted,
        code: None,
        message: "the payment is on its way".to_owned(),
        transaction_id: Some("txn_01KDZV0000000000000000000B".to_owned()),
        transaction_hash: Some(format!("0x{}", "ab".repeat(32))),
        amount: Some("1.5".to_owned()),
        epoch,
        ended_at: None,
    }
}

#[async_trait]
impl StrategyPlane for Planes {
    async fn strategy_lease(
        &self,
        tenant: TenantId,
        holder: &str,
        limit: u32,
    ) -> Result<Vec<LeasedTick>, Fault> {
        self.hear("strategy_lease", &(tenant, holder, limit));
        Ok(std::mem::take(&mut *self.due.lock().unwrap()))
    }

    async fn strategy_run(
        &self,
        tenant: TenantId,
        holder: &str,
        run: RunId,
        epoch: i64,
    ) -> Result<RunView, Fault> {
        self.hear("strategy_run", &(tenant, holder, run, epoch));
        if epoch == 0 {
            return Err(Fault::conflict("lease_lost", "somebody else has it"));
        }
        Ok(run_view(run.to_string(), epoch))
    }

    async fn strategy_next(&self, tenant: TenantId) -> Result<Option<Timestamp>, Fault> {
        self.hear("strategy_next", &tenant);
        Ok(Some(
            Timestamp::from_millisecond(1_767_225_600_123).unwrap(),
        ))
    }
}

fn blocked() -> Release {
    Release::Blocked {
        reason: "WalletsExist".to_owned(),
        by: vec!["Wallet vp-acme/treasury".to_owned()],
        message: "1 wallet is attached".to_owned(),
    }
}

#[async_trait]
impl ResourcePlane for Planes {
    async fn tenant_apply(&self, wish: &TenantWish) -> Result<TenantReport, Fault> {
        self.hear("tenant_apply", wish);
        Ok(TenantReport {
            id: "tnt_01KDZV0000000000000000000A".to_owned(),
            state: "active".to_owned(),
            wallets: 1,
            strategies: 2,
            active_strategies: 1,
            approvals_pending: 3,
            policy_hash: "0123456789abcdef".to_owned(),
        })
    }

    async fn tenant_release(&self, name: &TenantName, by: &Managed) -> Result<Release, Fault> {
        self.hear("tenant_release", &(name, by));
        Ok(blocked())
    }

    async fn wallet_apply(&self, wish: &WalletWish) -> Result<WalletReport, Fault> {
        self.hear("wallet_apply", wish);
        Ok(WalletReport {
            id: "wal_01KDZV0000000000000000000A".to_owned(),
            address: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".to_owned(),
            key_version: 1,
            key_fingerprint: "ab:cd".to_owned(),
            provider: "local".to_owned(),
            state: "frozen".to_owned(),
            state_reason: Some("audit".to_owned()),
            reattached: true,
            balances: vec![BalanceLine {
                chain: fixture::CHAIN.to_string(),
                asset: "native".to_owned(),
                amount: None,
                amount_raw: None,
            }],
            budgets: vec![BudgetLine {
                policy: "guard".to_owned(),
                rule: "assets[0].rolling[1]".to_owned(),
                chain: fixture::CHAIN.to_string(),
                asset: "native".to_owned(),
                kind: "rolling".to_owned(),
                scope: "wallet".to_owned(),
                window_s: Some(86_400),
                limit: "5".to_owned(),
                used: Some("1.5".to_owned()),
                remaining: Some("3.5".to_owned()),
                resets_at: Some("2026-01-02T00:00:00Z".to_owned()),
            }],
            pending_transactions: 2,
            approvals_pending: 1,
            last_transaction: None,
            policy_hash: "0123456789abcdef".to_owned(),
        })
    }

    async fn wallet_release(
        &self,
        tenant: &TenantName,
        name: &Label,
        by: &Managed,
        empty: bool,
    ) -> Result<Release, Fault> {
        self.hear("wallet_release", &(tenant, name, by, empty));
        Ok(Release::Done)
    }

    async fn policy_apply(&self, wish: &PolicyWish) -> Result<PolicyReport, Fault> {
        self.hear("policy_apply", wish);
        Ok(PolicyReport {
            id: "pol_01KDZV0000000000000000000A".to_owned(),
            changed: true,
            policy_hash: "0123456789abcdef".to_owned(),
        })
    }

    async fn policy_release(
        &self,
        tenant: &TenantName,
        name: &Label,
        by: &Managed,
    ) -> Result<Release, Fault> {
        self.hear("policy_release", &(tenant, name, by));
        Ok(Release::Done)
    }

    async fn strategy_apply(&self, wish: &StrategyWish) -> Result<StrategyView, Fault> {
        self.hear("strategy_apply", wish);
        Ok(StrategyView {
            id: fixture::strategy_id().to_string(),
            name: wish.name.to_string(),
            kind: wish.spec.body.kind().to_string(),
            wallet: wish.wallet.to_string(),
            wallet_id: "wal_01KDZV0000000000000000000A".to_owned(),
            state: "active".to_owned(),
            code: None,
            reason: None,
            spec: wish.spec.clone(),
            spec_hash: "ff".to_owned(),
            next_run_at: Some("2026-01-01T00:00:00Z".to_owned()),
            active_run: Some(run_view(fixture::run_id().to_string(), 1)),
            last_run: None,
            begun: 1,
            succeeded: 2,
            denied: 3,
            failed: 4,
            skipped: 5,
            consecutive_failures: 6,
            spent_total: "7".to_owned(),
            spent_today: "8".to_owned(),
            managed_by: Some("Strategy vp-acme/rent".to_owned()),
            created_at: "2026-01-01T00:00:00Z".to_owned(),
        })
    }

    async fn strategy_release(
        &self,
        tenant: &TenantName,
        name: &Label,
        by: &Managed,
    ) -> Result<Release, Fault> {
        self.hear("strategy_release", &(tenant, name, by));
        Ok(blocked())
    }
}
