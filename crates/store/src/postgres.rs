//! The Postgres adapter: several processes on one database, each with a pool of connections.
//!
//! The database is trusted with what SQLite's single process gives for free. Writers of a tenant
//! queue for that tenant's lock; a query that forgets its tenant finds nothing, because row-level
//! security is forced on every table; and what one process commits, the others hear of.

mod api_key;
mod approval;
mod audit;
mod connection;
mod dry_run;
mod error;
mod grant;
mod hint;
mod inspect;
mod intent;
mod kek;
mod key_task;
mod lane;
mod lease;
mod nonce;
mod options;
mod payment;
mod policy;
mod pool;
mod reservation;
mod role;
mod run;
mod snapshot;
mod strategy;
mod tenant;
mod tls;
mod transaction;
mod unit;
mod upkeep;
mod wallet;
mod wallet_key;

use std::sync::Arc;

use alloy_primitives::Address;
use async_trait::async_trait;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use vaultpilot_core::{
    ApprovalId, ChainId, Duration, KeyTaskId, Tenant, TenantId, TenantName, Timestamp,
};
use vaultpilot_ports::store::{Hints, InFlight, Lease, ReadTx, Store, StoreError, Tx};

use connection::Target;
pub use error::PostgresError;
use hint::Listener;
pub use options::{PostgresOptions, SslMode};
use pool::Pool;
pub use role::AppRole;
pub use snapshot::{PostgresSnapshot, Restoring, SnapshotRows};
use transaction::Access;
use unit::Unit;

use crate::scope::Scope;

/// The store in one Postgres database, as the application's role sees it. Clones share its
/// connections.
#[derive(Clone)]
pub struct PostgresStore {
    target: Target,
    pool: Arc<Pool>,
}

impl std::fmt::Debug for PostgresStore {
    /// Without the address, which holds the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

/// One call outside any unit of work. A connection on which it was cancelled is closed.
macro_rules! once {
    ($store:ident, $($function:ident)::+ ($($argument:expr),*)) => {{
        let mut slot = $store.pool.take().await?;
        let result = $($function)::+(slot.idle()? $(, $argument)*).await;
        slot.rest();
        result
    }};
}
use once;

impl PostgresStore {
    /// Connects with the application's role. Does not change the schema: see
    /// [`PostgresStore::migrate`].
    ///
    /// # Errors
    /// `Unavailable` with a [`PostgresError`] as its source: [`PostgresError::Newer`] when a newer
    /// program has changed the schema.
    pub async fn connect(options: &PostgresOptions) -> Result<Self, StoreError> {
        let target = Target::new(options)?;
        let store = Self {
            pool: Arc::new(Pool::new(&target, options)?),
            target,
        };
        store.pending().await?;
        Ok(store)
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn begin(&self, tenant: TenantId) -> Result<Box<dyn Tx>, StoreError> {
        Ok(Unit::begin(&self.pool, Scope::new(tenant), Access::Write).await?)
    }

    async fn read(&self, tenant: TenantId) -> Result<Box<dyn ReadTx>, StoreError> {
        Ok(Unit::begin(&self.pool, Scope::new(tenant), Access::Read).await?)
    }

    async fn tenant_create(&self, tenant: &Tenant) -> Result<bool, StoreError> {
        let mut unit = Unit::begin(&self.pool, Scope::new(tenant.id), Access::Write).await?;
        let (conn, _) = unit.start()?;
        let created = tenant::create(conn, tenant).await;
        unit.answered(&created);
        let created = created?;
        unit.end().await?;
        Ok(created)
    }

    async fn tenant_find(&self, name: &TenantName) -> Result<Option<Tenant>, StoreError> {
        once!(self, tenant::find(name))
    }

    async fn tenant_find_by_namespace(
        &self,
        namespace: &str,
    ) -> Result<Option<Tenant>, StoreError> {
        once!(self, tenant::find_by_namespace(namespace))
    }

    async fn tenant_list(&self) -> Result<Vec<Tenant>, StoreError> {
        once!(self, tenant::list())
    }

    async fn hints(&self) -> Result<Option<Box<dyn Hints>>, StoreError> {
        Ok(Some(Box::new(Listener::new(self.target.clone()))))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        once!(self, ping())
    }

    async fn intent_in_flight(&self) -> Result<Vec<InFlight>, StoreError> {
        once!(self, intent::in_flight())
    }

    async fn approval_overdue(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(TenantId, ApprovalId)>, StoreError> {
        once!(self, approval::overdue(now))
    }

    async fn key_task_open(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(TenantId, KeyTaskId)>, StoreError> {
        once!(self, key_task::open(now))
    }

    async fn lease_acquire(
        &self,
        chain: ChainId,
        address: Address,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Option<Lease>, StoreError> {
        let wanted = Lease {
            chain,
            address,
            holder: holder.to_owned(),
            epoch: 1,
            expires_at: vaultpilot_core::clock::after(now, ttl),
        };
        once!(self, lease::acquire(wanted, now))
    }
}

async fn ping(conn: &mut AsyncPgConnection) -> Result<(), StoreError> {
    conn.batch_execute("SELECT 1").await.map_err(error::reading)
}
