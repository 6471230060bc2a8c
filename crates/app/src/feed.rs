//! What moves inside the process: wakes the executor, and whoever waits for a payment.
//!
//! A hint, never a truth: everything here may be missed and is then found in the store.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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
    wallets: Arc<AtomicU64>,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            moved: broadcast::channel(1024).0,
            work: Arc::default(),
            wallets: Arc::default(),
        }
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

    /// A wallet's state changed: who remembers wallets reads them again.
    pub(crate) fn wallets_changed(&self) {
        self.wallets.fetch_add(1, Ordering::Release);
    }

    /// Moves on with every change of a wallet's state.
    pub(crate) fn wallets_version(&self) -> u64 {
        self.wallets.load(Ordering::Acquire)
    }

    pub(crate) async fn work(&self) {
        self.work.notified().await;
    }
}

/// Waits for a hint about this intent. A missed one counts as well: whoever waits looks again.
pub(crate) async fn hint(moved: &mut broadcast::Receiver<Moved>, id: IntentId) {
    while let Ok(hint) = moved.recv().await {
        if hint.intent == id {
            return;
        }
    }
}
