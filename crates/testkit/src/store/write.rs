//! Writes of one tenant. A row that is not this tenant's is a conflict, as a row that is not there.

use std::sync::Arc;

use async_trait::async_trait;
use vaultpilot_audit::{Draft, Head};
use vaultpilot_core::{
    BaseUnits, ChainId, IntentId, KeyId, Label, Managed, StrategyId, Tenant, TenantId, Timestamp,
    Wallet, WalletId, WalletState, Wei,
};
use vaultpilot_intent::{Digest, Intent, StateName};
use vaultpilot_policy::Decision;
use vaultpilot_ports::keys::{TenantKek, WrappedKey};
use vaultpilot_ports::store::{
    ApiKey, Approval, ApprovalState, KeyTask, Lease, PolicyRecord, ReadTx as _, Reservation,
    StoreError, Tx,
};
use vaultpilot_strategy::{Run, Strategy};

use super::state::{Booking, Rows, Spent, Stage, State};
use super::{FailPoint, Unit};
use crate::lock;

const fn conflict(what: &'static str) -> StoreError {
    StoreError::Conflict { what }
}

impl Unit {
    fn state_mut(&mut self) -> &mut State {
        Arc::make_mut(&mut self.state)
    }

    fn rows_mut(&mut self) -> &mut Rows {
        let tenant = self.tenant;
        Arc::make_mut(self.state_mut().rows.entry(tenant).or_default())
    }

    fn own(&self, tenant: TenantId) -> Result<(), StoreError> {
        if tenant == self.tenant {
            Ok(())
        } else {
            Err(conflict("tenant"))
        }
    }

    /// Something changed that others remember.
    fn revise(&mut self) {
        let rows = self.rows_mut();
        rows.revision = rows.revision.saturating_add(1);
    }

    fn booking(&mut self, intent: IntentId) -> Option<&mut Booking> {
        self.rows_mut().bookings.get_mut(&intent)
    }
}

#[async_trait]
impl Tx for Unit {
    async fn tenant_update(&mut self, tenant: &Tenant) -> Result<(), StoreError> {
        self.own(tenant.id)?;
        let claimed = |other: &Tenant| {
            other.id != tenant.id
                && tenant.namespace.is_some()
                && other.namespace == tenant.namespace
        };
        if self.state.tenants.values().any(claimed) {
            return Err(conflict("namespace"));
        }
        let has_key = !self.rows().keks.is_empty();
        let known = self
            .state_mut()
            .tenants
            .get_mut(&tenant.id)
            .ok_or(conflict("tenant"))?;
        if has_key && known.keys != tenant.keys {
            return Err(conflict("key management"));
        }
        known.keys = tenant.keys.clone();
        known.state = tenant.state.clone();
        known.namespace.clone_from(&tenant.namespace);
        known.quota = tenant.quota;
        known.managed.clone_from(&tenant.managed);
        self.revise();
        Ok(())
    }

    async fn wallet_insert(&mut self, wallet: &Wallet, key: &WrappedKey) -> Result<(), StoreError> {
        self.own(wallet.tenant)?;
        let taken = |other: &Wallet| other.label == wallet.label || other.id == wallet.id;
        if self.rows().wallets.values().any(taken) {
            return Err(conflict("wallet"));
        }
        self.rows().key_opens(key)?;
        let mut everybody = self.state.rows.values().flat_map(|it| it.wallets.values());
        if everybody.any(|other| other.address == wallet.address) {
            return Err(conflict("wallet address"));
        }
        let rows = self.rows_mut();
        rows.wallets.insert(wallet.id, wallet.clone());
        let place = (wallet.id, key.version, key.generation);
        rows.keys.insert(place, key.clone());
        Ok(())
    }

    async fn wallet_key_rewrap(
        &mut self,
        id: WalletId,
        key: &WrappedKey,
    ) -> Result<(), StoreError> {
        self.rows_mut().key_rewrap(id, key)
    }

    async fn wallet_key_purge(&mut self) -> Result<u64, StoreError> {
        Ok(self.rows_mut().key_purge())
    }

    async fn kek_insert(&mut self, kek: &TenantKek) -> Result<(), StoreError> {
        self.rows_mut().kek_insert(kek)
    }

    async fn kek_purge(&mut self) -> Result<u64, StoreError> {
        Ok(self.rows_mut().kek_purge())
    }

    async fn key_task_insert(&mut self, task: &KeyTask) -> Result<(), StoreError> {
        self.rows_mut().key_task_insert(task)
    }

    async fn key_task_update(&mut self, seen: u64, task: &KeyTask) -> Result<(), StoreError> {
        self.rows_mut().key_task_update(seen, task)
    }

    async fn wallet_update(&mut self, id: WalletId, state: &WalletState) -> Result<(), StoreError> {
        let wallet = self
            .rows_mut()
            .wallets
            .get_mut(&id)
            .ok_or(conflict("wallet"))?;
        wallet.state = state.clone();
        self.revise();
        Ok(())
    }

    async fn wallet_manage(
        &mut self,
        id: WalletId,
        managed: Option<&Managed>,
    ) -> Result<(), StoreError> {
        let wallet = self
            .rows_mut()
            .wallets
            .get_mut(&id)
            .ok_or(conflict("wallet"))?;
        wallet.managed = managed.cloned();
        self.revise();
        Ok(())
    }

    async fn wallet_add_chains(
        &mut self,
        id: WalletId,
        chains: &[ChainId],
    ) -> Result<(), StoreError> {
        let wallet = self
            .rows_mut()
            .wallets
            .get_mut(&id)
            .ok_or(conflict("wallet"))?;
        for chain in chains {
            if !wallet.is_on(*chain) {
                wallet.chains.push(*chain);
            }
        }
        wallet.chains.sort_unstable();
        self.revise();
        Ok(())
    }

    async fn policy_put(&mut self, policy: &PolicyRecord) -> Result<(), StoreError> {
        self.rows_mut()
            .policies
            .insert(policy.name.clone(), policy.clone());
        self.revise();
        Ok(())
    }

    async fn policy_delete(&mut self, name: &Label) -> Result<bool, StoreError> {
        let removed = self.rows_mut().policies.remove(name).is_some();
        if removed {
            self.revise();
        }
        Ok(removed)
    }

    async fn intent_insert(
        &mut self,
        intent: &Intent,
        decision: &Decision,
    ) -> Result<(), StoreError> {
        self.own(intent.tenant)?;
        let rows = self.rows_mut();
        let taken = |other: &Intent| other.request_id == intent.request_id || other.id == intent.id;
        if rows.intents.values().any(|(other, _)| taken(other)) {
            return Err(conflict("intent"));
        }
        rows.intents
            .insert(intent.id, (intent.clone(), decision.clone()));
        Ok(())
    }

    async fn intent_update(
        &mut self,
        from: StateName,
        intent: &Intent,
        decision: &Decision,
    ) -> Result<(), StoreError> {
        let rows = self.rows_mut();
        let (stored, judged) = rows.intents.get_mut(&intent.id).ok_or(conflict("intent"))?;
        if stored.state.name() != from {
            return Err(conflict("intent"));
        }
        stored.state = intent.state.clone();
        if from == StateName::AwaitingApproval {
            stored.policy_version.clone_from(&intent.policy_version);
            stored.action_digest = intent.action_digest;
        }
        *judged = decision.clone();
        Ok(())
    }

    async fn reservation_insert(&mut self, reservation: &Reservation) -> Result<(), StoreError> {
        let bookings = &mut self.rows_mut().bookings;
        if bookings.contains_key(&reservation.intent) {
            return Err(conflict("reservation"));
        }
        let booking = Booking {
            reserved: reservation.clone(),
            stage: Stage::Reserved,
        };
        bookings.insert(reservation.intent, booking);
        Ok(())
    }

    async fn reservation_commit(
        &mut self,
        intent: IntentId,
        spent: bool,
        gas: Wei,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if let Some(booking) = self.booking(intent) {
            let mut amounts = booking.reserved.amounts.clone();
            if !spent {
                for amount in amounts.values_mut() {
                    *amount = BaseUnits::ZERO;
                }
            }
            if !matches!(booking.stage, Stage::Committed(_)) {
                booking.reserved.at = at;
            }
            booking.stage = Stage::Committed(Spent { amounts, gas });
        }
        Ok(())
    }

    async fn reservation_restore(&mut self, intent: IntentId) -> Result<(), StoreError> {
        if let Some(booking) = self.booking(intent) {
            booking.stage = Stage::Reserved;
        }
        Ok(())
    }

    async fn reservation_release(&mut self, intent: IntentId) -> Result<(), StoreError> {
        if let Some(booking) = self.booking(intent) {
            booking.stage = Stage::Released;
        }
        Ok(())
    }

    async fn nonce_take(
        &mut self,
        lease: &Lease,
        nonce: u64,
        intent: IntentId,
    ) -> Result<(), StoreError> {
        let held = self.state.leases.get(&(lease.chain, lease.address));
        if held.is_none_or(|held| held.epoch != lease.epoch || held.holder != lease.holder) {
            return Err(StoreError::LeaseLost);
        }
        let place = (lease.chain, lease.address, nonce);
        let owner = (self.tenant, intent);
        if self
            .state
            .nonces
            .get(&place)
            .is_some_and(|taken| *taken != owner)
        {
            return Err(conflict("nonce"));
        }
        self.state_mut().nonces.insert(place, owner);
        Ok(())
    }

    async fn approval_insert(&mut self, approval: &Approval) -> Result<(), StoreError> {
        let approvals = &mut self.rows_mut().approvals;
        if approvals.contains_key(&approval.id) {
            return Err(conflict("approval"));
        }
        approvals.insert(approval.id, approval.clone());
        Ok(())
    }

    async fn approval_update(
        &mut self,
        seen: &Approval,
        state: &ApprovalState,
    ) -> Result<(), StoreError> {
        let approvals = &mut self.rows_mut().approvals;
        let stored = approvals.get_mut(&seen.id).ok_or(conflict("approval"))?;
        let waits = matches!(stored.state, ApprovalState::Waiting { .. });
        if !waits || stored.state != seen.state {
            return Err(conflict("approval"));
        }
        stored.state = state.clone();
        Ok(())
    }

    async fn api_key_insert(&mut self, key: &ApiKey) -> Result<(), StoreError> {
        let keys = &mut self.rows_mut().api_keys;
        if keys
            .values()
            .any(|other| other.id == key.id || other.hash == key.hash)
        {
            return Err(conflict("api key"));
        }
        keys.insert(key.id, key.clone());
        Ok(())
    }

    async fn api_key_revoke(&mut self, id: KeyId, at: Timestamp) -> Result<bool, StoreError> {
        let Some(key) = self.rows_mut().api_keys.get_mut(&id) else {
            return Ok(false);
        };
        let first = key.revoked_at.is_none();
        key.revoked_at.get_or_insert(at);
        if first {
            self.revise();
        }
        Ok(first)
    }

    async fn dry_run_insert(&mut self, digest: Digest, at: Timestamp) -> Result<(), StoreError> {
        let seen = self.rows_mut().dry_runs.entry(digest).or_insert(at);
        *seen = (*seen).max(at);
        Ok(())
    }

    async fn strategy_insert(&mut self, strategy: &Strategy) -> Result<(), StoreError> {
        self.own(strategy.tenant)?;
        self.rows_mut().strategy_insert(strategy)
    }

    async fn strategy_update(&mut self, seen: u64, strategy: &Strategy) -> Result<(), StoreError> {
        self.own(strategy.tenant)?;
        self.rows_mut().strategy_update(seen, strategy)
    }

    async fn run_insert(&mut self, run: &Run) -> Result<(), StoreError> {
        self.own(run.tenant)?;
        self.rows_mut().run_insert(run)
    }

    async fn run_update(&mut self, seen: i64, run: &Run) -> Result<(), StoreError> {
        self.own(run.tenant)?;
        self.rows_mut().run_update(seen, run)
    }

    async fn run_trim(&mut self, strategy: StrategyId, keep: u32) -> Result<u64, StoreError> {
        Ok(self.rows_mut().run_trim(strategy, keep))
    }

    async fn audit_append(&mut self, drafts: Vec<Draft>) -> Result<Head, StoreError> {
        if let Some(writer) = &self.writer {
            writer.shared.pass(FailPoint::Audit)?;
        }
        let head = self.audit_head().await?;
        let (entries, head) = vaultpilot_audit::chain(self.tenant, head, drafts);
        self.rows_mut().audit.extend(entries);
        Ok(head)
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Some(writer) = self.writer else {
            return Err(conflict("view"));
        };
        writer.shared.pass(FailPoint::Commit)?;
        *lock(&writer.shared.state) = self.state;
        writer.shared.pass(FailPoint::CommitAnswer)
    }
}
