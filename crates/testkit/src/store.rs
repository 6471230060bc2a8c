//! The whole store in memory: a commit swaps the state, dropping a unit of work forgets it.
//!
//! Writers queue behind one lock, also `tenant_create` and `lease_acquire`: whoever calls these
//! while holding a unit of work waits for himself, as he would on a real database.

mod key;
mod page;
mod read;
mod state;
mod strategy;
mod sum;
mod write;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tokio::sync::OwnedMutexGuard;
use vaultpilot_core::{
    Address, ApprovalId, ChainId, Duration, KeyTaskId, Tenant, TenantId, TenantName, Timestamp,
    clock,
};
use vaultpilot_ports::store::{
    ApprovalState, Hints, InFlight, Lease, ReadTx, Store, StoreError, Tx,
};

use crate::lock;
use state::State;

/// Where a scripted failure strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailPoint {
    /// `begin` answers `Unavailable`.
    Begin,
    /// `read` answers `Unavailable`.
    Read,
    /// `audit_append` answers `Unavailable`.
    Audit,
    /// `commit` answers `Unavailable` and nothing has happened.
    Commit,
    /// `commit` answers `Unavailable`, but it has happened: the acknowledgement is lost.
    CommitAnswer,
}

/// Clones share one state.
#[derive(Debug, Clone, Default)]
pub struct FakeStore(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<Arc<State>>,
    writer: Arc<tokio::sync::Mutex<()>>,
    failures: Mutex<Vec<FailPoint>>,
}

impl FakeStore {
    pub fn new() -> Self {
        Self::default()
    }

    /// The next time this point is passed, it fails. Several failures of one point queue up.
    pub fn fail_next(&self, point: FailPoint) {
        lock(&self.0.failures).push(point);
    }

    async fn writer(&self) -> Writer {
        let guard = Arc::clone(&self.0.writer).lock_owned().await;
        Writer {
            shared: Arc::clone(&self.0),
            _guard: guard,
        }
    }

    fn state(&self) -> Arc<State> {
        Arc::clone(&lock(&self.0.state))
    }
}

impl Shared {
    fn pass(&self, point: FailPoint) -> Result<(), StoreError> {
        let mut failures = lock(&self.failures);
        let Some(at) = failures.iter().position(|scripted| *scripted == point) else {
            return Ok(());
        };
        failures.remove(at);
        Err(StoreError::Unavailable(
            format!("scripted failure at {point:?}").into(),
        ))
    }
}

/// The right to swap the state.
#[derive(Debug)]
struct Writer {
    shared: Arc<Shared>,
    _guard: OwnedMutexGuard<()>,
}

/// A unit of work, or, without a writer, a view.
#[derive(Debug)]
struct Unit {
    tenant: TenantId,
    state: Arc<State>,
    writer: Option<Writer>,
}

#[async_trait]
impl Store for FakeStore {
    async fn begin(&self, tenant: TenantId) -> Result<Box<dyn Tx>, StoreError> {
        self.0.pass(FailPoint::Begin)?;
        let writer = self.writer().await;
        Ok(Box::new(Unit {
            tenant,
            state: self.state(),
            writer: Some(writer),
        }))
    }

    async fn read(&self, tenant: TenantId) -> Result<Box<dyn ReadTx>, StoreError> {
        self.0.pass(FailPoint::Read)?;
        Ok(Box::new(Unit {
            tenant,
            state: self.state(),
            writer: None,
        }))
    }

    async fn tenant_create(&self, tenant: &Tenant) -> Result<bool, StoreError> {
        let _writer = self.writer().await;
        let mut state = lock(&self.0.state);
        let taken = |other: &Tenant| {
            other.name == tenant.name
                || other.id == tenant.id
                || (tenant.namespace.is_some() && other.namespace == tenant.namespace)
        };
        if state.tenants.values().any(taken) {
            return Ok(false);
        }
        Arc::make_mut(&mut state)
            .tenants
            .insert(tenant.id, tenant.clone());
        Ok(true)
    }

    async fn tenant_find(&self, name: &TenantName) -> Result<Option<Tenant>, StoreError> {
        Ok(self
            .state()
            .tenants
            .values()
            .find(|tenant| tenant.name == *name)
            .cloned())
    }

    async fn tenant_find_by_namespace(
        &self,
        namespace: &str,
    ) -> Result<Option<Tenant>, StoreError> {
        Ok(self
            .state()
            .tenants
            .values()
            .find(|tenant| tenant.namespace.as_deref() == Some(namespace))
            .cloned())
    }

    async fn hints(&self) -> Result<Option<Box<dyn Hints>>, StoreError> {
        Ok(None)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.0.pass(FailPoint::Read)
    }

    async fn tenant_list(&self) -> Result<Vec<Tenant>, StoreError> {
        Ok(self.state().tenants.values().cloned().collect())
    }

    async fn intent_in_flight(&self) -> Result<Vec<InFlight>, StoreError> {
        let state = self.state();
        let intents = state.rows.values().flat_map(|rows| rows.intents.values());
        let mut found: Vec<_> = intents
            .filter(|(intent, _)| intent.state.name().is_in_flight())
            .map(|(intent, _)| InFlight {
                tenant: intent.tenant,
                intent: intent.id,
                chain: intent.call.chain,
                address: intent.from,
                state: intent.state.name(),
            })
            .collect();
        found.sort_by_key(|it| it.intent);
        Ok(found)
    }

    async fn approval_overdue(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(TenantId, ApprovalId)>, StoreError> {
        let state = self.state();
        let mut found = Vec::new();
        for (tenant, rows) in &state.rows {
            let waiting = rows
                .approvals
                .values()
                .filter(|approval| matches!(approval.state, ApprovalState::Waiting { .. }))
                .filter(|approval| approval.expires_at <= now);
            found.extend(waiting.map(|approval| (*tenant, approval.id)));
        }
        found.sort_by_key(|(_, approval)| *approval);
        Ok(found)
    }

    async fn key_task_open(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(TenantId, KeyTaskId)>, StoreError> {
        let state = self.state();
        let mut found = Vec::new();
        for (tenant, rows) in &state.rows {
            found.extend(rows.key_tasks_open(now).map(|task| (*tenant, task)));
        }
        found.sort_by_key(|(_, task)| *task);
        Ok(found)
    }

    async fn lease_acquire(
        &self,
        chain: ChainId,
        address: Address,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Option<Lease>, StoreError> {
        let _writer = self.writer().await;
        let mut state = lock(&self.0.state);
        let held = state.leases.get(&(chain, address));
        let epoch = match held {
            None => 1,
            Some(lease) if lease.expires_at <= now => lease.epoch.saturating_add(1),
            Some(lease) if lease.holder == holder => lease.epoch,
            Some(_) => return Ok(None),
        };
        let expires_at = clock::after(now, ttl);
        let lease = Lease {
            chain,
            address,
            holder: holder.to_owned(),
            epoch,
            expires_at,
        };
        Arc::make_mut(&mut state)
            .leases
            .insert((chain, address), lease.clone());
        Ok(Some(lease))
    }
}
