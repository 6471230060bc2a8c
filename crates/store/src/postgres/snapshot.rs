//! A copy of the whole database, row by row, while everything goes on; and the way back.
//!
//! The tables' owner does not see past the border between tenants either, and it is not lifted: a
//! copy goes tenant by tenant, in one transaction that sees one instant.

mod catalog;
mod facts;
mod mark;
mod restore;
mod rows;

use diesel::connection::SimpleConnection as _;
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use vaultpilot_ports::store::StoreError;

use super::connection::Target;
use super::error::reading;
use super::{PostgresError, PostgresOptions, PostgresStore};
use crate::snapshot::Snapshot;
use catalog::Table;
pub use restore::Restoring;
pub use rows::SnapshotRows;

type Wrapper = AsyncConnectionWrapper<AsyncPgConnection>;

/// One instant, read only. The copy takes as long as it takes; who waits for nothing meanwhile is
/// everybody else.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SET LOCAL statement_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = '10min';";

/// A database at one instant. It can be read as often as is wanted, and says the same each time.
pub struct PostgresSnapshot {
    conn: Wrapper,
    tables: Vec<Table>,
    tenants: Vec<String>,
}

impl PostgresStore {
    /// Calls `task`, on a thread that may wait, with the database as it is now.
    ///
    /// # Errors
    /// When the database cannot be read as the role of `owner`; or what `task` says.
    pub async fn snapshot<R, E>(
        owner: &PostgresOptions,
        task: impl FnOnce(&mut PostgresSnapshot) -> Result<R, E> + Send + 'static,
    ) -> Result<R, E>
    where
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let target = Target::new(owner).map_err(StoreError::from)?;
        let conn = target.establish().await.map_err(StoreError::from)?;
        let done = tokio::task::spawn_blocking(move || {
            let mut snapshot = PostgresSnapshot::begin(Wrapper::from(conn))?;
            task(&mut snapshot)
            // Dropped here with its connection, which ends the transaction.
        });
        done.await.map_err(panicked)?
    }
}

impl PostgresSnapshot {
    fn begin(mut conn: Wrapper) -> Result<Self, StoreError> {
        conn.batch_execute(BEGIN).map_err(reading)?;
        Ok(Self {
            tables: catalog::tables(&mut conn)?,
            tenants: catalog::tenants(&mut conn)?,
            conn,
        })
    }

    /// What is in it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn describe(&mut self) -> Result<Snapshot, StoreError> {
        facts::of(&mut self.conn, &self.tables, &self.tenants)
    }

    /// The rows of a table, a JSON object a line, by tenant and then by key.
    pub fn rows(&mut self, table: &str) -> Option<SnapshotRows<'_>> {
        let table = self.tables.iter().find(|it| it.name == table)?;
        Some(SnapshotRows::new(&mut self.conn, table, &self.tenants))
    }
}

/// The thread ended in a panic, or the runtime is going down.
fn panicked(error: tokio::task::JoinError) -> StoreError {
    PostgresError::Migration(Box::new(error)).into()
}
