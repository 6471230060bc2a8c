//! Whose turn it is, within this process: writers of one tenant queue here, without a connection,
//! so that a busy tenant takes none away from the others. Between processes they queue for the
//! tenant's lock in the database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as Queue, OwnedMutexGuard};
use vaultpilot_core::TenantId;

/// A writer's turn. The next one comes when it is dropped.
pub(super) type Turn = OwnedMutexGuard<()>;

#[derive(Debug, Default)]
pub(super) struct Lanes(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    queues: HashMap<TenantId, Weak<Queue<()>>>,
    /// How many there may be before those that nobody uses are swept out.
    sweep_at: usize,
}

impl Lanes {
    /// First come, first served.
    pub(super) async fn take(&self, tenant: TenantId) -> Turn {
        self.queue(tenant).lock_owned().await
    }

    fn queue(&self, tenant: TenantId) -> Arc<Queue<()>> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = open.queues.get(&tenant).and_then(Weak::upgrade) {
            return queue;
        }
        if open.queues.len() >= open.sweep_at {
            open.queues.retain(|_, queue| queue.strong_count() > 0);
            open.sweep_at = open.queues.len().saturating_mul(2).max(64);
        }
        let queue = Arc::new(Queue::new(()));
        open.queues.insert(tenant, Arc::downgrade(&queue));
        queue
    }
}
