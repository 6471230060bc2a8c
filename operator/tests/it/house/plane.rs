//! A control API in memory: keys that are made once and never go, and a record of every call.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use async_trait::async_trait;
use vaultpilot_core::{Label, Managed, TenantName};
use vaultpilot_ports::Fault;
use vaultpilot_ports::resource_plane::{
    PolicyReport, PolicyWish, Release, ResourcePlane, StrategyWish, TenantReport, TenantWish,
    WalletReport, WalletWish,
};
use vaultpilot_ports::strategy_plane::StrategyView;

#[derive(Default)]
struct State {
    tenants: BTreeMap<String, String>,
    /// Address and whether it is attached, by name. An entry is never removed.
    wallets: BTreeMap<String, (String, bool)>,
    policies: BTreeSet<String>,
    strategies: BTreeMap<String, bool>,
    calls: Vec<String>,
    away: bool,
    pending: bool,
    refuse_policy: Option<Fault>,
}

#[derive(Default)]
pub(crate) struct FakePlane(Mutex<State>);

impl FakePlane {
    pub(crate) fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().calls)
    }

    pub(crate) fn go_away(&self, away: bool) {
        self.0.lock().unwrap().away = away;
    }

    /// Payments are under way.
    pub(crate) fn pending(&self, pending: bool) {
        self.0.lock().unwrap().pending = pending;
    }

    pub(crate) fn refuse_policy(&self, fault: Option<Fault>) {
        self.0.lock().unwrap().refuse_policy = fault;
    }

    pub(crate) fn address(&self, wallet: &str) -> Option<String> {
        self.0
            .lock()
            .unwrap()
            .wallets
            .get(wallet)
            .map(|(address, _)| address.clone())
    }

    pub(crate) fn is_attached(&self, wallet: &str) -> bool {
        self.0
            .lock()
            .unwrap()
            .wallets
            .get(wallet)
            .is_some_and(|(_, attached)| *attached)
    }

    pub(crate) fn policies(&self) -> Vec<String> {
        self.0.lock().unwrap().policies.iter().cloned().collect()
    }

    fn state(&self, call: String) -> Result<std::sync::MutexGuard<'_, State>, Fault> {
        let mut state = self.0.lock().unwrap();
        state.calls.push(call);
        if state.away {
            return Err(Fault::unavailable(
                "control_plane_unavailable",
                "it does not answer",
            ));
        }
        Ok(state)
    }
}

fn blocked(reason: &str, by: Vec<String>) -> Release {
    Release::Blocked {
        reason: reason.to_owned(),
        message: format!("{reason}: {}", by.join(", ")),
        by,
    }
}

#[async_trait]
impl ResourcePlane for FakePlane {
    async fn tenant_apply(&self, wish: &TenantWish) -> Result<TenantReport, Fault> {
        let suspended = if wish.suspended.is_some() {
            " suspended"
        } else {
            ""
        };
        let mut state = self.state(format!("tenant_apply {}{suspended}", wish.name))?;
        let word = if wish.suspended.is_some() {
            "suspended"
        } else {
            "active"
        };
        state.tenants.insert(wish.name.to_string(), word.to_owned());
        Ok(TenantReport {
            id: "tnt_1".to_owned(),
            state: word.to_owned(),
            wallets: 0,
            strategies: 0,
            active_strategies: 0,
            approvals_pending: 0,
            policy_hash: "0011".to_owned(),
        })
    }

    async fn tenant_release(&self, name: &TenantName, _: &Managed) -> Result<Release, Fault> {
        let mut state = self.state(format!("tenant_release {name}"))?;
        let attached = state.wallets.iter().filter(|(_, (_, attached))| *attached);
        let attached: Vec<String> = attached.map(|(name, _)| name.clone()).collect();
        if !attached.is_empty() {
            return Ok(blocked("WalletsExist", attached));
        }
        state
            .tenants
            .insert(name.to_string(), "archived".to_owned());
        Ok(Release::Done)
    }

    async fn wallet_apply(&self, wish: &WalletWish) -> Result<WalletReport, Fault> {
        let mut state = self.state(format!("wallet_apply {}", wish.name))?;
        let made = format!("0x{:040x}", state.wallets.len() + 1);
        let name = wish.name.to_string();
        let known = state.wallets.get(&name).cloned();
        let reattached = known.as_ref().is_some_and(|(_, attached)| !attached);
        let address = known.map_or(made, |(address, _)| address);
        state.wallets.insert(name, (address.clone(), true));
        let frozen = wish.frozen.clone();
        Ok(WalletReport {
            id: "wal_1".to_owned(),
            address,
            key_version: 1,
            key_fingerprint: "aabb".to_owned(),
            provider: "local".to_owned(),
            state: if frozen.is_some() { "frozen" } else { "active" }.to_owned(),
            state_reason: frozen.map(|why| format!("frozen by {}: {why}", wish.by)),
            reattached,
            balances: Vec::new(),
            budgets: Vec::new(),
            pending_transactions: 0,
            approvals_pending: 0,
            last_transaction: None,
            policy_hash: "0011".to_owned(),
        })
    }

    async fn wallet_release(
        &self,
        _: &TenantName,
        name: &Label,
        _: &Managed,
        _: bool,
    ) -> Result<Release, Fault> {
        let mut state = self.state(format!("wallet_release {name}"))?;
        let users = state.strategies.iter().filter(|(_, attached)| **attached);
        let users: Vec<String> = users.map(|(name, _)| name.clone()).collect();
        if !users.is_empty() {
            return Ok(blocked("StrategiesExist", users));
        }
        if let Some((_, attached)) = state.wallets.get_mut(name.as_str()) {
            *attached = false;
        }
        if state.pending {
            return Ok(blocked("TransactionPending", vec!["txn_1".to_owned()]));
        }
        Ok(Release::Done)
    }

    async fn policy_apply(&self, wish: &PolicyWish) -> Result<PolicyReport, Fault> {
        let name = &wish.document.metadata.name;
        let mut state = self.state(format!("policy_apply {name}"))?;
        if let Some(fault) = &state.refuse_policy {
            return Err(fault.clone());
        }
        let changed = state.policies.insert(name.to_string());
        Ok(PolicyReport {
            id: "pol_1".to_owned(),
            changed,
            policy_hash: "0011".to_owned(),
        })
    }

    async fn policy_release(
        &self,
        _: &TenantName,
        name: &Label,
        _: &Managed,
    ) -> Result<Release, Fault> {
        let mut state = self.state(format!("policy_release {name}"))?;
        state.policies.remove(name.as_str());
        Ok(Release::Done)
    }

    async fn strategy_apply(&self, wish: &StrategyWish) -> Result<StrategyView, Fault> {
        let mut state = self.state(format!("strategy_apply {}", wish.name))?;
        state.strategies.insert(wish.name.to_string(), true);
        Ok(StrategyView {
            id: "str_1".to_owned(),
            name: wish.name.to_string(),
            kind: "recurring_transfer".to_owned(),
            wallet: wish.wallet.to_string(),
            wallet_id: "wal_1".to_owned(),
            state: if wish.suspended {
                "suspended"
            } else {
                "active"
            }
            .to_owned(),
            code: None,
            reason: None,
            spec: wish.spec.clone(),
            spec_hash: "0011".to_owned(),
            next_run_at: Some("2026-03-02T09:00:00Z".to_owned()),
            active_run: None,
            last_run: None,
            begun: 0,
            succeeded: 0,
            denied: 0,
            failed: 0,
            skipped: 0,
            consecutive_failures: 0,
            spent_total: "0".to_owned(),
            spent_today: "0".to_owned(),
            managed_by: Some(wish.by.to_string()),
            created_at: "2026-03-01T09:00:00Z".to_owned(),
        })
    }

    async fn strategy_release(
        &self,
        _: &TenantName,
        name: &Label,
        _: &Managed,
    ) -> Result<Release, Fault> {
        let mut state = self.state(format!("strategy_release {name}"))?;
        if let Some(attached) = state.strategies.get_mut(name.as_str()) {
            *attached = false;
        }
        Ok(Release::Done)
    }
}
