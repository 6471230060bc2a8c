//! What the control plane said last, and how long that may still be told.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use vaultpilot_core::{Caller, TenantId, Timestamp};
use vaultpilot_proto::client::Change;
use vaultpilot_proto::wire::{Seen, Snapshot};

/// The stream says something every 15 s: with no more than that behind it, the control plane counts
/// as there, whatever `max_age` is.
const HEARTBEATS: Duration = Duration::from_secs(45);

/// Only an active tenant is served from memory; what else is true of it, the control plane tells.
const ACTIVE: &str = "active";

pub(super) struct Known {
    max_age: Duration,
    last: RwLock<Last>,
    tenant: watch::Sender<Option<TenantId>>,
}

#[derive(Default)]
struct Last {
    snapshot: Option<Arc<Snapshot>>,
    as_of: Timestamp,
    /// By our own monotonic clock: nobody's wall clock makes it younger.
    heard: Option<Instant>,
}

/// What is known of one caller.
pub(super) struct Memory {
    snapshot: Arc<Snapshot>,
    caller: usize,
    pub(super) as_of: Timestamp,
}

impl Memory {
    pub(super) fn seen(&self) -> Option<&Seen> {
        self.snapshot.callers.get(self.caller)
    }
}

impl Known {
    pub(super) fn new(max_age: Duration) -> Self {
        Self {
            max_age,
            last: RwLock::default(),
            tenant: watch::Sender::new(None),
        }
    }

    pub(super) fn hear(&self, change: Change) {
        if let Some(snapshot) = &change.snapshot {
            let id = snapshot.tenant_id;
            self.tenant
                .send_if_modified(|known| known.replace(id) != Some(id));
        }
        let mut last = self.last.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(snapshot) = change.snapshot {
            last.snapshot = Some(Arc::new(snapshot));
        }
        last.as_of = change.as_of;
        last.heard = Some(Instant::now());
    }

    /// What may still be told to a caller.
    pub(super) fn memory_of(&self, caller: &Caller) -> Option<Memory> {
        let last = self.last.read().unwrap_or_else(PoisonError::into_inner);
        if last.heard?.elapsed() > self.max_age {
            return None;
        }
        let snapshot = last.snapshot.clone()?;
        if snapshot.tenant_state != ACTIVE {
            return None;
        }
        let mut callers = snapshot.callers.iter();
        let caller = callers.position(|seen| seen.caller == *caller)?;
        Some(Memory {
            snapshot,
            caller,
            as_of: last.as_of,
        })
    }

    /// Whether there is anything to answer with: a control plane, or what it said not long ago.
    pub(super) fn answers(&self) -> bool {
        let last = self.last.read().unwrap_or_else(PoisonError::into_inner);
        let most = self.max_age.max(HEARTBEATS);
        last.heard.is_some_and(|heard| heard.elapsed() <= most)
    }

    /// The tenant's id, once the control plane has told it.
    pub(super) fn tenant(&self) -> watch::Receiver<Option<TenantId>> {
        self.tenant.subscribe()
    }
}

#[cfg(test)]
mod tests;
