//! What moves: wakes the executor and whoever waits for a payment, and tells who remembers anything
//! that it is out of date.
//!
//! A hint, never a truth: everything here may be missed and is then found in the store. What other
//! processes on the same store do is heard through `Feed::relay`.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;
use vaultpilot_core::{IntentId, TenantId};
use vaultpilot_intent::StateName;
use vaultpilot_ports::store::{Hint, Hints};

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
    tasks: Arc<Notify>,
    memory: Arc<RwLock<Memory>>,
}

/// How often what is remembered of a tenant went out of date.
#[derive(Debug, Default)]
struct Memory {
    /// Nothing is heard of other processes: nothing may be remembered.
    deaf: bool,
    lost: u64,
    changed: HashMap<TenantId, u64>,
}

/// What was read while a tenant was at this version may be remembered until it moves on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Version(u64, u64);

impl Default for Feed {
    fn default() -> Self {
        Self {
            moved: broadcast::channel(1024).0,
            work: Arc::default(),
            tasks: Arc::default(),
            memory: Arc::default(),
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

    /// Policies, wallets, keys or the state of this tenant changed.
    pub fn changed(&self, tenant: TenantId) {
        if let Ok(mut memory) = self.memory.write() {
            let version = memory.changed.entry(tenant).or_default();
            *version = version.wrapping_add(1);
        }
    }

    /// The version to remember things of this tenant under; `None` while nothing may be remembered.
    pub(crate) fn version(&self, tenant: TenantId) -> Option<Version> {
        let memory = self.memory.read().ok().filter(|memory| !memory.deaf)?;
        let changed = memory.changed.get(&tenant).copied().unwrap_or_default();
        Some(Version(memory.lost, changed))
    }

    /// Hears what other processes do, until told to stop.
    pub async fn relay(self, mut hints: Box<dyn Hints>, stop: CancellationToken) {
        self.deafen();
        loop {
            let hint = tokio::select! {
                () = stop.cancelled() => return,
                hint = hints.next() => hint,
            };
            match hint {
                Hint::Moved {
                    tenant,
                    intent,
                    state,
                } => self.tell(Moved {
                    tenant,
                    intent,
                    state,
                }),
                Hint::Changed { tenant } => self.changed(tenant),
                Hint::KeyTask { .. } => self.tasked(),
                Hint::Lost => self.deafen(),
                Hint::Heard => {
                    if let Ok(mut memory) = self.memory.write() {
                        memory.deaf = false;
                    }
                    self.work.notify_one();
                }
            }
        }
    }

    fn deafen(&self) {
        if let Ok(mut memory) = self.memory.write() {
            memory.deaf = true;
            memory.lost = memory.lost.wrapping_add(1);
            memory.changed.clear();
        }
    }

    /// There is work on keys.
    pub(crate) fn tasked(&self) {
        self.tasks.notify_one();
    }

    pub(crate) async fn tasks(&self) {
        self.tasks.notified().await;
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
