//! What moves inside the process: wakes the executor, and whoever waits for a payment.
//!
//! A hint, never a truth: everything here may be missed and is then found in the store.

use std::sync::Arc;

use tokio::sync::{Notify, broadcast};
use vaultpilot_core::{IntentId, TenantId};
use vaultpilot_intent::StateName;

/// An intent changed its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    pub tenant: TenantId,
    pub intent: IntentId,
    pub state: StateName,
}

#[derive(Debug, Clone)]
pub struct Feed {
    moved: broadcast::Sender<Moved>,
    work: Arc<Notify>,
}

impl Default for Feed {
    fn default() -> Self {
        Self { moved: broadcast::channel(1024).0, work: Arc::new(Notify::new()) }
    }
}

impl Feed {
    /// Tells everybody; wakes the executor when it has work on it.
    pub fn tell(&self, moved: Moved) {
        // Nobody listening is fine.
        let _ = self.moved.send(moved);
        if moved.state.is_in_flight() {
            self.work.notify_one();
        }
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Moved> {
        self.moved.subscribe()
    }

    pub(crate) async fn work(&self) {
        self.work.notified().await;
    }
}
