//! The writing half of the port.

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

use super::{Unit, call};
use crate::postgres::{
    api_key, approval, audit, dry_run, intent, kek, key_task, nonce, policy, reservation, run,
    strategy, tenant, wallet, wallet_key,
};

#[async_trait]
impl Tx for Unit {
    async fn tenant_update(&mut self, tenant: &Tenant) -> Result<(), StoreError> {
        call!(self, tenant::update(tenant))
    }

    async fn wallet_insert(&mut self, wallet: &Wallet, key: &WrappedKey) -> Result<(), StoreError> {
        call!(self, wallet::insert(wallet, key))
    }

    async fn wallet_key_rewrap(
        &mut self,
        id: WalletId,
        key: &WrappedKey,
    ) -> Result<(), StoreError> {
        call!(self, wallet_key::rewrap(id, key))
    }

    async fn wallet_key_purge(&mut self) -> Result<u64, StoreError> {
        call!(self, wallet_key::purge())
    }

    async fn kek_insert(&mut self, kek: &TenantKek) -> Result<(), StoreError> {
        call!(self, kek::insert(kek))
    }

    async fn kek_purge(&mut self) -> Result<u64, StoreError> {
        call!(self, kek::purge())
    }

    async fn key_task_insert(&mut self, task: &KeyTask) -> Result<(), StoreError> {
        call!(self, key_task::insert(task))
    }

    async fn key_task_update(&mut self, seen: u64, task: &KeyTask) -> Result<(), StoreError> {
        call!(self, key_task::update(seen, task))
    }

    async fn wallet_update(&mut self, id: WalletId, state: &WalletState) -> Result<(), StoreError> {
        call!(self, wallet::update(id, state))
    }

    async fn wallet_manage(
        &mut self,
        id: WalletId,
        managed: Option<&Managed>,
    ) -> Result<(), StoreError> {
        call!(self, wallet::manage(id, managed))
    }

    async fn wallet_add_chains(
        &mut self,
        id: WalletId,
        chains: &[ChainId],
    ) -> Result<(), StoreError> {
        call!(self, wallet::add_chains(id, chains))
    }

    async fn policy_put(&mut self, policy: &PolicyRecord) -> Result<(), StoreError> {
        call!(self, policy::put(policy))
    }

    async fn policy_delete(&mut self, name: &Label) -> Result<bool, StoreError> {
        call!(self, policy::delete(name))
    }

    async fn intent_insert(
        &mut self,
        intent: &Intent,
        decision: &Decision,
    ) -> Result<(), StoreError> {
        call!(self, intent::insert(intent, decision))
    }

    async fn intent_update(
        &mut self,
        from: StateName,
        intent: &Intent,
        decision: &Decision,
    ) -> Result<(), StoreError> {
        call!(self, intent::update(from, intent, decision))
    }

    async fn reservation_insert(&mut self, reservation: &Reservation) -> Result<(), StoreError> {
        call!(self, reservation::insert(reservation))
    }

    async fn reservation_commit(
        &mut self,
        intent: IntentId,
        spent: bool,
        gas: Wei,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        call!(self, reservation::commit(intent, spent, gas, at))
    }

    async fn reservation_restore(&mut self, intent: IntentId) -> Result<(), StoreError> {
        call!(self, reservation::restore(intent))
    }

    async fn reservation_release(&mut self, intent: IntentId) -> Result<(), StoreError> {
        call!(self, reservation::release(intent))
    }

    async fn nonce_take(
        &mut self,
        lease: &Lease,
        nonce: u64,
        intent: IntentId,
    ) -> Result<(), StoreError> {
        call!(self, nonce::take(lease, nonce, intent))
    }

    async fn approval_insert(&mut self, approval: &Approval) -> Result<(), StoreError> {
        call!(self, approval::insert(approval))
    }

    async fn approval_update(
        &mut self,
        seen: &Approval,
        state: &ApprovalState,
    ) -> Result<(), StoreError> {
        call!(self, approval::update(seen, state))
    }

    async fn api_key_insert(&mut self, key: &ApiKey) -> Result<(), StoreError> {
        call!(self, api_key::insert(key))
    }

    async fn api_key_revoke(&mut self, id: KeyId, at: Timestamp) -> Result<bool, StoreError> {
        call!(self, api_key::revoke(id, at))
    }

    async fn dry_run_insert(&mut self, digest: Digest, at: Timestamp) -> Result<(), StoreError> {
        call!(self, dry_run::insert(digest, at))
    }

    async fn strategy_insert(&mut self, strategy: &Strategy) -> Result<(), StoreError> {
        call!(self, strategy::insert(strategy))
    }

    async fn strategy_update(&mut self, seen: u64, strategy: &Strategy) -> Result<(), StoreError> {
        call!(self, strategy::update(seen, strategy))
    }

    async fn run_insert(&mut self, run: &Run) -> Result<(), StoreError> {
        call!(self, run::insert(run))
    }

    async fn run_update(&mut self, seen: i64, run: &Run) -> Result<(), StoreError> {
        call!(self, run::update(seen, run))
    }

    async fn run_trim(&mut self, strategy: StrategyId, keep: u32) -> Result<u64, StoreError> {
        call!(self, run::trim(strategy, keep))
    }

    async fn audit_append(&mut self, drafts: Vec<Draft>) -> Result<Head, StoreError> {
        call!(self, audit::append(drafts))
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.end().await
    }
}
