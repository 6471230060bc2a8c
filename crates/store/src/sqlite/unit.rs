//! A unit of work: a transaction on one worker, for one tenant.

mod read;
mod write;

use std::sync::Arc;

use diesel::sqlite::SqliteConnection;
use vaultpilot_ports::store::StoreError;

use super::SqliteError;
use super::connection::Access;
use super::pool::{Pool, Slot};
use super::scope::Scope;
use super::transaction;

/// Whoever drops it, at whatever point, the transaction ends before the worker's next one begins.
#[derive(Debug)]
pub(super) struct Unit {
    pool: Arc<Pool>,
    slot: Option<Slot>,
    scope: Scope,
    /// False while a call runs and after one that was cancelled or failed: SQLite may have ended
    /// the transaction itself, and what came next would commit on its own.
    sound: bool,
}

impl Unit {
    pub(super) async fn begin(
        pool: &Arc<Pool>,
        scope: Scope,
        access: Access,
    ) -> Result<Self, StoreError> {
        let slot = pool.take().await?;
        let mut unit = Self {
            pool: Arc::clone(pool),
            slot: Some(slot),
            scope,
            sound: true,
        };
        unit.run(move |conn, _| transaction::begin(conn, access))
            .await?;
        Ok(unit)
    }

    async fn run<R: Send + 'static>(
        &mut self,
        task: impl FnOnce(&mut SqliteConnection, &Scope) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let slot = self
            .slot
            .as_ref()
            .filter(|_| self.sound)
            .ok_or(SqliteError::Interrupted)?;
        let worker = self.pool.worker(slot)?;
        let scope = self.scope.clone();
        self.sound = false;
        let result = worker.run(move |conn| task(conn, &scope)).await?;
        self.sound = !matches!(result, Err(StoreError::Unavailable(_)));
        result
    }

    async fn commit(mut self) -> Result<(), StoreError> {
        if !self.sound {
            return Err(SqliteError::Interrupted.into());
        }
        let slot = self.slot.take().ok_or(SqliteError::Interrupted)?;
        let worker = self.pool.worker(&slot)?;
        // The slot goes along: a caller that is cancelled here gives nothing back too early.
        worker
            .run(move |conn| {
                let result = transaction::commit(conn);
                drop(slot);
                result
            })
            .await?
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        let Some(slot) = self.slot.take() else { return };
        let Ok(worker) = self.pool.worker(&slot) else {
            return;
        };
        let sent = worker.send(Box::new(move |conn| {
            transaction::rollback(conn);
            drop(slot);
        }));
        if let Err(error) = sent {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }
}
