//! The reading half of the port.

use std::collections::BTreeMap;

use async_trait::async_trait;
use vaultpilot_audit::{Entry, Head};
use vaultpilot_core::{
    Address, ApprovalId, Asset, B256, BaseUnits, ChainId, IntentId, KeyTaskId, Label, RequestId,
    RunId, StrategyId, Tenant, Timestamp, Wallet, WalletId,
};
use vaultpilot_intent::{Digest, Intent};
use vaultpilot_policy::{Decision, RecipientFacts, UsageKey, Used};
use vaultpilot_ports::keys::{TenantKek, WrappedKey};
use vaultpilot_ports::store::{
    ApiKey, Approval, EventFilter, IntentFilter, KeyTask, Page, PolicyRecord, ReadTx, RunFilter,
    SecretHash, StoreError, StrategyFilter,
};
use vaultpilot_strategy::{Run, Strategy};

use super::{Unit, call};
use crate::postgres::{
    api_key, approval, audit, dry_run, intent, kek, key_task, nonce, payment, policy, reservation,
    run, strategy, tenant, wallet, wallet_key,
};
use crate::row::reservation::Spender;

#[async_trait]
impl ReadTx for Unit {
    async fn tenant_fetch(&mut self) -> Result<Option<Tenant>, StoreError> {
        call!(self, tenant::fetch())
    }

    async fn revision(&mut self) -> Result<u64, StoreError> {
        call!(self, tenant::revision())
    }

    async fn wallet_fetch(&mut self, id: WalletId) -> Result<Option<Wallet>, StoreError> {
        call!(self, wallet::fetch(id))
    }

    async fn wallet_find(&mut self, label: &Label) -> Result<Option<Wallet>, StoreError> {
        call!(self, wallet::find(label))
    }

    async fn wallet_list(&mut self, page: Page) -> Result<Vec<Wallet>, StoreError> {
        call!(self, wallet::list(&page))
    }

    async fn wallet_find_by_address(
        &mut self,
        address: Address,
    ) -> Result<Option<Wallet>, StoreError> {
        call!(self, wallet::find_by_address(address))
    }

    async fn wallet_key_fetch(&mut self, id: WalletId) -> Result<Option<WrappedKey>, StoreError> {
        call!(self, wallet_key::fetch(id))
    }

    async fn wallet_key_list_behind(
        &mut self,
        kek: u32,
        after: Option<WalletId>,
        limit: u32,
    ) -> Result<Vec<(WalletId, WrappedKey)>, StoreError> {
        call!(self, wallet_key::list_behind(kek, after, limit))
    }

    async fn wallet_key_count(
        &mut self,
    ) -> Result<BTreeMap<(String, Option<u32>), u64>, StoreError> {
        call!(self, wallet_key::count())
    }

    async fn kek_current(&mut self) -> Result<Option<TenantKek>, StoreError> {
        call!(self, kek::current())
    }

    async fn kek_fetch(&mut self, version: u32) -> Result<Option<TenantKek>, StoreError> {
        call!(self, kek::fetch(version))
    }

    async fn kek_list(&mut self) -> Result<Vec<TenantKek>, StoreError> {
        call!(self, kek::list())
    }

    async fn key_task_fetch(&mut self, id: KeyTaskId) -> Result<Option<KeyTask>, StoreError> {
        call!(self, key_task::fetch(id))
    }

    async fn key_task_list(&mut self, page: Page) -> Result<Vec<KeyTask>, StoreError> {
        call!(self, key_task::list(&page))
    }

    async fn policy_list(&mut self) -> Result<Vec<PolicyRecord>, StoreError> {
        call!(self, policy::list())
    }

    async fn intent_fetch(
        &mut self,
        id: IntentId,
    ) -> Result<Option<(Intent, Decision)>, StoreError> {
        call!(self, intent::fetch(id))
    }

    async fn intent_find(
        &mut self,
        request: &RequestId,
    ) -> Result<Option<(Intent, Decision)>, StoreError> {
        call!(self, intent::find(request))
    }

    async fn intent_find_by_hash(
        &mut self,
        hash: B256,
    ) -> Result<Option<(Intent, Decision)>, StoreError> {
        call!(self, intent::find_by_hash(hash))
    }

    async fn intent_list(
        &mut self,
        filter: &IntentFilter,
        page: Page,
    ) -> Result<Vec<(Intent, Decision)>, StoreError> {
        call!(self, intent::list(filter, &page))
    }

    async fn intent_find_alike(
        &mut self,
        wallet: WalletId,
        digest: Digest,
        since: Timestamp,
    ) -> Result<Option<IntentId>, StoreError> {
        call!(self, intent::find_alike(wallet, digest, since))
    }

    async fn usage(
        &mut self,
        key: &UsageKey,
        wallet: WalletId,
        agent: &str,
        since: Timestamp,
    ) -> Result<Used, StoreError> {
        let spender = Spender { wallet, agent };
        call!(self, reservation::usage(key, &spender, since))
    }

    async fn recipients(
        &mut self,
        wallet: WalletId,
        asset: Asset,
        addresses: &[Address],
    ) -> Result<BTreeMap<Address, RecipientFacts>, StoreError> {
        call!(self, payment::recipients(wallet, asset, addresses))
    }

    async fn reserved(&mut self, wallet: WalletId, asset: Asset) -> Result<BaseUnits, StoreError> {
        call!(self, reservation::reserved(wallet, asset))
    }

    async fn approval_fetch(&mut self, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        call!(self, approval::fetch(id))
    }

    async fn approval_list(
        &mut self,
        waiting_only: bool,
        page: Page,
    ) -> Result<Vec<Approval>, StoreError> {
        call!(self, approval::list(waiting_only, &page))
    }

    async fn api_key_find(&mut self, hash: &SecretHash) -> Result<Option<ApiKey>, StoreError> {
        call!(self, api_key::find(hash))
    }

    async fn api_key_list(&mut self) -> Result<Vec<ApiKey>, StoreError> {
        call!(self, api_key::list())
    }

    async fn audit_head(&mut self) -> Result<Head, StoreError> {
        call!(self, audit::head())
    }

    async fn audit_list(&mut self, after: u64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        call!(self, audit::list(after, limit))
    }

    async fn audit_search(
        &mut self,
        filter: &EventFilter,
        page: Page,
    ) -> Result<Vec<Entry>, StoreError> {
        call!(self, audit::search(filter, &page))
    }

    async fn nonce_next(
        &mut self,
        chain: ChainId,
        address: Address,
    ) -> Result<Option<u64>, StoreError> {
        call!(self, nonce::next(chain, address))
    }

    async fn dry_run_seen(&mut self, digest: Digest, since: Timestamp) -> Result<bool, StoreError> {
        call!(self, dry_run::seen(digest, since))
    }

    async fn strategy_fetch(&mut self, id: StrategyId) -> Result<Option<Strategy>, StoreError> {
        call!(self, strategy::fetch(id))
    }

    async fn strategy_find(&mut self, name: &Label) -> Result<Option<Strategy>, StoreError> {
        call!(self, strategy::find(name))
    }

    async fn strategy_list(
        &mut self,
        filter: &StrategyFilter,
        page: Page,
    ) -> Result<Vec<Strategy>, StoreError> {
        call!(self, strategy::list(filter, &page))
    }

    async fn strategy_count(&mut self) -> Result<u64, StoreError> {
        call!(self, strategy::count())
    }

    async fn strategy_due(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Strategy>, StoreError> {
        call!(self, strategy::due(now, limit))
    }

    async fn strategy_next(&mut self) -> Result<Option<Timestamp>, StoreError> {
        call!(self, strategy::next())
    }

    async fn run_fetch(&mut self, id: RunId) -> Result<Option<Run>, StoreError> {
        call!(self, run::fetch(id))
    }

    async fn run_list(&mut self, filter: &RunFilter, page: Page) -> Result<Vec<Run>, StoreError> {
        call!(self, run::list(filter, &page))
    }

    async fn run_expired(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Run>, StoreError> {
        call!(self, run::expired(now, limit))
    }
}
