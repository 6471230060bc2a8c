//! The reading half of the port: each method is one task on the worker.

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

use super::Unit;
use crate::sqlite::reservation::Spender;
use crate::sqlite::{
    api_key, approval, audit, dry_run, intent, kek, key_task, nonce, payment, policy, reservation,
    run, strategy, tenant, wallet, wallet_key,
};

#[async_trait]
impl ReadTx for Unit {
    async fn tenant_fetch(&mut self) -> Result<Option<Tenant>, StoreError> {
        self.run(tenant::fetch).await
    }

    async fn revision(&mut self) -> Result<u64, StoreError> {
        self.run(tenant::revision).await
    }

    async fn wallet_fetch(&mut self, id: WalletId) -> Result<Option<Wallet>, StoreError> {
        self.run(move |conn, scope| wallet::fetch(conn, scope, id))
            .await
    }

    async fn wallet_find(&mut self, label: &Label) -> Result<Option<Wallet>, StoreError> {
        let label = label.clone();
        self.run(move |conn, scope| wallet::find(conn, scope, &label))
            .await
    }

    async fn wallet_list(&mut self, page: Page) -> Result<Vec<Wallet>, StoreError> {
        self.run(move |conn, scope| wallet::list(conn, scope, &page))
            .await
    }

    async fn wallet_find_by_address(
        &mut self,
        address: Address,
    ) -> Result<Option<Wallet>, StoreError> {
        self.run(move |conn, scope| wallet::find_by_address(conn, scope, address))
            .await
    }

    async fn wallet_key_fetch(&mut self, id: WalletId) -> Result<Option<WrappedKey>, StoreError> {
        self.run(move |conn, scope| wallet_key::fetch(conn, scope, id))
            .await
    }

    async fn wallet_key_list_behind(
        &mut self,
        kek: u32,
        after: Option<WalletId>,
        limit: u32,
    ) -> Result<Vec<(WalletId, WrappedKey)>, StoreError> {
        self.run(move |conn, scope| wallet_key::list_behind(conn, scope, kek, after, limit))
            .await
    }

    async fn wallet_key_count(
        &mut self,
    ) -> Result<BTreeMap<(String, Option<u32>), u64>, StoreError> {
        self.run(wallet_key::count).await
    }

    async fn kek_current(&mut self) -> Result<Option<TenantKek>, StoreError> {
        self.run(kek::current).await
    }

    async fn kek_fetch(&mut self, version: u32) -> Result<Option<TenantKek>, StoreError> {
        self.run(move |conn, scope| kek::fetch(conn, scope, version))
            .await
    }

    async fn kek_list(&mut self) -> Result<Vec<TenantKek>, StoreError> {
        self.run(kek::list).await
    }

    async fn key_task_fetch(&mut self, id: KeyTaskId) -> Result<Option<KeyTask>, StoreError> {
        self.run(move |conn, scope| key_task::fetch(conn, scope, id))
            .await
    }

    async fn key_task_list(&mut self, page: Page) -> Result<Vec<KeyTask>, StoreError> {
        self.run(move |conn, scope| key_task::list(conn, scope, &page))
            .await
    }

    async fn policy_list(&mut self) -> Result<Vec<PolicyRecord>, StoreError> {
        self.run(policy::list).await
    }

    async fn intent_fetch(
        &mut self,
        id: IntentId,
    ) -> Result<Option<(Intent, Decision)>, StoreError> {
        self.run(move |conn, scope| intent::fetch(conn, scope, id))
            .await
    }

    async fn intent_find(
        &mut self,
        request: &RequestId,
    ) -> Result<Option<(Intent, Decision)>, StoreError> {
        let request = request.clone();
        self.run(move |conn, scope| intent::find(conn, scope, &request))
            .await
    }

    async fn intent_find_by_hash(
        &mut self,
        hash: B256,
    ) -> Result<Option<(Intent, Decision)>, StoreError> {
        self.run(move |conn, scope| intent::find_by_hash(conn, scope, hash))
            .await
    }

    async fn intent_list(
        &mut self,
        filter: &IntentFilter,
        page: Page,
    ) -> Result<Vec<(Intent, Decision)>, StoreError> {
        let filter = filter.clone();
        self.run(move |conn, scope| intent::list(conn, scope, &filter, &page))
            .await
    }

    async fn intent_find_alike(
        &mut self,
        wallet: WalletId,
        digest: Digest,
        since: Timestamp,
    ) -> Result<Option<IntentId>, StoreError> {
        self.run(move |conn, scope| intent::find_alike(conn, scope, wallet, digest, since))
            .await
    }

    async fn usage(
        &mut self,
        key: &UsageKey,
        wallet: WalletId,
        agent: &str,
        since: Timestamp,
    ) -> Result<Used, StoreError> {
        let (key, agent) = (*key, agent.to_owned());
        self.run(move |conn, scope| {
            let spender = Spender {
                wallet,
                agent: &agent,
            };
            reservation::usage(conn, scope, &key, &spender, since)
        })
        .await
    }

    async fn recipients(
        &mut self,
        wallet: WalletId,
        asset: Asset,
        addresses: &[Address],
    ) -> Result<BTreeMap<Address, RecipientFacts>, StoreError> {
        let addresses = addresses.to_vec();
        self.run(move |conn, scope| payment::recipients(conn, scope, wallet, asset, &addresses))
            .await
    }

    async fn reserved(&mut self, wallet: WalletId, asset: Asset) -> Result<BaseUnits, StoreError> {
        self.run(move |conn, scope| reservation::reserved(conn, scope, wallet, asset))
            .await
    }

    async fn approval_fetch(&mut self, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        self.run(move |conn, scope| approval::fetch(conn, scope, id))
            .await
    }

    async fn approval_list(
        &mut self,
        waiting_only: bool,
        page: Page,
    ) -> Result<Vec<Approval>, StoreError> {
        self.run(move |conn, scope| approval::list(conn, scope, waiting_only, &page))
            .await
    }

    async fn api_key_find(&mut self, hash: &SecretHash) -> Result<Option<ApiKey>, StoreError> {
        let hash = *hash;
        self.run(move |conn, scope| api_key::find(conn, scope, &hash))
            .await
    }

    async fn api_key_list(&mut self) -> Result<Vec<ApiKey>, StoreError> {
        self.run(api_key::list).await
    }

    async fn audit_head(&mut self) -> Result<Head, StoreError> {
        self.run(audit::head).await
    }

    async fn audit_list(&mut self, after: u64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        self.run(move |conn, scope| audit::list(conn, scope, after, limit))
            .await
    }

    async fn audit_search(
        &mut self,
        filter: &EventFilter,
        page: Page,
    ) -> Result<Vec<Entry>, StoreError> {
        let filter = filter.clone();
        self.run(move |conn, scope| audit::search(conn, scope, &filter, &page))
            .await
    }

    async fn nonce_next(
        &mut self,
        chain: ChainId,
        address: Address,
    ) -> Result<Option<u64>, StoreError> {
        self.run(move |conn, scope| nonce::next(conn, scope, chain, address))
            .await
    }

    async fn dry_run_seen(&mut self, digest: Digest, since: Timestamp) -> Result<bool, StoreError> {
        self.run(move |conn, scope| dry_run::seen(conn, scope, digest, since))
            .await
    }

    async fn strategy_fetch(&mut self, id: StrategyId) -> Result<Option<Strategy>, StoreError> {
        self.run(move |conn, scope| strategy::fetch(conn, scope, id))
            .await
    }

    async fn strategy_find(&mut self, name: &Label) -> Result<Option<Strategy>, StoreError> {
        let name = name.clone();
        self.run(move |conn, scope| strategy::find(conn, scope, &name))
            .await
    }

    async fn strategy_list(
        &mut self,
        filter: &StrategyFilter,
        page: Page,
    ) -> Result<Vec<Strategy>, StoreError> {
        let filter = filter.clone();
        self.run(move |conn, scope| strategy::list(conn, scope, &filter, &page))
            .await
    }

    async fn strategy_count(&mut self) -> Result<u64, StoreError> {
        self.run(strategy::count).await
    }

    async fn strategy_due(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Strategy>, StoreError> {
        self.run(move |conn, scope| strategy::due(conn, scope, now, limit))
            .await
    }

    async fn strategy_next(&mut self) -> Result<Option<Timestamp>, StoreError> {
        self.run(strategy::next).await
    }

    async fn run_fetch(&mut self, id: RunId) -> Result<Option<Run>, StoreError> {
        self.run(move |conn, scope| run::fetch(conn, scope, id))
            .await
    }

    async fn run_list(&mut self, filter: &RunFilter, page: Page) -> Result<Vec<Run>, StoreError> {
        let filter = filter.clone();
        self.run(move |conn, scope| run::list(conn, scope, &filter, &page))
            .await
    }

    async fn run_expired(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Run>, StoreError> {
        self.run(move |conn, scope| run::expired(conn, scope, now, limit))
            .await
    }
}
