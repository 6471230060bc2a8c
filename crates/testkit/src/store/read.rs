//! Reads of one tenant.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use vaultpilot_audit::{Entry, Head, Outcome};
use vaultpilot_core::{
    Address, ApprovalId, Asset, B256, BaseUnits, ChainId, IntentId, KeyTaskId, Label, RequestId,
    RunId, StrategyId, Tenant, Timestamp, Wallet, WalletId,
};
use vaultpilot_intent::{Digest, Intent, StateName};
use vaultpilot_policy::{Decision, RecipientFacts, UsageKey, Used};
use vaultpilot_ports::keys::{TenantKek, WrappedKey};
use vaultpilot_ports::store::{
    ApiKey, Approval, ApprovalState, EventFilter, IntentFilter, KeyTask, Page, PolicyRecord,
    ReadTx, RunFilter, SecretHash, StoreError, StrategyFilter,
};
use vaultpilot_strategy::{Run, Strategy};

use super::Unit;
use super::page::{ascending, descending, limit};
use super::state::Rows;

impl Unit {
    pub(super) fn rows(&self) -> Arc<Rows> {
        self.state
            .rows
            .get(&self.tenant)
            .cloned()
            .unwrap_or_default()
    }
}

#[async_trait]
impl ReadTx for Unit {
    async fn tenant_fetch(&mut self) -> Result<Option<Tenant>, StoreError> {
        Ok(self.state.tenants.get(&self.tenant).cloned())
    }

    async fn revision(&mut self) -> Result<u64, StoreError> {
        let rows = self.state.rows.get(&self.tenant);
        Ok(rows.map_or(0, |rows| rows.revision))
    }

    async fn wallet_fetch(&mut self, id: WalletId) -> Result<Option<Wallet>, StoreError> {
        Ok(self.rows().wallets.get(&id).cloned())
    }

    async fn wallet_find(&mut self, label: &Label) -> Result<Option<Wallet>, StoreError> {
        Ok(self
            .rows()
            .wallets
            .values()
            .find(|wallet| wallet.label == *label)
            .cloned())
    }

    async fn wallet_list(&mut self, page: Page) -> Result<Vec<Wallet>, StoreError> {
        let rows = self.rows();
        let mut wallets: Vec<_> = rows.wallets.values().collect();
        wallets.sort_by_key(|wallet| &wallet.label);
        Ok(ascending(wallets.into_iter(), &page, |wallet| {
            wallet.label.clone()
        }))
    }

    async fn wallet_find_by_address(
        &mut self,
        address: Address,
    ) -> Result<Option<Wallet>, StoreError> {
        let rows = self.rows();
        let mut wallets = rows.wallets.values();
        Ok(wallets.find(|wallet| wallet.address == address).cloned())
    }

    async fn wallet_key_fetch(&mut self, id: WalletId) -> Result<Option<WrappedKey>, StoreError> {
        Ok(self.rows().newest_key(id).cloned())
    }

    async fn wallet_key_list_behind(
        &mut self,
        kek: u32,
        after: Option<WalletId>,
        limit: u32,
    ) -> Result<Vec<(WalletId, WrappedKey)>, StoreError> {
        Ok(self.rows().keys_behind(kek, after, limit))
    }

    async fn wallet_key_count(
        &mut self,
    ) -> Result<BTreeMap<(String, Option<u32>), u64>, StoreError> {
        Ok(self.rows().keys_counted())
    }

    async fn kek_current(&mut self) -> Result<Option<TenantKek>, StoreError> {
        Ok(self.rows().keks.values().next_back().cloned())
    }

    async fn kek_fetch(&mut self, version: u32) -> Result<Option<TenantKek>, StoreError> {
        Ok(self.rows().kek(version).cloned())
    }

    async fn kek_list(&mut self) -> Result<Vec<TenantKek>, StoreError> {
        Ok(self.rows().newest_keks())
    }

    async fn key_task_fetch(&mut self, id: KeyTaskId) -> Result<Option<KeyTask>, StoreError> {
        Ok(self.rows().key_tasks.get(&id).cloned())
    }

    async fn key_task_list(&mut self, page: Page) -> Result<Vec<KeyTask>, StoreError> {
        Ok(descending(self.rows().key_tasks.values(), &page, |task| {
            task.id
        }))
    }

    async fn policy_list(&mut self) -> Result<Vec<PolicyRecord>, StoreError> {
        Ok(self.rows().policies.values().cloned().collect())
    }

    async fn intent_fetch(
        &mut self,
        id: IntentId,
    ) -> Result<Option<(Intent, Decision)>, StoreError> {
        Ok(self.rows().intents.get(&id).cloned())
    }

    async fn intent_find(
        &mut self,
        request: &RequestId,
    ) -> Result<Option<(Intent, Decision)>, StoreError> {
        let rows = self.rows();
        Ok(rows
            .intents
            .values()
            .find(|(intent, _)| intent.request_id == *request)
            .cloned())
    }

    async fn intent_find_by_hash(
        &mut self,
        hash: B256,
    ) -> Result<Option<(Intent, Decision)>, StoreError> {
        let rows = self.rows();
        let has = |intent: &Intent| intent.state.tx().is_some_and(|tx| tx.hash == hash);
        Ok(rows
            .intents
            .values()
            .find(|(intent, _)| has(intent))
            .cloned())
    }

    async fn intent_list(
        &mut self,
        filter: &IntentFilter,
        page: Page,
    ) -> Result<Vec<(Intent, Decision)>, StoreError> {
        let rows = self.rows();
        let fits = |intent: &Intent| {
            filter.wallet.is_none_or(|wallet| intent.wallet == wallet)
                && (filter.states.is_empty() || filter.states.contains(&intent.state.name()))
        };
        let fitting = rows.intents.values().filter(|(intent, _)| fits(intent));
        Ok(descending(fitting, &page, |(intent, _)| intent.id))
    }

    async fn intent_find_alike(
        &mut self,
        wallet: WalletId,
        digest: Digest,
        since: Timestamp,
    ) -> Result<Option<IntentId>, StoreError> {
        let rows = self.rows();
        let came_to_nothing = |state: StateName| {
            matches!(
                state,
                StateName::Denied
                    | StateName::Rejected
                    | StateName::Expired
                    | StateName::Cancelled
                    | StateName::Refused
            )
        };
        let alike = |intent: &&Intent| {
            intent.wallet == wallet
                && intent.request_digest == digest
                && intent.created_at >= since
                && !came_to_nothing(intent.state.name())
        };
        Ok(rows
            .intents
            .values()
            .rev()
            .map(|(intent, _)| intent)
            .find(alike)
            .map(|it| it.id))
    }

    async fn usage(
        &mut self,
        key: &UsageKey,
        wallet: WalletId,
        agent: &str,
        since: Timestamp,
    ) -> Result<Used, StoreError> {
        Ok(self.rows().used(key, wallet, agent, since))
    }

    async fn recipients(
        &mut self,
        wallet: WalletId,
        asset: Asset,
        addresses: &[Address],
    ) -> Result<BTreeMap<Address, RecipientFacts>, StoreError> {
        Ok(self.rows().paid(wallet, asset, addresses))
    }

    async fn reserved(&mut self, wallet: WalletId, asset: Asset) -> Result<BaseUnits, StoreError> {
        let rows = self.rows();
        let ours = rows
            .bookings
            .values()
            .filter(|booking| booking.reserved.wallet == wallet);
        Ok(ours.fold(BaseUnits::ZERO, |sum, booking| {
            sum.saturating_add(booking.open(asset))
        }))
    }

    async fn approval_fetch(&mut self, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        Ok(self.rows().approvals.get(&id).cloned())
    }

    async fn approval_list(
        &mut self,
        waiting_only: bool,
        page: Page,
    ) -> Result<Vec<Approval>, StoreError> {
        let rows = self.rows();
        let waits = |it: &Approval| matches!(it.state, ApprovalState::Waiting { .. });
        let fitting = rows
            .approvals
            .values()
            .filter(|it| !waiting_only || waits(it));
        Ok(descending(fitting, &page, |approval| approval.id))
    }

    async fn api_key_find(&mut self, hash: &SecretHash) -> Result<Option<ApiKey>, StoreError> {
        Ok(self
            .rows()
            .api_keys
            .values()
            .find(|key| key.hash == *hash)
            .cloned())
    }

    async fn api_key_list(&mut self) -> Result<Vec<ApiKey>, StoreError> {
        Ok(self.rows().api_keys.values().cloned().collect())
    }

    async fn audit_head(&mut self) -> Result<Head, StoreError> {
        let rows = self.rows();
        let last = rows.audit.last();
        Ok(last.map_or(Head::GENESIS, |entry| Head {
            seq: entry.seq,
            hash: entry.hash,
        }))
    }

    async fn audit_list(&mut self, after: u64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let rows = self.rows();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(rows
            .audit
            .iter()
            .filter(|entry| entry.seq > after)
            .take(limit)
            .cloned()
            .collect())
    }

    async fn audit_search(
        &mut self,
        filter: &EventFilter,
        page: Page,
    ) -> Result<Vec<Entry>, StoreError> {
        let rows = self.rows();
        let fits = |entry: &&Entry| {
            let draft = &entry.draft;
            filter
                .wallet
                .is_none_or(|wallet| draft.wallet == Some(wallet))
                && filter
                    .intent
                    .is_none_or(|intent| draft.intent == Some(intent))
                && (!filter.denied_only || draft.outcome == Outcome::Denied)
        };
        let after = page.after.as_ref();
        let before = after.map_or(u64::MAX, |id| {
            let place = rows
                .audit
                .iter()
                .find(|entry| entry.draft.id.to_string() == *id);
            place.map_or(0, |entry| entry.seq)
        });
        let found = rows
            .audit
            .iter()
            .rev()
            .filter(|entry| entry.seq < before)
            .filter(fits);
        Ok(found.take(limit(&page)).cloned().collect())
    }

    async fn nonce_next(
        &mut self,
        chain: ChainId,
        address: Address,
    ) -> Result<Option<u64>, StoreError> {
        let range = (chain, address, 0)..=(chain, address, u64::MAX);
        let mut ours = self
            .state
            .nonces
            .range(range)
            .filter(|(_, (tenant, _))| *tenant == self.tenant);
        Ok(ours
            .next_back()
            .map(|((.., nonce), _)| nonce.saturating_add(1)))
    }

    async fn dry_run_seen(&mut self, digest: Digest, since: Timestamp) -> Result<bool, StoreError> {
        Ok(self
            .rows()
            .dry_runs
            .get(&digest)
            .is_some_and(|at| *at >= since))
    }

    async fn strategy_fetch(&mut self, id: StrategyId) -> Result<Option<Strategy>, StoreError> {
        Ok(self.rows().strategies.get(&id).cloned())
    }

    async fn strategy_find(&mut self, name: &Label) -> Result<Option<Strategy>, StoreError> {
        Ok(self.rows().strategy_named(name).cloned())
    }

    async fn strategy_list(
        &mut self,
        filter: &StrategyFilter,
        page: Page,
    ) -> Result<Vec<Strategy>, StoreError> {
        Ok(self.rows().strategies(filter, &page))
    }

    async fn strategy_count(&mut self) -> Result<u64, StoreError> {
        Ok(self.rows().strategy_count())
    }

    async fn strategy_due(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Strategy>, StoreError> {
        Ok(self.rows().strategies_due(now, limit))
    }

    async fn strategy_next(&mut self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.rows().strategy_next())
    }

    async fn run_fetch(&mut self, id: RunId) -> Result<Option<Run>, StoreError> {
        Ok(self.rows().runs.get(&id).cloned())
    }

    async fn run_list(&mut self, filter: &RunFilter, page: Page) -> Result<Vec<Run>, StoreError> {
        Ok(self.rows().runs(filter, &page))
    }

    async fn run_expired(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Run>, StoreError> {
        Ok(self.rows().runs_expired(now, limit))
    }
}
