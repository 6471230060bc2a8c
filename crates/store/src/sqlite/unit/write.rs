//! The writing half of the port: each method is one task on the worker.

use async_trait::async_trait;
use vaultpilot_audit::{Draft, Head};
use vaultpilot_core::{
    ChainId, IntentId, KeyId, Label, Managed, StrategyId, Tenant, Timestamp, Wallet, WalletId,
    WalletState, Wei,
};
use vaultpilot_intent::{Digest, Intent, StateName};
use vaultpilot_policy::Decision;
use vaultpilot_ports::keys::{TenantKek, WrappedKey};
use vaultpilot_ports::store::{
    ApiKey, Approval, ApprovalState, KeyTask, Lease, PolicyRecord, Reservation, StoreError, Tx,
};
use vaultpilot_strategy::{Run, Strategy};

use super::Unit;
use crate::sqlite::{
    api_key, approval, audit, dry_run, intent, kek, key_task, nonce, policy, reservation, run,
    strategy, tenant, wallet, wallet_key,
};

#[async_trait]
impl Tx for Unit {
    async fn tenant_update(&mut self, tenant: &Tenant) -> Result<(), StoreError> {
        let tenant = tenant.clone();
        self.run(move |conn, scope| tenant::update(conn, scope, &tenant))
            .await
    }

    async fn wallet_insert(&mut self, wallet: &Wallet, key: &WrappedKey) -> Result<(), StoreError> {
        let (wallet, key) = (wallet.clone(), key.clone());
        self.run(move |conn, scope| wallet::insert(conn, scope, &wallet, &key))
            .await
    }

    async fn wallet_key_rewrap(
        &mut self,
        id: WalletId,
        key: &WrappedKey,
    ) -> Result<(), StoreError> {
        let key = key.clone();
        self.run(move |conn, scope| wallet_key::rewrap(conn, scope, id, &key))
            .await
    }

    async fn wallet_key_purge(&mut self) -> Result<u64, StoreError> {
        self.run(wallet_key::purge).await
    }

    async fn kek_insert(&mut self, kek: &TenantKek) -> Result<(), StoreError> {
        let kek = kek.clone();
        self.run(move |conn, scope| kek::insert(conn, scope, &kek))
            .await
    }

    async fn kek_purge(&mut self) -> Result<u64, StoreError> {
        self.run(kek::purge).await
    }

    async fn key_task_insert(&mut self, task: &KeyTask) -> Result<(), StoreError> {
        let task = task.clone();
        self.run(move |conn, scope| key_task::insert(conn, scope, &task))
            .await
    }

    async fn key_task_update(&mut self, seen: u64, task: &KeyTask) -> Result<(), StoreError> {
        let task = task.clone();
        self.run(move |conn, scope| key_task::update(conn, scope, seen, &task))
            .await
    }

    async fn wallet_update(&mut self, id: WalletId, state: &WalletState) -> Result<(), StoreError> {
        let state = state.clone();
        self.run(move |conn, scope| wallet::update(conn, scope, id, &state))
            .await
    }

    async fn wallet_manage(
        &mut self,
        id: WalletId,
        managed: Option<&Managed>,
    ) -> Result<(), StoreError> {
        let managed = managed.cloned();
        self.run(move |conn, scope| wallet::manage(conn, scope, id, managed.as_ref()))
            .await
    }

    async fn wallet_add_chains(
        &mut self,
        id: WalletId,
        chains: &[ChainId],
    ) -> Result<(), StoreError> {
        let chains = chains.to_vec();
        self.run(move |conn, scope| wallet::add_chains(conn, scope, id, &chains))
            .await
    }

    async fn policy_put(&mut self, policy: &PolicyRecord) -> Result<(), StoreError> {
        let policy = policy.clone();
        self.run(move |conn, scope| policy::put(conn, scope, &policy))
            .await
    }

    async fn policy_delete(&mut self, name: &Label) -> Result<bool, StoreError> {
        let name = name.clone();
        self.run(move |conn, scope| policy::delete(conn, scope, &name))
            .await
    }

    async fn intent_insert(
        &mut self,
        intent: &Intent,
        decision: &Decision,
    ) -> Result<(), StoreError> {
        let (intent, decision) = (intent.clone(), decision.clone());
        self.run(move |conn, scope| intent::insert(conn, scope, &intent, &decision))
            .await
    }

    async fn intent_update(
        &mut self,
        from: StateName,
        intent: &Intent,
        decision: &Decision,
    ) -> Result<(), StoreError> {
        let (intent, decision) = (intent.clone(), decision.clone());
        self.run(move |conn, scope| intent::update(conn, scope, from, &intent, &decision))
            .await
    }

    async fn reservation_insert(&mut self, reservation: &Reservation) -> Result<(), StoreError> {
        let reservation = reservation.clone();
        self.run(move |conn, scope| reservation::insert(conn, scope, &reservation))
            .await
    }

    async fn reservation_commit(
        &mut self,
        intent: IntentId,
        spent: bool,
        gas: Wei,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.run(move |conn, scope| reservation::commit(conn, scope, intent, spent, gas, at))
            .await
    }

    async fn reservation_restore(&mut self, intent: IntentId) -> Result<(), StoreError> {
        self.run(move |conn, scope| reservation::restore(conn, scope, intent))
            .await
    }

    async fn reservation_release(&mut self, intent: IntentId) -> Result<(), StoreError> {
        self.run(move |conn, scope| reservation::release(conn, scope, intent))
            .await
    }

    async fn nonce_take(
        &mut self,
        lease: &Lease,
        nonce: u64,
        intent: IntentId,
    ) -> Result<(), StoreError> {
        let lease = lease.clone();
        self.run(move |conn, scope| nonce::take(conn, scope, &lease, nonce, intent))
            .await
    }

    async fn approval_insert(&mut self, approval: &Approval) -> Result<(), StoreError> {
        let approval = approval.clone();
        self.run(move |conn, scope| approval::insert(conn, scope, &approval))
            .await
    }

    async fn approval_update(
        &mut self,
        seen: &Approval,
        state: &ApprovalState,
    ) -> Result<(), StoreError> {
        let (seen, state) = (seen.clone(), state.clone());
        self.run(move |conn, scope| approval::update(conn, scope, &seen, &state))
            .await
    }

    async fn api_key_insert(&mut self, key: &ApiKey) -> Result<(), StoreError> {
        let key = key.clone();
        self.run(move |conn, scope| api_key::insert(conn, scope, &key))
            .await
    }

    async fn api_key_revoke(&mut self, id: KeyId, at: Timestamp) -> Result<bool, StoreError> {
        self.run(move |conn, scope| api_key::revoke(conn, scope, id, at))
            .await
    }

    async fn dry_run_insert(&mut self, digest: Digest, at: Timestamp) -> Result<(), StoreError> {
        self.run(move |conn, scope| dry_run::insert(conn, scope, digest, at))
            .await
    }

    async fn strategy_insert(&mut self, strategy: &Strategy) -> Result<(), StoreError> {
        let strategy = strategy.clone();
        self.run(move |conn, scope| strategy::insert(conn, scope, &strategy))
            .await
    }

    async fn strategy_update(&mut self, seen: u64, strategy: &Strategy) -> Result<(), StoreError> {
        let strategy = strategy.clone();
        self.run(move |conn, scope| strategy::update(conn, scope, seen, &strategy))
            .await
    }

    async fn run_insert(&mut self, run: &Run) -> Result<(), StoreError> {
        let run = run.clone();
        self.run(move |conn, scope| run::insert(conn, scope, &run))
            .await
    }

    async fn run_update(&mut self, seen: i64, run: &Run) -> Result<(), StoreError> {
        let run = run.clone();
        self.run(move |conn, scope| run::update(conn, scope, seen, &run))
            .await
    }

    async fn run_trim(&mut self, strategy: StrategyId, keep: u32) -> Result<u64, StoreError> {
        self.run(move |conn, scope| run::trim(conn, scope, strategy, keep))
            .await
    }

    async fn audit_append(&mut self, drafts: Vec<Draft>) -> Result<Head, StoreError> {
        self.run(move |conn, scope| audit::append(conn, scope, drafts))
            .await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        Unit::commit(*self).await
    }
}
