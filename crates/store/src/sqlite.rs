//! The SQLite adapter: one file, one writer, a few readers, each connection on a thread of its own.
//!
//! diesel's own connection is used, without an asynchronous wrapper: a method of the port is one
//! closure sent to the connection's thread, however many statements it takes, so that no thread of
//! the runtime ever waits for the disk.

mod api_key;
mod approval;
mod audit;
mod connection;
mod dry_run;
mod error;
mod intent;
mod kek;
mod key_task;
mod lease;
mod lock;
mod nonce;
mod payment;
mod policy;
mod pool;
mod reservation;
mod run;
mod snapshot;
mod strategy;
mod tenant;
mod transaction;
mod unit;
mod upkeep;
mod wallet;
mod wallet_key;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use alloy_primitives::Address;
use async_trait::async_trait;
use diesel::sqlite::Sqlite;
use vaultpilot_core::{ApprovalId, ChainId, KeyTaskId, Tenant, TenantId, TenantName, Timestamp};
use vaultpilot_ports::store::{Hints, InFlight, Lease, ReadTx, Store, StoreError, Tx};

use connection::Access;
pub use error::SqliteError;
use lock::FileLock;
use pool::Pool;
use unit::Unit;

use crate::scope::Scope;
use crate::{cell, migrations, scope};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteOptions {
    /// Connections that read.
    pub readers: usize,
    /// How long a statement waits for a lock that another program holds on the file.
    pub busy_timeout: Duration,
    /// How long a unit of work waits for its turn before it is refused.
    pub patience: Duration,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            readers: 4,
            busy_timeout: Duration::from_secs(5),
            patience: Duration::from_secs(10),
        }
    }
}

/// The store in one SQLite file. Clones share its connections; the last one to go closes them.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    path: PathBuf,
    writer: Arc<Pool>,
    readers: Arc<Pool>,
}

impl SqliteStore {
    /// Opens or makes the file, readable by its owner only. Does not change the schema: see
    /// [`SqliteStore::migrate`].
    ///
    /// # Errors
    /// `Unavailable` with a [`SqliteError`] as its source: [`SqliteError::InUse`] while another
    /// store has the file open.
    pub async fn open(path: impl AsRef<Path>, options: &SqliteOptions) -> Result<Self, StoreError> {
        let (path, options) = (path.as_ref().to_owned(), options.clone());
        let opened = tokio::task::spawn_blocking(move || Self::open_blocking(&path, &options));
        opened
            .await
            .map_err(|_| SqliteError::ThreadEnded)?
            .map_err(StoreError::from)
    }

    fn open_blocking(path: &Path, options: &SqliteOptions) -> Result<Self, SqliteError> {
        let path = std::path::absolute(path).map_err(SqliteError::File)?;
        let lock = Arc::new(FileLock::take(&path)?);
        connection::create_private(&path)?;
        let mut writing = connection::establish(&path, Access::Write, options.busy_timeout)?;
        let version = migrations::version(&mut writing)?;
        migrations::known(version, &migrations::names::<Sqlite>(&migrations::SQLITE)?)?;
        let mut reading = Vec::new();
        for _ in 0..options.readers.max(1) {
            reading.push(connection::establish(
                &path,
                Access::Read,
                options.busy_timeout,
            )?);
        }
        Ok(Self {
            writer: Arc::new(Pool::new(
                "store-write",
                vec![writing],
                options.patience,
                &lock,
            )?),
            readers: Arc::new(Pool::new("store-read", reading, options.patience, &lock)?),
            path,
        })
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn begin(&self, tenant: TenantId) -> Result<Box<dyn Tx>, StoreError> {
        Ok(Box::new(
            Unit::begin(&self.writer, Scope::new(tenant), Access::Write).await?,
        ))
    }

    async fn read(&self, tenant: TenantId) -> Result<Box<dyn ReadTx>, StoreError> {
        Ok(Box::new(
            Unit::begin(&self.readers, Scope::new(tenant), Access::Read).await?,
        ))
    }

    async fn tenant_create(&self, tenant: &Tenant) -> Result<bool, StoreError> {
        let tenant = tenant.clone();
        self.writer
            .once(move |conn| tenant::create(conn, &tenant))
            .await
    }

    async fn tenant_find(&self, name: &TenantName) -> Result<Option<Tenant>, StoreError> {
        let name = name.clone();
        self.readers
            .once(move |conn| tenant::find(conn, &name))
            .await
    }

    async fn tenant_find_by_namespace(
        &self,
        namespace: &str,
    ) -> Result<Option<Tenant>, StoreError> {
        let namespace = namespace.to_owned();
        self.readers
            .once(move |conn| tenant::find_by_namespace(conn, &namespace))
            .await
    }

    /// The file has one process at a time: see [`FileLock`].
    async fn hints(&self) -> Result<Option<Box<dyn Hints>>, StoreError> {
        Ok(None)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.readers.once(transaction::ping).await
    }

    async fn tenant_list(&self) -> Result<Vec<Tenant>, StoreError> {
        self.readers.once(tenant::list).await
    }

    async fn intent_in_flight(&self) -> Result<Vec<InFlight>, StoreError> {
        self.readers.once(intent::in_flight).await
    }

    async fn approval_overdue(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(TenantId, ApprovalId)>, StoreError> {
        self.readers
            .once(move |conn| approval::overdue(conn, now))
            .await
    }

    async fn key_task_open(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(TenantId, KeyTaskId)>, StoreError> {
        self.readers
            .once(move |conn| key_task::open(conn, now))
            .await
    }

    async fn lease_acquire(
        &self,
        chain: ChainId,
        address: Address,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Option<Lease>, StoreError> {
        let expires_at = vaultpilot_core::clock::after(now, ttl);
        let wanted = Lease {
            chain,
            address,
            holder: holder.to_owned(),
            epoch: 1,
            expires_at,
        };
        self.writer
            .once(move |conn| lease::acquire(conn, wanted, now))
            .await
    }
}

#[cfg(test)]
mod tests;
