//! Workers, and whose turn it is. The writer is a pool of one.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::sqlite::SqliteConnection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use vaultpilot_ports::store::StoreError;

use super::SqliteError;
use super::lock::FileLock;
use super::worker::Worker;

#[derive(Debug)]
pub(super) struct Pool {
    workers: Vec<Worker>,
    free: Arc<Mutex<Vec<usize>>>,
    turns: Arc<Semaphore>,
    patience: Duration,
    // Last, so that the connections are closed before the file is given away.
    _lock: Arc<FileLock>,
}

/// The exclusive use of one worker. It travels into the last job of a unit of work, so that the
/// next one starts only after that job.
#[derive(Debug)]
pub(super) struct Slot {
    place: usize,
    free: Arc<Mutex<Vec<usize>>>,
    _turn: OwnedSemaphorePermit,
}

impl Pool {
    pub(super) fn new(
        name: &str,
        connections: Vec<SqliteConnection>,
        patience: Duration,
        lock: &Arc<FileLock>,
    ) -> Result<Self, SqliteError> {
        let workers = connections
            .into_iter()
            .enumerate()
            .map(|(place, conn)| Worker::start(format!("{name}-{place}"), conn))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            free: Arc::new(Mutex::new((0..workers.len()).collect())),
            turns: Arc::new(Semaphore::new(workers.len())),
            workers,
            patience,
            _lock: Arc::clone(lock),
        })
    }

    /// Waits for a free worker, first come first served.
    pub(super) async fn take(&self) -> Result<Slot, SqliteError> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        let turn = tokio::time::timeout(self.patience, turn)
            .await
            .map_err(|_| SqliteError::Waited(self.patience))?
            .map_err(|_| SqliteError::ThreadEnded)?;
        let place = self
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let place = place.ok_or(SqliteError::ThreadEnded)?;
        Ok(Slot {
            place,
            free: Arc::clone(&self.free),
            _turn: turn,
        })
    }

    pub(super) fn worker(&self, slot: &Slot) -> Result<&Worker, SqliteError> {
        self.workers.get(slot.place).ok_or(SqliteError::ThreadEnded)
    }

    /// One task on a worker, outside any unit of work.
    pub(super) async fn once<R: Send + 'static>(
        &self,
        task: impl FnOnce(&mut SqliteConnection) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let slot = self.take().await?;
        let worker = self.worker(&slot)?;
        worker
            .run(move |conn| {
                let result = task(conn);
                drop(slot);
                result
            })
            .await?
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(self.place);
    }
}
